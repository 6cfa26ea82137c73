"""BM25 over chunks: rank-bm25 defines the scores, a sparse matrix in column order keeps them.

rank-bm25 scores every passage in Python for every query. Here the weight of each (term, passage) pair is
computed once, when the index is built; a query then reads only the columns of its own terms, straight
from memory-mapped files.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Okapi

from qa.records import Hit

TOKENIZER = "unicode words, NFKC, case folded, Lucene's English stop words, Snowball English stems; version 1"

# The 33 of Lucene's EnglishAnalyzer.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with",
    )
)
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
# A number with its inner points and commas, one ideograph or kana, or a word with its apostrophes; ideographs
# touch words without a space.
_CJK = r"\u3040-\u30ff\u3400-\u9fff"
_LETTERS = rf"[^\W_{_CJK}]+"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)+|[{_CJK}]|{_LETTERS}(?:'{_LETTERS})*")


def tokenize(text: str) -> list[str]:
    """Return the terms of a text in order: "The U.S. tests’ 1,000 missiles" -> [us, test, 1000, missil]."""
    from Stemmer import Stemmer

    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    folded = _INITIALS.sub(lambda initials: initials[0].replace(".", "") + " ", folded)
    words = [word.replace(",", "") for word in _TOKEN.findall(folded) if word not in STOP_WORDS]
    # A stemmer keeps state while it works, so each call has its own; making one costs microseconds.
    stems: list[str] = Stemmer("english").stemWords(words)
    return stems


class Bm25(BM25Okapi):  # type: ignore[misc]  # rank-bm25 has no types
    """rank-bm25's Okapi scores with Lucene's idf: ln(1 + (N - n + 0.5) / (n + 0.5)).

    Okapi's own idf is zero or negative for a term in half of the passages or more, so that on a small
    corpus a passage that matches could score below one that does not. Lucene's is always positive.
    """

    def _calc_idf(self, nd: dict[str, int]) -> None:
        self.idf = {term: math.log1p((self.corpus_size - n + 0.5) / (n + 0.5)) for term, n in nd.items()}


class LexicalIndex:
    """BM25 weights as a sparse matrix: for each term, the rows it occurs in and its weight there."""

    def __init__(self, folder: Path) -> None:
        """Map the files that `write` left in `folder`."""
        shape = json.loads((folder / "shape.json").read_text(encoding="utf-8"))
        self._rows_total = int(shape["rows"])
        self._terms = (folder / "terms.txt").read_bytes().split(b"\n") if shape["terms"] else []
        self._starts = np.load(folder / "starts.npy", mmap_mode="r")
        self._rows = np.load(folder / "rows.npy", mmap_mode="r")
        self._weights = np.load(folder / "weights.npy", mmap_mode="r")

    @staticmethod
    def write(folder: Path, texts: Iterable[str]) -> None:
        """Index `texts` (row i is the i-th) into the existing, empty `folder`."""
        documents = [tokenize(text) for text in texts]
        terms, starts, rows, weights = _matrix(Bm25(documents)) if any(documents) else _empty()
        (folder / "terms.txt").write_bytes(b"\n".join(term.encode() for term in terms))
        np.save(folder / "starts.npy", starts)
        np.save(folder / "rows.npy", rows)
        np.save(folder / "weights.npy", weights)
        shape = {"rows": len(documents), "terms": len(terms), "tokenizer": TOKENIZER}
        (folder / "shape.json").write_text(json.dumps(shape), encoding="utf-8")

    def scores(self, query: str) -> NDArray[np.float64]:
        """Return the BM25 score of every row, shape (rows,); a term that is asked twice counts twice."""
        scores = np.zeros(self._rows_total)
        for term in tokenize(query):
            column = self._column(term.encode())
            if column is not None:
                part = slice(int(self._starts[column]), int(self._starts[column + 1]))
                scores[self._rows[part]] += self._weights[part]
        return scores

    def search(self, query: str, k: int) -> list[Hit]:
        """Return at most `k` rows that share a term with `query`, best first, equal scores by row."""
        scores = self.scores(query)
        return [Hit(int(row), float(scores[row])) for row in _top(scores, k)]

    def _column(self, term: bytes) -> int | None:
        from bisect import bisect_left

        column = bisect_left(self._terms, term)
        return column if column < len(self._terms) and self._terms[column] == term else None


def _matrix(bm25: Any) -> tuple[list[str], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Lay out rank-bm25's weights term by term; terms are in the order of their UTF-8 bytes.

    weight(t, d) = idf(t) * f (k1 + 1) / (f + k1 (1 - b + b |d| / avgdl)), f the count of t in d: the
    summand of BM25Okapi.get_scores.
    """
    terms = sorted(bm25.idf, key=str.encode)
    column_of = {term: column for column, term in enumerate(terms)}
    counted = [(row, column_of[term], f) for row, counts in enumerate(bm25.doc_freqs) for term, f in counts.items()]
    rows, columns, frequencies = np.array(counted, dtype=np.int64).T
    idf = np.array([bm25.idf[term] for term in terms])
    length = 1 - bm25.b + bm25.b * np.array(bm25.doc_len) / bm25.avgdl
    weights = idf[columns] * (frequencies * (bm25.k1 + 1) / (frequencies + bm25.k1 * length[rows]))
    order = np.lexsort((rows, columns))
    starts = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=len(terms))))).astype(np.int64)
    return terms, starts, rows[order].astype(np.int32), weights[order]


def _empty() -> tuple[list[str], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    return [], np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0)


def _top(scores: NDArray[np.float64], k: int) -> Sequence[int]:
    """Return the rows of the `k` largest positive scores, best first, equal scores by row."""
    found = np.flatnonzero(scores > 0)
    if 0 < k < len(found):
        least = np.partition(scores[found], len(found) - k)[len(found) - k]
        found = found[scores[found] >= least]  # with all that tie for the last place
    ordered: list[int] = found[np.lexsort((found, -scores[found]))][:k].tolist()
    return ordered
