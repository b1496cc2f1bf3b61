"""Print the figures of the whole guide: words, spread of the targets, similarity, questions."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from profiles.documents.schema import RoleDocument
from profiles.documents.yaml_file import DocumentError, read
from profiles.guide.statistics import trait_spreads, words_per_profile, worst_similarities
from profiles.guide.texts import STYLE_LIMITS, style_rates

SIMILARITIES = 5


class Command(BaseCommand):
    help = "Muestra las cifras de la guía: palabras, reparto de los rangos, parecidos, preguntas."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            metavar="CARPETA",
            default=settings.BASE_DIR / "fixtures" / "roles",
        )

    def handle(self, *, folder, **options):
        try:
            roles = [read(path, RoleDocument) for path in sorted(folder.glob("*.yaml"))]
        except DocumentError as error:
            raise CommandError(str(error)) from error
        if not roles:
            raise CommandError(f"No hay documentos de rol en {folder}.")
        self._words(roles)
        self._style(roles)
        self._spreads(roles)
        self._similarities(roles)

    def _words(self, roles):
        self._row("Palabras propias", "base", *next(iter(roles)).contexts)
        total = 0
        for slug, counts in words_per_profile(roles):
            self._row(slug, *counts)
            total += sum(counts)
        profiles = sum(1 + len(role.contexts) for role in roles)
        self.stdout.write(f"{len(roles)} roles, {profiles} perfiles, {total} palabras.\n\n")

    def _style(self, roles):
        self._row("Cada mil palabras", *STYLE_LIMITS)
        for role in roles:
            self._row(role.slug, *(f"{rate:.1f}" for rate in style_rates(role).values()))
        self._row("van hasta", *STYLE_LIMITS.values())
        self.stdout.write("\n")

    def _spreads(self, roles):
        self._row("Rasgo", "mín.", "mediana", "máx.", "> 3,4", "bajas", "preguntas")
        for spread in trait_spreads(roles):
            points = (spread.lowest, spread.median, spread.highest)
            share = f"{spread.high_share:.0%}"
            self._row(spread.code.label, *points, share, spread.low_profiles, spread.questions)
        self.stdout.write("\n")

    def _similarities(self, roles):
        self.stdout.write("Contextos más parecidos (Jaccard de 5 palabras, texto propio):")
        for share, role, left, right in worst_similarities(roles, SIMILARITIES):
            self.stdout.write(f"  {share:.4f}  {role}: {left} / {right}")

    def _row(self, name, *cells):
        self.stdout.write(f"{name:<46}" + "".join(f"{cell!s:>11}" for cell in cells))
