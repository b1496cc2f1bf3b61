"""Imports only point down."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
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


def layer(module: str) -> int | None:
    """Return the number of the layer of ``module``, 0 at the bottom, or None if unknown."""
    if module in LEVEL:
        return LEVEL[module]
    parent = module.rpartition(".")[0]
    return layer(parent) if parent else None


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def import_nodes(node: ast.AST):
    """Yield the import statements under ``node`` that run."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        elif is_type_checking(child):
            for branch in child.orelse:
                yield from import_nodes(ast.Module([branch], []))
        else:
            yield from import_nodes(child)


def imported(source: str, package: str) -> set[str]:
    """Return the modules of the guide that ``source``, a module in ``package``, imports."""
    names = set()
    for node in import_nodes(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        else:
            base = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(base, package)
            names |= {member(base, alias.name) for alias in node.names}
    return {name for name in names if name.split(".")[0] == "profiles" and name != "profiles"}


def member(base: str, name: str) -> str:
    """Return the module that ``from base import name`` needs."""
    folder = ROOT / base.replace(".", "/")
    is_module = (folder / f"{name}.py").exists() or (folder / name).is_dir()
    return f"{base}.{name}" if is_module else base


def module_name(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return name.removesuffix(".__init__")


def modules(package: str = "profiles") -> dict[str, Path]:
    return {module_name(path): path for path in sorted((ROOT / package).rglob("*.py"))}


def upward(module: str, source: str, package: str) -> list[str]:
    """Return the imports of ``module`` that do not point down (its own layer is allowed)."""
    own = layer(module)
    known = (name for name in imported(source, package) if layer(name) is not None)
    return sorted(name for name in known if layer(name) > own)


def test_every_module_is_in_a_layer():
    names = set(modules()) - {"profiles"}
    assert len(names) > 30
    assert [name for name in sorted(names) if layer(name) is None] == []


def test_imports_only_point_down():
    found = {}
    for name, path in modules().items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        if name != "profiles" and layer(name) is not None:
            found[name] = upward(name, path.read_text(encoding="utf-8"), package)
    assert {name: imports for name, imports in found.items() if imports} == {}


def test_the_guide_knows_nothing_of_how_it_is_served():
    texts = {name: path.read_text(encoding="utf-8") for name, path in modules().items()}
    importing = re.compile(r"^\s*(from|import) roleguide\b", re.MULTILINE)
    assert [name for name, text in texts.items() if importing.search(text)] == []


def test_how_the_guide_is_served_knows_no_role():
    paths = modules("roleguide")
    assert "roleguide.settings" in paths
    served = {name: imported(path.read_text(), "roleguide") for name, path in paths.items()}
    # Server and guide meet at the root of the addresses, and where a worker begins.
    served.pop("roleguide.urls")
    assert served.pop("roleguide.gunicorn.conf") == {"profiles.search.index"}
    assert {name: names for name, names in served.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from profiles.views import pages", ["profiles.views.pages"]),
        ("from profiles.desk import publishing", ["profiles.desk.publishing"]),
        ("import profiles.admin.roles", ["profiles.admin.roles"]),
        ("def late():\n    from profiles.desk import history", ["profiles.desk.history"]),
        ("from .desk import rows", ["profiles.desk.rows"]),
        ("if TYPE_CHECKING:\n    from profiles.desk.publishing import publish", []),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import profiles.urls", ["profiles.urls"]),
        ("from profiles.documents.text import fold\nimport json", []),
    ],
)
def test_import_that_points_up_is_found(source, found):
    assert upward("profiles.guide.traits", source, "profiles") == found


def test_unknown_module_is_in_no_layer():
    assert layer("profiles.utils") is None
    assert layer("profiles.views.pages") == layer("profiles.views")
