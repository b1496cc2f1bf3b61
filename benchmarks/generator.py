"""A large guide, the same for the same seed: roles, profiles and public editions in bulk.

``python benchmarks/generator.py 10000`` fills DATABASE_URL, which must have the migrations, with
that many published profiles. One role in five profiles: the base and the four contexts.
"""

import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roleguide.settings")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402

from profiles.choices import TraitCode, WorkflowState  # noqa: E402
from profiles.documents.loading import load  # noqa: E402
from profiles.documents.vocabulary import GuideDocument  # noqa: E402
from profiles.documents.yaml_file import read  # noqa: E402
from profiles.models import Area, Context, Edition, Profile, Role  # noqa: E402

PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
ROLES_PER_BATCH = 400
RANKS = ["", "Junior", "Senior", "Lead", "Principal", "Jefa de", "Gerente de", "Head of"]
FIELDS = [
    *("Data", "Datos", "Backend", "Frontend", "Producto", "Cuentas", "Ventas", "Marketing"),
    *("Finanzas", "Personas", "Soporte", "Seguridad", "Nube", "Calidad", "Compras", "Logística"),
]
TITLES = [
    *("Engineer", "Analyst", "Analista", "Manager", "Developer", "Designer", "Especialista"),
    *("Coordinadora", "Consultor", "Architect", "Administradora", "Ejecutivo", "Scientist"),
]
OPENINGS = ["b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "tr", "v", "gr", "pl"]
VOWELS = ["a", "e", "i", "o", "u", "ía", "ón", "ue"]
VOCABULARY = 20_000
# Unit groups of CIUO-08.
CODES = ["2511", "2512", "2411", "2431", "3322", "4110", "5223", "7233", "9333"]


class Generator:
    """Makes roles one after another; the texts follow Zipf's law over 20,000 words."""

    def __init__(self, seed: int = 1):
        self.random = random.Random(seed)  # noqa: S311 - content, not a secret
        self.words = [self._word() for _ in range(VOCABULARY)]
        self.weights = []
        total = 0.0
        for rank in range(VOCABULARY):
            total += 1 / (rank + 3)
            self.weights.append(total)

    def _word(self) -> str:
        syllables = self.random.randint(2, 4)
        pick = self.random.choice
        return "".join(pick(OPENINGS) + pick(VOWELS) for _ in range(syllables))

    def text(self, length: int) -> str:
        words = self.random.choices(self.words, cum_weights=self.weights, k=length)
        return " ".join(words).capitalize() + "."

    def name(self) -> str:
        pick = self.random.choice
        own = self.words[self.random.randrange(500, VOCABULARY)].title()
        return f"{pick(RANKS)} {pick(FIELDS)} {pick(TITLES)} {own}".strip()

    def ranges(self) -> dict[str, list[float]]:
        lows = {code: self.random.randint(10, 40) / 10 for code in TraitCode.values}
        return {code: [low, round(low + 0.8, 1)] for code, low in lows.items()}

    def role(self, number: int, areas: list[Area]) -> Role:
        return Role(slug=f"rol-{number}", name=self.name(), area=self.random.choice(areas))

    def facts(self, role: Role) -> dict:
        """Return a role's facts: as many names and near titles as a shipped role has."""
        near = [{"title": self.name(), "difference": self.text(20)} for _ in range(7)]
        return {
            "name": role.name,
            "aliases": [self.name() for _ in range(16)],
            "near": near,
            "related": [],
            "codes": {"ciuo08": {"code": self.random.choice(CODES)}},
        }

    def edition(self, profile: Profile) -> Edition:
        """Return the public edition of a profile, with all a listing and a search read."""
        role, is_base = profile.role, profile.context_id is None
        return Edition(
            profile=profile,
            role=role,
            area=role.area,
            context=profile.context,
            number=1,
            role_slug=role.slug,
            role_name=role.name,
            summary=self.text(14)[:160],
            teaser="" if is_base else self.text(12)[:200],
            ranges=self.ranges(),
            document={},
            facts=self.facts(role) if is_base else None,
            body_html=f"<p>{self.text(160 if is_base else 80)}</p>",
            digest="0" * 64,
            published_from=PUBLISHED,
        )


def publish(generator: Generator, roles: list[Role], contexts: list) -> None:
    """Put all profiles of ``roles`` on the shelf."""
    state = WorkflowState.PUBLISHED
    desk = [Profile(role=role, context=c, state=state) for role in roles for c in contexts]
    desk = Profile.objects.bulk_create(desk)
    Edition.objects.bulk_create(generator.edition(profile) for profile in desk)


def fill(profiles: int, seed: int = 1) -> None:
    """Add ``profiles`` published profiles to the database; the vocabulary is loaded first."""
    guide = read(ROOT / "fixtures" / "guide.yaml", GuideDocument)
    load({"guide.yaml": guide}, {})
    contexts = [None, *Context.objects.all()]
    generator, areas = Generator(seed), list(Area.objects.all())
    count = -(-profiles // len(contexts))
    for start in range(0, count, ROLES_PER_BATCH):
        with transaction.atomic():
            numbers = range(start, min(start + ROLES_PER_BATCH, count))
            roles = Role.objects.bulk_create(generator.role(n, areas) for n in numbers)
            publish(generator, roles, contexts)
    # PostgreSQL vacuums a table on its own some time after it grew; here nobody waits for that.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


if __name__ == "__main__":
    fill(int(sys.argv[1]))
