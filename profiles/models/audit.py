"""The audit log: who got in, who was kept out, what was published and what left the house."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profiles.documents.choices import AuditEvent
from profiles.documents.text import visible
from profiles.models.fields import account


class AuditQuerySet(models.QuerySet):
    def record(self, event, *, by=None, name="", address=None, subject=""):
        """Add an entry; ``name`` is what was typed where nobody is known by it."""
        name = by.get_username() if by else name
        texts = {"name": _clean(name, 150), "subject": _clean(subject, 200)}
        return self.create(event=event, person=by, address=address, **texts)


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
