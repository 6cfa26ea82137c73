"""The passages that were read, sentence by sentence: quotes, with what the cross-encoder says of each."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Score, is_signature, may_be_said_by, read_windows, wrote_any
from qa.answering.asked import Asked
from qa.records import Passage, Quote


def windows(asked: Asked, read: Sequence[Passage], score: Score) -> list[Quote]:
    """Return the sentences as the cross-encoder judges them, asked for what somebody wrote where he did write."""
    said = asked.speaker
    put = said.question if said is not None and said.question and wrote_any(said.name, read) else asked.text
    found = read_windows(put, best_of_each_article(read) if asked.is_of_several else read, score)
    return [quote for quote in found if not is_signature(quote)] or found


def may_be_said(asked: Asked, quote: Quote) -> bool:
    """Whether a quote may be of the one whose words are asked for, if anybody's are."""
    return asked.speaker is None or may_be_said_by(asked.speaker.name, quote)


def best_of_each_article(passages: Sequence[Passage]) -> list[Passage]:
    """Return the best passage of each article, then the others."""
    first = {passage.article.id: passage for passage in reversed(passages)}
    return sorted(passages, key=lambda passage: first[passage.article.id] is not passage)
