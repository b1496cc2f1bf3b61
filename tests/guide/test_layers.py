"""Imports only point down."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The rooms from the ground up; those of one line know nothing of each other, but for the last.
LAYERS = (
    ("documents",),
    ("models", "guide"),
    ("desk",),
    ("search", "exports", "seo"),
    ("views", "admin", "management", "templatetags"),
    ("urls", "apps", "migrations"),
)
LEVEL = {f"profiles.{name}": level for level, names in enumerate(LAYERS) for name in names}


def room(module: str) -> str:
    """Return the room of ``module``: ``profiles.guide`` of ``profiles.guide.traits``."""
    return ".".join(module.split(".")[:2])


def imported(tree: ast.AST):
    """Yield the modules that a tree imports, in functions too; not what only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import would be seen by nobody"
            # Also in the form "from profiles import views".
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from imported(node)


def imports(package: str) -> dict[str, set[str]]:
    """Return what each module of a package imports, by the module's name."""
    found = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
    return found


def test_every_module_is_in_a_layer_and_imports_only_point_down():
    found = imports("profiles")
    del found["profiles"]
    assert len(found) > 30
    assert [name for name in found if room(name) not in LEVEL] == []
    pairs = [(name, other) for name, others in found.items() for other in others]
    assert [p for p in pairs if LEVEL.get(room(p[1]), -1) > LEVEL[room(p[0])]] == []


@pytest.mark.parametrize(
    ("package", "other", "meets"),
    # The root of the addresses is where server and guide meet.
    [("profiles", "roleguide", set()), ("roleguide", "profiles", {"roleguide.urls"})],
)
def test_guide_and_server_know_nothing_of_each_other(package, other, meets):
    found = imports(package)
    assert f"{package}.urls" in found
    knowing = {name for name, others in found.items() if other in {o.split(".")[0] for o in others}}
    assert knowing - meets == set()
