"""The desk without a mouse: every page of the admin is walked by Tab, and the work is done."""

import re

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from tests.browser.conftest import cookie_of
from tests.browser.desk import is_saved
from tests.browser.keyboard import tab_to, walk

# On a phone: what an editor does there, one page of each kind.
ON_A_PHONE = re.compile(r"^index$|_profile_(changelist|change|history|compare)$|_role_change$")
# Many of a kind: the sources stand for the vocabulary, which shares its pages with them.
LIKE_ANOTHER = re.compile(r"_(area|context|archetype|page)_|_preview$|^auth_group_")
# What Chromium would like, of Django's own form for a password, and of who walks too fast.
HINTS = ("[DOM] Input elements", "Autofocus processing was blocked")
# Answers to a form, to a script or to a file's request: no page of their own.
NO_PAGE = re.compile(
    r"_(markdown|share|restore|create)$|^(login|logout|autocomplete|jsi18n|view_on_site)$"
)
# Pages whose door is closed to everyone: a trait is never added, what was public never deleted.
CLOSED = re.compile(
    r"_(trait|edition|auditentry|missingtitle)_(add|delete)$|_profile_add$|_missingtitle_(change|history)$|_(profile|role)_delete$"
)
# Edición writes the guide; accounts and the log are a superuser's.
SUPERUSER = re.compile(r"^auth_|_auditentry_")
PRESSED_BY_ENTER = """[...document.querySelectorAll("form:has([name=_save])")].map(
    (form) => form.querySelector("[type=submit]").name)"""
OPEN_ALL = "document.querySelectorAll('#main details').forEach((d) => (d.open = true))"


def address(name):
    """Return the path of a page of the admin, of its first row where it is about one."""
    options = [{}, {"args": [1]}, {"kwargs": {"app_label": "profiles"}}]
    for arguments in options:
        try:
            return reverse(f"admin:{name}", **arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def names():
    own = [pattern.name for pattern in admin.site.get_urls() if getattr(pattern, "name", None)]
    models = [p.name for options in admin.site._registry.values() for p in options.get_urls()]
    out = (NO_PAGE, CLOSED, LIKE_ANOTHER)
    return [n for n in [*own, *models] if n and not any(kind.search(n) for kind in out)]


NAMES = names()


def faults(page, width=1280):
    """Return what a walk finds, with everything that folds unfolded."""
    page.evaluate(OPEN_ALL)
    page.set_viewport_size({"width": width, "height": 900})
    return walk(page)


@pytest.fixture(scope="module")
def desks(window, running):
    """A window of each of two editors."""
    opened = {}
    for name in ("eva", "ana"):
        page = opened[name] = window(reduced_motion="reduce")
        page.context.add_cookies([cookie_of(running, name)])
    return opened


def test_pages_of_the_admin_are_here():
    assert len(NAMES) == 45


# A test for each, so that the run begins with this file, which takes longest.
@pytest.mark.parametrize("name", NAMES)
def test_page_is_walked_by_tab(desks, name):
    page = desks["ana" if SUPERUSER.search(name) else "eva"]
    page.problems.clear()
    assert page.goto(address(name)).status == 200
    assert set(page.evaluate(PRESSED_BY_ENTER)) <= {"_save"}
    assert faults(page, 390 if ON_A_PHONE.search(name) else 1280) == []
    assert [problem for problem in page.problems if not problem.startswith(HINTS)] == []


def press(page, target, key="Enter"):
    """Go to ``target`` by Tab and press a key that leads to another page."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page, target, text):
    tab_to(page, target)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_enter_in_a_field_saves(desks):
    page = desks["ana"]
    for at, field in {"profiles_role_change": "name", "auth_user_change": "first_name"}.items():
        page.goto(address(at))
        press(page, page.locator(f"#id_{field}"))
        assert is_saved(page)


def test_profile_is_written_ordered_and_published_without_a_mouse(log_in):
    page = log_in("eva", reduced_motion="reduce")
    press(page, page.locator("#content-main").get_by_role("link", name="Perfiles", exact=True))
    write(page, page.locator("#searchbar"), "Data Scientist")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    row = page.locator("#result_list tbody tr", has_text="Global")
    press(page, row.locator("th a"))
    before = page.input_value("#id_summary")
    write(page, page.locator("#id_summary"), "Escrito sin tocar el mouse.")
    tab_to(page, page.locator("#strengths-group summary"))
    page.keyboard.press("Enter")
    first = page.input_value("#id_strengths-0-text")
    tab_to(page, page.locator("#strengths-0").get_by_role("button", name="Bajar"))
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert is_saved(page)
    assert page.input_value("#id_summary") == "Escrito sin tocar el mouse."
    assert page.input_value("#id_strengths-1-text") == first
    press(page, page.get_by_role("button", name="Guardar y enviar a revisión"))
    assert "se envió a revisión" in page.locator(".messagelist").inner_text()
    size = page.locator(".desk-sizes tr", has_text="Global")
    press(page, size.get_by_role("link", name="Publicar…"))
    assert faults(page) == []
    press(page, page.locator(".desk-act input[type=submit]"))
    assert "se publicó la edición 2" in page.locator(".messagelist").inner_text()
    press(page, size.get_by_role("link", name="Editar"))
    press(page, page.get_by_role("link", name="Historia", exact=True))
    tab_to(page, page.locator("input[name=antes]:checked"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    press(page, page.get_by_role("button", name="Comparar los dos elegidos"))
    assert page.locator(".desk-changes").is_visible()
    press(page, page.get_by_role("link", name="Historia", exact=True))
    press(page, page.get_by_role("button", name="Volver a este texto").last)
    assert page.input_value("#id_summary") == before
    assert page.input_value("#id_strengths-0-text") == first
    assert page.problems == []
