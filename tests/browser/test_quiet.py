"""Every kind of page in a real browser: no violation of the policy, nothing kept, nobody asked.

One site with the shipped guide, and one whose every text is an attack.
"""

import pytest

from tests.security.addresses import PUBLIC_VALUES, filled, is_admin, routes
from tests.security.hostile import VECTORS
from tests.site import environment, manage, running

PASSWORD = "una-clave-larga-de-prueba"
PREPARE = f"""
from django.contrib.auth.models import User
from profiles.desk import publishing, readiness
from profiles.exchange.loading import load
from tests.security.test_stored_xss import attacked_guide, attacked_role
User.objects.create_superuser("ana", password={PASSWORD!r})
load({{"guide.yaml": attacked_guide()[0]}}, {{}}, overwrite=True)
readiness.check_role = lambda *args: []
for number in range({len(VECTORS)}):
    document, _ = attacked_role(number)
    document = document.model_copy(update={{"related": ()}})
    publishing.publish_roles([r.pk for r in load({{}}, {{"a.yaml": document}}).changed_roles])
"""
KEPT = """async () => ({
  cookies: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: window.caches ? (await caches.keys()).length : 0,
  workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
})"""
NOTHING = {"cookies": "", "local": 0, "session": 0, "databases": 0, "caches": 0, "workers": 0}
MODELS = [
    *("profile", "role", "edition", "area", "context", "trait", "archetype", "source", "page"),
    "auditentry",
]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """The address of a site whose vocabulary and 28 of its roles are attacks."""
    folder = tmp_path_factory.mktemp("attacked")
    with running(folder) as url:
        manage(environment(folder, 0), "shell", "--verbosity", "0", "--command", PREPARE)
        yield url


@pytest.fixture
def page(open_page):
    """A page that remembers what opened a dialog, too."""
    page = open_page("about:blank")
    page.on("dialog", lambda dialog: (page.problems.append(dialog.message), dialog.dismiss()))
    return page


def public_pages(role):
    """Return one address for each page that is HTML and neither of the desk nor a preview."""
    values = {**PUBLIC_VALUES, "role_slug": role, "context_slug": "startup"}
    paths = [filled(route, values) for route in routes() if not is_admin(route)]
    return [path for path in paths if path.endswith("/") and "/api/" not in path]


def test_every_public_page_is_quiet_and_keeps_nothing(page, site):
    paths = [*public_pages("mlops-engineer"), "/guia-de-roles/perfiles/?q=datos", "/no-such"]
    assert len(paths) > 15
    for path in paths:
        # The browser itself reports the status of a page that is none.
        status = page.goto(site + path).status
        expected = 1 if status == 404 else 0
        assert (path, page.problems[expected:]) == (path, [])
        assert page.evaluate(KEPT) == NOTHING, path
        page.problems.clear()
    assert page.context.cookies() == []
    assert page.hosts == {site.split("/")[2]}


@pytest.mark.parametrize("number", range(len(VECTORS)))
def test_attack_does_not_run_on_a_public_page(page, attacked, number):
    for path in public_pages(f"hostile-{number}"):
        if f"hostile-{number}" in path:
            assert page.goto(attacked + path).status == 200
            page.mouse.move(300, 300)
            page.keyboard.press("Tab")
            assert (path, page.problems) == (path, [])
    assert page.hosts == {attacked.split("/")[2]}


def test_attack_does_not_run_where_all_come_together(page, attacked):
    for path in (*public_pages("hostile-3"), "/guia-de-roles/perfiles/?q=alert"):
        if not any(part in path for part in ("hostile", "vista-previa", "puestos", "-o-")):
            assert page.goto(attacked + path).status in (200, 302)
            assert (path, page.problems) == (path, [])
    assert page.hosts == {attacked.split("/")[2]}


def test_attack_does_not_run_on_the_desk(page, attacked):
    page.goto(f"{attacked}/admin/")
    page.fill("[name=login]", "ana")
    page.fill("[name=password]", PASSWORD)
    page.click("#login-form input[type=submit]")
    opened = 0
    for model in MODELS:
        page.goto(f"{attacked}/admin/profiles/{model}/")
        row = page.locator("#result_list th a, #result_list td a").first
        address = row.get_attribute("href") if row.count() else None
        for path in filter(None, [address, address and address.replace("change/", "history/")]):
            page.goto(attacked + path)
            opened += 1
        assert (model, page.problems) == (model, [])
    for number in (3, 9, 19):
        page.goto(f"{attacked}/admin/profiles/profile/?q=hostile-{number}")
        page.locator("#result_list th a").first.click()
        page.wait_for_load_state()
        change = page.url.partition("?")[0]
        for name in ("vista-previa", "comparar", "publicar", "delete"):
            page.goto(change.replace("change", name))
            opened += 1
        assert (number, page.problems) == (number, [])
    assert opened > 25
    assert page.hosts == {attacked.split("/")[2]}
