"""Which rows a reader may see, and one query method per page."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class EditionQuerySet(models.QuerySet):
    """Editions; ``published`` is the only place that knows what is public."""

    def published(self, at=None):
        """Return the editions that are public at ``at`` (an aware datetime, default now)."""
        moment = at or timezone.now()
        return self.filter(published_from__lte=moment, role__isnull=False).filter(
            Q(published_until=None) | Q(published_until__gt=moment)
        )

    def for_listing(self):
        """Return published editions with what a card shows, and not one column more."""
        return (
            self.published()
            .select_related("area", "context")
            .defer("document", "facts", "body_html", "area__body", "area__body_html")
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

    def for_neighbours(self, role_slug, related_slugs):
        """Keep a role's editions and the base editions of its related roles."""
        related = Q(role_slug__in=related_slugs, context=None)
        return self.filter(Q(role_slug=role_slug) | related)

    def past(self, at=None):
        """Return the editions that were public before ``at`` (default now), deleted ones too."""
        moment = at or timezone.now()
        return self.filter(published_from__lte=moment).filter(
            Q(published_until__lte=moment) | Q(role=None)
        )

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


class ProfileQuerySet(models.QuerySet):
    """Profiles on the desk."""

    def base_first(self):
        """Return the base profile, then the contexts by size."""
        return self.order_by(F("context__order").asc(nulls_first=True))

    def for_document(self):
        """Return profiles with all their parts, as a document needs them."""
        return self.select_related("context").prefetch_related(
            "targets__trait",
            "targets__sources",
            "strengths",
            "red_flags",
            "considerations",
            "questions__traits",
        )
