"""Markdown → sanitised HTML, in bounded time, once per change and never per request."""

import re

import markdown
import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

# Python-Markdown is quadratic in unmatched markers; prose needs far fewer than this.
MARKERS = "[]()*_`<>!&\\"
MAX_MARKERS = 400
MAX_NESTING = 20
MAX_LINES = 600
# Python-Markdown calls itself once for each marker of "- - - text".
# A number is tried from its first digit only, or a text of digits is read over and over.
LIST_MARKERS = re.compile(rf"(?:(?:[-+*]|(?<!\d)\d+\.)[ \t]+){{{MAX_NESTING + 1}}}")

TAGS = {
    *("p", "br", "strong", "em", "code", "ul", "ol", "li", "blockquote", "a", "h2", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "h2": {"id"}, "h3": {"id"}}
URL_SCHEMES = {"http", "https", "mailto"}
# A browser reads "//host" and "/\host" as another site, and drops tabs and newlines first.
OWN_ADDRESS = re.compile(r"(?:/(?![/\\])|[#?])[^\\\s]*")


def validate_markdown(text: str) -> None:
    """Refuse text whose rendering could take long: too many markers or too deep a nesting."""
    if any(text.count(marker) > MAX_MARKERS for marker in MARKERS):
        raise ValidationError(_("Hay demasiados signos de formato para un texto."))
    if any(line.count(">") > MAX_NESTING for line in text.splitlines()):
        raise ValidationError(_("Hay demasiados niveles de cita."))
    if LIST_MARKERS.search(text):
        raise ValidationError(_("Hay demasiados niveles de lista."))
    if text.count("\n") > MAX_LINES:
        raise ValidationError(_("Hay demasiadas líneas."))


def render_markdown(text: str) -> SafeString:
    """Return ``text`` as HTML that is safe to print; raises ValidationError as above."""
    validate_markdown(text)
    html = markdown.markdown(text, extensions=["sane_lists", "tables", "toc"], output_format="html")
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        url_relative=own_address,
        link_rel="noopener",
    )
    return mark_safe(clean)  # noqa: S308 - nh3 has just sanitised it


def own_address(address: str) -> str | None:
    """Return an address without a scheme if it stays in this site, else None."""
    return address if OWN_ADDRESS.fullmatch(address) else None
