"""ONLINE: from a question to a cited answer, or to silence.

chat -> search (lexical + dense) -> fuse -> rerank -> answer -> cite (-> rephrase, where there is a language model)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace

from qa.answering import answered
from qa.asked import sources_named
from qa.config import Settings
from qa.familiarity import passages_read
from qa.index import OpenIndex, searching
from qa.inquiring import standing_alone
from qa.listed import listed
from qa.listing import corpus_question
from qa.loading import Models, load_generator
from qa.opening import open_index, open_with_models
from qa.records import (
    Answer,
    Article,
    Findings,
    Inquiry,
    Outcome,
    Passage,
    ProseSentence,
    Quoted,
    Sources,
    Standalone,
    Verdict,
)
from qa.rephrasing import rephrased
from qa.reporting import Report
from qa.retrieval import Retrieval
from qa.seams import Around, Encoder, Generator, Reranker
from qa.stopwatch import Stopwatch
from qa.suggest import suggestions

_LOOKED_THROUGH = 100
"""Articles from which questions to suggest are drawn: to look for what they state is quick, to ask is not."""

Step = Standalone | Sources | Quoted | ProseSentence | Answer
"""What is known of an answer, one after the other."""


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

        The encoder is the one that the index was built with. Raises NoIndexError, IndexMismatchError,
        IndexDamagedError, ModelMissingError or ModelDamagedError, each with the command that mends it.
        """
        models, generator = models or Models(settings), load_generator(settings)
        opened = open_with_models(settings, models)
        return cls(settings, opened.index, opened.encoder, models.reranker(), models, generator)

    def reopened(self) -> Pipeline:
        """Return a pipeline with the same models on the version that is current now.

        The encoder is loaded where that version has vectors of another one, or this one had none.
        """
        opened = open_index(self.settings, self.models)
        return replace(self, index=opened.index, encoder=opened.encoder)

    @property
    def searches(self) -> tuple[str, ...]:
        """The searches that look for a question: by words, and by meaning where the version has vectors."""
        return self.index.searches

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
            alone = standing_alone(inquiry, self.settings)
            of_corpus = corpus_question(alone.question)
        yield alone
        retrieval = self._retrieval()
        if of_corpus is not None:
            verdict, passages = listed(of_corpus, retrieval, watch, inquiry.filters)
            yield Sources(tuple(passages[:k]))
        else:
            found = retrieval.search(alone.question, self._reads(alone.question), watch, inquiry.filters)
            yield Sources(found.passages[:k])
            passages = retrieval.read(found, k, watch)
            with watch.stage("answer"):
                verdict = self._verdict(alone.question, passages)
        answer = Report(self.index, inquiry, alone, k, watch).answer(verdict, passages)
        if inquiry.llm and self.generator is not None and answer.outcome is Outcome.ANSWERED:
            yield from rephrased(answer, self.generator, self.reranker, self.is_wanted, watch)
        else:
            yield answer

    def search(self, inquiry: Inquiry) -> Findings:
        """Return the best `k` passages in the order in which an answer would be drawn from them, and no answer.

        Raises as `answer` does.
        """
        watch, k = Stopwatch(self.around), inquiry.k or self.settings.k
        with watch.stage("question"):
            alone = standing_alone(inquiry, self.settings)
        reads = self._reads(alone.question)
        passages = self._retrieval().passages(alone.question, reads, k, watch, inquiry.filters)
        return Report(self.index, inquiry, alone, k, watch).findings(passages)

    def article(self, article_id: str) -> Article:
        """Return an article; raises ArticleNotFoundError."""
        return self.index.store.article(article_id)

    def suggestions(self, wanted: int = 3) -> tuple[str, ...]:
        """Return questions drawn from the corpus, each asked here and answered from the article it came from."""
        return tuple(suggestions(self.index.store.articles(_LOOKED_THROUGH), self._answers, wanted))

    def _answers(self, question: str, article: Article) -> bool:
        answer = self.ask(question)
        return not answer.abstained and answer.citations[0].article_id == article.id

    def _retrieval(self) -> Retrieval:
        return Retrieval(self.index, self.reranker, self.settings.candidates)

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
