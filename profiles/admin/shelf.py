"""What the desk says about the shelf: what is public, who may change it, what has to stay."""

from collections import defaultdict

from django.db.models import Q
from django.utils.translation import gettext as _

from profiles.models import Edition, Profile, Role
from profiles.models.querysets import BY_SIZE


def may_publish(user):
    """Tell whether ``user`` may change what the public sees."""
    return user.has_perm("profiles.publish_profile")


def is_public(profile):
    """Tell whether visitors can read an edition of ``profile`` now."""
    return Edition.objects.published().filter(profile=profile).exists()


def is_on_shelf(profile):
    """Tell whether an edition of ``profile`` is public now or scheduled."""
    return profile.editions.on_shelf().exists()


def read_now(profile):
    """Return the edition of ``profile`` that is public, or the newest if none is."""
    editions = profile.editions.select_related("version").defer("document", "facts")
    return editions.published().first() or editions.order_by("-number").first()


def scheduled(profile):
    """Return the scheduled edition of ``profile``, if there is one."""
    return profile.editions.scheduled().first()


def leaving(profiles):
    """Return the profiles on the shelf that go with ``profiles``: a base takes its contexts."""
    roles = [profile.role_id for profile in profiles if profile.context_id is None]
    going = Q(pk__in=[profile.pk for profile in profiles]) | Q(role__in=roles)
    shelved = Profile.objects.filter(going, pk__in=Edition.objects.on_shelf().values("profile"))
    return shelved.select_related("role", "context").order_by("role__name", *BY_SIZE)


class Archived:
    """Keeps profiles and roles that were ever public: they are withdrawn, and stay."""

    def has_delete_permission(self, request, obj=None):
        may = super().has_delete_permission(request, obj)
        return may and not (obj and obj.editions.exists())

    def reasons_to_stay(self, row):
        words = _("%(row)s: estuvo publicado; se retira del sitio y queda archivado")
        reasons = [words % {"row": row}] if row.editions.exists() else []
        return [*super().reasons_to_stay(row), *reasons]


class Loaded:
    """Keeps what a document of the guide brings: the next load would bring it again."""

    def reasons_to_stay(self, row):
        words = _("%(row)s: lo trae un documento de la guía; se quita de ahí")
        reasons = [words % {"row": row}] if row.loaded_digest else []
        return [*super().reasons_to_stay(row), *reasons]


def refuse(deleted, reasons):
    """Return Django's ``get_deleted_objects`` answer with more ``reasons`` against deleting.

    What stands on a row is said before which right is missing: no right would help.
    """
    to_delete, counts, perms_needed, protected = deleted
    standing = [*protected, *reasons]
    return to_delete, counts, set() if standing else perms_needed, standing


def public_names(roles):
    """Return, by key, the other names that the shelf holds of each of ``roles`` that is on it."""
    found = defaultdict(set)
    shelf = Edition.objects.on_shelf().base().filter(role__in=roles)
    for key, names in shelf.values_list("role_id", "facts__aliases"):
        found[key].update(names)
    return dict(found)


def live_facts(roles):
    """Return, by key, what the public sees at once of each of ``roles`` that is on the shelf.

    That is its name, its area and the addresses at which visitors find it.
    """
    names = public_names(roles)
    shelved = Role.objects.filter(pk__in=names).select_related("area").prefetch_related("aliases")
    return {
        role.pk: {role.name, role.area.name, role.slug}
        | {alias.slug for alias in role.aliases.all() if alias.leads_visitors(names[role.pk])}
        for role in shelved
    }


def refused_live_change(before, after, by):
    """Return what is said of live facts that ``by`` may not have changed, or ""."""
    moved = before ^ after
    if not moved or may_publish(by):
        return ""
    words = _(
        "cambia lo que se ve en el momento de un rol publicado (%(facts)s): eso lo hace solo quien "
        "puede publicar"
    )
    return words % {"facts": ", ".join(sorted(moved))}
