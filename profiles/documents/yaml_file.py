"""YAML files ⇄ documents, for files that people write and strangers may send.

Reading is bounded (size, no aliases, no tags, UTF-8 only) and every problem names the file,
the line and the place in the document. Writing is stable: the same document, the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ValidationError

from profiles.documents.text import join_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 512 * 1024
MAX_DEPTH = 20
# Keys, values and brackets; a whole role has some 1,400.
MAX_PARTS = 20_000
Place = tuple[str | int, ...]
# JSON writes an emoji as two escapes, which YAML does not join; before them, escaped backslashes.
PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})", re.IGNORECASE)

# The CSafe classes are the same ones in C; a PyYAML without libyaml only lacks the speed.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

CUT = "« #» empieza un comentario y corta el valor: poné comillas, o el comentario en otra línea"

EXPECTED = {
    "missing": "falta y es obligatorio",
    "extra_forbidden": "es una clave desconocida",
    "string_type": "debe ser un texto",
    "string_too_short": "no puede quedar vacío",
    "string_too_long": "tiene más de {max_length} caracteres",
    "string_pattern_mismatch": "no tiene la forma esperada ({pattern})",
    "decimal_type": "debe ser un número",
    "decimal_parsing": "debe ser un número",
    "decimal_max_places": "admite un solo decimal",
    "greater_than_equal": "debe ser {ge} o más",
    "less_than_equal": "debe ser {le} o menos",
    "enum": "debe ser {expected}",
    "literal_error": "debe ser {expected}",
    "tuple_type": "debe ser una lista",
    "too_long": "tiene más de {max_length} elementos",
    "dict_type": "debe ser un mapa de claves y valores",
    "model_type": "debe ser un mapa de claves y valores",
    "model_attributes_type": "debe ser un mapa de claves y valores",
    "int_type": "debe ser un número entero",
    "int_parsing": "debe ser un número entero",
    "int_parsing_size": "debe ser un número entero",
    "bool_type": "debe ser true o false",
    "bool_parsing": "debe ser true o false",
    "date_type": "debe ser una fecha AAAA-MM-DD",
    "date_parsing": "debe ser una fecha AAAA-MM-DD",
    "date_from_datetime_parsing": "debe ser una fecha AAAA-MM-DD",
    "date_from_datetime_inexact": "debe ser una fecha AAAA-MM-DD",
    "finite_number": "debe ser un número",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: where, and what is expected (Spanish)."""

    message: str
    place: Place = ()
    line: int | None = None

    def __str__(self) -> str:
        where = [f"línea {self.line}"] if self.line else []
        where += [".".join(map(str, self.place))] if self.place else []
        return f"{', '.join(where)}: {self.message}" if where else self.message


class DocumentError(Exception):
    """A document that cannot be used; ``problems`` says what and where."""

    def __init__(self, name: str, problems: list[Problem]):
        self.name = name
        self.problems = problems
        super().__init__("\n".join(f"{name}: {problem}" for problem in problems))


@dataclass(frozen=True)
class Source:
    """The lines of a file, and at which one each place in the document begins."""

    text: list[str]
    places: dict[Place, int]

    def is_cut(self, node: yaml.ScalarNode) -> bool:
        """Tell whether a comment follows a text without quotes: what it says there is lost."""
        mark = node.end_mark
        rest = self.text[mark.line][mark.column :] if mark.line < len(self.text) else ""
        return not node.style and rest.lstrip().startswith("#")


def parse[T: BaseModel](content: bytes, form: type[T], name: str) -> T:
    """Return the document of type ``form`` in ``content`` (YAML, UTF-8, at most 512 KiB).

    ``name`` is what errors call the file. Raises DocumentError and nothing else.
    """
    text = _decode(content, name)
    node = _compose(text, name)
    source = Source(text.splitlines(), {})
    lines = source.places
    try:
        value = _plain(node, (), source)
    except UnreadableNodeError as error:
        raise DocumentError(name, error.problems) from error
    try:
        return form.model_validate(value)
    except ValidationError as error:
        problems = [_problem(item, lines) for item in error.errors(include_url=False)]
        raise DocumentError(name, problems) from error


def read[T: BaseModel](path: Path, form: type[T]) -> T:
    """Return the document in the file at ``path``; raises DocumentError as ``parse`` does."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b" " * (MAX_BYTES + 1)
    except OSError as error:
        problem = Problem(f"no se puede leer ({error.strerror})")
        raise DocumentError(str(path), [problem]) from error
    return parse(content, form, str(path))


class UnreadableNodeError(Exception):
    """Problems found while turning nodes into plain values."""

    def __init__(self, *problems: Problem):
        self.problems = list(problems)
        super().__init__(*problems)


def _decode(content: bytes, name: str) -> str:
    if len(content) > MAX_BYTES:
        problem = Problem(f"pesa más de {MAX_BYTES // 1024} KiB, el máximo para un documento")
        raise DocumentError(name, [problem])
    if b"\x00" in content:
        raise DocumentError(name, [Problem("es un archivo binario; se espera texto YAML")])
    try:
        text = content.decode("utf-8-sig")
        return PAIR.sub(_joined, text) if text.lstrip().startswith("{") else text
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "no está en UTF-8 (¿se guardó en Latin-1?); guardalo como UTF-8"
        raise DocumentError(name, [Problem(message, line=line)]) from error


def _joined(pair: re.Match) -> str:
    return pair[1] + bytes.fromhex(pair[2] + pair[3]).decode("utf-16-be")


def _compose(content: str, name: str) -> yaml.Node:
    try:
        _refuse_bombs(content, name)
        node = yaml.compose(content, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise DocumentError(name, [Problem(_syntax_message(content, line), line=line)]) from error
    except yaml.reader.ReaderError as error:
        line = content.encode()[: error.position].count(b"\n") + 1
        problem = Problem("tiene un carácter que YAML no admite", line=line)
        raise DocumentError(name, [problem]) from error
    if node is None:
        raise DocumentError(name, [Problem("está vacío")])
    return node


def _refuse_bombs(content: str, name: str) -> None:
    """Raise before the nodes are composed: composing calls itself once for each level."""
    depth = 0
    for count, event in enumerate(yaml.parse(content, Loader=Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            problem = Problem("los alias de YAML (*nombre) no se admiten", line=line)
            raise DocumentError(name, [problem])
        if count > MAX_PARTS:
            problem = Problem(f"tiene demasiadas partes (más de {MAX_PARTS})", line=line)
            raise DocumentError(name, [problem])
        if depth > 2 * MAX_DEPTH:
            raise DocumentError(name, [Problem("hay demasiados niveles", line=line)])


def _syntax_message(content: str, line: int | None) -> str:
    lines = content.splitlines()
    text = lines[line - 1] if line and line <= len(lines) else ""
    if "\t" in text[: len(text) - len(text.lstrip())]:
        return "hay un tabulador en la sangría; YAML solo admite espacios"
    return "no es YAML válido (revisá la sangría, los dos puntos y las comillas)"


def _plain(node: yaml.Node, place: Place, source: Source) -> Any:
    """Turn a node into plain values and note the line of each place."""
    line = source.places[place] = node.start_mark.line + 1
    if len(place) > MAX_DEPTH:
        raise UnreadableNodeError(Problem("hay demasiados niveles", place[:4], line))
    if node.tag not in _TAGS:
        raise UnreadableNodeError(Problem(f"la etiqueta {node.tag} no se admite", place, line))
    if isinstance(node, yaml.MappingNode):
        return dict(_pairs(node, place, source))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, i), source) for i, item in enumerate(node.value)]
    if source.is_cut(node):
        raise UnreadableNodeError(Problem(CUT, place, line))
    return _scalar(node, place, line)


def _pairs(node: yaml.MappingNode, place: Place, source: Source) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key = getattr(key_node, "value", None)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise UnreadableNodeError(Problem("una clave debe ser un texto simple", place, line))
        if key in seen:
            raise UnreadableNodeError(Problem("la clave está repetida", (*place, key), line))
        seen.add(key)
        yield key, _plain(value_node, (*place, key), source)


def _scalar(node: yaml.ScalarNode, place: Place, line: int) -> Any:
    try:
        return _SCALARS[node.tag](node)
    except (ValueError, OverflowError) as error:
        raise UnreadableNodeError(Problem("el valor no se entiende", place, line)) from error


def _boolean(node: yaml.ScalarNode) -> bool | str:
    """Only true and false are booleans; "no" or "sí" written in Spanish prose stay text."""
    return {"true": True, "false": False}.get(node.value.lower(), node.value)


_SCALARS = {
    "tag:yaml.org,2002:str": lambda node: node.value,
    "tag:yaml.org,2002:null": lambda node: None,
    "tag:yaml.org,2002:bool": _boolean,
    # Numbers and dates stay text: the form knows what each place expects and parses it exactly.
    "tag:yaml.org,2002:int": lambda node: node.value,
    "tag:yaml.org,2002:float": lambda node: node.value,
    "tag:yaml.org,2002:timestamp": lambda node: node.value,
}
_TAGS = {*_SCALARS, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def _problem(error: dict, lines: dict[Place, int]) -> Problem:
    place = error["loc"]
    known = next(place[:n] for n in range(len(place), -1, -1) if place[:n] in lines)
    return Problem(in_spanish(error), place, lines[known])


def in_spanish(error: dict) -> str:
    """Return what one of pydantic's errors expects, in the words of the documents."""
    template = EXPECTED.get(error["type"], error["msg"])
    context = {**error.get("ctx", {})}
    if error["type"] in ("enum", "literal_error"):
        context["expected"] = str(context["expected"]).replace(" or ", " o ")
    return template.format(**context)


class _Dumper(yaml.SafeDumper):
    """Block style with indented lists and readable long texts."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def _represent_text(dumper: yaml.Dumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _represent_text)


def dump(document: BaseModel, schema: str) -> str:
    """Return ``document`` as YAML text; ``schema`` is the file editors complete against."""
    value = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    header = f"# yaml-language-server: $schema={schema}\n"
    return header + yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96, indent=2
    )


def known(values: list[str]) -> str:
    """Return the list of known values that an error shows."""
    return join_words(sorted(values)) or "ninguno"
