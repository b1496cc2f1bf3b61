"""The desk's memory: a number that every change moves, and a version kept of each save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from pydantic import ValidationError

from profiles.documents.rows import (
    Library,
    canonical,
    profile_document,
    role_facts,
    save_facts,
    save_profile,
    save_related,
)
from profiles.documents.schema import BaseProfile, ContextProfile, ProfileDocument, RoleFacts
from profiles.models import DeskVersion, Edition, Profile, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class CannotUndelete(Exception):
    """Something on the desk has taken the place of what was deleted; the message says what."""


@transaction.atomic
def record(profile: Profile, *, by: User | None = None, why: str = "") -> DeskVersion | None:
    """Move the version of ``profile`` and keep what the desk holds of it now."""
    Profile.objects.filter(pk=profile.pk).update(version=F("version") + 1)
    profile.refresh_from_db(fields=["version"])
    return keep(profile, by=by, why=why)


@transaction.atomic
def record_role(role: Role, *, by: User | None = None, why: str = "") -> None:
    """Move the version of ``role``; its facts are kept with its base profile's next version."""
    Role.objects.filter(pk=role.pk).update(version=F("version") + 1)
    role.refresh_from_db(fields=["version"])
    if base := role.profiles.filter(context=None).first():
        record(base, by=by, why=why)


def keep(profile: Profile, *, by: User | None = None, why: str = "") -> DeskVersion | None:
    """Keep the desk as the present version of ``profile``.

    None, and nothing kept, where the desk holds what no document can (a trait without range).
    """
    full = Profile.objects.for_document().select_related("role").get(pk=profile.pk)
    try:
        document = canonical(profile_document(full))
    except ValidationError:
        return None
    version, _created = DeskVersion.objects.update_or_create(
        profile=full,
        number=full.version,
        defaults={
            "role": full.role,
            "context": full.context,
            "role_name": full.role.name,
            "document": document,
            "facts": _facts(full),
            "saved_by": by,
            "why": why,
        },
    )
    return version


def keep_role(role: Role, *, by: User | None = None, why: str = "") -> None:
    """Keep the desk as the present version of each profile of ``role``."""
    for profile in role.profiles.all():
        keep(profile, by=by, why=why)


def keep_if_unknown(profile: Profile) -> None:
    """Keep a profile that no version holds yet, before somebody changes it."""
    if not profile.versions.exists():
        keep(profile, why=_("Como estaba"))


def _facts(profile: Profile) -> dict | None:
    if profile.context_id is not None:
        return None
    return canonical(role_facts(Role.objects.for_facts().get(pk=profile.role_id)))


def version_document(version: DeskVersion) -> ProfileDocument:
    """Return the typed document of a desk version."""
    form = ContextProfile if version.context_id else BaseProfile
    return form.model_validate(version.document)


def write_facts(role: Role, facts: dict, library: Library) -> None:
    """Write a role's facts over the desk's; its address stays what it is now."""
    former = role.aliases.filter(name="").values_list("slug", flat=True)
    addresses = {"slug": role.slug, "former_slugs": list(former)}
    document = RoleFacts.model_validate({**facts, **addresses})
    save_facts(role, document, library)
    save_related(role, known_neighbours(document, library), library)


def known_neighbours(facts: RoleFacts, library: Library) -> RoleFacts:
    """Return ``facts`` without related roles that have been deleted since."""
    related = tuple(item for item in facts.related if item.role in library.roles)
    return facts.model_copy(update={"related": related})


@transaction.atomic
def undelete(version: DeskVersion, *, by: User | None = None) -> Profile:
    """Bring a deleted profile back as ``version`` holds it, and its role and base if gone too.

    It comes back under its old key, as a draft, with its editions. Raises CannotUndelete.
    """
    library = Library.from_database()
    role = Role.objects.filter(pk=version.role_id).first() or _undelete_role(version, library)
    if role.profiles.filter(context=version.context).exists():
        raise CannotUndelete(_("el rol ya tiene otro perfil para ese contexto"))
    if version.context_id and not role.profiles.filter(context=None).exists():
        undelete(_last_base(version), by=by)
    last = DeskVersion.objects.filter(profile=version.profile_id).latest()
    Profile(pk=version.profile_id, role=role, context=version.context, version=last.number).save(
        force_insert=True
    )
    profile = save_profile(role, version.context, version_document(version), library)
    _reattach(profile)
    keep(profile, by=by, why=_("Se recuperó de la papelera"))
    return profile


def _last_base(version: DeskVersion) -> DeskVersion:
    """Return the last version of the base profile that ``version`` hangs on."""
    bases = DeskVersion.objects.deleted().filter(role=version.role_id, context=None)
    if base := bases.first():
        return base
    raise CannotUndelete(_("falta el perfil base del rol"))


def _undelete_role(version: DeskVersion, library: Library) -> Role:
    base = version if version.facts else _last_base(version)
    facts = known_neighbours(RoleFacts.model_validate(base.facts), library)
    if facts.slug in library.roles:
        raise CannotUndelete(_("la dirección «%(slug)s» ya es de otro rol") % {"slug": facts.slug})
    role = Role(pk=version.role_id, slug=facts.slug)
    save_facts(role, facts, library)
    save_related(role, facts, library)
    return role


def _reattach(profile: Profile) -> None:
    """Give a profile that came back the editions that lost it, each number once."""
    lost = Edition.objects.filter(
        profile=None, role_slug=profile.role.slug, context=profile.context
    ).order_by("-pk")
    newest = {edition.number: edition.pk for edition in reversed(lost)}
    Edition.objects.filter(pk__in=newest.values()).update(profile=profile, role=profile.role)
