"""Desk and shelf as an editor meets them in the admin."""

import datetime
from functools import partial
from unittest.mock import Mock

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from profiles.admin.profile_parts import free_key
from profiles.desk.publishing import publish, withdraw
from profiles.documents.choices import WorkflowState
from profiles.models import AuditEntry, Edition, InterviewQuestion, Profile
from tests.desk.forms import LIST, change_url, chosen, form_values, run, run_on_page, said
from tests.factories import has_unpublished_changes, make_role

pytestmark = [
    pytest.mark.usefixtures("vocabulary"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
ACTIONS = ["publish_profiles", "unschedule_profiles", "withdraw_profiles", "discard_changes"]


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    """The role that every test of this file starts from, made once."""
    return make_role(publish=False)


@pytest.fixture
def writer_client(client):
    """A person who writes everything and publishes nothing."""
    user = User.objects.create_user("writer", is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="profiles")
    user.user_permissions.set(rights.exclude(codename="publish_profile"))
    client.force_login(user)
    return client


def save(client, profile, **changes):
    """Save the change page with ``changes``; fails where the form has errors."""
    values = {**form_values(client, profile), **changes}
    response = client.post(change_url(profile), values)
    assert list((response.context or {}).get("errors", [])) == []
    assert (response.status_code, response.url) == (302, reverse(LIST))


def public_count():
    return Edition.objects.published().count()


def test_written_profile_is_public_only_after_publishing(admin_client, client, role, base):
    save(admin_client, base, summary="Un resumen que nadie leyó todavía.")
    page = reverse("profiles:role_detail", args=[role.slug])
    assert client.get(page).status_code == 404
    said_now = run(admin_client, "publish_profiles", base, confirmed=1)
    assert said_now[-1] == "Data Tester (base): se publicó la edición 1."
    assert "Un resumen que nadie leyó todavía." in client.get(page).content.decode()


def test_range_is_shown_in_tenths(admin_client, base):
    form = admin_client.get(change_url(base)).context["inline_admin_formsets"][0].formset.forms[1]
    assert [str(form["low"].value()), str(form["high"].value())] == ["4.0", "4.8"]


def test_saving_untouched_changes_nothing(admin_client, base, startup):
    publish(base)
    publish(startup)
    for profile in (base, startup):
        save(admin_client, profile)
        assert not has_unpublished_changes(profile)


def test_published_profile_stays_published_when_saved(admin_client, base):
    publish(base)
    save(admin_client, base, summary="Otro resumen.")
    base.refresh_from_db()
    assert base.state == WorkflowState.PUBLISHED
    assert has_unpublished_changes(base)


def test_state_is_not_a_field_to_fill_in(admin_client, base):
    save(admin_client, base, state="published", summary="Otro resumen.")
    base.refresh_from_db()
    assert base.state == WorkflowState.DRAFT


def test_author_is_who_saves_first(admin_client, admin_user, base):
    save(admin_client, base)
    base.refresh_from_db()
    assert base.author == admin_user


def test_author_stays(admin_client, base):
    writer = User.objects.create_user("writer", is_staff=True)
    Profile.objects.filter(pk=base.pk).update(author=writer)
    save(admin_client, base)
    base.refresh_from_db()
    assert base.author == writer


def test_writer_signs_for_nobody_else_and_reviews_nothing(writer_client, base):
    other = User.objects.create_user("other", is_staff=True)
    forged = {"author": other.pk, "reviewer": other.pk, "reviewed_on": "2026-11-24"}
    before = base.reviewed_on
    save(writer_client, base, summary="Escrito.", **forged)
    base.refresh_from_db()
    assert (base.author.username, base.reviewer, base.reviewed_on) == ("writer", None, before)


def test_publishing_page_shows_whose_names_the_page_will_bear(admin_client, base):
    ana = User.objects.create_user("ana", first_name="Ana", last_name="Paz", is_staff=True)
    save(admin_client, base, author=ana.pk)
    html = run_on_page(admin_client, "publish_profiles", base).content.decode()
    assert "autoría: Ana Paz · sin revisión" in " ".join(strip_tags(html).split())
    run(admin_client, "publish_profiles", base, confirmed=1, reviewed="on")
    html = run_on_page(admin_client, "publish_profiles", base).content.decode()
    assert "autoría: Ana Paz · revisión: admin (" in " ".join(strip_tags(html).split())


def test_saving_and_publishing_cost_few_queries(admin_client, base):
    values = {**form_values(admin_client, base), "summary": "Otro resumen."}
    with CaptureQueriesContext(connection) as saved:
        admin_client.post(change_url(base), values)
    with CaptureQueriesContext(connection) as published:
        publish(base)
    assert (len(saved) <= 60, len(published) <= 45) == (True, True)


def add_questions(client, profile, *questions):
    values = form_values(client, profile)
    first = int(values["questions-TOTAL_FORMS"])
    trait = profile.targets.first().trait_id
    added = {"text": "¿Qué harías?", "trait": trait, "order": 0, "profile": profile.pk}
    values["questions-TOTAL_FORMS"] = first + len(questions)
    for number, question in enumerate(questions, start=first):
        values |= {f"questions-{number}-{key}": value for key, value in (added | question).items()}
    return client.post(change_url(profile), values)


def test_question_key_comes_from_its_text(admin_client, base):
    text = "Contame de una vez en que un despliegue salió mal"
    add_questions(admin_client, base, {"text": text})
    question = base.questions.last()
    assert question.key == "contame-de-una-vez-en-que-un-despliegue"
    assert question.order == 6


def test_question_key_is_unique_in_the_role(admin_client, base, startup):
    add_questions(admin_client, base, {})
    add_questions(admin_client, startup, {}, {})
    added = InterviewQuestion.objects.filter(text="¿Qué harías?").order_by("pk")
    assert list(added.values_list("key", flat=True)) == [
        "que-harias",
        "que-harias-2",
        "que-harias-3",
    ]


def test_key_of_another_profile_of_the_role_is_refused(admin_client, base, startup):
    taken = base.questions.first().key
    response = add_questions(admin_client, startup, {"key": taken})
    assert "Esa clave ya es de otra pregunta del rol." in response.content.decode()


def test_free_key_fits_in_40_characters():
    stem = "a" * 40
    assert free_key("a" * 60, {stem}) == "a" * 38 + "-2"


def test_range_with_one_bad_end_is_not_called_reversed(admin_client, startup):
    values = form_values(admin_client, startup)
    startup.targets.filter(pk=values["targets-0-id"]).update(low=3.8, high=4.6)
    values |= {"targets-0-low": "2.65", "targets-0-high": "3.4"}
    html = admin_client.post(change_url(startup), values).content.decode()
    assert "El rango está al revés." not in html


def test_reversed_range_is_called_so_once(admin_client, startup):
    changes = {"targets-0-low": "3.4", "targets-0-high": "2.6"}
    values = form_values(admin_client, startup) | changes
    html = admin_client.post(change_url(startup), values).content.decode()
    assert html.count("El rango está al revés.") == 1
    assert "por encima de «desde»" not in html


@pytest.mark.parametrize("end", ["0", "5.5"])
def test_limits_of_the_scale_are_written_with_a_comma(admin_client, startup, end):
    values = form_values(admin_client, startup) | {"targets-0-low": end}
    html = admin_client.post(change_url(startup), values).content.decode()
    assert "Debe ser un número de 1,0 a 5,0." in html


def test_line_that_no_document_would_take_is_refused(admin_client, base):
    values = {**form_values(admin_client, base), "responsibilities": "corta\n" + "x" * 201}
    response = admin_client.post(change_url(base), values)
    assert "La línea 2 tiene 201 caracteres; van hasta 200." in response.content.decode()


def test_lines_as_browsers_send_them_are_accepted(admin_client, base):
    body = base.body.replace(". ", ".\n\n") + "\n\nOtro párrafo."
    save(admin_client, base, body=body.replace("\n", "\r\n"))
    base.refresh_from_db()
    assert base.body == body


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
    assert (base.summary, base.honest) == ("De Word en dos líneas.", "Del chat 👩💻")
    assert (base.body, base.responsibilities) == ("Hace:\n\n- uno\n- dos", ["Una", "Otra"])
    assert base.questions.first().anchors_weak == "de Word"
    values = {**form_values(admin_client, base), "summary": "x" * 189}
    html = admin_client.post(change_url(base), values).content.decode()
    assert "x" * 189 in html
    assert "hasta 160 caracteres (lleva 189)" in html


def test_form_says_how_many_words_the_rules_want(admin_client, base, startup):
    for profile, words in ((base, "120-220"), (startup, "60-140")):
        form = admin_client.get(change_url(profile)).context["adminform"].form
        assert form.fields["body"].widget.attrs["data-words"] == words
        assert form.fields["body"].help_text.endswith(f"{words.replace('-', '–')} palabras.")


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


def test_context_of_a_role_without_base_is_not_published(admin_client, base, startup):
    base.delete()
    assert run(admin_client, "publish_profiles", startup, confirmed=1) == [
        "Data Tester en Startup: no se publicó. Falta el perfil base."
    ]


def test_publishing_twice_makes_one_edition(admin_client, base):
    run(admin_client, "publish_profiles", base, confirmed=1)
    assert run(admin_client, "publish_profiles", base, confirmed=1) == [
        "Data Tester (base): no tiene cambios sin publicar."
    ]
    assert base.editions.count() == 1


def test_withdrawn_profile_can_be_published_again(admin_client, base):
    run(admin_client, "publish_profiles", base, confirmed=1)
    run(admin_client, "withdraw_profiles", base, confirmed=1)
    assert public_count() == 0
    run(admin_client, "publish_profiles", base, confirmed=1)
    assert public_count() == 1


def test_withdrawing_takes_the_page_away(admin_client, client, role, base, startup):
    run(admin_client, "publish_profiles", base, startup, confirmed=1)
    assert run(admin_client, "withdraw_profiles", base, confirmed=1) == [
        "Data Tester (base): se retiró del sitio.",
        "Data Tester en Startup: se retiró del sitio.",
    ]
    assert public_count() == 0


def test_withdrawing_asks_first_and_names_the_pages_that_go(admin_client, base, startup):
    publish(base)
    publish(startup)
    asked = run_on_page(admin_client, "withdraw_profiles", base)
    assert [profile for profile, _address in asked.context["items"]] == [base, startup]
    assert startup.get_absolute_url() in asked.content.decode()
    assert public_count() == 2


def test_discarding_asks_first(admin_client, base):
    publish(base)
    save(admin_client, base, summary="Un borrador.")
    run_on_page(admin_client, "discard_changes", base)
    base.refresh_from_db()
    assert base.summary == "Un borrador."


def test_discarding_brings_the_published_text_back(admin_client, base):
    published = publish(base).summary
    save(admin_client, base, summary="Un borrador.")
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


@pytest.mark.parametrize("action", ["withdraw_profiles", "discard_changes"])
def test_what_cannot_be_written_down_is_not_done(action, admin_client, base, monkeypatch):
    publish(base)
    Profile.objects.filter(pk=base.pk).update(summary="Un borrador.")
    monkeypatch.setattr(LogEntry.objects, "log_actions", Mock(side_effect=DatabaseError))
    with pytest.raises(DatabaseError):
        run(admin_client, action, base, confirmed=1)
    base.refresh_from_db()
    assert (public_count(), base.summary) == (1, "Un borrador.")


def test_what_was_never_published_is_not_discarded(admin_client, base):
    kept = base.summary
    assert run(admin_client, "discard_changes", base, confirmed=1) == [
        "Data Tester (base): no está publicado: no hay a qué volver."
    ]
    base.refresh_from_db()
    assert base.summary == kept


def test_change_page_publishes(admin_client, base):
    response = run_on_page(admin_client, "publish_profiles", base, confirmed=1)
    assert said(response) == ["Data Tester (base): se publicó la edición 1."]


def test_publishing_stands_in_the_history(admin_client, base):
    run(admin_client, "publish_profiles", base, confirmed=1)
    history = admin_client.get(reverse("admin:profiles_profile_history", args=[base.pk]))
    assert "Edición 1: pública desde el" in " ".join(history.content.decode().split())


def test_page_of_a_profile_offers_what_its_editor_may_do(admin_client, writer_client, base):
    Profile.objects.filter(pk=base.pk).update(state=WorkflowState.DRAFT)
    acts = ("Guardar y enviar a revisión", "Guardar y publicar…", "Devolver con un comentario…")

    def offered(client):
        html = client.get(change_url(base)).text
        return [act in html for act in acts]

    assert (offered(admin_client), offered(writer_client)) == (
        [True, True, False],
        [True, False, False],
    )
    Profile.objects.filter(pk=base.pk).update(state=WorkflowState.IN_REVIEW)
    assert (offered(admin_client), offered(writer_client)) == (
        [False, True, True],
        [False, False, False],
    )


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


@pytest.mark.parametrize("action", ACTIONS)
def test_writer_cannot_post_the_actions(action, writer_client, base, startup):
    publish(base)
    Profile.objects.filter(pk=base.pk).update(summary="Un borrador.")
    run(writer_client, action, base, startup, confirmed=1)
    run_on_page(writer_client, action, base, confirmed=1)
    base.refresh_from_db()
    assert (public_count(), base.editions.count(), base.summary) == (1, 1, "Un borrador.")


def test_writer_does_not_change_what_is_live(writer_client, role):
    url = reverse("admin:profiles_area_change", args=[role.area_id])
    assert writer_client.post(url, {"name": "Otra"}).status_code == 403


def test_only_a_published_profile_links_to_the_site(admin_client, base, startup):
    publish(base)
    links = [
        admin_client.get(change_url(profile)).context.get("absolute_url")
        for profile in (base, startup)
    ]
    assert links == [base.get_absolute_url(), None]


def test_what_is_scheduled_is_not_deleted_but_withdrawn(admin_client, base):
    publish(base, at=timezone.now() + datetime.timedelta(days=1))
    url = reverse("admin:profiles_profile_delete", args=[base.pk])
    admin_client.post(url, {"post": "yes"})
    assert Profile.objects.filter(pk=base.pk).exists()
    run(admin_client, "withdraw_profiles", base, confirmed=1)
    assert not base.editions.exists()


def test_what_is_scheduled_is_cancelled_and_what_is_public_stays(admin_client, base):
    publish(base)
    Profile.objects.filter(pk=base.pk).update(summary="Para más adelante.")
    base.refresh_from_db()
    publish(base, at=timezone.now() + datetime.timedelta(days=1))
    assert base.editions.get(number=2) in falling_of(admin_client, base)
    cancel = partial(run, admin_client, "unschedule_profiles", base, confirmed=1)
    assert [cancel(), cancel()] == [
        ["Data Tester (base): ya no sale lo programado."],
        ["Nada de lo elegido estaba programado."],
    ]
    assert (public_count(), base.editions.count()) == (1, 1)
    assert AuditEntry.objects.latest("pk").subject == "Data Tester (base), programado"


def falling_of(client, profile):
    items = run_on_page(client, "unschedule_profiles", profile).context["items"]
    return [edition for edition, _address in items]


def test_writer_cannot_call_off_what_is_scheduled(writer_client, base):
    publish(base, at=timezone.now() + datetime.timedelta(days=1))
    run(writer_client, "unschedule_profiles", base, confirmed=1)
    assert base.editions.count() == 1


def test_list_of_editions_says_which_are_public(admin_client, base):
    publish(base)
    publish(base)
    publish(base, at=timezone.now() + datetime.timedelta(days=1))
    page = admin_client.get(reverse("admin:profiles_edition_changelist"))
    shown = {edition.number: edition.is_public for edition in page.context["cl"].result_list}
    assert shown == {1: False, 2: True, 3: False}
    assert page.content.decode().count('icon-yes.svg"') == 1


def test_page_of_a_withdrawn_profile_does_not_say_that_it_is_read(admin_client, base):
    publish(base)
    withdraw(base)
    html = admin_client.get(change_url(base)).content.decode()
    assert "el público lee la última edición" not in html
    assert "no se ve en el sitio hasta que lo publiques" in html


def test_draft_is_deleted(admin_client, startup):
    url = reverse("admin:profiles_profile_delete", args=[startup.pk])
    admin_client.post(url, {"post": "yes"})
    assert not Profile.objects.filter(pk=startup.pk).exists()
