"""What is asked: a question, the conversation before it, and of which articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation: what the person asked, or what was answered.

    `titles` are those of the articles that an answer cited; they say what it is about where its words do not.
    """

    role: Literal["user", "assistant"]
    content: str
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood, and searched, without what was said before it.

    `asked` is how the person put it. `carried` are the words that were taken over from the conversation, in the order
    in which they stand in `question`; none where the question starts afresh, and then `question` is `asked`.
    """

    question: str
    asked: str
    carried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles a question is asked of: those of one of `sources`, published from `since` to `until`.

    `sources` are values of `Article.source`; none: of any. The days are ISO 8601, both inclusive; None: open. An
    article without a date is in no range of days.
    """

    sources: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.sources or self.since or self.until)


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Inquiry:
    """All that a person asks at once: the question as typed, what was said before it, and of which articles.

    Without `carry_over` the question is searched as it stands, whatever came before. `k` is how many passages are
    reported besides those that are cited; None: as the settings say. Without `llm` the quotations are not rephrased,
    although there may be a language model that could.
    """

    question: str
    history: tuple[Message, ...] = ()
    carry_over: bool = True
    filters: Filters = NO_FILTERS
    k: int | None = None
    llm: bool = True
