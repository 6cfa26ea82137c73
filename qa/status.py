"""What `qa status` says: the version that is served, its articles, its models, and what goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.build import Changes, source_changes
from qa.config import Settings
from qa.errors import SourceError
from qa.index import index_folder, of_current, under_way
from qa.languages import language_name
from qa.loading import llm_state
from qa.manifest import Manifest, check_files, read_manifest
from qa.models import pinned, verify
from qa.records import UnderWay
from qa.store import LanguageCount, Store

_FEW = 5


@dataclass(frozen=True, slots=True)
class Status:
    """What is served; `changes` is None, and `unreadable` says why, where the articles cannot be looked at."""

    manifest: Manifest
    verified: bool
    languages: tuple[LanguageCount, ...]
    changes: Changes | None
    unreadable: str | None
    building: UnderWay | None


def status_of(settings: Settings, *, verify: bool) -> Status:
    """Return the status of the index that the settings name; with `verify`, read every byte of it and its models.

    Raises NoIndexError, IndexMismatchError, IndexDamagedError, ModelMissingError or ModelDamagedError.
    """
    folder = index_folder(settings.indexes, settings.index)
    return of_current(folder, lambda version: _status_of(version, settings, verify=verify))


def _status_of(version: Path, settings: Settings, *, verify: bool) -> Status:
    manifest = read_manifest(version)
    check_files(version, manifest, every_byte=verify)
    if verify:
        _verify_models(manifest, settings)
    with closing(Store(version / "store")) as store:
        languages = store.languages()
    try:
        changes, unreadable = source_changes(version), None
    except SourceError as error:
        changes, unreadable = None, str(error)
    return Status(manifest, verify, languages, changes, unreadable, under_way(version.parent.parent))


def status_document(status: Status) -> dict[str, Any]:
    """Return the manifest, the languages, what has changed since, and the build that is under way (null: none)."""
    return {
        **asdict(status.manifest),
        "languages": [asdict(count) for count in status.languages],
        "changes": None if status.changes is None else asdict(status.changes),
        "building": None if status.building is None else asdict(status.building),
    }


def status_lines(status: Status, settings: Settings) -> Iterator[str]:
    """Yield the status as a person reads it."""
    manifest, recipe = status.manifest, status.manifest.recipe
    verified = ", every byte verified" if status.verified else ""
    yield _line("index", f"{settings.index} in {settings.indexes}")
    yield _line("version", f"{manifest.version}, made {manifest.created}")
    yield _line("articles", f"{recipe.articles:,} in {recipe.chunks:,} passages; {recipe.left_out:,} left out")
    yield _line("languages", ", ".join(map(_language, status.languages)))
    yield _line("sources", ", ".join(recipe.sources))
    yield from _changes(status)
    yield _line("searches", _searches(status))
    for name, files in recipe.models.items():
        for file, sha256 in files.items():
            yield _line("model", f"{name} {file} sha256 {sha256[:16]}…{verified}")
    yield _line("size", f"{manifest.size / 1e6:.1f} MB in {len(manifest.files)} files{verified}")
    if settings.llm_url:
        yield _line("LLM", llm_state(settings).in_words)
    if status.building is not None:
        builder = status.building
        yield _line("building", f"process {builder.process}, since {builder.started}: {builder.so_far}")


def _changes(status: Status) -> Iterator[str]:
    changes = status.changes
    if changes is None:
        yield _line("changes", f"not known: {status.unreadable}")
    elif not changes:
        yield _line("changes", "none since")
    else:
        yield _line("changes", f"{changes.in_words()} since; `qa build` takes that in")
        for what, origins in (("added", changes.added), ("changed", changes.changed), ("removed", changes.removed)):
            yield from (_line("", f"{what} {origin}") for origin in origins[:_FEW])
            if len(origins) > _FEW:
                yield _line("", f"{what} {len(origins) - _FEW:,} more")


def _searches(status: Status) -> str:
    recipe = status.manifest.recipe
    if recipe.encoder is None:
        coming = "the vectors are being made" if status.building else "`qa build` makes the vectors"
        return f"by words alone; {coming}"
    return f"by words and by vectors ({recipe.dense}) of {recipe.encoder.name}, {recipe.encoder.dimension} dimensions"


def _language(count: LanguageCount) -> str:
    return f"{language_name(count.language) if count.language else 'unknown'} {count.articles:,}"


def _line(name: str, value: str) -> str:
    return f"{name:<9} {value}"


def _verify_models(manifest: Manifest, settings: Settings) -> None:
    for name in manifest.recipe.models:
        verify(pinned(name), settings.models)
