"""The chart of make bench: well-formed, told in words too, its labels readable."""

import re
from xml.etree import ElementTree

import pytest

from benchmarks.chart import Line, _apart, draw, scale

SVG = "{http://www.w3.org/2000/svg}"
LINES = [
    Line("profile & page", [(120, 3.2), (10_000, 3.1), (100_000, 3.3)]),
    Line("admin list", [(120, 40.0), (10_000, 55.0), (100_000, 120.0)]),
]


@pytest.fixture(scope="module")
def chart():
    return ElementTree.fromstring(draw("Growth", LINES))  # noqa: S314 - drawn by ourselves


def test_chart_says_in_words_what_it_draws(chart):
    assert chart.find(f"{SVG}title").text == "Growth"
    told = chart.find(f"{SVG}desc").text
    assert "profile & page: 3.20 ms at 120, 3.10 ms at 10,000, 3.30 ms at 100,000" in told


def test_each_line_has_its_points_and_its_name(chart):
    lines = chart.findall(f"{SVG}polyline")
    assert [len(line.get("points").split()) for line in lines] == [3, 3]
    names = [text.text for text in chart.findall(f"{SVG}text")]
    assert {"profile & page", "admin list", "profiles", "100 ms", "100,000"} <= set(names)


def test_more_is_higher_and_larger_is_further_right(chart):
    cheap, dear = (line.get("points").split() for line in chart.findall(f"{SVG}polyline"))
    points = [tuple(map(float, point.split(","))) for point in (*cheap, *dear)]
    assert [x for x, _ in points[:3]] == sorted(x for x, _ in points[:3])
    assert min(y for _, y in points[:3]) > max(y for _, y in points[3:])


def test_scale_ends_at_whole_powers_of_ten():
    assert scale([3.0, 120.0], 0, 100).steps == [1, 10, 100, 1000]
    assert scale([5.0, 5.0], 0, 100)(5.0) == pytest.approx(69.9)


def test_labels_do_not_cover_each_other():
    assert _apart([100, 100, 50]) == [100, 115, 50]


def test_no_line_looks_like_another(chart):
    looks = re.findall(
        r'stroke="(#\w+)" stroke-width="2" stroke-dasharray="([\d ]*)"', draw("", LINES)
    )
    assert len(set(looks)) == 2
