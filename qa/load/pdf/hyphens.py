"""Words that a line end has cut in two."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_WITH_HYPHEN = re.compile(r"\w+(?:[-‐‑]\w+)+")
_CUT = re.compile(r"(?P<before>[-‐‑]?)\b(?P<start>\w+)[-‐\u00ad]\Z")
_GOES_ON = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 60
_SOFT = "\u00ad"
_RARELY = 50
"""Lines; where fewer than one of so many ends in a hyphen, a program that cuts words may not have been at work."""
_NAME_GOES_ON = re.compile(r"[^\W_]_\Z")
_SHORTEST = 4
"""Letters of a half that is taken for a word of its own: "in-formation" is none of two words."""


class Hyphens:
    """How a document spells words with a hyphen, and whether its lines cut words, known from all of its lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` are all lines of the document, in their order."""
        known = list(lines)
        self._spelled = {found.casefold() for line in known for found in _WITH_HYPHEN.findall(line)}
        self._words: set[str] = set()
        cuts, goes_on = [], 0
        for line, following in pairwise([*known, ""]):
            cut, first = _CUT.search(line[-_LONGEST:]), _GOES_ON.match(following)
            end = len(line) - len(cut["start"]) - 1 if cut is not None else len(line)
            self._words.update(_WORD.findall(line[goes_on:end].casefold()))
            goes_on = first.end() if cut is not None and first is not None else 0
            if cut is not None and first is not None and first[0][0].islower():
                cuts.append(f"{cut['start']}{first[0]}".casefold())
        self._cuts_words = len(cuts) * _RARELY >= len(known) or any(word in self._words for word in cuts)

    def glue(self, line: str, following: str) -> tuple[str, str]:
        """Return what stands of `line`, and what comes between it and `following`: nothing, or a space.

        "infor-" and "mation" are one word. The hyphen stays where the document writes the word with one elsewhere,
        before a capital or a figure ("Franco-German", "COVID-19"), in a word that has another ("on-the-record"),
        between two words that the document has and does not write as one ("human-robot"), and in a document whose
        lines cut no words; there the halves are joined all the same. So are those of "ASN1_" and "ERROR".
        """
        cut, goes_on = _CUT.search(line[-_LONGEST:]), _GOES_ON.match(following)
        if goes_on is not None and _NAME_GOES_ON.search(line):
            return line, ""
        if cut is None or goes_on is None:
            return (line.removesuffix(_SOFT), "" if line.endswith(_SOFT) else " ")
        if line.endswith(_SOFT):
            return line[:-1], ""
        keeps = cut["before"] or not goes_on[0][0].islower() or not cut["start"][-1].isalpha()
        return (line, "") if keeps or self._are_two(cut["start"].casefold(), goes_on[0]) else (line[:-1], "")

    def _are_two(self, start: str, end: str) -> bool:
        """Whether two halves are words with a hyphen between them, not one word that was cut."""
        if f"{start}-{end}" in self._spelled:
            return True
        if f"{start}{end}" in self._words:
            return False
        known = start in self._words and end in self._words
        return not self._cuts_words or (known and min(len(start), len(end)) >= _SHORTEST)
