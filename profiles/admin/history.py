"""The history of a profile: every saved version and every edition, compared and restored."""

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

from profiles.admin.desk_comparison import changes, desk_json, edition_json, version_json
from profiles.models import DeskVersion, Edition, Profile
from profiles.publishing import restore, restore_version
from profiles.readiness import assess
from profiles.views.preview import share_url, shared_until

DESK = "mesa"


@dataclass(frozen=True)
class Moment:
    """One line of a profile's history; ``key`` names it in addresses: "v12", "e3"."""

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


def timeline(profile):
    """Return every Moment of a profile, the newest first."""
    editions = profile.editions.select_related("published_by").defer("document", "facts")
    moments = [_saved(version) for version in profile.versions.for_timeline()]
    moments += [_published(edition) for edition in editions]
    return sorted(moments, key=lambda moment: moment.when, reverse=True)


def _saved(version):
    name = _("Versión %(number)s") % {"number": version.number}
    return Moment(
        f"v{version.number}", name, version.saved_at, version.saved_by, version.why, version=version
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


def find(profile, key):
    """Return the DeskVersion or Edition that ``key`` names; raises Http404."""
    kind, number = key[:1], key[1:]
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    if kind == "v":
        return get_object_or_404(DeskVersion, profile=profile, number=number)
    if kind == "e":
        return get_object_or_404(Edition, profile=profile, number=number)
    raise Http404


def _side(profile, key):
    """Return the name and the JSON of one side of a comparison."""
    if key == DESK:
        return _("lo guardado ahora"), desk_json(profile)
    row = find(profile, key)
    if isinstance(row, Edition):
        return _("edición %(number)s") % {"number": row.number}, edition_json(row)
    return _("versión %(number)s") % {"number": row.number}, version_json(row)


class HistoryPages:
    """The history's pages of the profile admin; who may see a profile may read its history."""

    object_history_template = "admin/profiles/profile/object_history.html"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/comparar/", view(self.compare_view), name="profiles_profile_compare"),
            path("<int:pk>/volver/", view(self.restore_view), name="profiles_profile_restore"),
            *super().get_urls(),
        ]

    def history_view(self, request, object_id, extra_context=None):
        profile = self.get_object(request, object_id)
        more = {"moments": timeline(profile) if profile else [], "title": _("Historia")}
        more["can_restore"] = bool(profile) and self.has_change_permission(request, profile)
        return super().history_view(request, object_id, {**more, **(extra_context or {})})

    @method_decorator(require_safe)
    def compare_view(self, request, pk):
        profile = get_object_or_404(Profile, pk=pk)
        if not self.has_view_permission(request, profile):
            raise PermissionDenied
        before, old = _side(profile, request.GET.get("antes", DESK))
        after, new = _side(profile, request.GET.get("despues", DESK))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Comparar"),
            "opts": self.opts,
            "object": profile,
            "before": before,
            "after": after,
            "changes": changes(old, new),
        }
        return TemplateResponse(request, "admin/profiles/profile/compare.html", context)

    @method_decorator(require_POST)
    def restore_view(self, request, pk):
        profile = get_object_or_404(Profile, pk=pk)
        if not self.has_change_permission(request, profile):
            raise PermissionDenied
        self._restore(request, profile, find(profile, request.POST.get("state", "")))
        return redirect(reverse("admin:profiles_profile_change", args=[pk]))

    @transaction.atomic
    def _restore(self, request, profile, row):
        write = restore if isinstance(row, Edition) else restore_version
        write(row, by=request.user)
        assess(profile.role)
        done = _("volvió a %(state)s") % {"state": row}
        self.log_change(request, profile, done)
        self.message_user(request, f"{profile}: {done}.", messages.SUCCESS)
