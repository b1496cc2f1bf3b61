"""Desk → shelf: publish, schedule, call off, withdraw.

The public reads editions only. Each function here is one editorial act; see ``editorial_act``.
A profile has at most one edition that is public and one that is scheduled.
"""

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.desk import history, readiness
from profiles.desk.content_version import editorial_act
from profiles.documents.choices import AuditEvent, Changes, WorkflowState
from profiles.documents.markdown import render_markdown
from profiles.documents.stored import canonical, frozen_facts
from profiles.guide.findings import Finding
from profiles.guide.profile_page import rendered_texts
from profiles.models import AuditEntry, Edition, Profile, RelatedRole, Role, RoleAlias, Version

NO_BASE = Finding("base", "primero se publica el perfil base del rol")
SCHEDULED = Finding("state", "tiene una edición programada: se publica desde el admin")
# Nothing is scheduled for later than this, so by then all of it is public.
FAR = datetime.timedelta(days=3_650)
WITHDRAWN = Finding("state", "se retiró del sitio: se vuelve a publicar desde el admin")


class NotPublishable(Exception):
    """The editorial rules stand against publication; ``findings`` says which."""

    def __init__(self, profile: Profile, findings: list[Finding]):
        self.profile, self.findings = profile, findings
        super().__init__(f"{profile}: " + "; ".join(f"{f.path}: {f.message}" for f in findings))


def publish(profile: Profile, **act: Any) -> Edition:
    """Publish one profile, also if an edition says the same already; raises NotPublishable.

    ``act`` is who does it (``by``), why and when, as in ``publish_profiles``.
    """
    editions, refused = publish_profiles([profile], anew=True, **act)
    if refused:
        raise refused[0]
    return editions[0]


def publish_roles(
    keys: Collection[int],
    *,
    by: User | None = None,
    reason: str = "",
    back: Collection[int] = (),
) -> tuple[list[Edition], list[NotPublishable]]:
    """Publish now what changed in these roles, but for what somebody withdrew or scheduled.

    Whatever state a profile is in since: if it was public and is no more, it was withdrawn. Those
    ``back`` are none: a document left them out, and the next one has them again.
    """
    with editorial_act(*keys) as profiles:
        scheduled = Edition.objects.scheduled().filter(profile__in=profiles)
        kept = dict.fromkeys(scheduled.values_list("profile", flat=True), SCHEDULED)
        editions = Edition.objects.filter(profile__in=profiles)
        withdrawn = editions.exclude(profile__in=editions.on_shelf().values("profile"))
        withdrawn = set(withdrawn.values_list("profile", flat=True)) - set(back)
        kept |= dict.fromkeys(withdrawn, WITHDRAWN)
        due = [profile for pk, profile in profiles.items() if pk not in kept]
        # What a document brings has been compared with all others.
        editions, refused = publish_profiles(due, by=by, reason=reason, compare=False)
        changed = [pk for pk in kept if profiles[pk].changes != Changes.NONE]
    return editions, [*(NotPublishable(profiles[pk], [kept[pk]]) for pk in changed), *refused]


def publish_profiles(
    profiles: Iterable[Profile],
    *,
    by: User | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
    anew: bool = False,
    compare: bool = True,
) -> tuple[list[Edition], list[NotPublishable]]:
    """Freeze the desk of each profile into an edition that is public from ``at`` (default now).

    What was scheduled falls: see ``falling``. A profile whose edition says the same from the same
    moment gets no other, unless ``anew``. Returns the editions, and why others were refused.
    """
    chosen = {profile.pk: profile.role_id for profile in profiles}
    with editorial_act(*chosen.values()):
        start = max(at or timezone.now(), timezone.now())
        due, refused = _judge(chosen, start, anew=anew, compare=compare)
        moved = {new.profile.pk for new in due} | {refusal.profile.pk for refusal in refused}
        _set_state(chosen.keys() - moved, WorkflowState.PUBLISHED)
        _drop(falling([new.profile for new in due], start))
        return _put_on_shelf(due, start, by, reason) if due else [], refused


def refusals(profiles: Iterable[Profile]) -> dict[int, list[Finding]]:
    """Return, by profile, why those that cannot be published together at any time are refused."""
    chosen = {profile.pk: profile.role_id for profile in profiles}
    _due, refused = _judge(chosen, timezone.now() + FAR, anew=True)
    return {refusal.profile.pk: refusal.findings for refusal in refused}


def _judge(
    chosen: dict[int, int], start: datetime.datetime, *, anew: bool, compare: bool = True
) -> tuple[list[readiness.Draft], list[NotPublishable]]:
    """Return what is to be published of ``chosen`` (profiles → their roles), and the refusals."""
    roles = list(Role.objects.for_document().filter(pk__in=chosen.values()))
    # The base profile of each role comes first.
    profiles = [(p, role) for role in roles for p in role.profiles.all() if p.pk in chosen]
    columns = ("profile", "digest", "published_from", "published_until")
    editions = Edition.objects.filter(profile__in=chosen).only(*columns).order_by("number")
    newest = {edition.profile_id: edition for edition in editions}
    bases = set(_public_bases(chosen.values(), start).values_list("role_id", flat=True))
    copies = readiness.copies_of_others(p for p, _role in profiles) if compare else {}
    findings, places = {}, readiness.desk_places()
    due, refused = [], []
    for profile, role in profiles:
        new = readiness.draft(profile, role)
        if not anew and _is_said(new, newest.get(profile.pk), start):
            continue
        if role.pk not in findings:
            findings[role.pk] = readiness.role_findings(role, places)
        lonely = [NO_BASE] if profile.context_id and role.pk not in bases else []
        own = readiness.errors_of(profile, findings[role.pk])
        if against := own or lonely or copies.get(profile.pk):
            refused.append(NotPublishable(profile, against))
        else:
            due.append(new)
            bases.add(role.pk)
    return due, refused


def _is_said(new: readiness.Draft, newest: Edition | None, start: datetime.datetime) -> bool:
    """Tell whether the newest edition says the same as ``new``, from the same moment on."""
    if newest is None or newest.digest != new.digest or newest.published_until:
        return False
    return newest.published_from == start or max(newest.published_from, start) <= timezone.now()


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
    due: list[readiness.Draft], start: datetime.datetime, by: User | None, reason: str
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
    # A role that becomes public may be named as related by an address of before.
    roles = {edition.role_id for edition in editions if edition.facts}
    for alias in RoleAlias.objects.filter(role__in=roles, name="").select_related("role"):
        Edition.objects.rename_related([alias.slug], alias.role.slug)
    AuditEntry.objects.record_all(AuditEvent.PUBLISHED, editions, by=by)
    return editions


def frozen(new: readiness.Draft) -> dict[str, object]:
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
        "author_name": profile.author.get_full_name()[:150] if profile.author else "",
        "reviewer_name": profile.reviewer.get_full_name()[:150] if profile.reviewer else "",
    }


def _versions_of(due: list[readiness.Draft], by: User | None) -> dict[int, Version]:
    """Return the version that holds each Draft by its profile's key, made if there is none."""
    versions = Version.objects.of(Profile, [new.profile.pk for new in due]).latest_of_each()
    known = {version.key: version for version in versions}
    documents = {key: version.document for key, version in known.items()}
    unsaved = [new.profile for new in due if documents.get(new.profile.pk) != new.kept]
    if unsaved:
        history.record(*unsaved, by=by, why=_("Se publicó sin haberse guardado"))
        known = {version.key: version for version in versions.all()}
    return known


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
    keys = [profile.pk for profile in profiles]
    Profile.objects.filter(pk__in=keys).update(reviewed_on=timezone.localdate(), reviewer=by)
    if profiles:
        history.record(*profiles, by=by, why=_("Se revisó"))


def _set_state(profiles: Collection[int], state: WorkflowState, **more: object) -> None:
    Profile.objects.filter(pk__in=profiles).update(state=state, **more)


def merge(role: Role, into: Role, *, by: User) -> None:
    """Let everything that leads to ``role`` lead to ``into`` from now on.

    The profiles of ``role`` are withdrawn and stay, archived, with their history; its texts are
    not moved. Its address and its names become other names of ``into``.
    """
    naming = RelatedRole.objects.filter(related=role).exclude(role=into)
    neighbours = list(Role.objects.filter(related__in=naming).exclude(pk=role.pk).distinct())
    with editorial_act(role.pk, into.pk, *(neighbour.pk for neighbour in neighbours)):
        public = _public_bases([role.pk]).values_list("facts__aliases", flat=True).first() or ()
        for base in role.profiles.filter(context=None):
            withdraw(base)
        _set_state(role.profiles.values_list("pk", flat=True), WorkflowState.ARCHIVED)
        old_slug = role.slug
        role.slug = f"{old_slug[:40]}-unido-{role.pk}"
        role.save()  # its address of before is a former one now
        last = into.aliases.count()
        for alias in role.aliases.filter(name__in=public).exclude(slug=None):
            # The name is public again with the next edition; its address redirects all the time.
            slug, alias.slug = alias.slug, None
            alias.save()
            role.aliases.create(slug=slug)
        role.aliases.update(role=into, order=last)
        into.aliases.get_or_create(name=role.name, defaults={"order": last})
        _relate(role, old_slug, into)
        why = _("Se le unió «%(role)s»") % {"role": role}
        history.record(into, by=by, why=why)
        history.record(role, by=by, why=_("Se unió a «%(role)s»") % {"role": into})
        for neighbour in neighbours:
            history.record(neighbour, by=by, why=why)


def _relate(role: Role, old_slug: str, into: Role) -> None:
    """Name ``into`` wherever ``role`` is named as related, on the desk and on the shelf."""
    naming = RelatedRole.objects.filter(related=role)
    naming.filter(role__in=Role.objects.filter(related__related=into)).delete()
    naming.filter(role=into).delete()
    naming.update(related=into)
    Edition.objects.rename_related([old_slug], into.slug)
