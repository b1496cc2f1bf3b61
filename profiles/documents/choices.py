"""The fixed vocabularies of the guide: values are English, labels are what people read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TraitCode(models.TextChoices):
    """The six OCEAN+ traits, in the order in which every page shows them."""

    OPENNESS = "O", _("Apertura")
    CONSCIENTIOUSNESS = "C", _("Responsabilidad")
    EXTRAVERSION = "E", _("Extraversión")
    AGREEABLENESS = "A", _("Amabilidad")
    EMOTIONAL_STABILITY = "EE", _("Estabilidad Emocional")
    RELATIONAL_INVOLVEMENT = "ER", _("Involucramiento Relacional")

    @property
    def is_masculine(self) -> bool:
        """Tell the gender of the trait's Spanish name."""
        return self == TraitCode.RELATIONAL_INVOLVEMENT

    def agree(self, adjective: str) -> str:
        """Return a Spanish adjective in the gender of the trait's name: "alta" or "alto"."""
        word = str(adjective)
        ending = "o" if self.is_masculine else "a"
        return word[:-1] + ending if word[-1:] in ("a", "o") else word


class Level(models.TextChoices):
    """A fifth of the 1–5 scale, from the middle of a range."""

    VERY_LOW = "very-low", _("muy baja")
    LOW = "low", _("baja")
    MODERATE = "moderate", _("moderada")
    HIGH = "high", _("alta")
    VERY_HIGH = "very-high", _("muy alta")


class Importance(models.TextChoices):
    """How much a trait decides in a profile."""

    CRITICAL = "critical", _("crítico")
    IMPORTANT = "important", _("importante")
    FLEXIBLE = "flexible", _("flexible")


class Basis(models.TextChoices):
    """What a trait target rests on."""

    META_ANALYSIS = "meta-analysis", _("metaanálisis")
    ONET = "onet", _("O*NET")
    CRAFT = "craft", _("experiencia del oficio")
    EDITORIAL = "editorial", _("criterio editorial")


class RequirementKind(models.TextChoices):
    """What a requirement asks for on the first day."""

    MUST = "must", _("imprescindible")
    LEARNABLE = "learnable", _("se aprende en el puesto")
    REGULATED = "regulated", _("título, matrícula o registro")


class Country(models.TextChoices):
    """Countries whose regulated requirements the guide names."""

    ARGENTINA = "AR", _("Argentina")
    BRAZIL = "BR", _("Brasil")
    CHILE = "CL", _("Chile")
    COLOMBIA = "CO", _("Colombia")
    SPAIN = "ES", _("España")
    MEXICO = "MX", _("México")
    PERU = "PE", _("Perú")
    URUGUAY = "UY", _("Uruguay")


class Seniority(models.TextChoices):
    """The steps of experience that a role is hired at."""

    JUNIOR = "junior", _("junior")
    SEMI_SENIOR = "semi_senior", _("semi senior")
    SENIOR = "senior", _("senior")


class Horizon(models.TextChoices):
    """When an outcome can be seen."""

    DAYS_90 = "days_90", _("a los 90 días")
    YEAR = "year", _("al año")


class WorkflowState(models.TextChoices):
    """Where a profile stands on the editors' desk."""

    DRAFT = "draft", _("borrador")
    IN_REVIEW = "in-review", _("en revisión")
    PUBLISHED = "published", _("publicado")
    ARCHIVED = "archived", _("archivado")


class CodeScheme(models.TextChoices):
    """Occupational classifications that a role can point to."""

    CIUO_08 = "ciuo08", _("CIUO-08")
    ESCO = "esco", _("ESCO")
    ONET_SOC = "onet_soc", _("O*NET-SOC")


class AuditEvent(models.TextChoices):
    """What an entry of the audit log is about."""

    LOGIN = "login", _("ingreso")
    LOGIN_FAILED = "login-failed", _("ingreso fallido")
    LOCKED_OUT = "locked-out", _("ingreso bloqueado")
    UNLOCKED = "unlocked", _("ingreso desbloqueado")
    LOGOUT = "logout", _("salida")
    FACTOR_ADDED = "factor-added", _("segundo factor activado")
    FACTOR_REMOVED = "factor-removed", _("segundo factor quitado")
    FACTOR_FAILED = "factor-failed", _("código incorrecto")
    CODES_RENEWED = "codes-renewed", _("códigos de recuperación nuevos")
    PASSWORD_CHANGED = "password-changed", _("contraseña cambiada")
    PUBLISHED = "published", _("publicación")
    WITHDRAWN = "withdrawn", _("retiro del sitio")
    EXPORTED = "exported", _("exportación")
    IMPORTED = "imported", _("importación")
