"""Question and passages to quotes and how probable it is that they answer.

The sentences of the best passages, and each two that stand together, are read by the cross-encoder under their title
and headings. The best answers; up to two more join when they answer nearly as well and add something. A pair takes
the place of a sentence only where it answers clearly better: where a pronoun needs the sentence before it, or a quoted
speech goes on.
"""

from qa.answer.choice import favoured, is_within, overlap, ranked, without_repetition
from qa.answer.confidence import Confidence, Logistic, Models, models
from qa.answer.signals import Signals, share, signals
from qa.answer.voices import is_known, is_signature, may_be_said_by, wrote_any
from qa.answer.windows import Score, read_windows

__all__ = [
    "Confidence", "Logistic", "Models", "Score", "Signals", "favoured", "is_known", "is_signature", "is_within",
    "may_be_said_by", "models", "overlap", "ranked", "read_windows", "share", "signals", "without_repetition",
    "wrote_any",
]  # fmt: skip
