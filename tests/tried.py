"""How many cases a run tried, printed at its end: a green suite that tried nothing would show.

Counted per test, whichever worker ran it: requests that reached Django or a real server, examples
that hypothesis made up, and what a test counts itself with ``tried``.
"""

from collections import Counter

import pytest
from django.core.signals import request_started

NAME = "tried"
_now: Counter = Counter()


def tried(what: str, number: int = 1) -> None:
    """Count cases of the test that runs."""
    _now[what] += number


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    _now.clear()
    request_started.connect(_count_request, dispatch_uid=NAME)
    _count_examples(item)
    try:
        return (yield)
    finally:
        request_started.disconnect(dispatch_uid=NAME)
        item.user_properties.append((NAME, dict(_now)))


def _count_request(**signal):
    tried("requests")


def _count_examples(item) -> None:
    """Count what hypothesis calls; replacing ``inner_test`` is its own way in for plugins."""
    made_up = getattr(getattr(item, "obj", None), "hypothesis", None)
    if made_up is None:
        return
    test = made_up.inner_test

    def counted(*args, **kwargs):
        tried("examples")
        return test(*args, **kwargs)

    made_up.inner_test = counted


def pytest_terminal_summary(terminalreporter):
    """Print the cases of each folder or file of tests."""
    found: dict[str, Counter] = {}
    for report in terminalreporter.getreports("passed"):
        for name, counts in getattr(report, "user_properties", ()):
            if name == NAME and report.when == "call":
                found.setdefault(_place(report.nodeid), Counter()).update(tests=1, **counts)
    if not found:
        return
    terminalreporter.section("cases tried")
    for place in sorted(found):
        counts = ", ".join(f"{number:,} {what}" for what, number in found[place].items())
        terminalreporter.line(f"{place}: {counts}")


def _place(nodeid: str) -> str:
    """Return the file of a test about trust, else the folder."""
    file = nodeid.partition("::")[0]
    parts = file.split("/")
    return file if parts[1:2] in (["security"], ["reliability"]) else "/".join(parts[:-1])
