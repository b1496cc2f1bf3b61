"""Previews: the public page built from the desk, for those who hold a link that still works."""

import datetime
import secrets
from dataclasses import replace

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from profiles.desk.history import facts_under_live_names, stored_document
from profiles.desk.readiness import desk_draft
from profiles.documents.markdown import render_markdown
from profiles.guide.profile_page import ProfilePage, rendered_texts
from profiles.models import Version
from profiles.views.http import render_page
from profiles.views.profiles import profile_template, profile_values
from profiles.views.shelf import vocabulary_of

LIFETIME = datetime.timedelta(days=7)
SIGNER = TimestampSigner(salt="profiles.preview")
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


def preview(request, token):
    """Show one version of the desk to whoever holds its link."""
    version = shared_version(token)
    if version is None:
        raise Http404(_("El enlace venció o se anuló. Pedí otro a quien te lo pasó."))
    until = shared_until(version)
    return render_preview(request, version_page(version), until)


def share(version):
    """Give a version a link that works for seven days; a link it had stops working."""
    signed = SIGNER.sign(f"{version.pk}.{secrets.token_hex(8)}")
    # Addresses are lower-cased on their way in, so the token has no upper case.
    version.share_token = signed.encode().hex()
    version.save(update_fields=["share_token"])


def revoke(version):
    version.share_token = ""
    version.save(update_fields=["share_token"])


def share_url(version):
    return settings.SITE_URL + reverse("profiles:preview", args=[version.share_token])


def shared_until(version):
    """Return when the link of a version stops working; None if none works now."""
    if not version.share_token or _unsigned(version.share_token) is None:
        return None
    _value, stamp, _signature = bytes.fromhex(version.share_token).decode().rsplit(":", 2)
    return datetime.datetime.fromtimestamp(b62_decode(stamp), datetime.UTC) + LIFETIME


def _unsigned(token):
    try:
        return SIGNER.unsign(bytes.fromhex(token).decode(), max_age=LIFETIME)
    except (BadSignature, ValueError):
        return None


def shared_version(token):
    """Return the version that ``token`` opens, or None; it dies with the profile."""
    key = (_unsigned(token) or "").partition(".")[0]
    version = Version.objects.filter(pk=key).first() if key else None
    if version and constant_time_compare(version.share_token, token):
        return version
    return None


def version_page(version):
    """Return the ProfilePage of a version, on the base profile as it was at that time."""
    profile = version.row
    base = _base_of(version) if profile.context_id else version
    return _page(
        profile,
        stored_document(version),
        base=stored_document(base) if profile.context_id else None,
        facts=facts_under_live_names(profile.role, base.document["facts"]),
    )


def _base_of(version):
    """Return the base profile's last version before ``version``, or its first after."""
    bases = _base_profile(version.row).versions
    before = bases.filter(when__lte=version.when).order_by("-when").first()
    if base := before or bases.order_by("when").first():
        return base
    raise Http404


def _base_profile(profile):
    return get_object_or_404(profile.role.profiles, context=None)


def desk_page(profile):
    """Return the ProfilePage of a profile as the desk holds it now.

    Raises Http404 if a context's role has no base profile.
    """
    own = base = desk_draft(profile)
    if profile.context_id:
        base = desk_draft(_base_profile(profile))
    inherited = base.document if profile.context_id else None
    return _page(profile, own.document, base=inherited, facts=base.facts)


def _page(profile, document, *, base, facts):
    return ProfilePage(
        facts=facts,
        area=profile.role.area,
        context=profile.context,
        document=document,
        body_html=render_markdown(document.body),
        base=base,
        rendered=rendered_texts(base or document),
        **vocabulary_of(document, facts),
    )


def render_preview(request, page, until=None):
    """Answer with the public page of ``page``, marked as a preview, never kept or indexed."""
    values = profile_values(page)
    values["meta"] = replace(values["meta"], indexed=False)
    values |= {"public_template": profile_template(page), "until": until}
    response = render_page(request, "profiles/preview.html", values)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
