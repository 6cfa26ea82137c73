"""Characters as they stand on a line, from left to right, to the order in which they are read.

The Unicode Bidirectional Algorithm (UAX #9) says where characters stand that are read in some order; here it is undone.
That cannot be done without doubt: what stands as "Boeing 747" within Hebrew is taken to be read so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ARABIC = re.compile("[\u0600-\u08ff]")
_SHAPES = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters as they are joined to others, ligatures among them, which stand for one letter or several."""
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_PAIRS = {bracket: pair for pair in ("()", "[]", "{}", "<>", "«»", "‹›") for bracket in pair}
_CLOSING = {")": "(", "]": "[", "}": "{"}
_KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N", "ET": "T", "CS": "C", "ES": "C"}
_FEW = 0.2


def reads_from_right(text: str, *, mostly: bool) -> bool:
    """Whether a line reads from right to left; `mostly` says whether most of its page does.

    On such a page a line may hold many words of another script; elsewhere most of its letters must run to the left.
    """
    left = sum(character.isalpha() and not RIGHT_TO_LEFT.match(character) for character in text)
    right = len(RIGHT_TO_LEFT.findall(text))
    if not (left or right):
        return mostly
    return right > 0 and right >= (_FEW if mostly else 0.5) * (left + right)


def read(cells: Sequence[str], *, from_right: bool) -> list[int]:
    """Return the places of the cells of a line, in the order in which they are read.

    A cell is a character with the accents on it, or " "; they are given from left to right. `from_right` says in which
    direction the line as a whole is read.
    """
    kinds = [_kind(cell) for cell in cells]
    if from_right:
        inner = _runs_to_right(cells, kinds)
        return list(_reversed_but(list(range(len(cells))), inner))
    inner = _runs_to_left(kinds)
    order: list[int] = []
    for place, inside in enumerate(inner):
        if not inside:
            order.append(place)
        elif place == 0 or not inner[place - 1]:
            end = next((at for at in range(place, len(inner)) if not inner[at]), len(inner))
            numbers = _numbers(cells[place:end], kinds[place:end])
            order.extend(_reversed_but(list(range(place, end)), numbers))
    return order


def runs_to_left(cells: Sequence[str], *, from_right: bool) -> list[bool]:
    """Return for each cell of a line whether it is read from right to left."""
    kinds = [_kind(cell) for cell in cells]
    return [not inside for inside in _runs_to_right(cells, kinds)] if from_right else _runs_to_left(kinds)


def letters(cell: str, mirrors: AbstractSet[str]) -> str:
    """Return the letters that a cell stands for, with brackets that are to be mirrored turned round.

    What is drawn to fill a line has none.
    """
    shaped = _SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), cell).replace("\u0640", "")
    return shaped.translate(_MIRRORED) if cell[:1] in mirrors else shaped


def brackets_to_mirror(texts: Iterable[Iterable[str]]) -> frozenset[str]:
    """Return which brackets are named by their shape, not by what they do; `texts` are read from right to left.

    A bracket that opens such text looks like one that closes another, and some programs call it that. What comes first,
    more often than not, opens.
    """
    balance: Counter[str] = Counter()
    for text in texts:
        seen: set[str] = set()
        for cell in text:
            pair = _PAIRS.get(cell[:1])
            if pair is not None and pair not in seen:
                seen.add(pair)
                balance[pair] += 1 if cell[:1] == pair[0] else -1
    return frozenset(bracket for bracket, pair in _PAIRS.items() if balance[pair] <= 0)


def _kind(cell: str) -> str:
    """Return R or L for a letter by its direction, N for a figure, T and C for what may belong to a number, else O."""
    return _KINDS.get(unicodedata.bidirectional(cell[:1]), "O")


def _reversed_but(places: Sequence[int], runs: Sequence[bool]) -> Iterator[int]:
    """Yield places from the last to the first, but runs among them as they are."""
    end = len(places)
    while end:
        start = end - 1
        while runs[end - 1] and start and runs[start - 1]:
            start -= 1
        yield from places[start:end]
        end = start


def _numbers(cells: Sequence[str], kinds: Sequence[str]) -> list[bool]:
    """Return which cells are of a number: figures, what parts them, and in Hebrew the signs at its sides."""
    found = [kind == "N" for kind in kinds]
    for place, kind in enumerate(kinds[1:-1], start=1):
        found[place] |= kind == "C" and kinds[place - 1] == kinds[place + 1] == "N"
    if not any(_ARABIC.match(cell) for cell in cells):
        for places in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
            for before, place in pairwise(places):
                found[place] |= kinds[place] == "T" and found[before]
    return found


def _runs_to_right(cells: Sequence[str], kinds: Sequence[str]) -> list[bool]:
    """Return what runs to the right in a line that is read to the left: words of other scripts, and numbers."""
    found = [number or kind == "L" for number, kind in zip(_numbers(cells, kinds), kinds, strict=True)]
    last, letters_seen = -1, False
    for place, inside in enumerate(found):
        if kinds[place] == "R":
            last, letters_seen = -1, False
        elif inside:
            if last >= 0 and (letters_seen or kinds[place] == "L"):
                found[last:place] = [True] * (place - last)
            last, letters_seen = place, letters_seen or kinds[place] == "L"
    for place in range(1, len(cells)):
        if found[place - 1] and not found[place] and _belongs(cells, found, place):
            found[place] = True
    return found


def _belongs(cells: Sequence[str], found: Sequence[bool], place: int) -> bool:
    """Whether a sign right of a run is of it: a bracket that it opens, the hyphen of a word that the line end cuts."""
    start = place
    while start and found[start - 1]:
        start -= 1
    run = cells[start:place]
    if cells[place] in _CLOSING:
        return run.count(_CLOSING[cells[place]]) > run.count(cells[place])
    return cells[place] == "-" and start == 0 and run[-1].isalpha()


def _runs_to_left(kinds: Sequence[str]) -> list[bool]:
    """Return what runs to the left in a line that is read to the right: from letter to letter of such a script."""
    found = [kind == "R" for kind in kinds]
    last = -1
    for place, kind in enumerate(kinds):
        if kind == "L":
            last = -1
        elif kind == "R":
            if last >= 0:
                found[last:place] = [True] * (place - last)
            last = place
    return found
