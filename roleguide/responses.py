"""What gunicorn sends: answers without its name, stored headers checked once, and refusals.

gunicorn has no setting for either. It checks each header of each answer, which took half of what
a page from memory costs more than a bare callable; a stored page's headers never change.
"""

from http import HTTPStatus

from gunicorn.http import wsgi

from roleguide.page_cache import StoredHeaders


class Response(wsgi.Response):
    """Answers as gunicorn does in all else."""

    def default_headers(self):
        return [line for line in super().default_headers() if not line.startswith("Server:")]

    def process_headers(self, headers):
        if not isinstance(headers, StoredHeaders):
            super().process_headers(headers)
            return
        if headers.checked is None:
            super().process_headers(headers)
            headers.checked = (self.headers, self.response_length)
        self.headers, self.response_length = headers.checked


def refusal(status: int) -> bytes:
    """Return the whole answer to what never became a request; it repeats nothing that was sent."""
    body = f"El pedido no se pudo atender ({status}).\n".encode()
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        "Connection: close",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        "Referrer-Policy: no-referrer",
        "X-Content-Type-Options: nosniff",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
