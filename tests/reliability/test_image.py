"""The image, built as the Dockerfile says and run as a container with no rights at all.

No engine has to run for it: buildah builds, runc runs (Debian: buildah, runc). Where the base image
cannot be pulled, docs/reliability.md says how to make one.
"""

import json
import os
import shutil
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.postgresql import free_port
from tests.reliability.test_supply import migrate_command
from tests.site import ROOT, wait_until_ready

NAME = "guia-de-roles-under-test"
PATHS = ["", "perfiles/mlops-engineer/", "perfiles/mlops-engineer/entrevista.pdf"]
SECRET = "9" * 40 + "-only-for-this-container"
UID = 10001
TO_WRITE = ["/data", "/tmp"]  # noqa: S108 - in the container
TMP = {"destination": TO_WRITE[1], "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"]}

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(
        os.geteuid() != 0 or not (shutil.which("buildah") and shutil.which("runc")),
        reason="Building an image wants root, buildah and runc (Debian: apt install buildah runc).",
    ),
]


def output_of(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


@pytest.fixture(scope="module")
def built():
    """The root file system of the freshly built image, and its configuration."""
    build = ["buildah", "bud", "--isolation", "chroot", "--format", "docker", "--pull=false"]
    done = subprocess.run([*build, "--tag", NAME, "."], capture_output=True, text=True, cwd=ROOT)
    if "python:3.13-slim" in done.stderr and done.returncode:
        pytest.skip("python:3.13-slim is neither here nor to be had; see docs/reliability.md.")
    assert done.returncode == 0, done.stderr
    config = json.loads(output_of("buildah", "inspect", "--type", "image", NAME))["Docker"]
    container = output_of("buildah", "from", "--pull-never", NAME).strip()
    try:
        yield Path(output_of("buildah", "mount", container).strip()), config["config"]
    finally:
        output_of("buildah", "rm", container)
        output_of("buildah", "rmi", NAME)


def user_of(root: Path, image: dict) -> int:
    """Return the number of the user that the image runs as."""
    users = (line.split(":") for line in (root / "etc/passwd").read_text().splitlines())
    return next(int(user[2]) for user in users if user[0] == (image["User"] or "root"))


def bundle(folder: Path, root: Path, image: dict, port: int) -> None:
    """Write what ``docker run --read-only --tmpfs /tmp --cap-drop ALL`` makes of the image."""
    output_of("runc", "spec", "--bundle", folder)
    spec = json.loads((folder / "config.json").read_text())
    user = user_of(root, image)
    variables = [f"SECRET_KEY={SECRET}", "HOST=127.0.0.1", f"PORT={port}"]
    spec["process"] |= {
        "terminal": False,
        "user": {"uid": user, "gid": user},
        "cwd": image["WorkingDir"],
        "args": image["Cmd"],
        "env": [*image["Env"], f"SITE_URL=http://127.0.0.1:{port}", *variables],
        "capabilities": {},
        "noNewPrivileges": True,
    }
    spec["root"] = {"path": str(root), "readonly": True}
    data = folder / "data"
    data.mkdir()
    os.chown(data, user, user)
    volume = {"destination": "/data", "type": "bind", "source": str(data), "options": ["rbind"]}
    spec["mounts"] += [TMP, volume]
    # The host's loopback, so that the test reaches it.
    spaces = spec["linux"]["namespaces"]
    spec["linux"]["namespaces"] = [space for space in spaces if space["type"] != "network"]
    (folder / "config.json").write_text(json.dumps(spec))


def prepare(folder: Path, name: str) -> None:
    """Run what compose.yaml runs once before the nodes, in a container of the same bundle."""
    path = folder / "config.json"
    before = path.read_text()
    spec = json.loads(before)
    spec["process"]["args"] = migrate_command()
    path.write_text(json.dumps(spec))
    output_of("runc", "run", "--bundle", folder, name)
    path.write_text(before)


@dataclass
class Container:
    """A running container: its name, its address, and the process that waits for its end."""

    name: str
    url: str
    process: subprocess.Popen

    def run(self, *command: str) -> subprocess.CompletedProcess:
        inside = ["runc", "exec", self.name, *command]
        return subprocess.run(inside, capture_output=True, text=True)


@contextmanager
def started(built, folder: Path, name: str = NAME):
    """Yield the container of ``built``, once it is ready; it is gone afterwards."""
    port = free_port()
    bundle(folder, *built, port)
    prepare(folder, f"{name}-once")
    with (folder / "log").open("w") as log:
        command = ["runc", "run", "--bundle", folder, name]
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz")
            yield Container(name, f"http://127.0.0.1:{port}", process)
        finally:
            subprocess.run(["runc", "delete", "--force", name], check=True)
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def container(built, tmp_path_factory):
    """A container that the tests of this file share."""
    with started(built, tmp_path_factory.mktemp("bundle")) as running:
        yield running


def test_image_holds_the_guide_and_nothing_of_the_workshop(built):
    root, image = built
    assert image["User"] == "guide"
    assert list(image["Volumes"]) == ["/data"]
    files = {path.name for path in (root / "app").iterdir()}
    assert {"manage.py", "profiles", "staticfiles"} <= files
    assert files & {".env", ".git", ".venv", "db.sqlite3", "tests"} == set()
    written = [path for path in (root / "app").rglob("*") if path.stat().st_uid == UID]
    assert written == []


@pytest.mark.parametrize("path", PATHS)
def test_container_serves(container, path):
    url = f"{container.url}/guia-de-roles/{path}"
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - loopback only
        assert answer.status == 200


def test_container_has_no_rights_and_nothing_to_write_but_its_data(container):
    places = ["/app", "/etc", "/venv", "/usr", "/", *TO_WRITE]
    written = [place for place in places if not container.run("touch", f"{place}/x").returncode]
    assert written == TO_WRITE
    status = container.run("cat", "/proc/1/status").stdout.splitlines()
    rights = dict(line.split(":\t", 1) for line in status)
    assert rights["Uid"].split() == [str(UID)] * 4
    assert (int(rights["CapEff"], 16), int(rights["CapBnd"], 16)) == (0, 0)
    assert rights["NoNewPrivs"] == "1"


def test_container_is_healthy_and_backs_itself_up(built, container):
    _root, image = built
    assert container.run(*image["Healthcheck"]["Test"][1:]).returncode == 0
    saved = container.run("python", "manage.py", "backup", "/data/now.backup")
    assert saved.returncode == 0, saved.stderr
    assert container.run("pg_dump", "--version").returncode == 0


def test_container_ends_when_it_is_told(built, tmp_path):
    with started(built, tmp_path, f"{NAME}-to-its-end") as container:
        began = time.monotonic()
        output_of("runc", "kill", container.name, "TERM")
        assert container.process.wait(timeout=25) == 0
        assert time.monotonic() - began < 10
