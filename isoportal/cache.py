"""A cache that may be gone: what it holds can be lost, so that its absence must stop nobody."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class DispensableRedisCache(RedisCache):
    """While Redis does not answer, nothing is found and nothing kept: rate limits let pass, pages and signing in go on.

    Failed sign-ins are counted in the database all the while.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().add(*args, **kwargs))
        except RedisError as error:
            _warn(error)
            return True  # else who takes a lock by it would wait for ever

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except RedisError as error:
            _warn(error)
            return default

    def set(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(*args, **kwargs)
        except RedisError as error:
            _warn(error)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().delete(*args, **kwargs))
        except RedisError as error:
            _warn(error)
            return False


def _warn(error: RedisError) -> None:
    logger.warning("The cache does not answer", extra={"error": repr(error)})
