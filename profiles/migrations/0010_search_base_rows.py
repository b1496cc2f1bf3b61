from django.db import migrations


class Migration(migrations.Migration):
    """It filled a table that 0012 drops; what filled it is no more."""

    dependencies = [
        ('profiles', '0009_search_base'),
    ]

    operations = []
