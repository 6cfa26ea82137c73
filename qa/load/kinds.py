"""What names tell of files, in folders and in archives alike."""

from __future__ import annotations

import re
from pathlib import PurePath

CORPUS = frozenset({"corpus.jsonl", "corpus.jsonl.gz"})
BESIDE_CORPUS = frozenset({"queries.jsonl", "queries.jsonl.gz", "qrels", "passages.jsonl", "passages.jsonl.gz"})
"""The questions and judgments of the BEIR layout, which are no articles."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST_SUFFIX = 20


def shown(name: str) -> str:
    """Return a name for a person, and for JSON: no control characters, no bytes that are not UTF-8."""
    return _CONTROL.sub("\ufffd", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def suffix_of(path: PurePath) -> str:
    """Return the suffix by which files of unknown kinds are counted, "" for none."""
    return shown(path.suffix.lower())[:_LONGEST_SUFFIX]
