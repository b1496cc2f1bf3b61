"""Two people, or one who clicks twice: one of them wins, nobody is lost, nothing is doubled."""

from functools import partial

import pytest

from tests.reliability.live import ROLES, Form, at_once

pytestmark = pytest.mark.processes
CONFLICT = "No se guardó: otra persona cambió lo mismo que vos."
ADD_ROLE = "/admin/profiles/role/add/"
LIST = "/admin/profiles/profile/"
OF_PROFILE = "key = ? AND kind_id = (SELECT id FROM django_content_type WHERE model = 'profile')"


def count(site, table: str, where: str = "1 = 1", *values) -> int:
    return site.query(f"SELECT count(*) FROM {table} WHERE {where}", *values)[0][0]  # noqa: S608


def statuses(answers) -> list[int]:
    return sorted(answer.status for answer in answers)


def test_of_two_editors_saving_together_one_is_told(any_site):
    path = any_site.change_path(ROLES[1])
    # Each of the two from four windows: two sends alone often miss each other.
    editors = [any_site.editor(("ana", "bea")[number % 2]) for number in range(8)]
    forms = [editor.open(path, "profile_form") for editor in editors]
    texts = [f"El resumen de la ventana {number}." for number in range(8)]
    asked = zip(editors, forms, texts, strict=True)
    answers = at_once(*(partial(e.send, form, summary=text) for e, form, text in asked))
    assert statuses(answers) == [*[200] * 7, 302]
    won = [answer.status for answer in answers].index(302)
    for text, answer in zip(texts, answers, strict=True):
        assert answer is answers[won] or (CONFLICT in answer.text and text in answer.text)
    key = any_site.base_profile(ROLES[1])
    kept = "SELECT summary FROM profiles_profile WHERE id = ?"
    assert any_site.query(kept, key) == [(texts[won],)]


def test_save_sent_twice_is_one_version(any_site):
    path, key = any_site.change_path(ROLES[2]), any_site.base_profile(ROLES[2])
    editor = any_site.editor()
    before = count(any_site, "profiles_version", OF_PROFILE, key)
    form = editor.open(path, "profile_form")
    send = partial(editor.send, form, summary="Enviado dos veces.")
    assert statuses(at_once(send, send)) == [302, 302]
    assert count(any_site, "profiles_version", OF_PROFILE, key) == before + 1


def test_creation_sent_twice_is_one_role(any_site):
    editor = any_site.editor()
    form = editor.open(ADD_ROLE, "role_form")
    area = any_site.query("SELECT min(id) FROM profiles_area")[0][0]
    role = {"name": "Rol Repetido", "slug": "rol-repetido", "area": str(area)}
    answers = at_once(*[lambda: editor.send(form, **role)] * 2)
    assert statuses(answers) == [200, 302]
    assert count(any_site, "profiles_role", "slug = ?", role["slug"]) == 1
    assert ["Rol Repetido" in answer.text for answer in answers if answer.status == 200] == [True]

    key = any_site.query("SELECT id FROM profiles_role WHERE slug = ?", role["slug"])[0][0]
    form = editor.open(f"/admin/profiles/role/{key}/change/", "sizes_form")
    create = Form(f"/admin/profiles/role/{key}/crear/", form.values)
    size = str(any_site.query("SELECT min(id) FROM profiles_context")[0][0])
    for number, context in enumerate(["", size], start=1):
        answers = at_once(*[lambda c=context: editor.send(create, context=c)] * 2)
        assert statuses(answers) == [302, 302]
        assert count(any_site, "profiles_profile", "role_id = ?", key) == number
    added = "action_flag = 1 AND object_repr LIKE ?"
    assert count(any_site, "django_admin_log", added, "Rol Repetido%") == 3


def test_publication_sent_twice_is_one_edition(any_site):
    path, key = any_site.change_path(ROLES[3]), any_site.base_profile(ROLES[3])
    editor = any_site.editor()
    form = editor.open(path, "profile_form")
    assert editor.send(form, summary="Lo que se publica una sola vez.").status == 302
    question = editor.open(f"{LIST}{key}/publicar/")
    before = count(any_site, "profiles_edition", "profile_id = ?", key)
    send = partial(editor.send, question, button="confirmed")
    assert statuses(at_once(*[send] * 4)) == [302] * 4
    assert count(any_site, "profiles_edition", "profile_id = ?", key) == before + 1
