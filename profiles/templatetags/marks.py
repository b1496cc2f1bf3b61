"""What was found, with the words that were asked for in <mark>."""

from functools import lru_cache

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from profiles.documents.text import fold, plain
from profiles.search.words import MAX_WORDS, MIN_PREFIX, TOKEN, key_words, normal, stem

register = template.Library()

BEGIN, END, NOTHING = mark_safe("<mark>"), mark_safe("</mark>"), ""
# The words of an excerpt before and after the first one asked for.
BEFORE, AFTER = 9, 22


@lru_cache(maxsize=100)
def _asked(question):
    """Return the stems of the words asked for, and the last word, which may be unfinished."""
    words = key_words(question)[:MAX_WORDS]
    begun = words[-1] if words and len(words[-1]) >= MIN_PREFIX else "\0"
    return {stem(word) for word in words}, begun


def hits(text, question):
    """Yield the words of ``text`` that were asked for."""
    known, begun = _asked(question)
    for match in TOKEN.finditer(text):
        word = fold(match[0])
        if stem(word) in known or word.startswith(begun):
            yield match


@register.filter
def marked(text, question):
    """Return ``text``, escaped, with the words of ``question`` in <mark>.

    A filter and not a component: a page of results has sixty of these texts.
    """
    text, parts, end = normal(text), [], 0
    for match in hits(text, question):
        parts += [(NOTHING, text[end : match.start()], NOTHING), (BEGIN, match[0], END)]
        end = match.end()
    return format_html_join("", "{}{}{}", [*parts, (NOTHING, text[end:], NOTHING)])


@register.filter
def telling_text(edition, question):
    """Return the summary or the teaser, whichever has more of the words asked for."""
    texts = (edition.summary, edition.teaser)
    return max(texts, key=lambda text: sum(1 for _hit in hits(text, question)))


@register.filter
def mention(edition, question):
    """Return where an edition mentions the words asked for: a short text, or out of the long."""
    text = telling_text(edition, question)
    return (
        text if any(hits(text, question)) else excerpt(plain(edition.body_html), question) or text
    )


def excerpt(text, question):
    """Return the words around the first one asked for, or nothing."""
    words = normal(text).split()
    first = next((at for at, word in enumerate(words) if any(hits(word, question))), None)
    if first is None:
        return ""
    start, end = max(0, first - BEFORE), first + AFTER
    opening, closing = "…" if start else "", "…" if end < len(words) else ""
    return f"{opening}{' '.join(words[start:end])}{closing}"
