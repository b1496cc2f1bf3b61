"""Search: what the order of its answers rests on, and when it learns of what changed."""

import datetime

import pytest

from profiles.desk.publishing import publish
from profiles.models import Area
from profiles.search.index import current_index
from tests.helpers.factories import make_role, shelve
from tests.helpers.searching import ask, called, hits, mentioned, nearest

pytestmark = pytest.mark.usefixtures("vocabulary")


def test_name_comes_before_other_names_and_those_before_parts(vocabulary):
    shelve("alias", "Alfa", aliases=["Yunqueras"])
    shelve("name", "Yunquera")
    shelve("longer", "Yunquera mayor de plaza")
    shelve("long", "Yunquera mayor")
    shelve("other", "Beta", aliases=["Alfarera"])
    shelve("other-long", "Alfarera mayor")
    # What is another role's own name is none of its own.
    assert called("yunqueras") == ["name", "long", "longer"]
    assert called("alfareras") == ["other", "other-long"]


def test_renamed_area_is_found_without_publishing(vocabulary):
    shelve("some-role", "Alfa")
    Area.objects.filter(slug="datos-e-ia").update(name="Cartografía")
    assert [area.name for area in ask("cartografias").areas] == ["Cartografía"]
    assert [hit.role.name for hit in hits("cartografias")] == ["Alfa"]


def test_near_title_that_a_role_s_own_name_begins_with_is_a_name(vocabulary):
    shelve("seller", "Vendedor/a externo/a")
    shelve("assistant", "Asistente de Dirección", aliases=["Secretaria de dirección"])
    near = [("Vendedor", "Atiende un salón."), ("Secretaria", "Lleva la agenda.")]
    shelve("ae", "Account Executive", near=near)
    assert called("vendedora") == ["seller"]
    assert (called("secretaria"), nearest("secretaria")) == ([], ["ae", "assistant"])


def test_family_alone_is_told_as_distant(vocabulary):
    shelve("doctor", "Responsable de Higiene", code="2263")
    near = ask("médico generalista").nearest
    assert [(each.role.slug, each.is_distant, each.group) for each in near] == [
        ("doctor", True, "Profesionales de la salud")
    ]


def test_scheduled_role_is_found_once_its_time_has_come(time_machine):
    start = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    time_machine.move_to(start)
    made = make_role("scheduled", name="Unicornio", publish=False, contexts=())
    publish(made.profiles.get(context=None), at=start + datetime.timedelta(hours=1))
    assert (called("unicornio"), ask("unicornoi").correction) == ([], "")
    time_machine.move_to(start + datetime.timedelta(hours=2))
    assert called("unicornio") == ["scheduled"]


def test_texts_are_read_once_and_past_ones_forgotten(vocabulary, django_assert_num_queries):
    role = make_role("some-role", contexts=())
    (past,) = current_index().texts
    publish(role.profiles.get(context=None), reason="otra")
    (key,) = current_index().texts.keys() - {past}
    text = current_index().texts[key]
    shelve("other", "Otra", summary="Dice yunque.")
    assert current_index().texts[key] is text
    assert past not in current_index().texts
    assert mentioned("yunque") == ["Otra"]
    # The content version: its number and the last beginning.
    with django_assert_num_queries(2):
        current_index()
