"""Pages: which of them a span lies on, how a reader is told, and where they begin in a canonical text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.clean import canonical, clean
from qa.clean.reading import Body
from qa.pagination import Pages, pages_in_words, pages_of
from qa.records import Article, Block, Heading, Markup, Page, RawDocument, Span

PAGES = (Page("ii", 0), Page("1", 10), Page("2", 10), Page("3", 30))


def test_a_span_lies_on_the_pages_where_it_begins_and_ends() -> None:
    assert pages_of(Span(0, 10), PAGES) == Pages("ii", "ii")
    assert pages_of(Span(0, 11), PAGES) == Pages("ii", "2")  # the first page there is empty
    assert pages_of(Span(12, 31), PAGES) == Pages("2", "3")
    assert pages_of(Span(2, 9), (Page("5", 4),)) == Pages("5", "5")
    assert pages_of(Span(0, 5), ()) == Pages(None, None)


def test_pages_in_words() -> None:
    assert pages_in_words("12", "12") == "p. 12"
    assert pages_in_words("xii", "1") == "pp. xii–1"
    assert pages_in_words(None, None) is None


@given(st.data())
def test_a_page_begins_where_its_first_character_stands(data: st.DataObject) -> None:
    """Each page begins with a letter that stands nowhere else, amid all that a canonical text changes."""
    filling = st.text("a e\u0301\t \n\r\u00a0\u200b\u00ad\ufb01.-", max_size=12)
    blocks, labels = [], iter("一二三四五六七八九十百千")
    for _ in range(data.draw(st.integers(1, 4))):
        text, pages = data.draw(filling), []
        for _ in range(data.draw(st.integers(0, 3))):
            label = next(labels)
            pages.append(Page(label, len(text)))
            text += label + data.draw(filling)
        blocks.append(Block(text, 0, tuple(pages)))
    body = Body.of(blocks)
    assert body.text == "\n\n".join(filter(None, (canonical(block.text) for block in blocks)))
    for page in body.pages:
        assert body.text[page.start] == page.label


def test_a_page_that_begins_where_two_characters_become_one_begins_late_rather_than_wrong() -> None:
    body = Body.of([Block("cafe\u0301 noir", 0, (Page("2", 4),)), Block("more")])
    assert body.text == "café noir\n\nmore"
    assert body.pages == (Page("2", len("café noir")),)


def test_blocks_become_an_article() -> None:
    blocks = (
        Block("A title", 1, (Page("1", 0),)),
        Block("Some  text that\tgoes on\r\nhere.", 0, (Page("2", 10),)),
        Block("", 0, (Page("3", 0),)),
        Block("Below", 2),
        Block("The end.", 0, (Page("4", 8),)),
    )
    found = clean(RawDocument("a.pdf", "", Markup.BLOCKS, blocks=blocks))
    assert isinstance(found, Article)
    assert found.title == "A title"
    assert found.text == "Some  text that    goes on\nhere.\n\nBelow\n\nThe end."
    below = found.text.index("Below")
    assert found.headings == (Heading(2, below, below + 5),)
    assert found.pages == (Page("1", 0), Page("2", 10), Page("3", below), Page("4", len(found.text)))
