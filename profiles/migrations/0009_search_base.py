import django.db.models.deletion
from django.db import migrations, models


# Terms differ in frequency a thousandfold: with PostgreSQL's default sample it takes a term of
# thousands of profiles for a rare one, or not, from one ANALYZE to the next.
LARGER_SAMPLE = "ALTER TABLE profiles_searchterm ALTER COLUMN term SET STATISTICS 500"


def take_larger_sample(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(LARGER_SAMPLE)


class Migration(migrations.Migration):
    """The rows of a context also hold its base profile's names; the next migration writes them."""

    dependencies = [
        ('profiles', '0008_entry_versions'),
    ]

    operations = [
        migrations.DeleteModel(name='SearchTerm'),
        migrations.CreateModel(
            name='SearchTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=120, verbose_name='término')),
                ('points', models.PositiveSmallIntegerField(verbose_name='puntos')),
                ('base_number', models.PositiveIntegerField(verbose_name='edición del perfil base')),
                ('context', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profiles.context')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='profiles.edition')),
                ('role', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='profiles.role')),
            ],
            options={
                'verbose_name': 'término de búsqueda',
                'verbose_name_plural': 'términos de búsqueda',
                'indexes': [models.Index(fields=['term', 'context', 'role', 'edition', 'base_number', 'points'], name='search_term')],
            },
        ),
        migrations.RunPython(take_larger_sample, migrations.RunPython.noop),
    ]
