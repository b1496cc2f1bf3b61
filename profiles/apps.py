"""The guide's only application."""

from functools import lru_cache

from django.apps import AppConfig
from django.conf import settings
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import translation


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = _("Guía de Roles")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from profiles.models.groups import make_groups

        post_migrate.connect(make_groups, sender=self)
        post_migrate.connect(create_cache_table, sender=self)
        # The guide speaks one language: a word is looked up once, not each time it is printed.
        spoken = translation(settings.LANGUAGE_CODE)
        spoken.gettext = lru_cache(maxsize=5_000)(spoken.gettext)


def create_cache_table(using="default", **kwargs):
    """Make the table of the shared cache, so that `migrate` alone prepares a database."""
    call_command("createcachetable", database=using, verbosity=0)
