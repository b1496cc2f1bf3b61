"""No part of the form is forgotten by the rules, the Markdown, the desk or the shelf."""

import html

import pytest
from django.urls import reverse

from profiles.documents import schema
from profiles.documents.stored import canonical
from profiles.exports.markdown import escape
from profiles.guide.checks import check_role
from profiles.guide.texts import own_texts, profiles_of, texts_of
from tests.helpers.factories import make_role, make_role_document

pytestmark = pytest.mark.usefixtures("module_rows", "db")
# What a publishable profile may leave out.
FREE = {"seo", "former_slugs", "secondary"}


@pytest.fixture(scope="module")
def document():
    value = make_role_document().model_dump(mode="json", by_alias=True)
    value["base"]["work_sample"]["material"] = "Materialito de prueba."
    for question in [*value["base"]["questions"], *value["contexts"]["startup"]["questions"]]:
        question["instead"] = f"Imaginemos {question['key']} otra vez."
    return schema.RoleDocument.model_validate(value)


@pytest.fixture(scope="module")
def published(module_rows, document):
    return make_role(document=document)


@pytest.fixture
def base(published):
    return published.profiles.get(context=None)


@pytest.fixture
def startup(published):
    return published.profiles.get(context__slug="startup")


def texts(document: schema.RoleDocument, path: str) -> list[str]:
    """Return the texts of one profile's own document."""
    return [text for _path, text in own_texts(dict(profiles_of(document))[path], path)]


def test_every_text_of_a_role_stands_in_its_markdown(published, document, client):
    pages = [
        client.get(f"/guia-de-roles/{place}/data-tester.md").content.decode()
        for place in ("perfiles", "startup")
    ]
    whole = "\n".join(pages)
    missing = [
        path
        for path, text in texts_of(document)
        # The teaser is what other sizes say of this one; the related roles are not published.
        if not path.endswith((".teaser", ".difference"))
        and escape(text) not in whole
        and text not in whole
    ]
    assert missing == []


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("path", ["base", "contexts.startup"])
def test_page_of_an_edition_shows_every_text(published, document, admin_client, path):
    context = path.removeprefix("contexts.") if path != "base" else None
    edition = published.editions.get(context__slug=context)
    address = reverse("admin:profiles_edition_change", args=[edition.pk])
    shown = html.unescape(admin_client.get(address).content.decode())
    assert [text for text in texts(document, path) if text not in shown] == []


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("path", ["base", "contexts.startup"])
def test_desk_has_a_field_for_every_part(published, document, admin_client, path):
    context = path.removeprefix("contexts.") if path != "base" else None
    profile = published.profiles.get(context__slug=context)
    address = reverse("admin:profiles_profile_change", args=[profile.pk])
    shown = html.unescape(admin_client.get(address).content.decode())
    form = type(dict(profiles_of(document))[path])
    lost = [
        name
        # A review is an act and no field to fill in.
        for name in form.model_fields.keys() - {"reviewed_on"}
        if f'name="{name}' not in shown
    ]
    assert lost == []
    assert 'name="seo_title"' in shown
    assert [text for text in texts(document, path) if text not in shown] == []


def parts(value, path=()):
    """Yield the place of each field that the form lets a draft leave out."""
    fields = value.model_fields
    for name, field in fields.items():
        if not field.is_required() and name not in FREE:
            yield (*path, name)


@pytest.mark.parametrize(
    "place",
    [
        *parts(schema.BaseProfile, ("base",)),
        *parts(schema.ContextProfile, ("contexts", "startup")),
        *parts(schema.WorkSample, ("base", "work_sample")),
        *parts(schema.ScreeningQuestion, ("base", "screening", 0)),
        *parts(schema.LevelNote, ("base", "levels", "junior")),
        *parts(schema.Question, ("base", "questions", 0)),
        *parts(schema.Outcomes, ("base", "outcomes")),
        *parts(schema.NearTitle, ("near", 0)),
        *parts(schema.RoleFacts),
    ],
    ids=lambda place: ".".join(map(str, place)),
)
def test_rules_miss_what_is_left_out(document, place):
    value = canonical(document, by_alias=True)
    part = value
    for step in place[:-1]:
        part = part[step]
    del part[place[-1]]
    found = {str(finding) for finding in check_role(schema.RoleDocument.model_validate(value))}
    assert (found - {str(finding) for finding in check_role(document)} == set()) == (
        place[-1] in ("material", "instead", "kind", "country")
    )
