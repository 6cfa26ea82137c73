"""The one form in which all text is kept, so that a quotation can be compared character for character."""

from __future__ import annotations

import re
import unicodedata

_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028]")
_PARAGRAPH_END = "\u2029"
_TAB = " " * 4

# Control characters; soft hyphen; zero-width space, no-break space and joiner of words; marks and overrides of
# direction; halves of surrogate pairs. None of them is ever seen, and any of them spoils a comparison.
_JUNK = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# A joiner between two letters of Persian or Hindi, or between two emoji, is part of the spelling; beside a
# space or a Latin letter it is rubbish. The joining accents of Latin (to U+036F) count as Latin.
_JOINERS = re.compile(
    "(?<=[^\x00-\u036f\\s\u200c\u200d])([\u200c\u200d])[\u200c\u200d]*(?=[^\x00-\u036f\\s\u200c\u200d])|[\u200c\u200d]+"
)
_BLANK_LINES = re.compile(r"\n{3,}")


def canonical(text: str) -> str:
    """Return `text` in NFC, lines ended by a line feed, paragraphs parted by exactly one blank line.

    Invisible characters and white space at line ends are gone, and a tab is four spaces; every other
    character stays. `canonical(canonical(text)) == canonical(text)`, and canonical texts joined by a
    blank line are canonical again.
    """
    text = _LINE_END.sub("\n", text).replace(_PARAGRAPH_END, "\n\n").replace("\t", _TAB)
    text = _without_stray_joiners(unicodedata.normalize("NFC", _JUNK.sub("", text)))
    # Line by line: a pattern for white space at line ends takes quadratic time on a long run inside a line.
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip("\n")


def _without_stray_joiners(text: str) -> str:
    """Drop joiners that join nothing; takes and returns NFC.

    What a dropped joiner parted may compose or change places, so that another one comes to stand beside
    other letters. No language writes like that; where it happens all joiners go, in bounded time.
    """
    joined = unicodedata.normalize("NFC", _JOINERS.sub(r"\1", text))
    if _JOINERS.sub(r"\1", joined) == joined:
        return joined
    return unicodedata.normalize("NFC", _JOINERS.sub("", text))


def one_line(text: str) -> str:
    """Return `text` in canonical form on one line, each run of white space made one space."""
    return " ".join(canonical(text).split())


def shortened(text: str, longest: int) -> str:
    """Return `text`, or as many of its words as fit into `longest` characters with the mark of omission."""
    if len(text) <= longest:
        return text
    start, space, _ = text[:longest].rpartition(" ")
    kept = start if space else text[: longest - 1]
    return kept.rstrip(" ,;:–-") + "…"
