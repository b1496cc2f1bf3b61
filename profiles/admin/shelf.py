"""What the desk says about the shelf: what is public, and what may not be deleted for it."""

from django.utils.translation import gettext as _

from profiles.models import Edition


def is_public(profile):
    """Tell whether visitors can read an edition of ``profile`` now."""
    return Edition.objects.published().filter(profile=profile).exists()


def is_on_shelf(profile):
    """Tell whether an edition of ``profile`` is public now or scheduled."""
    return profile.editions.on_shelf().exists()


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
