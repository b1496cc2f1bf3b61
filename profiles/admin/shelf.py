"""The shelf as the desk sees it: who may change what is public, and the editions to read."""

from contextlib import contextmanager

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiles.admin.base import ReadOnlyAdmin, SaveRefused, empty_named, fieldset
from profiles.admin.search import RoleSearch, editions_with
from profiles.admin.wording import moment, place
from profiles.documents.choices import Changes, TraitCode, WorkflowState
from profiles.documents.stored import frozen_document
from profiles.guide.texts import own_texts
from profiles.guide.traits import range_words
from profiles.models import Edition, MissingTitle, Role


def may_publish(user):
    """Tell whether ``user`` may change what the public sees."""
    return user.has_perm("profiles.publish_profile")


def with_shelf(profiles):
    """Add to ``profiles`` what ``standing`` needs: what is public, and their newest edition."""
    newest = Edition.objects.filter(profile=OuterRef("pk")).order_by("-number")
    public = Edition.objects.published().filter(profile=OuterRef("pk"))
    begins = Subquery(newest.values("published_from")[:1])
    return profiles.annotate(is_public=Exists(public), shelf_from=begins)


def is_scheduled(profile):
    return profile.shelf_from is not None and profile.shelf_from > timezone.now()


def standing(profile):
    """Return where a profile stands, in words: on the site, about to be, in review."""
    if profile.is_public:
        is_same = profile.changes == Changes.NONE
        words = [_("publicado") if is_same else _("publicado, con cambios sin publicar")]
    else:
        is_withdrawn = profile.state == WorkflowState.ARCHIVED
        words = [_("retirado del sitio") if is_withdrawn else _("sin publicar")]
    if is_scheduled(profile):
        words.append(_("sale el %s") % moment(profile.shelf_from))
    if profile.state == WorkflowState.IN_REVIEW:
        words.append(_("en revisión"))
    elif profile.comment:
        words.append(_("devuelto con un comentario"))
    return " · ".join(map(str, words))


def read_now(profile):
    """Return the edition of ``profile`` that is public, or the newest if none is."""
    editions = profile.editions.select_related("version").defer("document", "facts")
    return editions.published().first() or editions.order_by("-number").first()


def public_names(roles):
    """Return the other names that the shelf has of those of ``roles`` that are on it, by key."""
    found = {}
    shelf = Edition.objects.on_shelf().base().filter(role__in=roles)
    for key, names in shelf.values_list("role_id", "facts__aliases"):
        found[key] = found.get(key, set()).union(names)
    return found


def live_facts(roles):
    """Return the facts that are public once saved, of those of ``roles`` on the shelf, by key.

    These are its name, its area and the addresses at which visitors find it.
    """
    names = public_names(roles)
    shelved = Role.objects.filter(pk__in=names).select_related("area").prefetch_related("aliases")
    return {
        role.pk: {role.name, role.area.name, role.slug}
        | {alias.slug for alias in role.aliases.all() if alias.leads_visitors(names[role.pk])}
        for role in shelved
    }


@contextmanager
def guarding_live_facts(roles, user):
    """Refuse, unless ``user`` may publish, what changes live facts of ``roles``."""
    guarded = [] if may_publish(user) else roles
    before = live_facts(guarded)
    yield
    after = live_facts(guarded)
    for key, facts in before.items():
        if moved := facts ^ after[key]:
            words = _(
                "cambia lo que se ve en el momento de un rol publicado (%(facts)s): eso lo hace "
                "solo quien puede publicar"
            )
            raise SaveRefused(words % {"facts": ", ".join(sorted(moved))})


@admin.register(Edition)
class EditionAdmin(RoleSearch, ReadOnlyAdmin):
    """The shelf. Publishing is the only way to write on it."""

    list_display = [
        *("role_name", "context_name", "number"),
        *("published_from", "published_until", "published_by", "public"),
    ]
    list_display_links = ["role_name", "number"]
    list_filter = ["area", ("context", empty_named(_("Perfil base"))), "published_from"]
    list_select_related = ["context", "published_by"]
    search_fields = ["role__name"]
    fieldsets = [
        fieldset(
            None,
            ("role_name", "context_name", "number"),
            ("published_from", "published_until"),
            ("published_by", "reason"),
            ("author_name", "reviewer_name", "reviewed_on"),
            description=_("Así salió. Para cambiar el perfil, editalo y publicalo de nuevo."),
        ),
        fieldset(_("Contenido"), "readable"),
    ]
    readonly_fields = ["context_name", "readable"]

    def mentioning(self, words):
        """Look through what visitors read, and through the summaries of what they do not."""
        has_words = (Q(summary__icontains=word) for word in words)
        # An index has their keys; else SQLite would read all editions.
        unread = Edition.objects.filter(
            pk__in=Edition.objects.past() | Edition.objects.scheduled()
        ).order_by()
        found = unread.filter(*has_words)
        return {*editions_with(words), *found.values_list("pk", flat=True)}

    def get_queryset(self, request):
        public = Exists(Edition.objects.published().filter(pk=OuterRef("pk")))
        editions = super().get_queryset(request).annotate(is_public=public)
        return editions.defer("facts", "body_html", "area__body")

    def view_on_site(self, edition):
        return edition.get_absolute_url() if edition.is_public else None

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


@admin.register(MissingTitle)
class MissingTitleAdmin(ReadOnlyAdmin):
    """What people asked for and the guide does not have; whoever reads profiles reads them."""

    list_display = ["text", "count"]
    search_fields = ["text"]
    fields = ["text", "count"]

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("profiles.view_profile")
