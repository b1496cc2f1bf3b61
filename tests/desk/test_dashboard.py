"""The admin's front page and the dates of reviews."""

import datetime
import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.staticfiles import finders
from django.core.management import get_commands
from django.urls import reverse
from django.utils import timezone

from profiles.admin.site import MANUAL, worklists
from profiles.desk.history import record
from profiles.documents.choices import WorkflowState
from profiles.models import Profile
from tests.desk.editors import run
from tests.helpers.factories import make_role

TODAY = datetime.date(2026, 11, 23)
REVIEWS, DRAFTS, OVERDUE = 0, 2, 3


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


def test_each_list_leads_to_all_of_it(admin_client, admin_user, base):
    put(base, reviewed_on=None)
    lists = [worklists(admin_user)[which] for which in (REVIEWS, DRAFTS, OVERDUE)]
    pages = [admin_client.get(worklist["url"]).context["cl"].result_list for worklist in lists]
    assert [str(profile) for profile in pages[-1]] == ["Data Tester (base)"]


def test_front_page_costs_under_ten_queries_however_much_waits(client, settings, queries):
    settings.REQUIRE_SECOND_FACTOR = True
    user = editor("ana")
    user.groups.add(Group.objects.get(name="Redacción"))
    client.force_login(user)
    front_page(client)
    none = queries(front_page, client)
    for number in range(3):
        make_role(f"tester-{number}", publish=False)
    assert queries(front_page, client) == none < 10


# --- the review that is signed when publishing ---


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


def test_profile_that_lacks_something_is_not_signed(admin_client, startup):
    startup.strengths.all().delete()
    record(startup)
    run(admin_client, "publish_profiles", startup, confirmed=1, reviewed="on")
    startup.refresh_from_db()
    assert startup.reviewer is None


def test_front_page_leads_to_the_manual_whose_lines_commands_and_pictures_are_there(admin_client):
    assert f'href="{reverse("admin:manual")}"' in front_page(admin_client)
    first, _rest = admin_client.get(reverse("admin:manual")).text.split("</ol>", 2)[1:]
    assert len(re.findall("<li>", first)) == 10
    written = MANUAL.read_text(encoding="utf-8")
    commands = set(re.findall(r"manage\.py (\w+)", written))
    assert {"let_in", "changepassword"} <= commands <= get_commands().keys()
    pictures = re.findall(r"!\[[^]]+\]\(\.\./static/([^)]+)\)", written)
    assert (len(pictures) >= 2, [p for p in pictures if not finders.find(p)]) == (True, [])
