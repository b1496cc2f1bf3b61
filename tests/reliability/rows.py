"""What a database holds, read without the site's own code."""

import sqlite3
from contextlib import closing

import psycopg

# The tables that tests.reliability.writer writes to.
WRITTEN = ("profiles_auditentry", "django_session")


def rows(url: str) -> dict[str, list[tuple]]:
    """Return all rows of all tables of a DATABASE_URL."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {name: sorted_rows(connection, name) for (name,) in listed.fetchall()}
    with psycopg.connect(url) as connection:
        listed = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name: sorted_rows(connection, name) for (name,) in listed.fetchall()}


def sorted_rows(connection, table: str) -> list[tuple]:
    return sorted(connection.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)  # noqa: S608


def written(tables: dict[str, list[tuple]]) -> tuple[set[int], set[int]]:
    """Return the numbers of the writer's rows, in each of its two tables."""
    found = []
    for name in WRITTEN:
        texts = [value for row in tables[name] for value in row if isinstance(value, str)]
        found.append({int(text.split()[1]) for text in texts if text.startswith("writer ")})
    return found[0], found[1]
