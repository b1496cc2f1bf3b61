"""One number that moves with every change of what the public may read.

Triggers in the database move it, in the transaction of the change itself: admin, loader, shell
and plain SQL alike, and a rolled-back change moves nothing. Readers compare it.
Writers take its row before any other: see ``ContentVersion.hold``.
"""

from django.db import connections
from django.utils import timezone

from profiles.models import (
    Archetype,
    Area,
    ContentVersion,
    Context,
    Edition,
    Page,
    RoleAlias,
    Source,
    Trait,
)

PUBLIC_MODELS = (Edition, Area, Context, Trait, Archetype, Source, Page, RoleAlias)
OPERATIONS = ("INSERT", "UPDATE", "DELETE")
NEXT = (
    "INSERT INTO {version} (id, number) VALUES (1, 1) "
    "ON CONFLICT (id) DO UPDATE SET number = {version}.number + 1"
)
SQLITE_TRIGGER = (
    "CREATE TRIGGER IF NOT EXISTS content_version_{table}_{operation} "
    "AFTER {operation} ON {table} BEGIN " + NEXT + "; END"
)
POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION move_content_version() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN " + NEXT + "; RETURN NULL; END $$"
)
POSTGRESQL_TRIGGER = (
    "CREATE OR REPLACE TRIGGER content_version_{table}_{operation} "
    "AFTER {operation} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION move_content_version()"
)


def install_triggers(using="default", **kwargs):
    """Create the triggers that are missing; SQLite drops them when a migration remakes a table."""
    database = connections[using]
    version = ContentVersion._meta.db_table
    if version not in database.introspection.table_names():
        return
    template = SQLITE_TRIGGER
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            template = POSTGRESQL_TRIGGER
            cursor.execute(POSTGRESQL_FUNCTION.format(version=version))
        for model in PUBLIC_MODELS:
            for operation in OPERATIONS:
                table = model._meta.db_table
                cursor.execute(template.format(table=table, operation=operation, version=version))


def current_version():
    """Return a value that differs whenever what is public differs.

    It holds the number and the last moments at which a scheduled edition began or ended, so
    that time alone moves it too. Raises DatabaseError where the database cannot say.
    """
    now = timezone.now()
    editions = Edition.objects.order_by()
    return (
        ContentVersion.objects.values_list("number", flat=True).first(),
        _latest(editions.filter(published_from__lte=now), "published_from"),
        _latest(editions.filter(published_until__lte=now), "published_until"),
    )


def version_between_requests():
    """Return the current version where no request is under way, and tidy the connections.

    Django does the tidying at the ends of its own requests; outside them nobody else does.
    """
    try:
        return current_version()
    finally:
        for used in connections.all(initialized_only=True):
            used.close_if_unusable_or_obsolete()


def _latest(editions, field):
    return editions.order_by(f"-{field}").values_list(field, flat=True).first()
