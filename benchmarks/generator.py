"""A larger guide: copies of the shipped roles, with their whole documents, under other names.

``python benchmarks/generator.py 15000`` fills DATABASE_URL, which must have the migrations, up to
that many published profiles.
"""

import copy
import io
import os
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from profiles.models import Edition, Profile, Role  # noqa: E402

ROLES_PER_BATCH = 100
PLACES = (
    "Norte",
    "Sur",
    "Este",
    "Oeste",
    "Minería",
    "Salud",
    "Puertos",
    "Bancos",
    "Campo",
    "Obras",
)
RANKS = ("Junior", "Senior", "Líder", "Principal", "Regional")


def again(row, **changes):
    """Return an unsaved copy of a row, with ``changes``."""
    twin = copy.copy(row)
    twin._state = copy.copy(row._state)
    twin._state.adding, twin.pk = True, None
    for name, value in changes.items():
        setattr(twin, name, value)
    return twin


def renamed(role, number, rng):
    """Return a copy of a role under a name and an address of its own."""
    name = f"{role.name[:45]} {rng.choice(RANKS)} {rng.choice(PLACES)} {number}"
    return again(role, slug=f"{role.slug[:50]}-{number}", name=name)


def fill(profiles: int) -> None:
    """Load the shipped guide and add copies until it has ``profiles`` published profiles."""
    call_command("load_guide", stdout=io.StringIO())
    rng = random.Random(1)  # noqa: S311 - content, not a secret
    shelf = list(Edition.objects.published().select_related("role", "area", "context", "profile"))
    by_role: dict[int, list[Edition]] = {}
    for edition in shelf:
        by_role.setdefault(edition.role_id, []).append(edition)
    families = list(by_role.values())
    missing = -(-(profiles - len(shelf)) // len(families[0]))
    for start in range(0, missing, ROLES_PER_BATCH):
        numbers = range(start, min(start + ROLES_PER_BATCH, missing))
        with transaction.atomic():
            add([(families[number % len(families)], number) for number in numbers], rng)
    # PostgreSQL vacuums a table on its own some time after it grew; here nobody waits for that.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def add(batch, rng):
    """Add a copy of each family of editions, with its role and the desk's profiles."""
    roles = Role.objects.bulk_create(
        renamed(family[0].role, number, rng) for family, number in batch
    )
    pairs = [
        (edition, role)
        for (family, _number), role in zip(batch, roles, strict=True)
        for edition in family
    ]
    desk = Profile.objects.bulk_create(again(old.profile, role=role) for old, role in pairs)
    Edition.objects.bulk_create(
        again(
            old,
            role=role,
            profile=profile,
            role_slug=role.slug,
            role_name=role.name,
            facts=old.facts and {**old.facts, "name": role.name, "aliases": []},
        )
        for (old, role), profile in zip(pairs, desk, strict=True)
    )


if __name__ == "__main__":
    fill(int(sys.argv[1]))
