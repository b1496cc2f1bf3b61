"""What the database itself refuses, slugs and aliases, column types."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CharField, SlugField, TextField, URLField
from django.utils import timezone

from profiles import models
from profiles.admin.history import DeskAdmin
from profiles.desk.history import record
from profiles.models.fields import ForgivingField

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("made_role", "db")]
ROLE = {"publish": False}
WIDTH = "«Hasta» va entre 0,4 y 1,6 por encima de «desde»."
SCALE = "El rango va de 1,0 a 5,0."


def messages(row) -> list[str]:
    """Return what an editor is told about ``row``."""
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return refused.value.messages


def refused_by_database(row) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=row.pk is None)


def another_role(slug="other-role") -> models.Role:
    return models.Role.objects.create(slug=slug, name="Other", area=models.Area.objects.first())


def with_archetypes(role, primary, secondary):
    role.primary_archetype, role.secondary_archetype = primary, secondary
    return role


CONTRADICTIONS = {
    "Ese rol ya tiene un perfil base.": lambda r: models.Profile(role=r),
    "Ese rol ya tiene un perfil para ese contexto.": lambda r: models.Profile(
        role=r, context=models.Context.objects.get(slug="startup")
    ),
    "El perfil ya tiene un rango para ese rasgo.": lambda r: models.TraitTarget(
        profile=r.profiles.get(context=None), trait=models.Trait.objects.get(code="O")
    ),
    "Esa clave ya es de otra pregunta del perfil.": lambda r: models.InterviewQuestion(
        profile=r.profiles.get(context=None), key="base-0", text="¿Zaz?", order=1
    ),
    "El rol ya tiene un código de esa clasificación.": lambda r: models.OccupationalCode(
        role=r, scheme="ciuo08", code="2511"
    ),
    "Un rol no se relaciona consigo mismo.": lambda r: models.RelatedRole(role=r, related=r),
    "Ese rol ya está entre los relacionados.": lambda r: models.RelatedRole(
        role=r, related=r.related.first().related
    ),
    "El arquetipo secundario repite el principal.": lambda r: with_archetypes(
        r, r.primary_archetype, r.primary_archetype
    ),
    "El máximo de personas no puede ser menor que el mínimo.": lambda r: models.Context(
        slug="solo", name="Solo", min_employees=10, max_employees=9
    ),
}
MISTAKES = {
    "Va antes que el secundario.": lambda r: with_archetypes(r, None, r.primary_archetype),
    "Esa dirección ya es la de un rol.": lambda r: models.RoleAlias(
        role=r, name=another_role().slug
    ),
    "Ese nombre o dirección ya es de otro rol.": lambda r: models.RoleAlias(
        role=another_role(), name=r.aliases.get().name
    ),
    "Escribí un nombre o una dirección.": lambda r: models.RoleAlias(role=r),
}


@pytest.mark.parametrize(("message", "make"), (CONTRADICTIONS | MISTAKES).items())
def test_what_cannot_be_is_said_and_no_second_row_gets_in(role, message, make):
    row = make(role)
    assert message in messages(row)
    if message in CONTRADICTIONS:
        refused_by_database(row)


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        *(("2.6", "2.9", [WIDTH]), ("2.0", "3.7", [WIDTH]), ("3.4", "2.6", [WIDTH])),
        *(("0.9", "1.5", [SCALE]), ("4.5", "5.1", [SCALE])),
        *(("1.0", "1.4", []), ("3.4", "5.0", []), ("4.6", "5.0", [])),
    ],
)
def test_range_off_its_limits_is_refused(base, low, high, found):
    target = base.targets.get(trait__code="O")
    target.low, target.high = Decimal(low), Decimal(high)
    if found:
        assert messages(target) == found
        refused_by_database(target)
    else:
        target.full_clean()
        target.save()


def edition(profile, **values) -> models.Edition:
    facts = {} if profile.context_id is None else None
    usual = {"number": 1, "ranges": {}, "document": {}, "facts": facts}
    usual |= {"profile": profile, "role": profile.role, "context": profile.context}
    usual |= {"area": profile.role.area, "published_from": timezone.now()}
    return models.Edition(version=record(profile), **(usual | values))


def test_editions_of_a_profile_keep_to_their_rules(role, base):
    now = timezone.now()
    refused_by_database(edition(base, published_until=now - timedelta(days=1)))
    refused_by_database(edition(role.profiles.exclude(context=None).get(), facts={"name": "X"}))
    edition(base).save()
    refused_by_database(edition(base, number=2))  # two are open
    refused_by_database(edition(base, published_from=now, published_until=now))  # a number twice


def test_every_text_that_editors_write_is_mended_and_counted():
    """No column states a limit or refuses a paste by itself: its form field does both."""
    pages = [page for page in admin.site._registry.values() if isinstance(page, DeskAdmin)]
    edited = {model for page in pages for model in (page.model, *(i.model for i in page.inlines))}
    texts = [f for m in edited for f in m._meta.fields if isinstance(f, CharField | TextField)]
    written = [field for field in texts if field.editable and not field.choices]
    written = [field for field in written if not isinstance(field, SlugField | URLField)]
    fields = {str(column): column.formfield() for column in written}
    assert len(fields) > 40
    assert {name for name, f in fields.items() if not isinstance(f, ForgivingField)} == set()
    told = {name: f.widget.attrs for name, f in fields.items()}
    assert {name for name, a in told.items() if "maxlength" in a or "data-limit" not in a} == set()
