"""Citations: whatever the text and whatever the span, the quotation is what stands in the article."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.cite import cite
from qa.errors import CitationError
from qa.records import Article, Chunk, Citation, Passage, Quote, Span, Standing


def quote(text: str, span: Span, article_id: str = "a", number: int = 0, url: str | None = None) -> Quote:
    """A quote of `span` in an article of `text`, from its chunk `number`."""
    article = Article(article_id, f"Title of {article_id}", text, "test", url=url)
    whole = Span(0, len(text))
    passage = Passage(
        Chunk(f"{article_id}:{number}", article_id, whole, "context", (whole,)),
        article,
        Standing(1, 1.0),
        None,
        None,
        None,
    )
    return Quote(passage, span, text[span.start : span.end], 0.5)


@st.composite
def texts_and_spans(draw: st.DrawFn) -> tuple[str, Span]:
    text = draw(st.text(min_size=1))
    start = draw(st.integers(0, len(text) - 1))
    return text, Span(start, draw(st.integers(start + 1, len(text))))


@given(texts_and_spans())
@example(("e\u0301🎉\U0010ffff\r\n”", Span(1, 3)))
def test_the_cited_text_is_what_stands_there(case: tuple[str, Span]) -> None:
    text, span = case
    (citation,) = cite([quote(text, span)])
    assert citation.cited_text == text[span.start : span.end]
    assert text[citation.start_char_index : citation.end_char_index] == citation.cited_text
    assert (citation.start_char_index, citation.end_char_index) == (span.start, span.end)


@given(st.text(max_size=20), st.integers(-30, 30), st.integers(-30, 30))
def test_any_other_span_is_refused(text: str, start: int, end: int) -> None:
    case = [quote(text, Span(start, end))]
    if start in range(len(text)) and end in range(start + 1, len(text) + 1):
        assert cite(case)[0].cited_text == text[start:end]
    else:
        with pytest.raises(CitationError) as caught:
            cite(case)
        assert str(caught.value) == (
            f"Characters {start}-{end} of article 'a' are not the quotation; rebuild with `qa build`."
        )


@pytest.mark.parametrize(
    "span", [Span(0, 0), Span(4, 4), Span(-1, 2), Span(3, 2), Span(0, 5), Span(4, 5), Span(-3, -1)]
)
def test_spans_that_python_would_slice_without_complaint(span: Span) -> None:
    with pytest.raises(CitationError):
        cite([quote("word", span)])


def test_one_bad_span_leaves_no_citation_at_all() -> None:
    with pytest.raises(CitationError):
        cite([quote("word", Span(0, 4)), quote("word", Span(0, 5))])


def test_every_field() -> None:
    assert cite([quote("One. Two.", Span(5, 9), "x", 3, "https://example.com/x")]) == (
        Citation(
            article_id="x",
            document_index=0,
            document_title="Title of x",
            url="https://example.com/x",
            start_char_index=5,
            end_char_index=9,
            cited_text="Two.",
            chunk_id="x:3",
            type="char_location",
        ),
    )


def test_documents_are_numbered_in_the_order_of_their_first_citation() -> None:
    ids = ["b", "a", "b", "c", "a"]
    citations = cite([quote("Some words.", Span(number, number + 1), name) for number, name in enumerate(ids)])
    assert [(citation.article_id, citation.document_index) for citation in citations] == [
        ("b", 0),
        ("a", 1),
        ("b", 0),
        ("c", 2),
        ("a", 1),
    ]
    assert [citation.cited_text for citation in citations] == ["S", "o", "m", "e", " "]


def test_nothing_to_cite() -> None:
    assert cite([]) == ()


def test_words_that_do_not_stand_there_are_refused() -> None:
    """What the reranker read as the answer must be what a person will find at the place cited."""
    honest = quote("Kim met Noh. He flew home.", Span(0, 12))
    for text in ("Kim met noh.", "Kim met Noh", "He flew home.", ""):
        with pytest.raises(CitationError, match="are not the quotation"):
            cite([honest, replace(honest, text=text)])
