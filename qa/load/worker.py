"""The other side of `qa.load.isolated`: a process that reads one file after another and tells what is in it."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from typing import IO, Any

from qa.load.decode import Unusable
from qa.load.isolated import Bounds

READERS = {
    ".pdf": "qa.load.pdf",
    ".docx": "qa.load.docx",
    ".odt": "qa.load.odt",
    ".epub": "qa.load.epub",
    ".rtf": "qa.load.rtf",
}
"""The module that reads a kind of file; each has a function `extract(data, bounds)`."""

_AFTER = 5
"""Seconds after which the process ends itself, should nobody be there any more to end it."""


def serve() -> None:
    """Answer until nobody asks any more."""
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while header := asked.readline():
        call = json.loads(header)
        answer = _answer(call["kind"], asked, call["size"], Bounds(**call["bounds"]))
        # Half of a pair, of which JSON could make a whole one, comes out of some files; it is no character.
        document = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        answers.write(b"%016x" % len(document) + document)
        answers.flush()


def _answer(kind: str, asked: IO[bytes], size: int, bounds: Bounds) -> dict[str, Any]:
    _limit(bounds)
    try:
        data = asked.read(size)
        articles = importlib.import_module(READERS[kind]).extract(data, bounds)
        return {"articles": [article.to_json() for article in articles]}
    except Unusable as unusable:
        return {"reason": unusable.reason}
    except MemoryError:
        gigabytes = bounds.memory / 1e9
        return {"reason": f"needs more than {gigabytes:g} GB of memory to read: save it in parts", "spent": True}
    except RecursionError:
        return {"reason": "is nested too deeply"}
    except Exception as error:  # noqa: BLE001 - whatever a parser does with a hostile file, the next one is read
        return {"reason": f"cannot be read: it is damaged ({type(error).__name__})"}
    finally:
        _alarm(0)


def _limit(bounds: Bounds) -> None:
    """Bound the memory of the process, and its life; Windows has neither bound, and only the time that is waited."""
    _alarm(bounds.seconds + _AFTER)
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = bounds.memory if most == resource.RLIM_INFINITY else min(bounds.memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
