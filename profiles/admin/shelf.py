"""What the desk says about the shelf: what is public, who may change it, what has to stay."""

from collections import defaultdict

from django.db.models import F, Q
from django.utils.translation import gettext as _

from profiles.models import Edition, Profile, Role


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
    """Return the edition of ``profile`` that is public, or the newest where none is."""
    return profile.editions.published().first() or profile.editions.order_by("-number").first()


def scheduled(profile):
    """Return the editions of ``profile`` that are not public yet, the next one first."""
    return profile.editions.scheduled().order_by("published_from")


def leaving(profiles):
    """Return the profiles on the shelf that go with ``profiles``: a base takes its contexts."""
    roles = [profile.role_id for profile in profiles if profile.context_id is None]
    going = Q(pk__in=[profile.pk for profile in profiles]) | Q(role__in=roles)
    shelved = Profile.objects.filter(going, pk__in=Edition.objects.on_shelf().values("profile"))
    places = ["role__name", F("context__order").asc(nulls_first=True)]
    return shelved.select_related("role", "context").order_by(*places)


def refuse_published(deleted, profiles):
    """Return Django's ``get_deleted_objects`` answer, protecting what is on the shelf."""
    reason = _("%(profile)s: está publicado; primero retiralo")
    public = [profile for profile in profiles if is_on_shelf(profile)]
    return refuse(deleted, [reason % {"profile": profile} for profile in public])


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


def public_addresses(roles):
    """Return, by key, the addresses at which visitors find each of ``roles`` on the shelf.

    They are not published with the rest: a change of the desk's is public in the same moment.
    """
    names = public_names(roles)
    shelved = Role.objects.filter(pk__in=names).prefetch_related("aliases")
    return {
        role.pk: {role.slug}
        | {alias.slug for alias in role.aliases.all() if alias.leads_visitors(names[role.pk])}
        for role in shelved
    }


def refused_addresses(before, after, by):
    """Return what is said of addresses that ``by`` may not have changed, or ""."""
    moved = before ^ after
    if not moved or may_publish(by):
        return ""
    words = _(
        "cambia direcciones de un rol publicado (%(addresses)s): eso lo hace solo quien puede "
        "publicar"
    )
    return words % {"addresses": ", ".join(sorted(moved))}
