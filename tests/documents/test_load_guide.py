"""The commands that load and export the guide's documents."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.utils import timezone

from profiles.desk import loading
from profiles.desk.history import restore
from profiles.desk.publishing import publish, submit, withdraw
from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import dump, read
from profiles.models import Area, Edition, InterviewQuestion, Profile, Role
from tests.helpers.factories import (
    FIXTURES,
    all_rows,
    make_neighbours,
    make_role_document,
    role_document,
    run,
)

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("guide", "db")]


@pytest.fixture
def complete(guide, db, write):
    """A folder with a role that can be published."""
    make_neighbours()
    return write(data_tester=make_role_document())


@pytest.fixture
def loaded(complete):
    """The same, loaded and published."""
    run("load_guide", complete)
    return complete


@pytest.fixture
def drafted(write):
    """A folder with a role that was loaded and is a draft."""
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    return folder


def with_summary(document: RoleDocument, summary: str) -> RoleDocument:
    base = document.base.model_copy(update={"summary": summary})
    return document.model_copy(update={"base": base})


def base_profile() -> Profile:
    return Profile.objects.get(role__name="Data Tester", context=None)


def edit_in_admin(summary: str) -> None:
    profile = base_profile()
    profile.summary = summary
    profile.save()


def test_second_load_changes_nothing(complete):
    (complete / "guide.yaml").write_bytes((FIXTURES / "guide.yaml").read_bytes())
    run("load_guide", complete)
    before = all_rows()
    items = sum(len(section) for _, section in read(complete / "guide.yaml", GuideDocument))
    said = f"{items + 1} sin cambios; 0 ediciones publicadas.\n"
    assert run("load_guide", complete) == (said, "")
    assert all_rows() == before


def test_load_with_nothing_to_do_costs_few_queries(write, queries):
    costs = []
    for roles in (1, 3):
        folder = write(**{f"role_{n}": role_document(f"role-{n}") for n in range(roles)})
        (folder / "guide.yaml").write_bytes((FIXTURES / "guide.yaml").read_bytes())
        load = partial(run, "load_guide", folder, no_publish=True)
        load()
        costs.append(queries(load))
    assert costs[0] == costs[1] <= 60


def test_new_and_changed_files_are_read_once_and_make_one_edition(complete, write, monkeypatch):
    assert run("load_guide", complete) == ("1 creado; 2 ediciones publicadas.\n", "")
    write(data_tester=with_summary(make_role_document(), "Otro resumen del rol."))
    said = "1 actualizado; 1 ediciones publicadas.\n"
    assert run("load_guide", complete, reason="Cambió.") == (said, "")
    editions = base_profile().editions.order_by("number").values_list("number", "reason")
    assert list(editions) == [(1, ""), (2, "Cambió.")]
    assert base_profile().summary == "Otro resumen del rol."
    monkeypatch.setattr(loading, "read", None)
    assert run("load_guide", complete)[0].startswith("1 sin cambios; 0 ")


def test_context_that_a_file_drops_leaves_the_site_until_it_is_back(client, loaded, write):
    startup = Profile.objects.get(context__slug="startup")
    for contexts, answer in (((), 410), (("startup",), 200)):
        write(data_tester=make_role_document(contexts=contexts))
        run("load_guide", loaded)
        assert client.get("/guia-de-roles/startup/data-tester/").status_code == answer
        assert Profile.objects.get(context__slug="startup") == startup
        assert run("load_guide", loaded)[0].startswith("1 sin cambios; 0 ")


def test_incomplete_role_stays_a_draft_that_says_why_and_loses_what_its_file_drops(drafted, write):
    said = "No se publica: Data Tester (base): related: tiene 0; van de 3 a 5\n"
    write(data_tester=role_document(contexts={}))
    assert run("load_guide", drafted) == ("1 actualizado; 0 ediciones publicadas.\n", said)
    assert (Edition.objects.count(), Profile.objects.exclude(context=None).count()) == (0, 0)


def test_what_a_load_left_a_draft_is_published_by_the_next_but_not_what_is_being_written(complete):
    said = run("load_guide", complete, no_publish=True)
    assert (said, Edition.objects.count()) == (("1 creado; 0 ediciones publicadas.\n", ""), 0)
    written = base_profile().summary
    edit_in_admin("Escrito en el admin.")
    assert run("load_guide", complete)[0] == "1 sin cambios; 0 ediciones publicadas.\n"
    edit_in_admin(written)
    assert run("load_guide", complete)[0] == "1 sin cambios; 2 ediciones publicadas.\n"


def test_load_leaves_what_an_editor_scheduled(loaded):
    edit_in_admin("Programado en el admin.")
    base = base_profile()
    scheduled = publish(base, at=timezone.now() + timedelta(days=1))
    restore(base.editions.get(number=1).version)
    run("load_guide", loaded)
    assert base.editions.latest() == scheduled


@pytest.mark.parametrize("is_sent", [False, True])
def test_load_leaves_withdrawn_what_an_editor_withdrew(loaded, write, is_sent):
    withdrawn = Profile.objects.get(context__slug="startup")
    withdraw(withdrawn)
    if is_sent:
        submit(withdrawn, by=User.objects.create_user("eva"))
    document = make_role_document()
    changed = document.contexts["startup"].model_copy(update={"summary": "Otro resumen."})
    write(data_tester=document.model_copy(update={"contexts": {"startup": changed}}))
    for _ in range(2):
        _, err = run("load_guide", loaded)
        assert "No se publica: Data Tester en Startup: state: se retiró del sitio" in err
    assert [e.context for e in Edition.objects.published()] == [None]


def test_edit_in_the_admin_survives_every_load_and_is_said_if_the_file_changed(drafted, write):
    edit_in_admin("Escrito en el admin.")
    said = run("load_guide", drafted, no_publish=True)
    assert said == ("1 sin cambios; 0 ediciones publicadas.\n", "")
    write(data_tester=with_summary(role_document(), "Escrito en el archivo."))
    for _ in range(2):
        out, err = run("load_guide", drafted, no_publish=True)
        assert out == "1 conservado; 0 ediciones publicadas.\n"
        assert re.fullmatch(r"Data Tester.*: se editó en el admin y se conserva .*\n", err)
        assert base_profile().summary == "Escrito en el admin."
    said = run("load_guide", drafted, overwrite=True, no_publish=True)
    assert said == ("1 actualizado; 0 ediciones publicadas.\n", "")
    assert base_profile().summary == "Escrito en el archivo."


def test_order_that_an_editor_gave_survives_a_load(guide, folder):
    def load(areas):
        text = dump(guide.model_copy(update={"areas": tuple(areas)}), "guide.schema.json")
        (folder / "guide.yaml").write_text(text, encoding="utf-8")
        return run("load_guide", folder)

    first, last = guide.areas[0].slug, guide.areas[-1].slug
    Area.objects.filter(slug=first).update(order=40)
    assert load(guide.areas)[1] == ""
    _, err = load(guide.areas[::-1])
    assert err == f"área {first}: se editó en el admin y se conserva (--overwrite lo pisa).\n"
    assert (Area.objects.get(slug=first).order, Area.objects.get(slug=last).order) == (40, 0)
    run("load_guide", folder, overwrite=True)
    assert [area.slug for area in Area.objects.all()] == [area.slug for area in guide.areas[::-1]]


def rename(slug: str, new: str) -> None:
    role = Role.objects.get(slug=slug)
    role.slug = new
    role.save()


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("summary", ["", "Escrito en el archivo."])
def test_renamed_role_is_not_made_again_and_keeps_both_addresses(
    drafted, write, summary, overwrite
):
    rename("data-tester", "data-taster")
    write(data_tester=with_summary(role_document(), summary) if summary else role_document())
    run("load_guide", drafted, no_publish=True, overwrite=overwrite)
    role = Role.objects.get()
    assert (role.slug, role.aliases.get(name="").slug) == ("data-taster", "data-tester")


def test_rename_of_a_neighbour_is_no_edit_of_a_role(loaded, write):
    rename("neighbour-a", "neighbour-z")
    write(data_tester=with_summary(make_role_document(), "Escrito en el archivo."))
    assert run("load_guide", loaded)[0].startswith("1 actualizado; ")
    assert run("load_guide", loaded)[0].startswith("1 sin cambios; ")
    related = {item.related.slug for item in Role.objects.get(slug="data-tester").related.all()}
    assert related == {"neighbour-z", "neighbour-b", "neighbour-c"}


def test_role_renamed_in_its_file_keeps_its_editions_and_its_old_address(client, loaded, write):
    (loaded / "roles" / "data-tester.yaml").unlink()
    changes = {"slug": "data-taster", "former_slugs": ("data-tester",)}
    write(data_taster=make_role_document().model_copy(update=changes))
    assert run("load_guide", loaded)[0].startswith("1 actualizado; 0 ")
    assert run("load_guide", loaded)[0].startswith("1 sin cambios; 0 ")
    moved = client.get("/guia-de-roles/startup/data-tester/", follow=True)
    to = [("/guia-de-roles/startup/data-taster/", 301)]
    assert (moved.redirect_chain, moved.status_code) == (to, 200)


def called(slug, name, *aliases):
    return make_role_document(slug).model_copy(update={"name": name, "aliases": aliases})


def test_another_name_may_become_another_role_s_or_a_role_s_own_address(client, complete, write):
    address = "/guia-de-roles/perfiles/probadora/"
    folder = write(data_tester=called("data-tester", "Data Tester", "Probadora"))
    run("load_guide", folder)
    assert client.get(address).headers["Location"] == "/guia-de-roles/perfiles/data-tester/"
    moved = {"a_role": called("a-role", "A Role", "Probadora")}
    run("load_guide", write(data_tester=called("data-tester", "Data Tester", "Otra"), **moved))
    assert client.get(address).headers["Location"] == "/guia-de-roles/perfiles/a-role/"
    write(probadora=called("probadora", "Probadora de datos", "Ensayista"))
    (folder / "roles" / "a-role.yaml").unlink()
    run("load_guide", folder)
    assert client.get(address).status_code == 200
    Role.objects.get(slug="probadora").full_clean()


def test_load_export_load_changes_nothing(guide, write, tmp_path):
    related = [{"role": f"role-{n}", "difference": "Otra."} for n in range(3)]
    others = {f"role_{n}": role_document(f"role-{n}", contexts={}) for n in range(3)}
    run("load_guide", write(data_tester=role_document(related=related), **others))
    before = all_rows()
    one, two = tmp_path / "one", tmp_path / "two"
    assert run("export_guide", one)[0] == f"5 archivos en {one}.\n"
    assert read(one / "guide.yaml", GuideDocument) == guide
    run("load_guide", one)
    run("export_guide", two)
    assert all_rows() == before
    names = {path.relative_to(one) for path in one.rglob("*.yaml")}
    assert names == {path.relative_to(two) for path in two.rglob("*.yaml")}
    assert [n for n in names if (one / n).read_bytes() != (two / n).read_bytes()] == []


def test_export_of_a_renamed_role_leaves_one_file_that_can_be_loaded(drafted, write):
    write(other="# Notas de alguien.\n")
    rename("data-tester", "data-taster")
    Role.objects.get().aliases.create(slug="other")
    out, _ = run("export_guide", drafted)
    former = drafted / "roles" / "data-tester.yaml"
    assert out.startswith(f"{former}: se quitó; el rol tiene otra dirección.\n2 archivos en ")
    assert {path.name for path in drafted.glob("roles/*")} == {"data-taster.yaml", "other.yaml"}
    (drafted / "roles" / "other.yaml").unlink()
    assert "1 sin cambios" not in run("load_guide", drafted, no_publish=True)[1]


def test_export_writes_nothing_if_a_role_is_no_document(drafted, tmp_path):
    startup = InterviewQuestion.objects.filter(profile__context__slug="startup")
    startup.filter(key="startup-0").update(key="base-0")
    with pytest.raises(CommandError, match="data-tester: la clave de pregunta «base-0» está rep"):
        run("export_guide", tmp_path / "out")
    Profile.objects.get(context=None).delete()
    with pytest.raises(CommandError, match="data-tester: falta el perfil base"):
        run("export_guide", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ["/dev/null/x", "/proc"])
def test_path_that_cannot_be_used_is_said_in_a_line(guide, path):
    for command, words in (("export_guide", "se puede escribir"), ("update_benchmark", "es la ta")):
        with pytest.raises(CommandError, match=rf"^{path}.*: no {words}.*$"):
            run(command, path)
