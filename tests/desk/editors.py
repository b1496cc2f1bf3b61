"""People at the desk: how they log in, what they send from its pages, what the admin answers."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib import admin
from django.contrib.auth import get_user
from django.contrib.auth.models import Group, User
from django.contrib.messages import get_messages
from django.contrib.messages.storage.session import SessionStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm
from django.test import Client, RequestFactory
from django.urls import reverse

from profiles.admin.actions import shown_as
from profiles.models import AuditEntry, ContentVersion, Profile

PASSWORD = "una-clave-bastante-larga"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/admin/cuenta/ingresar/"
CODE = "/admin/cuenta/segundo-factor/authenticate/"
DESK = "/admin/"
LIST = "admin:profiles_profile_changelist"


def member(group):
    """Return a browser in which a member of ``group`` is logged in."""
    client = Client()
    client.user = User.objects.create_user(f"de-{group}", is_staff=True)
    client.user.groups.add(Group.objects.get(name=group))
    client.force_login(client.user)
    return client


def log_in(client, name="ana", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": name, "password": password}, **more)


def code_now(secret=SECRET):
    """Return what an app that holds ``secret`` shows at this moment."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def enrol(user):
    """Give ``user`` the second factor and return the recovery codes."""
    TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def is_in(client):
    return client.get(DESK).status_code == 200


def events():
    return list(AuditEntry.objects.order_by("pk").values_list("event", flat=True))


def url(row, view="change"):
    """Return the address of a page of the admin about ``row``."""
    return reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_{view}", args=[row.pk])


def form_values(client, row):
    """Return what the change page would post, untouched; the page itself is not rendered."""
    request = RequestFactory().get(url(row))
    request.user = get_user(client)
    page = admin.site.get_model_admin(type(row)).change_view(request, str(row.pk))
    return values_of(page.context_data)


def values_of(context):
    """Return what a change page with this context would post, untouched."""
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *(row.form for row in inline)]
    return {key: value for form in forms for key, value in posted(form).items()}


def posted(form: BaseForm):
    values = {}
    for field in form:
        value = field.value()
        if hasattr(value, "__iter__") and not isinstance(value, str):
            value = [getattr(item, "pk", item) for item in value]
        if hasattr(field.field, "prepare_value"):
            value = field.field.prepare_value(field.value())
        if value is not None:
            values[field.html_name] = value
    return values


def send(client, row, **changes):
    """Post the change page as it stands, with ``changes``."""
    return client.post(url(row), {**form_values(client, row), **changes})


def save(client, row, **changes):
    """Save the change page with ``changes``; fails where the form has errors."""
    response = send(client, row, **changes)
    assert response.status_code == 302, list(response.context["errors"])
    row.refresh_from_db()
    return response


def before_its_turn(monkeypatch, act):
    """Let somebody else ``act`` once the next request waits to change what is public."""

    def wait():
        monkeypatch.undo()
        act()
        ContentVersion.hold()

    monkeypatch.setattr(ContentVersion, "hold", wait)


def delete(client, row):
    return client.post(url(row, "delete"), {"post": "yes"})


def upload(client, content, name="data-tester.yaml", **fields):
    """Import a file of role documents."""
    content = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("admin:profiles_role_import"), {"file": file, **fields})


def run(client, action, *profiles, **more):
    """Run a bulk action of the list and return the messages that it leaves."""
    values = {"action": action, **chosen(*profiles), **more}
    return said(client.post(reverse(LIST), values))


def run_on_page(client, action, profile, **more):
    """Open the page of an act on one profile or, if ``confirmed``, answer its question."""
    page = url(profile, action)
    return client.post(page, {**chosen(profile), **more}) if more else client.get(page)


def chosen(*profiles):
    """Return what names ``profiles``, and says that an action has shown them as they are now."""
    keys = [profile.pk for profile in profiles]
    shown = [shown_as(profile) for profile in Profile.objects.filter(pk__in=keys)]
    return {"_selected_action": keys, "shown": shown, "index": 0}


def listed(client, **query):
    """Return the titles of the profiles that the list shows with the filters of ``query``."""
    results = client.get(reverse(LIST), query).context["cl"].result_list
    return [str(profile) for profile in results]


def said(response):
    """Return the messages that a page shows or that a redirect leaves for the next one."""
    session = response.wsgi_request.session
    if session.pop(SessionStorage.session_key, None):
        session.save()
    return [str(message) for message in get_messages(response.wsgi_request)]
