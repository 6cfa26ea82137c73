"""Marks are exact: the pieces are the text, and what is marked is what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.records import Article, Heading, Page, Span
from web.marks import Mark, PageBreak, Segment, blocks, read_cites, segments

TEXT = "One 🏔️ two.\n\nHead\n\nThree\nfour."


def marks(*spans: tuple[int, int]) -> list[Mark]:
    return [Mark(f"m{number}", Span(*span)) for number, span in enumerate(spans, 1)]


def test_worked_example() -> None:
    assert segments(TEXT, Span(0, 11), marks((4, 6))) == (
        Segment("One ", marked=False, ids=()),
        Segment("🏔️", marked=True, ids=("m1",)),
        Segment(" two.", marked=False, ids=()),
    )


def test_marks_that_overlap_are_cut_and_each_begins_once() -> None:
    assert segments("abcdef", Span(0, 6), marks((1, 4), (2, 6), (1, 4))) == (
        Segment("a", marked=False, ids=()),
        Segment("b", marked=True, ids=("m1", "m3")),
        Segment("cd", marked=True, ids=("m2",)),
        Segment("ef", marked=True, ids=()),
    )


def test_a_mark_over_paragraphs_goes_on_in_each() -> None:
    article = Article("id", "title", TEXT, "here", headings=(Heading(1, 13, 17),))
    first, heading, last = blocks(article, marks((11, 24)))
    assert [block.level for block in (first, heading, last)] == [0, 2, 0]
    assert first.segments == (Segment("One 🏔️ two.", marked=False, ids=()),)
    assert heading.segments == (Segment("Head", marked=True, ids=("m1",)),)
    assert last.segments == (Segment("Three", marked=True, ids=()), Segment("\nfour.", marked=False, ids=()))


@given(st.text("ab 🏔\n", max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_identity(text: str, spans: list[tuple[int, int]]) -> None:
    found = read_cites([f"{start}-{end}" for start, end in spans], text)
    pieces = segments(text, Span(0, len(text)), found) if text else ()
    assert "".join(piece.text for piece in pieces) == text
    covered = {place for mark in found for place in range(mark.span.start, mark.span.end)}
    flat = [piece.marked for piece in pieces for _ in piece.text]
    assert {place for place, marked in enumerate(flat) if marked} == covered
    assert sorted(name for piece in pieces for name in piece.ids) == sorted(mark.id for mark in found)


@given(st.text("ab\n", max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=5))
def test_each_mark_begins_once_in_an_article(text: str, spans: list[tuple[int, int]]) -> None:
    found = read_cites([f"{start}-{end}" for start, end in spans], text)
    placed = [name for block in blocks(Article("i", "t", text, "o"), found) for s in block.segments for name in s.ids]
    assert sorted(placed) == sorted(mark.id for mark in found)


@pytest.mark.parametrize(
    "cite",
    [
        "",
        "-",
        "4",
        "4-",
        "-4",
        "4-4",
        "6-4",
        "0-1000",
        "11-13",
        "a-b",
        "1-2-3",
        " 1-2",
        "1-2\n",
        "١-٣",
        "1e1-12",
        "0x1-2",
        "9" * 5000 + "-1",
        "1--2",
    ],
)
def test_a_cite_that_cannot_be_shown_is_left_out(cite: str) -> None:
    assert read_cites([cite, "0-3"], TEXT) == [Mark("cite-2", Span(0, 3))]


def test_at_most_twenty_are_marked() -> None:
    assert len(read_cites(["0-3"] * 50, TEXT)) == 20


def test_pages_begin_before_a_paragraph_or_inside_it() -> None:
    pages = (Page("i", 0), Page("ii", 13), Page("ii", 13), Page("1", 25))
    first, heading, last = blocks(Article("id", "title", TEXT, "here", pages=pages), marks((19, 29)))
    assert [block.pages for block in (first, heading, last)] == [
        (PageBreak("page-1", "i"),),
        (PageBreak("page-2", "ii"), PageBreak("page-3", "ii")),
        (),
    ]
    assert last.segments == (
        Segment(TEXT[19:25], marked=True, ids=("m1",)),
        Segment(TEXT[25:29], marked=True, ids=(), pages=(PageBreak("page-4", "1"),)),
        Segment(TEXT[29:], marked=False, ids=()),
    )


def test_a_page_that_begins_in_a_gap_begins_with_what_follows() -> None:
    _, heading, _ = blocks(Article("id", "title", TEXT, "here", pages=(Page("2", 12),)), [])
    assert heading.pages == (PageBreak("page-1", "2"),)
