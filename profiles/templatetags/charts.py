"""Drawings in templates: geometry in Python, markup in ``templates/charts``."""

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language

from profiles.guide import charts

register = template.Library()

# Some 1.3 KB each; a list shows the same ones again and again.
KEPT = 2000


@register.simple_tag
def fingerprint(ranges, critical=(), size=""):
    """Draw the OCEAN+ fingerprint of ``ranges``; size "large", with letters, beside an h1.

    The ``critical`` traits (codes) are in full colour, the others pale.
    """
    return _drawn("fingerprint", _spans(ranges), tuple(critical), size, get_language())


@register.simple_tag
def bands(ranges, critical=()):
    return _drawn("bands", _spans(ranges), tuple(critical), "", get_language())


def _spans(ranges):
    return tuple((code, *ends) for code, ends in ranges.items())


@lru_cache(maxsize=2 * KEPT)
def _drawn(name, spans, critical, size, language):
    drawing = {"fingerprint": charts.fingerprint, "bands": charts.bands}[name]
    values = {name: drawing({code: ends for code, *ends in spans}, critical), "size": size}
    return render_to_string(f"charts/{name}.html", values)
