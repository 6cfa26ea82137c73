"""One question to its measures, and to whether its answer was right."""

from __future__ import annotations

from qa.evaluate.ranking import MAP_OF_FACTS, by_article, by_passage, facts_found, level_of_passages, measures_of
from qa.evaluate.records import Asked, Rule, Scored, Verdict
from qa.evaluate.wording import SHORT, count_words, exact_match, f1, holds, squeezed
from qa.records import Citation

HOLDS, FIRST_HOLDS = "cited text holds a gold answer", "first quote holds a gold answer"
WORDS, FIRST_WORDS = "words cited", "words of the first quote"
EXACT, F1 = "exact match", "F1"
CITES_FACT, CITES_ARTICLE = "a gold fact is cited", "a relevant article is cited"


def score(asked: Asked, threshold: float) -> Scored:
    """Judge what came of a question; it counts as answered from a confidence of `threshold`."""
    rule, right = _judged(asked)
    answered = asked.has_answer and asked.confidence >= threshold
    measures = {**_retrieval(asked), **_answers(asked)}
    return Scored(asked, rule, right, answered, _verdict(rule, answered=answered, right=right), measures)


def _judged(asked: Asked) -> tuple[Rule, bool | None]:
    """Return whether the cited text is right, by the strictest rule that the gold allows.

    No quote answers a question whose answer takes several articles; right is one that is from one of these.
    """
    if not asked.question.answerable:
        return Rule.UNANSWERABLE, False
    if asked.question.facts and len(asked.gold.articles) > 1:
        return Rule.ARTICLE, _cites_article(asked)
    if asked.gold.answers:
        return Rule.ANSWER, any(_holds_answer(citation, asked) for citation in asked.citations)
    if asked.question.facts:
        return Rule.FACT, _cites_fact(asked)
    if asked.gold.articles:
        return Rule.ARTICLE, _cites_article(asked)
    return Rule.NONE, None


def _verdict(rule: Rule, *, answered: bool, right: bool | None) -> Verdict:
    if rule is Rule.NONE:
        return Verdict.UNKNOWN
    if rule is Rule.UNANSWERABLE:
        return Verdict.SHOULD_BE_SILENT if answered else Verdict.RIGHTLY_SILENT
    if answered:
        return Verdict.RIGHT if right else Verdict.WRONG
    return Verdict.MISSED if right else Verdict.LOST


def _retrieval(asked: Asked) -> dict[str, float]:
    measures: dict[str, float] = {}
    articles, passages = by_article(asked), by_passage(asked)
    if articles is not None:
        measures |= {f"article {name}": value for name, value in measures_of(articles).items()}
    if passages is not None:
        level = level_of_passages(asked)
        measures |= {f"{level} {name}": value for name, value in measures_of(passages).items()}
    if (found := facts_found(asked)) is not None:
        measures[f"passage {MAP_OF_FACTS}"] = found
    return measures


def _answers(asked: Asked) -> dict[str, float]:
    """Return what can be said of the cited text; one without citations holds nothing and has no length."""
    if not asked.question.answerable:
        return {}
    measures: dict[str, float] = {}
    held = [_holds_answer(citation, asked) for citation in asked.citations]
    if asked.gold.answers:
        measures |= {HOLDS: float(any(held)), FIRST_HOLDS: float(held[:1] == [True])}
    if asked.question.facts:
        measures[CITES_FACT] = float(_cites_fact(asked))
    if asked.gold.articles:
        measures[CITES_ARTICLE] = float(_cites_article(asked))
    if asked.citations:
        lengths = [count_words(citation.cited_text) for citation in asked.citations]
        measures |= {WORDS: float(sum(lengths)), FIRST_WORDS: float(lengths[0])}
    short = [answer for answer in asked.gold.answers if count_words(answer) <= SHORT]
    if short:
        said = short_answer(asked)
        measures |= {EXACT: exact_match(said, short), F1: f1(said, short)}
    return measures


def short_answer(asked: Asked) -> str:
    """Return the words marked first, in the first quote that has any marked; else the first quote whole."""
    for citation in asked.citations:
        for mark in citation.highlights:
            offset = citation.start_char_index
            return citation.cited_text[mark.start_char_index - offset : mark.end_char_index - offset]
    return asked.citations[0].cited_text if asked.citations else ""


def _holds_answer(citation: Citation, asked: Asked) -> bool:
    """Return whether a quote holds a gold answer: the gold place itself, or the words of the answer."""
    start, end = citation.start_char_index, citation.end_char_index
    spans = asked.gold.spans.get(citation.article_id, ())
    return any(start <= span.start and span.end <= end for span in spans) or any(
        holds(citation.cited_text, answer) for answer in asked.gold.answers
    )


def _cites_fact(asked: Asked) -> bool:
    quotes = [squeezed(citation.cited_text) for citation in asked.citations]
    facts = [squeezed(fact) for fact in asked.question.facts]
    return any(quote in fact or fact in quote for quote in quotes for fact in facts)


def _cites_article(asked: Asked) -> bool:
    return any(citation.article_id in asked.gold.articles for citation in asked.citations)
