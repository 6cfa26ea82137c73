"""The Python API: the public names of `qa`, with their signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import qa
from scripts.reference.markdown import code, page

_HEAD = """\
`import qa` is light: models and indexes are loaded when they are first used. Everything below is imported from `qa`.
"""

_WIDTH = 100


def python_page() -> str:
    """Return the page of the public names, in the order of `qa.__all__`."""
    return page("The Python API", _HEAD, *(part for name in qa.__all__ for part in _described(name, getattr(qa, name))))


def _described(name: str, thing: object) -> Iterator[str]:
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return
    yield f"## `{name}`"
    if inspect.isfunction(thing):
        yield code(_signature(name, thing), "python")
    yield inspect.getdoc(thing) or ""
    if inspect.isclass(thing):
        if is_dataclass(thing):
            yield code("\n".join(f"{field.name}: {field.type}" for field in fields(thing)).replace("'", '"'), "python")
        yield from _members(thing)


def _members(thing: type) -> Iterator[str]:
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"### `{name}`\n\n{inspect.getdoc(member) or ''}"
        elif isinstance(member, classmethod | staticmethod) or inspect.isfunction(member):
            bound = getattr(thing, name)
            yield f"### `{name}`\n\n{code(_signature(name, bound), 'python')}\n\n{inspect.getdoc(bound) or ''}"


def _signature(name: str, function: Callable[..., Any]) -> str:
    """Return how a function is called; a parameter a line where it is long."""
    signature = inspect.signature(function)
    whole = _unquoted(f"{name}{signature}")
    if len(whole) <= _WIDTH:
        return whole
    inner, _, returned = whole.removeprefix(f"{name}(").rpartition(") -> ")
    lines = re.split(r", (?=\*|\w+:|\w+=)", inner)
    return "\n".join([f"{name}(", *(f"    {line}," for line in lines), f") -> {returned}"])


def _unquoted(signature: str) -> str:
    """Return a signature without the quotation marks that postponed annotations have."""
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", signature)
