"""Absolute addresses."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the public address of ``path``, from a setting and never from the request."""
    return settings.SITE_URL + path
