"""Check role documents against the editorial rules, without touching the database."""

from itertools import product
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from profiles.desk.library import refuse_duplicates, unknown_references
from profiles.desk.loading import refuse
from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import DocumentError, read
from profiles.guide.checks import Places, check_role, repeated_sentences
from profiles.guide.findings import Finding, Severity
from profiles.search.titles import misspelt


class Command(BaseCommand):
    help = "Revisa documentos de rol con las reglas editoriales; sin rutas, toda la guía."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="*", type=Path, metavar="RUTA")

    def handle(self, *, paths, **options):
        is_whole = not paths
        paths = paths or sorted((settings.BASE_DIR / "fixtures" / "roles").glob("*.yaml"))
        fixtures = settings.BASE_DIR / "fixtures"
        try:
            guide = read(fixtures / "guide.yaml", GuideDocument)
            documents = {str(path): read(path, RoleDocument) for path in paths}
            refuse_duplicates(documents)
            shipped = [document.slug for document in documents.values()] if is_whole else None
            _refuse_unknown(guide, documents, shipped)
        except DocumentError as error:
            raise CommandError(str(error)) from error
        roles = list(documents.values())
        places = _places(guide, roles, fixtures)
        errors = warnings = 0
        for role in roles:
            for finding in [*_misspelt_names(role), *check_role(role, places)]:
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


def _misspelt_names(role):
    """Yield the other names that misspell one: search corrects questions by itself."""
    wrong = misspelt((role.name, *role.aliases))
    for number, alias in enumerate(role.aliases):
        if meant := wrong.get(alias):
            problem = f"«{alias}» es «{meant}» mal escrito: la búsqueda corrige por su cuenta"
            yield Finding(f"aliases.{number}", problem)


def _refuse_unknown(guide, documents, roles):
    """Raise DocumentError if a document refers to what the guide does not have.

    ``roles`` are the slugs it may name as related; None, and any will do.
    """
    vocabulary = ("areas", "contexts", "archetypes", "sources")
    known = {kind: [entry.slug for entry in getattr(guide, kind)] for kind in vocabulary}
    errors = []
    for name, document in documents.items():
        related = [item.role for item in document.related]
        slugs = {**known, "roles": related if roles is None else roles}
        if problems := list(unknown_references(document, slugs)):
            errors.append(DocumentError(name, problems))
    refuse(errors)


def _places(guide, roles, fixtures):
    """Return where a link may lead: what these documents and the shipped ones name."""
    # Those that are not checked now are not read either, and may have every size.
    shipped = {path.stem for path in (fixtures / "roles").glob("*.yaml")}

    kinds = ("contexts", "areas", "traits", "archetypes")
    known = {kind: frozenset(entry.slug for entry in getattr(guide, kind)) for kind in kinds}
    checked = {(slug, role.slug) for role in roles for slug in (None, *role.contexts)}
    others = product([None, *known["contexts"]], shipped - {role.slug for role in roles})
    return Places(profiles=checked.union(others), **known)
