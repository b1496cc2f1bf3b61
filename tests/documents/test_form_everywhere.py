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


def test_every_text_of_a_role_stands_in_its_markdown(published, document, client):
    places = ("perfiles", "startup")
    whole = "\n".join(client.get(f"/guia-de-roles/{place}/data-tester.md").text for place in places)
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
def test_desk_and_page_of_an_edition_show_every_part(published, document, admin_client, path):
    profile = published.profiles.base_first()[int(path != "base")]

    def shown(row):
        address = reverse(f"admin:profiles_{row._meta.model_name}_change", args=[row.pk])
        return html.unescape(admin_client.get(address).text)

    form, edition = shown(profile), shown(profile.editions.get())
    own = dict(profiles_of(document))[path]
    texts = {text for _path, text in own_texts(own, path)}
    assert {text for text in texts if text not in edition} == set()
    assert {text for text in texts if text not in form} == set()
    # A review is an act and no field to fill in.
    names = {*type(own).model_fields, "seo_title"} - {"reviewed_on"}
    assert {name for name in names if f'name="{name}' not in form} == set()


def parts(value, path=()):
    """Yield the place of each field that the form lets a draft leave out."""
    for name, field in value.model_fields.items():
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
