"""Whether two wordings are the same: SQuAD's normalisation with exact match and F1, and words inside a text."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

SHORT = 10
"""Words. Exact match and F1 are of questions with a gold answer up to this long: they say nothing of a paragraph."""

_ARTICLES = frozenset({"a", "an", "the"})
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_WORD = re.compile(r"\w+")


def normalised(text: str) -> list[str]:
    """Return the words of an answer as SQuAD compares them (Rajpurkar et al. 2016, evaluate-v1.1).

    Lower case, ASCII punctuation removed, then the articles a, an, the; split at white space.
    """
    # The original removes articles at word boundaries, which beside typographic punctuation is not at spaces.
    return re.sub(r"\b(a|an|the)\b", " ", text.lower().translate(_PUNCTUATION)).split()


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """Return 1.0 where the answer is one of the golds, normalised; else 0.0."""
    return float(any(normalised(answer) == normalised(gold) for gold in golds))


def f1(answer: str, golds: Sequence[str]) -> float:
    """Return the best harmonic mean of precision and recall of words over the golds (Rajpurkar et al. 2016)."""
    return max(_f1(normalised(answer), normalised(gold)) for gold in golds)


def _f1(answer: Sequence[str], gold: Sequence[str]) -> float:
    common = sum((Counter(answer) & Counter(gold)).values())
    if not common:
        return 0.0
    precision, recall = common / len(answer), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def plain(text: str) -> str:
    """Return the words of a text, each between spaces: no case, accents, punctuation, nor articles (a, an, the)."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in apart if not unicodedata.combining(character))
    words = _WORD.findall(letters)
    return f" {' '.join([word for word in words if word not in _ARTICLES] or words)} "


def holds(text: str, answer: str) -> bool:
    """Return whether the words of `answer` stand in `text`, whole and in order."""
    return holds_plain(plain(text), answer)


def holds_plain(text: str, answer: str) -> bool:
    """Return the same of a text that is `plain` already."""
    words = plain(answer)
    return bool(words.strip()) and words in text


def is_yes_or_no(answer: str) -> bool:
    """Return whether an answer is one that no text states in these words."""
    return normalised(answer) in (["yes"], ["no"])


def squeezed(text: str) -> str:
    """Return a text without white space, in NFC."""
    return "".join(unicodedata.normalize("NFC", text).split())


def count_words(text: str) -> int:
    """Return the number of words, split at white space."""
    return len(text.split())
