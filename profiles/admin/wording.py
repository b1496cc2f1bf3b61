"""Findings in the words of the form that the editor has in front of them."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profiles.desk.readiness import own_steps
from profiles.documents.choices import CodeScheme, Horizon, Seniority, TraitCode
from profiles.documents.yaml_file import in_spanish
from profiles.models import (
    CareerStep,
    Consideration,
    InterviewQuestion,
    LevelNote,
    NearTitle,
    OccupationalCode,
    Profile,
    RelatedRole,
    Requirement,
    Role,
    ScreeningQuestion,
    TraitTarget,
    WorkSample,
)

# Parts of a document's path that are not the name of a field.
PLACES = {
    "aliases": gettext_lazy("otros nombres"),
    "anchors": gettext_lazy("respuesta"),
    "references": gettext_lazy("preguntas para referencias"),
    "requirements": gettext_lazy("requisitos"),
    "levels": gettext_lazy("niveles de experiencia"),
    "outcomes": gettext_lazy("resultados esperados"),
    "screening": gettext_lazy("preguntas de la llamada"),
    "work_sample": gettext_lazy("tarea de muestra"),
    "near": gettext_lazy("títulos cercanos"),
    "traits": gettext_lazy("rasgo que evalúa"),
    "archetypes": gettext_lazy("arquetipos"),
    "career": gettext_lazy("plan de carrera"),
    "codes": gettext_lazy("códigos ocupacionales"),
    "consequence": gettext_lazy("qué implica"),
    "considerations": gettext_lazy("consideraciones"),
    "questions": gettext_lazy("preguntas"),
    "red_flags": gettext_lazy("señales de alerta"),
    "related": gettext_lazy("roles relacionados"),
    "role": gettext_lazy("todo el rol"),
    "order": gettext_lazy("orden"),
    "primary": gettext_lazy("principal"),
    "reason": gettext_lazy("por qué"),
    "secondary": gettext_lazy("secundario"),
    "seo": gettext_lazy("buscadores"),
    "strengths": gettext_lazy("fortalezas"),
    "targets": gettext_lazy("rangos"),
    "text": gettext_lazy("texto"),
    "years": gettext_lazy("años"),
}
# The parts whose items have columns of their own.
GROUP_MODELS = {
    "career": CareerStep,
    "codes": OccupationalCode,
    "considerations": Consideration,
    "levels": LevelNote,
    "near": NearTitle,
    "requirements": Requirement,
    "screening": ScreeningQuestion,
    "work_sample": WorkSample,
    "questions": InterviewQuestion,
    "related": RelatedRole,
    "targets": TraitTarget,
}
MAX_SAID = 5


def say(finding):
    """Return a finding as an editor reads it: "Preguntas › 3 › respuesta › 1: …"."""
    return say_at(finding.path, finding.message)


def say_at(path, message):
    """Return a message with its place in front, where it has one."""
    named = place(path)
    return f"{named}: {message}" if named else capfirst(str(message))


def place(path, model=Profile):
    """Return a path in a row of ``model`` in words: "Preguntas › 3 › respuesta › 1"."""
    own = own_steps(path)
    if whole := _verbose_name("_".join(own), model):
        return capfirst(whole)
    item = GROUP_MODELS.get(next(iter(own), ""))
    words = [_place(step, before, item) for before, step in zip(["", *own], own, strict=False)]
    return capfirst(" › ".join(words))


def say_all(findings):
    """Return several findings in one line, the first ones in full and the rest counted."""
    said = [say(finding) for finding in findings[:MAX_SAID]]
    if rest := len(findings) - len(said):
        said.append(_("y %(rest)s más") % {"rest": rest})
    return "; ".join(said)


def section_label(section):
    """Return the name of a part of a profile: "strengths" → "Fortalezas"."""
    return capfirst(_place(section, "", None))


def _place(part, before, item):
    if part.isdigit():
        # Anchors are named by their rating; everything else is counted from zero.
        return part if before == "anchors" else str(int(part) + 1)
    for choices in (TraitCode, CodeScheme, Horizon, Seniority):
        if part in choices.values:
            return str(choices(part).label)
    own = _verbose_name(part, item) if item and before else ""
    return own or str(PLACES.get(part) or _field_name(part))


def _field_name(part):
    named = (_verbose_name(part, model) for model in (Profile, Role))
    return next(filter(None, named), part)


def _verbose_name(name, model):
    """Return what a model calls its column ``name``, or "" where it has none."""
    columns = {field.name: field for field in model._meta.fields}
    return str(columns[name].verbose_name) if name in columns else ""


def first_problem(error):
    """Return what no document can hold first, of pydantic's ``error``: where, and what is wrong."""
    first = error.errors()[0]
    return f"{place('.'.join(map(str, first['loc'])))}: {in_spanish(first)}"
