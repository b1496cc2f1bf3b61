"""What a role document refers to: the rows of the vocabulary, other roles, addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from django.utils.text import slugify

from profiles.documents import schema
from profiles.documents.text import fold
from profiles.documents.yaml_file import DocumentError, Place, Problem, known
from profiles.models import Archetype, Area, Context, Role, RoleAlias, Source, Trait

UNKNOWN = {
    "areas": "área desconocida",
    "archetypes": "arquetipo desconocido",
    "roles": "rol desconocido",
    "contexts": "contexto desconocido",
    "sources": "fuente desconocida",
}


@dataclass(frozen=True)
class Library:
    """The rows that a role document may refer to, by their slugs."""

    areas: dict[str, Area]
    contexts: dict[str, Context]
    traits: dict[str, Trait]
    archetypes: dict[str, Archetype]
    sources: dict[str, Source]
    roles: dict[str, Role]

    @classmethod
    def from_database(cls, *documents: schema.RoleFacts) -> Library:
        """Read the vocabulary, and the roles that ``documents`` name by slugs of now or former."""

        def by_slug(model):
            return {row.slug: row for row in model.objects.all()}

        named = {slug for facts in documents for slug in (facts.slug, *facts.former_slugs)}
        named.update(item.role for facts in documents for item in facts.related)
        former = RoleAlias.objects.filter(name="", slug__in=named).select_related("role")
        roles = Role.objects.filter(slug__in=named)
        return cls(
            areas=by_slug(Area),
            contexts=by_slug(Context),
            traits={trait.code: trait for trait in Trait.objects.all()},
            archetypes=by_slug(Archetype),
            sources=by_slug(Source),
            roles={row.slug: row.role for row in former} | {row.slug: row for row in roles},
        )

    def role_of(self, document: schema.RoleDocument) -> Role | None:
        """Return the role that a document is of: it has the document's address, or a former one."""
        addresses = (document.slug, *document.former_slugs)
        return next((self.roles[slug] for slug in addresses if slug in self.roles), None)


def unknown_references(
    document: schema.RoleDocument, known_slugs: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    """Yield what ``document`` refers to and is not in ``known_slugs`` (kind of rows → slugs)."""
    for kind, place, slug in references(document):
        slugs = known_slugs[kind]
        if slug not in slugs:
            others = "" if kind == "roles" else f"; se conocen: {known(list(slugs))}"
            yield Problem(f"{UNKNOWN[kind]} «{slug}»{others}", place)


def references(document: schema.RoleDocument) -> Iterator[tuple[str, Place, str]]:
    """Yield (kind of rows in a Library, place, slug) of each row that a document refers to."""
    yield "areas", ("area",), document.area
    for rank in ("primary", "secondary"):
        if slug := getattr(document.archetypes, rank, None):
            yield "archetypes", ("archetypes", rank), slug
    for i, related in enumerate(document.related):
        yield "roles", ("related", i, "role"), related.role
    contexts = {("contexts", slug): profile for slug, profile in document.contexts.items()}
    for path, profile in {("base",): document.base, **contexts}.items():
        if path in contexts:
            yield "contexts", path, path[1]
        for code, target in profile.targets.items():
            for i, source in enumerate(target.sources):
                yield "sources", (*path, "targets", code.value, "sources", i), source


def alias_addresses(facts: schema.RoleFacts) -> list[tuple[str, str | None]]:
    """Return (name, slug) of each alias; a name whose slug the role already has gets none."""
    taken = {facts.slug, *facts.former_slugs}
    pairs = []
    for name in facts.aliases:
        slug = slugify(name)
        pairs.append((name, None if slug in taken else slug or None))
        taken.add(slug)
    return pairs


def taken_addresses(
    facts: schema.RoleFacts, owner: Role, leaving: Collection[int] = ()
) -> dict[str, str]:
    """Return the addresses of ``facts`` that another role than ``owner`` has, with its name.

    A role's own address is its own, even if it redirected to another one so far; the other names
    of the roles ``leaving`` (keys) are about to be written anew.
    """
    redirecting = {*facts.former_slugs, *(slug for _name, slug in alias_addresses(facts) if slug)}
    roles = Role.objects.filter(slug__in={facts.slug, *redirecting}).exclude(pk=owner.pk)
    aliases = RoleAlias.objects.filter(slug__in=redirecting - {facts.slug})
    aliases = aliases.exclude(role__in=[owner.pk, *leaving])
    return dict([*roles.values_list("slug", "name"), *aliases.values_list("slug", "role__name")])


def by_keys[Facts: schema.RoleFacts](facts: Facts, roles: Mapping[str, Role]) -> Facts:
    """Return ``facts`` with neighbours named by their key, which a change of address leaves.

    ``roles`` are those that are known by their slugs; another neighbour keeps its slug.
    """
    keys = {slug: f"#{role.pk}" for slug, role in roles.items()}
    related = (i.model_copy(update={"role": keys.get(i.role, i.role)}) for i in facts.related)
    return facts.model_copy(update={"related": tuple(related)})


def refuse_duplicates(roles: Mapping[str, schema.RoleDocument]) -> None:
    """Raise DocumentError if two documents, by their files' names, claim one address.

    Nor may another name of one role be what another one is called.
    """
    owners: dict[str, str] = {}
    for file, document in roles.items():
        for place, slug in addresses(document):
            if slug in owners:
                message = f"«{slug}» ya es una dirección de {owners[slug]}"
                raise DocumentError(file, [Problem(message, place)])
            owners[slug] = file
    names = {fold(document.name): file for file, document in roles.items()}
    for file, document in roles.items():
        for i, alias in enumerate(document.aliases):
            if names.get(fold(alias), file) != file:
                message = f"«{alias}» es el nombre de {names[fold(alias)]}"
                raise DocumentError(file, [Problem(message, ("aliases", i))])


def addresses(document: schema.RoleDocument) -> list[tuple[Place, str]]:
    """Return (place, slug) of the addresses that ``document`` gives to its role."""
    pairs = enumerate(alias_addresses(document))
    aliases = [(("aliases", i), slug) for i, (_, slug) in pairs if slug]
    former = [(("former_slugs", i), slug) for i, slug in enumerate(document.former_slugs)]
    return [(("slug",), document.slug), *aliases, *former]
