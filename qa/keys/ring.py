"""Keys, and the sessions of browsers that came with one: tokens to whoever presents them.

A token is 256 random bits, and what is kept of it is its SHA-256. A slow or salted hash protects what people choose,
because that can be guessed; 2^256 tokens cannot be tried, whatever one try costs (NIST SP 800-63B, 5.1.2.2: secrets of
at least 112 bits of entropy are hashed with an approved one-way function, and only weaker ones salted and stretched).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

PREFIX = "qa_"
"""Keys begin with it, so that a search for leaked secrets finds them."""
_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its name, the SHA-256 of its token in hex, and the UTC days on which it was made and last used."""

    name: str
    sha256: str
    created: str
    used: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that signed in: the SHA-256 of its token, the name of its key, and when it ends (ISO 8601, UTC)."""

    sha256: str
    key: str
    ends: str


@dataclass(frozen=True, slots=True)
class Ring:
    """All keys and sessions."""

    keys: tuple[Key, ...] = ()
    sessions: tuple[Session, ...] = ()

    def key(self, name: str) -> Key | None:
        """Return the key of this name, None where there is none."""
        return next((key for key in self.keys if key.name == name), None)

    def key_of(self, token: str) -> Key | None:
        """Return the key whose token this is; how long that takes does not depend on how much of it is right."""
        return _found(token, self.keys)

    def key_of_session(self, token: str, now: datetime) -> Key | None:
        """Return the key of the session whose token this is, unless it has ended."""
        session = _found(token, self.sessions)
        return self.key(session.key) if session and datetime.fromisoformat(session.ends) > now else None


Hashed = TypeVar("Hashed", Key, Session)


def _found(token: str, among: Iterable[Hashed]) -> Hashed | None:
    """Compare with every hash, in constant time each; what is no token at all is compared with none."""
    if not _TOKEN.fullmatch(token):
        return None
    given, found = hash_of(token), None
    for one in among:
        if hmac.compare_digest(one.sha256, given):
            found = one
    return found


def new_token(prefix: str = "") -> str:
    """Return 256 random bits in letters, digits, - and _."""
    return prefix + secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def today() -> str:
    """Return the day, in UTC."""
    return datetime.now(UTC).date().isoformat()
