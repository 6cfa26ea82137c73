"""Near ties go to the newer article, and the reader is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.recency import newest_of_near
from qa.records import Article, Chunk, Note, NoteKind, Passage, Quote, Span, Standing


def quote(score: float, published_at: str | None, name: str = "a") -> Quote:
    article = Article(name, "T", "Some text.", "test", published_at=published_at)
    chunk = Chunk(f"{name}:0", name, Span(0, 10), "T", (Span(0, 10),))
    return Quote(Passage(chunk, article, Standing(1, 0.1), None, None, None), Span(0, 10), "Some text.", score)


def order(quotes: tuple[Quote, ...]) -> list[str]:
    return [found.passage.article.id for found in quotes]


def test_the_newer_of_two_near_ones_comes_first_and_it_is_said() -> None:
    found, note = newest_of_near([quote(5.0, "2023-10-01", "old"), quote(4.5, "2023-10-04", "new")], 0.5)
    assert order(found) == ["new", "old"]
    assert [kept.score for kept in found] == [4.5, 5.0]  # no score is touched
    assert note == Note(
        NoteKind.NEWEST_FIRST,
        "Two passages answer about equally well; the newest comes first (4 October 2023, then 1 October 2023).",
    )


def test_one_that_trails_further_stays_behind() -> None:
    given_quotes = [quote(5.0, "2023-10-01", "old"), quote(4.4, "2023-10-04", "new")]
    assert newest_of_near(given_quotes, 0.5) == (tuple(given_quotes), None)


def test_what_is_in_order_already_needs_no_note() -> None:
    given_quotes = [quote(5.0, "2023-10-04", "new"), quote(5.0, "2023-10-01", "old")]
    assert newest_of_near(given_quotes, 1.0) == (tuple(given_quotes), None)


def test_undated_ones_keep_their_place() -> None:
    given_quotes = [
        quote(5.0, "2021", "a"), quote(5.0, None, "b"), quote(4.9, "2023-05", "c"), quote(4.8, "in spring", "d"),
        quote(4.7, "2022-01-01", "e"),
    ]  # fmt: skip
    found, note = newest_of_near(given_quotes, 1.0)
    assert order(found) == ["c", "b", "e", "d", "a"]
    assert note is not None
    assert note.text == (
        "Three passages answer about equally well; the newest comes first (May 2023, then 1 January 2022, then 2021)."
    )


def test_hours_of_one_day_do_not_count() -> None:
    given_quotes = [quote(5.0, "2023-10-01T08:00:00Z", "early"), quote(5.0, "2023-10-01T20:00:00Z", "late")]
    assert newest_of_near(given_quotes, 1.0) == (tuple(given_quotes), None)


def test_nothing() -> None:
    assert newest_of_near([], 1.0) == ((), None)


@given(
    st.lists(st.tuples(st.floats(-9, 9), st.sampled_from([None, "x", "2021", "2022-02", "2023-03-03"])), max_size=6),
    st.floats(0, 5),
)
def test_it_only_orders_and_a_note_tells_whether_it_did(given_quotes: list[tuple[float, str | None]], w: float) -> None:
    quotes = [quote(score, stated, str(place)) for place, (score, stated) in enumerate(given_quotes)]
    found, note = newest_of_near(quotes, w)
    assert sorted(order(found)) == sorted(order(tuple(quotes)))
    assert (note is None) == (list(found) == quotes)
    assert newest_of_near(found, w) == (found, None)
