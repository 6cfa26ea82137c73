"""From passages to a verdict: read, judged, chosen, shown; or silence, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa.answer import Score, ranked
from qa.answering.asked import asked_of
from qa.answering.choosing import chosen
from qa.answering.judging import in_favour, is_about, probability, signals_of
from qa.answering.reading import may_be_said, windows
from qa.answering.showing import languages, shown
from qa.copies import with_copies
from qa.records import Outcome, Passage, Verdict

_FIRST_BEYOND_LATIN = "\u0370"
_NOTHING_SEARCHED = "No word of the question, and nothing like it, is in the articles."
_UNREADABLE = "The models read English; the question, or what was found for it, is in another script."
_NOT_STATED = "What they say nearest to the question does not answer it well enough to be quoted."
_NOT_COVERED = "What they say nearest to the question is about something else."
_NOT_SAID = "What they say of it was written by others, and does not tell what is asked for."


def answered(
    question: str,
    passages: Sequence[Passage],
    sources: Sequence[str],
    rarity: Mapping[str, Mapping[str, float]],
    score: Score,
    min_confidence: float,
) -> Verdict:
    """Choose the one to three quotes that answer, or abstain below `min_confidence`.

    `passages` come best first; those with a rerank standing were read. `sources` are those that the question names;
    `rarity` holds the weight of each of its terms, by the rules of each language of the index; `score` is the
    reranker's.
    """
    read = [passage for passage in passages if passage.rerank]
    asked = asked_of(question, read, sources, rarity)
    said = windows(asked, read, score)
    if not said:
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _NOTHING_SEARCHED)
    quotes = ranked([in_favour(asked, quote) for quote in said if may_be_said(asked, quote)])
    if not quotes:
        return Verdict(Outcome.NOT_STATED, (), 0.0, _NOT_SAID)
    if _is_foreign(question) or _is_foreign(quotes[0].text):
        return Verdict(Outcome.UNREADABLE, (), 0.0, _UNREADABLE)
    told = signals_of(asked, read, quotes)
    sure = probability(told)
    if sure < min_confidence:
        outcome, reason = (Outcome.NOT_STATED, _NOT_STATED) if is_about(told) else (Outcome.NOT_COVERED, _NOT_COVERED)
        return Verdict(outcome, (), sure, reason, signals=told)
    best, notes = chosen(asked, read, quotes, score)
    quoted = shown(asked, with_copies(best, passages))
    return Verdict(Outcome.ANSWERED, quoted, sure, None, (*notes, *languages(quoted)), told)


def _is_foreign(text: str) -> bool:
    """Whether most letters are in a script that the cross-encoder was not trained on; its logits mean nothing there."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(character >= _FIRST_BEYOND_LATIN for character in letters) > len(letters)
