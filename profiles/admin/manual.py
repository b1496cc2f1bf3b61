"""The editors' manual as a page of the admin: docs/editors.md, as it came with this release."""

import re

import markdown
from django.conf import settings
from django.contrib import admin
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

MANUAL = settings.BASE_DIR / "docs" / "editors.md"
PICTURE = re.compile(r'src="\.\./static/([^"]+)"')


@require_safe
def manual(request):
    title, text = MANUAL.read_text(encoding="utf-8").split("\n", 1)
    html = markdown.markdown(text, extensions=["tables"])
    html = PICTURE.sub(lambda found: f'src="{static(found[1])}"', html)
    # It is a file of this release, no stored text.
    page = {"title": title.removeprefix("# "), "manual": mark_safe(html)}  # noqa: S308
    context = {**admin.site.each_context(request), **page}
    return TemplateResponse(request, "admin/manual.html", context)


stock_urls = admin.site.get_urls
admin.site.get_urls = lambda: [
    path("ayuda/", admin.site.admin_view(manual), name="manual"),
    *stock_urls(),
]
