"""The form of a profile: what is typed and pasted, what is missing, what may be done from it."""

import re

import pytest
from django.urls import reverse

from profiles.desk.publishing import publish
from profiles.documents.choices import WorkflowState
from profiles.models import InterviewQuestion, Profile, Source
from tests.desk.editors import form_values, listed, member, run_on_page, save, send, url
from tests.helpers.factories import has_unpublished_changes

ROLE = {"publish": False}
TEXTS = re.compile(r"\w+-\d+-(text|instead|rationale|anchors_\w+|listen_for|scope|observe)|ai")
REVERSED = "El rango está al revés."
OFF_SCALE = "Debe ser un número de 1,0 a 5,0."
LONG_LINE = "La línea 2 tiene 201 caracteres; van hasta 200."
ACTS = ("Guardar y enviar a revisión", "Guardar y publicar…", "Devolver con un comentario…")


def test_saving_untouched_changes_nothing(admin_client, base, startup):
    publish(base)
    publish(startup)
    for profile in (base, startup):
        assert save(admin_client, profile).url == reverse("admin:profiles_profile_changelist")
        assert not has_unpublished_changes(profile)


def test_sources_of_a_range_are_saved_with_it(admin_client, base):
    source = Source.objects.first()
    save(admin_client, base, **{"targets-0-sources": [source.pk], "targets-0-rationale": "Otro."})
    target = base.targets.first()
    assert (target.rationale, list(target.sources.all())) == ("Otro.", [source])


def add_questions(client, profile, *questions):
    values = form_values(client, profile)
    first = int(values["questions-TOTAL_FORMS"])
    trait = profile.targets.first().trait_id
    added = {"text": "¿Qué harías?", "trait": trait, "order": 0, "profile": profile.pk}
    values["questions-TOTAL_FORMS"] = first + len(questions)
    for number, question in enumerate(questions, start=first):
        values |= {f"questions-{number}-{key}": value for key, value in (added | question).items()}
    return client.post(url(profile), values)


def test_opening_saving_and_publishing_cost_few_queries(admin_client, base, queries):
    published = queries(publish, base)
    add_questions(admin_client, base, *({"text": f"¿Y {number}?"} for number in range(4)))
    values = form_values(admin_client, base)
    values |= {name: f"Otro {name}." for name in values if TEXTS.fullmatch(name)}
    opened = queries(admin_client.get, url(base))
    costs = (opened, queries(admin_client.post, url(base), values), published)
    assert base.questions.filter(text__startswith="Otro questions-").count() == 10
    assert (costs[0] <= 45, costs[1] <= 60, costs[2] <= 45) == (True, True, True), costs


def test_question_key_is_made_of_its_text_and_unique_in_the_role(admin_client, base, startup):
    add_questions(admin_client, base, {})
    assert base.questions.last().order == 6
    for questions in ({}, {}), ({},):
        add_questions(admin_client, startup, *questions)
    refused = add_questions(admin_client, startup, {"key": base.questions.first().key})
    assert "Esa clave ya es de otra pregunta del rol." in refused.text
    added = InterviewQuestion.objects.filter(text="¿Qué harías?").order_by("pk")
    keys = ["que-harias", "que-harias-2", "que-harias-3", "que-harias-4"]
    assert list(added.values_list("key", flat=True)) == keys


@pytest.mark.parametrize(
    ("typed", "reason", "other"),
    [
        ({"targets-0-low": "3.4", "targets-0-high": "2.6"}, REVERSED, "por encima de «desde»"),
        ({"targets-0-low": "2.65", "targets-0-high": "3.4"}, "dígito", REVERSED),
        ({"targets-0-low": "0"}, OFF_SCALE, "1.0"),
        ({"targets-0-high": "5.5"}, OFF_SCALE, "5.0 o"),
        ({"body": "Hace:\n\n# Todo"}, "«# Todo» no se muestra", REVERSED),
        ({"responsibilities": "corta\n" + "x" * 201}, LONG_LINE, REVERSED),
    ],
)
def test_what_cannot_be_saved_is_explained_once(admin_client, base, typed, reason, other):
    errors = " ".join(map(str, send(admin_client, base, **typed).context["errors"]))
    assert (errors.count(reason), other in errors) == (1, False)


def test_paste_is_mended_and_never_cut(admin_client, base):
    changes = {
        "summary": "•\tDe Word\r\nen dos líneas\u200b.",
        "honest": "Del chat\u2028\ufeff👩\u200d💻",
        "body": "Hace:\r\n•\tuno\r\n•\tdos",
        "responsibilities": "1) Una\x0b2) Otra",
        "questions-0-anchors_weak": "de Word\u200b",
    }
    save(admin_client, base, **changes)
    assert (base.summary, base.honest) == ("De Word en dos líneas.", "Del chat 👩💻")
    assert (base.body, base.responsibilities) == ("Hace:\n\n- uno\n- dos", ["Una", "Otra"])
    assert base.questions.first().anchors_weak == "de Word"
    html = send(admin_client, base, summary="x" * 189).text
    assert ("x" * 189 in html, "hasta 160 caracteres (lleva 189)" in html) == (True, True)
    # A browser would cut what is pasted into such a field.
    assert set(re.findall(r"<textarea[^>]* maxlength[^>]*>", html)) == set()


def test_reason_or_comment_that_is_too_long_is_refused_and_never_cut(admin_client, base):
    Profile.objects.filter(pk=base.pk).update(state="in-review")
    acts = ("publish_profiles", "send_back_profiles")
    pages = [run_on_page(admin_client, act, base).text for act in acts]
    pages.append(send(admin_client, base, why="x" * 201).text)
    assert "hasta 200 caracteres (lleva 201)" in pages[-1]
    fields = re.findall(r'<[^>]* name="(?:why|reason|comment)"[^>]*>', "".join(pages))
    assert (len(fields), [field for field in fields if "maxlength" in field]) == (3, [])


def test_form_says_how_many_words_the_rules_want(admin_client, base, startup):
    for profile, words, reason in ((base, "120-220", "25-45"), (startup, "60-140", "15-45")):
        context = admin_client.get(url(profile)).context
        body = context["adminform"].form.fields["body"]
        assert body.widget.attrs["data-words"] == words
        assert body.help_text.endswith(f"{words.replace('-', '–')} palabras.")
        parts = {part.formset.prefix: part.formset for part in context["inline_admin_formsets"]}
        limits = {("targets", "rationale"): reason, ("questions", "anchors_weak"): "15-35"}
        for (part, name), words in limits.items():
            assert parts[part].forms[0].fields[name].widget.attrs["data-words"] == words


def test_panel_names_the_field_and_leads_to_it(admin_client, base):
    base.questions.filter(order=2).update(anchors_excellent="")
    base.role.career.all().delete()
    html = admin_client.get(url(base)).text
    assert '<a href="#id_questions-2-anchors_excellent">Preguntas › 3 › respuesta › 5</a>' in html
    assert 'id="id_questions-2-anchors_excellent"' in html
    assert f'<a href="{url(base.role)}#career-group">Plan de carrera</a>' in html


def test_list_finds_what_is_missing_and_what_is_not_published(admin_client, base, startup):
    publish(base)
    assert listed(admin_client, changes__exact="none") == ["Data Tester (base)"]
    assert listed(admin_client, changes__exact="never") == ["Data Tester en Startup"]
    save(admin_client, base, body="", summary="")
    assert listed(admin_client, changes__exact="some") == ["Data Tester (base)"]
    assert base.completeness == round(100 * 19 / 21)
    assert listed(admin_client, falta="body") == ["Data Tester (base)"]
    assert listed(admin_client, falta="nada") == ["Data Tester en Startup"]
    assert listed(admin_client, falta="targets") == []


def test_page_links_to_the_site_once_it_is_public_and_shows_what_is_inherited(
    admin_client, base, startup
):
    publish(base)
    own, other = (admin_client.get(url(profile)) for profile in (base, startup))
    links = [page.context.get("absolute_url") for page in (own, other)]
    assert links == [base.get_absolute_url(), None]
    assert base.strengths.first().text in other.text
    assert base.questions.first().text in other.text


@pytest.mark.parametrize(
    ("state", "group", "offered"),
    [
        ("draft", "Edición", [True, True, False]),
        ("draft", "Redacción", [True, False, False]),
        ("in-review", "Edición", [False, True, True]),
        ("in-review", "Redacción", [False, False, False]),
    ],
)
def test_page_of_a_profile_offers_what_its_editor_may_do(base, state, group, offered):
    Profile.objects.filter(pk=base.pk).update(state=state)
    page = member(group).get(url(base)).text
    assert [act in page for act in ACTS] == offered
    assert re.search(r'name="_[^>]*>', page)[0] == 'name="_save">'


@pytest.mark.parametrize(
    ("button", "state"), [("submit", WorkflowState.IN_REVIEW), ("publish", WorkflowState.DRAFT)]
)
def test_button_saves_what_is_typed_before_it_acts(admin_client, base, button, state):
    response = save(admin_client, base, summary="Recién escrito.", _save=button)
    leads_to = url(base.role) if button == "submit" else url(base, "publish_profiles")
    assert response.url == leads_to
    assert (base.summary, base.state) == ("Recién escrito.", state)
