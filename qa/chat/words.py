"""The words of a text that carry meaning, as stems: what a question and a phrase are compared by."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from threading import Lock
from typing import Any

FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a about above after again against all also am an and any are as at be because been before being below between
        both but by can could d day did do does doing down during each few for from further had has have having he her
        here hers herself him himself his how i if in into is it its itself just least ll m many may me might more most
        much must my myself nearly no nor not now of off on once one only or other ought our ours ourselves out over
        own re s said same say says shall she should so some such t than that the their theirs them themselves then
        there these they this those through to too under until up us ve very was we were what when where which while
        who whom whose why will with would year years you your yours yourself yourselves""",
    )
)
"""The words of grammar, and the few that every question about a text is full of."""

_WORD = re.compile(r"\w+")
_POSSESSIVE = re.compile(r"['’]s?(?!\w)")
_LOCK = Lock()
_ONCE: dict[str, Any] = {}


def stems(text: str) -> list[str]:
    """Return the stems of the content words of `text`, in order: "his sister's albums" -> [sister, album]."""
    words = _WORD.findall(_POSSESSIVE.sub("", _plain(text)))
    return [stem(word) for word in words if word not in FUNCTION_WORDS]


def _plain(text: str) -> str:
    """Return a text without case and accents: people leave both out where they type fast."""
    if text.isascii():
        return text.casefold()
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))


def content(text: str) -> frozenset[str]:
    """Return the different stems of the content words of `text`."""
    return frozenset(stems(text))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the Snowball stem of a lower-case word."""
    with _LOCK:  # a stemmer keeps state while it works
        if "english" not in _ONCE:
            from Stemmer import Stemmer

            _ONCE["english"] = Stemmer("english")
        return str(_ONCE["english"].stemWord(word[:100]))
