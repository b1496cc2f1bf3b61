"""What every public template may print."""

from django.conf import settings


def guide(request):
    """Return the call to action and the site's own address."""
    return {
        "site_url": settings.SITE_URL,
        "cta": {"brand": settings.CTA_BRAND, "text": settings.CTA_TEXT, "url": settings.CTA_URL},
        "contact_email": settings.CONTACT_EMAIL,
    }
