"""A page as a parser sees it, and what on it could run, load or lead astray."""

import json
import re
from contextlib import suppress

from django.conf import settings
from lxml.html import document_fromstring

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
