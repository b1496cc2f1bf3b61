"""Static files: hashed names, compressed copies, and stylesheets without a chain of imports."""

import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# One for profiles, the page that most visitors land on, and one for the others.
STYLESHEETS = ("css/site.css", "css/profile.css")
IMPORT = re.compile(r'@import url\("([\w./-]+)"\);\n?')
# What only people need in a stylesheet: comments, air around its marks, zeros before a point.
AIR = re.compile(
    r"\s*/\*.*?\*/|\s*;?\s*([{}])\s*|\s*([;,>])\s*|(?<=:)\s+|(?<=\s)\s+|(?<![\w.])0(?=\.\d)",
    re.DOTALL,
)


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Inlines the @imports of the stylesheets when static files are collected: one round trip."""

    def __init__(self, *args, **kwargs):
        # Beside the folder that is served: the list of all files is no business of visitors.
        beside = StaticFilesStorage(location=settings.STATIC_ROOT.parent)
        super().__init__(*args, manifest_storage=beside, **kwargs)

    def post_process(self, paths, dry_run=False, **options):
        for stylesheet in [] if dry_run else STYLESHEETS:
            self._bundle(stylesheet, paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _bundle(self, stylesheet, paths):
        def text(path):
            storage, name = paths[path]
            return Path(storage.path(name)).read_text(encoding="utf-8")

        css = IMPORT.sub(lambda match: text(f"css/{match[1]}"), text(stylesheet))
        Path(self.path(stylesheet)).write_text(AIR.sub(r"\1\2", css), encoding="utf-8")
        paths[stylesheet] = (self, stylesheet)
