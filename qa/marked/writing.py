"""An answer as one text: each quotation with its mark, then where each of them stands.

    Searched: When did Fumio Kishida condemn the launch?

    "..., and I strongly condemn the action," Fumio Kishida said Tuesday. [1]

    Sources:
    - [1] [North Korea launches missile](http://localhost:8000/articles/1162?cite=527-714#cite-1), CNN, 4 May 2024

Where a language model rephrased the quotations, its sentences come first. The quotations stand as they stand in their
articles, to the character. What is said around them is in Markdown that reads well as plain text too; titles and
sources are escaped in it, quotations are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa.document import byline, headline, looked_at_in_words
from qa.pagination import pages_in_words
from qa.published import date_in_words
from qa.records import Answer, Citation, NoteKind, Outcome, Prose, ProseSentence, Span, Standalone
from qa.sections import PATH
from qa.sentences import in_sentences

Link = Callable[[Citation], str]
"""Returns the address at which a quotation can be checked; without white space or brackets."""

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text; `citation` is the place of the citation that it quotes, None for what is not quoted."""

    text: str
    citation: int | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """The text in the pieces in which it may be sent: sentences of quotations, marks, and what is around them."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def quoted(self) -> tuple[Span, ...]:
        """Where each quotation stands in the text, in code points: `text[start:end]` is its `cited_text`."""
        spans: dict[int, Span] = {}
        end = 0
        for piece in self.pieces:
            start, end = end, end + len(piece.text)
            if piece.citation is not None:
                begun = spans.get(piece.citation, Span(start, end))
                spans[piece.citation] = Span(begun.start, end)
        return tuple(spans[place] for place in sorted(spans))


def marked(answer: Answer, link: Link) -> Marked:
    """Return an answer, a list or an abstention as one text; `link` leads to a quotation in its article."""
    return Marked((*opening(answer), *_told(answer, link)))


def opening(asked: Standalone | Answer) -> tuple[Piece, ...]:
    """Return what is known before there is an answer: what was searched, where something was taken over for it."""
    return (Piece(f"Searched: {asked.question}\n\n"),) if asked.carried else ()


def _told(answer: Answer, link: Link) -> Iterator[Piece]:
    if answer.abstained:
        yield Piece(" ".join(filter(None, [answer.answer, answer.reason, looked_at_in_words(answer)])))
    elif answer.outcome is Outcome.LISTED:
        yield from _list(answer, link)
    else:
        yield from _quotations(answer, link)


def prose_piece(sentence: ProseSentence, *, first: bool) -> Piece:
    """Return a sentence that a language model made of the quotations, which stand below it."""
    return Piece(sentence.marked if first else f" {sentence.marked}")


def _quotations(answer: Answer, link: Link) -> Iterator[Piece]:
    yield from _prose(answer.prose)
    for place, citation in enumerate(answer.citations):
        if place:
            yield Piece("\n\n")
        yield from _quote(place, citation)
    yield from _notes(answer)
    if answer.prose is not None and answer.prose.notice:
        yield Piece(f"\n\n{answer.prose.notice}")
    yield Piece("\n\nSources:")
    for place, citation in enumerate(answer.citations):
        yield Piece(f"\n- [{place + 1}] {_source(citation, link)}")


def _prose(prose: Prose | None) -> Iterator[Piece]:
    if prose is not None and prose.sentences:
        for number, sentence in enumerate(prose.sentences):
            yield prose_piece(sentence, first=not number)
        yield Piece(f"\n\n{byline(_escaped(prose.model))}\n\n")


def _list(answer: Answer, link: Link) -> Iterator[Piece]:
    yield Piece(f"{headline(answer)}\n")
    for place, citation in enumerate(answer.citations):
        yield Piece(f"\n- {_source(citation, link)}:\n  ")
        yield from _quote(place, citation)
    yield from _notes(answer)


def _quote(place: int, citation: Citation) -> Iterator[Piece]:
    for sentence in in_sentences(citation.cited_text):
        yield Piece(sentence, place)
    yield Piece(f" [{place + 1}]")


def _notes(answer: Answer) -> Iterator[Piece]:
    for note in answer.notes:
        kind = "Disagreement: " if note.kind is NoteKind.DISAGREEMENT else ""
        yield Piece(f"\n\n{kind}{note.text}")


def _source(citation: Citation, link: Link) -> str:
    """Return where a quotation stands, as a line names it: "[Title](address) › Roof, Source, 12 May 2024, p. 3"."""
    day = citation.published_at and date_in_words(citation.published_at)
    known = [citation.source, day, pages_in_words(citation.start_page, citation.end_page)]
    title = PATH.join([f"[{_escaped(citation.document_title)}]({link(citation)})", *map(_escaped, citation.section)])
    return ", ".join([title, *(_escaped(part) for part in known if part)])


def _escaped(text: str) -> str:
    """Return a line of text that Markdown shows as it is, without its becoming a link, a picture or HTML."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
