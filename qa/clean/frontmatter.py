"""The YAML between two rules at the head of a Markdown file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa.clean.canonical import one_line

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST_FRONT_MATTER = 65_536
_MOST_BRACKETS = 500
_NOTHING = frozenset({"", "~", "null"})


@dataclass(frozen=True, slots=True)
class Parted:
    """A file in two: what its front matter states, by key, and the Markdown after it."""

    stated: Mapping[str, str]
    body: str


def part(content: str) -> Parted:
    """Part the front matter from the text; what is not a sound YAML mapping of moderate size is text.

    Aliases are refused, because a few lines of them can stand for gigabytes, and so are brackets by the
    hundred, because PyYAML takes quadratic time for those inside one another.
    """
    import yaml

    whole = Parted({}, content)
    match = _FRONT_MATTER.match(content, 0, _LONGEST_FRONT_MATTER)
    if match is None or sum(map(match["yaml"].count, "[{")) > _MOST_BRACKETS:
        return whole
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(match["yaml"], yaml.BaseLoader)):
            return whole
        # The base loader makes strings of all scalars, so that a date stays as it was written.
        stated = yaml.BaseLoader(match["yaml"]).get_single_data()
        if not isinstance(stated, dict):
            return whole
        words = {one_line(key).lower(): _words(value) for key, value in stated.items()}
    except (yaml.YAMLError, ValueError, RecursionError):
        return whole
    return Parted({key: value for key, value in words.items() if value not in _NOTHING}, content[match.end() :])


def _words(value: Any) -> str:
    """Return a value of the front matter as a person would write it; people and sites by their name."""
    if isinstance(value, list) and all(isinstance(item, str) or _name(item) for item in value):
        return ", ".join(map(_words, value))
    return value.strip() if isinstance(value, str) else _name(value) or json.dumps(value, ensure_ascii=False)


def _name(value: Any) -> str | None:
    name = value.get("name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else None
