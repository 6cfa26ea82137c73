"""Whose turn it is to run the models: so many at a time, a bounded number waits, and nobody pushes in.

Models on two cores do not get faster by being asked forty times at once; each answer only takes forty times as long,
and all of them end together. In turn, the first is there at once.

While a language model writes, most of the wait is for it. So a question leaves its turn to the next then, and what
remains, the checks of the sentences, goes on beside; as many may stand aside like that as have turns.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from web.refused import BusyError

_LONGEST_WAIT_S = 60
_FIRST_GUESS_S = 0.5
_WEIGHT = 0.2
"""Of the newest duration in the running mean."""


class Turns:
    """Gives turns, on one event loop. Clients take turns with each other, and one client's questions are in order.

    When nobody else can wait, a newcomer takes the last place of the client that holds the most, unless it has about
    as many itself: who sends two hundred questions at once does not shut out who sends one.
    """

    def __init__(self, at_a_time: int, waiting: int, tell: Callable[[int, int], None] = lambda *_: None) -> None:
        """`tell` is told how many run and how many wait, whenever that changes."""
        self._at_a_time, self._most, self._tell = at_a_time, waiting, tell
        self._running = self._waiting = self._aside = 0
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._mean_s = _FIRST_GUESS_S

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[Turn]:
        """Wait for a turn, and have it until the block ends; raises BusyError at once where nobody else may wait."""
        await self._enter(client)
        turn = Turn(self)
        try:
            yield turn
        finally:
            turn.end()

    def check(self, client: str) -> None:
        """Raise BusyError where this client could not even wait for a turn now; takes no place."""
        if self._running >= self._at_a_time and self._waiting >= self._most:
            self._longer_than(client)

    def ended(self, seconds: float) -> None:
        """Take note of how long a turn was, and pass it on."""
        self._mean_s += _WEIGHT * (seconds - self._mean_s)
        self._pass_on()

    def stands_aside(self) -> bool:
        """Have one go on beside those whose turn it is, of which there may be as many; return whether it may."""
        may = self._aside < self._at_a_time
        self._aside += may
        return may

    def comes_back(self) -> None:
        """Take note that one that stood aside is done."""
        self._aside -= 1

    async def _enter(self, client: str) -> None:
        if self._running < self._at_a_time:  # then nobody waits
            self._running += 1
            self._tell(self._running, self._waiting)
            return
        if self._waiting >= self._most:
            self._make_room(client)
        place = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(place)
        self._count(1)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._remove(client, place)
            elif place.exception() is None:  # the turn came in the same moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn that ended to the client that waits longest for one, and put that behind the others."""
        for client in list(self._lines):
            line = self._lines[client]
            while line:
                place = line.popleft()
                self._count(-1)
                if not place.done():
                    place.set_result(None)
                    self._lines.move_to_end(client)
                    self._drop_empty(client)
                    return
            self._drop_empty(client)
        self._running -= 1
        self._tell(self._running, self._waiting)

    def _make_room(self, client: str) -> None:
        place = self._longer_than(client).pop()
        self._count(-1)
        if not place.done():
            place.set_exception(BusyError(self._seconds()))

    def _longer_than(self, client: str) -> deque[asyncio.Future[None]]:
        """Return the longest line, which gives a place up; raises BusyError where it is hardly longer than its own."""
        longest: deque[asyncio.Future[None]] = max(self._lines.values(), key=len, default=deque())
        if len(longest) <= len(self._lines.get(client, ())) + 1:
            raise BusyError(self._seconds())
        return longest

    def _remove(self, client: str, place: asyncio.Future[None]) -> None:
        line = self._lines.get(client, deque())
        if place in line:
            line.remove(place)
            self._count(-1)
            self._drop_empty(client)

    def _drop_empty(self, client: str) -> None:
        if not self._lines[client]:
            del self._lines[client]

    def _count(self, more: int) -> None:
        self._waiting += more
        self._tell(self._running, self._waiting)

    def _seconds(self) -> int:
        """Return in how many seconds those who wait now have likely had their turn."""
        return min(max(math.ceil(self._mean_s * (self._waiting + 1) / self._at_a_time), 1), _LONGEST_WAIT_S)


class Turn:
    """A turn at the models, which can be left to the next before the work ends."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._began = time.monotonic()
        self._has_it = True
        self._ended = False

    def stand_aside(self) -> None:
        """Leave it to the next, because what remains is a language model's work elsewhere; few can at a time.

        Where as many have, it is kept to the end.
        """
        if self._has_it and not self._ended and self._turns.stands_aside():
            self._has_it = False
            self._turns.ended(time.monotonic() - self._began)

    def end(self) -> None:
        """Leave it to the next, unless that was done."""
        self._ended = True
        if self._has_it:
            self._turns.ended(time.monotonic() - self._began)
        else:
            self._turns.comes_back()
