"""An edit is soon on every page of every process; what nginx keeps, and what it does not."""

import time

import pytest

from tests.helpers.site import python, wait_for
from tests.serving import machines
from tests.serving.machines import PAGE, get

pytestmark = pytest.mark.processes

EDIT = "Area.objects.filter(slug='datos-e-ia').update(name='Área de consola')"
# Enough new connections that both of two workers answer: one alone would, once in 2 ** 29 times.
VISITS = 30


def proxy(site):
    """Return nginx, as shipped, in front of a guide."""
    return machines.front(f"127.0.0.1:{site.port}")


def is_everywhere(address):
    """Tell whether all of VISITS visitors see the edit."""
    return all("Área de consola" in get(address + PAGE)[2] for _ in range(VISITS))


@pytest.mark.parametrize("database", ["sqlite_site", "postgresql_site"])
def test_edit_in_the_shell_is_soon_everywhere(request, nginx_program, database):
    site = request.getfixturevalue(database)
    # Under load, so that what nginx keeps is always fresh from its point of view.
    with proxy(site) as front, machines.Readers([front + PAGE], count=2) as readers:
        readers.wait_for(20)
        assert not is_everywhere(front)
        python(site.env, EDIT)
        wait_for(lambda: is_everywhere(site.env["SITE_URL"]))
        wait_for(lambda: is_everywhere(front))
    assert readers.wrong == {}


WITHDRAW = """
from profiles.desk.publishing import withdraw
withdraw(Profile.objects.get(role__slug="mlops-engineer", context__slug="pyme"))
"""


def test_nginx_has_the_pages_that_are_for_everybody_while_the_guide_is_down(
    sqlite_site, nginx_program
):
    withdrawn, missing = "/guia-de-roles/pyme/mlops-engineer/", "/guia-de-roles/perfiles/not-yet/"
    private = ("/admin/cuenta/ingresar/", "/readyz", "/healthz")
    session = sqlite_site.sessions["ana"]
    with proxy(sqlite_site) as address:
        known = [get(address + path)[0] for path in (PAGE, withdrawn, missing, *private)]
        python(sqlite_site.env, WITHDRAW)
        time.sleep(2)
        known.append(get(address + withdrawn)[0])
        sqlite_site.master.terminate()
        sqlite_site.master.wait(timeout=30)
        time.sleep(1.2)  # what nginx holds is too old now, and nobody can renew it
        status, headers, text = get(address + PAGE)
        away = [get(address + path)[0] for path in (withdrawn, missing, *private)]
        for cookie in (f"sessionid={session}", f"a=b; __Host-sessionid={session}"):
            away.append(get(address + PAGE, {"Cookie": cookie})[0])
        refusal = get(f"{address}/admin/cuenta/ingresar/")
    assert known == [200, 200, 404, 200, 200, 200, 410]
    assert (status, "Set-Cookie" in headers, "MLOps Engineer" in text) == (200, False, True)
    assert away == [410, 503, 503, 503, 503, 503, 503]
    assert (refusal[1]["Retry-After"], refusal[1]["Cache-Control"]) == ("30", "no-store")
    assert ("Volvemos enseguida" in refusal[2], "nginx" in refusal[2]) == (True, False)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        *(("br", "br"), ("gzip, deflate, br", "br"), ("br;q=0.1, gzip;q=1", "br")),
        *(("br;q=0, gzip", "gzip"), ("br; q=0.000,gzip", "gzip"), ("GZIP", "gzip")),
        *(("", None), ("identity", None), ("br;q=0", None), ("gzip;q=0, br;q=0.0", None)),
        *(("bring, xgzip", None), ("*", None), ("brotli", None)),
    ],
)
def test_nginx_asks_for_the_encoding_that_its_visitor_accepts(fronted, accepted, encoding):
    _status, headers, _text = get(fronted[1] + PAGE, {"Accept-Encoding": accepted})
    assert headers.get("Content-Encoding") == encoding


def test_nginx_hands_on_what_is_for_browsers_and_for_caches_further_out(fronted):
    names = ("Cache-Control", "CDN-Cache-Control", "ETag", "Last-Modified")
    guide, front = (get(address + PAGE)[1] for address in fronted)
    assert [front[name] for name in names] == [guide[name] for name in names]
    assert get(fronted[1] + PAGE, {"If-None-Match": front["ETag"]})[0] == 304
