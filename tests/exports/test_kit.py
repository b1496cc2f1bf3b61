"""The interview kit: which questions, how many minutes, and the page to choose and print them."""

import re
from dataclasses import replace

import pytest

from profiles.documents.choices import TraitCode
from profiles.exports.kit import Asked, InvalidSelection, interview_kit
from profiles.views.shelf import profile_page

pytestmark = pytest.mark.usefixtures("vocabulary")
PATH = "/guia-de-roles/startup/data-tester/entrevista"


def make_page(page, own=(), base=(), critical=()):
    """Return ``page`` with other questions, (key, traits) each, and other critical traits."""
    question = page.questions.own[0].question

    def importance(code):
        return {"importance": "critical" if code in critical else "flexible"}

    def questions(pairs):
        changes = ({"key": key, "traits": traits} for key, traits in pairs)
        return {"questions": tuple(question.model_copy(update=change) for change in changes)}

    targets = page.document.targets
    changed = {code: t.model_copy(update=importance(code)) for code, t in targets.items()}
    document = questions(own) | {"targets": targets.model_copy(update=changed)}
    return replace(
        page,
        document=page.document.model_copy(update=document),
        base=page.base.model_copy(update=questions(base)),
    )


@pytest.fixture
def page(role):
    return profile_page("data-tester", "startup")


def keys(kit):
    return [item.question.key for item in kit.questions]


def named(prefix, *traits):
    return [(f"{prefix}-{number}", [code]) for number, code in enumerate(traits)]


@pytest.mark.parametrize(
    ("own", "base", "critical", "chosen"),
    [
        # Every critical trait is covered.
        ("CC", ("C", "C", "C", "O", "E", "ER"), ("O", "E", "ER"), "o0 o1 b3 b4 b5"),
        # The context's own come first.
        ("CC", "CCCCCC", (), "o0 o1 b0 b1 b2"),
        # Critical traits come before the context's own.
        ("CCCCCCCCC", ("O", "E", "A", "EE"), ("C", "O", "E", "A", "EE"), "o0 b0 b1 b2 b3"),
        # What was asked least comes before what was asked.
        ("", "CCCCEE", (), "b0 b1 b2 b4 b5"),
        # A short profile gives what it has.
        ("C", "CC", (), "o0 b0 b1"),
    ],
)
def test_default_set_is_balanced(page, own, base, critical, chosen):
    kit = interview_kit(make_page(page, named("o", *own), named("b", *base), critical))
    assert " ".join(key.replace("-", "") for key in keys(kit)) == chosen
    assert [item.is_own for item in kit.questions] == [key[0] == "o" for key in chosen.split()]
    assert kit.uncovered == []
    short = interview_kit(make_page(page, named("o", "C"), critical=("C", "ER")))
    assert short.uncovered == ["Involucramiento Relacional"]


@pytest.mark.parametrize(("minutes", "fitting"), [(30, 3), (45, 5), (60, 8)])
def test_default_set_has_as_many_questions_as_fit(page, minutes, fitting):
    kit = interview_kit(make_page(page, named("o", *"C" * 12)), Asked(minutes=minutes))
    assert (len(kit.questions), kit.spare in range(7), kit.fit_words) == (fitting, True, "")
    total, opening, count, each, closing = map(int, re.findall(r"\d+", kit.plan_words))
    assert opening + count * each + closing == total


def test_chosen_questions_keep_the_order_of_the_page_but_unknown_ones_and_too_many(page):
    kit = interview_kit(page, Asked(["base-2", "startup-1", "base-2"]))
    numbered = [(item.number, item.question.key) for item in kit.questions]
    assert numbered == [(1, "startup-1"), (2, "base-2")]
    with pytest.raises(InvalidSelection, match="no tiene la pregunta «nada» y «otra»"):
        interview_kit(page, Asked(["otra", "base-1", "nada"]))
    many = make_page(page, named("o", *"C" * 21))
    chosen = [item.question.key for item in many.questions.own]
    with pytest.raises(InvalidSelection, match="Elegiste 21 preguntas; en una guía entran hasta"):
        interview_kit(many, Asked(chosen))
    assert len(interview_kit(many, Asked(chosen[:20])).questions) == 20


def test_kit_says_what_does_not_fit_and_what_is_left(page):
    chosen = [item.question.key for item in page.questions.all[:7]]
    counts = [(7, 45), (6, 45), (7, 60), (2, 45)]
    fit = [interview_kit(page, Asked(chosen[:n], minutes)).fit_words for n, minutes in counts]
    too_many = [
        f"No entra todo: alcanza para 5. La{s} min más." for s in ("s 6 y 7 piden 7", " 6 pide 1")
    ]
    assert fit == [*too_many, "", "Quedan 21 minutos sin usar."]


@pytest.mark.parametrize("asked", [Asked(), Asked(["base-0", "base-1", "startup-1"])])
def test_two_people_share_the_interview_without_asking_twice(client, page, asked):
    halves = [interview_kit(page, replace(asked, part=part)) for part in (1, 2)]
    first, second = map(set, map(keys, halves))
    assert (first & second, abs(len(first) - len(second)) <= 1) == (set(), True)
    assert halves[0].title == "Guía de entrevista, parte 1 de 2"
    assert not asked.keys or first | second == set(asked.keys)
    with pytest.raises(InvalidSelection, match="al menos dos preguntas"):
        interview_kit(page, Asked(["base-1"], part=2))
    assert "parte=2" not in get(client, "?pregunta=base-1").text
    assert get(client, "?pregunta=base-1&parte=2").status_code == 400


def test_two_halves_cover_every_critical_trait_together(page):
    codes = TraitCode.values
    many = make_page(page, named("o", "C", "C"), named("b", *codes), critical=codes)
    halves = [interview_kit(many, Asked(part=part)) for part in (1, 2)]
    asked = {code for half in halves for item in half.questions for code in item.question.traits}
    assert asked == set(codes)
    assert [half.uncovered for half in halves] == [[], []]


def get(client, query=""):
    return client.get(f"{PATH}/{query}")


def test_interview_kit_shows_its_parts_in_order_and_what_belongs_to_a_question(client, page):
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", get(client).text) == [
        *("Antes de empezar", "Qué pide el puesto", "Para abrir", "Cómo calificar", "Preguntas"),
        *("Qué notaste", "Hoja de resumen", "Para cerrar", "Qué no preguntar", "Uso responsable"),
    ]
    html = get(client, "?pregunta=startup-1").text
    question = page.questions.own[1].question
    expected = [question.text, *question.follow_ups, question.focus]
    expected += [anchor for _rating, anchor in question.anchors.rated()]
    expected += [*page.strengths.all, *page.red_flags.all]
    kit = html.split("data-sheet>")[1]
    assert [text for text in expected if text not in kit] == []
    assert html.count('class="block-question"') == 1


def test_buttons_of_the_form_are_the_files_of_what_is_ticked(client, role, queries):
    """Without JavaScript, too: they send the ticks with them."""
    html = get(client, "?pregunta=base-2&pregunta=startup-1&minutos=60").text
    assert queries(get, client) == 3
    form = re.search(r'<form[^>]* id="hoja".*?</form>', html, re.DOTALL)[0]
    files = [f"{PATH}.{extension}" for extension in ("pdf", "docx", "md", "xlsx", "csv")]
    assert re.findall(r'<button[^>]* formaction="([^"]+)"', form) == files
    boxes = re.findall(r'<input type="checkbox" form="hoja" name="pregunta"[^>]*>', html)
    assert len(boxes) == 8
    ticked = re.findall(r'value="([\w-]+)" checked', "".join(boxes))
    assert sorted(ticked) == ["base-2", "startup-1"]
    assert '<input type="hidden" name="minutos" value="60">' in form


def test_length_part_and_size_are_links_that_keep_the_choice(client, role):
    for query, count in (("?pregunta=", 5), ("?pregunta=base-2", 1), ("?minutos=30", 3)):
        assert f"Elegir preguntas ({count} de 8)" in get(client, query).text
    html = get(client, "?pregunta=base-1&pregunta=base-2&pregunta=startup-1").text
    both = "pregunta=base-1&amp;pregunta=base-2"
    chosen = f"{PATH}/?{both}&amp;pregunta=startup-1"
    queries = ("", "&amp;minutos=30", "&amp;minutos=60", "&amp;parte=1", "&amp;parte=2")
    links = [f'href="{chosen}{query}"' for query in queries]
    # Another size has only the questions of the base.
    links.append(f'href="/guia-de-roles/perfiles/data-tester/entrevista/?{both}"')
    assert [link for link in links if link not in html] == []


def test_shared_kit_says_what_it_is_and_is_not_indexed(client, role):
    html = get(client, "?pregunta=base-2&minutos=30").text
    shared = re.search(r'property="og:url" content="([^"]+)"', html)[1]
    assert shared.endswith(f"{PATH}/?pregunta=base-2&amp;minutos=30")
    alt = re.search(r'property="og:image:alt" content="([^"]+)"', html)[1]
    assert "Data Tester en Startup, Guía de entrevista: 1 pregunta en 30 minutos" in alt
    assert '<meta name="robots" content="noindex">' in html
    assert re.search(r'rel="canonical" href="([^"]+)"', html)[1].endswith(f"{PATH}/")


@pytest.mark.parametrize("extension", ["/", ".pdf", ".csv"])
def test_unknown_question_is_a_clear_400(client, role, extension):
    response = client.get(f"{PATH}{extension}?pregunta=startup-1&pregunta=%3Cb%3E")
    assert response.status_code == 400
    assert "Este perfil no tiene la pregunta «&lt;b&gt;»." in response.text
    assert '<details class="panel kit__chooser" open>' in response.text


def test_kit_has_no_field_for_personal_data(client, role):
    html = get(client).text
    form = re.findall(r'<(?:input|textarea|select)[^>]* (?:form="hoja" )?name="([^"]+)"', html)
    # "nota" belongs to no form: the browser has nowhere to send it.
    assert set(form) - {"q", "nota"} == {"pregunta", "papel"}
    assert all('name="nota"' not in form for form in re.findall("<form.*?</form>", html, re.DOTALL))
