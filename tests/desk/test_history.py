"""The history of a profile: every version and edition, compared and brought back."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from profiles.admin.history import PAGE
from profiles.admin.wording import changes, marked
from profiles.desk.history import desk_state, keep, record, timeline
from profiles.desk.publishing import publish
from profiles.models import Archetype, Profile, Role, Source
from tests.desk.forms import said
from tests.factories import make_role

pytestmark = [
    pytest.mark.dialect,
    pytest.mark.usefixtures("vocabulary"),
    pytest.mark.ignore_template_errors,
]


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    """The role that every test of this file starts from, made once."""
    return make_role(publish=False)


@pytest.fixture
def client_with():
    """Return a function that logs a person in with the permissions named."""

    def log_in(*codenames):
        user = User.objects.create_user(f"user-{len(codenames)}-{codenames}", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    return log_in


def url(name, profile):
    return reverse(f"admin:profiles_profile_{name}", args=[profile.pk])


def rewrite(profile, **columns):
    Profile.objects.filter(pk=profile.pk).update(**columns)
    return record(profile, why="porque sí")


def test_history_holds_every_version_and_what_was_published_of_it(base, admin_user):
    record(base, by=admin_user, why="la primera")
    publish(base, by=admin_user, reason="sale")
    rewrite(base, summary="Otro.")
    shown = [(v.who, v.why, [e.reason for e in v.editions.all()]) for v in timeline(base)]
    assert shown[:2] == [(None, "porque sí", []), (admin_user, "la primera", ["sale"])]


def test_history_page_offers_each_of_them(admin_client, base):
    publish(base, reason="sale")
    rewrite(base, summary="Otro.")
    html = admin_client.get(url("history", base)).content.decode()
    numbers = [str(version.number) for version in timeline(base)]
    assert re.findall(r'name="antes" value="(\d+)"', html) == numbers
    assert html.count("Volver a este texto") == len(numbers)
    assert "sale" in html


def test_long_history_has_pages(admin_client, base):
    for number in range(PAGE):
        rewrite(base, summary=f"Vuelta {number}.")
    answers = [admin_client.get(url("history", base), {"p": page}) for page in (1, 2, "x")]
    assert [len(answer.context["moments"]) for answer in answers] == [PAGE, 1, PAGE]


def compared(client, profile, **states):
    return client.get(url("compare", profile), states).context["changes"]


def test_any_two_are_compared(admin_client, base):
    first = keep(base)
    publish(base)
    second = rewrite(base, summary="Otro resumen.")
    found = compared(admin_client, base, antes=first.number, despues=second.number)
    assert [(c.place, c.before, c.after) for c in found] == [
        ("Resumen", first.document["summary"], "Otro resumen.")
    ]


def test_desk_is_compared_with_the_shelf(admin_client, base):
    edition = publish(base)
    base.strengths.first().delete()
    found = compared(admin_client, base, antes=edition.version.number)
    assert [(c.place, c.after) for c in found] == [("Fortalezas › 1", "—")]


def test_desk_that_lacks_a_range_is_not_compared(admin_client, base):
    edition = publish(base)
    base.targets.first().delete()
    response = admin_client.get(url("compare", base), {"antes": edition.version.number})
    assert response.headers["Location"] == url("history", base)
    assert said(response) == [
        "Lo guardado ahora no se puede comparar: Rangos › Apertura: falta y es obligatorio."
    ]


def test_new_sentence_is_one_change_wherever_it_stands(base):
    version = keep(base)
    base.strengths.create(text="Va primera.", order=0)
    base.strengths.exclude(text="Va primera.").update(order=5)
    found = changes(version.document, desk_state(base))
    assert [(c.place, c.before, c.after) for c in found] == [("Fortalezas › 1", "—", "Va primera.")]


def test_question_is_followed_by_its_key(base):
    version = keep(base)
    first = base.questions.first()
    first.order, first.anchors_weak = 99, "Otra ancla."
    first.save()
    places = [c.place for c in changes(version.document, desk_state(base))]
    assert places == ["Preguntas › 6 › respuesta › 1", "Preguntas › orden"]


def test_order_of_questions_is_said_by_their_beginnings(base):
    base.questions.filter(order__gt=1).delete()
    version = keep(base)
    for question in base.questions.all():
        question.order, question.text = 1 - question.order, f"¿Qué {question.key}?"
        question.save()
    order = changes(version.document, desk_state(base))[-1]
    assert order.after == "¿Qué base-1?, ¿Qué base-0?"


def test_new_question_is_told_without_its_key(base):
    version = keep(base)
    base.questions.create(key="nueva", text="¿Y ahora?", order=9)
    found = changes(version.document, desk_state(base))
    assert [(c.place, c.after) for c in found] == [("Preguntas › 7 › pregunta", "¿Y ahora?")]


def test_slugs_are_said_by_the_names_of_their_rows(base):
    version = keep(base)
    source, archetype = Source.objects.first(), Archetype.objects.get(slug="ancla")
    base.targets.get(trait__code="O").sources.add(source)
    Role.objects.filter(pk=base.role_id).update(primary_archetype=archetype)
    base.role.related.filter(related__slug="neighbour-a").delete()
    Role.objects.filter(slug="neighbour-b").update(name="La vecina")
    base.role.related.filter(related__slug="neighbour-b").update(difference="Mira otra cosa.")
    found = changes(version.document, desk_state(base))
    said_now = {(c.before, c.after) for c in found}
    assert {("—", source.name), ("Lupa", "Ancla")} <= said_now
    assert not {word for c in found for word in (c.before, c.after) if "neighbour-b" in word}


def test_values_are_said_in_words(base):
    version = keep(base)
    base.targets.filter(trait__code="O").update(importance="critical", low=Decimal("3.0"))
    found = changes(version.document, desk_state(base))
    assert [(c.before, c.after) for c in found] == [("2,6", "3,0"), ("importante", "crítico")]


def test_requirement_is_said_in_words(base):
    base.requirements.all().delete()
    base.requirements.create(text="Título de grado", kind="must")
    version = keep(base)
    base.requirements.update(kind="regulated", country="AR")
    found = changes(version.document, desk_state(base))
    assert [(c.before, c.after) for c in found] == [
        ("imprescindible", "título, matrícula o registro"),
        ("—", "Argentina"),
    ]


def test_words_that_moved_are_marked():
    assert marked("uno dos tres", "uno cuatro tres") == [
        ("same", "uno"),
        ("gone", "dos"),
        ("new", "cuatro"),
        ("same", "tres"),
    ]


@pytest.mark.parametrize("key", ["x", "-1", "99", "99999999999", ""])
def test_unknown_state_is_not_found(admin_client, base, key):
    assert admin_client.get(url("compare", base), {"antes": key}).status_code == 404
    assert admin_client.post(url("restore", base), {"version": key}).status_code == 404


def test_one_action_goes_back_to_a_version(admin_client, admin_user, base):
    first = keep(base)
    rewrite(base, summary="Otro.")
    admin_client.post(url("restore", base), {"version": first.number})
    base.refresh_from_db()
    newest = base.versions.latest()
    assert base.summary == first.document["summary"]
    assert (newest.who, newest.why) == (admin_user, f"Volvió a la versión {first.number}")


def test_one_action_goes_back_to_what_was_published(admin_client, startup, base):
    publish(base)
    edition = publish(startup)
    rewrite(startup, summary="Otro.")
    admin_client.post(url("restore", startup), {"version": edition.version.number})
    startup.refresh_from_db()
    assert startup.summary == edition.summary


def test_going_back_does_not_lose_what_no_version_held(admin_client, base):
    first = keep(base)
    Profile.objects.filter(pk=base.pk).update(summary="Sin guardar por el admin.", version=9)
    admin_client.post(url("restore", base), {"version": first.number})
    kept = [version.document["summary"] for version in base.versions.all()]
    assert "Sin guardar por el admin." in kept


def test_looking_changes_nothing(admin_client, base):
    first = keep(base)
    rewrite(base, summary="Otro.")
    assert admin_client.get(url("restore", base), {"version": 1}).status_code == 405
    assert first.number != base.versions.latest().number


def statuses(client, profile):
    return {
        "history": client.get(url("history", profile)).status_code,
        "compare": client.get(url("compare", profile)).status_code,
        "restore": client.post(url("restore", profile), {"version": 1}).status_code,
    }


def test_stranger_sees_no_history(base):
    assert set(statuses(Client(), base).values()) == {302}


def test_person_without_rights_sees_no_history(client_with, base):
    assert set(statuses(client_with(), base).values()) == {403}


def test_reader_reads_and_restores_nothing(client_with, base):
    keep(base)
    assert statuses(client_with("view_profile"), base) == {
        "history": 200,
        "compare": 200,
        "restore": 403,
    }


def test_writer_restores(client_with, base):
    keep(base)
    asked = statuses(client_with("view_profile", "change_profile"), base)
    assert asked == {"history": 200, "compare": 200, "restore": 302}


def test_reader_is_offered_no_way_back(client_with, base):
    keep(base)
    html = client_with("view_profile").get(url("history", base)).content.decode()
    assert "Volver a este texto" not in html
    assert "Compartir" not in html
