"""Search: what the order of its answers rests on, and when it learns of what changed."""

import datetime
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from profiles.desk.content_version import current_version
from profiles.desk.publishing import publish
from profiles.models import Area
from profiles.search import index
from profiles.search.find import find
from profiles.search.index import Index, current_index, prepare
from profiles.views.search.results import suggestions
from tests.helpers.factories import make_role, shelve
from tests.helpers.searching import ask, called, hits, mentioned, nearest

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("vocabulary")]


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
    assert called("vendedora") == called("vendedora con chispa") == ["seller"]
    assert called("vendedora penalista") == called("vendedora de celulares") == []
    assert (called("secretaria"), nearest("secretaria")) == ([], ["ae", "assistant"])


def test_what_only_a_size_mentions_is_shown_there(vocabulary):
    shelve("some-role", "Alfa", summary="Cava.", contexts=("pyme",))
    assert [hit.place for hit in hits("faguhi")] == [current_index().contexts["pyme"].pk]


def test_scheduled_role_is_found_once_its_time_has_come(time_machine):
    start = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    time_machine.move_to(start)
    made = make_role("scheduled", name="Unicornio", publish=False, contexts=())
    publish(made.profiles.get(context=None), at=start + datetime.timedelta(hours=1))
    assert (called("unicornio"), ask("unicornoi").correction) == ([], "")
    time_machine.move_to(start + datetime.timedelta(hours=2))
    assert called("unicornio") == ["scheduled"]


def test_after_an_edit_its_role_alone_is_read_again(vocabulary, django_assert_num_queries):
    other, edited = shelve("other", "Otra"), shelve("some-role", "Alfa", contexts=("pyme",))
    current_index()
    # An edition is frozen; what nobody can do shows whether it was read again.
    facts = {"aliases": ["Yunquera"], "near": [{"title": "Tasador"}]}
    other.editions.update(summary="Dice yunque.", facts=facts)
    edited.name = "Alfarera"
    edited.save()
    # The version (two), the vocabulary (three), which editions and roles there are, the role's.
    with django_assert_num_queries(8):
        assert called("alfarera") == ["some-role"]
    assert (called("yunquera"), nearest("tasador"), mentioned("yunque")) == ([], [], [])
    with django_assert_num_queries(2):
        assert called("otra") == ["other"]


def test_restored_database_is_read_anew(vocabulary):
    role = shelve("some-role", "Alfa")
    index.kept[10**9, None] = current_index()
    index.kept.pop(current_version())
    # After the copy that was restored, a key came a second time.
    role.editions.update(facts={"aliases": ["Yunquera"]})
    assert called("yunquera") == ["some-role"]


def test_what_is_kept_over_edits_answers_as_what_is_read_anew(vocabulary):
    roles = [shelve(f"rol-{n}", f"Alfarera {n}", contexts=("pyme",)) for n in range(3)]
    near = [("Yunquera", "Golpea."), ("Alfarera 2", "Gira.")]
    changing = shelve("yunque", "Yunque", aliases=["Alfarera 1", "Herrera"], near=near)
    for name in ("Alfarera 1", "Yunquera", "Yunque"):
        changing.name = name
        changing.save()
        _is_as_read_anew()
    for role in (*roles, changing):
        for shown in (role.editions.filter(context=None), role.editions.exclude(context=None)):
            shown.update(published_until=timezone.now())
            _is_as_read_anew()
            shown.update(published_until=None)
            _is_as_read_anew()


def test_prepared_worker_has_nothing_left_to_read_and_starts_without_its_database(
    monkeypatch, django_assert_num_queries
):
    # The test's own connection holds its transaction.
    monkeypatch.setattr(connection, "close", lambda: None)
    shelve("some-role", "Alfa")
    prepare()
    with django_assert_num_queries(2):
        assert called("alfa") == ["some-role"]
    monkeypatch.setattr(index, "current_version", Mock(side_effect=OperationalError))
    prepare()


def _is_as_read_anew():
    def answers(read):
        for question in ("alfarera", "alfarera 1", "alfarera 2", "yunq", "yunqera", "herrera"):
            answer = find(question, read)
            found = [(f.role.slug, f.row.text) for f in answer.names + answer.nearest if f.row]
            hits = [(hit.role.slug, *hit.profile) for hit in answer.hits()[1]]
            yield answer.correction, answer.missing, found, hits, suggestions(question, read)

    assert list(answers(current_index())) == list(answers(Index()))
