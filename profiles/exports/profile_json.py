"""A published profile as JSON: the guide's own document, with where it comes from."""

from __future__ import annotations

import datetime

from pydantic import Field

from profiles.desk.rows import form_of
from profiles.documents.schema import BaseProfile, ContextProfile, RoleFacts
from profiles.documents.types import Document
from profiles.documents.vocabulary import AreaEntry, ContextEntry
from profiles.guide.profile_page import ProfilePage
from profiles.models import Area, Context

LICENSE = "https://creativecommons.org/licenses/by/4.0/"


class PublishedProfile(Document):
    """One published profile; a context's inherits what its base says."""

    url: str = Field(description="Dirección de la página del perfil.")
    heading: str = Field(description="Nombre del perfil: «MLOps Engineer en Global».")
    published_from: datetime.datetime
    license: str = LICENSE
    responsible_use: str
    role: RoleFacts
    area: AreaEntry
    context: ContextEntry | None = Field(description="Nulo en el perfil base.")
    profile: ContextProfile | BaseProfile
    base: BaseProfile | None = Field(description="Lo que un contexto hereda; nulo en la base.")


def published_profile(page: ProfilePage) -> PublishedProfile:
    """Return the typed JSON form of ``page``."""
    return PublishedProfile(
        url=page.source_url,
        heading=page.heading,
        published_from=page.published_from,
        responsible_use=page.responsible_use,
        role=page.facts,
        area=_entry(page.area, AreaEntry),
        context=_entry(page.context, ContextEntry) if page.context else None,
        profile=page.document,
        base=page.base,
    )


def _entry(row: Area | Context, form: type[Document]) -> Document:
    """Return an entry of the vocabulary without its long text, which has a page of its own."""
    return form_of(form, row, body="")


def render_json(page: ProfilePage) -> bytes:
    """Return ``page`` as UTF-8 JSON, indented for people who open it."""
    return published_profile(page).model_dump_json(indent=2).encode()
