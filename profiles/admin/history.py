"""The history of what is on the desk: every saved version, compared and restored."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from pydantic import ValidationError

from profiles.admin.desk_comparison import changes, desk_json, version_json
from profiles.admin.guarded import is_number
from profiles.admin.shelf import live_facts, refused_live_change
from profiles.admin.wording import first_problem
from profiles.desk.history import CannotComeBack, restore, timeline
from profiles.models import Profile, Role, Version
from profiles.views.preview import share_url, shared_until

DESK = "mesa"
PAGE = 25


@dataclass(frozen=True)
class Moment:
    """One line of a history: a version, and the link that shows it to others, if it has one."""

    version: Version
    shared_until: datetime | None

    @property
    def share_url(self):
        return share_url(self.version) if self.shared_until else ""


def moments(versions):
    return [Moment(version, shared_until(version)) for version in versions]


def find(row, number):
    """Return the version of ``row`` with a number as an address has it; raises Http404."""
    if not is_number(number):
        raise Http404
    return get_object_or_404(row.versions, number=number)


def _side(row, key):
    """Return the name and the JSON of one side of a comparison."""
    if key == DESK:
        return _("lo guardado ahora"), desk_json(row)
    version = find(row, key)
    return _("versión %(number)s") % {"number": version.number}, version_json(version)


def _live_facts_of(row):
    """Return what is live of the role that ``row`` is or belongs to, if it is on the shelf."""
    key = row.pk if isinstance(row, Role) else getattr(row, "role_id", None)
    return live_facts([key]).get(key, set())


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

    @method_decorator(require_safe)
    def history_view(self, request, object_id, extra_context=None):
        row = get_object_or_404(self.model, pk=object_id if is_number(object_id) else None)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        page = Paginator(timeline(row), PAGE).get_page(request.GET.get("p"))
        more = {
            "page": page,
            "moments": moments(page),
            "can_restore": self.has_change_permission(request, row),
            "can_share": isinstance(row, Profile),
        }
        return self._page(request, "desk_history", row, _("Historia"), more)

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
        more = {"before": before, "after": after, "changes": changes(old, new, self.model)}
        return self._page(request, "compare", row, _("Comparar"), more)

    def _page(self, request, template, row, title, more):
        common = self.admin_site.each_context(request)
        context = {**common, "title": title, "opts": self.opts, "object": row, **more}
        return TemplateResponse(request, f"admin/profiles/{template}.html", context)

    @method_decorator(require_POST)
    def restore_view(self, request, pk):
        row = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        version = find(row, request.POST.get("version", ""))
        try:
            self._restore(request, row, version)
        except CannotComeBack as refusal:
            reason = _("%(row)s no volvió atrás: %(reason)s.") % {"row": row, "reason": refusal}
            self.message_user(request, reason, messages.ERROR)
        return redirect(reverse(f"admin:profiles_{self.opts.model_name}_change", args=[pk]))

    @transaction.atomic
    def _restore(self, request, row, version):
        before = _live_facts_of(row)
        restore(version, by=request.user)
        if reason := refused_live_change(before, _live_facts_of(row), request.user):
            raise CannotComeBack(reason)
        done = _("volvió a la versión %(number)s") % {"number": version.number}
        self.log_change(request, row, done)
        self.message_user(request, f"{row}: {done}.", messages.SUCCESS)
