"""The history of a profile: every version and edition, compared and brought back."""

import pytest
from django.urls import reverse

from profiles.admin.history import PAGE
from profiles.admin.wording import changes, marked
from profiles.desk.history import keep, record, timeline
from profiles.desk.publishing import publish
from profiles.models import Profile

DRAFT = True
pytestmark = pytest.mark.dialect


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


def test_long_history_has_pages(admin_client, base):
    for number in range(PAGE):
        rewrite(base, summary=f"Vuelta {number}.")
    answers = [admin_client.get(url("history", base), {"p": page}) for page in (1, 2, "x")]
    assert [len(answer.context["moments"]) for answer in answers] == [PAGE, 1, PAGE]


def test_any_two_are_compared_and_the_desk_with_any(admin_client, base):
    first = keep(base)
    second = rewrite(base, summary="Otro resumen.")
    base.strengths.first().delete()
    summary = ("Resumen", first.document["summary"], "Otro resumen.")
    for later, last in (({"despues": second.number}, summary[0]), ({}, "Fortalezas › 1")):
        page = admin_client.get(url("compare", base), {"antes": first.number, **later})
        found = [(c.place, c.before, c.after) for c in page.context["changes"]]
        assert (found[0], found[-1][0]) == (summary, last)


A, B = {"key": "a", "text": "¿A?"}, {"key": "b", "text": "¿B?"}
TITLE = {"text": "Título de grado", "kind": "must"}


@pytest.mark.parametrize(
    ("part", "before", "after", "told"),
    [
        ("strengths", ["Una."], ["Va primera.", "Una."], "Fortalezas › 1: — → Va primera."),
        # A question is followed by its key, which is not told; an order by beginnings.
        ("questions", [A], [A, B], "Preguntas › 2 › pregunta: — → ¿B?"),
        ("questions", [A], [{**A, "instead": "x"}], "Preguntas › 1 › si nunca lo vivió: — → x"),
        ("questions", [A, B], [B, A], "Preguntas › orden: ¿A?, ¿B? → ¿B?, ¿A?"),
        ("archetypes", {"primary": "lupa"}, {}, "Arquetipos › principal: Lupa → —"),
        (
            "targets",
            {"O": {"low": 2.6}},
            {"O": {"low": 3.0}},
            "Rangos › Apertura › desde: 2,6 → 3,0",
        ),
        (
            *("requirements", [TITLE], [{**TITLE, "kind": "regulated"}]),
            "Requisitos › 1 › clase: imprescindible → título, matrícula o registro",
        ),
        (
            *("requirements", [TITLE], [{**TITLE, "country": "AR"}]),
            "Requisitos › 1 › país: — → Argentina",
        ),
    ],
)
def test_change_is_told_in_the_words_of_the_form(part, before, after, told):
    (change,) = changes({part: before}, {part: after})
    assert f"{change.place}: {change.before} → {change.after}" == told


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


def test_going_back_does_not_lose_what_no_version_held(admin_client, base):
    first = keep(base)
    Profile.objects.filter(pk=base.pk).update(summary="Sin guardar por el admin.", version=9)
    admin_client.post(url("restore", base), {"version": first.number})
    kept = [version.document["summary"] for version in base.versions.all()]
    assert "Sin guardar por el admin." in kept
