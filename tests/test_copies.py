"""Near-duplicates, by worked examples: what is one text, what only looks like it, and who is listed."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.copies import SAME, SHINGLE, collapse, is_copy, with_copies
from qa.records import Article, Chunk, Passage, Quote, Span, Standing
from qa.sentences import sentences

WIRE = "The river rose by two metres overnight, and the old bridge in Arden was closed to all traffic on Monday."


def passage(text: str, article: str, published_at: str | None = None) -> Passage:
    spans = tuple(sentences(text))
    chunk = Chunk(f"{article}:0", article, Span(spans[0].start, spans[-1].end), "Title", spans)
    whole = Article(article, f"Title {article}", text, "test", published_at=published_at)
    return Passage(chunk, whole, Standing(1, 0.1), None, None, Standing(1, 4.0))


def quote(of: Passage, first: int = 0, last: int | None = None) -> Quote:
    spans = of.chunk.sentences
    span = Span(spans[first].start, spans[first if last is None else last].end)
    return Quote(of, span, of.article.text[span.start : span.end], 5.0)


class TestIsCopy:
    def test_the_numbers_these_examples_are_made_for(self) -> None:
        assert (SHINGLE, SAME) == (3, 0.7)

    def test_resemblance_by_hand(self) -> None:
        # 9 words, 7 shingles; the last word changed: 6 of 8 shingles are shared, 0.75.
        assert is_copy("a b c d e f g h i", "a b c d e f g h j")
        # 8 words, 6 shingles: 5 of 7 are shared, 0.71. 7 words: 4 of 6, 0.67.
        assert is_copy("a b c d e f g h", "a b c d e f g j")
        assert not is_copy("a b c d e f g", "a b c d e f h")

    @pytest.mark.parametrize(
        "other",
        [
            WIRE,
            WIRE.upper(),
            WIRE.replace(",", ""),
            f"“{WIRE}”",
            WIRE.replace("old ", ""),
            WIRE.replace("all traffic", "traffic"),
            WIRE[:-1] + ", officials said.",
        ],
    )
    def test_an_edit_that_decides_nothing(self, other: str) -> None:
        assert is_copy(WIRE, other)
        assert is_copy(other, WIRE)

    @pytest.mark.parametrize(
        "other",
        [
            WIRE.replace("two", "three"),
            WIRE.replace("two", "2"),
            WIRE.replace("Monday", "Tuesday"),
            WIRE.replace("was closed", "was not closed"),
            WIRE.replace("was closed", "wasn’t closed"),
            WIRE.replace("rose", "fell"),
            WIRE.replace("Arden", "Barden"),
            WIRE.replace("by two", "by less than two"),
            "The mayor of Arden opened the new library on Monday.",
            "",
        ],
    )
    def test_what_says_something_else(self, other: str) -> None:
        assert not is_copy(WIRE, other)
        assert not is_copy(other, WIRE)

    def test_numbers_in_another_order_say_something_else(self) -> None:
        text = "In the end the visitors from the north beat the hosts {} to {} on the last day of the long season."
        assert not is_copy(text.format(3, 1), text.format(1, 3))

    def test_nothing_is_no_copy_of_nothing(self) -> None:
        assert not is_copy("...", "!")

    @given(st.text(alphabet="ab 1.", max_size=60), st.text(alphabet="ab 1.", max_size=60))
    def test_it_is_mutual(self, one: str, other: str) -> None:
        assert is_copy(one, other) == is_copy(other, one)


class TestCollapse:
    def test_a_copy_is_folded_into_the_best_ranked(self) -> None:
        best, copy, own = passage(WIRE, "a"), passage(WIRE, "b"), passage("Snow fell in Oslo that night.", "c")
        kept = collapse([best, copy, own])
        assert [(found.passage, found.copies) for found in kept] == [(best, (copy,)), (own, ())]

    def test_a_passage_within_a_longer_one_is_folded_and_not_the_other_way(self) -> None:
        longer, shorter = passage(f"{WIRE} Snow fell in Oslo that night.", "a"), passage(WIRE, "b")
        assert [len(found.copies) for found in collapse([longer, shorter])] == [1]
        assert [len(found.copies) for found in collapse([shorter, longer])] == [0, 0]

    def test_one_sentence_of_its_own_keeps_a_passage(self) -> None:
        first = passage(f"{WIRE} Nobody was hurt, said the fire brigade of the town.", "a")
        second = passage(f"{WIRE} Nine people were hurt, said the fire brigade of the town.", "b")
        assert [len(found.copies) for found in collapse([first, second])] == [0, 0]

    def test_an_article_is_no_copy_of_itself(self) -> None:
        assert len(collapse([passage(WIRE, "a"), passage(WIRE, "a")])) == 2

    def test_nothing(self) -> None:
        assert collapse([]) == ()


class TestWithCopies:
    def test_the_others_are_listed_the_earliest_first_and_undated_last(self) -> None:
        best = passage(WIRE, "a", "2023-10-04")
        others = [passage(WIRE, "b"), passage(WIRE, "c", "2023-10-03"), passage(WIRE, "d", "2023-10-01T09:00:00Z")]
        (found,) = with_copies([quote(best)], [best, *others])
        assert found.passage is best
        assert [article.id for article in found.also_in] == ["d", "c", "b"]

    def test_a_quote_that_repeats_an_earlier_one_is_folded(self) -> None:
        best, copy = passage(WIRE, "a"), passage(WIRE, "b")
        (found,) = with_copies([quote(best), quote(copy)], [best, copy])
        assert (found.passage.article.id, [article.id for article in found.also_in]) == ("a", ["b"])

    def test_quotes_that_disagree_both_stay(self) -> None:
        one, other = passage(WIRE, "a"), passage(WIRE.replace("two", "three"), "b")
        found = with_copies([quote(one), quote(other)], [one, other])
        assert [(kept.passage.article.id, kept.also_in) for kept in found] == [("a", ()), ("b", ())]

    def test_every_sentence_of_a_quote_must_stand_in_the_other_article(self) -> None:
        both = passage(f"{WIRE} Snow fell in Oslo that night.", "a")
        first = passage(WIRE, "b")
        assert with_copies([quote(both, 0, 1)], [both, first])[0].also_in == ()
        assert [article.id for article in with_copies([quote(both, 0)], [both, first])[0].also_in] == ["b"]

    def test_the_sentences_may_stand_in_two_passages_of_the_other_article(self) -> None:
        text = f"{WIRE} Snow fell in Oslo that night."
        whole, cut = passage(text, "a"), passage(text, "b")
        pieces = [
            Passage(Chunk(f"b:{i}", "b", span, "Title", (span,)), cut.article, cut.fused, None, None, cut.rerank)
            for i, span in enumerate(cut.chunk.sentences)
        ]
        (found,) = with_copies([quote(whole, 0, 1)], [whole, *pieces])
        assert [article.id for article in found.also_in] == ["b"]

    def test_nothing_else_of_a_quote_changes(self) -> None:
        best = passage(WIRE, "a")
        assert with_copies([quote(best)], [best]) == (quote(best),)


def test_thirty_passages_are_folded_at_once() -> None:
    words = [f"word{number}" for number in range(500)]
    text = " ".join(" ".join(words[start:end]).capitalize() + "." for start, end in pairwise(range(0, 501, 20)))
    passages = [passage(text, str(number)) for number in range(30)]
    started = time.thread_time()
    assert len(collapse(passages)) == 1
    assert time.thread_time() - started < 2
