"""The desk: a role in one company size, as editors work on it."""

import datetime
from functools import lru_cache

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Case, F, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from profiles.documents import schema
from profiles.documents.choices import Changes, WorkflowState
from profiles.models.fields import FormText, LinesField, MarkdownField, account, may_name
from profiles.models.history import Version
from profiles.models.querysets import BY_SIZE, ProfileQuerySet
from profiles.models.role import Role
from profiles.models.vocabulary import Context


@lru_cache(maxsize=20_000)
def profile_url(role_slug, context_slug=None):
    """Return the address of a profile; without context, of the base profile."""
    if context_slug is None:
        return reverse("profiles:role_detail", args=[role_slug])
    return reverse("profiles:role_in_context", args=[context_slug, role_slug])


class Profile(models.Model):
    """A role in a context; without context it is the role's base profile."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="profiles", verbose_name=_("rol"))
    context = may_name(
        Context, "profiles", _("contexto"), help_text=_("Vacío: el perfil base del rol.")
    )
    summary = FormText(
        _("resumen"),
        of=(schema.ProfileDocument, "summary"),
        blank=True,
        help_text=_("Una oración: para qué existe el rol acá."),
    )
    teaser = FormText(
        _("adelanto"),
        of=(schema.ContextProfile, "teaser"),
        blank=True,
        help_text=_("Solo contextos: lo único distinto acá, para las páginas de los otros."),
    )
    body = MarkdownField(
        _("texto"), blank=True, help_text=_("Markdown. En un contexto: qué cambia y por qué.")
    )
    responsibilities = LinesField(
        _("responsabilidades"),
        of=(schema.BaseProfile, "responsibilities"),
        help_text=_("Solo base: 5–7, una por línea, con el verbo primero."),
    )
    honest = FormText(
        _("lo difícil"),
        of=(schema.ProfileDocument, "honest"),
        blank=True,
        help_text=_("Lo difícil del puesto, dicho antes que nada."),
    )
    ai = MarkdownField(
        _("IA en el puesto"),
        blank=True,
        help_text=_("Solo base: qué se delega, qué se revisa, qué no se pega."),
    )
    work_sample_shift = FormText(
        _("cómo cambia la tarea de muestra"),
        of=(schema.ContextProfile, "work_sample_shift"),
        blank=True,
        help_text=_("Solo contextos."),
    )
    seo_title = FormText(
        _("título para buscadores"),
        of=(schema.Seo, "title"),
        blank=True,
        help_text=_("Vacío: se arma con el rol y el contexto."),
    )
    seo_description = FormText(
        _("descripción para buscadores"),
        of=(schema.Seo, "description"),
        blank=True,
        help_text=_("Vacío: el resumen. Desde 70 caracteres."),
    )
    state = models.CharField(
        _("estado"), max_length=10, choices=WorkflowState, default=WorkflowState.DRAFT
    )
    author = account(_("autoría"), blank=True)
    reviewer = account(_("revisión"), blank=True)
    reviewed_on = models.DateField(_("última revisión"), null=True, blank=True)
    # Null where nobody waits for a review; long ago if what is public never had one.
    last_review = models.GeneratedField(
        expression=Case(
            When(state=WorkflowState.ARCHIVED, then=None),
            When(reviewed_on=None, state=WorkflowState.PUBLISHED, then=Value(datetime.date.min)),
            default=F("reviewed_on"),
        ),
        output_field=models.DateField(null=True),
        db_persist=True,
    )
    sent_by = account(_("quién lo envió a revisión"), editable=False, related_name="sent_profiles")
    sent_at = models.DateTimeField(_("cuándo se envió"), null=True, editable=False)
    # What the reviewer said when sending it back; empty once it is sent or published again.
    comment = models.TextField(_("comentario de la revisión"), blank=True, editable=False)
    updated_at = models.DateTimeField(_("última modificación"), auto_now=True)
    # Moves with every change of the profile or its parts; who saves over an older one is told.
    version = models.PositiveIntegerField(_("versión"), default=0, editable=False)
    versions = GenericRelation(Version, "key", "kind")
    # How many editions were ever made, those that were called off too: no number comes twice.
    editions_made = models.PositiveIntegerField(_("ediciones"), default=0, editable=False)
    # What the rules say of the desk, written by ``desk.readiness``. ``missing`` holds the parts
    # with errors between spaces (" body questions "); ``digest`` is of what it says.
    digest = models.CharField(_("huella"), max_length=64, blank=True, editable=False)
    # What its newest edition says, "" if it never had one: written by ``note_newest``.
    newest_digest = models.CharField(max_length=64, blank=True, editable=False)
    changes = models.GeneratedField(
        verbose_name=_("cambios sin publicar"),
        choices=Changes,
        expression=Case(
            When(newest_digest="", then=Value(Changes.NEVER)),
            When(newest_digest=F("digest"), then=Value(Changes.NONE)),
            default=Value(Changes.SOME),
        ),
        output_field=models.CharField(max_length=5),
        db_persist=True,
    )
    errors = models.PositiveSmallIntegerField(_("errores"), default=0, editable=False)
    first_error = models.CharField(_("primer error"), max_length=400, blank=True, editable=False)
    missing = models.CharField(_("partes que faltan"), max_length=400, blank=True, editable=False)
    completeness = models.PositiveSmallIntegerField(_("completo"), default=0, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("perfil")
        verbose_name_plural = _("perfiles")
        ordering = ["role__name", *BY_SIZE]
        permissions = [("publish_profile", "Puede publicar y retirar perfiles")]
        indexes = [
            # What waits for somebody, and the filters of the list.
            models.Index(name="profile_state", fields=["state", "updated_at"]),
            models.Index(name="profile_review", fields=["last_review"]),
            models.Index(name="profile_changes", fields=["changes", "role"]),
            models.Index(name="profile_errors", fields=["errors"]),
            models.Index(
                name="profile_sent",
                fields=["sent_by", "sent_at"],
                condition=models.Q(sent_by__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_profile_per_context",
                fields=["role", "context"],
                condition=models.Q(context__isnull=False),
                violation_error_message=_("Ese rol ya tiene un perfil para ese contexto."),
            ),
            # Unique columns take nulls as different, so the base profile needs its own rule.
            models.UniqueConstraint(
                name="one_base_profile",
                fields=["role"],
                condition=models.Q(context__isnull=True),
                violation_error_message=_("Ese rol ya tiene un perfil base."),
            ),
        ]

    def __str__(self):
        return f"{self.role} en {self.context}" if self.context_id else f"{self.role} (base)"

    def get_absolute_url(self):
        return profile_url(self.role.slug, self.context.slug if self.context_id else None)


class ProfileItem(models.Model):
    """A sentence of a profile that has a place in an order."""

    text = FormText(_("texto"), of=(schema.Consideration, "text"))
    order = models.PositiveSmallIntegerField(_("orden"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "pk"]

    def __str__(self):
        return self.text


class Strength(ProfileItem):
    """A behaviour to look for, observable by two interviewers alike."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="strengths")

    class Meta(ProfileItem.Meta):
        verbose_name = _("fortaleza")
        verbose_name_plural = _("fortalezas")


class RedFlag(ProfileItem):
    """A behaviour of a person that should make an interviewer ask more."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="red_flags")

    class Meta(ProfileItem.Meta):
        verbose_name = _("señal de alerta")
        verbose_name_plural = _("señales de alerta")


class Consideration(ProfileItem):
    """Something the context brings, and what it means for the hire."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="considerations")
    consequence = FormText(_("qué implica"), of=(schema.Consideration, "consequence"), blank=True)

    class Meta(ProfileItem.Meta):
        verbose_name = _("consideración")
        verbose_name_plural = _("consideraciones")
