"""What is said of an answer as a whole: what stands over it, how much was looked at, who wrote its prose."""

from __future__ import annotations

from collections.abc import Mapping

from qa.records import Answer, Findings, Outcome

SILENCE: Mapping[Outcome, str] = {
    Outcome.NOT_STATED: "The articles are about this, but do not say.",
    Outcome.NOT_COVERED: "The articles are not about this.",
    Outcome.UNREADABLE: "This cannot be judged.",
}
"""What an answer without a quotation says first; the reason follows."""


def headline(answer: Answer) -> str | None:
    """Return what stands over an answer: how many articles are shown, or that there is no answer.

    A list has an end where the corpus may have more, so it does not say that these are all. None where there is an
    answer: it is its own headline.
    """
    if answer.outcome is not Outcome.LISTED:
        return SILENCE.get(answer.outcome)
    number = len({citation.article_id for citation in answer.citations})
    shown = f"Here {'is' if number == 1 else 'are'} {counted(number, 'article')}"
    dated = any(citation.published_at for citation in answer.citations)
    return f"{shown}, newest first." if dated and number > 1 else f"{shown}."


def looked_at_in_words(answer: Answer | Findings) -> str:
    """Return what was looked at: how much was searched, in which ways, and how much of it was read."""
    at = answer.looked_at
    ways = "by words and by meaning" if "dense" in answer.searches else "by words, not by meaning"
    searched = f"Searched {counted(at.passages, 'passage')} of {counted(at.articles, 'article')} {ways}"
    if at.read == 0:
        return f"{searched}."
    if at.read >= at.passages:
        return f"{searched}; read {'it' if at.passages == 1 else 'all of them'}."
    return f"{searched}; read the {'closest one' if at.read == 1 else f'{at.read:,} closest'}."


def byline(model: str) -> str:
    """Return who wrote the prose of an answer, and what was done with it."""
    return f"Written by {model} from the quotations below; each sentence was checked against them."


def counted(number: int, noun: str) -> str:
    """Return "1 article", "13,656 articles"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
