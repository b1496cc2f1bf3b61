"""What a form does not ask is not obeyed, and the way in tells nothing and has no side door."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from profiles.desk.history import keep
from profiles.documents.choices import WorkflowState
from profiles.models import Context, Edition, Profile, Role, TraitTarget, Version
from tests.desk.forms import change_url, form_values
from tests.factories import make_role

pytestmark = [
    pytest.mark.usefixtures("vocabulary"),
    # Django's own admin templates print variables that only some pages have.
    pytest.mark.ignore_template_errors,
]
PASSWORD = "una-clave-bastante-larga"
LOGIN = "/admin/cuenta/ingresar/"


@pytest.fixture(scope="module", autouse=True)
def made_roles(module_rows):
    """Two roles on the desk: the one that is edited and the one that is attacked."""
    return [make_role(slug, publish=False) for slug in ("data-tester", "other-tester")]


@pytest.fixture
def base():
    return Profile.objects.get(role__slug="data-tester", context=None)


@pytest.fixture
def other():
    return Profile.objects.get(role__slug="other-tester", context=None)


@pytest.fixture
def writer():
    """A person who writes profiles and roles, and publishes nothing."""
    user = User.objects.create_user("writer", password=PASSWORD, is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="profiles")
    user.user_permissions.set(rights.exclude(codename="publish_profile"))
    client = Client()
    client.force_login(user)
    return client


def texts(profile):
    return list(profile.strengths.values_list("pk", "profile", "text"))


def send(client, profile, **changes):
    """Post the change page as a browser would, with ``changes``."""
    return client.post(change_url(profile), {**form_values(client, profile), **changes})


# --- fields that the form does not have ---


def test_state_role_and_context_do_not_follow_a_forged_form(writer, base, other):
    forged = {
        "state": WorkflowState.PUBLISHED,
        "role": other.role_id,
        "context": Context.objects.first().pk,
        "version": 99,
        "id": other.pk,
        "summary": "Otro resumen.",
    }
    assert send(writer, base, **forged).status_code == 302
    saved = Profile.objects.get(pk=base.pk)
    assert (saved.summary, saved.state) == ("Otro resumen.", WorkflowState.DRAFT)
    assert (saved.role_id, saved.context_id) == (base.role_id, None)
    assert saved.version == base.version + 1


def test_rendered_text_is_not_taken_from_a_form(admin_client, base):
    area = base.role.area
    page = reverse("admin:profiles_area_change", args=[area.pk])
    form = admin_client.get(page).context["adminform"].form
    values = {field.html_name: field.value() for field in form if field.value() is not None}
    forged = {"body": "**hola**", "body_html": "<script>alert(1)</script>"}
    assert admin_client.post(page, {**values, **forged}).status_code == 302
    area.refresh_from_db()
    assert area.body_html == "<p><strong>hola</strong></p>"


@pytest.mark.parametrize("field", ["publish", "_publish", "confirmed"])
def test_saving_never_publishes(writer, base, field):
    forged = {field: "1", "action": "publish_profiles", "_selected_action": base.pk}
    assert send(writer, base, summary="Otro resumen.", **forged).status_code == 302
    assert Profile.objects.get(pk=base.pk).summary == "Otro resumen."
    assert not Edition.objects.exists()


# --- rows of somebody else ---


def test_part_of_another_profile_is_not_touched(writer, base, other):
    before = texts(other)
    victim = before[0][0]
    send(writer, base, **{"strengths-0-id": victim, "strengths-0-text": "Robada."})
    assert texts(other) == before


def test_part_of_another_profile_is_not_deleted(writer, base, other):
    before = texts(other)
    victim = before[0][0]
    send(writer, base, **{"strengths-0-id": victim, "strengths-0-DELETE": "on"})
    assert texts(other) == before


def test_part_does_not_move_to_another_profile(writer, base, other):
    before, count = texts(other), base.strengths.count()
    send(writer, base, **{"strengths-0-profile": other.pk, "strengths-0-text": "Mudada."})
    assert texts(other) == before
    assert base.strengths.count() == count


def test_range_of_another_profile_is_not_touched_and_no_seventh_is_made(writer, base, other):
    victim = other.targets.first()
    forged = {
        "targets-0-id": victim.pk,
        "targets-0-low": "1.0",
        "targets-0-high": "1.4",
        "targets-6-trait": victim.trait_id,
        "targets-6-low": "1.0",
        "targets-6-high": "2.0",
        "targets-6-importance": "critical",
        "targets-6-basis": "editorial",
        "targets-TOTAL_FORMS": "7",
    }
    send(writer, base, **forged)
    same = TraitTarget.objects.get(pk=victim.pk)
    assert (same.low, same.high, same.profile_id) == (victim.low, victim.high, other.pk)
    assert (base.targets.count(), other.targets.count()) == (6, 6)


def test_list_has_no_rows_to_edit(writer, base, other):
    forged = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "1",
        "form-0-id": other.pk,
        "form-0-summary": "Cambiado en la lista.",
        "form-1-summary": "Agregado en la lista.",
        "_save": "1",
    }
    count = Profile.objects.count()
    writer.post(reverse("admin:profiles_profile_changelist"), forged)
    assert Profile.objects.count() == count
    assert not Profile.objects.filter(summary__contains="en la lista").exists()


def test_version_of_another_profile_is_neither_restored_nor_shared(writer, base, other):
    keep(other)
    other.versions.update(number=7)
    for name, body in (("restore", {"version": 7}), ("share", {"version": 7})):
        path = reverse(f"admin:profiles_profile_{name}", args=[base.pk])
        assert writer.post(path, body).status_code == 404
    assert not Version.objects.exclude(share_token="").exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "1.5", str(2**70), "\x00", "1 OR 1=1"])
@pytest.mark.parametrize("name", ["share", "restore"])
def test_number_that_is_none_is_not_found(writer, base, name, number):
    keep(base)
    place = [] if name == "trash" else [base.pk]
    path = reverse(f"admin:profiles_profile_{name}", args=place)
    response = writer.post(path, {"version": number, "state": f"v{number}"})
    assert response.status_code == 404


@pytest.mark.parametrize("key", ["0", str(2**70)])
@pytest.mark.parametrize("name", ["preview", "share", "restore", "compare", "publish_profiles"])
def test_profile_that_is_none_is_not_found(writer, name, key):
    path = reverse(f"admin:profiles_profile_{name}", args=[key])
    method = writer.post if name in ("share", "restore") else writer.get
    assert method(path).status_code == 404


# --- accounts ---


def test_writer_makes_nobody_a_superuser(writer):
    user = User.objects.get(username="writer")
    page = reverse("admin:auth_user_change", args=[user.pk])
    assert writer.post(page, {"username": "writer", "is_superuser": "on"}).status_code == 403
    user.refresh_from_db()
    assert not user.is_superuser


def test_who_may_only_look_at_accounts_sees_no_hash(client):
    reader = User.objects.create_user("reader", password=PASSWORD, is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_user"))
    client.force_login(reader)
    html = client.get(reverse("admin:auth_user_change", args=[reader.pk])).content.decode()
    _algorithm, salt, digest = reader.password.split("$")
    assert "reader" in html
    assert (salt in html, digest[:8] in html) == (False, False)


def test_form_of_the_stock_admin_lets_nobody_change_places(writer):
    """Whoever is in could give another's password there, past that account's second factor."""
    ana = User.objects.create_user("ana", password=PASSWORD, is_staff=True)
    TOTP.activate(ana, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(ana)
    writer.post("/admin/login/", {"username": "ana", "password": PASSWORD})
    assert writer.get(reverse("admin:index")).context["user"].username == "writer"


class CountingHasher(MD5PasswordHasher):
    """Counts the work of a log-in: what it costs must not tell whether the account exists."""

    encoded = 0

    def encode(self, password, salt):
        type(self).encoded += 1
        return super().encode(password, salt)


def test_refusal_costs_the_same_for_known_unknown_and_former(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    User.objects.create_user("ana", password=PASSWORD, is_staff=True)
    User.objects.create_user("former", password=PASSWORD, is_staff=True, is_active=False)
    work = {}
    for name in ("ana", "former", "nobody"):
        CountingHasher.encoded = 0
        assert Client().post(LOGIN, {"login": name, "password": "no"}).status_code == 200
        work[name] = CountingHasher.encoded
    assert work == {"ana": 1, "former": 1, "nobody": 1}


def test_group_gives_its_rights_and_taking_it_takes_them(writer, base):
    user = User.objects.get(username="writer")
    user.user_permissions.clear()
    group = Group.objects.create(name="transitory")
    group.permissions.add(Permission.objects.get(codename="view_profile"))
    path = reverse("admin:profiles_profile_preview", args=[base.pk])
    statuses = [writer.get(path).status_code]
    user.groups.add(group)
    statuses.append(writer.get(path).status_code)
    user.groups.clear()
    statuses.append(writer.get(path).status_code)
    assert statuses == [403, 200, 403]


def test_related_role_is_not_reached_through_an_alias(writer, base, other):
    page = reverse("admin:profiles_role_change", args=[base.role_id])
    context = writer.get(page).context
    values = {f.html_name: f.value() for f in context["adminform"].form if f.value() is not None}
    for inline in context["inline_admin_formsets"]:
        for form in [inline.formset.management_form, *inline.formset.forms]:
            values |= {f.html_name: f.value() for f in form if f.value() is not None}
    victim = other.role.aliases.first()
    values |= {"aliases-0-id": victim.pk, "aliases-0-role": other.role_id, "aliases-0-name": "X"}
    writer.post(page, values)
    assert list(Role.objects.get(pk=other.role_id).aliases.values_list("pk", "name")) == [
        (victim.pk, victim.name)
    ]
