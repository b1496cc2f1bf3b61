"""What publishing would freeze of each profile on the desk, and what the rules say of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from profiles import models
from profiles.desk.library import by_keys
from profiles.desk.rows import profile_document, role_document, role_facts
from profiles.documents.schema import BaseProfile, ContextProfile, ProfileDocument, RoleFacts
from profiles.documents.stored import canonical, frozen_facts, parts_digest
from profiles.guide.checks import Places, check_role
from profiles.guide.findings import Finding, Severity

FACT_SECTIONS = ("aliases", "archetypes", "career", "codes", "near", "related")
# What a profile has for every part that the rules ask for; the review is an act.
SECTIONS = {
    kind: [name for name in form.model_fields if name not in ("reviewed_on", "seo")]
    for kind, form in {"base": BaseProfile, "context": ContextProfile}.items()
}
SECTIONS["base"] += FACT_SECTIONS
ASSESSED = ("digest", "errors", "first_error", "missing", "completeness")


@dataclass(frozen=True)
class Draft:
    """A profile of the desk and what publishing would freeze of it now.

    ``digest`` is equal for equal content; a neighbour counts by its key, not by its address.
    """

    profile: models.Profile
    document: ProfileDocument
    facts: RoleFacts | None
    digest: str

    @property
    def kept(self) -> dict:
        """Return what a version keeps of it."""
        document = canonical(self.document)
        return document | {"facts": frozen_facts(self.facts)} if self.facts else document


def draft(profile: models.Profile, role: models.Role) -> Draft:
    """Return the Draft of one of the profiles of ``role`` (both read with ``for_document``)."""
    document = profile_document(profile)
    if profile.context_id:
        return Draft(profile, document, None, parts_digest(document, None))
    facts = role_facts(role)
    neighbours = {item.related.slug: item.related for item in role.related.all()}
    return Draft(profile, document, facts, parts_digest(document, by_keys(facts, neighbours)))


def desk_draft(profile: models.Profile) -> Draft:
    """Return the Draft of a profile as the desk has it now."""
    full = models.Profile.objects.for_document().get(pk=profile.pk)
    return draft(full, models.Role.objects.for_facts().get(pk=profile.role_id))


def desk_places() -> Places:
    """Return what a link inside the guide may lead to: what the desk holds, names that redirect.

    Each kind is read if a text links to one; few do.
    """

    def slugs(model):
        return SimpleLazyObject(lambda: frozenset(model.objects.values_list("slug", flat=True)))

    return Places(
        DeskProfiles(),
        contexts=slugs(models.Context),
        areas=slugs(models.Area),
        traits=slugs(models.Trait),
        archetypes=slugs(models.Archetype),
    )


class DeskProfiles:
    """Holds (context slug or None, role slug) of each profile of the desk; asked link by link."""

    def __contains__(self, place):
        context, slug = place
        called = Q(role__slug=slug) | Q(role__aliases__slug=slug)
        return models.Profile.objects.filter(called, context__slug=context).exists()


def role_findings(role: models.Role, places: Places | None = None) -> list[Finding]:
    """Return what the rules find in a role (read with ``for_document``), whole or not."""
    if all(profile.context_id for profile in role.profiles.all()):
        return [Finding("", _("falta el perfil base"))]
    return check_role(role_document(role), places or desk_places())


def findings_of(profile: models.Profile, findings: Iterable[Finding]) -> list[Finding]:
    """Return those of a role's findings that are about this profile, or about all of them."""
    if profile.context_id is None:
        return [finding for finding in findings if not finding.path.startswith("contexts.")]
    return [f for f in findings if not f.path or f"{f.path}.".startswith(f"{path_of(profile)}.")]


def path_of(profile: models.Profile) -> str:
    """Return where a profile stands in its role's document."""
    return f"contexts.{profile.context.slug}" if profile.context_id else "base"


def errors_of(profile: models.Profile, findings: Iterable[Finding]) -> list[Finding]:
    """Return those of a role's findings that stand against publishing this profile."""
    own = findings_of(profile, findings)
    return [finding for finding in own if finding.severity is Severity.ERROR]


def assess(roles: Iterable[models.Role]) -> dict[models.Profile, Draft]:
    """Write what the rules say of each profile of ``roles`` (read with ``for_document``).

    Returns the Draft of each.
    """
    places, drafts = desk_places(), {}
    for role in roles:
        findings = role_findings(role, places)
        for profile in role.profiles.all():
            drafts[profile] = new = draft(profile, role)
            errors = errors_of(profile, findings)
            broken = list(dict.fromkeys(section(finding.path) for finding in errors))
            parts = SECTIONS["context" if profile.context_id else "base"]
            whole = len([part for part in parts if part not in broken])
            readable = all(finding.path for finding in errors)
            profile.errors = len(errors)
            profile.first_error = f"{errors[0].path}\n{errors[0].message}"[:400] if errors else ""
            profile.missing = f" {' '.join(broken)} " if broken else ""
            profile.completeness = round(100 * whole / len(parts)) if readable else 0
            profile.digest = new.digest
    models.Profile.objects.bulk_update(drafts, ASSESSED, batch_size=100)
    return drafts


def own_steps(path: str) -> list[str]:
    """Return the steps of a path within its profile: "contexts.pyme.body" → ["body"]."""
    steps = path.split(".")
    return steps[2:] if steps[0] == "contexts" else steps[steps[0] == "base" :]


def section(path: str) -> str:
    """Return the part of a document that a path leads into: "contexts.pyme.body" → "body"."""
    own = own_steps(path)
    return own[0] if own and own[0] else "role"


# --- what a profile says word for word like another role that is public ---

# Whoever copies a role copies these, and no two roles share one.
PARTS = {"strengths": models.Strength, "questions": models.InterviewQuestion}


def copies_of_others(profiles: Iterable[models.Profile]) -> dict[int, list[Finding]]:
    """Return, by profile, a finding for each part with a text that another public role has too.

    The first copy is named. The profiles are read with ``for_document``.
    """
    public = models.Edition.objects.published().filter(profile=OuterRef("profile"))
    found, profiles = defaultdict(list), list(profiles)
    for part, model in PARTS.items():
        texts = {p: [row.text for row in getattr(p, part).all()] for p in profiles}
        same = model.objects.filter(Exists(public), text__in=set(chain(*texts.values())))
        owners = defaultdict(set)
        for text, *owner in same.values_list("text", "profile__role__name", "profile__role"):
            owners[text].add(tuple(owner))
        for profile, own in texts.items():
            for place, text in enumerate(own):
                if names := sorted(name for name, key in owners[text] if key != profile.role_id):
                    said = _("dice lo mismo que %(role)s") % {"role": names[0]}
                    found[profile.pk].append(Finding(f"{path_of(profile)}.{part}.{place}", said))
                    break
    return found
