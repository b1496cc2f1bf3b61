"""Traits, sources and archetypes as the page of a profile prints them."""

from profiles.models import Archetype, Source, Trait


def vocabulary_of(document, facts=None):
    """Return all traits, and the sources and archetypes that a profile names, each by its key.

    Without ``facts`` it names no archetype.
    """
    cited = {slug for _code, target in document.targets.items() for slug in target.sources}
    chosen = facts.archetypes if facts else None
    named = {chosen.primary, chosen.secondary} - {None} if chosen else ()
    return {
        "traits": {trait.code: trait for trait in Trait.objects.for_row()},
        "sources": Source.objects.in_bulk(cited, field_name="slug"),
        "archetypes": Archetype.objects.defer("body", "body_html").in_bulk(
            named, field_name="slug"
        ),
    }
