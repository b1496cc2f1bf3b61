"""What a page tells search engines, answer engines and social networks. Pure data."""

from profiles.seo.addresses import absolute
from profiles.seo.meta import (
    SITE_NAME,
    TITLE_LIMIT,
    Crumb,
    PageMeta,
    first_fitting,
    latest,
    page_meta,
    profile_meta,
    titled,
)
from profiles.seo.social_card import SocialCard
from profiles.seo.structured_data import defined_term_set, item_list

__all__ = [
    "SITE_NAME",
    "TITLE_LIMIT",
    "Crumb",
    "PageMeta",
    "SocialCard",
    "absolute",
    "defined_term_set",
    "first_fitting",
    "item_list",
    "latest",
    "page_meta",
    "profile_meta",
    "titled",
]
