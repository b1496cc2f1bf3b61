"""The editors' product: Django's admin, one module per subject."""

from profiles.admin import accounts, profiles, roles, shelf, site, vocabulary

__all__ = ["accounts", "profiles", "roles", "shelf", "site", "vocabulary"]
