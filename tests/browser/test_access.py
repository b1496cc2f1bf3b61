"""An editor's way in, and a document's, in a real browser: nothing overflows or complains."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.site import environment, manage, running

PASSWORD = "una-clave-bastante-larga"
DESK = "/admin/"
LOGIN = "/admin/cuenta/ingresar/"
IMPORT = "/admin/profiles/role/importar/"
SUBMIT = "#login-form input[type=submit]"
SECOND_FACTOR = "/admin/cuenta/segundo-factor/"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own, whose superusers "ana" (no factor yet) and "bea" may log in."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch, running(folder) as url:
        patch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        patch.setenv("DJANGO_SUPERUSER_EMAIL", "")
        for name in ("ana", "bea"):
            user = ("createsuperuser", "--noinput", "--username", name)
            manage(environment(folder, 0), *user)
        yield url


@pytest.fixture
def log_in(open_page):
    """Return a function that opens the door for a person and the page behind it."""

    def as_person(name, path=DESK, **options):
        page = open_page(path, **options)
        page.fill("[name=login]", name)
        page.fill("[name=password]", PASSWORD)
        page.click(SUBMIT)
        return page

    return as_person


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def code_for(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_the_desk_fit_and_stay_quiet(log_in, width, scheme):
    page = log_in("bea", width=width, scheme=scheme)
    paths = [DESK, IMPORT, SECOND_FACTOR, "/admin/profiles/auditentry/", "/admin/auth/user/"]
    wide = {}
    for path in paths:
        page.goto(path)
        if overflow(page) > 0:
            wide[path] = overflow(page)
    assert wide == {}
    assert page.problems == []


def test_enrolment_and_the_next_log_in(log_in, site):
    page = log_in("ana", SECOND_FACTOR)
    page.click("text=Activar el segundo factor")
    page.fill("[name=password]", PASSWORD)
    page.click(SUBMIT)
    assert page.locator("img").evaluate("image => image.naturalWidth") > 0
    secret = page.locator("code").inner_text()
    page.fill("[name=code]", code_for(secret))
    page.click(SUBMIT)
    codes = page.locator("li code").all_inner_texts()
    assert len(codes) == 10
    assert page.problems == []
    page.context.clear_cookies()
    page = log_in("ana")
    page.fill("[name=code]", codes[0])
    page.click(SUBMIT)
    assert page.locator("h1").last.inner_text() == "Redacción"
    assert page.problems == []


def test_wrong_password_is_refused_without_a_reason(open_page):
    page = open_page(LOGIN)
    for name in ("bea", "nobody"):
        page.fill("[name=login]", name)
        page.fill("[name=password]", "wrong")
        page.click(SUBMIT)
        said = page.locator("[role=alert]").inner_text()
        assert said == "El usuario o la contraseña no son correctos."


@pytest.mark.parametrize("width", [390, 1280])
def test_document_is_exported_changed_and_imported(log_in, tmp_path, width):
    page = log_in("bea", "/admin/profiles/role/?q=mlops", width=width)
    page.check("[name=_selected_action]")
    page.select_option("[name=action]", "export_yaml")
    with page.expect_download() as download:
        page.click("button[name=index]")
    text = download.value.path().read_text(encoding="utf-8")
    file = tmp_path / "mlops-engineer.yaml"
    changed = re.sub(
        r"(?m)^  summary: .*(\n    .*)*", f"  summary: Cabe en {width}.", text, count=1
    )
    file.write_text(changed, encoding="utf-8")
    page.goto(IMPORT)
    page.set_input_files("[name=file]", file)
    page.click("input[name=try]")
    assert page.locator("li", has_text="actualizado").is_visible()
    assert overflow(page) <= 0
    page.set_input_files("[name=file]", file)
    page.click("input[value=Importar]")
    assert "Se importó 1 rol." in page.locator(".messagelist").inner_text()
    assert page.problems == []
