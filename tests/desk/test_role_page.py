"""Where work starts: the page of a role, with its sizes and the next step, and the front page."""

import datetime
import re

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.staticfiles import finders
from django.core.management import get_commands
from django.urls import reverse
from django.utils import timezone

from profiles.admin.site import MANUAL, worklists
from profiles.desk import publishing
from profiles.desk.history import record
from profiles.desk.publishing import publish, submit
from profiles.documents.choices import TraitCode, WorkflowState
from profiles.models import AuditEntry, Context, Edition, Profile, Role, Version
from tests.desk.editors import before_its_turn, member, run, said, url, values_of
from tests.helpers.factories import make_role

RANGES = ("trait", "low", "high", "importance")
TODAY = datetime.date(2026, 11, 23)
REVIEWS, DRAFTS, OVERDUE = 0, 2, 3


def create(client, role, **asked):
    return client.post(url(role, "create"), asked)


def test_page_says_of_each_size_what_it_lacks_where_it_stands_and_who_was_there(
    admin_client, admin_user, role, startup
):
    startup.strengths.all().delete()
    record(startup, by=admin_user)
    submit(startup, by=admin_user)
    page = admin_client.get(url(role))
    base, own, *missing = page.context["sizes"]
    assert (base["standing"], base["problems"]) == ("publicado", [])
    assert own["standing"] == "publicado, con cambios sin publicar · en revisión"
    assert [problem.place for problem in own["problems"] if problem.blocks] == ["Fortalezas"]
    assert f'href="{url(startup)}#strengths-group"' in page.text
    assert (own["last"].who, page.text.count("guardó hace")) == (admin_user, 1)
    assert [size["context"].slug for size in missing] == ["pyme", "enterprise", "global"]
    offered = re.findall(r'name="context" value="(\d+)"', page.text)
    assert offered == [str(size["context"].pk) for size in missing]
    for act in ("change", "preview", "publish_profiles"):
        assert f'href="{url(startup, act)}"' in page.text


def test_next_step_leads_from_an_empty_role_to_a_public_one(admin_client, role):
    client = member("Redacción")
    empty = Role.objects.create(slug="vacio", name="Vacío", area=role.area)
    draft = make_role("draft-tester", publish=False)
    lacking = make_role("half-tester", publish=False)
    lacking.profiles.get(context=None).strengths.all().delete()
    pages = [admin_client.get(url(each)) for each in (empty, lacking, draft, role)]
    assert [page.context["next_step"] for page in pages] == [
        "creá el perfil base: de él heredan los tamaños.",
        "completá Half Tester (base): falta 1 cosa.",
        "publicá Draft Tester (base), Draft Tester en Startup.",
        "creá lo que cambia en PyME, Enterprise, Global.",
    ]
    base, size = draft.profiles.order_by("pk")
    run(client, "submit_profiles", base)
    sent = "creá lo que cambia en PyME, Enterprise, Global."
    for after in ("enviá a revisión Draft Tester en Startup.", sent):
        assert client.get(url(draft)).context["next_step"] == after
        run(client, "submit_profiles", size)
    publish(base, at=timezone.now() + datetime.timedelta(days=1))
    assert "publicá Draft Tester en Startup." in admin_client.get(url(draft)).text


def test_new_role_opens_on_its_own_page_and_its_sizes_wait_for_the_base(admin_client, role):
    add, pyme = reverse("admin:profiles_role_add"), Context.objects.get(slug="pyme")
    values = values_of(admin_client.get(add).context)
    values |= {"name": "Nuevo", "slug": "nuevo", "area": role.area_id, "_save": "Guardar"}
    response = admin_client.post(add, values)
    new = Role.objects.get(slug="nuevo")
    assert response.url == url(new)
    create(admin_client, new, context=pyme.pk)
    assert not new.profiles.exists()
    assert "Primero creá el perfil base de «Nuevo»." in admin_client.get(url(new)).text
    response = create(admin_client, new)
    base = new.profiles.get()
    assert response.url == url(base)
    assert (base.context, base.author.username) == (None, "admin")
    assert list(base.targets.values_list("trait__code", flat=True)) == list(TraitCode)


@pytest.mark.parametrize("source", ["base", "startup"])
def test_size_starts_with_ranges_and_without_texts(admin_client, role, request, source):
    profile = request.getfixturevalue(source)
    pyme = Context.objects.get(slug="pyme")
    for _ in range(2):  # the second finds it
        create(admin_client, role, context=pyme.pk, profile=profile.pk)
    new = role.profiles.get(context=pyme)
    assert list(new.targets.values_list(*RANGES)) == list(profile.targets.values_list(*RANGES))
    assert (new.summary, set(new.targets.values_list("rationale", flat=True))) == ("", {""})
    assert (new.strengths.exists(), new.versions.count()) == (False, 1)


def test_role_is_published_as_a_whole(admin_client, role, base, startup):
    for profile in (base, startup):
        Profile.objects.filter(pk=profile.pk).update(summary="Otro resumen.")
        record(profile)
    asked = admin_client.get(url(role, "publish")).context
    assert asked["profiles"] == [base, startup]
    answer = {"confirmed": 1, "shown": asked["shown"]}
    told = said(admin_client.post(url(role, "publish"), answer))
    assert [words.partition(": ")[2] for words in told] == ["se publicó la edición 2."] * 2
    assert Edition.objects.published().filter(role=role, number=2).count() == 2
    response = admin_client.get(url(role, "publish"))
    assert response.url == url(role)
    assert said(response) == ["El rol no tiene cambios sin publicar."]


def test_role_page_costs_the_same_for_two_and_four_profiles(admin_client, role, queries):
    larger = make_role("larger-tester", contexts=("startup", "pyme", "enterprise"))
    admin_client.get(url(role))
    costs = [queries(admin_client.get, url(each)) for each in (role, larger)]
    assert costs[0] == costs[1] <= 45


def merge(client, role, into):
    return client.post(url(role, "merge"), {"into": into.pk})


def test_merged_role_leads_to_the_one_that_stays(admin_client, client, role):
    related = ("data-tester", "neighbour-b", "neighbour-c")
    double = make_role("doble", related=related, publish=False)
    neighbour = make_role("neighbour-a", related=("data-tester", "doble", "neighbour-b"))
    publish(double.profiles.get(context=None))
    address = double.get_absolute_url()
    assert merge(admin_client, double, role).url == url(role)
    assert AuditEntry.objects.latest("pk").subject == "Doble (base) → Data Tester"
    for old in (address, "/guia-de-roles/startup/doble/", "/guia-de-roles/perfiles/otro-doble/"):
        moved = client.get(old)
        assert (moved.status_code, "data-tester" in moved.url) == (301, True), old
    assert set(role.aliases.values_list("name", "slug")) >= {("Doble", None), ("", "doble")}
    assert not Edition.objects.on_shelf().filter(role=double).exists()
    assert set(double.profiles.values_list("state", flat=True)) == {"archived"}
    related = Edition.objects.published().base().get(role=neighbour).facts["related"]
    assert [item["role"] for item in related] == ["data-tester", "neighbour-b"]
    assert [r.related.slug for r in neighbour.related.all()] == ["data-tester", "neighbour-b"]
    assert Version.objects.of(Role, [neighbour.pk]).latest().why == "Se le unió «Doble»"
    merge(admin_client, neighbour.related.last().related, neighbour)
    admin_client.post(url(neighbour, "restore"), {"version": neighbour.versions.last().number})
    assert [r.related.slug for r in neighbour.related.all()] == ["data-tester"]


@pytest.mark.dialect
@pytest.mark.parametrize("case", ["itself", "brought by a file", "into a draft", "at once"])
def test_role_that_cannot_be_merged_stays(admin_client, role, case, monkeypatch):
    other = make_role("doble", publish=case != "into a draft")
    if case == "itself":
        other = role
    elif case == "at once":
        before_its_turn(monkeypatch, lambda: publishing.merge(other, role, by=None))
    elif case.startswith("brought"):
        Role.objects.filter(pk=role.pk).update(loaded_digest="x")
    assert merge(admin_client, role, other).context["form"].errors
    assert Edition.objects.published().filter(role=role).count() == 2


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(datetime.datetime(2026, 11, 23, 15, tzinfo=datetime.UTC))


def editor(name="ana", *rights):
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def titles(user, which):
    return [str(profile) for profile, _standing in worklists(user)[which]["lines"]]


def put(profile, **values):
    Profile.objects.filter(pk=profile.pk).update(**values)


def front_page(client):
    return client.get(reverse("admin:index")).text


def test_drafts_are_listed_newest_first_for_who_may_see_them(client, admin_user, base, startup):
    for hours, profile in enumerate([base, startup]):
        moment = timezone.now() - datetime.timedelta(hours=hours)
        put(profile, state=WorkflowState.DRAFT, updated_at=moment)
    assert titles(admin_user, DRAFTS) == ["Data Tester (base)", "Data Tester en Startup"]
    client.force_login(editor())
    html = front_page(client)
    assert ("Data Tester" in html, "worklist" in html) == (False, False)


def test_review_waits_for_who_may_publish_and_did_not_write_it(base):
    author = editor("author", "publish_profile")
    other, writer = editor("other", "publish_profile"), editor("writer", "change_profile")
    put(base, state=WorkflowState.IN_REVIEW, author=author)
    waiting = [titles(user, REVIEWS) for user in (author, other, writer)]
    assert waiting == [[], ["Data Tester (base)"], []]


@pytest.mark.parametrize(
    ("days", "state", "listed"),
    [
        *((365, "published", True), (364, "published", False), (None, "published", True)),
        *((400, "draft", True), (400, "archived", False), (None, "draft", False)),
    ],
)
@pytest.mark.usefixtures("noon")
def test_review_is_overdue_after_a_year(admin_user, base, days, state, listed):
    put(base, reviewed_on=days and TODAY - datetime.timedelta(days=days), state=state)
    assert ("Data Tester (base)" in titles(admin_user, OVERDUE)) == listed


@pytest.mark.usefixtures("noon")
def test_each_list_leads_to_all_of_it(admin_client, admin_user, base):
    put(base, reviewed_on=None)
    lists = [worklists(admin_user)[which] for which in (REVIEWS, DRAFTS, OVERDUE)]
    pages = [admin_client.get(worklist["url"]).context["cl"].result_list for worklist in lists]
    assert [str(profile) for profile in pages[-1]] == ["Data Tester (base)"]


def test_front_page_costs_under_ten_queries_however_much_waits(settings, queries):
    settings.REQUIRE_SECOND_FACTOR = True
    client = member("Redacción")
    front_page(client)
    none = queries(front_page, client)
    for number in range(3):
        make_role(f"tester-{number}", publish=False)
    assert queries(front_page, client) == none < 10


@pytest.mark.usefixtures("noon")
def test_review_is_dated_and_signed_when_publishing(admin_client, admin_user, role):
    before = dict(role.profiles.values_list("pk", "version"))
    run(admin_client, "publish_profiles", *role.profiles.all(), confirmed=1, reviewed="on")
    assert set(role.profiles.values_list("reviewed_on", "reviewer")) == {(TODAY, admin_user.pk)}
    for profile in role.profiles.all():
        kept, edition = profile.versions.latest(), profile.editions.latest()
        assert profile.version > before[profile.pk]
        assert (kept.number, kept.why, kept.who) == (profile.version, "Se revisó", admin_user)
        assert (edition.number, edition.reviewed_on, edition.version) == (2, TODAY, kept)


def test_front_page_leads_to_the_manual_whose_lines_commands_and_pictures_are_there(admin_client):
    assert f'href="{reverse("admin:manual")}"' in front_page(admin_client)
    first, _rest = admin_client.get(reverse("admin:manual")).text.split("</ol>", 2)[1:]
    assert len(re.findall("<li>", first)) == 10
    written = MANUAL.read_text(encoding="utf-8")
    commands = set(re.findall(r"manage\.py (\w+)", written))
    assert {"let_in", "changepassword"} <= commands <= get_commands().keys()
    pictures = re.findall(r"!\[[^]]+\]\(\.\./static/([^)]+)\)", written)
    assert (len(pictures) >= 2, [p for p in pictures if not finders.find(p)]) == (True, [])
