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

from qa.lexical.analysis import analysed_as, analysis_of, prefix_of, stem_of
from qa.lexical.tokens import tokenize

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
class Text:
    """A text to index, and its language (ISO 639-1), which says what its terms are; None is taken for English."""

    text: str
    language: str | None = None


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
    """Numbers terms as they come, and remembers which of them a written form has in each language."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.languages: set[str] = set()
        """The languages by whose rules anything was counted."""
        self.several: list[list[int]] = []
        """The terms of the forms that have more than one: "U.S.-led"."""
        self._forms: dict[str, _Forms] = {}

    def forms(self, language: str) -> _Forms:
        """Return what maps a form, as `forms` splits a text, to a number; see `_Forms.number`."""
        if language not in self._forms:
            self._forms[language] = _Forms(self, language)
        return self._forms[language]

    def forget(self) -> None:
        """Forget the forms, though not the terms, when they are too many."""
        if sum(map(len, self._forms.values())) > _FORMS or len(self.several) > _FORMS >> 3:
            for forms in self._forms.values():
                forms.clear()
            self.several.clear()

    def add(self, term: str) -> int:
        """Return the number of a term, which begins with the prefix of its language."""
        return self.numbers.setdefault(term, len(self.numbers))


class _Forms(dict[str, int]):
    """The forms of one language, each with its number."""

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        super().__init__()
        self._vocabulary, self._language = vocabulary, language
        self._stop_words = analysis_of(language).stop_words
        self._prefix = prefix_of(language)
        self._stem = stem_of(language) or str

    def __missing__(self, form: str) -> int:
        number = self[form] = self.number(form)
        return number

    def number(self, form: str) -> int:
        """Return the number of the one term of `form`; -1 for none; -2 - i if it has those of `several[i]`."""
        vocabulary = self._vocabulary
        if form[-1] in ".,":
            # "end." is "end"; but a letter and a point may be an initial.
            bare = form[:-1]
            if len(bare) > 1 and _PLAIN.fullmatch(bare):
                return self[bare]
        if _PLAIN.fullmatch(form):
            return -1 if form in self._stop_words else vocabulary.add(self._prefix + self._stem(form))
        numbers = [vocabulary.add(self._prefix + term) for term in tokenize(form, self._language)]
        if len(numbers) == 1:
            return numbers[0]
        if not numbers:
            return -1
        vocabulary.several.append(numbers)
        return -1 - len(vocabulary.several)


def forms(text: str) -> list[str]:
    """Split a text where no term can span: the terms of the forms, in turn, are the terms of the text.

    Neither NFKC nor case folding joins anything across white space, and no term contains any.
    """
    return text.translate(_SPACED).split() if text.isascii() else text.split()


def count(texts: Iterable[Text], vocabulary: Vocabulary) -> Iterator[Block]:
    """Yield the postings of `texts`, block by block; rows are counted from 0."""
    found: list[int] = []
    written: list[int] = []
    characters = first = 0
    for text in texts:
        numbers = _numbers(text, vocabulary)
        found.extend(numbers)
        written.append(len(numbers))
        characters += len(text.text)
        if characters >= BLOCK:
            yield _block(_keys(found, written, vocabulary), first, len(written))
            first += len(written)
            found, written, characters = [], [], 0
            vocabulary.forget()
    if written:
        yield _block(_keys(found, written, vocabulary), first, len(written))


def _numbers(text: Text, vocabulary: Vocabulary) -> list[int]:
    language = analysed_as(text.language)
    vocabulary.languages.add(language)
    if analysis_of(language).run is not None:  # a form would be a whole sentence, and never come again
        prefix = prefix_of(language)
        return [vocabulary.add(prefix + term) for term in tokenize(text.text, language)]
    return list(map(vocabulary.forms(language).__getitem__, forms(text.text)))


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
