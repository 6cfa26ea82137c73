"""From the passages that were read to a verdict: quotes that answer and what to know of them, or silence.

sentences -> signals -> confidence -> the quotes -> copies, disagreement, recency -> what each needs -> highlights
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

from qa.answer import (
    Score,
    Signals,
    favoured,
    is_known,
    is_signature,
    is_within,
    may_be_said_by,
    models,
    overlap,
    ranked,
    read_windows,
    share,
    signals,
    without_repetition,
    wrote_any,
)
from qa.antecedent import leans_on_previous
from qa.asked import Speaker, parts, speaker
from qa.copies import with_copies
from qa.disagreement import disagreement
from qa.evidence import one_each
from qa.expected import Expected, expected
from qa.highlight import highlights
from qa.languages import language_name
from qa.lexical import analysed_as, tokenize
from qa.recency import newest_of_near
from qa.records import Article, Note, NoteKind, Outcome, Passage, Quote, Span, Verdict

ABOUT = 0.5
"""From this probability on the corpus is said to be about the question's topic."""

NEAR = 0.5
"""Quotes whose scores are this near (in logits) answer equally well, and the newest comes first."""

COMPARED, COMPARED_WITHIN = 4, 4.0
"""So many further quotes, at most so many logits below the best, are looked at: they may add something or disagree."""

FURTHER_FROM = 0.5
"""A further quote is more probably an answer of its own than not."""

PART_FROM, SOURCE_WITHIN = 0.0, 3.0
"""What a quote must reach (in logits) to answer a part of a question; how far one from a source it names may trail."""

_FIRST_BEYOND_LATIN = "\u0370"
_NOTHING_SEARCHED = "No word of the question, and nothing like it, is in the articles."
_UNREADABLE = "The models read English; the question, or what was found for it, is in another script."
_NOT_STATED = "What they say nearest to the question does not answer it well enough to be quoted."
_NOT_COVERED = "What they say nearest to the question is about something else."
_NOT_SAID = "What they say of it was written by others, and does not tell what is asked for."
_NAMED = frozenset({Expected.PERSON, Expected.PLACE, Expected.DATE, Expected.NUMBER, Expected.ENTITY})


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with what is known of it: the kind of answer, its parts, its sources.

    `rarity` holds the weight of each of its terms, by the rules of each language (ISO 639-1) of the index.
    """

    text: str
    kind: Expected
    rarity: Mapping[str, Mapping[str, float]]
    parts: tuple[str, ...]
    sources: tuple[str, ...]
    speaker: Speaker | None = None
    """Whose words are asked for, where that is somebody who wrote, or was written to, what was read."""

    @property
    def is_of_several(self) -> bool:
        """Whether it takes several articles to answer."""
        return len(self.parts) > 1 or len(self.sources) > 1

    def rarity_in(self, article: Article) -> Mapping[str, float]:
        """Return the weight of each term by the rules of an article's language."""
        return self.rarity.get(analysed_as(article.language), {})


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
    asked = _Asked(question, expected(question), rarity, parts(question), tuple(sources), _speaker(question, read))
    windows = _windows(asked, read, score)
    if not windows:
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _NOTHING_SEARCHED)
    quotes = ranked([_favoured(asked, quote) for quote in windows if _may_be_said(asked, quote)])
    if not quotes:
        return Verdict(Outcome.NOT_STATED, (), 0.0, _NOT_SAID)
    if _is_foreign(question) or _is_foreign(quotes[0].text):
        return Verdict(Outcome.UNREADABLE, (), 0.0, _UNREADABLE)
    told = asdict(_signals(asked, read, quotes))
    sure = models().answers.probability(told)
    if sure < min_confidence:
        is_about = models().about.probability(told) >= ABOUT
        outcome, reason = (Outcome.NOT_STATED, _NOT_STATED) if is_about else (Outcome.NOT_COVERED, _NOT_COVERED)
        return Verdict(outcome, (), sure, reason, signals=told)
    chosen, notes = _chosen(asked, read, quotes, score)
    told_once = with_copies(chosen, passages)
    whole = [_understood(quote, told_once) for quote in told_once]
    shown = tuple(_highlighted(asked, quote) for quote in whole)
    return Verdict(Outcome.ANSWERED, shown, sure, None, (*notes, *_languages(shown)), told)


def _speaker(question: str, read: Sequence[Passage]) -> Speaker | None:
    found = speaker(question)
    return found if found is not None and is_known(found.name, read) else None


def _windows(asked: _Asked, read: Sequence[Passage], score: Score) -> list[Quote]:
    """Return the sentences as the cross-encoder judges them, asked for what somebody wrote where he did write."""
    said = asked.speaker
    put = said.question if said is not None and said.question and wrote_any(said.name, read) else asked.text
    windows = read_windows(put, _of_articles(read) if asked.is_of_several else read, score)
    return [quote for quote in windows if not is_signature(quote)] or windows


def _may_be_said(asked: _Asked, quote: Quote) -> bool:
    return asked.speaker is None or may_be_said_by(asked.speaker.name, quote)


def _languages(quotes: Sequence[Quote]) -> tuple[Note, ...]:
    """Return what is to be said of quotes in other languages: the confidence was fitted to answers in English."""
    codes = dict.fromkeys(quote.passage.article.language for quote in quotes)
    names = [language_name(code) for code in codes if code not in (None, "en")]
    if not names:
        return ()
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return (Note(NoteKind.LANGUAGE, f"The confidence was measured on English articles, not on {listed} ones."),)


def _chosen(
    asked: _Asked, read: Sequence[Passage], quotes: Sequence[Quote], score: Score
) -> tuple[tuple[Quote, ...], tuple[Note, ...]]:
    """Return the quotes to show and what is to be said of them.

    One from each article where a question needs several; those that disagree; or the best that add something.
    """
    from_each = _from_each(asked, read, quotes, score)
    if from_each:
        return from_each, ()
    enough = [quotes[0], *(quote for quote in _rivals(quotes) if _is_sure(asked, read, quotes, quote))]
    differing = disagreement(asked.text, enough)
    if differing is not None:
        return differing.quotes, (differing.note,)
    ordered, note = newest_of_near(without_repetition(enough), NEAR)
    return ordered, (note,) if note else ()


def _from_each(asked: _Asked, read: Sequence[Passage], quotes: Sequence[Quote], score: Score) -> tuple[Quote, ...]:
    """Return a quote for each part of a question, or from each source it names; () where it needs only one article."""
    if len(asked.parts) > 1:
        by_part = [read_windows(part, _of_articles(read), score) for part in asked.parts]
        return one_each(by_part, PART_FROM)
    if len(asked.sources) > 1:
        by_source = [[quote for quote in quotes if quote.passage.article.source == name] for name in asked.sources]
        return one_each(by_source, quotes[0].score - SOURCE_WITHIN)
    return ()


def _of_articles(passages: Sequence[Passage]) -> list[Passage]:
    """Return the best passage of each article, then the others."""
    first = {passage.article.id: passage for passage in reversed(passages)}
    return sorted(passages, key=lambda passage: first[passage.article.id] is not passage)


def _rivals(quotes: Sequence[Quote]) -> list[Quote]:
    """Return the further quotes that come near enough to the best to be looked at.

    None overlaps another, and one article does not crowd out the others.
    """
    rivals: list[Quote] = []
    for quote in quotes[1:]:
        if not is_within(quote, quotes[0], COMPARED_WITHIN) or len(rivals) == COMPARED:
            break
        of_article = [other for other in rivals if other.passage.article.id == quote.passage.article.id]
        if len(of_article) < COMPARED // 2 and not any(overlap(quote, other) for other in (quotes[0], *rivals)):
            rivals.append(quote)
    return rivals


def _is_sure(asked: _Asked, read: Sequence[Passage], quotes: Sequence[Quote], quote: Quote) -> bool:
    """Whether a further quote would be an answer of its own."""
    told = _signals(asked, read, [quote, *(other for other in quotes if other is not quote)])
    return models().answers.probability(asdict(told)) >= FURTHER_FROM


def _favoured(asked: _Asked, quote: Quote) -> Quote:
    """Return a quote with what speaks for it: the question's words, and a name or number where one is asked for."""
    article = quote.passage.article
    said = share(asked.rarity_in(article), set(tokenize(quote.text, article.language)))
    return favoured(quote, said, max(0.0, _kind(asked, quote)))


def _signals(asked: _Asked, passages: Sequence[Passage], quotes: Sequence[Quote]) -> Signals:
    article = quotes[0].passage.article
    terms = partial(tokenize, language=article.language)
    return signals(asked.text, passages, quotes, asked.rarity_in(article), terms, _kind(asked, quotes[0]))


def _kind(asked: _Asked, quote: Quote) -> float:
    """Return 1 where a quote has the name or number that is asked for, -1 where not, 0 where none is asked for."""
    if asked.kind not in _NAMED:
        return 0.0
    return 1.0 if highlights(asked.text, quote.text, asked.kind) else -1.0


def _understood(quote: Quote, quotes: Sequence[Quote]) -> Quote:
    """Return a quote of one sentence with the one before where it is not understood alone, unless that is quoted."""
    text, sentences = quote.passage.article.text, quote.passage.chunk.sentences
    place = next((place for place, sentence in enumerate(sentences) if sentence == quote.span), 0)
    if not place:
        return quote
    before = Span(sentences[place - 1].start, quote.span.end)
    previous = text[before.start : sentences[place - 1].end]
    if "\n\n" in text[before.start : before.end] or not leans_on_previous(quote.text, previous):
        return quote
    longer = replace(quote, span=before, text=text[before.start : before.end])
    return quote if any(overlap(longer, other) for other in quotes if other is not quote) else longer


def _highlighted(asked: _Asked, quote: Quote) -> Quote:
    start = quote.span.start
    found = highlights(asked.text, quote.text, asked.kind)
    return replace(quote, highlights=tuple(Span(start + mark.start, start + mark.end) for mark in found))


def _is_foreign(text: str) -> bool:
    """Whether most letters are in a script that the cross-encoder was not trained on; its logits mean nothing there."""
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(character >= _FIRST_BEYOND_LATIN for character in letters) > len(letters)
