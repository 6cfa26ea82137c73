"""Where the postings of a term are, found without reading the terms."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from qa.lexical.files import Files


def find(files: Files, term: str) -> int | None:
    """Return the number of `term`, or None where it is in no text; raises ValueError when ends.npy is damaged."""
    wanted = term.encode()
    wanted_hash = crc32(wanted)
    number = int(files.hashes.searchsorted(np.uint32(wanted_hash)))
    while number < files.shape.terms and files.hashes[number] == wanted_hash:
        start = int(files.ends[number - 1]) + 1 if number else 0
        if files.terms[start : int(files.ends[number])] == wanted:
            return number
        number += 1
    return None
