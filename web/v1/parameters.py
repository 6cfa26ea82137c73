"""The parameters of a chat completion: what is done as asked, what is refused, and what has no effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from web.v1.errors import refused
from web.v1.requests import ChatRequest

_MOST_NAMED, _SHOWN = 50, 80


@dataclass(frozen=True, slots=True)
class Rule:
    """A parameter that can only ask for what is done anyway; `why` is the sentence that refuses anything else."""

    allows: Callable[[Any], bool]
    why: str


_NO_TOOL = "No tool is called here: an answer is made of quotations. Leave '{name}' out, or send 'none' or 'auto'."

RULES: Mapping[str, Rule] = {
    "n": Rule(lambda value: value == 1, "There is one answer to a question: '{name}' can only be 1."),
    "tool_choice": Rule(lambda value: value in ("none", "auto"), _NO_TOOL),
    "function_call": Rule(lambda value: value in ("none", "auto"), _NO_TOOL),
    "response_format": Rule(
        lambda value: isinstance(value, dict) and value.get("type") == "text",
        "An answer is text, and the field 'article_qa' has it as JSON: '{name}' can only be {{\"type\": \"text\"}}.",
    ),
    "logprobs": Rule(
        lambda value: value is False, "Quotations have no token probabilities: '{name}' can only be false."
    ),
    "top_logprobs": Rule(lambda value: value == 0, "Quotations have no token probabilities: '{name}' can only be 0."),
    "modalities": Rule(lambda value: value == ["text"], "Answers are text: '{name}' can only be [\"text\"]."),
    "audio": Rule(lambda _: False, "Answers are text: leave '{name}' out."),
    "web_search_options": Rule(lambda _: False, "Only the articles are searched, never the web: leave '{name}' out."),
}
"""What is refused unless it asks for what is done anyway."""


def without_effect(asked: ChatRequest) -> tuple[str, ...]:
    """Return the names of parameters that were sent and change nothing; raises for one that cannot be left unheeded.

    One that is null, or asks for what is done anyway, was not left unheeded.
    """
    for name, rule in RULES.items():
        value = getattr(asked, name)
        if value is not None and not rule.allows(value):
            raise refused(rule.why.format(name=name), name)
    return unheeded(asked)


def unheeded(sent: BaseModel) -> tuple[str, ...]:
    """Return the names of the fields that were sent, are not null, and are none that `sent` declares."""
    names = [name for name, value in (sent.model_extra or {}).items() if value is not None]
    return tuple(name[:_SHOWN] for name in names[:_MOST_NAMED])
