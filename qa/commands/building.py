"""build: articles to an index, once or whenever they change."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from qa.config import Settings
from qa.ending import end_when_told
from qa.errors import ArticleIndexError, IndexBusyError, NoArticlesError, NoIndexError, QaError
from qa.options import MODELS, PLACES, READING, Exit, options

if TYPE_CHECKING:
    from qa.build import Report
    from qa.build.watch import Follower
    from qa.catalogue import SourceFile

_SEEDS = Path("seeds")
_NOTHING_YET = "There is no index yet; name the files and folders of your articles, for example: qa build ~/articles"
_LOOK_EVERY_S = 0.5


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--if-missing", is_flag=True, help="Do nothing when there is an index already.")
@click.option("--watch", is_flag=True, help="Go on, and build again whenever something changes.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print what the build did as JSON, with --watch a line each time."
)
@click.option("--while-parent", type=int, hidden=True, help="End when this is no longer the parent process.")
@options(*PLACES, "encoder", *MODELS, *READING, "dense", "keep")
@click.pass_context
def build(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    *,
    if_missing: bool,
    watch: bool,
    as_json: bool,
    while_parent: int | None,
    **given: Any,
) -> None:
    """Build an index from files and folders and publish it.

    Without PATHS it is built from what it was made of before; in a checkout, the first one from seeds/.

    Reads text, Markdown, web pages, JSON lines, tables, feeds, mail, and archives of these. Only what has changed
    since the last build is read and embedded. The index that is being served stays in use until the new one is
    complete; a build that is interrupted goes on where it was. Exit status: 0 everything is in, 3 something was left
    out, 1 nothing was published because of an error.

    \b
    Examples:
      qa build ~/articles notes.md
      qa build ~/articles --watch
      qa build corpus.jsonl --index news
    """
    settings = Settings.from_env(**given)
    end_when_told(signal.SIGTERM)  # whoever ends it means it to tidy up
    if if_missing and _is_there(settings):
        return
    if while_parent is not None:
        Thread(target=_end_with, args=(while_parent,), name="parent", daemon=True).start()
    paths = paths or _as_before(settings)
    run = _builder(paths, settings, _told_as(as_json=as_json, indent=None if watch else 2))
    if watch:
        _follow(paths, settings, run)
    elif run().left_out:
        ctx.exit(Exit.LEFT_OUT)


def _end_with(parent: int) -> None:
    """Interrupt this process once its parent is gone, however that ended: nobody else would."""
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _is_there(settings: Settings) -> bool:
    from qa.index import current_version, index_folder

    folder = index_folder(settings.indexes, settings.index)
    if not (folder / "current").exists():
        return False
    click.echo(f"Index {settings.index!r} is there, version {current_version(folder)}.", err=True)
    return True


def _as_before(settings: Settings) -> tuple[Path, ...]:
    """Return what the index was made of, seeds/ where there is none: what is asked anew must not become something else.

    Of a damaged version this may not be known any more, but of the one before.
    """
    from qa.catalogue import Catalogue
    from qa.index import index_folder, version_folder, versions

    folder = index_folder(settings.indexes, settings.index)
    try:
        kept = sorted(versions(folder), key=lambda version: not version.current)  # the others, newest first
    except NoIndexError:
        if not _SEEDS.is_dir():  # only a checkout has them
            raise click.UsageError(_NOTHING_YET) from None
        return (_SEEDS,)
    for version in kept:
        with (
            suppress(ArticleIndexError, sqlite3.Error),
            Catalogue(version_folder(folder, version.id) / "sources") as catalogue,
        ):
            files = list(catalogue.files())
            return tuple(_as_named(source, files) for source in catalogue.sources())
    raise click.UsageError("What the index was made of is not known any more; name the files and folders.")


def _as_named(source: Path, files: Sequence[SourceFile]) -> Path:
    """Return a source as the person named it, if that can be from here: its articles are cited by that name."""
    from qa.load import origin_of

    inside = next((file for file in files if file.path.is_relative_to(source)), None)
    if inside is not None:
        with suppress(ValueError):  # on another drive
            near = Path(os.path.relpath(source))
            if inside.origin == origin_of(near / inside.path.relative_to(source)):
                return near
    return source


def _told_as(*, as_json: bool, indent: int | None) -> Callable[[Report], str]:
    """Return how a report is told."""
    from qa.build import report_document
    from qa.terminal import report_lines

    if as_json:
        return lambda report: json.dumps(report_document(report), ensure_ascii=False, indent=indent)
    return lambda report: "\n".join(report_lines(report))


def _builder(paths: tuple[Path, ...], settings: Settings, told: Callable[[Report], str]) -> Callable[..., Report]:
    """Return a function that builds and tells; the encoder is loaded once.

    With `again` it tells nothing where nothing has changed.
    """
    from qa.build import build as run
    from qa.embed import load_encoder
    from qa.terminal import progress

    @cache
    def encoder() -> Any:
        return load_encoder(settings.encoder, settings.models, settings.device, settings.threads)

    def once(*, again: bool = False) -> Report:
        with progress() as shown:
            report = run(paths, settings, encoder, shown)
        if report.published or not again:
            click.echo(told(report))
        return report

    return once


def _follow(paths: tuple[Path, ...], settings: Settings, run: Callable[..., Report]) -> None:
    """Build now and after each round of changes."""
    from qa.build.watch import Follower

    follower = Follower(paths, settings.indexes.resolve())
    rounds = _Rounds(run, follower)
    rounds.first()
    click.echo("Following the articles; Ctrl-C ends it.", err=True)
    for _ in follower.changes():
        rounds.next()


@dataclass(slots=True)
class _Rounds:
    """The builds of one watch. What goes wrong is told, once, and the next change is waited for."""

    run: Callable[..., Report]
    follower: Follower
    told: str = ""

    def first(self) -> None:
        """Build; raises what no waiting mends."""
        try:
            self.run()
        except (IndexBusyError, NoArticlesError) as error:
            self._tell(error)

    def next(self) -> None:
        """Build again."""
        try:
            self.run(again=True)
            self.told = ""
        except QaError as error:
            self._tell(error)

    def _tell(self, error: QaError) -> None:
        busy = isinstance(error, IndexBusyError)
        if busy:
            self.follower.again()  # the patience of the next build keeps this from being a busy loop
        fault = "busy" if busy else str(error)  # how far the other build is changes
        if fault != self.told:
            click.echo(f"{error} This one waits." if busy else f"Error: {error}", err=True)
        self.told = fault
