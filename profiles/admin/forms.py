"""Forms and inlines of the desk, and which field of a form a place of a document leads to."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from profiles.admin.base import is_sentence
from profiles.desk.history import desk_state
from profiles.desk.readiness import own_steps
from profiles.documents.choices import TraitCode
from profiles.guide import checks
from profiles.models import (
    ContentVersion,
    InterviewQuestion,
    Profile,
    TraitTarget,
    WorkSample,
)

STALE = _("No se guardó: otra persona cambió lo mismo que vos. Tu texto sigue acá abajo.")
GONE = _("No se guardó: otra persona lo eliminó mientras escribías. Tu texto sigue acá abajo.")
# Begins the name of what is posted for a place that two people changed.
TAKE = "take-"
# Fields that steer the save and are no columns.
OWN_FIELDS = {"stamp", "asked", "why"}

# How many words the rules want, by model and column; some differ in "base" and "context".
RATED = ("anchors_weak", "anchors_acceptable", "anchors_excellent")
WORDS = {
    Profile: {"body": checks.BODY_WORDS, "ai": checks.AI_WORDS},
    TraitTarget: {"rationale": checks.RATIONALE_WORDS},
    InterviewQuestion: dict.fromkeys(RATED, checks.ANCHOR_WORDS),
    WorkSample: {
        **dict.fromkeys(RATED, checks.ANCHOR_WORDS),
        "brief": checks.BRIEF_WORDS,
        "material": (0, checks.MAX_MATERIAL_WORDS),
    },
}


class StampedForm(forms.ModelForm):
    """A form that knows which version it was opened at.

    If others saved since, ``theirs`` is what the desk holds now, at version ``later``: the save is
    merged with it. ``choices`` says of what both changed whose is taken, once the editor was asked
    about that very version (``asked``).
    """

    stamp = forms.IntegerField(required=False, widget=forms.HiddenInput)
    asked = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(
        required=False,
        max_length=200,
        label=_("Qué cambiaste"),
        widget=forms.TextInput(attrs={"placeholder": _("y por qué: queda en la historia")}),
    )
    later = theirs = None
    # False for a preview, which saves nothing: the version is not compared.
    stamped = True
    # Whether what it saves may be public at once.
    is_live = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = self.instance.version

    @cached_property
    def changed_data(self):
        return [name for name in super().changed_data if name not in OWN_FIELDS]

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and self.stamped:
            self._meet_later_saves(cleaned)
        return cleaned

    def _meet_later_saves(self, cleaned):
        if self.is_live:
            ContentVersion.hold()
        # The lock puts saves that arrive together in an order.
        self.lock_before()
        rows = type(self.instance).objects.select_for_update(of=("self",))
        current = rows.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        if current is None:
            raise ValidationError(GONE)
        if current != cleaned.get("stamp"):
            self.later, self.theirs = current, desk_state(self.instance)
        self.instance.version = current

    @property
    def choices(self):
        """Return "mine" or "theirs" by the path of each place that the editor has decided."""
        if self.cleaned_data.get("asked") != self.later:
            return {}
        chosen = {name: self.data[name] for name in self.data if name.startswith(TAKE)}
        return {name.removeprefix(TAKE): side for name, side in chosen.items()}

    def lock_before(self):
        """Lock the other rows that a save writes, before its own: all locks have one order."""

    def parts_changed(self, formsets):
        """Return the names of the parts that this save changes."""
        parts = [self.fields[name].label for name in self.changed_data]
        parts += [f.model._meta.verbose_name_plural for f in formsets if f.has_changed()]
        return [str(part) for part in parts]

    def reason(self, parts):
        """Return why ``parts`` were changed: what the editor says of it, or their names."""
        named = (_("Cambió: %s") % ", ".join(parts))[:200] if parts else ""
        return self.cleaned_data.get("why") or named


class PartForm(forms.ModelForm):
    """A row of an inline; one that nobody changed is not validated again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # With this, Django skips the validation of a form that has not changed.
            self.empty_permitted = True


class KnownRow(forms.Field):
    """The key of a row that the formset has read: validating it costs no query."""

    widget = forms.HiddenInput

    def __init__(self, row):
        super().__init__(initial=row.pk)
        self.row = row

    def to_python(self, value):
        return self.row if value == str(self.row.pk) else None

    def has_changed(self, initial, data):
        return False


class RevivingFormSet(BaseInlineFormSet):
    """Adds a part again that somebody else deleted while this form was open."""

    # In a table only the heading names a field, so a screen reader needs a label.
    in_a_table = True
    # The prefixes of the forms whose part somebody else deleted.
    revived = frozenset()

    def __init__(self, data=None, files=None, instance=None, **kwargs):
        super().__init__(data, files, instance, **kwargs)
        if self.is_bound:
            self.data = self._with_deleted_as_new()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk:
            form.fields[self.model._meta.pk.name] = KnownRow(form.instance)
        if isinstance(self.instance, Profile):
            tell_words(form, self.instance)
        if self.in_a_table:
            part = capfirst(self.model._meta.verbose_name)
            row = part if index is None else f"{part} {index + 1}"
            for field in form.fields.values():
                field.widget.attrs.setdefault("aria-label", f"{row}: {field.label}")

    def _with_deleted_as_new(self):
        """Return the posted data with the deleted parts moved behind the others, without keys."""
        count = self._posted("INITIAL_FORMS")
        known = {str(item.pk) for item in self.get_queryset()}
        gone = [n for n in range(count) if self.data.get(f"{self.prefix}-{n}-id") not in known]
        if not gone:
            return self.data
        rest = range(count, self._posted("TOTAL_FORMS"))
        order = [*(n for n in range(count) if n not in gone), *gone, *rest]
        moved = {f"{self.prefix}-{old}-": f"{self.prefix}-{new}-" for new, old in enumerate(order)}
        data = self.data.copy()
        for name in [name for name in data if _row(self.prefix, name) in moved]:
            del data[name]
        for name, values in self.data.lists():
            if (row := _row(self.prefix, name)) in moved:
                data.setlist(moved[row] + name.removeprefix(row), values)
        self.revived = {f"{self.prefix}-{n}" for n in range(count - len(gone), count)}
        for row in self.revived:
            data[f"{row}-id"] = ""
        data[f"{self.prefix}-INITIAL_FORMS"] = count - len(gone)
        return data

    def _posted(self, name):
        value = self.data.get(f"{self.prefix}-{name}", "")
        return min(int(value), self.absolute_max) if value.isdecimal() else 0


def tell_words(form, profile):
    """Tell the fields of a form of ``profile`` how many words the rules want in each."""
    kind = "context" if profile.context_id else "base"
    for name, limits in WORDS.get(form._meta.model, {}).items():
        if field := form.fields.get(name):
            low, high = limits[kind] if isinstance(limits, dict) else limits
            field.widget.attrs["data-words"] = f"{low}-{high}"
            field.help_text = f"{field.help_text} {low}–{high} {_('palabras')}.".strip()


def _row(prefix, name):
    """Return the part of a posted name that says which row it is of: "strengths-3-"."""
    number, dash, _column = name.removeprefix(f"{prefix}-").partition("-")
    return f"{prefix}-{number}-" if dash and name.startswith(f"{prefix}-") else ""


class OrderedFormSet(RevivingFormSet):
    """Puts a new part behind the others, unless the editor gave it a place."""

    def save_new(self, form, commit=True):
        if not form.instance.order and form.prefix not in self.revived:
            saved = [other.instance.order for other in self.forms if other.instance.pk]
            form.instance.order = max(saved, default=-1) + 1
        return super().save_new(form, commit=commit)


class PartOptions:
    """What all inlines share: no empty row."""

    extra = 0
    form = PartForm
    formset = RevivingFormSet


class PartInline(PartOptions, admin.TabularInline):
    """A row per part that has a place in an order."""

    formset = OrderedFormSet
    classes = ["collapse", "parts"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if is_sentence(db_field):
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)


# --- places of a document → fields of the form: a finding links to its field ---

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
# Parts whose rows have names instead of numbers; some may be missing.
UNNUMBERED = {"outcomes", "levels"}
ARCHETYPES = {
    "primary": "primary_archetype",
    "secondary": "secondary_archetype",
    "reason": "archetype_reason",
}


def profile_field(path):
    """Return the name of the field of a profile's page at ``path``, or "" if it has none."""
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


def field_id(path, name):
    """Return the id in the change page of the field ``name``, or of the group of ``path``."""
    first = own_steps(path)[0]
    if name:
        return f"id_{name}"
    return f"{first}-group" if first in GROUPS or first in FACT_GROUPS else ""
