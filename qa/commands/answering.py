"""ask, serve: questions to an index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from qa.commands.history import history_from
from qa.commands.refusing import refuse_early
from qa.config import Settings
from qa.options import ANSWERING, MODELS, PLACES, SERVING, Exit, filter_options, options


@click.command()
@click.argument("question")
@click.option("--json", "as_json", is_flag=True, help="Print the same document as the /ask API.")
@filter_options
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    help='What was said before: JSON objects with "role" and "content", in an array or one a line; - reads it from '
    "the standard input.",
)
@click.option("--no-carry-over", is_flag=True, help="Search the question as it stands, whatever was said before.")
@click.option("--exit-code", is_flag=True, help="Exit with 4 where the articles do not answer.")
@click.option("--no-llm", is_flag=True, help="The quotations alone, although a language model is set (QA_LLM_URL).")
@options(*PLACES, *MODELS, *ANSWERING)
@click.pass_context
def ask(
    ctx: click.Context,
    /,
    question: str,
    *,
    as_json: bool,
    sources: tuple[str, ...],
    since: str | None,
    until: str | None,
    history: Path | None,
    no_carry_over: bool,
    exit_code: bool,
    no_llm: bool,
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
    from qa.corpus import Corpus
    from qa.index import index_folder, under_way
    from qa.pipeline import Pipeline
    from qa.terminal import answer_lines

    settings = Settings.from_env(**given)
    said = history_from(history) if history else ()
    refuse_early(question, since, until, settings, said)
    with Corpus(Pipeline.open(settings)) as corpus:
        answer = corpus.ask(
            question,
            history=said,
            carry_over=not no_carry_over,
            sources=sources,
            since=since,
            until=until,
            llm=not no_llm,
        )
    building = under_way(index_folder(settings.indexes, settings.index))
    if as_json:
        from qa.document import answer_document

        click.echo(json.dumps(answer_document(answer, building), ensure_ascii=False, indent=2))
    else:
        if answer.carried:
            click.echo(f"Searched: {answer.question}\n")
        click.echo("\n".join(answer_lines(answer, building)))
    if exit_code and answer.abstained:
        ctx.exit(Exit.NO_ANSWER)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--watch", is_flag=True, help="Follow PATHS, and build again when something changes.")
@options(*PLACES, "encoder", *MODELS, *ANSWERING, "chunk_words", "dense", "keep", *SERVING)
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
