"""How often each term occurs in each text, counted block by block, as many texts as fit in a few megabytes.

Python looks each written word up once, in a dictionary; sorting, counting and joining is left to numpy, on one
64-bit key (term, row) for each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from qa.lexical.tokens import STOP_WORDS, tokenize

BLOCK = 1 << 23
"""A block ends with the text that brings it to so many characters."""
_FORMS = 1 << 20
"""So many written words are remembered; then all are forgotten, to bound the memory."""
_LOW = 0xFFFFFFFF
_PLAIN = re.compile(r"[a-z0-9]+")
# For ASCII: everything that no term spans becomes a space, and letters become small. Points, commas, apostrophes
# and underscores stay, for what they mean depends on their neighbours; tokenize decides, once for each form.
_SPACED = {code: chr(code).lower() if chr(code).isalnum() or chr(code) in "_.,'" else " " for code in range(128)}


@dataclass(frozen=True, slots=True)
class Block:
    """The postings of some texts in a row, sorted by (term, row)."""

    lengths: NDArray[np.int32]
    """Terms in each text of the block, shape (texts,)."""
    terms: NDArray[np.int32]
    """The number of each term that occurs, in ascending order, shape (terms,)."""
    sizes: NDArray[np.int32]
    """How many of the postings each of `terms` has."""
    rows: NDArray[np.int32]
    """The row of each posting."""
    counts: NDArray[np.int32]
    """How often the term occurs there."""


class Vocabulary:
    """Numbers terms as they come, and remembers which of them a written form has."""

    def __init__(self) -> None:
        from Stemmer import Stemmer

        self.numbers: dict[str, int] = {}
        self.forms = _Forms(self)
        self.several: list[list[int]] = []
        """The terms of the forms that have more than one: "U.S.-led"."""
        self._stem = Stemmer("english").stemWord

    def number(self, form: str) -> int:
        """Return the number of the one term of `form`; -1 for none; -2 - i if it has those of `several[i]`."""
        if form[-1] in ".,":
            # "end." is "end"; but a letter and a point may be an initial.
            bare = form[:-1]
            if len(bare) > 1 and _PLAIN.fullmatch(bare):
                return self.forms[bare]
        if _PLAIN.fullmatch(form):
            return -1 if form in STOP_WORDS else self._add(self._stem(form))
        numbers = [self._add(term) for term in tokenize(form)]
        if len(numbers) == 1:
            return numbers[0]
        if not numbers:
            return -1
        self.several.append(numbers)
        return -1 - len(self.several)

    def forget(self) -> None:
        """Forget the forms, though not the terms, when they are too many."""
        if len(self.forms) > _FORMS or len(self.several) > _FORMS >> 3:
            self.forms.clear()
            self.several.clear()

    def _add(self, term: str) -> int:
        return self.numbers.setdefault(term, len(self.numbers))


class _Forms(dict[str, int]):
    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, form: str) -> int:
        number = self[form] = self._vocabulary.number(form)
        return number


def forms(text: str) -> list[str]:
    """Split a text where no term can span: the terms of the forms, in turn, are the terms of the text.

    Neither NFKC nor case folding joins anything across white space, and no term contains any.
    """
    return text.translate(_SPACED).split() if text.isascii() else text.split()


def count(texts: Iterable[str], vocabulary: Vocabulary) -> Iterator[Block]:
    """Yield the postings of `texts`, block by block; rows are counted from 0."""
    found: list[int] = []
    written: list[int] = []
    characters = first = 0
    look_up = vocabulary.forms.__getitem__
    for text in texts:
        split = forms(text)
        found.extend(map(look_up, split))
        written.append(len(split))
        characters += len(text)
        if characters >= BLOCK:
            yield _block(_keys(found, written, vocabulary), first, len(written))
            first += len(written)
            found, written, characters = [], [], 0
            vocabulary.forget()
    if written:
        yield _block(_keys(found, written, vocabulary), first, len(written))


def _keys(found: list[int], written: list[int], vocabulary: Vocabulary) -> NDArray[np.int64]:
    """Return term << 32 | row for every term of every text, unsorted; rows are counted within the block."""
    numbers = np.array(found, dtype=np.int64)
    rows = np.repeat(np.arange(len(written), dtype=np.int64), written)
    one = numbers >= 0
    several = np.flatnonzero(numbers < -1)
    spelled = [vocabulary.several[-2 - number] for number in numbers[several].tolist()]
    more = np.fromiter(chain.from_iterable(spelled), dtype=np.int64)
    more_rows = np.repeat(rows[several], [len(terms) for terms in spelled]) if spelled else rows[:0]
    return np.concatenate((numbers[one] << 32 | rows[one], more << 32 | more_rows))


def _block(keys: NDArray[np.int64], first: int, texts: int) -> Block:
    keys.sort()
    lengths = np.bincount(keys & _LOW, minlength=texts)
    starts = _runs(keys)
    counts = np.diff(starts, append=len(keys))
    keys = keys[starts]
    terms = keys >> 32
    of_term = _runs(terms)
    return Block(
        lengths=lengths.astype(np.int32),
        terms=terms[of_term].astype(np.int32),
        sizes=np.diff(of_term, append=len(terms)).astype(np.int32),
        rows=((keys & _LOW) + first).astype(np.int32),
        counts=counts.astype(np.int32),
    )


def _runs(values: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where each run of equal values starts."""
    changes = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return np.flatnonzero(changes)
