"""The title of a document that has none: the name of its file, made readable, and known again as such."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from qa.records import Article


def title_of_file(origin: str) -> str:
    """Return the name of a file as a title: "my-notes_2023.txt" -> "my notes 2023"."""
    name = PurePosixPath(origin).stem
    return " ".join(re.sub(r"[-_]+", " ", name).split()) or name


def is_titled_by_file(article: Article) -> bool:
    """Whether an article is called by the name of its file, as one without a title is."""
    return article.title == unicodedata.normalize("NFC", title_of_file(article.origin))
