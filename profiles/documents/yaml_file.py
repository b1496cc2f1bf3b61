"""YAML files ⇄ documents, for files that people write and strangers may send.

Reading is bounded (size, no aliases, no tags, UTF-8 only) and every problem names the file,
the line and the place in the document. Writing is stable: the same document, the same bytes.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml
from django.conf import settings
from pydantic import BaseModel, ValidationError

from profiles.documents.text import join_words

MAX_BYTES = 512 * 1024
MAX_DEPTH = 20
# Keys, values and brackets; a whole role has some 1,400.
MAX_PARTS = 20_000
type Place = tuple[str | int, ...]
# JSON writes an emoji as two escapes, which YAML does not join; before them, escaped backslashes.
PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})", re.IGNORECASE)

# The CSafe classes are the same ones in C; a PyYAML without libyaml only lacks the speed.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAG = "tag:yaml.org,2002:"
# Numbers and dates stay text: the form knows what each place expects and parses it exactly.
KNOWN_TAGS = {
    f"{TAG}{kind}" for kind in ("str", "null", "bool", "int", "float", "timestamp", "map", "seq")
}

# What each of pydantic's errors expects, in Spanish.
EXPECTED = yaml.safe_load((settings.BASE_DIR / "fixtures/general/errors.yaml").read_bytes())


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


def read[T: BaseModel](path: Path, form: type[T]) -> T:
    """Return the document in the file at ``path``; raises DocumentError as ``parse`` does."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b" " * (MAX_BYTES + 1)
    except OSError as error:
        problem = Problem(f"no se puede leer ({error.strerror})")
        raise DocumentError(str(path), [problem]) from error
    return parse(content, form, str(path))


def parse[T: BaseModel](content: bytes, form: type[T], name: str) -> T:
    """Return the document of type ``form`` in ``content`` (YAML, UTF-8, at most 512 KiB).

    ``name`` is what errors call the file. Raises DocumentError and nothing else.
    """
    file = _File(name)
    value = file.values(content)
    try:
        return form.model_validate(value)
    except ValidationError as error:
        problems = [file.problem(item) for item in error.errors(include_url=False)]
        raise DocumentError(name, problems) from error


class _File:
    """A file while it is read: at which line each place of the document begins."""

    def __init__(self, name: str):
        self.name = name
        self.lines: list[str] = []
        self.line_of: dict[Place, int] = {}

    def refuse(self, message: str, line: int | None = None, place: Place = ()) -> NoReturn:
        raise DocumentError(self.name, [Problem(message, place, line)])

    def problem(self, error: dict) -> Problem:
        """Return one of pydantic's errors with the line of the nearest place that is there."""
        place = error["loc"]
        known = next(place[:n] for n in range(len(place), -1, -1) if place[:n] in self.line_of)
        return Problem(in_spanish(error), place, self.line_of[known])

    def values(self, content: bytes) -> Any:
        text = self.decoded(content)
        self.lines = text.splitlines()
        try:
            self.refuse_bombs(text)
            node = yaml.compose(text, Loader=Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.refuse_syntax(mark.line + 1 if mark else None)
        except yaml.reader.ReaderError as error:
            line = text.encode()[: error.position].count(b"\n") + 1
            self.refuse("tiene un carácter que YAML no admite", line)
        return self.plain(node, ()) if node else self.refuse("está vacío")

    def decoded(self, content: bytes) -> str:
        if len(content) > MAX_BYTES:
            self.refuse(f"pesa más de {MAX_BYTES // 1024} KiB, el máximo para un documento")
        if b"\x00" in content:
            self.refuse("es un archivo binario; se espera texto YAML")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.refuse("no está en UTF-8 (¿se guardó en Latin-1?); guardalo como UTF-8", line)
        return PAIR.sub(_joined, text) if text.lstrip().startswith("{") else text

    def refuse_bombs(self, text: str) -> None:
        """Refuse before the nodes are composed: composing calls itself once for each level."""
        depth = 0
        for count, event in enumerate(yaml.parse(text, Loader=Loader)):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            line = event.start_mark.line + 1
            if isinstance(event, yaml.AliasEvent):
                self.refuse("los alias de YAML (*nombre) no se admiten", line)
            if count > MAX_PARTS:
                self.refuse(f"tiene demasiadas partes (más de {MAX_PARTS})", line)
            if depth > MAX_DEPTH:
                self.refuse("hay demasiados niveles", line)

    def refuse_syntax(self, line: int | None) -> NoReturn:
        text = self.lines[line - 1] if line and line <= len(self.lines) else ""
        if "\t" in text[: len(text) - len(text.lstrip())]:
            self.refuse("hay un tabulador en la sangría; YAML solo admite espacios", line)
        self.refuse("no es YAML válido (revisá la sangría, los dos puntos y las comillas)", line)

    def plain(self, node: yaml.Node, place: Place) -> Any:
        """Turn a node into plain values and note the line of each place."""
        line = self.line_of[place] = node.start_mark.line + 1
        if node.tag not in KNOWN_TAGS:
            self.refuse(f"la etiqueta {node.tag} no se admite", line, place)
        if isinstance(node, yaml.MappingNode):
            return dict(self.pairs(node, place))
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*place, i)) for i, item in enumerate(node.value)]
        if self.is_cut(node):
            message = "« #» empieza un comentario y corta el valor: poné comillas, o el comentario"
            self.refuse(f"{message} en otra línea", line, place)
        return _scalar(node)

    def pairs(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = getattr(key_node, "value", None)
            line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                self.refuse("una clave debe ser un texto simple", line, place)
            if key in seen:
                self.refuse("la clave está repetida", line, (*place, key))
            seen.add(key)
            yield key, self.plain(value_node, (*place, key))

    def is_cut(self, node: yaml.ScalarNode) -> bool:
        """Tell whether a comment follows a text without quotes: what it says there is lost."""
        mark = node.end_mark
        rest = self.lines[mark.line][mark.column :] if mark.line < len(self.lines) else ""
        return not node.style and rest.lstrip().startswith("#")


def _joined(pair: re.Match) -> str:
    return pair[1] + bytes.fromhex(pair[2] + pair[3]).decode("utf-16-be")


def _scalar(node: yaml.ScalarNode) -> bool | str | None:
    """Only true and false are booleans; "no" or "sí" written in Spanish prose stay text."""
    if node.tag == f"{TAG}null":
        return None
    booleans = {"true": True, "false": False} if node.tag == f"{TAG}bool" else {}
    return booleans.get(node.value.lower(), unicodedata.normalize("NFC", node.value))


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
