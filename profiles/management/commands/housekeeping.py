"""Prune what is of no more use; safe at any moment, meant for once a day."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.management import BaseCommand
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from profiles.management import backups
from profiles.models import AuditEntry

# Longer than a year, so that whoever looks once a year finds all of it.
KEPT_DAYS = 400


class Command(BaseCommand):
    help = _(
        "Borra sesiones vencidas, intentos de ingreso viejos, auditoría de más de 400 días y "
        "copias de más; le cuenta a SQLite cuánto hay de cada cosa."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        attempts, log = now - settings.AXES_COOLOFF_TIME, now - timedelta(days=KEPT_DAYS)
        pruned = (
            Session.objects.filter(expire_date__lt=now),
            AccessAttempt.objects.filter(attempt_time__lt=attempts),
            AuditEntry.objects.filter(at__lt=log),
            LogEntry.objects.filter(action_time__lt=log),
        )
        for rows in pruned:
            self.stdout.write(f"{rows.model._meta.verbose_name_plural}: {rows.delete()[0]}")
        self.stdout.write(_("copias: %d") % backups.prune())
        # PostgreSQL does so by itself. Without it SQLite takes the wrong index for many roles.
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
