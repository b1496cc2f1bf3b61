"""The audit log: who got in, who was kept out, what was published and what left the house."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import AuditEvent
from profiles.documents.text import visible
from profiles.models.fields import account


class AuditQuerySet(models.QuerySet):
    def record(self, event, *, subject="", **about):
        return self.record_all(event, [subject], **about)[0]

    def record_all(self, event, subjects, *, by=None, name="", address=None):
        """Add an entry for each subject; ``name`` is what was typed where nobody is known by it."""
        name = _clean(by.get_username() if by else name, 150)
        about = {"event": event, "person": by, "name": name, "address": address}
        return self.bulk_create(self.model(subject=_clean(text, 200), **about) for text in subjects)


class AuditEntry(models.Model):
    """One thing that happened. An entry is never changed, and outlives the account it names."""

    at = models.DateTimeField(_("cuándo"), default=timezone.now, db_index=True)
    event = models.CharField(_("qué"), max_length=20, choices=AuditEvent)
    person = account(_("cuenta"))
    name = models.CharField(_("quién"), max_length=150, blank=True)
    address = models.GenericIPAddressField(_("desde"), null=True)
    subject = models.CharField(_("sobre qué"), max_length=200, blank=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrada de auditoría")
        verbose_name_plural = _("entradas de auditoría")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return " · ".join(filter(None, [self.get_event_display(), self.name, self.subject]))


def _clean(text, limit):
    """Return one line of at most ``limit`` characters: nobody writes a second entry into one."""
    return " ".join(visible(str(text), " ").split())[:limit]
