"""The guide itself: every document that is in ``fixtures`` is fit to be published."""

import re
from collections import defaultdict

import pytest
from django.db import transaction

from profiles.desk.library import Library, alias_addresses
from profiles.documents.schema import RoleDocument
from profiles.documents.text import fold
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import parse, read
from profiles.exchange.exporting import guide_text, role_text, schemas
from profiles.exchange.loading import load
from profiles.exports.advert import CHAT_LIMIT, chat_text
from profiles.exports.kit import LENGTHS, Request, interview_kit
from profiles.exports.pack import pack_sheet
from profiles.exports.wording import WORDS
from profiles.guide.charts import fingerprint
from profiles.guide.checks import check_role, repeated_sentences
from profiles.guide.findings import Severity
from profiles.guide.profile_page import ProfilePage
from profiles.guide.texts import profiles_of
from profiles.models import Area, Context, Role
from tests.factories import FIXTURES

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


def parts(value, path=()):
    """Yield the places of ``value`` that say something, whatever their number in a list."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from parts(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from parts(item, (*path, "n"))
    elif value not in (None, ""):
        yield path


@pytest.fixture(scope="module")
def loaded(roles):
    """The fewest roles in a row that have every part which any role has: a load takes long."""
    found, chosen = set(), {}
    for slug, role in roles.items():
        own = set(parts(role.model_dump(mode="json")))
        if own - found:
            found |= own
            chosen[slug] = role
    return chosen


@pytest.fixture(scope="module")
def desk(guide, roles, loaded, django_db_setup, django_db_blocker):
    """Roles of every kind on the desk; each other one is an empty one."""
    with django_db_blocker.unblock(), transaction.atomic():
        load({"guide.yaml": guide}, {})
        area = Area.objects.first()
        named = {item.role for role in roles.values() for item in role.related}
        for slug in (named | set(roles)) - set(loaded):
            Role.objects.create(slug=slug, name=slug, area=area)
        load({}, {f"{slug}.yaml": role for slug, role in loaded.items()})
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("desk", "db")
def test_exported_guide_equals_the_one_that_was_read(guide):
    assert parse(guide_text().encode(), GuideDocument, "guide.yaml") == guide


@pytest.mark.usefixtures("desk", "db")
def test_exported_role_equals_the_one_that_was_read(loaded):
    for slug, role in loaded.items():
        text = role_text(Role.objects.get(slug=slug))
        assert parse(text.encode(), RoleDocument, f"{slug}.yaml") == role


@pytest.mark.usefixtures("desk", "db")
def test_guide_refers_to_nothing_unknown(roles):
    library = Library.from_database()
    problems = [str(problem) for role in roles.values() for problem in library.problems(role)]
    assert problems == []


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
