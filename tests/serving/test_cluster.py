"""Two nodes behind nginx, on one PostgreSQL: an edit crosses, and no end is noticed."""

import os
import re
import shutil
import signal
import threading
import time
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.helpers.postgresql import free_port
from tests.helpers.site import IGNORED, ROOT, environment, manage, python, serving, wait_for
from tests.serving import machines
from tests.serving.machines import PAGE, NameServer, Readers, children, get

pytestmark = pytest.mark.processes
NODES = ("127.0.0.11", "127.0.0.12")
NEW_NODE, NOBODY = "127.0.0.13", "127.0.0.14"
PAGES = (PAGE, "/guia-de-roles/", "/guia-de-roles/perfiles/", "/guia-de-roles/rasgos/")
EDIT = "Area.objects.filter(slug='datos-e-ia').update(name='Área de consola')"


class Cluster:
    """Nodes that share a port and a name, each on a loopback address of its own; and the front."""

    def __init__(self, stack, server, folder, variables):
        self.stack, self.server, self.folder = stack, server, folder
        self.env = environment(folder, free_port()) | variables | {"BEHIND_PROXY": "true"}
        self.env |= {"ALLOWED_HOSTS": ",".join(["127.0.0.1", *NODES, NEW_NODE])}
        self.names = stack.enter_context(NameServer())
        front = machines.front(f"guia:{self.env['PORT']}", self.names.where)
        self.front = stack.enter_context(front)
        self.nodes = {}

    def start(self, address, tree=ROOT):
        env, log = self.env | {"HOST": address}, self.folder / f"{address}.log"
        node = serving(env, log, tree=tree)
        self.nodes[address] = self.stack.enter_context(node)
        self.names.addresses.append(address)

    def kill(self, address):
        master = self.nodes[address]
        for pid in [master.pid, *children(master.pid)]:
            os.kill(pid, signal.SIGKILL)

    def at(self, address, path):
        return get(f"http://{address}:{self.env['PORT']}{path}")


def test_cluster_from_its_first_node_to_the_end_of_its_database(prepared, nginx_program, tmp_path):
    """One story, since its start is most of its time."""
    with prepared.postgresql("shipped") as (server, _loaded, variables), ExitStack() as stack:
        cluster = Cluster(stack, server, tmp_path, variables)
        front_starts_before_its_nodes(cluster)
        edit_crosses(cluster)
        node_is_killed(cluster)
        node_comes_back_at_another_address(cluster)
        stylesheet_of_one_release_is_found(cluster)
        release_with_a_migration_is_rolled_out(cluster)
        database_is_killed(cluster)


def front_starts_before_its_nodes(cluster):
    status, headers, text = get(cluster.front + PAGE)
    assert (status, headers["Retry-After"]) == (503, "30")
    assert "Volvemos enseguida" in text
    for address in NODES:
        cluster.start(address)
    time.sleep(1.5)  # for as long as nginx believes that the name has no address
    assert get(cluster.front + PAGE)[0] == 200


def edit_crosses(cluster):
    assert [cluster.at(node, PAGE)[0] for node in NODES] == [200, 200]
    python(cluster.env, EDIT)
    wait_for(lambda: all("Área de consola" in cluster.at(node, PAGE)[2] for node in NODES))


def node_is_killed(cluster):
    with Readers([cluster.front + page for page in PAGES]) as readers:
        readers.wait_for(100)
        cluster.kill(NODES[1])
        readers.wait_for(400)
    assert readers.wrong == {}


def node_comes_back_at_another_address(cluster):
    with Readers([cluster.front + page for page in PAGES]) as readers:
        cluster.names.addresses.remove(NODES[1])
        cluster.start(NEW_NODE)
        time.sleep(1.5)
        cluster.kill(NODES[0])
        readers.wait_for(400)
    assert readers.wrong == {}
    cluster.names.addresses.remove(NODES[0])


class FormerRelease(BaseHTTPRequestHandler):
    """A node that knows none of the newer release's files."""

    def do_GET(self):
        self.send_error(404)

    def log_message(self, *arguments):
        pass


def stylesheet_of_one_release_is_found(cluster):
    page = cluster.at(NEW_NODE, PAGE)[2]
    files = re.findall(r'"(/static/[^"]+\.[0-9a-f]{12}\.\w+)"', page)
    former = ThreadingHTTPServer((NOBODY, int(cluster.env["PORT"])), FormerRelease)
    threading.Thread(target=former.serve_forever, daemon=True).start()
    cluster.names.addresses.append(NOBODY)
    time.sleep(1.5)
    assert len(files) > 2
    assert {get(cluster.front + file)[0] for file in files for _ in range(10)} == {200}
    cluster.names.addresses.remove(NOBODY)
    former.shutdown()
    former.server_close()
    time.sleep(1.5)


NEXT_MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("profiles", "{newest}")]
    operations = [migrations.RunSQL("ALTER TABLE profiles_area ADD COLUMN next text")]
"""


def release_with_a_migration_is_rolled_out(cluster):
    """Expand: the new release's one migration, then its nodes, then the old ones go."""
    tree = cluster.folder / "next"
    shutil.copytree(ROOT, tree, ignore=IGNORED)
    migrations = tree / "profiles/migrations"
    newest = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_next.py").write_text(NEXT_MIGRATION.format(newest=newest))
    with Readers([cluster.front + page for page in PAGES]) as readers:
        manage(cluster.env, "migrate", "--verbosity", "0", tree=tree)
        assert cluster.at(NEW_NODE, "/readyz")[0] == 200
        cluster.start(NODES[0], tree)
        readers.wait_for(200)
        cluster.names.addresses.remove(NEW_NODE)
        time.sleep(1.5)
        cluster.nodes[NEW_NODE].terminate()
        assert cluster.nodes[NEW_NODE].wait(timeout=30) == 0
        readers.wait_for(200)
    assert readers.wrong == {}
    assert python(cluster.env, "print(Area.objects.count())") > "0"


def database_is_killed(cluster):
    known = [get(cluster.front + page)[0] for page in PAGES * 5]
    cluster.server.stop()
    time.sleep(1.5)
    after = [get(cluster.front + page)[0] for page in PAGES * 5]
    unknown = partial(get, f"{cluster.front}/guia-de-roles/perfiles/?q=nadie")
    status, headers, text = unknown()
    assert set(known) == set(after) == {200}
    assert (status, headers["Retry-After"]) == (503, "30")
    assert "Volvemos enseguida" in text
    cluster.server.start()
    wait_for(lambda: unknown()[0] == 200)


# Enough new connections that both of two workers answer: one alone would, once in 2 ** 29 times.
VISITS = 30


def is_everywhere(address):
    """Tell whether all of VISITS visitors see the edit."""
    return all("Área de consola" in get(address + PAGE)[2] for _ in range(VISITS))


@pytest.mark.parametrize("database", ["sqlite_site", "postgresql_site"])
def test_edit_in_the_shell_is_soon_everywhere(request, nginx_program, database):
    site = request.getfixturevalue(database)
    proxy = machines.front(f"127.0.0.1:{site.port}")
    # Under load, so that what nginx keeps is always fresh from its point of view.
    with proxy as front, Readers([front + PAGE], count=2) as readers:
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
    with machines.front(f"127.0.0.1:{sqlite_site.port}") as address:
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
