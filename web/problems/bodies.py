"""What is wrong with the body of a request, in sentences, with where it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from web.problems.problem import NAMESPACE, FieldError, Problem, cut
from web.v1.errors import UNSUPPORTED

_MOST_ERRORS = 10


def validation_problem(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the problem with a body, from pydantic's errors; nothing long that was sent is sent back."""
    if errors[0]["type"] == "json_invalid":
        reason = errors[0].get("ctx", {}).get("error", "it cannot be read")
        return Problem(400, f"The body is not valid JSON: {reason}."[:200], "The body is not valid JSON")
    found = tuple(FieldError(_sentence(error), _pointer(error["loc"])) for error in errors[:_MOST_ERRORS])
    return Problem(
        422,
        " ".join(error.detail for error in found),
        "The body is not what this address takes",
        NAMESPACE + "bad-request-body",
        found,
    )


def _sentence(error: Mapping[str, Any]) -> str:
    name = cut(".".join(map(str, error["loc"])))
    limits = error.get("ctx", {})
    known = {
        UNSUPPORTED: str(error["msg"]),
        "missing": f"The field '{name}' is missing.",
        "extra_forbidden": f"There is no field '{name}'.",
        "string_type": f"The field '{name}' must be a string.",
        "int_type": f"The field '{name}' must be a whole number.",
        "greater_than_equal": f"The field '{name}' must be at least {limits.get('ge')}.",
        "less_than_equal": f"The field '{name}' must be at most {limits.get('le')}.",
        "string_too_long": f"The field '{name}' must have at most {limits.get('max_length')} characters.",
        "too_short": f"The field '{name}' must have at least {limits.get('min_length')} of them.",
        "too_long": f"The field '{name}' must have at most {limits.get('max_length')} items.",
        "model_type": 'The body must be a JSON object, for example {"question": "Who condemned the launch?"}.',
    }
    return known.get(error["type"], f"The field '{name}' is not right: {error['msg']}.")


def _pointer(location: Sequence[str | int]) -> str:
    escaped = (cut(str(part)).replace("~", "~0").replace("/", "~1") for part in location)
    return "#" + "".join(f"/{quote(part, safe='~')}" for part in escaped)
