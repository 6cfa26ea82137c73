"""The command line, put together: what each command does is in `qa.commands`."""

from __future__ import annotations

import signal
import sys

import click

from qa import __version__
from qa.commands.answering import ask, serve
from qa.commands.building import build
from qa.commands.completion import completion
from qa.commands.evaluating import evaluate
from qa.commands.exporting import export
from qa.commands.feedback import feedback
from qa.commands.keeping import doctor, rollback, status, versions
from qa.commands.keys import keys
from qa.commands.mcp import mcp
from qa.commands.models import models
from qa.commands.searching import search
from qa.completing import install
from qa.ending import end_when_told
from qa.options import Commands, Exit

_STATUSES = "\b\nExit status:\n" + "\n".join(f"  {status.value:<4} {status.meaning}" for status in Exit)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_STATUSES,
)
@click.version_option(__version__, prog_name="qa")
def cli() -> None:
    """Ask a folder of articles. Every answer is an exact quotation with its place.

    \b
    Examples:
      qa build ~/articles            index a folder
      qa ask "Who condemned it?"     ask in the terminal
      qa serve                       ask in the browser, at http://127.0.0.1:8000
    """


for command in (
    *(build, ask, search, serve, export),
    *(evaluate, feedback, status, versions, rollback),
    *(mcp, keys, doctor, models, completion),
):
    cli.add_command(command)


def main() -> None:
    """Run the command line; text that the terminal cannot show is replaced rather than fatal."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    install()
    end_when_told(signal.SIGINT)
    cli(prog_name="qa")
