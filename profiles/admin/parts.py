"""Inlines: the parts of a role or a profile that have a place in an order."""

from django import forms
from django.contrib import admin

from profiles.admin.desk_form import PartForm, SteadyFormSet
from profiles.admin.guarded import CleanText, is_sentence


class OrderedFormSet(SteadyFormSet):
    """Puts a new part behind the others, unless the editor gave it a place."""

    def save_new(self, form, commit=True):
        if not form.instance.order:
            form.instance.order = self._next_place()
        return super().save_new(form, commit=commit)

    def _next_place(self):
        saved = [form.instance.order for form in self.forms if form.instance.pk]
        return max(saved, default=-1) + 1


class PartInline(CleanText, admin.TabularInline):
    """A row per part; an empty one appears when the editor asks for it."""

    extra = 0
    form = PartForm
    formset = OrderedFormSet
    classes = ["collapse", "parts"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if is_sentence(db_field):
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)
