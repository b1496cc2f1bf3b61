"""The whole site with the shipped guide, as a search engine walks it."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from profiles.models import Edition
from tests.crawl import Answer, crawl, findings

# Home, lists, six areas, four contexts, six traits, eight archetypes, method, news and more.
PAGES_WITHOUT_PROFILES = 30


@pytest.mark.processes
@pytest.mark.usefixtures("vocabulary")
def test_whole_site_is_sound(client):
    def get(path):
        response = client.get(path)
        text = response.getvalue().decode(errors="replace")
        return Answer(response.status_code, response.headers["Content-Type"], text)

    call_command("load_guide", stdout=StringIO(), stderr=StringIO())
    found = crawl(get, settings.SITE_URL)
    profiles = Edition.objects.published().count()
    assert profiles > 0
    assert len(found.sitemap) >= profiles + PAGES_WITHOUT_PROFILES
    assert len(found.indexed) >= len(found.sitemap)
    assert "\n".join(findings(found)) == ""
