"""Search: what is found, in which order, what is shown; the same on SQLite and PostgreSQL."""

import datetime
import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from profiles import search, search_index
from profiles.models import Area, Context, SearchTerm
from profiles.publishing import publish, withdraw
from profiles.search import Query
from profiles.search_index import Filters
from tests.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")

URL = "/guia-de-roles/perfiles/"
NO_FILTERS = Filters()


class Page:
    """A page of results, read the way a person sees it."""

    def __init__(self, response):
        self.status = response.status_code
        self.html = response.content.decode()
        self.main = self.html.partition("<main")[2].partition("</main>")[0]

    def _texts(self, pattern):
        found = re.findall(pattern, self.main, re.DOTALL)
        plain = (html.unescape(re.sub(r"<[^>]+>", "", text)) for text in found)
        return [" ".join(text.split()) for text in plain]

    @property
    def names(self):
        return self._texts(r'class="role-row__name"[^>]*>(.*?)</a>')

    @property
    def marked(self):
        return self._texts(r"<mark>(.*?)</mark>")

    @property
    def headline(self):
        return self._texts(r"data-search-headline>(.*?)</p>")[0]

    @property
    def notes(self):
        return self._texts(r'<p class="search-note[^"]*">(.*?)</p>')

    @property
    def errors(self):
        return self._texts(r'class="search-errors".*?</h2>(.*?)<p><a')

    def options(self, name):
        select = re.search(rf'<select id="{name}".*?</select>', self.main, re.DOTALL)[0]
        return [html.unescape(text) for text in re.findall(r"<option[^>]*>(.*?)</option>", select)]


def ask(client, **parameters):
    return Page(client.get(URL, parameters))


def role(
    slug, name, *, aliases=("Quuxwyk",), summary="", publish=True, area="datos-e-ia", **options
):
    """Return a role with these names and this summary, published at the end."""
    made = make_role(slug, name=name, publish=False, area=area, **options)
    made.aliases.all().delete()
    for order, alias in enumerate(aliases):
        made.aliases.create(name=alias, order=order)
    if summary:
        made.profiles.filter(context=None).update(summary=summary)
    if publish:
        publish_role(made)
    return made


def publish_role(made):
    for profile in made.profiles.base_first():
        publish(profile)


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


# What is found


@pytest.mark.parametrize(
    "question",
    ["analista de datos", "ANALISTA DE DATÓS", "analistas de datos", "Analysta  datos", "analist"],
)
def test_role_is_found_as_typed_on_a_phone(question):
    role("data-analyst", "Data Analyst", aliases=["Analista de datos", "Analysta de datos"])
    role("other-role", "Contador", aliases=["Contable"])
    assert names(question) == ["Data Analyst"]


@pytest.mark.parametrize("question", ["vendedora", "VENDEDORES", "sales rep", "ejecutiva cuentas"])
def test_other_names_are_found_in_both_languages_and_genders(question):
    role("ae", "Account Executive", aliases=["Vendedor", "Sales Rep", "Ejecutivo de cuentas"])
    role("other-role", "Contador")
    assert names(question) == ["Account Executive"]


def test_best_match_comes_first():
    role("in-text", "Alfa", summary="Trabaja con ventas todo el día y toda la noche también.")
    role("in-area", "Beta", area="ventas-y-clientes")
    role("in-alias", "Gamma", aliases=["Jefa de ventas"])
    role("in-long-name", "Delta de ventas")
    role("in-name", "Ventas")
    role("nowhere", "Epsilon")
    expected = ["Ventas", "Delta de ventas", "Gamma", "Beta", "Alfa"]
    assert names("venta") == expected


def test_role_with_all_words_hides_those_with_some():
    role("both", "Data Engineer")
    role("one", "Data Analyst")
    assert names("data engineer") == ["Data Engineer"]


@pytest.mark.parametrize(
    "question",
    ["datos ventas", "ventas datos", "ia ventas", "ventas eng", "eng ventas eng", "ventas ven"],
)
def test_word_counts_once_however_often_it_is_found(question):
    """Neither the area's name nor a second word with the same beginning stands for "ventas"."""
    role("twice", "Datos Engineer English IA", area="datos-e-ia")
    role("both", "Ventas Datos IA Engineer", area="personas")
    assert names(question) == ["Ventas Datos IA Engineer"]


def test_area_named_by_two_words_has_both():
    role("in-area", "Alfa", area="datos-e-ia")
    role("one-word", "Datos", area="personas")
    assert names("datos ia") == ["Alfa"]


def test_roles_with_some_words_are_better_than_none(client):
    role("one", "Data Analyst")
    page = ask(client, q="data zzyzx")
    assert page.names == ["Data Analyst"]
    assert page.notes == ["Ningún perfil tiene todas las palabras; estos tienen algunas."]


def test_draft_scheduled_and_withdrawn_roles_are_not_found(client):
    role("draft", "Unicornio Borrador", publish=False)
    withdrawn = role("withdrawn", "Unicornio Retirado")
    withdraw(withdrawn.profiles.get(context=None))
    later = timezone.now() + datetime.timedelta(hours=1)
    scheduled = role("scheduled", "Unicornio Futuro", publish=False)
    publish(scheduled.profiles.get(context=None), at=later)
    role("public", "Unicornio Público")
    assert ask(client, q="unicornio").names == ["Unicornio Público"]
    assert not SearchTerm.objects.filter(edition__role=withdrawn).exists()


def test_scheduled_role_is_found_once_its_time_has_come(time_machine):
    start = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    time_machine.move_to(start)
    made = role("scheduled", "Unicornio", publish=False)
    publish(made.profiles.get(context=None), at=start + datetime.timedelta(hours=1))
    assert names("unicornio") == []
    time_machine.move_to(start + datetime.timedelta(hours=2))
    assert names("unicornio") == ["Unicornio"]


def test_unpublished_words_are_never_suggested(client):
    later = timezone.now() + datetime.timedelta(hours=1)
    made = role("scheduled", "Unicornio", publish=False)
    publish(made.profiles.get(context=None), at=later)
    assert ask(client, q="unicornoi").notes == []


def test_new_name_replaces_the_old_one():
    made = role("renamed", "Antiguo")
    made.name = "Moderno"
    made.save()
    assert names("antiguo") == ["Antiguo"]
    publish(made.profiles.get(context=None))
    assert names("antiguo") == []
    assert names("moderno") == ["Moderno"]


def test_renamed_area_is_found_without_publishing():
    role("some-role", "Alfa")
    Area.objects.filter(slug="datos-e-ia").update(name="Cartografía")
    assert names("cartografias") == ["Alfa"]


def test_context_filter_finds_that_context_by_the_roles_other_names(client):
    role("ae", "Account Executive", aliases=["Vendedor"], contexts=("startup", "global"))
    role("base-only", "Vendedora técnica")
    page = ask(client, q="vendedora", contexto="global")
    assert page.names == ["Account Executive"]
    assert "/guia-de-roles/global/ae/" in page.main
    assert "/guia-de-roles/startup/ae/" not in page.main


def test_text_of_the_base_profile_does_not_find_its_contexts():
    summary = "Vive de su famoso pronóstico trimestral y lo defiende ante quien sea."
    role("ae", "Account Executive", summary=summary, contexts=("startup",))
    assert names("pronostico") == ["Account Executive"]
    assert names("pronostico", Filters(context_id=context_id("startup"))) == []


# Corrections


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mlopps", "mlops"),
        ("produt owner", "product owner"),
        ("owner prodct", "owner product"),
        ("productowner", "product owner"),
        ("front end", "frontend"),
        ("dezarrollador de frontend", "desarrollador de frontend"),
        ("desarolladora", "desarrollador"),
    ],
)
def test_typo_asks_whether_the_right_word_was_meant(client, typed, meant):
    role("mlops-engineer", "MLOps Engineer")
    role("product-owner", "Product Owner")
    role("frontend", "Frontend Developer", aliases=["Desarrollador Frontend"])
    page = ask(client, q=typed)
    assert page.notes == [f"¿Quisiste decir {meant}?"]
    assert len(page.names) == 1
    assert page.headline == f"Ningún perfil para «{typed}»"


def test_misspelt_other_name_finds_the_role_and_says_its_name(client):
    role("product-owner", "Product Owner", aliases=["Produt Owner"])
    page = ask(client, q="produt owner")
    assert page.names == ["Product Owner"]
    assert page.notes == ["¿Quisiste decir product owner?"]


@pytest.mark.parametrize("typed", ["product owners", "Product Owner", "owner"])
def test_right_words_are_not_corrected(client, typed):
    role("product-owner", "Product Owner")
    assert ask(client, q=typed).notes == []


def test_nothing_found_suggests_where_to_go(client):
    role("some-role", "Alfa")
    page = ask(client, q="zzyzx")
    assert page.status == 200
    assert page.headline == "Ningún perfil para «zzyzx»"
    assert page.names == []
    assert "/guia-de-roles/areas/datos-e-ia/" in page.main


# Filters


def test_filters_combine_and_count(client):
    role("alfa", "Analista Alfa", area="datos-e-ia")
    role("beta", "Analista Beta", area="personas", contexts=("global",))
    role("gamma", "Contador", area="personas")
    page = ask(client, q="analista", area="personas")
    assert page.names == ["Analista Beta"]
    assert page.options("area")[:2] == ["Todas las áreas", "Datos e IA (1)"]
    assert "Personas (1)" in page.options("area")
    assert page.options("contexto") == [
        "Perfil base (1)",
        "Startup (0)",
        "PyME (0)",
        "Enterprise (0)",
        "Global (1)",
    ]


def test_trait_level_filters(client):
    # The factory's base asks for E 1.8–2.6 (baja), its contexts for 2.1–2.9 (baja) and O more.
    role("alfa", "Analista Alfa")
    assert ask(client, rasgo="E:baja").names == ["Analista Alfa"]
    assert ask(client, rasgo="E:alta").names == []
    assert ask(client, rasgo=["E:baja", "C:muy-alta"]).names == ["Analista Alfa"]
    assert ask(client, rasgo=["E:baja", "C:baja"]).names == []
    assert "Extraversión: baja (1)" in ask(client, q="alfa").options("rasgo")


def test_filters_stay_in_the_form_and_in_the_next_page(client, monkeypatch):
    monkeypatch.setattr("profiles.views.search.PAGE_SIZE", 2)
    for number in range(3):
        role(f"analista-{number}", f"Analista {number}")
    page = ask(client, q="analista", area="datos-e-ia", rasgo="E:baja")
    assert page.names == ["Analista 0", "Analista 1"]
    assert "q=analista&amp;area=datos-e-ia&amp;rasgo=E:baja&amp;pagina=2" in page.main
    assert '<option value="datos-e-ia" selected>' in page.main
    assert 'value="E:baja" checked' in page.main
    second = ask(client, q="analista", area="datos-e-ia", rasgo="E:baja", pagina="2")
    assert second.names == ["Analista 2"]


def test_filters_that_leave_nothing_offer_the_search_without_them(client):
    role("alfa", "Analista Alfa", area="datos-e-ia")
    page = ask(client, q="analista", area="personas")
    assert page.names == []
    assert page.notes == ["Con estos filtros no queda nada. Buscar sin filtros"]
    assert f'href="{URL}?q=analista"' in page.main


def test_many_matches_are_filtered_by_the_database(monkeypatch):
    monkeypatch.setattr(search_index, "LIMIT", 2)
    for number in range(4):
        area = "personas" if number == 3 else "datos-e-ia"
        role(f"analista-{number}", f"Analista {number}", area=area, contexts=("startup",))
    found = search_index.find(Query("analista"), Filters())
    assert ([m.name for m in found.matches], found.more) == (["Analista 0", "Analista 1"], True)
    personas = Area.objects.get(slug="personas").pk
    for place in (None, context_id("startup")):
        filters = Filters(personas, place, {"E": "low"})
        assert names("analista", filters) == ["Analista 3"]
        assert names("", filters) == ["Analista 3"]


# The page


def test_plain_list_groups_all_roles_by_area(client):
    role("alfa", "Analista Alfa", area="datos-e-ia")
    role("beta", "Beta", area="personas")
    page = ask(client)
    assert page.names == ["Analista Alfa", "Beta"]
    assert re.findall(r'<h2 id="area-([a-z-]+)">', page.main) == ["datos-e-ia", "personas"]


def test_words_asked_for_are_marked_and_stored_text_is_escaped(client):
    summary = "Cuida <b>datos</b> de la empresa y los explica a quien los tiene que usar hoy."
    role("alfa", "Data & Analista", aliases=["Analista <i>de datos</i>"], summary=summary)
    page = ask(client, q="analistas datos")
    assert page.marked == ["Data", "Analista", "datos"]
    assert "<b>" not in page.main
    assert "<i>" not in page.main
    assert "&lt;b&gt;<mark>datos</mark>" in page.main


def test_question_is_escaped(client):
    page = ask(client, q='"><script>alert(1)</script>')
    assert "<script>alert" not in page.html
    assert page.status == 200


def test_only_the_plain_list_is_indexed(client):
    role("alfa", "Alfa")
    plain, asked = ask(client), ask(client, q="alfa")
    assert 'content="noindex"' not in plain.html
    assert 'content="noindex"' in asked.html
    canonical = re.compile(r'<link rel="canonical" href="[^"]*/guia-de-roles/perfiles/">')
    assert canonical.search(plain.html)
    assert canonical.search(asked.html)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"q": "a\0b"}, "No se admiten caracteres nulos."),
        ({"q": "palabra " * 1200}, "La búsqueda admite hasta 200 caracteres: acortala."),
        ({"q": "x" * 100_000}, "La búsqueda admite hasta 200 caracteres: acortala."),
        ({"area": "nada"}, "No hay un área con esa dirección."),
        ({"area": "a\0b"}, "No hay un área con esa dirección."),
        ({"contexto": "' OR 1=1"}, "No hay un tamaño de empresa con esa dirección."),
        ({"rasgo": "E:enorme"}, "Un rasgo se pide así: «E:baja». Elegilo de la lista."),
        ({"pagina": "-1"}, "No hay una página con ese número."),
        ({"pagina": str(2**70)}, "No hay una página con ese número."),
        ({"pagina": "NaN"}, "No hay una página con ese número."),
    ],
)
def test_bad_question_is_answered_in_words(client, parameters, message):
    page = ask(client, **parameters)
    assert page.status == 400
    assert page.errors == [message]


@pytest.mark.parametrize(
    "question",
    [
        "%_\\",
        "'; DROP TABLE profiles_edition; --",
        'NEAR("a" b*) AND OR NOT ^',
        "(((((",
        "\u202eatad\u202c",
        "a" + "\u0301" * 190,
        "\u200b\u200b",
        "🙂 数据 данные ﷺ ½ ß ᵃ",
        "a",
        "=analist dat",
        "area:1",
        "E:low",
        " ".join("abcdefghijklmnopqrstuvwxyz"),
    ],
)
def test_strange_question_is_a_question(client, question):
    role("alfa", "Zeta")
    assert ask(client, q=question).status == 200


def test_lone_surrogate_in_the_address_is_harmless(client):
    assert Page(client.get(f"{URL}?q=%ED%A0%80data")).status == 200


def test_page_behind_the_last_shows_the_last(client):
    role("alfa", "Alfa")
    assert ask(client, q="alfa", pagina="9").names == ["Alfa"]


@pytest.mark.parametrize(
    ("parameters", "queries"),
    [({}, 5), ({"q": "rol uno"}, 10), ({"q": "rol", "contexto": "startup"}, 10)],
)
def test_search_costs_the_same_for_one_and_for_three(
    client, django_assert_num_queries, parameters, queries
):
    role("rol-uno", "Rol uno", contexts=("startup",))
    with django_assert_num_queries(queries):
        ask(client, **parameters)
    role("rol-dos", "Rol uno dos", contexts=("startup",))
    role("rol-tres", "Rol uno tres", contexts=("startup",))
    with django_assert_num_queries(queries):
        ask(client, **parameters)


def test_every_page_has_one_search_box(client):
    made = role("alfa", "Alfa")
    for address in (reverse("profiles:home"), made.get_absolute_url(), reverse("profiles:method")):
        assert (
            'action="/guia-de-roles/perfiles/" role="search"'
            in client.get(address).content.decode()
        )
