"""history + follow-up -> a question that can be searched by itself."""

from __future__ import annotations

from collections.abc import Sequence

from qa.chat.conversation import Conversation, read
from qa.chat.cues import Cues, cues
from qa.chat.dependence import depends
from qa.chat.ellipsis import besides, instead, item, items, leaves_out, reason
from qa.chat.features import setting
from qa.chat.meaning import meant
from qa.chat.phrases import phrases
from qa.chat.rows import rows
from qa.chat.wording import worded
from qa.chat.words import content
from qa.records import Message, Standalone

LONGEST = 1000
"""Characters; a longer question says itself what it is about."""

_BACK = 6
"""How many questions before are put to stand alone, each from the one before it, for one that leaves all of it out."""
_SHORT = 100
"""Characters; a longer question leaves too little out to be completed."""
_NAMED = 3
"""Names of an answer after "besides"."""


def standalone(question: str, history: Sequence[Message]) -> Standalone:
    """Return `question` so that it needs nothing of `history`; as it is where it stands alone or nothing is found.

    What is left out is completed from the question before, and what is pointed to is named: by rules for how a question
    points back (`dependence`, `ellipsis`), by a small fitted model for what it points to (`meaning`).
    """
    if not history or len(question) > LONGEST or not question.strip():
        return Standalone(question, question)
    return _put(question, read(history), _BACK)


def _put(question: str, said: Conversation, back: int) -> Standalone:
    completed = _completed(question, said, back)
    if completed is not None:
        return completed
    found, asked = phrases(said), cues(question)
    if not found or not depends(asked, found, said):
        return Standalone(question, question)
    at = setting(asked, said, found)
    chosen = meant(at, _spoken_of(asked, said, back))
    if not chosen:
        return Standalone(question, question)
    made, carried = worded(question, chosen, at)
    return Standalone(made, question, carried)


def _spoken_of(asked: Cues, said: Conversation, back: int) -> frozenset[str]:
    """Return the words of who was "he" in the question before, where this one says "he" too; none else."""
    if said.topics or not said.turns or not back:
        return frozenset()
    last = said.turns[-1].question
    if not asked.pronouns & cues(last).pronouns & {"he", "she"}:
        return frozenset()
    before = _put(last, Conversation(said.topics, said.turns[:-1]), back - 1)
    return content(before.carried[0]) if before.carried else frozenset()


def _completed(question: str, said: Conversation, back: int) -> Standalone | None:
    """Return a question that leaves most of it out with what the one before has; None for others."""
    if not said.turns or not back:
        return None
    last = said.turns[-1]
    if (nth := item(question, last.answer)) is not None:
        return Standalone(nth.question, question, nth.carried)
    if len(question) > _SHORT or not leaves_out(question):
        return None
    before = _put(last.question, Conversation(said.topics, said.turns[:-1]), back - 1).question
    table = rows(last.answer)
    made = (
        instead(question, before, table)
        or reason(question, before, "" if table else last.answer)
        or besides(question, before, [one for one in items(last.answer) if one not in before][:_NAMED])
    )
    return Standalone(made.question, question, made.carried) if made is not None and made.carried else None
