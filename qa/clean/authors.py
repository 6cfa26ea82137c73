"""Who wrote it: a name, or nobody that is known."""

from __future__ import annotations

import re

# What content management systems and desks put where they have no name.
_NOBODY = frozenset(
    {
        "admin", "administrator", "anonymous", "author", "contributor", "editor", "editorial", "editorial staff",
        "editorial team", "editors", "guest", "guest author", "moderator", "n/a", "news desk", "news staff", "newsroom",
        "none", "null", "online desk", "owner", "redaccion", "redacción", "redaktion", "redazione", "redactie",
        "root", "rédaction", "la rédaction", "staff", "staff reporter", "staff writer", "staff writers", "super user",
        "superuser", "system", "team", "the editors", "unknown", "user", "web desk", "webmaster", "wordpress", "writer",
    }
)  # fmt: skip
_BY = re.compile(r"(?:by|von|par|por|di)\s+", re.IGNORECASE)


def author_named(stated: str, source: str | None) -> str | None:
    """Return who is stated to have written it, or None where that is nobody: "admin", "By Staff", the site itself."""
    name = _BY.sub("", stated, count=1) if _BY.match(stated) else stated
    folded = name.casefold().strip(" .,:;-")
    if not folded or folded in _NOBODY or (source and folded == source.casefold()):
        return None
    return stated
