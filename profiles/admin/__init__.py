"""The editors' product: Django's admin, one module per subject."""

from profiles.admin import accounts, manual, profiles, roles, shelf, site, vocabulary

__all__ = ["accounts", "manual", "profiles", "roles", "shelf", "site", "vocabulary"]
