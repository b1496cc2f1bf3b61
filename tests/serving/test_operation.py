"""Starting, renewing, stopping and watching the guide while visitors read it."""

import pytest

from tests.serving.machines import PAGE, get
from tests.site import serving

pytestmark = pytest.mark.processes

FORGED = "/guia-de-roles/%0aINFO%20forged%1b%5b2J/"


@pytest.fixture
def address(quick_site):
    return f"http://127.0.0.1:{quick_site['PORT']}"


def test_log_is_one_line_per_event_whatever_is_asked(quick_site, address, tmp_path):
    env = quick_site | {"ACCESS_LOG": "-"}
    with serving(env, tmp_path / "log"):
        for _ in range(2):
            get(f"{address}{PAGE}?utm=secreto", {"X-Request-ID": "proxy-id-0001"})
        get(address + FORGED, {"X-Request-ID": "x request=forged"})
    text = (tmp_path / "log").read_text()
    lines = text.splitlines()
    assert not any(word in text for word in ("secreto", "\x1b", "request=forged"))
    assert all(line.startswith(("INFO ", "WARNING ")) for line in lines)
    ours = [line for line in lines if "request=proxy-id-0001" in line]
    # Both visits are in the access log, the render of the first in Django's too.
    visits = [line for line in ours if line.startswith("INFO gunicorn.access")]
    assert len(visits) == 2
    assert all(f"GET {PAGE} status=200 bytes=" in line for line in visits)
    assert sum("roleguide.requests" in line for line in ours) in (1, 2)
