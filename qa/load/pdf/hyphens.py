"""Words that a line end has cut in two.

What a hyphen at a line end is, a document says best itself: how it spells the word elsewhere, which other words it has,
and whether its lines cut words at all. How often that is right: `python -m benchmarks.hyphens`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_WITH_HYPHEN = re.compile(r"\w+(?:[-‐‑]\w+)+")
_CUT = re.compile(r"(?P<before>[-‐‑]?)\b(?P<start>\w+)[-‐\u00ad]\Z")
_GOES_ON = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]+")
_HYPHEN = re.compile("[-‐‑]")
_LONGEST = 60
_SOFT = "\u00ad"
_HYPHENS = ("-", "‐", _SOFT)
_RARELY = 50
"""Lines; where fewer than one of so many ends in a hyphen, a program that cuts words may not have been at work."""
_NAME_GOES_ON = re.compile(r"[^\W_]_\Z")
_SHORTEST = 4
"""Letters of a half that is taken for a word of its own: "in-formation" is none of two words."""
_SHORTEST_HALF = 3
"""Likewise, where the half is known to stand before or behind a hyphen."""
_ALWAYS = frozenset({"self", "well", "high", "low", "non", "half", "multi", "long", "short"})
"""What stands before a hyphen in English, whatever follows."""
_FIRST = _ALWAYS | frozenset({
    "all", "cross", "early", "eight", "ever", "ex", "fast", "first", "five", "four", "full", "hard", "large",
    "last", "late", "mid", "middle", "new", "nine", "old", "one", "open", "quasi", "real", "second", "semi",
    "seven", "single", "six", "small", "ten", "third", "three", "two",
})  # fmt: skip
"""What often does, and is no beginning of words."""
_LAST = frozenset({
    "backed", "based", "born", "bound", "called", "centered", "century", "deficient", "dependent", "derived",
    "driven", "facing", "founded", "free", "friendly", "funded", "induced", "inspired", "known", "led", "level",
    "like", "looking", "made", "minded", "old", "owned", "prone", "quality", "ranked", "related", "run", "scale",
    "shaped", "sized", "specific", "style", "term", "themed", "time", "treated", "type", "wide", "winning", "year",
})  # fmt: skip
"""What often stands behind one in English."""


def _cut(line: str) -> re.Match[str] | None:
    """Return how a line ends, where it ends in a hyphen behind a word."""
    return _CUT.search(line[-_LONGEST:]) if line.endswith(_HYPHENS) else None


class Hyphens:
    """How a document spells words with a hyphen, and whether its lines cut words, known from all of its lines."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` are all lines of the document, in their order."""
        known = list(lines)
        self._spelled = {found.casefold() for line in known for found in _WITH_HYPHEN.findall(line)}
        halves = [_HYPHEN.split(word) for word in self._spelled]
        self._first = _FIRST.union(*(parts[:-1] for parts in halves))
        self._last = _LAST.union(*(parts[1:] for parts in halves))
        self._words: set[str] = set()
        cuts, goes_on = [], 0
        for line, following in pairwise([*known, ""]):
            cut, first = _cut(line), _GOES_ON.match(following)
            end = len(line) - len(cut["start"]) - 1 if cut is not None else len(line)
            self._words.update(_WORD.findall(line[goes_on:end].casefold()))
            goes_on = first.end() if cut is not None and first is not None else 0
            if cut is not None and first is not None and first[0][0].islower():
                cuts.append((cut["start"].casefold(), first[0].casefold()))
        self._cuts_words = self._are_cut(cuts, len(known))

    def _are_cut(self, cuts: Sequence[tuple[str, str]], lines: int) -> bool:
        """Whether a program cut words at line ends: some are known as one word, or most of the halves are no words."""
        spelled = [f"{start}-{end}" in self._spelled for start, end in cuts]
        as_one = sum(start + end in self._words and not two for (start, end), two in zip(cuts, spelled, strict=True))
        if as_one > sum(spelled):
            return True
        doubtful = [{*cut} for cut, two in zip(cuts, spelled, strict=True) if not two]
        cut = sum(not halves <= self._words for halves in doubtful)
        return len(doubtful) * _RARELY >= lines and cut * 2 > len(doubtful)

    def glue(self, line: str, following: str) -> tuple[str, str]:
        """Return what stands of `line`, and what comes between it and `following`: nothing, or a space.

        "infor-" and "mation" are one word. The hyphen stays where the document writes the word with one elsewhere,
        before a capital or a figure ("Franco-German", "COVID-19"), in a word that has another ("on-the-record"),
        between two words that the document has and does not write as one ("human-robot"), where one half is known to
        stand beside a hyphen ("well-kept"), and in a document whose lines cut no words; there the halves are joined all
        the same. So are those of "ASN1_" and "ERROR".
        """
        cut, goes_on = _cut(line), _GOES_ON.match(following)
        if goes_on is not None and _NAME_GOES_ON.search(line):
            return line, ""
        if cut is None or goes_on is None:
            return (line.removesuffix(_SOFT), "" if line.endswith(_SOFT) else " ")
        if line.endswith(_SOFT):
            return line[:-1], ""
        return (line, "") if cut["before"] or self._are_two(cut["start"], goes_on[0]) else (line[:-1], "")

    def _are_two(self, start: str, end: str) -> bool:
        """Whether two halves are words with a hyphen between them, not one word that was cut."""
        first, last = start.casefold(), end.casefold()
        if f"{first}-{last}" in self._spelled or not start[-1].isalpha() or end[0].isdigit():
            return True
        if f"{first}{last}" in self._words:
            return False
        if not end[0].islower():  # of capitals a heading can be: "CONCLU-", "SIONS"
            shouted = start.isupper() and end.isupper() and min(len(start), len(end)) >= _SHORTEST_HALF
            return not (shouted and self._cuts_words)
        return not self._cuts_words or self._make_two(first, last)

    def _make_two(self, first: str, last: str) -> bool:
        """Whether both are words of the document, or one is and the other stands beside hyphens."""
        shortest = min(len(first), len(last))
        knows_first, knows_last = first in self._words, last in self._words
        if (knows_first and knows_last and shortest >= _SHORTEST) or (first in _ALWAYS and len(last) >= _SHORTEST):
            return True
        if shortest < _SHORTEST_HALF:
            return False
        before, behind = first in self._first, last in self._last
        return (before and (knows_last or behind)) or (behind and (knows_first or before))
