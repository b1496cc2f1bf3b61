"""What growth costs: each kind of page among 60 and 3,000 roles (all of ESCO), on both databases.

One process for each guide measures when it is told to, in turn with the others, so that a slow
minute of the machine falls on all; a ratio is of one round, then the median. Counted is processor
time, the database's too. Requests are whole ones, through Django and past the cache.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.helpers import postgresql
from tests.helpers.site import ROOT, environment, manage

# The shipped guide once, and fifty times.
TIMES = (1, 50)
ROUNDS = 5
REPEATS = 2
LIMIT, MORE_QUERIES = 1.5, 2
# Cheaper ones than this differ by what a clock can tell.
LEAST_MILLISECONDS = 1.0
GUIDE = "/guia-de-roles"
PUBLIC = {
    "home": "/",
    "profile": "/global/mlops-engineer/",
    "base profile": "/perfiles/mlops-engineer/",
    "profile as Markdown": "/perfiles/mlops-engineer.md",
    "over all sizes": "/perfiles/mlops-engineer/por-tamano/",
    "interview kit": "/global/mlops-engineer/entrevista/",
    "hiring pack": "/global/mlops-engineer/carpeta/",
    "suggestions": "/sugerencias/?q=mlo",
    "size": "/startup/",
    "traits": "/rasgos/",
    "trait": "/rasgos/apertura/",
    "archetypes": "/arquetipos/",
    "compare, start": "/comparar/",
    "compare two": "/comparar/?perfil=global/mlops-engineer&perfil=startup/mlops-engineer",
    "compare, unknown": "/comparar/?perfil=global/mlops-enginer",
    "missing page": "/perfiles/no-hay/",
    "news": "/novedades/",
    "feed": "/novedades/feed.xml",
}
# A page of what there is more of (rows, names, texts to search, changed profiles): the small one's
# is not full.
FILLED = {
    "list of roles": "/perfiles/",
    "area": "/areas/datos-e-ia/",
    "archetype": "/arquetipos/{archetype}/",
    "list by area": "/perfiles/?area=datos-e-ia",
    "search, a name": "/perfiles/?q=mlops+engineer",
    "search, a common word": "/perfiles/?q=analista",
}
FILLED_MACHINES = {"API, search": "/api/v1/search/?q=mlops"}
MACHINES = {
    "sitemap, index": "/sitemap.xml",
    "API, roles": "/api/v1/roles/",
    "API, profiles": "/api/v1/profiles/?limit=20",
    "API, contract": "/api/v1/openapi.json",
}
# Of all roles by what they are: streamed, or one statistic over all.
GROWING = {
    "sitemap, pages": "/sitemap-paginas.xml",
    "sitemap, profiles": "/sitemap-perfiles-1.xml",
    "llms.txt": "/llms.txt",
    "method": "/guia-de-roles/metodologia/",
}
CHOICES = "/autocomplete/?app_label=profiles&model_name=relatedrole&field_name=related"
ADMIN = {
    "front page": "/",
    "profiles": "/profiles/profile/",
    "profiles, page 10": "/profiles/profile/?p=10",
    "profiles, search": "/profiles/profile/?q=er",
    "profiles, nothing found": "/profiles/profile/?q=zzzz",
    "profiles, words of texts": "/profiles/profile/?q=modelos",
    "profiles, in review": "/profiles/profile/?state__exact=in-review",
    "profiles, without": "/profiles/profile/?changes__exact=none",
    "profiles, lacking": "/profiles/profile/?falta=body",
    "profiles, due": "/profiles/profile/?revision=vencida",
    "roles": "/profiles/role/",
    "roles, search": "/profiles/role/?q=e",
    "roles, another name": "/profiles/role/?q=ml+platform+engineer",
    "roles, nothing found": "/profiles/role/?q=zzzz",
    "role, to choose": f"{CHOICES}&term=",
    "role, to choose while typing": f"{CHOICES}&term=mlops",
    "role, none to choose": f"{CHOICES}&term=zzzz",
    "editions": "/profiles/edition/",
    "editions, search": "/profiles/edition/?q=er",
    "profile, form": "/profiles/profile/{profile}/change/",
    "profile, history": "/profiles/profile/{profile}/history/",
    "profile, withdraw": "/profiles/profile/{profile}/retirar/",
    "role, new": "/profiles/role/add/",
    "role, form": "/profiles/role/{role}/change/",
    "edition": "/profiles/edition/{edition}/change/",
    "area, form": "/profiles/area/{area}/change/",
    "area, delete": "/profiles/area/{area}/delete/",
    "size, delete": "/profiles/context/{context}/delete/",
    "archetype, delete": "/profiles/archetype/{archetype_id}/delete/",
    "uncited source, delete": "/profiles/source/{uncited}/delete/",
}
FILLED_ADMIN = {
    "profiles, with changes": "/profiles/profile/?changes__exact=some",
    "source, delete": "/profiles/source/{source}/delete/",
}
POWERS = {"is_staff": True, "is_superuser": True}
PLAIN_STATIC = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


@dataclass
class Guide:
    """A guide of one size on one database, and the process that measures it."""

    database: str
    times: int
    env: dict[str, str]
    rounds: list[dict[str, tuple[int, float]]] = field(default_factory=list)
    process: subprocess.Popen | None = None

    def fill(self) -> None:
        manage(self.env, "migrate", "--verbosity", "0")
        command = [sys.executable, "benchmarks/generator.py", str(self.times)]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True)

    @contextmanager
    def answering(self):
        """Keep its process until the block ends."""
        command = [sys.executable, "-m", "benchmarks.growth"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, cwd=ROOT, env=self.env, **pipes) as self.process:
            yield
            self.process.stdin.close()

    def measure(self) -> None:
        """Have everything asked for once more and note queries and milliseconds."""
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        self.rounds.append(json.loads(self.process.stdout.readline()))


def guides(stack: ExitStack, folder: Path) -> list[Guide]:
    """Return the filled guides of all sizes on the databases that this machine has."""
    env, found = environment(folder, 0) | {"LOG_LEVEL": "ERROR"}, []
    urls = {"SQLite": lambda times: f"sqlite:///{folder / f'{times}.sqlite3'}"}
    if postgresql.binaries():
        server = stack.enter_context(postgresql.cluster()).url
        urls["PostgreSQL"] = lambda times: new_database(server, f"times{times}")
    for database, url in urls.items():
        found += [Guide(database, times, env | {"DATABASE_URL": url(times)}) for times in TIMES]
    for guide in found:
        guide.fill()
    return found


def new_database(server: str, name: str) -> str:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgresql.database_url(server, name)


def run(folder: Path) -> str:
    """Fill all guides, measure them in turn and return the table."""
    with ExitStack() as stack:
        found = guides(stack, folder)
        for guide in found:
            stack.enter_context(guide.answering())
        for _ in range(ROUNDS):
            for guide in found:
                guide.measure()
        return table(found)


def table(found: list[Guide]) -> str:
    """Return a Markdown table: queries and processor time of each kind, small and large."""
    pairs = list(zip(found[::2], found[1::2], strict=True))
    heads = " | ".join(f"{small.database}: queries | ms | ratio" for small, _large in pairs)
    rows = [f"| | {heads} | |", "| --- |" + " ---: |" * 3 * len(pairs) + " --- |"]
    for kind in found[0].rounds[0]:
        cells = [compared(small, large, kind) for small, large in pairs]
        kept = all(is_flat for _text, is_flat in cells)
        is_filled = kind.removeprefix("admin: ") in {**FILLED, **FILLED_MACHINES, **FILLED_ADMIN}
        grows = "a full page" if is_filled else "all roles" if kind in GROWING else ""
        verdict = grows or ("" if kept else "**not kept**")
        rows.append(f"| {kind} | " + " | ".join(text for text, _ in cells) + f" | {verdict} |")
    return "\n".join(rows)


def compared(small: Guide, large: Guide, kind: str) -> tuple[str, bool]:
    """Return the cells of one kind on one database, and whether it is flat."""
    asked = [guide.rounds[-1][kind][0] for guide in (small, large)]
    spent = [statistics.median(r[kind][1] for r in guide.rounds) for guide in (small, large)]
    both = zip(small.rounds, large.rounds, strict=True)
    ratio = statistics.median(b[kind][1] / max(a[kind][1], 0.001) for a, b in both)
    is_cheap = spent[1] - spent[0] < LEAST_MILLISECONDS
    is_flat = abs(asked[1] - asked[0]) <= MORE_QUERIES and (ratio <= LIMIT or is_cheap)
    queries = f"{asked[0]}" if asked[0] == asked[1] else f"{asked[0]} → {asked[1]}"
    return f"{queries} | {spent[0]:.1f} → {spent[1]:.1f} | {ratio:.2f}", is_flat


# What the processes above do.


def answer() -> None:
    """Measure everything for each line that comes in, and print it as JSON."""
    from django.conf import settings
    from django.test import override_settings
    from django.utils.module_loading import import_string

    # As a server does before it forks its workers.
    import_string(settings.PREPARED)()
    asked = everything()
    with override_settings(STORAGES=PLAIN_STATIC):
        for _line in sys.stdin:
            print(json.dumps({kind: measured(act) for kind, act in asked.items()}), flush=True)


def everything():
    """Return kind → what to do, of pages and acts."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.urls import reverse

    visitor, editor = (Client(headers={"host": "127.0.0.1"}) for _ in range(2))
    editor.force_login(User.objects.get_or_create(username="medidor", **POWERS)[0])
    pages = {kind: (visitor, GUIDE + path) for kind, path in {**PUBLIC, **FILLED}.items()}
    machines = {**MACHINES, **FILLED_MACHINES, **GROWING}
    pages |= {kind: (visitor, path) for kind, path in machines.items()}
    root = reverse("admin:index").rstrip("/")
    pages |= {
        f"admin: {kind}": (editor, root + path) for kind, path in {**ADMIN, **FILLED_ADMIN}.items()
    }
    keys = names()
    return {
        **{kind: partial(visit, who, path.format(**keys)) for kind, (who, path) in pages.items()},
        "publish a profile": publish_one,
        "load a change": load_one,
        "content version": ask_version,
    }


def names():
    """Return the keys that addresses name."""
    from profiles.models import Area, Context, Edition, Profile, Role, Source

    role = Role.objects.get(slug="mlops-engineer")
    base = Profile.objects.get(role=role, context=None)
    return {
        "role": role.pk,
        "profile": base.pk,
        "edition": Edition.objects.filter(profile=base).latest().pk,
        "archetype": role.primary_archetype.slug,
        "archetype_id": role.primary_archetype.pk,
        "area": Area.objects.get(pk=role.area_id).pk,
        "context": Context.objects.first().pk,
        "source": Source.objects.first().pk,
        "uncited": Source.objects.filter(targets=None).first().pk,
    }


def visit(client, path: str) -> None:
    response = client.get(path)
    if response.streaming:
        response.getvalue()
    # A list that is shorter than the page asked for leads to its first one.
    if response.status_code not in (200, 302, 404):
        raise RuntimeError(f"{path}: {response.status_code}")


def publish_one() -> None:
    """Publish a base profile whose text links to another role; what it did is undone.

    Every other role is a copy of it here, so that is not asked.
    """
    from django.db import transaction
    from django.db.models import F, Value
    from django.db.models.functions import Concat

    from profiles.desk.publishing import publish_profiles
    from profiles.models import Profile

    with transaction.atomic():
        base = Profile.objects.get(role__slug="mlops-engineer", context=None)
        link = Value(" Ver [la vecina](/guia-de-roles/perfiles/data-scientist/).")
        Profile.objects.filter(pk=base.pk).update(body=Concat(F("body"), link))
        publish_profiles([base], anew=True, compare=False)
        transaction.set_rollback(True)


def load_one() -> None:
    """Load one file of all with another summary; what it did is undone."""
    from django.core.management import call_command
    from django.db import transaction

    text = (ROOT / "fixtures/roles/mlops-engineer.yaml").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        file = Path(folder) / "mlops-engineer.yaml"
        file.write_text(text.replace("summary: Lleva", "summary: Pone y lleva", 1))
        call_command("load_guide", file, stdout=io.StringIO())
        transaction.set_rollback(True)


def ask_version() -> None:
    from profiles.desk.content_version import current_version

    current_version()


def measured(act) -> tuple[int, float]:
    """Return the queries of ``act``, and its least milliseconds of processor time."""
    from django.db import connection

    asked, times = [], []

    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    for _ in range(REPEATS):
        before = processor_seconds()
        act()
        times.append(processor_seconds() - before)
        if sum(times) > 1:
            break
    return len(asked), 1000 * min(times)


def processor_seconds() -> float:
    """Return what this process and the one of PostgreSQL that serves it have spent."""
    from django.db import connection

    spent = time.process_time()
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        server = connection.connection.info.backend_pid
        spent += int(Path(f"/proc/{server}/schedstat").read_text().split()[0]) / 1e9
    return spent


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")
    import django

    django.setup()
    answer()
