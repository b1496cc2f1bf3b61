"""A profile's page is rendered again where anything that it prints has moved, and only there."""

from itertools import count

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.desk.publishing import withdraw
from profiles.models import Archetype, Area, Context, Edition, Source, Trait
from roleguide import page_cache
from roleguide.page_cache import PageCache
from tests.edge import Visitor
from tests.factories import make_role

pytestmark = pytest.mark.usefixtures("role")
BASE = "/guia-de-roles/perfiles/data-tester/"
STARTUP = "/guia-de-roles/startup/data-tester/"
WORD = "Zarandeado"


@pytest.fixture(scope="module", autouse=True)
def related_role(made_role):
    others = ("data-tester", "neighbour-b", "neighbour-c")
    make_role("neighbour-a", name="Neighbour A", related=others, contexts=())
    for edition in Edition.objects.filter(role_slug="data-tester"):
        edition.document["targets"]["O"]["sources"] = ["salgado-1997"]
        edition.save(update_fields=["document"])


class Django:
    """Django's handler, and what it answered."""

    def __init__(self):
        self.handler, self.statuses = WSGIHandler(), []

    def __call__(self, environ, start_response):
        def noted(status, headers, exc_info=None):
            self.statuses.append(status[:3])
            start_response(status, headers, exc_info)

        return self.handler(environ, noted)


@pytest.fixture
def django(monkeypatch, open_connection):
    monkeypatch.setattr(page_cache, "VERSION_SECONDS", 0)
    return Django()


@pytest.fixture
def visits(django):
    """A visitor for whom the content version has moved at each visit."""
    versions = count()
    cache = PageCache(django, lambda: next(versions), prefix="/guia-de-roles/")
    return Visitor(cache, host="127.0.0.1")


@pytest.mark.parametrize("path", [BASE, STARTUP])
def test_page_of_which_nothing_moved_is_read_and_not_rendered(django, visits, path):
    first = visits.get(path)
    make_role("elsewhere", contexts=())
    # The first page read the vocabulary for its version, and so does the second.
    assert visits.get(path) == first
    assert django.statuses == ["200", "304"]


def in_document(change):
    """Return an edit of the documents of the role's editions, in place, as a shell can do it."""

    def edit(context):
        for edition in Edition.objects.filter(role_slug="data-tester", context__slug=context):
            change(edition)
            edition.save()

    return edit


def strength(edition):
    edition.document["strengths"][0] = WORD


def responsibility(edition):
    edition.document["responsibilities"][0] = WORD


def career(edition):
    edition.facts["career"][0]["title"] = WORD


EDITS = {
    "its document": lambda: in_document(strength)("startup"),
    "its text": lambda: Edition.objects.filter(context__slug="startup").update(body_html=WORD),
    "who wrote it": lambda: Edition.objects.update(author_name=WORD),
    "its base's document": lambda: in_document(strength)(None),
    "its area": lambda: Area.objects.filter(slug="datos-e-ia").update(name=WORD),
    "its context": lambda: Context.objects.filter(slug="startup").update(name=WORD),
    "a trait": lambda: Trait.objects.filter(code="O").update(name=WORD),
    "a source": lambda: Source.objects.filter(slug="salgado-1997").update(citation=WORD),
}
BASE_EDITS = {
    "its duties": lambda: in_document(responsibility)(None),
    "its career": lambda: in_document(career)(None),
    "a sibling's teaser": lambda: Edition.objects.exclude(context=None).update(teaser=WORD),
    "a related role's name": lambda: Edition.objects.filter(role_slug="neighbour-a").update(
        role_name=WORD
    ),
    "an archetype": lambda: Archetype.objects.filter(slug="lupa").update(summary=WORD),
}


def shows_the_edit(visits, path, edit):
    assert WORD not in visits.get(path)["body"].decode()
    edit()
    return WORD in visits.get(path)["body"].decode()


@pytest.mark.parametrize("edit", EDITS)
def test_page_shows_what_was_edited(visits, edit):
    assert shows_the_edit(visits, STARTUP, EDITS[edit])


@pytest.mark.parametrize("edit", BASE_EDITS)
def test_base_page_shows_what_was_edited(visits, edit):
    assert shows_the_edit(visits, BASE, BASE_EDITS[edit])


def test_page_that_is_withdrawn_is_gone(visits, startup):
    visits.get(STARTUP)
    withdraw(startup)
    assert visits.get(STARTUP)["status"].startswith("410")


@pytest.mark.parametrize("path", [BASE, STARTUP])
def test_page_reads_two_queries_once_the_vocabulary_is_known(django, path):
    cache = PageCache(django, lambda: 1, prefix="/guia-de-roles/")
    visits = Visitor(cache, host="127.0.0.1")
    visits.get("/guia-de-roles/perfiles/neighbour-a/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        visits.get(path)
    assert len(queries) == 2
