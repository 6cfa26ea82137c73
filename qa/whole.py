"""A folder of results: complete, or not there at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.errors import SourceError


def check_target(folder: Path, ours: Collection[str], what: str, *, force: bool) -> None:
    """Refuse a folder that holds something; with `force` one that holds anything but `ours`, the files of a `what`.

    Raises SourceError.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise SourceError(folder, "is a file; name a folder.")
    found = {path.name for path in folder.iterdir()}
    if found and not force:
        raise SourceError(folder, "is not empty; name another folder, or replace what it holds with --force.")
    if others := found.difference(ours):
        raise SourceError(folder, f"holds {min(others)}, which is of no {what}; name another folder.")


@contextmanager
def whole(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to write into; it takes the place of `folder` when nothing was raised. Raises OSError."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as work:
        fresh, before = Path(work) / "fresh", Path(work) / "before"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(before)
        try:
            fresh.rename(folder)
        except OSError:
            if before.exists():
                before.rename(folder)
            raise


def json_line(row: Mapping[str, Any]) -> str:
    """Return a row as a line of a JSONL file, with its end."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as JSONL; return how many there were."""
    number = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, row in enumerate(rows, start=1):  # noqa: B007 - their number is wanted
            file.write(json_line(row))
    return number
