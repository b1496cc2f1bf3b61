"""Every address of the site, read from the URL resolver, so that a new one cannot be forgotten."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.urls import get_resolver

GROUP = re.compile(r"\^?\(\?P<(\w+)>[^()]*\)")
PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(patterns=None, prefix: str = "") -> Iterator[str]:
    """Yield the route of each address, as it is written in the URL configuration."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from routes(entry.url_patterns, route)
        else:
            yield route


def is_admin(route: str) -> bool:
    return route.startswith(settings.ADMIN_PATH)


def filled(route: str, values: dict[str, object]) -> str:
    """Return the path of ``route``; raises KeyError for a placeholder nobody has a value for."""
    # What Django writes as a regular expression names its groups like this and ends in "$".
    path = GROUP.sub(lambda found: str(values[found[1]]), route).rstrip("$")
    path = path.replace(r"^[\s\S]+", "no-such")
    return "/" + PLACEHOLDER.sub(lambda found: str(values[found[1]]), path)


# What stands for each placeholder of a public address, once a role "data-tester" is published in
# the context "startup" (tests.helpers.factories.make_role).
PUBLIC_VALUES = {
    **dict.fromkeys(("role_slug", "role", "one"), "data-tester"),
    **dict.fromkeys(("context_slug", "context"), "startup"),
    "area_slug": "datos-e-ia",
    "trait_slug": "apertura",
    "archetype_slug": "lupa",
    # A near title of the role.
    "title_slug": "data-tester-0",
    "other": "neighbour-a",
    "token": "zz",
    "extension": "md",
    "name": "aviso",
    "number": 1,
}


def public_paths() -> list[str]:
    """Return one path for each address outside the admin."""
    return [filled(route, PUBLIC_VALUES) for route in routes() if not is_admin(route)]
