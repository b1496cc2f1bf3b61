from importlib import import_module

from django.db import migrations, models

OneVendorsSQL = import_module("profiles.migrations.0001_initial").OneVendorsSQL
NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
TRIGGERS = [
    OneVendorsSQL(
        "postgresql",
        "CREATE FUNCTION date_content_version() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.moved_at = clock_timestamp(); RETURN NEW; END $$",
    ),
    OneVendorsSQL(
        "postgresql",
        "CREATE TRIGGER content_version_moved BEFORE INSERT OR UPDATE ON profiles_contentversion "
        "FOR EACH ROW EXECUTE FUNCTION date_content_version()",
    ),
    *(
        OneVendorsSQL(
            "sqlite",
            f"CREATE TRIGGER content_version_moved_{number} AFTER {change} ON profiles_contentversion BEGIN "
            f"UPDATE profiles_contentversion SET moved_at = {NOW} WHERE id = NEW.id; END",
        )
        for number, change in enumerate(("INSERT", "UPDATE OF number"))
    ),
]


class Migration(migrations.Migration):
    dependencies = [("profiles", "0002_profile_sent")]

    operations = [
        # Nullable: SQLite would remake the table for a default, which other tables' triggers name.
        migrations.AddField(
            model_name="contentversion",
            name="moved_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="cambió por última vez"),
        ),
        *TRIGGERS,
    ]
