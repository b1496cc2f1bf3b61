"""Traits, sources and archetypes as pages print them: small, and the same for all profiles."""

from functools import cached_property

from profiles.models import Archetype, Source, Trait


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
