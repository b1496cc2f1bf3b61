"""The desk's memory: a number that every change moves, and a version kept of each save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from pydantic import ValidationError

from profiles.documents.library import Library, taken_addresses
from profiles.documents.rows import (
    VOCABULARY,
    profile_document,
    role_facts,
    save_entry,
    save_facts,
    save_profile,
    save_related,
    vocabulary_entry,
)
from profiles.documents.schema import ProfileDocument, RoleFacts
from profiles.documents.stored import canonical, frozen_document, read_stored
from profiles.models import ContentVersion, DeskVersion, Edition, EntryVersion, Profile, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import Model, QuerySet

    type Version = DeskVersion | EntryVersion

# The document of each model of the shared vocabulary.
ENTRY_FORMS = dict(VOCABULARY.values())


class CannotComeBack(Exception):
    """What was kept cannot be written to the desk as it was; the message says why."""


# --- keep ---


@transaction.atomic
def record(row: Model, *, by: User | None = None, why: str = "") -> Version | None:
    """Move the version of ``row`` and keep what the desk holds of it now.

    ``row`` is a profile, a role (its facts) or an entry of the shared vocabulary.
    """
    type(row).objects.filter(pk=row.pk).update(version=F("version") + 1)
    row.refresh_from_db(fields=["version"])
    return keep(row, by=by, why=why)


@transaction.atomic
def record_role(role: Role, *, by: User | None = None, why: str = "") -> None:
    """Move the versions of ``role`` and of its base profile, with which its facts travel."""
    record(role, by=by, why=why)
    if base := role.profiles.filter(context=None).first():
        record(base, by=by, why=why)


def keep(row: Model, *, by: User | None = None, why: str = "") -> Version | None:
    """Keep the desk as the present version of ``row``.

    None, and nothing kept, where the desk holds what no document can (a trait without range).
    """
    keep_row = _keep_profile if isinstance(row, Profile) else _keep_entry
    try:
        return keep_row(row, {"saved_by": by, "why": why})
    except ValidationError:
        return None


def keep_role(role: Role, *, by: User | None = None, why: str = "") -> None:
    """Keep the desk as the present version of each profile of ``role``."""
    for profile in role.profiles.all():
        keep(profile, by=by, why=why)


def keep_if_unknown(row: Model) -> None:
    """Keep what no version holds yet, before somebody changes it."""
    if not versions_of(row).exists():
        # Read again: a form may have written on ``row`` already.
        keep(type(row).objects.get(pk=row.pk), why=_("Como estaba"))


def versions_of(row: Model) -> QuerySet:
    """Return the saved versions of a profile, a role or an entry, the newest first."""
    return row.versions.all() if isinstance(row, Profile) else EntryVersion.objects.of(row)


def deleted(model: type[Model]) -> QuerySet:
    """Return the last version of each row of ``model`` that is on the desk no more."""
    if model is Profile:
        return DeskVersion.objects.deleted()
    return EntryVersion.objects.deleted(model)


def entry_json(row: Model) -> dict:
    """Return the facts of a role, or an entry with its place in the order, as versions keep it."""
    if isinstance(row, Role):
        return canonical(role_facts(Role.objects.for_facts().get(pk=row.pk)))
    entry = vocabulary_entry(row, ENTRY_FORMS[type(row)])
    return canonical(entry, by_alias=False) | {"order": row.order}


def _keep_profile(profile: Profile, saved: dict) -> DeskVersion:
    full = Profile.objects.for_document().select_related("role").get(pk=profile.pk)
    document = canonical(profile_document(full))
    facts = None if full.context_id else entry_json(full.role)
    version, _created = DeskVersion.objects.update_or_create(
        profile=full,
        number=full.version,
        defaults={
            "role": full.role,
            "context": full.context,
            "role_name": full.role.name,
            "document": document,
            "facts": facts,
            **saved,
        },
    )
    if facts:
        # Loading and restoring move a role together with its base profile.
        _save_entry_version(full.role, facts, saved, EntryVersion.objects.get_or_create)
    return version


def _keep_entry(row: Model, saved: dict) -> EntryVersion:
    return _save_entry_version(row, entry_json(row), saved, EntryVersion.objects.update_or_create)


def _save_entry_version(row: Model, document: dict, saved: dict, save) -> EntryVersion:
    kind = row._meta.model_name
    content = {"name": row.name, "document": document, **saved}
    version, _created = save(kind=kind, key=row.pk, number=row.version, defaults=content)
    return version


# --- bring back ---


def write_facts(role: Role, facts: dict, library: Library) -> None:
    """Write a role's facts over the desk's; its address stays what it is now."""
    former = role.aliases.filter(name="").values_list("slug", flat=True)
    addresses = {"slug": role.slug, "former_slugs": list(former)}
    document = read_stored(RoleFacts, {**facts, **addresses})
    refuse_taken(document, role)
    refuse_missing(None, document, library)
    save_facts(role, document, library)
    save_related(role, known_neighbours(document, library), library)


def known_neighbours(facts: RoleFacts, library: Library) -> RoleFacts:
    """Return ``facts`` without related roles that have been deleted since."""
    related = tuple(item for item in facts.related if item.role in library.roles)
    return facts.model_copy(update={"related": related})


def refuse_missing(
    document: ProfileDocument | None, facts: RoleFacts | None, library: Library
) -> None:
    """Raise CannotComeBack where a document stands on entries that have been deleted since."""
    needed = []
    if facts:
        archetypes = facts.archetypes
        chosen = [archetypes.primary, archetypes.secondary] if archetypes else []
        needed += [(slug, library.archetypes, _("el arquetipo")) for slug in chosen if slug]
        needed.append((facts.area, library.areas, _("el área")))
    if document:
        cited = [slug for _code, target in document.targets.items() for slug in target.sources]
        needed += [(slug, library.sources, _("la fuente")) for slug in cited]
    lost = dict.fromkeys(f"{kind} «{slug}»" for slug, known, kind in needed if slug not in known)
    if lost:
        reason = _("falta %(lost)s: recuperalo antes de su papelera")
        raise CannotComeBack(reason % {"lost": ", ".join(lost)})


def refuse_taken(facts: RoleFacts, role: Role) -> None:
    """Raise CannotComeBack where an address of a role's ``facts`` is another role's by now."""
    if taken := taken_addresses(facts, role):
        reason = _("la dirección «%(slug)s» ya es de otro rol")
        raise CannotComeBack(reason % {"slug": min(taken)})


@transaction.atomic
def restore_entry(version: EntryVersion, *, by: User | None = None) -> Model:
    """Write a saved version over an entry or a role's facts, as a new version; return the row.

    Raises CannotComeBack where a role's facts stand on what has been deleted since, or an address
    of theirs is another role's.
    """
    why = _("Volvió a la versión %(number)s") % {"number": version.number}
    ContentVersion.hold()
    row = version_model(version).objects.select_for_update(of=("self",)).get(pk=version.key)
    keep_if_unknown(row)
    if isinstance(row, Role):
        write_facts(row, version.document, Library.from_database())
        record_role(row, by=by, why=why)
        return row
    row = _write_entry(version)
    record(row, by=by, why=why)
    return row


def version_model(version: EntryVersion) -> type[Model]:
    """Return the model that a version holds a row of."""
    return apps.get_model("profiles", version.kind)


def _write_entry(version: EntryVersion) -> Model:
    model = version_model(version)
    document = dict(version.document)
    order = document.pop("order")
    return save_entry(model, read_stored(ENTRY_FORMS[model], document), order)


@transaction.atomic
def undelete(version: Version, *, by: User | None = None) -> Model:
    """Bring back what was deleted as ``version`` holds it, and what it cannot be without.

    A profile comes back under its old key, as a draft, with its editions; with it, if they are
    gone too, its role and base. A role comes back with all its profiles. Raises CannotComeBack.
    """
    ContentVersion.hold()
    if isinstance(version, DeskVersion):
        return _undelete_profile(version, by)
    bring_back = _undelete_role if version_model(version) is Role else _undelete_entry
    return bring_back(version, by)


def _why() -> str:
    return _("Se recuperó de la papelera")


def _undelete_entry(version: EntryVersion, by: User | None) -> Model:
    slug = version.document["slug"]
    if version_model(version).objects.filter(slug=slug).exists():
        raise CannotComeBack(_("la dirección «%(slug)s» ya es de otra entrada") % {"slug": slug})
    row = _write_entry(version)
    # The row has a new key; its history follows it.
    versions = EntryVersion.objects.filter(kind=version.kind, key=version.key)
    versions.update(key=row.pk)
    type(row).objects.filter(pk=row.pk).update(version=version.number)
    record(row, by=by, why=_why())
    return row


def _undelete_role(version: EntryVersion, by: User | None) -> Role:
    role = _write_role(version.key, version.document, Library.from_database())
    keep(role, by=by, why=_why())
    gone = DeskVersion.objects.deleted().filter(role=role.pk)
    for profile in gone.order_by(F("context__order").asc(nulls_first=True)):
        undelete(profile, by=by)
    return role


def _undelete_profile(version: DeskVersion, by: User | None) -> Profile:
    library = Library.from_database()
    role = Role.objects.filter(pk=version.role_id).first()
    if role is None:
        base = version if version.facts else _last_base(version)
        role = _write_role(version.role_id, base.facts, library)
    if role.profiles.filter(context=version.context).exists():
        raise CannotComeBack(_("el rol ya tiene otro perfil para ese contexto"))
    if version.context_id and not role.profiles.filter(context=None).exists():
        undelete(_last_base(version), by=by)
    document = frozen_document(version)
    refuse_missing(document, None, library)
    last = DeskVersion.objects.filter(profile=version.profile_id).latest()
    Profile(pk=version.profile_id, role=role, context=version.context, version=last.number).save(
        force_insert=True
    )
    profile = save_profile(role, version.context, document, library)
    _reattach(profile)
    keep(profile, by=by, why=_why())
    return profile


def _last_base(version: DeskVersion) -> DeskVersion:
    """Return the last version of the base profile that ``version`` hangs on."""
    bases = DeskVersion.objects.deleted().filter(role=version.role_id, context=None)
    if base := bases.first():
        return base
    raise CannotComeBack(_("falta el perfil base del rol"))


def _write_role(key: int, facts: dict, library: Library) -> Role:
    """Return the role that had ``key``, with the facts that were kept of it."""
    document = known_neighbours(read_stored(RoleFacts, facts), library)
    refuse_taken(document, Role(pk=key))
    refuse_missing(None, document, library)
    last = EntryVersion.objects.of(Role(pk=key)).aggregate(last=Max("number"))["last"]
    role = Role(pk=key, slug=document.slug, version=last or 0)
    save_facts(role, document, library)
    save_related(role, document, library)
    return role


def _reattach(profile: Profile) -> None:
    """Give a profile that came back the editions that lost it, each number once."""
    lost = Edition.objects.filter(
        profile=None, role_slug=profile.role.slug, context=profile.context
    ).order_by("-pk")
    newest = {edition.number: edition.pk for edition in reversed(lost)}
    Edition.objects.filter(pk__in=newest.values()).update(profile=profile, role=profile.role)
