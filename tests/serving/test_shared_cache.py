"""The shared cache: with Redis as Django's own, without it as an empty one that costs no time."""

import socket
import threading
import time

import pytest

from roleguide.shared_cache import ForgivingClient, SharedCache

TIMEOUTS = {"socket_connect_timeout": 0.05, "socket_timeout": 0.05}


@pytest.fixture(autouse=True)
def forget_outages(monkeypatch):
    monkeypatch.setattr(ForgivingClient, "asks_again_at", 0.0)


@pytest.fixture
def silent_host():
    """A host that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def nobody():
    """A port that refuses."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def cache_at(port):
    return SharedCache(f"redis://127.0.0.1:{port}/0", {"OPTIONS": TIMEOUTS})


def test_each_question_to_nobody_is_answered_like_an_empty_cache(nobody):
    cache = cache_at(nobody)
    assert cache.get("a", "nada") == "nada"
    assert cache.get_or_set("a", lambda: "hecho") == "hecho"
    assert cache.get_many(["a", "b"]) == {}
    assert cache.has_key("a") is False
    assert cache.add("a", 1) is True
    assert cache.set("a", 1) is None
    assert cache.set_many({"a": 1}) == []
    assert cache.touch("a") is False
    assert cache.delete("a") is False
    assert cache.delete_many(["a"]) is None
    assert cache.incr("a") == 1
    assert cache.clear() is False


def test_silent_host_costs_one_wait_and_one_line(silent_host, caplog):
    cache = cache_at(silent_host)
    cache.get("a")
    start = time.monotonic()
    for _ in range(200):
        assert cache.get("a") is None
    assert time.monotonic() - start < 0.05
    assert len(caplog.records) == 1
    assert "going on without it" in caplog.text


def test_after_a_pause_it_is_asked_again(nobody, monkeypatch, caplog):
    monkeypatch.setattr("roleguide.shared_cache.PAUSE_SECONDS", 0)
    cache = cache_at(nobody)
    cache.get("a"), cache.get("a")
    assert len(caplog.records) == 2


def test_stranger_on_the_port_is_no_cache(caplog):
    def answer():
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.recv(1000)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        assert cache_at(listener.getsockname()[1]).get("a", "nada") == "nada"
        thread.join()
