"""A quote for each part of a question, each from an article of its own."""

from __future__ import annotations

from qa.evidence import one_each
from qa.records import Article, Chunk, Passage, Quote, Span, Standing


def quote(name: str, score: float) -> Quote:
    article = Article(name, "T", "Some text.", "test")
    chunk = Chunk(f"{name}:0", name, Span(0, 10), "T", (Span(0, 10),))
    return Quote(Passage(chunk, article, Standing(1, 0.1), None, None, None), Span(0, 10), "Some text.", score)


def chosen(*by_part: list[Quote], least: float = 0.0) -> list[tuple[str, float]]:
    return [(found.passage.article.id, found.score) for found in one_each(by_part, least)]


def test_the_best_of_each_part_in_the_order_of_the_parts() -> None:
    assert chosen([quote("a", 1), quote("b", 2)], [quote("c", 3), quote("d", 1)]) == [("b", 2), ("c", 3)]


def test_two_parts_never_share_an_article() -> None:
    # "a" is the best for both; it goes to the part that it answers more surely.
    assert chosen([quote("a", 2), quote("b", 1)], [quote("a", 5), quote("c", 4)]) == [("b", 1), ("a", 5)]


def test_what_is_below_the_least_is_no_evidence() -> None:
    assert chosen([quote("a", 2)], [quote("b", 0.9)], least=1.0) == []
    assert chosen([quote("a", 2)], [quote("b", 1.0)], least=1.0) == [("a", 2), ("b", 1.0)]


def test_one_part_alone_is_not_enough_and_two_of_three_are() -> None:
    assert chosen([quote("a", 2)], [quote("a", 1)]) == []
    assert chosen([quote("a", 2)], []) == []
    assert chosen([]) == []
    assert chosen([quote("a", 2)], [], [quote("b", 1)]) == [("a", 2), ("b", 1)]


def test_equal_scores_go_to_the_earlier_part_and_candidate() -> None:
    assert chosen([quote("a", 1), quote("b", 1)], [quote("a", 1), quote("b", 1)]) == [("a", 1), ("b", 1)]
