"""Which version is served, and how it is opened: by mapping its files, after a check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from qa.dense import DenseIndex
from qa.errors import ArticleIndexError, BadSettingError, IndexMismatchError, NoIndexError
from qa.lexical import LexicalIndex
from qa.manifest import MANIFEST, Manifest, check_files, damaged, forbidden, index_option, read_manifest
from qa.seams import Vectors
from qa.store import Store

VERIFIED_AT_OPENING = 128_000_000
"""Bytes. Every byte of a version up to this size is read when it is opened, which takes a tenth of a second at most;
of a larger one only the sizes are looked at, and a server reads the rest in the background."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")
"""The id of a version: its UTC time, then the start of a hash of its content."""

Looked = TypeVar("Looked")


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """A version, open for search. Rows of the searches are rows of the store's chunks.

    `dense` is None in a version without vectors.
    """

    manifest: Manifest
    store: Store
    lexical: LexicalIndex
    dense: DenseIndex | None

    @property
    def searches(self) -> tuple[str, ...]:
        """The searches that look for a question: by words, and by meaning where the version has vectors."""
        return ("lexical",) if self.dense is None else ("lexical", "dense")


def index_folder(indexes: Path, name: str) -> Path:
    """Return the folder of the index called `name`; raises BadSettingError for a name that is no file name."""
    if not _NAME.fullmatch(name):
        several = "; only `qa serve` takes several" if "," in name else ""
        raise BadSettingError(
            "index", f"{name!r} is not a name: letters, digits, '.', '_' and '-', at most 64{several}."
        )
    return indexes / name


def index_names(indexes: Path) -> list[str]:
    """Return the names of the indexes in a folder, in order: none where there is no such folder."""
    return sorted(pointer.parent.name for pointer in indexes.glob("*/current"))


def version_folder(folder: Path, version: str) -> Path:
    """Return the folder of a version of the index in `folder`."""
    return folder / "versions" / version


def current_version(folder: Path) -> str:
    """Return the id of the version that is served; raises NoIndexError or IndexDamagedError."""
    pointer = folder / "current"
    try:
        version = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise NoIndexError(folder, _no_index(folder)) from None
    except PermissionError:
        raise forbidden(pointer) from None
    except (OSError, UnicodeDecodeError):
        raise damaged(pointer) from None
    if not VERSION.fullmatch(version):
        raise damaged(pointer)
    return version


def open_current(folder: Path, encode_query: Callable[[str], Vectors]) -> OpenIndex:
    """Open the version that is served, after a check of its manifest and of its files.

    Raises NoIndexError, IndexMismatchError or IndexDamagedError, each with the command that mends it.
    """
    return of_current(folder, lambda version: open_version(version, encode_query))


def current_manifest(folder: Path) -> Manifest:
    """Return the manifest of the version that is served; raises as `open_current` does."""
    return of_current(folder, read_manifest)


def of_current(folder: Path, look: Callable[[Path], Looked]) -> Looked:
    """Return what `look` finds in the folder of the version that is served, whichever that is by then."""
    while True:
        version = current_version(folder)
        try:
            return look(version_folder(folder, version))
        except ArticleIndexError:
            # A builder may have moved on and removed this one between the two lines above.
            if current_version(folder) == version:
                raise


def open_version(folder: Path, encode_query: Callable[[str], Vectors]) -> OpenIndex:
    """Open the version in `folder`; raises IndexMismatchError or IndexDamagedError."""
    manifest = _own_manifest(folder)
    check_files(folder, manifest, every_byte=manifest.size <= VERIFIED_AT_OPENING)
    return _mapped(folder, manifest, encode_query)


def verify_version(folder: Path) -> Manifest:
    """Read every byte of the version in `folder` and open it; return its manifest.

    Raises IndexMismatchError or IndexDamagedError.
    """
    manifest = _own_manifest(folder)
    check_files(folder, manifest, every_byte=True)
    close(_mapped(folder, manifest, no_question))
    return manifest


def _own_manifest(folder: Path) -> Manifest:
    manifest = read_manifest(folder)
    if VERSION.fullmatch(folder.name) and manifest.version != folder.name:
        raise damaged(folder / MANIFEST)
    return manifest


def _mapped(folder: Path, manifest: Manifest, encode_query: Callable[[str], Vectors]) -> OpenIndex:
    try:
        with ExitStack() as undo:
            store = Store(folder / "store")
            undo.callback(store.close)
            opened = OpenIndex(
                manifest=manifest,
                store=store,
                lexical=LexicalIndex(folder / "lexical"),
                dense=DenseIndex(folder / "dense", encode_query) if manifest.recipe.encoder else None,
            )
            undo.pop_all()
            return opened
    except Exception as error:  # of many kinds: NumPy reads the head of a damaged file as Python, and says so
        raise damaged(folder, f"cannot be opened ({error})") from error


@contextmanager
def searching(opened: OpenIndex) -> Iterator[None]:
    """Name what it is when a search fails over a file that was altered since it was written.

    Of a large version not every byte is read when it is opened, so a search can meet rows that do not exist.
    """
    try:
        yield
    except (ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, ValueError) as error:
        raise damaged(opened.store.path.parent.parent, f"is damaged ({error})") from error


def close(opened: OpenIndex) -> None:
    """Close the files of a version that nobody asks any more."""
    opened.store.close()


def no_question(_: str) -> Vectors:
    """Stand in for an encoder where a version is opened only to see that it opens."""
    raise AssertionError("a version that is opened to be checked is asked nothing")


def check_encoder(manifest: Manifest, fingerprint: str) -> None:
    """Refuse an encoder that makes other vectors than those of the index, though it has the name of the one that did.

    Raises IndexMismatchError. Without vectors any will do.
    """
    built = manifest.recipe.encoder
    if built is not None and fingerprint != built.fingerprint:
        raise IndexMismatchError(
            Path(manifest.version),
            f"The files or prompts of the encoder {built.name!r} have changed since the index was built; "
            "rebuild it with `qa build`.",
        )


def _no_index(folder: Path) -> str:
    others = index_names(folder.parent)
    there = f" The indexes here are: {', '.join(others)}." if others else ""
    return (
        f"There is no index {folder.name!r} in {folder.parent} yet; `qa build{index_option(folder)}` makes it.{there}"
    )
