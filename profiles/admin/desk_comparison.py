"""Two states of something on the desk side by side, in the editors' words."""

from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from profiles.admin.desk_fields import field_id
from profiles.admin.wording import place
from profiles.choices import Basis, Importance, TraitCode
from profiles.desk import entry_json
from profiles.differences import differences
from profiles.documents.stored import canonical, frozen_document
from profiles.models import EntryVersion, Profile
from profiles.publishing import desk_parts
from profiles.text import decimal_comma

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
    """Return what the desk holds of ``row`` now, in the form that ``changes`` compares."""
    if not isinstance(row, Profile):
        return _entry(entry_json(row))
    document, facts = desk_parts(row)
    return _json(document, canonical(facts) if facts else None)


def version_json(version):
    """Return a saved version in the form that ``changes`` compares."""
    if isinstance(version, EntryVersion):
        return _entry(version.document)
    return _json(frozen_document(version), version.facts)


def edition_json(edition):
    """Return an edition in the form that ``changes`` compares."""
    return _json(frozen_document(edition), edition.facts)


def _json(document, facts):
    facts = {key: value for key, value in (facts or {}).items() if "slug" not in key}
    return {**facts, **canonical(document)}


def _entry(document):
    return {key: value for key, value in document.items() if key != "former_slugs"}
