"""The list of profiles: what each lacks and how desk and shelf stand, without asking twice."""

from django.contrib import admin
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from profiles.admin.wording import say_at, section_label
from profiles.desk.readiness import SECTIONS
from profiles.models import Edition


def with_shelf(profiles):
    """Add what the newest edition of each profile is and when it is public."""
    newest = Edition.objects.filter(profile=OuterRef("pk")).order_by("-number")
    return profiles.annotate(
        shelf_digest=Subquery(newest.values("digest")[:1]),
        shelf_from=Subquery(newest.values("published_from")[:1]),
        shelf_until=Subquery(newest.values("published_until")[:1]),
    )


class MissingFilter(admin.SimpleListFilter):
    """Profiles by the part in which the rules find an error."""

    title = _("qué falta")
    parameter_name = "falta"
    NOTHING = "nada"

    def lookups(self, request, model_admin):
        sections = dict.fromkeys(name for names in SECTIONS.values() for name in names)
        return [(self.NOTHING, _("Nada")), *((name, section_label(name)) for name in sections)]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() == self.NOTHING:
            return queryset.filter(errors=0)
        return queryset.filter(missing__contains=f" {self.value()} ")


class ShelfFilter(admin.SimpleListFilter):
    """Profiles by whether the desk differs from the newest edition."""

    title = _("cambios sin publicar")
    parameter_name = "cambios"

    def lookups(self, request, model_admin):
        return [("si", _("Hay cambios")), ("no", _("Al día")), ("nunca", _("Nunca se publicó"))]

    def queryset(self, request, queryset):
        same = Q(digest=F("shelf_digest"))
        chosen = {
            "si": Q(shelf_digest__isnull=False) & ~same,
            "no": same,
            "nunca": Q(shelf_digest=None),
        }
        return queryset.filter(chosen.get(self.value(), Q()))


class DeskColumns:
    """The columns of the list, and the rows they need."""

    def get_queryset(self, request):
        return with_shelf(super().get_queryset(request))

    @admin.display(description=_("área"), ordering="role__area__order")
    def area(self, profile):
        return profile.role.area

    @admin.display(description=_("contexto"), ordering="context__order")
    def context_name(self, profile):
        return profile.context or _("Perfil base")

    @admin.display(description=_("en el sitio"), ordering="shelf_from")
    def changes(self, profile):
        if profile.shelf_digest is None:
            return _("nunca se publicó")
        same = profile.digest == profile.shelf_digest
        return format_html("{}{}", _("al día") if same else _("hay cambios"), _timing(profile))

    @admin.display(description=_("completo"), ordering="completeness")
    def complete(self, profile):
        return f"{profile.completeness} %"

    @admin.display(description=_("qué falta"), ordering="errors")
    def lacking(self, profile):
        if not profile.errors:
            return _("nada: se puede publicar")
        count = ngettext("%d cosa", "%d cosas", profile.errors) % profile.errors
        first = say_at(*profile.first_error.split("\n"))
        return format_html("<strong>{}</strong>. {}", count, first)


def _timing(profile):
    """Say that the newest edition is scheduled, or withdrawn."""
    start, end = profile.shelf_from, profile.shelf_until
    if end:
        return _(", fuera del sitio")
    if start > timezone.now():
        return _(", desde el %s") % timezone.localtime(start).strftime("%d/%m/%Y %H:%M")
    return ""
