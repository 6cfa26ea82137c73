"""Keyword arguments of a program, to the records that the pipeline takes; what cannot be used is named as given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from qa.config import Settings
from qa.errors import BadSettingError
from qa.records import Filters

if TYPE_CHECKING:
    from qa.store import Store

Day = date | str
"""A day as a filter takes it: a date, or "2023-10-04", "2023-10", "2023"."""


def settings_of(index: str | None, given: dict[str, Any]) -> Settings:
    """Return the settings of the QA_ variables and those given; raises TypeError for a name that is no setting."""
    known = {option.name for option in fields(Settings)}
    if unknown := sorted(set(given) - known):
        raise TypeError(f"There is no setting {unknown[0]!r}; there is: {', '.join(sorted(known))}.")
    try:
        return Settings.from_env(**given, index=index)
    except BadSettingError as error:  # an option of the command line is a keyword here
        raise BadSettingError(error.name.removeprefix("--").replace("-", "_"), error.problem) from None


def checked_k(k: int) -> int:
    """Return how many passages are reported; raises BadSettingError for what is out of range of the setting."""
    limits = next(option.metadata for option in fields(Settings) if option.name == "k")
    if not limits["low"] <= k <= limits["high"]:
        raise BadSettingError("k", f"{k} is not between {limits['low']} and {limits['high']}.")
    return k


def filters_of(store: Store, sources: str | Sequence[str], since: Day | None, until: Day | None) -> Filters:
    """Return filters, held to what the corpus holds; raises BadFilterError."""
    from qa.filters import read_filters

    chosen = (sources,) if isinstance(sources, str) else tuple(sources)
    return read_filters(chosen, _day(since), _day(until), store.sources() if chosen else ())


def _day(given: Day | None) -> str | None:
    return given.isoformat()[:10] if isinstance(given, date) else given
