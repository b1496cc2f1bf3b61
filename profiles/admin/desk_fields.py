"""Places of a document ⇄ fields of the form in the admin, so that words can lead to a field.

Each ``*_field`` takes a path and returns the name of the form's field there, or "" where the
form has none.
"""

from django import forms

from profiles.desk.readiness import own_steps
from profiles.documents.choices import TraitCode

GROUPS = {
    *("targets", "strengths", "red_flags", "considerations", "questions", "outcomes"),
    *("requirements", "levels", "screening", "work_sample", "references"),
}
FACT_GROUPS = {
    "aliases": "name",
    "codes": "code",
    "related": "related",
    "career": "title",
    "near": "title",
}
ANCHORS = {"1": "anchors_weak", "3": "anchors_acceptable", "5": "anchors_excellent"}
# The parts whose rows are named, and do not all have to be there.
UNNUMBERED = {"outcomes", "levels"}
ARCHETYPES = {
    "primary": "primary_archetype",
    "secondary": "secondary_archetype",
    "reason": "archetype_reason",
}


def profile_field(path, opened=None):
    """Return the field of a profile's page."""
    first, *rest = own_steps(path)
    if first == "seo" and rest:
        return f"seo_{rest[0]}"
    if first not in GROUPS:
        return first
    if not rest:
        return ""
    if first == "work_sample":
        return f"{first}-0-{_column(rest, 'title')}"
    if first in UNNUMBERED:
        return ""
    row = TraitCode.values.index(rest[0]) if first == "targets" else rest[0]
    default = "low" if first == "targets" else "text"
    return f"{first}-{row}-{_column(rest[1:], default)}"


def _column(steps, default):
    if not steps:
        return default
    if steps[0] == "anchors" and steps[1:]:
        return ANCHORS[steps[1]]
    return "trait" if steps[0] == "traits" else steps[0]


def role_field(path, opened):
    """Return the field of a role's page; ``opened`` are the facts it was opened at."""
    first, *rest = path.split(".")
    if first == "archetypes":
        return ARCHETYPES[rest[0]] if rest else ""
    if first not in FACT_GROUPS:
        return first
    if not rest or rest[0] == "order":
        return ""
    known = sorted(opened.get("codes") or {})
    if first == "codes" and rest[0] not in known:
        return ""
    row = known.index(rest[0]) if first == "codes" else rest[0]
    column = rest[1] if rest[1:] and rest[1] != "role" else FACT_GROUPS[first]
    return f"{first}-{row}-{column}"


def entry_field(path, opened=None):
    """Return the field of the page of an entry of the vocabulary."""
    return path.replace(".", "_")


def field_id(path, name):
    """Return the id in the change page of the field ``name``, or of the group of ``path``."""
    first = own_steps(path)[0]
    if name:
        return f"id_{name}"
    return f"{first}-group" if first in GROUPS or first in FACT_GROUPS else ""


def typed_value(name, posted, field):
    """Return what ``posted`` has under ``name``, in the terms of a document.

    ``field`` is the form field; rows are named as documents name them: by code or slug.
    """
    values = posted.getlist(name)
    if isinstance(field, forms.BooleanField):
        return bool(values)
    if not isinstance(field, forms.ModelChoiceField):
        return ", ".join(values) if len(values) != 1 else values[0]
    key = field.to_field_name or "pk"
    known = {str(getattr(row, key)): row for row in _chosen(field, key, values)}
    return [_named(known[value]) for value in values if value in known]


def _chosen(field, key, values):
    keys = [value for value in values if value.isdecimal() and len(value) < 19]
    return field.queryset.filter(**{f"{key}__in": keys})


def _named(row):
    return getattr(row, "code", None) or row.slug
