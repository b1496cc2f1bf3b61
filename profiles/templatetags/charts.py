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
    spans = tuple((code, *ends) for code, ends in ranges.items())
    return _drawn(spans, tuple(critical), size, get_language())


@lru_cache(maxsize=KEPT)
def _drawn(spans, critical, size, language):
    ranges = {code: ends for code, *ends in spans}
    values = {"fingerprint": charts.fingerprint(ranges, critical), "size": size}
    return render_to_string("charts/fingerprint.html", values)


@register.simple_tag
def bands(ranges, critical=()):
    """Draw the six cells of a row of the plate."""
    spans = tuple((code, *ends) for code, ends in ranges.items())
    return _drawn_bands(spans, tuple(critical), get_language())


@lru_cache(maxsize=KEPT)
def _drawn_bands(spans, critical, language):
    ranges = {code: ends for code, *ends in spans}
    return render_to_string("charts/bands.html", {"bands": charts.bands(ranges, critical)})
