"""How far a question is like those that the models were trained on: the short ones of web search."""

from __future__ import annotations

FAMILIAR = 10
"""Terms up to which a question is one of those; measured, `docs/quality.md`."""


def familiarity(terms: int) -> float:
    """Return 1 for a question of up to FAMILIAR terms, beyond that the inverse square of their number: 0.1 at 32."""
    return min(1.0, (FAMILIAR / terms) ** 2) if terms else 1.0
