"""gunicorn's response: without the server's name, and stored headers checked once.

gunicorn has no setting for either. It checks each header of each answer, which took half of what
a page from memory costs more than a bare callable; a stored page's headers never change.
"""

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
