"""A cache on Redis whose absence costs nothing but speed.

Django's own has no such mode: with Redis down, each page that asks it is an error, and a silent
host makes it wait. Here a question that fails is a miss, and for a while nothing more is asked.
"""

import logging
import time

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 10


class ForgivingClient(RedisCacheClient):
    """Answers like an empty cache that keeps nothing, while Redis does not answer."""

    asks_again_at = 0.0

    def _or(self, fallback, method, *arguments):
        if time.monotonic() < self.__class__.asks_again_at:
            return fallback
        try:
            return method(*arguments)
        except (RedisError, OSError) as error:
            self.__class__.asks_again_at = time.monotonic() + PAUSE_SECONDS
            logger.warning("The shared cache does not answer; going on without it: %s", error)
            return fallback

    def add(self, key, value, timeout):
        return self._or(True, super().add, key, value, timeout)

    def get(self, key, default):
        return self._or(default, super().get, key, default)

    def set(self, key, value, timeout):
        return self._or(None, super().set, key, value, timeout)

    def touch(self, key, timeout):
        return self._or(False, super().touch, key, timeout)

    def delete(self, key):
        return self._or(False, super().delete, key)

    def get_many(self, keys):
        return self._or({}, super().get_many, keys)

    def has_key(self, key):
        return self._or(False, super().has_key, key)

    def incr(self, key, delta):
        return self._or(delta, super().incr, key, delta)

    def set_many(self, values, timeout):
        return self._or(None, super().set_many, values, timeout)

    def delete_many(self, keys):
        return self._or(None, super().delete_many, keys)

    def clear(self):
        return self._or(False, super().clear)


class SharedCache(RedisCache):
    """Django's Redis cache with a client that forgives."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = ForgivingClient
