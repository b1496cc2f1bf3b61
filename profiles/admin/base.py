"""What every admin page of the guide shares: bounded search, safe lookups, clean text."""

import logging

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import SOURCE_MODEL_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, InternalError, OperationalError, transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from profiles.models.fields import FormText, LinesField

logger = logging.getLogger(__name__)

# Each term adds an OR over all search fields; SQLite gives up at a depth of 1,000.
MAX_TERMS = 8
MAX_TERM_LENGTH = 80
# The longest number that fits every integer column.
MAX_DIGITS = 9
# Texts that may be this long are sentences.
SENTENCE = 160

read_or_post = method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
EVERYWHERE = [ActionLocation.CHANGE_LIST, ActionLocation.CHANGE_FORM]
BUSY = _(
    "No se guardó: la base de datos no responde o está ocupada. Tu texto sigue acá abajo: probá de "
    "nuevo en un minuto."
)
IN_USE = _("No se eliminó nada: alguien lo publicó o empezó a usarlo en este momento.")
TAKEN = _("No se guardó: otra persona guardó lo mismo en este momento. Tu texto sigue acá abajo.")


class GuardedSearch:
    """Bounds the search of a list, refuses lookups that end in an error, names the list."""

    list_per_page = 25
    # An action takes as many rows at once as the longest page shows.
    list_max_show_all = 100
    show_full_result_count = False
    # Facets cost a query for each choice of each filter.
    show_facets = admin.ShowFacets.NEVER

    def terms(self, search_term):
        return [term[:MAX_TERM_LENGTH] for term in search_term.split()[:MAX_TERMS]]

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, " ".join(self.terms(search_term)))

    def lookup_allowed(self, lookup, value, request):
        """Refuse the NUL character, which PostgreSQL stores in no text."""
        return "\x00" not in str(value) and super().lookup_allowed(lookup, value, request)

    def get_object(self, request, object_id, from_field=None):
        """Return a row, also if an address asks for it by a column without a name."""
        return super().get_object(request, object_id, from_field or None)

    def to_field_allowed(self, request, to_field):
        columns = {field.name for field in self.opts.concrete_fields}
        return to_field in columns and super().to_field_allowed(request, to_field)

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Refuse a choice that is no key: Django would ask the database for it."""
        for name, keys in request.POST.lists():
            if name.startswith(prefix) and name.endswith((*inline.autocomplete_fields, "-id")):
                refuse_no_keys(filter(None, keys))
        return super().get_formset_kwargs(request, obj, inline, prefix)

    def response_add(self, request, obj, *arguments):
        """Answer a pop-up without building the form that it names: its choices have no groups."""
        request.POST = request.POST.copy()
        request.POST.pop(SOURCE_MODEL_VAR, None)
        return super().response_add(request, obj, *arguments)

    def delete_view(self, request, object_id, extra_context=None):
        return self._delete(super().delete_view, request, object_id, extra_context)

    def response_action(self, request, queryset, **where):
        keys, names = map(request.POST.getlist, (ACTION_CHECKBOX_NAME, "action"))
        refuse_no_keys(keys)
        is_all = request.POST.get("select_across", "0") != "0"
        chosen = queryset if is_all else queryset.filter(pk__in=keys)
        # An export has a bound of its own.
        is_export = all(name.startswith("export_") for name in names)
        if not is_export and are_too_many(self, request, chosen):
            return None
        answer = super().response_action
        if "delete_selected" in names:
            return self._delete(answer, request, queryset, **where)
        return answer(request, queryset, **where)

    def _delete(self, act, request, *asked, **where):
        """Return the answer of ``act``, which deletes all; nothing, if a row is in use by now."""
        try:
            with transaction.atomic():
                return act(request, *asked, **where)
        except IntegrityError:
            logger.exception("A deletion was refused by the database")
            # What was already said of it is not so.
            list(messages.get_messages(request))
            self.message_user(request, IN_USE, messages.ERROR)
            return redirect(f"admin:{self.opts.label_lower.replace('.', '_')}_changelist")

    def get_changelist(self, request, **kwargs):
        return GuardedList

    def changelist_view(self, request, extra_context=None):
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})


class GuardedList(ChangeList):
    """Accepts only the filters that it shows: other lookups in an address can end in an error.

    The keys of a page are found first, then its rows are read: rows before the page cost little.
    """

    def get_filters(self, request):
        specs, has_filters, others, *rest = super().get_filters(request)
        if others:
            raise IncorrectLookupParameters(*others)
        return specs, has_filters, others, *rest

    def get_results(self, request):
        try:
            super().get_results(request)
        except OverflowError as error:  # an hour of the first or the last day that there is
            raise IncorrectLookupParameters(*error.args) from error
        if self.result_count <= self.list_per_page:
            # Ordered, SQLite walks the index of the order and not the few keys.
            keys = self.queryset.order_by().values_list("pk", flat=True)
            self.result_list = self.queryset.filter(pk__in=list(keys))
            return
        keys = list(self.result_list.values_list("pk", flat=True))
        rows = self.apply_select_related(self.root_queryset).in_bulk(keys)
        self.result_list = [rows[key] for key in keys]


class WritingFields:
    """Gives sentences and lists of lines room to write, on a page and in its parts.

    A field called like one of ``NO_LINKS`` has no links to add or change what it chooses.
    """

    NO_LINKS = {"author", "sources", "trait", "second_trait"}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        is_sentence = isinstance(db_field, FormText) and db_field.max_length >= SENTENCE
        if is_sentence or isinstance(db_field, LinesField):
            area = forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})
            kwargs.setdefault("widget", area)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.NO_LINKS:
            field.widget = field.widget.widget
        return field


class GuideAdmin(WritingFields, GuardedSearch, admin.ModelAdmin):
    """The base of the guide's own admin pages.

    A save that is refused comes back as the form, with the text and the reason.
    """

    def own_pages(self):
        """Return the pages beside Django's as (address, view, end of the URL's name)."""
        return []

    def get_urls(self):
        view, model = self.admin_site.admin_view, f"profiles_{self.opts.model_name}"
        own = [path(at, view(page), name=f"{model}_{name}") for at, page, name in self.own_pages()]
        return [*own, *super().get_urls()]

    def page(self, request, template, title, **more):
        """Return a page beside Django's: a template with the context that all pages need."""
        common = self.admin_site.each_context(request)
        context = {**common, "opts": self.opts, "title": title, **more}
        return TemplateResponse(request, f"admin/{template}.html", context)

    @admin.display(description=_("contexto"))
    def context_name(self, row):
        return row.context or _("Perfil base")

    def row_for(self, request, act, pk, rows=None):
        """Return the row with a key; raises PermissionDenied if the user may not ``act`` on it."""
        row = get_object_or_404(self.model if rows is None else rows, pk=pk)
        if not getattr(self, f"has_{act}_permission")(request, row):
            raise PermissionDenied
        return row

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Show the form again if the database, not the editor, kept it from being saved.

        Reading still works while another process writes or the disk is full; if it does not, the
        page that says when to come back is all there is.
        """
        arguments = (request, object_id, form_url, extra_context)
        try:
            return super().changeform_view(*arguments)
        except SaveRefused as refusal:
            request.refusal = refusal
        except (OperationalError, InternalError, IntegrityError) as error:
            if request.method != "POST":
                raise
            logger.exception("A save was refused by the database")
            request.refusal = SaveRefused(TAKEN if isinstance(error, IntegrityError) else BUSY)
        # Outside the transaction that failed; a form that is refused saves nothing.
        return self._changeform_view(*arguments)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Show what was written on the page of a row that is gone, to copy it from there."""
        texts = [text for name, text in request.POST.items() if not name.startswith("_")]
        if typed := [text for text in texts if " " in text]:
            return self.page(request, "profiles/gone", _("No se guardó"), typed=typed)
        return super()._get_obj_does_not_exist_redirect(request, opts, object_id)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("empty_label", "—")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        """Ignore initial keys that are no numbers: the form would query the database for them."""
        initial = super().get_changeform_initial_data(request)
        for field in self.opts.fields:
            if field.is_relation and not is_number(str(initial.get(field.name, ""))):
                initial.pop(field.name, None)
        return initial


class ReadOnlyAdmin(GuideAdmin):
    """Rows that the guide writes itself: to read, never to write."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class SaveRefused(Exception):
    """A save was rolled back; the form comes back with the editor's text and the ``reason``.

    ``conflict`` is what to ask if two people changed the same.
    """

    def __init__(self, reason, conflict=None):
        super().__init__(reason)
        self.reason, self.conflict = reason, conflict


def are_too_many(page, request, rows, most=None):
    """Tell whether ``rows`` are more than an action takes at once, and say so."""
    most = most or page.list_max_show_all
    if (count := rows.count()) <= most:
        return False
    words = _(
        "No se hizo nada: elegiste %(count)s filas y van hasta %(max)s por vez. Filtrá la lista o "
        "elegí menos."
    )
    page.message_user(request, words % {"count": count, "max": most}, messages.ERROR)
    return True


def action_everywhere(permission, description, description_plural):
    """Return the decorator of an action that is on the list and on the page of a row."""
    return admin.action(
        permissions=[permission],
        description=description,
        description_plural=description_plural,
        location=EVERYWHERE,
    )


def empty_named(words):
    """Return a filter by a related model that calls its choice for "none" ``words``."""

    class NamedEmptyFilter(admin.RelatedFieldListFilter):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.empty_value_display = words

    return NamedEmptyFilter


def fieldset(title, *fields, description="", folded=False):
    """Return a section of a page; fields in one tuple stand beside each other."""
    classes = ["collapse"] if folded else []
    return title, {"fields": fields, "description": description, "classes": classes}


def refuse_no_keys(texts):
    if not all(map(is_number, texts)):
        raise BadRequest("A chosen row has no number")


def is_number(text):
    """Tell whether ``text`` is a whole number that a key can be."""
    return text.isdecimal() and len(text) <= MAX_DIGITS
