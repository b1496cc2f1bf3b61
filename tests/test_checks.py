"""The editorial rules: each is triggered by breaking one thing of a publishable role."""

import re

import pytest

from profiles.documents.schema import RoleDocument
from profiles.guide.checks import check_role, own_similarities, repeated_sentences, uncited_sources
from profiles.guide.findings import Finding, Severity
from profiles.guide.texts import texts_of
from tests.factories import Prose, make_role_document, question

# Words that no factory document uses.
SPARE = 9_000_000


def value_of(role: RoleDocument) -> dict:
    return role.model_dump(mode="json", by_alias=True)


def broken(*breaks, **options) -> RoleDocument:
    """Return the factory's role after each of ``breaks`` changed it as a dict."""
    value = value_of(make_role_document(**options))
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
RULES = {
    "career too short": (at("career", keep(3)), "career", "tiene 3; van de 4 a 5"),
    "few related": (at("related", keep(2)), "related", "tiene 2; van de 3 a 5"),
    "no alias": (at("aliases", []), "aliases", "faltan los otros nombres del rol"),
    "no archetype": (at("archetypes", None), "archetypes", "falta el arquetipo o su porqué"),
    "no archetype reason": (
        at("archetypes.reason", ""),
        "archetypes",
        "falta el arquetipo o su porqué",
    ),
    "no code": (at("codes", {}), "codes", "falta el código ocupacional"),
    "no summary": (at("base.summary", ""), "base.summary", "falta"),
    "no context summary": (at(f"{CONTEXT}.summary", ""), f"{CONTEXT}.summary", "falta"),
    "no teaser": (at(f"{CONTEXT}.teaser", ""), f"{CONTEXT}.teaser", "falta"),
    "no body": (at("base.body", ""), "base.body", "falta"),
    "short body": (
        at("base.body", cut(119)),
        "base.body",
        "tiene 119 palabras; van de 120 a 220",
    ),
    "long body": (
        at("base.body", sentence(221)),
        "base.body",
        "tiene 221 palabras; van de 120 a 220",
    ),
    "short context body": (
        at(f"{CONTEXT}.body", cut(59)),
        f"{CONTEXT}.body",
        "tiene 59 palabras; van de 60 a 140",
    ),
    "long context body": (
        at(f"{CONTEXT}.body", sentence(141)),
        f"{CONTEXT}.body",
        "tiene 141 palabras; van de 60 a 140",
    ),
    "few responsibilities": (
        at("base.responsibilities", keep(4)),
        "base.responsibilities",
        "tiene 4; van de 5 a 7",
    ),
    "few strengths": (at("base.strengths", keep(4)), "base.strengths", "tiene 4; van de 5 a 6"),
    "many red flags": (at("base.red_flags", more(7)), "base.red_flags", "tiene 7; van de 5 a 6"),
    "few questions": (at("base.questions", keep(5)), "base.questions", "tiene 5; van de 6 a 8"),
    "few considerations": (
        at(f"{CONTEXT}.considerations", keep(2)),
        f"{CONTEXT}.considerations",
        "tiene 2; van de 3 a 4",
    ),
    "few context strengths": (
        at(f"{CONTEXT}.strengths", keep(1)),
        f"{CONTEXT}.strengths",
        "tiene 1; van de 2 a 4",
    ),
    "many context red flags": (
        at(f"{CONTEXT}.red_flags", more(5)),
        f"{CONTEXT}.red_flags",
        "tiene 5; van de 2 a 4",
    ),
    "few context questions": (
        at(f"{CONTEXT}.questions", keep(1)),
        f"{CONTEXT}.questions",
        "tiene 1; van de 2 a 3",
    ),
    "no consequence": (
        at(f"{CONTEXT}.considerations.1.consequence", ""),
        f"{CONTEXT}.considerations.1.consequence",
        "falta la consecuencia",
    ),
    "no rationale": (
        at("base.targets.ER.rationale", ""),
        "base.targets.ER.rationale",
        "falta",
    ),
    "short rationale": (
        at("base.targets.O.rationale", cut(24)),
        "base.targets.O.rationale",
        "tiene 24 palabras; van de 25 a 45",
    ),
    "long rationale": (
        at("base.targets.O.rationale", sentence(46)),
        "base.targets.O.rationale",
        "tiene 46 palabras; van de 25 a 45",
    ),
    "short context rationale": (
        at(f"{CONTEXT}.targets.O.rationale", cut(14)),
        f"{CONTEXT}.targets.O.rationale",
        "tiene 14 palabras; van de 15 a 45",
    ),
    "study without source": (
        at("base.targets.C.basis", "meta-analysis"),
        "base.targets.C.sources",
        "un metaanálisis se cita: falta la fuente",
    ),
    "all high": (
        at("base.targets", all_high),
        "base.targets",
        "todos los rasgos son altos: un perfil real elige",
    ),
    "no range moves": (
        as_in_base("O", "E"),
        f"{CONTEXT}.targets",
        "se mueven 0 rangos respecto del perfil base; van al menos 2",
    ),
    "one range moves": (
        as_in_base("O"),
        f"{CONTEXT}.targets",
        "se mueven 1 rangos respecto del perfil base; van al menos 2",
    ),
    "no trait": (at(f"{Q}.traits", []), f"{Q}.traits", "falta el rasgo que evalúa"),
    "no focus": (at(f"{Q}.focus", ""), f"{Q}.focus", "falta la conducta que evalúa"),
    "one follow-up": (
        at(f"{Q}.follow_ups", keep(1)),
        f"{Q}.follow_ups",
        "tiene 1; van 2 repreguntas",
    ),
    "no anchor": (at(f"{Q}.anchors.3", ""), f"{Q}.anchors.3", "falta"),
    "short anchor": (
        at(f"{Q}.anchors.1", cut(14)),
        f"{Q}.anchors.1",
        "tiene 14 palabras; van de 15 a 35",
    ),
    "long anchor": (
        at(f"{Q}.anchors.5", sentence(36)),
        f"{Q}.anchors.5",
        "tiene 36 palabras; van de 15 a 35",
    ),
    "protected question": (
        at(f"{Q}.text", "¿Qué edad tenés?"),
        f"{Q}.text",
        "pregunta por un tema que no se pregunta",
    ),
    "protected follow-up": (
        at(f"{Q}.follow_ups.1", "¿Cuál es tu estado civil?"),
        f"{Q}.follow_ups.1",
        "pregunta por un tema que no se pregunta",
    ),
    "tuteo": (at("base.strengths.0", "Dime zaz."), "base.strengths.0", "«Dime»: acá se vosea"),
    "ustedeo": (
        at(f"{Q}.text", "Cuente usted zaz."),
        f"{Q}.text",
        "«usted»: acá se vosea",
    ),
    "context prefix": (
        at(f"{CONTEXT}.summary", "En una startup zaz zez."),
        f"{CONTEXT}.summary",
        "empieza con el nombre del contexto: decí qué cambia",
    ),
    "straight quotes": (
        at("career.0.changes", 'Zaz "zez" ziz.'),
        "career.0.changes",
        "comillas rectas: van «» o “”",
    ),
    "unopened question": (
        at(f"{Q}.text", "Zaz zez?"),
        f"{Q}.text",
        "falta un signo de apertura o de cierre",
    ),
    "unclosed exclamation": (
        at("related.0.difference", "¡Zaz zez."),
        "related.0.difference",
        "falta un signo de apertura o de cierre",
    ),
    "same opening": (
        at("base.strengths", same_opening),
        "role",
        "4 textos empiezan con «zaz zez ziz»; van hasta 3",
    ),
}
WARNINGS = {
    "no review date": (
        at("base.reviewed_on", None),
        "base.reviewed_on",
        "falta la fecha de revisión",
    ),
    "hyphen in a range": (
        at("base.strengths.0", "Zaz 51-200 zez."),
        "base.strengths.0",
        "un rango lleva raya corta (51–200)",
    ),
}


@pytest.mark.parametrize(
    "contexts", [(), ("startup",), ("startup", "pyme", "enterprise", "global")]
)
def test_complete_role_has_no_findings(contexts):
    assert check_role(make_role_document(contexts=contexts)) == []


@pytest.mark.parametrize("name", RULES)
def test_rule_finds_the_one_thing_that_is_broken(name):
    change, path, message = RULES[name]
    assert check_role(broken(change)) == [Finding(path, message, ERROR)]


@pytest.mark.parametrize("name", WARNINGS)
def test_warning_finds_the_one_thing_that_is_broken(name):
    change, path, message = WARNINGS[name]
    assert check_role(broken(change)) == [Finding(path, message, WARNING)]


def test_repeated_sentence_is_found_where_it_is_repeated():
    role = broken(
        at("base.red_flags.2", "Zaz zez ziz zoz zuz."),
        at("career.1.changes", "Otra. Zaz zez, ziz zoz ZÚZ."),
    )
    assert check_role(role) == [
        Finding(
            "base.red_flags.2",
            "la oración «zaz zez ziz zoz zuz» está en data-tester:career.1.changes, "
            "data-tester:base.red_flags.2",
        )
    ]


def test_sentence_of_the_base_blocks_each_context_that_copies_it():
    copied = "Zaz zez ziz zoz zuz."
    role = broken(
        at("base.strengths.0", copied),
        at("contexts.startup.strengths.1", copied),
        at("contexts.global.strengths.0", copied),
        contexts=("startup", "global"),
    )
    paths = [finding.path for finding in check_role(role)]
    assert paths == ["contexts.startup.strengths.1", "contexts.global.strengths.0"]


def test_contexts_that_say_nearly_the_same_are_found():
    def copy_with_one_more_word(document: dict) -> None:
        spare = Prose(SPARE)
        body = document["contexts"]["startup"]["body"].rstrip(".").lower()
        document["contexts"]["global"]["body"] = f"{spare.word()} {body}"

    role = broken(copy_with_one_more_word, contexts=("startup", "global"))
    [(share, left, right)] = own_similarities(role)
    assert check_role(role) == [
        Finding(f"contexts.{left}", f"se parece demasiado a {right} ({share:.2f}; van hasta 0,05)")
    ]


def test_errors_come_before_warnings():
    role = broken(at("base.reviewed_on", None), at(f"{CONTEXT}.teaser", ""))
    assert [finding.severity for finding in check_role(role)] == [ERROR, WARNING]


def test_finding_reads_as_one_line():
    assert str(Finding("base.body", "falta")) == "error: base.body: falta"


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuántos años tenés?",
        "¿Tenés hijos?",
        "¿Cuántos hijos tenés?",
        "¿Pensás tener hijos pronto?",
        "¿Estás embarazada?",
        "¿Estás casado?",
        "¿Qué religión practicás?",
        "¿Participás de un sindicato?",
        "¿Cuál es tu nacionalidad?",
        "¿Dónde vivís?",
        "¿Cómo está tu salud?",
        "¿Cuánto ganás hoy?",
        "¿Cuál fue tu sueldo anterior?",
        "¿A quién votaste?",
        "¿Qué dice tu pareja de los viajes?",
    ],
)
def test_question_about_private_life_is_found(text):
    finding = Finding(f"{Q}.text", "pregunta por un tema que no se pregunta")
    assert check_role(broken(at(f"{Q}.text", text))) == [finding]


@pytest.mark.parametrize(
    "text",
    [
        "Contame de una tabla con filas hijas que quedaron huérfanas.",
        "¿Cuántos años tiene el dato más viejo?",
        "Imaginá que cambia la familia de productos.",
        "¿Cuánto ganó la empresa con ese cambio?",
    ],
)
def test_question_about_the_work_is_not_found(text):
    assert check_role(broken(at(f"{Q}.text", text))) == []


def test_right_quotes_are_not_found():
    assert check_role(broken(at("base.strengths.0", "Zaz «zez» “ziz” zoz."))) == []


def test_three_texts_may_begin_alike():
    role = broken(at("base.strengths", lambda texts: [*same_opening(texts)[:3], *texts[3:]]))
    assert check_role(role) == []


def test_sentence_of_two_roles_crosses_roles():
    shared = at("base.strengths.0", "Zaz zez ziz zoz zuz.")
    left, right = broken(shared, slug="one-role"), broken(shared, slug="two-role")
    [repeat] = repeated_sentences([left, right])
    assert repeat.crosses_roles()
    assert repeat.places == (("one-role", "base.strengths.0"), ("two-role", "base.strengths.0"))


def test_short_sentence_may_recur():
    short = (at("base.strengths.0", "Zaz zez ziz zoz."), at("base.red_flags.0", "Zaz zez ziz zoz."))
    assert repeated_sentences([broken(*short)]) == []


def test_every_text_of_a_role_is_read():
    role = make_role_document(contexts=("startup",))
    texts = {text for _, text in texts_of(role)}
    names = {role.name, *role.aliases, *(step.title for step in role.career)}
    assert set(strings(value_of(role))) - texts - names == set()


def strings(value) -> list[str]:
    """Return the sentences of a document: its strings that end with a full stop or are long."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    is_prose = isinstance(value, str) and re.search(r"\w \w+ \w", value)
    return [value] if is_prose else []


def test_factory_question_is_complete():
    added = at("base.questions", lambda items: [*items, question(Prose(SPARE), "extra")])
    assert check_role(broken(added)) == []


def test_source_that_nobody_cites_is_found():
    citing = broken(at("base.targets.O.sources", ["salgado-1997"]))
    assert uncited_sources(["salgado-1997", "barrick-1991"], [citing]) == ["barrick-1991"]


@pytest.mark.parametrize("words", [120, 220])
def test_text_at_the_edge_of_its_limits_is_accepted(words):
    assert check_role(broken(at("base.body", sentence(words)))) == []
