"""The small shared vocabulary, edited live: areas, contexts, traits, archetypes, pages."""

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from profiles.documents import vocabulary
from profiles.documents.choices import TraitCode
from profiles.documents.types import MAX_PAGE_MARKDOWN
from profiles.documents.validators import validate_guide_slug
from profiles.models.fields import FormText, MarkdownField, RenderedField
from profiles.models.history import Version
from profiles.models.querysets import TraitQuerySet


class LoadedRow(models.Model):
    """A row that a document of the guide may bring, with its history."""

    # Moves with every save of the row or its parts; who saves over an older one is told.
    version = models.PositiveIntegerField(_("versión"), default=0, editable=False)
    versions = GenericRelation(Version, "key", "kind")

    # What ``load_guide`` last wrote: another digest on the desk is an editor's change.
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


class VocabularyEntry(LoadedRow):
    """What every entry of the vocabulary has: an address, a name, an order."""

    slug = models.SlugField(
        _("dirección"),
        max_length=60,
        unique=True,
        validators=[validate_guide_slug],
        help_text=_("La parte de la dirección: minúsculas, números y guiones."),
    )
    name = FormText(_("nombre"), of=(vocabulary.AreaEntry, "name"))
    summary = FormText(
        _("resumen"),
        of=(vocabulary.AreaEntry, "summary"),
        blank=True,
        help_text=_("Una oración, desde 70 caracteres; también es la descripción en buscadores."),
    )
    order = models.PositiveSmallIntegerField(_("orden"), default=0)
    updated_at = models.DateTimeField(_("última modificación"), auto_now=True)

    class Meta:
        abstract = True
        ordering = ["order", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse(f"profiles:{self._meta.model_name}_detail", args=[self.slug])


class Area(VocabularyEntry):
    """A family of roles, such as Datos e IA."""

    body = MarkdownField(
        _("texto"),
        html_field="body_html",
        blank=True,
        help_text=_("Markdown: qué hace la familia y cómo se reparten el trabajo sus roles."),
    )
    body_html = RenderedField()

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("área")
        verbose_name_plural = _("áreas")


class Context(VocabularyEntry):
    """A company size, such as Startup (1–50 employees)."""

    min_employees = models.PositiveIntegerField(_("personas desde"), default=1)
    max_employees = models.PositiveIntegerField(
        _("personas hasta"), null=True, blank=True, help_text=_("Vacío: sin límite.")
    )
    body = MarkdownField(
        _("texto"),
        html_field="body_html",
        blank=True,
        help_text=_("Markdown, 60–120 palabras: qué cambia este tamaño en todos los roles."),
    )
    body_html = RenderedField()

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("contexto")
        verbose_name_plural = _("contextos")
        constraints = [
            models.CheckConstraint(
                name="context_employee_range",
                condition=models.Q(max_employees=None)
                | models.Q(max_employees__gte=models.F("min_employees")),
                violation_error_message=_(
                    "El máximo de personas no puede ser menor que el mínimo."
                ),
            )
        ]

    @property
    def employee_range(self):
        """Return "1–50", or "1001+" where there is no limit."""
        if self.max_employees is None:
            return f"{self.min_employees}+"
        return f"{self.min_employees}–{self.max_employees}"


class Trait(VocabularyEntry):
    """One of the six OCEAN+ dimensions. Both of its poles have a use and a cost."""

    code = models.CharField(_("código"), max_length=2, choices=TraitCode, unique=True)
    definition = MarkdownField(_("definición"), html_field="definition_html", blank=True)
    definition_html = RenderedField()
    low_label = FormText(_("polo bajo"), of=(vocabulary.Pole, "label"), blank=True)
    low_use = FormText(_("polo bajo: cuándo sirve"), of=(vocabulary.Pole, "use"), blank=True)
    low_cost = FormText(_("polo bajo: qué cuesta"), of=(vocabulary.Pole, "cost"), blank=True)
    high_label = FormText(_("polo alto"), of=(vocabulary.Pole, "label"), blank=True)
    high_use = FormText(_("polo alto: cuándo sirve"), of=(vocabulary.Pole, "use"), blank=True)
    high_cost = FormText(_("polo alto: qué cuesta"), of=(vocabulary.Pole, "cost"), blank=True)
    observation = MarkdownField(_("cómo observarlo"), html_field="observation_html", blank=True)
    observation_html = RenderedField()
    caution = MarkdownField(_("cómo no usarlo"), html_field="caution_html", blank=True)
    caution_html = RenderedField()

    objects = TraitQuerySet.as_manager()

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("rasgo")
        verbose_name_plural = _("rasgos")

    @property
    def is_extension(self):
        """Tell whether the trait lies outside the Big Five (only ER does)."""
        return self.code == TraitCode.RELATIONAL_INVOLVEMENT


class Archetype(VocabularyEntry):
    """A work-style archetype: a language for conversation, not a type of person."""

    body = MarkdownField(_("descripción"), html_field="body_html", blank=True)
    body_html = RenderedField()

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("arquetipo")
        verbose_name_plural = _("arquetipos")


class Page(VocabularyEntry):
    """An editorial page of the guide that is about no role, such as the method page."""

    body = MarkdownField(
        _("texto"), html_field="body_html", blank=True, max_length=MAX_PAGE_MARKDOWN
    )
    body_html = RenderedField()

    class Meta(VocabularyEntry.Meta):
        verbose_name = _("página")
        verbose_name_plural = _("páginas")
