"""What holds within a group of Rich Text Format."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa.load.rtf.flow import Flow


@dataclass(slots=True)
class Group:
    """What holds until the group ends.

    `seen` says whether its text is the document's; where it is `sealed`, nothing inside it is. Its text is `kept` aside
    for `use` where that is named. `skip` characters stand after one of Unicode for readers that do not know it.
    """

    flow: Flow
    seen: bool = True
    sealed: bool = False
    struck: bool = False
    hidden: bool = False
    font: int | None = None
    skip: int = 1
    use: str = ""
    kept: list[str] = field(default_factory=list)
    style: int = 0
    owner: bool = False
    """Whether it is the group that its text is kept for."""
    generated: bool = False
    """Whether what the field shows that it holds was made of the document's text."""

    def inner(self) -> Group:
        """Return a group that begins inside it."""
        return Group(
            self.flow, self.seen, self.sealed, self.struck, self.hidden, self.font, self.skip, self.use, self.kept,
            self.style,
        )  # fmt: skip
