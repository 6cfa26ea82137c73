"""What a build did, for whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.errors import NoArticlesError
from qa.load import Inventory
from qa.manifest import Manifest
from qa.records import LeftOut


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the version that is served now, what went into it, and everything it could not use.

    `published` is False when nothing had changed, so that the version of before stays.
    """

    manifest: Manifest
    published: bool
    files: int
    articles_read: int
    """Articles that were read, cleaned and cut; the others were carried over from the version before."""
    embedded: int
    """Passages whose vectors were computed; the others' were known."""
    left_out: tuple[LeftOut, ...]
    unknown: Mapping[str, int]
    """How many files of each suffix that no loader reads."""


def report_document(report: Report) -> dict[str, Any]:
    """Return the document of a build, as `qa build --json` prints it."""
    recipe = report.manifest.recipe
    return {
        "version": report.manifest.version,
        "published": report.published,
        "files": report.files,
        "articles": recipe.articles,
        "passages": recipe.chunks,
        "articles_read": report.articles_read,
        "embedded": report.embedded,
        "left_out": [asdict(item) for item in report.left_out],
        "unknown": dict(report.unknown),
    }


def nothing_to_index(paths: Sequence[Path], inventory: Inventory, left_out: Sequence[LeftOut]) -> NoArticlesError:
    """Return the error for paths without a single article that can be read; it says why."""
    return NoArticlesError(Path(" ".join(map(str, paths))), _why_nothing(inventory, (*inventory.left_out, *left_out)))


def _why_nothing(inventory: Inventory, left_out: Sequence[LeftOut]) -> str:
    if left_out:
        return f"holds no article that can be read: {left_out[0].origin} {left_out[0].reason}."
    if inventory.unknown:
        return f"holds only files of types that cannot be read: {', '.join(sorted(inventory.unknown))}."
    return "holds no articles; put .txt, .md, .html, .jsonl or .csv files there."
