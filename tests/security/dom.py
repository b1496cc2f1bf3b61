"""A page as a browser's parser sees it, and what on it could run, load or lead astray."""

import json
import re
from html.parser import HTMLParser

from django.conf import settings

ADDRESSES = {
    *("href", "src", "action", "formaction", "xlink:href", "poster", "data", "cite", "ping"),
    *("background", "srcset", "manifest", "longdesc", "usemap", "codebase"),
}
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
HARMLESS_SCHEMES = {None, "http", "https", "mailto"}
# Attributes through which a page loads or sends something by itself.
LOADING = {"src", "action", "formaction", "poster", "data", "srcset", "background", "manifest"}
LOADING |= {"data-src"}  # what the site's own inline script asks for


class Page(HTMLParser):
    """The elements of a page with their attributes, its scripts and its visible text."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.text = ""
        self._script: dict[str, str] | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        self.elements.append((tag, values))
        if tag == "script":
            self._script = values
            self.scripts.append((values, ""))

    def handle_endtag(self, tag):
        if tag == "script":
            self._script = None

    def handle_data(self, data):
        if self._script is None:
            self.text += data
        else:
            self.scripts[-1] = (self._script, self.scripts[-1][1] + data)

    def kinds(self) -> set[tuple[str, str]]:
        """Return (tag, attribute) of everything on the page; "" stands for the tag itself."""
        return {(tag, name) for tag, values in self.elements for name in ("", *values)}


def read_address(address: str) -> str:
    """Return ``address`` as a browser reads it: without tabs, newlines and outer controls."""
    return re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33))))


def scheme(address: str) -> str | None:
    found = SCHEME.match(read_address(address))
    return found and found[1].lower()


def leaves_the_site(address: str) -> bool:
    return bool(scheme(address)) or re.match(r"[/\\]{2}", read_address(address)) is not None


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def dangers(page: Page) -> list[str]:
    """Return what on ``page`` could run, load from elsewhere or lead to a forbidden scheme."""
    found = []
    for tag, values in page.elements:
        for name, value in values.items():
            place = f"<{tag} {name}={value!r}>"
            if name.startswith("on") or name in ("style", "srcdoc", "http-equiv"):
                found.append(place)
            if name in ADDRESSES and scheme(value) not in HARMLESS_SCHEMES:
                found.append(place)
            if name in ADDRESSES and scheme(value) is None and leaves_the_site(value):
                found.append(place)
            if name in LOADING and leaves_the_site(value):
                found.append(place)
        if tag in ("iframe", "object", "embed", "base", "applet", "frame", "math", "style"):
            found.append(f"<{tag}>")
    for values, content in page.scripts:
        if values.get("type") == "application/ld+json":
            found += [f"{content!r} in JSON-LD" for sign in "<>&\u2028\u2029" if sign in content]
            found += [] if is_json(content) else [f"{content!r} is a part of JSON-LD"]
        elif content.strip() and content != settings.LATE_SCRIPT:
            found.append(f"<script>{content}")
    return found
