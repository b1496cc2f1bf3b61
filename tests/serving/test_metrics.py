"""Prometheus: off, and behind a token where it is on."""

import pytest

from roleguide import metrics

pytestmark = pytest.mark.django_db


@pytest.fixture
def counting(settings):
    settings.METRICS_TOKEN = "testigo"
    metrics._metrics.cache_clear()
    yield
    from prometheus_client import REGISTRY

    for metric in metrics._metrics().values():
        REGISTRY.unregister(metric)
    metrics._metrics.cache_clear()


def test_without_a_token_nothing_is_counted_or_told(client):
    assert (metrics.page_observer(), metrics.request_observer()) == (None, None)
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer testig", "testigo", "Basic testigo"])
def test_who_does_not_hold_the_token_finds_nothing(client, counting, given):
    response = client.get("/metrics", headers={"Authorization": given} if given else {})
    assert response.status_code == 404


def test_whoever_holds_the_token_reads_what_was_counted(client, counting):
    observe_page, observe_request = metrics.page_observer(), metrics.request_observer()
    for outcome in ("hit", "hit", "miss"):
        observe_page(outcome)
    observe_request("GET", 200, 0.003)
    observe_request("BREW", 404, 0.003)
    response = client.get("/metrics", headers={"Authorization": "Bearer testigo"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    lines = response.content.decode().splitlines()
    assert 'guide_pages_total{outcome="hit"} 2.0' in lines
    assert 'guide_pages_total{outcome="miss"} 1.0' in lines
    assert 'guide_request_seconds_bucket{le="0.005",method="GET",status="2xx"} 1.0' in lines
    assert 'guide_request_seconds_count{method="other",status="4xx"} 1.0' in lines
