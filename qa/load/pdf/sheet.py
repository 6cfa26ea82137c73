"""A page of a PDF as it was read: its words and what is drawn on it, turned so that most of its text lies level."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from qa.load.pdf.directed import Directed, directed
from qa.load.pdf.drawn import drawn
from qa.load.pdf.geometry import Box, Rule, Sheet, Word
from qa.load.pdf.glyphs import HYPHENS
from qa.load.pdf.runs import Run, runs_of

_FEW = 0.2
"""Words that run in another direction than most, below this share, are stamps and labels."""
_KNOWN = str.maketrans(dict.fromkeys(HYPHENS, "-") | dict.fromkeys("\uf0b7\uf0a7\uf06c\uf06e\ue00c\ue00a", "•"))
"""Hyphens, and bullets of symbol fonts, which have no name of their own in Unicode."""
_NAMELESS = re.compile("[\ufffd\uffff\ue000-\uf8ff\x01\x03-\x08\x0e-\x1f\x00]")


def sheet(page: Any, label: str) -> Sheet:
    """Read a page of pypdfium2."""
    width, height = page.get_size()
    runs = list(runs_of(page))
    directions = Counter(run.turned for run in runs)
    main = max(directions, key=lambda turn: directions[turn]) if directions else 0
    kept = [run for run in runs if run.turned == main or directions[run.turned] >= _FEW * len(runs)]
    read = directed(page, kept) if main == 0 else Directed(tuple(kept), in_mirror=False)
    found = drawn(page)
    bounds, rules = _turned(Box(0, -height, width, 0), main), [_turned(rule.box, main) for rule in found.rules]
    return Sheet(
        label,
        _mirrored(bounds) if read.in_mirror else bounds,
        _words(read.runs, main),
        tuple(Rule(_mirrored(box) if read.in_mirror else box) for box in rules),
        found.pictures,
        unknown=sum(len(_NAMELESS.findall(run.text)) for run in runs),
    )


def _words(runs: Sequence[Run], main: int) -> tuple[Word, ...]:
    words = (
        Word(
            _NAMELESS.sub("", run.text.translate(_KNOWN)),
            _turned(run.box, main),
            _turned(Box(run.x, run.y, run.x, run.y), main).top,
            run.size,
            run.bold,
        )
        for run in runs
    )
    return tuple(word for word in words if word.text)


def _mirrored(box: Box) -> Box:
    return replace(box, x0=-box.x1, x1=-box.x0)


def _turned(box: Box, direction: int) -> Box:
    """Turn a box so that text of this direction (quarters, against the clock) runs from left to right."""
    x0, top, x1, bottom = box.x0, box.top, box.x1, box.bottom
    if direction == 1:
        return Box(-bottom, x0, -top, x1)
    if direction == 2:  # noqa: PLR2004
        return Box(-x1, -bottom, -x0, -top)
    if direction == 3:  # noqa: PLR2004
        return Box(top, -x1, bottom, -x0)
    return box
