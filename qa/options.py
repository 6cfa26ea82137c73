"""What all commands have in common: how settings become options, and how errors become one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from enum import IntEnum
from typing import Any, Self

import click

from qa.completing import OF_SETTINGS, source_names
from qa.config import Settings, variable_of
from qa.errors import BadFilterError, BadQuestionError, BadSettingError, QaError
from qa.home import shortened


class Exit(IntEnum):
    """The exit statuses of all commands, each with what it means."""

    DONE = 0, "done"
    FAILED = 1, "an error; one sentence on the standard error says what mends it"
    MISUSED = 2, "a wrong option or a value that cannot be used"
    LEFT_OUT = 3, "done, but something was left out, and is named (build, feedback)"
    NO_ANSWER = 4, "the articles do not answer (ask --exit-code)"
    INTERRUPTED = 130, "interrupted"

    meaning: str

    def __new__(cls, status: int, meaning: str) -> Self:
        """Make the member that is this number."""
        member = int.__new__(cls, status)
        member._value_, member.meaning = status, meaning
        return member


_SHORT = {"k": ("-k",)}

# The settings that belong together, by name.
ANSWERING = (
    "candidates",
    "rerank",
    "k",
    "min_confidence",
    "max_question_chars",
    "max_history_messages",
    "max_history_chars",
    "llm_url",
    "llm_model",
    "llm_timeout_s",
)
READING = (
    "chunk_words", "max_file_mb", "max_article_mb", "max_archive_mb", "max_archive_members", "max_read_seconds",
)  # fmt: skip
PLACES = ("indexes", "index", "models")
SERVING = (
    "host",
    "port",
    "workers",
    "root_path",
    "public_url",
    "forwarded_allow_ips",
    "allowed_hosts",
    "max_concurrent",
    "max_queue",
    "request_timeout_s",
    "rate_limit",
    "cors_origins",
    "keys",
    "require_keys",
    "open_metrics",
    "log_format",
    "log_level",
    "log_questions",
)
MODELS = ("reranker", "device", "threads")


class _BadValue(click.ClickException):
    """A value that cannot be used ends the process as a wrong option does."""

    exit_code = Exit.MISUSED


class Commands(click.Group):
    """Turns every error that is raised on purpose, or by the file system, into one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises ends the process with its sentence and a status."""
        try:
            return super().invoke(ctx)
        except QaError as error:
            misused = isinstance(error, (BadSettingError, BadFilterError, BadQuestionError))
            kind = _BadValue if misused else click.ClickException
            raise kind(str(error)) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(f"{place}{error.strerror or error}") from error
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            ctx.exit(Exit.INTERRUPTED)


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
                option = click.option(f"{flag}/--no-{flag[2:]}", default=None, help=text)
            else:
                names_of_it, complete = (*_SHORT.get(name, ()), flag), OF_SETTINGS.get(name)
                option = click.option(*names_of_it, default=None, metavar="VALUE", help=text, shell_complete=complete)
            command = option(command)
        return command

    return add


def filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say which articles are asked: `sources`, `since`, `until`."""
    for option in (
        click.option("--until", metavar="DAY", help="Only articles published on this day or earlier."),
        click.option(
            "--since", metavar="DAY", help="Only articles published on this day or later; 2023-10 and 2023 will do."
        ),
        click.option(
            "--source",
            "sources",
            multiple=True,
            help="Only articles from this source; give it again for others.",
            shell_complete=source_names,
        ),
    ):
        command = option(command)
    return command


def _shown(default: object) -> str:
    """Return a default as it is shown in help: the same for every person."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return shortened(str(default)) or "none"
