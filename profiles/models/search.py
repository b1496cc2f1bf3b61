"""What people asked the search for and did not find."""

import logging
import re
import unicodedata

from django.db import DatabaseError, connection, models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)
MAX_QUESTIONS = 1_000
MAX_TEXT = 80
# Whoever writes meanwhile is not waited for.
WITHOUT_WAITING = {"sqlite": "PRAGMA busy_timeout = 0", "postgresql": "SET lock_timeout = '1ms'"}
# What may be an address or a number of somebody is not kept.
PERSONAL = re.compile(r"@|\d[\d\s()./-]{5,}\d|/[^/]*/|\w\.(com|net|org)\b")


class MissingTitleManager(models.Manager):
    """Counts titles; how many different ones is bounded."""

    def count_one(self, text):
        """Count ``text`` once more, if the database can: the page is worth more than the count."""
        text = " ".join(unicodedata.normalize("NFKC", text.casefold()).split())
        if not text or len(text) > MAX_TEXT or PERSONAL.search(text):
            return
        more = {"count": F("count") + 1}
        try:
            with connection.cursor() as cursor:
                cursor.execute(WITHOUT_WAITING[connection.vendor])
            row, is_new = self.update_or_create(text=text, defaults=more, create_defaults={})
            if is_new and self.count() > MAX_QUESTIONS:
                # The least asked one gives way.
                for least in self.exclude(pk=row.pk).order_by("count", "pk")[:1]:
                    least.delete()
        except DatabaseError:
            logger.exception("A search was not counted")


class MissingTitle(models.Model):
    """A title that people search for and the guide lacks, and how often. Nothing about who."""

    text = models.CharField(_("búsqueda"), max_length=MAX_TEXT, unique=True)
    count = models.PositiveIntegerField(_("veces"), default=1)

    objects = MissingTitleManager()

    class Meta:
        verbose_name = _("puesto buscado y ausente")
        verbose_name_plural = _("puestos buscados y ausentes")
        ordering = ["-count", "text"]

    def __str__(self):
        return self.text
