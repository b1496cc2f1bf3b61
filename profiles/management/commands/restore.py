"""Bring a saved database back, after proving that it is what was saved."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from profiles.backups import BackupError, opened


class Command(BaseCommand):
    help = "Restaura una copia hecha con backup; la base de ahora queda guardada al lado."
    # A damaged database is why one restores: nothing may ask it anything first.
    requires_migrations_checks = False
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="ARCHIVO")
        parser.add_argument("--yes", action="store_true", help="No pregunta.")

    def handle(self, *, file, yes, **options):
        try:
            with opened(file) as backup:
                manifest = backup.manifest
                made = timezone.localtime(manifest.made_at).strftime("%d/%m/%Y %H:%M:%S")
                self.stdout.write(f"{file}: copia del {made}, {manifest.rows} filas.")
                if not (yes or self._agreed()):
                    raise CommandError("No se restauró nada.")
                kept = backup.restore()
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"No se restauró nada. {error}") from error
        self.stdout.write("Restaurada y comprobada, tabla por tabla.")
        if kept:
            self.stdout.write(f"La base de antes quedó en {kept}.")

    def _agreed(self):
        if not sys.stdin.isatty():
            raise CommandError("No se restauró nada: sin terminal hace falta --yes.")
        return input("Reemplaza todo lo que hay ahora. ¿Seguir? [sí/no] ").lower() in (
            "s",
            "si",
            "sí",
        )
