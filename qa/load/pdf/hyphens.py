"""Words that a line end has cut in two."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WITH_HYPHEN = re.compile(r"\w+(?:[-‐‑]\w+)+")
_CUT = re.compile(r"(?P<start>\w+)[-‐\u00ad]\Z")
_GOES_ON = re.compile(r"\w+")
_LONGEST = 60
_SOFT = "\u00ad"


class Hyphens:
    """How a document spells words with a hyphen, known from where no line ends in them."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines` are all lines of the document."""
        self._spelled = {found.casefold() for line in lines for found in _WITH_HYPHEN.findall(line)}

    def glue(self, line: str, following: str) -> tuple[str, str]:
        """Return what stands of `line`, and what comes between it and `following`: nothing, or a space.

        "infor-" and "mation" are one word. The hyphen stays where the document writes the word with one elsewhere, and
        before a capital or a figure ("Franco-German", "COVID-19"); there the halves are joined all the same.
        """
        cut, goes_on = _CUT.search(line[-_LONGEST:]), _GOES_ON.match(following)
        if cut is None or goes_on is None:
            return (line.removesuffix(_SOFT), "" if line.endswith(_SOFT) else " ")
        if line.endswith(_SOFT):
            return line[:-1], ""
        first = goes_on[0]
        together = f"{cut['start']}-{first}".casefold()
        keeps = not first[0].islower() or not cut["start"][-1].isalpha() or together in self._spelled
        return (line, "") if keeps else (line[:-1], "")
