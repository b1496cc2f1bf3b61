"""A larger guide: whole copies of the shipped roles, desk and shelf, under other names.

``python benchmarks/generator.py 50`` fills DATABASE_URL, which must have the migrations, with the
shipped guide and 49 copies of it.
"""

import io
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Max  # noqa: E402

from profiles.models import (  # noqa: E402
    Edition,
    NearTitle,
    Profile,
    Role,
    RoleAlias,
    TraitTarget,
    Version,
)

# A copy's name says which it is: «MLOps Engineer Senior Sur».
RANKS = ("Junior", "Senior", "Líder", "Principal", "Regional")
PLACES = (
    *("Norte", "Sur", "Este", "Oeste", "Minería", "Salud", "Puertos", "Bancos", "Campo", "Obras"),
)
NAMES = [f"{rank} {place}" for rank in RANKS for place in PLACES]
SLUGS = {(Role, "slug"), (RoleAlias, "slug"), (Edition, "role_slug")}
TITLES = {(Role, "name"), (RoleAlias, "name"), (NearTitle, "title"), (Edition, "role_name")}
# Of a name so much is kept that the copy's fits its column.
KEPT = 58


def copied_models():
    """Return roles, profiles, their parts, versions, editions, each after what it points to."""
    parts = [
        relation.related_model
        for owner in (Role, Profile)
        for relation in owner._meta.related_objects
        if relation.related_model is not Edition and relation.related_model is not Profile
    ]
    models = [Role, *parts, TraitTarget.sources.through, Version, Edition]
    models.insert(1, Profile)
    return list(dict.fromkeys(models))


def fill(times: int) -> None:
    """Load the shipped guide and copy it until there are ``times`` of it."""
    call_command("load_guide", stdout=io.StringIO())
    models = copied_models()
    step = 1 + max(model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in models)
    with transaction.atomic(), connection.cursor() as cursor:
        for number in range(1, times):
            for model in models:
                cursor.execute(copy_statement(model, models, step, number))
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    for number in range(1, times):
        rename_facts(step * number, step * (number + 1), number)
    # Some of the desk is being written, as always.
    Profile.objects.filter(pk__in=range(1, step * times, 97)).update(digest="edited")
    # As PostgreSQL does on its own some time after a table grew, and `housekeeping` for SQLite.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def copy_statement(model, copied, step, number):
    """Return the SQL that copies the shipped rows of a model, their keys moved on."""
    columns = {}
    for field in model._meta.local_concrete_fields:
        if field.generated:
            continue
        name = connection.ops.quote_name(field.column)
        columns[name] = name
        is_key = (model, field.name) == (Version, "key")
        if field.primary_key or is_key or field.related_model in copied:
            columns[name] = f"{name} + {step * number}"
        elif (model, field.name) in SLUGS:
            columns[name] = f"substr({name}, 1, {KEPT - 2}) || '-{number}'"
        elif (model, field.name) in TITLES:
            longer = f"substr({name}, 1, {KEPT}) || ' {NAMES[number]}'"
            columns[name] = f"CASE WHEN {name} = '' THEN '' ELSE {longer} END"
    table = model._meta.db_table
    copies = f"SELECT {', '.join(columns.values())} FROM {table} WHERE id < {step}"  # noqa: S608
    return f"INSERT INTO {table} ({', '.join(columns)}) {copies}"


def rename_facts(first, last, number):
    """Give the copies' other names, near titles and neighbours the names of the copy."""
    editions = list(Edition.objects.base().filter(pk__gte=first, pk__lt=last))
    for edition in editions:
        facts = edition.facts
        facts["aliases"] = [f"{name[:KEPT]} {NAMES[number]}" for name in facts["aliases"]]
        for near in facts["near"]:
            near["title"] = f"{near['title'][:KEPT]} {NAMES[number]}"
        for related in facts["related"]:
            related["role"] = f"{related['role'][: KEPT - 2]}-{number}"
    Edition.objects.bulk_update(editions, ["facts"])


if __name__ == "__main__":
    fill(int(sys.argv[1]))
