"""Desk → shelf and back: publish, withdraw, restore, compare.

The public reads editions only. Each function here is one editorial act, in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from profiles import search_index
from profiles.checks import Finding, Severity, check_role
from profiles.choices import WorkflowState
from profiles.documents.rows import (
    Library,
    canonical,
    desk_document,
    digest,
    profile_document,
    role_facts,
    save_facts,
    save_profile,
    save_related,
)
from profiles.documents.schema import BaseProfile, ContextProfile, ProfileDocument, RoleFacts
from profiles.markdown import render_markdown
from profiles.models import Edition, Profile, Role

if TYPE_CHECKING:
    import datetime

    from django.contrib.auth.models import User


class NotPublishable(Exception):
    """The editorial rules stand against publication; ``findings`` says which."""

    def __init__(self, profile: Profile, findings: list[Finding]):
        self.findings = findings
        super().__init__(f"{profile}: " + "; ".join(f"{f.path}: {f.message}" for f in findings))


@dataclass(frozen=True)
class Difference:
    """A place where two documents differ, with both values as JSON."""

    path: str
    before: object
    after: object


def desk_parts(profile: Profile) -> tuple[ProfileDocument, RoleFacts | None]:
    """Return the document of a profile on the desk and, for a base profile, its role's facts."""
    full = Profile.objects.for_document().get(pk=profile.pk)
    facts = None
    if full.context_id is None:
        facts = role_facts(Role.objects.for_document().get(pk=full.role_id))
    return profile_document(full), facts


def desk_digest(profile: Profile) -> str:
    """Return the fingerprint of what publishing would freeze now."""
    return parts_digest(*desk_parts(profile))


def parts_digest(document: ProfileDocument, facts: RoleFacts | None) -> str:
    """Return the fingerprint of a profile's parts; see ``_frozen`` for what does not count."""
    return digest(document, _frozen(facts))


def _frozen(facts: RoleFacts | None) -> dict | None:
    """Return the facts an edition keeps: slugs are addresses, live and not content."""
    return canonical(facts, exclude={"slug", "former_slugs"}) if facts else None


def has_unpublished_changes(profile: Profile) -> bool:
    """Tell whether the desk differs from the newest edition (a scheduled one counts)."""
    newest = profile.editions.order_by("-number").first()
    return newest is None or newest.digest != desk_digest(profile)


def blocking_findings(profile: Profile, found: list[Finding] | None = None) -> list[Finding]:
    """Return the editorial errors that stand against publishing ``profile``.

    ``found`` is what ``check_role`` says of its role, where the caller has just asked.
    """
    if not profile.role.profiles.filter(context=None).exists():
        return [Finding("base", "falta el perfil base del rol")]
    if found is None:
        found = check_role(desk_document(profile.role))
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


@transaction.atomic
def publish(
    profile: Profile,
    *,
    by: User | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
    found: list[Finding] | None = None,
) -> Edition:
    """Freeze the desk into a new edition, public from ``at`` (aware, default now).

    Raises NotPublishable where an editorial rule or a missing base edition stands against it;
    ``found`` as in ``blocking_findings``.
    """
    now = timezone.now()
    start = max(at or now, now)
    profile = Profile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    findings = blocking_findings(profile, found)
    if profile.context_id and not _base_is_public(profile, start):
        findings.append(Finding("base", "primero se publica el perfil base del rol"))
    if findings:
        raise NotPublishable(profile, findings)
    _close(profile, start)
    edition = _freeze(profile, start, by, reason)
    Profile.objects.filter(pk=profile.pk).update(state=WorkflowState.PUBLISHED)
    return edition


def publish_role(
    role: Role, *, by: User | None = None, reason: str = ""
) -> tuple[list[Edition], list[NotPublishable]]:
    """Publish every profile of a role that has unpublished changes, the base first.

    Returns the new editions and, for the profiles that stay as they were, why.
    """
    editions, refused = [], []
    found = check_role(desk_document(role))
    for profile in role.profiles.base_first():
        if not has_unpublished_changes(profile):
            continue
        try:
            editions.append(publish(profile, by=by, reason=reason, found=found))
        except NotPublishable as error:
            refused.append(error)
    return editions, refused


def _base_is_public(profile: Profile, at: datetime.datetime) -> bool:
    return Edition.objects.published(at).base().filter(role=profile.role_id).exists()


def _close(profile: Profile, at: datetime.datetime) -> None:
    """End what is public at ``at``; what was scheduled for later is dropped."""
    open_editions = profile.editions.filter(Q(published_until=None) | Q(published_until__gt=at))
    open_editions.filter(published_from__gt=at).delete()
    open_editions.update(published_until=at)
    search_index.forget_past(profile)


def _freeze(profile: Profile, start: datetime.datetime, by: User | None, reason: str) -> Edition:
    document, facts = desk_parts(profile)
    number = profile.editions.aggregate(last=Max("number"))["last"] or 0
    edition = Edition.objects.create(
        profile=profile,
        role=profile.role,
        area=profile.role.area,
        context=profile.context,
        number=number + 1,
        role_slug=profile.role.slug,
        role_name=profile.role.name,
        summary=document.summary,
        teaser=getattr(document, "teaser", ""),
        ranges={code: [float(t.low), float(t.high)] for code, t in document.targets.items()},
        document=canonical(document),
        facts=_frozen(facts),
        body_html=render_markdown(document.body),
        digest=parts_digest(document, facts),
        reviewed_on=document.reviewed_on,
        author_name=profile.author.get_full_name() if profile.author else "",
        reviewer_name=profile.reviewer.get_full_name() if profile.reviewer else "",
        published_from=start,
        published_by=by,
        reason=reason,
    )
    search_index.index([edition])
    return edition


@transaction.atomic
def withdraw(profile: Profile) -> None:
    """Take a profile off the shelf now; a base profile takes its contexts with it."""
    profiles = profile.role.profiles.all() if profile.context_id is None else [profile]
    now = timezone.now()
    for item in profiles:
        _close(item, now)
        Profile.objects.filter(pk=item.pk).update(state=WorkflowState.ARCHIVED)


@transaction.atomic
def restore(edition: Edition) -> Profile:
    """Write an edition's document onto the desk; what is public stays as it is."""
    library = Library.from_database()
    role = edition.role
    if edition.facts is not None:
        former = role.aliases.filter(name="").values_list("slug", flat=True)
        addresses = {"slug": role.slug, "former_slugs": list(former)}
        facts = RoleFacts.model_validate({**edition.facts, **addresses})
        save_facts(role, facts, library)
        save_related(role, facts, library)
    profile = save_profile(role, edition.context, edition_document(edition), library)
    is_public = profile.editions.published().filter(digest=edition.digest).exists()
    profile.state = WorkflowState.PUBLISHED if is_public else WorkflowState.DRAFT
    profile.save(update_fields=["state"])
    return profile


def edition_document(edition: Edition) -> ProfileDocument:
    """Return the typed document of an edition."""
    form = ContextProfile if edition.context_id else BaseProfile
    return form.model_validate(edition.document)


def compare(before: ProfileDocument, after: ProfileDocument) -> list[Difference]:
    """Return where two documents of one profile differ, in the order of the form."""
    left, right = _leaves(canonical(before)), _leaves(canonical(after))
    paths = dict.fromkeys([*left, *right])
    return [
        Difference(path, left.get(path), right.get(path))
        for path in paths
        if left.get(path) != right.get(path)
    ]


def _leaves(value: object, path: str = "") -> dict[str, object]:
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    else:
        return {path: value}
    leaves = {}
    for key, item in pairs:
        leaves |= _leaves(item, f"{path}.{key}" if path else str(key))
    return leaves
