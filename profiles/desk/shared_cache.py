"""What all nodes share lies in tables, where an entry may be damaged."""

import logging

from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError

logger = logging.getLogger(__name__)


class SharedCache(DatabaseCache):
    """Django's, but an entry that cannot be read is none: it is deleted, and made anew."""

    def get_many(self, keys, version=None):
        found = {}
        for key in keys:
            try:
                found |= super().get_many([key], version)
            except DatabaseError:
                raise
            except Exception:
                logger.exception("A damaged entry of a shared cache is deleted")
                self.delete(key, version)
        return found
