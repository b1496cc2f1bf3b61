"""What an editor sends from a profile's page and from the list, and what the admin answers."""

from django.contrib import admin
from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.contrib.messages.storage.session import SessionStorage
from django.forms import BaseForm
from django.test import RequestFactory
from django.urls import reverse

from profiles.models import Profile

LIST = "admin:profiles_profile_changelist"


def change_url(profile):
    return reverse("admin:profiles_profile_change", args=[profile.pk])


def run(client, action, *profiles, **more):
    """Run a bulk action of the list and return the messages that it leaves."""
    values = {"action": action, **chosen(*profiles), **more}
    return said(client.post(reverse(LIST), values))


def run_on_page(client, action, profile, **more):
    """Open the page of an act on one profile or, if ``confirmed``, answer its question."""
    url = reverse(f"admin:profiles_profile_{action}", args=[profile.pk])
    return client.post(url, {**chosen(profile), **more}) if more else client.get(url)


def chosen(*profiles):
    """Return what names ``profiles``, and says that an action has shown what the desk holds now."""
    keys = [profile.pk for profile in profiles]
    versions = Profile.objects.filter(pk__in=keys).values_list("pk", "version")
    shown = [f"{pk}:{version}" for pk, version in versions]
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


def form_values(client, profile):
    """Return what the change page would post, untouched; the page itself is not rendered."""
    request = RequestFactory().get(change_url(profile))
    request.user = get_user(client)
    page = admin.site.get_model_admin(Profile).change_view(request, str(profile.pk))
    return values_of(page.context_data)


def values_of(context):
    """Return what a change page with this context would post, untouched."""
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
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
