"""Desk and shelf as an editor meets them in the admin."""

import datetime
import re
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from profiles.desk.publishing import publish
from profiles.documents.choices import WorkflowState
from profiles.models import AuditEntry, Edition, InterviewQuestion, Profile, Source
from tests.desk.accounts import member
from tests.desk.forms import LIST, change_url, chosen, form_values, run, run_on_page, said
from tests.helpers.factories import has_unpublished_changes

DRAFT = True


@pytest.fixture
def writer_client(db):
    return member("Redacción")


def save(client, profile, **changes):
    """Save the change page with ``changes``; fails where the form has errors."""
    values = {**form_values(client, profile), **changes}
    response = client.post(change_url(profile), values)
    assert list((response.context or {}).get("errors", [])) == []
    assert (response.status_code, response.url) == (302, reverse(LIST))


def public_count():
    return Edition.objects.published().count()


def test_saving_untouched_changes_nothing(admin_client, base, startup):
    publish(base)
    publish(startup)
    for profile in (base, startup):
        save(admin_client, profile)
        assert not has_unpublished_changes(profile)


def test_sources_of_a_range_are_saved_with_it(admin_client, base):
    source = Source.objects.first()
    save(admin_client, base, **{"targets-0-sources": [source.pk], "targets-0-rationale": "Otro."})
    target = base.targets.first()
    assert (target.rationale, list(target.sources.all())) == ("Otro.", [source])


def test_writer_signs_for_nobody_else_and_reviews_nothing(writer_client, base):
    other = User.objects.create_user("other", is_staff=True)
    forged = {"author": other.pk, "reviewer": other.pk, "reviewed_on": "2026-11-24"}
    before = base.reviewed_on
    save(writer_client, base, summary="Escrito.", **forged)
    base.refresh_from_db()
    assert (base.author.username, base.reviewer, base.reviewed_on) == ("de-Redacción", None, before)


def test_publishing_page_shows_whose_names_the_page_will_bear(admin_client, base):
    ana = User.objects.create_user("ana", first_name="Ana", last_name="Paz", is_staff=True)
    save(admin_client, base, author=ana.pk)
    html = run_on_page(admin_client, "publish_profiles", base).content.decode()
    assert "autoría: Ana Paz · sin revisión" in " ".join(strip_tags(html).split())
    run(admin_client, "publish_profiles", base, confirmed=1, reviewed="on")
    html = run_on_page(admin_client, "publish_profiles", base).content.decode()
    assert "autoría: Ana Paz · revisión: admin (" in " ".join(strip_tags(html).split())


def add_questions(client, profile, *questions):
    values = form_values(client, profile)
    first = int(values["questions-TOTAL_FORMS"])
    trait = profile.targets.first().trait_id
    added = {"text": "¿Qué harías?", "trait": trait, "order": 0, "profile": profile.pk}
    values["questions-TOTAL_FORMS"] = first + len(questions)
    for number, question in enumerate(questions, start=first):
        values |= {f"questions-{number}-{key}": value for key, value in (added | question).items()}
    return client.post(change_url(profile), values)


TEXTS = re.compile(r"\w+-\d+-(text|instead|rationale|anchors_\w+|listen_for|scope|observe)|ai")


def test_opening_saving_and_publishing_cost_few_queries(admin_client, base):
    with CaptureQueriesContext(connection) as published:
        publish(base)
    add_questions(admin_client, base, *({"text": f"¿Y {number}?"} for number in range(4)))
    with CaptureQueriesContext(connection) as opened:
        admin_client.get(change_url(base))
    values = form_values(admin_client, base)
    values |= {name: f"Otro {name}." for name in values if TEXTS.fullmatch(name)}
    with CaptureQueriesContext(connection) as saved:
        admin_client.post(change_url(base), values)
    assert base.questions.filter(text__startswith="Otro questions-").count() == 10
    costs = (len(opened), len(saved), len(published))
    assert (costs[0] <= 45, costs[1] <= 60, costs[2] <= 45) == (True, True, True), costs


def test_question_key_is_made_of_its_text_and_unique_in_the_role(admin_client, base, startup):
    add_questions(admin_client, base, {})
    assert base.questions.last().order == 6
    add_questions(admin_client, startup, {}, {})
    refused = add_questions(admin_client, startup, {"key": base.questions.first().key})
    assert "Esa clave ya es de otra pregunta del rol." in refused.text
    added = InterviewQuestion.objects.filter(text="¿Qué harías?").order_by("pk")
    assert list(added.values_list("key", flat=True)) == [
        "que-harias",
        "que-harias-2",
        "que-harias-3",
    ]


REVERSED = "El rango está al revés."
OFF_SCALE = "Debe ser un número de 1,0 a 5,0."


@pytest.mark.parametrize(
    ("typed", "reason", "other"),
    [
        ({"targets-0-low": "3.4", "targets-0-high": "2.6"}, REVERSED, "por encima de «desde»"),
        ({"targets-0-low": "2.65", "targets-0-high": "3.4"}, "dígito", REVERSED),
        ({"targets-0-low": "0"}, OFF_SCALE, "1.0"),
        ({"targets-0-high": "5.5"}, OFF_SCALE, "5.0 o"),
        ({"body": "Hace:\n\n# Todo"}, "«#» no se muestra", REVERSED),
        (
            {"responsibilities": "corta\n" + "x" * 201},
            "La línea 2 tiene 201 caracteres; van hasta 200.",
            REVERSED,
        ),
    ],
)
def test_what_cannot_be_saved_is_explained_once(admin_client, base, typed, reason, other):
    values = {**form_values(admin_client, base), **typed}
    page = admin_client.post(change_url(base), values)
    errors = " ".join(map(str, page.context["errors"]))
    assert (errors.count(reason), other in errors) == (1, False)


def test_paste_is_mended_and_never_cut(admin_client, base):
    changes = {
        "summary": "De Word\r\nen dos líneas\u200b.",
        "honest": "Del chat\u2028\ufeff👩\u200d💻",
        "body": "Hace:\r\n•\tuno\r\n•\tdos",
        "responsibilities": "1) Una\x0b2) Otra",
        "questions-0-anchors_weak": "de Word\u200b",
    }
    save(admin_client, base, **changes)
    base.refresh_from_db()
    assert base.author.username == "admin"
    assert (base.summary, base.honest) == ("De Word en dos líneas.", "Del chat 👩💻")
    assert (base.body, base.responsibilities) == ("Hace:\n\n- uno\n- dos", ["Una", "Otra"])
    assert base.questions.first().anchors_weak == "de Word"
    values = {**form_values(admin_client, base), "summary": "x" * 189}
    html = admin_client.post(change_url(base), values).content.decode()
    # A browser would cut what is pasted into such a field.
    assert set(re.findall(r"<textarea[^>]* maxlength[^>]*>", html)) == set()
    assert "x" * 189 in html
    assert "hasta 160 caracteres (lleva 189)" in html


def test_form_says_how_many_words_the_rules_want(admin_client, base, startup):
    for profile, words, reason in ((base, "120-220", "25-45"), (startup, "60-140", "15-45")):
        context = admin_client.get(change_url(profile)).context
        form = context["adminform"].form
        assert form.fields["body"].widget.attrs["data-words"] == words
        assert form.fields["body"].help_text.endswith(f"{words.replace('-', '–')} palabras.")
        parts = {part.formset.prefix: part.formset for part in context["inline_admin_formsets"]}
        limits = {("targets", "rationale"): reason, ("questions", "anchors_weak"): "15-35"}
        for (part, name), words in limits.items():
            assert parts[part].forms[0].fields[name].widget.attrs["data-words"] == words


def test_publishing_names_what_is_missing_and_publishes_the_others(admin_client, base, startup):
    startup.strengths.all().delete()
    startup.questions.filter(order=0).update(anchors_excellent="")
    assert run(admin_client, "publish_profiles", startup, base, confirmed=1) == [
        "Data Tester (base): se publicó la edición 1.",
        "Data Tester en Startup: no se publicó. Fortalezas: tiene 0; van de 2 a 4; "
        "Preguntas › 1 › respuesta › 5: falta.",
    ]
    assert public_count() == 1


def test_context_without_its_base_is_not_published(admin_client, startup):
    assert run(admin_client, "publish_profiles", startup, confirmed=1) == [
        "Data Tester en Startup: no se publicó. Primero se publica el perfil base del rol."
    ]


def test_withdrawing_asks_first_and_names_the_pages_that_go(admin_client, base, startup):
    publish(base)
    publish(startup)
    asked = run_on_page(admin_client, "withdraw_profiles", base)
    assert [profile for profile, _address in asked.context["items"]] == [base, startup]
    assert startup.get_absolute_url() in asked.content.decode()
    assert public_count() == 2
    assert run(admin_client, "withdraw_profiles", base, confirmed=1) == [
        "Data Tester (base): se retiró del sitio.",
        "Data Tester en Startup: se retiró del sitio.",
    ]
    assert public_count() == 0
    assert AuditEntry.objects.latest("pk").event == "withdrawn"


def test_discarding_brings_the_published_text_back(admin_client, base):
    assert run(admin_client, "discard_changes", base, confirmed=1) == [
        "Data Tester (base): no está publicado: no hay a qué volver."
    ]
    published = publish(base).summary
    save(admin_client, base, summary="Un borrador.")
    base.refresh_from_db()
    assert base.state == WorkflowState.PUBLISHED
    run_on_page(admin_client, "discard_changes", base)
    assert has_unpublished_changes(base)
    said_now = run(admin_client, "discard_changes", base, confirmed=1)
    assert said_now[-1] == "Data Tester (base): volvió a la edición 1."
    base.refresh_from_db()
    assert (base.summary, base.state) == (published, WorkflowState.PUBLISHED)
    assert not has_unpublished_changes(base)


@pytest.mark.parametrize("action", ["publish_profiles", "discard_changes"])
@pytest.mark.parametrize("shown", ["what was opened", "nothing"])
def test_what_was_saved_while_the_question_was_read_is_asked_again(
    action, shown, admin_client, base
):
    publish(base)
    save(admin_client, base, summary="Lo que se mostró.")
    opened = chosen(base)["shown"] if shown == "what was opened" else []
    save(admin_client, base, summary="Otra persona, a medio escribir.")
    asked = run_on_page(admin_client, action, base, confirmed=1, shown=opened)
    assert "lo guardado ya no es lo que se mostró" in said(asked)[-1]
    assert asked.context["shown"] == chosen(base)["shown"]
    base.refresh_from_db()
    assert (base.summary, base.editions.count()) == ("Otra persona, a medio escribir.", 1)


ACTS = ("Guardar y enviar a revisión", "Guardar y publicar…", "Devolver con un comentario…")


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
    page = member(group).get(change_url(base)).text
    assert [act in page for act in ACTS] == offered


@pytest.mark.parametrize(
    ("button", "state", "leads_to"),
    [
        ("submit", WorkflowState.IN_REVIEW, "profiles_role_change"),
        ("publish", WorkflowState.DRAFT, "profiles_profile_publish_profiles"),
    ],
)
def test_button_saves_what_is_typed_before_it_acts(admin_client, base, button, state, leads_to):
    values = {**form_values(admin_client, base), "summary": "Recién escrito.", "_save": button}
    response = admin_client.post(change_url(base), values)
    base.refresh_from_db()
    key = base.role_id if "role" in leads_to else base.pk
    assert response.url == reverse(f"admin:{leads_to}", args=[key])
    assert (base.summary, base.state) == ("Recién escrito.", state)


def test_only_a_published_profile_links_to_the_site(admin_client, base, startup):
    publish(base)
    links = [
        admin_client.get(change_url(profile)).context.get("absolute_url")
        for profile in (base, startup)
    ]
    assert links == [base.get_absolute_url(), None]


def test_what_is_scheduled_is_cancelled_and_what_is_public_stays(admin_client, base):
    publish(base)
    Profile.objects.filter(pk=base.pk).update(summary="Para más adelante.")
    base.refresh_from_db()
    publish(base, at=timezone.now() + datetime.timedelta(days=1))
    asked = run_on_page(admin_client, "unschedule_profiles", base).context["items"]
    assert asked == [(base.editions.get(number=2), "")]
    cancel = partial(run, admin_client, "unschedule_profiles", base, confirmed=1)
    assert [cancel(), cancel()] == [
        ["Data Tester (base): ya no sale lo programado."],
        ["Nada de lo elegido estaba programado."],
    ]
    assert (public_count(), base.editions.count()) == (1, 1)
    assert AuditEntry.objects.latest("pk").subject == "Data Tester (base), programado"


def test_reason_or_comment_that_is_too_long_is_refused_and_never_cut(admin_client, base):
    Profile.objects.filter(pk=base.pk).update(state="in-review")
    acts = ("publish_profiles", "send_back_profiles")
    pages = [run_on_page(admin_client, act, base).text for act in acts]
    pages.append(admin_client.get(change_url(base)).text)
    fields = re.findall(r'<[^>]* name="(?:why|reason|comment)"[^>]*>', "".join(pages))
    assert (len(fields), [field for field in fields if "maxlength" in field]) == (3, [])
