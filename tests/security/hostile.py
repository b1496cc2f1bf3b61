"""Documents whose every free text is an attack, made from the schema; what on a page could run."""

import json
import re
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from lxml.html import document_fromstring

VECTORS = (
    *("<script>alert(1)</script>", "</script><script>alert(1)</script>"),
    *("<!--<script>alert(1)</script>-->", '"><img src=x onerror=alert(1)>'),
    *("'><svg/onload=alert(1)>", '" onmouseover=alert(1) x="', "' onfocus=alert(1) autofocus x='"),
    *("<iframe srcdoc='<script>alert(1)</script>'>", "[x](javascript:alert(1))"),
    *("[x](JaVaScRiPt:alert(1))", "<javascript:alert(1)>", "! [x](javascript:alert(1))"),
    *("[x](&#106;avascript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)"),
    *("[x](vbscript:msgbox(1))", "[x](//evil.example \"x' onclick='alert(1)\")"),
    *("[r]: javascript:alert(1)", '<a href="javascript:alert(1)">x</a>'),
    *('<a href=" &#1;javascript:alert(1)">x</a>', "<math><mtext><style><img src onerror=alert(1)>"),
    '<svg><a xlink:href="javascript:alert(1)">x</a>',
    "<base href=//evil.example><meta http-equiv=refresh>",
    "<form action=//evil.example><button formaction=x>",
    "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}<%= 7 %>",
    *("#panic(1) ]]><x/>&lt;script&gt; \\u003cscript>", '=HYPERLINK("//evil.example")'),
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<plaintext><xmp><noscript><textarea><title>",
)
# For a field with room for nothing else.
SHORT = "'\"><svg onload=a()>"


class Attack:
    """Fills documents with vectors in turn, from number ``start`` on.

    ``marks`` has the word that ends each field's texts.
    """

    def __init__(self, start: int = 0, name: object = ""):
        self.start, self.name = start, name
        self.marks: dict[str, str] = {}

    def text(self, path: str, limit: int) -> str:
        """Return the attack on the field at ``path``: the vector, then its mark."""
        word = self.marks.setdefault(path, f"zq{len(self.marks)}x{self.name}")
        vector = VECTORS[(self.start + list(self.marks).index(path)) % len(VECTORS)]
        for attempt in (f"{vector} {word}", f"{SHORT}{word}", SHORT):
            if len(attempt) <= limit:
                return attempt
        raise ValueError(f"{path} has room for {limit} characters only: no attack fits")

    def document(self, form: type, value: dict) -> dict:
        """Return ``value``, a document of ``form`` as JSON, with every free text replaced."""
        schema = form.model_json_schema()
        return _filled(schema, value, "", self.text, schema.get("$defs", {}))


def _filled(schema: dict, value, path: str, text: Callable[[str, int], str], parts: dict):
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        filled = _filled(schema["anyOf"][0], value, path, text, parts)
        # What cannot be made up, such as the slug of another row, stays out.
        return None if _lacks(schema["anyOf"][0], filled, parts) else filled
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        return {
            name: _filled(field, (value or {}).get(name), f"{path}.{name}", text, parts)
            for name, field in schema["properties"].items()
        }
    if kind == "object":
        patterns = schema.get("patternProperties", {}).values()
        field = schema.get("additionalProperties") or next(iter(patterns))
        items = (value or {}).items()
        return {key: _filled(field, item, f"{path}.*", text, parts) for key, item in items}
    if kind == "array":
        items = value or ([None, None] if _is_text(schema["items"]) else [])
        return [_filled(schema["items"], item, f"{path}[]", text, parts) for item in items]
    if _is_text(schema):
        return text(path, schema["maxLength"])
    if str(schema.get("pattern", "")).startswith("^https"):
        return "https://a.example/?\"'><svg/onload=alert(1)>"
    return False if value is None and kind == "boolean" else value


def _lacks(schema: dict, filled, parts: dict) -> bool:
    """Tell whether an object has no value for something it has to have."""
    if "$ref" not in schema or not isinstance(filled, dict):
        return False
    required = parts[schema["$ref"].rpartition("/")[2]].get("required", [])
    return any(filled[name] is None for name in required)


def _is_text(schema: dict) -> bool:
    """Tell whether a field takes any text at all."""
    bound = {"pattern", "enum", "format", "const"} & set(schema)
    return schema.get("type") == "string" and not bound


ADDRESSES = {
    *("href", "src", "action", "formaction", "xlink:href", "poster", "data", "cite", "ping"),
    *("background", "srcset", "manifest", "longdesc", "usemap", "codebase"),
}
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Attributes through which a page loads or sends something by itself; the site's own script asks
# for "data-src".
LOADING = {"src", "action", "formaction", "poster", "data", "srcset", "background", "manifest"}
LOADING |= {"data-src"}
FORBIDDEN = {"iframe", "object", "embed", "base", "applet", "frame", "math", "style"}


class Page:
    """The elements of a page as (tag, attributes, first text), and what is seen of it."""

    def __init__(self, html: str):
        root = document_fromstring(html or "<p>")
        self.elements = [(e.tag, dict(e.attrib), e.text or "") for e in root.iter("*")]
        self.text = " ".join(root.xpath("//text()[not(parent::script)]"))

    def kinds(self) -> set[tuple[str, str]]:
        """Return (tag, attribute) of everything on the page; "" stands for the tag itself."""
        return {(tag, name) for tag, values, _ in self.elements for name in ("", *values)}


def read_address(address: str) -> str:
    """Return ``address`` as a browser reads it: without tabs, newlines and outer controls."""
    return re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33))))


def is_dangerous(name: str, value: str) -> bool:
    """Tell whether an attribute runs, loads from elsewhere or leads to a forbidden scheme."""
    if name.startswith("on") or name in ("style", "srcdoc", "http-equiv"):
        return True
    address = read_address(value)
    found = SCHEME.match(address)
    scheme = found and found[1].lower()
    hidden_host = re.match(r"[/\\]{2}", address) is not None
    if name in ADDRESSES and (hidden_host or scheme not in {None, "http", "https", "mailto"}):
        return True
    return name in LOADING and (hidden_host or scheme is not None)


def is_dangerous_script(values: dict[str, str], text: str) -> bool:
    if values.get("type") == "application/ld+json":
        with suppress(ValueError):
            return not json.loads(text) or any(sign in text for sign in "<>&\u2028\u2029")
        return True
    return bool(text.strip()) and text != settings.LATE_SCRIPT


def dangers(page: Page) -> list[str]:
    """Return what on ``page`` could run, load from elsewhere or lead to a forbidden scheme."""
    found = []
    for tag, values, text in page.elements:
        found += [f"<{tag} {n}={v!r}>" for n, v in values.items() if is_dangerous(n, v)]
        if tag in FORBIDDEN or (tag == "script" and is_dangerous_script(values, text)):
            found.append(f"<{tag}>{text}")
    return found
