"""The admin opens in Spanish, lists and searches; its lists cost the same for one row and many."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from profiles.desk.history import keep_roles, record
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

LIST = "/admin/profiles/profile/"
# Words that only English has, in whatever a page shows or reads out. Titles of roles, sources and
# occupations are English by right and no part of an empty guide.
ENGLISH = re.compile(
    r"\b(the|this|with|your|are|please|select(ed)?|choose|search|delete|remove|change|user|"
    r"password|today|view|history|objects?|more|enabled|disabled|recovery|filter)\b",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:alt|title|aria-label|placeholder)="([^"]*)\"""")


def place(model, view, *args, **query):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}"
    return reverse(name, args=args, query=query)


def pages(model):
    """Return the addresses of all pages of a model, for its first row where they are about one."""
    row = model.objects.first()
    own = [place(model, view, row.pk) for view in ("change", "history", "delete")]
    return [place(model, "changelist"), place(model, "add"), *own]


def english(response):
    """Return the English texts that a page shows or reads out."""
    html = HIDDEN.sub(" ", response.text)
    texts = [*re.sub(r"<[^>]+>", "\n", html).split("\n"), *SPOKEN.findall(html)]
    return [text.strip() for text in texts if ENGLISH.search(text)]


def test_every_page_opens_and_those_of_accounts_say_nothing_in_english(admin_client, vocabulary):
    Role.objects.create(name="Contador", slug="contador", area=Area.objects.first())
    User.objects.create_user("ana").groups.add(Group.objects.get(name="Redacción"))
    AuditEntry.objects.record(AuditEvent.LOGIN, name="ana")
    MissingTitle.objects.count_one("enfermera")
    found = {}
    for model in set(QUERIES) - {Edition, Profile}:
        for path in pages(model):
            answer = found[path] = admin_client.get(path)
            assert answer.status_code in (200, 403), path
    password = reverse("admin:auth_user_password_change", args=[User.objects.last().pk])
    found[password] = admin_client.get(password)
    spanish = {path: english(answer) for path, answer in found.items() if "/auth/" in path}
    assert {path: texts for path, texts in spanish.items() if texts} == {}


def test_calendar_is_read_out_in_spanish(admin_client):
    words = admin_client.get(reverse("admin:jsi18n")).text
    for word in ("Hoy (%(date)s)", "%s (hoy)", "Siguiente (%(month)s de %(year)s)"):
        assert word in words


# --- lists ---


def listed_state(client):
    """Return (where it stands, what it lacks) of each row of the profile list."""
    cells = re.findall(
        r'<td class="field-(standing|lacking)[^"]*">(.*?)</td>', client.get(LIST).text
    )
    texts = [re.sub(r"<[^>]+>", "", text) for _, text in cells]
    return list(zip(texts[::2], texts[1::2], strict=True))


def test_list_names_the_first_of_what_is_missing(admin_client, role):
    startup = role.profiles.get(context__slug="startup")
    startup.strengths.all().delete()
    record(startup)
    assert listed_state(admin_client) == [
        ("Publicado", "nada: se puede publicar"),
        ("Publicado, con cambios sin publicar", "1 cosa. Fortalezas: tiene 0; van de 2 a 4"),
    ]


def test_help_is_read_whole():
    """Django prints help as HTML: what stands in <angles> would be swallowed."""
    models = apps.get_app_config("profiles").get_models()
    helps = {str(field.help_text) for model in models for field in model._meta.fields}
    assert {text for text in helps if strip_tags(text) != text} == set()


def test_list_survives_a_desk_that_is_not_whole(admin_client, role):
    Edition.objects.filter(role=role).delete()
    role.profiles.get(context=None).delete()
    other = make_role("half-tester", publish=False)
    other.profiles.get(context=None).targets.first().delete()
    keep_roles([role.pk, other.pk])
    missing = [text for _, text in listed_state(admin_client)]
    assert missing[:2] == [
        "1 cosa. Falta el perfil base",
        "1 cosa. Rangos › Apertura › por qué: falta",
    ]


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("scrum", ["Scrum", "Scrum Zz", "Agile Scrum"]),
        ("SCRUM ZZ", ["Scrum Zz"]),
        ("de scrum", ["Agile Zz"]),
        ("zz", ["Agile Zz", "Scrum Zz"]),
    ],
)
def test_choices_are_offered_by_how_close_their_names_are(admin_client, vocabulary, term, names):
    for name in ("Agile Zz", "Agile Scrum", "Scrum Zz", "Scrum"):
        make_role(name.lower().replace(" ", "-"), name=name, contexts=())
    agile = Role.objects.get(name="Agile Zz")
    agile.aliases.create(name="Dueña de scrum", slug="duena-de-scrum")
    agile.aliases.create(name="Amiga de scrum", slug="amiga-de-scrum")
    query = {"app_label": "profiles", "model_name": "profile", "field_name": "role", "term": term}
    found = admin_client.get(reverse("admin:autocomplete", query=query)).json()["results"]
    assert [choice["text"] for choice in found] == names


# Session and person, count, page, its rows; then what the columns and filters of a list need.
QUERIES = {
    **dict.fromkeys([Profile, Role, Edition], 8),
    User: 6,
    **dict.fromkeys([AuditEntry, MissingTitle, Group], 5),
    **dict.fromkeys([Area, Archetype, Context, Page, Source, Trait], 5),
}


@pytest.fixture
def rows(vocabulary):
    """Four rows of each model whose names begin alike; one of them is also found alone."""
    copy_editions(make_role("fila-zz", name="Fila Zz", contexts=()), 3)
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
    # Counts beside the filters would be a query each, whoever asks for them.
    url = place(model, "changelist", q=text, _facets="True")
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    return len(response.context["cl"].result_list), len(captured)


def test_list_costs_the_same_for_one_row_and_for_four(admin_client, rows):
    shown = {m for m in admin.site._registry if m._meta.app_label in ("profiles", "auth")}
    assert shown == set(QUERIES)
    for model in shown - {Trait, Context}:
        listed(admin_client, model, "fila zz")  # what a list keeps for the next time
        alone = "entrada 2" if model is AuditEntry else "fila zz 2"
        assert (model, *listed(admin_client, model, alone)) == (model, 1, QUERIES[model])
        count, queries = listed(admin_client, model, "fila zz")
        assert (model, count >= 4, queries) == (model, True, QUERIES[model])


def test_list_keeps_its_order(admin_client, rows):
    for model in QUERIES:
        changes = admin_client.get(place(model, "changelist")).context["cl"]
        keys = [row.pk for row in changes.result_list]
        assert keys == list(changes.queryset.values_list("pk", flat=True)[: len(keys)])
