"""The style sheet and the script, at addresses that say what is in them."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOLDER = Path(__file__).parent / "static"
_SCRIPT = "chat.js"
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class Edition:
    """The files of one moment: a hash of all they hold, and by what it is seen that they are others now."""

    name: str
    stamps: tuple[tuple[str, int, int], ...]


class Assets(StaticFiles):
    """Serves the files, each as `/static/EDITION/NAME` and kept by browsers for ever; without the edition, asked anew.

    The modules of the script import one another by names beside their own. They are therefore all of the edition that
    the page names: after an upgrade the page names another, and no module comes out of a cache that is not of it. An
    edition that is gone is not found, rather than served with other content.
    """

    def __init__(self, folder: Path = _FOLDER) -> None:
        super().__init__(directory=folder)
        self._folder = folder
        self._edition = Edition("", ())

    @property
    def edition(self) -> str:
        """The hash of what the files hold now; they are read again only when one of them has changed."""
        stamps = tuple((path.name, *_stamp(path)) for path in sorted(self._folder.iterdir()))
        if stamps != self._edition.stamps:
            self._edition = Edition(_digest([self._folder / name for name, *_ in stamps]), stamps)
        return self._edition.name

    @property
    def modules(self) -> tuple[str, ...]:
        """The files that the script imports, which a page may fetch before the script asks for them."""
        return tuple(sorted(path.name for path in self._folder.glob("*.js") if path.name != _SCRIPT))

    def address(self, name: str) -> str:
        """Return where a file is, below the server's own address: "/static/3f2a91c04b7d/chat.js"."""
        return f"/static/{self.edition}/{name}"

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or what says that the client has it already; raises HTTPException where there is none."""
        edition, name = os.path.split(path)
        named = edition == self.edition
        response = await super().get_response(name if named else path, scope)
        response.headers["Cache-Control"] = _FOR_EVER if named else _ASK_AGAIN
        return response


def _stamp(path: Path) -> tuple[int, int]:
    known = path.stat()
    return known.st_mtime_ns, known.st_size


def _digest(files: list[Path]) -> str:
    """Return a hash of names and contents: the same on every machine that has the same files."""
    held = hashlib.sha256()
    for file in files:
        held.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        held.update(file.read_bytes())
    return held.hexdigest()[:12]
