"""feedback: what readers have said of answers, listed, or made a question set of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.config import Settings
from qa.errors import BadQuestionError
from qa.options import Exit, options

if TYPE_CHECKING:
    from qa.feedback import FeedbackEntry, Kept, QuestionSet

_QUESTION, _NOTE = 50, 30


@click.group()
def feedback() -> None:
    """List what readers have said of answers, or make a question set of it."""


@feedback.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print all that is kept of each, as JSON.")
@options("indexes", "index")
@click.pass_context
def list_entries(ctx: click.Context, /, *, as_json: bool, **given: Any) -> None:
    """List the feedback on the index, oldest first.

    Exit status: 0 done, 3 a line of the file is damaged, 1 there is no feedback.
    """
    kept = _kept(Settings.from_env(**given))
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in kept.entries], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(kept.entries)))
    if _tell_faults(kept):
        ctx.exit(Exit.LEFT_OUT)


@feedback.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the question set that is in FOLDER.")
@options("indexes", "index")
@click.pass_context
def export(ctx: click.Context, /, folder: Path, *, force: bool, **given: Any) -> None:
    """Make a question set of the feedback, with all articles: `qa eval FOLDER` measures the answers on it.

    A question counts as it was rated last. Exit status: 0 done, 3 something was left out, 1 nothing was written.

    \b
    Examples:
      qa feedback export my-questions
      qa eval my-questions
    """
    from qa.feedback import check_target, question_set, write_set
    from qa.index import index_folder, no_question, open_current

    settings = Settings.from_env(**given)
    check_target(folder, force=force)
    kept = _kept(settings)
    askable = [entry for entry in kept.entries if _can_be_asked(entry.question, settings.max_question_chars)]
    opened = open_current(index_folder(settings.indexes, settings.index), no_question)
    try:
        made = question_set(askable, opened.store.article)
        write_set(folder, made, opened.store.every_article(), force=force)
    finally:
        opened.store.close()
    click.echo("\n".join(_summary(folder, made)))
    for left in made.left_out:
        click.echo(
            f"Left out: the article {left.article!r} {left.reason} ({_cut(left.question, _QUESTION)}).", err=True
        )
    if unasked := len(kept.entries) - len(askable):
        click.echo(f"Left out: {unasked:,} of the questions, which cannot be asked as they are.", err=True)
    if _tell_faults(kept) or made.left_out or unasked:
        ctx.exit(Exit.LEFT_OUT)


def _can_be_asked(question: str, longest: int) -> bool:
    from qa.question import read_question

    try:
        read_question(question, longest)
    except BadQuestionError:
        return False
    return True


def _kept(settings: Settings) -> Kept:
    from qa.feedback import read_feedback
    from qa.index import index_folder

    kept = read_feedback(index_folder(settings.indexes, settings.index))
    if not kept.entries:
        _tell_faults(kept)
        raise click.ClickException(
            f"There is no feedback on the index {settings.index!r} yet; readers give it under an answer of `qa serve`."
        )
    return kept


def _tell_faults(kept: Kept) -> bool:
    from qa.feedback import FILE

    for fault in kept.faults:
        click.echo(f"Passed over: line {fault.line} of {FILE} {fault.reason}.", err=True)
    return bool(kept.faults)


def _lines(entries: Iterable[FeedbackEntry]) -> list[str]:
    head = f"{'when':<16}  {'rating':<6}  {'outcome':<11}  {'question':<{_QUESTION}}  note"
    rows = (
        f"{entry.at[:16].replace('T', ' '):<16}  {entry.rating:<6}  {entry.outcome:<11}  "
        f"{_cut(entry.question, _QUESTION):<{_QUESTION}}  {_cut(entry.note or '', _NOTE)}".rstrip()
        for entry in entries
    )
    return [head, *rows]


def _summary(folder: Path, made: QuestionSet) -> list[str]:
    questions, known = len(made.queries), made.known
    lines = [f"Written: {folder}, {questions:,} question{'' if questions == 1 else 's'}."]
    if made.repeated:
        lines.append(f"{made.repeated:,} earlier ratings of the same questions were replaced by later ones.")
    if known < questions:
        lines.append(f"Of {questions - known:,} it is not known what is right; `qa eval` leaves these out.")
    lines.append(
        f"`qa eval {folder}` measures the answers on the other {known:,}."
        if 0 < known < questions
        else f"`qa eval {folder}` measures the answers on them."
        if known
        else "Nothing can be measured on it until an answer, or a silence, was rated good."
    )
    return lines


def _cut(text: str, most: int) -> str:
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= most else text[: most - 1] + "…"
