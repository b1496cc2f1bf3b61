"""What the rules say of each profile on the desk, kept so that lists can show and filter it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from pydantic import ValidationError

from profiles.checks import ITEMS, Places, check_role
from profiles.documents.rows import profile_document, role_document, role_facts
from profiles.documents.stored import parts_digest
from profiles.documents.yaml_file import in_spanish
from profiles.findings import Finding, Severity
from profiles.models import Readiness, Role
from profiles.publishing import concerns, desk_places

if TYPE_CHECKING:
    from collections.abc import Iterable

    from profiles.models import Profile

FACT_SECTIONS = ("aliases", "archetypes", "career", "codes", "near", "related")
SHARED_SECTIONS = ("summary", "body", "targets", "outcomes", "honest")
HIRE_SECTIONS = ("requirements", "ai", "levels", "screening", "work_sample", "references")
SECTIONS = {
    "base": (*SHARED_SECTIONS, *ITEMS["base"], *HIRE_SECTIONS, *FACT_SECTIONS),
    "context": (*SHARED_SECTIONS, "teaser", "work_sample_shift", *ITEMS["context"]),
}


def role_findings(role: Role, places: Places | None = None) -> list[Finding]:
    """Return what the rules find in a role (read with ``for_document``), whole or not."""
    if all(profile.context_id for profile in role.profiles.all()):
        return [Finding("", _("falta el perfil base"))]
    try:
        return check_role(role_document(role), places or desk_places())
    except ValidationError as error:
        return [Finding("", _("una parte no se puede leer: %(error)s") % {"error": _first(error)})]


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return ".".join(str(part) for part in first["loc"]) + f" ({in_spanish(first)})"


def findings_of(profile: Profile, findings: Iterable[Finding]) -> list[Finding]:
    """Return those of a role's findings that are about this profile."""
    return [finding for finding in findings if not finding.path or concerns(profile, finding)]


def assess(role: Role) -> None:
    """Keep what the rules say of each profile of ``role`` now."""
    assess_all([role.pk])


def assess_all(role_keys: Iterable[int]) -> None:
    """Keep what the rules say of each profile of these roles now."""
    rows, places = [], desk_places()
    for role in Role.objects.for_document().filter(pk__in=role_keys):
        findings = role_findings(role, places)
        rows += [_readiness(role, profile, findings) for profile in role.profiles.all()]
    columns = [field.name for field in Readiness._meta.concrete_fields if not field.primary_key]
    Readiness.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["profile"], update_fields=columns
    )


def _readiness(role: Role, profile: Profile, findings: list[Finding]) -> Readiness:
    own = findings_of(profile, findings)
    errors = [finding for finding in own if finding.severity is Severity.ERROR]
    broken = list(dict.fromkeys(section(finding.path) for finding in errors))
    parts = SECTIONS["context" if profile.context_id else "base"]
    whole = [part for part in parts if part not in broken]
    readable = all(finding.path for finding in errors)
    return Readiness(
        profile=profile,
        version=profile.version,
        digest=_digest(role, profile),
        errors=len(errors),
        first_error=_place_and_message(errors)[:400],
        sections=f" {' '.join(broken)} " if broken else "",
        completeness=round(100 * len(whole) / len(parts)) if readable else 0,
    )


def _place_and_message(errors: list[Finding]) -> str:
    return f"{errors[0].path}\n{errors[0].message}" if errors else ""


def own_steps(path: str) -> list[str]:
    """Return the steps of a path within its profile: "contexts.pyme.body" → ["body"]."""
    steps = path.split(".")
    return steps[2:] if steps[0] == "contexts" else steps[steps[0] == "base" :]


def section(path: str) -> str:
    """Return the part of a document that a path leads into: "contexts.pyme.body" → "body"."""
    own = own_steps(path)
    return own[0] if own and own[0] else "role"


def _digest(role: Role, profile: Profile) -> str:
    """Return the fingerprint of the desk; empty where no document can hold it."""
    try:
        facts = None if profile.context_id else role_facts(role)
        return parts_digest(profile_document(profile), facts)
    except ValidationError:
        return ""
