"""Whether a question depends on what was said before it, or starts afresh."""

from __future__ import annotations

from qa.chat.cues import Cues
from qa.chat.phrases import Phrase
from qa.chat.spotting import Kind


def depends(asked: Cues, found: list[Phrase], *, first: bool) -> bool:
    """Whether a question cannot be understood without the conversation, which names what is `found`.

    Pronouns, "this", "other", "the band" and a bare "Why?" point back, unless the question says itself what they could
    stand for. A question with a name of its own and no such word starts afresh. `first`: nothing was asked before.
    """
    title = found[0].words if found and found[0].kind is Kind.TITLE else frozenset()
    about = bool(title & asked.words)
    if asked.what_about or asked.article:
        return True
    if asked.pronouns or asked.demonstrative or asked.there:
        return not about or (asked.demonstrative and not first)
    if asked.other:
        return not about
    if asked.defines and asked.words and not asked.heads:
        return False  # What is primatology?
    return ((bool(asked.heads) and not asked.complete) or asked.bare or asked.then) and not (
        about or _names(asked, found)
    )


def _names(asked: Cues, found: list[Phrase]) -> bool:
    """Whether a question names something, known or new."""
    return asked.capitals or any(phrase.kind is not Kind.NOUN and phrase.words & asked.words for phrase in found)
