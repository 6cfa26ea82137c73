"""Wrong keys: how many an address may send in a time, so that nobody can go on guessing.

While an address has sent too many, no key from there is told right from wrong, unless it has come from there before:
who is at work is not shut out by who guesses beside them, behind the same proxy for example. One wrong key that comes
again and again is no guessing, but a program that nobody told of its key's end: it counts once.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from limits import parse

from web.limits import Limiter, Policy

WRONG_KEYS = "30/minute"
SIGN_INS = "20/minute"
_MOST_KNOWN = 10_000

_WRONG = Policy("wrong-keys", "These were more wrong keys than the server takes from one address")
_SIGN_INS = Policy("sign-ins", "This key was signed in with more often than the server takes")


class Attempts:
    """Counts them in memory, on one event loop."""

    def __init__(self) -> None:
        self._wrong = Limiter(parse(WRONG_KEYS), _WRONG)
        self._sign_ins = Limiter(parse(SIGN_INS), _SIGN_INS)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._tried: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def wrong(self, address: str, sent: str) -> None:
        """Count what was sent and is no key; raises RateLimitedError where these were too many."""
        tried = (address, hashlib.sha256(sent.encode(errors="replace")).hexdigest())
        if tried not in self._tried:
            await self._wrong.count(address)
        _keep(self._tried, tried)

    async def right(self, address: str, key: str) -> None:
        """Take note of who came with which key; raises RateLimitedError where that may be a guess."""
        known = (address, key)
        if known not in self._known:
            await self._wrong.check(address)
        _keep(self._known, known)

    async def sign_in(self, key: str) -> None:
        """Count a sign-in, which is written down; raises RateLimitedError."""
        await self._sign_ins.count(key)


def _keep(latest: OrderedDict[tuple[str, str], None], one: tuple[str, str]) -> None:
    """Add one as the latest, and let go of the oldest where there are too many."""
    latest[one] = None
    latest.move_to_end(one)
    if len(latest) > _MOST_KNOWN:
        latest.popitem(last=False)
