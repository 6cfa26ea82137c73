"""Ways of ordering passages, side by side on one development set, and what passage size and searched context do.

    python -m benchmarks.ranking [--set multihop-news] [--questions 200] [--part odd] [--cache FOLDER]

Reads ../shared/data; `squad-paragraphs` is made of squad-open by `benchmarks.paragraphs`. Of the answerable questions
of a part a sample is asked; a larger sample holds the smaller ones. The ways are those of `benchmarks.ways`, over the
index that `qa eval` keeps; the last rows are BM25 over passages of another size or with another context, each with an
index of its own. The cross-encoder's logits are kept in the cache, so that a way costs only arithmetic and a second run
is fast. The last column is the difference to the service as it is, paired by question, with its 95% bootstrap interval.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from benchmarks.paragraphs import DATA as SQUAD
from benchmarks.paragraphs import write_set
from benchmarks.results import Row, report
from benchmarks.ways import AS_IT_IS, Case, service, ways
from qa.chunk import chunk, searched_text
from qa.config import Settings
from qa.embed import load_encoder
from qa.evaluate import Selection, read_set
from qa.evaluate.corpus import DEPTH, default_cache, for_ranking, indexed, settings_of
from qa.evaluate.gold import Aligner
from qa.evaluate.intervals import of_mean
from qa.evaluate.ranking import MAP_OF_FACTS, by_article, by_passage, facts_found, measures_of
from qa.evaluate.records import Asked, Gold, Question, QuestionSet
from qa.lexical import LexicalIndex, Text
from qa.pipeline import Pipeline
from qa.question import read_question
from qa.records import Article, Chunk, Outcome, Passage, Standing
from qa.retrieval import Retrieval
from qa.seams import Progress, Reranker
from qa.terminal import progress

NEWS, PARAGRAPHS, SCIFACT = "multihop-news", "squad-paragraphs", "scifact"
SHOWN = {
    NEWS: {
        "Hits@10": "passage Success@10",
        "Hits@4": "passage Success@4",
        "RR@10": "passage RR@10",
        "MAP@10": f"passage {MAP_OF_FACTS}",
    },
    PARAGRAPHS: {"recall@5": "article R@5", "recall@1": "article R@1"},
    SCIFACT: {"recall@20": "article R@20", "nDCG@10": "article nDCG@10"},
}
"""The measures of each set, by the names that its papers use; the last is compared with the service's."""

CHECKED = 3
"""Questions on which the service's row is held to what the pipeline itself returns."""
SIZES = (60, 100, 180, 240, 320)
"""Longest passage, in words, of the rows by words alone."""

Located = tuple[Chunk, Article]
Measured = Mapping[str, float]


class KeptLogits:
    """A reranker that reads each pair of question and text once, and keeps the logits in a file."""

    def __init__(self, inner: Reranker, file: Path) -> None:
        """`file` is made where there is none."""
        self.name, self._inner = inner.name, inner
        self._db = sqlite3.connect(file)
        self._db.execute("CREATE TABLE IF NOT EXISTS logits (pair BLOB PRIMARY KEY, logit REAL NOT NULL) WITHOUT ROWID")

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one logit for each text, in order."""
        pairs = {self._pair(question, text): text for text in texts}
        known = {pair: logit for pair in pairs if (logit := self._kept(pair)) is not None}
        fresh = [pair for pair in pairs if pair not in known]
        read = dict(zip(fresh, self._inner.score(question, [pairs[pair] for pair in fresh]), strict=True))
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO logits VALUES (?, ?)", read.items())
        known |= read
        return [known[self._pair(question, text)] for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text is."""
        return self._inner.count_tokens(texts)

    def _pair(self, question: str, text: str) -> bytes:
        return sha256("\0".join((self.name, question, text)).encode()).digest()

    def _kept(self, pair: bytes) -> float | None:
        found = self._db.execute("SELECT logit FROM logits WHERE pair = ?", (pair,)).fetchone()
        return None if found is None else float(found[0])


class Judge:
    """Says what an order of rows is worth for one question, as `qa eval` counts it; looks into each row once."""

    def __init__(self, question: Question, gold: Gold, located: Sequence[Located]) -> None:
        """`located` are all rows of an index, in order."""
        self._question, self._gold, self._located = question, gold, located
        self._places_in = cache(self._looked_into)

    def measures(self, rows: Sequence[int]) -> Measured:
        """Return the measures by name."""
        best = rows[:DEPTH]
        asked = Asked(
            question=self._question,
            gold=self._gold,
            outcome=Outcome.ANSWERED,
            confidence=0.0,
            signals={},
            citations=(),
            passages=tuple(self._located[row][0].id for row in best),
            articles=tuple(dict.fromkeys(self._located[row][1].id for row in best)),
            place_ranks=tuple(self._rank_of(place, best) for place in range(len(self._gold.places))),
            top=(),
            inexact=(),
        )
        found: dict[str, float] = {}
        for level, judged in (("article", by_article(asked)), ("passage", by_passage(asked))):
            if judged is not None:
                found |= {f"{level} {name}": value for name, value in measures_of(judged).items()}
        facts = facts_found(asked)
        return found if facts is None else found | {f"passage {MAP_OF_FACTS}": facts}

    def _rank_of(self, place: int, rows: Sequence[int]) -> int | None:
        return next((rank for rank, row in enumerate(rows, start=1) if place in self._places_in(row)), None)

    def _looked_into(self, row: int) -> frozenset[int]:
        passage = Passage(*self._located[row], Standing(1, 0.0), None, None, None)
        return frozenset(number for number, place in enumerate(self._gold.places) if place.inside(passage))


@dataclass(frozen=True, slots=True)
class Bench:
    """An open index with all that it holds, the questions to ask of it, and what is expected of each."""

    pipeline: Pipeline
    located: Sequence[Located]
    questions: Sequence[Question]
    golds: Sequence[Gold]

    def of_ways(self, shown: Progress) -> dict[str, list[Measured]]:
        """Return the measures of each question by each way."""
        results: dict[str, list[Measured]] = {name: [] for name, _ in ways()}
        shown.stage("Ordering passages", len(self.questions))
        for number, (question, gold) in enumerate(zip(self.questions, self.golds, strict=True)):
            case, judge = self._case(question), Judge(question, gold, self.located)
            if number < CHECKED:
                self._check(case)
            for name, way in ways():
                results[name].append(judge.measures(way(case)))
            shown.advance(1)
        return results

    def of_words(self, shown: Progress) -> Iterator[tuple[str, list[Measured]]]:
        """Yield what BM25 does on passages of other sizes, and with other context, from indexes of their own."""
        articles = list({article.id: article for _, article in self.located}.values())
        for words in SIZES:
            cut = [(part, article) for article in articles for part in chunk(article, words)]
            texts = [searched_text(part, article) for part, article in cut]
            yield f"BM25, passages of {words} words", self._by_words(cut, texts, shown)
        bodies = [article.text[part.span.start : part.span.end] for part, article in self.located]
        titled = [f"{part.context}\n{body}" for (part, _), body in zip(self.located, bodies, strict=True)]
        yield "BM25, no source and date before the title", self._by_words(self.located, titled, shown)
        yield "BM25, no context at all", self._by_words(self.located, bodies, shown)

    def _by_words(self, located: Sequence[Located], texts: Sequence[str], shown: Progress) -> list[Measured]:
        shown.stage(f"Searching {len(texts):,} passages by words", len(self.questions))
        results = []
        with tempfile.TemporaryDirectory() as folder:
            LexicalIndex.write(Path(folder), map(Text, texts))
            index = LexicalIndex(Path(folder))
            for question, gold in zip(self.questions, self.golds, strict=True):
                rows = [hit.row for hit in index.search(question.text, DEPTH)]
                results.append(Judge(question, gold, located).measures(rows))
                shown.advance(1)
        return results

    def _case(self, question: Question) -> Case:
        index, settings = self.pipeline.index, self.pipeline.settings
        text, found = read_question(question.text, settings.max_question_chars), settings.candidates
        lexical = index.lexical.search(text, found)
        dense = index.dense.search(text, found) if index.dense else []
        retrieval = Retrieval(index, self.pipeline.reranker, found)
        judged = retrieval.judged(text, lexical, dense)

        def logits(rows: Sequence[int]) -> dict[int, float]:
            texts = [searched_text(*self.located[row]) for row in rows]
            return dict(zip(rows, self.pipeline.reranker.score(text, texts), strict=True))

        return Case(text, len(index.lexical.rarity(text)), lexical, dense, judged, logits)

    def _check(self, case: Case) -> None:
        """Raise RuntimeError where the row of the service is not what the service answers with."""
        answer = self.pipeline.ask(case.question, k=DEPTH)
        ours = [self.located[row][0].id for row in service()(case)]
        if answer.outcome is not Outcome.LISTED and ours != [one.chunk.id for one in answer.passages[:DEPTH]]:
            raise RuntimeError(f"{case.question}: the row {AS_IT_IS!r} is not the order of the pipeline.")


def table(of: str, results: Mapping[str, Sequence[Measured]]) -> Iterator[Row]:
    """Print the ways as a table in Markdown; yield each figure as a row of the report."""
    columns = SHOWN[of]
    compared = list(columns)[-1]
    values = {
        name: {shown: np.array([one[key] for one in found]) for shown, key in columns.items()}
        for name, found in results.items()
    }
    print(f"| way | {' | '.join(columns)} | {compared} against the service |\n|---|{'---|' * (len(columns) + 1)}")
    for name, found in values.items():
        means = {shown: float(each.mean()) for shown, each in found.items()}
        apart, low, high = of_mean(found[compared] - values[AS_IT_IS][compared])
        difference = "" if name == AS_IT_IS else f"{apart:+.3f} ({low:+.3f} to {high:+.3f})"
        print(f"| {name} | {' | '.join(f'{mean:.3f}' for mean in means.values())} | {difference} |")
        yield from (Row(name, mean, shown) for shown, mean in means.items())


def opened(of: str, cache_folder: Path) -> tuple[QuestionSet, Settings]:
    """Return a set and the settings of its index; a set that is made of another is made where it is not there."""
    folder = SQUAD.parent / of
    if of == PARAGRAPHS:
        folder = cache_folder / PARAGRAPHS
        write_set(SQUAD, folder)
    chosen = read_set(folder)
    return chosen, for_ranking(settings_of(chosen, cache_folder, Settings.from_env()))


def main() -> None:
    """Print the table of one set and write it to the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=list(SHOWN), default=NEWS)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--part", choices=["even", "odd"], default="odd")
    parser.add_argument("--cache", type=Path, default=default_cache(), help="folder that keeps indexes and logits")
    given = parser.parse_args()
    chosen, settings = opened(given.set, given.cache)
    questions = Selection(given.part, given.questions).of([one for one in chosen.questions if one.answerable])
    with progress() as shown:
        indexed(chosen, settings, lambda: load_encoder(settings.encoder, settings.models), shown)
        pipeline = Pipeline.open(settings)
        pipeline = replace(pipeline, reranker=KeptLogits(pipeline.reranker, given.cache / "logits.sqlite"))
        golds = list(map(Aligner(pipeline.index.store, {}).gold, questions))
        bench = Bench(pipeline, list(pipeline.index.store.every_chunk()), questions, golds)
        results = {**bench.of_ways(shown), **dict(bench.of_words(shown))}
        pipeline.close()
    print(f"{given.set}, {given.part} part, {len(questions)} answerable questions, {len(bench.located):,} passages\n")
    rows = list(table(given.set, results))
    with contextlib.redirect_stdout(io.StringIO()):  # the table says it all
        report(f"ranking-{given.set}", rows)


if __name__ == "__main__":
    main()
