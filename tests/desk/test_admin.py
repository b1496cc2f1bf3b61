"""The admin opens, lists and searches; the pages of a profile are in test_publishing_admin."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.html import strip_tags

from profiles.desk.history import keep_roles, record
from profiles.models import Edition, MissingTitle, Role
from tests.helpers.factories import make_role

pytestmark = [
    pytest.mark.usefixtures("made_role", "db"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
# Bookkeeping that loading and publishing write; nobody edits it.
WRITTEN_BY_THE_GUIDE = {
    *("ContentVersion", "Version"),
}
REGISTERED = [
    model for model in admin.site._registry if model._meta.app_label in ("profiles", "auth")
]


@pytest.fixture
def page(admin_client):
    """Return the text of an admin page that must answer 200."""

    def read(name, *args, **query):
        response = admin_client.get(reverse(f"admin:{name}", args=args, query=query))
        assert response.status_code == 200
        return response.content.decode()

    return read


def url_name(model, view):
    return f"{model._meta.app_label}_{model._meta.model_name}_{view}"


def listed_state(html):
    """Return (where it stands, what it lacks) of each row of the profile list."""
    cells = re.findall(r'<td class="field-(standing|lacking)[^"]*">(.*?)</td>', html)
    texts = [re.sub(r"<[^>]+>", "", text) for _, text in cells]
    return list(zip(texts[::2], texts[1::2], strict=True))


def test_every_model_has_its_place_in_the_admin():
    pages = admin.site._registry.values()
    inlines = {inline.model for options in pages for inline in options.inlines}
    models = set(apps.get_app_config("profiles").get_models())
    left_out = models - set(admin.site._registry) - inlines
    assert {model.__name__ for model in left_out} <= WRITTEN_BY_THE_GUIDE


def test_help_is_read_whole():
    """Django prints help as HTML: what stands in <angles> would be swallowed."""
    models = apps.get_app_config("profiles").get_models()
    helps = {str(field.help_text) for model in models for field in model._meta.fields}
    assert {text for text in helps if strip_tags(text) != text} == set()


def expected_pages(options, request, row):
    """Return whether each page of a model should open for a superuser."""
    return {
        "changelist": True,
        "add": options.has_add_permission(request),
        "change": True,
        "history": True,
        "delete": options.has_delete_permission(request, row),
    }


def test_every_page_opens(admin_client, rf, admin_user, role):
    Group.objects.get_or_create(name="Redacción")
    MissingTitle.objects.count_one("enfermera")
    request = rf.get("/")
    request.user = admin_user
    opened, expected = {}, {}
    for model in REGISTERED:
        row = model.objects.first()
        for view, opens in expected_pages(admin.site._registry[model], request, row).items():
            args = [] if view in ("changelist", "add") else [row.pk]
            name = url_name(model, view)
            expected[name] = 200 if opens else 403
            opened[name] = admin_client.get(reverse(f"admin:{name}", args=args)).status_code
    assert opened == expected


def test_list_survives_a_desk_that_is_not_whole(page, role):
    Edition.objects.filter(role=role).delete()
    role.profiles.get(context=None).delete()
    other = make_role("half-tester", publish=False)
    other.profiles.get(context=None).targets.first().delete()
    keep_roles([role.pk, other.pk])
    missing = [text for _, text in listed_state(page("profiles_profile_changelist"))]
    assert missing[0] == "1 cosa. Falta el perfil base"
    assert all("una parte no se puede leer" in text.lower() for text in missing[1:])


def test_search_finds_a_role_by_name(page, role):
    make_role("other-tester")
    html = page("profiles_profile_changelist", q="data tester")
    assert re.findall(r"field-role[^>]*><a[^>]*>([^<]+)", html) == ["Data Tester"] * 2


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("scrum", ["Scrum", "Scrum Zz", "Agile Scrum"]),
        ("SCRUM ZZ", ["Scrum Zz"]),
        ("de scrum", ["Agile Zz"]),
        ("zz", ["Agile Zz", "Scrum Zz"]),
    ],
)
def test_choices_are_offered_by_how_close_their_names_are(admin_client, term, names):
    for name in ("Agile Zz", "Agile Scrum", "Scrum Zz", "Scrum"):
        make_role(name.lower().replace(" ", "-"), name=name, contexts=())
    agile = Role.objects.get(name="Agile Zz")
    agile.aliases.create(name="Dueña de scrum", slug="duena-de-scrum")
    agile.aliases.create(name="Amiga de scrum", slug="amiga-de-scrum")
    query = {"app_label": "profiles", "model_name": "profile", "field_name": "role", "term": term}
    found = admin_client.get(reverse("admin:autocomplete", query=query)).json()["results"]
    assert [choice["text"] for choice in found] == names


def test_role_with_aliases_is_saved(admin_client, role):
    page = admin_client.get(reverse("admin:profiles_role_add"))
    values = {}
    for formset in page.context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        values |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    values |= {"name": "QA Lead", "slug": "qa-lead", "area": role.area_id, "aliases-TOTAL_FORMS": 3}
    for number, name in enumerate(["Líder de QA", "Lider de QA", "QA Lead"]):
        values |= {f"aliases-{number}-name": name, f"aliases-{number}-order": 0}
    admin_client.post(reverse("admin:profiles_role_add"), values)
    aliases = Role.objects.get(slug="qa-lead").aliases.values_list("name", "slug", "order")
    assert list(aliases) == [
        ("Líder de QA", "lider-de-qa", 0),
        ("Lider de QA", None, 1),
        ("QA Lead", None, 2),
    ]


def test_list_names_the_first_of_what_is_missing(page, role):
    startup = role.profiles.get(context__slug="startup")
    startup.strengths.all().delete()
    record(startup)
    assert listed_state(page("profiles_profile_changelist")) == [
        ("Publicado", "nada: se puede publicar"),
        ("Publicado, con cambios sin publicar", "1 cosa. Fortalezas: tiene 0; van de 2 a 4"),
    ]
