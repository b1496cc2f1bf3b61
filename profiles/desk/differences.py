"""Where documents of one row differ, as a reader would match them, and merging them. Pure."""

from collections.abc import Collection, Iterator, Mapping
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
    by_key = _have_keys(before, after)
    olds, news = (list(_named(items, before, by_key)) for items in (before, after))
    for name in dict.fromkeys([*news, *olds]):
        old, new = (names.index(name) if name in names else None for names in (olds, news))
        places = (_join(path, old if new is None else new), _join(was, new if old is None else old))
        left = None if old is None else before[old]
        right = None if new is None else after[new]
        yield from differences(left, right, *places)
    if by_key and olds != news and set(olds) == set(news):
        yield Difference(_join(path, "order"), olds, news, _join(was, "order"))


def _have_keys(*lists: list) -> bool:
    return all(isinstance(item, dict) and "key" in item for items in lists for item in items)


def _named(items: list, before: list, by_key: bool) -> dict[object, object]:
    """Return ``items`` by what names them: their key, or the place of ``before`` they come from.

    Without keys they are matched as a reader would; a new one is named by what it says.
    """
    if by_key:
        return {item["key"]: item for item in items}
    named, texts = {}, [str(item) for item in items]
    matcher = SequenceMatcher(None, [str(item) for item in before], texts, autojunk=False)
    for _kind, i, j, k, m in matcher.get_opcodes():
        for old, new in zip_longest(range(i, j), range(k, m)):
            if new is not None:
                own = (texts[new], texts[:new].count(texts[new]))
                named[own if old is None else old] = items[new]
    return named


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
            keys = dict.fromkeys([*mine, *theirs])
            return {key: self._merged(*_sides(sides, key), _join(path, key)) for key in keys}
        if isinstance(mine, list) and isinstance(theirs, list):
            return self._listed(base or [], mine, theirs, path)
        if self.chosen.get(path) == "theirs":
            return theirs
        if path not in self.chosen:
            self.clashes.append(Clash(path, base, mine, theirs))
        return mine

    def _listed(self, base: list, mine: list, theirs: list, path: str) -> list:
        """Merge items in the order of who moved them; new ones stay behind their neighbours.

        If both moved some, the order is one more place that both changed.
        """
        by_key = _have_keys(base, mine, theirs)
        sides = [_with_moves(_named(i, base, by_key), base) for i in (base, mine, theirs)]
        was, now, others = map(list, sides)
        staying = [name for name in was if name in now and name in others]
        orders = [tuple(sides[0][n] for n in names if n in staying) for names in (was, now, others)]
        is_mine = self._merged(*orders, _join(path, "order")) == orders[1]
        order, then = (now, others) if is_mine else (others, now)
        for place, name in enumerate(then):
            if name not in order:
                behind = [order.index(other) + 1 for other in then[:place] if other in order]
                is_last = not any(other in staying for other in then[place:])
                at = len(order) if is_last else max(behind[-1:], default=0)
                while at < len(order) and order[at] not in was:
                    at += 1
                order.insert(at, name)
        order = [name for name in order if name in others or not _is_said_too(name, others)]
        places = {name: was.index(name) if name in was else name for name in order}
        found = (self._merged(*_sides(sides, name), _join(path, at)) for name, at in places.items())
        return [item for item in found if item is not None]


def _with_moves(named: dict[object, object], base: list) -> dict[object, object]:
    """Name an item that was only moved by its place in ``base``, as one that stayed is."""
    gone = {str(item): place for place, item in enumerate(base) if place not in named}
    return {gone.pop(n[0], n) if isinstance(n, tuple) else n: item for n, item in named.items()}


def _is_said_too(name: object, others: Collection) -> bool:
    """Tell whether a new item repeats one that others added: mine holds theirs beside my own."""
    return isinstance(name, tuple) and name[1] > 0 and (name[0], 0) in others


def _without_range(base: dict, *sides: dict) -> dict:
    """Return ``base`` without its range if both sides moved it: its ends are decided together."""
    if all(any(side.get(end) != base.get(end) for end in RANGE) for side in sides):
        return {key: value for key, value in base.items() if key not in RANGE}
    return base


def _sides(sides: list[dict], key: object) -> list[object]:
    return [side.get(key) for side in sides]


def _same(left: object, right: object) -> bool:
    """Tell whether two values say the same; "" and nothing at all do."""
    return left == right or not (left or right)
