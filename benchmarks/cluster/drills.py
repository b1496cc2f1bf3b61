"""What happens to visitors and editors when a machine of the cluster ends, one after the other.

``python -m benchmarks.cluster.drills`` runs them all and prints a table; tests/serving holds what
they must find. Each drill leaves the cluster as it found it.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.cluster import machines
from benchmarks.cluster.machines import Cluster
from tests.serving.machines import Readers, get, python, seconds_until

CONTEXTS = ("perfiles", "startup", "pyme", "enterprise", "global")
ROLES = ("mlops-engineer", "data-engineer", "contador")
WARM = [f"/guia-de-roles/{context}/{role}/" for context in CONTEXTS for role in ROLES]
PAGE = WARM[-3]
# Profiles that no drill visits before it has to find them uncached.
COLD = [f"/guia-de-roles/{context}/product-designer/" for context in CONTEXTS]
AREA = "Area.objects.filter(slug='datos-e-ia')"


@dataclass
class Outcome:
    """What visitors got while something was broken."""

    name: str
    answers: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    def row(self) -> str:
        times = ", ".join(f"{name}: {value:.2f} s" for name, value in self.seconds.items())
        wrong = ", ".join(f"{count} × {name}" for name, count in self.wrong.items()) or "none"
        return f"| {self.name} | {self.answers or '–'} | {wrong} | {times} |"


def is_right(url: str, text: str) -> bool:
    """Tell whether ``text`` is the whole page of ``url``: its own canonical address, its end."""
    path = urlsplit(url).path
    return f'{path}">' in text and text.rstrip().endswith("</html>")


def readers(cluster: Cluster, count: int = 4) -> Readers:
    """Return visitors of pages that every worker has in memory."""
    for machine in cluster.nodes:
        for _ in range(8):
            for path in WARM:
                get(machine.address + path)
    return Readers([cluster.front.address + path for path in WARM], count, is_right)


def edit(cluster: Cluster, words: str) -> float:
    """Write ``words`` on a page and return when it was done."""
    python(cluster.env, f"{AREA}.update(name={words!r})")
    return time.monotonic()


def shows(address: str, words: str) -> bool:
    return words in get(address + PAGE)[2]


def edit_crosses(cluster: Cluster) -> Outcome:
    """An edit made beside node A is on node B."""
    words = f"Área que cruza a las {time.time()}"
    for machine in cluster.nodes:
        shows(machine.address, words)
    edited = edit(cluster, words)
    seconds = {}
    for name, machine in zip("AB", cluster.nodes, strict=True):
        seconds_until(lambda machine=machine: shows(machine.address, words))
        seconds[f"visible on node {name}"] = time.monotonic() - edited
    return Outcome("an edit", seconds=seconds)


def node_is_renewed(cluster: Cluster) -> Outcome:
    """SIGHUP: all workers of both nodes are replaced, the memory of all pages with them."""
    with readers(cluster) as visitors:
        visitors.wait_for(50)
        for machine in cluster.nodes:
            machine.renew()
        visitors.wait_for(100)
    return Outcome("the workers are renewed (SIGHUP)", visitors.answers, dict(visitors.wrong))


def node_is_stopped(cluster: Cluster) -> Outcome:
    """SIGTERM: a node ends what it has begun, and the other one goes on."""
    machine = cluster.nodes[1]
    with readers(cluster) as visitors:
        visitors.wait_for(50)
        began = time.monotonic()
        machine.stop()
        seconds = {"stopped in": time.monotonic() - began}
        visitors.wait_for(100)
        machine.start()
        visitors.wait_for(50)
    return Outcome("a node is stopped (SIGTERM)", visitors.answers, dict(visitors.wrong), seconds)


def broken(cluster: Cluster, name: str, machine, meanwhile: Callable | None = None) -> Outcome:
    """Kill ``machine`` under readers of cached pages, do something, start it again."""
    with readers(cluster) as visitors:
        visitors.wait_for(50)
        machine.kill()
        visitors.wait_for(150)
        found = meanwhile() if meanwhile else {}
        machine.start()
        visitors.wait_for(100)
    return Outcome(name, visitors.answers, dict(visitors.wrong), **found)


def node_dies(cluster: Cluster) -> Outcome:
    return broken(cluster, "a node is killed", cluster.nodes[0])


def redis_dies(cluster: Cluster) -> Outcome:
    def image() -> dict:
        """A social image is drawn without the cache that it would be kept in."""
        page = get(cluster.front.address + PAGE)[2]
        path = page.partition('property="og:image" content="')[2].partition('"')[0]
        began = time.monotonic()
        status = get(cluster.nodes[0].address + urlsplit(path).path)[0]
        return {"statuses": {"image": status}, "seconds": {"image": time.monotonic() - began}}

    return broken(cluster, "Redis is killed", cluster.redis, image)


def copy_dies(cluster: Cluster) -> Outcome:
    def edit_goes_on() -> dict:
        words = "Área sin copia"
        edited = edit(cluster, words)
        machine = cluster.nodes[1]
        seconds_until(lambda: shows(machine.address, words))
        return {"seconds": {"an edit meanwhile visible": time.monotonic() - edited}}

    outcome = broken(cluster, "the copy of the database is killed", cluster.copy, edit_goes_on)
    # The nodes find it again by themselves.
    words = "Área con copia"
    edited = edit(cluster, words)
    seconds_until(lambda: shows(cluster.nodes[0].address, words))
    outcome.seconds["an edit afterwards visible"] = time.monotonic() - edited
    return outcome


def timed(address: str) -> tuple[int, float]:
    began = time.monotonic()
    return get(address, timeout=20)[0], time.monotonic() - began


def primary_dies(cluster: Cluster) -> Outcome:
    def public_site_reads_the_copy() -> dict:
        machine = cluster.nodes[0].address
        uncached, slowest = zip(*(timed(machine + path) for path in COLD), strict=True)
        admin, _seconds = timed(f"{machine}/admin/cuenta/ingresar/")
        api, asked = timed(f"{machine}/api/v1/roles/")
        return {
            "statuses": {"uncached": max(uncached), "log-in": admin, "api": api},
            "seconds": {"slowest uncached page": max(slowest), "api's answer": asked},
        }

    outcome = broken(cluster, "the primary is killed", cluster.primary, public_site_reads_the_copy)
    outcome.seconds["log-in works again"] = back(cluster)
    return outcome


def back(cluster: Cluster) -> float:
    """Return how long the API of node A takes until it answers again."""
    return seconds_until(lambda: timed(f"{cluster.nodes[0].address}/api/v1/roles/")[0] == 200)


def both_databases_die(cluster: Cluster) -> Outcome:
    def memory_is_all_there_is() -> dict:
        cluster.copy.kill()
        machine = cluster.nodes[0].address
        time.sleep(1.5)  # the pages' version cannot be read any more
        known = {timed(machine + path)[0] for path in WARM}
        unknown, waited = zip(
            *(timed(f"{machine}/guia-de-roles/{size}/ux-researcher/") for size in CONTEXTS),
            strict=True,
        )
        cluster.copy.start()
        return {
            "statuses": {"cached": max(known), "uncached": max(unknown)},
            "seconds": {"slowest 503": max(waited)},
        }

    outcome = broken(
        cluster, "primary and copy are killed", cluster.primary, memory_is_all_there_is
    )
    outcome.seconds["the API answers again"] = back(cluster)
    return outcome


DRILLS = (
    edit_crosses,
    node_is_renewed,
    node_is_stopped,
    node_dies,
    redis_dies,
    copy_dies,
    primary_dies,
    both_databases_die,
)


def table(outcomes: Iterator[Outcome]) -> str:
    """Return what happened as a Markdown table."""
    head = "| what | answers | not the right page | |\n| --- | ---: | --- | --- |"
    return "\n".join([head, *(outcome.row() for outcome in outcomes)])


def run() -> str:
    """Run all drills on a new cluster and return their table."""
    with machines.running() as cluster:
        return table([drill(cluster) for drill in DRILLS])


if __name__ == "__main__":
    if absent := machines.missing():
        sys.exit(f"Not installed: {', '.join(absent)} (Debian: apt install {' '.join(absent)}).")
    print(run())
