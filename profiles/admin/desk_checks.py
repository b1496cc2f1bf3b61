"""What the change page says of a profile: what is missing, and where."""

from dataclasses import dataclass

from profiles.admin.desk_fields import field_id, profile_field
from profiles.admin.shelf import read_now, scheduled
from profiles.admin.wording import place
from profiles.desk.readiness import FACT_SECTIONS, findings_of, role_findings, section
from profiles.guide.findings import Severity
from profiles.models import Role


@dataclass(frozen=True)
class Problem:
    """A finding as the panel shows it; ``on_role`` where the role's page has the field."""

    place: str
    message: str
    field: str
    blocks: bool
    on_role: bool


def problems(profile):
    """Return the Problems of a profile on the desk, those that block publishing first."""
    role = Role.objects.for_document().get(pk=profile.role_id)
    return [_problem(finding) for finding in findings_of(profile, role_findings(role))]


def _problem(finding):
    path, on_role = finding.path, section(finding.path) in FACT_SECTIONS
    return Problem(
        place=place(path),
        message=finding.message,
        field="" if on_role or not path else field_id(path, profile_field(path)),
        blocks=finding.severity is Severity.ERROR,
        on_role=on_role,
    )


class CheckPanel:
    """Puts the panel on the profile's page."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["problems"] = problems(obj)
            edition = read_now(obj)
            context["published_version"] = edition.version.number if edition else None
            context["scheduled"] = scheduled(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)
