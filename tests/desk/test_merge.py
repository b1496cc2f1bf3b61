"""What becomes of a document that two people changed at the same time."""

import pytest

from profiles.desk.differences import Merge

A, B, C = ({"key": key, "text": key} for key in "abc")


def changed(item, text):
    return {**item, "text": text}


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "document"),
    [
        ({"x": "1", "y": "1"}, {"x": "2", "y": "1"}, {"x": "1", "y": "2"}, {"x": "2", "y": "2"}),
        ({"x": "1"}, {"x": "2"}, {"x": "2"}, {"x": "2"}),
        ({"x": ""}, {"x": None}, {"x": "2"}, {"x": "2"}),
        ({"x": {"y": "1"}}, {"x": None}, {"x": {"y": "1"}}, {"x": None}),
        # Sentences are known by their place among those that stay.
        (["a", "b"], ["a", "mine"], ["theirs", "b"], ["theirs", "mine"]),
        (["a", "b"], ["b"], ["a", "theirs"], ["theirs"]),
        (["a", "b"], ["mine", "a", "b"], ["a", "theirs", "b"], ["mine", "a", "theirs", "b"]),
        (["a"], ["a", "mine"], ["a", "theirs"], ["a", "mine", "theirs"]),
        (["a"], ["a", "new"], ["a", "new"], ["a", "new"]),
        (["a", "b", "c"], ["c", "a", "b"], ["a", "b", "c", "theirs"], ["c", "a", "b", "theirs"]),
        # Questions are known by their keys.
        ([A, B], [B, A], [changed(A, "theirs"), B], [B, changed(A, "theirs")]),
        ([A, B], [A], [A, B, C], [A, C]),
        ([A, B], [changed(A, "mine"), B], [B, A], [B, changed(A, "mine")]),
    ],
)
def test_what_one_side_changed_is_taken(base, mine, theirs, document):
    merge = Merge(base, mine, theirs, {})
    assert (merge.document, merge.clashes) == (document, [])
    assert Merge(base, mine, base, {}).document == mine
    assert Merge(base, theirs, theirs, {}).document == theirs


def test_ends_of_a_range_are_decided_together():
    base, mine, theirs = ({"low": low, "high": high} for low, high in ((2, 3), (1, 3), (2, 4)))
    asked = Merge(base, mine, theirs, {})
    assert [clash.path for clash in asked.clashes] == ["low", "high"]
    assert Merge(base, mine, theirs, {"low": "theirs", "high": "theirs"}).document == theirs


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "path", "taken"),
    [
        ({"x": {"y": "1"}}, {"x": {"y": "2"}}, {"x": {"y": "3"}}, "x.y", {"x": {"y": "3"}}),
        (["a", "b"], ["a", "mine"], ["a", "theirs"], "1", ["a", "theirs"]),
        (["a", "b"], ["a", "mine"], ["a"], "1", ["a"]),
        (
            [A, B],
            [A, changed(B, "mine")],
            [A, changed(B, "theirs")],
            "1.text",
            [A, changed(B, "theirs")],
        ),
        ([A, B], [A], [A, changed(B, "theirs")], "1", [A, changed(B, "theirs")]),
        ({}, {"x": "mine"}, {"x": "theirs"}, "x", {"x": "theirs"}),
    ],
)
def test_what_both_changed_is_asked(base, mine, theirs, path, taken):
    asked = Merge(base, mine, theirs, {})
    assert ([clash.path for clash in asked.clashes], asked.document) == ([path], mine)
    for side, document in {"mine": mine, "theirs": taken}.items():
        merge = Merge(base, mine, theirs, {path: side})
        assert (merge.document, merge.clashes) == (document, [])
