"""What the guide is made of: locked, known, licensed, and run with as few rights as possible."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.helpers.postgresql import free_port
from tests.helpers.site import IGNORED, ROOT, environment, process, wait_until_ready
from tests.reliability.live import HOME, PAGE, Site, database_of

# Each lets a site be built of it without telling anybody; none asks for the site's own source.
ALLOWED = re.compile(
    r"MIT(-0)?|BSD-[23]-Clause|BSD|Apache-2\.0|Apache Software|PSF-2\.0|LGPL-3\.0-only"
    r"|Mozilla Public License 2\.0 \(MPL 2\.0\)|Other/Proprietary"
)
NOBODY = 65534


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def explained() -> set[str]:
    """Return the packages that the README's table gives a reason for."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Dependencies")[2].partition("\n## ")[0]
    cells = re.findall(r"(?m)^\| ([^|]+) \| [^|]{10,} \|$", section)
    listed = [name.partition("[")[0].strip() for cell in cells for name in cell.split(",")]
    return {canonicalize_name(name) for name in listed}


def test_every_runtime_dependency_says_why_it_is_here():
    asked = map(Requirement, project()["project"]["dependencies"])
    assert {canonicalize_name(each.name) for each in asked} == explained() - {"package"}


def locked(lock: str) -> dict[str, str]:
    """Return the version of each package of a requirements file."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"(?m)^([\w.-]+)(?:\[[^]]*\])?==([^ ;\\]+)", text)
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_lock_pins_what_the_project_asks_for_with_hashes_and_no_host(lock):
    text, pinned = (ROOT / lock).read_text(encoding="utf-8"), locked(lock)
    asked = project()["project"]["dependencies"]
    if lock == "requirements-dev.txt":
        asked += project()["dependency-groups"]["dev"]
    for requirement in map(Requirement, asked):
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier
    entries = re.split(r"(?m)^(?=\w)", text)[1:]
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert ("://" in text, len(entries)) == (False, len(pinned))


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_without_its_hash(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    installs = [line for line in lines if "pip install" in line]
    assert {"--require-hashes" in line for line in installs} == {True}


def licence(package: Distribution) -> str:
    """Return a package's licence: the SPDX expression, else its classifiers, else its words."""
    metadata = package.metadata
    classifiers = [
        value.rpartition(" :: ")[2]
        for value in metadata.get_all("Classifier", [])
        if value.startswith("License :: ") and value != "License :: OSI Approved"
    ]
    words = (metadata.get("License") or "").strip().partition("\n")[0]
    return metadata.get("License-Expression") or " OR ".join(classifiers) or words


def test_every_licence_is_known_and_allowed():
    found = {}
    for name in locked("requirements.txt"):
        with suppress(PackageNotFoundError):  # locked for other systems
            found[name] = licence(distribution(name)).removesuffix(" License")
    assert len(found) > 20
    parts = {name: re.split(r"(?: License)? (?:OR|AND) ", text) for name, text in found.items()}
    assert {n: each for n, each in parts.items() if not all(map(ALLOWED.fullmatch, each))} == {}


@pytest.fixture
def image(template, tmp_path):
    """The files of the image, none of which can be written, and the folder /data."""
    tree, data = tmp_path / "app", tmp_path / "data"
    shutil.copytree(ROOT, tree, ignore=IGNORED)
    data.mkdir()
    shutil.copy(database_of(template.folder), database_of(data))
    subprocess.run(["chmod", "-R", "a=rX", tree], check=True)
    if os.geteuid() == 0:
        for path in (data, database_of(data)):
            os.chown(path, NOBODY, NOBODY)
    yield tree, data
    subprocess.run(["chmod", "-R", "u+w", tree], check=True)


def with_few_rights() -> list[str]:
    """Return what runs a command as nobody, who may read everything; without root it is us."""
    if os.geteuid() != 0:
        return []
    rights = "+dac_read_search"
    caps = [f"--inh-caps={rights}", f"--ambient-caps={rights}", f"--bounding-set=-all,{rights}"]
    ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return ["setpriv", *ids, *caps, "--no-new-privs", "--"]


def start_command() -> list[str]:
    """Return what the image runs."""
    return json.loads((ROOT / "Dockerfile").read_text(encoding="utf-8").rpartition("\nCMD ")[2])


@pytest.mark.processes
def test_image_runs_as_nobody_from_files_that_nobody_can_write(image, template, tmp_path):
    tree, data = image
    port = free_port()
    env = environment(data, port) | {"PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env |= {"PATH": path, "SECRET_KEY": template.secret}
    before = {path: path.stat().st_mtime_ns for path in tree.rglob("*")}
    command, log = [*with_few_rights(), *start_command()], tmp_path / "log"
    with process(command, env, log, tree) as server:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        site = Site(port, env, data, server, template.sessions)
        answers = [site.get(path) for path in (HOME, PAGE, f"{PAGE}entrevista.pdf")]
        editor = site.editor()
        form = editor.open(site.change_path("data-tester"), "profile_form")
        saved = editor.send(form, summary="Guardado por nadie.")
        uid = Path(f"/proc/{server.pid}").stat().st_uid
    assert [answer.status for answer in answers] == [200] * 3, log.read_text()
    assert (saved.status, uid != 0) == (302, True)
    assert {path: path.stat().st_mtime_ns for path in tree.rglob("*")} == before


COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
SERVICES = yaml.safe_load(COMPOSE)["services"]


@pytest.mark.parametrize(("fails", "may_start"), [("load_guide", True), ("migrate", False)])
def test_site_starts_after_a_refused_load_but_no_failed_migration(tmp_path, fails, may_start):
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\necho "$2"\ntest "$2" != {fails}\n')
    script.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    once = SERVICES["migrate"]["command"]
    done = subprocess.run(once, env=env, capture_output=True, text=True)
    assert (done.returncode == 0, "load_guide" in done.stdout.split()) == (may_start, may_start)


def test_services_have_few_rights_bounded_logs_and_no_password_by_default():
    web = SERVICES["web"]
    assert web["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert ("command" in web, web["read_only"], web["cap_drop"]) == (False, True, ["ALL"])
    # Visitors come by nginx, and nobody from another machine.
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"front": ["127.0.0.1:8000:8080"]}
    for name, service in SERVICES.items():
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        assert set(re.findall(rf"\$\{{{name}(:.|\}})", COMPOSE)) == {":?"}
    # In an address, a password with a slash would be another address.
    assert "PASSWORD}@" not in COMPOSE


def test_image_is_built_for_a_user_without_rights():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    users = re.findall(r"(?m)^USER (.+)$", dockerfile)
    assert (users, start_command()[0]) == (["guide"], "gunicorn")
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    first, *rules = [line for line in lines if not line.startswith("#")]
    assert first == "*"
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert let_in & {".env", ".git", ".venv", "tests", "docs", "benchmarks"} == set()
    assert {"manage.py", "profiles", "roleguide", "templates", "fixtures"} <= let_in
