"""A past release's database goes on under this one: migrated, read, and loaded again."""

import gzip
import re
import sqlite3
from contextlib import closing

import pytest

from tests.helpers.postgresql import free_port
from tests.helpers.site import ROOT, environment, manage, python
from tests.releases.make import FOLDER, ROLES

pytestmark = pytest.mark.processes

RELEASES = sorted(FOLDER.glob("*.*.*"))
PAGES = """
from django.test import Client
from django.urls import reverse
for slug in {slugs}:
    page = Client(SERVER_NAME="127.0.0.1").get(reverse("profiles:role_detail", args=[slug]))
    scheduled = Profile.objects.get(role__slug=slug, context=None).editions.scheduled().count()
    print(slug, page.status_code, scheduled, "Editado." in page.content.decode())
"""


@pytest.mark.parametrize("release", RELEASES, ids=lambda folder: folder.name)
def test_a_releases_database_keeps_its_pages_and_its_edits(release, tmp_path):
    env = environment(tmp_path, free_port()) | {"DEBUG": "true"}
    dump = gzip.decompress((release / "database.sql.gz").read_bytes()).decode()
    with closing(sqlite3.connect(tmp_path / "site.sqlite3")) as connection:
        connection.executescript(dump)
    manage(env, "migrate", "--verbosity", "0")
    shown = python(env, PAGES.format(slugs=ROLES))
    assert shown.splitlines() == [
        "untouched-role 200 0 False",
        "edited-role 200 0 False",
        "scheduled-role 200 1 False",
        "withdrawn-role 410 0 False",
    ]
    for slug in ROLES[:2]:
        text = (release / f"{slug}.yaml").read_text()
        (tmp_path / f"{slug}.yaml").write_text(text.replace("summary: ", "summary: Ya no ", 1))
    documents = [ROOT / "fixtures/guide.yaml", *(tmp_path / f"{slug}.yaml" for slug in ROLES[:2])]
    said = manage(env, "load_guide", *map(str, documents))
    # The vocabulary may have changed since; of the roles one is edited, and no other is called so.
    assert re.fullmatch(r"\d+ sin .*, \d+ actualiz.*, 1 conservado; 1 ediciones publicadas\.", said)
