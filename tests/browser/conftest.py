"""A real Chromium on a real site; skipped, and said so, where there is no Chromium."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.desk import MAKE_PEOPLE, sign_in
from tests.site import environment, manage, running

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    """Mark every test of this folder, so that the others can run without it."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The address of a running site with the shipped guide."""
    with running(tmp_path_factory.mktemp("site")) as url:
        yield url


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    if path is None:
        reason = "Chromium is not installed (Debian: apt install chromium)."
        (pytest.fail if os.environ.get("REQUIRE_ALL_TESTS") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, site):
    """Return a function that opens a path and collects what went wrong on the way."""
    contexts = []

    def open_path(path, *, width=1280, scheme="light", javascript=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=javascript,
            base_url=site,
            locale="es-AR",
        )
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.hosts = set()
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.hosts.add(request.url.split("/")[2]))
        page.goto(path)
        return page

    yield open_path
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def desk_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="session")
def desk_site(desk_folder):
    with running(desk_folder) as url:
        manage(environment(desk_folder, 0), "shell", "--verbosity", "0", "--command", MAKE_PEOPLE)
        yield url


@pytest.fixture
def desk(desk_site, desk_folder):
    """The address of a site of their own, with the editors of ``tests.browser.desk``.

    All log in from one address, more often than one address may: each test counts anew.
    """
    with closing(sqlite3.connect(desk_folder / "site.sqlite3", timeout=20)) as database, database:
        database.execute("DELETE FROM shared_cache")
    return desk_site


@pytest.fixture
def log_in(chromium, desk):
    """Return a function that opens the admin as one of the editors."""
    contexts = []

    def open_as(name, *, width=1280, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, base_url=desk, locale="es-AR", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto("/admin/")
        sign_in(page, name)
        return page

    yield open_as
    for context in contexts:
        context.close()
