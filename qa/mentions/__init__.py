"""Names, numbers and dates as they are written in English text, each with its span and a value to compare.

Rules, not a model: they see how a word is written, so a lower-cased name is not found. Every finder takes
time that is linear in the text.
"""

from qa.mentions.dates import compatible, dates
from qa.mentions.mention import Mention
from qa.mentions.names import names
from qa.mentions.numbers import numbers

__all__ = ["Mention", "compatible", "dates", "names", "numbers"]
