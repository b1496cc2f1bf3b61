"""The words that a sheet says whatever the role: ``fixtures/general/sheets.yaml``."""

from types import SimpleNamespace

import yaml
from django.conf import settings

FILE = settings.BASE_DIR / "fixtures" / "general" / "sheets.yaml"
WORDS = SimpleNamespace(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
