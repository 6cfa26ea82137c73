"""What the shell offers when a person presses Tab: names of indexes and versions, sources, models.

Only what a shell takes for nothing but a name is offered: a source comes out of an article, and what is offered stands
on the command line afterwards. What cannot be read is offered as nothing; who is typing wants no sentence in between.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    add_completion_class,
    get_completion_class,
)

from qa.config import Settings
from qa.errors import QaError

VARIABLE = "_QA_COMPLETE"
SHELLS = ("bash", "zsh", "fish")

_MOST = 200
"""So many are offered at once; of more nobody chooses."""

_ACTIVE = re.compile(r"[\x00-\x1f\x7f-\x9f$`\"'\\!\u2028\u2029]")
"""What does something even between quotation marks."""

_NOT_PLAIN = re.compile(r"([^\w@%+=:,./-])")

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]


class Bash(BashComplete):
    """Click's completion for bash, which would leave a name of two words to be two arguments."""

    source_template: ClassVar[str] = """\
%(complete_func)s() {
    local type value
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(IFS=$'\\n'; env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" %(complete_var)s=bash_complete "$1")
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Return a value as it has to be typed."""
        typed = _NOT_PLAIN.sub(r"\\\1", item.value)
        return f"{item.type},{typed}"


class Fish(FishComplete):
    """Click's completion for fish, which would leave a name at its first comma."""

    source_template: ClassVar[str] = FishComplete.source_template.replace('split ","', 'split -m 1 ","')


def install() -> None:
    """Have click answer these shells in this way."""
    add_completion_class(Bash)
    add_completion_class(Fish)


def script_for(shell: str) -> str:
    """Return the script that has a shell, one of SHELLS, complete `qa`."""
    from qa.cli import cli

    install()
    kind = get_completion_class(shell)
    if kind is None:
        raise KeyError(shell)
    return kind(cli, {}, "qa", VARIABLE).source()


def _offering(values: Callable[[Settings], Iterable[str]]) -> Completer:
    """Return a completer of these values, which may raise what opening an index does."""

    def offered(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        try:
            found = list(values(_settings_of(ctx)))
        except (QaError, OSError, sqlite3.Error):
            return []
        typed = incomplete.casefold()
        fitting = (value for value in found if value.casefold().startswith(typed) and not _ACTIVE.search(value))
        return [CompletionItem(value) for _, value in zip(range(_MOST), fitting, strict=False)]

    return offered


def _settings_of(ctx: click.Context) -> Settings:
    """Return the settings with what has been typed so far."""
    typed: dict[str, Any] = {name: ctx.params.get(name) for name in ("indexes", "index")}
    return Settings.from_env(**typed)


def _indexes(settings: Settings) -> list[str]:
    from qa.index import index_names

    return index_names(settings.indexes)


def _versions(settings: Settings) -> list[str]:
    from qa.index import index_folder, versions

    return [version.id for version in versions(index_folder(settings.indexes, settings.index))]


def _sources(settings: Settings) -> tuple[str, ...]:
    """Return the sources of the version that is served, from its store alone."""
    from qa.index import current_version, index_folder, version_folder
    from qa.store import Store

    folder = index_folder(settings.indexes, settings.index)
    with closing(Store(version_folder(folder, current_version(folder)) / "store")) as store:
        return store.sources()


def _models(role: str) -> Callable[[Settings], Iterable[str]]:
    def names(_: Settings) -> list[str]:
        from qa.pins import PINNED

        return [model.name for model in PINNED.values() if model.role.startswith(role)]

    return names


def _kinds(_: Settings) -> Iterable[str]:
    from qa.dense import KINDS

    return KINDS


def _folders(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    return [CompletionItem(incomplete, type="dir")]


source_names = _offering(_sources)
version_ids = _offering(_versions)
model_names = _offering(_models(""))

OF_SETTINGS: dict[str, Completer] = {
    "index": _offering(_indexes),
    "encoder": _offering(_models("encoder")),
    "reranker": _offering(_models("reranker")),
    "device": _offering(lambda _: ("auto", "cpu", "cuda", "mps")),
    "dense": _offering(_kinds),
    "indexes": _folders,
    "models": _folders,
}
"""What completes the value of a setting, by its name."""
