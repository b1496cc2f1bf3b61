"""Search: how what was found is shown, and what else a reader is told."""

import html
import re
from unittest.mock import Mock

import pytest
from django.db import OperationalError

from profiles.models import MissingTitle
from profiles.models.search import MAX_QUESTIONS, MissingTitleManager
from tests.helpers.factories import copy_editions, shelve

pytestmark = pytest.mark.usefixtures("vocabulary")

URL = "/guia-de-roles/perfiles/"


class Page:
    """A page of results, read the way a person sees it."""

    def __init__(self, response):
        self.status = response.status_code
        self.main = response.text.partition("<main")[2].partition("</main>")[0]

    def texts(self, pattern):
        found = re.findall(pattern, self.main, re.DOTALL)
        plain = (html.unescape(re.sub(r"<[^>]+>", "", text)) for text in found)
        return [" ".join(text.split()) for text in plain]

    @property
    def names(self):
        return self.texts(r'<(?:a class="role-row__name"|th scope="row"><a)[^>]*>(.*?)</a>')

    @property
    def headline(self):
        return self.texts(r"data-search-headline[^>]*>(.*?)</p>")[0]

    @property
    def notes(self):
        return self.texts(r'<p class="search-note[^"]*">(.*?)</p>')

    def options(self, name):
        select = re.search(rf'<select id="{name}".*?</select>', self.main, re.DOTALL)[0]
        found = re.findall(r"<option[^>]*>(.*?)</option>", select, re.DOTALL)
        return [html.unescape(text).strip() for text in found]


def ask(client, **parameters):
    return Page(client.get(URL, parameters))


@pytest.mark.parametrize("typed", ["produt owner", "productowner"])
def test_typo_shows_what_it_was_taken_for_and_the_way_back(client, typed):
    shelve("product-owner", "Product Owner", aliases=["Produt Owner"])
    page = ask(client, q=typed)
    assert page.names == ["Product Owner"]
    assert page.headline == "1 perfil para «product owner»"
    assert page.notes == [f"Mostramos resultados de product owner. Buscar «{typed}» tal cual"]
    assert "Produt Owner" not in page.main
    back = html.unescape(re.search(r'search-note--corrected.*?href="([^"]+)"', page.main, re.S)[1])
    headline = f"«{typed.capitalize()}» todavía no está en la guía"
    assert Page(client.get(back)).headline == headline


@pytest.mark.parametrize("typed", ["contador startup", "startups contador", "contador 30 personas"])
def test_size_in_the_question_shows_its_profile(client, typed):
    shelve("contador", "Contador", contexts=("startup", "pyme"))
    page = ask(client, q=typed)
    assert (page.names, page.headline) == (["Contador"], f"1 perfil para «{typed}»")
    assert page.notes == ["Startup: 1–50 personas. Ver el perfil base"]
    assert 'href="/guia-de-roles/startup/contador/"' in page.main
    assert f'href="{URL}?q=contador"' in page.main
    assert page.texts(r'data-chip aria-current="true">(.*?)</a>') == ["Startup"]
    # A filter is stronger.
    page = ask(client, q=typed, contexto="pyme")
    assert 'href="/guia-de-roles/pyme/contador/"' in page.main
    assert 'href="/guia-de-roles/startup/contador/"' not in page.main


LEADS = {
    "AE o SDR": {
        "Comparar Account Executive y Sales Rep": "comparar/?perfil=perfiles/ae&perfil=perfiles/sdr"
    },
    "entrevista sales rep en startup vs global": {
        "Comparar Startup y Global": "comparar/?perfil=startup/sdr&perfil=global/sdr",
        "Startup: 1–50 personas. Ver el perfil base": "perfiles/?q=sales%20rep",
        "Guía de entrevista de Sales Rep": "startup/sdr/entrevista/",
    },
    "account executive de alto involucramiento relacional": {
        "Rasgo: Involucramiento Relacional": "rasgos/involucramiento-relacional/",
        "Perfiles que piden Involucramiento Relacional alto": "perfiles/?rasgo=ER:alta",
    },
    "responsabilidad muy alta": {
        "Rasgo: Responsabilidad": "rasgos/responsabilidad/",
        "Perfiles que piden Responsabilidad muy alta": "perfiles/?rasgo=C:muy-alta",
    },
    "neuroticismo": {
        "Rasgo: Estabilidad Emocional": "rasgos/estabilidad-emocional/",
        "Perfiles que piden Estabilidad Emocional baja": "perfiles/?rasgo=EE:baja",
    },
    "sueldo sales rep": {"La guía no publica sueldos.": ""},
}


@pytest.mark.parametrize("typed", LEADS)
def test_what_was_understood_leads_on(client, typed):
    shelve("ae", "Account Executive", aliases=["AE"])
    shelve("sdr", "Sales Rep", aliases=["SDR"], contexts=("startup", "global"))
    page = ask(client, q=typed)
    assert page.notes == list(LEADS[typed])
    links = [html.escape(f"/guia-de-roles/{to}") for to in LEADS[typed].values() if to]
    assert [link for link in links if f'href="{link}"' not in page.main] == []


def test_missing_title_shows_the_nearest_the_general_kit_and_whom_to_ask(client, settings):
    settings.CONTACT_EMAIL = "guia@example.org"
    near = [("Jefe de compras", "Conduce el equipo.")]
    shelve("comprador", "Comprador", near=near, contexts=("pyme",))
    assert "/guia-de-roles/pyme/comprador/" in ask(client, q="gerente de compras en pyme").main
    page = ask(client, q="gerente de compras")
    assert page.headline == "«Gerente de compras» todavía no está en la guía"
    assert page.names == ["Comprador"]
    paths = ("/guia-de-roles/entrevista-general/", "/guia-de-roles/puestos/jefe-de-compras/")
    wanted = ["Conduce el equipo.", *(f'href="{to}"' for to in (*paths, "mailto:guia@example.org"))]
    assert [words for words in wanted if words not in page.main] == []


def test_title_far_from_all_is_told_with_the_general_kit(client):
    shelve("some-role", "Alfa", code="2511")
    page = ask(client, q="enfermera")
    assert (page.status, page.names) == (200, [])
    assert page.headline == "«Enfermera» todavía no está en la guía"
    told = ("Tampoco hay un puesto parecido", "entrevista-general", "mailto:")
    assert [words in page.main for words in told] == [True, True, False]


def test_shared_search_says_that_it_is_one_but_not_in_a_picture_what_was_typed(client):
    said = client.get(URL, {"q": "zzqq"}).text
    assert '<meta property="og:title" content="Búsqueda: zzqq' in said
    assert 'property="og:description" content="Qué puestos de la guía se llaman así' in said
    alt = re.search(r'property="og:image:alt" content="([^"]+)"', said)[1]
    assert ("Resultados de una búsqueda" in alt, "zzqq" in alt) == (True, False)


def test_mentions_stand_apart_and_folded_behind_an_exact_name(client):
    shelve("owner", "Product Owner")
    shelve("other", "Alfa", summary="Habla a diario con cada product owner de la casa.")
    page = ask(client, q="product owner")
    assert page.names == ask(client, q="product owner a diario").names == ["Product Owner"]
    mentions = re.search(r'<details class="search-mentions"(.*?)</details>', page.main, re.S)[1]
    assert mentions.startswith(">")
    assert "/guia-de-roles/perfiles/other/" in mentions
    opened = ask(client, q="diario")
    assert (opened.names, opened.headline) == ([], "Ningún puesto se llama «diario»")
    assert '<details class="search-mentions" open' in opened.main


def test_filters_combine_and_count_and_may_leave_nothing(client):
    shelve("alfa", "Analista Alfa", area="datos-e-ia")
    shelve("beta", "Analista Beta", area="personas", contexts=("global",))
    shelve("gamma", "Contador", area="personas")
    page = ask(client, q="analista", area="personas")
    assert page.names == ["Analista Beta"]
    assert page.options("area")[:2] == ["Todas las áreas", "Datos e IA (1)"]
    assert "Personas (1)" in page.options("area")
    page = ask(client, q="alfa", area="personas")
    assert (page.names, page.notes) == ([], ["Con estos filtros no queda nada. Buscar sin filtros"])
    assert f'href="{URL}?q=alfa"' in page.main


def test_trait_level_filters(client):
    # The factory's base asks for E 1.8–2.6 (baja), its contexts for 2.1–2.9 (baja) and O more.
    shelve("alfa", "Analista Alfa")
    assert ask(client, rasgo="E:baja").names == ["Analista Alfa"]
    assert ask(client, rasgo="E:alta").names == []
    assert ask(client, rasgo=["E:baja", "C:baja"]).names == []
    # Of several levels of a trait the last one counts.
    assert ask(client, rasgo=["E:alta", "C:muy-alta", "E:baja"]).names == ["Analista Alfa"]
    assert "Extraversión: baja (1)" in ask(client, q="alfa").options("rasgo")


def test_filters_stay_in_the_form_and_in_the_next_page(client, monkeypatch):
    monkeypatch.setattr("profiles.views.search.results.PAGE_SIZE", 2)
    for number in range(3):
        shelve(f"analista-{number}", f"Analista {number}")
    page = ask(client, q="analista", area="datos-e-ia", rasgo="E:baja")
    assert page.names == ["Analista 0", "Analista 1"]
    assert "q=analista&amp;area=datos-e-ia&amp;rasgo=E:baja&amp;pagina=2" in page.main
    assert '<option value="datos-e-ia" selected>' in page.main
    assert 'type="hidden" name="rasgo" value="E:baja"' in page.main
    assert f'class="chip" href="{URL}?q=analista&amp;area=datos-e-ia"' in page.main
    assert f'class="chip" href="{URL}?q=analista&amp;rasgo=E:baja"' in page.main
    second = ask(client, q="analista", area="datos-e-ia", rasgo="E:baja", pagina="2")
    assert second.names == ["Analista 2"]
    assert ask(client, q="analista", pagina="9").names == ["Analista 2"]


def test_more_than_the_bound_is_cut_and_not_counted(client, monkeypatch):
    monkeypatch.setattr("profiles.views.search.results.LIMIT", 2)
    monkeypatch.setattr("profiles.views.search.forms.LIMIT", 2)
    for number in range(4):
        shelve(f"analista-{number}", f"Analista {number}")
    page = ask(client, q="analista")
    assert page.names == ["Analista 0", "Analista 1"]
    assert page.headline == "Más de 2 perfiles; sumá una palabra o un filtro para «analista»"
    assert page.options("area")[1] == "Datos e IA"


def test_words_asked_for_are_marked_and_stored_text_is_escaped(client):
    summary = "Cuida <b>datos</b> de la empresa y los explica a quien los tiene que usar hoy."
    shelve("alfa", "Data & Analista", aliases=["Analista <i>de datos</i>"], summary=summary)
    page = ask(client, q="analistas datos")
    assert page.texts(r"<mark>(.*?)</mark>") == ["Data", "Analista", "datos"]
    assert ("<b>" in page.main, "<i>" in page.main) == (False, False)
    assert "&lt;b&gt;<mark>datos</mark>" in page.main


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"q": "a\0b"}, "No se admiten caracteres nulos."),
        ({"q": "x" * 100_000}, "La búsqueda admite hasta 200 caracteres: acortala."),
        ({"area": "a\0b"}, "No hay un área con esa dirección."),
        ({"contexto": "' OR 1=1"}, "No hay un tamaño de empresa con esa dirección."),
        ({"rasgo": "E:enorme"}, "Un rasgo se pide así: «E:baja». Elegilo de la lista."),
        ({"pagina": "-1"}, "No hay una página con ese número."),
    ],
)
def test_bad_question_is_answered_in_words(client, parameters, message):
    page = ask(client, **parameters)
    assert page.status == 400
    assert page.texts(r'class="search-errors".*?</h2>(.*?)<p><a') == [message]


@pytest.mark.parametrize(
    ("parameters", "queries"),
    [({}, 4), ({"q": "rol uno"}, 3), ({"q": "rol", "contexto": "startup"}, 3)],
)
def test_search_costs_the_same_for_one_and_for_three(client, costs, parameters, queries):
    role = shelve("rol-uno", "Rol uno", contexts=("startup",))
    costs(queries, lambda: ask(client, **parameters), lambda: copy_editions(role, 2))


def test_unanswered_questions_are_counted_by_text_alone(client, settings):
    shelve("alfa", "Alfa")
    ask(client, q="enfermera")
    assert not MissingTitle.objects.exists()
    settings.COUNT_SEARCHES = True
    for question in ("enfermera", " Enfermera", "alfa", "enfermera multinacional", ""):
        response = client.get(URL, {"q": question})
    # Kept pages would answer without counting; what is only typed so far is no question.
    assert response["Cache-Control"] == "no-store"
    client.get(URL, {"q": "enfer"}, headers={"X-Typed": "1"})
    assert list(MissingTitle.objects.values_list("text", "count")) == [("enfermera", 3)]


@pytest.mark.parametrize(
    "question",
    [
        *("ana@example.org", "ana＠example.org", "11 4444 5555", "11/4444/5555", "x" * 81, " "),
        *("https://a.example", "linkedin.com/in/ana", "a.example/ana/"),
    ],
)
def test_what_may_be_somebody_s_is_not_counted(vocabulary, question):
    MissingTitle.objects.count_one(question)
    assert not MissingTitle.objects.exists()


def test_count_that_fails_costs_no_page(client, settings, monkeypatch):
    settings.COUNT_SEARCHES = True
    shelve("alfa", "Alfa")
    monkeypatch.setattr(MissingTitleManager, "update_or_create", Mock(side_effect=OperationalError))
    assert client.get(URL, {"q": "enfermera"}).status_code == 200


def test_counted_questions_are_bounded(vocabulary):
    rows = (MissingTitle(text=f"a{n}", count=2) for n in range(MAX_QUESTIONS - 1))
    MissingTitle.objects.bulk_create([*rows, MissingTitle(text="once")])
    MissingTitle.objects.count_one("otra")
    texts = set(MissingTitle.objects.values_list("text", flat=True))
    assert (len(texts), "once" in texts, "otra" in texts) == (MAX_QUESTIONS, False, True)
