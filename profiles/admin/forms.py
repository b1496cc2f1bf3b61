"""What the forms and the inlines of the desk share."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from profiles import models
from profiles.admin.base import WritingFields
from profiles.desk.history import desk_state
from profiles.documents.types import MAX_ITEMS
from profiles.guide.checks import words_wanted
from profiles.models.fields import ForgivingField

GONE = _("No se guardó: otra persona lo eliminó mientras escribías. Tu texto sigue acá abajo.")
# Begins the name of what is posted for a place that two people changed.
TAKE = "take-"
# Fields that steer the save and are no columns.
OWN_FIELDS = {"stamp", "asked", "why"}

# How many words the rules want, by model and column, in "base" and "context".
RATED = ("anchors_weak", "anchors_acceptable", "anchors_excellent")
WORDS = {
    models.Profile: {name: words_wanted(name) for name in ("body", "ai")},
    models.TraitTarget: {"rationale": words_wanted("targets.*.rationale")},
    models.InterviewQuestion: dict.fromkeys(RATED, words_wanted("questions.*.anchors.*")),
    models.WorkSample: {
        **dict.fromkeys(RATED, words_wanted("work_sample.anchors.*")),
        **{name: words_wanted(f"work_sample.{name}") for name in ("brief", "material")},
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
    why = ForgivingField(
        required=False,
        max_length=200,
        label=_("Qué cambiaste"),
        widget=forms.TextInput(attrs={"placeholder": _("y por qué: queda en la historia")}),
    )
    later = theirs = None
    # Why this very form was not saved a moment ago: it is shown again.
    refusal = None
    # False for a preview, which saves nothing: the version is not compared.
    stamped = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["stamp"] = self.instance.version
        tell_words(self, self.instance)

    @cached_property
    def changed_data(self):
        return [name for name in super().changed_data if name not in OWN_FIELDS]

    def clean(self):
        cleaned = super().clean()
        if self.refusal:
            self.add_error(None, capfirst(self.refusal.reason))
        elif self.instance.pk and self.stamped:
            self._meet_later_saves(cleaned)
        return cleaned

    def _meet_later_saves(self, cleaned):
        """Take the locks that put saves that arrive together in an order, and look behind them."""
        if isinstance(self.instance, models.Profile):
            # A save writes the findings of the role's other profiles too.
            locked = models.Role.objects.select_for_update(no_key=True)
            self.instance.role = locked.get(pk=self.instance.role_id)
        else:  # it may be public at once
            models.ContentVersion.hold()
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

    def parts_changed(self, formsets):
        """Return the names of the parts that this save changes."""
        parts = [self.fields[name].label for name in self.changed_data]
        parts += [f.model._meta.verbose_name_plural for f in formsets if f.has_changed()]
        return [str(part) for part in parts]

    def reason(self, parts):
        """Return why ``parts`` were changed: what the editor says of it, or their names."""
        named = (_("Cambió: %s") % ", ".join(parts))[:200] if parts else ""
        return self.cleaned_data.get("why") or named


def tell_words(form, profile):
    """Tell the fields of a form of ``profile`` how many words the rules want in each."""
    for name, limits in WORDS.get(form._meta.model, {}).items():
        if field := form.fields.get(name):
            low, high = limits["context" if profile.context_id else "base"]
            field.widget.attrs["data-words"] = f"{low}-{high}"
            field.help_text = f"{field.help_text} {low}–{high} {_('palabras')}.".strip()


class PartForm(forms.ModelForm):
    """A row of an inline; of a stored one only what changed is validated again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # With this, Django skips the validation of a form that has not changed.
            self.empty_permitted = True

    def validate_unique(self):
        if self._is_constrained():
            super().validate_unique()

    def validate_constraints(self):
        if self._is_constrained():
            super().validate_constraints()

    def _is_constrained(self):
        """Tell whether a column has changed that the database would be asked about."""
        named = set().union(*map(_columns, self.instance._meta.constraints))
        return not self.instance.pk or not named.isdisjoint(self.changed_data)


def _columns(constraint):
    condition = constraint.condition.referenced_base_fields if constraint.condition else ()
    return {*getattr(constraint, "fields", ()), *condition}


class KnownRow(forms.Field):
    """The key of the row that the formset has read for it, None if it is gone: costs no query."""

    widget = forms.HiddenInput

    def __init__(self, row):
        super().__init__(initial=row.pk)
        self.row = row

    def clean(self, value):
        return self.row if self.row.pk else None

    def has_changed(self, initial, data):
        return False


class PartFormSet(BaseInlineFormSet):
    """Adds a part again that somebody else deleted while this form was open."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields[self.model._meta.pk.name] = KnownRow(form.instance)
        tell_words(form, self.instance)
        # In a table only the heading names a field, so a screen reader needs a label.
        part = capfirst(self.model._meta.verbose_name)
        row = part if index is None else f"{part} {index + 1}"
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", f"{row}: {field.label}")

    def get_queryset(self):
        """Return the rows of posted forms: the admin shows as many forms as there are rows."""
        if self.is_bound and "forms" in self.__dict__:
            return [form.instance for form in self.initial_forms]
        return super().get_queryset()

    def save_existing(self, form, obj, commit=True):
        row = form.save(commit=False)
        if "sources" in form.changed_data:
            form.save_m2m()
        return row

    def save_existing_objects(self, commit=True):
        """Write the rows that changed at once."""
        saved = super().save_existing_objects(commit)
        columns = [
            field.name for field in self.model._meta.concrete_fields if not field.primary_key
        ]
        self.model.objects.bulk_update(saved, columns)
        return saved

    def save_new_objects(self, commit=True):
        saved = super().save_new_objects(commit)
        for form in self.initial_forms:
            is_gone = form.instance._state.adding and form not in self.deleted_forms
            if is_gone and form.has_changed():
                saved.append(self.save_new(form, commit))
        return saved

    def save_new(self, form, commit=True):
        """Put a new part behind the others, unless the editor gave it a place."""
        if getattr(form.instance, "order", None) == 0 and form in self.extra_forms:
            saved = [other.instance.order for other in self.forms if other.instance.pk]
            form.instance.order = max(saved, default=-1) + 1
        return super().save_new(form, commit=commit)


class PartOptions(WritingFields):
    """What all inlines share: no empty row, and no more rows than a document may have."""

    extra, max_num = 0, MAX_ITEMS
    form = PartForm
    formset = PartFormSet

    def get_formset(self, request, obj=None, **kwargs):
        # Django itself would make two thousand rows of a number that somebody sends.
        return super().get_formset(request, obj, **{"absolute_max": MAX_ITEMS, **kwargs})


class PartInline(PartOptions, admin.TabularInline):
    classes = ["collapse", "parts"]


def part(model, *fields, **options):
    """Return the inline of parts that have a place in an order, with these fields."""
    attributes = {"model": model, "fields": [*fields, "order"], **options}
    return type(f"{model.__name__}Inline", (PartInline,), attributes)
