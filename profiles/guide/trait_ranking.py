"""Which roles ask for most and for least of a trait. Pure."""

from profiles.guide.traits import Level, exact, level, middle, range_words

SHOWN = 5


def most_and_least(editions, code, shown=SHOWN):
    """Return two lists of (edition, level, range): the highest first, then the lowest first.

    ``editions`` have ``ranges``; ``code`` is a trait code. The lists never share an edition.
    """
    ranked = sorted(editions, key=lambda e: (-_middle(e, code), e.role_name))
    shown = min(shown, (len(ranked) + 1) // 2)
    most, least = ranked[:shown], ranked[shown:][-shown:]
    return [_row(e, code) for e in most], [_row(e, code) for e in reversed(least)]


def _points(edition, code):
    return exact(*edition.ranges[code])


def _middle(edition, code):
    return middle(*_points(edition, code))


def _row(edition, code) -> tuple[object, Level, str]:
    return edition, level(*_points(edition, code)), range_words(*_points(edition, code))
