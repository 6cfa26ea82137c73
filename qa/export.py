"""The articles and passages of an index as files that other programs read, and a build reads again.

corpus.jsonl      an article on each line, in the layout of BEIR
passages.jsonl    a passage on each line, by which article it is of and where it lies there
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.beir import CORPUS, PASSAGES, article_row, passage_row
from qa.store import Store
from qa.whole import check_target, whole, write_rows

_OURS = frozenset({CORPUS, PASSAGES})


@dataclass(frozen=True, slots=True)
class Exported:
    """How much was written."""

    articles: int
    passages: int


def article_rows(store: Store) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of corpus.jsonl, by the ids of the articles; holds one at a time."""
    return map(article_row, store.every_article())


def passage_rows(store: Store) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of passages.jsonl, in the order of the articles; holds one article at a time."""
    return (passage_row(chunk, article) for chunk, article in store.every_chunk())


def export(store: Store, folder: Path, *, force: bool = False) -> Exported:
    """Write both files into `folder`, which is there when both are complete.

    Raises SourceError for a folder that holds something, with `force` only where that is no export, and OSError.
    """
    check_target(folder, _OURS, "export", force=force)
    with whole(folder) as fresh:
        return Exported(
            write_rows(fresh / CORPUS, article_rows(store)), write_rows(fresh / PASSAGES, passage_rows(store))
        )
