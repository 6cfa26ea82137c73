"""Ways of ordering passages, side by side on one development set, and what passage size and searched context do.

    python -m benchmarks.ranking [--set multihop-news] [--questions 200] [--part odd] [--cache FOLDER]

Reads ../shared/data; `squad-paragraphs` is made of squad-open by `benchmarks.paragraphs`. Of the answerable questions
of a part a sample is asked; a larger sample holds the smaller ones. All ways but those "by words alone" order the
passages of the index that `qa eval` keeps and are given what both searches of the service find. The cross-encoder's
logits are kept in the cache, so that a way costs only arithmetic and a second run is fast. The last column is the
difference to the service as it is, paired by question, with its 95% bootstrap interval.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from benchmarks.paragraphs import DATA as SQUAD
from benchmarks.paragraphs import write_set
from benchmarks.results import Row, report
from qa.chunk import chunk, searched_text
from qa.config import Settings
from qa.embed import load_encoder
from qa.evaluate import Selection, read_set
from qa.evaluate.corpus import DEPTH, default_cache, for_ranking, indexed, settings_of
from qa.evaluate.gold import Aligner
from qa.evaluate.intervals import of_mean
from qa.evaluate.ranking import MAP_OF_FACTS, by_article, by_passage, facts_found, measures_of
from qa.evaluate.records import Asked, Gold, Question, QuestionSet
from qa.familiarity import familiarity
from qa.fuse import WEIGHTS, Judged, Weights, fuse, order
from qa.lexical import LexicalIndex
from qa.pipeline import Pipeline
from qa.question import read_question
from qa.records import Article, Chunk, Hit, Outcome, Passage, Standing
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

READ = Settings().rerank
CHECKED = 3
"""Questions on which the service's row is held to what the pipeline itself returns."""
K, SMALL_K = 60, 10
SIZES = (60, 100, 180, 240, 320)
"""Longest passage, in words, of the rows by words alone."""
AS_IT_IS = "the service as it is"

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

    def _pair(self, question: str, text: str) -> bytes:
        return sha256("\0".join((self.name, question, text)).encode()).digest()

    def _kept(self, pair: bytes) -> float | None:
        found = self._db.execute("SELECT logit FROM logits WHERE pair = ?", (pair,)).fetchone()
        return None if found is None else float(found[0])


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what both searches found for it; `logits` returns those of the cross-encoder for some rows."""

    question: Question
    gold: Gold
    lexical: Sequence[Hit]
    dense: Sequence[Hit]
    judged: Judged
    logits: Callable[[Sequence[int]], dict[int, float]]


Way = Callable[[Case], Sequence[int]]
"""Puts the rows that were found in an order, best first."""


def by_words(case: Case) -> list[int]:
    """Order by BM25 alone."""
    return [hit.row for hit in case.lexical]


def by_vectors(case: Case) -> list[int]:
    """Order by cosine alone."""
    return [hit.row for hit in case.dense]


def reciprocal(rankings: Sequence[Sequence[int]], k: int) -> list[int]:
    """Fuse rankings by the sum of 1 / (k + rank) (Cormack, Clarke and Buettcher 2009); equal sums by row."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda row: (-scores[row], row))


def both_by_rank(k: int) -> Way:
    """Fuse the ranks of both searches."""
    return lambda case: reciprocal([by_words(case), by_vectors(case)], k)


def both_summed(weights: Weights) -> Way:
    """Add up the scores of both searches, and nothing else."""
    alone = replace(weights, source=0.0, day=0.0)
    return lambda case: [found.row for found in fuse(case.judged, case.lexical, case.dense, alone)]


def plain_recipe(case: Case) -> list[int]:
    """Fuse the ranks of both searches and let the cross-encoder alone order the best."""
    found = both_by_rank(K)(case)
    return [*_by_logit(case, found[:READ]), *found[READ:]]


def three_by_rank(case: Case) -> list[int]:
    """Fuse the ranks of both searches, and the cross-encoder's of the best by these."""
    read = _by_logit(case, both_by_rank(K)(case)[:READ])
    return reciprocal([by_words(case), by_vectors(case), read], K)


def _by_logit(case: Case, rows: Sequence[int]) -> list[int]:
    logits = case.logits(rows)
    return sorted(rows, key=lambda row: (-logits[row], row))


def service(weights: Weights = WEIGHTS, read: int = READ, *, faded: bool = True) -> Way:
    """Order as `qa.retrieval` does, with other weights, another number of passages read, or no fade."""

    def ordered(case: Case) -> list[int]:
        best = [found.row for found in fuse(case.judged, case.lexical, case.dense, weights)[:read]]
        # Both of the models' terms are divided by what `order` will multiply them with.
        fade = 1.0 if faded else familiarity(len(case.judged.lexical))
        logits = {row: logit / fade for row, logit in case.logits(best).items()}
        return [hit.row for hit in order(case.judged, logits, DEPTH, replace(weights, dense=weights.dense / fade))]

    return ordered


def ways() -> Iterator[tuple[str, Way]]:
    """Yield each way with its name in the table."""
    yield "BM25", by_words
    yield "vectors", by_vectors
    for k in (K, SMALL_K):
        yield f"both by rank (RRF), k = {k}", both_by_rank(k)
    for dense in (0.4, 0.8, 1.6):
        yield f"both summed, dense {dense}", both_summed(replace(WEIGHTS, dense=dense))
    yield f"RRF, k = {K}; the cross-encoder orders the top {READ}", plain_recipe
    yield f"all three by rank (RRF), k = {K}", three_by_rank
    nothing_else = replace(WEIGHTS, source=0.0, day=0.0, repeated=0.0)
    yield "all three summed, and nothing else", service(nothing_else, faded=False)
    yield AS_IT_IS, service()
    yield "service, no fade for long questions", service(faded=False)
    yield "service, no named source and day", service(replace(WEIGHTS, source=0.0, day=0.0))
    tried = {
        "lexical": (0.1, 0.25, 0.5),
        "dense": (0.4, 0.8, 1.6),
        "source": (1.5, 3.0, 6.0),
        "repeated": (0.0, 0.2, 0.35, 0.5, 0.7),
    }
    for weights in (replace(WEIGHTS, **{name: value}) for name, values in tried.items() for value in values):
        if weights != WEIGHTS:
            yield f"service, {_change(weights)}", service(weights)
    for read in (8, 12, 20):
        if read != READ:
            yield f"service, {read} passages read", service(read=read)


def _change(weights: Weights) -> str:
    changed = (one.name for one in fields(weights) if getattr(weights, one.name) != getattr(WEIGHTS, one.name))
    return ", ".join(f"{name} {getattr(weights, name):g}" for name in changed)


def measures(question: Question, gold: Gold, rows: Sequence[int], held: Callable[[int], frozenset[int]],
             located: Sequence[Located]) -> Measured:  # fmt: skip
    """Return the measures of a ranking as `qa eval` counts them; `held` says which gold places lie in a row."""
    best = rows[:DEPTH]
    ranks = (
        next((rank for rank, row in enumerate(best, start=1) if place in held(row)), None)
        for place in range(len(gold.places))
    )
    asked = Asked(
        question=question, gold=gold, outcome=Outcome.ANSWERED, confidence=0.0, signals={}, citations=(),
        passages=tuple(located[row][0].id for row in best),
        articles=tuple(dict.fromkeys(located[row][1].id for row in best)),
        place_ranks=tuple(ranks), top=(), inexact=(),
    )  # fmt: skip
    found: dict[str, float] = {}
    for level, judged in (("article", by_article(asked)), ("passage", by_passage(asked))):
        if judged is not None:
            found |= {f"{level} {name}": value for name, value in measures_of(judged).items()}
    facts = facts_found(asked)
    return found if facts is None else found | {f"passage {MAP_OF_FACTS}": facts}


def holding(gold: Gold, located: Sequence[Located]) -> Callable[[int], frozenset[int]]:
    """Return a function that says which of the gold's places lie in a row; it looks at each row once."""

    @cache
    def held(row: int) -> frozenset[int]:
        passage = Passage(*located[row], Standing(1, 0.0), None, None, None)
        return frozenset(number for number, place in enumerate(gold.places) if place.inside(passage))

    return held


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
            case, held = self._case(question, gold), holding(gold, self.located)
            if number < CHECKED:
                self._check(case)
            for name, way in ways():
                results[name].append(measures(question, gold, way(case), held, self.located))
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
            LexicalIndex.write(Path(folder), texts)
            index = LexicalIndex(Path(folder))
            for question, gold in zip(self.questions, self.golds, strict=True):
                rows = [hit.row for hit in index.search(question.text, DEPTH)]
                results.append(measures(question, gold, rows, holding(gold, located), located))
                shown.advance(1)
        return results

    def _case(self, question: Question, gold: Gold) -> Case:
        index, settings = self.pipeline.index, self.pipeline.settings
        text, found = read_question(question.text, settings.max_question_chars), settings.candidates
        lexical = index.lexical.search(text, found)
        dense = index.dense.search(text, found) if index.dense else []
        retrieval = Retrieval(index, self.pipeline.reranker, found)
        judged = retrieval._judged(text, lexical, dense)  # noqa: SLF001 - what the service knows, not a copy of it

        def logits(rows: Sequence[int]) -> dict[int, float]:
            texts = [searched_text(*self.located[row]) for row in rows]
            return dict(zip(rows, self.pipeline.reranker.score(text, texts), strict=True))

        return Case(question, gold, lexical, dense, judged, logits)

    def _check(self, case: Case) -> None:
        """Raise RuntimeError where the row of the service is not what the service answers with."""
        answer = self.pipeline.ask(case.question.text, k=DEPTH)
        ours = [self.located[row][0].id for row in service()(case)]
        if answer.outcome is not Outcome.LISTED and ours != [one.chunk.id for one in answer.passages[:DEPTH]]:
            raise RuntimeError(f"{case.question.place}: the row {AS_IT_IS!r} is not the order of the pipeline.")


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
