"""The history of what is on the desk: every saved version and edition, compared and restored."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from profiles.admin.desk_comparison import changes, desk_json, edition_json, version_json
from profiles.admin.shelf import public_addresses, refused_addresses
from profiles.admin.wording import first_problem
from profiles.desk import (
    CannotComeBack,
    refuse_missing,
    restore_entry,
    versions_of,
)
from profiles.documents.library import Library
from profiles.documents.stored import frozen_document
from profiles.models import DeskVersion, Edition, EntryVersion, Profile, Role
from profiles.publishing import restore, restore_version
from profiles.views.preview import share_url, shared_until

DESK = "mesa"


@dataclass(frozen=True)
class Moment:
    """One line of a history; ``key`` names it in addresses: "v12", "e3".

    ``version`` is what a preview can be shared of: a profile's saved version.
    """

    key: str
    name: str
    when: datetime
    who: object
    why: str
    until: datetime | None = None
    version: DeskVersion | None = None

    @property
    def share_url(self):
        return share_url(self.version) if self.version and self.shared_until else ""

    @property
    def shared_until(self):
        return shared_until(self.version) if self.version else None


def editions_of(row):
    """Return the editions of a profile; nothing else has any."""
    return row.editions.all() if isinstance(row, Profile) else Edition.objects.none()


def timeline(row):
    """Return every Moment of a profile, a role or an entry, the newest first."""
    editions = editions_of(row).select_related("published_by").defer("document", "facts")
    moments = [_saved(version) for version in versions_of(row).for_timeline()]
    moments += [_published(edition) for edition in editions]
    return sorted(moments, key=lambda moment: moment.when, reverse=True)


def _saved(version):
    return Moment(
        f"v{version.number}",
        _("Versión %(number)s") % {"number": version.number},
        version.saved_at,
        version.saved_by,
        version.why,
        version=version if isinstance(version, DeskVersion) else None,
    )


def _published(edition):
    return Moment(
        f"e{edition.number}",
        _("Se publicó la edición %(number)s") % {"number": edition.number},
        edition.published_from,
        edition.published_by,
        edition.reason,
        until=edition.published_until,
    )


def find(row, key):
    """Return the saved version or the edition of ``row`` that ``key`` names; raises Http404."""
    kind, number = key[:1], key[1:]
    states = {"v": versions_of, "e": editions_of}
    if kind not in states or not number.isdecimal() or len(number) > 9:
        raise Http404
    return get_object_or_404(states[kind](row), number=number)


def _side(row, key):
    """Return the name and the JSON of one side of a comparison."""
    if key == DESK:
        return _("lo guardado ahora"), desk_json(row)
    state = find(row, key)
    if isinstance(state, Edition):
        return _("edición %(number)s") % {"number": state.number}, edition_json(state)
    return _("versión %(number)s") % {"number": state.number}, version_json(state)


def go_back(state, by):
    """Write a saved version or an edition onto the desk; raises CannotComeBack."""
    if isinstance(state, EntryVersion):
        restore_entry(state, by=by)
        return
    refuse_missing(frozen_document(state), None, Library.from_database())
    (restore if isinstance(state, Edition) else restore_version)(state, by=by)


def _addresses_of(row):
    """Return where visitors find the role that ``row`` is or belongs to, if it is on the shelf."""
    key = row.pk if isinstance(row, Role) else getattr(row, "role_id", None)
    return public_addresses([key]).get(key, set())


class HistoryPages:
    """The pages of a history in the admin; who may see a row may read its history."""

    object_history_template = "admin/profiles/desk_history.html"

    def get_urls(self):
        view, name = self.admin_site.admin_view, f"profiles_{self.opts.model_name}"
        return [
            path("<int:pk>/comparar/", view(self.compare_view), name=f"{name}_compare"),
            path("<int:pk>/volver/", view(self.restore_view), name=f"{name}_restore"),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, object_id)
        more = {"moments": timeline(row) if row else [], "title": _("Historia")}
        more["can_restore"] = bool(row) and self.has_change_permission(request, row)
        return super().history_view(request, object_id, {**more, **(extra_context or {})})

    @method_decorator(require_safe)
    def compare_view(self, request, pk):
        row = get_object_or_404(self.model, pk=pk)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        try:
            before, old = _side(row, request.GET.get("antes", DESK))
            after, new = _side(row, request.GET.get("despues", DESK))
        except ValidationError as error:
            text = _("Lo guardado ahora no se puede comparar: %(problem)s.")
            self.message_user(request, text % {"problem": first_problem(error)}, messages.WARNING)
            return redirect(reverse(f"admin:profiles_{self.opts.model_name}_history", args=[pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Comparar"),
            "opts": self.opts,
            "object": row,
            "before": before,
            "after": after,
            "changes": changes(old, new, self.model),
        }
        return TemplateResponse(request, "admin/profiles/compare.html", context)

    @method_decorator(require_POST)
    def restore_view(self, request, pk):
        row = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        try:
            self._restore(request, row, find(row, request.POST.get("state", "")))
        except CannotComeBack as refusal:
            reason = _("%(row)s no volvió atrás: %(reason)s.") % {"row": row, "reason": refusal}
            self.message_user(request, reason, messages.ERROR)
        return redirect(reverse(f"admin:profiles_{self.opts.model_name}_change", args=[pk]))

    @transaction.atomic
    def _restore(self, request, row, state):
        before = _addresses_of(row)
        go_back(state, request.user)
        if reason := refused_addresses(before, _addresses_of(row), request.user):
            raise CannotComeBack(reason)
        self.after_change(row)
        done = _("volvió a %(state)s") % {"state": state}
        self.log_change(request, row, done)
        self.message_user(request, f"{row}: {done}.", messages.SUCCESS)
