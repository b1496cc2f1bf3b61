"""Pairs of roles that people confuse: each names the other and says how it differs. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse

from profiles.documents.text import join_words
from profiles.models import Edition

# Between the two roles of an address: "account-executive-o-key-account-manager".
OR = "-o-"
# A reason of fewer characters does not help anybody to choose.
REASON_MINIMUM = 60


class Pair(NamedTuple):
    """Two base editions, in the order of their addresses."""

    one: Edition
    other: Edition

    @property
    def name(self) -> str:
        return join_words([self.one.role_name, self.other.role_name], "o")

    @property
    def url(self) -> str:
        return reverse("profiles:pair", args=[self.one.role_slug, self.other.role_slug])


def pairs(editions: Iterable[Edition]) -> list[Pair]:
    """Return the pairs among base editions that have a page, by their addresses.

    Both name the other, say how it differs and tell the hard part of their own job; so nobody
    lands on a page that says too little. The editions come from ``with_pairing``.
    """
    bases = {row.role_slug: row for row in editions if row.honest and OR not in row.role_slug}
    named = {
        (slug, item["role"])
        for slug, row in bases.items()
        for item in row.related
        if len(item.get("difference", "")) >= REASON_MINIMUM
    }
    both = [(one, other) for one, other in sorted(named) if (other, one) in named and one < other]
    return [Pair(bases[one], bases[other]) for one, other in both]


def pairs_of(role_slug: str, editions: Iterable[Edition]) -> dict[str, Pair]:
    """Return role → the pair that it makes with ``role_slug``, among base editions."""
    found = pairs(editions)
    return {pair.one.role_slug: pair for pair in found if pair.other.role_slug == role_slug} | {
        pair.other.role_slug: pair for pair in found if pair.one.role_slug == role_slug
    }
