"""Documents → desk, all or nothing, without ever writing over an editor's change."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from django.contrib.auth.models import User
from django.db import transaction

from profiles.desk import rows
from profiles.desk.history import keep_roles, record
from profiles.desk.library import (
    Library,
    addresses,
    by_keys,
    refuse_duplicates,
    taken_addresses,
    unknown_references,
)
from profiles.desk.publishing import withdraw
from profiles.documents.choices import WorkflowState
from profiles.documents.schema import ProfileDocument, RoleDocument
from profiles.documents.stored import digest
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import DocumentError, Problem, read
from profiles.models import ContentVersion, Profile, Role, RoleAlias, Trait

GUIDE_FILE = "guide.yaml"
ENDINGS = (".yaml", ".yml")
LOADED = "Se cargó de un documento"
IMPORTED = "Se importó de un documento"


class Outcome(StrEnum):
    """What became of one item."""

    CREATED = "creado"
    UPDATED = "actualizado"
    UNCHANGED = "sin cambios"
    KEPT = "conservado"


ARCHIVED = WorkflowState.ARCHIVED
WRITTEN = {Outcome.CREATED, Outcome.UPDATED}


@dataclass
class Report:
    """What loading did, item by item.

    ``changed_roles`` are those whose desk it wrote, ``same_roles`` those whose desk was already as
    their document. ``back`` are the profiles that an earlier file had withdrawn.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    changed_roles: list[Role] = field(default_factory=list)
    same_roles: list[Role] = field(default_factory=list)
    back: set[int] = field(default_factory=set)

    def counts(self) -> Counter[Outcome]:
        return Counter(self.outcomes.values())


@dataclass(frozen=True)
class Incoming:
    """A role document beside what the desk has of its role, None if there is no such role.

    ``digest`` is the document's and ``on_desk`` the desk's, "" if there is no such role; where an
    earlier file withdrew contexts (``was_without``), the desk's without them.
    """

    name: str
    document: RoleDocument
    role: Role | None
    desk: RoleDocument | None
    digest: str
    on_desk: str = ""
    was_without: bool = False


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the YAML files in ``paths``, folders searched."""
    files = []
    for path in paths:
        found = [*path.glob("*"), *path.glob("roles/*")] if path.is_dir() else []
        files += (
            sorted(file for file in found if file.suffix in ENDINGS) if path.is_dir() else [path]
        )
    return list(dict.fromkeys(files))


def read_files(paths: Iterable[Path]) -> tuple[dict[str, GuideDocument], dict[str, RoleDocument]]:
    """Return the guide documents and the role documents by file name; raises DocumentError."""
    guides, roles, problems = {}, {}, []
    for path in paths:
        target, form = (guides, GuideDocument) if path.name == GUIDE_FILE else (roles, RoleDocument)
        try:
            target[str(path)] = read(path, form)
        except DocumentError as error:
            problems.append(error)
    refuse(problems)
    return guides, roles


def refuse(errors: list[DocumentError]) -> None:
    """Raise one error that says what all of ``errors`` say, if there are any."""
    if errors:
        combined = DocumentError(errors[0].name, errors[0].problems)
        combined.args = ("\n".join(map(str, errors)),)
        raise combined


def read_changed(
    files: dict[Path, str],
) -> tuple[dict[str, GuideDocument], dict[str, RoleDocument]]:
    """Read ``files`` (paths with their digests) but for those that the guide has as they are.

    If two are of one role all are read, so that it is refused.
    """
    waiting = Profile.objects.changed().values("role")
    as_they_are = Role.objects.filter(loaded_file__in=files.values()).exclude(pk__in=waiting)
    known = set(as_they_are.values_list("loaded_file", flat=True))
    guides, roles = read_files(path for path, digest in files.items() if digest not in known)
    slugs = {slug for role in roles.values() for slug in (role.slug, *role.former_slugs)}
    if as_they_are.filter(slug__in=slugs).exists():
        return read_files(files)
    return guides, roles


def file_digest(path: Path) -> str:
    """Return the fingerprint of a file and of the form that it is read with, "" if it is none."""
    try:
        return sha256(_form() + path.read_bytes()).hexdigest()
    except OSError:
        return ""


@cache
def _form() -> bytes:
    return json.dumps(RoleDocument.model_json_schema()).encode()


@transaction.atomic
def load(
    guides: dict[str, GuideDocument],
    roles: dict[str, RoleDocument],
    *,
    overwrite: bool = False,
    files: Mapping[str, str] = MappingProxyType({}),
) -> Report:
    """Write documents to the desk; raises DocumentError and then has changed nothing.

    What an editor changed since the last load is kept, unless ``overwrite``. ``files`` are the
    digests of the roles' files by their names.
    """
    ContentVersion.hold()
    report = Report()
    for guide in guides.values():
        _load_guide(guide, report, overwrite)
    library, items = beside_the_desk(roles)
    written = []
    for item in items:
        loaded = item.role.loaded_digest if item.role else ""
        outcome = _decide(item.digest, item.on_desk, loaded, overwrite)
        report.outcomes[f"{item.document.name} ({item.document.slug})"] = outcome
        if outcome in WRITTEN:
            written.append(item)
        elif item.digest == item.on_desk:
            report.same_roles.append(item.role)
            _remember(item.role, item.digest, files.get(item.name, ""))
    report.changed_roles = write(written, library)
    for item, role in zip(written, report.changed_roles, strict=True):
        report.back |= _follow_contexts(item, role)
        loaded = digest(by_keys(item.document, library.roles))
        _remember(role, loaded, files.get(item.name, ""))
    keep_roles([role.pk for role in report.changed_roles], why=LOADED)
    return report


# --- the vocabulary ---


def _load_guide(guide: GuideDocument, report: Report, overwrite: bool) -> None:
    known = dict(Trait.objects.values_list("code", "slug"))
    for i, entry in enumerate(guide.traits):
        if known.get(entry.code, entry.slug) != entry.slug:
            message = f"el código «{entry.code}» ya es de otro rasgo"
            raise DocumentError(GUIDE_FILE, [Problem(message, ("traits", i, "code"))])
    for section, (model, form) in rows.VOCABULARY.items():
        stored = {row.slug: row for row in model.objects.all()}
        for order, entry in enumerate(getattr(guide, section)):
            row = stored.get(entry.slug)
            desk = digest(rows.form_of(form, row), row.order) if row else ""
            incoming, loaded = digest(entry, order), row.loaded_digest if row else ""
            outcome = _decide(incoming, desk, loaded, overwrite)
            if outcome in WRITTEN:
                record(rows.save_entry(model, entry, order), why=LOADED)
            if loaded != incoming and outcome is not Outcome.KEPT:
                model.objects.filter(slug=entry.slug).update(loaded_digest=incoming)
            report.outcomes[f"{model._meta.verbose_name} {entry.slug}"] = outcome


def _decide(incoming: str, desk: str, loaded: str, overwrite: bool) -> Outcome:
    """Return what to do with one item by its digests; the desk's is "" if it has no such item.

    A desk that is not as it was last loaded is an editor's.
    """
    if not desk:
        return Outcome.CREATED
    if incoming == desk:
        return Outcome.UNCHANGED
    if overwrite or loaded == desk:
        return Outcome.UPDATED
    return Outcome.UNCHANGED if loaded == incoming else Outcome.KEPT


# --- roles ---


def beside_the_desk(documents: dict[str, RoleDocument]) -> tuple[Library, list[Incoming]]:
    """Return what documents may refer to, and each beside its role; the queries do not grow.

    Raises DocumentError if two claim one address.
    """
    refuse_duplicates(documents)
    library = Library.from_database(*documents.values())
    found = {name: library.role_of(document) for name, document in documents.items()}
    # A role is found at the address that its document gives it now.
    library.roles.update({documents[name].slug: role for name, role in found.items() if role})
    stored = Role.objects.for_document().in_bulk([role.pk for role in found.values() if role])
    neighbours = (item.related for role in stored.values() for item in role.related.all())
    library.roles.update({role.slug: role for role in neighbours})
    return library, [
        _beside(name, document, found[name] and stored[found[name].pk], library)
        for name, document in documents.items()
    ]


def _beside(name: str, document: RoleDocument, role: Role | None, library: Library) -> Incoming:
    incoming = digest(by_keys(document, library.roles))
    if role is None:
        return Incoming(name, document, None, None, incoming)
    desk = rows.role_document(role)
    whole = by_keys(desk, library.roles)
    archived = {p.context.slug for p in role.profiles.all() if p.context_id and p.state == ARCHIVED}
    rest = {slug: profile for slug, profile in desk.contexts.items() if slug not in archived}
    public = digest(whole.model_copy(update={"contexts": rest}))
    was_without = bool(archived) and role.loaded_digest == public
    on_desk = public if was_without else digest(whole)
    return Incoming(name, document, role, desk, incoming, on_desk, was_without)


def _follow_contexts(item: Incoming, role: Role) -> set[int]:
    """Withdraw the contexts that a file lacks; return those that a file had withdrawn before.

    What was never published is deleted.
    """
    contexts = role.profiles.exclude(context=None)
    for profile in contexts.exclude(context__slug__in=item.document.contexts):
        if profile.editions.exists():
            withdraw(profile)
        else:
            profile.delete()
    back = contexts.filter(context__slug__in=item.document.contexts, state=ARCHIVED)
    found = set(back.values_list("pk", flat=True)) if item.was_without else set()
    back.filter(pk__in=found).update(state=WorkflowState.DRAFT)
    return found


def _remember(role: Role, loaded: str, file: str) -> None:
    """Note what a file says of ``role``: another desk will be an editor's."""
    if (role.loaded_digest, role.loaded_file) != (loaded, file):
        Role.objects.filter(pk=role.pk).update(loaded_digest=loaded, loaded_file=file)


def write(items: list[Incoming], library: Library) -> list[Role]:
    """Write documents over the desk and return their roles; raises DocumentError."""
    coming = {item.document.slug: item.role or Role() for item in items}
    slugs = {**vars(library), "roles": coming | library.roles}
    written = [item.role.pk for item in items if item.role]
    errors = []
    for item in items:
        document = item.document
        taken = taken_addresses(document, coming[document.slug], written)
        problems = [*unknown_references(document, slugs), *_repeats(document, library.roles)]
        problems += [
            Problem(f"«{slug}» ya es una dirección de «{taken[slug]}» en la guía", place)
            for place, slug in addresses(document)
            if slug in taken
        ]
        errors += [DocumentError(item.name, problems)] if problems else []
    refuse(errors)
    # A name may go from one role to another.
    RoleAlias.objects.filter(role__in=written).update(slug=None)
    for document in (item.document for item in items):
        library.roles[document.slug] = library.role_of(document) or Role.objects.create(
            slug=document.slug, name=document.name, area=library.areas[document.area]
        )
    return [rows.save_role(item.document, library) for item in items]


def _repeats(document: RoleDocument, roles: Mapping[str, Role]) -> Iterator[Problem]:
    """Yield what a document names twice, if by two addresses, and rows hold once."""
    slugs = [document.slug, *(item.role for item in document.related)]
    related = [roles.get(slug, slug) for slug in slugs]
    titles = [item.title for item in document.near]
    for i, role in enumerate(related):
        if role in related[:i]:
            own, slug = role == related[0], slugs[i]
            message = "un rol no se relaciona consigo mismo" if own else f"«{slug}» está repetido"
            yield Problem(message, ("related", i - 1, "role"))
    for i, title in enumerate(titles):
        if title in titles[:i]:
            yield Problem(f"«{title}» está repetido", ("near", i, "title"))
    archetypes = document.archetypes
    if archetypes and archetypes.primary == archetypes.secondary:
        yield Problem("repite el principal", ("archetypes", "secondary"))


# --- an import: an editor's own work, which the desk's history undoes ---


@transaction.atomic
def import_roles(
    documents: dict[str, RoleDocument], *, by: User
) -> tuple[dict[str, Outcome], list[Role]]:
    """Write role documents over the desk; return what became of each, and the roles it wrote.

    A profile that a document lacks stays as it is, and nothing is published. Raises DocumentError.
    """
    ContentVersion.hold()
    library, items = beside_the_desk(documents)
    if not by.has_perm("profiles.publish_profile"):
        items = [_with_own_reviews(item) for item in items]
    outcomes = {item.name: _outcome(item) for item in items}
    changed = [item for item in items if outcomes[item.name] is not Outcome.UNCHANGED]
    roles = write(changed, library)
    keep_roles([role.pk for role in roles], by=by, why=IMPORTED)
    return outcomes, roles


def _outcome(item: Incoming) -> Outcome:
    if item.desk is None:
        return Outcome.CREATED
    named = {slug: p for slug, p in item.desk.contexts.items() if slug in item.document.contexts}
    desk = item.desk.model_copy(update={"contexts": named})
    return Outcome.UNCHANGED if digest(desk) == digest(item.document) else Outcome.UPDATED


def _with_own_reviews(item: Incoming) -> Incoming:
    """Keep the desk's dates of review: a date says that somebody who may reviewed the profile."""

    def reviewed_as(profile: ProfileDocument, former: ProfileDocument | None) -> ProfileDocument:
        return profile.model_copy(update={"reviewed_on": former and former.reviewed_on})

    desk, document = item.desk, item.document
    sizes = document.contexts.items()
    contexts = {s: reviewed_as(profile, desk and desk.contexts.get(s)) for s, profile in sizes}
    parts = {"base": reviewed_as(document.base, desk and desk.base), "contexts": contexts}
    return replace(item, document=document.model_copy(update=parts))
