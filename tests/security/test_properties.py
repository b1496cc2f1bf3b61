"""What holds for any question or address, tried with made-up ones."""

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from profiles.models import Role
from profiles.search.find import find, profiles_found
from profiles.search.index import current_index
from profiles.views.search import suggestions
from tests.helpers.factories import copy_editions, make_role

pytestmark = pytest.mark.usefixtures("vocabulary")
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
few = settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
many = settings(max_examples=100, deadline=None, suppress_health_check=SLOW)


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    return make_role("made-tester")


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


# --- addresses ---

NAMES = st.sampled_from(["alfa", "beta", "gama", "delta"])
RENAMES = st.lists(st.tuples(st.integers(0, 2), NAMES), max_size=10)


@few
@example(renames=[(0, "alfa"), (0, "beta"), (0, "alfa")])
@example(renames=[(0, "alfa"), (0, "beta"), (1, "alfa"), (1, "gama"), (0, "alfa")])
@given(renames=RENAMES)
def test_renaming_in_circles_never_makes_a_redirect_that_circles(renames):
    client = Client()
    with transaction.atomic():
        copy_editions(Role.objects.get(slug="made-tester"), copies=3)
        roles = Role.objects.filter(slug__startswith="made-tester-").order_by("slug")
        keys, used = [role.pk for role in roles], {role.slug for role in roles}
        for n, slug in renames:
            role = Role.objects.get(pk=keys[n])
            role.slug = slug
            with suppress(ValidationError):
                role.full_clean()
                role.save()
                used.add(slug)
        for slug in used:
            answer = client.get(f"/guia-de-roles/perfiles/{slug}/", follow=True)
            assert answer.status_code == 200
            assert len(answer.redirect_chain) <= 1
        for slug in Role.objects.filter(slug__in=used).values_list("slug", flat=True):
            assert client.get(f"/guia-de-roles/perfiles/{slug}/").status_code == 200
        transaction.set_rollback(True)
