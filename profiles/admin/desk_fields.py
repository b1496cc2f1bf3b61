"""Places of a document ⇄ fields of the profile form, so that words can lead to a field."""

from profiles.admin.wording import own_steps
from profiles.choices import TraitCode

GROUPS = {"targets", "strengths", "red_flags", "considerations", "questions"}
ANCHORS = {"1": "anchor_weak", "3": "anchor_acceptable", "5": "anchor_excellent"}


def field_name(path):
    """Return the name of the form field at ``path``, or "" where the form has none."""
    first, *rest = own_steps(path)
    if first == "seo" and rest:
        return f"seo_{rest[0]}"
    if first not in GROUPS:
        return first
    if not rest:
        return ""
    row = TraitCode.values.index(rest[0]) if first == "targets" else rest[0]
    default = "low" if first == "targets" else "text"
    return f"{first}-{row}-{_column(rest[1:], default)}"


def _column(steps, default):
    if not steps:
        return default
    return ANCHORS[steps[1]] if steps[0] == "anchors" and steps[1:] else steps[0]


def field_id(path):
    """Return the id in the change page that ``path`` is about."""
    first = own_steps(path)[0]
    name = field_name(path)
    if name:
        return f"id_{name}"
    return f"{first}-group" if first in GROUPS else ""
