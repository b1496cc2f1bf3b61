import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

TRIGRAM_INDEX = (
    "CREATE INDEX search_word_trigram ON profiles_searchword USING gin (word gin_trgm_ops)"
)


def add_trigram_index(apps, schema_editor):
    """Let PostgreSQL find words by a piece; SQLite reads the short table of words instead."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(TRIGRAM_INDEX)


class Migration(migrations.Migration):

    dependencies = [
        ('profiles', '0001_initial'),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40, unique=True, verbose_name='palabra')),
                ('stem', models.CharField(max_length=40, verbose_name='raíz')),
                ('written', models.CharField(max_length=40, verbose_name='cómo se escribe')),
                ('points', models.PositiveSmallIntegerField(verbose_name='puntos')),
            ],
            options={
                'verbose_name': 'palabra de búsqueda',
                'verbose_name_plural': 'palabras de búsqueda',
            },
        ),
        migrations.RunPython(add_trigram_index, migrations.RunPython.noop),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=120, verbose_name='término')),
                ('points', models.PositiveSmallIntegerField(verbose_name='puntos')),
                ('context', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profiles.context')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profiles.edition')),
                ('role', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='profiles.role')),
            ],
            options={
                'verbose_name': 'término de búsqueda',
                'verbose_name_plural': 'términos de búsqueda',
                'indexes': [models.Index(fields=['term', 'context', 'role', 'edition', 'points'], name='search_term')],
            },
        ),
    ]
