"""What a page tells search engines, answer engines and social networks. Pure data."""

from profiles.seo.addresses import absolute
from profiles.seo.meta import (
    SITE_NAME,
    Crumb,
    PageMeta,
    first_fitting,
    latest,
    page_meta,
    parent_crumb,
    profile_meta,
    role_list_crumb,
    titled,
)
from profiles.seo.social_card import SocialCard
from profiles.seo.structured_data import defined_term_set, item_list

__all__ = [
    "SITE_NAME",
    "Crumb",
    "PageMeta",
    "SocialCard",
    "absolute",
    "defined_term_set",
    "first_fitting",
    "item_list",
    "latest",
    "page_meta",
    "parent_crumb",
    "profile_meta",
    "role_list_crumb",
    "titled",
]
