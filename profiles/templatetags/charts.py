"""Drawings in templates: geometry from ``profiles.charts``, markup from ``templates/charts``."""

from django import template

from profiles import charts

register = template.Library()


@register.inclusion_tag("charts/fingerprint.html")
def fingerprint(ranges, size=""):
    """Draw the OCEAN+ fingerprint of ``ranges``; size "large" beside an h1."""
    return {"fingerprint": charts.fingerprint(ranges), "size": size}
