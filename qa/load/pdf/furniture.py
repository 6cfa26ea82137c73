"""Running heads, footers and page numbers: what stands in the same place, page after page, is not the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.load.pdf.geometry import Line, Sheet, Word
from qa.load.pdf.lines import lines_of, pieces

_OUTERMOST = 3
"""Lines at the top and at the bottom that are looked at."""
_PLACE = 4.0
"""Points by which the place may differ."""
_PAGES = 3
"""So many pages repeat it; both, of a document of two."""
_NUMBER = re.compile(r"\d{1,5}")
_LETTER = re.compile(r"\w")
_OF = re.compile(r"\s*(?:of|von|de|sur|di|/|\|)\s*\d{1,5}\W*")
_PAGE = re.compile(r"(?:page|seite|página|pagina|p\.)\s*\Z")
_LONE = re.compile(
    r"\W*(?:page|seite|p\.?)?\W*(?P<number>\d{1,5}|[ivxlc]{1,8})(?:\s*(?:of|von|/)\s*\d{1,5})?\W*", re.IGNORECASE
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_EDGE = 0.14
"""Of the height of a page: where running heads stand, and page numbers."""
_OUTER_EDGE = 0.115
"""Likewise, for a line of words in which a number counts the pages: a text can begin so, with an item on each page."""
_LARGER = 1.15


@dataclass(frozen=True, slots=True)
class _Outer:
    """A line at an edge of a page, and the words that it is made of."""

    sheet: int
    line: Line
    top: bool
    edge: float
    """How far from the edge it stands, as a share of the height of the page."""


def without_furniture(sheets: Sequence[Sheet], body: float) -> list[Sheet]:
    """Return the pages without what runs from page to page; `body` is the size of the running text.

    A number in such a line may count the pages. It goes from the edge inwards: behind a line of text nothing is taken.
    """
    outer = [list(_outermost(number, sheet, body)) for number, sheet in enumerate(sheets)]
    places: defaultdict[tuple[bool, str], list[_Outer]] = defaultdict(list)
    for item in (item for items in outer for item in items):
        for key in _keys(item):
            places[item.top, key].append(item)
    fewest = min(_PAGES, len(sheets)) if len(sheets) > 1 else _PAGES
    repeated = {
        (item.sheet, item.top, item.line)
        for found in places.values()
        for item in found
        if len({other.sheet for other in found if _same_place(item, other)}) >= fewest
    }
    return [_without(sheet, items, repeated) for sheet, items in zip(sheets, outer, strict=True)]


def _same_place(item: _Outer, other: _Outer) -> bool:
    return abs(item.line.box.middle - other.line.box.middle) <= _PLACE


def _outermost(number: int, sheet: Sheet, body: float) -> Iterator[_Outer]:
    """Yield the lines at the edges, from the outside inwards; what is in large print is a heading."""
    lines = lines_of(pieces(sheet.words))
    height = max(sheet.box.height, 1.0)
    tops = [_Outer(number, line, True, (line.base - sheet.box.top) / height) for line in lines[:_OUTERMOST]]  # noqa: FBT003
    lows = [_Outer(number, line, False, (sheet.box.bottom - line.base) / height) for line in lines[-_OUTERMOST:]]  # noqa: FBT003
    for item in (*tops, *reversed(lows)):
        if item.edge <= _EDGE and item.line.size <= _LARGER * body:
            yield item


def _keys(item: _Outer) -> Iterator[str]:
    """Yield what a line is known by on other pages: as it is, or with a number in it that counts the pages.

    A number at its end or beginning that counts them is enough: the words beside it are those of a chapter.
    """
    text = " ".join(item.line.text.split()).casefold()
    yield text
    if (lone := _LONE.fullmatch(text)) and not lone["number"].isdigit():
        yield f"\0{_value(lone['number']) - item.sheet}"
    if item.edge > _OUTER_EDGE and not lone:
        return
    for number in _NUMBER.finditer(text):
        before, after = text[: number.start()], text[number.end() :]
        counted = int(number[0]) - item.sheet
        if not _LETTER.search(before):
            yield f"\0{counted}\0first"
        elif not _LETTER.search(after):
            yield f"\0{counted}\0last"
        elif _OF.fullmatch(after) or _PAGE.search(before):
            yield f"{before}\0{counted}\0{after}"


def _value(roman: str) -> int:
    digits = [_ROMAN[letter] for letter in roman.lower()]
    following = [*digits[1:], 0]
    return sum(-digit if digit < after else digit for digit, after in zip(digits, following, strict=True))


def _without(sheet: Sheet, items: Sequence[_Outer], repeated: set[tuple[int, bool, Line]]) -> Sheet:
    gone: list[Line] = []
    for top in (True, False):
        for item in (item for item in items if item.top is top):
            if (item.sheet, item.top, item.line) not in repeated and not _is_page_number(item, sheet):
                break
            gone.append(item.line)
    return replace(sheet, words=tuple(word for word in sheet.words if not _in_any(word, gone))) if gone else sheet


def _is_page_number(item: _Outer, sheet: Sheet) -> bool:
    """Whether a line at the edge is no more than the label of its page."""
    lone = _LONE.fullmatch(item.line.text)
    return lone is not None and lone["number"].casefold() == sheet.label.casefold()


def _in_any(word: Word, lines: Sequence[Line]) -> bool:
    return any(line.box.covers(word.box) for line in lines)
