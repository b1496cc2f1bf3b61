"""Draft → in review → published → archived, as an editor meets it in the admin."""

import datetime
from functools import partial

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from profiles.admin import site
from profiles.admin.actions import PAGES
from profiles.admin.wording import in_words
from profiles.desk.publishing import publish
from profiles.documents.choices import WorkflowState
from profiles.guide.findings import Finding
from profiles.models import AuditEntry, Edition, Profile
from tests.desk.editors import chosen, member, run, run_on_page, said, save, url
from tests.helpers.factories import has_unpublished_changes

ROLE = {"publish": False}
NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def public():
    return [edition.profile for edition in Edition.objects.published()]


def words_of(response):
    return " ".join(strip_tags(response.text).split())


def test_writer_finds_what_the_reviewer_said(monkeypatch, base, startup):
    writer, reviewer = member("Redacción"), member("Edición")

    def front_page():
        return words_of(writer.get(reverse("admin:index")))

    run(writer, "submit_profiles", base)
    sent = "Lo que enviaste y dónde está Data Tester (base)"
    assert (sent in front_page(), "sin publicar · en revisión" in front_page()) == (True, True)
    case = "Sumá:\n- un caso"
    for comment, state in (("", WorkflowState.IN_REVIEW), (case, WorkflowState.DRAFT)):
        run(reviewer, "send_back_profiles", base, confirmed=1, comment=comment)
        base.refresh_from_db()
        assert base.state == state
    monkeypatch.setattr(site, "SHOWN", 1)
    run(writer, "submit_profiles", startup)
    assert "sin publicar · devuelto con un comentario Sumá:- un caso" in front_page()
    for at in (reverse("admin:index"), url(base)):
        assert "Sumá:<br>- un caso" in writer.get(at).text
    run(reviewer, "publish_profiles", base, confirmed=1)
    monkeypatch.undo()
    assert "· publicado Borradores" in front_page()


def test_publishing_page_shows_whose_names_the_page_will_bear(admin_client, base):
    ana = User.objects.create_user("ana", is_staff=True)
    names = {"username": "ana", "first_name": "Ana", "last_name": "P\u202eaz\u034f\U000e0041"}
    joined = {"date_joined_0": "2026-11-01", "date_joined_1": "10:00", "is_staff": "on"}
    assert admin_client.post(url(ana), names | joined).status_code == 302
    save(admin_client, base, author=ana.pk)
    ask = partial(run_on_page, admin_client, "publish_profiles", base)
    assert "autoría: Ana Paz · sin revisión" in words_of(ask())
    run(admin_client, "publish_profiles", base, confirmed=1, reviewed="on")
    assert "autoría: Ana Paz · revisión: admin (" in words_of(ask())


def test_publishing_page_names_what_stands_against_it_and_what_only_warns(admin_client, base):
    Profile.objects.filter(pk=base.pk).update(reviewed_on=None)
    page = run_on_page(admin_client, "publish_profiles", base).context
    (warning,) = page["drafts"][0]["problems"]
    assert (warning.message, page["can_act"]) == ("falta la fecha de revisión", True)
    base.strengths.all().delete()
    page = run_on_page(admin_client, "publish_profiles", base).context
    (problem,) = (found for found in page["drafts"][0]["problems"] if found.blocks)
    assert (problem.place, problem.message) == ("Fortalezas", "tiene 0; van de 5 a 6")
    leads_to = f"{url(base)}#strengths-group"
    assert (problem.href, page["can_act"], page["form"]) == (leads_to, False, None)


def test_what_is_scheduled_is_said_and_compared_with_what_is_public(admin_client, base):
    with time_machine.travel(NOON, tick=False):
        publish(base)
        Profile.objects.filter(pk=base.pk).update(summary="Para más adelante.")
        publish(base, at=NOON + HOUR)
        page = admin_client.get(url(base)).text
        question = run_on_page(admin_client, "publish_profiles", base).text
    published = base.editions.get(number=1).version.number
    assert ("sale el 23/11/2026 10:00" in page, f"?antes={published}" in page) == (True, True)
    told = [
        *("Data Tester (base), edición 2, 23/11/2026 10:00", "Para más adelante."),
        *("Cambios respecto de la edición 1", f'href="{url(base, "unschedule_profiles")}"'),
        "Deja de salir: la reemplaza lo que publiques",
    ]
    assert [words for words in told if words not in " ".join(question.split())] == []


@pytest.mark.parametrize("action", sorted({*PAGES.values()} - {"send_back_profiles"}))
@pytest.mark.parametrize("meanwhile", ["saved", "scheduled", "never asked"])
def test_what_changed_while_the_question_was_read_is_asked_again(
    action, meanwhile, admin_client, base
):
    publish(base)
    publish(base, at=timezone.now() + HOUR)
    save(admin_client, base, summary="Lo que se mostró.")
    opened = [] if meanwhile == "never asked" else chosen(base)["shown"]
    if meanwhile == "scheduled":
        publish(base, at=timezone.now() + 2 * HOUR)
    else:
        save(admin_client, base, summary="Otra persona, a medio escribir.")
    before = base.summary, base.editions.count()
    asked = run_on_page(admin_client, action, base, confirmed=1, shown=opened)
    assert "ya no está como se mostró" in said(asked)[-1]
    assert asked.context["shown"] == chosen(base)["shown"]
    base.refresh_from_db()
    assert (base.summary, base.editions.count()) == before


def test_publishing_names_what_is_missing_and_publishes_the_others(admin_client, base, startup):
    places = ("base.questions.2.text", "contexts.pyme.targets.O.sources.0")
    seen = "Dicho (Perfil base › Preguntas › 3 › pregunta, Pyme › Rangos › Apertura › fuentes › 1)"
    assert in_words(Finding("base.body", "Dicho", others=places)) == seen
    alone = "Data Tester en Startup: no se publicó. Primero se publica el perfil base del rol."
    assert run(admin_client, "publish_profiles", startup, confirmed=1) == [alone]
    startup.strengths.all().delete()
    startup.questions.filter(order=0).update(anchors_excellent="")
    Profile.objects.filter(pk=startup.pk).update(errors=2)
    assert run(admin_client, "publish_profiles", startup, base, confirmed=1, reviewed="on") == [
        "Data Tester (base): se publicó la edición 1.",
        "Data Tester en Startup: no se publicó. Fortalezas: tiene 0; van de 2 a 4; "
        "Preguntas › 1 › respuesta › 5: falta.",
    ]
    assert (public(), list(Profile.objects.exclude(reviewer=None))) == ([base], [base])


def test_publication_begins_when_asked_and_not_in_the_past(admin_client, base, startup):
    ask = partial(run, admin_client, "publish_profiles", base, confirmed=1)
    with time_machine.travel(NOON, tick=False) as clock:
        for at, why in {"2026-11-23T08:59": "Ya pasó.", "9999-12-31T23:59": "Falta más de"}.items():
            refused = run_on_page(admin_client, "publish_profiles", base, confirmed=1, at=at)
            assert why in refused.text
        assert not run_on_page(admin_client, "publish_profiles", startup).context["can_act"]
        # Buenos Aires is three hours behind UTC.
        assert ask(at="2026-11-23T10:00", reason="Campaña") == [
            "Data Tester (base): se programó la edición 1 para el 23/11/2026 10:00."
        ]
        again = ask(at="2026-11-23T10:00")
        assert again == ["Data Tester (base): no tiene cambios sin publicar."]
        assert public() == []
        assert run_on_page(admin_client, "publish_profiles", startup).context["can_act"]
        clock.shift(HOUR)
        assert public() == [base]
    assert base.editions.get().reason == "Campaña"


def test_withdrawing_asks_first_and_takes_only_the_pages_that_it_named(admin_client, base, startup):
    publish(base)
    shown = run_on_page(admin_client, "withdraw_profiles", base).context["shown"]
    publish(startup)
    asked = run_on_page(admin_client, "withdraw_profiles", base, confirmed=1, shown=shown)
    assert [profile for profile, _address in asked.context["items"]] == [base, startup]
    assert startup.get_absolute_url() in asked.text
    assert len(public()) == 2
    shown = asked.context["shown"]
    assert run(admin_client, "withdraw_profiles", base, confirmed=1, shown=shown) == [
        "Data Tester (base): se retiró del sitio.",
        "Data Tester en Startup: se retiró del sitio.",
    ]
    assert (public(), AuditEntry.objects.latest("pk").event) == ([], "withdrawn")


@pytest.mark.parametrize("act", ["unschedule_profiles", "withdraw_profiles"])
def test_act_on_a_base_names_the_scheduled_context_that_goes_along(
    act, admin_client, base, startup
):
    with time_machine.travel(NOON, tick=False):
        publish(base, at=NOON + HOUR)
        publish(startup, at=NOON + 2 * HOUR)
        items = run_on_page(admin_client, act, base).context["items"]
        question = run_on_page(admin_client, "publish_profiles", base).text
    assert "Deja de salir si la nueva fecha del perfil base es posterior." in question
    # What is called off are editions, what is withdrawn are profiles.
    assert {getattr(item, "profile", item) for item, _address in items} == {base, startup}


def test_discarding_brings_the_published_text_back(admin_client, base):
    discard = partial(run, admin_client, "discard_changes", base, confirmed=1)
    assert discard() == ["Data Tester (base): no está publicado: no hay a qué volver."]
    published = publish(base).summary
    save(admin_client, base, summary="Un borrador.")
    run_on_page(admin_client, "discard_changes", base)
    assert has_unpublished_changes(base)
    assert discard()[-1] == "Data Tester (base): volvió a la edición 1."
    base.refresh_from_db()
    assert (base.summary, base.state) == (published, WorkflowState.PUBLISHED)
    assert not has_unpublished_changes(base)


def test_what_is_scheduled_is_cancelled_and_what_is_public_stays(admin_client, base):
    publish(base)
    Profile.objects.filter(pk=base.pk).update(summary="Para más adelante.")
    publish(base, at=timezone.now() + datetime.timedelta(days=1))
    asked = run_on_page(admin_client, "unschedule_profiles", base).context["items"]
    assert asked == [(base.editions.get(number=2), "")]
    cancel = partial(run, admin_client, "unschedule_profiles", base, confirmed=1)
    assert [cancel(), cancel()] == [
        ["Data Tester (base): ya no sale lo programado."],
        ["Nada de lo elegido estaba programado."],
    ]
    assert (public(), base.editions.count()) == ([base], 1)
    assert AuditEntry.objects.latest("pk").subject == "Data Tester (base), programado"
