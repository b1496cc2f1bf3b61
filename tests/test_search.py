"""Search: what is found and in which order; the same on SQLite and PostgreSQL."""

import datetime

import pytest

from profiles import search, search_corrections, search_index
from profiles.desk.history import record
from profiles.desk.publishing import publish
from profiles.models import Area, Context, SearchTerm
from profiles.search import Query
from profiles.search_index import Filters
from tests.factories import make_role, shelve

pytestmark = pytest.mark.usefixtures("vocabulary")
NO_FILTERS = Filters()


@pytest.fixture
def role(vocabulary):
    """A role on the desk, published; the others here stand on the shelf alone."""
    return make_role()


def context_id(slug):
    return Context.objects.get(slug=slug).pk


def names(question, filters=NO_FILTERS):
    found = search_index.find(Query(question), filters)
    return [match.name for match in found.matches]


# Words


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        (("vendedor", "vendedora", "vendedores", "vendedoras", "vendedorxs"), "vendedor"),
        (("analista", "analistas"), "analist"),
        (("ingeniero", "ingeniera", "ingenieros"), "ingenier"),
        (("dato", "datos", "data"), "dat"),
        (("engineer", "engineers"), "engineer"),
        (("juez", "jueces"), "juez"),
        (("ux",), "ux"),
        (("sre",), "sre"),
        (("business",), "business"),
    ],
)
def test_plural_and_gender_share_a_stem(forms, stem):
    assert {search.stem(form) for form in forms} == {stem}


def test_query_keeps_eight_words_without_the_small_ones():
    query = Query("el analista de datos con uno dos tres cuatro cinco seis siete ocho")
    assert query.words == ["analista", "datos", "uno", "dos", "tres", "cuatro", "cinco", "seis"]
    assert query.is_cut


def test_composed_and_decomposed_letters_are_the_same_word():
    assert Query("datós").words == Query("dato\u0301s").words == ["datos"]


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [
        ("mlops", "mlops", 0),
        ("mlopps", "mlops", 1),
        ("produt", "product", 1),
        ("dtaa", "data", 1),
        ("analitsta", "analista", 1),
        ("scientits", "scientist", 1),
        ("recrutar", "recruiter", 2),
        ("venta", "cuenta", 2),
        ("datos", "finanzas", 3),
    ],
)
def test_distance_counts_wrong_letters(left, right, apart):
    assert search.distance(left, right, 2) == apart


def test_highlight_marks_whole_words_and_keeps_the_text():
    pieces = search.highlight("Analistas de <datos>, y más", Query("analista datós"))
    assert pieces == [
        ("Analistas", True),
        (" de <", False),
        ("datos", True),
        (">, y más", False),
    ]


def test_excerpt_is_cut_at_words_around_the_first_hit():
    text = f"{'antes ' * 40}el forecast del mes {'después ' * 40}"
    pieces = search.excerpt(text, Query("forecast"), before=20, after=20)
    assert "".join(piece.text for piece in pieces) == "…antes antes el forecast del mes después…"
    assert [piece.text for piece in pieces if piece.hit] == ["forecast"]


@pytest.mark.parametrize("text", ["hola datos" + "-x" * 100, "x-" * 100 + "datos chau"])
def test_excerpt_keeps_the_hit_beside_a_word_without_end(text):
    pieces = search.excerpt(text, Query("datos"))
    assert [piece.text for piece in pieces if piece.hit] == ["datos"]


# What is found


@pytest.mark.parametrize(
    "question",
    ["analista de datos", "ANALISTA DE DATÓS", "analistas de datos", "Analysta  datos", "analist"],
)
def test_role_is_found_as_typed_on_a_phone(question):
    shelve("data-analyst", "Data Analyst", aliases=["Analista de datos", "Analysta de datos"])
    shelve("other-role", "Contador", aliases=["Contable"])
    assert names(question) == ["Data Analyst"]


@pytest.mark.parametrize("question", ["vendedora", "VENDEDORES", "sales rep", "ejecutiva cuentas"])
def test_other_names_are_found_in_both_languages_and_genders(question):
    shelve("ae", "Account Executive", aliases=["Vendedor", "Sales Rep", "Ejecutivo de cuentas"])
    shelve("other-role", "Contador")
    assert names(question) == ["Account Executive"]


def test_best_match_comes_first():
    shelve("in-text", "Alfa", summary="Trabaja con ventas todo el día y toda la noche también.")
    shelve("in-area", "Beta", area="ventas-y-clientes")
    shelve("in-alias", "Gamma", aliases=["Jefa de ventas"])
    shelve("in-long-name", "Delta de ventas")
    shelve("in-name", "Ventas")
    shelve("nowhere", "Epsilon")
    expected = ["Ventas", "Delta de ventas", "Gamma", "Beta", "Alfa"]
    assert names("venta") == expected


def test_role_with_all_words_hides_those_with_some():
    shelve("both", "Data Engineer")
    shelve("one", "Data Analyst")
    assert names("data engineer") == ["Data Engineer"]


@pytest.mark.parametrize(
    "question",
    ["datos ventas", "ventas datos", "ia ventas", "ventas eng", "eng ventas eng", "ventas ven"],
)
def test_word_counts_once_however_often_it_is_found(question):
    """Neither the area's name nor a second word with the same beginning stands for "ventas"."""
    shelve("twice", "Datos Engineer English IA", area="datos-e-ia")
    shelve("both", "Ventas Datos IA Engineer", area="personas")
    assert names(question) == ["Ventas Datos IA Engineer"]


def test_area_named_by_two_words_has_both():
    shelve("in-area", "Alfa", area="datos-e-ia")
    shelve("one-word", "Datos", area="personas")
    assert names("datos ia") == ["Alfa"]


def test_scheduled_role_is_found_once_its_time_has_come(time_machine):
    start = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    time_machine.move_to(start)
    made = make_role("scheduled", name="Unicornio", publish=False, contexts=())
    publish(made.profiles.get(context=None), at=start + datetime.timedelta(hours=1))
    assert names("unicornio") == []
    time_machine.move_to(start + datetime.timedelta(hours=2))
    assert names("unicornio") == ["Unicornio"]


def test_new_name_replaces_the_old_one():
    made = make_role("renamed", name="Antiguo", contexts=())
    made.name = "Moderno"
    made.save()
    record(made)
    assert names("antiguo") == []
    assert names("moderno") == ["Moderno"]


def publish_alias(role, alias, **options):
    """Exchange a role's other names for ``alias`` and publish its base profile."""
    role.aliases.all().delete()
    role.aliases.create(name=alias)
    publish(role.profiles.get(context=None), **options)


def test_context_is_found_by_the_names_that_its_base_has_now(role):
    startup = Filters(context_id=context_id("startup"))
    publish_alias(role, "Yunquera")
    assert names("yunqueras", startup) == ["Data Tester"]
    publish_alias(role, "Alfarera")
    assert names("yunqueras", startup) == []
    assert names("alfarera", startup) == ["Data Tester"]


def test_context_is_not_found_by_a_scheduled_name_before_its_time(role, time_machine):
    start = datetime.datetime(2027, 12, 1, 12, tzinfo=datetime.UTC)
    time_machine.move_to(start, tick=False)
    startup = Filters(context_id=context_id("startup"))
    publish_alias(role, "Yunquera")
    publish_alias(role, "Alfarera", at=start + datetime.timedelta(hours=1))
    assert names("yunquera", startup) == ["Data Tester"]
    assert names("alfarera", startup) == []
    assert search_corrections.suggest(Query("alfarrera")) == ""
    time_machine.move_to(start + datetime.timedelta(hours=2), tick=False)
    assert names("alfarera") == ["Data Tester"]
    assert search_corrections.suggest(Query("alfarrera")) == "alfarera"


def test_context_published_again_keeps_the_names_of_its_base(role):
    publish_alias(role, "Yunquera")
    publish(role.profiles.get(context__slug="startup"))
    assert names("yunquera", Filters(context_id=context_id("startup"))) == ["Data Tester"]
    assert SearchTerm.objects.filter(term="yunquer").count() == 2


def test_word_of_a_context_counts_once_where_its_base_s_names_have_it_too():
    area = "personas"
    shelve("both", "Yunque", aliases=["Alfar"], area=area, contexts=("startup",))
    shelve("twice", "Alfar", aliases=["Alfar mayor"], area=area, contexts=("startup",))
    startup = Filters(context_id=context_id("startup"))
    assert names("yunque alfar", startup) == ["Yunque"]
    assert names("alfar", startup) == ["Alfar", "Yunque"]


def test_renamed_area_is_found_without_publishing():
    shelve("some-role", "Alfa")
    Area.objects.filter(slug="datos-e-ia").update(name="Cartografía")
    assert names("cartografias") == ["Alfa"]


def test_text_of_the_base_profile_does_not_find_its_contexts():
    summary = "Vive de su famoso pronóstico trimestral y lo defiende ante quien sea."
    shelve("ae", "Account Executive", summary=summary, contexts=("startup",))
    assert names("pronostico") == ["Account Executive"]
    assert names("pronostico", Filters(context_id=context_id("startup"))) == []


def test_many_matches_are_filtered_by_the_database(monkeypatch):
    monkeypatch.setattr(search_index, "LIMIT", 2)
    for number in range(4):
        area = "personas" if number == 3 else "datos-e-ia"
        shelve(f"analista-{number}", f"Analista {number}", area=area, contexts=("startup",))
    found = search_index.find(Query("analista"), Filters())
    assert ([m.name for m in found.matches], found.more) == (["Analista 0", "Analista 1"], True)
    personas = Area.objects.get(slug="personas").pk
    for place in (None, context_id("startup")):
        filters = Filters(personas, place, {"E": "low"})
        assert names("analista", filters) == ["Analista 3"]
        assert names("", filters) == ["Analista 3"]


@pytest.mark.parametrize(("word", "typos"), [("ab", 0), ("abc", 1), ("abcd", 1), ("abcde", 2)])
def test_longer_words_may_have_more_typos(word, typos):
    assert search.allowed_typos(word) == typos


def test_word_is_worth_what_it_is_worth_in_the_best_place():
    found = search.weighted_words("Ventas", ("Jefa de ventas",), ("Vende ventas full-stack.",))
    assert found["ventas"] == ("ventas", search.NAME)
    assert "fullstack" not in found


def test_question_of_eight_words_is_whole():
    words = "uno dos tres cuatro cinco seis siete ocho"
    assert [Query(text).is_cut for text in (words, f"{words} nueve")] == [False, True]


def test_shorter_name_comes_first_where_the_points_are_equal():
    shelve("long", "Alfa Gamma Ventas")
    shelve("short", "Beta Ventas")
    assert names("ventas") == ["Beta Ventas", "Alfa Gamma Ventas"]


def test_whole_word_comes_before_one_that_it_begins():
    shelve("begins", "Uno Engineer")
    shelve("whole", "Primera Engine")
    assert names("engine") == ["Primera Engine", "Uno Engineer"]


def test_correction_keeps_the_first_letter_where_it_can():
    known = [("besa", "besa", 8), ("mena", "mena", 8)]
    assert search.closest("mesa", known) == ["mena", "besa"]
