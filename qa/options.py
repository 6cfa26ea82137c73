"""What all commands have in common: how settings become options, and how errors become one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from qa.config import Settings, variable_of
from qa.errors import BadSettingError, QaError

INTERRUPTED = 130

# The settings that belong together, by name.
ANSWERING = (
    "candidates",
    "rerank",
    "k",
    "min_confidence",
    "max_question_chars",
    "max_history_messages",
    "max_history_chars",
)
READING = ("chunk_words", "max_file_mb", "max_article_mb", "max_archive_mb", "max_archive_members")
PLACES = ("indexes", "index", "models")
SERVING = (
    "host",
    "port",
    "workers",
    "root_path",
    "forwarded_allow_ips",
    "allowed_hosts",
    "max_concurrent",
    "max_queue",
    "request_timeout_s",
    "log_format",
    "log_level",
    "log_questions",
)
MODELS = ("encoder", "reranker", "device", "threads")


class _BadValue(click.ClickException):
    """A value that cannot be used ends the process as a wrong option does."""

    exit_code = click.UsageError.exit_code


class Commands(click.Group):
    """Turns every error that is raised on purpose, or by the file system, into one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises ends the process with its sentence and a status."""
        try:
            return super().invoke(ctx)
        except QaError as error:
            kind = _BadValue if isinstance(error, BadSettingError) else click.ClickException
            raise kind(str(error)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror or error}") from error
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            ctx.exit(INTERRUPTED)


def options(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the named options of Settings, with their help, default and QA_ variable."""
    described = {option.name: option for option in fields(Settings)}
    defaults = Settings()

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for name in reversed(names):
            text = (
                f"{described[name].metadata['help']}  [{variable_of(name)}; default: {_shown(getattr(defaults, name))}]"
            )
            flag = f"--{name.replace('_', '-')}"
            if described[name].type == "bool":
                command = click.option(f"{flag}/--no-{flag[2:]}", default=None, help=text)(command)
            else:
                command = click.option(flag, default=None, metavar="VALUE", help=text)(command)
        return command

    return add


def _shown(default: object) -> str:
    """Return a default as it is shown in help: the same for every person."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default).replace(str(Path.home()), "~")
