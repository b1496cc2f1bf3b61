"""Findings in the words of the form that the editor has in front of them."""

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.choices import TraitCode
from profiles.models import InterviewQuestion, Profile, TraitTarget

# Parts of a document's path that are not the name of a field.
PLACES = {
    "aliases": gettext_lazy("otros nombres"),
    "anchors": gettext_lazy("respuesta"),
    "archetypes": gettext_lazy("arquetipos"),
    "career": gettext_lazy("plan de carrera"),
    "codes": gettext_lazy("códigos ocupacionales"),
    "consequence": gettext_lazy("qué implica"),
    "considerations": gettext_lazy("consideraciones"),
    "questions": gettext_lazy("preguntas"),
    "red_flags": gettext_lazy("señales de alerta"),
    "related": gettext_lazy("roles relacionados"),
    "role": gettext_lazy("todo el rol"),
    "strengths": gettext_lazy("fortalezas"),
    "targets": gettext_lazy("rangos"),
    "text": gettext_lazy("texto"),
}
MAX_SAID = 5


def say(finding):
    """Return a finding as an editor reads it: "Preguntas › 3 › respuesta › 1: …"."""
    parts = finding.path.split(".")
    own = parts[2:] if parts[0] == "contexts" else parts[parts[0] == "base" :]
    place = " › ".join(_place(part, before) for before, part in zip(["", *own], own, strict=False))
    return f"{capfirst(place)}: {finding.message}" if place else capfirst(finding.message)


def say_all(findings):
    """Return several findings in one line, the first ones in full and the rest counted."""
    said = [say(finding) for finding in findings[:MAX_SAID]]
    if rest := len(findings) - len(said):
        said.append(_("y %(rest)s más") % {"rest": rest})
    return "; ".join(said)


def _place(part, before):
    if part.isdigit():
        # Anchors are named by their rating; everything else is counted from zero.
        return part if before == "anchors" else str(int(part) + 1)
    if part in TraitCode.values:
        return str(TraitCode(part).label)
    return str(PLACES.get(part) or _field_name(part))


def _field_name(part):
    for model in (Profile, InterviewQuestion, TraitTarget):
        try:
            return model._meta.get_field(part).verbose_name
        except FieldDoesNotExist:
            continue
    return part
