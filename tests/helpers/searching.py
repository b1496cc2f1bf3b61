"""What search finds, as tests ask for it."""

from profiles.search.find import TEXT, find
from profiles.search.index import current_index


def ask(question, **options):
    """Return the answer to ``question``."""
    return find(question, current_index(), **options)


def hits(question, context=None):
    """Return the profiles that ``question`` finds in a context, by its id."""
    index = current_index()
    return find(question, index).hits(context)[1]


def called(question):
    """Return the slugs of the roles that are called so, the best first."""
    return [found.role.slug for found in ask(question).names]


def mentioned(question):
    """Return the names of the roles that mention it, apart from who is called so."""
    return [hit.role.name for hit in hits(question) if hit.group == TEXT]


def nearest(question):
    """Return the slugs of the roles nearest to a title that is missing."""
    return [near.role.slug for near in ask(question).nearest]
