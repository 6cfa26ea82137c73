"""What lies in a person's home, also for a user who has none: that of a service, or of a container."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder for what can be fetched or made again; without a home, one in the working folder."""
    from platformdirs import user_cache_path

    try:
        return user_cache_path("article-qa", appauthor=False)
    except RuntimeError:
        return Path(".cache", "article-qa")


def shortened(path: str) -> str:
    """Return a path as it is shown, with ~ for the home."""
    try:
        home = str(Path.home())
    except RuntimeError:
        return path
    return f"~{path[len(home) :]}" if path.startswith(home + os.sep) else path
