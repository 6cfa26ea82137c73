"""Names, numbers and dates in text, proved by worked examples, by their spans, and against the clock."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.mentions import Mention, compatible, dates, names, numbers

PIECES = st.lists(
    st.sampled_from(
        [*"aA1é.,-'’%$£ \n/:", "one ", "two", " million", "half of", "1.2", "May ", "2016", "Oct. ", "third", " of ",
         "Mr. ", "U.S. ", "de la ", "19th century", " BC", "12:30", "a dozen", "\n\n", "“", "İ"]
    )
).map("".join)  # fmt: skip


def found(mentions: list[Mention[str]] | list[Mention[float]]) -> list[tuple[str, object]]:
    return [(mention.text, mention.value) for mention in mentions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In Rome, Mr. Ivo Kalin met J. R. R. Marsh's son.", ["Rome", "Mr. Ivo Kalin", "J. R. R. Marsh"]),
        ("She left the University of Leeds for the Bank of the West.", ["University of Leeds", "Bank of the West"]),
        ("Mr. Ivo Kalin of Oslo spoke.", ["Mr. Ivo Kalin", "Oslo"]),
        ("It was played by Ludwig van Beethoven and Jean-Luc Ponty.", ["Ludwig van Beethoven", "Jean-Luc Ponty"]),
        ("AT&T sells the iPhone. They don't like the U.S. Senate.", ["AT&T", "iPhone", "U.S. Senate"]),
        ("Dogs bark. All the dogs bark.", []),
        ("Rivers rise. Some rivers fall. However, Rivers stayed.", ["Rivers"]),
        ("Gold rose. Dunn sold.", ["Gold", "Dunn"]),
        ("He lives in the U.S. She left the U.S. The law changed.", ["U.S.", "U.S."]),
        ("They’re here and It's late.", []),
        ("On Monday, May 3, I met Theresa May in December.", ["Theresa May"]),
        ("He wrote The Old Man for The Times.", ["The Old Man", "The Times"]),
        ("what does it say about rome", []),
        ("Ångström met Ødegaard.", ["Ångström", "Ødegaard"]),
    ],
)  # fmt: skip
def test_names(text: str, expected: list[str]) -> None:
    assert [mention.text for mention in names(text)] == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mr. Ivo Kalin", "Ivo Kalin"),
        ("the U.S.", "the US"),
        ("President Mary Dunn", "Mary Dunn"),
        ("The Times", "Times"),
    ],
)
def test_a_name_has_one_value_however_it_is_written(one: str, other: str) -> None:
    values = [[mention.value for mention in names(f"We saw {name} there")] for name in (one, other)]
    assert values[0] == values[1]
    assert len(values[0]) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seven", 7.0),
        ("fifty-five", 55.0),
        ("two hundred and five thousand", 205_000.0),
        ("three million two hundred thousand and six", 3_200_006.0),
        ("twelve hundred", 1200.0),
        ("1.2 million", 1_200_000.0),
        ("1,234,567.5", 1_234_567.5),
        ("1.5bn", 1_500_000_000.0),
        ("a dozen", 12.0),
        ("a hundred", 100.0),
        ("two-thirds", 2 / 3),
        ("three quarters", 0.75),
        ("3 1/2", 3.5),
        ("1/4", 0.25),
    ],
)
def test_a_number_is_worth_the_same_in_digits_and_in_words(text: str, expected: float) -> None:
    assert found(numbers(f"It took {text} hours.")) == [(text, expected)]
    assert found(numbers(f"{text.capitalize()} hours")) == [(text.capitalize(), expected)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5%", 5.0, "%"),
        ("5 per cent", 5.0, "%"),
        ("five percent", 5.0, "%"),
        ("10 percentage points", 10.0, "%"),
        ("$1.2 million", 1_200_000.0, "USD"),
        ("£3m", 3_000_000.0, "GBP"),
        ("20 million dollars", 20_000_000.0, "USD"),
        ("$US90.79", 90.79, "USD"),
        ("third", 3.0, "ordinal"),
        ("twenty-first", 21.0, "ordinal"),
        ("21st", 21.0, "ordinal"),
        ("12", 12.0, ""),
    ],
)
def test_units(text: str, value: float, unit: str) -> None:
    mention = numbers(f"We saw {text} there")[0]
    assert (mention.text, mention.value, mention.unit) == (text, value, unit)


def test_half_is_a_number_only_of_something() -> None:
    assert found(numbers("Half of the town left in the other half.")) == [("Half", 0.5)]


@pytest.mark.parametrize(
    "text",
    [
        "version 1.2.3 of the F-16 at 10:11:12",
        "no one saw that one, one of them, or the one who left",
        "someone tenfold B2B x86 pick-six",
        "metres per second, split second",
        "in 1990, on October 3, 2016 at 5:30 p.m.",
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert numbers(text) == []


def test_a_number_with_its_measure_attached() -> None:
    assert found(numbers("500km at 12-year-old prices, 2.5GHz")) == [("500", 500.0), ("12", 12.0), ("2.5", 2.5)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2016-10-03", "2016-10-03"),
        ("October 3, 2016", "2016-10-03"),
        ("3rd of October, 2016", "2016-10-03"),
        ("Oct. 3 2016", "2016-10-03"),
        ("3 october 2016", "2016-10-03"),
        ("25/12/2016", "2016-12-25"),
        ("12/25/2016", "2016-12-25"),
        ("3/4/2016", "2016"),
        ("October 2016", "2016-10"),
        ("summer of 1990", "1990-22"),
        ("2016", "2016"),
        ("October 3", "XXXX-10-03"),
        ("October", "XXXX-10"),
        ("May", "XXXX-05"),
        ("1990s", "199X"),
        ("19th century", "18XX"),
        ("twelfth century", "11XX"),
        ("fifth century BC", "-04XX"),
        ("44 BC", "-0043"),
        ("AD 79", "0079"),
        ("Monday", "Monday"),
        ("5:30 p.m.", "T17:30"),
        ("12 a.m.", "T00:00"),
        ("17:05", "T17:05"),
    ],
)
def test_dates(text: str, value: str) -> None:
    assert found(dates(f"They met in {text} there")) == [(text, value)]


@pytest.mark.parametrize(
    "text",
    ["He may march.", "1500 people came", "$2000", "2000 metres", "a 1200-seat hall", "1,990", "route 20161"],
)
def test_what_is_no_date(text: str) -> None:
    assert dates(text) == []


def test_a_range_is_two_dates() -> None:
    assert found(dates("from 1914–1918, the 1920 census")) == [("1914", "1914"), ("1918", "1918"), ("1920", "1920")]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("2016", "2016-10-03", True),
        ("XXXX-10", "2016-10", True),
        ("199X", "1995", True),
        ("18XX", "1805-10", True),
        ("2016", "2017", False),
        ("XXXX-10-03", "2016-11", False),
        ("Monday", "Monday", True),
        ("Monday", "2016", False),
        ("-0043", "0043", False),
        ("T17:30", "T17:31", False),
    ],
)
def test_compatible_dates(one: str, other: str, expected: bool) -> None:
    assert compatible(one, other) is expected
    assert compatible(other, one) is expected


@given(PIECES | st.text())
def test_mentions_are_in_order_and_say_what_stands_there(text: str) -> None:
    for mentions in (names(text), numbers(text), dates(text)):
        assert all(text[mention.span.start : mention.span.end] == mention.text != "" for mention in mentions)
        assert all(before.span.end <= after.span.start for before, after in pairwise(mentions))


@pytest.mark.parametrize(
    "unit", ["A of ", "one and ", "1,", "1 1/", "Jan 1 ", "twenty-", "A.", "$", " ", "\n", "“A ", "12/"]
)
def test_odd_text_takes_time_in_proportion_to_its_length(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    for find in (names, numbers, dates):
        began = time.thread_time()
        find(text)
        assert time.thread_time() - began < 8  # measured: under 1; what grows with the square takes hours
