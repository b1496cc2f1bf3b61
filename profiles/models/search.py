"""What search looks up: the terms of each edition and the words that exist at all."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from profiles.models.role import Role
from profiles.models.shelf import Edition
from profiles.models.vocabulary import Context


class SearchTerm(models.Model):
    """A term of one edition, with the points it is worth there; derived, never edited.

    A context's edition also has the terms of the names that its role's base profile has. Role and
    context are repeated, so that a search reads one index and no table.
    """

    term = models.CharField(_("término"), max_length=120)
    context = models.ForeignKey(
        Context, models.CASCADE, null=True, related_name="+", db_index=False
    )
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+")
    # A row of a deleted role is never shown, because its edition is not public any more.
    role = models.ForeignKey(
        Role, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    points = models.PositiveSmallIntegerField(_("puntos"))

    class Meta:
        verbose_name = _("término de búsqueda")
        verbose_name_plural = _("términos de búsqueda")
        indexes = [
            models.Index(
                name="search_term",
                fields=["term", "context", "role", "edition", "points"],
            )
        ]

    def __str__(self):
        return self.term


class SearchWord(models.Model):
    """A word that some edition has, folded, and how it is written there."""

    word = models.CharField(_("palabra"), max_length=40, unique=True)
    stem = models.CharField(_("raíz"), max_length=40)
    written = models.CharField(_("cómo se escribe"), max_length=40)
    points = models.PositiveSmallIntegerField(_("puntos"))

    class Meta:
        verbose_name = _("palabra de búsqueda")
        verbose_name_plural = _("palabras de búsqueda")

    def __str__(self):
        return self.written
