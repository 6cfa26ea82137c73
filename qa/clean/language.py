"""The language of an article: what it states, where its words do not speak against that; else what its words show.

The detector is py3langid (Lui and Baldwin 2012, "langid.py: An Off-the-shelf Language Identification Tool"), a naive
Bayes classifier over byte n-grams whose probabilities are calibrated; how it was chosen is in `docs/quality.md`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from qa.languages import language_code

LOOKED_AT = 1000
"""Characters from the start of the text; more of them change nothing, and cost time."""

LEAST_LETTERS = 20
LEAST_SURE = 0.7
"""The probability from which a language is taken as detected."""

LEAST_PLAUSIBLE = 0.01
"""The probability below which a stated language is not that of the text: a German page in an English template."""

_DIALECTS = {"ary": "ar", "arz": "ar", "uzs": "uz", "wuu": "zh", "yue": "zh"}
"""What the detector tells apart and ISO 639-1 does not."""


def language_of(text: str, stated: str | None) -> str | None:
    """Return the language of a canonical text as ISO 639-1, or None where it is not known.

    What is `stated` goes before what is detected, unless the text is long enough to show that it is another.
    """
    code = language_code(stated) if stated else None
    start = text[:LOOKED_AT]
    if sum(map(str.isalpha, start)) < LEAST_LETTERS:
        return code
    ranked: list[tuple[str, float]] = _detector().rank(start)
    best, sure = ranked[0]
    if sure < LEAST_SURE or (code and dict(ranked).get(code, 0.0) >= LEAST_PLAUSIBLE):
        return code
    return language_code(_DIALECTS.get(best, best))


@cache
def _detector() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
