"""Where documents of one row differ, as a reader would match them, and merging them. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

RANGE = ("low", "high")


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


# --- two people changed one document ---


@dataclass(frozen=True)
class Clash:
    """A place that both changed; ``path`` leads into the document that both began with."""

    path: str
    base: object
    mine: object
    theirs: object


class Merge:
    """The three-way merge of JSON documents: what only one side changed is taken from it.

    What both changed becomes a Clash, unless ``chosen`` says by its path whose is taken: "mine" or
    "theirs". ``document`` has mine in place of a clash.
    """

    def __init__(
        self, base: object, mine: object, theirs: object, chosen: Mapping[str, str]
    ) -> None:
        self.chosen = chosen
        self.clashes: list[Clash] = []
        self.document = self._merged(base, mine, theirs, "")

    def _merged(self, base: object, mine: object, theirs: object, path: str) -> object:
        if _same(mine, theirs) or _same(base, theirs):
            return mine
        if _same(base, mine):
            return theirs
        if isinstance(mine, dict) and isinstance(theirs, dict):
            sides = [_without_range(base or {}, mine, theirs), mine, theirs]
            return {key: self._item(sides, key, path) for key in dict.fromkeys([*mine, *theirs])}
        if isinstance(mine, list) and isinstance(theirs, list):
            by_key = _has_keys(*(base or []), *mine, *theirs)
            return (self._keyed if by_key else self._listed)(base or [], mine, theirs, path)
        if self.chosen.get(path) == "theirs":
            return theirs
        if path not in self.chosen:
            self.clashes.append(Clash(path, base, mine, theirs))
        return mine

    def _item(self, sides: list[dict], key: str, path: str, place: object = None) -> object:
        step = key if place is None else place
        return self._merged(*(side.get(key) for side in sides), _join(path, step))

    def _keyed(self, base: list, mine: list, theirs: list, path: str) -> list:
        """Merge items with keys, in the order of who moved them, new ones of the other last."""
        sides = [{item["key"]: item for item in items} for items in (base, mine, theirs)]
        was, now, others = map(list, sides)
        first, then = (others, now) if now == was else (now, others)
        places = {key: was.index(key) if key in was else key for key in (*first, *then)}
        found = (self._item(sides, key, path, place) for key, place in places.items())
        return [item for item in found if item is not None]

    def _listed(self, base: list, mine: list, theirs: list, path: str) -> list:
        """Merge items that are known by what they say; new ones stay behind the same neighbour."""
        (kept, added), (their_kept, their_added) = _moves(base, mine), _moves(base, theirs)
        merged = list(added[-1])
        merged += [item for item in their_added[-1] if item not in mine]
        for place, item in enumerate(base):
            sides = (item, kept.get(place), their_kept.get(place))
            found = self._merged(*sides, _join(path, place))
            merged += [] if found is None else [found]
            merged += added[place]
            merged += [new for new in their_added[place] if new not in mine]
        return merged


def _without_range(base: dict, *sides: dict) -> dict:
    """Return ``base`` without its range if both sides moved it: its ends are decided together."""
    if all(any(side.get(end) != base.get(end) for end in RANGE) for side in sides):
        return {key: value for key, value in base.items() if key not in RANGE}
    return base


def _same(left: object, right: object) -> bool:
    """Tell whether two values say the same; "" and nothing at all do."""
    return left == right or not (left or right)


def _moves(before: list, after: list) -> tuple[dict[int, object], dict[int, list]]:
    """Return what became of each place of ``before``, and what is new behind it (-1: first)."""
    kept, added = {}, defaultdict(list)
    keys = [[_identity(item) for item in items] for items in (before, after)]
    for _kind, i, j, k, m in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        for old, new in zip_longest(range(i, j), range(k, m)):
            if old is None:
                added[j - 1].append(after[new])
            elif new is not None:
                kept[old] = after[new]
    return kept, added
