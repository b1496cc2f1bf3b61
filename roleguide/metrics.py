"""What Prometheus may ask at /metrics, where METRICS_TOKEN is set and only for who knows it.

Without the token nothing is counted and nothing of this is loaded.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from collections.abc import Callable

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


def page_observer() -> Callable[[str], None] | None:
    """Return what counts visits of public pages by "hit" or "miss", or None."""
    if not settings.METRICS_TOKEN:
        return None
    pages = _metrics()["pages"]
    outcomes = {name: pages.labels(name) for name in ("hit", "miss")}
    return lambda outcome: outcomes[outcome].inc()


def request_observer() -> Callable[[str, int, float], None] | None:
    """Return what counts and times requests that reach Django, or None."""
    if not settings.METRICS_TOKEN:
        return None
    requests = _metrics()["requests"]

    def observe(method: str, status: int, seconds: float) -> None:
        # What a visitor may choose freely must not become a name of its own.
        known = method if method in METHODS else "other"
        requests.labels(known, f"{status // 100}xx").observe(seconds)

    return observe


@require_safe
def metrics(request):
    """The counts of this machine's workers; whoever does not hold the token finds nothing."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, expected):
        raise Http404
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry():
    """Return what adds up the counts of all workers."""
    from prometheus_client import REGISTRY, CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


@cache
def _metrics() -> dict:
    from prometheus_client import Counter, Histogram

    return {
        "pages": Counter("guide_pages", "Visits of public pages at the page cache", ["outcome"]),
        "requests": Histogram(
            "guide_request_seconds",
            "Requests that reached Django",
            ["method", "status"],
            buckets=SECONDS,
        ),
    }
