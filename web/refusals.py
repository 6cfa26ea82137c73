"""What could not be opened, so that it is neither tried nor told of at each look."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)

_TRY_AGAIN_S = 30.0


class Refusals:
    """The version that was refused last, and what was told last; for one thread."""

    def __init__(self) -> None:
        self._version: str | None = None
        self._try_again = 0.0
        self._told = ""

    def holds(self, version: str) -> bool:
        """Whether this version was refused not long ago; what was missing for it may come later."""
        return version == self._version and time.monotonic() < self._try_again

    def add(self, version: str | None) -> None:
        """Refuse a version; None where it is not even known which one is current."""
        self._version, self._try_again = version, time.monotonic() + _TRY_AGAIN_S

    def tell(self, what_follows: str, why: object) -> None:
        """Log it, unless it is what was logged last."""
        if str(why) != self._told:
            log.warning("%s: %s", what_follows, why)
        self._told = str(why)

    def forget(self) -> None:
        """Have what is wrong after this told again."""
        self._told = ""
