"""A real Chromium on a real site; skipped, and said so, where there is no Chromium."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.helpers.audit import BROWSER_FLAGS, LATE_SCRIPTS
from tests.helpers.prepared import needs
from tests.reliability.live import copy_of

# In milliseconds, for a cold browser on a busy machine; nobody waits longer than needed.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def running(prepared, tmp_path_factory):
    """The shipped guide, with editors."""
    with copy_of(prepared.sqlite("shipped"), tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="session")
def site(running):
    """The address of the site that all tests share: each edits profiles of its own."""
    return running.env["SITE_URL"]


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    needs(path, "Chromium is not installed (Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(chromium, site):
    """Return a function that opens a window which collects what went wrong in it."""
    contexts = []

    def open_window(*, width=1280, **options):
        options = {"base_url": site, "locale": "es-AR"} | options
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.problems, page.hosts = [], set()
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(window):
    """Return a function that opens a path."""
    pages = []

    def open_path(path, *, javascript=True, **options):
        pages.append(window(java_script_enabled=javascript, **options))
        pages[-1].goto(path)
        if javascript:
            pages[-1].evaluate(LATE_SCRIPTS)
        return pages[-1]

    yield open_path
    for page in pages:
        page.context.close()


def cookie_of(running, name):
    """Return the cookie with which an editor is logged in."""
    url = running.env["SITE_URL"]
    return {"name": "sessionid", "value": running.sessions[name], "url": url}


@pytest.fixture
def log_in(open_page, running):
    """Return a function that opens a page of the admin as one of the editors."""

    def open_as(name, path="/admin/", **options):
        page = open_page("about:blank", **options)
        page.context.add_cookies([cookie_of(running, name)])
        page.goto(path)
        return page

    return open_as
