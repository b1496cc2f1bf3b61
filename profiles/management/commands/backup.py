"""Save the database to one file while the site works."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from profiles.management.backups import BackupError, new_path, save


class Command(BaseCommand):
    help = "Guarda la base entera en un archivo, sin parar el sitio."
    # A check asks the database, and SQLite makes one that is not there.
    requires_system_checks = []

    def add_arguments(self, parser):
        where = "Todavía no existe; por defecto, uno nuevo en BACKUP_FOLDER."
        parser.add_argument("file", type=Path, nargs="?", metavar="ARCHIVO", help=where)

    def handle(self, *, file, **options):
        try:
            file = file or new_path()
            save(file)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB.")
