"""Which rows a reader may see, and one query method per page."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Round
from django.utils import timezone

from profiles.documents.choices import TraitCode

# The base profile, then the contexts by size, everywhere in the same order.
BY_SIZE = (F("context__order").asc(nulls_first=True), "context__name")


class EditionQuerySet(models.QuerySet):
    """Editions; ``published`` is the only place that knows what is public."""

    def published(self, at=None):
        """Return the editions that are public at ``at`` (an aware datetime, default now)."""
        moment = at or timezone.now()
        return self.filter(published_from__lte=moment).filter(
            Q(published_until=None) | Q(published_until__gt=moment)
        )

    def for_listing(self):
        """Return published editions with what a card shows, and not one column more."""
        return (
            self.published()
            .select_related("area", "context")
            .defer("document", "facts", "body_html", "rendered", "area__body", "area__body_html")
            .defer("context__body", "context__body_html")
            .order_by("role_name", *BY_SIZE)
            .fetch_mode(models.FETCH_RAISE)
        )

    def for_page(self, role_slug, context_slug=None):
        """Return the published base edition of a role and, if asked for, one context's."""
        return (
            self.published()
            .filter(role_slug=role_slug)
            .filter(Q(context=None) | Q(context__slug=context_slug))
            .select_related("area", "context")
            .fetch_mode(models.FETCH_RAISE)
        )

    def for_places(self, places):
        """Return the published editions of ``places`` and the base editions of their roles.

        ``places`` are (role slug, context slug or None) pairs.
        """
        wanted = Q(context=None, role_slug__in={role for role, _context in places})
        for role, context in places:
            if context:
                wanted |= Q(role_slug=role, context__slug=context)
        editions = self.published().filter(wanted).select_related("area", "context")
        return editions.fetch_mode(models.FETCH_RAISE)

    def for_all_sizes(self, role_slug):
        """Return all the published editions of a role, the base first, then by size."""
        return (
            self.published()
            .filter(role_slug=role_slug)
            .select_related("area", "context")
            .order_by(*BY_SIZE)
            .fetch_mode(models.FETCH_RAISE)
        )

    def for_comparing(self, role_slug, context_slug, related_slugs):
        """Return what a profile is worth comparing with: its role's others, its neighbours.

        Neighbouring roles come in the profile's own context, for a base profile as their base.
        """
        size = Q(context__slug=context_slug) if context_slug else Q(context=None)
        own = Q(role_slug=role_slug)
        related = Q(role_slug__in=related_slugs) & size
        return self.for_listing().filter(own | related).exclude(own & size)

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

    def roles_in(self, contexts):
        """Return the roles with a published base profile and one in each of ``contexts``."""
        sizes = Q(context=None) | Q(context__in=contexts)
        roles = self.published().filter(sizes).order_by("role_name")
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
        primary = Q(facts__archetypes__primary=slug)
        return (
            self.base()
            .filter(primary | Q(facts__archetypes__secondary=slug))
            .annotate(is_primary=Case(When(primary, then=True), default=False))
        )

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
        return (
            self.published()
            .filter(pk__in=pks)
            .select_related("area", "context")
            .defer("document", "facts", "rendered", "area__body", "area__body_html")
            .defer("context__body", "context__body_html")
            .fetch_mode(models.FETCH_RAISE)
        )

    def for_plate(self, context_id=None, area_id=None, among=None):
        """Return the listed editions of one size, of an area, ``among`` some of them."""
        chosen = {"area": area_id, "pk__in": among}
        chosen = {name: value for name, value in chosen.items() if value is not None}
        return self.for_listing().filter(context=context_id, **chosen)

    def by_trait(self, code, *, ascending=False):
        """Order by the middle of the range of a trait, then by name."""
        low, high = (Cast(KT(f"ranges__{code}__{end}"), models.FloatField()) for end in (0, 1))
        # In whole tenths: equal middles are equal, whatever their sums are as floats.
        middle = Round((low + high) * 10)
        return self.order_by(middle if ascending else middle.desc(), "role_name", "pk")

    def aliases_of(self, roles):
        """Return (role id, other names) pairs of the roles' published base editions."""
        bases = self.published().base().filter(role__in=roles)
        return bases.values_list("role_id", "facts__aliases")

    def past(self):
        """Return the editions that were public and are no more."""
        return self.filter(published_until__lte=timezone.now())

    def on_shelf(self):
        """Return the editions that are public now or scheduled."""
        return self.filter(Q(published_until=None) | Q(published_until__gt=timezone.now()))

    def scheduled(self):
        """Return the editions that are not public yet."""
        return self.filter(published_from__gt=timezone.now())

    def citing(self, slug):
        """Return the editions that cite a source for one of their ranges."""
        cited = Q()
        for code in TraitCode.values:
            cited |= Q(**{f"document__targets__{code}__sources__icontains": f'"{slug}"'})
        return self.filter(cited)

    def rename_related(self, old_slugs, new_slug):
        """Write a role's new address wherever an edition names it as related by a former one."""
        naming = Q()
        for slug in old_slugs:
            naming |= Q(facts__related__icontains=f'"{slug}"')
        for edition in self.base().filter(naming) if naming else ():
            for item in edition.facts["related"]:
                if item["role"] in old_slugs:
                    item["role"] = new_slug
            edition.save(update_fields=["facts"])

    def base(self):
        """Return only the editions of base profiles."""
        return self.filter(context=None)


class TraitQuerySet(models.QuerySet):
    """Traits."""

    def for_row(self):
        """Return traits with what a row of a profile shows: no long texts."""
        return self.only("code", "slug", "name", "low_label", "high_label", "order").fetch_mode(
            models.FETCH_RAISE
        )


class RoleQuerySet(models.QuerySet):
    """Roles on the desk."""

    def for_facts(self):
        """Return roles with what belongs to the role itself, as a document needs it."""
        return self.select_related(
            "area", "primary_archetype", "secondary_archetype"
        ).prefetch_related(
            *("aliases", "codes", "near", "career"),
            Prefetch("related", _rows(self, "related").select_related("related")),
        )

    def for_document(self):
        """Return roles with all their profiles and parts, as a document needs them."""
        profiles = _rows(self, "profiles").for_document().base_first()
        return self.for_facts().prefetch_related(Prefetch("profiles", profiles))


class ProfileQuerySet(models.QuerySet):
    """Profiles on the desk."""

    def base_first(self):
        """Return the base profile, then the contexts by size."""
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


def _rows(queryset, relation):
    """Return all rows that a relation of the queryset's model leads to."""
    return queryset.model._meta.get_field(relation).related_model.objects.all()


class VersionQuerySet(models.QuerySet):
    """Saved versions of what is on the desk."""

    def of(self, model, keys):
        """Return the versions of the rows of ``model`` with ``keys``."""
        return self.filter(kind=ContentType.objects.get_for_model(model), key__in=keys)

    def latest_of_each(self):
        """Return the newest version of each row."""
        newer = self.model.objects.filter(
            kind=OuterRef("kind"), key=OuterRef("key"), number__gt=OuterRef("number")
        )
        return self.filter(~Exists(newer))
