"""Which rows a reader may see, and one query method per page."""

from django.db import models
from django.db.models import Case, F, Prefetch, Q, When
from django.utils import timezone

from profiles.choices import TraitCode
from profiles.documents.schema import RoleFacts
from profiles.documents.stored import frozen_document, parts_digest, read_stored


class EditionQuerySet(models.QuerySet):
    """Editions; ``published`` is the only place that knows what is public."""

    def published(self, at=None):
        """Return the editions that are public at ``at`` (an aware datetime, default now)."""
        moment = at or timezone.now()
        return self.filter(published_from__lte=moment, profile__isnull=False).filter(
            Q(published_until=None) | Q(published_until__gt=moment)
        )

    def for_listing(self):
        """Return published editions with what a card shows, and not one column more."""
        return (
            self.published()
            .select_related("area", "context")
            .defer("document", "facts", "body_html", "rendered", "area__body", "area__body_html")
            .defer("context__body", "context__body_html")
            .order_by("role_name", F("context__order").asc(nulls_first=True))
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
            .order_by(F("context__order").asc(nulls_first=True))
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

    def for_starting_pairs(self, context_slugs):
        """Return base editions and those of ``context_slugs``, with what a pair is named by."""
        return (
            self.published()
            .filter(Q(context=None) | Q(context__slug__in=context_slugs))
            .order_by("role_name", F("context__order").asc(nulls_first=True))
            .values_list(
                "role_slug", "role_name", "area_id", "context__slug", "facts__related", named=True
            )
        )

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
        return self.filter(Q(role_slug=role_slug) | related)

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

    def aliases_of(self, roles):
        """Return (role id, other names) pairs of the roles' published base editions."""
        bases = self.published().base().filter(role__in=roles)
        return bases.values_list("role_id", "facts__aliases")

    def past(self, at=None):
        """Return the editions that were public before ``at`` (default now), deleted ones too."""
        moment = at or timezone.now()
        return self.filter(published_from__lte=moment).filter(
            Q(published_until__lte=moment) | Q(profile=None)
        )

    def on_shelf(self):
        """Return the editions that are public now or scheduled."""
        return self.exclude(pk__in=self.model.objects.past())

    def next_number(self):
        """Return the number that a new edition among these gets."""
        return (self.aggregate(last=models.Max("number"))["last"] or 0) + 1

    def scheduled(self):
        """Return the editions that are not public yet."""
        return self.filter(published_from__gt=timezone.now())

    def close(self, at):
        """End what is public at ``at`` and drop what was scheduled; tell whether there was any."""
        still_open = self.filter(Q(published_until=None) | Q(published_until__gt=at))
        dropped, _by_model = still_open.filter(published_from__gte=at).delete()
        return bool(still_open.update(published_until=at) or dropped)

    def citing(self, slug):
        """Return the editions that cite a source for one of their ranges."""
        cited = Q()
        for code in TraitCode.values:
            cited |= Q(**{f"document__targets__{code}__sources__icontains": f'"{slug}"'})
        return self.filter(cited)

    def rename_related(self, old_slug, new_slug):
        """Write a role's new address wherever an edition names it as related.

        An address is no content: a desk that was the same as its edition still is.
        """
        # Imported here, since the models import their querysets.
        from profiles.models import Readiness

        for edition in self.base().filter(facts__related__icontains=f'"{old_slug}"'):
            before = edition.digest
            for item in edition.facts["related"]:
                if item["role"] == old_slug:
                    item["role"] = new_slug
            document = frozen_document(edition)
            edition.digest = parts_digest(document, read_stored(RoleFacts, edition.facts))
            edition.save(update_fields=["facts", "digest"])
            listed = Readiness.objects.filter(profile=edition.profile_id, digest=before)
            listed.update(digest=edition.digest)

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
        # Imported here, since the models import their querysets.
        from profiles.models import RelatedRole

        return self.select_related(
            "area", "primary_archetype", "secondary_archetype"
        ).prefetch_related(
            "aliases",
            "codes",
            "near",
            "career",
            Prefetch("related", RelatedRole.objects.select_related("related")),
        )

    def for_document(self):
        """Return roles with all their profiles and parts, as a document needs them."""
        from profiles.models import Profile

        profiles = Profile.objects.for_document().base_first()
        return self.for_facts().prefetch_related(Prefetch("profiles", profiles))


class ProfileQuerySet(models.QuerySet):
    """Profiles on the desk."""

    def base_first(self):
        """Return the base profile, then the contexts by size."""
        return self.order_by(F("context__order").asc(nulls_first=True))

    def for_document(self):
        """Return profiles with all their parts, as a document needs them."""
        return self.select_related("context", "work_sample").prefetch_related(
            "targets__trait",
            "targets__sources",
            "strengths",
            "red_flags",
            "considerations",
            "questions__trait",
            "questions__second_trait",
            "outcomes",
            "requirements",
            "levels",
            "screening",
            "references",
        )


class SavedVersionQuerySet(models.QuerySet):
    """Saved versions of something on the desk."""

    def _last_of_gone(self, key, rows):
        """Return the last version of each ``key`` that ``rows`` lack, newest first."""
        gone = self.exclude(**{f"{key}__in": rows.values("pk")}).order_by()
        last = gone.values(key).annotate(last=models.Max("pk")).values("last")
        return self.filter(pk__in=last).order_by("-saved_at")


class DeskVersionQuerySet(SavedVersionQuerySet):
    """Saved versions of profiles."""

    def for_timeline(self):
        """Return versions with what a history shows, without their documents."""
        return self.select_related("saved_by", "context").defer("document", "facts")

    def deleted(self):
        """Return the last version of each profile that is on the desk no more, newest first."""
        from profiles.models import Profile

        return self._last_of_gone("profile_id", Profile.objects)


class EntryVersionQuerySet(SavedVersionQuerySet):
    """Saved versions of the shared vocabulary and of roles' facts."""

    def for_timeline(self):
        """Return versions with what a history shows, without their documents."""
        return self.select_related("saved_by").defer("document")

    def of(self, row):
        """Return the versions of one row."""
        return self.filter(kind=row._meta.model_name, key=row.pk)

    def deleted(self, model):
        """Return the last version of each row of ``model`` that is no more, newest first."""
        versions = self.filter(kind=model._meta.model_name)
        return versions._last_of_gone("key", model.objects)
