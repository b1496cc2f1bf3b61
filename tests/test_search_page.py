"""Search: how what was found is shown, and what else a reader is told."""

import datetime
import html
import re

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from profiles.desk.publishing import publish, withdraw
from profiles.models import SearchTerm
from profiles.views.forms import SearchForm
from tests.factories import make_role, shelve

pytestmark = pytest.mark.usefixtures("vocabulary")

URL = "/guia-de-roles/perfiles/"


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
        return self._texts(r"data-search-headline[^>]*>(.*?)</p>")[0]

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


def test_roles_with_some_words_are_better_than_none(client):
    shelve("one", "Data Analyst")
    page = ask(client, q="data zzyzx")
    assert page.names == ["Data Analyst"]
    assert page.notes == ["Ningún perfil tiene todas las palabras; estos tienen algunas."]


def test_draft_scheduled_and_withdrawn_roles_are_not_found(client):
    make_role("draft", name="Unicornio Borrador", publish=False, contexts=())
    withdrawn = shelve("withdrawn", "Unicornio Retirado")
    withdraw(withdrawn.profiles.get(context=None))
    later = timezone.now() + datetime.timedelta(hours=1)
    scheduled = make_role("scheduled", name="Unicornio Futuro", publish=False, contexts=())
    publish(scheduled.profiles.get(context=None), at=later)
    shelve("public", "Unicornio Público")
    assert ask(client, q="unicornio").names == ["Unicornio Público"]
    assert not SearchTerm.objects.filter(edition__role=withdrawn).exists()


def test_unpublished_words_are_never_suggested(client):
    later = timezone.now() + datetime.timedelta(hours=1)
    made = make_role("scheduled", name="Unicornio", publish=False, contexts=())
    publish(made.profiles.get(context=None), at=later)
    assert ask(client, q="unicornoi").notes == []


def test_context_filter_finds_that_context_by_the_roles_other_names(client):
    shelve("ae", "Account Executive", aliases=["Vendedor"], contexts=("startup", "global"))
    shelve("base-only", "Vendedora técnica")
    page = ask(client, q="vendedora", contexto="global")
    assert page.names == ["Account Executive"]
    assert "/guia-de-roles/global/ae/" in page.main
    assert "/guia-de-roles/startup/ae/" not in page.main


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
    shelve("mlops-engineer", "MLOps Engineer")
    shelve("product-owner", "Product Owner")
    shelve("frontend", "Frontend Developer", aliases=["Desarrollador Frontend"])
    page = ask(client, q=typed)
    assert page.notes == [f"¿Quisiste decir {meant}?"]
    assert len(page.names) == 1
    assert page.headline == f"Ningún perfil para «{typed}»"


def test_misspelt_other_name_finds_the_role_and_says_its_name(client):
    shelve("product-owner", "Product Owner", aliases=["Produt Owner"])
    page = ask(client, q="produt owner")
    assert page.names == ["Product Owner"]
    assert page.notes == ["¿Quisiste decir product owner?"]


@pytest.mark.parametrize("typed", ["product owners", "Product Owner", "owner"])
def test_right_words_are_not_corrected(client, typed):
    shelve("product-owner", "Product Owner")
    assert ask(client, q=typed).notes == []


SIZE_NOTE = "{0} es un tamaño de empresa: ver los perfiles de {0}"


@pytest.mark.parametrize(
    ("typed", "size", "slug"),
    [
        ("contador startup", "Startup", "startup"),
        ("Startups contadora", "Startup", "startup"),
        ("contador en pyme", "PyME", "pyme"),
    ],
)
def test_size_in_the_question_is_a_filter_to_choose(client, typed, size, slug):
    shelve("contador", "Contador", summary="Mira el status.", contexts=("startup", "pyme"))
    page = ask(client, q=typed)
    assert (page.names, page.headline) == (["Contador"], f"1 perfil para «{typed}»")
    assert page.notes == [SIZE_NOTE.format(size)]
    word = "contadora" if "contadora" in typed else "contador"
    address = html.unescape(re.search(r'search-note">.*?href="([^"]+)"', page.main)[1])
    assert address == f"{URL}?q={word}&contexto={slug}"


def test_size_alone_leads_to_its_profiles_and_is_not_corrected(client):
    shelve("contador", "Contador", summary="Mira el status.", contexts=("startup",))
    page = ask(client, q="startup")
    assert page.notes == [SIZE_NOTE.format("Startup")]
    assert f'href="{URL}?contexto=startup"' in page.main


def test_size_that_is_chosen_already_is_not_offered(client):
    shelve("contador", "Contador", contexts=("startup",))
    page = ask(client, q="contador startup", contexto="startup")
    assert (page.names, page.notes) == (["Contador"], ["Quitar los filtros"])


def test_size_in_which_there_is_nothing_is_not_offered(client):
    shelve("contador", "Contador")
    assert ask(client, q="contador global").notes == []


def test_name_with_the_word_of_a_size_comes_first(client):
    shelve("seller", "Account Executive", aliases=["Enterprise Seller"], contexts=("enterprise",))
    shelve("other", "Seller")
    page = ask(client, q="enterprise seller")
    assert (page.names, page.notes) == (["Account Executive"], [SIZE_NOTE.format("Enterprise")])


def test_typo_beside_a_size_is_corrected(client):
    shelve("product-owner", "Product Owner", contexts=("global",))
    page = ask(client, q="produt owner global")
    assert page.names == ["Product Owner"]
    assert page.notes == ["¿Quisiste decir product owner?", SIZE_NOTE.format("Global")]


def test_nothing_found_suggests_where_to_go(client):
    shelve("some-role", "Alfa")
    page = ask(client, q="zzyzx")
    assert page.status == 200
    assert page.headline == "Ningún perfil para «zzyzx»"
    assert page.names == []
    assert "/guia-de-roles/areas/datos-e-ia/" in page.main


def test_filters_combine_and_count(client):
    shelve("alfa", "Analista Alfa", area="datos-e-ia")
    shelve("beta", "Analista Beta", area="personas", contexts=("global",))
    shelve("gamma", "Contador", area="personas")
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
    shelve("alfa", "Analista Alfa")
    assert ask(client, rasgo="E:baja").names == ["Analista Alfa"]
    assert ask(client, rasgo="E:alta").names == []
    assert ask(client, rasgo=["E:baja", "C:muy-alta"]).names == ["Analista Alfa"]
    assert ask(client, rasgo=["E:baja", "C:baja"]).names == []
    assert "Extraversión: baja (1)" in ask(client, q="alfa").options("rasgo")


def test_filters_stay_in_the_form_and_in_the_next_page(client, monkeypatch):
    monkeypatch.setattr("profiles.views.search.PAGE_SIZE", 2)
    for number in range(3):
        shelve(f"analista-{number}", f"Analista {number}")
    page = ask(client, q="analista", area="datos-e-ia", rasgo="E:baja")
    assert page.names == ["Analista 0", "Analista 1"]
    assert "q=analista&amp;area=datos-e-ia&amp;rasgo=E:baja&amp;pagina=2" in page.main
    assert '<option value="datos-e-ia" selected>' in page.main
    assert 'value="E:baja" checked' in page.main
    second = ask(client, q="analista", area="datos-e-ia", rasgo="E:baja", pagina="2")
    assert second.names == ["Analista 2"]


def test_filters_that_leave_nothing_offer_the_search_without_them(client):
    shelve("alfa", "Analista Alfa", area="datos-e-ia")
    page = ask(client, q="analista", area="personas")
    assert page.names == []
    assert page.notes == ["Con estos filtros no queda nada. Buscar sin filtros"]
    assert f'href="{URL}?q=analista"' in page.main


def test_plain_list_groups_all_roles_by_area(client):
    shelve("alfa", "Analista Alfa", area="datos-e-ia")
    shelve("beta", "Beta", area="personas")
    page = ask(client)
    assert page.names == ["Analista Alfa", "Beta"]
    assert re.findall(r'<h2 id="area-([a-z-]+)">', page.main) == ["datos-e-ia", "personas"]


def test_words_asked_for_are_marked_and_stored_text_is_escaped(client):
    summary = "Cuida <b>datos</b> de la empresa y los explica a quien los tiene que usar hoy."
    shelve("alfa", "Data & Analista", aliases=["Analista <i>de datos</i>"], summary=summary)
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
    shelve("alfa", "Alfa")
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
    shelve("alfa", "Zeta")
    assert ask(client, q=question).status == 200


def test_lone_surrogate_in_the_address_is_harmless(client):
    assert Page(client.get(f"{URL}?q=%ED%A0%80data")).status == 200


def test_page_behind_the_last_shows_the_last(client):
    shelve("alfa", "Alfa")
    assert ask(client, q="alfa", pagina="9").names == ["Alfa"]


@pytest.mark.parametrize(
    ("parameters", "queries"),
    [({}, 5), ({"q": "rol uno"}, 9), ({"q": "rol", "contexto": "startup"}, 9)],
)
def test_search_costs_the_same_for_one_and_for_three(
    client, django_assert_num_queries, parameters, queries
):
    shelve("rol-uno", "Rol uno", contexts=("startup",))
    with django_assert_num_queries(queries):
        ask(client, **parameters)
    shelve("rol-dos", "Rol uno dos", contexts=("startup",))
    shelve("rol-tres", "Rol uno tres", contexts=("startup",))
    with django_assert_num_queries(queries):
        ask(client, **parameters)


def test_every_page_has_one_search_box(client):
    made = make_role("alfa", contexts=())
    for address in (reverse("profiles:home"), made.get_absolute_url(), reverse("profiles:method")):
        assert (
            'action="/guia-de-roles/perfiles/" role="search"'
            in client.get(address).content.decode()
        )


def test_last_level_of_a_trait_is_the_one_that_counts():
    form = SearchForm(QueryDict("rasgo=E:alta&rasgo=C:alta&rasgo=E:baja"), areas=[], contexts=[])
    assert form.is_valid()
    assert form.cleaned_data["rasgo"] == ["E:baja", "C:alta"]


def test_better_spelling_begins_at_its_first_page(client):
    shelve("product-owner", "Product Owner")
    page = ask(client, q="produt owner", pagina="2")
    assert re.findall(r'suggestion">.*?href="([^"]+)"', page.main) == [f"{URL}?q=product%20owner"]


def test_search_without_filters_is_not_offered_where_it_finds_nothing(client):
    shelve("alfa", "Analista Alfa", area="datos-e-ia")
    assert "Buscar sin filtros" not in ask(client, q="zzz", area="personas").main
