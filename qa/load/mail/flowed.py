"""Text whose lines were broken to travel (RFC 3676, format=flowed), put together again."""

from __future__ import annotations

_SIGNATURE = "-- "


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Return `text` with each line that ends in a space joined to the next of the same depth of quotation."""
    joined: list[str] = []
    depth_before, soft = 0, False
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        if soft and depth == depth_before and words != _SIGNATURE:
            joined.append(words)
        else:
            joined.append(("\n" if joined else "") + (">" * depth + " " if depth else "") + words)
        soft = words.endswith(" ") and words != _SIGNATURE
        if soft and delete_space:
            joined[-1] = joined[-1][:-1]
        depth_before = depth
    return "".join(joined)
