"""What an editor reads in the admin is Spanish, in what nobody sees as well."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from profiles.models import Area, Role

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
# Words that only English has, in whatever a page shows or reads out. Titles of roles, sources and
# occupations are English by right and no part of an empty guide.
ENGLISH = re.compile(
    r"\b(the|this|with|your|are|please|select(ed)?|choose|search|delete|remove|change|user|"
    r"password|today|view|history|objects?|more|enabled|disabled|recovery|filter)\b",
    re.IGNORECASE,
)
HIDDEN = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:alt|title|aria-label|placeholder)="([^"]*)\"""")


def words(html):
    """Return what a page shows and what it reads out."""
    html = HIDDEN.sub(" ", html)
    shown = re.sub(r"<[^>]+>", "\n", html)
    return [text.strip() for text in [*shown.split("\n"), *SPOKEN.findall(html)] if text.strip()]


def english(response):
    assert response.status_code == 200
    return [text for text in words(response.content.decode()) if ENGLISH.search(text)]


def pages(model, row):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    views = [("changelist", []), ("add", []), ("change", [row.pk]), ("delete", [row.pk])]
    return [reverse(f"{name}_{view}", args=args) for view, args in [*views, ("history", [row.pk])]]


@pytest.fixture
def group():
    return Group.objects.get_or_create(name="Redacción")[0]


def test_pages_of_accounts_and_roles_say_nothing_in_english(admin_client, group, vocabulary):
    ana = User.objects.create_user("ana")
    ana.groups.add(group)
    role = Role.objects.create(name="Contador", slug="contador", area=Area.objects.first())
    password = reverse("admin:auth_user_password_change", args=[ana.pk])
    rows = ((User, ana), (Group, group), (Role, role))
    found = {path: english(admin_client.get(path)) for row in rows for path in pages(*row)}
    found[password] = english(admin_client.get(password))
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "word", ["Hoy (%(date)s)", "%s (hoy)", "Siguiente (%(month)s de %(year)s)"]
)
def test_calendar_is_read_out_in_spanish(admin_client, word):
    assert word in admin_client.get(reverse("admin:jsi18n")).content.decode()
