"""Every error this project raises on purpose, as one tree.

QaError
├── BadQuestionError        the question cannot be searched as it is
├── BadFilterError          the filters of a question cannot be used
├── BadFeedbackError        what is said of an answer is not about one of ours
├── BadSettingError         an option or a QA_ variable has a value that cannot be used
├── SourceError             a path named for building cannot be read at all
│   └── NoArticlesError     the paths hold nothing that could be indexed
├── ModelError
│   ├── ModelMissingError   the files are not on this machine
│   ├── ModelDamagedError   the files are there and are not the pinned ones
│   └── ModelFetchError     the download did not deliver
├── ArticleIndexError
│   ├── NoIndexError        nothing has been built under this name
│   ├── IndexMismatchError  built with other files of its encoder, or by another format
│   ├── IndexDamagedError   a file of the index is missing or altered
│   ├── IndexBusyError      another build of the same index is under way
│   ├── IndexWriteError     a version could not be written: no space, no permission
│   └── FeedbackWriteError  feedback could not be kept beside the index
├── NotFoundError
│   ├── ArticleNotFoundError
│   ├── CorpusNotFoundError     the server has no corpus of this name
│   └── VersionNotFoundError    no such version is kept
├── ClosedError             a corpus was asked after it was closed
├── GenerationError         the language model does not answer, or not as it should
├── BadKeyError             a key cannot be made under this name, or there is none of it
├── KeyFileError            the file of the keys cannot be read or written
├── CitationError           a quotation is not, character for character, in its article
└── ServeError              the server cannot start

The text of an error is one sentence that says what happened, where, and what mends it. Data that a
caller could act on is also kept in attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


_SHOWN = 80


class QaError(Exception):
    """The base of every error raised on purpose; catching it never hides a bug."""


class BadQuestionError(QaError):
    """The question cannot be searched as it is."""


class BadFilterError(QaError):
    """The filters of a question cannot be used."""


class BadFeedbackError(QaError):
    """What is said of an answer is not about one of ours."""


class BadSettingError(QaError):
    """An option or a QA_ variable has a value that cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        """`name` is the setting as the person typed it; `problem` says what it must be instead."""
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


class SourceError(QaError):
    """A path named for building cannot be read at all."""

    def __init__(self, path: Path, problem: str) -> None:
        """`path` is the place; `problem` continues the sentence after it."""
        super().__init__(f"{path} {problem}")
        self.path = path


class NoArticlesError(SourceError):
    """The paths hold nothing that could be indexed."""


class ModelError(QaError):
    """Something is wrong with a model's files."""

    def __init__(self, model: str, message: str) -> None:
        """`model` is the model's name, `message` the whole sentence."""
        super().__init__(message)
        self.model = model


class ModelMissingError(ModelError):
    """The model's files are not on this machine."""


class ModelDamagedError(ModelError):
    """The model's files are here and are not the pinned ones."""


class ModelFetchError(ModelError):
    """The download did not deliver the pinned files."""


class ArticleIndexError(QaError):
    """Something is wrong with an index; `place` is its folder, or the file at fault."""

    def __init__(self, place: Path, message: str) -> None:
        """`place` is the folder or file, `message` the whole sentence."""
        super().__init__(message)
        self.place = place


class NoIndexError(ArticleIndexError):
    """Nothing has been built under this name."""


class IndexMismatchError(ArticleIndexError):
    """The index was built with other files of its encoder, or in another format."""


class IndexDamagedError(ArticleIndexError):
    """A file of the index is missing or altered."""


class IndexBusyError(ArticleIndexError):
    """Another build of the same index is under way."""


class IndexWriteError(ArticleIndexError):
    """A version could not be written; the one that is served is as it was."""

    def __init__(self, place: Path, why: str, command: str = "qa build") -> None:
        """`why` is the fault as the system words it; `command` is what is to be run again."""
        kept = ": what was embedded is kept" if command == "qa build" else ""
        super().__init__(
            place,
            f"The index in {place} could not be written ({why}); what is served is as it was. Make room or mend the "
            f"permissions, and run `{command}` again{kept}.",
        )


class FeedbackWriteError(ArticleIndexError):
    """Feedback could not be kept beside the index; what was kept before is as it was."""

    def __init__(self, place: Path, why: str) -> None:
        """`place` is the file, `why` the fault as the system words it."""
        super().__init__(
            place,
            f"The feedback could not be written to {place} ({why}). Make room or mend the permissions, and try again.",
        )


class NotFoundError(QaError):
    """Something asked for by name does not exist."""


class ArticleNotFoundError(NotFoundError):
    """No article has this id in the version that is open."""

    def __init__(self, article_id: str) -> None:
        """`article_id` is the id as asked for, shown cut to a length that fits a line."""
        shown = article_id[:_SHOWN] + ("…" if len(article_id) > _SHOWN else "")
        super().__init__(f"No article {shown!r} in this index; it may have left with a rebuild.")
        self.article_id = article_id


class CorpusNotFoundError(NotFoundError):
    """The server answers from no corpus of this name."""

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        """`name` is the corpus as asked for; `names` are those that are served."""
        shown = name[:_SHOWN] + ("…" if len(name) > _SHOWN else "")
        super().__init__(f"No corpus {shown!r} is served here; there is: {', '.join(names)}.")
        self.corpus, self.names = name, names


class VersionNotFoundError(NotFoundError):
    """No version of this id is kept; None stands for the one before the current."""

    def __init__(self, version: str | None) -> None:
        """`version` is the id as asked for."""
        asked = "No older version is kept" if version is None else f"No version {version[:_SHOWN]!r} is kept"
        super().__init__(f"{asked}; `qa versions` lists those that are.")
        self.version = version


class ClosedError(QaError):
    """A corpus was asked after it was closed."""

    def __init__(self, index: str) -> None:
        """`index` is the name of its index."""
        super().__init__(f"The corpus {index!r} is closed; open it again with Corpus.open({index!r}).")
        self.index = index


class GenerationError(QaError):
    """The language model does not answer, or not as it should; the quotations stand without it.

    Its text continues "The language model ..."; it tells neither the server's address nor anything the server sent.
    """


class BadKeyError(QaError):
    """A key cannot be made under this name, or there is none of it."""


class KeyFileError(QaError):
    """The file of the keys cannot be read or written; nobody is let in meanwhile."""

    def __init__(self, path: Path, problem: str) -> None:
        """`path` is the file; `problem` continues the sentence after it."""
        super().__init__(f"The file of the keys, {path}, {problem}.")
        self.path = path


class CitationError(QaError):
    """A quotation is not, character for character, in its article."""


class ServeError(QaError):
    """The server cannot start."""
