"""The commands: what `qa --help` and `qa COMMAND --help` print."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from qa.cli import cli
from scripts.reference.markdown import code, page

_WIDTH = 100


def commands_page() -> str:
    """Return the help of every command, the groups' commands after their group."""
    return page("Commands", *(f"## `{name}`\n\n{code(text)}" for name, text in _helps(cli, "qa", None)))


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    settings = {**cli.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = click.Context(
        command, parent=parent, info_name=name if parent is None else name.rsplit(maxsplit=1)[-1], **settings
    )
    yield name, command.get_help(context).replace(str(Path.home()), "~")
    if isinstance(command, click.Group):
        for member in command.list_commands(context):
            inner = command.get_command(context, member)
            if inner is not None and not inner.hidden:
                yield from _helps(inner, f"{name} {member}", context)
