"""What the desk remembers: one version of a row for each time that it was saved."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiles.models.fields import account
from profiles.models.querysets import VersionQuerySet


class Version(models.Model):
    """What one row of the desk said after one save, with who saved it, when and why.

    ``kind`` is the row's model and ``key`` its key; ``number`` is the row's ``version`` of then.
    ``document`` is a profile's document (a base profile's with its role's facts under ``facts``),
    a role's facts, or an entry of the vocabulary with its ``order``.
    """

    kind = models.ForeignKey(
        ContentType, models.CASCADE, related_name="+", verbose_name=_("qué es")
    )
    key = models.PositiveBigIntegerField(_("clave"))
    row = GenericForeignKey("kind", "key")
    number = models.PositiveIntegerField(_("número"))
    document = models.JSONField(_("documento"), encoder=DjangoJSONEncoder)
    who = account(_("quién"))
    when = models.DateTimeField(_("cuándo"), default=timezone.now)
    why = models.CharField(_("motivo"), max_length=200, blank=True)
    share_token = models.CharField(
        _("enlace para compartir"),
        max_length=200,
        blank=True,
        help_text=_("Vacío: no hay enlace, o se anuló."),
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("versión")
        verbose_name_plural = _("versiones")
        ordering = ["-number"]
        get_latest_by = "number"
        constraints = [
            models.UniqueConstraint(
                name="version_once",
                fields=["kind", "key", "number"],
                violation_error_message=_("Ya hay una versión con ese número."),
            )
        ]

    def __str__(self):
        return f"versión {self.number}"
