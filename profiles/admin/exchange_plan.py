"""What an import would do, before it does it; then the same again, for good."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from profiles.admin.desk_comparison import Change, changes
from profiles.admin.shelf import public_addresses, refused_addresses
from profiles.desk import keep_if_unknown
from profiles.documents.library import Library
from profiles.documents.loading import Outcome, load
from profiles.documents.rows import profile_document, role_facts
from profiles.documents.stored import canonical, digest
from profiles.documents.yaml_file import DocumentError, Problem
from profiles.models import ContentVersion, Edition, LoadedDocument, Profile, Role
from profiles.publishing import NotPublishable, publish_role
from profiles.readiness import assess_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.contrib.auth.models import User

    from profiles.documents.schema import RoleDocument

type Documents = dict[str, RoleDocument]
type Texts = dict[str, object]

NEW, GONE, CHANGED, PUBLIC = "nuevo", "se elimina", "cambia", "se elimina y está publicado"
RIGHTS = {NEW: "profiles.add_profile", GONE: "profiles.delete_profile"}
IMPORTER_RIGHTS = ("profiles.change_role", "profiles.change_profile")


class ChangedSince(Exception):
    """Somebody changed roles after the plan was shown; ``names`` says of which documents."""

    def __init__(self, names: list[str]):
        self.names = names
        super().__init__(", ".join(names))


@dataclass(frozen=True)
class ProfilePlan:
    """What becomes of one profile: created, removed or changed, and the changes in words."""

    title: str
    outcome: str
    changes: list[Change]


@dataclass(frozen=True)
class RolePlan:
    """What becomes of one role."""

    name: str
    outcome: Outcome
    profiles: list[ProfilePlan]


@dataclass(frozen=True)
class Plan:
    """What an import would do, role by role; ``stamps`` tell whether it still would."""

    roles: list[RolePlan]
    stamps: dict[str, str]

    @property
    def changes_something(self) -> bool:
        return any(role.outcome is not Outcome.UNCHANGED for role in self.roles)


@dataclass(frozen=True)
class Desk:
    """One role on the desk: its profiles by key, each with its content or None if incomplete."""

    role: Role | None
    profiles: dict[int, tuple[Profile, Texts | None]]

    @property
    def stamp(self) -> str:
        """Return a value that differs once anything of the role does."""
        role = [self.role.version, self.role.slug] if self.role else []
        return digest(role, [[key, p.version, texts] for key, (p, texts) in self.profiles.items()])


def make_plan(documents: Documents, by: User) -> Plan:
    """Return what importing ``documents`` would do; nothing stays of the attempt.

    Raises DocumentError where they cannot be imported, or not by ``by``.
    """
    with transaction.atomic():
        before = _desks(documents)
        shelved = _shelved(before.values())
        found = _addresses(before)
        outcomes = load({}, documents, overwrite=True, by=by).outcomes.values()
        after = _desks(documents)
        roles = [
            RolePlan(document.name, outcome, _compared(before[name], after[name], shelved))
            for (name, document), outcome in zip(documents.items(), outcomes, strict=True)
        ]
        kept = _addresses(after)
        transaction.set_rollback(True)
    for name, role in zip(documents, roles, strict=True):
        _refuse_forbidden(name, role, by)
        if reason := refused_addresses(found[name], kept[name], by):
            raise DocumentError(name, [Problem(reason)])
    return Plan(roles, {name: desk.stamp for name, desk in before.items()})


def carry_out(documents: Documents, expected: dict[str, str], by: User) -> list[Role]:
    """Import ``documents`` as the plan with the stamps ``expected`` said; return what changed.

    Raises ChangedSince or DocumentError, and then has changed nothing.
    """
    with transaction.atomic():
        ContentVersion.hold()
        desks = _desks(documents, lock=True)
        plan = make_plan(documents, by)
        if changed := [name for name, stamp in plan.stamps.items() if stamp != expected[name]]:
            raise ChangedSince(changed)
        for desk in desks.values():
            for profile, _texts in desk.profiles.values():
                keep_if_unknown(profile)
        with _as_an_editor(documents):
            changed_roles = load({}, documents, overwrite=True, by=by).changed_roles
        assess_all(role.pk for role in changed_roles)
        return changed_roles


def publish_all(roles: list[Role], by: User) -> tuple[int, list[NotPublishable]]:
    """Publish what an import changed; returns how many editions, and why the rest stay drafts."""
    made, refused = 0, []
    for role in roles:
        editions, kept = publish_role(role, by=by, reason=_("Importación"))
        made += len(editions)
        refused += kept
    return made, refused


def _desks(documents: Documents, *, lock: bool = False) -> dict[str, Desk]:
    """Return what the desk holds of each document's role; queries do not grow with their number."""
    library = Library.from_database()
    found = {name: library.role_of(document) for name, document in documents.items()}
    keys = {name: role.pk for name, role in found.items() if role}
    if lock:
        list(
            Role.objects.select_for_update(no_key=True).filter(pk__in=keys.values()).order_by("pk")
        )
    roles = {role.pk: role for role in Role.objects.for_document().filter(pk__in=keys.values())}
    return {name: _desk(roles.get(keys.get(name))) for name in documents}


def _desk(role: Role | None) -> Desk:
    if role is None:
        return Desk(None, {})
    facts = canonical(role_facts(role), exclude={"slug", "former_slugs"})
    texts = {
        profile.pk: (profile, _texts(profile, {} if profile.context_id else facts))
        for profile in role.profiles.all()
    }
    return Desk(role, texts)


def _texts(profile: Profile, facts: Texts) -> Texts | None:
    try:
        return {**facts, **canonical(profile_document(profile))}
    except ValidationError:
        return None  # half-way through an edit: a range is missing


def _shelved(desks: Iterable[Desk]) -> set[int]:
    """Return the keys of the profiles that are public now or scheduled."""
    keys = [key for desk in desks for key in desk.profiles]
    editions = Edition.objects.filter(profile__in=keys).on_shelf()
    return set(editions.values_list("profile_id", flat=True))


def _addresses(desks: dict[str, Desk]) -> dict[str, set[str]]:
    """Return where visitors find the role of each document, if it is on the shelf."""
    keys = {name: desk.role.pk if desk.role else None for name, desk in desks.items()}
    known = public_addresses(keys.values())
    return {name: known.get(key, set()) for name, key in keys.items()}


def _compared(before: Desk, after: Desk, shelved: set[int]) -> list[ProfilePlan]:
    plans = []
    for key, (profile, texts) in after.profiles.items():
        if key not in before.profiles:
            plans.append(ProfilePlan(str(profile), NEW, []))
        elif found := changes(before.profiles[key][1] or {}, texts):
            plans.append(ProfilePlan(str(profile), CHANGED, found))
    for key in before.profiles.keys() - after.profiles.keys():
        profile, _texts = before.profiles[key]
        plans.append(ProfilePlan(str(profile), PUBLIC if key in shelved else GONE, []))
    return plans


def _refuse_forbidden(name: str, role: RolePlan, by: User) -> None:
    """Raise where a plan takes away what is public, or needs a right that ``by`` lacks."""
    for profile in role.profiles:
        if profile.outcome == PUBLIC:
            message = _("no trae «%(title)s», que está publicado; primero retiralo")
            raise DocumentError(name, [Problem(message % {"title": profile.title})])
    needed = {RIGHTS[profile.outcome] for profile in role.profiles if profile.outcome in RIGHTS}
    if role.outcome is Outcome.CREATED:
        needed.add("profiles.add_role")
    if not by.has_perms(needed):
        raise DocumentError(name, [Problem(_("tu cuenta no puede crear o eliminar lo que pide"))])


@contextmanager
def _as_an_editor(documents: Documents) -> Iterator[None]:
    """Leave what ``load_guide`` last wrote as it knows it: what an import changes, it keeps."""
    rows = LoadedDocument.objects.filter(key__in=[f"roles:{d.slug}" for d in documents.values()])
    remembered = dict(rows.values_list("key", "digest"))
    yield
    rows.exclude(key__in=remembered).delete()
    for key, known in remembered.items():
        rows.filter(key=key).update(digest=known)
