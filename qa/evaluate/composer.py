"""The order of an evaluation: index the set, ask everything, score each question, count, time some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from qa.build import Report
from qa.config import Settings
from qa.errors import BadSettingError
from qa.evaluate.asking import ask_all, check, time_some
from qa.evaluate.corpus import for_ranking, indexed, settings_of
from qa.evaluate.figures import Curves, curves_of, figures_of, times_of
from qa.evaluate.gold import Aligner, raw_texts
from qa.evaluate.records import Figure, QuestionSet, Scored, Timed
from qa.evaluate.scoring import score
from qa.evaluate.selection import Selection
from qa.load import Limits
from qa.pipeline import Pipeline
from qa.seams import Encoder, Progress

TIMED = 100
"""How many questions are asked again, as a person asks, to measure time."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found: every question scored, and the figures over them.

    `settings` are those of the person; rankings were made by `for_ranking(settings)`.
    """

    set: QuestionSet
    selection: Selection
    settings: Settings
    built: Report
    scored: tuple[Scored, ...]
    timed: tuple[Timed, ...]
    figures: tuple[Figure, ...]
    times: tuple[Figure, ...]
    curves: Curves | None

    @property
    def inexact(self) -> tuple[str, ...]:
        """The citations that are not in their article, each with its question."""
        return tuple(f"question {one.asked.question.id}: {fault}" for one in self.scored for fault in one.asked.inexact)

    @property
    def missing(self) -> tuple[str, ...]:
        """The gold articles that are not in the index, each with its question."""
        return tuple(f"{one.asked.question.place}: {name}" for one in self.scored for name in one.asked.gold.missing)


def evaluate(
    chosen: QuestionSet,
    selection: Selection,
    cache: Path,
    settings: Settings,
    load_encoder: Callable[[], Encoder],
    progress: Progress,
) -> Evaluation:
    """Evaluate the service with `settings` on the selected questions; the index is kept in `cache`.

    Raises SourceError for a question that cannot be asked, BadSettingError for an unknown part, and what building
    and opening an index raise.
    """
    questions = selection.of(chosen.questions)
    if not questions:
        raise BadSettingError("--part", f"no question of {chosen.folder} is in part {selection.part}; choose another.")
    check(questions, settings.max_question_chars)
    settings = settings_of(chosen, cache, settings)
    built = indexed(chosen, settings, load_encoder, progress)
    raw = raw_texts(chosen.paths, questions, Limits.of(settings))
    pipeline = Pipeline.open(settings)
    try:
        aligner = Aligner(pipeline.index.store, raw)
        deep = replace(pipeline, settings=for_ranking(settings))
        scored = tuple(score(one, settings.min_confidence) for one in ask_all(deep, questions, aligner, progress))
        timed = tuple(time_some(pipeline, Selection(questions=TIMED).of(questions), progress))
    finally:
        pipeline.close()
    progress.stage("Drawing intervals", None)
    figures, times = tuple(figures_of(scored)), tuple(times_of(timed))
    return Evaluation(chosen, selection, settings, built, scored, timed, figures, times, curves_of(scored))
