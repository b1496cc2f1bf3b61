"""Load the guide's documents onto the desk and publish what changed."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from profiles.documents.loading import Report, load, read_files
from profiles.documents.yaml_file import DocumentError
from profiles.models import Edition, Role
from profiles.publishing import publish_role
from profiles.readiness import assess_all


class Command(BaseCommand):
    help = "Carga documentos (todo o nada) y publica lo que falta; no pisa lo editado."

    def add_arguments(self, parser):
        parser.add_argument(
            "paths", nargs="*", type=Path, metavar="RUTA", help="Archivos o carpetas; fixtures/."
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="Pisa también lo que se editó en el admin."
        )
        parser.add_argument("--no-publish", action="store_true", help="Deja todo en el escritorio.")
        parser.add_argument("--reason", default="", help="Qué cambió: se lee en Novedades.")

    def handle(self, *, paths, overwrite, no_publish, reason, **options):
        try:
            guides, roles = read_files(paths or [settings.BASE_DIR / "fixtures"])
            with transaction.atomic():
                report = load(guides, roles, overwrite=overwrite)
                published = 0 if no_publish else self._publish(_due(report), reason)
                assess_all(role.pk for role in report.changed_roles)
        except DocumentError as error:
            raise CommandError(str(error)) from error
        for item in report.kept():
            self.stderr.write(f"{item}: se editó en el admin y se conserva (--overwrite lo pisa).")
        counts = ", ".join(f"{count} {outcome}" for outcome, count in report.counts().items())
        self.stdout.write(f"{counts or 'nada que cargar'}; {published} ediciones publicadas.")

    def _publish(self, roles, reason):
        published = 0
        for role in roles:
            editions, refused = publish_role(role, reason=reason)
            published += len(editions)
            for error in refused:
                self.stderr.write(f"No se publica: {error}")
        return published


def _due(report: Report) -> list[Role]:
    """Return the roles to publish: the written, and what an earlier load left a draft.

    What an editor has changed is not for a load to publish, nor what is about to begin to replace.
    """
    same = Role.objects.filter(pk__in=[role.pk for role in report.same_roles])
    scheduled = Edition.objects.scheduled().values("role")
    return [*report.changed_roles, *same.exclude(pk__in=scheduled)]
