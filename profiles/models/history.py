"""What the desk remembers: every saved version of it, and what the rules said of a profile."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from profiles.models.profile import Profile
from profiles.models.role import Role
from profiles.models.vocabulary import Context
from profiles.querysets import DeskVersionQuerySet, EntryVersionQuerySet


class SavedVersion(models.Model):
    """What one save left behind, with who, when and why; what it was of may be gone since."""

    number = models.PositiveIntegerField(_("número"))
    document = models.JSONField(_("documento"), encoder=DjangoJSONEncoder)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("quién"),
    )
    why = models.CharField(_("motivo"), max_length=200, blank=True)
    saved_at = models.DateTimeField(_("cuándo"), auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-number"]
        get_latest_by = "number"

    def __str__(self):
        return f"{self.title}, versión {self.number}"


class DeskVersion(SavedVersion):
    """What the desk held of one profile after one save.

    ``document`` is its ProfileDocument and, for a base profile, ``facts`` its role's RoleFacts.
    Both rows it points to may be gone: their keys stay, so that a deletion can be undone.
    """

    profile = models.ForeignKey(
        Profile,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="versions",
        verbose_name=_("perfil"),
    )
    role = models.ForeignKey(
        Role, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("rol")
    )
    context = models.ForeignKey(
        Context, models.PROTECT, null=True, related_name="+", verbose_name=_("contexto")
    )
    role_name = models.CharField(_("nombre del rol"), max_length=80)
    facts = models.JSONField(_("datos del rol"), null=True, encoder=DjangoJSONEncoder)
    share_token = models.CharField(
        _("enlace para compartir"),
        max_length=200,
        blank=True,
        help_text=_("Vacío: no hay enlace, o se anuló."),
    )

    objects = models.Manager.from_queryset(DeskVersionQuerySet)()

    class Meta(SavedVersion.Meta):
        verbose_name = _("versión del escritorio")
        verbose_name_plural = _("versiones del escritorio")
        constraints = [
            models.UniqueConstraint(
                name="desk_version_once",
                fields=["profile", "number"],
                violation_error_message=_("El perfil ya tiene una versión con ese número."),
            )
        ]

    @property
    def title(self) -> str:
        """Return the profile's name, which may not exist any more."""
        place = f"en {self.context}" if self.context_id else "(base)"
        return f"{self.role_name} {place}"


class EntryVersion(SavedVersion):
    """What one entry of the shared vocabulary, or a role's facts, said after one save.

    ``kind`` is the name of its model and ``key`` its row's, which may be gone; ``document`` is
    the entry's document with its place in the order, or the role's RoleFacts.
    """

    kind = models.CharField(_("qué es"), max_length=20)
    key = models.PositiveBigIntegerField(_("clave"))
    name = models.CharField(_("nombre"), max_length=80)

    objects = models.Manager.from_queryset(EntryVersionQuerySet)()

    class Meta(SavedVersion.Meta):
        verbose_name = _("versión de una entrada")
        verbose_name_plural = _("versiones de las entradas")
        constraints = [
            models.UniqueConstraint(
                name="entry_version_once",
                fields=["kind", "key", "number"],
                violation_error_message=_("La entrada ya tiene una versión con ese número."),
            )
        ]

    @property
    def title(self) -> str:
        """Return the entry's name, which may not exist any more."""
        return self.name


class Readiness(models.Model):
    """What the rules last said of one profile on the desk; derived, never edited.

    ``sections`` holds the parts with errors between spaces (" body questions "), to filter by;
    ``completeness`` is the share of parts without errors, 0 to 100.
    """

    profile = models.OneToOneField(
        Profile, models.CASCADE, primary_key=True, related_name="readiness"
    )
    version = models.PositiveIntegerField(_("versión"))
    digest = models.CharField(_("huella"), max_length=64, blank=True)
    errors = models.PositiveSmallIntegerField(_("errores"))
    first_error = models.CharField(_("primer error"), max_length=400, blank=True)
    sections = models.CharField(_("partes"), max_length=400, blank=True)
    completeness = models.PositiveSmallIntegerField(_("completo"))

    class Meta:
        verbose_name = _("estado de un perfil")
        verbose_name_plural = _("estado de los perfiles")

    def __str__(self):
        return f"{self.profile_id}: {self.completeness} %"
