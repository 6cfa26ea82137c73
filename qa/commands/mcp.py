"""mcp: the index as tools for another program's model."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import Any

import click

from qa.config import Settings
from qa.options import ANSWERING, MODELS, PLACES, Exit, options


@click.command()
@options(*PLACES, *MODELS, *ANSWERING)
def mcp(**given: Any) -> None:
    """Serve the index to a program that speaks the Model Context Protocol, over standard input and output.

    Such a program starts this command itself; the README has the lines for its configuration. It ends with the
    standard input. `qa serve` offers the same at /mcp.

    \b
    Examples:
      qa mcp --index news
    """
    import anyio

    from qa.index import index_folder

    settings = Settings.from_env(**given)
    index_folder(settings.indexes, settings.index)  # refuses a name that is none, before a client waits
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s")
    # A thread waits for the next line, and nothing but a line ends that; there is nothing to tidy up.
    signal.signal(signal.SIGINT, lambda *_: os._exit(Exit.INTERRUPTED))
    _say_what_is_missing(settings)
    anyio.run(_serve, settings)


def _say_what_is_missing(settings: Settings) -> None:
    """Tell a person at a terminal, or who reads the client's log, what the first call would say."""
    from qa.errors import ArticleIndexError
    from qa.index import current_manifest, index_folder

    try:
        current_manifest(index_folder(settings.indexes, settings.index))
    except ArticleIndexError as error:
        click.echo(f"{error} Until then every call says so.", err=True)


async def _serve(settings: Settings) -> None:
    from mcp.server.stdio import stdio_server

    from qa.mcp.eras import serve
    from qa.mcp.hosts import Alone
    from qa.mcp.server import mcp_server

    host = Alone(settings)
    try:
        async with stdio_server() as (read, write):
            await serve(mcp_server(host), read, write)
    finally:
        host.close()
