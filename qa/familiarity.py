"""How far a question is like those that the models were trained on: the short ones of web search."""

from __future__ import annotations

FAMILIAR = 10
"""Terms up to which a question is one of those; measured, `docs/quality.md`."""


def familiarity(terms: int) -> float:
    """Return 1 for a question of up to FAMILIAR terms, beyond that the inverse square of their number: 0.1 at 32."""
    return min(1.0, (FAMILIAR / terms) ** 2) if terms else 1.0


def passages_read(rerank: int, terms: int) -> int:
    """Return how many passages are read: two thirds of `rerank` for a long question, which costs more time with each.

    What the cross-encoder says of a long question counts little, so that reading more of them gains nothing.
    """
    return max(1, round(rerank * (2 + familiarity(terms)) / 3))
