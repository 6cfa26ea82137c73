"""What a document file holds, taken apart: its blocks, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from qa.records import Block, Markup, Page, RawDocument


@dataclass(frozen=True, slots=True)
class Extracted:
    """One article of a document file.

    `missing` are phrases on what of it could not be read ("is read but for ..."). `metadata` names under "program" what
    wrote the file, where it says so.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    author: str | None = None
    published_at: str | None = None
    source: str | None = None
    language: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def document(self, origin: str) -> RawDocument:
        """Return it as a loader hands it on."""
        return RawDocument(
            origin,
            "",
            Markup.BLOCKS,
            title=self.title,
            source=self.source,
            author=self.author,
            published_at=self.published_at,
            language=self.language,
            metadata=self.metadata,
            blocks=self.blocks,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON can carry it."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Extracted:
        """Return what `to_json` was made from."""
        blocks = tuple(
            Block(block["text"], block["level"], tuple(Page(page["label"], page["start"]) for page in block["pages"]))
            for block in document["blocks"]
        )
        return cls(**{**document, "blocks": blocks, "missing": tuple(document["missing"])})
