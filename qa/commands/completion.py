"""completion: the script that has a shell complete `qa`."""

from __future__ import annotations

import click

from qa.completing import SHELLS


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that has SHELL complete commands, options, indexes, versions and sources.

    \b
    Examples:
      echo 'eval "$(qa completion bash)"' >> ~/.bashrc
      echo 'eval "$(qa completion zsh)"' >> ~/.zshrc
      qa completion fish > ~/.config/fish/completions/qa.fish
    """
    from qa.completing import script_for

    click.echo(script_for(shell))
