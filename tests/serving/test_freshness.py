"""An edit is on every page of every process within a second, however it was made."""

import http.client
import re
import time
from urllib.parse import urlencode

import pytest
from lxml import html

from tests.serving import machines
from tests.serving.machines import PAGE, get, python
from tests.site import ROOT, manage, serving

pytestmark = pytest.mark.processes

AREA = "Area.objects.filter(slug='datos-e-ia')"
# Enough new connections that both of two workers answer: one alone would, once in 2 ** 29 times.
VISITS = 30


def texts(address, path=PAGE):
    """Return the texts that VISITS visitors get."""
    return [get(address + path)[2] for _ in range(VISITS)]


def shown(address, words, path=PAGE):
    """Return how many of VISITS visitors see ``words``."""
    return sum(words in text for text in texts(address, path))


def after_a_second(address, words, since, path=PAGE):
    """Return how many see ``words`` one second after ``since``, when the edit was complete."""
    time.sleep(max(0.0, since + 1 - time.monotonic()))
    return shown(address, words, path)


def test_edit_in_the_shell_is_everywhere_within_a_second(running):
    env, address = running
    assert shown(address, "Área de consola") == 0
    python(env, f"{AREA}.update(name='Área de consola')")
    assert after_a_second(address, "Área de consola", time.monotonic()) == VISITS


def test_loaded_document_is_everywhere_within_a_second(running, tmp_path):
    env, address = running
    source = (ROOT / "fixtures" / "roles" / "mlops-engineer.yaml").read_text()
    document = tmp_path / "mlops-engineer.yaml"
    document.write_text(
        re.sub(r"(?m)^  global:\n    summary: \w+", "  global:\n    summary: Sostiene", source)
    )
    assert shown(address, "Sostiene el modelo") == 0
    manage(env, "load_guide", str(document))
    loaded = time.monotonic()
    assert after_a_second(address, "Sostiene el modelo", loaded) == VISITS
    manage(env, "load_guide", str(ROOT / "fixtures" / "roles" / "mlops-engineer.yaml"))


def test_edit_in_the_admin_is_everywhere_within_a_second(running):
    env, address = running
    session, pk = python(env, LOG_IN).split()
    assert shown(address, "Área del admin") == 0
    saved = save_area(env, f"/admin/profiles/area/{pk}/change/", session, "Área del admin")
    assert after_a_second(address, "Área del admin", saved) == VISITS


LOG_IN = f"""
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.get_or_create(
    username="editora", is_staff=True, is_superuser=True)[0])
print(client.cookies["sessionid"].value, {AREA}.get().pk)
"""


def save_area(env, path, session, name):
    """Fill in and send the area's form as a browser does; return when it was saved."""
    connection = http.client.HTTPConnection("127.0.0.1", int(env["PORT"]), timeout=20)
    connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
    answer = connection.getresponse()
    token = re.search(r"csrftoken=(\w+)", answer.headers["Set-Cookie"])[1]
    form = next(f for f in html.fromstring(answer.read().decode()).forms if "name" in f.fields)
    form.fields["name"] = name
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": env["SITE_URL"],
    }
    fields = [(key, value) for key, value in form.form_values() if not key.startswith("_")]
    connection.request("POST", path, urlencode([*fields, ("_save", "1")]), headers)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (302, b"")
    connection.close()
    return time.monotonic()


def test_scheduled_edition_begins_everywhere_within_a_second_of_its_moment(running):
    env, address = running
    path = "/guia-de-roles/startup/data-engineer/"
    printed = python(env, SCHEDULE)
    begins = time.monotonic() + float(printed) - time.time()
    assert shown(address, "Resumen programado", path) == 0
    assert time.monotonic() < begins
    assert after_a_second(address, "Resumen programado", begins, path) == VISITS


# Another role than the loader's: what an editor changed, the loader keeps.
SCHEDULE = """
import datetime
from django.utils import timezone
from profiles.desk.publishing import publish
profile = Profile.objects.get(role__slug="data-engineer", context__slug="startup")
profile.summary = f"Resumen programado {profile.editions.count()}."
profile.save()
at = timezone.now() + datetime.timedelta(seconds=4)
publish(profile, at=at)
print(at.timestamp())
"""


def test_rolled_back_edit_changes_nothing(running):
    env, address = running
    before = set(texts(address))
    python(
        env,
        "from django.db import transaction\n"
        "with transaction.atomic():\n"
        f"    {AREA}.update(name='Área que no fue')\n"
        "    transaction.set_rollback(True)",
    )
    time.sleep(1)
    assert set(texts(address)) == before
    assert len(before) == 1


def proxy(env):
    """Return nginx, as shipped, in front of a guide."""
    return machines.front(f"127.0.0.1:{env['PORT']}")


def test_behind_nginx_an_edit_is_visible_within_two_seconds(running, nginx_program):
    env, _address = running
    # Under load, so that what nginx keeps is always fresh from its point of view.
    with proxy(env) as address, machines.Readers([address + PAGE], count=2) as readers:
        readers.wait_for(20)
        python(env, f"{AREA}.update(name='Área tras nginx')")
        edited = time.monotonic()
        while time.monotonic() < edited + 2:
            time.sleep(0.05)
        assert shown(address, "Área tras nginx") == VISITS
    assert readers.wrong == {}


@pytest.fixture
def mortal(quick_site, nginx_program, tmp_path):
    """Yield the environment, the address of nginx and the process of a guide that a test ends."""
    with serving(quick_site, tmp_path / "guide.log") as server, proxy(quick_site) as address:
        yield quick_site, address, server


def test_nginx_answers_a_crowd_from_memory_and_keeps_nothing_personal(mortal):
    env, address, server = mortal
    session, _pk = python(env, LOG_IN).split()
    get(address + PAGE)
    stop(server)
    time.sleep(1.2)  # what nginx holds is too old now, and nobody can renew it
    status, headers, text = get(address + PAGE)
    assert (status, "Set-Cookie" in headers) == (200, False)
    assert "MLOps Engineer" in text
    for cookie in (f"sessionid={session}", f"a=b; __Host-sessionid={session}"):
        assert get(address + PAGE, {"Cookie": cookie})[0] == 503
    status, headers, text = get(f"{address}/admin/cuenta/ingresar/")
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "30", "no-store")
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Volvemos enseguida" in text
    assert "nginx" not in text


def test_withdrawn_page_does_not_come_back_while_the_guide_is_down(mortal):
    env, address, server = mortal
    path = "/guia-de-roles/pyme/mlops-engineer/"
    assert get(address + path)[0] == 200
    python(env, WITHDRAW)
    time.sleep(2)
    assert get(address + path)[0] == 410
    stop(server)
    time.sleep(1.2)
    assert get(address + path)[0] == 410


WITHDRAW = """
from profiles.desk.publishing import withdraw
withdraw(Profile.objects.get(role__slug="mlops-engineer", context__slug="pyme"))
"""


def test_nginx_does_not_keep_what_the_guide_does_not_want_kept(mortal):
    _env, address, server = mortal
    paths = ("/admin/cuenta/ingresar/", "/readyz", "/healthz")
    assert [get(address + path)[0] for path in paths] == [200, 200, 200]
    stop(server)
    assert [get(address + path)[0] for path in paths] == [503, 503, 503]


def test_page_that_was_missing_is_not_said_to_be_missing_while_the_guide_is_down(mortal):
    _env, address, server = mortal
    assert get(f"{address}/guia-de-roles/perfiles/not-yet/")[0] == 404
    stop(server)
    assert get(f"{address}/guia-de-roles/perfiles/not-yet/")[0] == 503


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        *(("br", "br"), ("gzip, deflate, br", "br"), ("br;q=0.1, gzip;q=1", "br")),
        *(("br;q=0, gzip", "gzip"), ("br; q=0.000,gzip", "gzip"), ("GZIP", "gzip")),
        *(("", None), ("identity", None), ("br;q=0", None), ("gzip;q=0, br;q=0.0", None)),
        *(("bring, xgzip", None), ("*", None), ("brotli", None)),
    ],
)
def test_nginx_asks_for_the_encoding_that_its_visitor_accepts(running, fronted, accepted, encoding):
    _status, headers, _text = get(fronted + PAGE, {"Accept-Encoding": accepted})
    assert headers.get("Content-Encoding") == encoding


@pytest.fixture(scope="module")
def fronted(running, nginx_program):
    with proxy(running[0]) as address:
        yield address


def test_nginx_hands_on_what_is_for_browsers_and_for_caches_further_out(running, fronted):
    _env, address = running
    for name in ("Cache-Control", "CDN-Cache-Control", "ETag", "Last-Modified"):
        assert get(fronted + PAGE)[1][name] == get(address + PAGE)[1][name]
    headers = {"If-None-Match": get(fronted + PAGE)[1]["ETag"]}
    assert get(fronted + PAGE, headers)[0] == 304


def stop(server):
    server.terminate()
    server.wait(timeout=30)
