"""A question with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.answer import is_known
from qa.asked import Speaker, parts, speaker
from qa.expected import Expected, expected
from qa.lexical import analysed_as
from qa.records import Article, Passage


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question, the kind of answer, its parts, its sources.

    `rarity` holds the weight of each of its terms, by the rules of each language (ISO 639-1) of the index.
    """

    text: str
    kind: Expected
    rarity: Mapping[str, Mapping[str, float]]
    parts: tuple[str, ...]
    sources: tuple[str, ...]
    speaker: Speaker | None = None
    """Whose words are asked for, where that is somebody who wrote, or was written to, what was read."""

    @property
    def is_of_several(self) -> bool:
        """Whether it takes several articles to answer."""
        return len(self.parts) > 1 or len(self.sources) > 1

    def rarity_in(self, article: Article) -> Mapping[str, float]:
        """Return the weight of each term by the rules of an article's language."""
        return self.rarity.get(analysed_as(article.language), {})


def asked_of(
    question: str, read: Sequence[Passage], sources: Sequence[str], rarity: Mapping[str, Mapping[str, float]]
) -> Asked:
    """Return what is known of a question; `read` are the passages that were read for it."""
    return Asked(question, expected(question), rarity, parts(question), tuple(sources), _speaker(question, read))


def _speaker(question: str, read: Sequence[Passage]) -> Speaker | None:
    found = speaker(question)
    if found is None:
        return None
    may_be_a_word = found.name.islower() and not question.islower()
    return found if is_known(found.name, read, may_be_a_word=may_be_a_word) else None
