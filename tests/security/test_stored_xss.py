"""Markup in any text of a document stays text wherever the guide shows it.

Roles with a vector in every field that takes text, each with others, over a vocabulary of the like:
pages, files, feeds and the admin are parsed as a browser does it.
"""

import io
import re
import zipfile
from html import escape
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.text import slugify

from profiles import models
from profiles.desk import readiness
from profiles.desk.exporting import role_text
from profiles.desk.history import keep
from profiles.desk.library import Library
from profiles.desk.loading import load
from profiles.desk.publishing import publish_roles
from profiles.desk.rows import save_role
from profiles.documents.markdown import ATTRIBUTES, TAGS
from profiles.documents.schema import RoleDocument
from profiles.documents.stored import canonical
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import read
from profiles.models import AuditEntry, NearTitle, Profile, Role, Source
from profiles.views.preview import share
from tests.desk.editors import upload
from tests.helpers.factories import FIXTURES, NEIGHBOURS, make_role, make_role_document
from tests.security.addresses import PUBLIC_VALUES, filled, is_admin, routes
from tests.security.hostile import SHORT, VECTORS, Attack, Page, dangers

pytestmark = pytest.mark.usefixtures("vocabulary")
# What Markdown may bring on a page.
MARKDOWN = {(tag, name) for tag in TAGS for name in ("", *ATTRIBUTES.get(tag, ()))}
# And the words that were searched.
MARKDOWN |= {("a", "rel"), ("mark", "")}
# The names of all elements of a document for Word.
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
GUIDE = "/guia-de-roles/"
ROLES = 2
LAST = ROLES - 1
SHEETS = ("alineacion", "aviso", "llamada", "muestra", "referencias", "decision")
SHOWN = (models.Archetype, models.Area, models.Context, models.Trait)
# A field with room for the attack only.
UNMARKED = {".career[].years"}


class Attacks(NamedTuple):
    """Place in the form → the word with which the texts of that place end."""

    role: dict[str, str]
    guide: dict[str, str]


def xml(content):
    """Return the root of an XML document of ours; raises ParseError where it is not whole."""
    return ElementTree.fromstring(content)  # noqa: S314 - written by the guide itself


def slug(number):
    return f"hostile-{number}"


def attacked_role(number):
    """Return the document of a role whose every text is a vector, and the attack."""
    attack = Attack(number * len(VECTORS) // ROLES, number)
    related = (slug(number - 1) if number else NEIGHBOURS[0],)
    value = canonical(make_role_document(slug(number), related=related), by_alias=True)
    value["base"]["targets"]["O"]["sources"] = [Source.objects.first().slug]
    value["near"] = value["near"][:1]  # no title comes twice
    document = RoleDocument.model_validate(attack.document(RoleDocument, value))
    return document, attack


def attacked_guide():
    """Return the vocabulary with an attack in every text, each entry another, and the marks."""
    value = canonical(read(FIXTURES / "guide.yaml", GuideDocument), by_alias=True)
    marks: dict[str, str] = {}
    for section, entries in value.items():
        for number, entry in enumerate(entries):
            attack = Attack(number + len(section), section)
            attacked = attack.document(GuideDocument, {section: [entry]})
            entries[number] = attacked[section][0]
            marks |= attack.marks
    return GuideDocument.model_validate(value), marks


@pytest.fixture(scope="module")
def unset_variables(module_rows):
    """Let Django's own templates print what is not set; the mark does this for tests only."""
    invalid = settings.TEMPLATES[0]["OPTIONS"].get("string_if_invalid")
    before, invalid.fail = invalid.fail, False
    yield
    invalid.fail = before


@pytest.fixture(scope="module")
def known(unset_variables):
    """The kinds of elements of the same pages with harmless texts."""
    role = make_role("data-tester", contexts=("startup",))
    client, staff = Client(), editor()
    pages = [Page(client.get(path, follow=True).text) for path in public()]
    pages += [Page(html) for html in desk_pages(staff, role)]
    return set().union(*(page.kinds() for page in pages)) | MARKDOWN


@pytest.fixture(scope="module")
def attacks(known):
    """The attacked vocabulary and roles, on desk and shelf; the marks of their fields."""
    guide, words = attacked_guide()
    load({"guide.yaml": guide}, {}, overwrite=True)
    monkey = pytest.MonkeyPatch()
    monkey.setattr(readiness, "check_role", lambda *args: [])
    found = {}
    for number in range(ROLES):
        document, attack = attacked_role(number)
        role = save_role(document, Library.from_database(document))
        publish_roles([role.pk], reason=VECTORS[number])
        found |= attack.marks
    monkey.undo()
    return Attacks(found, words)


def editor():
    names = dict.fromkeys(("first_name", "last_name"), "\"'><svg/onload=alert(1)>")
    root = {"is_superuser": True, "is_staff": True, **names}
    client = Client()
    client.force_login(User.objects.get_or_create(username="root", defaults=root)[0])
    return client


def public(number=None):
    """Return the addresses of all public pages; of one role, or of the harmless one."""
    of = "data-tester" if number is None else slug(number)
    title = slugify(NearTitle.objects.filter(role__slug=of).first().title)
    values = {**PUBLIC_VALUES, "role_slug": of, "role": of, "title_slug": title}
    routed = [route for route in routes() if not is_admin(route)]
    paths = [filled(route, values | {"name": name}) for route in routed for name in SHEETS]
    paths += [row.get_absolute_url() for model in SHOWN for row in model.objects.all()]
    one = f"perfil=perfiles/{of}"
    paths += [f"{GUIDE}perfiles/{query}" for query in ("?q=alert", "?q=script&contexto=startup")]
    paths += [f"{GUIDE}comparar/?{one}", f"{GUIDE}comparar/?perfil=startup/{of}&{one}"]
    paths += [f"{GUIDE}{place}/{of}/muestra/?parte=pauta" for place in ("perfiles", "startup")]
    pages = [path for path in paths if path.partition("?")[0].endswith("/") and "/api/" not in path]
    return list(dict.fromkeys(pages))


def desk_pages(client, role):
    """Yield the HTML of every page of the admin that shows ``role`` or the vocabulary."""
    base, startup = role.profiles.base_first()
    keep(base)
    version = keep(startup)
    share(version)
    place = "/admin/profiles"
    for model in ("profile", "role", "edition", "area", "context", "trait", "archetype", "source"):
        yield client.get(f"{place}/{model}/?q=x").text
        yield client.get(f"{place}/{model}/").text
    shown = (base, startup, role, base.editions.first(), startup.editions.first(), role.area)
    shown += (startup.context, startup.targets.first().trait, role.primary_archetype)
    for row in shown:
        model = row._meta.model_name
        yield client.get(f"{place}/{model}/{row.pk}/change/").text
        yield client.get(f"{place}/{model}/{row.pk}/history/").text
    for page in ("vista-previa", "publicar", "comparar"):
        yield client.get(f"{place}/profile/{startup.pk}/{page}/").text
    yield client.get(reverse("profiles:preview", args=[version.share_token])).text
    for action in ("publish_profiles", "discard_changes", "delete_selected"):
        chosen = {"action": action, "_selected_action": [base.pk, startup.pk]}
        yield client.post(f"{place}/profile/", chosen).text
    Profile.objects.filter(pk=base.pk).update(state="in-review")
    yield client.get("/admin/").text
    text = role_text(role)
    Profile.objects.filter(pk=base.pk).update(summary="Otro resumen.")
    for ending in ("yaml", "exe"):
        yield upload(client, text, f"\"'><svg onload=a()>.{ending}").text
    AuditEntry.objects.record("login-failed", name="\"'><svg onload=a()>")
    yield client.get(f"{place}/auditentry/").text


def strange(page, known):
    """Return what on ``page`` no harmless text brings, and what is dangerous wherever it stands."""
    return [*(f"<{tag} {name}>" for tag, name in page.kinds() - known), *dangers(page)]


def words_in(text):
    """Return the words that begin with "zq"."""
    return set(re.findall(r"zq\w+", text))


def unseen(attacks, seen):
    """Return the places of a role whose attack is not among the words ``seen``.

    A vector that Markdown takes for a reference is not seen; in the next role it is another's turn.
    """
    there = {word.partition("x")[0] for word in seen}
    words = attacks.role.items()
    return {path for path, word in words if word.partition("x")[0] not in there} - UNMARKED


def test_public_pages_show_every_text_as_text(client, known, attacks):
    seen, texts, opened = set(), [], 0
    for path in (*public(0), *public(LAST)):
        response = client.get(path, follow=True)
        page = Page(response.text)
        assert (path, strange(page, known)) == (path, [])
        opened += response.status_code == 200
        seen |= words_in(response.text)
        texts.append(page.text)
    # An attack that nothing shows would prove nothing.
    assert (opened > 70, len(attacks.role) > 50) == (True, True)
    assert unseen(attacks, seen) == set()
    assert {path for path, word in attacks.guide.items() if word not in seen} == set()
    assert any(SHORT in text for text in texts)


def test_desk_shows_texts_as_text(known, attacks):
    roles = Role.objects.filter(slug__in=[slug(0), slug(LAST)])
    pages = [html for role in roles for html in desk_pages(editor(), role)]
    assert [strange(Page(html), known) for html in pages] == [[]] * len(pages)
    assert unseen(attacks, words_in(str(pages))) == set()


def test_feed_and_maps_are_whole_and_their_html_is_harmless(client, known, attacks):
    feed = xml(client.get("/guia-de-roles/novedades/feed.xml").content)
    contents = [element.text for element in feed.iter() if element.get("type") == "html"]
    assert len(contents) >= ROLES
    assert [strange(Page(content), known) for content in contents] == [[]] * len(contents)
    for path in ("/sitemap-perfiles-1.xml", "/sitemap-paginas.xml"):
        assert len(xml(client.get(path).getvalue())) > 5


def test_document_for_word_holds_text_and_nothing_that_runs(client, attacks):
    content = client.get(f"{GUIDE}startup/{slug(LAST)}/entrevista.docx").content
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = archive.namelist()
    assert [name for name in names if "vba" in name.lower() or name.endswith(".bin")] == []
    for name in names:
        if name.endswith((".xml", ".rels")):
            xml(archive.read(name))
    assert b'TargetMode="External"' not in archive.read("word/_rels/document.xml.rels")
    text = archive.read("word/document.xml").decode()
    assert {element.tag.partition("}")[0] for element in xml(text).iter()} == {f"{{{WORD}"}
    assert any(escape(vector) in text for vector in VECTORS)


def test_pdf_has_no_script_and_no_link_but_its_own(client, attacks):
    content = client.get(f"{GUIDE}startup/{slug(LAST)}/entrevista.pdf").content
    assert content.startswith(b"%PDF-")
    assert re.findall(rb"/(?:JavaScript|JS|Launch|OpenAction|EmbeddedFile)\b", content) == []
    own = f"{settings.SITE_URL}/guia-de-roles/startup/{slug(LAST)}/"
    assert re.findall(rb"/URI ?\(([^)]+)\)", content) == [own.encode()]


@pytest.mark.parametrize(
    "html",
    [
        *("<p onclick=x>", "<p style=x>", "<iframe>", "<base href=/>", "<script>x</script>"),
        *("<a href='JaVa\tScript:x'>", "<a href='//evil.example'>", "<a href='/\\evil.example'>"),
        *("<img src=//evil.example>", "<form action=https://evil.example>"),
        *("<meta http-equiv=refresh>", '<script type="application/ld+json">{"a": "<"}</script>'),
        '<script type="application/ld+json">{"a": "</script>',
    ],
)
def test_danger_is_found(html):
    assert dangers(Page(html))
