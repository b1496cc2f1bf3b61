"""What each list of the admin costs with 10,000 rows: queries, and the time of the whole request.

``DATABASE_URL=… python benchmarks/admin_lists.py`` on an empty database that has the migrations:
it fills it with 10,000 roles (50,000 profiles and editions) and 10,000 rows of the rest.
"""

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

import django

django.setup()

from django.contrib import admin  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.generator import fill  # noqa: E402
from profiles.documents.choices import AuditEvent  # noqa: E402
from profiles.models import Archetype, Area, AuditEntry, Page, Source  # noqa: E402

ROWS = 10_000
ROUNDS = 3
PLAIN_STATIC = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Of the six traits and four contexts there are never more.
FIXED = {"trait", "context"}


def fill_desk() -> None:
    """Add ROWS roles with their profiles and editions, people and what they did."""
    fill(5 * ROWS)
    User.objects.bulk_create(
        User(username=f"persona-{n}", first_name="Ana", last_name=f"Paz {n}") for n in range(ROWS)
    )
    people, now = list(User.objects.all()), timezone.now()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            event=AuditEvent.values[n % len(AuditEvent)],
            person=person,
            name=person.username,
            address="192.0.2.1",
            subject=f"Rol {n}",
            at=now - timedelta(minutes=n),
        )
        for n, person in enumerate(people)
    )


def fill_vocabulary() -> None:
    """Add ROWS entries of each kind: far more than there will ever be."""
    for model in (Area, Archetype, Page):
        name = model._meta.verbose_name
        model.objects.bulk_create(
            model(slug=f"entrada-{n}", name=f"{name} {n}", order=n % 100) for n in range(ROWS)
        )
    Source.objects.bulk_create(
        Source(slug=f"fuente-{n}", name=f"Fuente {n}", citation="Cita", year=2000, url="https://x")
        for n in range(ROWS)
    )
    Group.objects.bulk_create(Group(name=f"Grupo {n}") for n in range(ROWS))


def pages(client: Client, address: str) -> dict[str, str]:
    """Return what an editor asks of a list: first and last page, a search, each filter."""
    changes = client.get(address).context["cl"]
    asked = {"first page": "", "last page": f"?p={changes.paginator.num_pages}"}
    if changes.search_fields:
        asked["search"] = "?q=ana"
    for spec in changes.filter_specs:
        *_, last = spec.choices(changes)
        asked[f"by {spec.title}"] = last["query_string"]
    return asked


def measure(client: Client, address: str) -> tuple[int, float]:
    """Return the queries of a page and its least time, in milliseconds."""
    client.get(address)
    times, queries = [], 0
    for _ in range(ROUNDS):
        with CaptureQueriesContext(connection) as captured:
            start = time.process_time()
            response = client.get(address)
            times.append((time.process_time() - start) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")
        queries = len(captured)
    return queries, min(times)


def report(client: Client, names: set[str]) -> None:
    for model in admin.site._registry:
        if model._meta.model_name not in names:
            continue
        name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
        address = reverse(f"admin:{name}")
        for what, query in pages(client, address).items():
            queries, spent = measure(client, address + query)
            words = f"{model._meta.model_name:10} {model.objects.count():6} rows  {what:24}"
            print(f"{words} {queries:3} queries  {spent:7.1f} ms")


def main() -> None:
    setup_test_environment()  # responses then hold what their templates were given
    fill_desk()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.create_superuser("medidora"))
    print(connection.vendor)
    with override_settings(STORAGES=PLAIN_STATIC):
        report(client, {"profile", "role", "edition", "auditentry", "user", *FIXED})
        fill_vocabulary()
        report(client, {"area", "archetype", "page", "source", "group"})


if __name__ == "__main__":
    main()
