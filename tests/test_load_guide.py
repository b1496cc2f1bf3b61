"""The commands that load, export and check the guide's documents."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.desk.history import restore
from profiles.desk.publishing import publish, submit, withdraw
from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import dump, read
from profiles.exchange import loading
from profiles.models import (
    Area,
    Edition,
    InterviewQuestion,
    Profile,
    Role,
    Version,
)
from tests.factories import FIXTURES, make_role_document
from tests.guide_files import all_rows, role_document, run

pytestmark = [pytest.mark.dialect, pytest.mark.usefixtures("guide", "db")]

KEPT = r"Data Tester.*: se editó en el admin y se conserva \(--overwrite lo pisa\)\.\n"


def with_summary(document: RoleDocument, summary: str) -> RoleDocument:
    base = document.base.model_copy(update={"summary": summary})
    return document.model_copy(update={"base": base})


def summary_on_desk(slug="data-tester") -> str:
    return Profile.objects.get(role__slug=slug, context=None).summary


def edit_in_admin(summary: str, slug="data-tester") -> None:
    profile = Profile.objects.get(role__slug=slug, context=None)
    profile.summary = summary
    profile.save()


@pytest.mark.parametrize("options", [{}, {"reason": "Se agregó el rol."}])
def test_complete_role_is_published_and_news_say_why(write, options):
    neighbours(write)
    out, err = run("load_guide", write(data_tester=make_role_document()), **options)
    assert err.count("data-tester") == 0
    editions = Edition.objects.published().filter(role_slug="data-tester")
    said = [(edition.number, edition.reason) for edition in editions]
    assert said == [(1, options.get("reason", ""))] * 2
    assert out.startswith("4 creado; ")


def neighbours(write) -> None:
    """Write the three roles that the factory's role relates to, as drafts."""
    write(**{f"neighbour_{n}": role_document(f"neighbour-{n}") for n in "abc"})


def test_second_load_changes_nothing(write):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    (folder / "guide.yaml").write_bytes((FIXTURES / "guide.yaml").read_bytes())
    _, drafts = run("load_guide", folder)
    editions, before = Edition.objects.count(), all_rows()
    out, err = run("load_guide", folder)
    items = sum(len(section) for _, section in read(folder / "guide.yaml", GuideDocument))
    assert (out, err) == (f"{items + 4} sin cambios; 0 ediciones publicadas.\n", drafts)
    assert Edition.objects.count() == editions
    assert all_rows() == before


def test_load_with_nothing_to_do_costs_few_queries(write):
    folder = write(**{f"role_{n}": role_document(f"role-{n}") for n in range(3)})
    (folder / "guide.yaml").write_bytes((FIXTURES / "guide.yaml").read_bytes())
    run("load_guide", folder, no_publish=True)
    with CaptureQueriesContext(connection) as some:
        run("load_guide", folder, no_publish=True)
    write(**{f"role_{n}": role_document(f"role-{n}") for n in range(6)})
    run("load_guide", folder, no_publish=True)
    with CaptureQueriesContext(connection) as more:
        run("load_guide", folder, no_publish=True)
    assert len(some) == len(more) <= 60


def test_changed_file_is_loaded_and_makes_one_new_edition(write):
    neighbours(write)
    run("load_guide", write(data_tester=make_role_document()))
    folder = write(data_tester=with_summary(make_role_document(), "Otro resumen del rol."))
    out, _ = run("load_guide", folder)
    assert out == "1 actualizado, 3 sin cambios; 1 ediciones publicadas.\n"
    numbers = Edition.objects.filter(role_slug="data-tester", context=None)
    assert sorted(numbers.values_list("number", flat=True)) == [1, 2]
    assert summary_on_desk() == "Otro resumen del rol."


def test_order_in_which_a_file_cites_its_sources_is_no_edit(write):
    def citing(summary):
        document = with_summary(role_document(), summary).model_dump(mode="json", by_alias=True)
        cited = ["wilmot-ones-2021", "grant-2013", "salgado-1997"]
        document["base"]["targets"]["C"] |= {"basis": "meta-analysis", "sources": cited}
        return RoleDocument.model_validate(document)

    run("load_guide", write(data_tester=citing("Uno.")))
    assert run("load_guide", write(data_tester=citing("Dos.")))[0].startswith("1 actualizado; ")
    assert summary_on_desk() == "Dos."


def test_context_that_a_file_drops_leaves_the_site_until_it_is_back(client, write):
    neighbours(write)
    answers, startup = [], Profile.objects.filter(role__slug="data-tester", context__slug="startup")
    for contexts in (("startup",), (), ("startup",)):
        folder = write(data_tester=make_role_document(contexts=contexts))
        run("load_guide", folder)
        answers.append(client.get("/guia-de-roles/startup/data-tester/").status_code)
        if not contexts:
            assert (startup.get().state, startup.get().editions.count()) == ("archived", 1)
        assert run("load_guide", folder)[0].startswith("4 sin cambios; 0 ")
    assert answers == [200, 410, 200]


def test_context_that_was_never_published_goes_with_its_file(write):
    for contexts in (("startup",), ()):
        document = make_role_document(contexts=contexts, related=())
        run("load_guide", write(data_tester=document), no_publish=True)
    assert not Profile.objects.exclude(context=None).exists()


def test_incomplete_role_stays_a_draft_and_says_why(write):
    document = role_document(contexts={})
    out, err = run("load_guide", write(data_tester=document))
    assert out == "1 creado; 0 ediciones publicadas.\n"
    assert err == "No se publica: Data Tester (base): related: tiene 0; van de 3 a 5\n"
    assert Edition.objects.count() == 0


def test_what_a_load_left_a_draft_is_published_by_the_next(write):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    said = run("load_guide", folder, no_publish=True)
    assert (said, Edition.objects.count()) == (("4 creado; 0 ediciones publicadas.\n", ""), 0)
    assert run("load_guide", folder)[0] == "4 sin cambios; 2 ediciones publicadas.\n"


def test_load_does_not_publish_what_an_editor_is_writing(write):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    run("load_guide", folder, no_publish=True)
    edit_in_admin("Escrito en el admin.")
    run("load_guide", folder)
    assert not Edition.objects.exists()


def test_load_leaves_what_an_editor_scheduled(write):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    run("load_guide", folder)
    edit_in_admin("Programado en el admin.")
    base = Profile.objects.get(role__slug="data-tester", context=None)
    scheduled = publish(base, at=timezone.now() + timedelta(days=1))
    restore(base.editions.get(number=1).version)
    run("load_guide", folder)
    assert base.editions.latest() == scheduled


@pytest.mark.parametrize("is_sent", [False, True])
def test_load_leaves_withdrawn_what_an_editor_withdrew(write, is_sent):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    run("load_guide", folder)
    withdrawn = Profile.objects.get(role__slug="data-tester", context__slug="startup")
    withdraw(withdrawn)
    if is_sent:
        submit(withdrawn, by=User.objects.create_user("eva"))
    document = make_role_document(contexts=("startup",))
    changed = document.contexts["startup"].model_copy(update={"summary": "Otro resumen."})
    write(data_tester=document.model_copy(update={"contexts": {"startup": changed}}))
    for _ in range(2):
        _, err = run("load_guide", folder)
        assert "No se publica: Data Tester en Startup: state: se retiró del sitio" in err
    assert [e.context for e in Edition.objects.published()] == [None]


def test_edit_in_the_admin_survives_every_load_and_is_said_if_the_file_changed(write):
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    edit_in_admin("Escrito en el admin.")
    said = run("load_guide", folder, no_publish=True)
    assert said == ("1 sin cambios; 0 ediciones publicadas.\n", "")
    write(data_tester=with_summary(role_document(), "Escrito en el archivo."))
    for _ in range(2):
        out, err = run("load_guide", folder, no_publish=True)
        assert out == "1 conservado; 0 ediciones publicadas.\n"
        assert re.fullmatch(KEPT, err)
        assert summary_on_desk() == "Escrito en el admin."


def test_overwrite_writes_over_an_edit_in_the_admin(write):
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    edit_in_admin("Escrito en el admin.")
    said = run("load_guide", folder, overwrite=True, no_publish=True)
    assert said == ("1 actualizado; 0 ediciones publicadas.\n", "")
    assert summary_on_desk() == role_document().base.summary


def load_areas(guide, folder, areas) -> tuple[str, str]:
    """Load the guide with other areas; return what load_guide said."""
    text = dump(guide.model_copy(update={"areas": tuple(areas)}), "guide.schema.json")
    (folder / "guide.yaml").write_text(text, encoding="utf-8")
    return run("load_guide", folder)


def test_order_that_an_editor_gave_survives_a_load(guide, folder):
    first, last = guide.areas[0].slug, guide.areas[-1].slug
    Area.objects.filter(slug=first).update(order=40)
    assert load_areas(guide, folder, guide.areas)[1] == ""
    _, err = load_areas(guide, folder, guide.areas[::-1])
    assert err == f"área {first}: se editó en el admin y se conserva (--overwrite lo pisa).\n"
    assert (Area.objects.get(slug=first).order, Area.objects.get(slug=last).order) == (40, 0)
    run("load_guide", folder, overwrite=True)
    assert [area.slug for area in Area.objects.all()] == [area.slug for area in guide.areas[::-1]]


def rename_in_admin() -> None:
    role = Role.objects.get(slug="data-tester")
    role.slug = "data-taster"
    role.save()


def addresses() -> set[str]:
    return {
        *Role.objects.values_list("slug", flat=True),
        *Role.objects.filter(aliases__name="").values_list("aliases__slug", flat=True),
    }


@pytest.mark.parametrize("options", [{}, {"overwrite": True}])
@pytest.mark.parametrize("summary", ["", "Escrito en el archivo."])
def test_renamed_role_is_not_created_again_and_keeps_both_addresses(write, summary, options):
    run("load_guide", write(data_tester=role_document()), no_publish=True)
    rename_in_admin()
    document = with_summary(role_document(), summary) if summary else role_document()
    run("load_guide", write(data_tester=document), no_publish=True, **options)
    assert [role.slug for role in Role.objects.all()] == ["data-taster"]
    assert addresses() == {"data-taster", "data-tester"}


def test_rename_of_a_neighbour_is_no_edit_of_a_role(write):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    run("load_guide", folder, no_publish=True)
    neighbour = Role.objects.get(slug="neighbour-a")
    neighbour.slug = "neighbour-z"
    neighbour.save()
    write(data_tester=with_summary(make_role_document(), "Escrito en el archivo."))
    out, _ = run("load_guide", folder, no_publish=True)
    assert out == "1 actualizado, 3 sin cambios; 0 ediciones publicadas.\n"
    assert run("load_guide", folder, no_publish=True)[0].startswith("4 sin cambios; ")
    assert {item.related for item in Role.objects.get(slug="data-tester").related.all()} == set(
        Role.objects.exclude(slug="data-tester")
    )


def test_role_renamed_in_its_file_keeps_its_editions_and_its_old_address(client, write):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    run("load_guide", folder)
    (folder / "roles" / "data-tester.yaml").unlink()
    changes = {"slug": "data-taster", "former_slugs": ("data-tester",)}
    write(data_taster=make_role_document().model_copy(update=changes))
    assert run("load_guide", folder)[0].startswith("1 actualizado, 3 sin cambios; 0 ")
    assert run("load_guide", folder)[0].startswith("4 sin cambios; 0 ")
    moved = client.get("/guia-de-roles/startup/data-tester/")
    assert moved.headers["Location"] == "/guia-de-roles/startup/data-taster/"
    assert client.get("/guia-de-roles/startup/data-taster/").status_code == 200


def test_role_renamed_in_its_file_keeps_what_an_editor_wrote(write):
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    edit_in_admin("Escrito en el admin.")
    write(data_tester=role_document(slug="data-taster", former_slugs=["data-tester"]))
    assert run("load_guide", folder, no_publish=True)[0].startswith("1 conservado; ")
    assert summary_on_desk() == "Escrito en el admin."


def test_file_that_was_loaded_is_not_read_again(write, monkeypatch):
    neighbours(write)
    folder = write(data_tester=make_role_document())
    run("load_guide", folder, no_publish=True)
    Profile.objects.filter(role__slug__startswith="neighbour").update(newest_digest=F("digest"))
    assert run("load_guide", folder)[0].startswith("4 sin cambios; ")
    read = []
    parse = loading.read
    monkeypatch.setattr(loading, "read", lambda path, form: read.append(path) or parse(path, form))
    assert run("load_guide", folder)[0].startswith("4 sin cambios; 0 ")
    assert read == []


def test_second_file_of_a_role_that_was_loaded_is_refused(write):
    folder = write(data_tester=role_document())
    run("load_guide", folder, no_publish=True)
    Profile.objects.update(newest_digest=F("digest"))
    write(another=role_document(aliases=["Otra"]))
    with pytest.raises(CommandError, match="«data-tester» ya es una dirección de"):
        run("load_guide", folder)


def called(slug, name, *aliases):
    return make_role_document(slug).model_copy(update={"name": name, "aliases": aliases})


def test_address_that_redirected_and_becomes_a_role_s_own_is_that_role_s(client, write):
    neighbours(write)
    folder = write(data_tester=called("data-tester", "Data Tester", "Probadora"))
    run("load_guide", folder)
    address = "/guia-de-roles/perfiles/probadora/"
    assert client.get(address).status_code == 301
    write(probadora=called("probadora", "Probadora de datos", "Ensayista"))
    (folder / "roles" / "data-tester.yaml").unlink()
    run("load_guide", folder)
    assert client.get(address).status_code == 200
    assert client.get("/guia-de-roles/puestos/probadora/").headers["Location"] == address
    Role.objects.get(slug="probadora").full_clean()


def test_another_name_may_go_from_one_role_to_another_in_one_load(client, write):
    neighbours(write)
    run("load_guide", write(data_tester=called("data-tester", "Data Tester", "Probadora")))
    moved = {"a_role": called("a-role", "A Role", "Probadora")}
    run("load_guide", write(data_tester=called("data-tester", "Data Tester"), **moved))
    found = client.get("/guia-de-roles/perfiles/probadora/")
    assert found.headers["Location"] == "/guia-de-roles/perfiles/a-role/"


def test_load_export_load_changes_nothing(write, tmp_path):
    neighbours(write)
    run("load_guide", write(data_tester=make_role_document()))
    before = all_rows()
    one, two = tmp_path / "one", tmp_path / "two"
    out, _ = run("export_guide", one)
    assert out == f"5 archivos en {one}.\n"
    run("load_guide", one)
    run("export_guide", two)
    assert all_rows() == before
    assert contents(two) == contents(one)
    assert len(contents(one)) == 5


def contents(folder) -> dict[str, bytes]:
    files = folder.rglob("*.yaml")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_export_of_a_renamed_role_leaves_one_file_that_can_be_loaded(write):
    folder = write(data_tester=role_document(), other="# Notas de alguien.\n")
    run("load_guide", folder / "roles" / "data-tester.yaml", no_publish=True)
    rename_in_admin()
    Role.objects.get().aliases.create(slug="other")
    out, _ = run("export_guide", folder)
    former = folder / "roles" / "data-tester.yaml"
    assert out.startswith(f"{former}: se quitó; el rol tiene otra dirección.\n2 archivos en ")
    assert sorted(path.name for path in folder.glob("roles/*")) == [
        "data-taster.yaml",
        "other.yaml",
    ]
    (folder / "roles" / "other.yaml").unlink()
    assert "1 sin cambios" not in run("load_guide", folder, no_publish=True)[1]


def test_export_writes_nothing_where_a_role_is_no_document(write, tmp_path):
    run("load_guide", write(data_tester=role_document()), no_publish=True)
    startup = InterviewQuestion.objects.filter(profile__context__slug="startup")
    startup.filter(key="startup-0").update(key="base-0")
    with pytest.raises(CommandError, match="data-tester: la clave de pregunta «base-0» está rep"):
        run("export_guide", tmp_path / "out")
    Profile.objects.get(context=None).delete()
    with pytest.raises(CommandError, match="data-tester: falta el perfil base"):
        run("export_guide", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_near_title_that_comes_twice_is_refused(write):
    document = role_document()
    twice = document.model_copy(update={"near": document.near[:1] * 2})
    with pytest.raises(CommandError, match=f"near.1.title: «{document.near[0].title}» está rep"):
        run("load_guide", write(data_tester=twice))


def test_entry_that_no_version_holds_is_kept_before_a_load_writes_over_it(guide, folder):
    Version.objects.all().delete()
    changed = guide.areas[0].model_copy(update={"summary": "Del archivo."})
    load_areas(guide, folder, [changed, *guide.areas[1:]])
    kept = Area.objects.get(slug=changed.slug).versions.all()
    summaries = [version.document["summary"] for version in kept]
    assert summaries == ["Del archivo.", guide.areas[0].summary]
