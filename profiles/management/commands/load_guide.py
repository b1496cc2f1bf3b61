"""Load the guide's documents onto the desk and publish what changed."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from profiles.desk import loading
from profiles.desk.publishing import publish_roles
from profiles.documents.yaml_file import DocumentError
from profiles.models import Edition, Profile


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
            found = loading.find_files(paths or [settings.BASE_DIR / "fixtures"])
            files = {path: loading.file_digest(path) for path in found}
            guides, roles = loading.read_files(found) if overwrite else loading.read_changed(files)
            with transaction.atomic():
                digests = {str(path): digest for path, digest in files.items()}
                report = loading.load(guides, roles, overwrite=overwrite, files=digests)
                unread = digests.keys() - guides.keys() - roles.keys()
                report.outcomes |= dict.fromkeys(unread, loading.Outcome.UNCHANGED)
                published = 0 if no_publish else self._publish(_due(report), reason, report.back)
        except DocumentError as error:
            raise CommandError(str(error)) from error
        for item, outcome in report.outcomes.items():
            if outcome is loading.Outcome.KEPT:
                kept = "se editó en el admin y se conserva (--overwrite lo pisa)."
                self.stderr.write(f"{item}: {kept}")
        counts = ", ".join(f"{count} {outcome}" for outcome, count in report.counts().items())
        self.stdout.write(f"{counts or 'nada que cargar'}; {published} ediciones publicadas.")

    def _publish(self, roles, reason, back):
        editions, refused = publish_roles(roles, reason=reason, back=back) if roles else ([], [])
        for error in refused:
            self.stderr.write(f"No se publica: {error}")
        return len(editions)


def _due(report: loading.Report) -> list[int]:
    """Return the keys of the roles to publish: the written, and what an earlier load left a draft.

    What an editor has changed is not for a load to publish, nor what is about to begin to replace.
    """
    drafts = Profile.objects.changed().filter(role__in=report.same_roles)
    scheduled = Edition.objects.scheduled().values("role")
    same = drafts.exclude(role__in=scheduled).order_by("role").values_list("role", flat=True)
    return list(dict.fromkeys([*(role.pk for role in report.changed_roles), *same]))
