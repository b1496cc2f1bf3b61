"""Imports only point down."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The rooms from the ground up; those of one line know nothing of each other, but for the last.
LAYERS = (
    ("documents",),
    ("models", "guide"),
    ("desk",),
    ("exchange",),
    ("search", "exports", "seo"),
    ("http", "views", "api", "admin", "management", "templatetags"),
    ("urls", "apps", "migrations"),
)
LEVEL = {f"profiles.{name}": level for level, names in enumerate(LAYERS) for name in names}
# For a type checker only: no module needs these in order to run.
FOR_TYPES = re.compile(r"(?m)^if TYPE_CHECKING:\n(?: +.*\n)+")
# Wherever it stands in a module, in a function too.
IMPORT = re.compile(r"(?m)^ *(?:from (?P<room>[\w.]+) import (?P<names>.+)|import (?P<module>\S+))")


def layer(module: str) -> int | None:
    """Return the number of the layer of ``module``, 0 at the bottom, or None if unknown."""
    return LEVEL.get(".".join(module.split(".")[:2]))


def modules(package: str = "profiles") -> dict[str, str]:
    """Return the source of each module of a package by the module's name."""
    paths = sorted((ROOT / package).rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    texts = [path.read_text(encoding="utf-8") for path in paths]
    return dict(zip([name.removesuffix(".__init__") for name in names], texts, strict=True))


def imported(source: str) -> set[str]:
    """Return the modules that ``source`` imports, also in the form "from profiles import views"."""
    found = set()
    for line in IMPORT.finditer(FOR_TYPES.sub("", source)):
        room, names, module = line["room"], line["names"], line["module"]
        if room in (None, "profiles"):
            found |= {module} if module else {f"profiles.{n.strip()}" for n in names.split(",")}
        else:
            found.add(room)
    return found


def upward(module: str, source: str) -> list[str]:
    """Return the imports of ``module`` that do not point down (its own layer is allowed)."""
    own = layer(module)
    known = (name for name in imported(source) if layer(name) is not None)
    return sorted(name for name in known if layer(name) > own)


def test_every_module_is_in_a_layer():
    names = set(modules()) - {"profiles"}
    assert len(names) > 30
    assert [name for name in sorted(names) if layer(name) is None] == []


def test_imports_only_point_down():
    texts = modules().items()
    found = {name: upward(name, text) for name, text in texts if layer(name) is not None}
    assert {name: imports for name, imports in found.items() if imports} == {}
    # A relative import would be seen by nobody.
    assert [name for name, text in texts if re.search(r"(?m)^ *from \.", text)] == []


@pytest.mark.parametrize(
    ("room", "other", "meets"),
    # The root of the addresses is where server and guide meet.
    [("profiles", "roleguide", set()), ("roleguide", "profiles", {"roleguide.urls"})],
)
def test_guide_and_server_know_nothing_of_each_other(room, other, meets):
    texts = modules(room)
    named = {
        name for name, text in texts.items() if re.search(rf"(?m)^ *(from|import) {other}\b", text)
    }
    assert named - meets == set()
    assert f"{room}.urls" in texts


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from profiles.views import pages", ["profiles.views"]),
        ("from profiles import apps, views", ["profiles.apps", "profiles.views"]),
        ("import profiles.admin.roles", ["profiles.admin.roles"]),
        ("def late():\n    from profiles.desk import history", ["profiles.desk"]),
        ("from profiles.documents.text import fold\nimport json", []),
        ("if TYPE_CHECKING:\n    from profiles.desk import history\n", []),
    ],
)
def test_import_that_points_up_is_found(source, found):
    assert upward("profiles.guide.traits", source) == found
    assert layer("profiles.utils") is None
