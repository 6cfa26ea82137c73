"""The manifest of an index version: what it was made of and by, and the SHA-256 of each of its files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from qa.errors import ArticleIndexError, IndexDamagedError, IndexMismatchError
from qa.models import sha256_of

FORMAT = 3
"""Raised whenever files of older versions could no longer be read rightly."""

MANIFEST = "manifest.json"
_CHECK = "sha256_of_the_rest"
_OF_VERSION = re.compile(r"\d{8}T\d{6}Z-|\.")
"""How the folder of a version begins, or that of one that is being written."""


@dataclass(frozen=True, slots=True)
class EncoderRecord:
    """The encoder whose vectors a version holds."""

    name: str
    fingerprint: str
    dimension: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file of a version: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a version is made of: the corpus, the settings and the models that shaped it.

    `encoder` and `dense` (the kind of the FAISS index) are None in a version without vectors.
    """

    sources: tuple[str, ...]
    """The files and folders that were read, as absolute paths."""
    articles: int
    chunks: int
    left_out: int
    corpus: str
    """The SHA-256 of all articles: the same for the same articles, wherever they came from."""
    reading: str
    """The fingerprint of everything that decides what a file becomes: the readers, the chunker, their settings."""
    tokenizer: str
    encoder: EncoderRecord | None
    dense: str | None
    models: Mapping[str, Mapping[str, str]]
    """For each pinned model that was used, the SHA-256 of each of its files."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version: its id, its UTC time of creation in ISO 8601, its recipe and its files."""

    format: int
    version: str
    created: str
    recipe: Recipe
    files: Mapping[str, FileRecord]

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(record.size for record in self.files.values())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the folder of its version, with a checksum of itself."""
    raw = asdict(manifest)
    text = json.dumps({**raw, _CHECK: _checksum(raw)}, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a version; raises IndexDamagedError or IndexMismatchError."""
    path = folder / MANIFEST
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise IndexMismatchError(
                path,
                f"{folder} is an index of format {raw['format']!r}, and this program reads format {FORMAT}; "
                f"`qa build{index_option(folder)}` makes a new one from the articles.",
            )
        if raw.pop(_CHECK) != _checksum(raw):
            raise damaged(path)
        recipe = raw["recipe"]
        encoder = recipe["encoder"] and EncoderRecord(**recipe["encoder"])
        recipe = Recipe(**{**recipe, "sources": tuple(recipe["sources"]), "encoder": encoder})
        files = {name: FileRecord(**record) for name, record in raw["files"].items()}
        return Manifest(**{**raw, "recipe": recipe, "files": files})
    except PermissionError:
        raise forbidden(path) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise damaged(path) from None


def _checksum(raw: Mapping[str, Any]) -> str:
    return sha256(json.dumps(raw, sort_keys=True).encode("utf-8")).hexdigest()


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Return the size and SHA-256 of every file below `folder`, by its path there."""
    return {
        path.relative_to(folder).as_posix(): FileRecord(path.stat().st_size, sha256_of(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def check_files(folder: Path, manifest: Manifest, *, every_byte: bool = False) -> None:
    """Hold the files of a version to its manifest: their sizes, or with `every_byte` their SHA-256.

    Raises IndexDamagedError naming the first file that differs.
    """
    for name, record in manifest.files.items():
        path = folder / name
        try:
            whole = path.stat().st_size == record.size and (not every_byte or sha256_of(path) == record.sha256)
        except PermissionError:
            raise forbidden(path) from None
        except OSError:
            whole = False
        if not whole:
            raise damaged(path)


def forbidden(path: Path) -> ArticleIndexError:
    """Return the error for a file of an index that this user may not read."""
    return ArticleIndexError(path, f"{path} may not be read by this user; change its owner or its permissions.")


def damaged(path: Path, how: str = "is missing or damaged") -> IndexDamagedError:
    """Return the error for a file of an index that is missing or altered; `how` continues the sentence after it."""
    option = index_option(path)
    return IndexDamagedError(
        path,
        f"{path} {how}; `qa rollback{option}` serves an older version, and `qa build{option}` makes a new index "
        "from the articles.",
    )


def index_option(place: Path) -> str:
    """Return the option that names the index in which `place` lies, as a command wants it: nothing for the default."""
    inside = (above for above in place.parents if above.name == "versions" and _OF_VERSION.match(_below(above, place)))
    folder = place.parent if place.name == "current" else next(inside, place / "versions").parent
    return "" if folder.name == "default" else f" --index {folder.name}"


def _below(folder: Path, place: Path) -> str:
    """Return the name, right below `folder`, of what `place` lies in."""
    return place.relative_to(folder).parts[0]
