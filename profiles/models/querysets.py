"""Which rows a reader may see, and one query method per page."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from profiles.documents.choices import Changes

# The base profile, then the contexts by size, everywhere in the same order.
BY_SIZE = (F("context__order").asc(nulls_first=True), "context__name")
BY_NAME = ("role_name", "pk")
# What a card, a row of a list, the news and the API's items show of an edition.
LISTED = (
    *("number", "role_id", "role_slug", "role_name", "ranges", "critical", "summary", "teaser"),
    *("published_from", "reviewed_on", "author_name", "reviewer_name", "reason"),
    *("area__slug", "area__name", "area__order"),
    *("context__slug", "context__name", "context__order"),
    *("context__min_employees", "context__max_employees"),
)

# What a profile in any of its forms shows beside that.
DOCUMENT = (
    *("document", "facts", "body_html", "rendered"),
    *("area__summary", "area__body", "context__summary", "context__body"),
)


class EditionQuerySet(models.QuerySet):
    """Editions; ``published`` is the only place that knows what is public."""

    def published(self, at=None):
        """Return the editions that are public at ``at`` (an aware datetime, default now)."""
        moment = at or timezone.now()
        is_open = Q(published_until=None) | Q(published_until__gt=moment)
        return self.filter(is_open, published_from__lte=moment)

    def for_listing(self):
        """Return published editions with what a card shows, and not one column more."""
        listed = self.published().select_related("area", "context").only(*LISTED)
        return listed.order_by("role_name", *BY_SIZE).fetch_mode(models.FETCH_RAISE)

    def with_document(self):
        """Return editions with all that a profile's page shows of them, in no order."""
        whole = self.select_related("area", "context").only(*LISTED, *DOCUMENT)
        return whole.order_by().fetch_mode(models.FETCH_RAISE)

    def for_page(self, role_slug, context_slug=None):
        """Return the published base edition of a role and, if asked for, one context's."""
        size = Q(context=None) | Q(context__slug=context_slug)
        return self.published().filter(size, role_slug=role_slug).with_document()

    def for_places(self, places):
        """Return the published editions of ``places`` and the base editions of their roles.

        ``places`` are (role slug, context slug or None) pairs.
        """
        wanted = Q(context=None, role_slug__in={role for role, _context in places})
        for role, context in places:
            if context:
                wanted |= Q(role_slug=role, context__slug=context)
        return self.published().filter(wanted).with_document()

    def for_all_sizes(self, role_slug):
        """Return all the published editions of a role, the base first, then by size."""
        return self.published().filter(role_slug=role_slug).with_document().order_by(*BY_SIZE)

    def for_comparing(self, role_slug, context_slug, related_slugs):
        """Return what a profile is worth comparing with: its role's others, its neighbours.

        Neighbouring roles come in the profile's own context, for a base profile as their base.
        """
        size = Q(context__slug=context_slug) if context_slug else Q(context=None)
        own = Q(role_slug=role_slug)
        related = Q(role_slug__in=related_slugs) & size
        return self.for_listing().filter(own | related).exclude(own & size)

    def first_of_areas(self, most):
        """Return (area id, key, how many it has), in no order, of each area's first ``most``."""
        area = {"partition_by": "area"}
        rows = self.order_by().annotate(
            place=Window(RowNumber(), order_by=BY_NAME, **area), count=Window(Count("*"), **area)
        )
        return rows.filter(place__lte=most).values_list("area", "pk", "count")

    def with_pairing(self):
        """Add what a pair of roles rests on: which roles it names and how, its honest line."""
        return self.annotate(related=F("facts__related"), honest=F("document__honest"))

    def for_pairs(self, role_slugs=None):
        """Return the published base editions, of all roles or of some, for ``pairs``."""
        editions = self.published().base().with_pairing().order_by("role_name")
        if role_slugs is not None:
            editions = editions.filter(role_slug__in=role_slugs)
        columns = ("role_slug", "role_name", "area_id", "published_from", "related", "honest")
        return editions.values_list(*columns, named=True)

    def of_first_roles(self, most):
        """Return the published editions of the first ``most`` roles by name, all sizes of them."""
        first = self.published().base().order_by("role_name").values("role")[:most]
        return self.published().filter(role__in=first)

    def roles_in(self, contexts, most):
        """Return of the first ``most`` roles those with a profile in each of ``contexts``."""
        sizes = Q(context=None) | Q(context__in=contexts)
        roles = self.of_first_roles(most).filter(sizes).order_by("role_name")
        roles = roles.values_list("area_id", "role_slug", "role_name", named=True)
        return roles.annotate(profiles=Count("pk")).filter(profiles=len(contexts) + 1)

    def role_choices(self):
        """Return (role slug, role name) pairs of the roles with a published base profile."""
        return self.published().base().order_by("role_name").values_list("role_slug", "role_name")

    def for_bases_of(self, editions):
        """Return the published base editions of the roles of ``editions``, with their ranges."""
        bases = self.published().base().filter(role__in={row.role_id for row in editions})
        columns = ("role_slug", "context_id", "ranges", "published_from")
        return bases.only(*columns).order_by().fetch_mode(models.FETCH_RAISE)

    def with_archetype(self, slug):
        """Keep the base editions of roles with an archetype; ``is_primary``: in the first place."""
        primary = Q(primary_archetype=slug)
        either = self.base().filter(primary | Q(secondary_archetype=slug))
        return either.annotate(is_primary=Case(When(primary, then=True), default=False))

    def at_the_ends(self, code, count):
        """Return the base editions with the highest and the lowest ranges of a trait, each once."""
        ranked = self.base().order_by(f"-middle_{code.lower()}", "role_name")
        return list({row.pk: row for row in [*ranked[:count], *ranked.reverse()[:count]]}.values())

    def newest(self):
        """Return when anything was last published, None if nothing ever was."""
        begun = self.filter(published_from__lte=timezone.now()).order_by("-published_from")
        return begun.values_list("published_from", flat=True).first()

    def benchmarked(self):
        """Return (ranges, O*NET code) of the published base editions whose role has that code."""
        bases = self.published().base().filter(facts__codes__onet_soc__code__isnull=False)
        return bases.values_list("ranges", "facts__codes__onet_soc")

    def for_neighbours(self, role_slug, related_slugs):
        """Keep a role's editions and the base editions of its related roles."""
        related = Q(role_slug__in=related_slugs, context=None)
        return self.filter(Q(role_slug=role_slug) | related).with_pairing()

    def for_results(self, pks):
        """Return the published editions among ``pks``, with the text an excerpt is cut from."""
        return self.for_listing().only(*LISTED, "body_html").filter(pk__in=pks).order_by()

    def for_plate(self, context=None, area=None, among=None):
        """Return the listed editions of one size, of an area, ``among`` some of them."""
        chosen = {"area": area, "pk__in": among}
        chosen = {name: value for name, value in chosen.items() if value is not None}
        return self.for_listing().filter(context=context, **chosen)

    def by_trait(self, code, *, ascending=False):
        """Order by the middle of the range of a trait, then by name."""
        return self.order_by(f"{'' if ascending else '-'}middle_{code.lower()}", *BY_NAME)

    def past(self):
        return self.filter(published_until__lte=timezone.now())

    def on_shelf(self):
        """Return the editions that are public now or scheduled."""
        return self.filter(Q(published_until=None) | Q(published_until__gt=timezone.now()))

    def scheduled(self):
        return self.filter(published_from__gt=timezone.now())

    def citing(self, slug):
        """Return the editions that cite a source for one of their ranges."""
        return self.filter(document__targets__icontains=f'"{slug}"')

    def rename_related(self, old_slugs, new_slug):
        """Write a role's new address wherever an edition names it as related by a former one.

        No role is named twice, nor by its own edition.
        """
        naming = Q()
        for slug in old_slugs:
            naming |= Q(facts__related__icontains=f'"{slug}"')
        for edition in self.on_shelf().base().filter(naming) if naming else ():
            items = {}
            for item in edition.facts["related"]:
                slug = new_slug if item["role"] in old_slugs else item["role"]
                items.setdefault(slug, {**item, "role": slug})
            items.pop(edition.role_slug, None)
            edition.facts["related"] = list(items.values())
            edition.save(update_fields=["facts"])

    def base(self):
        return self.filter(context=None)


class TraitQuerySet(models.QuerySet):
    def for_row(self):
        """Return traits with what a row of a profile shows: no long texts."""
        short = self.only("code", "slug", "name", "low_label", "high_label", "order")
        return short.fetch_mode(models.FETCH_RAISE)


class RoleQuerySet(models.QuerySet):
    def for_facts(self):
        """Return roles with what belongs to the role itself, as a document needs it."""
        related = Prefetch("related", _rows(self, "related").select_related("related"))
        named = self.select_related("area", "primary_archetype", "secondary_archetype")
        return named.prefetch_related("aliases", "codes", "near", "career", related)

    def for_document(self):
        """Return roles with all their profiles and parts, as a document needs them."""
        profiles = _rows(self, "profiles").for_document().base_first()
        return self.for_facts().prefetch_related(Prefetch("profiles", profiles))


class ProfileQuerySet(models.QuerySet):
    def changed(self):
        """Return those that say something else than their newest edition, or never had one."""
        # By two equalities SQLite takes the index; by one IN it would read all profiles.
        some, never = Changes.SOME, Changes.NEVER
        either = [self.model.objects.filter(changes=each).values("pk") for each in (some, never)]
        return self.filter(pk__in=either[0].union(either[1]))

    def base_first(self):
        return self.order_by(*BY_SIZE)

    def for_document(self):
        """Return profiles with all their parts, as a document needs them."""
        questions = _rows(self, "questions").select_related("trait", "second_trait")
        targets = _rows(self, "targets").select_related("trait").prefetch_related("sources")
        parts = ("context", "author", "reviewer", "work_sample")
        return self.select_related(*parts).prefetch_related(
            Prefetch("targets", targets),
            Prefetch("questions", questions),
            *("strengths", "red_flags", "considerations", "outcomes"),
            *("requirements", "levels", "screening", "references"),
        )

    def note_newest(self, keys):
        """Write down what the newest edition of each profile says, once editions came or went."""
        editions = _rows(self, "editions").filter(profile=OuterRef("pk")).order_by("-number")
        digest = Coalesce(Subquery(editions.values("digest")[:1]), Value(""))
        self.filter(pk__in=keys).update(newest_digest=digest)


def _rows(queryset, relation):
    """Return all rows that a relation of the queryset's model leads to."""
    return queryset.model._meta.get_field(relation).related_model.objects.all()


class VersionQuerySet(models.QuerySet):
    def of(self, model, keys):
        return self.filter(kind=ContentType.objects.get_for_model(model), key__in=keys)

    def latest_of_each(self):
        same = self.model.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"))
        return self.filter(~Exists(same.filter(number__gt=OuterRef("number"))))
