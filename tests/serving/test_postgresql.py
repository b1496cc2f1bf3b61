"""A server that says nothing: who waits for it, who is told at once, and when it is asked again."""

import threading

import psycopg
import pytest

from roleguide.postgresql import base
from roleguide.postgresql.base import Watch

SILENCE = psycopg.errors.ConnectionTimeout("silence")


def connect(watch: Watch, outcome: Exception | None = None) -> bool:
    """Tell whether a thread got as far as connecting; ``outcome`` is what that raises."""
    asked = []
    try:
        with watch.connecting():
            asked.append(True)
            if outcome:
                raise outcome
    except psycopg.Error:
        pass
    return bool(asked)


def test_who_is_refused_asks_again_at_once():
    watch = Watch()
    assert connect(watch, psycopg.OperationalError("refused"))
    assert connect(watch)


def test_silent_server_is_left_alone_for_a_while_and_then_asked(monkeypatch):
    watch = Watch()
    assert connect(watch, SILENCE)
    assert not connect(watch)
    monkeypatch.setattr(base, "QUIET_SECONDS", 0)
    watch._silent_until = 1e-9  # the while is over
    assert connect(watch, SILENCE)
    assert connect(watch)
    assert (watch.suspected, watch.is_silent) == (False, False)


@pytest.mark.parametrize(("outcome", "goes_on"), [(None, True), (SILENCE, False)])
def test_others_wait_for_what_the_first_finds_of_a_suspect(outcome, goes_on):
    watch, found, inside, go = Watch(), [], threading.Event(), threading.Event()
    watch.suspected = True

    def first():
        with watch.connecting():
            inside.set()
            go.wait(5)
            if outcome:
                raise outcome

    def safely():
        try:
            first()
        except psycopg.Error:
            found.append("silence")

    threads = [threading.Thread(target=safely)]
    threads[0].start()
    inside.wait(5)
    threads.append(threading.Thread(target=lambda: found.append(connect(watch))))
    threads[1].start()
    threads[1].join(0.05)
    assert found == []
    go.set()
    for thread in threads:
        thread.join(5)
    assert found == ([True] if goes_on else ["silence", False])


def test_while_one_asks_a_silent_server_the_others_are_told_at_once():
    watch = Watch()
    connect(watch, SILENCE)
    watch._silent_until = 1e-9  # the while is over
    with watch.connecting():
        assert not connect(watch)
    assert connect(watch)
