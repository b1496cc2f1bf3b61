"""The whole site with the shipped guide, as a search engine walks it."""

import pytest

from tests.crawl import Answer, crawl, findings
from tests.reliability.live import copy_of

# Home, lists, six areas, four contexts, six traits, eight archetypes, method, news and more.
PAGES_WITHOUT_PROFILES = 30
PUBLISHED = "SELECT count(DISTINCT profile_id) FROM profiles_edition"


@pytest.mark.processes
def test_whole_site_is_sound(prepared, tmp_path):
    with copy_of(prepared.sqlite("shipped"), tmp_path) as site:

        def get(path):
            answer = site.get(path)
            return Answer(answer.status, answer.headers.get("content-type", ""), answer.text)

        found = crawl(get, site.env["SITE_URL"])
        ((profiles,),) = site.query(PUBLISHED)
    assert profiles > 0
    assert len(found.sitemap) >= profiles + PAGES_WITHOUT_PROFILES
    assert len(found.indexed) >= len(found.sitemap)
    assert "\n".join(findings(found)) == ""
