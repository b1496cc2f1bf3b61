"""Bring a saved database back, after proving that it is one of this site."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from profiles.management.backups import BackupError, restore


class Command(BaseCommand):
    help = "Restaura una copia hecha con backup; la base de ahora queda guardada al lado."
    # A damaged database is why one restores: nothing may ask it anything first.
    requires_migrations_checks = False
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="ARCHIVO")
        parser.add_argument("--yes", action="store_true", help="No pregunta.")

    def handle(self, *, file, yes, **options):
        if not (yes or self._agreed()):
            raise CommandError("No se restauró nada.")
        try:
            kept = restore(file)
        except (BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"No se restauró nada. {error}") from error
        self.stdout.write("Restaurada y comprobada.")
        if kept:
            self.stdout.write(f"La base de antes quedó en {kept}.")

    def _agreed(self):
        if not sys.stdin.isatty():
            raise CommandError("No se restauró nada: sin terminal hace falta --yes.")
        answer = input("Reemplaza todo lo que hay ahora. ¿Seguir? [sí/no] ")
        return answer.strip().lower() in ("s", "si", "sí")
