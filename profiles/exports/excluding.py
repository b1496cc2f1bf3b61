"""Words of adverts that keep people away, for the check that runs in the recruiter's browser."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Excluding(NamedTuple):
    """A word of adverts that keeps people away: how it looks, a pattern for it, what instead."""

    word: str
    pattern: str
    reason: str


# Patterns are for JavaScript, without case; texts are searched without their accents.
EXCLUDING = (
    Excluding(
        _("edad, «hasta 35 años»"),
        r"\bedad\b(?! minima)"
        r"|\b(hasta|entre|de|menor(es)? de|mayor(es)? de) \d{2}\b[^.\n]{0,12}\banos\b",
        _("La edad no dice cómo trabaja, y en casi toda la región no se puede pedir."),
    ),
    Excluding(
        _("«joven», «joven y dinámico»"),
        r"(?<!servicio )(?<!empresa )\bjoven(es)?\b"
        r"|\bjuvenil\b|(?<!tablas )\bdinamic[oa]s?\b|recien recibid",
        _("Deja afuera a quien tiene más años. Decí qué ritmo tiene el día."),
    ),
    Excluding(
        _("«buena presencia»"),
        r"(buena|excelente) (presencia|imagen)|apariencia|\bestatura\b"
        r"|\b(cv|curriculum|enviar|adjuntar|mandar)\b[^.\n]{0,30}\bfoto",
        _("Suele querer decir otra cosa: cuerpo, piel o clase. Decí si hay uniforme."),
    ),
    Excluding(
        _("«señorita», «caballero», un solo género"),
        r"\bsenoritas?\b|\bcaballeros?\b|\bsexo\b|\b(solo|exclusivamente) (hombres|mujeres|varones)"
        r"|\b(masculino|femenino)\b|\b(azafata|promotora)s?\b",
        _("Nombrá el puesto para cualquier persona: «cajero/a», «quien atienda»."),
    ),
    Excluding(
        _("«sin hijos», estado civil"),
        r"\bhij[oa]s?\b|estado civil|\bsolter[oa]s?\b|\bcasad[oa]s?\b|embaraz|cargas? de familia",
        _("Discrimina. Describí horarios, guardias y viajes."),
    ),
    Excluding(
        _("«disponibilidad absoluta», «full time sin límite»"),
        r"disponibilidad (absoluta|total|full|completa|inmediata)|24/7|sin horario",
        _("Aleja a quien cuida a otras personas. Decí los turnos y las guardias, con su pago."),
    ),
    Excluding(
        _("«nativo», acento"),
        r"\bnativ[oa]s?\b|lengua materna|\b(sin|buen) acento\b|acento neutro",
        _("Decí qué hay que poder hacer con el idioma: escribir un informe, negociar."),
    ),
    Excluding(
        _("nacionalidad, «solo argentinos»"),
        r"nacionalidad|\bsolo (argentin|mexican|chilen|colombian|peruan|uruguay|espanol)",
        _("Alcanza con decir si hace falta permiso de trabajo."),
    ),
    Excluding(
        _("salud, «sin discapacidad»"),
        r"\b(persona|candidat[oa]s?) san[oa]s?\b|sin discapacidad"
        r"|salud (compatible|perfecta)|libreta sanitaria",
        _("Describí la tarea y ofrecé ajustes. Los exámenes que manda la ley van después."),
    ),
    Excluding(
        _("barrio, «que viva cerca»"),
        r"\b(vivir|viva|residir|resida) (cerca|en zona|en la zona|a menos)|\bresidentes? (en|de)\b",
        _("Decí dónde es y en qué horario; cómo llegar lo resuelve la persona."),
    ),
    Excluding(
        _("religión, ideas, gremio"),
        r"religi|catolic|cristian|sin actividad (gremial|sindical|politica)",
        _("Son libertades protegidas: no van en un aviso."),
    ),
    Excluding(
        _("«antecedentes», «Veraz limpio»"),
        r"antecedentes (penales|policiales|crediticios)|sin (antecedentes|deudas)|\bveraz\b",
        _("Solo si una norma lo pide para esta tarea, y entonces citala."),
    ),
)
