"""Keep a release's database for the tests of later ones: ``python -m tests.releases.make 1.0.0``.

Run once for each release, in its own tree. Beside the database stand the documents of its roles:
one untouched, one edited in the admin since, one with a scheduled and one with a withdrawn page.
"""

import gzip
import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import django

from tests.helpers.postgresql import free_port
from tests.helpers.site import environment, manage, python

FOLDER = Path(__file__).parent
ROLES = ("untouched-role", "edited-role", "scheduled-role", "withdrawn-role")
ACTS = """
from datetime import UTC, datetime
from profiles.desk.history import keep_roles
from profiles.desk.publishing import publish, withdraw
base = {profile.role.slug: profile for profile in Profile.objects.filter(context=None)}
for slug, text in [("edited-role", "Editado."), ("scheduled-role", "Lo que viene.")]:
    base[slug].summary = text
    base[slug].save()
    keep_roles([base[slug].role_id])
publish(base["scheduled-role"], at=datetime(2100, 1, 1, tzinfo=UTC))
withdraw(base["withdrawn-role"])
"""


def main(version: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "roleguide.settings"
    django.setup()
    from tests.reliability.live import small_guide

    folder = FOLDER / version
    folder.mkdir()
    with tempfile.TemporaryDirectory() as draft:
        env = environment(Path(draft), free_port())
        documents = small_guide(folder, ROLES)
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "load_guide", *documents)
        python(env, ACTS)
        with closing(sqlite3.connect(Path(draft) / "site.sqlite3")) as connection:
            dump = "\n".join(connection.iterdump())
    (folder / "database.sql.gz").write_bytes(gzip.compress(dump.encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
