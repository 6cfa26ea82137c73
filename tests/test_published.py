"""The day of an article, in order and in words."""

from __future__ import annotations

from datetime import date

import pytest

from qa.published import day_of, in_words, newest_first
from qa.records import Article


def article(published_at: str | None) -> Article:
    return Article("a", "Title", "Text.", "test", published_at=published_at)


@pytest.mark.parametrize(
    ("stated", "day", "words"),
    [
        ("2023-10-04", date(2023, 10, 4), "4 October 2023"),
        ("2023-11-27 08:45:59.000000000Z", date(2023, 11, 27), "27 November 2023"),
        ("2023-10-04T23:30:00-05:00", date(2023, 10, 5), "4 October 2023"),  # ordered by UTC, shown as stated
        ("2023-10-04T23:30:00", date(2023, 10, 4), "4 October 2023"),
        ("2023-10", date(2023, 10, 1), "October 2023"),
        ("2023", date(2023, 1, 1), "2023"),
        ("0000", None, None),
        ("2023-13", None, None),
        ("0001-01-01T00:00:00+12:00", None, None),
        ("spring 2024", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_day(stated: str | None, day: date | None, words: str | None) -> None:
    assert (day_of(article(stated)), in_words(article(stated))) == (day, words)


def test_newest_first_with_undated_last_and_ties_in_order() -> None:
    articles = [
        Article(str(place), "T", "x", "test", published_at=stated)
        for place, stated in enumerate([None, "2023-10-01", "2024", "2023-10-01T05:00:00Z", "soon"])
    ]
    assert [found.id for found in newest_first(articles, lambda found: found)] == ["2", "1", "3", "0", "4"]
