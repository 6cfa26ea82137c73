"""status, versions, rollback, doctor: what there is, whether it is whole, and going back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from qa.completing import version_ids
from qa.config import Settings
from qa.options import MODELS, PLACES, Exit, options

if TYPE_CHECKING:
    from qa.index import Version


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the manifest, what has changed, and the build under way.")
@click.option("--verify", is_flag=True, help="Read every byte of the index and of its models.")
@options(*PLACES)
def status(*, as_json: bool, verify: bool, **given: Any) -> None:
    """Say what is served, what it was made of and by, and whether the articles have changed since."""
    from qa.status import status_document, status_lines, status_of

    settings = Settings.from_env(**given)
    found = status_of(settings, verify=verify)
    click.echo(
        json.dumps(status_document(found), ensure_ascii=False, indent=2)
        if as_json
        else "\n".join(status_lines(found, settings))
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@options("indexes", "index")
def versions(*, as_json: bool, **given: Any) -> None:
    """List the versions that are kept, newest first; `*` marks the one that is served."""
    from qa.index import index_folder
    from qa.index import versions as kept

    settings = Settings.from_env(**given)
    found = kept(index_folder(settings.indexes, settings.index))
    if as_json:
        click.echo(json.dumps([_version_document(version) for version in found], ensure_ascii=False, indent=2))
        return
    click.echo(f"  {'version':<26} {'articles':>9} {'passages':>10} {'size':>10}  {'made':<16}  encoder")
    for version in found:
        click.echo(f"{'*' if version.current else ' '} {version.id:<26} {_columns(version)}")


@click.command()
@click.argument("version", required=False, shell_complete=version_ids)
@click.option("--json", "as_json", is_flag=True, help="Print the version that is served now as JSON.")
@options("indexes", "index")
def rollback(version: str | None, *, as_json: bool, **given: Any) -> None:
    """Serve an older version again: the one before the current, or VERSION.

    Every byte of it is read first. Running servers follow within two seconds.

    \b
    Examples:
      qa rollback
      qa rollback 20261123T044249Z-a5369376
    """
    from qa.index import Version, index_folder, roll_back
    from qa.terminal import holds

    settings = Settings.from_env(**given)
    manifest = roll_back(index_folder(settings.indexes, settings.index), version)
    if as_json:
        served = Version(manifest.version, current=True, manifest=manifest, fault=None)
        click.echo(json.dumps(_version_document(served), ensure_ascii=False, indent=2))
        return
    click.echo(f"Serving version {manifest.version}: {holds(manifest.recipe)}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@options(*PLACES, "encoder", *MODELS, "host", "port")
@click.pass_context
def doctor(ctx: click.Context, /, *, as_json: bool, **given: Any) -> None:
    """Check Python, packages, models, index, articles, disk and port; say what mends what is wrong.

    Exit status: 0 when nothing fails, 1 otherwise.
    """
    from qa.doctor import State, examine

    findings = []
    for finding in examine(Settings.from_env(**given)):
        findings.append(finding)
        if not as_json:
            mend = f"\n{'':<15}-> {finding.mend}" if finding.mend else ""
            click.echo(f"{finding.state:<5} {finding.check:<9} {finding.detail}{mend}")
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    if any(finding.state is State.FAIL for finding in findings):
        ctx.exit(Exit.FAILED)


def _columns(version: Version) -> str:
    manifest = version.manifest
    if manifest is None:
        return f"cannot be used: {version.fault}"
    recipe = manifest.recipe
    encoder = recipe.encoder.name if recipe.encoder else "none yet (words alone)"
    made = f"{datetime.fromisoformat(manifest.created).astimezone():%Y-%m-%d %H:%M}"
    return f"{recipe.articles:>9,} {recipe.chunks:>10,} {manifest.size / 1e6:>7,.1f} MB  {made}  {encoder}"


def _version_document(version: Version) -> dict[str, Any]:
    manifest = version.manifest
    return {
        "version": version.id,
        "current": version.current,
        "fault": version.fault,
        "created": manifest and manifest.created,
        "articles": manifest and manifest.recipe.articles,
        "passages": manifest and manifest.recipe.chunks,
        "encoder": manifest and manifest.recipe.encoder and manifest.recipe.encoder.name,
        "bytes": manifest and manifest.size,
    }
