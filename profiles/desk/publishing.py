"""Desk → shelf: publish, schedule, call off, withdraw.

The public reads editions only. Each function here is one editorial act; see ``editorial_act``.
A profile has at most one edition that is public and one that is scheduled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.desk import history
from profiles.desk.content_version import editorial_act
from profiles.desk.readiness import (
    desk_draft,
    desk_places,
    draft,
    errors_of,
    role_findings,
)
from profiles.documents.choices import AuditEvent, WorkflowState
from profiles.documents.markdown import render_markdown
from profiles.documents.stored import canonical, frozen_facts
from profiles.guide.findings import Finding
from profiles.guide.profile_page import rendered_texts
from profiles.models import AuditEntry, Edition, Profile, Role, RoleAlias, Version

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from profiles.desk.readiness import Draft

NO_BASE = Finding("base", "primero se publica el perfil base del rol")
SCHEDULED = Finding("state", "tiene una edición programada: se publica desde el admin")
WITHDRAWN = Finding("state", "se retiró del sitio: se vuelve a publicar desde el admin")


class NotPublishable(Exception):
    """The editorial rules stand against publication; ``findings`` says which."""

    def __init__(self, profile: Profile, findings: list[Finding]):
        self.findings = findings
        super().__init__(f"{profile}: " + "; ".join(f"{f.path}: {f.message}" for f in findings))


def has_unpublished_changes(profile: Profile) -> bool:
    """Tell whether the desk differs from the newest edition (a scheduled one counts)."""
    newest = profile.editions.order_by("-number").first()
    return newest is None or newest.digest != desk_draft(profile).digest


def publish(
    profile: Profile,
    *,
    by: User | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
    only_changes: bool = False,
) -> Edition:
    """Freeze the desk into an edition that is public from ``at`` (aware; default now).

    What was scheduled falls: see ``falling``. With ``only_changes``, an edition that already says
    the same from the same moment is returned instead. Raises NotPublishable.
    """
    with editorial_act(profile.role_id):
        start = max(at or timezone.now(), timezone.now())
        role = Role.objects.for_document().get(pk=profile.role_id)
        own = next(item for item in role.profiles.all() if item.pk == profile.pk)
        if errors := errors_of(own, role_findings(role)):
            raise NotPublishable(own, errors)
        if own.context_id and not _public_bases([role.pk], start).exists():
            raise NotPublishable(own, [NO_BASE])
        new = draft(own, role)
        if edition := _already_there(new, start) if only_changes else None:
            Profile.objects.filter(pk=own.pk).update(state=WorkflowState.PUBLISHED)
            return edition
        _drop(falling(own, start))
        return _put_on_shelf([new], start, by, reason)[0]


def publish_role(
    role: Role, *, by: User | None = None, reason: str = ""
) -> tuple[list[Edition], list[NotPublishable]]:
    """Publish now every profile of a role that has unpublished changes; see ``publish_roles``."""
    return publish_roles([role.pk], by=by, reason=reason)


def publish_roles(
    keys: Collection[int], *, by: User | None = None, reason: str = ""
) -> tuple[list[Edition], list[NotPublishable]]:
    """Publish now every profile of these roles that has unpublished changes.

    Returns the new editions and, for the profiles that stay as they were, why: what somebody
    withdrew comes back one by one, and what somebody scheduled does not fall.
    """
    with editorial_act(*keys):
        shelf, places = Shelf.of(keys), desk_places()
        due, refused = [], []
        for role in Role.objects.for_document().filter(pk__in=keys):
            drafts = [draft(profile, role) for profile in role.profiles.all()]
            changed = [new for new in drafts if shelf.digests.get(new.profile.pk) != new.digest]
            findings = role_findings(role, places) if changed else []
            # The base profile comes first.
            for new in changed:
                if errors := _errors_now(new.profile, findings, shelf):
                    refused.append(NotPublishable(new.profile, errors))
                else:
                    due.append(new)
                    shelf.roles.add(role.pk)
        return _put_on_shelf(due, timezone.now(), by, reason) if due else [], refused


@dataclass(frozen=True)
class Shelf:
    """What stands on the shelf of some roles: digests by profile, what waits, roles with a base.

    Of a profile that was withdrawn, ``digests`` has what was said of it last.
    """

    digests: dict[int, str]
    scheduled: set[int]
    roles: set[int]

    @classmethod
    def of(cls, keys: Collection[int]) -> Shelf:
        editions = Edition.objects.filter(role__in=keys).order_by("number")
        withdrawn = editions.filter(profile__state=WorkflowState.ARCHIVED)
        there = editions.on_shelf() | withdrawn
        return cls(
            digests=dict(there.values_list("profile_id", "digest")),
            scheduled=set(editions.scheduled().values_list("profile_id", flat=True)),
            roles=set(_public_bases(keys).values_list("role_id", flat=True)),
        )


def _errors_now(profile: Profile, findings: list[Finding], shelf: Shelf) -> list[Finding]:
    """Return what stands against publishing a profile now."""
    if profile.state == WorkflowState.ARCHIVED:
        return [WITHDRAWN]
    if profile.pk in shelf.scheduled:
        return [SCHEDULED]
    lonely = [NO_BASE] if profile.context_id and profile.role_id not in shelf.roles else []
    return errors_of(profile, findings) + lonely


def _public_bases(keys: Iterable[int], at: datetime.datetime | None = None) -> QuerySet[Edition]:
    return Edition.objects.published(at).base().filter(role__in=keys)


def _already_there(new: Draft, start: datetime.datetime) -> Edition | None:
    """Return the newest edition if it says the same as ``new`` from the same moment on."""
    edition = new.profile.editions.order_by("-number").first()
    if edition is None or edition.digest != new.digest or edition.published_until:
        return None
    now = timezone.now()
    is_public = edition.published_from <= now and start <= now
    return edition if is_public or edition.published_from == start else None


def falling(profile: Profile, start: datetime.datetime | None = None) -> QuerySet[Edition]:
    """Return the scheduled editions that fall if ``profile`` is published at ``start``.

    Its own, and those of contexts that would begin before their base; None: it is not published.
    """
    scheduled = Edition.objects.scheduled().filter(role=profile.role_id)
    own = scheduled.filter(profile=profile)
    if profile.context_id or _public_bases([profile.role_id]).exists():
        return own
    contexts = scheduled.exclude(context=None)
    return own | (contexts.filter(published_from__lt=start) if start else contexts)


def _drop(scheduled: QuerySet[Edition]) -> list[Profile]:
    """Delete scheduled editions, let stay what they would have replaced; return their profiles."""
    profiles = list(Profile.objects.filter(editions__in=scheduled))
    if not profiles:
        return []
    scheduled.delete()
    Profile.objects.note_newest([profile.pk for profile in profiles])
    staying = Edition.objects.published().filter(profile__in=profiles)
    staying.update(published_until=None)
    kept = set(staying.values_list("profile", flat=True))
    gone = [profile.pk for profile in profiles if profile.pk not in kept]
    Profile.objects.filter(pk__in=gone).update(state=WorkflowState.DRAFT)
    return profiles


def _put_on_shelf(
    due: list[Draft], start: datetime.datetime, by: User | None, reason: str
) -> list[Edition]:
    """Make an edition of each Draft, from ``start``, in the place of what is public."""
    keys = [new.profile.pk for new in due]
    versions = _versions_of(due, by)
    Edition.objects.filter(profile__in=keys, published_until=None).update(published_until=start)
    editions = Edition.objects.bulk_create(
        Edition(
            version=versions[new.profile.pk],
            number=new.profile.editions_made + 1,
            published_from=start,
            published_by=by,
            reason=reason,
            **frozen(new),
        )
        for new in due
    )
    counted = {"state": WorkflowState.PUBLISHED, "editions_made": F("editions_made") + 1}
    Profile.objects.filter(pk__in=keys).update(**counted)
    Profile.objects.note_newest(keys)
    _lead_neighbours_to(edition.role_id for edition in editions if edition.facts)
    AuditEntry.objects.record_all(AuditEvent.PUBLISHED, by, editions)
    return editions


def frozen(new: Draft) -> dict[str, object]:
    """Return the columns of an edition that say what a Draft says."""
    profile, document = new.profile, new.document
    return {
        "profile": profile,
        "role": profile.role,
        "area_id": profile.role.area_id,
        "context": profile.context,
        "role_slug": profile.role.slug,
        "role_name": profile.role.name,
        "summary": document.summary,
        "teaser": getattr(document, "teaser", ""),
        "ranges": {code: [float(t.low), float(t.high)] for code, t in document.targets.items()},
        "critical": document.targets.critical,
        "document": canonical(document),
        "facts": frozen_facts(new.facts),
        "body_html": render_markdown(document.body),
        "rendered": rendered_texts(document),
        "digest": new.digest,
        "reviewed_on": document.reviewed_on,
        "author_name": profile.author.get_full_name() if profile.author else "",
        "reviewer_name": profile.reviewer.get_full_name() if profile.reviewer else "",
    }


def _versions_of(due: list[Draft], by: User | None) -> dict[int, Version]:
    """Return the version that holds each Draft by its profile's key, made if there is none."""
    latest = Version.objects.of(Profile, [new.profile.pk for new in due]).latest_of_each()
    known = {version.key: version for version in latest}
    for new in due:
        version = known.get(new.profile.pk)
        if version is None or version.document != new.kept:
            why = _("Se publicó sin haberse guardado")
            known[new.profile.pk] = history.record(new.profile, by=by, why=why)
    return known


def _lead_neighbours_to(roles: Iterable[int]) -> None:
    """Write the address of roles that become public where a former one is named as related."""
    former = RoleAlias.objects.filter(role__in=set(roles), name="").select_related("role")
    for alias in former:
        Edition.objects.rename_related([alias.slug], alias.role.slug)


def withdraw(profile: Profile) -> None:
    """Take a profile off the shelf now, with its shared previews; a base takes its contexts."""
    with editorial_act(profile.role_id) as profiles:
        leaving = [profile] if profile.context_id else list(profiles.values())
        shelf = Edition.objects.on_shelf().filter(profile__in=leaving)
        on_shelf = set(shelf.values_list("profile", flat=True))
        shelf.scheduled().delete()
        Profile.objects.note_newest(profiles)
        shelf.update(published_until=timezone.now())
        keys = [item.pk for item in leaving]
        Version.objects.of(Profile, keys).exclude(share_token="").update(share_token="")
        gone = Profile.objects.filter(pk__in={*on_shelf, profile.pk})
        gone.update(state=WorkflowState.ARCHIVED)


def unschedule(profile: Profile) -> list[Profile]:
    """Call off what is scheduled, with what falls with it; return whose editions these were.

    What the scheduled edition would have replaced stays.
    """
    with editorial_act(profile.role_id):
        if not profile.editions.scheduled().exists():
            return []
        return _drop(falling(profile))


def submit(profile: Profile) -> None:
    """Send a profile to review; what is public stays as it is."""
    Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.IN_REVIEW)


def send_back(profile: Profile) -> None:
    """Return a profile from review to its writer."""
    Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.DRAFT)
