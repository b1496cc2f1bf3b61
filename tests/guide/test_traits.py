"""The 1–5 scale and its drawings; the O*NET benchmark: percentiles, and how the order agrees."""

from decimal import Decimal

import pytest

from profiles.documents.choices import Level, TraitCode
from profiles.documents.schema import Target
from profiles.guide import benchmark
from profiles.guide.charts import fingerprint
from profiles.guide.traits import level, shift
from tests.helpers.factories import make_role


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


def test_fingerprint_says_its_levels_in_words_that_agree():
    spans = ([1.0, 1.4], [1.8, 2.2], [2.6, 3.0], [3.4, 3.8], [4.2, 4.6], [2.6, 3.4])
    ranges = dict(zip(TraitCode.values, spans, strict=True))
    assert fingerprint(ranges, ["EE", "ER"])["description"] == (
        "Apertura muy baja, Responsabilidad baja, Extraversión moderada, Amabilidad alta, "
        "Estabilidad Emocional muy alta (crítica), Involucramiento Relacional moderado (crítico)"
    )


def test_percentile_is_the_share_of_occupations_below_and_half_of_the_ties():
    styles = {style for styles in benchmark.COMPOSITES.values() for style in styles}
    values = enumerate(["-1", "0", "0", "2"])
    rows = [{"onet_soc": str(n), **dict.fromkeys(styles, value)} for n, value in values]
    assert [found["O"] for found in benchmark.percentiles(rows).values()] == [12, 50, 50, 88]


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
