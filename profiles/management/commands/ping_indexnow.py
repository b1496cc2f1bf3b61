"""Tell search engines that speak IndexNow which profiles changed; optional."""

import json
import urllib.request
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from profiles.models import Edition
from profiles.seo import absolute

ENDPOINT = "https://api.indexnow.org/indexnow"
# The protocol's own limit for one message.
MAX_ADDRESSES = 10_000


class Command(BaseCommand):
    help = "Avisa a los buscadores (IndexNow) qué perfiles se publicaron en las últimas horas."

    def add_arguments(self, parser):
        parser.add_argument("--hours", type=int, default=24, metavar="HORAS")
        parser.add_argument("--dry-run", action="store_true", help="Solo dice qué avisaría.")

    def handle(self, *, hours, dry_run, **options):
        if not settings.INDEXNOW_KEY:
            raise CommandError("Falta la variable INDEXNOW_KEY.")
        addresses = self._addresses(timezone.now() - timedelta(hours=hours))
        if addresses and not dry_run:
            self._send(addresses)
        self.stdout.write("\n".join([*addresses, f"{len(addresses)} direcciones."]))

    def _addresses(self, since):
        recent = Edition.objects.for_listing().filter(published_from__gte=since)
        return [absolute(edition.get_absolute_url()) for edition in recent[:MAX_ADDRESSES]]

    def _send(self, addresses):
        message = {
            "host": urlsplit(settings.SITE_URL).netloc,
            "key": settings.INDEXNOW_KEY,
            "keyLocation": absolute(f"/{settings.INDEXNOW_KEY}.txt"),
            "urlList": addresses,
        }
        headers = {"Content-Type": "application/json; charset=utf-8"}
        body = json.dumps(message).encode()
        request = urllib.request.Request(ENDPOINT, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return
        except OSError as error:
            raise CommandError(f"IndexNow no recibió el aviso: {error}") from error
