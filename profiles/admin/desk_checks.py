"""What the change page says of a profile: what is missing, and what somebody else saved."""

from dataclasses import dataclass

from profiles.admin.desk_comparison import changes_against_typed, desk_json, version_json
from profiles.admin.desk_fields import field_id
from profiles.admin.wording import place
from profiles.checks import Severity
from profiles.models import Role
from profiles.readiness import FACT_SECTIONS, findings_of, role_findings, section


@dataclass(frozen=True)
class Problem:
    """A finding as the panel shows it; ``on_role`` where the role's page has the field."""

    place: str
    message: str
    field: str
    blocks: bool
    on_role: bool


@dataclass(frozen=True)
class Conflict:
    """What stands in the way of a save: who saved meanwhile, and what that changed."""

    version: int
    saves: list
    changes: list


def problems(profile):
    """Return the Problems of a profile on the desk, those that block publishing first."""
    role = Role.objects.for_document().get(pk=profile.role_id)
    return [_problem(finding) for finding in findings_of(profile, role_findings(role))]


def _problem(finding):
    on_role = section(finding.path) in FACT_SECTIONS
    return Problem(
        place=place(finding.path),
        message=finding.message,
        field="" if on_role or not finding.path else field_id(finding.path),
        blocks=finding.severity is Severity.ERROR,
        on_role=on_role,
    )


def conflict_of(form, posted):
    """Return the Conflict that refused ``form``, or None."""
    if not form.conflict:
        return None
    profile, opened_at = form.instance, form.cleaned_data.get("stamp")
    later = profile.versions.for_timeline().filter(number__gt=opened_at or 0)
    opened = profile.versions.filter(number=opened_at).first()
    found = []
    if opened:
        found = changes_against_typed(version_json(opened), desk_json(profile), posted)
    return Conflict(form.conflict, list(later), found)


class CheckPanel:
    """Puts the panel and, after a refused save, the comparison on the profile's page."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["problems"] = problems(obj)
            context["conflict"] = conflict_of(context["adminform"].form, request.POST)
            newest = obj.editions.order_by("-number").values_list("number", flat=True).first()
            context["newest_edition"] = f"e{newest}" if newest else ""
        return super().render_change_form(request, context, add, change, form_url, obj)
