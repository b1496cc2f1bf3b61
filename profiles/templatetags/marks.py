"""The words asked for, marked in a text that search has cut into pieces."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

BEGIN, END, NOTHING = mark_safe("<mark>"), mark_safe("</mark>"), ""


@register.filter
def marked(pieces) -> SafeString:
    """Return the text of ``pieces``, escaped, with the words that were asked for in <mark>.

    A filter and not a component: a page of results has sixty of these texts.
    """
    parts = ((BEGIN, text, END) if hit else (NOTHING, text, NOTHING) for text, hit in pieces)
    return format_html_join("", "{}{}{}", parts)
