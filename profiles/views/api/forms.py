"""The read-only API: what its answers look like, and the OpenAPI document that says so. Pure.

The forms below are the contract: the answers are built from them and the document too.
"""

import datetime
from functools import cache
from typing import Annotated, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import models_json_schema

from profiles.documents.schema import RoleFacts
from profiles.documents.types import Document, ScalePoint, Slug
from profiles.documents.vocabulary import ContextEntry, TraitEntry
from profiles.exports.profile_json import LICENSE, PublishedProfile
from profiles.models import Edition
from profiles.search.find import LIMIT, Found
from profiles.search.titles import NEAR

VERSION = "1.0.0"
MAX_LIMIT = 100
BASE = "perfiles"
PROBLEM_TYPE = "application/problem+json"

Place = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]*$", max_length=121)]

CURSOR = "El «next» de la respuesta anterior lo trae."
AREA = "Dirección de un área: «datos-e-ia»."
PATH_WORDS = {
    "role": "Dirección de un rol: «mlops-engineer».",
    "context": "Un contexto («global») o «perfiles» para el perfil base.",
}


class Parameters(BaseModel):
    """What a list may be asked with; other parameters change nothing."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    limit: int = Field(
        20, ge=1, le=MAX_LIMIT, description=f"Cuántos elementos: de 1 a {MAX_LIMIT}."
    )


class RoleParameters(Parameters):
    """Questions to the list of roles."""

    cursor: Slug | None = Field(None, description=CURSOR)
    area: Slug | None = Field(None, description=AREA)


class ProfileParameters(Parameters):
    """Questions to the list of profiles."""

    cursor: Place | None = Field(None, description=CURSOR)
    area: Slug | None = Field(None, description=AREA)
    role: Slug | None = Field(None, description=PATH_WORDS["role"])
    context: Slug | None = Field(
        None, description="Dirección de un contexto: «global»; «perfiles» para los perfiles base."
    )


class SearchParameters(Parameters):
    """Questions to the search."""

    q: str = Field(min_length=1, max_length=100, description="Lo que buscás, hasta 100 letras.")
    context: Slug | None = Field(
        None, description="Dirección de un contexto: «global». Sin él, los perfiles base."
    )
    cursor: int = Field(
        0, ge=0, le=LIMIT, description=f"Cuántos resultados saltar: de 0 a {LIMIT}."
    )


class RoleItem(Document):
    """A role in a list."""

    slug: str
    name: str
    area: str
    summary: str
    url: str = Field(description="Página del perfil base.")
    api_url: str


class ProfileItem(Document):
    """A published profile in a list."""

    role: str
    role_name: str
    context: str | None = Field(description="Nulo en el perfil base.")
    area: str
    summary: str
    teaser: str
    ranges: dict[str, Annotated[tuple[ScalePoint, ...], Field(min_length=2, max_length=2)]] = Field(
        description="Código del rasgo → [desde, hasta] en la escala de 1 a 5."
    )
    published_from: datetime.datetime
    reviewed_on: datetime.date | None
    url: str
    api_url: str


class RoleDetail(Document):
    """A role with its published profiles."""

    role: RoleFacts
    profiles: tuple[ProfileItem, ...]


class Page(Document):
    """Some of a long list."""

    next: str | None = Field(None, description="Dirección de lo que sigue; nulo al final.")


class RoleList(Page):
    """A page of roles."""

    items: tuple[RoleItem, ...]


class ProfileList(Page):
    """A page of profiles."""

    items: tuple[ProfileItem, ...]


class NearItem(Document):
    """A role near to a title that the guide does not have."""

    role: str
    role_name: str
    title: str | None = Field(description="El título cercano del que habla la diferencia.")
    difference: str | None = Field(description="Qué tiene ese puesto que este rol no.")
    url: str


class SearchList(ProfileList):
    """Profiles that were found: who is called so first, then who mentions it."""

    corrected: str | None = Field(None, description="La búsqueda que se contestó, corregida.")
    missing: str | None = Field(None, description="El puesto buscado que la guía no tiene.")
    nearest: tuple[NearItem, ...] = Field((), description="Los roles más cercanos a «missing».")


class ContextList(Document):
    """All the contexts, by size."""

    items: tuple[ContextEntry, ...]


class TraitList(Document):
    """The six traits, in the guide's order."""

    items: tuple[TraitEntry, ...]


class Start(Document):
    """Where to begin: the addresses of the lists, the license, the document."""

    roles: str
    profiles: str
    contexts: str
    traits: str
    search: str
    openapi: str
    license: str = LICENSE


class Problem(Document):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def start() -> Start:
    names = {"search": "search", "openapi": "openapi"}
    names |= {name: f"{name[:-1]}_list" for name in ("roles", "profiles", "contexts", "traits")}
    return Start(**{field: address(name) for field, name in names.items()})


def role_item(edition: Edition) -> RoleItem:
    return RoleItem(
        slug=edition.role_slug,
        name=edition.role_name,
        area=edition.area.slug,
        summary=edition.summary,
        url=settings.SITE_URL + edition.get_absolute_url(),
        api_url=address("role_detail", edition.role_slug),
    )


def profile_item(edition: Edition) -> ProfileItem:
    context = edition.context.slug if edition.context_id else None
    return ProfileItem(
        role=edition.role_slug,
        role_name=edition.role_name,
        context=context,
        area=edition.area.slug,
        summary=edition.summary,
        teaser=edition.teaser,
        ranges={code: [str(point) for point in ends] for code, ends in edition.ranges.items()},
        published_from=edition.published_from,
        reviewed_on=edition.reviewed_on,
        url=settings.SITE_URL + edition.get_absolute_url(),
        api_url=address("profile_detail", context or BASE, edition.role_slug),
    )


def near_item(edition: Edition, near: Found) -> NearItem:
    row = near.row if near.row and near.row.kind == NEAR else None
    return NearItem(
        role=edition.role_slug,
        role_name=edition.role_name,
        title=row and row.text,
        difference=row and row.note,
        url=settings.SITE_URL + edition.get_absolute_url(),
    )


def address(name: str, *args: str) -> str:
    return settings.SITE_URL + reverse(f"api:{name}", args=args)


class Operation(NamedTuple):
    """One address of the API as the OpenAPI document describes it."""

    path: str
    name: str
    summary: str
    answer: type[Document]
    asked: type[BaseModel] | None = None


OPERATIONS = (
    Operation("/", "start", "Por dónde empezar", Start),
    Operation("/roles/", "roles", "Roles publicados, por dirección", RoleList, RoleParameters),
    Operation("/roles/{role}/", "role", "Un rol y sus perfiles", RoleDetail),
    Operation("/profiles/", "profiles", "Perfiles publicados", ProfileList, ProfileParameters),
    Operation("/profiles/{context}/{role}/", "profile", "Un perfil completo", PublishedProfile),
    Operation("/contexts/", "contexts", "Tamaños de empresa", ContextList),
    Operation("/traits/", "traits", "Los seis rasgos OCEAN+", TraitList),
    Operation("/search/", "search", "Buscar perfiles", SearchList, SearchParameters),
)


@cache
def openapi() -> dict:
    forms = dict.fromkeys([*(operation.answer for operation in OPERATIONS), Problem])
    _names, definitions = models_json_schema(
        [(form, "serialization") for form in forms], ref_template="#/components/schemas/{model}"
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Guía de Roles",
            "version": VERSION,
            "description": _(
                "Roles, contextos, rasgos y perfiles publicados, solo lectura y sin clave. Hasta "
                "%(page)d elementos por respuesta y los %(most)d mejores resultados por búsqueda; "
                "«next» trae lo que sigue. Cada respuesta tiene ETag: repetila con If-None-Match y "
                "un 304 no cuesta nada. Se puede pedir desde cualquier origen. Es una guía, no un "
                "test: no uses los rangos para puntuar personas."
            )
            % {"page": MAX_LIMIT, "most": LIMIT},
            "license": {"name": "CC BY 4.0", "url": LICENSE},
            "contact": {"name": "Guía de Roles", "url": settings.SITE_URL},
        },
        # Nobody needs a key.
        "security": [],
        "servers": [{"url": address("start").rstrip("/")}],
        "paths": {item.path: {"get": _operation(item)} for item in OPERATIONS},
        "components": {"schemas": definitions["$defs"]},
    }


def _operation(item: Operation) -> dict:
    found = {"200": _answer(item.answer, "Lo que pediste.", "application/json")}
    found["304"] = {"description": "No cambió desde el ETag de If-None-Match."}
    found["405"] = _answer(Problem, "Solo se puede leer.", PROBLEM_TYPE)
    if item.asked:
        found["400"] = _answer(Problem, "Un parámetro no sirve.", PROBLEM_TYPE)
    names = [name for name in ("context", "role") if f"{{{name}}}" in item.path]
    if names:
        found["301"] = {"description": "El rol tiene otra dirección: Location la dice."}
        found["404"] = _answer(Problem, "No hay nada publicado ahí.", PROBLEM_TYPE)
        found["410"] = _answer(Problem, "Estuvo publicado y se retiró.", PROBLEM_TYPE)
    # Any slug is understood: upper case and other names of a role redirect to its address.
    slug = {"type": "string", "pattern": r"^[-a-zA-Z0-9_]+$"}
    parameters = [_parameter(n, "path", slug | {"description": PATH_WORDS[n]}) for n in names]
    form = item.asked.model_json_schema() if item.asked else {"properties": {}}
    for name, schema in form["properties"].items():
        is_required = name in form.get("required", [])
        parameters.append(_parameter(name, "query", schema, is_required=is_required))
    return {
        "operationId": item.name,
        "summary": item.summary,
        "parameters": parameters,
        "responses": found,
    }


def _answer(form: type[Document], description: str, content_type: str) -> dict:
    schema = {"$ref": f"#/components/schemas/{form.__name__}"}
    headers = {"ETag": {"schema": {"type": "string"}}} if form is not Problem else {}
    content = {content_type: {"schema": schema}}
    return {"description": description, "headers": headers, "content": content}


def _parameter(name: str, place: str, schema: dict, *, is_required: bool = True) -> dict:
    """Return a parameter; absent is how it says nothing, so null is no choice of its schema."""
    words = schema["description"]
    schema = {key: value for key, value in schema.items() if key not in ("title", "description")}
    for choice in schema.pop("anyOf", [])[:1]:
        schema.pop("default", None)
        schema |= choice
    where = {"name": name, "in": place, "required": is_required}
    return where | {"description": words, "schema": schema}
