"""The editorial rules: each is triggered by breaking one thing of a publishable role."""

from urllib.parse import urljoin

import pytest

from profiles.desk.readiness import desk_places
from profiles.documents.markdown import lost_markdown
from profiles.documents.schema import RoleDocument
from profiles.guide.checks import Places, check_role, own_similarities
from profiles.guide.findings import Finding, Severity
from tests.helpers.factories import Prose, make_role_document, question

# Words that no factory document uses.
SPARE = 9_000_000


def broken(*breaks, **options) -> RoleDocument:
    """Return the factory's role after each of ``breaks`` changed it as a dict."""
    value = make_role_document(**options).model_dump(mode="json", by_alias=True)
    for change in breaks:
        change(value)
    return RoleDocument.model_validate(value)


def at(path: str, value):
    """Return a break that puts ``value`` (or what it makes of the old one) at ``path``."""
    *steps, last = path.split(".")

    def key(part, step):
        return int(step) if isinstance(part, list) else step

    def change(part: dict) -> None:
        for step in steps:
            part = part[key(part, step)]
        last_key = key(part, last)
        part[last_key] = value(part[last_key]) if callable(value) else value

    return change


def cut(words: int):
    """Return what keeps the first ``words`` words of a text."""
    return lambda text: " ".join(text.split()[:words])


def keep(items: int):
    """Return what keeps the first ``items`` of a list."""
    return lambda values: values[:items]


def more(items: int):
    """Return what adds sentences to a list until it has ``items``."""
    prose = Prose(SPARE)
    return lambda values: [*values, *(prose.sentence() for _ in range(items - len(values)))]


def sentence(words: int) -> str:
    return Prose(SPARE).sentence(words)


def all_high(targets: dict) -> dict:
    return {code: target | {"low": 3.0, "high": 3.8} for code, target in targets.items()}


def as_in_base(*codes):
    """Return a break that gives the context the base's ranges for ``codes``."""

    def change(document: dict) -> None:
        own = document["contexts"]["startup"]["targets"]
        for code in codes:
            own[code].update({k: document["base"]["targets"][code][k] for k in ("low", "high")})

    return change


def same_opening(texts: list[str]) -> list[str]:
    return [f"Zaz zez ziz {text}" if n < 4 else text for n, text in enumerate(texts)]


CONTEXT = "contexts.startup"
Q = "base.questions.0"
ERROR, WARNING = Severity.ERROR, Severity.WARNING
FEW, MISSING = "tiene {}; van de {} a {}", "falta"
WORDS = "tiene {} palabras; van de {} a {}"
PROTECTED = "pregunta por un tema que no se pregunta"
SAY = "del contexto: decí qué cambia"
UNCITED, NO_COUNTRY = "un metaanálisis se cita: falta la fuente", "falta el país que lo exige"
SEMICOLONS = "«;»: 15,1 cada mil palabras; van hasta 1,5"
OPENINGS = "4 textos empiezan con «zaz zez ziz»; van hasta 3"
SIGNS = "falta un signo de apertura o de cierre"
MOVES = "se mueven {} rangos respecto del perfil base; van al menos 2"
# Of each rule: the place that breaks it, how, and what is said there.
RULES = [
    ("career", keep(3), FEW.format(3, 4, 5)),
    ("aliases", [], "faltan los otros nombres del rol"),
    ("archetypes", None, "falta el arquetipo o su porqué"),
    ("codes", {}, "falta el código ocupacional"),
    ("base.summary", "", MISSING),
    ("base.body", sentence(221), WORDS.format(221, 120, 220)),
    (f"{CONTEXT}.body", cut(59), WORDS.format(59, 60, 140)),
    ("base.responsibilities", keep(4), FEW.format(4, 5, 7)),
    ("base.questions", keep(5), FEW.format(5, 6, 8)),
    (f"{CONTEXT}.red_flags", more(5), FEW.format(5, 2, 4)),
    (f"{CONTEXT}.considerations.1.consequence", "", "falta la consecuencia"),
    ("base.targets.ER.rationale", "", MISSING),
    ("base.targets.O.rationale", sentence(46), WORDS.format(46, 25, 45)),
    ("base.targets", all_high, "todos los rasgos son altos: un perfil real elige"),
    (f"{Q}.traits", [], "falta el rasgo que evalúa"),
    (f"{Q}.focus", "", "falta la conducta que evalúa"),
    (f"{Q}.follow_ups", keep(1), "tiene 1; van 2 repreguntas"),
    (f"{Q}.anchors.5", sentence(36), WORDS.format(36, 15, 35)),
    (f"{Q}.follow_ups.1", "¿Cuál es tu estado civil?", PROTECTED),
    ("base.strengths.0", "Dime zaz.", "«Dime»: acá se vosea"),
    (f"{Q}.text", "Cuente usted zaz.", "«usted»: acá se vosea"),
    (f"{CONTEXT}.summary", "En una startup zaz zez.", f"empieza con el nombre {SAY}"),
    ("career.0.changes", 'Zaz "zez" ziz.', "comillas rectas: van «» o “”"),
    (f"{Q}.text", "Zaz zez?", SIGNS),
    ("base.outcomes.days_90", keep(2), "tiene 2; van 3"),
    (f"{CONTEXT}.outcomes.year", keep(1), FEW.format(1, 2, 3)),
    ("base.ai", cut(49), WORDS.format(49, 50, 90)),
    ("base.work_sample", None, "falta la tarea de muestra"),
    ("base.work_sample.brief", cut(79), WORDS.format(79, 80, 180)),
    ("base.work_sample.anchors.5", "", MISSING),
    ("base.work_sample.ai", "", "falta decir si puede usar IA"),
    ("base.work_sample.brief", "{} <u>x".format, lost_markdown("<u>")),
]
# What is said elsewhere than at the broken place.
ELSEWHERE = [
    (at("archetypes.reason", ""), "archetypes", "falta el arquetipo o su porqué"),
    (at("base.targets.C.basis", "meta-analysis"), "base.targets.C.sources", UNCITED),
    (as_in_base("O", "E"), f"{CONTEXT}.targets", MOVES.format(0)),
    (as_in_base("O"), f"{CONTEXT}.targets", MOVES.format(1)),
    (at("base.requirements.0.kind", "regulated"), "base.requirements.0.country", NO_COUNTRY),
    (at("base.strengths.0", f"{'Zaz; zez ' * 99}."[:299]), "role", SEMICOLONS),
    (at("base.strengths", same_opening), "role", OPENINGS),
]
WARNINGS = [
    ("base.reviewed_on", None, "falta la fecha de revisión"),
    ("base.strengths.0", "Zaz 51-200 zez.", "un rango lleva raya corta (51–200)"),
]


@pytest.mark.parametrize("contexts", [(), ("startup", "pyme", "enterprise", "global")])
def test_complete_role_has_no_findings(contexts):
    assert check_role(make_role_document(contexts=contexts)) == []


@pytest.mark.parametrize(("place", "change", "message"), [*RULES, *WARNINGS])
def test_rule_finds_the_one_thing_that_is_broken(place, change, message):
    severity = WARNING if (place, change, message) in WARNINGS else ERROR
    assert check_role(broken(at(place, change))) == [Finding(place, message, severity)]


@pytest.mark.parametrize(("change", "place", "message"), ELSEWHERE)
def test_rule_says_where_to_mend_what_is_broken(change, place, message):
    assert check_role(broken(change)) == [Finding(place, message)]


def test_repeated_sentence_is_found_where_it_is_repeated():
    role = broken(
        at("base.red_flags.2", "Zaz zez ziz zoz zuz."),
        at("career.1.changes", "Otra. Zaz zez, ziz zoz ZÚZ."),
    )
    said = "repite la oración «Zaz zez, ziz zoz ZÚZ.»"
    places = ("career.1.changes", "base.red_flags.2")
    assert check_role(role) == [Finding(places[1], said, others=places)]
    # A sentence of the base blocks each context that copies it.
    copies = ["contexts.startup.strengths.1", "contexts.global.strengths.0"]
    copied = (at(path, "Zaz zez ziz zoz zuz.") for path in ("base.strengths.0", *copies))
    role = broken(*copied, contexts=("startup", "global"))
    assert [finding.path for finding in check_role(role)] == copies


def test_contexts_that_say_nearly_the_same_are_found():
    def copy_with_one_more_word(document: dict) -> None:
        spare = Prose(SPARE)
        body = document["contexts"]["startup"]["body"].rstrip(".").lower()
        document["contexts"]["global"]["body"] = f"{spare.word()} {body}"

    role = broken(copy_with_one_more_word, contexts=("startup", "global"))
    [(share, left, right)] = own_similarities(role)
    said = f"se parece demasiado a {right} ({share:.2f}; van hasta 0,05)".replace("0.", "0,")
    assert check_role(role) == [Finding(f"contexts.{left}", said)]


PRIVATE = (
    *("¿Qué edad tenés?", "¿Cuántos años tenés?", "¿Tenés hijos?", "¿Estás embarazada?"),
    *("¿Pensás tener hijos pronto?", "¿Estás casado?", "¿Qué dice tu pareja de los viajes?"),
    *("¿Qué religión practicás?", "¿Participás de un sindicato?", "¿Dónde vivís?"),
    *("¿Cuál es tu nacionalidad?", "¿Cómo está tu salud?", "¿Cuánto ganás hoy?"),
    *("¿Cuál fue tu sueldo anterior?", "¿A quién votaste?"),
)
OF_THE_WORK = (
    *("Contame de una tabla con filas hijas que quedaron huérfanas.", "¿Cuánto ganó la empresa?"),
    *("¿Cuántos años tiene el dato más viejo?", "Imaginá que cambia la familia de productos."),
)


def test_question_about_private_life_is_found_and_one_about_the_work_is_not():
    asked = {text: check_role(broken(at(f"{Q}.text", text))) for text in (*PRIVATE, *OF_THE_WORK)}
    finding = Finding(f"{Q}.text", PROTECTED)
    assert {text for text, found in asked.items() if found == [finding]} == set(PRIVATE)
    assert {text for text, found in asked.items() if not found} == set(OF_THE_WORK)


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("base.strengths.0", "Zaz «zez» “ziz” zoz."),
        ("base.strengths", lambda texts: [*same_opening(texts)[:3], *texts[3:]]),
        ("base.body", sentence(120)),
        ("base.body", sentence(220)),
        ("base.questions", lambda items: [*items, question(Prose(SPARE), "extra")]),
    ],
)
def test_what_lies_within_the_rules_is_accepted(place, change):
    assert check_role(broken(at(place, change))) == []


def linking(address):
    """Return the factory's role with a link to ``address`` in its base text."""
    return broken(at("base.body", lambda text: f"{text[:-1]} [acá]({address})."))


PLACES = Places(
    profiles=frozenset({(None, "data-tester"), ("global", "data-tester"), (None, "alone")}),
    contexts=frozenset({"global"}),
    areas=frozenset({"datos-e-ia"}),
    traits=frozenset({"apertura"}),
    archetypes=frozenset({"lupa"}),
)


LIVE = (
    *("", "perfiles/data-tester/", "perfiles/data-tester.md", "global/data-tester/", "global/"),
    *("perfiles/data-tester/entrevista/#pregunta", "perfiles/data-tester/entrevista.pdf"),
    *("perfiles/data-tester/por-tamano/", "areas/datos-e-ia/", "rasgos/", "arquetipos/lupa/"),
)
DEAD = (
    *("perfiles/data-taster/", "perfiles/data-tester/otra/", "perfiles/data-tester/entrevista.foo"),
    *("perfiles/alone/por-tamano/", "global/alone/", "vista-previa/abc/", "pyme/data-tester/"),
    *("areas/", "rasgos/apertura/mas/", "../admin/"),
)


@pytest.mark.parametrize("path", [*LIVE, *DEAD])
def test_dead_link_blocks_and_one_that_leads_somewhere_is_accepted(path):
    address = urljoin("/guia-de-roles/", path)
    dead = Finding("base.body", f"el enlace «{address}» no lleva a ninguna página")
    assert (dead in check_role(linking(address), PLACES)) is (path in DEAD)
    elsewhere = linking("https://example.com/cualquiera/")
    assert check_role(elsewhere, PLACES) == check_role(elsewhere)


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("startup/data-tester/entrevista.pdf", True),
        ("startup/otro-data-tester/", True),
        ("global/data-tester/", False),
        ("perfiles/data-tester.foo", False),
        ("startup/data-tester/por-tamano/", False),
    ],
)
def test_link_is_known_where_its_page_answers(role, client, address, leads):
    address = f"/guia-de-roles/{address}"
    assert desk_places().knows(address) is leads
    assert (client.get(address, follow=True).status_code == 200) is leads
