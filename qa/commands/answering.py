"""ask, serve: questions to an index."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from qa.commands.history import history_from
from qa.config import Settings
from qa.options import ANSWERING, MODELS, PLACES, SERVING, options
from qa.records import Inquiry


@click.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print the same document as the /ask API.")
@click.option("--source", "sources", multiple=True, help="Only articles from this source; give it again for others.")
@click.option("--since", metavar="DAY", help="Only articles published on this day or later; 2023-10 and 2023 will do.")
@click.option("--until", metavar="DAY", help="Only articles published on this day or earlier.")
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    help='What was said before: JSON objects with "role" and "content", in an array or one a line; - reads it from '
    "the standard input.",
)
@click.option("--no-carry-over", is_flag=True, help="Search the question as it stands, whatever was said before.")
@options(*PLACES, *MODELS, *ANSWERING)
def ask(
    question: str,
    *,
    as_json: bool,
    sources: tuple[str, ...],
    since: str | None,
    until: str | None,
    history: Path | None,
    no_carry_over: bool,
    **given: Any,
) -> None:
    """Ask one question of the index.

    \b
    Examples:
      qa ask "Where was the missile launched from?"
      qa ask --json "What did China say?" | jq .citations
      qa ask "What is new about chips?" --source "The Verge" --since 2023-10
      qa ask "And when was that?" --history conversation.jsonl
    """
    from qa.filters import read_filters
    from qa.index import index_folder, under_way
    from qa.pipeline import Pipeline

    settings = Settings.from_env(**given)
    inquiry = Inquiry(question, history_from(history) if history else (), not no_carry_over)
    _refuse_early(inquiry, since, until, settings)
    pipeline = Pipeline.open(settings)
    filters = read_filters(sources, since, until, pipeline.index.store.sources() if sources else ())
    answer = pipeline.answer(replace(inquiry, filters=filters))
    building = under_way(index_folder(settings.indexes, settings.index))
    if as_json:
        from qa.document import answer_document

        click.echo(json.dumps(answer_document(answer, building), ensure_ascii=False, indent=2))
        return
    from qa.terminal import answer_lines

    if answer.carried:
        click.echo(f"Searched: {answer.question}\n")
    click.echo("\n".join(answer_lines(answer, building)))


def _refuse_early(inquiry: Inquiry, since: str | None, until: str | None, settings: Settings) -> None:
    """Raise BadQuestionError or BadFilterError where that is known before anything is loaded."""
    from qa.filters import read_filters
    from qa.question import read_history, read_question

    read_question(inquiry.question, settings.max_question_chars)
    read_history(inquiry.history, settings.max_history_messages, settings.max_history_chars)
    read_filters((), since, until, ())


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Follow PATHS, and build again when something changes.")
@options(*PLACES, *MODELS, *ANSWERING, "chunk_words", "dense", "keep", *SERVING)
def serve(paths: tuple[Path, ...], *, watch: bool, **given: Any) -> None:
    """Serve the chat page and the API; with PATHS, build from them meanwhile (of several indexes the first).

    Questions are answered as soon as the words are indexed, and better once the vectors are.

    \b
    Examples:
      qa serve
      qa serve ~/articles --watch
      qa serve --port 8080 --index news
      qa serve --index news,squad              two corpora: at / and /c/news/, and at /c/squad/
    """
    from web.server import serve as run

    if watch and not paths:
        raise click.UsageError("--watch needs the files or folders to follow.")
    run(Settings.from_env(**given), lambda line: click.echo(line, err=True), paths, watch=watch)
