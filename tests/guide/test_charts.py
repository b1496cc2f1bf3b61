"""Geometry of the drawings, in viewBox units."""

import pytest

from profiles.documents.choices import TraitCode
from profiles.guide.charts import Span, fingerprint, range_chart

FLAT = {code: [2.6, 3.4] for code in TraitCode.values}


def test_bands_keep_the_order_of_the_traits_and_lie_where_their_ranges_do():
    bars = fingerprint(dict(reversed((FLAT | {"C": [1.0, 1.8]}).items())))["bars"]
    assert [bar["code"] for bar in bars] == TraitCode.values
    assert [bar["x"] for bar in bars] == [1, 9, 17, 25, 33, 41]
    assert [(bar["y"], bar["height"]) for bar in bars[:2]] == [(12.8, 6.4), (25.6, 6.4)]


@pytest.mark.parametrize(
    ("critical", "standing_out"), [(["C", "ER"], ["C", "ER"]), ([], TraitCode.values)]
)
def test_only_critical_traits_stand_out_or_all_if_none_is(critical, standing_out):
    bars = fingerprint(FLAT, critical)["bars"]
    assert [bar["code"] for bar in bars if bar["is_critical"]] == standing_out


def test_fingerprint_says_its_levels_in_words_that_agree():
    spans = ([1.0, 1.4], [1.8, 2.2], [2.6, 3.0], [3.4, 3.8], [4.2, 4.6], [2.6, 3.4])
    ranges = dict(zip(TraitCode.values, spans, strict=True))
    assert fingerprint(ranges, ["EE", "ER"])["description"] == (
        "Apertura muy baja, Responsabilidad baja, Extraversión moderada, Amabilidad alta, "
        "Estabilidad Emocional muy alta (crítica), Involucramiento Relacional moderado (crítico)"
    )


def test_range_lies_where_it_does_on_the_scale_in_percent():
    drawn = range_chart("O", (2.6, 3.4), (1.0, 5.0))
    assert (drawn.own, drawn.base) == (Span(40.0, 20.0), Span(0.0, 100.0))
