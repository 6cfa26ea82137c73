"""eval: how good the answers are, on questions whose answers are known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.config import Settings
from qa.options import ANSWERING, MODELS, READING, options

if TYPE_CHECKING:
    from qa.evaluate import Evaluation

NOT_EXACT = 1


@click.command("eval")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--compare", nargs=2, metavar="A B", type=click.Path(path_type=Path), help="Compare two reports instead.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the report.  [default: eval-NAME, here]")
@click.option("--questions", type=click.IntRange(min=1), help="Ask a sample of so many; the same one each time.")
@click.option("--part", default="", help="Ask a fixed part only: even, odd, or a fold such as 2/5.")
@click.option(
    "--cache", type=click.Path(path_type=Path), help="Folder that keeps the sets' indexes.  [default: the user's cache]"
)
@options("models", "encoder", *MODELS, *ANSWERING, *READING, "dense")
@click.pass_context
def evaluate(
    ctx: click.Context,
    /,
    folder: Path | None,
    *,
    compare: tuple[Path, Path] | None,
    out: Path | None,
    questions: int | None,
    part: str,
    cache: Path | None,
    **given: Any,
) -> None:
    """Measure the answers on a folder of questions and articles.

    FOLDER holds queries.jsonl and the articles: corpus.jsonl with qrels/*.tsv (the BEIR layout), or any files that
    `qa build` reads. Writes report.html, report.json and TREC run files. A folder with turns.jsonl and no
    queries.jsonl holds follow-up questions; measured is what is carried over into them. Exit status: 0 done, 1 a
    citation is not exact or an error.

    \b
    Examples:
      qa eval ~/sets/scifact
      qa eval my-questions --questions 200 --part even
      qa eval ~/sets/canard --part odd
      qa eval --compare eval-before eval-after
    """
    if compare:
        if folder is not None:
            raise click.UsageError("--compare takes two reports and no folder.")
        from qa.evaluate import compare as compared
        from qa.evaluate.table import comparison_lines

        click.echo("\n".join(comparison_lines(compared(*compare))))
        return
    if folder is None:
        raise click.UsageError("Name the folder of questions and articles, or two reports with --compare.")
    if (folder / "turns.jsonl").is_file() and not (folder / "queries.jsonl").exists():
        _followed_up(folder, out, questions, part)
        return
    done = _evaluated(folder, out, questions, part, cache, Settings.from_env(**given))
    if done.inexact:
        click.echo("Citations that are not, character for character, in their article:", err=True)
        click.echo("\n".join(f"  {fault}" for fault in done.inexact), err=True)
        ctx.exit(NOT_EXACT)


def _evaluated(
    folder: Path, out: Path | None, questions: int | None, part: str, cache: Path | None, settings: Settings
) -> Evaluation:
    from qa.embed import load_encoder
    from qa.evaluate import Selection, check_out, evaluate, read_set, write_report
    from qa.evaluate.corpus import default_cache
    from qa.evaluate.table import evaluation_lines
    from qa.terminal import progress

    out = out or Path(f"eval-{folder.resolve().name or 'set'}")
    check_out(out, folder)
    chosen = read_set(folder, out)
    out.mkdir(parents=True, exist_ok=True)  # that nothing can be written there is better known before
    with progress() as shown:
        done = evaluate(
            chosen,
            Selection(part, questions),
            cache or default_cache(),
            settings,
            lambda: load_encoder(settings.encoder, settings.models, settings.device, settings.threads),
            shown,
        )
    files = write_report(done, out)
    click.echo("\n".join(evaluation_lines(done)))
    click.echo(f"\nWritten: {', '.join(map(str, files))}")
    return done


def _followed_up(folder: Path, out: Path | None, questions: int | None, part: str) -> None:
    from qa.chat import standalone
    from qa.evaluate import check_out
    from qa.evaluate.followups import read_followups, select
    from qa.evaluate.rewriting import lines, measure, ways
    from qa.evaluate.rewritten import Told, document_of, write

    name = folder.resolve().name or "set"
    out = out or Path(f"eval-{name}")
    check_out(out, folder)
    followups = read_followups(folder)
    chosen = select(followups, part, questions)
    measured = measure(chosen, ways(standalone))
    told = Told(name, part, len({one.dialogue for one in chosen}))
    files = write(document_of(measured, told), out)
    click.echo(f"{name}: {len(chosen):,} follow-ups of {told.dialogues:,} dialogues\n")
    click.echo("\n".join(lines(measured)))
    click.echo(f"\nWritten: {', '.join(map(str, files))}")
