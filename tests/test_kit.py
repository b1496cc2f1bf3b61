"""The interview kit: which questions, how many minutes, and the page to choose and print them."""

import re
from dataclasses import replace

import pytest
from django.urls import reverse

from profiles.desk.publishing import withdraw
from profiles.documents.choices import TraitCode
from profiles.exports.kit import InvalidSelection, Plan, interview_kit
from profiles.views.shelf import profile_page
from tests.factories import make_role

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
    return [question.key for question in kit.questions]


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
    assert [question.own for question in kit.questions] == [True, True, False, False, False]


def test_default_set_grows_past_five_only_for_new_traits(page):
    own = [("own-0", ["C"]), ("own-1", ["O"])]
    base = [("base-0", ["O"]), *((f"base-{code}", [code]) for code in ("E", "A", "EE", "ER"))]
    kit = interview_kit(make_page(page, own, base), URL)
    assert keys(kit) == ["own-0", "own-1", "base-E", "base-A", "base-EE", "base-ER"]


def test_default_set_has_eight_questions_at_most(page):
    own = [(f"own-{number}", ["C"]) for number in range(5)]
    base = [(f"base-{code}", [code]) for code in ("O", "E", "A", "EE", "ER")]
    kit = interview_kit(make_page(page, own, base), URL)
    assert keys(kit) == [*(f"own-{number}" for number in range(5)), "base-O", "base-E", "base-A"]


def test_critical_traits_come_before_the_contexts_own_questions(page):
    own = [(f"own-{number}", ["C"]) for number in range(9)]
    base = [(f"base-{code}", [code]) for code in ("O", "E", "A", "EE", "ER")]
    kit = interview_kit(make_page(page, own, base, critical=TraitCode.values), URL)
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
    assert {question.own for question in kit.questions} == {False}
    assert kit.context_label == "Perfil base"


def test_chosen_questions_keep_the_order_of_the_page_and_collapse(page):
    kit = interview_kit(page, URL, ["base-2", "startup-1", "base-2"])
    assert keys(kit) == ["startup-1", "base-2"]
    assert [question.number for question in kit.questions] == [1, 2]


def test_unknown_question_is_refused_by_name(role):
    with pytest.raises(InvalidSelection, match="no tiene la pregunta «nada» y «otra»"):
        interview_kit(profile_page("data-tester"), URL, ["otra", "base-1", "nada"])


def test_more_than_twenty_questions_are_refused(page):
    many = make_page(page, [(f"own-{number}", ["C"]) for number in range(21)])
    chosen = [item.question.key for item in many.questions.own]
    with pytest.raises(InvalidSelection, match="Elegiste 21 preguntas; en una guía entran hasta"):
        interview_kit(many, URL, chosen)
    assert len(interview_kit(many, URL, chosen[:20]).questions) == 20


@pytest.mark.parametrize(
    ("questions", "each", "closing", "total"),
    [
        (1, 10, 6, 20),
        (3, 10, 6, 40),
        (4, 8, 9, 45),
        (5, 7, 6, 45),
        (6, 5, 11, 45),
        (7, 5, 6, 45),
        (8, 4, 9, 45),
        (9, 4, 6, 46),
        (20, 4, 6, 90),
    ],
)
def test_minutes_are_shared_out(questions, each, closing, total):
    plan = Plan(questions)
    assert (plan.each, plan.closing, plan.total) == (each, closing, total)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["base-1"], "Te vamos a hacer la misma pregunta que a todas las personas"),
        (["base-1", "base-2"], "en el mismo orden. Son 2. Así"),
    ],
)
def test_opening_counts_the_questions(page, chosen, words):
    assert words in interview_kit(page, URL, chosen).opening[1]


def test_rating_has_five_numbers_and_three_anchors(role):
    question = interview_kit(profile_page("data-tester"), URL).questions[0]
    anchors = question.item.question.anchors
    assert question.ratings == [
        (1, anchors.weak),
        (2, ""),
        (3, anchors.acceptable),
        (4, ""),
        (5, anchors.excellent),
    ]


def get(client, query="", place="startup"):
    return client.get(f"/guia-de-roles/{place}/data-tester/entrevista/{query}")


def test_interview_kit_shows_its_parts_in_order(client, role):
    html = get(client).content.decode()
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", html) == [
        "Antes de empezar",
        "Para abrir",
        "Cómo calificar",
        "Preguntas",
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
    kit = html.split('class="kit__questions"')[1]
    assert [text for text in expected if text not in kit] == []
    assert html.count('class="kit-question"') == 1
    assert html.count('type="checkbox"') == 8
    assert re.findall(r'value="([\w-]+)" checked', html) == ["startup-1"]


def test_chosen_questions_stay_in_every_link(client, role):
    html = get(client, "?pregunta=base-2&pregunta=startup-1").content.decode()
    found = re.findall(r'href="(/[^"]+entrevista\.[^"]+)"', html)
    query = "?pregunta=startup-1&amp;pregunta=base-2"
    path = "/guia-de-roles/startup/data-tester/entrevista"
    assert found == [f"{path}.{extension}{query}" for extension in ("pdf", "docx", "csv", "md")]


def test_default_kit_has_short_links(client, role):
    assert 'entrevista.pdf"' in get(client).content.decode()


@pytest.mark.parametrize("extension", ["/", ".pdf", ".docx", ".csv", ".md"])
def test_unknown_question_is_a_clear_400(client, role, extension):
    path = "/guia-de-roles/startup/data-tester/entrevista"
    response = client.get(f"{path}{extension}?pregunta=startup-1&pregunta=%3Cb%3E")
    html = response.content.decode()
    assert response.status_code == 400
    assert "Este perfil no tiene la pregunta «&lt;b&gt;»." in html
    assert '<details class="kit__chooser" open>' in html


def test_empty_choice_is_the_default_set_and_says_so(client, role):
    html = get(client, "?pregunta=").content.decode()
    assert html.count('class="kit-question"') == 5
    words = "No elegiste ninguna: esta es la selección sugerida."
    assert words in html
    assert words not in get(client).text + get(client, "?pregunta=base-1&pregunta=").text


def test_form_with_nothing_ticked_still_asks(client, role):
    form = get(client).text.split('class="kit__chooser"')[1].split("</form>")[0]
    assert re.findall(r'<button[^>]* name="(\w+)" value=""', form) == ["pregunta"]


def test_kit_is_not_indexed_and_its_address_has_no_choice(client, role):
    html = get(client, "?pregunta=base-1").content.decode()
    assert '<meta name="robots" content="noindex">' in html
    canonical = re.search(r'rel="canonical" href="([^"]+)"', html)[1]
    assert canonical.endswith("/guia-de-roles/startup/data-tester/entrevista/")


def test_kit_has_no_field_for_personal_data(client, role):
    html = get(client).content.decode()
    names = set(re.findall(r'<(?:input|textarea|select)[^>]* name="([^"]+)"', html))
    assert names - {"q"} == {"pregunta"}


@pytest.mark.parametrize("extension", ["/", ".pdf", ".docx", ".csv", ".md"])
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


def test_copy_buttons_are_hidden_without_javascript(client, role):
    html = client.get("/guia-de-roles/startup/data-tester/").content.decode()
    buttons = re.findall(r'<button class="copy"[^>]*>', html)
    assert len(buttons) == 9
    assert [button for button in buttons if " hidden " not in button] == []


def test_addresses_of_the_kit_are_not_taken_for_a_context():
    assert reverse("profiles:interview_kit", args=["data-tester"]) == (
        "/guia-de-roles/perfiles/data-tester/entrevista/"
    )


def test_default_set_asks_for_what_was_asked_least(page):
    base = [*((f"base-{n}", ["C"]) for n in range(4)), ("base-4", ["E"]), ("base-5", ["E"])]
    chosen = keys(interview_kit(make_page(page, base=base), URL))
    assert chosen == ["base-0", "base-1", "base-2", "base-4", "base-5"]
