"""The editors' manual, which is a page of the admin."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from profiles.admin.site import MANUAL

pytestmark = [
    pytest.mark.usefixtures("vocabulary"),
    pytest.mark.ignore_template_errors,
]


def test_front_page_leads_to_the_manual_which_begins_with_ten_lines(admin_client):
    assert f'href="{reverse("admin:manual")}"' in admin_client.get(reverse("admin:index")).text
    html = admin_client.get(reverse("admin:manual")).text
    first, _rest = html.split("</ol>", 2)[1:]
    assert len(re.findall("<li>", first)) == 10


def test_pictures_of_the_manual_are_there():
    pictures = re.findall(r"!\[[^]]+\]\(\.\./static/([^)]+)\)", MANUAL.read_text(encoding="utf-8"))
    assert len(pictures) >= 2
    assert [name for name in pictures if not finders.find(name)] == []
