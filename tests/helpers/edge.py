"""A page cache with a site behind it that counts, and a visitor who asks."""

from wsgiref.util import setup_testing_defaults

from roleguide.page_cache import PageCache

HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "public, max-age=60"),
    ("ETag", '"abc"'),
    ("Content-Length", "999"),
]


class Site:
    """A WSGI application that counts its renders and answers what it was told to."""

    def __init__(self, status="200 OK", headers=HEADERS, body=b"hola"):
        self.status, self.headers, self.body = status, headers, body
        self.renders = 0
        self.seen = []

    def __call__(self, environ, start_response):
        self.renders += 1
        self.seen.append(environ)
        return self.answer(start_response)

    def answer(self, start_response):
        start_response(self.status, list(self.headers))
        return (part for part in [self.body])


class Visitor:
    """Asks a cache, or another WSGI application, for pages."""

    def __init__(self, cache):
        self.cache = cache

    def get(self, path="/guia/", query="", environ=(), **headers):
        """Ask with ``headers``, and whatever else ``environ`` says of the request."""
        asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
        asked |= {f"HTTP_{name.upper()}": value for name, value in headers.items()} | dict(environ)
        setup_testing_defaults(asked)
        answer = {}

        def start_response(status, headers, exc_info=None):
            answer.update(status=status, headers=dict(headers))

        response = self.cache(asked, start_response)
        answer["body"] = b"".join(response)
        getattr(response, "close", lambda: None)()
        return answer


def visitor(site, version=lambda: 1, **options):
    return Visitor(PageCache(site, version, prefix="/guia/", parameters=("q",), **options))
