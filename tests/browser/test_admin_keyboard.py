"""The desk without a mouse: every page of the admin is walked by Tab, and the work is done."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from tests.browser.desk import PASSWORD, go_on, open_profile, save, sign_in
from tests.browser.keyboard import tab_to, walk

WIDTHS = [1280, 390]
# The vocabulary shares its pages with the sources, so those alone are walked on a phone too.
# A preview wears the public page's header, whose own tests walk it (test_every_page).
WIDE_ENOUGH = re.compile(r"_(area|context|trait|archetype|page)_|_preview$")
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
    return [n for n in [*own, *models] if n and not NO_PAGE.search(n) and not CLOSED.search(n)]


PAGES = {person: [] for person in ("eva", "ana")}
for page_name in names():
    PAGES["ana" if SUPERUSER.search(page_name) else "eva"].append(page_name)


def faults(page, widths=WIDTHS):
    """Return what a walk finds at each width, with everything that folds unfolded."""
    page.evaluate(OPEN_ALL)
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = walk(page).problems
    return {width: problems for width, problems in found.items() if problems}


@pytest.fixture
def still(log_in):
    """Return a function that logs in where nothing moves while it is looked at."""
    return lambda name: log_in(name, reduced_motion="reduce")


@pytest.mark.parametrize(("person", "count"), [("eva", 61), ("ana", 14)])
def test_every_page_is_walked_by_tab(still, person, count):
    page, found, walked = still(person), {}, 0
    for name in PAGES[person]:
        assert page.goto(address(name)).status == 200, name
        walked += 1
        if problems := faults(page, WIDTHS[:1] if WIDE_ENOUGH.search(name) else WIDTHS):
            found[name] = problems
    assert (found, [p for p in page.problems if not p.startswith(HINTS)]) == ({}, [])
    assert walked == count


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
    assert faults(page) == {}
    page.fill("#id_targets-0-low", before)
    save(page)
    assert page.locator(".desk-conflict").is_visible()
    assert (faults(page), page.problems) == ({}, [])


def test_confirmations_bin_and_dry_run_are_walked_by_tab(still, tmp_path):
    page, found = still("eva"), {}
    open_profile(page, "Data Engineer en PyME")
    page.fill("#id_summary", "Un resumen que todavía no salió.")
    save(page)
    go_on(page, "Guardar y publicar…")
    found["publish"] = faults(page)
    page.get_by_role("link", name="descartarlo…").click()
    found["discard"] = faults(page)
    page.goto("/admin/profiles/profile/?cambios=si")
    found["filters"] = faults(page)
    page.goto("/admin/profiles/source/add/")
    for field in ("name", "citation", "url", "finding"):
        page.fill(f"#id_{field}", "https://example.org/" if field == "url" else "Una fuente")
    page.fill("#id_year", "2020")
    save(page)
    page.locator(".deletelink").click()
    found["delete"] = faults(page)
    with page.expect_navigation():
        page.locator("#content input[type=submit]").click()
    file = tmp_path / "data-engineer.yaml"
    export(page, "data-engineer", "export_yaml").save_as(file)
    file.write_text(re.sub(r"(?m)^name: .*", "name: Otro nombre", file.read_text("utf-8"), count=1))
    page.goto("/admin/profiles/role/importar/")
    page.set_input_files("[name=file]", file)
    page.click("input[name=try]")
    assert "Se probó y no cambió nada" in page.locator("#content").inner_text()
    found["dry run"] = faults(page)
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert page.problems == []


def export(page, slug, action):
    page.goto(f"/admin/profiles/role/?q={slug}")
    page.check("[name=_selected_action]")
    page.select_option("[name=action]", action)
    with page.expect_download() as download:
        page.click("button[name=index]")
    return download.value


def test_account_and_second_factor_are_walked_by_tab(still):
    page, found = still("fede"), {}
    here = "/admin/cuenta/segundo-factor/"

    def look(name, path=None):
        if path:
            page.goto(path)
        found[name] = faults(page)

    look("without factor", here)
    page.goto(f"{here}totp/activate/")
    look("confirm with the password")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("code").wait_for()
    secret = page.locator("code").inner_text()
    look("activate")
    page.fill("[name=code]", code(secret))
    page.keyboard.press("Enter")
    page.locator("li code").first.wait_for()
    codes = page.locator("li code").all_inner_texts()
    look("codes")
    look("with factor", here)
    look("new codes", f"{here}recovery-codes/generate/")
    look("take off", f"{here}totp/deactivate/")
    look("log out", "/admin/cuenta/salir/")
    page.context.clear_cookies()
    page.goto("/admin/")
    look("log in")
    sign_in(page, "fede")
    look("ask for the code")
    page.fill("[name=code]", codes[0])
    page.keyboard.press("Enter")
    page.locator("#user-tools").wait_for()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert page.problems == []


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


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
    press(page, page.locator("input[name=_continue]"))
    assert page.input_value("#id_summary") == "Escrito sin tocar el mouse."
    assert page.input_value("#id_strengths-1-text") == first
    write(page, page.locator("#id_teaser"), "Guardado sin ir hasta el botón.")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    assert page.locator(".messagelist .success").count() == 1
    assert page.input_value("#id_teaser") == "Guardado sin ir hasta el botón."
    press(page, page.get_by_role("button", name="Guardar y enviar a revisión"))
    assert "se envió a revisión" in page.locator(".messagelist").inner_text()
    size = page.locator(".desk-sizes tr", has_text="Global")
    press(page, size.get_by_role("link", name="Publicar…"))
    press(page, page.locator(".desk-act input[type=submit]"))
    assert "se publicó la edición 2" in page.locator(".messagelist").inner_text()
    press(
        page, page.locator(".desk-sizes tr", has_text="Global").get_by_role("link", name="Editar")
    )
    press(page, page.get_by_role("link", name="Historia", exact=True))
    tab_to(page, page.locator("input[name=antes]:checked"))
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("button", name="Comparar los dos elegidos"))
    assert page.locator(".desk-changes").is_visible()
    press(page, page.get_by_role("link", name="Historia", exact=True))
    press(page, page.get_by_role("button", name="Volver a este texto").last)
    assert page.input_value("#id_summary") == before
    assert page.input_value("#id_strengths-0-text") == first
    assert page.problems == []
