"""Search: what is found, and what is said about what is not; by the kinds of what people type."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from profiles.desk.publishing import publish
from profiles.models import Area, RoleAlias
from profiles.search import results, words
from profiles.search.index import current_index
from profiles.search.titles import misspelt
from tests.factories import make_role, shelve
from tests.guide_files import role_document
from tests.searching import ask, called, hits, mentioned, names_in, nearest

pytestmark = pytest.mark.usefixtures("vocabulary")


@pytest.fixture
def guide(vocabulary):
    """A small guide with the names that the kinds of questions are about."""
    sizes = ("startup", "pyme", "enterprise", "global")
    owner = ["Dueño de producto", "PO", "Produt Owner", "Digital Product Owner"]
    shelve("product-owner", "Product Owner", aliases=owner, contexts=sizes)
    manager = ["Gerente de producto", "Product Manager digital"]
    shelve("product-manager", "Product Manager", aliases=manager)
    shelve("data-engineer", "Data Engineer", aliases=["Ingeniero de datos", "DE"])
    analyst = ["Analista de datos", "Data Analista"]
    shelve(
        "data-analyst", "Data Analyst", aliases=analyst, summary="Mira el vesting y el forecast."
    )
    shelve("backend", "Backend Developer", aliases=["Backend Engineer", "React Developer"])
    shelve("qa", "QA Automation Engineer", aliases=["QA Engineer", "Automation Tester"])
    shelve("sre", "Site Reliability Engineer (SRE)", aliases=["SRE"])
    shelve("devops", "DevOps Engineer", aliases=["DevOps"])
    seller = ["AE", "Sales Executive", "Ejecutiva de ventas"]
    shelve("ae", "Account Executive", aliases=seller, area="ventas-y-clientes", code="3322")
    shelve("sdr", "Sales Development Representative (SDR)", aliases=["SDR"], contexts=sizes)
    shelve(
        "contador", "Contador/a", aliases=["Contador público", "CPN"], contexts=sizes, code="2411"
    )
    recruiter = ["Reclutador", "Human Resources Recruiter"]
    shelve("recruiter", "Talent Acquisition Specialist", aliases=recruiter, area="personas")
    shelve("rrhh", "Generalista de RR. HH.", aliases=["Analista de Recursos Humanos"])
    bonus = ["C&B", "Analista de compensaciones"]
    shelve("cyb", "Especialista en Compensaciones y Beneficios", aliases=bonus, area="personas")
    shelve("ux", "UX Researcher", aliases=["Product Researcher"])
    near = [
        ("Jefe de compras", "Conduce el equipo y fija la política."),
        ("Tasador", "Pone precio."),
    ]
    shelve("comprador", "Comprador/a", aliases=["Analista de compras"], near=near, code="3323")


# Words


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        (("vendedor", "vendedora", "vendedores", "vendedoras", "vendedorxs"), "vendedor"),
        (("analista", "analistas"), "analist"),
        (("dato", "datos", "data"), "dat"),
        (("juez", "jueces"), "juez"),
        (("ux",), "ux"),
        (("business",), "business"),
    ],
)
def test_plural_and_gender_share_a_stem(forms, stem):
    assert {words.stem(form) for form in forms} == {stem}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s.r.e.", ["sre"]),
        ("C&B y FP&A", ["cb", "fpa"]),
        ("RR. HH.", ["rr", "hh"]),
        ("c++, c#", ["c++", "c#"]),
        ("dato\u0301s", ["datos"]),
        ("anali\u00adsta", ["analista"]),
        ("el de", ["el", "de"]),
    ],
)
def test_words_are_read_as_people_mean_them(text, expected):
    assert words.key_words(text) == expected


def test_words_of_the_same_meaning_count_as_one():
    english, spanish = map(words.stems, ("Data Engineer", "ingeniería de datos"))
    assert sorted(words.canonical(english)) == sorted(words.canonical(spanish))


@pytest.mark.parametrize(
    ("title", "who"),
    [
        ("Gerente de ventas", "gerent"),
        ("Sales Manager", "gerent"),
        ("Engineering Manager", "gerent"),
        ("Asistente de CEO", "asistent"),
        ("Product Owner", "dueñ"),
    ],
)
def test_head_of_a_title_says_who_somebody_is(title, who):
    assert words.head(words.stems(title)) == words.stem(words.fold(who))


def test_highlight_marks_whole_words_and_keeps_the_text():
    pieces = words.highlight("Analistas de <datos>, y más", words.Query("analista datós"))
    assert pieces == [("Analistas", True), (" de <", False), ("datos", True), (">, y más", False)]


@pytest.mark.parametrize("text", ["hola datos" + "-x" * 100, "x-" * 100 + "datos chau"])
def test_excerpt_keeps_the_hit_beside_a_word_without_end(text):
    pieces = words.excerpt(text, words.Query("datos"))
    assert [piece.text for piece in pieces if piece.hit] == ["datos"]


def test_excerpt_is_cut_at_words_around_the_first_hit():
    text = f"{'antes ' * 40}el forecast del mes {'después ' * 40}"
    pieces = words.excerpt(text, words.Query("forecast"), before=20, after=20)
    assert "".join(piece.text for piece in pieces) == "…antes antes el forecast del mes después…"


# Names


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("analista de datos", "data-analyst"),
        ("ANALISTA DE DATÓS", "data-analyst"),
        ("analistas de datos", "data-analyst"),
        ("anali\u00adsta de datos", "data-analyst"),
        ("ejecutiva ventas", "ae"),
        ("dueña de producto", "product-owner"),
        ("contadora pública", "contador"),
        # Exact abbreviations, spelt with points or not.
        ("PO", "product-owner"),
        ("DE", "data-engineer"),
        ("s.r.e.", "sre"),
        ("c.p.n.", "contador"),
        ("C&B", "cyb"),
        # The trade's noun finds the job.
        ("ingeniería de datos", "data-engineer"),
        ("data engineering", "data-engineer"),
        ("testing", "qa"),
        ("quality assurance", "qa"),
        ("calidad", "qa"),
        ("recruiting", "recruiter"),
        ("programación", "backend"),
        # The region's words.
        ("RRHH", "rrhh"),
        ("R.R.H.H.", "rrhh"),
        ("analista de RRHH", "rrhh"),
        ("headhunter", "recruiter"),
        ("head hunter", "recruiter"),
        # Two halves of a compound, a name that is not ended.
        ("dev ops", "devops"),
        ("mlops eng", None),
        ("site reliab", "sre"),
        ("product own", "product-owner"),
    ],
)
def test_role_is_found_by_what_it_is_called(guide, question, slug):
    assert (called(question) or [None])[0] == slug


def test_exact_abbreviation_stands_alone(guide):
    assert called("PO") == ["product-owner"]
    assert called("DE") == ["data-engineer"]


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


def test_own_name_is_no_other_role_s(vocabulary):
    shelve("sre", "Site Reliability Engineer", aliases=["DevOps Engineer"])
    shelve("devops", "DevOps Engineer")
    assert called("devops engineer") == ["devops"]


def test_who_mentions_it_stands_apart(guide):
    shelve("mentions", "Zeta", summary="Habla a diario con cada product owner.")
    found = hits("product owner")
    assert [(hit.role.name, hit.group) for hit in found] == [
        ("Product Owner", results.EXACT),
        ("Zeta", results.TEXT),
    ]
    assert mentioned("forecast") == ["Data Analyst"]
    assert called("forecast") == []


def test_text_of_the_base_profile_does_not_find_its_contexts(vocabulary):
    summary = "Vive de su famoso pronóstico trimestral y lo defiende ante quien sea."
    shelve("ae", "Account Executive", summary=summary, contexts=("startup",))
    assert mentioned("pronostico") == ["Account Executive"]
    assert names_in("pronostico", "startup") == []


def test_renamed_area_is_found_without_publishing(vocabulary):
    shelve("some-role", "Alfa")
    Area.objects.filter(slug="datos-e-ia").update(name="Cartografía")
    answer = ask("cartografias")
    assert [area.name for area in answer.areas] == ["Cartografía"]
    assert [hit.role.name for hit in hits("cartografias")] == ["Alfa"]


# Corrections


@pytest.mark.parametrize(
    ("question", "correction", "slug"),
    [
        ("produt manager", "product manager", "product-manager"),
        ("data enginer", "data engineer", "data-engineer"),
        ("backend enginer", "backend engineer", "backend"),
        ("prodcut researcher", "product researcher", "ux"),
        ("devops enginner", "devops engineer", "devops"),
        ("produt owner", "product owner", "product-owner"),
        ("productowner", "product owner", "product-owner"),
        # One swap is one slip.
        ("analista de dtaos", "analista de datos", "data-analyst"),
        ("slaes executive", "sales executive", "ae"),
        ("raect developer", "react developer", "backend"),
        ("hmuan resources recruiter", "human resources recruiter", "recruiter"),
        ("contadro multinacional", "contador multinacional", "contador"),
    ],
)
def test_typo_is_corrected_to_the_name_it_nearly_is(guide, question, correction, slug):
    answer = ask(question)
    assert (answer.correction, answer.names[0].role.slug) == (correction, slug)


@pytest.mark.parametrize(
    "question", ["produt " * 28, "produt manageer enginer analits", " ".join(["zz"] * 60)]
)
def test_question_of_many_unknown_words_is_not_guessed_at(guide, question):
    assert ask(question).correction == ""


@pytest.mark.parametrize(("question", "size"), [("pimes", "pyme"), ("enterprice", "enterprise")])
def test_misspelt_size_is_corrected(guide, question, size):
    assert ask(question).question.size.slug == size


@pytest.mark.parametrize(
    "question",
    [
        *("scrum master", "diseñador gráfico", "full stack developer", "cajero", "docente", "ceo"),
        *("head hunter", "2026", "testing", "junior", "vesting", "médico", "s4p", "de la", "caro"),
        *("product owner", "product owners", "enfermera", "forecast", "uxx", "zzyzx", "C++"),
    ],
)
def test_what_is_no_typo_of_a_name_is_not_corrected(guide, question):
    assert ask(question).correction == ""


def test_question_as_typed_is_not_corrected(guide):
    answer = ask("produt manager", literal=True)
    assert (answer.correction, answer.missing, answer.names) == ("", "produt manager", [])


def test_unpublished_words_are_never_suggested(vocabulary):
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    made = make_role("scheduled", name="Unicornio", publish=False, contexts=())
    publish(made.profiles.get(context=None), at=later)
    assert ask("unicornoi").correction == ""


@pytest.mark.parametrize(
    ("alias", "meant"),
    [
        ("Produt Owner", "product"),
        ("Digital Product Owner", ""),
        ("Dueña de producto", ""),
        ("Scrum PO", ""),
    ],
)
def test_misspelt_name_is_known(alias, meant):
    assert misspelt(alias, ["Product Owner", "Dueño de producto", alias]) == meant


def test_check_guide_refuses_a_misspelt_name(write):
    folder, out = write(tester=role_document("data-tester", aliases=["Data Testre"])), StringIO()
    with pytest.raises(CommandError):
        call_command("check_guide", folder / "roles" / "tester.yaml", stdout=out)
    assert "aliases.0: «Data Testre» es «tester» mal escrito" in out.getvalue()


def test_misspelt_name_is_never_shown(guide):
    assert "Produt Owner" not in [row.text for row in current_index().names.rows]


# Titles that the guide does not have


def test_missing_title_leads_to_the_nearest_with_what_differs(guide):
    for question in ("jefe de compras", "Gerente de compras", "purchasing manager"):
        answer = ask(question)
        assert (answer.names, answer.missing) == ([], question)
        near = answer.nearest[0]
        assert near.role.slug == "comprador"
        assert near.difference == "Conduce el equipo y fija la política."


def test_near_title_that_a_role_s_own_name_begins_with_is_a_name(vocabulary):
    shelve("seller", "Vendedor/a externo/a")
    shelve("assistant", "Asistente de Dirección", aliases=["Secretaria de dirección"])
    near = [("Vendedor", "Atiende un salón."), ("Secretaria", "Lleva la agenda.")]
    shelve("ae", "Account Executive", near=near)
    assert called("vendedora") == ["seller"]
    assert (called("secretaria"), nearest("secretaria")) == ([], ["ae", "assistant"])


@pytest.mark.parametrize(
    ("question", "slugs"),
    [
        # ESCO has it in the unit group of accountants.
        ("auditor de cuentas", ["contador", "ae"]),
        ("agente de seguros", ["comprador", "ae"]),
        # It shares a word that tells a job.
        ("sales engineer", ["sdr", "ae"]),
    ],
)
def test_world_s_titles_lead_to_the_nearest_by_code_or_word(guide, question, slugs):
    answer = ask(question)
    assert answer.names == []
    assert sorted(nearest(question)) == sorted(slugs)
    assert not any(near.is_distant for near in answer.nearest)


def test_title_of_the_world_is_not_part_of_another_by_its_ending(vocabulary):
    shelve("credit", "Analista de cartera")
    shelve("sales", "Sales Manager", aliases=["Director de cumplimiento"])
    join = "director de cumplimiento y seguridad de la información"
    for question in ("cartero", "jefe de sala", join):
        assert ask(question).names == []


@pytest.mark.parametrize(
    "question", ["enfermera", "chofer", "peluquero", "cocinero", "c#", "zzyzx"]
)
def test_title_far_from_all_says_so(guide, question):
    answer = ask(question)
    assert (answer.missing, answer.names, answer.nearest) == (question, [], [])


def test_family_alone_is_told_as_distant(vocabulary):
    shelve("doctor", "Responsable de Higiene", code="2263")
    near = ask("médico generalista").nearest
    assert [(each.role.slug, each.is_distant, each.group) for each in near] == [
        ("doctor", True, "Profesionales de la salud")
    ]


@pytest.mark.parametrize(
    "question",
    ["gerente de ventas", "médico", "guardia de seguridad", "jefe de compras", "ceo", "C++"],
)
def test_missing_title_is_not_answered_by_another_role(guide, question):
    shelve("assistant", "Asistente de Dirección", aliases=["Asistente de CEO"])
    text = "Habla de guardia de seguridad, gerente de ventas y médico."
    shelve("mentions", "Zeta", summary=text)
    answer = ask(question)
    assert answer.names == []
    assert answer.missing == question


# Sizes, two roles, traits, intents


@pytest.mark.parametrize(
    ("question", "size"),
    [
        *[(f"contador {word}", "global") for word in ("multinacional", "corporación", "global")],
        *[(f"contador {word}", "startup") for word in ("startups", "start-up", "empresa chica")],
        *[(f"contador {word}", "pyme") for word in ("pymes", "mediana empresa", "en pyme")],
        *[(f"contador {word}", "enterprise") for word in ("enterprise", "gran empresa", "banco")],
        ("contador 30 personas", "startup"),
        ("contador de 120 empleados", "pyme"),
        ("contador 1.000 empleados", "enterprise"),
        ("contador 25.000 personas", "global"),
    ],
)
def test_size_in_words_or_heads_chooses_the_context(guide, question, size):
    first = hits(question)[0]
    assert first.role.slug == "contador"
    assert ask(question).question.size.slug == size
    assert first.profile == first.role.profiles[current_index().contexts[size].pk]


def test_size_without_a_profile_shows_the_base(guide):
    assert hits("data engineer startup")[0].profile.edition_id
    assert hits("data engineer startup")[0].role.slug == "data-engineer"


@pytest.mark.parametrize("question", ["pymes", "100 empleados", "mediana empresa"])
def test_size_alone_lists_its_roles(guide, question):
    assert [hit.role.slug for hit in hits(question)] == ["contador", "product-owner", "sdr"]


def test_name_with_the_word_of_a_size_is_a_name(guide):
    shelve("seller", "Vendedor", aliases=["Enterprise Seller"], contexts=("enterprise",))
    answer = ask("enterprise seller")
    assert (answer.names[0].role.slug, answer.question.size) == ("seller", None)


@pytest.mark.parametrize(
    "question",
    [
        *("AE o SDR", "AE vs SDR", "ae versus sdr", "ae/sdr", "diferencia entre AE y SDR"),
        *("AE y SDR", "qué diferencia hay entre un AE y un SDR"),
    ],
)
def test_two_roles_are_compared(guide, question):
    assert [role.slug for role in ask(question).compared] == ["ae", "sdr"]


def test_title_with_and_is_no_comparison(guide):
    assert ask("compensaciones y beneficios").compared == []
    assert called("compensaciones y beneficios") == ["cyb"]


@pytest.mark.parametrize(
    ("question", "code", "level"),
    [
        ("ux researcher introvertido", "E", "baja"),
        ("ux researcher con estabilidad emocional", "EE", ""),
        ("curiosa ux researcher", "O", "alta"),
    ],
)
def test_trait_in_a_question_is_told(guide, question, code, level):
    answer = ask(question)
    assert [(trait.code, asked) for trait, asked in answer.question.traits] == [(code, level)]
    assert called(question) == ["ux"]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("perfil product owner", {"intent"}),
        ("preguntas de entrevista product owner", {"interview"}),
        ("product owner junior", {"level"}),
        ("product owner semi senior", {"level"}),
        ("sueldo de un product owner", {"pay"}),
        ("qué hace un product owner", {"intent"}),
        ("busco product owner sr", {"intent", "level"}),
    ],
)
def test_intent_is_understood(guide, question, told):
    assert called(question) == ["product-owner"]
    assert ask(question).question.told == told


# What is public


def test_scheduled_role_is_found_once_its_time_has_come(time_machine):
    start = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    time_machine.move_to(start)
    made = make_role("scheduled", name="Unicornio", publish=False, contexts=())
    publish(made.profiles.get(context=None), at=start + datetime.timedelta(hours=1))
    assert called("unicornio") == []
    time_machine.move_to(start + datetime.timedelta(hours=2))
    assert called("unicornio") == ["scheduled"]


def test_new_name_replaces_the_old_one(vocabulary):
    made = make_role("renamed", name="Antiguo", contexts=())
    assert called("antiguo") == ["renamed"]
    made.name = "Moderno"
    made.save()
    publish(made.profiles.get(context=None))
    assert called("antiguo") == []
    assert called("moderno") == ["renamed"]


def test_context_is_found_by_the_names_that_its_base_has_now(vocabulary):
    role = make_role()
    for name in ("Yunquera", "Alfarera"):
        RoleAlias.objects.filter(role=role).delete()
        role.aliases.create(name=name)
        publish(role.profiles.get(context=None))
        assert names_in(name, "startup") == ["Data Tester"]
    assert names_in("yunqueras", "startup") == []


def test_texts_are_read_once_and_past_ones_forgotten(vocabulary, django_assert_num_queries):
    role = make_role("some-role", contexts=())
    current_index()
    publish(role.profiles.get(context=None), reason="otra")
    texts = current_index().texts
    shelve("other", "Otra", summary="Dice yunque.")
    assert current_index().texts is texts
    assert mentioned("yunque") == ["Otra"]
    # The content version: its number and the last beginning.
    with django_assert_num_queries(2):
        current_index()


def test_more_than_the_bound_is_cut_and_not_counted(vocabulary, monkeypatch):
    monkeypatch.setattr(results, "LIMIT", 2)
    for number in range(4):
        shelve(f"analista-{number}", f"Analista {number}", area="personas")
    found = results.Results(ask("analista"), current_index(), results.Filters())
    assert ([hit.role.name for hit in found.hits], found.more) == (
        ["Analista 0", "Analista 1"],
        True,
    )
    assert found.areas is None
