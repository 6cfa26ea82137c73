"""The lexical index: written once, then searched from its mapped files."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.lexical.analysis import language_of, prefix_of
from qa.lexical.asking import Word, language_of_question, words_in
from qa.lexical.counting import Text
from qa.lexical.files import open_files
from qa.lexical.formula import idf
from qa.lexical.search import Question, Scratch, best, exact, ranked
from qa.lexical.terms import find
from qa.lexical.tokens import tokenize
from qa.lexical.writing import write
from qa.records import Hit
from qa.seams import Rows

Floats = NDArray[np.float64]

_LOOKED_UP_COSTS = 5
"""To look a term up in a row takes as long as to read so many of its postings."""


class LexicalIndex:
    """BM25 over rows, from the files that `write` left; several threads may search it at once."""

    def __init__(self, folder: Path) -> None:
        """Map the files in `folder`; raises OSError, ValueError or KeyError when they are not those of an index."""
        self._folder = folder
        self._files = open_files(folder)
        self._maxima = {number: place for place, number in enumerate(self._files.frequent.tolist())}
        self._kept = threading.local()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages (ISO 639-1) by whose rules the texts were analysed."""
        return self._files.shape.languages

    @staticmethod
    def write(folder: Path, texts: Iterable[Text]) -> None:
        """Index `texts` (row i is the i-th) into the existing, empty `folder`, reading them once, one by one."""
        write(folder, texts)

    def scores(self, query: str) -> NDArray[np.float64]:
        """Return the score of every row, shape (rows,), as `Bm25.get_scores` does, to the last bit.

        A term that is asked twice counts twice. Raises ValueError when a file is damaged.
        """
        question = self._question(query)
        return np.zeros(self._files.shape.rows) if question is None else self._of_all(question)

    def search(self, query: str, k: int, within: Rows | None = None) -> list[Hit]:
        """Return at most `k` rows that share a term with `query`, best first, equal scores by row.

        The scores are those of `scores`, also where only the rows `within`, ascending, are searched. Raises ValueError
        when a file is damaged.
        """
        question = self._question(query)
        if question is None or k < 1:
            return []
        rows, scores = self._best(question, k) if within is None else self._best_within(question, k, within)
        return list(map(Hit, rows.tolist(), scores.tolist()))

    def contributions(self, query: str, rows: Sequence[int]) -> NDArray[np.float64]:
        """Return what each word of `query` adds to the score of each of `rows`, shape (words, len(rows)).

        A word is one term, or in an index of several languages the terms that it is in each. Words that no row of the
        index has are left out; the columns add up to the scores but for rounding. Raises ValueError when a file is
        damaged.
        """
        question = self._question(query)
        if question is None:
            return np.zeros((0, len(rows)))
        wanted = np.asarray(rows, dtype=np.int32)
        result = np.zeros((max(question.words) + 1, len(wanted)))
        for number, part in enumerate(question.parts):
            postings = self._files.rows[part]
            places = np.searchsorted(postings, wanted).clip(max=len(postings) - 1)
            found = postings[places] == wanted
            try:
                saturations = self._files.saturations.take(self._files.codes[part][places[found]])
            except IndexError as error:
                raise self._damaged() from error
            result[question.words[number], found] += question.idf[number] * question.times[number] * saturations
        return result

    def rarity(self, query: str, language: str | None = None) -> dict[str, float]:
        """Return the inverse document frequency of each term that `query` has by the rules of a language (ISO 639-1).

        A term that no row has is the rarest. Without `language`, by the rules of the language that the query seems to
        be in, among those of the index. Raises ValueError when a file is damaged.
        """
        total = self._files.shape.rows
        code = language or language_of_question(query, self.languages)
        found = {term: find(self._files, prefix_of(code) + term) for term in tokenize(query, code)}
        parts = {term: None if number is None else self._part(number) for term, number in found.items()}
        return {term: idf(total, part.stop - part.start if part else 0) for term, part in parts.items()}

    def _best(self, question: Question, k: int) -> tuple[Rows, NDArray[np.float64]]:
        # Only what a search has left clean is kept for this thread's next one.
        scratch = self._kept.__dict__.pop("scratch", None) or Scratch(self._files.shape.rows)
        try:
            found = best(self._files, question, k, scratch)
        except IndexError as error:
            raise self._damaged() from error
        self._kept.scratch = scratch
        return found

    def _best_within(self, question: Question, k: int, within: Rows) -> tuple[Rows, NDArray[np.float64]]:
        postings = sum(part.stop - part.start for part in question.parts)
        if len(within) * len(question.parts) * _LOOKED_UP_COSTS > postings:
            return ranked(within, self._of_all(question)[within], k)
        try:
            return ranked(within, exact(self._files, question, within), k)
        except IndexError as error:
            raise self._damaged() from error

    def _of_all(self, question: Question) -> NDArray[np.float64]:
        """Return the score of every row."""
        files = self._files
        scores = np.zeros(files.shape.rows)
        for number in question.order:
            part = question.parts[number]
            try:
                scores[files.rows[part]] += question.idf[number] * files.saturations.take(files.codes[part])
            except IndexError as error:
                raise self._damaged() from error
        return scores

    def _question(self, query: str) -> Question | None:
        """Return the terms of a question that are in the index, or None; raises ValueError for damage."""
        own = language_of_question(query, self.languages)
        words = words_in(query, self.languages, own)
        times = Counter(term for word in words for term in word)
        numbers = {term: number for term in times if (number := find(self._files, term)) is not None}
        if not numbers:
            return None
        parts = [self._part(number) for number in numbers.values()]
        place = {term: place for place, term in enumerate(numbers)}
        of_word = _numbered(words, place)
        return Question(
            parts=parts,
            idf=self._weights(list(numbers), parts, of_word, own),
            times=np.array([times[term] for term in numbers]),
            maxima=[self._maxima.get(number) for number in numbers.values()],
            order=[place[term] for word in words for term in word if term in place],
            words=of_word,
        )

    def _weights(self, terms: Sequence[str], parts: Sequence[slice], of_word: Sequence[int], own: str) -> Floats:
        """Return the weight of each term: its inverse document frequency, in other languages at most that of its word.

        What a word weighs in the question's `own` language it weighs there; or else an English word of grammar would
        be a rarity in German texts.
        """
        sizes = [part.stop - part.start for part in parts]
        spoken = [language_of(term) == own for term in terms]
        known = {word: size for word, size, is_own in zip(of_word, sizes, spoken, strict=True) if is_own}
        within = [
            size if is_own else max(size, known.get(word, 0))
            for word, size, is_own in zip(of_word, sizes, spoken, strict=True)
        ]
        return np.array([idf(self._files.shape.rows, size) for size in within])

    def _part(self, number: int) -> slice:
        """Return where the postings of a term are; raises ValueError where these cannot be such."""
        files = self._files
        start, end = int(files.starts[number]), int(files.starts[number + 1])
        if not 0 <= start < end <= files.shape.postings or end - start > files.shape.rows:
            raise self._damaged()
        if files.rows[start] < 0 or files.rows[end - 1] >= files.shape.rows:  # they ascend
            raise self._damaged()
        return slice(start, end)

    def _damaged(self) -> ValueError:
        return ValueError(f"a posting in {self._folder} is out of range: the lexical index is damaged")


def _numbered(words: Sequence[Word], known: Mapping[str, int]) -> list[int]:
    """Return for each of the `known` terms, in order, the number of its word; words that share a term are one."""
    numbers: dict[str, int] = {}
    count = 0
    for word in words:
        terms = [term for term in word if term in known]
        number = next((numbers[term] for term in terms if term in numbers), count)
        count = max(count, number + 1) if terms else count
        for term in terms:
            numbers.setdefault(term, number)
    return [numbers[term] for term in known]
