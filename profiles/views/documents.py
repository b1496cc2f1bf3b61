"""A profile in other forms than a page: ``.md`` and ``.json`` beside its address."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from profiles.exports.markdown import render_profile
from profiles.exports.profile_json import render_json
from profiles.models.shelf import profile_url
from profiles.views.profiles import related_roles
from profiles.views.shelf import follow_shelf, profile_page


def _markdown(page, path):
    """Return a profile's Markdown; only the base profile names the role's neighbours."""
    related = [] if page.context else related_roles(page)
    return render_profile(page, path, related)


PROFILE_FORMATS = {
    "md": ("text/markdown; charset=utf-8", _markdown),
    "json": ("application/json", render_json),
}


@require_safe
@follow_shelf
def profile_document(request, role_slug, extension, context_slug=None):
    content_type, write = PROFILE_FORMATS[extension]
    path = profile_url(role_slug, context_slug)
    content = write(profile_page(role_slug, context_slug), path)
    return HttpResponse(content, content_type, headers=copy_headers(path))


def copy_headers(path):
    """Return what tells search engines that the page at ``path`` is the original."""
    return {"Link": f'<{settings.SITE_URL}{path}>; rel="canonical"', "X-Robots-Tag": "noindex"}
