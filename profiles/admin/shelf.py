"""What the desk says about the shelf: what is public, and what may not be deleted for it."""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from profiles.models import Edition, Profile


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
