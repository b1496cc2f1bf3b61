"""Editions: what was published, to read and never to change."""

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from profiles.admin.guarded import GuideAdmin, empty_named
from profiles.admin.wording import place
from profiles.documents.choices import TraitCode
from profiles.documents.stored import frozen_document
from profiles.guide.texts import own_texts
from profiles.guide.traits import range_words
from profiles.models import Edition


@admin.register(Edition)
class EditionAdmin(GuideAdmin):
    """The shelf. Publishing is the only way to write on it."""

    list_display = [
        "role_name",
        "context_name",
        "number",
        "published_from",
        "published_until",
        "published_by",
        "public",
    ]
    list_display_links = ["role_name", "number"]
    list_filter = ["area", ("context", empty_named(_("Perfil base"))), "published_from"]
    list_select_related = ["context", "published_by"]
    search_fields = ["role_name", "role_slug", "summary", "reason"]
    date_hierarchy = None
    fieldsets = [
        (
            None,
            {
                "description": _(
                    "Así salió. Para cambiar el perfil, editalo y publicalo de nuevo."
                ),
                "fields": [
                    ("role_name", "context_name", "number"),
                    ("published_from", "published_until"),
                    ("published_by", "reason"),
                    ("author_name", "reviewer_name", "reviewed_on"),
                ],
            },
        ),
        (_("Contenido"), {"fields": ["readable"]}),
    ]
    readonly_fields = ["context_name", "readable"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        public = Exists(Edition.objects.published().filter(pk=OuterRef("pk")))
        editions = super().get_queryset(request).annotate(is_public=public)
        return editions.defer("facts", "body_html", "area__body")

    def view_on_site(self, edition):
        return edition.get_absolute_url() if edition.is_public else None

    @admin.display(description=_("contexto"), ordering="context__order")
    def context_name(self, edition):
        return edition.context or _("Perfil base")

    @admin.display(description=_("pública"), boolean=True)
    def public(self, edition):
        return edition.is_public

    @admin.display(description=_("documento"))
    def readable(self, edition):
        document = frozen_document(edition)
        ranges = [
            (TraitCode(code).label, range_words(target.low, target.high))
            for code, target in document.targets.items()
        ]
        texts = [(place(path), text) for path, text in own_texts(document, "")]
        context = {"texts": texts, "ranges": ranges}
        return render_to_string("admin/profiles/edition/document.html", context)
