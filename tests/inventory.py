"""What the guide is made of: ``python -m tests.inventory sbom`` or ``licences``.

Reads the locked requirements (names, versions, hashes) and what each installed package says of
its licence. The first is CycloneDX 1.6 as JSON, for programs; the second a table, for people.
"""

import json
import re
import sys
import tomllib
import uuid
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?==(?P<version>[^ ;\\]+)(?P<rest>.*)$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
UNKNOWN = "UNKNOWN"


@dataclass
class Package:
    """One locked package; ``applies`` where it is installed on this kind of machine."""

    name: str
    version: str
    applies: bool
    hashes: list[str] = field(default_factory=list)
    licence: str = UNKNOWN

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def locked(text: str) -> list[Package]:
    """Return the packages of a requirements file with hashes, in its order."""
    packages: list[Package] = []
    for line in text.splitlines():
        if match := PIN.match(line):
            marker = match["rest"].rstrip("\\ ").lstrip("; ")
            applies = Marker(marker).evaluate() if marker else True
            packages.append(Package(canonicalize_name(match["name"]), match["version"], applies))
        elif packages and (found := HASH.search(line)):
            packages[-1].hashes.append(found[1])
    return packages


def licence(package: Distribution) -> str:
    """Return a package's licence: the SPDX expression, else its classifiers, else its words."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    prefix = "License :: "
    classifiers = [
        value.rpartition(" :: ")[2]
        for value in metadata.get_all("Classifier", [])
        if value.startswith(prefix) and value != "License :: OSI Approved"
    ]
    words = (metadata.get("License") or "").strip().splitlines()
    return " OR ".join(classifiers) or (words[0] if words else UNKNOWN)


def installed(lock: Path = LOCK) -> list[Package]:
    """Return the locked packages with their licences; raises where one is not the locked one."""
    packages = locked(lock.read_text(encoding="utf-8"))
    for package in packages:
        if not package.applies:
            continue
        try:
            found = distribution(package.name)
        except PackageNotFoundError as error:
            raise SystemExit(f"{package.name} is locked and not installed: make test") from error
        if found.version != package.version:
            raise SystemExit(f"{package.name} {found.version} is not the locked {package.version}")
        package.licence = licence(found)
    return packages


def sbom(packages: list[Package]) -> dict:
    """Return a CycloneDX 1.6 document of the packages that run the guide.

    Its serial number depends on its content alone, so that one lock makes one document.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reference = f"pkg:generic/{project['name']}@{project['version']}"
    components = [component(package) for package in packages]
    content = json.dumps(components, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": components,
        "dependencies": [
            {"ref": reference, "dependsOn": [package.purl for package in packages]},
            *({"ref": package.purl} for package in packages),
        ],
    }


def component(package: Package) -> dict:
    described = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "scope": "required" if package.applies else "optional",
        "hashes": [{"alg": "SHA-256", "content": value} for value in package.hashes],
    }
    if package.applies:
        described["licenses"] = [{"license": {"name": package.licence}}]
    return described


def licences(packages: list[Package]) -> str:
    """Return a Markdown table of the packages that are installed and their licences."""
    rows = ["| package | version | licence |", "| --- | --- | --- |"]
    present = [package for package in packages if package.applies]
    rows += [f"| {p.name} | {p.version} | {p.licence} |" for p in present]
    absent = [package.name for package in packages if not package.applies]
    if absent:
        rows.append(f"\nLocked for other systems, not installed here: {', '.join(absent)}.")
    return "\n".join(rows)


def main(kind: str) -> None:
    packages = installed()
    text = json.dumps(sbom(packages), indent=1) if kind == "sbom" else licences(packages)
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
