"""Markdown: nothing dangerous survives and nothing takes long."""

import pytest
from django.core.exceptions import ValidationError
from lxml.html import fragment_fromstring

from profiles.documents.markdown import refuse_lost_markdown, render_markdown, tidy_markdown
from tests.security.hostile import SCHEME, read_address

# Written out again: a list that were read from the sanitiser would grow with it.
BARE = (
    *("p", "br", "strong", "em", "code", "ul", "ol", "li", "blockquote", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td"),
)
PLAIN = {tag: set() for tag in BARE} | {"h2": {"id"}, "h3": {"id"}, "a": {"href", "title", "rel"}}
FORMS = ("[x]({})", "[x][r]\n\n[r]: {}", '<a href="{}">x</a>', "<{}>")


def elements(text: str) -> list[tuple[str, dict]]:
    """Return the elements of a text as (tag, attributes), as a browser would see them."""
    body = fragment_fromstring(render_markdown(text), create_parent="div")
    return [(element.tag, dict(element.attrib)) for element in body.iterdescendants()]


def addresses(address: str) -> list[str]:
    """Return where links to ``address``, in each form that a link has, would lead."""
    # What has no scheme is no link in the last form.
    forms = FORMS if SCHEME.match(read_address(address)) else FORMS[:-1]
    found = [values for form in forms for _, values in elements(form.format(address))]
    return [values["href"] for values in found if values.get("href")]


ORDINARY = "Fue en\n2026. Después, -5 grados\n*fuerte*."


@pytest.mark.parametrize(
    ("pasted", "mended"),
    [
        ("Hace:\n- uno\n- dos", "Hace:\n\n- uno\n- dos"),
        ("• uno\n·\tdos\n\uf0b7 tres\no\tcuatro", "- uno\n- dos\n- tres\n- cuatro"),
        ("Pasos:\n1) uno\n2) dos", "Pasos:\n\n1. uno\n2. dos"),
        ("1.- a\n2.B\n3) 4 c\n1.5 y\n1.er d\n2º", "1. a\n2. B\n3. 4 c\n1.5 y\n1.er d\n2º"),
        ("✓ a\nØ\tb\n\uf0fc\tc\n— d\n-e", "- a\n- b\n- c\n- d\n- e"),
        ("Uno.\n\n\tDos.\n- tres\n\n    Sigue.", "Uno.\n\nDos.\n\n- tres\n\n    Sigue."),
        ("- uno\nsigue\n- dos\n\nFin.", "- uno\nsigue\n- dos\n\nFin."),
        (ORDINARY, ORDINARY),
    ],
)
def test_pasted_list_is_a_list(pasted, mended):
    assert tidy_markdown(pasted) == mended
    assert tidy_markdown(mended) == mended
    assert render_markdown(pasted) == render_markdown(mended)


LOST = ("Ver ![foto](a.png)", "# Título\n\nSigue.", "Título\n=====", " #Uno", "##### Cinco")
LOST += ("Va <nombre de la empresa>.", "<u>Sí", "<!-- no -->", "[^1]: nota", "[x](www.a.ar)")


@pytest.mark.parametrize("text", LOST)
def test_what_would_vanish_is_refused(text):
    with pytest.raises(ValidationError, match="no se muestra"):
        refuse_lost_markdown(text)
    kept = "## Sí\n\nEl #1 [va](/x) a <https://a.ar>, <br>con a < b y c > d y `<hr>`.\n\n[TOC]"
    assert (refuse_lost_markdown(kept), "[TOC]" in render_markdown(kept)) == (None, True)


def test_links_of_the_guide_and_of_the_web_tables_and_headings_survive():
    for address in ("/", "/a?b=c#d", "#como-leerlo", "?q=1", "https://doi.org/1", "mailto:a@b.ar"):
        rel = {"href": address, "rel": "noopener"}
        assert elements(f"[x]({address})") == [("p", {}), ("a", rel)]
    assert [tag for tag, _ in elements("a | b\n--|--\n1 | 2")] == [
        *("table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td")
    ]
    assert elements("## Cómo leerlo") == [("h2", {"id": "como-leerlo"})]


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)"),
        *("&#106;avascript:alert(1)", "&#x6A;avascript&colon;alert(1)"),
        *("java\tscript:alert(1)", "java&Tab;script:alert(1)", "java&#10;script:alert(1)"),
        *("data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4="),
        *("vbscript:msgbox(1)", "file:///etc/passwd", "blob:https://a/b"),
        # Without a scheme it would lead to another host.
        *("//evil.example", "///evil.example", " //evil.example", "..//evil.example"),
        *("/\\evil.example", "\\/evil.example", "&#47;&#47;evil.example", "evil.example"),
        *("/&#9;/evil.example", "&#10;//evil.example", "/&#13;/evil.example"),
        *("\uff0f\uff0fevil.example", "\uff4aavascript:alert(1)", "https&colon;//evil.example"),
    ],
)
def test_only_web_and_mail_links_survive(address):
    # "https&colon;//" is a web link once its entity is read, and may be one.
    assert {found for found in addresses(address) if not found.startswith("https://")} == set()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src onerror=alert(1)></style></mtext></math>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<form action=//evil.example><input name=a><button>b</button></form>",
        "<a href=/ onclick=alert(1) style=color:red>x</a>",
        '<p onmouseover="alert(1)" class="x" id="y">x</p>',
        "<base href=//evil.example><meta http-equiv=refresh content=0>",
        "<object data=x></object><embed src=x><video src=x onerror=alert(1)>",
        "<!--><script>alert(1)</script>-->",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "[x](/ \"' onmouseover='alert(1)\")",
        '[x](https://a.example/"onmouseover="alert(1))',
        "`<script>alert(1)</script>`",
        "<b><i onclick=alert(1)>x",
    ],
)
def test_only_plain_elements_and_attributes_survive(text):
    strange = [
        (tag, name)
        for tag, values in elements(text)
        for name in (values or [None])
        if tag not in PLAIN or (name and name not in PLAIN[tag])
    ]
    assert strange == []


def test_words_of_removed_markup_stay_readable_and_too_much_of_it_is_refused():
    html = render_markdown("<u>subrayado</u> y `a < b`")
    assert html == "<p>subrayado y <code>a &lt; b</code></p>"
    for text, reason in (("*" * 401, "signos de formato"), (">" * 21, "niveles de cita")):
        with pytest.raises(ValidationError, match=f"Hay demasiados {reason}"):
            render_markdown(text)
