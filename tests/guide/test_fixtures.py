"""The guide itself: every document that is in ``fixtures`` is fit to be published."""

import re
from collections import defaultdict

import pytest

from profiles.desk.library import alias_addresses
from profiles.documents.schema import RoleDocument
from profiles.documents.text import fold
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import read
from profiles.exchange.exporting import schemas
from profiles.exports.advert import CHAT_LIMIT, chat_text
from profiles.exports.kit import LENGTHS, Request, interview_kit
from profiles.exports.pack import pack_sheet
from profiles.exports.wording import WORDS
from profiles.guide.charts import fingerprint
from profiles.guide.checks import check_role, repeated_sentences
from profiles.guide.findings import Severity
from profiles.guide.profile_page import ProfilePage
from profiles.guide.texts import profiles_of
from profiles.models import Area, Context
from tests.helpers.factories import FIXTURES

# "No hace falta foto, edad ni estado civil": what an advert may say of them.
OWN_WORDS = "edad ni estado civil"
FILES = sorted((FIXTURES / "roles").glob("*.yaml"))
CONTEXTS = {"startup", "pyme", "enterprise", "global"}
all_roles = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def guide() -> GuideDocument:
    return read(FIXTURES / "guide.yaml", GuideDocument)


@pytest.fixture(scope="module")
def roles() -> dict[str, RoleDocument]:
    """Every role document by its file's name; a file that does not parse fails here."""
    return {path.stem: read(path, RoleDocument) for path in FILES}


@all_roles
def test_role_keeps_the_editorial_rules(roles, path):
    findings = check_role(roles[path.stem])
    assert [str(f) for f in findings if f.severity is Severity.ERROR] == []


def test_guide_has_60_roles_in_five_profiles_each_in_files_of_their_names(roles):
    assert len(roles) == 60
    found = {name: (role.slug, set(role.contexts)) for name, role in roles.items()}
    assert found == {name: (name, CONTEXTS) for name in roles}


def test_no_sentence_stands_in_two_places(roles):
    assert [str(repeat) for repeat in repeated_sentences(roles.values())] == []


def test_every_related_role_is_in_the_guide(roles):
    related = {item.role for role in roles.values() for item in role.related}
    assert sorted(related - set(roles)) == []


def test_no_address_belongs_to_two_roles(roles):
    owners = defaultdict(set)
    for role in roles.values():
        aliases = [slug for _, slug in alias_addresses(role) if slug]
        for slug in (role.slug, *role.former_slugs, *aliases):
            owners[slug].add(role.slug)
    assert {slug: found for slug, found in owners.items() if len(found) > 1} == {}


def test_no_two_roles_have_the_same_fingerprint(roles):
    drawn = defaultdict(list)
    for role in roles.values():
        for path, profile in profiles_of(role):
            ranges = {code: (t.low, t.high) for code, t in profile.targets.items()}
            drawn[fingerprint(ranges).bars].append(f"{role.slug} {path}")
    assert [places for places in drawn.values() if len(places) > 1] == []


def test_guide_has_its_fixed_vocabulary(guide):
    assert [trait.code for trait in guide.traits] == ["O", "C", "E", "A", "EE", "ER"]
    assert {context.slug for context in guide.contexts} == CONTEXTS


@pytest.mark.parametrize("name", ["guide.schema.json", "role.schema.json"])
def test_schema_beside_the_documents_is_the_form_s(name):
    written = (FIXTURES / name).read_text(encoding="utf-8")
    assert written == dict(schemas())[name], "run manage.py export_guide --schema"


def pages(role):
    """Return the page of each profile, with what its sheets need."""
    contexts = {slug: Context(slug=slug, name=slug) for slug in role.contexts}
    return [
        ProfilePage(role, Area(name=role.area), role.base, ""),
        *(
            ProfilePage(
                role, Area(name=role.area), document, "", context=contexts[slug], base=role.base
            )
            for slug, document in role.contexts.items()
        ),
    ]


@all_roles
def test_tools_of_every_profile_keep_their_promises(roles, path):
    """Kits of any length ask about all that is critical; adverts fit a chat and exclude nobody.

    Nor does the check of adverts cry wolf: it runs over what sixty real ones say.
    """
    for page in pages(roles[path.stem]):
        kits = [interview_kit(page, "", Request(minutes=minutes)) for minutes in LENGTHS]
        assert [kit.uncovered for kit in kits] == [[]] * len(LENGTHS)
        assert len(chat_text(page)) <= CHAT_LIMIT
        sheet = pack_sheet("aviso", page, "")
        text = fold(f"{sheet.lead} {sheet.blocks}").replace(OWN_WORDS, "")
        assert [word for word in WORDS.excluding if re.search(word["pattern"], text)] == []
