"""ONLINE: from a question to a cited answer, or to silence.

chat -> search (lexical + dense) -> fuse -> rerank -> answer -> cite (-> rephrase, where there is a language model)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from qa.answering import answered
from qa.asked import sources_named
from qa.chat import standalone
from qa.cite import cite
from qa.config import Settings
from qa.document import SILENCE
from qa.familiarity import passages_read
from qa.index import OpenIndex, current_manifest, index_folder, open_current, searching
from qa.listed import listed
from qa.listing import corpus_question
from qa.loading import Models, load_generator
from qa.question import read_history, read_question
from qa.records import (
    Answer,
    Article,
    Filters,
    Findings,
    Inquiry,
    LookedAt,
    Outcome,
    Passage,
    Prose,
    ProseSentence,
    Quoted,
    Sources,
    Standalone,
    Verdict,
)
from qa.retrieval import Retrieval
from qa.seams import Around, Encoder, Generator, Reranker
from qa.stopwatch import Stopwatch
from qa.suggest import suggestions

_SUREST, _LEAST_SURE = 0.9999, 0.0001
_LOOKED_THROUGH = 100
"""Articles from which questions to suggest are drawn: to look for what they state is quick, to ask is not."""

Step = Standalone | Sources | Quoted | ProseSentence | Answer
"""What is known of an answer, one after the other."""

_NOTHING_PASSES = "No article is of the sources and dates that the filters ask for."


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An open index with the models that answer from it; safe to use from several threads."""

    settings: Settings
    index: OpenIndex
    encoder: Encoder | None
    """None where the version has no vectors to compare a question's with."""
    reranker: Reranker
    models: Models
    """Where both are from."""
    generator: Generator | None = None
    """A language model that rephrases what is quoted, where there is one."""
    is_wanted: Callable[[], bool] = lambda: True
    """Whether anybody still waits; what the language model writes ends where nobody does."""
    around: Around = field(default=nullcontext, kw_only=True)
    """What each stage of a question runs inside of."""

    @classmethod
    def open(cls, settings: Settings, models: Models | None = None) -> Pipeline:
        """Open the index that the settings name, and load the models beside it, unless `models` has them already.

        Raises NoIndexError, IndexMismatchError, IndexDamagedError, ModelMissingError or ModelDamagedError,
        each with the command that mends it.
        """
        folder, models = index_folder(settings.indexes, settings.index), models or Models(settings)
        manifest = current_manifest(folder)
        models.check(manifest)
        with ThreadPoolExecutor(2, thread_name_prefix="load") as pool:  # each takes some tenths of a second
            if manifest.recipe.encoder is not None:
                pool.submit(models.encoder)
            reranker = pool.submit(models.reranker)
            return cls(settings, *_opened(folder, models), reranker.result(), models, load_generator(settings))

    def reopened(self) -> Pipeline:
        """Return a pipeline with the same models on the version that is current now.

        The encoder is loaded where that version has vectors and this one had none.
        """
        folder = index_folder(self.settings.indexes, self.settings.index)
        index, encoder = _opened(folder, self.models)
        return replace(self, index=index, encoder=encoder)

    @property
    def searches(self) -> tuple[str, ...]:
        """The searches that look for a question: by words, and by meaning where the version has vectors."""
        return ("lexical",) if self.index.dense is None else ("lexical", "dense")

    def close(self) -> None:
        """Close the index's files."""
        self.index.store.close()

    def ask(self, question: str, k: int | None = None) -> Answer:
        """Answer a question that stands alone: `answer` without a conversation, filters or a language model."""
        return self.answer(Inquiry(question, k=k, llm=False))

    def answer(self, inquiry: Inquiry) -> Answer:
        """Answer with exact quotations, or abstain; report the best `k` passages and all that are cited.

        Raises BadQuestionError for a question or a history that cannot be searched.
        """
        answer = deque(self.steps(inquiry), maxlen=1)[0]
        assert isinstance(answer, Answer)  # noqa: S101 - the last step is one
        return answer

    def steps(self, inquiry: Inquiry) -> Iterator[Step]:
        """Yield the question that is searched, then what the searches found, then the answer, each once it is known.

        Where a language model rephrases the answer, it is yielded as `Quoted` before the model is asked, and each
        sentence that was checked before the whole.

        What comes after a step is done only when it is asked for. Raises as `answer` does, before the first step.
        """
        watch, k = Stopwatch(self.around), inquiry.k or self.settings.k
        with watch.stage("question"):
            alone = self._alone(inquiry)
            of_corpus = corpus_question(alone.question)
        yield alone
        retrieval = Retrieval(self.index, self.reranker, self.settings.candidates)
        if of_corpus is not None:
            verdict, passages = listed(of_corpus, retrieval, watch, inquiry.filters)
            yield Sources(tuple(passages[:k]))
        else:
            found = retrieval.search(alone.question, self._reads(alone.question), watch, inquiry.filters)
            yield Sources(found.passages[:k])
            passages = retrieval.read(found, k, watch)
            with watch.stage("answer"):
                verdict = self._verdict(alone.question, passages)
        answer = self._cited(inquiry, alone, verdict, passages, watch)
        if inquiry.llm and self.generator is not None and answer.outcome is Outcome.ANSWERED:
            yield from self._rephrased(answer, self.generator, watch)
        else:
            yield answer

    def _rephrased(self, answer: Answer, generator: Generator, watch: Stopwatch) -> Iterator[Step]:
        """Yield the quoted answer, the sentences that a language model makes of it, and the answer with them."""
        from qa.llm import composed

        yield Quoted(answer, generator.name)
        prose: Prose | None = None
        with watch.stage("llm"):
            for step in composed(answer.question, answer.citations, generator, self.reranker.score, self.is_wanted):
                if isinstance(step, Prose):
                    prose = step
                else:
                    yield step
        yield replace(answer, prose=prose, timings_ms=watch.with_total())

    def search(self, inquiry: Inquiry) -> Findings:
        """Return the best `k` passages in the order in which an answer would be drawn from them, and no answer.

        Raises as `answer` does.
        """
        watch, k = Stopwatch(self.around), inquiry.k or self.settings.k
        with watch.stage("question"):
            alone = self._alone(inquiry)
        retrieval = Retrieval(self.index, self.reranker, self.settings.candidates)
        passages = retrieval.passages(alone.question, self._reads(alone.question), k, watch, inquiry.filters)
        searched = self._searched(inquiry.filters)
        return Findings(
            question=alone.question,
            asked=alone.asked,
            passages=tuple(passages[:k]),
            looked_at=replace(searched, read=sum(passage.rerank is not None for passage in passages)),
            index_version=self.index.manifest.version,
            searches=self.searches,
            timings_ms=watch.with_total(),
            carried=alone.carried,
            filters=inquiry.filters,
        )

    def article(self, article_id: str) -> Article:
        """Return an article; raises ArticleNotFoundError."""
        return self.index.store.article(article_id)

    def suggestions(self, wanted: int = 3) -> tuple[str, ...]:
        """Return questions drawn from the corpus, each asked here and answered from the article it came from."""
        return tuple(suggestions(self.index.store.articles(_LOOKED_THROUGH), self._answers, wanted))

    def _answers(self, question: str, article: Article) -> bool:
        answer = self.ask(question)
        return not answer.abstained and answer.citations[0].article_id == article.id

    def _alone(self, inquiry: Inquiry) -> Standalone:
        """Return the question that is searched. What would grow too long by what is carried over stays as asked."""
        settings = self.settings
        asked = read_question(inquiry.question, settings.max_question_chars)
        history = read_history(inquiry.history, settings.max_history_messages, settings.max_history_chars)
        of_corpus = corpus_question(asked)
        if not inquiry.carry_over or (of_corpus is not None and not of_corpus.topic):  # "How many articles are there?"
            return Standalone(asked, asked)
        alone = standalone(asked, history)
        return alone if len(alone.question) <= settings.max_question_chars else Standalone(asked, asked)

    def _reads(self, question: str) -> int:
        """Return how many passages the cross-encoder reads for a question."""
        with searching(self.index):
            return passages_read(self.settings.rerank, len(self.index.lexical.rarity(question)))

    def _verdict(self, question: str, passages: Sequence[Passage]) -> Verdict:
        lexical = self.index.lexical
        with searching(self.index):
            rarity = {language: lexical.rarity(question, language) for language in lexical.languages}
        sources = sources_named(question, self.index.store.sources())
        return answered(question, passages, sources, rarity, self.reranker.score, self.settings.min_confidence)

    def _cited(
        self, inquiry: Inquiry, alone: Standalone, verdict: Verdict, passages: Sequence[Passage], watch: Stopwatch
    ) -> Answer:
        with watch.stage("cite"):
            citations = cite(verdict.quotes)
        k, cited = inquiry.k or self.settings.k, {quote.passage.chunk.id for quote in verdict.quotes}
        searched = self._searched(inquiry.filters)
        return Answer(
            question=alone.question,
            answer=" ".join(citation.cited_text for citation in citations) or SILENCE[verdict.outcome],
            outcome=verdict.outcome,
            reason=_NOTHING_PASSES if inquiry.filters and not searched.articles else verdict.reason,
            notes=verdict.notes,
            looked_at=replace(searched, read=sum(passage.rerank is not None for passage in passages)),
            # Rounded, a probability near the end of its range would read as certain.
            confidence=round(min(max(verdict.confidence, _LEAST_SURE), _SUREST), 4),
            signals={name: round(value, 4) for name, value in verdict.signals.items()},
            citations=citations,
            passages=tuple(passage for place, passage in enumerate(passages) if place < k or passage.chunk.id in cited),
            index_version=self.index.manifest.version,
            searches=self.searches,
            timings_ms=watch.with_total(),
            asked=alone.asked,
            carried=alone.carried,
            filters=inquiry.filters,
        )

    def _searched(self, filters: Filters) -> LookedAt:
        """Return how much passes the filters, none of it read yet."""
        if filters:
            counts = self.index.store.counts(filters)
            return LookedAt(counts.articles, counts.passages, 0)
        recipe = self.index.manifest.recipe
        return LookedAt(recipe.articles, recipe.chunks, 0)


def _opened(folder: Path, models: Models) -> tuple[OpenIndex, Encoder | None]:
    index = open_current(folder, models.encode_query)
    try:
        return index, models.needed_by(index.manifest)
    except BaseException:
        index.store.close()
        raise
