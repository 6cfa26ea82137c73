"""How large a file and an article may be, and the sentence that says which setting was passed."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file (decompressed) and the largest article that are read, in bytes."""

    file: int
    article: int

    @classmethod
    def from_mb(cls, file: int, article: int) -> Limits:
        """Make limits from megabytes, the unit of the settings `max_file_mb` and `max_article_mb`."""
        return cls(file * MB, article * MB)


def too_large(limit: int, setting: str) -> str:
    """Return why something is left out that has more than `limit` bytes."""
    size = f"{limit / MB:g} MB" if limit >= MB else f"{limit} bytes"
    return f"is larger than {size} (the setting {setting})"
