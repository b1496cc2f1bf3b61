"""Walks the whole site as a search engine would, and lists what is wrong with it.

``crawl`` only needs a function that answers a path, so the same rules hold for Django's test
client and for a running site.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urlsplit

from lxml.html import fromstring

from tests.helpers.site import Answer

HOME = "/guia-de-roles/"
SITEMAP = "/sitemap.xml"
TITLE_LIMIT = 60
DESCRIPTION = range(70, 161)
MAX_CLICKS = 3
# Links with a query and files are many of a kind: a few of each kind tell whether they answer.
SAMPLE = 3
# What a browser, or who shows a link to the page, asks for with it.
LOADED = (
    "//link[not(@rel = 'canonical' or @rel = 'license')]/@href"
    " | //script/@src | //img/@src | //meta[@property = 'og:image']/@content"
)


class Document:
    """The parts of an HTML page that the rules look at."""

    def __init__(self, html: str):
        root = fromstring(html)
        self.lang = root.get("lang")
        self.title = root.xpath("string(//title)")
        self.canonical = root.xpath("string(//link[@rel='canonical']/@href)")
        self.description = next(iter(root.xpath("//meta[@name='description']/@content")), None)
        self.robots = root.xpath("string(//meta[@name='robots']/@content)")
        self.links = root.xpath("//a/@href")
        self.loaded = root.xpath(LOADED)
        self.headings = [int(e.tag[1]) for e in root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        self.blocks = root.xpath("//script[@type='application/ld+json']/text()")


@dataclass
class Crawl:
    """All pages that were visited, the sitemap's addresses, and links that do not answer."""

    site_url: str
    pages: dict[str, Document] = field(default_factory=dict)
    clicks: dict[str, int] = field(default_factory=dict)
    sitemap: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)
    kinds: dict[tuple, set[str]] = field(default_factory=lambda: defaultdict(set))

    def local(self, link: str, page: str) -> str | None:
        """Return the path and query of a link of this site, or None for any other link."""
        link = urldefrag(link).url.removeprefix(self.site_url)
        if link.startswith("?"):
            link = page + link
        return link if link.startswith("/") and not link.startswith("//") else None

    @property
    def indexed(self) -> dict[str, Document]:
        return {path: page for path, page in self.pages.items() if "noindex" not in page.robots}


def crawl(get: Callable[[str], Answer], site_url: str) -> Crawl:
    """Visit the home page, the sitemap, and everything that they lead to."""
    found = Crawl(site_url)
    found.sitemap = list(_sitemap_paths(get, found))
    level = [HOME]
    while level:
        level = _visit_level(get, found, level)
    for path in found.sitemap:
        if path not in found.pages:
            _visit(get, found, path)
    return found


def _sitemap_paths(get, found: Crawl) -> Iterator[str]:
    for section in re.findall(r"<loc>([^<]+)</loc>", get(SITEMAP).text):
        text = get(section.removeprefix(found.site_url)).text
        yield from (a.removeprefix(found.site_url) for a in re.findall(r"<loc>([^<]+)</loc>", text))


def _visit_level(get, found: Crawl, level: list[str]) -> list[str]:
    """Visit the pages of one distance from home; return those one click further."""
    following = []
    for path in level:
        clicks = found.clicks.setdefault(path, 0)
        page = _visit(get, found, path)
        for link in page.links if page else ():
            target = found.local(link, path)
            if target and target not in found.clicks and _wanted(target, found):
                found.clicks[target] = clicks + 1
                following.append(target)
    return following


def _wanted(path: str, found: Crawl) -> bool:
    """Take every page, but of links with a query and of files only the first of each kind."""
    parts = urlsplit(path)
    is_file = "." in parts.path.rpartition("/")[2]
    if not parts.query and not is_file:
        return True
    names = re.findall(r"([\w-]+)=", parts.query)
    place = parts.path.rstrip("/").rpartition("/" if not is_file else ".")[2]
    kind = found.kinds[(place, *names)]
    kind.add(path)
    return len(kind) <= SAMPLE


def _visit(get, found: Crawl, path: str) -> Document | None:
    answer = get(path)
    found.checked.add(path)
    if answer.status != 200:
        found.broken.append(f"{path}: answers {answer.status}")
        return None
    if not answer.headers["Content-Type"].startswith("text/html"):
        return None
    page = found.pages[path] = Document(answer.text)
    for link in {found.local(link, path) for link in page.loaded} - found.checked - {None}:
        found.checked.add(link)
        # Static files are served by WhiteNoise from what was collected, not by Django's client.
        if link.startswith("/static/") or not _wanted(link, found):
            continue
        if (status := get(link).status) != 200:
            found.broken.append(f"{path}: {link} answers {status}")
    return page


def findings(found: Crawl) -> list[str]:
    """Return everything that is wrong, one sentence each; an empty list is a sound site."""
    problems = list(found.broken)
    for path, page in found.pages.items():
        problems += [f"{path}: {problem}" for problem in _page_problems(found, path, page)]
    problems += _repeated(found, "title")
    problems += _repeated(found, "description")
    return [*problems, *_map_problems(found)]


def _page_problems(found: Crawl, path: str, page: Document) -> Iterator[str]:
    plain = path.partition("?")[0]
    if page.canonical != found.site_url + plain:
        yield f"canonical is {page.canonical}"
    if page.lang != "es-AR":
        yield f"lang is {page.lang}"
    if "noindex" not in page.robots:
        yield from _snippet_problems(page)
    if page.headings.count(1) != 1 or page.headings[0] != 1:
        yield f"headings are {page.headings}"
    for before, after in zip(page.headings, page.headings[1:], strict=False):
        if after > before + 1:
            yield f"h{after} follows h{before}"
    if "?" in path and "noindex" not in page.robots and page.canonical == found.site_url + path:
        yield "a query makes a page of its own"
    yield from _structured_data_problems(found, page)


def _snippet_problems(page: Document) -> Iterator[str]:
    """What a result page would cut or find empty."""
    if not 0 < len(page.title) <= TITLE_LIMIT:
        yield f"title has {len(page.title)} characters: {page.title}"
    if page.description is not None and len(page.description) not in DESCRIPTION:
        yield f"description has {len(page.description)} characters: {page.description}"


def _structured_data_problems(found: Crawl, page: Document) -> Iterator[str]:
    types = [node["@type"] for block in page.blocks for node in json.loads(block)["@graph"]]
    expected = "WebSite" if page.canonical == found.site_url + HOME else "BreadcrumbList"
    if len(page.blocks) != 1 or expected not in types:
        yield f"{len(page.blocks)} blocks of structured data with {types}, not one with {expected}"


def _repeated(found: Crawl, name: str) -> list[str]:
    places = defaultdict(list)
    for path, page in found.indexed.items():
        if "?" not in path and (value := getattr(page, name)):
            places[value].append(path)
    return [f"{paths}: same {name}: {v}" for v, paths in places.items() if len(paths) > 1]


def _map_problems(found: Crawl) -> Iterator[str]:
    """What the sitemap and the links between pages disagree about."""
    pages = {path for path in found.indexed if "?" not in path}
    listed = set(found.sitemap)
    repeated = [path for path, times in Counter(found.sitemap).items() if times > 1]
    yield from (f"{path}: twice in the sitemap" for path in repeated)
    yield from (f"{path}: not in the sitemap" for path in sorted(pages - listed))
    yield from (f"{path}: in the sitemap, but noindex" for path in sorted(listed - pages))
    for path in sorted(pages):
        clicks = found.clicks.get(path)
        if clicks is None:
            yield f"{path}: no link leads here"
        elif clicks > MAX_CLICKS:
            yield f"{path}: {clicks} clicks from home"
