"""Two states of something on the desk side by side, in the editors' words."""

from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from profiles.admin.desk_fields import field_id
from profiles.admin.wording import place
from profiles.desk.differences import differences
from profiles.desk.history import entry_json
from profiles.desk.readiness import desk_draft
from profiles.desk.rows import role_facts
from profiles.documents.choices import Basis, Importance, TraitCode
from profiles.documents.stored import canonical
from profiles.documents.text import decimal_comma
from profiles.models import Profile, Role

NOTHING = "—"
# Shorter texts are read faster whole than with marks in them.
MARKED_FROM = 40
# Prose of a thousand words has some ten thousand.
MAX_EQUAL_PAIRS = 50_000


@dataclass(frozen=True)
class Change:
    """One place that differs: its name, both sides in words, and the words that moved.

    ``marks`` are (kind, text) pairs, kind "same", "gone" or "new"; empty where whole texts read
    better. ``field`` is the id of the form's field, ``typed`` what an editor has in it.
    """

    place: str
    before: str
    after: str
    marks: list[tuple[str, str]] = field(default_factory=list)
    field: str = ""
    typed: str = ""


def changes(before, after, model=Profile):
    """Return the Changes from one JSON to another, both of a row of ``model``."""
    return [_change(difference, model) for difference in differences(before, after)]


def changes_against_typed(before, after, place_in_form, model):
    """Return the Changes with the field of the form in their place and what is typed there.

    ``place_in_form`` takes a path in ``before`` and returns both.
    """
    found = []
    for difference in differences(before, after):
        name, typed = place_in_form(difference.was)
        place_of_it = {"typed": words(typed), "field": field_id(difference.was, name)}
        found.append(_change(difference, model, **place_of_it))
    return found


def _change(difference, model, **more):
    before, after = words(difference.before), words(difference.after)
    long = min(len(before), len(after)) >= MARKED_FROM
    marks = marked(before, after) if long else []
    return Change(place(difference.path, model), before, after, marks, **more)


def marked(before, after):
    """Return (kind, text) pairs that tell word by word what became of ``before``.

    Texts made of few words over and over would take minutes: those are shown whole.
    """
    left, right = before.split(), after.split()
    if _equal_pairs(left, right) > MAX_EQUAL_PAIRS:
        return [("gone", before), ("new", after)]
    pairs = []
    for kind, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs.append(("same", " ".join(left[i:j])))
            continue
        pairs += [("gone", " ".join(left[i:j])), ("new", " ".join(right[k:m]))]
    return [(kind, text) for kind, text in pairs if text]


def _equal_pairs(left, right):
    counts = Counter(right)
    return sum(count * counts[word] for word, count in Counter(left).items())


def words(value):
    """Return a JSON value of a document as an editor reads it."""
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    if isinstance(value, float):
        return decimal_comma(value)
    if isinstance(value, list):
        return ", ".join(words(item) for item in value)
    for choices in (TraitCode, Importance, Basis):
        if value in choices.values:
            return str(choices(value).label)
    return str(value)


def desk_json(row):
    """Return what the desk holds of ``row`` now, in the form that ``changes`` compares.

    Raises pydantic's ValidationError if no document can hold it.
    """
    if isinstance(row, Profile):
        return _side_by_side(desk_draft(row).kept)
    if isinstance(row, Role):
        return _side_by_side(canonical(role_facts(Role.objects.for_facts().get(pk=row.pk))))
    return entry_json(row)


def version_json(version):
    """Return a saved version in the form that ``changes`` compares."""
    return _side_by_side(version.document)


def _side_by_side(document):
    """Return a document with a role's facts beside the profile's parts, without old addresses."""
    facts = document.get("facts", {})
    return {k: v for k, v in {**facts, **document}.items() if k not in ("facts", "former_slugs")}
