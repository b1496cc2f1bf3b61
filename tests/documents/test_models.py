"""What the database itself refuses, slugs and aliases, column types."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from profiles.admin.history import DeskAdmin
from profiles.desk.history import record
from profiles.models import (
    Area,
    Context,
    Edition,
    InterviewQuestion,
    OccupationalCode,
    Profile,
    RelatedRole,
    Role,
    RoleAlias,
    Trait,
    TraitTarget,
)
from profiles.models.fields import ForgivingField, LinesFormField
from tests.helpers.factories import make_role

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("made_role", "db")]


@pytest.fixture(scope="module")
def made_role(module_rows):
    return make_role(publish=False)


def messages(row) -> list[str]:
    """Return what an editor is told about ``row``."""
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return refused.value.messages


def refused_by_database(row) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=row.pk is None)


def another_role(slug="other-role") -> Role:
    return Role.objects.create(slug=slug, name="Other", area=Area.objects.first())


# --- constraints ---


def base_of(role):
    return role.profiles.get(context=None)


def with_archetypes(role, primary, secondary):
    role.primary_archetype, role.secondary_archetype = primary, secondary
    return role


CONTRADICTIONS = {
    "Ese rol ya tiene un perfil base.": lambda role: Profile(role=role),
    "Ese rol ya tiene un perfil para ese contexto.": lambda role: Profile(
        role=role, context=Context.objects.get(slug="startup")
    ),
    "El perfil ya tiene un rango para ese rasgo.": lambda role: TraitTarget(
        profile=base_of(role), trait=Trait.objects.get(code="O")
    ),
    "Esa clave ya es de otra pregunta del perfil.": lambda role: InterviewQuestion(
        profile=base_of(role), key="base-0", text="¿Zaz?", order=1
    ),
    "El rol ya tiene un código de esa clasificación.": lambda role: OccupationalCode(
        role=role, scheme="ciuo08", code="2511"
    ),
    "Un rol no se relaciona consigo mismo.": lambda role: RelatedRole(role=role, related=role),
    "Ese rol ya está entre los relacionados.": lambda role: RelatedRole(
        role=role, related=role.related.first().related
    ),
    "El arquetipo secundario repite el principal.": lambda role: with_archetypes(
        role, role.primary_archetype, role.primary_archetype
    ),
    "El máximo de personas no puede ser menor que el mínimo.": lambda role: Context(
        slug="solo", name="Solo", min_employees=10, max_employees=9
    ),
}
MISTAKES = {
    "Va antes que el secundario.": lambda role: with_archetypes(role, None, role.primary_archetype),
    "Esa dirección ya es la de un rol.": lambda role: RoleAlias(
        role=role, name=another_role().slug
    ),
    "Ese nombre o dirección ya es de otro rol.": lambda role: RoleAlias(
        role=another_role(), name=role.aliases.get().name
    ),
    "Escribí un nombre o una dirección.": lambda role: RoleAlias(role=role),
}


@pytest.mark.parametrize(("message", "make"), (CONTRADICTIONS | MISTAKES).items())
def test_what_cannot_be_is_said_and_no_second_row_gets_in(role, message, make):
    row = make(role)
    assert message in messages(row)
    if message in CONTRADICTIONS:
        refused_by_database(row)


WIDTH = "«Hasta» va entre 0,4 y 1,6 por encima de «desde»."
SCALE = "El rango va de 1,0 a 5,0."


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        *(("2.6", "2.9", [WIDTH]), ("2.0", "3.7", [WIDTH]), ("3.4", "2.6", [WIDTH])),
        *(("0.9", "1.5", [SCALE]), ("4.5", "5.1", [SCALE])),
        *(("1.0", "1.4", []), ("3.4", "5.0", []), ("4.6", "5.0", [])),
    ],
)
def test_range_off_its_limits_is_refused(base, low, high, found):
    base.targets.filter(trait__code="O").delete()
    target = TraitTarget(
        profile=base, trait=Trait.objects.get(code="O"), low=Decimal(low), high=Decimal(high)
    )
    if found:
        assert messages(target) == found
        refused_by_database(target)
    else:
        target.full_clean()
        target.save()
        target.refresh_from_db()
        assert (target.low, target.high) == (Decimal(low), Decimal(high))


def edition(profile, **values) -> Edition:
    usual = {
        "area": profile.role.area,
        "number": 1,
        "ranges": {},
        "document": {},
        "facts": {} if profile.context_id is None else None,
        "published_from": timezone.now(),
    }
    known = {"profile": profile, "role": profile.role, "context": profile.context}
    return Edition(version=record(profile), **known, **(usual | values))


def test_editions_of_a_profile_keep_to_their_rules(role, base):
    now = timezone.now()
    refused_by_database(edition(base, published_until=now - timedelta(days=1)))
    refused_by_database(edition(role.profiles.exclude(context=None).get(), facts={"name": "X"}))
    edition(base).save()
    refused_by_database(edition(base, number=2))  # two are open
    refused_by_database(edition(base, published_from=now, published_until=now))  # a number twice


# --- slugs and aliases ---


def test_old_address_stays_as_an_alias_and_a_name_whose_address_becomes_the_role_s_own(role):
    alias = role.aliases.get()
    role.slug = alias.slug
    role.full_clean()
    role.save()
    kept = [("", "data-tester"), (alias.name, None)]
    assert sorted(role.aliases.values_list("name", "slug")) == kept


# --- columns ---


def test_lines_are_edited_one_a_line():
    field = LinesFormField(required=False, line_limit=200)
    assert field.prepare_value(["a", "b"]) == "a\nb"
    assert field.clean(" a \r\n\r\nb\n") == ["a", "b"]
    assert field.clean("• a\n\uf0b7\tb\n- c\n4) d\n5 años") == ["a", "b", "c", "d", "5 años"]
    assert not field.has_changed(["a", "b"], "a\r\nb\r\n")
    assert field.has_changed(["a"], "a\nb")


def written_texts():
    """Return the text columns that editors write, of all pages of the desk and their parts."""
    pages = [page for page in admin.site._registry.values() if isinstance(page, DeskAdmin)]
    written = {model for page in pages for model in (page.model, *(i.model for i in page.inlines))}
    return [
        field
        for model in written
        for field in model._meta.fields
        if isinstance(field, models.CharField | models.TextField)
        and not isinstance(field, models.SlugField | models.URLField)
        and field.editable
        and not field.choices
    ]


def test_every_text_that_editors_write_is_mended_and_counted():
    """No column states a limit or refuses a paste by itself: its form field does both."""
    fields = {str(column): column.formfield() for column in written_texts()}
    assert len(fields) > 40
    assert {name for name, f in fields.items() if not isinstance(f, ForgivingField)} == set()
    told = {name: f.widget.attrs for name, f in fields.items()}
    assert {name for name, a in told.items() if "maxlength" in a or "data-limit" not in a} == set()
