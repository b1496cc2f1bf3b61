"""Markdown → sanitised HTML, in bounded time, once per change and never per request."""

import re

import markdown
import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from profiles.documents.text import one_line, tidy

# Python-Markdown is quadratic in unmatched markers; prose needs far fewer than this.
MARKERS = "[]()*_`<>!&\\"
MAX_MARKERS = 400
MAX_NESTING = 20
MAX_LINES = 600
# Python-Markdown calls itself once for each marker of "- - - text".
# A number is tried from its first digit only, or a text of digits is read over and over.
LIST_MARKERS = re.compile(rf"(?:(?:[-+*]|(?<!\d)\d+\.)[ \t]+){{{MAX_NESTING + 1}}}")
# What people paste for the point of a list: Word's own signs (as letters before a tab, too), "1.-".
SIGNS = "•·‣▪●◦○■⁃✓✔➢➤→►▸❖◆\ue000-\uf8ff"
POINT = re.compile(
    rf"^([ \t]*)(?:[{SIGNS}]|[–—](?=\s)|-(?=[^\W\d_])|[ovØü§](?=\t))[ \t\xa0]*", re.MULTILINE
)
NUMBER = re.compile(r"^([ \t]*\d{1,2})[.)]-?(?:[ \t]+|(?=[A-ZÁÉÍÓÚÑ¿¡«]))", re.MULTILINE)
BULLET = rf"[-*–—]\s|[{SIGNS}]|[ovØü§]\t"
LIST_MARK = re.compile(rf"^\s*(?:{BULLET}|\d{{1,2}}[.)]-?\s)\s*")
LONE_POINT = re.compile(rf"^\s*(?:{BULLET})\s*")
# A number in the middle of a paragraph begins no list, unless it is the first.
LIST_START = re.compile(r"(?:[-+*]|1\.)\s")

TAGS = {
    *("p", "br", "strong", "em", "code", "ul", "ol", "li", "blockquote", "a", "h2", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
# Images, the page's own title, headings too small, notes, tags that are not kept, lost addresses.
LOST = re.compile(
    r"!\[[^\[\]\n]*\]|^ {0,3}#(?:#{4,})?(?!#).*|^.+\n=+$|^\[\^.*"
    rf"|(?<!`)<(?!https?:|mailto:|/?(?:{'|'.join(sorted(TAGS))})\b|[^\s<>]*@)[a-z/!?][^<>]*>"
    r"|\[[^\[\]\n]*\]\( *+<?+(?!https?:|mailto:|/(?![/\\])|[#?])[^()\n]*\)?",
    re.MULTILINE | re.IGNORECASE,
)
ATTRIBUTES = {"a": {"href", "title"}, "h2": {"id"}, "h3": {"id"}}
URL_SCHEMES = {"http", "https", "mailto"}
# A browser reads "//host" and "/\host" as another site, and drops tabs and newlines first.
OWN_ADDRESS = re.compile(r"(?:/(?![/\\])|[#?])[^\\\s]*")


def tidy_line(text: str) -> str:
    """Return pasted text on one line, without the point that it had in a list."""
    return one_line(LONE_POINT.sub("", text))


def tidy_markdown(text: str) -> str:
    """Return pasted Markdown whose lists are lists: points, numbers, an empty line before them."""
    text = NUMBER.sub(r"\1. ", tidy(POINT.sub(r"\1- ", "\n".join(text.splitlines()))))
    lines, in_list, may_indent, before = [], False, False, ""
    for line in text.split("\n"):
        starts = bool(LIST_START.match(line))
        if starts and before.strip() and not in_list:
            lines.append("")
        in_list = starts or (in_list and bool(line.strip()))
        if line[:1].strip():
            may_indent = in_list
        elif not may_indent:  # Markdown would take it for code
            line = line.lstrip()
        lines.append(line)
        before = line
    return "\n".join(lines)


def lost_markdown(text: str) -> str:
    """Return what to say of the first thing in ``text`` that would vanish from the page unsaid."""
    if not (found := LOST.search(text)):
        return ""
    said = found[0].strip().splitlines()[0][:40]
    return _(
        "«%(said)s» no se muestra: acá no van imágenes, HTML ni notas al pie; los títulos empiezan "
        "con ## y los enlaces, con https://."
    ) % {"said": said}


def refuse_lost_markdown(text: str) -> None:
    if message := lost_markdown(text):
        raise ValidationError(message)


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
    html = markdown.markdown(
        tidy_markdown(text),
        extensions=["sane_lists", "tables", "toc"],
        extension_configs={"toc": {"marker": ""}},
        output_format="html",
    )
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
