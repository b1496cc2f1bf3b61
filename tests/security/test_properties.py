"""What holds for any question or address, tried with made-up ones."""

from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from profiles.models import Area, Edition, Profile, Role
from profiles.search.find import find, profiles_found
from profiles.search.index import current_index
from profiles.views.search import suggestions
from tests.factories import make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
few = settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
many = settings(max_examples=100, deadline=None, suppress_health_check=SLOW)


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    role = make_role("made-tester")
    role.aliases.create(name="Other Tester", slug="other-tester")
    return role


@contextmanager
def taken_back():
    """Undo what an example wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- search ---

QUESTION = st.text(st.characters(exclude_categories=("Cs",)), max_size=220)


@many
@given(text=QUESTION)
def test_any_question_is_searched_and_corrected(text):
    index = current_index()
    answer = find(text, index)
    _size, hits = profiles_found(answer, index)
    assert len({hit.profile.edition_id for hit in hits}) == len(hits)
    # The same question twice has the same answer, and what it was corrected to needs no more.
    assert find(text, index).correction == answer.correction
    assert not (answer.correction and find(answer.correction, index).correction)
    suggestions(text, index)


@few
@given(text=st.text(max_size=220))
def test_any_question_gets_a_page(text):
    q = text.encode("utf-8", "surrogatepass")
    client = Client(raise_request_exception=False)
    assert client.get("/guia-de-roles/perfiles/", {"q": q}).status_code in (200, 400)
    assert client.get("/api/v1/search/", {"q": q}).status_code in (200, 400)


# --- addresses ---

NAMES = st.sampled_from(["alfa", "beta", "gama", "delta"])
RENAMES = st.lists(st.tuples(st.integers(0, 2), NAMES), max_size=10)


@few
@example(renames=[(0, "alfa"), (0, "beta"), (0, "alfa")])
@example(renames=[(0, "alfa"), (0, "beta"), (1, "alfa"), (1, "gama"), (0, "alfa")])
@given(renames=RENAMES)
def test_renaming_in_circles_never_makes_a_redirect_that_circles(renames):
    with taken_back():
        area = Area.objects.first()
        roles = [Role.objects.create(slug=f"r-{n}", name=f"R {n}", area=area) for n in range(3)]
        for n, role in enumerate(roles):
            profile = Profile.objects.create(role=role)
            edition = Edition.objects.get(role__slug="made-tester", context=None)
            edition.pk, edition.role, edition.profile = None, role, profile
            edition.role_slug, edition.role_name = role.slug, f"R {n}"
            edition.save()
        used = {role.slug: role for role in roles}
        for n, slug in renames:
            role = Role.objects.get(pk=roles[n].pk)
            role.slug = slug
            try:
                role.full_clean()
            except ValidationError:
                continue
            role.save()
            used[slug] = role
        client = Client()
        for slug in used:
            answer = client.get(f"/guia-de-roles/perfiles/{slug}/", follow=True)
            assert answer.status_code == 200
            assert len(answer.redirect_chain) <= 1
        for slug in Role.objects.filter(slug__in=used).values_list("slug", flat=True):
            assert client.get(f"/guia-de-roles/perfiles/{slug}/").status_code == 200
