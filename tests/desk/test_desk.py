"""Never lose: versions of the desk, refused saves, deletions that come back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from profiles.admin.wording import parts_changed
from profiles.desk.differences import Merge
from profiles.desk.history import keep
from profiles.desk.loading import load
from profiles.desk.publishing import publish, withdraw
from profiles.models import Profile, Version
from tests.desk.editors import before_its_turn, delete, form_values, said, save, url, values_of
from tests.helpers.factories import make_role_document

ROLE = {"publish": False}
REFUSED = "No se guardó: otra persona cambió lo mismo que vos."


@pytest.fixture
def ana(client):
    """Another superuser's browser."""
    client.user = User.objects.create_superuser("ana", first_name="Ana", last_name="Paz")
    client.force_login(client.user)
    return client


def post(client, row, values, **changes):
    """Send a form that was opened a while ago."""
    return client.post(url(row), {**values, **changes})


def is_refused(response):
    return response.status_code == 200 and REFUSED in response.text


def test_what_only_one_of_two_editors_changed_stays(admin_client, ana, base):
    opened = form_values(admin_client, base)
    theirs = {"summary": "El de Ana.", "strengths-0-text": "La de Ana."}
    save(ana, base, **theirs, **{"red_flags-0-DELETE": "on"})
    flags = [opened[f"red_flags-{n}-text"] for n in range(1, opened["red_flags-INITIAL_FORMS"])]
    mine = {"body": "Mi texto.", "strengths-1-text": "La mía.", "questions-0-focus": "el foco"}
    assert post(admin_client, base, opened, **mine).status_code == 302
    base.refresh_from_db()
    assert (base.summary, base.body) == ("El de Ana.", "Mi texto.")
    strengths = list(base.strengths.values_list("text", flat=True))
    assert (strengths[:2], len(strengths)) == (["La de Ana.", "La mía."], 5)
    assert list(base.red_flags.values_list("text", flat=True)) == flags
    assert base.questions.first().focus == "el foco"


def test_what_both_changed_is_asked_and_nothing_else(admin_client, ana, base):
    before = base.summary
    opened = form_values(admin_client, base)
    save(ana, base, summary="El de Ana.", honest="Lo dice Ana.")
    response = post(admin_client, base, opened, summary="El mío.", body="Lo que tardé una hora.")
    assert is_refused(response)
    assert ("Ana Paz" in response.text, "Lo que tardé una hora." in response.text) == (True, True)
    (question,) = response.context["conflict"]["questions"]
    texts = (question["place"], question["before"], question["theirs"], question["mine"])
    assert texts == ("Resumen", before, "El de Ana.", "El mío.")
    base.refresh_from_db()
    assert (base.summary, base.honest) == ("El de Ana.", "Lo dice Ana.")


def answer(client, profile, values, side):
    """Post the page that comes back, with one answer to all that is asked."""
    shown = post(client, profile, values).context
    taken = {question["name"]: side for question in shown["conflict"]["questions"]}
    taken["asked"] = shown["conflict"]["version"]
    return post(client, profile, values_of(shown), **taken)


@pytest.mark.parametrize(("side", "summary"), [("mine", "El mío."), ("theirs", "El de Ana.")])
def test_answer_decides_what_both_changed(side, summary, admin_client, ana, base):
    opened = form_values(admin_client, base)
    save(ana, base, summary="El de Ana.", honest="Lo dice Ana.")
    mine = {**opened, "summary": "El mío.", "body": "Mi texto."}
    told = said(answer(admin_client, base, mine, side))[0]
    assert ("Resumen" in told, "Lo difícil" in told) == (side == "theirs", True)
    base.refresh_from_db()
    assert (base.summary, base.honest, base.body) == (summary, "Lo dice Ana.", "Mi texto.")
    kept = {version.document["summary"] for version in base.versions.all()}
    assert "El de Ana." in kept


def test_first_place_that_was_decided_is_not_the_tenth():
    before = [f"Fortaleza {number}." for number in range(10)]
    after = {"strengths": ["La mía.", *before[1:9], "La de Ana."]}
    for decided, parts in ((["strengths.0"], ["Fortalezas"]), (["strengths.0", "strengths.9"], [])):
        assert parts_changed({"strengths": before}, after, Profile, but_for=decided) == parts


def test_answer_before_a_third_save_does_not_count(admin_client, ana, base):
    opened = form_values(admin_client, base)
    save(ana, base, summary="Primero.")
    mine = {**opened, "summary": "El mío."}
    asked = post(admin_client, base, mine).context["conflict"]["version"]
    save(ana, base, summary="Segundo.")
    assert is_refused(post(admin_client, base, mine, asked=asked, **{"take-summary": "mine"}))


@pytest.mark.parametrize(("side", "count"), [("mine", 5), ("theirs", 4)])
def test_part_deleted_meanwhile_comes_back_if_asked(side, count, admin_client, ana, base):
    opened = form_values(admin_client, base)
    save(ana, base, **{"strengths-1-DELETE": "on"})
    mine = {**opened, "strengths-1-text": "La que estaba escribiendo."}
    assert answer(admin_client, base, mine, side).status_code == 302
    written = base.strengths.filter(text="La que estaba escribiendo.").count()
    assert (base.strengths.count(), written) == (count, side == "mine")


def test_work_sample_that_both_added_is_asked(admin_client, ana, base):
    save(ana, base, **{"work_sample-0-DELETE": "on"})
    opened = form_values(admin_client, base)
    opened |= {"work_sample-TOTAL_FORMS": 1, "work_sample-0-minutes": 60}
    save(ana, base, **opened, **{"work_sample-0-title": "La de Ana", "work_sample-0-ai": "Sí."})
    mine = {**opened, "work_sample-0-title": "La mía", "work_sample-0-minutes": 45}
    assert answer(admin_client, base, mine, "mine").status_code == 302
    sample = Profile.objects.get(pk=base.pk).work_sample
    assert (sample.title, sample.minutes, sample.ai) == ("La mía", 45, "Sí.")


def test_each_save_that_changes_something_is_kept_with_who_and_why(ana, base):
    before = base.summary
    save(ana, base, summary="Otro.", why="Lo pidió el equipo")
    save(ana, base, summary="Otro más.")
    save(ana, base)
    kept = [(v.who, v.why, v.document["summary"]) for v in base.versions.all()]
    assert kept == [
        (ana.user, "Cambió: Resumen", "Otro más."),
        (ana.user, "Lo pidió el equipo", "Otro."),
        (None, "", before),
    ]


def test_other_ways_to_change_the_desk_are_merged_with_an_open_form(admin_client, role, base):
    opened = form_values(admin_client, base)
    changed = make_role_document().model_copy(update={"aliases": ("Otro nombre más",)})
    load({}, {"role.yaml": changed}, overwrite=True)
    save(admin_client, role, name="Otro nombre")
    assert post(admin_client, base, opened, summary="El mío.").status_code == 302
    after = Profile.objects.get(pk=base.pk)
    assert (after.summary, after.role.name) == ("El mío.", "Otro nombre")
    assert role.aliases.filter(name="Otro nombre más").exists()


def test_two_editors_of_a_role(admin_client, ana, role):
    opened = form_values(admin_client, role)
    theirs = {"name": "El de Ana", "slug": "el-de-ana", "career-0-changes": "Lo dice Ana."}
    save(ana, role, **theirs)
    told = said(answer(admin_client, role, {**opened, "name": "El mío"}, "theirs"))
    assert ">El de Ana<" in told[-1]
    mine = {"career-1-changes": "Lo digo yo."}
    assert post(admin_client, role, opened, **mine).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.slug) == ("El de Ana", "el-de-ana")
    assert role.aliases.filter(name="", slug=opened["slug"]).exists()
    steps = role.career.values_list("changes", flat=True)[:2]
    assert list(steps) == ["Lo dice Ana.", "Lo digo yo."]


def test_what_was_never_public_is_deleted_with_its_history(admin_client, startup):
    version, opened = keep(startup), form_values(admin_client, startup)
    delete(admin_client, startup)
    # Who was writing there finds the text.
    response = post(admin_client, startup, opened, summary="Lo que tardé una hora.")
    assert "Lo que tardé una hora." in response.text
    assert not Profile.objects.filter(pk=startup.pk).exists()
    assert not Version.objects.filter(pk=version.pk).exists()


def delete_chosen(client, *rows):
    values = {"action": "delete_selected", "_selected_action": [r.pk for r in rows], "post": "yes"}
    model = rows[0]._meta.model_name
    return client.post(reverse(f"admin:profiles_{model}_changelist"), values)


@pytest.mark.parametrize("model", ["profile", "role"])
def test_what_was_ever_public_is_archived_and_never_deleted(model, admin_client, base):
    publish(base)
    withdraw(base)
    row = {"profile": base, "role": base.role}[model]
    assert delete(admin_client, row).status_code == 403
    words = f"{row}: estuvo publicado; se retira del sitio y queda archivado"
    assert words in map(str, delete_chosen(admin_client, row).context["protected"])
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.dialect
@pytest.mark.parametrize("ask", [delete, delete_chosen])
def test_deletion_that_meets_a_publication_deletes_nothing_and_says_so(
    ask, admin_client, base, startup, monkeypatch
):
    publish(base)
    before_its_turn(monkeypatch, lambda: publish(startup))
    (told,) = said(ask(admin_client, startup))
    assert told.startswith("No se eliminó nada")
    assert (Profile.objects.filter(pk=startup.pk).exists(), LogEntry.objects.count()) == (True, 0)


def test_base_is_not_deleted_under_its_contexts(admin_client, base, startup):
    assert admin_client.get(url(base, "delete")).context["protected"] == [
        "Data Tester (base): los contextos del rol heredan de este perfil; eliminalos antes"
    ]
    delete(admin_client, base)
    assert base.role.profiles.count() == 2
    delete_chosen(admin_client, base, startup)
    assert base.role.profiles.count() == 0


A, B, C = ({"key": key, "text": key} for key in "abc")


def changed(item, text):
    return {**item, "text": text}


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "document"),
    [
        ({"x": "1", "y": "1"}, {"x": "2", "y": "1"}, {"x": "1", "y": "2"}, {"x": "2", "y": "2"}),
        # Sentences are known by their place among those that stay.
        (["a", "b"], ["a", "mine"], ["theirs", "b"], ["theirs", "mine"]),
        (["a", "b"], ["b"], ["a", "theirs"], ["theirs"]),
        (["a", "b"], ["mine", "a", "b"], ["a", "theirs", "b"], ["mine", "a", "theirs", "b"]),
        # The same, added by both: what the second saves holds it twice.
        (["a"], ["a", "new", "new", "mine"], ["a", "new"], ["a", "new", "mine"]),
        (["a", "b", "c"], ["c", "a", "b"], ["a", "b", "c", "theirs"], ["c", "a", "b", "theirs"]),
        (["a", "b", "c"], ["b", "c", "a"], ["theirs", "b", "c"], ["b", "c", "theirs"]),
        # Questions are known by their keys.
        ([A, B], [B, A], [changed(A, "theirs"), B], [B, changed(A, "theirs")]),
        ([A, B], [A], [A, B, C], [A, C]),
        ([A, B], [A, B, C], [B, A], [B, A, C]),
    ],
)
def test_what_one_side_changed_is_taken(base, mine, theirs, document):
    merge = Merge(base, mine, theirs, {})
    assert (merge.document, merge.clashes) == (document, [])
    assert Merge(base, mine, base, {}).document == mine
    assert Merge(base, theirs, theirs, {}).document == theirs


OLD, LOWER, HIGHER = ({"low": low, "high": high} for low, high in ((2, 3), (1, 3), (2, 4)))


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "paths", "taken"),
    [
        (["a", "b"], ["a", "mine"], ["a", "theirs"], "1", ["a", "theirs"]),
        ([A], [changed(A, "mine")], [changed(A, "theirs")], "0.text", [changed(A, "theirs")]),
        ([A, B], [A], [A, changed(B, "theirs")], "1", [A, changed(B, "theirs")]),
        ([A, B, C], [B, A, C], [A, C, B], "order", [A, C, B]),
        (["a", "b", "c"], ["b", "a", "c"], ["a", "c", "b"], "order", ["a", "c", "b"]),
        # The ends of a range are decided together.
        (OLD, LOWER, HIGHER, "low high", HIGHER),
    ],
)
def test_what_both_changed_is_asked(base, mine, theirs, paths, taken):
    asked = Merge(base, mine, theirs, {})
    assert ([clash.path for clash in asked.clashes], asked.document) == (paths.split(), mine)
    for side, document in {"mine": mine, "theirs": taken}.items():
        merge = Merge(base, mine, theirs, dict.fromkeys(paths.split(), side))
        assert (merge.document, merge.clashes) == (document, [])
