"""A refused save: who saved meanwhile, what that changed, and what the editor has typed there."""

from dataclasses import dataclass

from pydantic import ValidationError

from profiles.admin.desk_comparison import changes_against_typed, desk_json, version_json
from profiles.admin.desk_fields import typed_value
from profiles.desk.history import timeline


@dataclass(frozen=True)
class Conflict:
    """What stands in the way of a save: who saved meanwhile, and what that changed."""

    version: int
    saves: list
    changes: list


def conflict_of(form, formsets, posted):
    """Return the Conflict that refused ``form``, or None."""
    if not form.conflict:
        return None
    opened_at = form.cleaned_data.get("stamp") or 0
    later = timeline(form.instance).filter(number__gt=opened_at)
    opened = form.instance.versions.filter(number=opened_at).first()
    found = _compared(opened, form, formsets, posted) if opened else []
    return Conflict(form.conflict, list(later), found)


def _compared(opened, form, formsets, posted):
    before = version_json(opened)
    try:
        after = desk_json(type(form.instance).objects.get(pk=form.instance.pk))
    except ValidationError:
        return []  # the other save left what no document can hold

    def place_in_form(path):
        name = form.field_at(path, before)
        return name, typed_value(name, posted, _field(name, form, formsets)) if name else ""

    return changes_against_typed(before, after, place_in_form, form._meta.model)


def _field(name, form, formsets):
    """Return the form field that posts ``name``, such as "summary" or "strengths-3-text"."""
    prefix, _dash, place = name.partition("-")
    column = place.partition("-")[2]
    for formset in formsets:
        if formset.prefix == prefix:
            return formset.form.base_fields.get(column)
    return form.fields.get(name)


class ConflictPanel:
    """Puts the comparison on the change page after a refused save."""

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            form = context["adminform"].form
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context["conflict"] = conflict_of(form, formsets, request.POST)
        return super().render_change_form(request, context, add, change, form_url, obj)
