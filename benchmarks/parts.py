"""What it brings to search a question also in the sources it names, and part by part, on multihop-news.

    python -m benchmarks.parts [--indexes FOLDER --index NAME]

Reads ../shared/data/multihop-news. A hit is a passage in which a gold fact lies, spaces removed; questions without an
answer are left out. Rankings by words and by vectors, fused with reciprocal rank fusion, nothing reranked. Written with
the questions of even index in view; those of odd index were kept for this table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.asked import Search, parts, searches
from qa.asked.searches import DEEPEST
from qa.build import build
from qa.config import Settings
from qa.embed import load_encoder
from qa.pipeline import Pipeline
from qa.records import Article
from qa.seams import Searcher
from qa.terminal import PlainProgress

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SET = DATA / "multihop-news"


def _chosen(variant: str, question: str, found: tuple[Search, ...]) -> Sequence[Search]:
    """Return the searches of a variant; `found` are all of them."""
    of_the_whole = [search for search in found if search.text == found[0].text]
    return {
        "the whole question": [Search(question)],
        "its parts too": [Search(question), *map(Search, parts(question))],
        "in the sources it names too": [search for search in of_the_whole if not search.days],
        "and on the days it names": of_the_whole,
        "and its parts, likewise": found,
    }[variant]


VARIANTS = (
    "the whole question", "its parts too", "in the sources it names too", "and on the days it names",
    "and its parts, likewise",
)  # fmt: skip


@dataclass(slots=True)
class Searched:
    """The passages of an index, and what was searched in it so far."""

    pipeline: Pipeline
    texts: list[str]
    articles: list[Article]
    known: dict[str, list[list[int]]]

    @classmethod
    def of(cls, pipeline: Pipeline) -> Searched:
        """Read all passages of an index."""
        every = list(pipeline.index.store.every_chunk())
        texts = ["".join(article.text[chunk.span.start : chunk.span.end].split()) for chunk, article in every]
        return cls(pipeline, texts, [article for _, article in every], {})

    def rankings(self, search: Search, longest: int = 50) -> list[list[int]]:
        """Return the rows that each kind of search finds and `search` admits, best first."""
        if search.text not in self.known:
            index = self.pipeline.index
            kinds: list[Searcher] = [index.lexical, *([index.dense] if index.dense else [])]
            self.known[search.text] = [[hit.row for hit in kind.search(search.text, DEEPEST)] for kind in kinds]
        return [
            [row for row in rows if search.admits(self.articles[row])][:longest] for rows in self.known[search.text]
        ]


def main() -> None:
    """Print a table: hits@10, hits@4, MAP@10 and MRR@10 of each variant on both halves of the questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--indexes", type=Path, help="an index that is there already; without it one is built")
    parser.add_argument("--index", default="default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        settings = Settings.from_env(indexes=given.indexes or Path(place), index=given.index)
        if given.indexes is None:
            build([SET], settings, lambda: load_encoder(settings.encoder, settings.models), PlainProgress())
        pipeline = Pipeline.open(settings)
        _print_table(Searched.of(pipeline))
        pipeline.close()
    _print_split()


def _print_table(searched: Searched) -> None:
    known = {article.source for article in searched.articles if article.source}
    print(f"{'searched':<30} half  questions  hits@10  hits@4  MAP@10  MRR@10")
    questions = _queries("multihop-news")
    for name in VARIANTS:
        for half, part in (("even", questions[::2]), ("odd", questions[1::2])):
            rows = []
            for query in part:
                facts = {"".join(evidence["fact"].split()) for evidence in query["metadata"]["evidence"]}
                if query["metadata"]["type"] != "null_query":
                    chosen = _chosen(name, query["text"], searches(query["text"], known))
                    ranked = fused([ranking for search in chosen for ranking in searched.rankings(search)])
                    rows.append(_measures([searched.texts[row] for row in ranked[:10]], facts))
            means = "  ".join(f"{sum(column) / len(rows):6.3f}" for column in zip(*rows, strict=True))
            print(f"{name:<30} {half:<5} {len(rows):9}  {means}", flush=True)


def fused(rankings: Sequence[Sequence[int]], k: int = 60) -> list[int]:
    """Return rows by reciprocal rank fusion; equal sums by row."""
    sums: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            sums[row] += 1 / (k + rank)
    return sorted(sums, key=lambda row: (-sums[row], row))


def _measures(texts: Sequence[str], facts: set[str]) -> tuple[float, float, float, float]:
    """Return hits@10, hits@4, average precision@10 (a fact counts once) and reciprocal rank of the first hit."""
    hits = [any(fact in text for fact in facts) for text in texts]
    found: set[str] = set()
    precision = 0.0
    relevant = 0
    for rank, text in enumerate(texts, start=1):
        if new := {fact for fact in facts - found if fact in text}:
            found |= new
            relevant += 1
            precision += relevant / rank
    first = next((1 / rank for rank, hit in enumerate(hits, start=1) if hit), 0.0)
    return float(any(hits)), float(any(hits[:4])), precision / len(facts), first


def _print_split() -> None:
    print("\nquestions that are cut into parts")
    for name in ("multihop-news", "squad-open", "scifact"):
        questions = _queries(name)
        print(f"{name:<14} {sum(bool(parts(query['text'])) for query in questions):5} of {len(questions)}")


def _queries(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
