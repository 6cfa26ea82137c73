"""Files that are read in a process of their own: one that crashes, hangs or takes all memory is a finding, no more.

Readers of PDF and of office formats are large programs, some in C, and a file may have been made to break them. One
process reads many files; when it breaks down or takes too long it is ended, and the next file gets a new one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import IO, Any, cast

from qa.load.decode import Unusable
from qa.load.extracted import Extracted

_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from qa.load.worker import serve; serve()"
_DIGITS = 16
"""How long the length of an answer is written."""
_BROKE = "cannot be read: it is damaged, or made to break its reader"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one file may take: seconds, bytes of memory, and bytes of text that may come of it.

    `unpacked` is how large a compressed file may become, in bytes.
    """

    seconds: int
    memory: int
    text: int
    unpacked: int


@dataclass(frozen=True, slots=True)
class _Call:
    """A file's kind and size, as the process is told before its bytes come."""

    kind: str
    size: int
    bounds: Bounds


class Helper:
    """A process that reads files, started when the first comes; it ends with this object."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        self._finish: weakref.finalize[[], Helper] | None = None

    def read(self, kind: str, data: bytes, bounds: Bounds) -> tuple[Extracted, ...]:
        """Return the articles of a file of this kind. Raises Unusable."""
        with self._one_at_a_time:
            answer = self._answer(_Call(kind, len(data), bounds), data)
        if reason := answer.get("reason"):
            raise Unusable(reason)
        return tuple(map(Extracted.from_json, answer["articles"]))

    def _answer(self, call: _Call, data: bytes) -> dict[str, Any]:
        process = self._running()
        try:
            answer = _asked(process, call, data)
        except TimeoutError:
            self._end()
            raise Unusable(
                f"takes longer than {call.bounds.seconds} s to read (the setting max_read_seconds): save it in parts"
            ) from None
        except (OSError, EOFError, ValueError, TypeError):
            self._end()
            raise Unusable(_BROKE) from None
        except BaseException:  # an interrupt leaves half an answer behind
            self._end()
            raise
        if answer.get("spent"):  # what it has taken it does not give back
            self._end()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, json.dumps(sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._process = process
            self._finish = weakref.finalize(self, partial(_ended, process))
        return self._process

    def _end(self) -> None:
        if self._finish is not None:
            self._finish()
        self._process = None


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):
            cast("IO[bytes]", stream).close()


def _asked(process: subprocess.Popen[bytes], call: _Call, data: bytes) -> dict[str, Any]:
    """Send a file and return what came back. Raises TimeoutError, EOFError, OSError and ValueError.

    Nothing is ever waited for without end: the process is ended when its time is up, and that ends its pipes.
    """
    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    until = time.monotonic() + call.bounds.seconds
    timer = threading.Timer(call.bounds.seconds, process.kill)
    timer.daemon = True
    timer.start()
    try:
        stdin.write(json.dumps(asdict(call)).encode() + b"\n")
        stdin.write(data)
        stdin.flush()
        answer = json.loads(_received(stdout, int(_received(stdout, _DIGITS), 16)))
    except (OSError, EOFError):
        if time.monotonic() >= until:
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
    if not isinstance(answer, dict):
        raise TypeError
    return answer


def _received(stdout: IO[bytes], size: int) -> bytes:
    data = stdout.read(size)
    if len(data) < size:
        raise EOFError
    return data
