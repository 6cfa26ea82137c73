"""How the words of a language become terms: which of them count, and what is left of each.

English has Lucene's stop words and is the analysis of texts whose language is not known. The other languages have the
stop words of Snowball where there are such, a Snowball stemmer where PyStemmer has one, and their words as they are
where it has none. Words of grammar are rare in a corpus that is mostly in another language, and would weigh there like
names: idf alone does not do. Scripts without spaces between words are cut into pairs of characters, as Lucene's
CJKAnalyzer does.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

DEFAULT = "en"

# The 33 of Lucene's EnglishAnalyzer.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
        "this to was will with",
    )
)

# Their articles and pronouns are written on to the word: "l'eau", "dell'arte".
_ELIDED = frozenset({"ca", "fr", "it"})
_UNSPACED = frozenset({"ja", "km", "ko", "lo", "my", "th", "zh"})

_CJK = r"\u3040-\u30ff\u3400-\u9fff"
_NUMBER = r"\d+(?:[.,]\d+)+"
_RUN = (
    r"\u0e00-\u0e4e\u0e80-\u0eff\u1000-\u103f\u1050-\u109d\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
    r"\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_OF_THREAD = threading.local()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What makes terms of the words of one language.

    `token` finds the words in a folded text; `stemmer` is the name of the language for Snowball, None where it has
    none. `run` matches where a word is a run of a script that does not part its words, None in other languages.
    """

    token: re.Pattern[str]
    stop_words: frozenset[str]
    stemmer: str | None
    run: re.Pattern[str] | None = None

    def stems(self, words: list[str]) -> list[str]:
        """Return the terms of words that count."""
        if self.stemmer is None:
            return words
        stems: list[str] = _stemmer(self.stemmer).stemWords(words)
        return stems


def analysed_as(language: str | None) -> str:
    """Return the language (ISO 639-1) by whose rules a text in `language` is analysed; of None those of English."""
    return language or DEFAULT


def prefix_of(language: str) -> str:
    """Return what the terms of a language begin with in an index: "de:" of German, nothing of English.

    So a word is not found in a text of another language where its stem happens to be that of another word.
    """
    return "" if language == DEFAULT else f"{language}:"


def language_of(term: str) -> str:
    """Return the language that a term of an index is of."""
    return term.partition(":")[0] if ":" in term else DEFAULT


@cache
def analysis_of(language: str) -> Analysis:
    """Return the analysis of a language by its ISO 639-1 code; there is one for every code."""
    if language == DEFAULT:
        # One ideograph or kana, or a word with its apostrophes; ideographs touch words without a space.
        letters = rf"[^\W_{_CJK}]+"
        token = re.compile(rf"{_NUMBER}|[{_CJK}]|{letters}(?:'{letters})*")
        return Analysis(token, STOP_WORDS, "english")
    unspaced = language in _UNSPACED
    apart = _RUN if unspaced else _CJK
    letters = rf"[^\W_{apart}]+(?:[{_marks()}]+[^\W_{apart}]*)*"
    joined = "" if language in _ELIDED else f"(?:'{letters})*"
    token = re.compile(rf"{_NUMBER}|[{apart}]{'+' if unspaced else ''}|{letters}{joined}")
    run = re.compile(f"[{_RUN}]") if unspaced else None
    return Analysis(token, stop_words_of(language), _snowball(language), run)


@cache
def stop_words_of(language: str) -> frozenset[str]:
    """Return Snowball's words of grammar of a language, folded as words of a text are; none where there is no list."""
    path = files("qa.lexical") / "stop_words" / f"{language}.txt"
    if not re.fullmatch("[a-z]{2}", language) or not path.is_file():
        return frozenset()
    return frozenset(unicodedata.normalize("NFKC", path.read_text(encoding="utf-8")).casefold().split())


def _snowball(language: str) -> str | None:
    from Stemmer import Stemmer

    try:
        Stemmer(language)
    except KeyError:
        return None
    return language


def _stemmer(name: str) -> Any:
    """Return this thread's stemmer: it keeps state while it works."""
    stemmers: dict[str, Any] = _OF_THREAD.__dict__
    if name not in stemmers:
        from Stemmer import Stemmer

        stemmers[name] = Stemmer(name)
    return stemmers[name]


@cache
def _marks() -> str:
    """Return the marks that belong to the letter before them, such as the vowels of Hindi, for a character class."""
    return "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in ("Mn", "Mc"))


def stem_of(language: str) -> Callable[[str], str] | None:
    """Return what stems one word of a language, for one thread; None where words stay as they are."""
    from Stemmer import Stemmer

    name = analysis_of(language).stemmer
    stem: Callable[[str], str] | None = Stemmer(name).stemWord if name else None
    return stem
