"""What a filter costs a search, against the same search of everything, in one run.

    python -m benchmarks.filters [--index news] [--questions 40]

The index is one that is built; the questions are titles of its articles. Searched are the articles of the source that
has most, those of half of the days, and all but one source: few rows, half of them, and nearly all. The time to know
the rows is told beside it; the first filter that a version is asked for reads source and date of every article.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from time import perf_counter

from benchmarks.results import Row, against, interleaved, report
from qa.config import Settings
from qa.index import OpenIndex, index_folder, open_current
from qa.loading import Models
from qa.records import Filters, Hit
from qa.seams import Rows, Searcher, Vectors

_HITS = 100
_ROUNDS = 15


def main() -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", default="news")
    parser.add_argument("--questions", type=int, default=40)
    given = parser.parse_args()
    settings = Settings.from_env(index=given.index)
    models = Models(settings)
    vectors: dict[str, Vectors] = {}

    def encoded(text: str) -> Vectors:
        if text not in vectors:
            vectors[text] = models.encoder().encode_query(text)
        return vectors[text]

    index = open_current(index_folder(settings.indexes, settings.index), encoded)
    started = perf_counter()
    index.store.overview()
    first = (perf_counter() - started) * 1e3
    filters = _filters(index)
    questions = [article.title for article in index.store.articles(given.questions)]
    recipe = index.manifest.recipe
    rows = [Row("first filter of a version", first, "ms", note=f"{recipe.articles:,} articles")]
    for name, chosen in filters.items():
        rows += _rows(index, name, chosen, questions)
    report("filters", rows, ("faiss-cpu", "numpy"))


def _filters(index: OpenIndex) -> dict[str, Filters]:
    overview = index.store.overview()
    sources = [count.source for count in overview.sources if count.source is not None]
    days = sorted(article.published_at[:10] for article in index.store.articles() if article.published_at)
    chosen = {}
    if sources:
        chosen["the largest source"] = Filters((sources[0],))
        chosen["all sources but that"] = Filters(tuple(sources[1:]))
    if days:
        chosen["half of the days"] = Filters((), days[len(days) // 2])
    return chosen


def _rows(index: OpenIndex, name: str, filters: Filters, questions: Sequence[str]) -> list[Row]:
    within = index.store.rows_of(filters)
    share = f"{len(within):,} of {index.manifest.recipe.chunks:,} passages"
    (knowing,) = interleaved(_ROUNDS, lambda: index.store.rows_of(filters))
    rows = [Row(f"{name}: its rows", knowing * 1e3, "ms", note=share)]
    searches: dict[str, Searcher | None] = {"words": index.lexical, "vectors": index.dense}
    for kind, search in searches.items():
        if search is not None:
            some, everything = interleaved(_ROUNDS, _all(search, questions, within), _all(search, questions, None))
            each = 1e3 / len(questions)
            what = f"{name}: {kind}"
            rows.append(against(what, some * each, "ms", "unfiltered", everything * each, less_is_better=True))
    return rows


def _all(search: Searcher, questions: Sequence[str], within: Rows | None) -> Callable[[], list[list[Hit]]]:
    return lambda: [search.search(question, _HITS, within) for question in questions]


if __name__ == "__main__":
    main()
