"""A running site to break, a visitor and editors to see what they are told."""

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg
from lxml import html

from profiles.documents.yaml_file import dump
from tests.helpers.factories import make_role_document
from tests.helpers.postgresql import free_port
from tests.helpers.site import ROOT, Answer, children, environment, get, python, serving

HOME = "/guia-de-roles/"
SIZES = ("startup", "pyme", "enterprise", "global")
# Made-up roles that name each other: enough to break, and quickly loaded.
ROLES = ("data-tester", "data-miner", "data-keeper", "data-finder")
PAGE = f"{HOME}perfiles/{ROLES[0]}/"
# Django writes the values of such a list in any order.
LIST = re.compile(r"\(('\w+'(?:, *'\w+')+)\)")
PASSWORD = "una-clave-larga-de-prueba"
# Name, surname and group; without a group a superuser.
PEOPLE = {
    "ana": ("Ana", "Paz", None),
    "bea": ("Bea", "Sol", None),
    "eva": ("Eva", "Luz", "Edición"),
    "fede": ("Fede", "Mar", "Edición"),
}
MAKE_PEOPLE = f"""
import json
from django.contrib.auth.models import Group, User
from django.test import Client
keys = {{}}
for name, (first, last, group) in {PEOPLE!r}.items():
    person = {{"first_name": first, "last_name": last, "is_superuser": group is None}}
    user = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True, **person)
    user.groups.set(Group.objects.filter(name=group))
    client = Client()
    client.force_login(user)
    keys[name] = client.cookies["sessionid"].value
print(json.dumps(keys))
"""


@dataclass
class Site:
    """A running site: where it listens and, for SQLite, where its rows lie."""

    port: int
    env: dict[str, str]
    folder: Path
    master: subprocess.Popen
    sessions: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return database_of(self.folder)

    @property
    def log(self) -> str:
        return (self.folder / "gunicorn.log").read_text(errors="replace")

    def get(self, path: str, **headers: str) -> Answer:
        return get(self.env["SITE_URL"] + path, headers)

    def workers(self) -> list[int]:
        """Return the process ids of the workers that live now."""
        return [pid for pid in children(self.master.pid) if is_running(pid)]

    def query(self, sql: str, *values) -> list[tuple]:
        """Read the site's database with a connection of the test's own; ``?`` is a value."""
        url = self.env["DATABASE_URL"]
        sql = sql.replace("?", "%s") if url.startswith("postgres") else sql
        with connect(url) as connection:
            return connection.execute(sql, values).fetchall()

    def editor(self, name: str = "ana") -> "Editor":
        return Editor(self, self.sessions[name])

    def base_profile(self, role: str) -> int:
        """Return the key of a role's base profile."""
        sql = (
            "SELECT p.id FROM profiles_profile p JOIN profiles_role r ON r.id = p.role_id "
            "WHERE r.slug = ? AND p.context_id IS NULL"
        )
        return self.query(sql, role)[0][0]

    def change_path(self, role: str) -> str:
        """Return the admin's address of a role's base profile."""
        return f"/admin/profiles/profile/{self.base_profile(role)}/change/"


@dataclass
class Form:
    """A form of the admin as a browser has it: where it goes and what it would send."""

    path: str
    values: dict[str, list[str]]


class Editor:
    """Somebody with a session, who reads forms and sends them."""

    def __init__(self, site: Site, session: str):
        self.site = site
        self.cookies = {"sessionid": session}

    def ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = self.site.env["SITE_URL"]
        return get(self.site.env["SITE_URL"] + path, headers, method=method, body=body)

    def open(self, path: str, form_id: str | None = None) -> Form:
        """Return the form ``form_id`` of a page, or its last one, as the server filled it in."""
        answer = self.ask("GET", path)
        assert answer.status == 200, (answer.status, answer.text[:500])
        for cookie in answer.headers.get_all("Set-Cookie", []):
            if cookie.startswith("csrftoken="):
                self.cookies["csrftoken"] = cookie.split(";")[0].removeprefix("csrftoken=")
        forms, values = html.fromstring(answer.text).forms, {}
        form = forms[-1] if form_id is None else next(f for f in forms if f.get("id") == form_id)
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        return Form(path, values)

    def send(self, form: Form, button: str = "_save", **changes: str) -> Answer:
        """Press a button of the form, its values changed by ``changes``."""
        values = {**form.values, button: "1", **changes}
        return self.ask("POST", form.path, urlencode(values, doseq=True))


def database_of(folder: Path) -> Path:
    return folder / "site.sqlite3"


def connect(url: str):
    """Connect to a DATABASE_URL for as long as a block lasts."""
    if url.startswith("postgres"):
        return psycopg.connect(url)
    file = url.removeprefix("sqlite:///").partition("?")[0]
    return closing(sqlite3.connect(file, timeout=20))


def rows(url: str) -> dict[str, list[tuple]]:
    """Return all rows of all tables of a DATABASE_URL."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if url.startswith("postgres"):
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with connect(url) as connection:
        names = [name for (name,) in connection.execute(tables).fetchall()]
        found = {n: connection.execute(f'SELECT * FROM "{n}"').fetchall() for n in names}  # noqa: S608
    return {name: sorted(each, key=repr) for name, each in found.items()}


def is_running(pid: int) -> bool:
    """Tell whether a process lives: one that has ended is a zombie until it is asked for."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return not Path(f"/proc/{pid}/stat").read_text().rsplit(") ")[1].startswith("Z")
    return False


@contextmanager
def copy_of(template: "Template", folder: Path, *arguments: str, **variables) -> Iterator[Site]:
    """Serve a copy of the loaded SQLite database."""
    shutil.copy(database_of(template.folder), database_of(folder))
    with served(template, folder, *arguments, **variables) as site:
        yield site


@contextmanager
def served(template: "Template", folder: Path, *arguments: str, **variables) -> Iterator[Site]:
    """Serve the database in ``folder``, or the one that DATABASE_URL in ``variables`` names."""
    port = free_port()
    env = {**environment(folder, port), "SECRET_KEY": template.secret, **variables}
    with serving(env, folder / "gunicorn.log", *arguments) as master:
        yield Site(port, env, folder, master, template.sessions)


@dataclass
class Template:
    """A loaded database with editors logged in, to copy from."""

    folder: Path
    secret: str
    sessions: dict[str, str]


def small_guide(folder: Path, names=ROLES) -> list[str]:
    """Write the shared vocabulary's path and documents of a few roles; return their paths."""
    paths = [str(ROOT / "fixtures" / "guide.yaml")]
    for slug in names:
        related = [other for other in names if other != slug]
        document = make_role_document(slug, related=related, contexts=SIZES)
        path = folder / f"{slug}.yaml"
        path.write_text(dump(document, ""), encoding="utf-8")
        paths.append(str(path))
    return paths


def log_in(env: dict[str, str]) -> dict[str, str]:
    """Make PEOPLE with a session each and return the keys of the sessions by name."""
    return json.loads(python(env, MAKE_PEOPLE))


def at_once(*calls: Callable) -> list:
    """Run ``calls`` at the same time and return what each returned."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def schema(database: Path) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
        return sorted((kind, name, LIST.sub(_in_order, sql)) for kind, name, sql in found)


def _in_order(found: re.Match) -> str:
    return str(sorted(re.findall(r"\w+", found[1])))
