"""The admin site: its names, its front page, the order of its list, its autocompletion."""

import re

import markdown
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Case, Q, When
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from profiles.admin.profiles import overdue
from profiles.admin.shelf import may_publish, standing, with_shelf
from profiles.documents.choices import WorkflowState
from profiles.models import Profile

admin.site.site_header = _("Guía de Roles")
admin.site.site_title = _("Guía de Roles")
admin.site.index_title = _("Redacción")

# --- the front page: what waits for the person who opens it ---

SHOWN = 8
LIST = "admin:profiles_profile_changelist"
IN_REVIEW, DRAFT = WorkflowState.IN_REVIEW, WorkflowState.DRAFT


def worklists(user):
    """Return the lists of the front page in their order, one query each.

    Each has a title, what to say if it is ``empty``, its ``lines`` (profile, where it stands) and
    the ``url`` of the list of all of them, if there is one.
    """
    related = ("role", "context", "author", "sent_by")
    profiles = with_shelf(Profile.objects.select_related(*related)).order_by("updated_at")
    in_review, draft = {"state__exact": IN_REVIEW}, {"state__exact": DRAFT}
    others = Q(author=None) | ~Q(author=user)
    waiting = profiles.filter(others, **in_review) if may_publish(user) else profiles.none()
    returned_first = Case(When(comment="", then=1), default=0)
    sent = profiles.filter(sent_by=user).order_by(returned_first, "-sent_at")
    drafts = profiles.filter(**draft).exclude(sent_by=user).order_by("-updated_at")
    late, is_late = overdue(profiles).order_by("last_review", "pk"), {"revision": "vencida"}
    reviewed = _("Todo se revisó en los últimos 12 meses.")
    lists = [
        (_("Revisiones que te esperan"), _("Nadie espera tu revisión."), waiting, in_review),
        (_("Lo que enviaste y dónde está"), _("No enviaste nada a revisión."), sent, {}),
        (_("Borradores"), _("No hay borradores."), drafts, draft),
        (_("Sin revisar hace más de 12 meses"), reviewed, late, is_late),
    ]
    return [
        {
            "title": title,
            "empty": empty,
            "lines": [(profile, standing(profile)) for profile in found[:SHOWN]],
            "url": reverse(LIST, query=filters) if filters else "",
        }
        for title, empty, found, filters in lists
    ]


stock_index = admin.site.index


def front_page(request, extra_context=None):
    """Show Django's index below the worklists, for whoever may see profiles."""
    context = extra_context or {}
    if request.user.has_perm("profiles.view_profile"):
        entries = LogEntry.objects.filter(content_type__app_label="profiles")
        # Keys follow time and have an index.
        changes = entries.select_related("user", "content_type").order_by("-pk")[:SHOWN]
        context |= {"worklists": worklists(request.user), "changes": changes}
    return stock_index(request, context)


admin.site.index = front_page

# --- the list of models ---

# An editor's day begins with profiles; Django orders by alphabet.
ORDER = [
    *("Profile", "Role", "Edition", "Area", "Context", "Trait", "Archetype", "Source", "Page"),
    "AuditEntry",
]
stock_app_list = admin.site.get_app_list


def ordered_app_list(request, app_label=None):
    """Return Django's list of apps and models, the guide's own in the order of an editor's day."""
    apps = stock_app_list(request, app_label)
    for app in apps:
        names = [*ORDER, *(model["object_name"] for model in app["models"])]
        app["models"].sort(key=lambda model: names.index(model["object_name"]))
    return sorted(apps, key=lambda app: app["app_label"] != "profiles")


admin.site.get_app_list = ordered_app_list


# --- the editors' manual: docs/editors.md, as it came with this release ---

MANUAL = settings.BASE_DIR / "docs" / "editors.md"
PICTURE = re.compile(r'src="\.\./static/([^"]+)"')
stock_urls = admin.site.get_urls


@require_safe
def manual(request):
    title, text = MANUAL.read_text(encoding="utf-8").split("\n", 1)
    html = markdown.markdown(text, extensions=["tables"])
    html = PICTURE.sub(lambda found: f'src="{static(found[1])}"', html)
    # It is a file of this release, no stored text.
    page = {"title": title.removeprefix("# "), "manual": mark_safe(html)}  # noqa: S308
    context = {**admin.site.each_context(request), **page}
    return TemplateResponse(request, "admin/manual.html", context)


admin.site.get_urls = lambda: [
    path("ayuda/", admin.site.admin_view(manual), name="manual"),
    *stock_urls(),
]


# --- the choices of a field that searches while one types ---


class BestFirst(AutocompleteJsonView):
    """Offers exact names first, then names that begin with what was typed, then the others."""

    def process_request(self, request):
        term, *found = super().process_request(request)
        return term.replace("\x00", ""), *found

    def get_queryset(self):
        found = super().get_queryset()
        if not self.term:
            return found
        # The column that a list searches first is the name of its rows.
        name = self.model_admin.get_search_fields(self.request)[0]
        closeness = Case(
            When(**{f"{name}__iexact": self.term}, then=0),
            When(**{f"{name}__istartswith": self.term}, then=1),
            default=2,
        )
        order = found.query.order_by or found.model._meta.ordering
        return found.annotate(closeness=closeness).order_by("closeness", *order)


admin.site.autocomplete_view = lambda request: BestFirst.as_view(admin_site=admin.site)(request)
