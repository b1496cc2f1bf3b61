"""A job role and what belongs to it in every company size."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from profiles.documents import schema
from profiles.documents.choices import CodeScheme
from profiles.documents.validators import validate_guide_slug
from profiles.models.fields import FormText, may_name
from profiles.models.querysets import RoleQuerySet
from profiles.models.vocabulary import Archetype, Area, LoadedRow


class Role(LoadedRow):
    """A job role, such as MLOps Engineer. Its slug is its address; old slugs keep working.

    What it is called and where it is found is live: editions follow as soon as it is saved.
    """

    slug = models.SlugField(
        _("dirección"),
        max_length=60,
        unique=True,
        validators=[validate_guide_slug],
        help_text=_("Si la cambiás, la anterior sigue viva y redirige a la nueva."),
    )
    name = FormText(_("nombre"), of=(schema.RoleFacts, "name"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="roles", verbose_name=_("área"))
    primary_archetype = may_name(Archetype, "primary_roles", _("arquetipo principal"))
    secondary_archetype = may_name(Archetype, "secondary_roles", _("arquetipo secundario"))
    archetype_reason = FormText(
        _("por qué esos arquetipos"),
        of=(schema.RoleArchetypes, "reason"),
        blank=True,
        help_text=_("Una oración."),
    )
    updated_at = models.DateTimeField(_("última modificación"), auto_now=True)
    # Of the file that was loaded last: one that is the same need not be read again.
    loaded_file = models.CharField(max_length=64, blank=True, editable=False)

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rol")
        verbose_name_plural = _("roles")
        ordering = ["name"]
        indexes = [models.Index(name="role_name", fields=["name"])]
        constraints = [
            models.CheckConstraint(
                name="role_archetypes_differ",
                condition=models.Q(secondary_archetype=None)
                | ~models.Q(secondary_archetype=models.F("primary_archetype")),
                violation_error_message=_("El arquetipo secundario repite el principal."),
            )
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Save; if the slug, the name or the area changed, the editions follow.

        Who saves beside others begins with ``ContentVersion.hold``, since that is public.
        """
        with transaction.atomic():
            stored = Role.objects.filter(pk=self.pk).select_for_update(no_key=True)
            before = stored.values_list("slug", "name", "area_id").first()
            super().save(**kwargs)
            if before and before != (self.slug, self.name, self.area_id):
                self.editions.update(role_slug=self.slug, role_name=self.name, area=self.area_id)
            if before and before[0] != self.slug:
                self._move_from(before[0])

    def get_absolute_url(self):
        return reverse("profiles:role_detail", args=[self.slug])

    def clean(self):
        if self.secondary_archetype_id and not self.primary_archetype_id:
            raise ValidationError({"primary_archetype": _("Va antes que el secundario.")})

    def _move_from(self, old_slug):
        """Let the old address redirect here, and no other name any more at either address."""
        others = models.Q(slug=old_slug) & ~models.Q(role=self)
        taken = RoleAlias.objects.filter(others | models.Q(slug=self.slug, role=self))
        taken.exclude(name="").update(slug=None)
        taken.delete()
        self.aliases.get_or_create(slug=old_slug)
        # What nobody can read has no address on the pages of others.
        if (shelf := self.editions.on_shelf()).exists():
            shelf.model.objects.rename_related([old_slug], self.slug)


class RoleAlias(models.Model):
    """Another name of a role, or (without a name) an old slug. Its address redirects."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="aliases", verbose_name=_("rol"))
    name = FormText(
        _("otro nombre"),
        of=(schema.RoleFacts, "aliases"),
        blank=True,
        help_text=_("En español o inglés, sigla o error frecuente. Vacío: una dirección anterior."),
    )
    slug = models.SlugField(
        _("dirección"),
        max_length=80,
        unique=True,
        null=True,
        blank=True,
        help_text=_("Se completa sola; queda vacía donde el rol ya tiene esa dirección."),
        error_messages={"unique": _("Ese nombre o dirección ya es de otro rol.")},
    )
    order = models.PositiveSmallIntegerField(_("orden"), default=0)

    class Meta:
        verbose_name = _("otro nombre")
        verbose_name_plural = _("otros nombres")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name or self.slug or "—"

    def clean(self):
        self.slug = self.slug or slugify(self.name) or None
        if not self.slug:
            raise ValidationError(_("Escribí un nombre o una dirección."))
        others = self.role.aliases.exclude(pk=self.pk) if self.role.pk else []
        if self.name and self.slug in {self.role.slug, *(alias.slug for alias in others)}:
            self.slug = None
        elif Role.objects.filter(slug=self.slug).exists():
            raise ValidationError(_("Esa dirección ya es la de un rol."))

    def leads_visitors(self, public_names):
        """Tell whether its address redirects, given the names that the shelf holds of its role."""
        return self.slug is not None and (not self.name or self.name in public_names)


class OccupationalCode(models.Model):
    """A role's entry in an occupational classification (CIUO-08, ESCO, O*NET-SOC)."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="codes", verbose_name=_("rol"))
    scheme = models.CharField(_("clasificación"), max_length=10, choices=CodeScheme)
    code = FormText(_("código"), of=(schema.Code, "code"))
    title = FormText(_("denominación oficial"), of=(schema.Code, "title"), blank=True)
    approximate = models.BooleanField(
        _("aproximado"), default=False, help_text=_("La ocupación más cercana, no la misma.")
    )

    class Meta:
        verbose_name = _("código ocupacional")
        verbose_name_plural = _("códigos ocupacionales")
        ordering = ["scheme"]
        constraints = [
            models.UniqueConstraint(
                name="one_code_per_scheme",
                fields=["role", "scheme"],
                violation_error_message=_("El rol ya tiene un código de esa clasificación."),
            )
        ]

    def __str__(self):
        return f"{self.get_scheme_display()} {self.code}"


class RelatedRole(models.Model):
    """A neighbouring role and the difference in one sentence."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="related", verbose_name=_("rol"))
    related = models.ForeignKey(
        Role, models.CASCADE, related_name="related_from", verbose_name=_("rol relacionado")
    )
    difference = FormText(
        _("en qué se diferencia"), of=(schema.RelatedRole, "difference"), blank=True
    )
    order = models.PositiveSmallIntegerField(_("orden"), default=0)

    class Meta:
        verbose_name = _("rol relacionado")
        verbose_name_plural = _("roles relacionados")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="related_once",
                fields=["role", "related"],
                violation_error_message=_("Ese rol ya está entre los relacionados."),
            ),
            models.CheckConstraint(
                name="related_to_another",
                condition=~models.Q(role=models.F("related")),
                violation_error_message=_("Un rol no se relaciona consigo mismo."),
            ),
        ]

    def __str__(self):
        return f"{self.role_id} → {self.related_id}"


class CareerStep(models.Model):
    """One step of a role's career plan."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="career", verbose_name=_("rol"))
    title = FormText(_("puesto"), of=(schema.CareerStep, "title"))
    years = FormText(
        _("años"),
        of=(schema.CareerStep, "years"),
        blank=True,
        help_text=_("De experiencia: «0–2», «8+»."),
    )
    changes = FormText(_("qué cambia"), of=(schema.CareerStep, "changes"), blank=True)
    order = models.PositiveSmallIntegerField(_("orden"), default=0)

    class Meta:
        verbose_name = _("escalón de carrera")
        verbose_name_plural = _("plan de carrera")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title


class NearTitle(models.Model):
    """A title that people search for and that is not this role; it leads to it all the same."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="near", verbose_name=_("rol"))
    title = FormText(_("título"), of=(schema.NearTitle, "title"))
    difference = FormText(
        _("en qué se diferencia"),
        of=(schema.NearTitle, "difference"),
        blank=True,
        help_text=_("Qué tiene ese puesto que este no."),
    )
    order = models.PositiveSmallIntegerField(_("orden"), default=0)

    class Meta:
        verbose_name = _("título cercano")
        verbose_name_plural = _("títulos cercanos")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="near_title_once",
                fields=["role", "title"],
                violation_error_message=_("Ese título ya está entre los cercanos."),
            )
        ]

    def __str__(self):
        return self.title
