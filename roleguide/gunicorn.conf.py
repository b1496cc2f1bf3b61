"""How gunicorn serves the guide; HOST, PORT and WEB_CONCURRENCY come from the environment."""

import os
import sys

from gunicorn.glogging import Logger

from roleguide import logs
from roleguide.environment import flag, refuse_if


class ServerLogger(Logger):
    """Writes gunicorn's own lines in the form of all others."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers + self.access_log.handlers:
            handler.setFormatter(logs.LineFormatter())


host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{host}]' if ':' in host else host}:{os.environ.get('PORT', '8000')}"
wsgi_app = "roleguide.wsgi:application"
# Each worker has a page cache of its own, so more than eight of them are not simply better.
workers = int(os.environ.get("WEB_CONCURRENCY") or min(len(os.sched_getaffinity(0)), 8))
refuse_if(workers < 1, "WEB_CONCURRENCY must be 1 or more.")
worker_class = "gthread"
# A visitor who sends or reads slowly holds a thread: many more of them than such visitors.
threads = 300
# A worker that is replaced or stopped first ends what it has begun.
timeout, graceful_timeout = 30, 20
# Longer than nginx's sixty seconds, so that it never sends a request down a closed connection.
keepalive = 65
# Against slow leaks; a new worker starts with an empty page cache, so not too often.
max_requests, max_requests_jitter = 200_000, 50_000
preload_app = True
# By default gunicorn trusts a SCRIPT_NAME header from this machine, which moves every address.
forwarder_headers = ""
# Who may say that the visitor came by HTTPS, and in which header: a proxy, if there is one.
forwarded_allow_ips = "*" if flag("BEHIND_PROXY") else ""
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
# Nothing here uses the control socket, and a read-only file system has no place for it.
control_socket_disable = True
# A worker proves that it lives by touching a file: in memory, where that never waits for a disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
logger_class = ServerLogger
accesslog = os.environ.get("ACCESS_LOG")
access_log_format = "%(m)s %(U)s status=%(s)s bytes=%(B)s ms=%(M)s request=%({x-request-id}i)s"
# A page from memory takes its turn after 1 ms of another thread's render or save, not after 5.
sys.setswitchinterval(0.001)
