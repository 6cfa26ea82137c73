"""How much each client may ask in a time, and what it is told of that.

Only what runs models counts: reading articles costs little. The fields of the responses are those of the IETF's draft
(draft-ietf-httpapi-ratelimit-headers-10). Several workers count each for itself, so that a client may have its share
of each.
"""

from __future__ import annotations

import math
import time
import zlib

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from qa.errors import BadSettingError
from web.observing import current
from web.refused import RateLimitedError

OFF = "off"
MOST_CLIENTS = 10_000
"""Clients that are counted one by one; what is more shares a few counters, so that memory is bounded by a flood too."""
_SHARED = 256
_POLICY = "questions"


class Limiter:
    """Counts in memory, on one event loop; a client's time begins with its first question."""

    def __init__(self, allowed: RateLimitItem) -> None:
        self._allowed = allowed
        self._shown = str(allowed).replace(" per 1 ", " per ")
        self._storage = MemoryStorage()
        self._counts = FixedWindowRateLimiter(self._storage)

    async def count(self, client: str) -> None:
        """Count one more; raises RateLimitedError where that is too much. Either way the response says what is left."""
        name = self._counted_as(client)
        passed = await self._counts.hit(self._allowed, name)
        window = await self._counts.get_window_stats(self._allowed, name)
        seconds = max(math.ceil(window.reset_time - time.time()), 1)
        current().headers |= {
            "RateLimit-Policy": f'"{_POLICY}";q={self._allowed.amount};w={self._allowed.get_expiry()}',
            "RateLimit": f'"{_POLICY}";r={window.remaining};t={seconds}',
        }
        if not passed:
            raise RateLimitedError(
                f"These were more questions than the server takes from one client ({self._shown}); ask again in "
                f"{seconds} second{'' if seconds == 1 else 's'}.",
                {"Retry-After": str(seconds)},
            )

    def _counted_as(self, client: str) -> str:
        known = self._storage.expirations
        if len(known) < MOST_CLIENTS or self._allowed.key_for(client) in known:
            return client
        return f"others {zlib.crc32(client.encode()) % _SHARED}"


def limiter_for(rate: str) -> Limiter | None:
    """Return what counts at this rate, such as 60/minute, None for "off"; raises BadSettingError."""
    if rate == OFF:
        return None
    try:
        allowed = parse(rate)
    except ValueError:
        allowed = None
    if allowed is None or allowed.amount < 1:
        raise BadSettingError("rate-limit", f"{rate!r} is no rate; try 60/minute, 5/second or 1000/day, or off.")
    return Limiter(allowed)
