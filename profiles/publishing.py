"""Desk → shelf and back: publish, withdraw, restore.

The public reads editions only. Each function here is one editorial act, in one transaction; what
moves editions takes the role's ``lock`` before it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from profiles import desk
from profiles.checks import Places, check_role
from profiles.choices import WorkflowState
from profiles.context_names import follow_names
from profiles.documents.library import Library
from profiles.documents.rows import (
    desk_document,
    profile_document,
    role_document,
    role_facts,
    save_profile,
)
from profiles.documents.schema import ProfileDocument, RoleDocument, RoleFacts
from profiles.documents.stored import canonical, frozen_document, frozen_facts, parts_digest
from profiles.findings import Finding, Severity
from profiles.markdown import render_markdown
from profiles.models import (
    Archetype,
    Area,
    ContentVersion,
    Context,
    Edition,
    Profile,
    Role,
    RoleAlias,
    Trait,
)
from profiles.profile_page import rendered_texts

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator

    from django.contrib.auth.models import User

    from profiles.models import DeskVersion

# The document of a profile on the desk and, for a base profile, its role's facts.
type DeskParts = tuple[ProfileDocument, RoleFacts | None]


class NotPublishable(Exception):
    """The editorial rules stand against publication; ``findings`` says which."""

    def __init__(self, profile: Profile, findings: list[Finding]):
        self.findings = findings
        super().__init__(f"{profile}: " + "; ".join(f"{f.path}: {f.message}" for f in findings))


def desk_parts(profile: Profile) -> DeskParts:
    """Return what publishing would freeze of a profile now."""
    full = Profile.objects.for_document().get(pk=profile.pk)
    facts = None
    if full.context_id is None:
        facts = role_facts(Role.objects.for_facts().get(pk=full.role_id))
    return profile_document(full), facts


def desk_digest(profile: Profile) -> str:
    """Return the fingerprint of what publishing would freeze now."""
    return parts_digest(*desk_parts(profile))


def has_unpublished_changes(profile: Profile) -> bool:
    """Tell whether the desk differs from the newest edition (a scheduled one counts)."""
    newest = profile.editions.order_by("-number").first()
    return newest is None or newest.digest != desk_digest(profile)


def is_as_asked(
    profile: Profile, *, at: datetime.datetime | None, until: datetime.datetime | None
) -> bool:
    """Tell whether the shelf has already what ``publish`` with the same moments would put there."""
    if has_unpublished_changes(profile):
        return False
    newest, now = profile.editions.latest(), timezone.now()
    begins = newest.published_from == at if at else newest.published_from <= now
    return begins and newest.published_until == _end(profile, max(at or now, now), [until])


def desk_places() -> Places:
    """Return what a link inside the guide may lead to: what the desk holds, names that redirect."""

    def slugs(model):
        return set(model.objects.exclude(slug=None).values_list("slug", flat=True))

    return Places(
        # Read where a text links to a profile; few do.
        profiles=SimpleLazyObject(_desk_profiles),
        contexts=frozenset(slugs(Context)),
        areas=frozenset(slugs(Area)),
        traits=frozenset(slugs(Trait)),
        archetypes=frozenset(slugs(Archetype)),
    )


def _desk_profiles() -> set[tuple[str | None, str]]:
    own = Profile.objects.values_list("context__slug", "role__slug")
    aliases = RoleAlias.objects.exclude(slug=None).filter(role__profiles__isnull=False)
    return {*own, *aliases.values_list("role__profiles__context__slug", "slug")}


def blocking_findings(profile: Profile) -> list[Finding]:
    """Return the editorial errors that stand against publishing ``profile``."""
    if not profile.role.profiles.filter(context=None).exists():
        return [Finding("base", "falta el perfil base del rol")]
    return _errors(profile, check_role(desk_document(profile.role), desk_places()))


def _errors(profile: Profile, found: list[Finding]) -> list[Finding]:
    return [
        finding
        for finding in found
        if finding.severity is Severity.ERROR and concerns(profile, finding)
    ]


def concerns(profile: Profile, finding: Finding) -> bool:
    """Tell whether a finding about a role stands against this one of its profiles."""
    if profile.context_id is None:
        return not finding.path.startswith("contexts.")
    return f"{finding.path}.".startswith(f"contexts.{profile.context.slug}.")


def lock(role_id: int) -> dict[int, Profile]:
    """Return the profiles of a role, which nobody else changes until the transaction ends.

    Before its profiles comes the role, as where it is saved or imported, and before all of them
    what is public (see ``ContentVersion.hold``): who holds one never waits for another.
    """
    ContentVersion.hold()
    role = Role.objects.select_for_update(no_key=True).get(pk=role_id)
    return role.profiles.select_for_update().order_by("pk").in_bulk()


@transaction.atomic
def publish(
    profile: Profile,
    *,
    by: User | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
    until: datetime.datetime | None = None,
) -> Edition:
    """Freeze the desk into a new edition, public from ``at`` (default now) until ``until``.

    Both are aware; a context is public no longer than its base. Raises NotPublishable where an
    editorial rule or a missing base edition stands against it.
    """
    profile = lock(profile.role_id)[profile.pk]
    now = timezone.now()
    period = max(at or now, now), until
    findings = blocking_findings(profile)
    edition = _publish(profile, desk_parts(profile), findings, period, by, reason)
    follow_names(profile.role_id)
    return edition


@transaction.atomic
def publish_role(
    role: Role, *, by: User | None = None, reason: str = ""
) -> tuple[list[Edition], list[NotPublishable]]:
    """Publish every profile of a role that has unpublished changes, the base first.

    Returns the new editions and, for the profiles that stay as they were, why: what somebody
    withdrew comes back one by one.
    """
    lock(role.pk)
    editions, refused = [], []
    for profile, parts, findings in _due(role):
        if profile.state == WorkflowState.ARCHIVED:
            findings = [
                Finding("state", "se retiró del sitio: se vuelve a publicar desde el admin")
            ]
        try:
            period = timezone.now(), None
            editions.append(_publish(profile, parts, findings, period, by, reason))
        except NotPublishable as error:
            refused.append(error)
    if editions:
        follow_names(role.pk)
    return editions, refused


def _newest_digests(role: Role) -> dict[int, str]:
    editions = Edition.objects.filter(profile__role=role).order_by("number")
    return dict(editions.values_list("profile_id", "digest"))


def _due(role: Role) -> Iterator[tuple[Profile, DeskParts, list[Finding]]]:
    """Yield each profile with unpublished changes, its parts and its errors, from one reading."""
    stored = Role.objects.for_document().get(pk=role.pk)
    document = role_document(stored)
    newest = _newest_digests(role)
    due = [
        (profile, parts)
        for profile, parts in _desk(stored, document)
        if newest.get(profile.pk) != parts_digest(*parts)
    ]
    found = check_role(document, desk_places()) if due else []
    for profile, parts in due:
        yield profile, parts, _errors(profile, found)


def _desk(stored: Role, document: RoleDocument) -> Iterator[tuple[Profile, DeskParts]]:
    for profile in stored.profiles.all():
        if profile.context_id:
            yield profile, (document.contexts[profile.context.slug], None)
        else:
            yield profile, (document.base, role_facts(stored))


def _publish(
    profile: Profile,
    parts: DeskParts,
    findings: list[Finding],
    period: tuple[datetime.datetime, datetime.datetime | None],
    by: User | None,
    reason: str,
) -> Edition:
    """Put ``parts`` of a locked profile on the shelf, where ``findings`` is empty.

    The caller indexes the edition, several at once where it can.
    """
    start, until = period
    if profile.context_id and not _base_is_public(profile, start):
        findings = [*findings, Finding("base", "primero se publica el perfil base del rol")]
    if until and until <= start:
        findings = [*findings, Finding("", "termina antes de empezar")]
    if findings:
        raise NotPublishable(profile, findings)
    base_ends = _base_ends(profile)
    _close(profile, start)
    edition = _freeze(profile, parts, (start, _end(profile, start, [until])), by, reason)
    if profile.context_id is None and (until or base_ends):
        _follow_base(profile, base_ends)
    Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.PUBLISHED)
    return edition


def _base_is_public(profile: Profile, at: datetime.datetime) -> bool:
    return Edition.objects.published(at).base().filter(role=profile.role_id).exists()


def _base_ends(profile: Profile) -> set[datetime.datetime]:
    """Return when the base of a profile's role leaves the site with nothing to follow at once."""
    bases = Edition.objects.on_shelf().base().filter(role=profile.role_id)
    periods = list(bases.values_list("published_from", "published_until"))
    return {end for _, end in periods if end} - {start for start, _ in periods}


def _end(
    profile: Profile, start: datetime.datetime, asked: Iterable[datetime.datetime | None]
) -> datetime.datetime | None:
    """Return when an edition from ``start`` ends: as asked, but no later than its base."""
    ends = [*asked, *(_base_ends(profile) if profile.context_id else ())]
    return min((end for end in ends if end and end > start), default=None)


def _follow_base(base: Profile, former_ends: set[datetime.datetime]) -> int:
    """Let the contexts of a base profile be public as long as it is; return how many editions fall.

    ``former_ends`` are the ``_base_ends`` of before: what ended with them goes on with the base.
    An end of its own that a context had there, or later, is not known any more.
    """
    dropped = 0
    for context in base.role.profiles.exclude(context=None):
        later = context.editions.scheduled()
        alone = [e for e in later if not _base_is_public(context, e.published_from)]
        dropped += _drop(context, alone, former_ends)
    return dropped


def _close(profile: Profile, at: datetime.datetime) -> bool:
    """End what is public at ``at`` and drop what was scheduled for then or later; was there any?"""
    return profile.editions.close(at)


def _freeze(
    profile: Profile,
    parts: DeskParts,
    period: tuple[datetime.datetime, datetime.datetime | None],
    by: User | None,
    reason: str,
) -> Edition:
    document, facts = parts
    return Edition.objects.create(
        profile=profile,
        role=profile.role,
        area=profile.role.area,
        context=profile.context,
        number=profile.editions.next_number(),
        role_slug=profile.role.slug,
        role_name=profile.role.name,
        summary=document.summary,
        teaser=getattr(document, "teaser", ""),
        ranges={code: [float(t.low), float(t.high)] for code, t in document.targets.items()},
        document=canonical(document),
        facts=frozen_facts(facts),
        body_html=render_markdown(document.body),
        rendered=rendered_texts(document),
        digest=parts_digest(document, facts),
        reviewed_on=document.reviewed_on,
        author_name=profile.author.get_full_name() if profile.author else "",
        reviewer_name=profile.reviewer.get_full_name() if profile.reviewer else "",
        published_from=period[0],
        published_until=period[1],
        published_by=by,
        reason=reason,
    )


@transaction.atomic
def withdraw(profile: Profile) -> None:
    """Take a profile off the shelf now; a base profile takes its contexts with it."""
    profiles = lock(profile.role_id)
    now = timezone.now()
    for item in profiles.values() if profile.context_id is None else [profile]:
        was_on_shelf = _close(item, now)
        if was_on_shelf or item.pk == profile.pk:
            Profile.objects.filter(pk=item.pk).update(state=WorkflowState.ARCHIVED)


@transaction.atomic
def unschedule(profile: Profile) -> int:
    """Drop what is scheduled, and let stay what it would have replaced; return how many editions.

    A base takes along the contexts' editions that would begin without it. An end that what is
    public had of its own is not known any more: it stays open, or as long as its base.
    """
    lock(profile.role_id)
    base_ends = _base_ends(profile)
    scheduled = list(profile.editions.scheduled())
    if not scheduled:
        return 0
    dropped = _drop(profile, scheduled)
    if profile.context_id is None:
        dropped += _follow_base(profile, base_ends)
    follow_names(profile.role_id)
    return dropped


def _drop(
    profile: Profile, scheduled: list[Edition], lapsed: Iterable[datetime.datetime] = ()
) -> int:
    """Drop ``scheduled``, and let what stays end anew where it ended for them or at ``lapsed``."""
    profile.editions.filter(pk__in=[edition.pk for edition in scheduled]).delete()
    lapsed = {*lapsed, *(edition.published_from for edition in scheduled)}
    staying = list(profile.editions.on_shelf())
    starts = [edition.published_from for edition in staying]
    for edition in staying:
        asked = starts if edition.published_until in lapsed else [*starts, edition.published_until]
        until = _end(profile, edition.published_from, asked)
        profile.editions.filter(pk=edition.pk).update(published_until=until)
    if scheduled:
        is_public = Edition.objects.published().filter(profile=profile).exists()
        state = WorkflowState.PUBLISHED if is_public else WorkflowState.DRAFT
        Profile.objects.filter(pk=profile.pk).update(state=state)
    return len(scheduled)


@transaction.atomic
def submit(profile: Profile) -> None:
    """Send a profile to review; what is public stays as it is."""
    Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.IN_REVIEW)


@transaction.atomic
def send_back(profile: Profile) -> None:
    """Return a profile from review to its writer."""
    Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.DRAFT)


@transaction.atomic
def restore(edition: Edition, *, by: User | None = None) -> Profile:
    """Write an edition's document onto the desk; what is public stays as it is."""
    why = _("Volvió a la edición %(number)s") % {"number": edition.number}
    place = edition.role, edition.context
    return _restore(place, frozen_document(edition), edition.facts, by=by, why=why)


@transaction.atomic
def restore_version(version: DeskVersion, *, by: User | None = None) -> Profile:
    """Write a saved version of the desk onto the desk again, as a new version."""
    why = _("Volvió a la versión %(number)s") % {"number": version.number}
    place = version.role, version.context
    return _restore(place, frozen_document(version), version.facts, by=by, why=why)


def _restore(
    place: tuple[Role, object],
    document: ProfileDocument,
    facts: dict | None,
    *,
    by: User | None,
    why: str,
) -> Profile:
    ContentVersion.hold()
    role, context = place
    library = Library.from_database()
    if stored := role.profiles.filter(context=context).first():
        desk.keep_if_unknown(stored)
    if facts is not None:
        desk.write_facts(role, facts, library)
    profile = save_profile(role, context, document, library)
    public = profile.editions.published().first()
    is_public = public is not None and public.digest == desk_digest(profile)
    profile.state = WorkflowState.PUBLISHED if is_public else WorkflowState.DRAFT
    profile.save(update_fields=["state"])
    desk.keep(profile, by=by, why=why)
    return profile
