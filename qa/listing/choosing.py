"""The articles that are about a topic, and the newest of all: newest first, each with a quoted sentence."""

from __future__ import annotations

from collections.abc import Sequence

from qa.published import newest_first
from qa.records import Passage, Quote, Span
from qa.sentences import length_in_words
from qa.statements import content

MOST_LISTED = 10
ABOUT = 0.0
"""A passage that does not name the topic is about it from this logit on: where the reranker passes an even chance."""

NOT_ABOUT = -6.0
"""A passage that names the topic only in passing, below this logit, is not about it."""

_SHORTEST = 5


def list_articles(topic: str, passages: Sequence[Passage], most: int = MOST_LISTED) -> tuple[Quote, ...]:
    """Return a quote from each article that is about `topic`: at most `most`, newest first, undated last.

    `passages` come best first with the reranker's logits for the topic. An article is about it where a passage, with
    its title and headings, names all of the topic's words, or where the reranker is sure without them. The quote is
    the sentence that names most of them, and where several do the first.
    """
    words = content(topic)
    found: dict[str, Quote] = {}
    for passage in passages:
        if passage.article.id not in found and len(found) < most and _is_about(words, passage):
            found[passage.article.id] = _quote(passage, _naming(words, passage))
    return tuple(newest_first(found.values(), lambda quote: quote.passage.article))


def opening(passage: Passage) -> Quote:
    """Return the first sentence of a passage that says something, to show what an article is."""
    return _quote(passage, _readable(passage)[0])


def _is_about(words: set[str], passage: Passage) -> bool:
    logit = passage.rerank.score if passage.rerank else 0.0
    named = words <= content(f"{passage.chunk.context} {passage.text}")
    return logit >= (NOT_ABOUT if named else ABOUT)


def _naming(words: set[str], passage: Passage) -> Span:
    return max(_readable(passage), key=lambda sentence: len(words & content(_text(passage, sentence))))


def _readable(passage: Passage) -> Sequence[Span]:
    """Return the sentences of at least _SHORTEST words, or all where none is so long."""
    sentences = passage.chunk.sentences
    return [span for span in sentences if length_in_words(_text(passage, span)) >= _SHORTEST] or sentences


def _quote(passage: Passage, span: Span) -> Quote:
    return Quote(passage, span, _text(passage, span), passage.rerank.score if passage.rerank else 0.0)


def _text(passage: Passage, span: Span) -> str:
    return passage.article.text[span.start : span.end]
