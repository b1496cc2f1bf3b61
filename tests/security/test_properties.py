"""Renaming in any order, tried with made-up ones."""

from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from profiles.models import Role
from tests.helpers.factories import copy_editions

RENAMES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["alfa", "beta", "gama", "delta"])), max_size=10
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@example(renames=[(0, "alfa"), (0, "beta"), (0, "alfa")])
@example(renames=[(0, "alfa"), (0, "beta"), (1, "alfa"), (1, "gama"), (0, "alfa")])
@given(renames=RENAMES)
def test_renaming_in_circles_never_makes_a_redirect_that_circles(role, renames):
    client = Client()
    with transaction.atomic():
        copy_editions(role, copies=3)
        roles = Role.objects.filter(slug__startswith="data-tester-").order_by("slug")
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
