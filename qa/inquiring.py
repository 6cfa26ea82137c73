"""From what a person asks to the question that is searched: read, and made to stand alone."""

from __future__ import annotations

from qa.chat import standalone
from qa.config import Settings
from qa.listing import corpus_question
from qa.question import read_history, read_question
from qa.records import Inquiry, Standalone


def standing_alone(inquiry: Inquiry, settings: Settings) -> Standalone:
    """Return the question that is searched. What would grow too long by what is carried over stays as asked.

    Raises BadQuestionError for a question or a history that cannot be searched.
    """
    asked = read_question(inquiry.question, settings.max_question_chars)
    history = read_history(inquiry.history, settings.max_history_messages, settings.max_history_chars)
    of_corpus = corpus_question(asked)
    if not inquiry.carry_over or (of_corpus is not None and not of_corpus.topic):  # "How many articles are there?"
        return Standalone(asked, asked)
    alone = standalone(asked, history)
    return alone if len(alone.question) <= settings.max_question_chars else Standalone(asked, asked)
