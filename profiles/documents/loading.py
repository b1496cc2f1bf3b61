"""Documents → desk, all or nothing, without ever writing over an editor's change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import transaction
from pydantic import ValidationError

from profiles.desk import keep_if_unknown, keep_role, record
from profiles.documents.library import (
    Library,
    addresses,
    references,
    refuse_duplicates,
    taken_addresses,
)
from profiles.documents.rows import (
    VOCABULARY,
    desk_document,
    save_entry,
    save_related,
    save_role,
    vocabulary_entry,
)
from profiles.documents.schema import RoleDocument
from profiles.documents.stored import digest
from profiles.documents.types import Document
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import DocumentError, Problem, read
from profiles.models import ContentVersion, LoadedDocument, Role, Trait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from django.contrib.auth.models import User

GUIDE_FILE = "guide.yaml"
ENDINGS = (".yaml", ".yml")
LOADED = "Se cargó de un documento"
# Stands for a desk that no document can hold; equal to nothing that was ever loaded.
UNFINISHED = RoleDocument.model_construct(slug="")


class Outcome(StrEnum):
    """What loading did with one item."""

    CREATED = "creado"
    UPDATED = "actualizado"
    UNCHANGED = "sin cambios"
    KEPT = "conservado"


WRITTEN = {Outcome.CREATED, Outcome.UPDATED}
# What is said of an entry where its content and its place in the order have two outcomes.
SAID_FIRST = (Outcome.KEPT, Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)


@dataclass
class Report:
    """What loading did, item by item.

    ``changed_roles`` are those whose desk it wrote, ``same_roles`` those whose desk was already as
    their document.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    changed_roles: list[Role] = field(default_factory=list)
    same_roles: list[Role] = field(default_factory=list)

    def counts(self) -> Counter[Outcome]:
        return Counter(self.outcomes.values())

    def kept(self) -> list[str]:
        """Return the items that an editor changed and loading left alone."""
        return [key for key, outcome in self.outcomes.items() if outcome is Outcome.KEPT]


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the YAML files in ``paths``, folders searched."""
    files = []
    for path in paths:
        if path.is_dir():
            found = [*path.glob("*"), *path.glob("roles/*")]
            files += sorted(file for file in found if file.suffix in ENDINGS)
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def read_files(paths: Iterable[Path]) -> tuple[dict[str, GuideDocument], dict[str, RoleDocument]]:
    """Return the guide documents and the role documents by file name; raises DocumentError."""
    guides, roles, problems = {}, {}, []
    for path in find_files(paths):
        target, form = (guides, GuideDocument) if path.name == GUIDE_FILE else (roles, RoleDocument)
        try:
            target[str(path)] = read(path, form)
        except DocumentError as error:
            problems.append(error)
    if problems:
        raise joined(problems)
    return guides, roles


def joined(errors: list[DocumentError]) -> DocumentError:
    """Return one error that says what several say."""
    if len(errors) == 1:
        return errors[0]
    combined = DocumentError(errors[0].name, errors[0].problems)
    combined.args = ("\n".join(str(error) for error in errors),)
    return combined


@transaction.atomic
def load(
    guides: dict[str, GuideDocument],
    roles: dict[str, RoleDocument],
    *,
    overwrite: bool = False,
    by: User | None = None,
) -> Report:
    """Write documents to the desk; raises DocumentError and then has changed nothing.

    What an editor changed since the last load is kept, unless ``overwrite``. The desk's history
    names ``by``, or nobody.
    """
    ContentVersion.hold()
    report = Report()
    for guide in guides.values():
        _load_guide(guide, report, overwrite, by)
    refuse_duplicates(roles)
    library = Library.from_database()
    library.know(roles.values())
    changed = {}
    for name, document in roles.items():
        role = library.role_of(document)
        incoming = _by_keys(document, library)
        desk = _by_keys(_desk_document(role), library) if role else None
        _follow_address(document)
        outcome = _decide(f"roles:{document.slug}", incoming, desk, overwrite=overwrite)
        report.outcomes[f"{document.name} ({document.slug})"] = outcome
        if outcome in WRITTEN:
            changed[name] = document
        elif desk and digest(desk) == digest(incoming):
            report.same_roles.append(role)
    _bring_back(guides.values(), changed.values(), library, report, by)
    _save_roles(changed, library, report)
    for role in report.changed_roles:
        keep_role(role, by=by, why=LOADED)
    return report


def _load_guide(guide: GuideDocument, report: Report, overwrite: bool, by: User | None) -> None:
    _refuse_taken_codes(guide)
    for section, (model, _form) in VOCABULARY.items():
        for order, entry in enumerate(getattr(guide, section)):
            outcome = _load_entry(section, entry, order, overwrite=overwrite, by=by)
            report.outcomes[f"{model._meta.verbose_name} {entry.slug}"] = outcome


def _load_entry(
    section: str, entry: Document, order: int, *, overwrite: bool, by: User | None
) -> Outcome:
    """Load an entry and its place in the order, each of which an editor may have changed."""
    model, form = VOCABULARY[section]
    key, place = f"{section}:{entry.slug}", f"{section}:{entry.slug}:order"
    row = model.objects.filter(slug=entry.slug).first()
    desk = vocabulary_entry(row, form) if row else None
    content = moved = _decide(key, entry, desk, overwrite=overwrite)
    if row:
        moved = _decide(place, order, row.order, overwrite=overwrite)
    if WRITTEN & {content, moved}:
        if row:
            keep_if_unknown(row)
        new = entry if content in WRITTEN else desk
        row = save_entry(model, new, order if moved in WRITTEN else row.order)
        record(row, by=by, why=LOADED)
    if content in WRITTEN:
        _remember(key, vocabulary_entry(row, form))
    if moved in WRITTEN:
        _remember(place, order)
    return min(content, moved, key=SAID_FIRST.index)


def _refuse_taken_codes(guide: GuideDocument) -> None:
    """Raise where a trait of the document has the code of another trait of the desk."""
    for i, entry in enumerate(guide.traits):
        if Trait.objects.filter(code=entry.code).exclude(slug=entry.slug).exists():
            message = f"el código «{entry.code}» ya es de otro rasgo"
            raise DocumentError(GUIDE_FILE, [Problem(message, ("traits", i, "code"))])


def _bring_back(
    guides: Iterable[GuideDocument],
    documents: Iterable[RoleDocument],
    library: Library,
    report: Report,
    by: User | None,
) -> None:
    """Write again the entries that an editor deleted, where a document to write refers to them."""
    needed = {(kind, slug) for document in documents for kind, _, slug in references(document)}
    for guide in guides:
        for section, (model, _form) in VOCABULARY.items():
            for order, entry in enumerate(getattr(guide, section)):
                rows = getattr(library, section, {})
                if (section, entry.slug) in needed and entry.slug not in rows:
                    outcome = _load_entry(section, entry, order, overwrite=True, by=by)
                    report.outcomes[f"{model._meta.verbose_name} {entry.slug}"] = outcome
                    rows[entry.slug] = model.objects.get(slug=entry.slug)


def _desk_document(role: Role) -> RoleDocument:
    try:
        return desk_document(role)
    except ValidationError:
        # The desk is half-way through an edit (a range is missing): an editor's change.
        return UNFINISHED


def _by_keys(document: RoleDocument, library: Library) -> RoleDocument:
    """Return ``document`` with its related roles named by what a change of address leaves."""
    related = tuple(
        item.model_copy(update={"role": f"#{library.roles[item.role].pk}"})
        if item.role in library.roles
        else item
        for item in document.related
    )
    return document.model_copy(update={"related": related})


def _follow_address(document: RoleDocument) -> None:
    """Let what was loaded under a former address of a role be known as loaded under its own."""
    key, former = f"roles:{document.slug}", [f"roles:{slug}" for slug in document.former_slugs]
    if former and not LoadedDocument.objects.filter(key=key).exists():
        known = LoadedDocument.objects.filter(key__in=former).order_by("loaded_at").last()
        if known:
            LoadedDocument.objects.filter(pk=known.pk).update(key=key)


def _decide[Value: Document | int](
    key: str, document: Value, desk: Value | None, *, overwrite: bool
) -> Outcome:
    """Return what to do with one item; see the rule in the module's first line."""
    loaded = LoadedDocument.objects.filter(key=key).values_list("digest", flat=True).first()
    incoming = digest(document)
    current = None if desk is None else digest(desk)
    if current == incoming:
        _remember(key, document)
        return Outcome.UNCHANGED
    if loaded is None and desk is None:
        return Outcome.CREATED
    if overwrite:
        return Outcome.CREATED if desk is None else Outcome.UPDATED
    if current == loaded:
        return Outcome.UPDATED
    return Outcome.KEPT if loaded != incoming else Outcome.UNCHANGED


def _remember(key: str, document: Document | int) -> None:
    LoadedDocument.objects.update_or_create(key=key, defaults={"digest": digest(document)})


def _reference_problems(document: RoleDocument) -> Iterator[Problem]:
    """Yield the references to other rows that no database row could hold."""
    seen = {document.slug: "un rol no se relaciona consigo mismo"}
    for i, related in enumerate(document.related):
        if message := seen.get(related.role):
            yield Problem(message, ("related", i, "role"))
        seen[related.role] = f"«{related.role}» está repetido"
    archetypes = document.archetypes
    if archetypes and archetypes.primary == archetypes.secondary:
        yield Problem("repite el principal", ("archetypes", "secondary"))


def _save_roles(documents: dict[str, RoleDocument], library: Library, report: Report) -> None:
    coming = {document.slug: Role(slug=document.slug) for document in documents.values()}
    known = Library(**{**vars(library), "roles": coming | library.roles})
    errors = [
        DocumentError(name, problems)
        for name, document in documents.items()
        if (
            problems := [
                *known.problems(document),
                *_reference_problems(document),
                *_address_problems(document, known.roles[document.slug]),
            ]
        )
    ]
    if errors:
        raise joined(errors)
    for document in documents.values():
        library.roles[document.slug] = save_role(document, library)
    for document in documents.values():
        role = library.roles[document.slug]
        save_related(role, document, library)
        _remember(f"roles:{document.slug}", _by_keys(document, library))
        report.changed_roles.append(role)


def _address_problems(document: RoleDocument, owner: Role) -> list[Problem]:
    """Return the addresses of ``document`` that already belong to another role of the desk."""
    taken = taken_addresses(document, owner)
    return [
        Problem(f"«{slug}» ya es una dirección de «{taken[slug]}» en la guía", place)
        for place, slug in addresses(document)
        if slug in taken
    ]
