"""The file of the keys: readable by its owner alone, replaced in one step, and looked at again when it has changed."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from qa.config import Settings
from qa.errors import BadKeyError, KeyFileError
from qa.keys.ring import PREFIX, Key, Ring, Session, hash_of, new_token, today

_FORMAT = 1
_FILE = "keys.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_PATIENCE_S = 10.0
SESSION = timedelta(days=30)
"""How long a browser stays signed in."""
_MOST_SESSIONS = 20
"""Of one key; the oldest end first."""


class KeyStore:
    """The keys in one file; several processes may use it at a time.

    Every method that reads or writes raises KeyFileError where that cannot be done.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, ...] | None = None
        self._ring = Ring()

    @classmethod
    def of(cls, settings: Settings) -> KeyStore:
        """Return the keys that the settings name."""
        return cls(settings.indexes / _FILE if settings.keys == "auto" else Path(settings.keys).expanduser())

    def ring(self) -> Ring | None:
        """Return the keys as they are now, None where there is no file; reads it only where it has changed.

        A file that was there and is gone is no file without keys: that raises.
        """
        try:
            state = self.path.stat()
        except FileNotFoundError:
            if self._seen is not None:
                raise KeyFileError(self.path, "is gone; put it back, or start the server again to do without") from None
            return None
        except OSError as error:
            raise KeyFileError(self.path, f"cannot be read ({error.strerror or error})") from error
        seen = (state.st_ino, state.st_size, state.st_mtime_ns)
        if seen != self._seen:
            self._ring, self._seen = self._read(), seen
        return self._ring

    def add(self, name: str) -> str:
        """Make a key and return its token, which is kept nowhere; raises BadKeyError for a name that cannot be had."""
        if not _NAME.fullmatch(name):
            raise BadKeyError(
                f"{name[:80]!r} cannot be the name of a key: take up to 64 letters, digits and . _ @ - after the first."
            )
        token = new_token(PREFIX)

        def added(ring: Ring) -> Ring:
            if ring.key(name):
                raise BadKeyError(f"There is a key {name!r} already; `qa keys revoke {name}` ends it.")
            return replace(ring, keys=(*ring.keys, Key(name, hash_of(token), today())))

        self._change(added)
        return token

    def revoke(self, name: str) -> Ring:
        """End a key and its sessions, and return those that are left; raises BadKeyError where there is none."""

        def revoked(ring: Ring) -> Ring:
            if not ring.key(name):
                raise BadKeyError(f"There is no key {name[:80]!r}; `qa keys list` names those that are.")
            return Ring(
                tuple(key for key in ring.keys if key.name != name),
                tuple(session for session in ring.sessions if session.key != name),
            )

        return self._change(revoked)

    def used(self, name: str) -> None:
        """Take note that a key was used today."""

        def dated(ring: Ring) -> Ring:
            return replace(
                ring, keys=tuple(replace(key, used=today()) if key.name == name else key for key in ring.keys)
            )

        self._change(dated)

    def begin_session(self, name: str) -> str:
        """Return the token of a new session of a key."""
        token, now = new_token(), datetime.now(UTC)
        session = Session(hash_of(token), name, (now + SESSION).isoformat(timespec="seconds"))

        def begun(ring: Ring) -> Ring:
            if not ring.key(name):  # it ended meanwhile: the session opens nothing, also for a later key of this name
                return ring
            lasting = [one for one in ring.sessions if datetime.fromisoformat(one.ends) > now]
            own = [one for one in lasting if one.key == name][1 - _MOST_SESSIONS :]
            return replace(ring, sessions=(*(one for one in lasting if one.key != name), *own, session))

        self._change(begun)
        return token

    def end_session(self, token: str) -> None:
        """End the session of this token, if there is one."""
        ended = hash_of(token)
        self._change(lambda ring: replace(ring, sessions=tuple(one for one in ring.sessions if one.sha256 != ended)))

    def _change(self, change: Callable[[Ring], Ring]) -> Ring:
        with self._held():
            before = self._read() if self.path.exists() else Ring()
            after = change(before)
            if after != before:
                self._write(after)
        return after

    def _read(self) -> Ring:
        try:
            return _ring_from(json.loads(self.path.read_text(encoding="utf-8")))
        except OSError as error:
            raise KeyFileError(self.path, f"cannot be read ({error.strerror or error})") from error
        except (ValueError, TypeError, KeyError):
            raise KeyFileError(self.path, "is no file of keys, or is damaged; put an older copy in its place") from None

    def _write(self, ring: Ring) -> None:
        text = json.dumps({"format": _FORMAT, **asdict(ring)}, indent=2)
        handle, name = tempfile.mkstemp(prefix=".keys-", dir=self.path.parent)  # of mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the file for one writer."""
        from filelock import FileLock, Timeout

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = self.path.with_name(self.path.name + ".lock")
            with FileLock(lock, timeout=_PATIENCE_S, mode=0o600):  # who can open it can hold it
                yield
        except Timeout:
            raise KeyFileError(self.path, "is held by another process; try again") from None
        except OSError as error:
            raise KeyFileError(self.path, f"could not be written ({error.strerror or error})") from error


def _ring_from(document: Any) -> Ring:
    """Raise ValueError, TypeError or KeyError for what is no ring."""
    if document["format"] != _FORMAT:
        raise ValueError(document["format"])
    ring = Ring(
        tuple(Key(**key) for key in document["keys"]), tuple(Session(**session) for session in document["sessions"])
    )
    for session in ring.sessions:
        datetime.fromisoformat(session.ends)
    hashes = [key.sha256 for key in ring.keys] + [session.sha256 for session in ring.sessions]
    if not all(isinstance(kept, str) and kept.isascii() for kept in hashes):  # what can be compared
        raise TypeError
    return ring
