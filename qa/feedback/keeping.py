"""The file of feedback: appended to by several processes, each line written whole or mended by the next.

Raised over nothing that a crash leaves: a line that was cut short is passed over, and named.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from qa.errors import FeedbackWriteError
from qa.feedback.entries import FeedbackEntry, entry_from

FILE = "feedback.jsonl"
_LOCK = "feedback.lock"
_PATIENCE_S = 10.0
_OWNER_ALONE = 0o600


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be used, counted from 1, and why, as a phrase."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file holds, in the order in which it came."""

    entries: tuple[FeedbackEntry, ...]
    faults: tuple[Fault, ...]


def append(folder: Path, entry: FeedbackEntry) -> None:
    """Append an entry to the file in the folder of an index; it is on the disk when this returns.

    Raises FeedbackWriteError; then the file is as it was.
    """
    line = json.dumps(asdict(entry), ensure_ascii=False, allow_nan=False).encode("utf-8") + b"\n"
    with _opened(folder) as file:
        size = os.fstat(file).st_size
        if size and _last_byte(file, size) != b"\n":  # a crash has cut the last line short
            line = b"\n" + line
        try:
            _write(file, line)
            os.fsync(file)
        except OSError:
            with suppress(OSError):
                os.ftruncate(file, size)
            raise


def read_feedback(folder: Path) -> Kept:
    """Return what is kept in the folder of an index; nothing where there is no file. Raises OSError."""
    try:
        data = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return Kept((), ())
    entries: list[FeedbackEntry] = []
    faults: list[Fault] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append(_entry(line))
        except RecursionError:
            faults.append(Fault(number, "is nested too deeply"))
        except ValueError as error:
            faults.append(Fault(number, str(error)))
    return Kept(tuple(entries), tuple(faults))


def _entry(line: bytes) -> FeedbackEntry:
    try:
        row = json.loads(line.decode("utf-8"))
    except ValueError:
        raise ValueError("is not whole: it is no JSON") from None
    if not isinstance(row, dict):
        raise ValueError("is JSON but not an object")  # noqa: TRY004  # the file is wrong, no argument is
    return entry_from(row)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Hold the file for one writer, and yield it, open to append to; whoever else has the machine cannot read it."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / _LOCK, timeout=_PATIENCE_S):
            file = os.open(
                folder / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), _OWNER_ALONE
            )
            try:
                yield file
            finally:
                os.close(file)
    except Timeout:
        raise FeedbackWriteError(folder / FILE, "another process holds it") from None
    except OSError as error:
        raise FeedbackWriteError(folder / FILE, error.strerror or str(error)) from error


def _last_byte(file: int, size: int) -> bytes:
    os.lseek(file, size - 1, os.SEEK_SET)  # what is written goes to the end all the same
    return os.read(file, 1)


def _write(file: int, line: bytes) -> None:
    """Write all of a line; as a rule that is one write."""
    while line:
        line = line[os.write(file, line) :]
