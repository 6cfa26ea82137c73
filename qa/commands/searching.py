"""search: the passages nearest to a question, without an answer."""

from __future__ import annotations

import json
from typing import Any

import click

from qa.commands.refusing import refuse_early
from qa.config import Settings
from qa.options import MODELS, PLACES, filter_options, options


@click.command()
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="Print the passages with every score, as JSON.")
@filter_options
@options(*PLACES, *MODELS, "candidates", "rerank", "k", "max_question_chars")
def search(
    query: str, *, as_json: bool, sources: tuple[str, ...], since: str | None, until: str | None, **given: Any
) -> None:
    """Find the passages nearest to QUERY, best first; whether they answer it is not judged.

    By words and by meaning, in the order in which an answer would be drawn from them.

    \b
    Examples:
      qa search "missile launch" -k 10
      qa search --json "chips" --since 2023-10 | jq -r '.passages[].text'
    """
    from qa.corpus import Corpus
    from qa.index import index_folder, under_way
    from qa.pipeline import Pipeline

    settings = Settings.from_env(**given)
    refuse_early(query, since, until, settings)
    with Corpus(Pipeline.open(settings)) as corpus:
        findings = corpus.search(query, sources=sources, since=since, until=until)
    building = under_way(index_folder(settings.indexes, settings.index))
    if as_json:
        from qa.document import findings_document

        click.echo(json.dumps(findings_document(findings, building), ensure_ascii=False, indent=2))
        return
    from qa.terminal import findings_lines

    click.echo("\n".join(findings_lines(findings, building)))
