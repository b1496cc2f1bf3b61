"""Documents whose every free text is an attack, made from the schema, so a new field is too."""

from collections.abc import Callable

VECTORS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>alert(1)</script>-->",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    '" onmouseover=alert(1) x="',
    "' onfocus=alert(1) autofocus x='",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "<javascript:alert(1)>",
    "! [x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](//evil.example \"x' onclick='alert(1)\")",
    "[r]: javascript:alert(1)",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" &#1;javascript:alert(1)">x</a>',
    "<math><mtext><style><img src onerror=alert(1)>",
    '<svg><a xlink:href="javascript:alert(1)">x</a>',
    "<base href=//evil.example><meta http-equiv=refresh>",
    "<form action=//evil.example><button formaction=x>",
    "{{ 7|add:7 }}{% debug %}${7*7}#{7*7}<%= 7 %>",
    "#panic(1) ]]><x/>&lt;script&gt; \\u003cscript>",
    '=HYPERLINK("//evil.example")',
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
