"""The desk's memory: each save is a version, and any version can be written onto the desk again."""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Model, Prefetch, QuerySet
from django.utils.translation import gettext as _

from profiles.desk.content_version import editorial_act
from profiles.desk.library import Library, taken_addresses
from profiles.desk.readiness import assess, desk_draft
from profiles.desk.rows import (
    VOCABULARY,
    form_of,
    role_facts,
    save_entry,
    save_facts,
    save_profile,
)
from profiles.documents.choices import WorkflowState
from profiles.documents.schema import ProfileDocument, RoleFacts
from profiles.documents.stored import canonical, read_stored, stored_profile
from profiles.models import ContentVersion, Edition, Profile, Role, Version

# The document of each model of the shared vocabulary.
ENTRY_FORMS = dict(VOCABULARY.values())


class CannotComeBack(Exception):
    """A version cannot be written onto the desk as it was; the message says why."""


# --- keep ---


@transaction.atomic
def record(*rows: Model, by: User | None = None, why: str = "") -> Version:
    """Move the versions of ``rows`` and keep what the desk says of them now: see ``keep``.

    With a role goes its base profile, which its facts travel with.
    """
    roles = [row.pk for row in rows if isinstance(row, Role)]
    moved = [*rows, *(Profile.objects.filter(role__in=roles, context=None) if roles else ())]
    for model in {type(row) for row in moved}:
        keys = [row.pk for row in moved if type(row) is model]
        model.objects.filter(pk__in=keys).update(version=F("version") + 1)
    return keep(*moved, by=by, why=why)


def keep(*rows: Model, by: User | None = None, why: str = "") -> Version:
    """Keep the desk as the present version of ``rows``; return that of the first.

    They are roles and profiles, or one entry of the vocabulary.
    """
    first = rows[0]
    if isinstance(first, Role | Profile):
        keys = {row.pk if isinstance(row, Role) else row.role_id for row in rows}
        kept = keep_roles(keys, only=rows, by=by, why=why)
    else:
        first.refresh_from_db(fields=["version"])
        kept = _store({first: desk_state(first)}, by, why)
    return next(version for version in kept if version.row == first)


def keep_roles(
    keys: Iterable[int],
    *,
    only: Collection[Model] | None = None,
    by: User | None = None,
    why: str = "",
) -> list[Version]:
    """Keep the desk as the present version of roles and their profiles, all or ``only`` some.

    What depends on the desk follows: what the rules say of the profiles.
    """
    roles = list(Role.objects.for_document().filter(pk__in=keys))
    states = {role: canonical(role_facts(role)) for role in roles}
    states |= {profile: new.kept for profile, new in assess(roles).items()}
    return _store({row: states[row] for row in states if only is None or row in only}, by, why)


def desk_state(row: Model) -> dict:
    """Return what a version of ``row`` would keep of the desk as it is now."""
    if isinstance(row, Profile):
        return desk_draft(row).kept
    if isinstance(row, Role):
        return canonical(role_facts(Role.objects.for_facts().get(pk=row.pk)))
    current = type(row).objects.get(pk=row.pk)
    entry = form_of(ENTRY_FORMS[type(row)], current)
    return canonical(entry, by_alias=False) | {"order": current.order}


def _store(states: dict[Model, dict], by: User | None, why: str) -> list[Version]:
    versions = [
        Version(row=row, number=row.version, document=document, who=by, why=why)
        for row, document in states.items()
    ]
    # One that exists stays as it is: writing its number again is how the database tells its key.
    once = {"unique_fields": ["kind", "key", "number"], "update_fields": ["number"]}
    return Version.objects.bulk_create(versions, update_conflicts=True, **once)


# --- look back ---


def timeline(row: Model) -> QuerySet:
    """Return the versions of ``row``, newest first, with the editions that were made of each."""
    editions = Edition.objects.select_related("published_by").defer("document", "facts")
    shown = row.versions.select_related("who").defer("document")
    return shown.prefetch_related(Prefetch("editions", editions.order_by("number")))


def stored_document(version: Version) -> ProfileDocument:
    """Return the typed document that a version of a profile keeps."""
    return stored_profile(version.document, in_context=version.row.context_id is not None)


def facts_under_live_names(role: Role, facts: dict) -> RoleFacts:
    """Return the facts that a version keeps, at the role's addresses of now.

    A profile's version does not say the role's name and area: they are live.
    """
    former = role.aliases.filter(name="").values_list("slug", flat=True)
    names = {"name": role.name, "area": role.area.slug}
    addresses = {"slug": role.slug, "former_slugs": list(former)}
    return read_stored(RoleFacts, {**names, **facts, **addresses})


# --- bring back ---


@transaction.atomic
def restore(version: Version, *, by: User | None = None, why: str = "") -> Model:
    """Write a saved version onto the desk again, as a new version; return the row.

    A role's own version also brings its name and area back, which are live. Raises CannotComeBack.
    """
    why = why or _("Volvió a la versión %(number)s") % {"number": version.number}
    row = version.row
    role = row if isinstance(row, Role) else getattr(row, "role", None)
    if role is None:
        ContentVersion.hold()
        return write(row, version.document, by=by, why=why)
    try:
        with editorial_act(role.pk):
            return _restore_role_or_profile(version, role, by, why)
    except KeyError as lost:  # what a version stands on may have been deleted since
        raise CannotComeBack(_("falta «%s»") % lost.args) from lost


def write(row: Model, document: dict, *, by: User | None, why: str) -> Model:
    """Write what ``desk_state`` returned, or a merge of such, over ``row``, as a new version.

    A role's facts stay as they are if ``row`` is its base profile.
    """
    if isinstance(row, Profile):
        typed = stored_profile(document, in_context=row.context_id is not None)
        row = save_profile(row.role, row.context, typed, Library.from_database())
        keep(row, by=by, why=why)
        return row
    if isinstance(row, Role):
        facts = read_stored(RoleFacts, document)
        row.slug = facts.slug
        save_facts(row, facts, Library.from_database(facts))
    else:
        kind, entry = type(row), {k: v for k, v in document.items() if k != "order"}
        row = save_entry(kind, read_stored(ENTRY_FORMS[kind], entry), document["order"])
    record(row, by=by, why=why)
    return row


def _restore_role_or_profile(version: Version, role: Role, by: User | None, why: str) -> Model:
    row = version.row
    if row == role:
        write_facts(role, version.document)
        record(role, by=by, why=why)
        return role
    if facts := version.document.get("facts"):
        write_facts(role, facts)
        keep(role, by=by, why=why)
    profile = write(row, version.document, by=by, why=why)
    profile.refresh_from_db(fields=["digest"])
    public = Edition.objects.published().filter(profile=profile, digest=profile.digest)
    profile.state = WorkflowState.PUBLISHED if public.exists() else WorkflowState.DRAFT
    profile.save(update_fields=["state"])
    return profile


def write_facts(role: Role, facts: dict) -> None:
    """Write a role's facts over the desk's; its address stays, and what ``facts`` do not say."""
    document = facts_under_live_names(role, facts)
    if taken := taken_addresses(document, role):
        reason = _("la dirección «%(slug)s» ya es de otro rol")
        raise CannotComeBack(reason % {"slug": min(taken)})
    library = Library.from_database(document)
    # A neighbour may be gone by now, or merged into another one or into ``role`` itself.
    related = dict.fromkeys([role, None])
    for item in document.related:
        related.setdefault(library.roles.get(item.role), item)
    kept = tuple(filter(None, related.values()))
    save_facts(role, document.model_copy(update={"related": kept}), library)
