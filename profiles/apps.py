"""The guide's only application."""

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = _("Guía de Roles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from profiles.models.groups import make_groups

        post_migrate.connect(make_groups, sender=self)
        post_migrate.connect(create_cache_table, sender=self)


def create_cache_table(using="default", **kwargs):
    """Make the table of the shared cache, so that `migrate` alone prepares a database."""
    call_command("createcachetable", database=using, verbosity=0)
