"""Answers for whoever runs the site."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from profiles.desk.access import is_read_only


@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request):
    """The database answers, takes writes and has all migrations."""
    try:
        if is_read_only():
            raise DatabaseError
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pending = None
    if pending == []:
        return HttpResponse("ready\n", content_type="text/plain; charset=utf-8")
    reason = "database\n" if pending is None else "migrations\n"
    return HttpResponse(reason, status=503, content_type="text/plain; charset=utf-8")
