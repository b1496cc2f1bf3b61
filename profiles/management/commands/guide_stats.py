"""Print how often each role falls back on the words that give a machine away."""

from django.conf import settings
from django.core.management.base import BaseCommand

from profiles.documents.schema import RoleDocument
from profiles.documents.yaml_file import read
from profiles.guide.texts import STYLE_LIMITS, style_rates


class Command(BaseCommand):
    help = "Muestra, de cada rol de fixtures/, cuántas muletillas tiene cada mil palabras."
    requires_system_checks = ()

    def handle(self, **options):
        self._row("Cada mil palabras", STYLE_LIMITS)
        for path in sorted((settings.BASE_DIR / "fixtures" / "roles").glob("*.yaml")):
            rates = style_rates(read(path, RoleDocument))
            self._row(path.stem, [f"{rate:.1f}" for rate in rates.values()])
        self._row("van hasta", STYLE_LIMITS.values())

    def _row(self, name, cells):
        self.stdout.write(f"{name:<46}" + "".join(f"{cell!s:>13}" for cell in cells))
