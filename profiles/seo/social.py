"""The card of a page: what its social image shows and where that image lives.

The address holds the whole content, signed: the same page gives the same address for as long as
it says the same, drawing needs no query, and nobody can have other words drawn.
"""

import json
from dataclasses import dataclass
from itertools import batched
from string import ascii_letters
from typing import Self

import typst
from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from profiles.documents.choices import TraitCode
from profiles.guide.charts import fingerprint
from profiles.guide.profile_page import ProfilePage
from profiles.seo.structured_data import absolute

SITE_NAME = "Guía de Roles"
TEMPLATE = settings.BASE_DIR / "templates" / "social_image.typ"
# Part of the signature: raise it when the drawing changes, and every address changes with it.
DRAWING = 3


@dataclass(frozen=True)
class SocialCard:
    """What one social image shows; ``bars`` are (low, high) in the order of the traits."""

    title: str
    subtitle: str = ""
    bars: tuple[tuple[float, float], ...] = ()
    critical: tuple[str, ...] = ()

    @classmethod
    def of_profile(cls, name: str, size: str, page: ProfilePage) -> Self:
        """Return the card of a profile under another name and size than its own, if need be."""
        bars = tuple(tuple(float(point) for point in page.ranges[code]) for code in TraitCode)
        return cls(name, size, bars, tuple(page.critical))

    @classmethod
    def from_token(cls, token: str) -> Self:
        """Return the card that an address names; raises BadSignature for one not of ours."""
        title, subtitle, critical, letters = _signer().unsign_object(token)
        points = [(10 + ascii_letters.index(letter)) / 10 for letter in letters]
        return cls(title, subtitle, tuple(batched(points, 2)), tuple(critical))

    @property
    def token(self) -> str:
        # A letter for each tenth of the scale: the address is on every page.
        points = (ascii_letters[round(point * 10) - 10] for bar in self.bars for point in bar)
        return _signer().sign_object([self.title, self.subtitle, self.critical, "".join(points)])

    @property
    def url(self) -> str:
        return absolute(reverse("discovery:social_image", args=[self.token]))

    @property
    def alt(self) -> str:
        """Say in words what the image shows."""
        name = ", ".join(filter(None, [self.title, self.subtitle.rstrip(".")]))
        if name == SITE_NAME:
            return name
        if not self.bars:
            return _("%(name)s, en la Guía de Roles") % {"name": name}
        words = {"name": name, "words": self.fingerprint["description"]}
        return _("Huella OCEAN+ de %(name)s: %(words)s") % words

    @property
    def fingerprint(self) -> dict:
        """Return the drawing of a card that has ``bars``."""
        return fingerprint(dict(zip(TraitCode, self.bars, strict=True)), self.critical)


def _signer() -> Signer:
    return Signer(salt=f"profiles.seo.social_image.{DRAWING}")


def draw(card: SocialCard) -> bytes:
    """Return ``card`` as a PNG of 1200×630 pixels; about 25 ms and 35 MB the first time."""
    content = {
        "title": card.title,
        "subtitle": card.subtitle,
        "foot": _("Perfil OCEAN+ y preguntas de entrevista") if card.bars else "",
        "bars": card.fingerprint["bars"] if card.bars else [],
    }
    # Only the fonts inside the package: the picture is the same on every machine.
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={"card": json.dumps(content)},
    )
    return compiler.compile(format="png", ppi=72)
