"""Save the database to one file while the site works."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from profiles.management.backups import BackupError, save


class Command(BaseCommand):
    help = "Guarda la base entera en un archivo, sin parar el sitio."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="ARCHIVO", help="Todavía no existe.")

    def handle(self, *, file, **options):
        try:
            save(file)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB.")
