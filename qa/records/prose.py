"""What a language model makes of quotations, once it was checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a sentence of a language model does not leave the service: "it ..."."""

    UNMARKED = "cites no quotation"
    FORM = "is not plain prose"
    REPEATED = "was said before"
    QUOTED = "puts words into quotation marks that the quotation does not have"
    NAME = "names what the quotation does not name"
    NUMBER = "gives a number that the quotation does not give"
    DATE = "gives a date that the quotation does not give"
    NEGATION = "denies what the quotation says, or the reverse"
    HEDGE = "is surer than the quotation"
    OPPOSITE = "says the opposite of the quotation"
    ADDED = "says more than the quotation"
    EXCHANGED = "says of one what the quotation says of another"
    UNSUPPORTED = "is not borne out by the quotation"


@dataclass(frozen=True, slots=True)
class ProseSentence:
    """A sentence of an answer in prose, without its marks; `citations` are places among the answer's, from 0.

    `replaces` is None for a sentence of the model, which was checked. Otherwise `text` is the quotation cited, put in
    place of a sentence that was not borne out, and `replaces` says why.
    """

    text: str
    citations: tuple[int, ...]
    replaces: Fault | None = None

    @property
    def marked(self) -> str:
        """The sentence as it is read, with its marks: "It sank. [1]"; a quotation in quotation marks."""
        marks = "".join(f"[{place + 1}]" for place in self.citations)
        return f"{self.text if self.replaces is None else f'“{self.text}”'} {marks}"


@dataclass(frozen=True, slots=True)
class Prose:
    """What a language model made of the quotations: sentences that were checked against them, or none, and why.

    `model` is its name. `removed` counts its sentences that were left out. `notice` is a sentence for the reader, None
    where there is nothing to say.
    """

    model: str
    sentences: tuple[ProseSentence, ...]
    removed: int = 0
    notice: str | None = None

    @property
    def text(self) -> str:
        """All sentences with their marks; "" where there is none."""
        return " ".join(sentence.marked for sentence in self.sentences)
