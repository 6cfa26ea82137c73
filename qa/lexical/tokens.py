"""What a term is: the words of a text, folded, without stop words, stemmed by the rules of its language."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from qa.lexical.analysis import DEFAULT, analysed_as, analysis_of

TOKENIZER = (
    "unicode words, NFKC, case folded; English: Lucene's stop words; other languages: Snowball's; Snowball stems; "
    "pairs of characters where words are not parted; version 2"
)

_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")


def tokenize(text: str, language: str | None = None) -> list[str]:
    """Return the terms of a text in order: "The U.S. tests’ 1,000 missiles" -> [us, test, 1000, missil].

    `language` is ISO 639-1; None is taken for English.
    """
    return analysis_of(analysed_as(language)).stems(words(text, language))


def words(text: str, language: str | None = None) -> list[str]:
    """Return the words of a text in order, folded, without stop words, before they are stemmed."""
    stop_words = analysis_of(analysed_as(language)).stop_words
    return [word.replace(",", "") for word in all_words(text, language) if word not in stop_words]


def all_words(text: str, language: str | None = None) -> list[str]:
    """Return the words of a text in order, folded, stop words among them."""
    code = analysed_as(language)
    analysis = analysis_of(code)
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    folded = _INITIALS.sub(lambda initials: initials[0].replace(".", "") + " ", folded)
    if code != DEFAULT:
        folded = folded.replace("i\u0307", "i")  # a small dotted I of Turkish is two characters
    found = analysis.token.findall(folded)
    if analysis.run is None:
        return found
    return [part for word in found for part in (_pairs(word) if analysis.run.match(word) else [word])]


def _pairs(run: str) -> list[str]:
    """Cut a run of a script that does not part its words into pairs of characters that overlap."""
    return [first + second for first, second in pairwise(run)] or [run]
