"""Save the database to one file, checked by content, while the site works."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from profiles.backups import BackupError, make


class Command(BaseCommand):
    help = "Guarda la base entera en un archivo, con la huella de cada tabla, sin parar el sitio."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="ARCHIVO", help="Todavía no existe.")

    def handle(self, *, file, **options):
        try:
            manifest = make(file)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        size = file.stat().st_size / 1_000_000
        tables = len(manifest.tables)
        self.stdout.write(f"{file}: {manifest.rows} filas de {tables} tablas, {size:.1f} MB.")
