"""Rich Text Format as a whole."""

from __future__ import annotations

from qa.load.decode import Unusable
from qa.load.extracted import Extracted
from qa.load.isolated import Bounds
from qa.load.rtf.flow import levelled
from qa.load.rtf.reader import Reader
from qa.records import Block

_MOST_BYTES = 20
"""For each byte of text that an article may have: of formatting and pictures."""


def extract(data: bytes, bounds: Bounds) -> list[Extracted]:
    """Return the text of a document as one article, its notes behind it. Raises Unusable."""
    if not data.lstrip()[:5].lower() == b"{\\rtf":
        raise Unusable("cannot be read as RTF: it is damaged, or another kind of file")
    if len(data) > _MOST_BYTES * bounds.text:
        raise Unusable(
            f"is too large for {bounds.text / 1e6:g} MB of text (the setting max_article_mb): save it as .docx"
        )
    reader = Reader()
    reader.read(data.decode("latin-1"))
    blocks = list(levelled(reader.body.blocks()))
    notes = ((number, note.line()) for number, note in enumerate(reader.notes, start=1))
    blocks.extend(Block(f"[{number}] {text}") for number, text in notes if text)
    if sum(len(block.text) for block in blocks) > bounds.text:
        raise Unusable(f"holds more than {bounds.text / 1e6:g} MB of text (the setting max_article_mb)")
    stated = reader.stated
    return [
        Extracted(
            tuple(Block(_whole(block.text), block.level) for block in blocks),
            title=_whole(stated.get("title", "")) or None,
            author=_whole(stated.get("author", "")) or None,
            published_at=_day(reader.created),
            metadata={"program": stated["generator"]} if stated.get("generator") else {},
        )
    ]


def _whole(text: str) -> str:
    """Put the halves of characters beyond the first plane together, which are written one after the other."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _day(created: dict[str, int]) -> str | None:
    if not {"yr", "mo", "dy"} <= created.keys():
        return None
    return f"{created['yr']:04}-{created['mo']:02}-{created['dy']:02}"
