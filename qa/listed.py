"""A question about the corpus itself to a list of its articles, newest first, each with a quoted sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.asked import sources_named
from qa.copies import collapse, with_copies
from qa.listing import MOST_LISTED, CorpusQuestion, list_articles, opening
from qa.records import NO_FILTERS, Filters, Note, NoteKind, Outcome, Passage, Quote, Standing, Verdict
from qa.retrieval import Retrieval
from qa.stopwatch import Stopwatch

READ = 30
"""Passages that are read for a list: ten articles may have several each."""

_LOOKED_THROUGH = 50
"""Newest articles that are looked through: some may be copies of others."""

_NOTHING = "No article is about this."
_SURE = 1.0


def listed(
    of_corpus: CorpusQuestion, retrieval: Retrieval, watch: Stopwatch, filters: Filters = NO_FILTERS
) -> tuple[Verdict, list[Passage]]:
    """Return the list and the passages that were considered; NOT_COVERED where no article is about the topic.

    Only what passes the filters counts, and where the question names a source, only what is from that too. A source in
    the question that no article has is part of the topic: "the latest from Gaza".
    """
    sources = sources_named(f"from {of_corpus.source}", retrieval.index.store.sources()) if of_corpus.source else ()
    topic = of_corpus.topic
    if of_corpus.source and not sources:
        topic = f"{topic} {of_corpus.source}".strip()
    both = _both(filters, sources)
    if both is None:
        passages = []
    else:
        passages = retrieval.passages(topic, READ, READ, watch, both) if topic else _newest(retrieval, both)
    with watch.stage("answer"):
        quotes = _listed(topic, passages)
    if not quotes:
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _NOTHING), passages
    return Verdict(Outcome.LISTED, quotes, _SURE, None, _notes(of_corpus, quotes)), passages


def _listed(topic: str, passages: Sequence[Passage]) -> tuple[Quote, ...]:
    kept = [kept.passage for kept in collapse(passages)]
    if topic:
        return with_copies(list_articles(topic, kept), passages)
    return with_copies([opening(passage) for passage in kept[:MOST_LISTED]], passages)


def _both(filters: Filters, sources: Sequence[str]) -> Filters | None:
    """Return filters that also hold to these sources, where there are any; None where nothing can pass both."""
    if not sources:
        return filters
    kept = tuple(source for source in sources if not filters.sources or source in filters.sources)
    return replace(filters, sources=kept) if kept else None


def _newest(retrieval: Retrieval, filters: Filters) -> list[Passage]:
    """Return the first passages of the newest articles that pass."""
    store = retrieval.index.store
    found: list[Passage] = []
    for article in store.newest(_LOOKED_THROUGH, filters):
        chunk = store.first_chunk(article.id)
        if chunk is not None:
            place = Standing(len(found) + 1, 0.0)
            found.append(Passage(chunk, article, place, None, None, None, place))
    return found


def _notes(of_corpus: CorpusQuestion, quotes: Sequence[Quote]) -> tuple[Note, ...]:
    """Say what the list is not: a count. A search finds the closest articles, it does not count all that mention."""
    if not of_corpus.how_many:
        return ()
    shown = f"The list shows {len(quotes)}" + (", the most it shows" if len(quotes) == MOST_LISTED else "")
    return (Note(NoteKind.NOT_A_COUNT, f"{shown}; articles were searched, not counted, so there may be more."),)
