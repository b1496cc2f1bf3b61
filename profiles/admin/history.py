"""The base of the pages with a history: each save is a version, to compare and to restore."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from profiles.admin.base import GuideAdmin, is_number
from profiles.admin.forms import typed_value
from profiles.admin.shelf import live_facts, refused_live_change
from profiles.admin.wording import (
    changes,
    changes_against_typed,
    desk_json,
    first_problem,
    version_json,
)
from profiles.desk.history import CannotComeBack, keep_if_unknown, record, restore, timeline
from profiles.models import ContentVersion, Profile, Role, Version
from profiles.models.fields import MarkdownField
from profiles.views.preview import share_url, shared_until

DESK = "mesa"
PAGE = 25
# So many reasons not to delete a row are spelt out.
SHOWN = 10
# Where search engines and cards cut a text, in characters.
CUTS = {"summary": 160, "teaser": 200, "seo_title": 60, "seo_description": 160}


class DeskAdmin(GuideAdmin):
    """A page with a StampedForm: each save is kept as a version.

    Whoever may see a row may read its history. A row is deleted only if ``reasons_to_stay`` has
    none.
    """

    object_history_template = "admin/profiles/desk_history.html"
    # True if rows that were ever public are withdrawn instead of deleted.
    keeps_public = False

    def own_pages(self):
        return [
            ("<int:pk>/comparar/", self.compare_view, "compare"),
            ("<int:pk>/volver/", self.restore_view, "restore"),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in CUTS:
            field.widget.attrs["data-cut"] = CUTS[db_field.name]
        if isinstance(db_field, MarkdownField):
            field.widget.attrs["data-markdown"] = reverse("admin:profiles_profile_markdown")
        return field

    def get_prepopulated_fields(self, request, obj=None):
        """Make the address from the name of a new row only: links lead to an old one."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    # --- save ---

    def save_model(self, request, obj, form, change):
        if change:
            keep_if_unknown(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if why := form.reason(formsets) if change else _("Se creó"):
            record(form.instance, by=request.user, why=why)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            formsets = [inline.formset for inline in context["inline_admin_formsets"]]
            context["conflict"] = conflict_of(context["adminform"].form, formsets, request.POST)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def tell(self, request, row, words, level=messages.SUCCESS):
        self.message_user(request, f"{row}: {words}.", level)

    def tell_done(self, request, row, done):
        """Log and tell what was done with ``row``."""
        self.log_change(request, row, done)
        self.tell(request, row, done)

    # --- delete ---

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and not (obj and self.keeps_public and obj.editions.exists())

    def reasons_to_stay(self, row):
        """Return why ``row`` is not deleted, in words: what would be lost with it."""
        reasons = []
        if getattr(row, "loaded_digest", ""):  # the next load would bring it again
            reasons.append(_("%(row)s: lo trae un documento de la guía; se quita de ahí"))
        if self.keeps_public and row.editions.exists():
            reasons.append(_("%(row)s: estuvo publicado; se retira del sitio y queda archivado"))
        return [words % {"row": row} for words in reasons]

    def reasons_for(self, rows):
        return [reason for row in rows for reason in self.reasons_to_stay(row)]

    def get_deleted_objects(self, objs, request):
        """Refuse before Django collects what hangs on a row, which may be the whole guide.

        Nor are missing permissions named then: they would not help.
        """
        if reasons := self.reasons_for(objs):
            return [], {}, set(), reasons
        return super().get_deleted_objects(objs, request)

    def delete_model(self, request, obj):
        ContentVersion.hold()
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        ContentVersion.hold()
        super().delete_queryset(request, queryset)

    # --- look back ---

    @method_decorator(require_safe)
    def history_view(self, request, object_id, extra_context=None):
        row = self.row_for(request, "view", object_id if is_number(object_id) else None)
        page = Paginator(timeline(row), PAGE).get_page(request.GET.get("p"))
        return self.page(
            request,
            "profiles/desk_history",
            _("Historia"),
            object=row,
            page=page,
            moments=[Moment(version, shared_until(version)) for version in page],
            can_restore=self.has_change_permission(request, row),
            can_share=isinstance(row, Profile),
        )

    @method_decorator(require_safe)
    def compare_view(self, request, pk):
        row = self.row_for(request, "view", pk)
        try:
            before, old = _side(row, request.GET.get("antes", DESK))
            after, new = _side(row, request.GET.get("despues", DESK))
        except ValidationError as error:
            text = _("Lo guardado ahora no se puede comparar: %(problem)s.")
            self.message_user(request, text % {"problem": first_problem(error)}, messages.WARNING)
            return redirect(f"admin:profiles_{self.opts.model_name}_history", pk)
        found = {"before": before, "after": after, "changes": changes(old, new, self.model)}
        return self.page(request, "profiles/compare", _("Comparar"), object=row, **found)

    @method_decorator(require_POST)
    def restore_view(self, request, pk):
        row = self.row_for(request, "change", pk)
        version = version_of(row, request.POST.get("version", ""))
        try:
            self._restore(request, row, version)
        except CannotComeBack as refusal:
            reason = _("%(row)s no volvió atrás: %(reason)s.") % {"row": row, "reason": refusal}
            self.message_user(request, reason, messages.ERROR)
        return redirect(f"admin:profiles_{self.opts.model_name}_change", pk)

    @transaction.atomic
    def _restore(self, request, row, version):
        before = _live_facts_of(row)
        restore(version, by=request.user)
        if reason := refused_live_change(before, _live_facts_of(row), request.user):
            raise CannotComeBack(reason)
        self.tell_done(
            request, row, _("volvió a la versión %(number)s") % {"number": version.number}
        )


@dataclass(frozen=True)
class Moment:
    """One line of a history: a version, and the link that shows it to others, if it has one."""

    version: Version
    shared_until: datetime | None

    @property
    def share_url(self):
        return share_url(self.version) if self.shared_until else ""


def each_of(rows, words):
    """Return ``words`` about each of the first rows of a queryset, and whether there are more."""
    found = [words % {"row": row} for row in rows.order_by("pk")[: SHOWN + 1]]
    return [*found[:SHOWN], _("… y más")] if len(found) > SHOWN else found


def version_of(row, number):
    """Return the version of ``row`` with a number (text of a request); raises Http404."""
    if not is_number(number):
        raise Http404
    return get_object_or_404(row.versions, number=number)


def _side(row, key):
    """Return the name and the JSON of one side of a comparison."""
    if key == DESK:
        return _("lo guardado ahora"), desk_json(row)
    version = version_of(row, key)
    return _("versión %(number)s") % {"number": version.number}, version_json(version)


def _live_facts_of(row):
    """Return the live facts of the role that ``row`` is or belongs to."""
    key = row.pk if isinstance(row, Role) else getattr(row, "role_id", None)
    return live_facts([key]).get(key, set())


# --- a refused save ---


@dataclass(frozen=True)
class Conflict:
    """Why a save was refused: who saved meanwhile, and what that changed."""

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
        return []  # what the other save left fits in no document

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
