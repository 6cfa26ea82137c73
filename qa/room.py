"""Room on the disk for a file that is mapped while it is written."""

from __future__ import annotations

import os
from pathlib import Path

_BLOCK = 1 << 20


def reserve(path: Path) -> None:
    """Have the system keep room for a file of its present size; raises OSError when there is none.

    A file that was only made long has no room yet. Writing to its mapped pages on a full disk is then no error
    but the end of the process (SIGBUS).
    """
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        if hasattr(os, "posix_fallocate"):
            if size:
                os.posix_fallocate(file.fileno(), 0, size)
            return
        while block := file.read(_BLOCK):  # written back as it is, which takes the room
            file.seek(-len(block), os.SEEK_CUR)
            file.write(block)
