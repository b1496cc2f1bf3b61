"""Search: what is found, and what is said about what is not; by the kinds of what people type."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.search import find
from profiles.search.index import current_index
from profiles.views.search.results import suggestions
from tests.helpers.factories import shelve
from tests.helpers.searching import ask, called, hits, nearest

pytestmark = pytest.mark.usefixtures("guide", "db")


@pytest.fixture(scope="module")
def guide(module_rows):
    """A small guide with the names that the kinds of questions are about."""
    sizes = ("startup", "pyme", "enterprise", "global")
    owner = ["Dueño de producto", "PO", "Produt Owner", "Digital Product Owner"]
    shelve("product-owner", "Product Owner", aliases=owner, contexts=sizes)
    shelve("ux", "UX Researcher", aliases=["Product Researcher"])
    shelve("sre", "Site Reliability Engineer (SRE)", aliases=["SRE"])
    shelve("devops", "DevOps Engineer", aliases=["DevOps"])
    shelve("rrhh", "Generalista de RR. HH.", aliases=["Analista de Recursos Humanos"])
    shelve("data-engineer", "Data Engineer", aliases=["Ingeniero de datos", "DE"])
    shelve("backend", "Backend Developer", aliases=["Backend Engineer", "React Developer"])
    shelve("qa", "QA Automation Engineer", aliases=["QA Engineer", "Automation Tester"])
    manager = ["Gerente de producto", "Product Manager digital"]
    shelve("product-manager", "Product Manager", aliases=manager)
    analyst, texts = ["Analista de datos", "Data Analista"], "Mira vesting, forecast y sueño."
    shelve("data-analyst", "Data Analyst", aliases=analyst, summary=texts)
    seller = ["AE", "Sales Executive", "Ejecutiva de ventas"]
    shelve("ae", "Account Executive", aliases=seller, area="ventas-y-clientes", code="3322")
    shelve("sdr", "Sales Development Representative (SDR)", aliases=["SDR"], contexts=sizes)
    accountant = ["Contador público", "CPN"]
    shelve("contador", "Contador/a", aliases=accountant, contexts=sizes, code="2411")
    recruiter = ["Reclutador", "Human Resources Recruiter"]
    shelve("recruiter", "Talent Acquisition Specialist", aliases=recruiter, area="personas")
    bonus = ["C&B", "Analista de compensaciones"]
    shelve("cyb", "Especialista en Compensaciones y Beneficios", aliases=bonus, area="personas")
    boss = ("Jefe de compras", "Conduce el equipo y fija la política.")
    near = [boss, ("Tasador", "Pone precio.")]
    buyer = {"near": near, "code": "3323", "area": "finanzas-y-operaciones"}
    shelve("comprador", "Comprador/a", aliases=["Analista de compras"], **buyer)


NAMES = {
    "data-analyst": "ANALISTA DE DATÓS; anali\u00adsta de datos; data analyst remoto",
    "ae": "ejecutiva ventas",
    "contador": "contadora pública; c.p.n.; contador para mi hotel; lic. en contaduría",
    "cyb": "C&B; compensaciones y beneficios",
    "sre": "s.r.e.; site reliab",
    "devops": "dev ops",
    # An exact abbreviation stands before what begins with it.
    "product-owner": "PO; PO vs; PO / dueño de producto; dueña de productos; product own",
    # The trade's noun finds the job, and so do the region's words.
    "data-engineer": "DE; ingeniería de datos; data engineering; ing. de datos",
    "qa": "testing; quality assurance; calidad",
    "recruiter": "recruiting; recruitment; headhunter; head hunter",
    "backend": "programación",
    "rrhh": "RRHH; R.R.H.H.; analista de RRHH; anl. de talento humano",
}


@pytest.mark.parametrize("slug", NAMES)
def test_role_is_found_by_what_it_is_called(slug):
    found = {question: called(question)[:1] for question in NAMES[slug].split("; ")}
    assert found == {question: [slug] for question in found}


TYPOS = (
    "produt manager → product manager; data enginer → data engineer; productowner → product owner; "
    "prodcut researcher → product researcher; contadro multinacional → contador multinacional; "
    # One swap is one slip; a word that no title has says nothing of it.
    "analista de dtaos → analista de datos; slaes executive → sales executive; "
    "data enginer o data analyst → data engineer o data analyst; contadro en Temuco → contador"
)


def test_typo_is_corrected_to_the_name_it_nearly_is():
    for question, correction in (pair.split(" → ") for pair in TYPOS.split("; ")):
        answer, meant = ask(question), ask(correction)
        assert answer.correction == correction
        roles = [found.role for found in answer.names]
        assert roles == [found.role for found in meant.names] != [], question


NO_TYPOS = [
    *("scrum master", "diseñador gráfico", "full stack developer", "cajero", "docente", "ceo"),
    *("head hunter", "2026", "testing", "junior", "vesting", "médico", "s4p", "de la", "caro"),
    *("product owner", "product owners", "enfermera", "forecast", "uxx", "zzyzx", "C++"),
    *("hunter", "partera", "docker", "cargador", "tarifas de compras", "sueño"),
    "montador de escenarios",
    # So many unknown words are no slip of the hand.
    *("produt " * 28, "produt manageer enginer analits", " ".join(["zz"] * 60)),
]


def test_what_is_no_typo_of_a_name_is_not_corrected():
    names = ["Picker", "HR Business Partner", "Call Center", "Armador de pedidos"]
    shelve("picker", "Operario", aliases=names)
    corrected = {question: ask(question).correction for question in NO_TYPOS}
    assert corrected == dict.fromkeys(NO_TYPOS, "")


def test_missing_title_leads_to_the_nearest_with_what_differs():
    for question in ("jefe de compras", "Gerente de compras", "purchasing mgr", "jefe de comprsa"):
        answer = ask(question)
        assert (answer.names, answer.missing) == ([], answer.correction or question)
        assert answer.nearest[0].role.slug == "comprador"
        assert answer.nearest[0].row.note == "Conduce el equipo y fija la política."
    # Of two, one of which is missing, each has its answer.
    for question in ("jefe de compras o contador", "diferencia entre jefe de compras y contador"):
        assert nearest(question) == ["comprador", "contador"]
    assert nearest("contador o jefe de compras") == ["contador", "comprador"]


LIKE = {
    # ESCO has them in the unit group of these roles; the third shares what is done.
    "auditor de cuentas": ["contador"],
    "agente de seguros": ["ae", "comprador"],
    "sales engineer": ["ae", "sdr"],
    # A family (24) alone is no neighbour.
    **{q: [] for q in ("enfermera", "c#", "C++", "responsable de políticas de justicia")},
    "montador de productos metálicos": [],
    # A word that both have is no likeness.
    **{q: [] for q in ("herrero de compras", "operador de compensaciones hidráulicas")},
}


def test_world_s_titles_lead_to_the_nearest_by_code_or_word():
    for question, slugs in LIKE.items():
        answer = ask(question)
        assert (answer.names, answer.missing, sorted(nearest(question))) == ([], question, slugs)


def test_missing_title_is_not_answered_by_another_role():
    shelve("assistant", "Asistente de Dirección", aliases=["Asistente de CEO"])
    text = "Habla de guardia de seguridad, gerente de ventas, profesores y médico."
    shelve("mentions", "Zeta", summary=text)
    # The last is part of titles of the world, and a word of a text.
    for question in ("gerente de ventas", "médico", "guardia de seguridad", "ceo", "profesor"):
        answer = ask(question)
        assert (answer.names, answer.missing) == ([], question)


SIZES = {
    "global": "multinacional; corporación; global; una firma de más de 5 mil personas",
    "startup": "startups; start-up; empresa chica; changarro; somos 12; somos 8 personas",
    "pyme": "pymes; negocio familiar; 120 empleados; entre 50 y 200 empleados; equipo de 90",
    "enterprise": "enterprise; una gran compañía; compañía grande; banco; 1,000 empleados",
}


@pytest.mark.parametrize("size", SIZES)
def test_size_in_words_or_heads_chooses_the_context(size):
    for question in (f"contador {said}" for said in SIZES[size].split("; ")):
        first = hits(question)[0]
        assert (first.role.slug, ask(question).question.size.slug) == ("contador", size)
        assert first.profile == first.role.profiles[current_index().contexts[size].pk]


def test_size_or_trait_alone_lists_its_roles():
    # All of them ask for low extraversion.
    assert (bool(hits("introvertido")), hits("extraversión alta")) == (True, [])
    assert [hit.role.slug for hit in hits("100 empleados")] == ["contador", "product-owner", "sdr"]


def test_name_with_words_that_else_say_something_beside_it_is_a_name():
    shelve("seller", "Vendedor", aliases=["Enterprise Seller"], contexts=("enterprise",))
    shelve("payroll", "Analista de Nómina")
    for question, slug in (("enterprise seller", "seller"), ("liquidación de sueldos", "payroll")):
        size, told = ask(question).question.size, ask(question).question.told
        assert (called(question), size, told) == ([slug], None, set())
    assert ask("busco seller enterprise").question.size is None
    assert ask("seller enterprise en una startup").question.size.slug == "startup"


COMPARISONS = [
    *("AE o SDR", "AE vs SDR", "ae versus sdr", "ae/sdr", "diferencia entre AE y SDR"),
    *("AE y SDR", "qué diferencia hay entre un AE y un SDR", "AE, SDR"),
    *("cuál es la diferencia entre un AE y un SDR", "comparar AE con SDR", "comparación AE SDR"),
    *("qué es mejor, AE o SDR", "diferencia AE/SDR en pyme", "AE|SDR"),
    *("en qué se diferencia un AE de un SDR", "es lo mismo un AE que un SDR"),
    # As names are written.
    *("AE o Sales Development Representative (SDR)", "Ejecutivo/a de ventas o SDR"),
]


def test_two_roles_are_compared():
    compared = {q: [role.slug for role in ask(q).compared] for q in COMPARISONS}
    assert compared == {key: ["ae", "sdr"] for key in COMPARISONS}


def test_two_whole_names_are_compared_even_if_a_third_has_the_words_of_both():
    shelve("both", "Contador analista de datos")
    compared = ask("contador o analista de datos").compared
    assert [role.slug for role in compared] == ["contador", "data-analyst"]
    for question in ("compensaciones y beneficios o AE", "beneficios y compensaciones o sales"):
        assert [role.slug for role in ask(question).compared] == ["cyb", "ae"]
    assert ask("compensaciones y beneficios").compared == ask("datos y compras").compared == []
    # In part each names a role: of one area, or somebody asks for the difference.
    parts = {"backend y automation": ["backend", "qa"], "automation, backend": ["qa", "backend"]}
    parts |= {"diferencia entre backend y compras": ["backend", "comprador"]}
    for question, slugs in parts.items():
        assert [role.slug for role in ask(question).compared] == slugs
    # Who acquires talent purchases nothing.
    assert called("compras") == ["comprador"]


TRAITS = {
    "ux researcher introvertido": ("E", "baja"),
    "ux researcher de baja amabilidad": ("A", "baja"),
    "ux researcher con estabilidad emocional": ("EE", ""),
}


def test_trait_in_a_question_is_told():
    asked = {question: ask(question).question.traits for question in TRAITS}
    assert {q: (trait.code, level) for q, [(trait, level)] in asked.items()} == TRAITS
    assert {called(question)[0] for question in TRAITS} == {"ux"}


TOLD = {
    "preguntas de entrevista product owner": {"interview"},
    "product owner semi sr en México": {"level", "intent"},
    "sueldo de un product owner": {"pay"},
    "qué personalidad debe tener un product owner en Guatemala": {"intent"},
    "qué me van a preguntar en la entrevista laboral de product owner": {"interview"},
}


def test_intent_is_understood():
    assert {question: ask(question).question.told for question in TOLD} == TOLD
    assert {called(question)[0] for question in TOLD} == {"product-owner"}


WORDS = ["product", "manager", "sre", "o", "diferencia", "entre", "120 empleados", "pymes", "datso"]
QUESTION = st.lists(
    st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=("Cs",)), max_size=12),
    max_size=9,
).map(" ".join)


@given(text=QUESTION)
@settings(max_examples=60, deadline=None)
def test_any_question_has_one_answer_and_one_correction(text):
    index = current_index()
    answer = find.find(text, index)
    _size, found = answer.hits()
    assert len({hit.profile.edition_id for hit in found}) == len(found)
    assert find.find(text, index).correction == answer.correction
    assert not (answer.correction and find.find(answer.correction, index).correction)
    suggestions(text, index)
