"""Complete, publishable content in one call; a test then breaks the one thing it is about."""

from io import StringIO
from itertools import count, product
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from profiles.desk.history import keep_roles
from profiles.desk.library import Library
from profiles.desk.loading import load
from profiles.desk.publishing import publish_roles
from profiles.desk.readiness import desk_draft
from profiles.desk.rows import save_role
from profiles.documents.schema import RoleDocument
from profiles.documents.vocabulary import GuideDocument
from profiles.documents.yaml_file import read
from profiles.models import Area, Context, Edition, Profile, Role, Version

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SYLLABLES = [c + v for c, v in product("bcdfglmnprstvz", "aeiou")]
# Ranges that leave room to move and differ from trait to trait.
BASE_LOW = {"O": 2.6, "C": 4.0, "E": 1.8, "A": 2.4, "EE": 3.4, "ER": 2.0}
NEIGHBOURS = ("neighbour-a", "neighbour-b", "neighbour-c")


class Prose:
    """Spanish-looking sentences in which no word recurs, so that no text repeats another."""

    def __init__(self, seed: int = 0):
        self._numbers = count(seed)

    def word(self) -> str:
        number, letters = next(self._numbers), ""
        for _ in range(4):
            number, rest = divmod(number, len(SYLLABLES))
            letters += SYLLABLES[rest]
        return letters

    def sentence(self, length: int = 8) -> str:
        return " ".join(self.word() for _ in range(length)).capitalize() + "."

    def sentences(self, count: int) -> list[str]:
        return [self.sentence() for _ in range(count)]

    def anchors(self) -> dict:
        return {rating: self.sentence(20) for rating in ("1", "3", "5")}


def targets(prose: Prose, shift: float = 0.0) -> dict:
    """Return six targets; ``shift`` moves O up and E with it, so that a context differs."""
    found = {}
    for code, low in BASE_LOW.items():
        low += shift if code in ("O", "E") else 0
        ends = {"low": f"{low:.1f}", "high": f"{low + 0.8:.1f}", "importance": "important"}
        found[code] = ends | {"rationale": prose.sentence(30)}
    return found


def question(prose: Prose, key: str) -> dict:
    texts = {"text": prose.sentence(), "focus": prose.sentence(5).rstrip(".")}
    own = {"key": key, "traits": ["C", "EE"], "follow_ups": prose.sentences(2)}
    return texts | own | {"anchors": prose.anchors()}


def profile(prose: Prose, prefix: str, *, body: int, items: int, questions: int, shift=0.0) -> dict:
    return {
        "summary": prose.sentence(10),
        "body": prose.sentence(body),
        "targets": targets(prose, shift),
        "strengths": prose.sentences(items),
        "red_flags": prose.sentences(items),
        "questions": [question(prose, f"{prefix}-{n}") for n in range(questions)],
        "reviewed_on": "2026-01-05",
        "outcomes": {"days_90": prose.sentences(3), "year": prose.sentences(2)},
        "honest": prose.sentence(),
    }


def hire(prose: Prose) -> dict:
    """Return what only a base profile says about the hire."""
    sample = {"title": prose.sentence(3).rstrip("."), "minutes": 45, "brief": prose.sentence(100)}
    sample |= {"observe": prose.sentences(3), "anchors": prose.anchors(), "ai": prose.sentence()}
    notes = ("scope", "five", "not_yet")
    return {
        "responsibilities": prose.sentences(5),
        "requirements": [{"text": text, "kind": "must"} for text in prose.sentences(6)],
        "ai": prose.sentence(60),
        "levels": {n: {p: prose.sentence(6) for p in notes} for n in ("junior", "senior")},
        "screening": [{"text": prose.sentence(), "listen_for": prose.sentence()} for _ in range(3)],
        "work_sample": sample,
        "references": prose.sentences(3),
    }


def context_profile(prose: Prose, slug: str) -> dict:
    consideration = [{"text": prose.sentence(), "consequence": prose.sentence()} for _ in range(3)]
    own = {"teaser": prose.sentence(), "work_sample_shift": prose.sentence()}
    own |= profile(prose, slug, body=80, items=2, questions=2, shift=0.3)
    return {**own, "considerations": consideration}


def make_role_document(
    slug="data-tester", *, name=None, area="datos-e-ia", contexts=("startup",), related=NEIGHBOURS
) -> RoleDocument:
    """Return a document that the editorial rules accept."""
    prose = Prose(seed=sum(slug.encode()) * 1_000)
    value = {
        "slug": slug,
        "name": name or slug.replace("-", " ").title(),
        "area": area,
        "codes": {"ciuo08": {"code": "2519", "title": "Desarrolladores", "approximate": True}},
        "aliases": [f"Otro {slug}"],
        "near": [{"title": f"{slug} {n}", "difference": prose.sentence()} for n in range(3)],
        "archetypes": {"primary": "lupa", "reason": prose.sentence()},
        "related": [{"role": other, "difference": prose.sentence()} for other in related],
        "career": [{"title": prose.word(), "changes": prose.sentence()} for _ in range(4)],
        "base": {**profile(prose, "base", body=150, items=5, questions=6), **hire(prose)},
        "contexts": {context: context_profile(prose, context) for context in contexts},
    }
    return RoleDocument.model_validate(value)


def load_vocabulary() -> GuideDocument:
    """Load the real areas, contexts, traits, archetypes, sources and pages."""
    guide = read(FIXTURES / "guide.yaml", GuideDocument)
    load({"guide.yaml": guide}, {})
    return guide


def make_neighbours() -> None:
    """Let the roles that a document relates to be there."""
    area = Area.objects.get(slug="datos-e-ia")
    missing = (Role(slug=slug, name=slug, area=area) for slug in NEIGHBOURS)
    Role.objects.bulk_create(missing, ignore_conflicts=True)


def make_role(slug="data-tester", *, publish=True, document=None, **options) -> Role:
    """Return a role on the desk, by default with all its profiles published."""
    make_neighbours()
    document = document or make_role_document(slug, **options)
    role = save_role(document, Library.from_database(document))
    keep_roles([role.pk])
    if publish:
        assert publish_roles([role.pk])[1] == []
    return role


def copy_editions(role: Role, copies: int) -> None:
    """Add ``copies`` more roles with the same editions, for tests of what a page costs."""
    editions = []
    for number in range(copies):
        slug, name = f"{role.slug}-{number}", f"{role.name} {number}"
        twin = Role.objects.create(slug=slug, name=name, area_id=role.area_id)
        for edition in role.editions.all():
            edition.pk = None
            edition.profile = Profile.objects.create(role=twin, context_id=edition.context_id)
            edition.role, edition.role_slug, edition.role_name = twin, slug, name
            editions.append(edition)
    Edition.objects.bulk_create(editions)


def shelve(
    slug, name, *, aliases=(), summary="", area="datos-e-ia", contexts=(), near=(), code=""
) -> Role:
    """Put what lists and search read of a role on the shelf, without a desk or a document.

    ``near`` are (title, difference) pairs; ``code`` is of CIUO-08.
    """
    role = Role.objects.create(slug=slug, name=name, area=Area.objects.get(slug=area))
    facts = {"aliases": list(aliases), "related": []}
    facts |= {"near": [{"title": title, "difference": difference} for title, difference in near]}
    facts |= {"codes": {"ciuo08": {"code": code} if code else None}}
    frozen = {"role": role, "role_slug": slug, "role_name": name, "area": role.area, "number": 1}
    frozen |= {"document": {}, "published_from": timezone.now()}
    places = [None, *Context.objects.filter(slug__in=contexts)]
    profiles = Profile.objects.bulk_create(Profile(role=role, context=place) for place in places)
    versions = Version.objects.bulk_create(
        Version(row=profile, number=0, document={}) for profile in profiles
    )
    Edition.objects.bulk_create(
        Edition(
            profile=profile,
            version=version,
            context=profile.context,
            summary=summary if summary and not profile.context else "Bacodu faguhi jikolu.",
            ranges=ranges(shift=0.3 if profile.context else 0),
            facts=None if profile.context else facts,
            **frozen,
        )
        for profile, version in zip(profiles, versions, strict=True)
    )
    return role


def ranges(shift: float = 0.0) -> dict:
    """Return the frozen ranges of ``targets``."""
    rows = targets(Prose(), shift).items()
    return {code: [float(row["low"]), float(row["high"])] for code, row in rows}


def has_unpublished_changes(profile: Profile) -> bool:
    """Tell whether the desk differs from the newest edition; ``Profile.changes`` must agree."""
    newest = profile.editions.order_by("-number").first()
    return newest is None or newest.digest != desk_draft(profile).digest


def role_document(slug="data-tester", **changes) -> RoleDocument:
    """Return a role that refers to no other; ``changes`` replaces parts of it."""
    value = make_role_document(slug, related=()).model_dump(mode="json", by_alias=True)
    return RoleDocument.model_validate(value | changes)


def run(command: str, *arguments, **options) -> tuple[str, str]:
    """Return what a command said on stdout and on stderr."""
    out, err = StringIO(), StringIO()
    call_command(command, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def all_rows() -> dict[str, list]:
    """Return every row of the guide, to compare before and after."""
    models = apps.get_app_config("profiles").get_models(include_auto_created=True)
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in models}
