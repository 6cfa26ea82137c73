"""What is wrong with the arguments of a tool, in sentences that a model can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

_SHOWN = 80
_MOST = 5


def sentences(error: ValidationError) -> str:
    """Return what has to be changed; nothing long that was sent is sent back."""
    return " ".join(_sentence(it) for it in error.errors(include_url=False, include_input=False)[:_MOST])


def _sentence(error: Mapping[str, Any]) -> str:
    name, limits = _name(error["loc"]), error.get("ctx", {})
    known = {
        "missing": f"The argument '{name}' is missing.",
        "extra_forbidden": f"There is no argument '{name}'.",
        "string_type": f"The argument '{name}' must be a string.",
        "int_type": f"The argument '{name}' must be a whole number.",
        "int_parsing": f"The argument '{name}' must be a whole number.",
        "greater_than_equal": f"The argument '{name}' must be at least {limits.get('ge')}.",
        "less_than_equal": f"The argument '{name}' must be at most {limits.get('le')}.",
        "too_long": f"The argument '{name}' must have at most {limits.get('max_length')} items.",
        "string_too_long": f"The argument '{name}' must have at most {limits.get('max_length')} characters.",
        "string_too_short": f"The argument '{name}' must not be empty.",
    }
    return known.get(error["type"], f"The argument '{name}' is not right: {error['msg']}.")


def _name(location: Sequence[str | int]) -> str:
    name = ".".join(map(str, location))
    return name if len(name) <= _SHOWN else name[:_SHOWN] + "…"
