"""What a profile expects of each trait, and what that rests on."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import Basis, Importance
from profiles.documents.schema import Target
from profiles.documents.types import MAX_WIDTH, MIN_WIDTH, SCALE_MAX, SCALE_MIN
from profiles.documents.validators import validate_guide_slug
from profiles.documents.vocabulary import SourceEntry
from profiles.models.fields import FormText, ProseField, ScaleField
from profiles.models.profile import Profile
from profiles.models.vocabulary import LoadedRow, Trait


class Source(LoadedRow):
    """A published reference that a target rests on."""

    slug = models.SlugField(
        _("clave"), max_length=60, unique=True, validators=[validate_guide_slug]
    )
    name = FormText(
        _("nombre corto"),
        of=(SourceEntry, "name"),
        help_text=_("Como se cita en un texto: «Salgado 1997»."),
    )
    citation = FormText(_("cita completa"), of=(SourceEntry, "citation"))
    year = models.PositiveSmallIntegerField(_("año"))
    url = models.URLField(_("DOI o dirección"), max_length=200)
    finding = FormText(_("qué encontró"), of=(SourceEntry, "finding"), blank=True)
    order = models.PositiveSmallIntegerField(_("orden"), default=0)

    class Meta:
        verbose_name = _("fuente")
        verbose_name_plural = _("fuentes")
        ordering = ["order", "year"]

    def __str__(self):
        return self.name


class TraitTarget(models.Model):
    """The range of one trait that suits one profile."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="targets")
    trait = models.ForeignKey(
        Trait, models.PROTECT, related_name="targets", verbose_name=_("rasgo")
    )
    low = ScaleField(_("desde"), default=Decimal("2.6"))
    high = ScaleField(_("hasta"), default=Decimal("3.4"))
    importance = models.CharField(
        _("importancia"), max_length=10, choices=Importance, default=Importance.FLEXIBLE
    )
    rationale = ProseField(
        _("por qué"),
        of=(Target, "rationale"),
        blank=True,
        help_text=_("Conducta → consecuencia en este trabajo."),
    )
    basis = models.CharField(
        _("en qué se apoya"), max_length=15, choices=Basis, default=Basis.EDITORIAL
    )
    sources = models.ManyToManyField(
        Source, blank=True, related_name="targets", verbose_name=_("fuentes")
    )

    class Meta:
        verbose_name = _("rango de un rasgo")
        verbose_name_plural = _("rangos de los rasgos")
        ordering = ["trait__order"]
        constraints = [
            models.UniqueConstraint(
                name="one_target_per_trait",
                fields=["profile", "trait"],
                violation_error_message=_("El perfil ya tiene un rango para ese rasgo."),
            ),
            models.CheckConstraint(
                name="target_on_scale",
                condition=Q(low__gte=SCALE_MIN, high__lte=SCALE_MAX),
                violation_error_message=_("El rango va de 1,0 a 5,0."),
            ),
            models.CheckConstraint(
                name="target_width",
                condition=Q(high__gte=F("low") + Value(MIN_WIDTH, ScaleField()))
                & Q(high__lte=F("low") + Value(MAX_WIDTH, ScaleField())),
                violation_error_message=_("«Hasta» va entre 0,4 y 1,6 por encima de «desde»."),
            ),
        ]

    def __str__(self):
        return f"{self.trait if self.trait_id else '—'} {self.low}–{self.high}"
