"""What holds for any document, question or address, tried with made-up ones."""

import json
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError as DocumentValidationError

from profiles.desk.library import Library
from profiles.desk.rows import desk_document, save_related, save_role
from profiles.documents.choices import Level, TraitCode
from profiles.documents.schema import RoleDocument, Target
from profiles.documents.stored import canonical
from profiles.documents.text import visible
from profiles.documents.types import MAX_WIDTH, MIN_WIDTH
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import DocumentError, dump, parse
from profiles.exchange.loading import load
from profiles.guide.profile_page import Inherited
from profiles.guide.traits import level, middle, shift
from profiles.models import Area, Context, Edition, Profile, Role, RoleAlias, Strength
from profiles.search.find import find
from profiles.search.index import current_index
from profiles.search.results import Results
from profiles.search.suggest import suggestions
from profiles.views.shelf import profile_page
from tests.factories import make_role, make_role_document
from tests.security.hostile import Attack

pytestmark = pytest.mark.usefixtures("vocabulary")
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
few = settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
many = settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
SIGNS = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"))
VALUE = canonical(make_role_document(contexts=("startup", "global")), by_alias=True)
# Written before the roles: it has to go again where one of them is refused.
GUIDE = GuideDocument(areas=[{"slug": "made-area", "name": "Área inventada"}])
POINTS = st.integers(10, 50).map(lambda tenths: Decimal(tenths) / 10)


@pytest.fixture(scope="module", autouse=True)
def made_role(module_rows):
    role = make_role("made-tester")
    role.aliases.create(name="Other Tester", slug="other-tester")
    return role


@contextmanager
def taken_back():
    """Undo what an example wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class MadeUp(Attack):
    """Fills each text with whatever hypothesis thinks of."""

    def __init__(self, draw):
        super().__init__("")
        self.draw = draw

    def text(self, path, limit):
        texts = st.text(SIGNS, min_size=1, max_size=min(limit, 40))
        return self.draw(texts.filter(lambda text: text.strip() and visible(text) == text))


@st.composite
def role_documents(draw):
    value = MadeUp(draw).document(RoleDocument, VALUE)
    # Two names with one address are two roles' business: names get theirs from here.
    value["aliases"] = [f"Otro {n}" for n in range(draw(st.integers(0, 3)))]
    value["near"] = value["near"][:1]
    for profile in (value["base"], *value["contexts"].values()):
        for target in profile["targets"].values():
            low = draw(st.integers(10, 46))
            target["low"] = low / 10
            target["high"] = draw(st.integers(low + 4, min(low + 16, 50))) / 10
    try:
        return RoleDocument.model_validate(value)
    except DocumentValidationError:  # a body that Markdown could take long for
        value["base"]["body"] = value["contexts"]["startup"]["body"] = ""
        value["contexts"]["global"]["body"] = ""
        return RoleDocument.model_validate(value)


@few
@given(document=role_documents())
def test_any_role_comes_back_from_its_file_and_from_the_desk(document):
    assert parse(dump(document, "role").encode(), RoleDocument, "f.yaml") == document
    with taken_back():
        library = Library.from_database()
        role = save_role(document, library)
        library.roles[role.slug] = role
        save_related(role, document, library)
        assert desk_document(role) == document


def everything():
    """Return all that a load may write, to compare before and after."""
    models = (Role, RoleAlias, Profile, Strength, Edition, Area, Context)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


BREAKS = {
    "area": lambda value: value.update(area="no-such"),
    "context": lambda value: value["contexts"].update({"no-such": value["contexts"]["global"]}),
    "source": lambda value: value["base"]["targets"]["C"].update(sources=["no-such"]),
    "archetype": lambda value: value["archetypes"].update(primary="no-such"),
    "related": lambda value: value["related"][0].update(role="no-such"),
    "address": lambda value: value.update(aliases=["Made Tester"]),
    "slug": lambda value: value.update(former_slugs=["other-tester"]),
    "slow body": lambda value: value["base"].update(body="[" * 500),
    "key": lambda value: value["base"]["questions"][0].update(key="base-1"),
    "range": lambda value: value["base"]["targets"]["O"].update(low=4.0, high=2.0),
    "nothing": lambda value: None,
}


@few
@given(breaks=st.lists(st.sampled_from(sorted(BREAKS)), min_size=1, max_size=4))
def test_any_load_is_whole_or_nothing(breaks):
    with taken_back():
        before = everything()
        files = {}
        try:
            for number, name in enumerate(breaks):
                value = canonical(make_role_document(f"tester-{number}"), by_alias=True)
                value["contexts"]["global"] = canonical(
                    make_role_document(f"tester-{number}", contexts=("global",)), by_alias=True
                )["contexts"]["global"]
                BREAKS[name](value)
                content = json.dumps(value).encode()
                files[f"{number}.yaml"] = parse(content, RoleDocument, f"{number}.yaml")
            load({"guide.yaml": GUIDE}, files)
        except DocumentError:
            assert set(breaks) != {"nothing"}
            assert everything() == before
        else:
            assert set(breaks) == {"nothing"}
            assert Role.objects.filter(slug__startswith="tester-").count() == len(breaks)


# --- scale, levels, inheritance ---


@many
@given(low=POINTS, width=st.integers(0, 40))
def test_range_is_a_target_exactly_where_its_width_allows_it(low, width):
    high = low + Decimal(width) / 10
    fits = high <= 5 and MIN_WIDTH <= high - low <= MAX_WIDTH
    try:
        Target(low=low, high=high, importance="important")
    except DocumentValidationError:
        assert not fits
    else:
        assert fits


@many
@given(ranges=st.lists(st.tuples(POINTS, POINTS).map(sorted), min_size=2, max_size=2))
def test_level_rises_with_the_middle(ranges):
    one, other = sorted(ranges, key=lambda pair: middle(*pair))
    order = list(Level)
    assert order.index(level(*one)) <= order.index(level(*other))
    assert one[0] <= middle(*one) <= one[1]


@many
@given(
    lows=st.tuples(st.integers(10, 34), st.integers(10, 34)),
    widths=st.tuples(st.integers(4, 16), st.integers(4, 16)),
)
def test_shift_is_the_way_back_with_the_other_sign(lows, widths):
    one, other = (
        Target(low=Decimal(low) / 10, high=Decimal(low + width) / 10, importance="important")
        for low, width in zip(lows, widths, strict=True)
    )
    there, back = shift(one, other), shift(other, one)
    assert there.moved == -back.moved
    assert there.moved == middle(other.low, other.high) - middle(one.low, one.high)


@many
@given(own=st.lists(st.text(max_size=3)), base=st.lists(st.text(max_size=3)))
def test_inheritance_loses_and_invents_nothing(own, base):
    merged = Inherited(own, base).all
    assert merged[: len(own)] == own
    assert merged[len(own) :] == base


def test_page_of_a_context_holds_its_own_and_then_the_base_s(made_role):
    page, base = profile_page("made-tester", "startup"), profile_page("made-tester")
    assert page.strengths.all == [*page.document.strengths, *base.document.strengths]
    assert [row.trait.code for row in page.trait_rows] == TraitCode.values
    assert all(row.base == base.document.targets[row.trait.code] for row in page.trait_rows)


# --- search ---

QUESTION = st.text(st.characters(exclude_categories=("Cs",)), max_size=220)


@many
@given(text=QUESTION)
def test_any_question_is_searched_and_corrected(text):
    index = current_index()
    answer = find(text, index)
    hits = Results(answer, index).hits
    assert len({hit.profile.edition_id for hit in hits}) == len(hits)
    # The same question twice has the same answer, and what it was corrected to needs no more.
    assert find(text, index).correction == answer.correction
    assert not (answer.correction and find(answer.correction, index).correction)
    suggestions(text, index)


@few
@given(text=st.text(max_size=220))
def test_any_question_gets_a_page(text):
    q = text.encode("utf-8", "surrogatepass")
    client = Client(raise_request_exception=False)
    assert client.get("/guia-de-roles/perfiles/", {"q": q}).status_code in (200, 400)
    assert client.get("/api/v1/search/", {"q": q}).status_code in (200, 400)


# --- addresses ---

NAMES = st.sampled_from(["alfa", "beta", "gama", "delta"])
RENAMES = st.lists(st.tuples(st.integers(0, 2), NAMES), max_size=10)


@few
@example(renames=[(0, "alfa"), (0, "beta"), (0, "alfa")])
@example(renames=[(0, "alfa"), (0, "beta"), (1, "alfa"), (1, "gama"), (0, "alfa")])
@given(renames=RENAMES)
def test_renaming_in_circles_never_makes_a_redirect_that_circles(renames):
    with taken_back():
        area = Area.objects.first()
        roles = [Role.objects.create(slug=f"r-{n}", name=f"R {n}", area=area) for n in range(3)]
        for n, role in enumerate(roles):
            profile = Profile.objects.create(role=role)
            edition = Edition.objects.get(role__slug="made-tester", context=None)
            edition.pk, edition.role, edition.profile = None, role, profile
            edition.role_slug, edition.role_name = role.slug, f"R {n}"
            edition.save()
        used = {role.slug: role for role in roles}
        for n, slug in renames:
            role = Role.objects.get(pk=roles[n].pk)
            role.slug = slug
            try:
                role.full_clean()
            except ValidationError:
                continue
            role.save()
            used[slug] = role
        client = Client()
        for slug in used:
            answer = client.get(f"/guia-de-roles/perfiles/{slug}/", follow=True)
            assert answer.status_code == 200
            assert len(answer.redirect_chain) <= 1
        slugs = set(Role.objects.values_list("slug", flat=True))
        assert not RoleAlias.objects.filter(slug__in=slugs).exists()
