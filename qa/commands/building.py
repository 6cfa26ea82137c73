"""build: articles to an index, once or whenever they change."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.config import Settings
from qa.errors import IndexBusyError, QaError
from qa.options import MODELS, PLACES, options

if TYPE_CHECKING:
    from qa.build import Report
    from qa.build.watch import Follower

SOMETHING_LEFT_OUT = 3


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--if-missing", is_flag=True, help="Do nothing when there is an index already.")
@click.option("--watch", is_flag=True, help="Go on, and build again whenever something changes.")
@click.option("--while-parent", type=int, hidden=True, help="End when this is no longer the parent process.")
@options(*PLACES, *MODELS, "chunk_words", "dense", "keep", "max_file_mb", "max_article_mb")
@click.pass_context
def build(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    *,
    if_missing: bool,
    watch: bool,
    while_parent: int | None,
    **given: Any,
) -> None:
    """Build an index from files and folders (default: seeds/) and publish it.

    Reads .txt, .md, .html, .jsonl, .jsonl.gz and .csv. Only what has changed since the last build is read and
    embedded. The index that is being served stays in use until the new one is complete; a build that is
    interrupted goes on where it was. Exit status: 0 everything is in, 3 something was left out, 1 nothing was
    published because of an error.

    \b
    Examples:
      qa build ~/articles notes.md
      qa build ~/articles --watch
      qa build corpus.jsonl --index news
    """
    settings = Settings.from_env(**given)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it means it to tidy up
    if if_missing and _is_there(settings):
        return
    paths = paths or (Path("seeds"),)
    run = _builder(paths, settings)
    report = run()
    if watch:
        _follow(paths, settings, run, lambda: while_parent is not None and os.getppid() != while_parent)
    elif report.left_out:
        ctx.exit(SOMETHING_LEFT_OUT)


def _is_there(settings: Settings) -> bool:
    from qa.index import current_version, index_folder

    folder = index_folder(settings.indexes, settings.index)
    if not (folder / "current").exists():
        return False
    click.echo(f"Index {settings.index!r} is there, version {current_version(folder)}.", err=True)
    return True


def _builder(paths: tuple[Path, ...], settings: Settings) -> Callable[..., Report]:
    """Return a function that builds and tells; the encoder is loaded once.

    With `again` it tells nothing where nothing has changed.
    """
    from qa.build import build as run
    from qa.embed import load_encoder
    from qa.terminal import progress, report_lines

    @cache
    def encoder() -> Any:
        return load_encoder(settings.encoder, settings.models, settings.device, settings.threads)

    def once(*, again: bool = False) -> Report:
        with progress() as shown:
            report = run(paths, settings, encoder, shown)
        if report.published or not again:
            click.echo("\n".join(report_lines(report)))
        return report

    return once


def _follow(paths: tuple[Path, ...], settings: Settings, run: Callable[..., Report], ended: Callable[[], bool]) -> None:
    """Build after each round of changes; what goes wrong is told, and the next change is waited for."""
    from qa.build.watch import Follower

    follower = Follower(paths, settings.indexes.absolute())
    click.echo("Following the articles; Ctrl-C ends it.", err=True)
    for _ in follower.changes(ended):
        _rebuild(run, follower)


def _rebuild(run: Callable[..., Report], follower: Follower) -> None:
    try:
        run(again=True)
    except QaError as error:
        click.echo(f"Error: {error}", err=True)
        if isinstance(error, IndexBusyError):
            follower.again()  # its second of patience keeps this from being a busy loop
