"""Check role documents against the editorial rules, without touching the database."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from profiles.checks import Severity, check_role, repeated_sentences
from profiles.documents.schema import RoleDocument
from profiles.documents.yaml_file import DocumentError, read


class Command(BaseCommand):
    help = "Revisa documentos de rol con las reglas editoriales; sin rutas, toda la guía."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="*", type=Path, metavar="RUTA")

    def handle(self, *, paths, **options):
        paths = paths or sorted((settings.BASE_DIR / "fixtures" / "roles").glob("*.yaml"))
        try:
            roles = [read(path, RoleDocument) for path in paths]
        except DocumentError as error:
            raise CommandError(str(error)) from error
        errors = warnings = 0
        for role in roles:
            for finding in check_role(role):
                self.stdout.write(f"{role.slug}: {finding}")
                errors += finding.severity is Severity.ERROR
                warnings += finding.severity is Severity.WARNING
        for repeat in repeated_sentences(roles):
            if repeat.crosses_roles():
                self.stdout.write(f"guía: {Severity.ERROR}: {repeat}")
                errors += 1
        self.stdout.write(f"{len(roles)} roles: {errors} errores, {warnings} avisos.")
        if errors:
            raise CommandError("La guía no cumple las reglas editoriales.")
