"""Two roles become one."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from profiles.desk.content_version import editorial_act
from profiles.desk.history import record
from profiles.desk.publishing import withdraw
from profiles.models import Edition, RelatedRole, Role


def merge(role: Role, into: Role, *, by: User) -> None:
    """Let everything that leads to ``role`` lead to ``into`` from now on.

    The profiles of ``role`` are withdrawn and stay, archived, with their history; its texts are
    not moved. Its address and its names become other names of ``into``.
    """
    naming = RelatedRole.objects.filter(related=role).exclude(role=into)
    neighbours = list(Role.objects.filter(related__in=naming).exclude(pk=role.pk).distinct())
    with editorial_act(role.pk, into.pk, *(neighbour.pk for neighbour in neighbours)):
        for base in role.profiles.filter(context=None):
            withdraw(base)
        old_slug = role.slug
        role.slug = f"{old_slug[:40]}-unido-{role.pk}"
        role.save()  # its address of before is a former one now
        last = into.aliases.count()
        role.aliases.update(role=into, order=last)
        into.aliases.get_or_create(name=role.name, defaults={"order": last})
        _relate(role, old_slug, into)
        why = _("Se le unió «%(role)s»") % {"role": role}
        record(into, by=by, why=why)
        record(role, by=by, why=_("Se unió a «%(role)s»") % {"role": into})
        for neighbour in neighbours:
            record(neighbour, by=by, why=why)


def _relate(role: Role, old_slug: str, into: Role) -> None:
    """Name ``into`` wherever ``role`` is named as related, on the desk and on the shelf."""
    naming = RelatedRole.objects.filter(related=role)
    naming.filter(role__in=Role.objects.filter(related__related=into)).delete()
    naming.filter(role=into).delete()
    naming.update(related=into)
    Edition.objects.rename_related([old_slug], into.slug)
