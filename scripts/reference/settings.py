"""The settings: one row for each field of `Settings`."""

from __future__ import annotations

from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from qa.config import Settings, variable_of
from scripts.reference.markdown import page, table

_HEAD = """\
Each setting is an option of the commands that use it (`--min-confidence`), or an environment variable
(`QA_MIN_CONFIDENCE`); the option goes before the variable, the variable before the default. A value that cannot be used
is refused with a sentence that names where it was set.
"""


def settings_page() -> str:
    """Return the page of all settings, in the order in which they are declared."""
    rows = (_row(option) for option in fields(Settings))
    return page("Settings", _HEAD, table(["variable", "default", "range", "what it sets"], rows))


def _row(option: Field[Any]) -> list[str]:
    default = str(getattr(Settings(), option.name)).replace(str(user_cache_path()), "~/.cache")
    default = default.replace(str(Path.home()), "~")
    low, high = option.metadata["low"], option.metadata["high"]
    bounds = "" if low is None else f"{low:,} to {high:,}"
    return [f"`{variable_of(option.name)}`", f"`{default}`" if default else "", bounds, option.metadata["help"]]
