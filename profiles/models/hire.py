"""What a hire needs: requirements, levels, outcomes, the call, the interview, a work sample."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from profiles.documents import schema
from profiles.documents.choices import Country, Horizon, RequirementKind, Seniority
from profiles.documents.validators import validate_guide_slug
from profiles.models.fields import AnchorField, FormText, LinesField, MarkdownField, may_name
from profiles.models.profile import Profile, ProfileItem
from profiles.models.vocabulary import Trait


class Requirement(ProfileItem):
    """What must be known or held: knowledge, tool, language, licence. Base profiles only."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="requirements")
    text = FormText(_("requisito"), of=(schema.Requirement, "text"))
    kind = models.CharField(
        _("clase"), max_length=10, choices=RequirementKind, default=RequirementKind.MUST
    )
    country = models.CharField(
        _("país"),
        max_length=2,
        choices=Country,
        blank=True,
        help_text=_("Solo con título, matrícula o registro: dónde se exige."),
    )

    class Meta(ProfileItem.Meta):
        verbose_name = _("requisito")
        verbose_name_plural = _("requisitos")
        constraints = [
            models.CheckConstraint(
                name="requirement_country_if_regulated",
                condition=Q(country="") | Q(kind=RequirementKind.REGULATED),
                violation_error_message=_("El país va solo con título, matrícula o registro."),
            )
        ]


class LevelNote(models.Model):
    """What one seniority means in this role. Base profiles only."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="levels")
    level = models.CharField(_("nivel"), max_length=12, choices=Seniority)
    scope = FormText(_("qué tiene a cargo"), of=(schema.LevelNote, "scope"), blank=True)
    five = FormText(_("cómo suena un 5"), of=(schema.LevelNote, "five"), blank=True)
    not_yet = FormText(_("qué no pedirle todavía"), of=(schema.LevelNote, "not_yet"), blank=True)

    class Meta:
        verbose_name = _("nivel de experiencia")
        verbose_name_plural = _("niveles de experiencia")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_note_per_level",
                fields=["profile", "level"],
                violation_error_message=_("El perfil ya tiene ese nivel."),
            )
        ]

    def __str__(self):
        return self.get_level_display()


class Outcome(ProfileItem):
    """What will be true once somebody has been in the job for a while."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="outcomes")
    text = FormText(_("resultado"), of=(schema.Outcomes, "days_90"))
    horizon = models.CharField(_("cuándo"), max_length=8, choices=Horizon, default=Horizon.DAYS_90)

    class Meta(ProfileItem.Meta):
        verbose_name = _("resultado esperado")
        verbose_name_plural = _("resultados esperados")


class ScreeningQuestion(ProfileItem):
    """A question for the fifteen-minute call. Base profiles only."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="screening")
    listen_for = FormText(
        _("qué escuchar"), of=(schema.ScreeningQuestion, "listen_for"), blank=True
    )

    class Meta(ProfileItem.Meta):
        verbose_name = _("pregunta de la llamada")
        verbose_name_plural = _("preguntas de la llamada")


class ReferenceQuestion(ProfileItem):
    """A question for former bosses. Base profiles only."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="references")

    class Meta(ProfileItem.Meta):
        verbose_name = _("pregunta para referencias")
        verbose_name_plural = _("preguntas para referencias")


class WorkSample(models.Model):
    """A short task that shows the work, with its rubric. Base profiles only."""

    profile = models.OneToOneField(Profile, models.CASCADE, related_name="work_sample")
    title = FormText(_("título"), of=(schema.WorkSample, "title"))
    minutes = models.PositiveSmallIntegerField(_("minutos"), default=45)
    brief = MarkdownField(_("consigna"), blank=True, help_text=_("Markdown: se entrega tal cual."))
    material = MarkdownField(
        _("material"), blank=True, help_text=_("Datos o textos que la acompañan.")
    )
    observe = LinesField(
        _("qué observar"),
        of=(schema.WorkSample, "observe"),
        help_text=_("De 3 a 5, una por línea."),
    )
    anchors_weak = AnchorField(_("1: muestra débil"))
    anchors_acceptable = AnchorField(_("3: muestra aceptable"))
    anchors_excellent = AnchorField(_("5: muestra excelente"))
    ai = FormText(
        _("uso de IA"),
        of=(schema.WorkSample, "ai"),
        blank=True,
        help_text=_("Si puede usarla, y qué se evalúa entonces."),
    )

    class Meta:
        verbose_name = _("tarea de muestra")
        verbose_name_plural = _("tareas de muestra")
        constraints = [
            models.CheckConstraint(
                name="work_sample_minutes",
                condition=Q(minutes__gte=schema.SAMPLE_MINUTES[0])
                & Q(minutes__lte=schema.SAMPLE_MINUTES[1]),
                violation_error_message=_("La tarea dura entre 30 y 90 minutos."),
            )
        ]

    def __str__(self):
        return self.title


class InterviewQuestion(ProfileItem):
    """A question, the traits it evaluates, and what a 1, a 3 and a 5 sound like."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="questions")
    text = FormText(
        _("pregunta"),
        of=(schema.Question, "text"),
        help_text=_("Conductual («Contame de…») o situacional («Imaginá que…»), una sola idea."),
    )
    key = models.SlugField(
        _("clave"),
        max_length=60,
        blank=True,
        validators=[validate_guide_slug],
        help_text=_("Corta y estable: los enlaces a la guía de entrevista la usan."),
    )
    trait = may_name(
        Trait, "questions", _("rasgo que evalúa"), help_text=_("Sobre el que trata la nota.")
    )
    second_trait = may_name(Trait, "+", _("también se ve"))
    focus = FormText(
        _("conducta que evalúa"),
        of=(schema.Question, "focus"),
        blank=True,
        help_text=_("Se lee «Evalúa: (rasgos) en (conducta)»."),
    )
    follow_ups = LinesField(
        _("repreguntas"), of=(schema.Question, "follow_ups"), help_text=_("Dos, una por línea.")
    )
    anchors_weak = AnchorField(_("1: respuesta débil"))
    anchors_acceptable = AnchorField(_("3: respuesta aceptable"))
    anchors_excellent = AnchorField(_("5: respuesta excelente"))
    instead = FormText(
        _("si nunca lo vivió"),
        of=(schema.Question, "instead"),
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
                condition=Q(second_trait=None)
                | Q(trait__isnull=False) & ~Q(second_trait=F("trait")),
                violation_error_message=_("El segundo rasgo va después del primero y es otro."),
            ),
        ]

    def clean_fields(self, exclude=None):
        # A form offers no other traits, and the database takes none.
        super().clean_fields({*(exclude or ()), "trait", "second_trait"})

    @property
    def traits(self) -> list[str]:
        """Return the traits' codes: of the one that the mark is about, then of what also shows."""
        return [trait.code for trait in (self.trait, self.second_trait) if trait]
