"""Traits, sources and archetypes as pages print them: small, and the same for all profiles."""

from functools import cached_property

from profiles.http import rows_digest
from profiles.models import Archetype, Source, Trait
from roleguide.page_cache import KEPT

NAME = "vocabulary"


class Vocabulary:
    """Every trait by its code, every source and archetype by its slug; read when asked for."""

    @cached_property
    def traits(self):
        return {trait.code: trait for trait in Trait.objects.for_row()}

    @cached_property
    def sources(self):
        return {source.slug: source for source in Source.objects.all()}

    @cached_property
    def archetypes(self):
        return {row.slug: row for row in Archetype.objects.defer("body", "body_html")}

    @cached_property
    def digest(self):
        """A text that differs wherever an entry does."""
        rows = (*self.traits.values(), *self.sources.values(), *self.archetypes.values())
        return rows_digest(rows)


def vocabulary_for(request):
    """Return the vocabulary, read once for as long as the page cache sees no change at all."""
    return request.META.get(KEPT, {}).setdefault(NAME, Vocabulary())
