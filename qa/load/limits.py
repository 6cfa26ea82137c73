"""How large a file, an article and an archive may be, and the sentence that says which setting was passed."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa.config import Settings
from qa.load.isolated import Helper

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file (decompressed) and the largest article that are read, in bytes; and what an archive may hold.

    `archive` is how many bytes may be unpacked from one, and `members` how many members it may have, each with all
    archives that lie in it. `seconds` is the longest that reading one PDF or office file takes, and `helper` the
    process that reads them: it starts with the first, and ends when the limits are no longer in use.
    """

    file: int
    article: int
    archive: int = 2048 * MB
    members: int = 50_000
    seconds: int = 120
    helper: Helper = field(default_factory=Helper, compare=False, repr=False)

    @classmethod
    def from_mb(cls, file: int, article: int, archive: int = 2048, members: int = 50_000, seconds: int = 120) -> Limits:
        """Make limits from megabytes, the unit of the settings `max_file_mb`, `max_article_mb`, `max_archive_mb`."""
        return cls(file * MB, article * MB, archive * MB, members, seconds)

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits that the settings name."""
        return cls.from_mb(
            settings.max_file_mb,
            settings.max_article_mb,
            settings.max_archive_mb,
            settings.max_archive_members,
            settings.max_read_seconds,
        )


def too_large(limit: int, setting: str) -> str:
    """Return why something is left out that has more than `limit` bytes."""
    return f"is larger than {in_words(limit)} (the setting {setting})"


def in_words(size: int) -> str:
    """Return a number of bytes for a person."""
    return f"{size / MB:g} MB" if size >= MB else f"{size} bytes"
