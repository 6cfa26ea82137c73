"""Articles and passages as JSON rows, in the layout of BEIR (Thakur et al. 2021): `_id`, `title`, `text`, and more.

What `article_row` makes of an article, a build reads as that article again.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from qa.records import Article, Chunk

CORPUS, PASSAGES = "corpus.jsonl", "passages.jsonl"


def article_row(article: Article) -> dict[str, Any]:
    """Return an article as a row of corpus.jsonl; what it does not state is left out.

    `headings` and `pages` say where these are in the text, and with that also that the text is in canonical form.
    """
    stated = {
        "url": article.url,
        "source": article.source,
        "author": article.author,
        "published_at": article.published_at,
        "language": article.language,
    }
    return {
        "_id": article.id,
        "title": article.title,
        "text": article.text,
        **{name: value for name, value in stated.items() if value is not None},
        "metadata": dict(article.metadata),
        "headings": [asdict(heading) for heading in article.headings],
        "pages": [asdict(page) for page in article.pages],
    }


def passage_row(chunk: Chunk, article: Article) -> dict[str, Any]:
    """Return a passage as a row of passages.jsonl; offsets count code points into the article's text, end exclusive."""
    return {
        "_id": chunk.id,
        "title": article.title,
        "text": article.text[chunk.span.start : chunk.span.end],
        "article_id": article.id,
        "start_char_index": chunk.span.start,
        "end_char_index": chunk.span.end,
        "context": chunk.context,
    }
