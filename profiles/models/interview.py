"""Interview questions and how to rate their answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from profiles.documents.schema import Question
from profiles.documents.validators import validate_guide_slug
from profiles.models.fields import AnchorField, FormText, LinesField
from profiles.models.profile import Profile, ProfileItem
from profiles.models.vocabulary import Trait


class InterviewQuestion(ProfileItem):
    """A question, the traits it evaluates, and what a 1, a 3 and a 5 sound like."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="questions")
    text = FormText(
        _("pregunta"),
        of=(Question, "text"),
        help_text=_("Conductual («Contame de…») o situacional («Imaginá que…»), una sola idea."),
    )
    key = models.SlugField(
        _("clave"),
        max_length=60,
        blank=True,
        validators=[validate_guide_slug],
        help_text=_("Corta y estable: los enlaces a la guía de entrevista la usan."),
    )
    trait = models.ForeignKey(
        Trait,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("rasgo que evalúa"),
        help_text=_("Sobre el que trata la nota."),
    )
    second_trait = models.ForeignKey(
        Trait,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("también se ve"),
    )
    focus = FormText(
        _("conducta que evalúa"),
        of=(Question, "focus"),
        blank=True,
        help_text=_("Se lee «Evalúa: (rasgos) en (conducta)»."),
    )
    follow_ups = LinesField(
        _("repreguntas"), of=(Question, "follow_ups"), help_text=_("Dos, una por línea.")
    )
    anchors_weak = AnchorField(_("1: respuesta débil"))
    anchors_acceptable = AnchorField(_("3: respuesta aceptable"))
    anchors_excellent = AnchorField(_("5: respuesta excelente"))
    instead = FormText(
        _("si nunca lo vivió"),
        of=(Question, "instead"),
        blank=True,
        help_text=_("La misma situación para quien nunca la vivió: «Imaginá que…»."),
    )

    class Meta(ProfileItem.Meta):
        verbose_name = _("pregunta de entrevista")
        verbose_name_plural = _("preguntas de entrevista")
        constraints = [
            models.UniqueConstraint(
                name="question_key_once",
                fields=["profile", "key"],
                violation_error_message=_("Esa clave ya es de otra pregunta del perfil."),
            ),
            models.CheckConstraint(
                name="question_traits_differ",
                condition=models.Q(second_trait=None)
                | models.Q(trait__isnull=False) & ~models.Q(second_trait=models.F("trait")),
                violation_error_message=_("El segundo rasgo va después del primero y es otro."),
            ),
        ]

    @property
    def traits(self) -> list[Trait]:
        """Return the traits in order: the one that the mark is about, then what also shows."""
        return [trait for trait in (self.trait, self.second_trait) if trait]
