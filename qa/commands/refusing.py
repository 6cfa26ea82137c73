"""What is wrong with a question, said before anything is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from qa.config import Settings
from qa.records import Message


def refuse_early(
    question: str, since: str | None, until: str | None, settings: Settings, history: Sequence[Message] = ()
) -> None:
    """Raise BadQuestionError or BadFilterError where that is known without the index."""
    from qa.filters import read_filters
    from qa.question import read_history, read_question

    read_question(question, settings.max_question_chars)
    read_history(history, settings.max_history_messages, settings.max_history_chars)
    read_filters((), since, until, ())
