"""gunicorn's own lines, in the form of all others."""

import os

from gunicorn.glogging import Logger

from roleguide.logs import FORMATTERS, path_of, request_name


class ServerLogger(Logger):
    """Writes what gunicorn says and, with ACCESS_LOG, each request, cached pages too."""

    def setup(self, cfg):
        super().setup(cfg)
        formatter = FORMATTERS[os.environ.get("LOG_FORMAT", "plain")]()
        for handler in self.error_log.handlers + self.access_log.handlers:
            handler.setFormatter(formatter)

    def access(self, resp, req, environ, request_time):
        if not self.access_log_enabled:
            return
        path = path_of(environ["RAW_URI"].partition("?")[0])
        answered = {
            "status": int(str(resp.status).split(" ", 1)[0]),
            "bytes": resp.sent,
            "ms": round(request_time.total_seconds() * 1000, 1),
            "request": request_name(environ.get("HTTP_X_REQUEST_ID", "")),
        }
        self.access_log.info("%s %s", environ["REQUEST_METHOD"], path, extra={"fields": answered})
