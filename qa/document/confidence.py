"""How sure an answer is, in a word and in a figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Band:
    """A range of probabilities: where it begins, its name, and how many of ten are right in it."""

    least: float
    word: str
    of_ten: str


_BANDS = (
    _Band(0.9, "high", "at least 9"),
    _Band(0.7, "moderate", "at least 7"),
    _Band(0.5, "low", "at least 5"),
    _Band(0.0, "low", "fewer than 5"),
)


def confidence_in_words(confidence: float) -> str:
    """Return "high", "moderate" or "low"."""
    return _band(confidence).word


def confidence_meaning(confidence: float) -> str:
    """Return what the word stands for, as a count: true of every probability in its range."""
    return f"Of 10 such quotations {_band(confidence).of_ten} answer the question."


def confidence_figure(confidence: float) -> str:
    """Return two decimals, rounded down; neither 1.00 nor 0.00, which would read as certain."""
    hundredths = min(round(confidence * 10_000) // 100, 99)
    return f"{hundredths / 100:.2f}" if hundredths else "<0.01"


def _band(confidence: float) -> _Band:
    return next(band for band in _BANDS if confidence >= band.least)
