"""What a term is: the words of a text, folded, without stop words, stemmed."""

from __future__ import annotations

import re
import threading
import unicodedata
from typing import Any

TOKENIZER = "unicode words, NFKC, case folded, Lucene's English stop words, Snowball English stems; version 1"

# The 33 of Lucene's EnglishAnalyzer.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with",
    )
)
_OF_THREAD = threading.local()
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
# A number with its inner points and commas, one ideograph or kana, or a word with its apostrophes; ideographs
# touch words without a space.
_CJK = r"\u3040-\u30ff\u3400-\u9fff"
_LETTERS = rf"[^\W_{_CJK}]+"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)+|[{_CJK}]|{_LETTERS}(?:'{_LETTERS})*")


def tokenize(text: str) -> list[str]:
    """Return the terms of a text in order: "The U.S. tests’ 1,000 missiles" -> [us, test, 1000, missil]."""
    stems: list[str] = _stemmer().stemWords(words(text))
    return stems


def _stemmer() -> Any:
    """Return this thread's stemmer: it keeps state while it works."""
    try:
        return _OF_THREAD.stemmer
    except AttributeError:
        from Stemmer import Stemmer

        _OF_THREAD.stemmer = Stemmer("english")
        return _OF_THREAD.stemmer


def words(text: str) -> list[str]:
    """Return the words of a text in order, folded, without stop words, before they are stemmed."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    folded = _INITIALS.sub(lambda initials: initials[0].replace(".", "") + " ", folded)
    return [word.replace(",", "") for word in _TOKEN.findall(folded) if word not in STOP_WORDS]
