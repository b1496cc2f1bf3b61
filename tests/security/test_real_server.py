"""gunicorn itself, asked byte by byte: what no client library would send.

A site as visitors get it (tests/site.py), under https:// behind a proxy on this machine.
"""

import re
import shutil
import socket
import time

import pytest

from tests.postgresql import free_port
from tests.reliability.live import database_of
from tests.security.dom import Page, dangers
from tests.security.test_headers import TARGET, points
from tests.site import environment, serving
from tests.tried import tried

pytestmark = pytest.mark.processes
GUIDE = "/guia-de-roles/"
HOST = "guia.example"


@pytest.fixture(scope="module")
def port(prepared, tmp_path_factory):
    """The port of a running site that believes to be https://guia.example."""
    folder = tmp_path_factory.mktemp("hostile")
    port = free_port()
    env = {
        **environment(folder, port),
        "SITE_URL": f"https://{HOST}",
        "BEHIND_PROXY": "true",
    }
    shutil.copy(database_of(prepared.sqlite("shipped").folder), database_of(folder))
    with serving(env, folder / "gunicorn.log"):
        yield port


def send(port, data: bytes, *, is_all=False) -> bytes:
    """Send ``data``, nothing more if it ``is_all``; return what comes before the server hangs up.

    What never ends is answered once it is clear that nothing more will come.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(data)
        tried("requests")
        if is_all:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while chunk := connection.recv(65_536):
                answer += chunk
        except (TimeoutError, ConnectionResetError):
            pass
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


MALFORMED = {
    "no version": b"GET /\r\n\r\n",
    "strange version": b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    "no method": b" / HTTP/1.1\r\nHost: a\r\n\r\n",
    "markup as method": b"<svg/onload=alert(1)> / HTTP/1.1\r\nHost: a\r\n\r\n",
    "markup as version": b"GET / <svg/onload=alert(1)>\r\n\r\n",
    "markup as header": b"GET / HTTP/1.1\r\n<svg/onload=alert(1)>: a\r\n\r\n",
    "header without colon": b"GET / HTTP/1.1\r\nHost a\r\n\r\n",
    "space before colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "folded header": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "null in header": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
    "null in path": b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "negative length": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin/ HTTP/1.1\r\n\r\n",
    "unknown coding": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x, chunked\r\n\r\n",
    "bad chunk": b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n",
    "long line": b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "large header": b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 1_000 + b"\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "garbage": bytes(range(256)) * 8 + b"\r\n\r\n",
    "absolute target elsewhere": b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "asterisk": b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_request_is_refused_and_not_repeated(port, name):
    data = MALFORMED[name].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    answer = send(port, data, is_all=True)
    for part in filter(None, re.split(rb"(?=HTTP/1\.1 \d)", answer)):
        status, headers, body = parsed(part)
        # 501: a transfer coding the server does not speak, in the words of RFC 9112.
        assert 400 <= status < 500 or status == 501, (name, status)
        assert dangers(Page(body.decode("utf-8", "replace"))) == []
        assert b"<svg" not in body
        assert b"Traceback" not in body
        assert headers["Connection"] == "close"
    assert get(port, GUIDE)[0] == 200


def test_request_in_pieces_and_two_in_one_piece_are_each_answered(port):
    one = request(GUIDE).replace(b"Connection: close\r\n", b"")
    # Small enough to be read whole: stock gunicorn resets whoever it refuses in mid-sentence.
    body = b"a=" + b"x" * 7_000
    form = f"Cookie: csrftoken={'x' * 32}\r\nContent-Type: application/x-www-form-urlencoded"
    post = request("/admin/cuenta/ingresar/", form, f"Content-Length: {len(body)}", method="POST")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in (one[:10], one[10:] + one, post[:50], post[50:] + body[:7], body[7:]):
            connection.sendall(piece)
            time.sleep(0.05)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    assert [int(code) for code in re.findall(rb"HTTP/1\.1 (\d+)", answer)] == [200, 200, 403]


@pytest.mark.parametrize("count", [1, 900])
def test_ranges_give_the_whole_page_or_a_part_of_a_file_never_an_error(port, count):
    ranges = "Range: bytes=" + ",".join(f"{n}-{n + 9}" for n in range(count))
    page = get(port, GUIDE)
    assert get(port, GUIDE, ranges)[::2] == page[::2]
    stylesheet = re.search(r'href="(/static/css/[^"]+)"', page[2].decode())[1]
    whole = get(port, stylesheet)[2]
    status, _headers, body = get(port, stylesheet, ranges)
    assert (status, body) in ((206, whole[:10]), (200, whole))


def test_no_answer_tells_a_version(port):
    paths = (GUIDE, "/no-such", "/static/no-such", "/admin/", "/robots.txt", "/healthz")
    for path in paths:
        _status, headers, _body = get(port, path)
        assert headers["Server"] == "gunicorn"
        assert "X-Powered-By" not in headers, path


def test_real_site_scores_by_the_rules_of_the_observatory(port):
    page = get(port, GUIDE)[2].decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    paths = [GUIDE, f"{GUIDE}global/mlops-engineer/", "/admin/cuenta/ingresar/", "/no-such", *files]
    for path in paths:
        _status, headers, _body = get(port, path)
        scored = points(headers, [])
        print(f"{scored} {path}")  # noqa: T201
        assert scored >= TARGET, path
        assert set(headers.get("Set-Cookie", "").lower().split("; ")) >= (
            {"secure", "httponly", "samesite=lax"} if "Set-Cookie" in headers else set()
        )


@pytest.mark.parametrize(
    "header",
    [
        *("SCRIPT_NAME: /guia-de-roles", "Script-Name: /guia-de-roles", "PATH_INFO: /admin/"),
        *("X-Forwarded-Host: evil.example", "X-Original-URL: /admin/", "X-Rewrite-URL: /admin/"),
        *("Forwarded: host=evil.example", "X-Forwarded-Prefix: /evil", "REMOTE_USER: root"),
        *("X-HTTP-Method-Override: POST", "Accept-Encoding: gzip", "Range: bytes=0-9"),
        *("If-None-Match: *", "Cookie: theme=dark; csrftoken=x", "wsgi.url_scheme: http"),
    ],
)
def test_header_of_one_visitor_reaches_no_other(port, header):
    path = f"{GUIDE}pyme/mlops-engineer/"
    before = get(port, path)
    poisoned = get(port, path, header)
    assert b"evil.example" not in poisoned[2]
    assert poisoned[0] in (200, 304)
    after = get(port, path)
    assert (after[0], after[2]) == (before[0], before[2])


def test_plain_http_and_strange_hosts_get_nothing(port):
    lines = f"GET {GUIDE} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
    status, headers, _body = parsed(send(port, lines))
    assert (status, headers["Location"]) == (301, f"https://{HOST}{GUIDE}")
    for host in ("evil.example", f"{HOST}.evil.example", f"evil.example:{port}", f"{HOST}@evil"):
        status, _headers, body = get(port, GUIDE, host=host)
        assert status == 400
        assert b"evil" not in body


def test_header_of_a_visitor_makes_no_https_where_no_proxy_stands(prepared, tmp_path):
    port = free_port()
    env = {**environment(tmp_path, port), "SITE_URL": f"https://{HOST}", "BEHIND_PROXY": "false"}
    shutil.copy(database_of(prepared.sqlite("shipped").folder), database_of(tmp_path))
    with serving(env, tmp_path / "gunicorn.log"):
        for header in ("X-Forwarded-Proto: https", "X-Forwarded-Ssl: on", "Forwarded: proto=https"):
            status, headers, _body = get(port, GUIDE, header)
            assert (status, headers["Location"]) == (301, f"https://{HOST}{GUIDE}")


def test_strange_host_leaves_one_line_in_the_log_and_no_traceback(prepared, tmp_path):
    port = free_port()
    env = {**environment(tmp_path, port), "BEHIND_PROXY": "true"}
    shutil.copy(database_of(prepared.sqlite("shipped").folder), database_of(tmp_path))
    with serving(env, tmp_path / "gunicorn.log"):
        before = (tmp_path / "gunicorn.log").read_text().count("\n")
        assert get(port, "/admin/", host="evil.example")[0] == 400
        after = (tmp_path / "gunicorn.log").read_text()
    assert "Traceback" not in after
    assert after.count("status=400") == 1
    assert before > 0


def test_absolute_target_does_not_decide_the_host(port):
    status, _headers, body = get(port, f"http://evil.example{GUIDE}")
    assert status in (200, 400, 404)
    assert b"evil.example" not in body
