"""Draft → in review → published → archived, at the times an editor gives."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import strip_tags

from profiles.desk.publishing import publish
from profiles.documents.choices import WorkflowState
from profiles.models import Edition, Profile
from tests.desk.accounts import member
from tests.desk.forms import LIST, change_url, chosen, form_values, listed, run, run_on_page

DRAFT = True
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
NOTHING_NEW = ["Data Tester (base): no tiene cambios sin publicar."]


def state(profile):
    return Profile.objects.values_list("state", flat=True).get(pk=profile.pk)


def is_public(profile):
    return Edition.objects.published().filter(profile=profile).exists()


def test_reviewer_sends_a_profile_back_and_its_writer_finds_what_was_said(base):
    writer, reviewer = member("Redacción"), member("Edición")

    def front_page():
        return " ".join(strip_tags(writer.get(reverse("admin:index")).text).split())

    run(writer, "submit_profiles", base)
    assert "Lo que enviaste y dónde está Data Tester (base)" in front_page()
    assert "sin publicar · en revisión" in front_page()
    run(reviewer, "send_back_profiles", base, confirmed=1, comment="")
    assert state(base) == WorkflowState.IN_REVIEW
    run(reviewer, "send_back_profiles", base, confirmed=1, comment="Sumá un caso.")
    assert state(base) == WorkflowState.DRAFT
    assert "sin publicar · devuelto con un comentario Sumá un caso." in front_page()
    assert "Sumá un caso." in writer.get(change_url(base)).text
    run(reviewer, "publish_profiles", base, confirmed=1)
    assert "· publicado Borradores" in front_page()


def test_review_without_changes_ends_by_publishing(admin_client, base):
    publish(base)
    run(admin_client, "submit_profiles", base)
    said_now = run(admin_client, "publish_profiles", base, confirmed=1)
    assert said_now[-1] == "Data Tester (base): sigue publicado; no tenía cambios."
    assert (state(base), base.editions.count()) == (WorkflowState.PUBLISHED, 1)


def test_what_is_scheduled_is_said_and_compared_with_what_is_public(admin_client, base):
    with time_machine.travel(NOON, tick=False):
        publish(base)
        Profile.objects.filter(pk=base.pk).update(summary="Para más adelante.")
        publish(base, at=NOON + HOUR)
        page = admin_client.get(change_url(base)).content.decode()
        question = run_on_page(admin_client, "publish_profiles", base).content.decode()
    scheduled = "Data Tester (base), edición 2, 23/11/2026 10:00"
    published = base.editions.get(number=1).version.number
    assert ("sale el 23/11/2026 10:00" in page, f"?antes={published}" in page) == (True, True)
    assert scheduled in " ".join(question.split())
    assert "Cambios respecto de la edición 1" in question
    assert "Para más adelante." in question
    assert "Deja de salir: la reemplaza lo que publiques" in question
    cancel = reverse("admin:profiles_profile_unschedule_profiles", args=[base.pk])
    assert f'href="{cancel}"' in question


def test_question_names_what_falls_of_the_contexts(admin_client, base, startup):
    with time_machine.travel(NOON, tick=False):
        publish(base, at=NOON + HOUR)
        publish(startup, at=NOON + 2 * HOUR)
        html = run_on_page(admin_client, "publish_profiles", base).content.decode()
    assert "Deja de salir si la nueva fecha del perfil base es posterior." in html


def test_many_profiles_are_asked_about_with_what_falls_and_without_their_texts(
    admin_client, base, startup, monkeypatch
):
    monkeypatch.setattr("profiles.admin.actions.MAX_COMPARED", 1)
    with time_machine.travel(NOON, tick=False):
        publish(base)
        publish(startup, at=NOON + HOUR)
        page = admin_client.post(
            reverse(LIST), {"action": "publish_profiles", **chosen(base, startup)}
        )
    assert page.text.count("Deja de salir: la reemplaza lo que publiques") == 1
    assert [draft["changes"] for draft in page.context["drafts"]] == [[], []]


@pytest.mark.parametrize("act", ["unschedule_profiles", "withdraw_profiles"])
def test_act_on_a_base_names_the_scheduled_context_that_goes_along(
    act, admin_client, base, startup
):
    with time_machine.travel(NOON, tick=False):
        publish(base, at=NOON + HOUR)
        publish(startup, at=NOON + 2 * HOUR)
        items = run_on_page(admin_client, act, base).context["items"]
    # What is called off are editions, what is withdrawn are profiles.
    assert {getattr(item, "profile", item) for item, _address in items} == {base, startup}


def test_publishing_page_names_what_stands_against_it_and_what_only_warns(admin_client, base):
    Profile.objects.filter(pk=base.pk).update(reviewed_on=None)
    page = run_on_page(admin_client, "publish_profiles", base).context
    (warning,) = page["drafts"][0]["problems"]
    assert (warning.message, page["can_act"]) == ("falta la fecha de revisión", True)
    base.strengths.all().delete()
    page = run_on_page(admin_client, "publish_profiles", base).context
    (problem,) = (found for found in page["drafts"][0]["problems"] if found.blocks)
    change = f"{change_url(base)}#strengths-group"
    assert (problem.place, problem.message) == ("Fortalezas", "tiene 0; van de 5 a 6")
    assert (problem.href, page["can_act"], page["form"]) == (change, False, None)


def test_publication_begins_when_asked(admin_client, base):
    with time_machine.travel(NOON, tick=False) as clock:
        # Buenos Aires is three hours behind UTC.
        when = {"at": "2026-11-23T10:00", "reason": "Campaña"}
        messages = run(admin_client, "publish_profiles", base, confirmed=1, **when)
        public = [is_public(base)]
        assert run(admin_client, "publish_profiles", base, confirmed=1, **when) == NOTHING_NEW
        clock.shift(HOUR)
        public.append(is_public(base))
    assert messages == ["Data Tester (base): se programó la edición 1 para el 23/11/2026 10:00."]
    assert public == [False, True]
    assert base.editions.get().reason == "Campaña"


def test_publication_in_the_past_is_refused(admin_client, base):
    when = {"at": "2020-01-01T10:00"}
    response = run_on_page(admin_client, "publish_profiles", base, confirmed=1, **when)
    assert "Ya pasó. Dejalo vacío para publicar ahora." in response.content.decode()
    assert not base.editions.exists()


def test_list_finds_unpublished_changes(admin_client, base, startup):
    publish(base)
    client = admin_client
    assert listed(client, changes__exact="none") == ["Data Tester (base)"]
    assert listed(client, changes__exact="never") == ["Data Tester en Startup"]
    values = form_values(client, base)
    client.post(change_url(base), {**values, "summary": "Otro."})
    assert listed(client, changes__exact="some") == ["Data Tester (base)"]


def test_list_finds_what_is_missing(admin_client, base, startup):
    values = form_values(admin_client, base)
    admin_client.post(change_url(base), {**values, "body": "", "summary": ""})
    base.refresh_from_db()
    assert base.completeness == round(100 * 19 / 21)
    assert listed(admin_client, falta="body") == ["Data Tester (base)"]
    assert listed(admin_client, falta="nada") == ["Data Tester en Startup"]
    assert listed(admin_client, falta="targets") == []


def test_panel_names_the_field_and_leads_to_it(admin_client, base):
    base.questions.filter(order=2).update(anchors_excellent="")
    base.role.career.all().delete()
    html = admin_client.get(change_url(base)).content.decode()
    assert '<a href="#id_questions-2-anchors_excellent">Preguntas › 3 › respuesta › 5</a>' in html
    assert 'id="id_questions-2-anchors_excellent"' in html
    role_page = reverse("admin:profiles_role_change", args=[base.role_id])
    assert f'<a href="{role_page}#career-group">Plan de carrera</a>' in html


def test_context_page_shows_what_is_inherited(admin_client, base, startup):
    html = admin_client.get(change_url(startup)).content.decode()
    assert base.strengths.first().text in html
    assert base.questions.first().text in html
