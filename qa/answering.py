"""From the passages that were read to a verdict: quotes that answer, or silence and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.answer import Score, models, ranked, read_windows, signals, without_repetition
from qa.lexical import tokenize
from qa.records import Outcome, Passage, Verdict

_FIRST_BEYOND_LATIN = "\u0370"
_ABOUT = 0.5
_NOTHING_SEARCHED = "Nothing in the articles resembles the question."
_FOREIGN = "The model that judges answers reads English; the question, or what was found for it, is in another script."
_NOT_STATED = "The closest passages are about this, but none answers well enough to be quoted as an answer."
_NOT_COVERED = "The closest passages are about something else."


def answered(
    question: str, passages: Sequence[Passage], rarity: Mapping[str, float], score: Score, min_confidence: float
) -> Verdict:
    """Choose the one to three quotes that answer, or abstain below `min_confidence`.

    `passages` come best first as they were read; `rarity` holds the weight of each term of the question; `score` is
    the reranker's.
    """
    quotes = ranked(read_windows(question, passages, score))
    if not quotes:
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _NOTHING_SEARCHED)
    if _is_foreign(question) or _is_foreign(quotes[0].text):
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _FOREIGN)
    told = signals(question, passages, quotes, rarity, tokenize, 0.0)
    sure = models().answers.probability(told)
    if sure < min_confidence:
        if models().about.probability(told) < _ABOUT:
            return Verdict(Outcome.NOT_COVERED, (), sure, _NOT_COVERED)
        return Verdict(Outcome.NOT_STATED, (), sure, _NOT_STATED)
    return Verdict(Outcome.ANSWERED, without_repetition(quotes), sure, None)


def _is_foreign(text: str) -> bool:
    """Whether most letters are in a script that the cross-encoder was not trained on; its logits mean nothing there."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(character >= _FIRST_BEYOND_LATIN for character in letters) > len(letters)
