"""What names and first bytes tell of files, in folders, in archives and in mail alike."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import BinaryIO

CORPUS = frozenset({"corpus.jsonl", "corpus.jsonl.gz"})
BESIDE_CORPUS = frozenset({"queries.jsonl", "queries.jsonl.gz", "qrels", "passages.jsonl", "passages.jsonl.gz"})
"""The questions and judgments of the BEIR layout, which are no articles."""

_FEED = re.compile(rb"<(?:\w+:)?(?:rss|RDF|feed)[\s>]")
_START = 4096
"""Bytes at the beginning of a file in which a feed says that it is one."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Also what ends a line or turns the direction of a text: names that read other than they are."""
_LONGEST_SUFFIX = 20


def shown(name: str) -> str:
    """Return a name for a person, and for JSON: nothing that controls a terminal or turns a text, only UTF-8."""
    return _CONTROL.sub("\ufffd", name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def suffix_of(path: PurePath) -> str:
    """Return the suffix by which files of unknown kinds are counted, "" for none."""
    return shown(path.suffix.lower())[:_LONGEST_SUFFIX]


def is_other_xml(kind: str, stream: BinaryIO) -> bool:
    """Return whether a file is XML and no feed, as much is in programs and among invoices; `stream` is rewound."""
    if kind != ".xml":
        return False
    start = stream.read(_START)
    stream.seek(0)
    return _FEED.search(start.replace(b"\0", b"")) is None
