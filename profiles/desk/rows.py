"""Rows ⇄ form: the one place that knows which column holds which part of a document."""

from collections.abc import Collection
from operator import attrgetter
from typing import Any, get_args

from django.db import transaction
from django.db.models import Manager, Model
from django.db.models.fields.related_descriptors import (
    ReverseManyToOneDescriptor,
    ReverseOneToOneDescriptor,
)
from pydantic.fields import FieldInfo

from profiles import models
from profiles.desk.library import Library, alias_addresses
from profiles.documents import schema, vocabulary
from profiles.documents.choices import Horizon, TraitCode
from profiles.documents.types import Document

VOCABULARY: dict[str, tuple[type[Model], type[Document]]] = {
    "areas": (models.Area, vocabulary.AreaEntry),
    "contexts": (models.Context, vocabulary.ContextEntry),
    "traits": (models.Trait, vocabulary.TraitEntry),
    "archetypes": (models.Archetype, vocabulary.ArchetypeEntry),
    "sources": (models.Source, vocabulary.SourceEntry),
    "pages": (models.Page, vocabulary.PageEntry),
}


# Parts whose items have names: the item's form, the column of the name, and how a row is named.
NAMED = {
    "targets": (schema.Target, "trait_id", attrgetter("trait.code")),
    "levels": (schema.LevelNote, "level", attrgetter("level")),
    "codes": (schema.Code, "scheme", attrgetter("scheme")),
}
# What tells the rows of other parts apart; without it, their place.
KEYS = {"questions": "key", "near": "title", "related": "related_id"}


def _parts(form: type[schema.ProfileDocument]) -> list[str]:
    """Return the fields of ``form`` that are rows of their own, by the name of the relation."""
    relations = ReverseManyToOneDescriptor | ReverseOneToOneDescriptor
    return [
        name
        for name in form.model_fields
        if isinstance(getattr(models.Profile, name, None), relations)
    ]


# --- rows → form ---


def role_document(role: models.Role) -> schema.RoleDocument:
    """Return the document of a role on the desk (read with ``for_document``)."""
    forms = {
        p.context.slug if p.context_id else None: profile_document(p) for p in role.profiles.all()
    }
    base = forms.pop(None, None) or schema.BaseProfile.model_construct()
    return schema.RoleDocument.model_construct(**dict(role_facts(role)), base=base, contexts=forms)


def desk_document(role: models.Role) -> schema.RoleDocument:
    """Return the document of a role as the desk has it now."""
    return role_document(models.Role.objects.for_document().get(pk=role.pk))


def role_facts(role: models.Role) -> schema.RoleFacts:
    """Return what belongs to the role itself (read with ``for_facts``)."""
    aliases, first = list(role.aliases.all()), role.primary_archetype
    related = ((row, row.related.slug) for row in role.related.all())
    return form_of(
        schema.RoleFacts,
        role,
        **{name: _part(schema.RoleFacts, name, role) for name in ("codes", "near", "career")},
        area=role.area.slug,
        aliases=tuple(alias.name for alias in aliases if alias.name),
        former_slugs=tuple(sorted(alias.slug for alias in aliases if not alias.name)),
        archetypes=first
        and schema.RoleArchetypes.model_construct(
            primary=first.slug,
            secondary=role.secondary_archetype and role.secondary_archetype.slug,
            reason=role.archetype_reason,
        ),
        related=tuple(form_of(schema.RelatedRole, row, role=slug) for row, slug in related),
    )


def profile_document(profile: models.Profile) -> schema.ProfileDocument:
    """Return the document of one profile on the desk (read with ``for_document``)."""
    form = schema.ContextProfile if profile.context_id else schema.BaseProfile
    parts = {name: _part(form, name, profile) for name in _parts(form)}
    return form_of(form, profile, **parts)


def _part(form: type[Document], name: str, owner: Model) -> Any:
    """Return what the rows of ``owner`` say in the part ``name`` of ``form``."""
    if name == "work_sample":
        sample = getattr(owner, name, None)
        return sample and form_of(schema.WorkSample, sample)
    rows, kind = getattr(owner, name).all(), form.model_fields[name].annotation
    if name in NAMED:
        item, _column, name_of = NAMED[name]
        # Without a row, a trait says what a new one says, which the rules find wanting.
        items = dict.fromkeys(TraitCode.values, UNWRITTEN) if name == "targets" else {}
        return kind.model_construct(**items | {name_of(row): form_of(item, row) for row in rows})
    if name == "outcomes":
        texts = {h.value: tuple(row.text for row in rows if row.horizon == h) for h in Horizon}
        return kind.model_construct(**texts)
    item = get_args(kind)[0]
    if isinstance(item, type) and issubclass(item, Document):
        return tuple(form_of(item, row) for row in rows)
    return tuple(row.text for row in rows)


def form_of[Form: Document](form: type[Form], row: Model, **given: Any) -> Form:
    """Return the form whose fields are the columns of ``row`` with their names.

    A nested form is a group of columns that begin with its name; other rows are named by their
    slugs, sorted. ``given`` are those that are no columns. The desk holds what its own forms let
    in, so nothing is validated again.
    """
    values = {
        name: given[name] if name in given else _value(field, row, name)
        for name, field in form.model_fields.items()
    }
    return form.model_construct(**values)


def _value(field: FieldInfo, row: Model, name: str) -> Any:
    if isinstance(field.annotation, type) and issubclass(field.annotation, Document):
        group = field.annotation
        columns = {part: getattr(row, f"{name}_{part}") for part in group.model_fields}
        return group.model_construct(**columns)
    value = getattr(row, name)
    if isinstance(value, Manager):
        return tuple(sorted(other.slug for other in value.all()))
    return tuple(value) if isinstance(value, list) else value


UNWRITTEN = form_of(schema.Target, models.TraitTarget(), sources=())


# --- form → rows ---


def _columns(
    document: Document, library: Library | None = None, without: Collection[str] = ("sources",)
) -> dict[str, Any]:
    """Return the columns, by name, that hold ``document``; the opposite of ``form_of``."""
    columns = {}
    for name, value in document:
        if name in without:
            continue
        if isinstance(value, Document):
            columns |= {f"{name}_{part}": text for part, text in value}
        elif name == "traits":
            first, second = (*map(library.traits.get, value), None, None)[:2]
            columns |= {"trait": first, "second_trait": second}
        elif name == "role":
            columns["related_id"] = library.roles[value].pk
        else:
            columns[name] = list(value) if isinstance(value, tuple) else value
    return columns


def save_role(document: schema.RoleDocument, library: Library) -> models.Role:
    """Write a role and its profiles; the roles that it is related to exist.

    A profile that ``document`` lacks stays. An address that ``document`` calls a former one gives
    way to its own; another one is the admin's, and stays.
    """
    role = library.role_of(document) or models.Role(slug=document.slug)
    if role.slug in document.former_slugs:
        role.slug = document.slug
    save_facts(role, document, library)
    save_profile(role, None, document.base, library)
    for slug, profile in document.contexts.items():
        save_profile(role, library.contexts[slug], profile, library)
    return role


def save_facts(role: models.Role, facts: schema.RoleFacts, library: Library) -> None:
    """Write what belongs to the role itself."""
    archetypes = facts.archetypes or schema.RoleArchetypes.model_construct(primary=None)
    role.name = facts.name
    role.area = library.areas[facts.area]
    for rank, slug in (("primary", archetypes.primary), ("secondary", archetypes.secondary)):
        setattr(role, f"{rank}_archetype", library.archetypes[slug] if slug else None)
    role.archetype_reason = archetypes.reason
    role.version += 1
    role.save()
    # The address that the file knows may be one that the admin has changed since.
    addresses = [
        (name, None if slug == role.slug else slug) for name, slug in alias_addresses(facts)
    ]
    aliases = [{"name": name, "slug": slug} for name, slug in addresses]
    former = {*facts.former_slugs, facts.slug} - {role.slug}
    aliases += [{"name": "", "slug": slug} for slug in sorted(former)]
    # A name may have the address that another one had.
    role.aliases.all().delete()
    _rewrite(role.aliases, aliases)
    _save_parts(role, facts, ("codes", "near", "career", "related"), library)


@transaction.atomic
def save_profile(
    role: models.Role,
    context: models.Context | None,
    document: schema.ProfileDocument,
    library: Library,
) -> models.Profile:
    """Write one profile and its parts over what the desk held, and move its version.

    Parts that stay keep their rows, so that a form opened before still knows them.
    """
    stored = role.profiles.select_for_update(of=("self",)).filter(context=context).first()
    profile = stored or models.Profile(role=role, context=context)
    profile.version += 1
    parts = _parts(type(document))
    for name, value in _columns(document, without=parts).items():
        setattr(profile, name, value)
    profile.save()
    _save_parts(profile, document, parts, library)
    return profile


def _save_parts(owner: Model, document: Document, names: Collection[str], library: Library) -> None:
    """Write what the parts ``names`` of a document say into the rows of ``owner``."""
    for name in names:
        part, key = getattr(document, name), KEYS.get(name)
        if name == "work_sample":
            samples = models.WorkSample.objects
            if part:
                samples.update_or_create(profile=owner, defaults=_columns(part))
            else:
                samples.filter(profile=owner).delete()
            continue
        if name in NAMED:
            _item, key, _name_of = NAMED[name]
            pks = {code: trait.pk for code, trait in library.traits.items()}
            rows = [{key: pks.get(named, named), **_columns(item)} for named, item in part.items()]
        elif name == "outcomes":
            rows = [{"horizon": h, "text": text} for h, texts in part for text in texts]
        else:
            rows = [{"text": i} if isinstance(i, str) else _columns(i, library) for i in part]
        saved = _rewrite(getattr(owner, name), rows, key)
        if name == "targets":
            _save_sources(saved, part, library)


def _save_sources(targets: list[Model], part: schema.Targets, library: Library) -> None:
    link = models.TraitTarget.sources.through
    link.objects.filter(traittarget__in=targets).delete()
    link.objects.bulk_create(
        link(traittarget=row, source=library.sources[slug])
        for row, (_code, target) in zip(targets, part.items(), strict=True)
        for slug in target.sources
    )


def _rewrite(manager: Manager, rows: list[dict], key: str | None = None) -> list:
    """Make the children that ``manager`` has say ``rows`` and return them.

    A row stays if ``key``, or without one its place in the order, is the same.
    """
    model, parent = manager.model, {manager.field.name: manager.instance}
    items = enumerate(manager.all())
    stored = {getattr(item, key) if key else place: item for place, item in items}
    parts, new, changed = [], [], []
    for place, row in enumerate(rows):
        values = {**row, "order": place} if hasattr(model, "order") else row
        part = stored.pop(row[key] if key else place, None)
        if part is None:
            part = model(**parent, **values)
            new.append(part)
        elif any(getattr(part, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(part, name, value)
            changed.append(part)
        parts.append(part)
    if stored:
        manager.filter(pk__in=[item.pk for item in stored.values()]).delete()
    if changed:
        model.objects.bulk_update(changed, [name for name in values if name != key])
    model.objects.bulk_create(new)
    return parts


# --- the shared vocabulary ---


def save_entry(model: type[Model], entry: Document, order: int) -> Model:
    """Write one vocabulary entry over the row with its slug."""
    row = model.objects.filter(slug=entry.slug).first() or model()
    row.order = order
    for name, value in _columns(entry).items():
        setattr(row, name, value)
    row.save()
    return row
