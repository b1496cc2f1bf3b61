"""Desk → shelf: publish, schedule, call off, withdraw.

The public reads editions only. Each function here is one editorial act; see ``editorial_act``.
A profile has at most one edition that is public and one that is scheduled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from profiles.desk import history
from profiles.desk.content_version import editorial_act
from profiles.desk.copies import copies_of_others
from profiles.desk.readiness import (
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
    from collections.abc import Collection, Iterable, Mapping

    from django.contrib.auth.models import User
    from django.db.models import QuerySet

    from profiles.desk.readiness import Draft

NO_BASE = Finding("base", "primero se publica el perfil base del rol")
SCHEDULED = Finding("state", "tiene una edición programada: se publica desde el admin")
WITHDRAWN = Finding("state", "se retiró del sitio: se vuelve a publicar desde el admin")


class NotPublishable(Exception):
    """The editorial rules stand against publication; ``findings`` says which."""

    def __init__(self, profile: Profile, findings: list[Finding]):
        self.profile, self.findings = profile, findings
        super().__init__(f"{profile}: " + "; ".join(f"{f.path}: {f.message}" for f in findings))


def publish(
    profile: Profile,
    *,
    by: User | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> Edition:
    """Publish one profile, also if an edition says the same already; raises NotPublishable."""
    editions, refused = publish_profiles([profile], by=by, reason=reason, at=at, anew=True)
    if refused:
        raise refused[0]
    return editions[0]


def publish_roles(
    keys: Collection[int], *, by: User | None = None, reason: str = ""
) -> tuple[list[Edition], list[NotPublishable]]:
    """Publish now what changed in these roles, but for what somebody withdrew or scheduled."""
    profiles = Profile.objects.filter(role__in=keys)
    return publish_profiles(profiles, by=by, reason=reason, automatic=True)


def publish_profiles(
    profiles: Iterable[Profile],
    *,
    by: User | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
    anew: bool = False,
    automatic: bool = False,
) -> tuple[list[Edition], list[NotPublishable]]:
    """Freeze the desk of each profile into an edition that is public from ``at`` (default now).

    What was scheduled falls: see ``falling``. A profile whose edition says the same from the same
    moment gets no other, unless ``anew``. If it is ``automatic``, nobody chose these profiles: what
    somebody withdrew or scheduled stays. Returns the editions, and why others were refused.
    """
    chosen = {profile.pk: profile.role_id for profile in profiles}
    with editorial_act(*chosen.values()):
        roles = list(Role.objects.for_document().filter(pk__in=chosen.values()))
        start = max(at or timezone.now(), timezone.now())
        shelf = Shelf.of(chosen, roles, start, automatic=automatic)
        due, refused = _judge(roles, chosen, shelf, anew=anew)
        if not automatic:
            moved = {new.profile.pk for new in due} | {refusal.profile.pk for refusal in refused}
            _set_state(chosen.keys() - moved, WorkflowState.PUBLISHED)
            _drop(falling([new.profile for new in due], start))
        return _put_on_shelf(due, start, by, reason) if due else [], refused


def refusals(profiles: Iterable[Profile]) -> dict[int, list[Finding]]:
    """Return, by profile, why those that cannot be published together now would be refused."""
    chosen = {profile.pk: profile.role_id for profile in profiles}
    roles = list(Role.objects.for_document().filter(pk__in=chosen.values()))
    shelf = Shelf.of(chosen, roles, timezone.now(), automatic=False)
    _due, refused = _judge(roles, chosen, shelf, anew=True)
    return {refusal.profile.pk: refusal.findings for refusal in refused}


def _judge(
    roles: list[Role], chosen: Collection[int], shelf: Shelf, *, anew: bool
) -> tuple[list[Draft], list[NotPublishable]]:
    """Return what is to be published of the ``chosen`` profiles of ``roles``, and the refusals."""
    due, refused, places = [], [], desk_places()
    for role in roles:
        # The base profile comes first.
        drafts = [(p, _readable_draft(p, role)) for p in role.profiles.all() if p.pk in chosen]
        changed = [(profile, new) for profile, new in drafts if anew or not shelf.says(new)]
        findings = role_findings(role, places) if changed else []
        for profile, new in changed:
            if errors := shelf.errors(profile, findings):
                refused.append(NotPublishable(profile, errors))
            else:
                due.append(new)
                shelf.bases.add(role.pk)
    return due, refused


def _readable_draft(profile: Profile, role: Role) -> Draft | None:
    try:
        return draft(profile, role)
    except ValidationError:  # the findings say so
        return None


@dataclass(frozen=True)
class Shelf:
    """What decides about publishing some profiles at ``start``, besides their own texts.

    ``newest`` are their newest editions and ``copies`` what they have from others, by profile;
    ``bases`` are the roles with a public base profile.
    """

    start: datetime.datetime
    automatic: bool
    newest: dict[int, Edition]
    bases: set[int]
    copies: dict[int, list[Finding]]

    @classmethod
    def of(
        cls,
        chosen: Mapping[int, int],
        roles: list[Role],
        start: datetime.datetime,
        *,
        automatic: bool,
    ) -> Shelf:
        """Read it of ``chosen`` (keys of profiles → of their ``roles``)."""
        columns = ("profile", "digest", "published_from", "published_until")
        editions = Edition.objects.filter(profile__in=chosen).only(*columns).order_by("number")
        bases = _public_bases(chosen.values(), start).values_list("role_id", flat=True)
        profiles = [item for role in roles for item in role.profiles.all() if item.pk in chosen]
        # What a document brings has been compared with all others.
        copies = {} if automatic else copies_of_others(profiles)
        newest = {edition.profile_id: edition for edition in editions}
        return cls(start, automatic, newest, set(bases), copies)

    def says(self, new: Draft | None) -> bool:
        """Tell whether the newest edition says the same as ``new``, from the same moment on."""
        edition = self.newest.get(new.profile.pk) if new else None
        if edition is None or edition.digest != new.digest:
            return False
        if self.automatic and new.profile.state == WorkflowState.ARCHIVED:
            return True
        now = timezone.now()
        is_public = edition.published_from <= now and self.start <= now
        same_moment = is_public or edition.published_from == self.start
        return not edition.published_until and (self.automatic or same_moment)

    def errors(self, profile: Profile, findings: list[Finding]) -> list[Finding]:
        """Return what stands against publishing a profile with these ``findings`` of its role."""
        edition = self.newest.get(profile.pk)
        if self.automatic and profile.state == WorkflowState.ARCHIVED:
            return [WITHDRAWN]
        if self.automatic and edition and edition.published_from > timezone.now():
            return [SCHEDULED]
        if own := errors_of(profile, findings):
            return own
        lonely = profile.context_id and profile.role_id not in self.bases
        return [NO_BASE] if lonely else self.copies.get(profile.pk, [])


def _public_bases(keys: Iterable[int], at: datetime.datetime | None = None) -> QuerySet[Edition]:
    return Edition.objects.published(at).base().filter(role__in=set(keys))


def falling(
    profiles: Collection[Profile], start: datetime.datetime | None = None
) -> QuerySet[Edition]:
    """Return the scheduled editions that fall if ``profiles`` are published at ``start``.

    Their own, and those of contexts that would begin before their base; None: not published.
    """
    bases = {profile.role_id for profile in profiles if profile.context_id is None}
    unpublished = bases - set(_public_bases(bases).values_list("role_id", flat=True))
    contexts = Q(role__in=unpublished, context__isnull=False)
    if start:
        contexts &= Q(published_from__lt=start)
    return Edition.objects.scheduled().filter(Q(profile__in=profiles) | contexts)


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
    _set_state([p.pk for p in profiles if p.pk not in kept], WorkflowState.DRAFT)
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
    _set_state(keys, WorkflowState.PUBLISHED, comment="", editions_made=F("editions_made") + 1)
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
    documents = {key: version.document for key, version in known.items()}
    unsaved = [new.profile for new in due if documents.get(new.profile.pk) != new.kept]
    made = history.record_profiles(unsaved, by=by, why=_("Se publicó sin haberse guardado"))
    return known | {version.key: version for version in made}


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
        _set_state({*on_shelf, profile.pk}, WorkflowState.ARCHIVED)


def unschedule(profile: Profile) -> list[Profile]:
    """Call off what is scheduled, with what falls with it; return whose editions these were.

    What the scheduled edition would have replaced stays.
    """
    with editorial_act(profile.role_id):
        if not profile.editions.scheduled().exists():
            return []
        return _drop(falling([profile]))


def submit(profile: Profile, *, by: User) -> None:
    """Send a profile to review; what is public stays as it is."""
    sent = {"sent_by": by, "sent_at": timezone.now(), "comment": ""}
    _set_state([profile.pk], WorkflowState.IN_REVIEW, **sent)


def send_back(profile: Profile, comment: str = "") -> None:
    """Return a profile from review to its writer, with what the reviewer says."""
    _set_state([profile.pk], WorkflowState.DRAFT, comment=comment)


def review(profiles: Collection[Profile], *, by: User) -> None:
    """Date the review of profiles today, as a new version of each."""
    for profile in profiles:
        history.keep_if_unknown(profile)
    keys = [profile.pk for profile in profiles]
    Profile.objects.filter(pk__in=keys).update(reviewed_on=timezone.localdate(), reviewer=by)
    history.record_profiles(profiles, by=by, why=_("Se revisó"))


def _set_state(profiles: Collection[int], state: WorkflowState, **more: object) -> None:
    Profile.objects.filter(pk__in=profiles).update(state=state, **more)
