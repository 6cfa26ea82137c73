"""What decides how a file becomes articles and chunks, as one fingerprint: what an older version made may then be kept.

It covers the readers' own code, so that an improved reader reads everything anew, and nobody has to remember it.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

from qa.config import Settings
from qa.load import Limits

_CODE = (
    "load", "clean", "authorship.py", "chunk.py", "languages.py", "published.py", "sections.py", "sentences.py",
    "tables.py", "titles.py",
)  # fmt: skip
_PACKAGES = (
    "babel", "lxml", "lxml-html-clean", "mammoth", "markdown-it-py", "mdit-py-plugins", "py3langid", "pypdfium2",
    "PyStemmer", "pyyaml", "sentencex", "striprtf", "trafilatura",
)  # fmt: skip


def fingerprint_of_reading(settings: Settings) -> str:
    """Return a SHA-256 over the code, the libraries and the settings that decide what a file becomes."""
    whole = hashlib.sha256()
    for part in _CODE:
        _add(whole, files("qa") / part)
    for package in _PACKAGES:
        whole.update(f"{package} {version(package)}\n".encode())
    whole.update(f"{settings.chunk_words} {Limits.of(settings)}".encode())
    return whole.hexdigest()


def _add(whole: hashlib._Hash, part: Traversable) -> None:
    if part.is_dir():
        for inner in sorted(part.iterdir(), key=lambda inner: inner.name):
            _add(whole, inner)
    elif part.name.endswith(".py"):
        whole.update(part.name.encode() + part.read_bytes())
