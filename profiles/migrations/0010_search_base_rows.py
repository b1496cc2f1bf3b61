from django.db import migrations
from django.db.models import Q
from django.utils import timezone

ROLES = 200


def index_shelf(apps, schema_editor):
    """Write the rows of everything that is public or scheduled, some roles at a time."""
    editions = apps.get_model("profiles", "Edition").objects.exclude(role=None)
    shelf = editions.filter(Q(published_until=None) | Q(published_until__gt=timezone.now()))
    roles = list(shelf.order_by("role_id").values_list("role_id", flat=True).distinct())
    if not roles:
        return
    # What indexes now, and only where there is something to index: a new database never gets here.
    from profiles.search_index import BATCH, COLUMNS, entries, pairs

    for start in range(0, len(roles), ROLES):
        some = list(shelf.defer("document").filter(role__in=roles[start : start + ROLES]))
        rows, _words = entries(pairs(some, some))
        model = apps.get_model("profiles", "SearchTerm")
        terms = (model(**dict(zip(COLUMNS, values, strict=True))) for values in rows)
        model.objects.bulk_create(terms, batch_size=BATCH)


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0009_search_base'),
    ]

    operations = [
        migrations.RunPython(index_shelf, migrations.RunPython.noop, elidable=True),
    ]
