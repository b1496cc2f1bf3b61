"""The 1–5 scale: levels, ranges, shifts."""

from decimal import Decimal

import pytest

from profiles.documents.choices import Level
from profiles.documents.schema import Target
from profiles.guide.traits import level, range_words, shift


def target(low, high):
    return Target(low=low, high=high, importance="important")


def test_every_range_of_tenths_has_the_level_of_its_fifth():
    names = list(Level)
    for low, width in ((low, width) for low in range(10, 47) for width in range(4, 17)):
        if low + width > 50:
            continue
        doubled = 2 * low + width  # twentieths, so whole numbers decide
        fifth = min((doubled - 20) // 16, 4)
        ends = low / 10, (low + width) / 10
        decimals = Decimal(low) / 10, Decimal(low + width) / 10
        assert level(*ends) == level(*decimals) == names[fifth], (low, width)


@pytest.mark.parametrize(
    ("base", "own", "words"),
    [
        (("2.0", "2.8"), ("2.4", "3.2"), "0,4 más que el base"),
        (("2.4", "3.2"), ("2.0", "2.8"), "0,4 menos que el base"),
        (("2.0", "2.8"), ("2.3", "3.1"), "0,3 más que el base"),
        (("2.0", "2.8"), ("2.2", "3.1"), "igual en la práctica que el base"),
    ],
)
def test_shift_is_said_in_words_from_three_tenths_on(base, own, words):
    assert shift(target(*base), target(*own)).words == words


def test_range_is_read_with_commas_and_a_dash():
    assert range_words(Decimal("2.8"), Decimal("3.8")) == "2,8–3,8"
