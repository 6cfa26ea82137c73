"""export: the articles and passages of an index as JSON lines."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from qa.config import Settings
from qa.options import options


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--passages", is_flag=True, help="Print passages instead of articles.")
@click.option("--force", is_flag=True, help="Replace the export that is in FOLDER.")
@options("indexes", "index")
def export(folder: Path | None, *, passages: bool, force: bool, **given: Any) -> None:
    """Write all articles and passages as JSON lines: into FOLDER, or the articles to the standard output.

    corpus.jsonl has an article on each line, in the layout of BEIR, passages.jsonl a passage. `qa build FOLDER`
    makes an index of the same articles again: their ids, texts, headings, pages and metadata.

    \b
    Examples:
      qa export backup
      qa export | jq -r .title
      qa export --passages | gzip > passages.jsonl.gz
    """
    from qa.document import counted
    from qa.export import article_rows, passage_rows
    from qa.export import export as write
    from qa.index import index_folder, no_question, open_current
    from qa.whole import json_line

    if folder is not None and passages:
        raise click.UsageError("--passages is for the standard output; FOLDER gets both files.")
    settings = Settings.from_env(**given)
    with closing(open_current(index_folder(settings.indexes, settings.index), no_question).store) as store:
        if folder is not None:
            written = write(store, folder, force=force)
            articles, parts = counted(written.articles, "article"), counted(written.passages, "passage")
            click.echo(f"Written: {folder}, {articles} and {parts}.")
            return
        for row in (passage_rows if passages else article_rows)(store):
            click.echo(json_line(row), nl=False)
