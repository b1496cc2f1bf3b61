"""What the desk says about the shelf: what is public, what is not yet, what is missing."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from pydantic import ValidationError

from profiles.checks import Finding, Severity, check_role
from profiles.documents.rows import profile_document, role_document, role_facts
from profiles.models import Edition, Role
from profiles.publishing import concerns, parts_digest


@dataclass(frozen=True)
class DeskState:
    """A profile on the desk: what stands against publishing, and whether the shelf differs.

    ``has_changes`` is None where the profile was never published.
    """

    findings: list[Finding]
    has_changes: bool | None


def desk_states(profiles):
    """Return the DeskState of each profile by its key; queries do not grow with their number."""
    asked = {profile.pk for profile in profiles}
    editions = Edition.objects.filter(profile__in=asked).order_by("number")
    newest = dict(editions.values_list("profile_id", "digest"))
    states = {}
    roles = Role.objects.for_document().filter(pk__in={profile.role_id for profile in profiles})
    for role in roles:
        states |= _role_states(role, asked, newest)
    return states


def _role_states(role, asked, newest):
    errors = role_errors(role)
    return {
        profile.pk: DeskState(
            findings=errors_of(profile, errors),
            has_changes=_has_changes(role, profile, newest.get(profile.pk)),
        )
        for profile in role.profiles.all()
        if profile.pk in asked
    }


def role_errors(role):
    """Return what stands against publishing a role's profiles, incomplete as its desk may be."""
    if all(profile.context_id for profile in role.profiles.all()):
        return [Finding("", _("falta el perfil base"))]
    try:
        findings = check_role(role_document(role))
    except ValidationError as error:
        return [Finding("", _("una parte no se puede leer: %(error)s") % {"error": _first(error)})]
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _first(error):
    first = error.errors()[0]
    return ".".join(str(part) for part in first["loc"]) + f" ({first['msg']})"


def errors_of(profile, errors):
    """Return those of a role's errors that stand against this profile."""
    return [error for error in errors if not error.path or concerns(profile, error)]


def _has_changes(role, profile, published):
    if published is None:
        return None
    try:
        facts = None if profile.context_id else role_facts(role)
        return parts_digest(profile_document(profile), facts) != published
    except ValidationError:
        return True


def is_public(profile):
    """Tell whether visitors can read an edition of ``profile`` now."""
    return Edition.objects.published().filter(profile=profile).exists()


def is_on_shelf(profile):
    """Tell whether an edition of ``profile`` is public now or scheduled."""
    return profile.editions.exclude(pk__in=Edition.objects.past()).exists()


def refuse_published(deleted, profiles):
    """Return Django's ``get_deleted_objects`` answer, protecting what is on the shelf."""
    to_delete, counts, perms_needed, protected = deleted
    public = [profile for profile in profiles if is_on_shelf(profile)]
    reason = _("%(profile)s: está publicado; primero retiralo")
    return (
        to_delete,
        counts,
        perms_needed,
        [*protected, *(reason % {"profile": profile} for profile in public)],
    )
