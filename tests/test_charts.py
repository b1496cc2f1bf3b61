"""Geometry of the drawings, in viewBox units."""

from decimal import Decimal

import pytest

from profiles.documents.choices import TraitCode
from profiles.documents.schema import Target
from profiles.guide.charts import RangeChart, Span, axis_x, fingerprint, range_chart
from profiles.guide.traits import shift

FLAT = {code: [2.6, 3.4] for code in TraitCode.values}


def target(low, high):
    return Target(low=low, high=high, importance="important")


def chart(base, own):
    base, own = target(*base), target(*own)
    return range_chart("O", own, base, shift(base, own))


@pytest.mark.parametrize(
    ("span", "y", "height"),
    [
        ([1.0, 5.0], 0.0, 32.0),
        ([1.0, 1.8], 25.6, 6.4),
        ([4.2, 5.0], 0.0, 6.4),
        ([2.6, 3.4], 12.8, 6.4),
    ],
)
def test_band_lies_on_its_track_where_its_range_lies_on_the_scale(span, y, height):
    bar = fingerprint(FLAT | {"C": span}).bars[1]
    assert (bar.y, bar.height) == (y, height)


def test_bands_keep_the_order_of_the_traits_and_their_distance():
    bars = fingerprint(dict(reversed(FLAT.items()))).bars
    assert [bar.code for bar in bars] == TraitCode.values
    assert [bar.x for bar in bars] == [1, 9, 17, 25, 33, 41]


@pytest.mark.parametrize(
    ("critical", "standing_out"),
    [(["C", "ER"], ["C", "ER"]), ([], TraitCode.values)],
)
def test_only_critical_traits_stand_out_or_all_if_none_is(critical, standing_out):
    bars = fingerprint(FLAT, critical).bars
    assert [bar.code for bar in bars if bar.is_critical] == standing_out


def test_fingerprint_says_its_levels_in_words_that_agree():
    spans = ([1.0, 1.4], [1.8, 2.2], [2.6, 3.0], [3.4, 3.8], [4.2, 4.6], [2.6, 3.4])
    ranges = dict(zip(TraitCode.values, spans, strict=True))
    assert fingerprint(ranges, ["EE", "ER"]).description == (
        "Apertura muy baja, Responsabilidad baja, Extraversión moderada, Amabilidad alta, "
        "Estabilidad Emocional muy alta (crítica), Involucramiento Relacional moderado (crítico)"
    )


def test_decimals_and_floats_draw_the_same():
    decimals = {code: (Decimal("2.6"), Decimal("3.4")) for code in TraitCode.values}
    assert fingerprint(decimals) == fingerprint(FLAT)


def test_different_ranges_draw_differently():
    assert fingerprint(FLAT | {"A": [2.6, 3.5]}) != fingerprint(FLAT)


def test_axis_runs_over_the_scale():
    assert [axis_x(Decimal(point)) for point in ("1.0", "3.0", "5.0")] == [8.0, 160.0, 312.0]


def test_base_profile_draws_one_band():
    assert range_chart("O", target("1.0", "1.8"), None, None) == RangeChart("O", Span(8.0, 60.8))


def test_range_that_went_up_has_an_arrow_to_the_right():
    drawn = chart(("2.6", "3.4"), ("3.0", "3.8"))
    assert drawn == RangeChart(
        "O", Span(160.0, 60.8), Span(129.6, 60.8), 160.0, 190.4, "M186.4 1l4 3l-4 3"
    )


def test_range_that_went_down_has_an_arrow_to_the_left():
    drawn = chart(("3.0", "3.8"), ("2.6", "3.4"))
    assert (drawn.arrow_from, drawn.arrow_to) == (190.4, 160.0)
    assert drawn.arrow_head == "M164 1l-4 3l4 3"


@pytest.mark.parametrize("own", [("2.6", "3.4"), ("2.5", "3.5"), ("2.7", "3.3")])
def test_range_around_the_same_middle_has_no_arrow(own):
    drawn = chart(("2.6", "3.4"), own)
    assert (drawn.base, drawn.arrow_from, drawn.arrow_head) == (Span(129.6, 60.8), None, "")
