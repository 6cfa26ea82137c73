"""What a person writes to filter by, and what it comes to."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import BadFilterError
from qa.filters import MOST_SOURCES, read_filters
from qa.records import NO_FILTERS, Filters

KNOWN = ("BBC News - Technology", "Fortune", "The Guardian", "The Verge", "WIRED", "Wired")


class TestDays:
    @pytest.mark.parametrize(
        ("given", "first", "last"),
        [
            ("2023", "2023-01-01", "2023-12-31"),
            ("2023-10", "2023-10-01", "2023-10-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023-02", "2023-02-01", "2023-02-28"),
            (" 2023-10-04 ", "2023-10-04", "2023-10-04"),
            ("0001", "0001-01-01", "0001-12-31"),
            ("9999-12", "9999-12-01", "9999-12-31"),
        ],
    )
    def test_a_part_of_a_date_is_all_of_its_days(self, given: str, first: str, last: str) -> None:
        assert read_filters((), given, given, ()) == Filters((), first, last)

    @pytest.mark.parametrize("given", [None, "", "  "])
    def test_nothing_given_is_no_filter(self, given: str | None) -> None:
        assert read_filters((), given, given, KNOWN) == NO_FILTERS

    @given(st.dates(), st.dates())
    def test_a_day_is_itself_and_the_wrong_way_round_is_refused(self, one: date, other: date) -> None:
        early, late = sorted((one, other))
        assert read_filters((), str(early), str(late), ()) == Filters((), str(early), str(late))
        if early < late:
            with pytest.raises(BadFilterError, match=f"last day, {early}, is before the first, {late}"):
                read_filters((), str(late), str(early), ())

    @pytest.mark.parametrize(
        "given",
        [
            "yesterday", "4 October 2023", "10/04/2023", "2023-13", "2023-00", "2023-02-29", "0000", "20231004", "23",
            "2023-10-04T08:00:00Z", "2023-W40", "２０２３", "-2023", "2023-1-1", "2023-10-04\x00", "9" * 5000,
        ],
    )  # fmt: skip
    def test_what_is_no_day_is_refused_with_what_is(self, given: str) -> None:
        for name, since, until in (("since", given, None), ("until", None, given)):
            with pytest.raises(BadFilterError, match=rf"^{name}: .* is not a day; write it as 2023-10-04") as refused:
                read_filters((), since, until, ())
            assert len(str(refused.value)) < 250

    @given(stated=st.text())
    def test_any_text_is_a_day_or_refused(self, stated: str) -> None:
        with suppress(BadFilterError):
            read_filters((), stated, None, ())


class TestSources:
    def test_in_their_order_each_once(self) -> None:
        assert read_filters(["The Verge", "Fortune", "The Verge"], None, None, KNOWN).sources == (
            "The Verge",
            "Fortune",
        )

    @pytest.mark.parametrize("given", ["the verge", "THE VERGE", " The  Verge "])
    def test_in_another_case(self, given: str) -> None:
        assert read_filters([given], None, None, KNOWN).sources == ("The Verge",)

    def test_a_case_that_tells_two_apart(self) -> None:
        assert read_filters(["Wired", "WIRED"], None, None, KNOWN).sources == ("Wired", "WIRED")
        with pytest.raises(BadFilterError, match=r"from the source 'wired'\. Similar: 'WIRED', 'Wired'\."):
            read_filters(["wired"], None, None, KNOWN)

    def test_one_that_no_article_has_and_those_like_it(self) -> None:
        with pytest.raises(BadFilterError) as refused:
            read_filters(["Fortune", "The Gardian"], None, None, KNOWN)
        assert str(refused.value).startswith("No article is from the source 'The Gardian'. Similar: 'The Guardian'")

    @pytest.mark.parametrize("given", ["", "zzz", "' OR 1=1 --", "x" * 10_000, "\ud800", "%", "<b>"])
    def test_one_that_is_like_none(self, given: str) -> None:
        with pytest.raises(BadFilterError, match=r"^No article is from the source ['\"].*['\"]\.$") as refused:
            read_filters([given], None, None, KNOWN)
        assert len(str(refused.value)) < 200

    def test_of_a_corpus_without_sources(self) -> None:
        with pytest.raises(BadFilterError, match=r"^No article is from the source 'The Verge'\.$"):
            read_filters(["The Verge"], None, None, ())

    def test_so_many_and_no_more(self) -> None:
        many = [f"Source {number}" for number in range(MOST_SOURCES + 1)]
        assert read_filters(many[1:], None, None, many).sources == tuple(many[1:])
        with pytest.raises(BadFilterError, match="At most 50 sources can be chosen at once, not 51"):
            read_filters(many, None, None, many)
