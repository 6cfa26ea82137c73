"""How much each client may ask in a time, and what it is told of that.

What runs models counts, and what is written down; reading articles costs little. The fields of the responses are those
of the IETF's draft (draft-ietf-httpapi-ratelimit-headers-10).

Each of several workers counts for itself, so that all together may let a client do as many times as much. To divide the
rate among them would be no better: a client that keeps its connection is always answered by the same one, and would
be refused after its part of what it was promised.
"""

from __future__ import annotations

import math
import time
import zlib
from dataclasses import dataclass

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
_FEEDBACK_RATE = "60/minute"
"""Where no rate is set: more than a person can mean, and what is sent stays on the disk."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is counted: its name in the responses, and a sentence's beginning for who sent too much."""

    name: str
    too_many: str


QUESTIONS = Policy("questions", "These were more questions than the server takes from one client")
FEEDBACK = Policy("feedback", "This was more feedback than the server takes from one client")


class Limiter:
    """Counts in memory, on one event loop; a client's time begins with the first that it sends."""

    def __init__(self, allowed: RateLimitItem, policy: Policy = QUESTIONS) -> None:
        self._allowed, self._policy = allowed, policy
        self._shown = str(allowed).replace(" per 1 ", " per ")
        self._storage = MemoryStorage()
        self._counts = FixedWindowRateLimiter(self._storage)

    async def count(self, client: str) -> None:
        """Count one more; raises RateLimitedError where that is too much. Either way the response says what is left."""
        name = self._counted_as(client)
        await self._tell(name, passed=await self._counts.hit(self._allowed, name))

    async def check(self, client: str) -> None:
        """Raise RateLimitedError where one more would be too much, and count nothing."""
        name = self._counted_as(client)
        if not await self._counts.test(self._allowed, name):
            await self._tell(name, passed=False)

    async def _tell(self, name: str, *, passed: bool) -> None:
        policy = self._policy.name
        window = await self._counts.get_window_stats(self._allowed, name)
        seconds = max(math.ceil(window.reset_time - time.time()), 1)
        current().headers |= {
            "RateLimit-Policy": f'"{policy}";q={self._allowed.amount};w={self._allowed.get_expiry()}',
            "RateLimit": f'"{policy}";r={window.remaining};t={seconds}',
        }
        if not passed:
            raise RateLimitedError(
                f"{self._policy.too_many} ({self._shown}); try again in {seconds} second{'' if seconds == 1 else 's'}.",
                {"Retry-After": str(seconds)},
            )

    def _counted_as(self, client: str) -> str:
        known = self._storage.expirations
        if len(known) < MOST_CLIENTS or self._allowed.key_for(client) in known:
            return client
        return f"others {zlib.crc32(client.encode()) % _SHARED}"


def limiter_for(rate: str) -> Limiter | None:
    """Return what counts questions at this rate, such as 60/minute, None for "off"; raises BadSettingError."""
    return None if rate == OFF else Limiter(_rate_in(rate))


def feedback_limiter(rate: str) -> Limiter:
    """Return what counts feedback, at the rate of the questions; raises BadSettingError."""
    return Limiter(_rate_in(_FEEDBACK_RATE if rate == OFF else rate), FEEDBACK)


def _rate_in(rate: str) -> RateLimitItem:
    try:
        allowed = parse(rate)
    except ValueError:
        allowed = None
    if allowed is None or allowed.amount < 1:
        raise BadSettingError("rate-limit", f"{rate!r} is no rate; try 60/minute, 5/second or 1000/day, or off.")
    return allowed
