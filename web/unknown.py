"""What an article does not say of itself, in words: a gap is no oversight, and a guess is no fact."""

from __future__ import annotations

from qa.records import Article
from qa.titles import is_titled_by_file


def unknown_of(article: Article) -> tuple[str, ...]:
    """Return what is not known of an article, each a phrase: "Author and date unknown"."""
    stated = {
        "source": article.source,
        "author": article.author,
        "date": article.published_at,
        "language": article.language,
    }
    missing = [name for name, value in stated.items() if not value]
    told = [f"{_listed(missing).capitalize()} unknown"] if missing else []
    return (*told, *(["The title is the name of the file"] if is_titled_by_file(article) else []))


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
