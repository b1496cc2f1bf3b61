"""Findings and differences in the words of the editor's form, and where they lead."""

from collections import Counter, namedtuple
from difflib import SequenceMatcher

from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.desk.differences import differences
from profiles.desk.readiness import FACT_SECTIONS, findings_of, own_steps, section
from profiles.documents import choices
from profiles.documents.text import decimal_comma
from profiles.guide.findings import Severity
from profiles.models import Archetype, Area, Profile, Role, Source
from profiles.models.fields import FormText

# Parts of a document with rows of their own, by their names.
ROWS = {
    relation.get_accessor_name(): relation
    for model in (Profile, Role)
    for relation in model._meta.related_objects
}
# Parts of a document's path that neither a model nor a column is called by.
PLACES = {
    "anchors": gettext_lazy("respuesta"),
    "archetypes": gettext_lazy("arquetipos"),
    "primary": gettext_lazy("principal"),
    "questions": gettext_lazy("preguntas"),
    "reason": gettext_lazy("por qué"),
    "role": gettext_lazy("todo el rol"),
    "secondary": gettext_lazy("secundario"),
    "seo": gettext_lazy("buscadores"),
    "sources": gettext_lazy("fuentes"),
    "targets": gettext_lazy("rangos"),
    "traits": gettext_lazy("rasgo que evalúa"),
}
# Steps of a path whose values are slugs of rows.
NAMED = {
    "area": Area,
    "primary": Archetype,
    "role": Role,
    "secondary": Archetype,
    "sources": Source,
}
# What a value of a choice is called.
KINDS = (choices.TraitCode, choices.CodeScheme, choices.Horizon, choices.Seniority)
KINDS += (choices.Importance, choices.Basis, choices.RequirementKind, choices.Country)
LABELS = {value: label for kind in KINDS for value, label in kind.choices}
MAX_SAID = 5
NOTHING = "—"
# Shorter texts are read faster whole than with marks in them.
MARKED_FROM = 40
# A text of a thousand words has about ten thousand.
MAX_EQUAL_PAIRS = 50_000


def say(path, message):
    """Return a finding as an editor reads it: "Preguntas › 3 › respuesta › 1: …"."""
    named = place(path)
    return f"{named}: {message}" if named else capfirst(message)


def in_words(finding):
    """Return what a rule says, with the other places that it is about."""
    others = ", ".join(map(_whole_place, finding.others))
    return f"{finding.message} ({others})" if others else finding.message


def _whole_place(path):
    kind, context, *_rest = path.split(".")
    profile = capfirst(context) if kind == "contexts" else _("Perfil base")
    return f"{profile} › {place(path)}"


def place(path, model=Profile):
    """Return a path in a row of ``model`` in words: "Preguntas › 3 › respuesta › 1"."""
    own = own_steps(path)
    if whole := _verbose_name("_".join(own), model):
        return capfirst(whole)
    rows = ROWS.get(next(iter(own), ""))
    item = rows.related_model if rows else None
    words = [_place(step, before, item) for before, step in zip(["", *own], own, strict=False)]
    return capfirst(" › ".join(words))


def say_all(findings):
    """Return several findings in one line, the first ones in full and the rest counted."""
    said = [say(finding.path, in_words(finding)) for finding in findings[:MAX_SAID]]
    if rest := len(findings) - len(said):
        said.append(_("y %(rest)s más") % {"rest": rest})
    return "; ".join(said)


def _place(part, before, item):
    if part.isdigit():
        # Anchors are named by their rating; everything else is counted from zero.
        return part if before == "anchors" else str(int(part) + 1)
    if part in LABELS:
        return str(LABELS[part])
    own = _verbose_name(part, item) if item and before else ""
    if named := own or str(PLACES.get(part, "")):
        return named
    if rows := ROWS.get(part):
        options = rows.related_model._meta
        return str(options.verbose_name if rows.one_to_one else options.verbose_name_plural)
    return _verbose_name(part, Profile) or _verbose_name(part, Role) or part


def _verbose_name(name, model):
    columns = {field.name: field for field in model._meta.fields}
    return str(columns[name].verbose_name) if name in columns else ""


def moment(when):
    """Return a moment as an editor reads it: "31/12/2026 18:00"."""
    return timezone.localtime(when).strftime("%d/%m/%Y %H:%M")


# --- places of a document → fields of the form: a finding links to its field ---

# Fields that are not called like the place that a rule names.
COLUMNS = {
    "1": "anchors_weak",
    "3": "anchors_acceptable",
    "5": "anchors_excellent",
    "traits": "trait",
    "archetypes": "primary_archetype",
    "archetypes.reason": "archetype_reason",
}


def field_id(path):
    """Return the id, in a change page, of the field for a place of a document.

    A part whose rows have names instead of numbers leads to all of its rows, and a row to its
    first text.
    """
    first, *rest = own_steps(path)
    if first not in ROWS:
        return "id_" + COLUMNS.get(".".join([first, *rest]), first)
    if rest and first == "work_sample":
        rest = ["0", *rest]
    elif rest and first == "targets":
        rest[0] = str(choices.TraitCode.values.index(rest[0]))
    if not (rest and rest[0].isdigit()):
        return f"{first}-group"
    row, *steps = rest
    if not steps:
        columns = ROWS[first].related_model._meta.fields
        steps = [next((field.name for field in columns if isinstance(field, FormText)), "low")]
    step = steps[-1] if steps[0] == "anchors" else steps[0]
    return f"id_{first}-{row}-{COLUMNS.get(step, step)}"


# ``href`` leads to the field of a finding, "" if it is in none; ``blocks``: it forbids publishing.
Problem = namedtuple("Problem", "place message href blocks")


def problems(profile, findings, page=None):
    """Return the Problems that the ``findings`` of its role say of a profile, errors first.

    ``page`` is the row on whose page they are read: fields of it need no address.
    """
    found = []
    for finding in findings_of(profile, findings):
        row = profile.role if section(finding.path) in FACT_SECTIONS else profile
        url = "" if row == page else reverse(admin_urlname(row._meta, "change"), args=[row.pk])
        href = f"{url}#{field_id(finding.path)}" if finding.path else ""
        blocks = finding.severity is Severity.ERROR
        found.append(Problem(place(finding.path), in_words(finding), href, blocks))
    return found


# --- two states of a row side by side ---


# Both sides of a place in words, and as ``marks`` the words that changed: (kind, text) pairs, kind
# "same", "gone" or "new"; empty if whole texts read better.
Change = namedtuple("Change", "place before after marks")


def changes(before, after, model=Profile):
    """Return the Changes from one document that a version keeps to another, of a row of ``model``.

    The keys by which questions are followed are no change.
    """
    # A role's facts stand beside its profile's parts; former addresses are no text.
    sides = [
        side.get("facts", {}) | side | {"facts": None, "former_slugs": None}
        for side in (before, after)
    ]
    both = [question for side in sides for question in side.get("questions", ())]
    texts = {question["key"]: start_of(question) for question in both}
    found = []
    for difference in differences(*sides):
        if difference.path.endswith(".key"):
            continue
        old = words(_named(difference.was, difference.before, texts))
        new = words(_named(difference.path, difference.after, texts))
        marks = marked(old, new) if min(len(old), len(new)) >= MARKED_FROM else []
        found.append(Change(place(difference.path, model), old, new, marks))
    return found


def parts_changed(before, after, model, but_for=()):
    """Return the names of the parts in which two kept documents differ: "Resumen", "Fortalezas".

    Differences at or below the paths ``but_for`` do not count.
    """
    others = tuple(f"{place(path, model)} › " for path in but_for)
    places = [f"{change.place} › " for change in changes(before, after, model)]
    parts = (p.partition(" › ")[0] for p in places if not p.startswith(others))
    return list(dict.fromkeys(parts))


def words_at(path, value):
    """Return one side of a Clash at ``path`` as an editor reads it."""
    if isinstance(value, tuple):  # items in an order
        return "; ".join(map(start_of, value))
    return words(_named(path, value, {}))


def start_of(item):
    return Truncator(words(item)).words(6)


def _named(path, value, questions):
    """Return ``value`` with names for the slugs and the keys by which a document names others."""
    *_rest, last = (step for step in path.split(".") if not step.isdigit())
    keys = value if isinstance(value, list) else [value]
    if last == "order" and isinstance(value, list):
        names = questions
    elif model := NAMED.get(last):
        names = dict(model.objects.filter(slug__in=filter(None, keys)).values_list("slug", "name"))
    else:
        return value
    return [names.get(key, key) for key in keys]


def marked(before, after):
    """Return (kind, text) pairs that lead word by word from ``before`` to ``after``.

    Texts made of few words over and over would take minutes: those are shown whole.
    """
    left, right = before.split(), after.split()
    counts = Counter(right)
    if sum(counts[word] for word in left) > MAX_EQUAL_PAIRS:
        return [("gone", before), ("new", after)]
    pairs = []
    for kind, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            pairs.append(("same", " ".join(left[i:j])))
            continue
        pairs += [("gone", " ".join(left[i:j])), ("new", " ".join(right[k:m]))]
    return [(kind, text) for kind, text in pairs if text]


def words(value):
    """Return a JSON value of a document as an editor reads it."""
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    if isinstance(value, float):
        return decimal_comma(value)
    if isinstance(value, dict):
        return words(value.get("text") or list(filter(None, value.values())))
    if isinstance(value, list):
        return ", ".join(words(item) for item in value)
    return str(LABELS.get(value, value))
