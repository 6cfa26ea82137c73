"""Text that is still being written, cut into sentences with their marks as soon as each is whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from qa.errors import GenerationError
from qa.sentences import sentences

LONGEST = 1500
"""Characters of a line; what has no sentence in so many is not prose."""

_MARKS = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_MARKS_AFTER = re.compile(rf"([.!?…]+[\"”’')]*)((?:{_MARKS.pattern})+)(?=\s|$)")
_ONLY_MARKS = re.compile(r"[\s\[\]\d,;]*")
_WELL_BEGUN = re.compile(r"\s*\S+\s+\S")
_THOUGHT = re.compile(r"\s*<think(?:ing)?>")
_THOUGHT_ENDS = re.compile(r"</think(?:ing)?>")
_BULLET = re.compile(r"^\s*(?:[-*•–]|#{1,6}|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
_SPACE_BEFORE = re.compile(r"\s+(?=[.,;:!?…])")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence as a model wrote it, without its marks; `marks` are the numbers in them, in order, each once."""

    text: str
    marks: tuple[int, ...]


def drafted(pieces: Iterable[str]) -> Iterator[Drafted]:
    """Yield each sentence once the next has begun, or the text has ended; how it was cut into pieces does not matter.

    What a model thinks aloud before it answers is passed over. Where the pieces end by an error, the sentence that was
    under way is not yielded. Raises GenerationError for a line that is too long to be prose.
    """
    held = ""
    for piece in _spoken(pieces):
        held += piece
        *lines, held = re.split(r"[\r\n]+", held)
        for line in lines:
            yield from _of_line(line)
        done, held = _settled(held)
        yield from done
        if len(held) > LONGEST:
            raise GenerationError("does not write in sentences")
    yield from _of_line(held)


def _spoken(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the pieces without what a reasoning model thinks aloud first."""
    held: str | None = ""
    for piece in pieces:
        if held is None:
            yield piece
            continue
        held += piece
        if _THOUGHT.match(held):
            end = _THOUGHT_ENDS.search(held)
            if end:
                yield held[end.end() :]
                held = None
        elif len(held.lstrip()) >= len("<thinking>") or not "<thinking>".startswith(held.lstrip()[:9]):
            yield held
            held = None
    if held and not _THOUGHT.match(held):
        yield held


def _settled(text: str) -> tuple[list[Drafted], str]:
    """Return the sentences that nothing can be added to any more, and the text after them."""
    inside = _marks_inside(text)
    spans = sentences(inside)
    if len(spans) < 2:  # noqa: PLR2004
        return [], text
    last = inside[spans[-1].start :]
    if _ONLY_MARKS.fullmatch(last) or not _WELL_BEGUN.match(last):
        return [], text
    return [_draft(inside[span.start : span.end]) for span in spans[:-1]], last


def _of_line(line: str) -> Iterator[Drafted]:
    inside = _marks_inside(line)
    for span in sentences(inside):
        draft = _draft(inside[span.start : span.end])
        if draft.text:
            yield draft


def _marks_inside(text: str) -> str:
    """Move marks before the point that ends their sentence: "It sank. [1] It" to "It sank [1]. It"."""
    return _MARKS_AFTER.sub(r"\2\1", text)


def _draft(sentence: str) -> Drafted:
    numbers = (int(number) for marks in _MARKS.findall(sentence) for number in re.findall(r"\d+", marks))
    return Drafted(_plain(_MARKS.sub("", sentence)), tuple(dict.fromkeys(numbers)))


def _plain(text: str) -> str:
    """Return text without control characters, bullets and emphasis, its white space single."""
    visible = "".join(" " if char.isspace() else char for char in text if _is_visible(char))
    bare = _EMPHASIS.sub("", _BULLET.sub("", unicodedata.normalize("NFC", visible)))
    return _SPACE_BEFORE.sub("", " ".join(bare.split()))


def _is_visible(char: str) -> bool:
    """Whether a character is text: no control, no direction, nothing private or unassigned."""
    return char.isspace() or unicodedata.category(char)[0] != "C"
