"""ask, serve: questions to an index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from qa.config import Settings
from qa.options import ANSWERING, MODELS, PLACES, options


@click.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print the same document as the /ask API.")
@options(*PLACES, *MODELS, *ANSWERING)
def ask(question: str, *, as_json: bool, **given: Any) -> None:
    """Ask one question of the index.

    \b
    Examples:
      qa ask "Where was the missile launched from?"
      qa ask --json "What did China say?" | jq .citations
    """
    from qa.index import index_folder, under_way
    from qa.pipeline import Pipeline
    from qa.question import read_question

    settings = Settings.from_env(**given)
    read_question(question, settings.max_question_chars)  # refused before anything is loaded
    answer = Pipeline.open(settings).ask(question)
    building = under_way(index_folder(settings.indexes, settings.index))
    if as_json:
        from qa.document import answer_document

        click.echo(json.dumps(answer_document(answer, building), ensure_ascii=False, indent=2))
    else:
        from qa.terminal import answer_lines

        click.echo("\n".join(answer_lines(answer, building)))


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Follow PATHS, and build again when something changes.")
@options(*PLACES, *MODELS, *ANSWERING, "chunk_words", "dense", "keep", "host", "port", "allowed_hosts")
def serve(paths: tuple[Path, ...], *, watch: bool, **given: Any) -> None:
    """Serve the chat page and the API; with PATHS, build from them meanwhile.

    Questions are answered as soon as the words are indexed, and better once the vectors are.

    \b
    Examples:
      qa serve
      qa serve ~/articles --watch
      qa serve --port 8080 --index news
    """
    from web.server import serve as run

    if watch and not paths:
        raise click.UsageError("--watch needs the files or folders to follow.")
    run(Settings.from_env(**given), lambda line: click.echo(line, err=True), paths, watch=watch)
