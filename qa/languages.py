"""Languages by their codes and names: ISO 639-1, with the names that CLDR has for them in English."""

from __future__ import annotations

import re
from functools import cache

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_.@][\w.@-]*)?")
_SAME = {"nb": "no"}
"""Written Norwegian is the same to whoever detects or stems it."""


def language_code(stated: str) -> str | None:
    """Return the ISO 639-1 code of a language as documents state it, or None where there is none.

    Read are tags ("de-AT", "pt_BR.UTF-8"), the codes of ISO 639-2 ("deu", "ger"), and names in English ("German").
    """
    stated = stated.strip()
    by_name = _codes().get(stated.casefold())
    if by_name is not None:
        return by_name
    tag = _TAG.fullmatch(stated)
    return _known(tag[1].lower()) if tag is not None else None


def language_name(code: str) -> str:
    """Return the English name of a language: "de" -> "German"; the code itself where it has none."""
    return _names().get(code, code)


def _known(code: str) -> str | None:
    from babel.core import get_global

    if code not in _names():
        code = str(get_global("language_aliases").get(code, ""))
    code = _SAME.get(code, code)
    return code if code in _names() else None


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    return {code: name for code, name in Locale("en").languages.items() if re.fullmatch("[a-z]{2}", code)}


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): _SAME.get(code, code) for code, name in _names().items()}
