"""The history of a profile, compared and brought back; and previews, for editors and by link."""

import datetime
import re

import pytest
import time_machine
from django.urls import reverse

from profiles.admin.history import PAGE
from profiles.admin.wording import changes
from profiles.desk.history import keep, record, timeline
from profiles.desk.publishing import publish, withdraw
from profiles.documents.types import MAX_PAGE_MARKDOWN
from profiles.models import Profile
from profiles.views.preview import share, shared_until
from tests.desk.editors import form_values, member, url

ROLE = {"publish": False}
NOW = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.UTC)
BANNER = "Vista previa: todavía no es público y puede cambiar."


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
    answers = [admin_client.get(url(base, "history"), {"p": page}) for page in (1, 2, "x")]
    assert [len(answer.context["moments"]) for answer in answers] == [PAGE, 1, PAGE]


@pytest.mark.dialect
def test_any_two_are_compared_and_the_desk_with_any(admin_client, base):
    first = keep(base)
    second = rewrite(base, summary="Otro resumen.")
    base.strengths.first().delete()
    summary = ("Resumen", first.document["summary"], "Otro resumen.")
    for later, last in (({"despues": second.number}, summary[0]), ({}, "Fortalezas › 1")):
        page = admin_client.get(url(base, "compare"), {"antes": first.number, **later})
        found = [(c.place, c.before, c.after) for c in page.context["changes"]]
        assert (found[0], found[-1][0]) == (summary, last)


A, B = {"key": "a", "text": "¿A?"}, {"key": "b", "text": "¿B?"}
TITLE, RANGE = {"text": "Título de grado", "kind": "must"}, {"O": {"low": 2.6}}
FIRST, KINDS = "Requisitos › 1", "imprescindible → título, matrícula o registro"


@pytest.mark.parametrize(
    ("part", "before", "after", "told"),
    [
        ("strengths", ["Una."], ["Va primera.", "Una."], "Fortalezas › 1: — → Va primera."),
        # A question is followed by its key, which is not told; an order by beginnings.
        ("questions", [A], [A, B], "Preguntas › 2 › pregunta: — → ¿B?"),
        ("questions", [A, B], [B, A], "Preguntas › orden: ¿A?, ¿B? → ¿B?, ¿A?"),
        ("archetypes", {"primary": "lupa"}, {}, "Arquetipos › principal: Lupa → —"),
        ("targets", RANGE, {"O": {"low": 3.0}}, "Rangos › Apertura › desde: 2,6 → 3,0"),
        ("requirements", [TITLE], [{**TITLE, "country": "AR"}], f"{FIRST} › país: — → Argentina"),
        ("requirements", [TITLE], [{**TITLE, "kind": "regulated"}], f"{FIRST} › clase: {KINDS}"),
    ],
)
def test_change_is_told_in_the_words_of_the_form(part, before, after, told):
    (change,) = changes({part: before}, {part: after})
    assert f"{change.place}: {change.before} → {change.after}" == told


def test_unknown_state_is_not_found(admin_client, base):
    for key in ("x", "-1", "99", "99999999999", ""):
        assert admin_client.get(url(base, "compare"), {"antes": key}).status_code == 404
        assert admin_client.post(url(base, "restore"), {"version": key}).status_code == 404


@pytest.mark.dialect
def test_one_action_goes_back_to_a_version(admin_client, admin_user, base):
    first = keep(base)
    rewrite(base, summary="Otro.")
    admin_client.post(url(base, "restore"), {"version": first.number})
    base.refresh_from_db()
    newest = base.versions.latest()
    assert base.summary == first.document["summary"]
    assert (newest.who, newest.why) == (admin_user, f"Volvió a la versión {first.number}")


def link_to(profile):
    version = keep(profile)
    share(version)
    return version, reverse("profiles:preview", args=[version.share_token])


def main_of(response):
    """Return the page's own content."""
    return re.search(r"<main.*</main>", response.text, re.DOTALL)[0]


def test_preview_is_the_page_that_publishing_would_make(admin_client, base, startup):
    banner = re.compile(r'<p class="preview-banner".*?</p>\s*', re.DOTALL)
    for profile in (base, startup):
        publish(profile)
        preview = main_of(admin_client.get(url(profile, "preview")))
        without, banners = banner.subn("", preview)
        assert (banners, BANNER in preview) == (1, True)
        assert without == main_of(admin_client.get(profile.get_absolute_url()))


def test_preview_shows_what_is_typed_and_saves_nothing(admin_client, base):
    values = form_values(admin_client, base)
    values |= {"summary": "Lo que estoy escribiendo.", "strengths-0-text": "Una fuerza nueva."}
    versions = base.versions.count()
    html = admin_client.post(url(base, "preview"), values).text
    assert ("Lo que estoy escribiendo." in html, "Una fuerza nueva." in html) == (True, True)
    fresh = Profile.objects.get(pk=base.pk)
    assert (fresh.summary, fresh.versions.count()) == (base.summary, versions)
    assert not base.strengths.filter(text="Una fuerza nueva.").exists()
    html = admin_client.post(url(base, "preview"), values | {"summary": "x" * 200}).text
    assert ("Todavía no se puede mostrar" in html, BANNER in html) == (True, False)


def test_link_shows_its_version_whatever_is_written_later_and_is_not_kept_or_told(client, base):
    _version, path = link_to(base)
    rewrite(base, summary="Escrito después.")
    response = client.get(path)
    assert (base.summary in response.text, "Escrito después." in response.text) == (True, False)
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert not response.cookies


def test_link_ends_after_seven_days(client, base):
    with time_machine.travel(NOW, tick=False) as clock:
        version, path = link_to(base)
        assert shared_until(version) == NOW + datetime.timedelta(days=7)
        clock.shift(datetime.timedelta(days=7, seconds=-1))
        assert client.get(path).status_code == 200
        clock.shift(2)
        assert client.get(path).status_code == 404
        assert shared_until(version) is None


def altered(token):
    number, _dot, rest = bytes.fromhex(token).decode().partition(".")
    return f"{int(number) + 1}.{rest}".encode().hex()


@pytest.mark.parametrize(
    "change", [altered, lambda token: token[:-2], lambda token: "zz", lambda token: "ff", str.upper]
)
def test_altered_link_opens_nothing(client, base, startup, change):
    version, _path = link_to(base)
    share(keep(startup))
    path = reverse("profiles:preview", args=[change(version.share_token)])
    assert client.get(path).status_code == (301 if change is str.upper else 404)


def revoke(profile):
    member("Redacción").post(url(profile, "share"), {"revoke": profile.versions.latest().number})


@pytest.mark.parametrize("end", [revoke, withdraw, lambda startup: startup.delete()])
def test_link_that_is_revoked_or_whose_profile_goes_opens_nothing(client, base, startup, end):
    _version, path = link_to(startup)
    assert client.get(path).status_code == 200
    end(startup)
    assert client.get(path).status_code == 404


def test_markdown_is_shown_as_publishing_renders_it_or_refused(admin_client):
    path = reverse("admin:profiles_profile_markdown")
    html = admin_client.post(path, {"text": "**Hola**\n1) uno"}).text
    assert ("<strong>Hola</strong>" in html, "<li>uno</li>" in html) == (True, True)
    for text in ("[" * 500, "x" * (MAX_PAGE_MARKDOWN + 1), "![foto](a.png)", "<script>"):
        assert admin_client.post(path, {"text": text}).status_code == 400
