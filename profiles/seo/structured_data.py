"""JSON-LD: what a page shows, in the words of schema.org, and nothing that it does not show.

Each function returns one node, a dict ready for JSON; ``json_ld`` prints them.
"""

import json
from collections.abc import Iterable

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from profiles.guide.profile_page import ProfilePage

LANGUAGE = "es-AR"
# A text between <script> tags ends at the first "</script", whatever the JSON around it says.
SCRIPT_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def absolute(path: str) -> str:
    """Return the public address of ``path``, from a setting and never from the request."""
    return settings.SITE_URL + path


def json_ld(nodes: Iterable[dict]) -> SafeString:
    """Return the nodes as one script element, a data block that no browser runs."""
    graph = {"@context": "https://schema.org", "@graph": list(nodes)}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":"))
    escaped = mark_safe(text.translate(SCRIPT_ESCAPES))  # noqa: S308 - escaped in this line
    return format_html('<script type="application/ld+json">{}</script>', escaped)


def web_site(name: str, path: str, description: str) -> dict:
    return {
        "@type": "WebSite",
        "name": name,
        "url": absolute(path),
        "description": description,
        "inLanguage": LANGUAGE,
    }


def breadcrumb_list(crumbs: Iterable[tuple[str, str]]) -> dict:
    return {"@type": "BreadcrumbList", "itemListElement": _list_items(crumbs)}


def item_list(rows: Iterable) -> dict:
    """Return the list of pages that a page shows: editions or vocabulary entries."""
    names = ((getattr(row, "role_name", None) or row.name, row) for row in rows)
    items = _list_items((name, row.get_absolute_url()) for name, row in names)
    return {"@type": "ItemList", "numberOfItems": len(items), "itemListElement": items}


def _list_items(pages: Iterable[tuple[str, str]]) -> list[dict]:
    return [
        {"@type": "ListItem", "position": position, "name": name, "item": absolute(path)}
        for position, (name, path) in enumerate(pages, start=1)
    ]


def profile_node(page: ProfilePage) -> dict:
    """Return a profile as a WebPage about an Occupation, without what the page does not know."""
    document, people = page.document, {"author": page.author_name, "reviewedBy": page.reviewer_name}
    node = {
        "@type": "WebPage",
        "name": page.heading,
        "url": page.source_url,
        "inLanguage": LANGUAGE,
        "dateModified": page.published_from and page.published_from.isoformat("T", "seconds"),
        "lastReviewed": document.reviewed_on and document.reviewed_on.isoformat(),
        **{part: name and {"@type": "Person", "name": name} for part, name in people.items()},
    }
    job = {"@type": "Occupation", "name": page.heading, "description": document.summary}
    return {key: value for key, value in node.items() if value} | {"mainEntity": job}
