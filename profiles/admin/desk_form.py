"""Forms that refuse to save over what somebody else saved while they were open."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from profiles.models import ContentVersion

STALE = _("No se guardó: otra persona cambió esto mientras escribías. Tu texto sigue acá abajo.")
GONE = _("No se guardó: otra persona lo eliminó mientras escribías. Tu texto sigue acá abajo.")


# What the form itself needs; it says nothing about the row.
OWN_FIELDS = {"stamp", "save_over", "why"}


class StampedForm(forms.ModelForm):
    """A form that knows which version it was opened at.

    ``conflict`` is the version that stands in the way, once a save was refused; posting it as
    ``save_over`` says that the editor has read the changes and wants their own text on top.
    """

    stamp = forms.IntegerField(required=False, widget=forms.HiddenInput)
    save_over = forms.IntegerField(required=False, widget=forms.HiddenInput)
    why = forms.CharField(required=False, max_length=200, label=_("Qué cambiaste y por qué"))
    conflict = None
    # Which field a path of the document leads to, as ``desk_fields`` says it for each form.
    field_at = None
    # A preview saves nothing that lasts, so it may look at any text.
    stamped = True
    # What it saves may be public at once.
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
            self._refuse_stale(cleaned)
        return cleaned

    def _refuse_stale(self, cleaned):
        if self.is_live:
            ContentVersion.hold()
        # The lock makes the others wait, so that of several saves at once one is the first.
        self.lock_before()
        rows = type(self.instance).objects.select_for_update(of=("self",))
        current = rows.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        if current is None:
            raise ValidationError(GONE)
        if current not in (cleaned.get("stamp"), cleaned.get("save_over")):
            self.conflict = current
            raise ValidationError(STALE)
        self.instance.version = current

    def lock_before(self):
        """Lock what a save writes beside the row itself, in the one order of locks."""

    def reason(self, formsets):
        """Return why this save was made, or "" if it changes nothing."""
        parts = [self.fields[name].label for name in self.changed_data]
        parts += [f.model._meta.verbose_name_plural for f in formsets if f.has_changed()]
        if not parts:
            return ""
        named = ", ".join(str(part) for part in parts)
        return self.cleaned_data.get("why") or (_("Cambió: %s") % named)[:200]


class PartForm(forms.ModelForm):
    """A part of what the page is about; one that nobody changed is not checked again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # What Django calls so is a form that may come back as it was shown.
            self.empty_permitted = True


class KnownRow(forms.Field):
    """The key of a row that has been read already, so that nothing is asked again."""

    widget = forms.HiddenInput

    def __init__(self, row):
        super().__init__(initial=row.pk)
        self.row = row

    def to_python(self, value):
        return self.row if value == str(self.row.pk) else None

    def has_changed(self, initial, data):
        return False


class SteadyFormSet(BaseInlineFormSet):
    """Takes a part that somebody deleted while it was being written for a new one."""

    # In a table only the heading says what a field is: who hears the page hears it nowhere.
    in_a_table = True

    def __init__(self, data=None, files=None, instance=None, **kwargs):
        super().__init__(data, files, instance, **kwargs)
        if self.is_bound:
            self.data = self._with_vanished_as_new()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk:
            form.fields[self.model._meta.pk.name] = KnownRow(form.instance)
        if self.in_a_table:
            part = capfirst(self.model._meta.verbose_name)
            row = part if index is None else f"{part} {index + 1}"
            for field in form.fields.values():
                field.widget.attrs.setdefault("aria-label", f"{row}: {field.label}")

    def _with_vanished_as_new(self):
        """Return the posted data with the parts whose row is gone behind the others, keyless."""
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
        for place in range(count - len(gone), count):
            data[f"{self.prefix}-{place}-id"] = ""
        data[f"{self.prefix}-INITIAL_FORMS"] = count - len(gone)
        return data

    def _posted(self, name):
        value = self.data.get(f"{self.prefix}-{name}", "")
        return min(int(value), self.absolute_max) if value.isdecimal() else 0


def _row(prefix, name):
    """Return the part of a posted name that says which row it is of: "strengths-3-"."""
    number, dash, _column = name.removeprefix(f"{prefix}-").partition("-")
    return f"{prefix}-{number}-" if dash and name.startswith(f"{prefix}-") else ""
