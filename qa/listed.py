"""A question about the corpus itself to a list of its articles, newest first, each with a quoted sentence."""

from __future__ import annotations

from collections.abc import Sequence

from qa.asked import sources_named
from qa.copies import collapse, with_copies
from qa.listing import MOST_LISTED, CorpusQuestion, list_articles, newest_articles, opening
from qa.records import Note, NoteKind, Outcome, Passage, Quote, Standing, Verdict
from qa.retrieval import Retrieval
from qa.stopwatch import Stopwatch

READ = 30
"""Passages that are read for a list: ten articles may have several each."""

_LOOKED_THROUGH = 50
"""Newest articles that are looked through: dates are ordered as text first, which is not quite their order in time."""

_NOTHING = "No article is about this."
_SURE = 1.0


def listed(of_corpus: CorpusQuestion, retrieval: Retrieval, watch: Stopwatch) -> tuple[Verdict, list[Passage]]:
    """Return the list and the passages that were considered; NOT_COVERED where no article is about the topic.

    A source in the question that no article has is part of the topic: "the latest from Gaza".
    """
    sources = sources_named(f"from {of_corpus.source}", retrieval.index.store.sources()) if of_corpus.source else ()
    topic = of_corpus.topic
    if of_corpus.source and not sources:
        topic = f"{topic} {of_corpus.source}".strip()
    searched = (
        f"{topic} from {of_corpus.source}" if sources else topic
    )  # its articles come first, before any are dropped
    passages = retrieval.passages(searched, READ, READ, watch) if topic else _newest(retrieval, sources)
    considered = [passage for passage in passages if not sources or passage.article.source in sources]
    with watch.stage("answer"):
        quotes = _listed(topic, considered)
    if not quotes:
        return Verdict(Outcome.NOT_COVERED, (), 0.0, _NOTHING), passages
    return Verdict(Outcome.LISTED, quotes, _SURE, None, _notes(of_corpus, quotes)), passages


def _listed(topic: str, passages: Sequence[Passage]) -> tuple[Quote, ...]:
    kept = [kept.passage for kept in collapse(passages)]
    if topic:
        return with_copies(list_articles(topic, kept), passages)
    return with_copies([opening(passage) for passage in kept[:MOST_LISTED]], passages)


def _newest(retrieval: Retrieval, sources: Sequence[str]) -> list[Passage]:
    """Return the first passages of the newest articles, of these sources where there are any."""
    store = retrieval.index.store
    found: list[Passage] = []
    for article in newest_articles(store.newest(_LOOKED_THROUGH, sources), _LOOKED_THROUGH):
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
