"""The shared vocabulary, which is public as soon as it is saved."""

from django.contrib import admin
from django.db.models import PROTECT, Max
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from profiles import models
from profiles.admin.base import fieldset
from profiles.admin.forms import StampedForm
from profiles.admin.history import SHOWN, DeskAdmin, each_of
from profiles.desk.history import ENTRY_FORMS
from profiles.desk.rows import form_of
from profiles.documents.choices import TraitCode
from profiles.documents.stored import canonical
from profiles.documents.yaml_file import in_spanish
from profiles.views.pages import METHOD_SLUG

LIVE = _(
    "Lo que guardás acá se ve en el sitio en el momento: no tiene borrador. Lo que decía antes "
    "queda en la historia."
)
NEEDED = {"summary", "body", "finding"}


class EntryForm(StampedForm):
    """An entry of the vocabulary; it is validated as its document.

    What is saved is public at once, so it has its texts.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in NEEDED & self.fields.keys():
            self.fields[name].required = True

    def _post_clean(self):
        super()._post_clean()
        if self.errors:
            return
        try:
            form = ENTRY_FORMS[type(self.instance)]
            form.model_validate(canonical(form_of(form, self.instance)))
        except ValidationError as refusal:
            for error in refusal.errors():
                name = "_".join(map(str, error["loc"]))
                self.add_error(name if name in self.fields else None, in_spanish(error))


@admin.register(models.Area)
class LiveAdmin(DeskAdmin):
    """An entry without a draft: the groups give its rights to those who may publish."""

    form = EntryForm
    stands_alone = True
    fieldsets = [fieldset(None, "name", "slug", "summary", "body", "order", description=LIVE)]
    list_display = ["name", "slug", "order"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def reasons_to_stay(self, row, going):
        return [*super().reasons_to_stay(row, going), *self.uses(row)]

    def uses(self, row):
        """Return, in words, what points to ``row`` and keeps it."""
        pointing = [
            relation.related_model._base_manager.filter(**{relation.field.name: row}).order_by("pk")
            for relation in self.opts.get_fields(include_hidden=True)
            if getattr(relation, "on_delete", None) is PROTECT
        ]
        return [words for rows in pointing for words in each_of(rows, _("%(row)s la usa"))]

    def get_readonly_fields(self, request, obj=None):
        # Addresses of the vocabulary have no redirect: links would break.
        return [*super().get_readonly_fields(request, obj), *(["slug"] if obj else [])]

    def get_changeform_initial_data(self, request):
        """Put a new entry behind the others; whom a size begins with has to be said."""
        last = self.model.objects.aggregate(last=Max("order"))["last"]
        behind = {"order": 0 if last is None else last + 1, "min_employees": None}
        return {**behind, **super().get_changeform_initial_data(request)}


def naming(editions):
    """Return, in words, that editions name an entry."""
    named = editions.select_related("context").defer("document", "facts")
    return each_of(named.order_by("role_name", "pk"), _("%(row)s la nombra"))


@admin.register(models.Context)
class ContextAdmin(LiveAdmin):
    list_display = ["name", "employee_range", "slug", "order"]
    fieldsets = [
        fieldset(
            None,
            *("name", "slug", ("min_employees", "max_employees"), "summary", "body", "order"),
            description=LIVE,
        )
    ]

    @admin.display(description=_("personas"), ordering="min_employees")
    def employee_range(self, context):
        return context.employee_range


@admin.register(models.Trait)
class TraitAdmin(LiveAdmin):
    """The six traits are fixed: they are edited, never added or deleted."""

    list_display = ["name", "code", "low_label", "high_label"]
    readonly_fields = ["code"]
    fieldsets = [
        fieldset(None, "code", "name", "slug", "summary", "definition", description=LIVE),
        fieldset(
            _("Los dos polos"),
            *(("low_label", "high_label"), ("low_use", "high_use"), ("low_cost", "high_cost")),
            description=_("Cada polo sirve para algo y cuesta algo: escribí las dos cosas."),
        ),
        fieldset(_("En la entrevista"), "observation", "caution"),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(models.Archetype)
class ArchetypeAdmin(LiveAdmin):
    def uses(self, row):
        return [*super().uses(row), *naming(models.Edition.objects.with_archetype(row.slug))]


@admin.register(models.Page)
class PageAdmin(LiveAdmin):
    view_on_site = False

    def uses(self, page):
        is_method = page.slug == METHOD_SLUG
        return [_("Todas las páginas del sitio llevan a esta")] if is_method else []


@admin.register(models.Source)
class SourceAdmin(LiveAdmin):
    list_display = ["name", "year", "citation"]
    search_fields = ["name", "citation", "slug"]
    fieldsets = [
        fieldset(
            None,
            *(("name", "year"), "slug", "citation", "url", "finding", "order"),
            description=_(
                "Una fuente existe y dice lo que decís que dice: abrí la dirección antes de "
                "guardar."
            ),
        )
    ]

    def uses(self, row):
        # A profile has a target for each trait.
        targets = row.targets.order_by("pk")[: 2 * SHOWN * len(TraitCode)]
        citing = models.Profile.objects.filter(
            pk__in=list(targets.values_list("profile", flat=True))
        )
        citing = citing.select_related("role", "context").order_by("pk")
        cited = each_of(citing, _("%(row)s la cita"))
        # Without an index: read only where the desk may not say what the shelf does.
        changed = models.Profile.objects.changed().values("pk")
        waiting = models.Edition.objects.scheduled().values("profile")
        editions = models.Edition.objects.filter(profile__in=changed.union(waiting))
        return cited or naming(editions.citing(row.slug))
