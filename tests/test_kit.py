"""The interview kit: which questions, how many minutes, and the page to choose and print them."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from profiles.desk.publishing import withdraw
from profiles.documents.choices import TraitCode
from profiles.exports.kit import (
    CLOSING_MINUTES,
    OPENING_MINUTES,
    InvalidSelection,
    Plan,
    Request,
    interview_kit,
    kit_sheet,
    rating_scale,
)
from profiles.views.shelf import profile_page
from tests.factories import make_role, make_role_document

pytestmark = pytest.mark.usefixtures("vocabulary")

URL = "https://guia.example/guia-de-roles/startup/data-tester/"


def make_page(page, own=(), base=(), critical=()):
    """Return ``page`` with other questions, (key, traits) each, and other critical traits."""
    question = page.questions.own[0].question
    targets = {
        code: target.model_copy(
            update={"importance": "critical" if code in critical else "flexible"}
        )
        for code, target in page.document.targets.items()
    }

    def questions(pairs):
        return tuple(
            question.model_copy(update={"key": key, "traits": traits}) for key, traits in pairs
        )

    return replace(
        page,
        document=page.document.model_copy(
            update={
                "questions": questions(own),
                "targets": page.document.targets.model_copy(update=targets),
            }
        ),
        base=page.base.model_copy(update={"questions": questions(base)}),
    )


@pytest.fixture
def page(role):
    return profile_page("data-tester", "startup")


def keys(kit):
    return [item.question.key for item in kit.questions]


OWN = [("own-0", ["C"]), ("own-1", ["C"])]
BASE = [(f"base-{number}", ["C"]) for number in range(6)]


def test_default_set_covers_every_critical_trait(page):
    base = [*BASE[:3], ("base-3", ["O"]), ("base-4", ["E"]), ("base-5", ["ER"])]
    kit = interview_kit(make_page(page, OWN, base, critical=("O", "E", "ER")), URL)
    assert keys(kit) == ["own-0", "own-1", "base-3", "base-4", "base-5"]
    assert kit.uncovered == []


def test_default_set_prefers_the_contexts_own_questions(page):
    kit = interview_kit(make_page(page, OWN, BASE), URL)
    assert keys(kit) == ["own-0", "own-1", "base-0", "base-1", "base-2"]
    assert [question.is_own for question in kit.questions] == [True, True, False, False, False]


@pytest.mark.parametrize(("minutes", "fitting"), [(30, 3), (45, 5), (60, 8)])
def test_default_set_has_as_many_questions_as_fit(page, minutes, fitting):
    own = [(f"own-{number}", ["C"]) for number in range(12)]
    kit = interview_kit(make_page(page, own), URL, Request(minutes=minutes))
    assert len(kit.questions) == fitting
    assert kit.plan.spare in range(7)
    assert kit.fit_words == ""


def test_critical_traits_come_before_the_contexts_own_questions(page):
    own = [(f"own-{number}", ["C"]) for number in range(9)]
    base = [(f"base-{code}", [code]) for code in ("O", "E", "A", "EE")]
    kit = interview_kit(make_page(page, own, base, critical=("C", "O", "E", "A", "EE")), URL)
    assert keys(kit) == ["own-0", *(key for key, _traits in base)]


def test_default_set_is_what_there_is_in_a_short_profile(page):
    assert keys(interview_kit(make_page(page, OWN[:1], BASE[:2]), URL)) == [
        "own-0",
        "base-0",
        "base-1",
    ]


def test_kit_says_which_critical_trait_no_question_evaluates(page):
    kit = interview_kit(make_page(page, OWN, BASE, critical=("C", "ER")), URL)
    assert kit.uncovered == ["Involucramiento Relacional"]


def test_base_profile_has_no_own_questions(role):
    kit = interview_kit(profile_page("data-tester"), URL)
    assert {question.is_own for question in kit.questions} == {False}
    assert kit_sheet(kit).subtitle.startswith("Perfil base · ")


def test_chosen_questions_keep_the_order_of_the_page_and_collapse(page):
    kit = interview_kit(page, URL, Request(["base-2", "startup-1", "base-2"]))
    assert keys(kit) == ["startup-1", "base-2"]
    assert [question.number for question in kit.questions] == [1, 2]


def test_unknown_question_is_refused_by_name(role):
    with pytest.raises(InvalidSelection, match="no tiene la pregunta «nada» y «otra»"):
        interview_kit(profile_page("data-tester"), URL, Request(["otra", "base-1", "nada"]))


def test_more_than_twenty_questions_are_refused(page):
    many = make_page(page, [(f"own-{number}", ["C"]) for number in range(21)])
    chosen = [item.question.key for item in many.questions.own]
    with pytest.raises(InvalidSelection, match="Elegiste 21 preguntas; en una guía entran hasta"):
        interview_kit(many, URL, Request(chosen))
    assert len(interview_kit(many, URL, Request(chosen[:20])).questions) == 20


@pytest.mark.parametrize(
    ("questions", "total", "each", "spare"),
    [(1, 45, 7, 28), (5, 45, 7, 0), (6, 45, 6, -1), (3, 30, 6, 2), (7, 60, 7, 1), (8, 60, 6, 2)],
)
def test_minutes_are_shared_out(questions, total, each, spare):
    plan = Plan(questions, total)
    assert (plan.each, plan.spare) == (each, spare)
    assert OPENING_MINUTES + each * questions + CLOSING_MINUTES + spare == total


def test_kit_says_what_does_not_fit(page):
    chosen = [item.question.key for item in page.questions.all[:7]]
    kit = interview_kit(page, URL, Request(chosen))
    assert kit.fit_words == ("No entra todo: alcanza para 5. Las 6 y 7 piden 7 minutos más.")
    assert interview_kit(page, URL, Request(chosen, 60)).fit_words == ""


def test_kit_says_how_many_minutes_are_left(page):
    kit = interview_kit(page, URL, Request(["base-1", "base-2"]))
    assert kit.fit_words == "Quedan 21 minutos sin usar."


@pytest.mark.parametrize("asked", [Request(), Request(["base-0", "base-1", "startup-1"])])
def test_two_people_share_the_interview_without_asking_twice(page, asked):
    halves = [interview_kit(page, URL, replace(asked, part=part)) for part in (1, 2)]
    first, second = map(set, map(keys, halves))
    assert first & second == set()
    assert abs(len(first) - len(second)) <= 1
    titles = [half.title for half in halves]
    assert titles == [f"Guía de entrevista, parte {part} de 2" for part in (1, 2)]
    if asked.keys:
        assert first | second == set(asked.keys)


def test_one_question_is_not_shared_by_two(client, role, page):
    with pytest.raises(InvalidSelection, match="al menos dos preguntas"):
        interview_kit(page, URL, Request(["base-1"], part=2))
    assert "parte=2" not in get(client, "?pregunta=base-1").text
    assert get(client, "?pregunta=base-1&parte=2").status_code == 400


def test_two_halves_cover_every_critical_trait_together(page):
    base = [(f"base-{code}", [code]) for code in TraitCode.values]
    many = make_page(page, OWN, base, critical=TraitCode.values)
    halves = [interview_kit(many, URL, Request(part=part)) for part in (1, 2)]
    asked = {code for half in halves for item in half.questions for code in item.question.traits}
    assert asked == set(TraitCode.values)
    assert [half.uncovered for half in halves] == [[], []]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["base-1"], "Te vamos a hacer la misma pregunta que a todas las personas"),
        (["base-1", "base-2"], "en el mismo orden. Son 2. Así"),
    ],
)
def test_opening_counts_the_questions(page, chosen, words):
    assert words in interview_kit(page, URL, Request(chosen)).opening[1]


def test_rating_has_five_numbers_and_three_anchors(page):
    anchors = page.questions.own[0].question.anchors
    scale = [anchors.weak, "", anchors.acceptable, "", anchors.excellent]
    assert rating_scale(anchors) == list(enumerate(scale, start=1))


def get(client, query="", place="startup"):
    return client.get(f"/guia-de-roles/{place}/data-tester/entrevista/{query}")


def test_interview_kit_shows_its_parts_in_order(client, role):
    html = get(client).content.decode()
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", html) == [
        "Antes de empezar",
        "Qué pide el puesto",
        "Para abrir",
        "Cómo calificar",
        "Preguntas",
        "Qué notaste",
        "Hoja de resumen",
        "Para cerrar",
        "Qué no preguntar",
        "Uso responsable",
    ]


def test_interview_kit_shows_what_belongs_to_a_question(client, role):
    html = get(client, "?pregunta=startup-1").content.decode()
    question = profile_page("data-tester", "startup").questions.own[1].question
    expected = [question.text, *question.follow_ups, question.focus]
    expected += [anchor for _rating, anchor in question.anchors.rated()]
    kit = html.split("data-sheet>")[1]
    assert [text for text in expected if text not in kit] == []
    assert html.count('class="block-question"') == 1
    assert html.count('type="checkbox"') == 8
    assert [
        text
        for text in (
            *profile_page("data-tester", "startup").strengths.all,
            *profile_page("data-tester", "startup").red_flags.all,
        )
        if text not in kit
    ] == []
    assert re.findall(r'name="pregunta"\s+value="([\w-]+)" checked', html) == ["startup-1"]


def test_buttons_of_the_form_are_the_files_of_what_is_ticked(client, role):
    """Without JavaScript, too: they send the ticks with them."""
    html = get(client, "?pregunta=base-2&pregunta=startup-1&minutos=60").text
    form = re.search(r'<form[^>]* id="hoja".*?</form>', html, re.DOTALL)[0]
    path = "/guia-de-roles/startup/data-tester/entrevista"
    files = [f"{path}.{extension}" for extension in ("pdf", "docx", "md", "xlsx", "csv")]
    assert re.findall(r'<button[^>]* formaction="([^"]+)"', form) == files
    boxes = re.findall(r'<input type="checkbox" form="hoja" name="pregunta"[^>]*>', html)
    assert len(boxes) == 8
    assert sorted(re.findall(r'value="([\w-]+)" checked', "".join(boxes))) == [
        "base-2",
        "startup-1",
    ]
    assert '<input type="hidden" name="minutos" value="60">' in form


def test_kit_that_was_chosen_has_a_clean_address_and_a_closed_list(client, role):
    html = get(client, "?pregunta=base-2").text
    assert 'name="pregunta" value=""' not in html
    assert '<details class="panel kit__chooser" >' in html
    assert 'formaction="/guia-de-roles/startup/data-tester/entrevista/#plan"' in html
    assert '<p class="sheet__plan" id="plan" tabindex="-1"' in html


@pytest.mark.parametrize(
    ("query", "count"), [("", "5 de 8"), ("?pregunta=base-2", "1 de 8"), ("?minutos=30", "3 de 8")]
)
def test_counter_says_how_many_are_chosen(client, role, query, count):
    assert f"Elegir preguntas ({count})" in get(client, query).text


def test_length_and_part_are_links_that_keep_the_choice(client, role):
    html = get(client, "?pregunta=base-1&pregunta=base-2").text
    path = "/guia-de-roles/startup/data-tester/entrevista/?pregunta=base-1&amp;pregunta=base-2"
    wanted = ["", "&amp;minutos=30", "&amp;minutos=60", "&amp;parte=1", "&amp;parte=2"]
    assert [query for query in wanted if f'href="{path}{query}"' not in html] == []


def test_size_switch_keeps_the_questions_that_every_size_has(client, role):
    html = get(client, "?pregunta=base-2&pregunta=startup-1").text
    assert 'href="/guia-de-roles/perfiles/data-tester/entrevista/?pregunta=base-2"' in html


def test_question_says_what_to_ask_who_never_lived_it(client):
    document = make_role_document("twin-role")
    first = document.base.questions[0].model_copy(update={"instead": "¿Qué harías el día uno?"})
    questions = (first, *document.base.questions[1:])
    base = document.base.model_copy(update={"questions": questions})
    make_role("twin-role", document=document.model_copy(update={"base": base}))
    path = "/guia-de-roles/perfiles/twin-role/entrevista"
    for ending in ("/", ".md", ".csv"):
        assert "¿Qué harías el día uno?" in client.get(path + ending).text, ending


def test_shared_kit_says_what_it_is(client, role):
    html = get(client, "?pregunta=base-2&minutos=30").text
    shared = re.search(r'property="og:url" content="([^"]+)"', html)[1]
    assert shared.endswith("/startup/data-tester/entrevista/?pregunta=base-2&amp;minutos=30")
    alt = re.search(r'property="og:image:alt" content="([^"]+)"', html)[1]
    assert "Data Tester en Startup, Guía de entrevista: 1 pregunta en 30 minutos" in alt


@pytest.mark.parametrize("extension", ["/", ".pdf", ".docx", ".xlsx", ".csv", ".md"])
def test_unknown_question_is_a_clear_400(client, role, extension):
    path = "/guia-de-roles/startup/data-tester/entrevista"
    response = client.get(f"{path}{extension}?pregunta=startup-1&pregunta=%3Cb%3E")
    html = response.content.decode()
    assert response.status_code == 400
    assert "Este perfil no tiene la pregunta «&lt;b&gt;»." in html
    assert '<details class="panel kit__chooser" open>' in html


def test_empty_choice_is_the_default_set(client, role):
    html = get(client, "?pregunta=").text
    assert html.count('class="block-question"') == 5


def test_kit_is_not_indexed_and_its_address_has_no_choice(client, role):
    html = get(client, "?pregunta=base-1").content.decode()
    assert '<meta name="robots" content="noindex">' in html
    canonical = re.search(r'rel="canonical" href="([^"]+)"', html)[1]
    assert canonical.endswith("/guia-de-roles/startup/data-tester/entrevista/")


def test_kit_has_no_field_for_personal_data(client, role):
    html = get(client).content.decode()
    form = re.findall(r'<(?:input|textarea|select)[^>]* (?:form="hoja" )?name="([^"]+)"', html)
    # "nota" belongs to no form: the browser has nowhere to send it.
    assert set(form) - {"q", "nota"} == {"pregunta", "papel"}
    assert all('name="nota"' not in form for form in re.findall("<form.*?</form>", html, re.DOTALL))


@pytest.mark.parametrize("extension", ["/", ".pdf", ".docx", ".xlsx", ".csv", ".md"])
def test_kit_follows_the_profile_when_it_moves(client, role, extension):
    asked = f"/guia-de-roles/startup/otro-data-tester/entrevista{extension}?pregunta=base-1"
    response = client.get(asked)
    final = f"/guia-de-roles/startup/data-tester/entrevista{extension}?pregunta=base-1"
    assert (response.status_code, response.headers["Location"]) == (301, final)


@pytest.mark.parametrize("extension", ["/", ".pdf", ".md"])
def test_kit_of_a_withdrawn_profile_is_gone(client, role, extension):
    withdraw(role.profiles.get(context__slug="startup"))
    path = "/data-tester/entrevista"
    assert client.get(f"/guia-de-roles/startup{path}{extension}").status_code == 410
    assert client.get(f"/guia-de-roles/perfiles{path}{extension}").status_code == 200


@pytest.mark.parametrize("extension", ["/", ".pdf", ".md"])
def test_draft_has_no_kit(client, extension):
    make_role("hidden-role", publish=False)
    path = f"/guia-de-roles/perfiles/hidden-role/entrevista{extension}"
    assert client.get(path).status_code == 404


def test_kit_costs_the_same_whatever_is_chosen(client, role, django_assert_num_queries):
    for query in ("", "?pregunta=base-1&pregunta=base-2&pregunta=startup-0"):
        with django_assert_num_queries(3):
            get(client, query)


def test_profile_leads_to_its_kit(client, role):
    for place in ("perfiles", "startup"):
        html = client.get(f"/guia-de-roles/{place}/data-tester/").content.decode()
        assert f'href="/guia-de-roles/{place}/data-tester/entrevista/"' in html
        assert f'href="/guia-de-roles/{place}/data-tester/carpeta/"' in html


def test_buttons_that_need_javascript_are_hidden_without_it(client, role):
    html = client.get("/guia-de-roles/startup/data-tester/").text
    shown = re.sub(r"<template>.*?</template>", "", html, flags=re.DOTALL)
    buttons = re.findall(r"<button[^>]* data-[^>]*>", shown)
    assert [" hidden " in button for button in buttons] == [True] * 3


def test_addresses_of_the_kit_are_not_taken_for_a_context():
    assert reverse("profiles:interview_kit", args=["data-tester"]) == (
        "/guia-de-roles/perfiles/data-tester/entrevista/"
    )


def test_default_set_asks_for_what_was_asked_least(page):
    base = [*((f"base-{n}", ["C"]) for n in range(4)), ("base-4", ["E"]), ("base-5", ["E"])]
    chosen = keys(interview_kit(make_page(page, base=base), URL))
    assert chosen == ["base-0", "base-1", "base-2", "base-4", "base-5"]
