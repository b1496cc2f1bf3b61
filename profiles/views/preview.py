"""Previews: the public page built from the desk, for those who hold a link that still works."""

import datetime
import secrets
from dataclasses import replace

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profiles.documents.schema import RoleFacts
from profiles.documents.stored import frozen_document, read_stored
from profiles.markdown import render_markdown
from profiles.models import Area, DeskVersion
from profiles.profile_page import ProfilePage, rendered_texts
from profiles.publishing import desk_parts
from profiles.views.profiles import profile_template, profile_values
from profiles.views.vocabulary import Vocabulary

LIFETIME = datetime.timedelta(days=7)
SIGNER = TimestampSigner(salt="profiles.preview")
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


@require_safe
def preview(request, token):
    """Show one version of the desk to whoever holds its link."""
    version = shared_version(token)
    if version is None:
        raise Http404(_("El enlace venció o se anuló. Pedí otro a quien te lo pasó."))
    until = shared_until(version)
    return render_preview(request, version_page(version), until)


def share(version):
    """Give a desk version a link that works for seven days; a link it had stops working."""
    signed = SIGNER.sign(f"{version.pk}.{secrets.token_hex(8)}")
    # Addresses are lower-cased on their way in, so the token has no upper case.
    version.share_token = signed.encode().hex()
    version.save(update_fields=["share_token"])


def revoke(version):
    """Make the link of a desk version stop working."""
    version.share_token = ""
    version.save(update_fields=["share_token"])


def share_url(version):
    """Return the absolute address of the link of a desk version."""
    return settings.SITE_URL + reverse("profiles:preview", args=[version.share_token])


def shared_until(version):
    """Return when the link of a desk version stops working; None where none works now."""
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
    """Return the desk version that ``token`` opens, or None."""
    key = (_unsigned(token) or "").partition(".")[0]
    version = DeskVersion.objects.filter(pk=key).first() if key else None
    if version and constant_time_compare(version.share_token, token):
        return version
    return None


def version_page(version):
    """Return the ProfilePage of a desk version, on the base profile as it was at that time."""
    base = version if version.context_id is None else _base_of(version)
    return _page(
        frozen_document(version),
        base=frozen_document(base) if version.context_id else None,
        facts=read_stored(RoleFacts, base.facts),
        context=version.context,
    )


def _base_of(version):
    """Return the base profile's last version before ``version``, or its first after."""
    bases = DeskVersion.objects.filter(role=version.role_id, context=None)
    before = bases.filter(saved_at__lte=version.saved_at).order_by("-saved_at").first()
    base = before or bases.order_by("saved_at").first()
    if base is None:
        raise Http404(_("Falta el perfil base del rol."))
    return base


def desk_page(profile):
    """Return the ProfilePage of a profile as the desk holds it now.

    Raises pydantic's ValidationError where the desk holds what no document can, and Http404
    where a context's role has no base profile.
    """
    document, facts = desk_parts(profile)
    base = None
    if profile.context_id:
        base_profile = profile.role.profiles.filter(context=None).first()
        if base_profile is None:
            raise Http404(_("Falta el perfil base del rol."))
        base, facts = desk_parts(base_profile)
    return _page(document, base=base, facts=facts, context=profile.context)


def _page(document, *, base, facts, context):
    vocabulary = Vocabulary()
    return ProfilePage(
        facts=facts,
        area=Area.objects.get(slug=facts.area),
        context=context,
        document=document,
        body_html=render_markdown(document.body),
        base=base,
        rendered=rendered_texts(base or document),
        traits=vocabulary.traits,
        sources=vocabulary.sources,
        archetypes=vocabulary.archetypes,
    )


def render_preview(request, page, until=None):
    """Answer with the public page of ``page``, marked as a preview, never kept or indexed."""
    values = profile_values(page)
    values["meta"] = replace(values["meta"], indexed=False)
    values |= {"public_template": profile_template(page), "until": until}
    response = render(request, "profiles/preview.html", values)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
