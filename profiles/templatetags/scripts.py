"""Scripts of public pages: asked for once the page can be read, so that nobody waits for one."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag
def late_script(path):
    """Run the static file at ``path`` as a module once the page can be read."""
    loader = mark_safe(settings.LATE_SCRIPT)  # noqa: S308 - a constant, which the CSP knows by hash
    return format_html('<script data-src="{}">{}</script>', static(path), loader)
