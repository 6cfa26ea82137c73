"""How often the quoted text holds the answer, and how often silence is right, on squad-open.

    python -m benchmarks.answering [--questions 300] [--chunk-words 100]

Reads ../shared/data/squad-open (24 encyclopedia articles; questions that they answer, and questions about
articles that are absent). Each row changes one constant of `qa.answer` and leaves the others as they are. The
constants were chosen on questions of this set, so neither half of the sample is held out; two halves show the spread.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa import answer as answering
from qa.build import build
from qa.config import Settings
from qa.embed import load_encoder
from qa.pipeline import Pipeline
from qa.seams import Reranker
from qa.terminal import PlainProgress

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "squad-open"
DEFAULTS = {name: getattr(answering, name) for name in ("PAIR_COST", "PASSAGE_WEIGHT", "FURTHER_QUOTE_WITHIN")}
VARIANTS: list[dict[str, float]] = [
    {},
    {"PAIR_COST": 99.0},
    {"PAIR_COST": 2.0},
    {"PAIR_COST": 0.5},
    {"PAIR_COST": 0.0},
    {"PASSAGE_WEIGHT": 0.0},
    {"PASSAGE_WEIGHT": 1.0},
    {"FURTHER_QUOTE_WITHIN": 0.0},
    {"FURTHER_QUOTE_WITHIN": 0.5},
    {"FURTHER_QUOTE_WITHIN": 1.0},
    {"FURTHER_QUOTE_WITHIN": 2.0},
]


@dataclass(frozen=True)
class Remembering:
    """A reranker that reads each pair of texts once, so that a variant costs only arithmetic."""

    inner: Reranker
    known: dict[tuple[str, str], float]

    @property
    def name(self) -> str:
        """The name of the reranker inside."""
        return self.inner.name

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Score what is not known yet."""
        fresh = [text for text in dict.fromkeys(texts) if (question, text) not in self.known]
        self.known.update(
            ((question, text), logit) for text, logit in zip(fresh, self.inner.score(question, fresh), strict=True)
        )
        return [self.known[question, text] for text in texts]


def main() -> None:
    """Print a table: the first or any quote holds the answer, how many, how long, answered when it should be or not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--chunk-words", type=int, default=Settings().chunk_words)
    given = parser.parse_args()
    questions = _sample(given.questions)
    with tempfile.TemporaryDirectory() as place:
        settings = Settings.from_env(indexes=place, chunk_words=given.chunk_words)
        build([DATA], settings, lambda: load_encoder(settings.encoder, settings.models), PlainProgress())
        pipeline = Pipeline.open(settings)
        pipeline = replace(pipeline, reranker=Remembering(pipeline.reranker, {}))
        print(f"squad-open, {len(questions)} questions, passages of at most {given.chunk_words} words")
        print(f"{'variant':<26} half   first    any quotes  words  answered  absent answered")
        for variant in VARIANTS:
            for name, value in {**DEFAULTS, **variant}.items():
                setattr(answering, name, value)
            for half, part in (("even", questions[::2]), ("odd", questions[1::2])):
                shown = ", ".join(f"{name} {value:g}" for name, value in variant.items()) or "as it is"
                print(f"{shown:<26} {half:<5} {_row(pipeline, part)}", flush=True)
        pipeline.close()


def _sample(count: int) -> list[dict[str, Any]]:
    lines = (DATA / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    by_kind: dict[str, list[dict[str, Any]]] = {"answerable": [], "absent": []}
    for query in map(json.loads, lines):
        by_kind.get(query["metadata"]["kind"], []).append(query)
    order = random.Random(7)
    picked = [order.sample(queries, count // 2) for queries in by_kind.values()]
    order.shuffle(both := [query for queries in picked for query in queries])
    return both


def _row(pipeline: Pipeline, questions: Sequence[dict[str, Any]]) -> str:
    bold = replace(pipeline, settings=replace(pipeline.settings, min_confidence=0.0))
    answered = {"answerable": [0, 0], "absent": [0, 0]}
    first, some, words, quotes = [], [], [], []
    for query in questions:
        result = bold.ask(query["text"])
        kind = query["metadata"]["kind"]
        answered[kind][0] += result.confidence >= pipeline.settings.min_confidence
        answered[kind][1] += 1
        if kind == "answerable":
            held = [_holds(citation.cited_text, query) for citation in result.citations]
            first.append(held[0])
            some.append(any(held))
            words.append(len(result.answer.split()))
            quotes.append(len(held))
    shares = {kind: yes / total for kind, (yes, total) in answered.items()}
    return (
        f"{_mean(first):6.3f} {_mean(some):6.3f} {_mean(quotes):6.2f} {_mean(words):6.1f} "
        f"{shares['answerable']:9.3f} {shares['absent']:16.3f}"
    )


def _holds(quote: str, query: dict[str, Any]) -> bool:
    return any(gold["text"].lower() in quote.lower() for gold in query["metadata"]["answers"])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
