"""Whether a question depends on what was said before it, or starts afresh."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from qa.chat.conversation import Conversation
from qa.chat.cues import Cues
from qa.chat.phrases import Phrase
from qa.chat.spotting import Kind
from qa.chat.words import content

_KINDS_OF_TOPICS = """
    band group duo album song single record film movie book novel show series episode play musical game match tournament
    season team club company firm business party government country city town war battle trial case election campaign
    project program programme organization organisation movement event incident accident crash attack tour concert
    video magazine newspaper school university church building ship plane family couple character role award prize law
    act treaty study report article story strike protest
"""
"""What a conversation may be about without having called it so: "the band", in a conversation about Nirvana."""


def depends(asked: Cues, found: Sequence[Phrase], said: Conversation) -> bool:
    """Whether a question cannot be understood without the conversation, which names what is `found`.

    Pronouns, "this", "other", "the band" and a bare "Why?" point back, unless the question says itself what they could
    stand for. A question with a name of its own and no such word starts afresh.
    """
    title = found[0].words if found and found[0].kind is Kind.TITLE else frozenset()
    about = bool(title & asked.words)
    if asked.what_about or asked.article:
        return True
    if asked.pronouns or asked.demonstrative or asked.there:
        return not about or (asked.demonstrative and bool(said.turns))
    if asked.other:
        return not about
    if asked.defines and asked.words and not asked.heads:
        return False  # What is primatology?
    pointing = asked.bare or asked.then or (not asked.complete and _points_back(asked, said))
    return pointing and not (about or _names(asked, found))


def _names(asked: Cues, found: Sequence[Phrase]) -> bool:
    """Whether a question names something, known or new."""
    return asked.capitals or any(phrase.kind is not Kind.NOUN and phrase.words & asked.words for phrase in found)


def _points_back(asked: Cues, said: Conversation) -> bool:
    """Whether "the trial" is one that was spoken of, or may be what it is all about; "the missile launched" is new."""
    heads = content(" ".join(asked.heads))
    if not heads or len(asked.words) == 1 or heads & _kinds_of_topics():
        return bool(heads)
    spoken = (*said.topics, *(text for turn in said.turns for text in (turn.question, turn.answer, *turn.titles)))
    return bool(heads & content(" ".join(spoken)))


@cache
def _kinds_of_topics() -> frozenset[str]:
    return content(_KINDS_OF_TOPICS)
