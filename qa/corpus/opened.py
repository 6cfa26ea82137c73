"""An index that is open, to be asked, searched and read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from qa.corpus.keywords import Day, checked_k, filters_of, settings_of
from qa.corpus.status import CorpusStatus, status_of
from qa.errors import ClosedError
from qa.records import Answer, Article, Chunk, Filters, Findings, Inquiry, Message

if TYPE_CHECKING:
    from qa.build import Report
    from qa.export import Exported
    from qa.pipeline import Pipeline, Step
    from qa.seams import Progress
    from qa.store import Found


class Corpus:
    """One version of an index, open, with the models that answer from it.

    What it answers from does not change under it: a build publishes another version beside it, which `reopened` opens.
    Safe to use from several threads, but for `close`: nothing may be asked any more by then. A context manager.
    """

    def __init__(self, pipeline: Pipeline, report: Report | None = None) -> None:
        """`pipeline` is closed with the corpus; `report` is that of the build that the corpus comes from."""
        self._pipeline: Pipeline | None = pipeline
        self._name = pipeline.settings.index
        self.report = report

    @classmethod
    def open(cls, index: str | None = None, **settings: Any) -> Self:
        """Open the current version of an index, and load its models: about a second.

        Settings are those of the README by their name (`indexes="indexes"`, `min_confidence=0.7`); what is not given is
        taken from the QA_ variables. Raises BadSettingError, NoIndexError, IndexMismatchError, IndexDamagedError,
        ModelMissingError or ModelDamagedError, each with the command that mends it.
        """
        from qa.pipeline import Pipeline

        return cls(Pipeline.open(settings_of(index, settings)))

    @classmethod
    def build(
        cls,
        paths: str | Path | Iterable[str | Path],
        index: str | None = None,
        *,
        progress: Progress | None = None,
        **settings: Any,
    ) -> Self:
        """Index what changed under `paths`, files and folders, publish it, and open it.

        `report` of the corpus says what was read and what was left out. Raises as `open` does, and SourceError,
        NoArticlesError, IndexBusyError or IndexWriteError.
        """
        from qa.build import build
        from qa.loading import Models
        from qa.pipeline import Pipeline

        chosen = settings_of(index, settings)
        models = Models(chosen)
        named = [paths] if isinstance(paths, str | Path) else paths
        report = build([Path(path) for path in named], chosen, models.encoder, progress or _Unwatched())
        return cls(Pipeline.open(chosen, models), report)

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline that answers; raises ClosedError."""
        if self._pipeline is None:
            raise ClosedError(self._name)
        return self._pipeline

    @property
    def index(self) -> str:
        """The name of the index."""
        return self._name

    @property
    def version(self) -> str:
        """The id of the version that is open."""
        return self.pipeline.index.manifest.version

    @property
    def is_current(self) -> bool:
        """Whether the version that is open is the one that is served now; raises NoIndexError or IndexDamagedError."""
        from qa.index import current_version

        return current_version(self._folder()) == self.version

    def reopened(self) -> Self:
        """Return a corpus on the version that is current now, with the same models; this one stays open."""
        return type(self)(self.pipeline.reopened())

    def close(self) -> None:
        """Close the index's files; more than once does nothing."""
        if self._pipeline is not None:
            self._pipeline.close()
            self._pipeline = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        question: str,
        *,
        history: Iterable[Message] = (),
        carry_over: bool = True,
        sources: str | Sequence[str] = (),
        since: Day | None = None,
        until: Day | None = None,
        k: int | None = None,
        llm: bool = True,
    ) -> Answer:
        """Answer with exact quotations, or abstain (`answer.abstained`) and say why (`answer.reason`).

        `history` is what was said before, oldest first: the `messages` of earlier answers; without `carry_over` nothing
        is taken from it. Only articles from one of `sources` and published from `since` to `until`, both inclusive, are
        asked. `k` is how many passages are reported besides those cited, 1 to 50. Without `llm` no language model is
        asked for prose, although the settings name one. Raises BadQuestionError, BadFilterError or BadSettingError for
        what cannot be used, and ClosedError.
        """
        return self.pipeline.answer(self.inquiry(question, history, carry_over, sources, since, until, k, llm))

    def steps(self, question: str, **options: Any) -> Iterator[Step]:
        """Yield the question that is searched, what the searches found, and the answer, each once it is known.

        Where a language model rephrases it, first the answer as `Quoted`, then each sentence that was checked.

        Takes and raises what `ask` does.
        """
        return self.pipeline.steps(self.inquiry(question, **options))

    def search(
        self,
        question: str,
        *,
        history: Iterable[Message] = (),
        carry_over: bool = True,
        sources: str | Sequence[str] = (),
        since: Day | None = None,
        until: Day | None = None,
        k: int | None = None,
    ) -> Findings:
        """Return the `k` passages nearest to the question, best first, and no answer; takes and raises what `ask` does.

        By words and by meaning, both added into one ranking, the best of which the cross-encoder has read: the order
        in which an answer would be drawn from them. Whether they answer is not judged.
        """
        return self.pipeline.search(self.inquiry(question, history, carry_over, sources, since, until, k))

    def article(self, article_id: str) -> Article:
        """Return an article by its id; raises ArticleNotFoundError."""
        return self.pipeline.article(article_id)

    def articles(self) -> Iterator[Article]:
        """Yield every article, in the order of their ids; holds one at a time."""
        return self.pipeline.index.store.every_article()

    def passages(self) -> Iterator[tuple[Chunk, Article]]:
        """Yield every passage with its article, in the order of the articles; holds one article at a time."""
        return self.pipeline.index.store.every_chunk()

    def find(
        self,
        title: str = "",
        *,
        sources: str | Sequence[str] = (),
        since: Day | None = None,
        until: Day | None = None,
        offset: int = 0,
        limit: int = 50,
    ) -> Found:
        """Return `limit` entries of the list of articles from `offset` on, newest first, and how many there are in all.

        Only articles with all words of `title` in their title are listed, in whatever case and with accents or without.
        Raises BadFilterError.
        """
        return self.pipeline.index.store.find(
            title, self._filters(sources, since, until), max(0, offset), max(0, limit)
        )

    def export(self, folder: str | Path, *, force: bool = False) -> Exported:
        """Write all articles and passages into `folder`, as corpus.jsonl and passages.jsonl.

        `build` makes the same articles of it again. Raises SourceError for a folder that holds something (with `force`:
        something else than an export), and OSError.
        """
        from qa.export import export

        return export(self.pipeline.index.store, Path(folder), force=force)

    def status(self) -> CorpusStatus:
        """Return what the corpus holds, and whether a build of it is under way."""
        from qa.index import under_way

        return status_of(self._name, self.pipeline.index, under_way(self._folder()))

    def inquiry(
        self,
        question: str,
        history: Iterable[Message] = (),
        carry_over: bool = True,  # noqa: FBT001, FBT002 - as `ask` has it
        sources: str | Sequence[str] = (),
        since: Day | None = None,
        until: Day | None = None,
        k: int | None = None,
        llm: bool = True,  # noqa: FBT001, FBT002
    ) -> Inquiry:
        """Return what is asked of the pipeline, its filters held to what the corpus holds; raises as `ask` does."""
        filters = self._filters(sources, since, until)
        return Inquiry(question, tuple(history), carry_over, filters, None if k is None else checked_k(k), llm)

    def _filters(self, sources: str | Sequence[str], since: Day | None, until: Day | None) -> Filters:
        return filters_of(self.pipeline.index.store, sources, since, until)

    def _folder(self) -> Path:
        from qa.index import index_folder

        return index_folder(self.pipeline.settings.indexes, self._name)


class _Unwatched:
    """Progress that nobody is told of."""

    def stage(self, name: str, total: int | None) -> None:
        """Tell nobody."""

    def advance(self, steps: int) -> None:
        """Tell nobody."""
