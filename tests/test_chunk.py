"""Chunks, proved by worked examples and by what must hold of any article."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.records import Article, Chunk, Heading, Markup, RawDocument, Span
from qa.sentences import sentences

SEED = Path(__file__).parents[1] / "seeds/000_4cfc9b414cc2f2ae.txt"


def article_of(*blocks: str, title: str = "Title", id: str = "a") -> Article:  # noqa: A002 - the field's name
    """Join blocks by blank lines; those that begin with # are headings of that level, without the marks."""
    text, headings = "", []
    for block in blocks:
        text += "\n\n" if text else ""
        level = len(block) - len(block.lstrip("#"))
        bare = block[level:].strip() if level else block
        if level:
            headings.append(Heading(level, len(text), len(text) + len(bare)))
        text += bare
    return Article(id=id, title=title, text=text, origin="test", headings=tuple(headings))


def says(count: int, word: str = "word") -> str:
    """A sentence of `count` words."""
    return " ".join([word.capitalize(), *[word] * (count - 1)]) + "."


def lengths(article: Article, longest: int) -> list[list[int]]:
    """The number of words of each sentence of each chunk."""
    return [
        [len(article.text[span.start : span.end].split()) for span in part.sentences]
        for part in chunk(article, longest)
    ]


def test_the_fields_of_a_chunk() -> None:
    article = article_of("Intro is here.", "# One", "First is A. Second is B.", "## Two", "Third.", id="x:y", title="T")
    text = article.text
    first, second, third = chunk(article, 20)
    assert [part.id for part in (first, second, third)] == ["x:y:0", "x:y:1", "x:y:2"]
    assert {part.article_id for part in (first, second, third)} == {"x:y"}
    assert [part.context for part in (first, second, third)] == ["T", "T › One", "T › One › Two"]
    assert text[second.span.start : second.span.end] == "First is A. Second is B."
    assert [text[span.start : span.end] for span in second.sentences] == ["First is A.", "Second is B."]
    assert searched_text(second, article) == "T › One\nFirst is A. Second is B."


def test_the_heading_path() -> None:
    article = article_of("# A", "a.", "### B", "b.", "## C", "c.", "### D", "d.", "# E", "e.", "# F", "## G", "g.")
    assert [part.context for part in chunk(article, 20)] == [
        "Title › A",
        "Title › A › B",
        "Title › A › C",
        "Title › A › C › D",
        "Title › E",
        "Title › F › G",
    ]


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        # Sentences are taken up to the limit, and the limit itself still fits.
        ([" ".join([says(10)] * 4)], [[10, 10], [10, 10]]),
        ([" ".join([says(10), says(11), says(9)])], [[10], [11, 9]]),
        # A paragraph's end ends a chunk from 60 in 100 on: 12 of 20 words, not 11.
        ([says(12), says(4), says(4)], [[12], [4, 4]]),
        ([says(11), f"{says(4)} {says(5)}"], [[11, 4, 5]]),
        # Less than a fifth of the limit does not stand alone: 3 words join, 4 do not.
        ([says(20), says(3)], [[20, 3]]),
        ([says(20), says(4)], [[20], [4]]),
        # ... not even where only its own section would be near enough.
        (["# A", says(20), "# B", says(3)], [[20], [3]]),
        # A single sentence over the limit stays whole.
        ([" ".join([says(5), says(50), says(5)])], [[5], [50], [5]]),
        # What has no full stop is cut at a hundred words, and each piece is a sentence.
        (["word " * 150], [[75], [75]]),
        (["漢" * 500], [[1]]),
        (["x" * 100_000], [[1]]),
    ],
)
def test_the_limit_of_twenty_words(blocks: list[str], expected: list[list[int]]) -> None:
    assert lengths(article_of(*blocks), 20) == expected


@pytest.mark.parametrize(
    "article",
    [
        article_of("# Only", "## Headings", "### Here"),
        article_of(""),
        Article("a", "t", " \n\n ", "test"),
        Article("a", "t", "Heading", "test", headings=(Heading(1, 0, 7),)),
    ],
)
def test_what_has_no_sentence_has_no_chunk(article: Article) -> None:
    assert chunk(article, 100) == []


def test_a_heading_at_the_end_is_no_part_of_any_chunk() -> None:
    article = article_of("# A", "One is here.", "# End")
    (only,) = chunk(article, 20)
    assert (only.context, only.sentences) == ("Title › A", (Span(3, 15),))


def test_the_seed_article() -> None:
    article = clean(RawDocument(SEED.name, SEED.read_text(encoding="utf-8"), Markup.PLAIN))
    assert isinstance(article, Article)
    parts = chunk(article, 100)
    assert {part.context for part in parts} == {"North Korea launches missile amid US push to resume talks"}
    assert [[len(article.text[s.start : s.end].split()) for s in part.sentences] for part in parts] == [
        [26, 22, 24],
        [12, 28, 15, 7],
        [20, 42],
        [23, 24, 22, 13, 11],
        [25, 16, 43],
        [36, 26, 11, 11, 5],
        [18, 22, 34, 15],
        [19, 33, 14, 31, 2],
    ]
    assert [span for part in parts for span in part.sentences] == sentences(article.text)


_WORDS = st.lists(st.sampled_from(["a", "Kim", "U.S.", "said", "3.5", "“we", "go.”", "é🎉", "(so)", "Stop!", "end."]))
_BLOCK = st.one_of(
    st.builds(lambda level, words: "#" * level + " " + " ".join(["Head", *words[:5]]), st.integers(1, 6), _WORDS),
    _WORDS.filter(bool).map(" ".join),
    st.builds(lambda words, times: " ".join(words * times), _WORDS.filter(bool), st.integers(1, 40)),
)


_ARTICLES = st.lists(_BLOCK, max_size=12).map(lambda blocks: article_of(*blocks))
_LIMITS = st.integers(20, 120)


@settings(deadline=None)
@given(_ARTICLES, _LIMITS)
def test_ids_count_and_the_same_article_has_the_same_chunks(article: Article, longest: int) -> None:
    parts = chunk(article, longest)
    assert chunk(article, longest) == parts
    assert [(part.id, part.article_id) for part in parts] == [(f"a:{number}", "a") for number in range(len(parts))]


@settings(deadline=None)
@given(_ARTICLES, _LIMITS)
def test_every_sentence_is_in_exactly_one_chunk_and_no_heading_is(article: Article, longest: int) -> None:
    parts = chunk(article, longest)
    left, edge = "", 0
    for span in [*(span for part in parts for span in part.sentences), Span(len(article.text), len(article.text))]:
        assert edge <= span.start
        left += article.text[edge : span.start]
        edge = span.end
    headings = " ".join(article.text[heading.start : heading.end] for heading in article.headings)
    assert left.split() == headings.split()
    for part in parts:
        assert part.span == Span(part.sentences[0].start, part.sentences[-1].end)
        assert not any(_lies_between(heading, part, part) for heading in article.headings)


@settings(deadline=None)
@given(_ARTICLES, _LIMITS)
def test_the_context_is_the_title_and_the_headings_above(article: Article, longest: int) -> None:
    for part in chunk(article, longest):
        path: list[Heading] = []
        for heading in article.headings:
            if heading.end <= part.span.start:
                path = [*(above for above in path if above.level < heading.level), heading]
        assert part.context.split(" › ") == [article.title, *(article.text[h.start : h.end] for h in path)]


@settings(deadline=None)
@given(_ARTICLES, _LIMITS)
def test_over_the_limit_is_one_sentence_or_a_short_rest_of_a_section(article: Article, longest: int) -> None:
    for part, following in pairwise([*chunk(article, longest), None]):
        assert part is not None
        words = [len(article.text[span.start : span.end].split()) for span in part.sentences]
        rest = sum(words) - max(longest, words[0])
        if rest > 0:
            assert rest < 0.2 * longest
            assert following is None or any(_lies_between(heading, part, following) for heading in article.headings)


@settings(deadline=None)
@given(_ARTICLES, _LIMITS)
def test_a_chunk_ends_for_a_reason(article: Article, longest: int) -> None:
    for part, following in pairwise(chunk(article, longest)):
        words = len(article.text[part.span.start : part.span.end].split())
        first = following.sentences[0]
        grown = words + len(article.text[first.start : first.end].split())
        assert (
            grown > longest
            or any(_lies_between(heading, part, following) for heading in article.headings)
            or ("\n\n" in article.text[part.span.end : first.start] and words >= 0.6 * longest)
        )


def _lies_between(heading: Heading, part: Chunk, following: Chunk) -> bool:
    return part.span.start < heading.end and heading.start < following.span.end


def test_a_text_without_spaces_is_cut_too() -> None:
    text = "東京は日本の首都である。" * 100
    parts = chunk(Article("a", "東京", text, "a.txt"), 100)
    assert len(parts) == 7
    assert all(part.span.end - part.span.start <= 204 for part in parts)
    assert "".join(text[part.span.start : part.span.end] for part in parts) == text
