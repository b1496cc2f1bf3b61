"""Rows ⇄ form: the one place that knows which column holds which part of a document."""

from collections.abc import Collection, Iterable
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
    aliases = list(role.aliases.all())
    codes = {row.scheme: form_of(schema.Code, row) for row in role.codes.all()}
    return form_of(
        schema.RoleFacts,
        role,
        area=role.area.slug,
        codes=schema.Codes.model_construct(**codes),
        aliases=tuple(alias.name for alias in aliases if alias.name),
        former_slugs=tuple(sorted(alias.slug for alias in aliases if not alias.name)),
        near=tuple(form_of(schema.NearTitle, row) for row in role.near.all()),
        archetypes=role.primary_archetype
        and schema.RoleArchetypes.model_construct(
            primary=role.primary_archetype.slug,
            secondary=role.secondary_archetype and role.secondary_archetype.slug,
            reason=role.archetype_reason,
        ),
        related=tuple(
            form_of(schema.RelatedRole, row, role=row.related.slug) for row in role.related.all()
        ),
        career=tuple(form_of(schema.CareerStep, row) for row in role.career.all()),
    )


def profile_document(profile: models.Profile) -> schema.ProfileDocument:
    """Return the document of one profile on the desk (read with ``for_document``)."""
    form = schema.ContextProfile if profile.context_id else schema.BaseProfile
    parts = {name: _part(form, name, profile) for name in _parts(form)}
    return form_of(form, profile, **parts)


def _part(form: type[schema.ProfileDocument], name: str, profile: models.Profile) -> Any:
    """Return what ``profile`` says in the part ``name``, in the words of the form."""
    if name == "work_sample":
        sample = getattr(profile, name, None)
        return form_of(schema.WorkSample, sample) if sample else None
    rows = getattr(profile, name).all()
    if name == "targets":
        ranges = {row.trait.code: form_of(schema.Target, row) for row in rows}
        # No row: what a new one says, which the rules find wanting.
        return schema.Targets.model_construct(**dict.fromkeys(TraitCode.values, UNWRITTEN) | ranges)
    if name == "levels":
        notes = {row.level: form_of(schema.LevelNote, row) for row in rows}
        return schema.Levels.model_construct(**notes)
    if name == "outcomes":
        texts = {h.value: tuple(row.text for row in rows if row.horizon == h) for h in Horizon}
        return schema.Outcomes.model_construct(**texts)
    item = get_args(form.model_fields[name].annotation)[0]
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


def _columns(document: Document, without: Collection[str] = ()) -> dict[str, Any]:
    """Return the columns, by name, that hold ``document``; the opposite of ``form_of``."""
    columns = {}
    for name, value in document:
        if name in without:
            continue
        if isinstance(value, Document):
            columns |= {f"{name}_{part}": text for part, text in value}
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
    _replace(role.aliases, aliases)
    role.codes.all().delete()
    models.OccupationalCode.objects.bulk_create(
        models.OccupationalCode(role=role, scheme=scheme, **_columns(code))
        for scheme, code in facts.codes.items()
    )
    _replace(role.near, map(_columns, facts.near))
    _replace(role.career, map(_columns, facts.career))
    related = ((library.roles[item.role], item.difference) for item in facts.related)
    _replace(role.related, ({"related": other, "difference": text} for other, text in related))


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
    for name in parts:
        _save_part(profile, name, getattr(document, name), library)
    return profile


def _save_part(profile: models.Profile, name: str, part: Any, library: Library) -> None:
    """Write what ``part`` of a document says into the rows of ``profile`` that hold it."""
    if name == "work_sample" and part is None:
        models.WorkSample.objects.filter(profile=profile).delete()
    elif name == "work_sample":
        models.WorkSample.objects.update_or_create(profile=profile, defaults=_columns(part))
    elif name == "targets":
        _save_targets(profile, part, library)
    elif name == "questions":
        _rewrite(profile.questions, [_question_columns(q, library) for q in part], key="key")
    elif name == "levels":
        rows = [{"level": level, **_columns(note)} for level, note in part.items()]
        _rewrite(profile.levels, rows, key="level")
    elif name == "outcomes":
        rows = [{"horizon": h.value, "text": t} for h in Horizon for t in getattr(part, h.value)]
        _rewrite(profile.outcomes, rows)
    else:
        rows = [_columns(i) if isinstance(i, Document) else {"text": i} for i in part]
        _rewrite(getattr(profile, name), rows)


def _question_columns(question: schema.Question, library: Library) -> dict[str, Any]:
    columns = _columns(question)
    first, second = (*columns.pop("traits"), None, None)[:2]
    traits = {"trait": library.traits.get(first), "second_trait": library.traits.get(second)}
    return {**columns, **traits}


def _save_targets(profile: models.Profile, part: schema.Targets, library: Library) -> None:
    rows = []
    for code, target in part.items():
        columns = _columns(target)
        del columns["sources"]
        rows.append({"trait_id": library.traits[code].pk, **columns})
    targets = _rewrite(profile.targets, rows, key="trait_id")
    link = models.TraitTarget.sources.through
    link.objects.filter(traittarget__in=targets).delete()
    link.objects.bulk_create(
        link(traittarget=row, source=library.sources[slug])
        for row, (_code, target) in zip(targets, part.items(), strict=True)
        for slug in target.sources
    )


def _replace(manager: Manager, rows: Iterable[dict]) -> None:
    """Replace the ordered children that ``manager`` has by ``rows``."""
    manager.all().delete()
    parent = {manager.field.name: manager.instance}
    manager.bulk_create(
        manager.model(**parent, order=order, **row) for order, row in enumerate(rows)
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
