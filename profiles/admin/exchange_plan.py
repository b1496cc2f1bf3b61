"""What an import would do, before it does it; then the same again, for good."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from profiles.admin.desk_comparison import Change, changes, desk_json
from profiles.admin.shelf import is_on_shelf
from profiles.desk import keep_if_unknown
from profiles.documents.loading import Outcome, load
from profiles.documents.rows import Library, digest
from profiles.documents.yaml_file import DocumentError, Problem
from profiles.models import LoadedDocument, Profile, Role
from profiles.publishing import NotPublishable, publish_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User

    from profiles.documents.schema import RoleDocument
    from profiles.models import Edition

type Documents = dict[str, RoleDocument]

RIGHTS = {"add": "role", "change": "role"}


class ChangedSince(Exception):
    """Roles that somebody changed after the plan was shown; ``names`` says which."""

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


def make_plan(documents: Documents, by: User) -> Plan:
    """Return what importing ``documents`` would do; nothing stays of the attempt.

    Raises DocumentError where they cannot be imported, or not by ``by``.
    """
    with transaction.atomic():
        before = {name: _desk(document.slug) for name, document in documents.items()}
        report = load({}, documents, overwrite=True, by=by)
        outcomes = zip(documents.items(), report.outcomes.values(), strict=True)
        roles = []
        for (name, document), outcome in outcomes:
            profiles = _compared(name, before[name], _desk(document.slug))
            _refuse_forbidden(name, outcome, profiles, by)
            roles.append(RolePlan(document.name, outcome, profiles))
        transaction.set_rollback(True)
    return Plan(roles, stamps(documents))


def apply(documents: Documents, expected: dict[str, str], by: User) -> list[Role]:
    """Import ``documents`` as a plan with the stamps ``expected`` said; return what changed.

    Raises ChangedSince or DocumentError, and then has changed nothing.
    """
    with transaction.atomic():
        slugs = [document.slug for document in documents.values()]
        list(Role.objects.select_for_update().filter(slug__in=slugs).order_by("pk"))
        if changed := [name for name, stamp in stamps(documents).items() if stamp != expected[name]]:
            raise ChangedSince(changed)
        for slug in slugs:
            for profile in _profiles(slug):
                keep_if_unknown(profile)
        with _as_an_editor(slugs):
            return load({}, documents, overwrite=True, by=by).changed_roles


def publish_all(roles: list[Role], by: User) -> tuple[list[Edition], list[NotPublishable]]:
    """Publish what an import changed; returns the editions, and why the rest stay as they were."""
    editions, refused = [], []
    for role in roles:
        made, kept = publish_role(role, by=by, reason=_("Importación"))
        editions += made
        refused += kept
    return editions, refused


def stamps(documents: Documents) -> dict[str, str]:
    """Return a value per document that differs once anything of its role on the desk does."""
    found = {}
    for name, document in documents.items():
        role = _role(document.slug)
        versions = [role.version, role.slug] if role else []
        profiles = [[p.pk, p.version, _json(p)] for p in _profiles(document.slug)]
        found[name] = digest(versions, profiles)
    return found


def _role(slug: str) -> Role | None:
    """Return the role that loading a document with this slug would write on."""
    return Library.from_database().roles.get(slug)


def _profiles(slug: str) -> list[Profile]:
    role = _role(slug)
    return list(role.profiles.select_related("role", "context").base_first()) if role else []


def _json(profile: Profile) -> dict | None:
    try:
        return desk_json(profile)
    except ValidationError:
        return None  # half-way through an edit: a range is missing


def _desk(slug: str) -> dict[int, tuple[Profile, dict | None]]:
    return {profile.pk: (profile, _json(profile)) for profile in _profiles(slug)}


def _compared(name: str, before: dict, after: dict) -> list[ProfilePlan]:
    plans = []
    for key, (profile, document) in after.items():
        if key not in before:
            plans.append(ProfilePlan(str(profile), _("nuevo"), []))
        elif found := changes(before[key][1] or {}, document):
            plans.append(ProfilePlan(str(profile), _("cambia"), found))
    for key, (profile, _document) in before.items():
        if key not in after:
            _refuse_published(name, profile)
            plans.append(ProfilePlan(str(profile), _("se elimina"), []))
    return plans
