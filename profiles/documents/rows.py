"""Rows ⇄ form: the one place that knows which column holds which part of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from profiles import search_index
from profiles.documents import schema
from profiles.documents.yaml_file import Place, Problem, known
from profiles.models import (
    Archetype,
    Area,
    CareerStep,
    Consideration,
    Context,
    InterviewQuestion,
    OccupationalCode,
    Page,
    Profile,
    RedFlag,
    RelatedRole,
    Role,
    RoleAlias,
    Source,
    Strength,
    Trait,
    TraitTarget,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db import models

    from profiles.models import DeskVersion, Edition

VOCABULARY: dict[str, tuple[type[models.Model], type[schema.Document]]] = {
    "areas": (Area, schema.AreaEntry),
    "contexts": (Context, schema.ContextEntry),
    "traits": (Trait, schema.TraitEntry),
    "archetypes": (Archetype, schema.ArchetypeEntry),
    "sources": (Source, schema.SourceEntry),
    "pages": (Page, schema.PageEntry),
}

UNKNOWN = {
    "areas": "área desconocida",
    "archetypes": "arquetipo desconocido",
    "roles": "rol desconocido",
    "contexts": "contexto desconocido",
    "sources": "fuente desconocida",
}


def canonical(document: schema.Document, **options: Any) -> dict:
    """Return ``document`` as JSON values, the form an edition stores."""
    return document.model_dump(mode="json", **options)


def digest(*parts: Any) -> str:
    """Return the fingerprint of documents or JSON values: equal content, equal digest."""
    return schema.fingerprint(
        [canonical(part) if isinstance(part, schema.Document) else part for part in parts]
    )


def frozen_document(row: Edition | DeskVersion) -> schema.ProfileDocument:
    """Return the typed document that an edition or a desk version keeps."""
    form = schema.ContextProfile if row.context_id else schema.BaseProfile
    return form.model_validate(row.document)


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
    def from_database(cls) -> Library:
        """Read the vocabulary and the roles; a former slug leads to its role."""

        def by_slug(model):
            return {row.slug: row for row in model.objects.all()}

        former = RoleAlias.objects.filter(name="").select_related("role")
        return cls(
            areas=by_slug(Area),
            contexts=by_slug(Context),
            traits={trait.code: trait for trait in Trait.objects.all()},
            archetypes=by_slug(Archetype),
            sources=by_slug(Source),
            roles={alias.slug: alias.role for alias in former} | by_slug(Role),
        )

    def know(self, documents: Iterable[schema.RoleDocument]) -> None:
        """Let the addresses that ``documents`` give to roles lead to them."""
        found = {document.slug: self.role_of(document) for document in documents}
        self.roles.update({slug: role for slug, role in found.items() if role})

    def role_of(self, document: schema.RoleDocument) -> Role | None:
        """Return the role that a document is of: it has the document's address, or a former one."""
        addresses = (document.slug, *document.former_slugs)
        return next((self.roles[slug] for slug in addresses if slug in self.roles), None)

    def problems(self, document: schema.RoleDocument) -> Iterator[Problem]:
        """Yield what ``document`` refers to and the guide does not know."""
        for kind, place, slug in references(document):
            rows = getattr(self, kind)
            if slug not in rows:
                message = f"{UNKNOWN[kind]} «{slug}»; se conocen: {known(list(rows))}"
                yield Problem(message, place)


def references(document: schema.RoleDocument) -> Iterator[tuple[str, Place, str]]:
    """Yield (kind of rows in a Library, place, slug) of each row that a document refers to."""
    yield "areas", ("area",), document.area
    for rank in ("primary", "secondary"):
        if slug := getattr(document.archetypes, rank, None):
            yield "archetypes", ("archetypes", rank), slug
    for i, related in enumerate(document.related):
        yield "roles", ("related", i, "role"), related.role
    for context in document.contexts:
        yield "contexts", ("contexts", context), context
    profiles = {("contexts", context): profile for context, profile in document.contexts.items()}
    for path, profile in {("base",): document.base, **profiles}.items():
        for code, target in profile.targets.items():
            for i, source in enumerate(target.sources):
                yield "sources", (*path, "targets", code.value, "sources", i), source


# --- rows → form ---


def role_document(role: Role) -> schema.RoleDocument:
    """Return the document of a role on the desk (read with ``for_document``).

    Raises pydantic's ValidationError where the desk holds what no document can.
    """
    forms = {
        p.context.slug if p.context_id else None: profile_document(p) for p in role.profiles.all()
    }
    base = forms.pop(None, None) or schema.BaseProfile.model_construct()
    return schema.RoleDocument.model_construct(**dict(role_facts(role)), base=base, contexts=forms)


def desk_document(role: Role) -> schema.RoleDocument:
    """Return the document of a role as the desk has it now."""
    return role_document(Role.objects.for_document().get(pk=role.pk))


def role_facts(role: Role) -> schema.RoleFacts:
    """Return what belongs to the role itself (read with ``for_facts``)."""
    aliases = list(role.aliases.all())
    return schema.RoleFacts(
        slug=role.slug,
        name=role.name,
        area=role.area.slug,
        codes={
            row.scheme: schema.Code(code=row.code, title=row.title, approximate=row.approximate)
            for row in role.codes.all()
        },
        aliases=tuple(alias.name for alias in aliases if alias.name),
        former_slugs=tuple(alias.slug for alias in aliases if not alias.name),
        archetypes=_archetypes(role),
        related=tuple(
            schema.RelatedRole(role=item.related.slug, difference=item.difference)
            for item in role.related.all()
        ),
        career=tuple(
            schema.CareerStep(title=step.title, years=step.years, changes=step.changes)
            for step in role.career.all()
        ),
    )


def _archetypes(role: Role) -> schema.RoleArchetypes | None:
    if role.primary_archetype is None:
        return None
    secondary = role.secondary_archetype
    return schema.RoleArchetypes(
        primary=role.primary_archetype.slug,
        secondary=secondary.slug if secondary else None,
        reason=role.archetype_reason,
    )


def profile_document(profile: Profile) -> schema.ProfileDocument:
    """Return the document of one profile on the desk (read with ``for_document``)."""
    common = {
        "summary": profile.summary,
        "body": profile.body,
        "targets": {target.trait.code: _target(target) for target in profile.targets.all()},
        "strengths": tuple(item.text for item in profile.strengths.all()),
        "red_flags": tuple(item.text for item in profile.red_flags.all()),
        "questions": tuple(_question(question) for question in profile.questions.all()),
        "seo": schema.Seo(title=profile.seo_title, description=profile.seo_description),
        "reviewed_on": profile.reviewed_on,
    }
    if profile.context_id is None:
        return schema.BaseProfile(**common, responsibilities=tuple(profile.responsibilities))
    considerations = tuple(
        schema.Consideration(text=item.text, consequence=item.consequence)
        for item in profile.considerations.all()
    )
    return schema.ContextProfile(**common, teaser=profile.teaser, considerations=considerations)


def _target(target: TraitTarget) -> schema.Target:
    return schema.Target(
        low=target.low,
        high=target.high,
        importance=target.importance,
        rationale=target.rationale,
        basis=target.basis,
        sources=tuple(source.slug for source in target.sources.all()),
    )


def _question(question: InterviewQuestion) -> schema.Question:
    return schema.Question(
        key=question.key,
        text=question.text,
        traits=tuple(trait.code for trait in question.traits.all()),
        focus=question.focus,
        follow_ups=tuple(question.follow_ups),
        anchors=schema.Anchors(
            weak=question.anchor_weak,
            acceptable=question.anchor_acceptable,
            excellent=question.anchor_excellent,
        ),
    )


# --- form → rows ---


def save_role(document: schema.RoleDocument, library: Library) -> Role:
    """Write a role and its profiles; related roles wait for ``save_related``.

    A profile that ``document`` lacks leaves the desk and the shelf. An address that ``document``
    calls a former one gives way to its own; another one is the admin's, and stays.
    """
    role = library.role_of(document) or Role(slug=document.slug)
    if role.slug in document.former_slugs:
        role.slug = document.slug
    save_facts(role, document, library)
    kept = [save_profile(role, None, document.base, library).pk]
    for slug, profile in document.contexts.items():
        kept.append(save_profile(role, library.contexts[slug], profile, library).pk)
    for profile in role.profiles.exclude(pk__in=kept):
        profile.editions.close(timezone.now())
        search_index.forget_past(profile)
        profile.delete()
    return role


def save_facts(role: Role, facts: schema.RoleFacts, library: Library) -> None:
    """Write what belongs to the role itself, without its related roles."""
    archetypes = facts.archetypes or schema.RoleArchetypes.model_construct(primary=None)
    role.name = facts.name
    role.area = library.areas[facts.area]
    role.primary_archetype = library.archetypes.get(archetypes.primary)
    role.secondary_archetype = library.archetypes.get(archetypes.secondary)
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
    _replace(role.aliases, RoleAlias, role, aliases)
    role.codes.all().delete()
    OccupationalCode.objects.bulk_create(
        OccupationalCode(role=role, scheme=scheme, **dict(code))
        for scheme, code in facts.codes.items()
    )
    _replace(role.career, CareerStep, role, [dict(step) for step in facts.career])


def alias_addresses(facts: schema.RoleFacts) -> list[tuple[str, str | None]]:
    """Return (name, slug) of each alias; a name whose slug the role already has gets none."""
    taken = {facts.slug, *facts.former_slugs}
    pairs = []
    for name in facts.aliases:
        slug = slugify(name)
        pairs.append((name, None if slug in taken else slug or None))
        taken.add(slug)
    return pairs


def taken_addresses(facts: schema.RoleFacts, owner: Role) -> dict[str, str]:
    """Return the addresses of ``facts`` that another role than ``owner`` has, with its name."""
    slugs = {facts.slug, *facts.former_slugs, *(slug for _name, slug in alias_addresses(facts))}
    slugs.discard(None)
    roles = Role.objects.filter(slug__in=slugs).exclude(pk=owner.pk)
    aliases = RoleAlias.objects.filter(slug__in=slugs).exclude(role=owner.pk)
    return dict([*roles.values_list("slug", "name"), *aliases.values_list("slug", "role__name")])


def save_related(role: Role, facts: schema.RoleFacts, library: Library) -> None:
    """Write the related roles, once all roles of a batch exist."""
    rows = [
        {"related": library.roles[item.role], "difference": item.difference}
        for item in facts.related
    ]
    _replace(role.related, RelatedRole, role, rows)


@transaction.atomic
def save_profile(
    role: Role, context: Context | None, document: schema.ProfileDocument, library: Library
) -> Profile:
    """Write one profile and its parts over what the desk held, and move its version.

    Parts that stay keep their rows, so that a form opened before still knows them.
    """
    stored = role.profiles.select_for_update(of=("self",)).filter(context=context).first()
    profile = stored or Profile(role=role, context=context)
    profile.version += 1
    profile.summary = document.summary
    profile.body = document.body
    profile.seo_title = document.seo.title
    profile.seo_description = document.seo.description
    profile.reviewed_on = document.reviewed_on
    profile.teaser = getattr(document, "teaser", "")
    profile.responsibilities = list(getattr(document, "responsibilities", ()))
    profile.save()
    _save_targets(profile, document, library)
    for manager, model in ((profile.strengths, Strength), (profile.red_flags, RedFlag)):
        texts = document.strengths if model is Strength else document.red_flags
        _rewrite(manager, model, profile, [{"text": text} for text in texts])
    considerations = [dict(item) for item in getattr(document, "considerations", ())]
    _rewrite(profile.considerations, Consideration, profile, considerations)
    _save_questions(profile, document, library)
    return profile


def _save_targets(profile: Profile, document: schema.ProfileDocument, library: Library) -> None:
    rows = [
        {
            "trait_id": library.traits[code].pk,
            **{name: getattr(target, name) for name in ("low", "high", "importance")},
            "rationale": target.rationale,
            "basis": target.basis,
        }
        for code, target in document.targets.items()
    ]
    targets = _rewrite(profile.targets, TraitTarget, profile, rows, key="trait_id")
    link = TraitTarget.sources.through
    link.objects.filter(traittarget__in=targets).delete()
    link.objects.bulk_create(
        link(traittarget=row, source=library.sources[slug])
        for row, (_, target) in zip(targets, document.targets.items(), strict=True)
        for slug in target.sources
    )


def _save_questions(profile: Profile, document: schema.ProfileDocument, library: Library) -> None:
    rows = [
        {
            "key": question.key,
            "text": question.text,
            "focus": question.focus,
            "follow_ups": list(question.follow_ups),
            "anchor_weak": question.anchors.weak,
            "anchor_acceptable": question.anchors.acceptable,
            "anchor_excellent": question.anchors.excellent,
        }
        for question in document.questions
    ]
    questions = _rewrite(profile.questions, InterviewQuestion, profile, rows, key="key")
    link = InterviewQuestion.traits.through
    link.objects.filter(interviewquestion__in=questions).delete()
    link.objects.bulk_create(
        link(interviewquestion=row, trait=library.traits[code])
        for row, question in zip(questions, document.questions, strict=True)
        for code in question.traits
    )


def _replace(manager, model, parent, rows: list[dict]) -> list:
    """Replace the ordered children of ``parent`` by ``rows`` and return the new ones."""
    manager.all().delete()
    field = manager.field.name
    return model.objects.bulk_create(
        model(**{field: parent}, order=order, **row) for order, row in enumerate(rows)
    )


def _rewrite(manager, model, parent, rows: list[dict], key: str | None = None) -> list:
    """Make the children of ``parent`` say ``rows`` and return them.

    A row stays where ``key``, or without one its place in the order, is the same.
    """
    items = enumerate(manager.all())
    stored = {getattr(item, key) if key else place: item for place, item in items}
    parts, new, changed = [], [], []
    for place, row in enumerate(rows):
        values = {**row, "order": place} if hasattr(model, "order") else row
        part = stored.pop(row[key] if key else place, None)
        if part is None:
            part = model(**{manager.field.name: parent}, **values)
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


def vocabulary_entry(row: models.Model, form: type[schema.Document]) -> schema.Document:
    """Return the document entry of a vocabulary row."""
    value = {}
    for name, field in form.model_fields.items():
        if field.annotation is schema.Pole:
            value[name] = {
                part: getattr(row, f"{name}_{part}") for part in schema.Pole.model_fields
            }
        else:
            value[name] = getattr(row, name)
    return form.model_validate(value)


def save_entry(model: type[models.Model], entry: schema.Document, order: int) -> models.Model:
    """Write one vocabulary entry over the row with its slug."""
    row = model.objects.filter(slug=entry.slug).first() or model()
    row.order = order
    for name, value in entry:
        if isinstance(value, schema.Pole):
            for part, text in value:
                setattr(row, f"{name}_{part}", text)
        else:
            setattr(row, name, value)
    row.save()
    return row
