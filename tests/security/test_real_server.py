"""gunicorn itself, asked byte by byte: what no client library would send.

A site as visitors get it (tests/helpers/site.py), under https:// behind a proxy on this machine.
"""

import re
import socket

import pytest

from tests.reliability.live import copy_of
from tests.security.test_headers import weak

pytestmark = pytest.mark.processes
GUIDE = "/guia-de-roles/"
HOST = "guia.example"


def secure_site(prepared, folder, behind_proxy):
    """Serve the guide as https://guia.example."""
    variables = {"SITE_URL": f"https://{HOST}", "BEHIND_PROXY": behind_proxy}
    return copy_of(prepared.sqlite("shipped"), folder, **variables)


@pytest.fixture(scope="module")
def site(prepared, tmp_path_factory):
    with secure_site(prepared, tmp_path_factory.mktemp("hostile"), "true") as found:
        yield found


def send(port, data: bytes) -> bytes:
    """Send ``data`` and return what comes before the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(data)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    return answer


def request(path: str, *headers: str, method="GET", host=HOST, version="HTTP/1.1") -> bytes:
    lines = [f"{method} {path} {version}", f"Host: {host}", "X-Forwarded-Proto: https", *headers]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode("latin-1")


def parsed(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an answer."""
    assert answer, "nothing came back"
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, body


def get(port, path, *headers, **options):
    return parsed(send(port, request(path, *headers, **options)))


def test_real_site_is_as_strict_as_its_settings(site):
    page = get(site.port, GUIDE)[2].decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    for path in (GUIDE, "/admin/cuenta/ingresar/", "/no-such", "/healthz", *files):
        _status, headers, _body = get(site.port, path)
        assert (headers["Server"], "X-Powered-By" in headers) == ("gunicorn", False)
        assert (path, weak(headers)) == (path, [])
        flags = set(headers.get("Set-Cookie", "secure; httponly; samesite=lax").lower().split("; "))
        assert flags >= {"secure", "httponly", "samesite=lax"}


def test_plain_http_and_strange_hosts_get_nothing(site):
    port = site.port
    assert get(port, GUIDE)[0] == 200  # what is kept of it is for https
    lines = f"GET {GUIDE} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
    status, headers, _body = parsed(send(port, lines))
    assert (status, headers["Location"]) == (301, f"https://{HOST}{GUIDE}")
    hosts = ("evil.example", f"{HOST}.evil.example", f"evil.example:{port}", f"{HOST}@evil")
    before = site.log
    for host in hosts:
        status, headers, body = get(port, GUIDE, host=host)
        assert (status, b"evil" in body, weak(headers)) == (400, False, [])
    # One line for each in the log, and no traceback.
    written = site.log.removeprefix(before)
    assert (written.count("status=400"), "Traceback" in written) == (len(hosts), False)


def test_header_of_a_visitor_makes_no_https_where_no_proxy_stands(prepared, tmp_path):
    with secure_site(prepared, tmp_path, "false") as site:
        for header in ("X-Forwarded-Proto: https", "X-Forwarded-Ssl: on", "Forwarded: proto=https"):
            status, headers, _body = get(site.port, GUIDE, header)
            assert (status, headers["Location"]) == (301, f"https://{HOST}{GUIDE}")
