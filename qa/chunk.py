"""Articles to chunks: whole sentences, within one section, with exact offsets into `Article.text`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.authorship import writer_of
from qa.published import in_words
from qa.records import Article, Chunk, Heading, Span
from qa.sections import PATH, below
from qa.sentences import length_in_words, sentences

_ROOMY = 0.6
"""From this share of the limit on, the end of a paragraph ends the chunk."""

_CRUMB = 0.2
"""A last chunk below this share of the limit is joined to the one before it."""


def chunk(article: Article, longest: int) -> list[Chunk]:
    """Cut an article into chunks of at most `longest` words, in order; every sentence is in exactly one.

    A chunk ends with a sentence, and with a paragraph where that fits. Headings part chunks and are their
    context. A single sentence over the limit stays whole, and a short rest of a section, joined to the chunk
    before it, may exceed the limit by a fifth.
    """
    groups = (
        (context, group) for context, section in _sections(article) for group in _groups(article.text, section, longest)
    )
    return [
        Chunk(
            id=f"{article.id}:{number}",
            article_id=article.id,
            span=Span(group[0].start, group[-1].end),
            context=context,
            sentences=tuple(group),
        )
        for number, (context, group) in enumerate(groups)
    ]


def _sections(article: Article) -> Iterator[tuple[str, list[Span]]]:
    """Yield the heading path and the sentences of each section that has any."""
    path: list[Heading] = []
    edges = [Heading(0, 0, 0), *article.headings, Heading(0, len(article.text), len(article.text))]
    for heading, following in pairwise(edges):
        path = below(path, heading)
        titles = [_title(article), *(article.text[part.start : part.end] for part in path if part.level > 0)]
        body = sentences(article.text[heading.end : following.start])
        if body:
            yield PATH.join(titles), [Span(heading.end + s.start, heading.end + s.end) for s in body]


def _title(article: Article) -> str:
    """Return the title, after who wrote it where all of it is what that person says: nobody names himself in a mail."""
    writer = writer_of(article)
    return f"{writer} wrote: {article.title}" if writer else article.title


def _groups(text: str, section: Sequence[Span], longest: int) -> list[list[Span]]:
    """Pack the sentences of a section into groups of at most `longest` words."""
    groups: list[list[Span]] = []
    words = 0
    for sentence in section:
        length = length_in_words(text[sentence.start : sentence.end])
        if groups and not _is_full(text, groups[-1][-1], sentence, words, words + length, longest):
            groups[-1].append(sentence)
            words += length
        else:
            groups.append([sentence])
            words = length
    if len(groups) > 1 and words < _CRUMB * longest:
        rest = groups.pop()
        groups[-1].extend(rest)
    return groups


def _is_full(text: str, last: Span, sentence: Span, words: int, grown: int, longest: int) -> bool:
    ends_paragraph = "\n\n" in text[last.end : sentence.start]
    return grown > longest or (ends_paragraph and words >= _ROOMY * longest)


def searched_text(chunk: Chunk, article: Article) -> str:
    """Return what both indexes and the reranker see of a chunk: who published it when, its context, the chunk itself.

    People ask for "the Guardian's report of October"; measured in `docs/quality.md`.
    """
    published = ", ".join(part for part in (article.source, in_words(article)) if part)
    context = f"{published}: {chunk.context}" if published else chunk.context
    return f"{context}\n{article.text[chunk.span.start : chunk.span.end]}"
