"""Never lose: versions of the desk, refused saves, deletions that come back."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from profiles.desk.history import keep, record, restore
from profiles.desk.publishing import publish, withdraw
from profiles.exchange.loading import load
from profiles.models import Profile, Role, RoleAlias, Version
from tests.desk.forms import change_url, form_values, run, said, values_of
from tests.helpers.factories import make_role, make_role_document

DRAFT = True
pytestmark = [
    pytest.mark.usefixtures("made_role", "db"),
    pytest.mark.ignore_template_errors,
]
REFUSED = "No se guardó: otra persona cambió lo mismo que vos."


@pytest.fixture
def ana(db):
    return User.objects.create_superuser("ana", first_name="Ana", last_name="Paz")


@pytest.fixture
def ana_client(ana):
    client = Client()
    client.force_login(ana)
    return client


def version_of(profile):
    return Profile.objects.values_list("version", flat=True).get(pk=profile.pk)


def post(client, profile, values, **changes):
    return client.post(change_url(profile), {**values, **changes})


def is_refused(response):
    return response.status_code == 200 and REFUSED in response.content.decode()


def save_meanwhile(client, profile, **changes):
    assert post(client, profile, form_values(client, profile), **changes).status_code == 302


def test_what_only_one_of_two_editors_changed_stays(admin_client, ana_client, base):
    opened = form_values(admin_client, base)
    save_meanwhile(
        ana_client,
        base,
        **{"summary": "El de Ana.", "strengths-0-text": "La de Ana.", "red_flags-0-DELETE": "on"},
    )
    flags = [opened[f"red_flags-{n}-text"] for n in range(1, opened["red_flags-INITIAL_FORMS"])]
    mine = {"body": "Mi texto.", "strengths-1-text": "La mía.", "questions-0-focus": "el foco"}
    assert post(admin_client, base, opened, **mine).status_code == 302
    base.refresh_from_db()
    assert (base.summary, base.body) == ("El de Ana.", "Mi texto.")
    strengths = list(base.strengths.values_list("text", flat=True))
    assert strengths[:2] == ["La de Ana.", "La mía."]
    assert len(strengths) == 5
    assert list(base.red_flags.values_list("text", flat=True)) == flags
    assert base.questions.first().focus == "el foco"


def test_what_both_changed_is_asked_and_nothing_else(admin_client, ana_client, base):
    before = base.summary
    opened = form_values(admin_client, base)
    save_meanwhile(ana_client, base, summary="El de Ana.", honest="Lo dice Ana.")
    response = post(admin_client, base, opened, summary="El mío.", body="Lo que tardé una hora.")
    assert is_refused(response)
    html = response.content.decode()
    assert "Ana Paz" in html
    assert "Lo que tardé una hora." in html
    (question,) = response.context["conflict"]["questions"]
    texts = (question["place"], question["before"], question["theirs"], question["mine"])
    assert texts == ("Resumen", before, "El de Ana.", "El mío.")
    base.refresh_from_db()
    assert (base.summary, base.honest) == ("El de Ana.", "Lo dice Ana.")


def answer(client, profile, values, side):
    """Post again, with one answer to all that is asked."""
    conflict = post(client, profile, values).context["conflict"]
    taken = {question["name"]: side for question in conflict["questions"]}
    return post(client, profile, {**values, **taken, "asked": conflict["version"]})


@pytest.mark.parametrize(("side", "summary"), [("mine", "El mío."), ("theirs", "El de Ana.")])
def test_answer_decides_what_both_changed(side, summary, admin_client, ana_client, base):
    opened = form_values(admin_client, base)
    save_meanwhile(ana_client, base, summary="El de Ana.", honest="Lo dice Ana.")
    mine = {**opened, "summary": "El mío.", "body": "Mi texto."}
    assert answer(admin_client, base, mine, side).status_code == 302
    base.refresh_from_db()
    assert (base.summary, base.honest, base.body) == (summary, "Lo dice Ana.", "Mi texto.")
    kept = {version.document["summary"] for version in base.versions.all()}
    assert "El de Ana." in kept


def test_answer_before_a_third_save_does_not_count(admin_client, ana_client, base):
    opened = form_values(admin_client, base)
    save_meanwhile(ana_client, base, summary="Primero.")
    mine = {**opened, "summary": "El mío."}
    asked = post(admin_client, base, mine).context["conflict"]["version"]
    save_meanwhile(ana_client, base, summary="Segundo.")
    assert is_refused(post(admin_client, base, mine, asked=asked, **{"take-summary": "mine"}))


def test_question_deleted_meanwhile_is_asked_in_words(admin_client, ana_client, base):
    opened = form_values(admin_client, base)
    save_meanwhile(ana_client, base, **{"questions-1-DELETE": "on"})
    response = post(admin_client, base, opened, **{"questions-1-focus": "otro foco"})
    (question,) = response.context["conflict"]["questions"]
    text = opened["questions-1-text"]
    assert (question["before"], question["mine"], question["theirs"]) == (text, text, "—")
    assert question["place"] == "Preguntas › 2"


@pytest.mark.parametrize(("side", "count"), [("mine", 5), ("theirs", 4)])
def test_part_deleted_meanwhile_comes_back_if_asked(side, count, admin_client, ana_client, base):
    opened = form_values(admin_client, base)
    save_meanwhile(ana_client, base, **{"strengths-1-DELETE": "on"})
    mine = {**opened, "strengths-1-text": "La que estaba escribiendo."}
    assert answer(admin_client, base, mine, side).status_code == 302
    assert base.strengths.count() == count
    written = base.strengths.filter(text="La que estaba escribiendo.").count()
    assert written == (side == "mine")


def test_each_save_that_changes_something_is_kept_with_who_and_why(ana_client, ana, base):
    before = base.summary
    for changes in (
        {"summary": "Otro.", "why": "Lo pidió el equipo"},
        {"summary": "Otro más."},
        {},
    ):
        post(ana_client, base, form_values(ana_client, base), **changes)
    kept = [(v.who, v.why, v.document["summary"]) for v in base.versions.all()]
    assert kept == [
        (ana, "Cambió: Resumen", "Otro más."),
        (ana, "Lo pidió el equipo", "Otro."),
        (None, "", before),
    ]


@pytest.mark.parametrize("other", ["load", "restore", "discard", "role"])
def test_other_ways_to_change_the_desk_are_merged_with_an_open_form(
    other, admin_client, ana_client
):
    role = make_role()
    base = role.profiles.get(context=None)
    save_meanwhile(admin_client, base, honest="Antes.")
    opened = form_values(admin_client, base)
    CHANGES[other](role, base, ana_client)
    honest = Profile.objects.get(pk=base.pk).honest
    assert post(admin_client, base, opened, summary="El mío.").status_code == 302
    role.refresh_from_db()
    base.refresh_from_db()
    assert (base.summary, base.honest) == ("El mío.", honest)
    assert other != "role" or role.name == "Otro nombre"


def change_by_load(role, base, client):
    changed = make_role_document().model_copy(update={"aliases": ("Otro nombre más",)})
    load({}, {"role.yaml": changed}, overwrite=True)


def change_by_role_page(role, base, client):
    url = reverse("admin:profiles_role_change", args=[role.pk])
    context = client.get(url).context
    values = {**values_of(context), "name": "Otro nombre"}
    assert client.post(url, values).status_code == 302


CHANGES = {
    "load": change_by_load,
    "restore": lambda role, base, client: restore(base.editions.get().version),
    "discard": lambda role, base, client: run(client, "discard_changes", base, confirmed=1),
    "role": change_by_role_page,
}


def test_two_editors_of_a_role(admin_client, ana_client, role):
    url = reverse("admin:profiles_role_change", args=[role.pk])
    opened = values_of(admin_client.get(url).context)
    theirs = {"name": "El de Ana", "slug": "el-de-ana", "career-0-changes": "Lo dice Ana."}
    ana_client.post(url, {**values_of(ana_client.get(url).context), **theirs})
    assert is_refused(admin_client.post(url, {**opened, "name": "El mío"}))
    assert admin_client.post(url, {**opened, "career-1-changes": "Lo digo yo."}).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.slug) == ("El de Ana", "el-de-ana")
    assert role.aliases.filter(name="", slug=opened["slug"]).exists()
    steps = role.career.values_list("changes", flat=True)[:2]
    assert list(steps) == ["Lo dice Ana.", "Lo digo yo."]


def test_rewriting_keeps_the_rows_that_stay(role, base):
    keys = list(base.strengths.values_list("pk", flat=True))
    questions = list(base.questions.values_list("pk", flat=True))
    document = make_role_document()
    value = document.base.model_copy(update={"strengths": document.base.strengths[:4]})
    load({}, {"r.yaml": document.model_copy(update={"base": value})}, overwrite=True)
    assert list(base.strengths.values_list("pk", flat=True)) == keys[:4]
    assert list(base.questions.values_list("pk", flat=True)) == questions


def delete(client, row):
    model = row._meta.model_name
    url = reverse(f"admin:profiles_{model}_delete", args=[row.pk])
    return client.post(url, {"post": "yes"})


def test_what_was_never_public_is_deleted_with_its_history(admin_client, startup):
    version = keep(startup)
    delete(admin_client, startup)
    assert not Profile.objects.filter(pk=startup.pk).exists()
    assert not Version.objects.filter(pk=version.pk).exists()


@pytest.mark.parametrize("model", ["profile", "role"])
def test_what_was_ever_public_is_archived_and_never_deleted(model, admin_client, base):
    publish(base)
    withdraw(base)
    row = {"profile": base, "role": base.role}[model]
    assert delete(admin_client, row).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    page = admin_client.post(reverse(f"admin:profiles_{model}_changelist"), chosen)
    words = f"{row}: estuvo publicado; se retira del sitio y queda archivado"
    assert words in map(str, page.context["protected"])
    assert type(row).objects.filter(pk=row.pk).exists()


def test_base_is_not_deleted_under_its_contexts(admin_client, base, startup):
    url = reverse("admin:profiles_profile_delete", args=[base.pk])
    assert admin_client.get(url).context["protected"] == [
        "Data Tester (base): los contextos del rol heredan de este perfil; eliminalos antes"
    ]
    delete(admin_client, base)
    assert base.role.profiles.count() == 2
    chosen = {"action": "delete_selected", "_selected_action": [base.pk, startup.pk], "post": "yes"}
    admin_client.post(reverse("admin:profiles_profile_changelist"), chosen)
    assert base.role.profiles.count() == 0


@pytest.mark.parametrize("name", ["role", "base"])
def test_name_that_is_another_role_s_by_now_does_not_come_back(admin_client, request, name):
    row = request.getfixturevalue(name)
    version = record(row)
    alias = RoleAlias.objects.get(name="Otro data-tester")
    Role.objects.get(slug="neighbour-a").aliases.add(alias)
    url = reverse(f"admin:profiles_{row._meta.model_name}_restore", args=[row.pk])
    assert said(admin_client.post(url, {"version": version.number})) == [
        f"{row} no volvió atrás: la dirección «otro-data-tester» ya es de otro rol."
    ]
