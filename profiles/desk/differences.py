"""Where two documents of one profile differ, as a reader would match them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Difference:
    """A place where two documents differ, with both values as JSON.

    ``path`` leads into the later document (of what is gone, the earlier), ``was`` into the
    earlier one, where items of a list may stand elsewhere.
    """

    path: str
    before: object
    after: object
    was: str


def differences(
    before: object, after: object, path: str = "", was: str = ""
) -> Iterator[Difference]:
    """Yield where two JSON values differ, in the order of the form.

    "" and nothing at all say the same. Items of a list are matched first, so that one new sentence
    is one difference.
    """
    if before == after or not (before or after):
        return
    if isinstance(before, dict | None) and isinstance(after, dict | None):
        before, after = before or {}, after or {}
        for key in dict.fromkeys([*after, *before]):
            places = (_join(path, key), _join(was, key))
            yield from differences(before.get(key), after.get(key), *places)
    elif isinstance(before, list | None) and isinstance(after, list | None):
        yield from _list_differences(before or [], after or [], path, was)
    else:
        yield Difference(path, before, after, was)


def _join(path: str, step: object) -> str:
    return f"{path}.{step}" if path else str(step)


def _list_differences(before: list, after: list, path: str, was: str) -> Iterator[Difference]:
    keys = [[_identity(item) for item in items] for items in (before, after)]
    by_key = _has_keys(*before, *after)
    for old, new in _keyed(*keys) if by_key else _aligned(*keys):
        places = (_join(path, old if new is None else new), _join(was, new if old is None else old))
        left = None if old is None else before[old]
        right = None if new is None else after[new]
        yield from differences(left, right, *places)
    if by_key and keys[0] != keys[1] and set(keys[0]) == set(keys[1]):
        yield Difference(_join(path, "order"), *keys, _join(was, "order"))


def _identity(item: object) -> str:
    return item["key"] if isinstance(item, dict) and "key" in item else str(item)


def _has_keys(*items: object) -> bool:
    return all(isinstance(item, dict) and "key" in item for item in items)


def _keyed(before: list[str], after: list[str]) -> list[tuple[int | None, int | None]]:
    """Return (old place, new place) of each item by its key."""
    places = {key: place for place, key in enumerate(before)}
    pairs = [(places.get(key), place) for place, key in enumerate(after)]
    return pairs + [(place, None) for key, place in places.items() if key not in after]


def _aligned(before: list[str], after: list[str]) -> list[tuple[int | None, int | None]]:
    """Return (old place, new place) of the items that differ, as a reader would match them."""
    pairs = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            pairs += zip_longest(range(old_start, old_end), range(new_start, new_end))
    return pairs
