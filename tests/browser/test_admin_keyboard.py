"""The desk without a mouse: every page of the admin is walked by Tab, and the work is done."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from tests.browser.conftest import cookie_of
from tests.browser.desk import PASSWORD, is_saved, open_profile, save, sign_in
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
    return walk(page).problems


@pytest.fixture
def still(log_in):
    """Return a function that logs in where nothing moves while it is looked at."""
    return lambda name: log_in(name, reduced_motion="reduce")


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
    assert faults(page, 390 if ON_A_PHONE.search(name) else 1280) == []
    assert [problem for problem in page.problems if not problem.startswith(HINTS)] == []


def test_conflict_and_refused_save_are_walked_by_tab(still):
    page, other = still("eva"), still("ana")
    for window in (page, other):
        open_profile(window, "Data Engineer en Startup")
    other.fill("#id_summary", "El resumen de otra persona.")
    save(other)
    page.fill("#id_summary", "El resumen de Eva.")
    before = page.input_value("#id_targets-0-low")
    page.fill("#id_targets-0-low", "9")
    save(page)
    assert page.locator("#id_targets-0-low_error").is_visible()
    assert faults(page) == []
    page.fill("#id_targets-0-low", before)
    save(page)
    assert "otra persona" in page.locator(".desk-conflict").inner_text()
    assert page.input_value("#id_summary") == "El resumen de Eva."
    assert (faults(page, 390), page.problems) == ([], [])


def test_account_and_second_factor_are_walked_by_tab(still):
    page, found = still("fede"), {}
    here = "/admin/cuenta/segundo-factor/"

    def answer(field, text):
        page.fill(f"[name={field}]", text)
        page.keyboard.press("Enter")

    def look(*paths):
        for path in paths:
            page.goto(path)
            found[page.url] = faults(page)

    look(here, f"{here}totp/activate/")
    answer("password", PASSWORD)
    page.locator("code").wait_for()
    assert page.locator("img").evaluate("image => image.naturalWidth") > 0
    found["activate"] = faults(page)
    secret = page.locator("code").inner_text()
    answer("code", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.locator("li code").first.wait_for()
    codes = page.locator("li code").all_inner_texts()
    assert len(codes) == 10
    look(page.url, here, f"{here}recovery-codes/generate/", f"{here}totp/deactivate/")
    look("/admin/cuenta/salir/")
    page.context.clear_cookies()
    look("/admin/")
    sign_in(page, "fede")
    found["ask for the code"] = faults(page)
    answer("code", codes[0])
    page.locator("#user-tools").wait_for()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert page.problems == []


def press(page, target, key="Enter"):
    """Go to ``target`` by Tab and press a key that leads to another page."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page, target, text):
    tab_to(page, target)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_profile_is_written_ordered_and_published_without_a_mouse(still):
    page = still("eva")
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
