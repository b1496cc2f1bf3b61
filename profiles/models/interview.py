"""Interview questions and how to rate their answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from profiles.models.fields import LinesField
from profiles.models.profile import Profile, ProfileItem
from profiles.models.vocabulary import Trait
from profiles.validators import validate_guide_slug, validate_visible


class AnchorField(models.CharField):
    """What an answer sounds like."""

    def __init__(self, verbose_name=None, **kwargs):
        kwargs.setdefault("max_length", 400)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("validators", [validate_visible])
        kwargs.setdefault("help_text", _("15–35 palabras."))
        super().__init__(verbose_name, **kwargs)


class InterviewQuestion(ProfileItem):
    """A question, the traits it evaluates, and what a 1, a 3 and a 5 sound like."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="questions")
    text = models.CharField(
        _("pregunta"),
        max_length=400,
        validators=[validate_visible],
        help_text=_("Conductual («Contame de…») o situacional («Imaginá que…»), una sola idea."),
    )
    key = models.SlugField(
        _("clave"),
        max_length=60,
        blank=True,
        validators=[validate_guide_slug],
        help_text=_("Corta y estable: los enlaces a la guía de entrevista la usan."),
    )
    traits = models.ManyToManyField(
        Trait, related_name="questions", verbose_name=_("rasgos que evalúa")
    )
    focus = models.CharField(
        _("conducta que evalúa"),
        max_length=160,
        blank=True,
        validators=[validate_visible],
        help_text=_("Se lee «Evalúa: <rasgos> en <conducta>»."),
    )
    follow_ups = LinesField(_("repreguntas"), help_text=_("Dos, una por línea."))
    anchor_weak = AnchorField(_("1: respuesta débil"))
    anchor_acceptable = AnchorField(_("3: respuesta aceptable"))
    anchor_excellent = AnchorField(_("5: respuesta excelente"))

    class Meta(ProfileItem.Meta):
        verbose_name = _("pregunta de entrevista")
        verbose_name_plural = _("preguntas de entrevista")
        constraints = [
            models.UniqueConstraint(
                name="question_key_once",
                fields=["profile", "key"],
                violation_error_message=_("Esa clave ya es de otra pregunta del perfil."),
            )
        ]
