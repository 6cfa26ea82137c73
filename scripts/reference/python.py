"""The Python API: the public names of `qa`, with their signatures and docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import qa
from scripts.reference.markdown import code, page

_HEAD = """\
`import qa` is light: models and indexes are loaded when they are first used. Everything below is imported from `qa`.
"""


def python_page() -> str:
    """Return the page of the public names, in the order of `qa.__all__`."""
    return page("The Python API", _HEAD, *(part for name in qa.__all__ for part in _described(name, getattr(qa, name))))


def _described(name: str, thing: object) -> Iterator[str]:
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return
    yield f"## `{name}`"
    if inspect.isfunction(thing):
        yield code(f"{name}{inspect.signature(thing)}", "python")
    yield inspect.getdoc(thing) or ""
    if inspect.isclass(thing):
        if is_dataclass(thing):
            yield code("\n".join(f"{field.name}: {field.type}" for field in fields(thing)), "python")
        yield from _members(thing)


def _members(thing: type) -> Iterator[str]:
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"### `{name}`\n\n{inspect.getdoc(member) or ''}"
        elif isinstance(member, classmethod | staticmethod) or inspect.isfunction(member):
            bound = getattr(thing, name)
            yield f"### `{name}`\n\n{code(f'{name}{inspect.signature(bound)}', 'python')}\n\n{inspect.getdoc(bound) or ''}"
