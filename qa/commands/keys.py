"""keys: who may ask the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from qa.config import Settings
from qa.options import options

if TYPE_CHECKING:
    from qa.keys import KeyStore


@click.group()
def keys() -> None:
    """Make, list and end the keys of a server.

    Once there is a key, `qa serve` answers nobody without one but for /healthz and /readyz. A running server follows
    what is changed here.
    """


@keys.command()
@click.argument("name")
@options("indexes", "keys")
def add(name: str, **given: Any) -> None:
    """Make a key and print it, once: only its hash is kept.

    \b
    Examples:
      qa keys add ada
      curl -H "Authorization: Bearer $KEY" http://127.0.0.1:8000/corpus
    """
    store = _store(given)
    first = store.ring() is None
    click.echo(store.add(name))
    click.echo(f"This is the key {name!r}; it is not shown again. Its hash is in {store.path}.", err=True)
    if first:
        click.echo("From now on a server with these indexes wants a key.", err=True)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@options("indexes", "keys")
def list_keys(*, as_json: bool, **given: Any) -> None:
    """List the keys: when each was made, and when it was last used."""
    store = _store(given)
    ring = store.ring()
    if as_json:
        told = [{"name": key.name, "created": key.created, "used": key.used} for key in ring.keys] if ring else []
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif ring is None:
        click.echo(f"There are no keys ({store.path}): a server with these indexes answers whoever reaches it.")
    elif not ring.keys:
        click.echo(_nobody(store))
    else:
        widest = max(len("name"), *(len(key.name) for key in ring.keys))
        rows = [("name", "made", "last used"), *((key.name, key.created, key.used or "never") for key in ring.keys)]
        click.echo("\n".join(f"{name:<{widest}}  {made:<10}  {used}" for name, made, used in rows))


@keys.command()
@click.argument("name")
@options("indexes", "keys")
def revoke(name: str, **given: Any) -> None:
    """End a key, and sign out the browsers that came with it."""
    store = _store(given)
    left = store.revoke(name)
    click.echo(f"The key {name!r} has ended.")
    if not left.keys:
        click.echo(_nobody(store), err=True)


def _store(given: dict[str, Any]) -> KeyStore:
    from qa.keys import KeyStore

    return KeyStore.of(Settings.from_env(**given))


def _nobody(store: KeyStore) -> str:
    return (
        f"No key is left, so a server with these indexes answers nobody. `qa keys add NAME` makes one; to do without "
        f"keys, remove {store.path} and start the server again."
    )
