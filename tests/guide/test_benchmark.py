"""The O*NET benchmark: composites, percentiles, and how far the guide's order agrees."""

import pytest

from profiles.guide import benchmark
from tests.helpers.factories import make_role

STYLES = sorted({style for styles in benchmark.COMPOSITES.values() for style in styles})


def work_styles(code, value, **others):
    styles = {style: str(value) for style in STYLES}
    return {"onet_soc": code, **styles, **{k.replace("_", " "): str(v) for k, v in others.items()}}


def test_percentile_is_the_share_of_occupations_below_and_half_of_the_ties():
    rows = [work_styles(str(n), value) for n, value in enumerate([-1, 0, 0, 2])]
    assert [found["O"] for found in benchmark.percentiles(rows).values()] == [12, 50, 50, 88]


def test_composite_is_the_mean_of_its_styles():
    rows = [
        work_styles("a", 0, Empathy=3, Cooperation=-3),
        work_styles("b", 0.1),
        work_styles("c", 0, Stress_Tolerance=2),
    ]
    found = benchmark.percentiles(rows)
    assert (found["a"]["A"], found["b"]["A"], found["c"]["A"]) == (33, 83, 33)
    assert (found["a"]["EE"], found["b"]["EE"], found["c"]["EE"]) == (17, 50, 83)


def test_rank_correlation():
    ranks = [1, 2, 3, 4, 5]
    assert benchmark.spearman(list(zip(ranks, ranks[::-1], strict=True))) == pytest.approx(-1)
    assert benchmark.spearman(list(zip(ranks, [2, 1, 4, 3, 5], strict=True))) == pytest.approx(0.8)
    assert benchmark.spearman([(1, 1), (1, 1), (2, 2), (2, 2)]) == pytest.approx(1)


def test_agreement_counts_exact_codes_apart(monkeypatch):
    table = {str(n): dict.fromkeys(benchmark.COMPOSITES, 10 * n) for n in range(4)}
    monkeypatch.setattr(benchmark, "shipped", lambda: table)

    def role(n, low, approximate):
        ranges = dict.fromkeys(benchmark.COMPOSITES, (low, low + 0.8))
        return ranges, {"code": str(n), "approximate": approximate}

    roles = [role(0, 1, False), role(1, 2, False), role(2, 4, True), role(3, 3, True)]
    found = benchmark.agreement([*roles, role(99, 1, False)])
    assert [row["code"] for row in found] == ["O", "C", "E", "A", "EE"]
    first = found[0]
    assert (first["roles"], first["exact_roles"]) == (4, 2)
    assert (first["rho"], first["exact_rho"]) == (pytest.approx(0.8), pytest.approx(1))


@pytest.mark.usefixtures("vocabulary")
def test_pages_say_the_percentile_of_a_base_profile_and_how_far_the_order_agrees(db, client):
    assert 'id="onet"' not in client.get("/guia-de-roles/metodologia/").text
    role, code = make_role(), min(benchmark.shipped())
    edition = role.editions.get(context=None)
    edition.facts["codes"]["onet_soc"] = {"code": code, "title": "a", "approximate": True}
    edition.save()
    percentile = benchmark.shipped()[code]["O"]
    base = client.get("/guia-de-roles/perfiles/data-tester/").text
    assert f"O*NET: percentil {percentile}" in " ".join(base.split())
    markdown = client.get("/guia-de-roles/perfiles/data-tester.md").text
    assert f"| {percentile} (aproximado) |" in markdown
    assert "percentil" not in client.get("/guia-de-roles/startup/data-tester/").text
    assert 'id="onet"' in client.get("/guia-de-roles/metodologia/").text
