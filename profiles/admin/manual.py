"""The editors' manual as a page of the admin: docs/editors.md, as it came with this release."""

import re

import markdown
from django.conf import settings
from django.contrib import admin
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

MANUAL = settings.BASE_DIR / "docs" / "editors.md"
# The page's own title stands in the admin's heading.
TITLE = re.compile(r"<h1.*?</h1>")
PICTURE = re.compile(r'src="\.\./static/([^"]+)"')


@require_safe
def manual(request):
    html = markdown.markdown(MANUAL.read_text(encoding="utf-8"), extensions=["tables"])
    html = PICTURE.sub(lambda found: f'src="{static(found[1])}"', TITLE.sub("", html))
    context = {
        **admin.site.each_context(request),
        "title": _("Cómo se escribe la guía"),
        "manual": mark_safe(html),  # noqa: S308 - a file of this repository
    }
    return TemplateResponse(request, "admin/manual.html", context)


stock_urls = admin.site.get_urls


def urls():
    return [path("ayuda/", admin.site.admin_view(manual), name="manual"), *stock_urls()]


admin.site.get_urls = urls
