"""The guide that is in ``fixtures``: fit to be published, even, honest and spelled right."""

import re
import shutil
import subprocess
from collections import Counter, defaultdict
from itertools import combinations

import pytest

from profiles.desk.exporting import schemas
from profiles.documents.choices import Basis, Level, TraitCode
from profiles.documents.schema import RoleDocument
from profiles.documents.text import fold, shingles, word_count
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import read
from profiles.exports.kit import LENGTHS, Asked, interview_kit
from profiles.exports.pack import CHAT_LIMIT, chat_text, pack_sheet
from profiles.exports.wording import WORDS
from profiles.guide.benchmark import shipped
from profiles.guide.profile_page import ProfilePage
from profiles.guide.texts import own_texts, profiles_of, texts_of
from profiles.guide.traits import LEVEL_FLOORS, level, middle
from profiles.models import Area, Context
from tests.helpers.factories import FIXTURES, run
from tests.helpers.prepared import needs

# "No hace falta foto, edad ni estado civil": what an advert may say of them.
OWN_WORDS = "edad ni estado civil"
FILES = sorted((FIXTURES / "roles").glob("*.yaml"))


@pytest.fixture(scope="module")
def roles() -> dict[str, RoleDocument]:
    """Every role document by its file's name."""
    return {path.stem: read(path, RoleDocument) for path in FILES}


def test_guide_keeps_the_editorial_rules_and_stats_print_every_role(roles):
    assert "60 roles: 0 errores, " in run("check_guide")[0]
    printed = run("guide_stats")[0]
    assert [slug for slug in roles if slug not in printed] == []


def test_guide_has_60_roles_in_five_profiles_each_in_files_of_their_names(roles):
    assert len(roles) == 60
    contexts = {"startup", "pyme", "enterprise", "global"}
    found = {name: (role.slug, set(role.contexts)) for name, role in roles.items()}
    assert found == {name: (name, contexts) for name in roles}


def is_against(target, percentile):
    named = level(target.low, target.high)
    is_high, is_low = named in (Level.HIGH, Level.VERY_HIGH), named in (Level.LOW, Level.VERY_LOW)
    return (is_high and percentile < 50) or (is_low and percentile > 50)


def test_range_that_rests_on_onet_does_not_say_the_opposite(roles):
    assert [
        (slug, code)
        for slug, role in roles.items()
        for code, percentile in shipped().get(role.codes.onet_soc.code, {}).items()
        if (target := role.base.targets[code]).basis == Basis.ONET
        if is_against(target, percentile)
    ] == []


@pytest.mark.parametrize("name", ["guide.schema.json", "role.schema.json"])
def test_schema_beside_the_documents_is_the_form_s(name):
    written = (FIXTURES / name).read_text(encoding="utf-8")
    assert written == dict(schemas())[name], "run manage.py export_guide --schema"


def pages(role):
    """Return the page of each profile, with what its sheets need."""
    area = Area(name=role.area)
    yield ProfilePage(role, area, role.base, "")
    for slug, document in role.contexts.items():
        context = Context(slug=slug, name=slug)
        yield ProfilePage(role, area, document, "", context=context, base=role.base)


def test_tools_of_every_profile_keep_their_promises(roles):
    """Kits of any length ask about all that is critical; adverts fit a chat and exclude nobody.

    Nor does the check of adverts cry wolf: it runs over what sixty real ones say.
    """
    for page in (page for role in roles.values() for page in pages(role)):
        kits = [interview_kit(page, Asked(minutes=minutes)) for minutes in LENGTHS]
        assert [kit.uncovered for kit in kits] == [[]] * len(LENGTHS), page.heading
        chat = chat_text(page)
        assert (len(chat) <= CHAT_LIMIT, ".." in chat) == (True, False), page.heading
        sheet = pack_sheet("aviso", page)
        text = fold(f"{sheet.lead} {sheet.blocks}").replace(OWN_WORDS, "")
        assert [word for word in WORDS.excluding if re.search(word["pattern"], text)] == []


def test_no_trait_is_high_in_more_than_three_quarters_of_the_roles_and_each_is_low_somewhere(roles):
    high, low = LEVEL_FLOORS[1][0], LEVEL_FLOORS[2][0]
    for code in TraitCode:
        points = {
            (name, path): middle(profile.targets[code].low, profile.targets[code].high)
            for name, role in roles.items()
            for path, profile in profiles_of(role)
        }
        bases = [point for (_name, path), point in points.items() if path == "base"]
        assert sum(point > high for point in bases) <= 0.75 * len(bases), code
        assert min(points.values()) < low, code


def test_every_profile_has_at_least_400_words_of_its_own(roles):
    words = {
        (name, path): sum(word_count(text) for _path, text in own_texts(profile, path))
        for name, role in roles.items()
        for path, profile in profiles_of(role)
    }
    assert {place: count for place, count in words.items() if count < 400} == {}


def test_no_two_profiles_of_the_guide_are_alike(roles):
    runs = {
        (role.slug, path): set().union(*(shingles(t) for _, t in own_texts(profile, path)))
        for role in roles.values()
        for path, profile in profiles_of(role)
    }
    places, shared = defaultdict(list), Counter()
    for place, own in runs.items():
        for found in own:
            places[found].append(place)
    for found in places.values():
        shared.update(combinations(found, 2))
    sizes = {place: len(own) for place, own in runs.items()}
    alike = {(a, b): n / (sizes[a] + sizes[b] - n) for (a, b), n in shared.items()}
    assert {pair: share for pair, share in alike.items() if share > 0.02} == {}
    assert len(runs) == 300


def prose(value, name=""):
    """Yield every prose text of guide.yaml; slugs, codes and addresses are not prose."""
    if isinstance(value, str) and name not in {"slug", "code", "url", "citation"}:
        yield re.sub(r"\]\([^)]*\)|https?://\S+", "", value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from prose(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from prose(item, name)


def test_hunspell_finds_nothing_outside_the_allowed_terms(roles):
    missing = "hunspell is missing (Debian: apt install hunspell hunspell-es)."
    needs(shutil.which("hunspell"), missing)
    texts = [text for role in roles.values() for _, text in texts_of(role)]
    texts += prose(read(FIXTURES / "guide.yaml", GuideDocument).model_dump(mode="json"))
    command = ["hunspell", "-d", "es_AR", "-i", "utf-8", "-l"]
    asked = {"input": "\n".join(texts), "text": True}
    done = subprocess.run(command, **asked, capture_output=True, check=True)
    allowed = set((FIXTURES / "spelling.txt").read_text(encoding="utf-8").split("\n"))
    assert sorted(set(done.stdout.split()) - allowed) == []
