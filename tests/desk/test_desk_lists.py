"""Every list of the admin costs the same queries for one row as for many, and fewer than ten."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from profiles.admin import base
from profiles.admin.profiles import ProfileAdmin
from profiles.documents.choices import AuditEvent
from profiles.models import (
    Archetype,
    Area,
    AuditEntry,
    Context,
    Edition,
    MissingTitle,
    Page,
    Profile,
    Role,
    Source,
    Trait,
)
from tests.helpers.factories import copy_editions, make_role

pytestmark = [
    pytest.mark.usefixtures("rows"),
    pytest.mark.django_db,
    pytest.mark.ignore_template_errors,
]
# Session and person, count, page, its rows; then what the columns and filters of a list need.
QUERIES = {
    Profile: 8,
    Role: 8,
    Edition: 8,
    AuditEntry: 5,
    MissingTitle: 5,
    User: 6,
    Group: 5,
    **dict.fromkeys([Area, Archetype, Context, Page, Source, Trait], 5),
}


@pytest.fixture(scope="module")
def rows(module_rows):
    """Four rows of each model whose names begin alike; one of them is also found alone."""
    role = make_role("fila-zz", name="Fila Zz", contexts=())
    copy_editions(role, 3)
    for number in range(4):
        name = {"name": f"Fila zz {number}"}
        for model in (Area, Archetype, Page):
            model.objects.create(slug=f"fila-zz-{number}", **name)
        Source.objects.create(slug=f"zz-{number}", year=2000, url="https://example.org", **name)
        Group.objects.create(**name)
        User.objects.create(username=f"zz-{number}", last_name=f"Fila zz {number}")
        # Publishing the roles has made entries too, so these have a word of their own.
        AuditEntry.objects.record(AuditEvent.LOGIN, name=f"Fila zz entrada {number}")
        MissingTitle.objects.count_one(f"Fila zz {number}")


def listed(client, model, text):
    """Return how many rows a search of the list shows, and its queries."""
    name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
    # Counts beside the filters would be a query each, whoever asks for them.
    url = reverse(f"admin:{name}", query={"q": text, "_facets": "True"})
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    return len(response.context["cl"].result_list), len(captured)


def test_each_list_is_here():
    shown = {m for m in admin.site._registry if m._meta.app_label in ("profiles", "auth")}
    assert shown == set(QUERIES)
    assert max(QUERIES.values()) < 10


@pytest.mark.parametrize("model", [kind for kind in QUERIES if kind not in (Trait, Context)])
def test_list_costs_the_same_for_one_row_and_for_four(admin_client, model):
    listed(admin_client, model, "fila zz")  # what a list keeps for the next time is not counted
    alone = "entrada 2" if model is AuditEntry else "fila zz 2"
    assert listed(admin_client, model, alone) == (1, QUERIES[model])
    assert listed(admin_client, model, "fila zz")[1] == QUERIES[model]
    assert listed(admin_client, model, "fila zz")[0] >= 4


@pytest.mark.parametrize("model", QUERIES)
def test_list_keeps_its_order(admin_client, model):
    name = f"{model._meta.app_label}_{model._meta.model_name}_changelist"
    changes = admin_client.get(reverse(f"admin:{name}")).context["cl"]
    keys = [row.pk for row in changes.result_list]
    assert keys == list(changes.queryset.values_list("pk", flat=True)[: len(keys)])


def footing(client, query=""):
    """Return what the end of the list of profiles says, and how many pages it has."""
    response = client.get(f"/admin/profiles/profile/?{query}")
    nav = response.content.decode().split('aria-labelledby="pagination">')[1].split("</nav>")[0]
    plain = " ".join(re.sub(r"<h2.*?</h2>|<[^>]+>", " ", nav).split())
    return plain, response.context["cl"].paginator.num_pages


def test_long_list_ends_and_says_how_to_reach_the_rest(admin_client, monkeypatch):
    total = Profile.objects.count()
    assert footing(admin_client) == (f"{total} perfiles", 1)
    monkeypatch.setattr(base, "MAX_ROWS", 3)
    monkeypatch.setattr(ProfileAdmin, "list_per_page", 2)
    expected = "1 2 Más de 3 perfiles: filtrá o buscá para ver el resto Mostrar todo"
    assert footing(admin_client) == (expected, 2)
    assert footing(admin_client, "q=fila+zz+2") == ("1 perfil", 1)
    assert len(admin_client.get("/admin/profiles/profile/?p=2").context["cl"].result_list) == 1
