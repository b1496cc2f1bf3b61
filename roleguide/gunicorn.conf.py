"""How gunicorn serves the guide; HOST, PORT and WEB_CONCURRENCY come from the environment."""

import multiprocessing
import os

from gunicorn.http.wsgi import Response

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
wsgi_app = "roleguide.wsgi:application"
workers = int(os.environ.get("WEB_CONCURRENCY", min(multiprocessing.cpu_count(), 4)))
worker_class = "gthread"
# Clearly more threads than slow clients: four were starved by eight slow connections.
threads = 16
timeout = 30
graceful_timeout = 20
# Against slow leaks; a new worker starts with an empty page cache, so not too often.
max_requests = 200_000
max_requests_jitter = 50_000
preload_app = True
# By default gunicorn trusts a SCRIPT_NAME header from this machine, which moves every address.
forwarder_headers = ""
# Nothing here uses the control socket, and a read-only file system has no place for it.
control_socket_disable = True
accesslog = os.environ.get("ACCESS_LOG")


def _headers_without_a_name(response, default=Response.default_headers):
    """Leave out which server answers; gunicorn has no setting for that."""
    return [line for line in default(response) if not line.startswith("Server:")]


Response.default_headers = _headers_without_a_name
