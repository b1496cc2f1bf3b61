"""Static files: hashed names, compressed copies, and one stylesheet instead of a chain."""

import re

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("(?P<path>[\w./-]+)"\);\n?')
# What people need to read a stylesheet: comments, and the air around its marks.
AIR = re.compile(r"\s*/\*.*?\*/|\s*([{};,>])\s*|(?<=:)\s+|(?<=\s)\s+", re.DOTALL)


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Inlines the @imports of ``site.css`` when static files are collected: one round trip."""

    def __init__(self, *args, **kwargs):
        # Beside the folder that is served: the list of all files is no business of visitors.
        beside = StaticFilesStorage(location=settings.STATIC_ROOT.parent)
        super().__init__(*args, manifest_storage=beside, **kwargs)

    def post_process(self, paths, dry_run=False, **options):
        if not dry_run and STYLESHEET in paths:
            self._bundle(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _bundle(self, paths):
        def text(path):
            storage, name = paths[path]
            with storage.open(name) as file:
                return file.read().decode()

        css = IMPORT.sub(lambda match: text(f"css/{match['path']}"), text(STYLESHEET))
        with open(self.path(STYLESHEET), "w", encoding="utf-8") as file:
            file.write(AIR.sub(r"\1", css))
        paths[STYLESHEET] = (self, STYLESHEET)
