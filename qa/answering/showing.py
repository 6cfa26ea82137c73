"""What each quote that is shown needs: the sentence before, where it leans on it; marks; and a word on its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qa.answer import overlap
from qa.answering.asked import Asked
from qa.antecedent import leans_on_previous
from qa.highlight import highlights
from qa.languages import language_name
from qa.records import Note, NoteKind, Quote, Span


def shown(asked: Asked, quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    """Return quotes as they are shown."""
    return tuple(_highlighted(asked, _understood(quote, quotes)) for quote in quotes)


def languages(quotes: Sequence[Quote]) -> tuple[Note, ...]:
    """Return what is to be said of quotes in other languages: the confidence was fitted to answers in English."""
    codes = dict.fromkeys(quote.passage.article.language for quote in quotes)
    names = [language_name(code) for code in codes if code not in (None, "en")]
    if not names:
        return ()
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    return (Note(NoteKind.LANGUAGE, f"The confidence was measured on English articles, not on {listed} ones."),)


def _understood(quote: Quote, quotes: Sequence[Quote]) -> Quote:
    """Return a quote of one sentence with the one before where it is not understood alone, unless that is quoted."""
    text, sentences = quote.passage.article.text, quote.passage.chunk.sentences
    place = next((place for place, sentence in enumerate(sentences) if sentence == quote.span), 0)
    if not place:
        return quote
    before = Span(sentences[place - 1].start, quote.span.end)
    previous = text[before.start : sentences[place - 1].end]
    if "\n\n" in text[before.start : before.end] or not leans_on_previous(quote.text, previous):
        return quote
    longer = replace(quote, span=before, text=text[before.start : before.end])
    return quote if any(overlap(longer, other) for other in quotes if other is not quote) else longer


def _highlighted(asked: Asked, quote: Quote) -> Quote:
    start = quote.span.start
    found = highlights(asked.text, quote.text, asked.kind)
    return replace(quote, highlights=tuple(Span(start + mark.start, start + mark.end) for mark in found))
