"""Choosing what to quote, proved on hand-made passages with a scripted reranker."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer import FURTHER_QUOTE_WITHIN, MOST_QUOTES, PAIR_COST, PASSAGE_WEIGHT, PASSAGES_READ, choose, confidence
from qa.records import Article, Chunk, Passage, Span, Standing, Verdict
from qa.sentences import sentences

NOT_SURE = "The closest passages do not answer the question well enough to quote one as an answer."
NOTHING_SEARCHED = "Nothing in the articles resembles the question."


def passage(text: str, logit: float = 4.0, article: str = "a", title: str = "Title") -> Passage:
    spans = tuple(sentences(text))
    chunk = Chunk(f"{article}:0", article, Span(spans[0].start, spans[-1].end), title, spans)
    return Passage(chunk, Article(article, title, text, "test"), Standing(1, 0.1), None, None, Standing(1, logit))


class Script:
    """A reranker that knows what each text scores; every other text scores -9. It keeps what it was asked."""

    def __init__(self, scores: dict[str, float], title: str = "Title") -> None:
        self.scores = {f"{title}\n{text}": score for text, score in scores.items()}
        self.asked: list[tuple[str, list[str]]] = []

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        return [self.scores.get(text, -9.0) for text in texts]


def quoted(verdict: Verdict) -> list[str]:
    return [quote.passage.article.text[quote.span.start : quote.span.end] for quote in verdict.quotes]


def test_the_numbers_these_examples_are_made_for() -> None:
    assert (PASSAGES_READ, PASSAGE_WEIGHT, PAIR_COST, MOST_QUOTES, FURTHER_QUOTE_WITHIN) == (3, 0.5, 1.0, 3, 1.0)


class TestConfidence:
    @pytest.mark.parametrize(
        ("passage_logit", "sentence_logit", "expected"),
        [
            (0, 0, 0.5),
            (3, 1, 1 / (1 + math.exp(-2))),
            (1, 3, 0.8807970779778823),
            (-4, 0, 1 / (1 + math.exp(2))),
            (10, -10, 0.5),
            (math.log(3) * 2, 0, 0.75),
            (1000, 1000, 1.0),
            (-1000, -1000, 0.0),
            (1000, -1000, 0.5),
        ],
    )
    def test_worked_examples(self, passage_logit: float, sentence_logit: float, expected: float) -> None:
        assert confidence(passage_logit, sentence_logit) == pytest.approx(expected, abs=1e-12)

    @settings(deadline=None)
    @given(st.floats(-600, 600), st.floats(-600, 600))
    def test_it_is_the_logistic_function_of_the_mean(self, one: float, other: float) -> None:
        assert confidence(one, other) == pytest.approx(1 / (1 + math.exp(-(one + other) / 2)), abs=1e-12)

    @settings(deadline=None)
    @given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
    def test_it_is_a_share_of_one(self, one: float, other: float) -> None:
        assert 0 <= confidence(one, other) <= 1
        assert confidence(one, other) == confidence(other, one)


class TestWhatIsRead:
    def test_sentences_and_neighbours_of_the_first_three_passages_under_their_context(self) -> None:
        script = Script({})
        texts = ["One is here. Two is here. Three is here.", "Four is here.", "Five is here.", "Six is here."]
        passages = [passage(text, article=str(number), title=f"T{number}") for number, text in enumerate(texts)]
        choose("Who?", passages, script, 0.5)
        assert script.asked == [
            (
                "Who?",
                [
                    "T0\nOne is here.",
                    "T0\nTwo is here.",
                    "T0\nThree is here.",
                    "T0\nOne is here. Two is here.",
                    "T0\nTwo is here. Three is here.",
                    "T1\nFour is here.",
                    "T2\nFive is here.",
                ],
            )
        ]

    def test_two_words_are_no_answer_of_their_own_unless_there_is_nothing_longer(self) -> None:
        script = Script({})
        choose("Who?", [passage("Thank you. He has left us."), passage("Thank you.", article="b")], script, 0.5)
        assert script.asked[0][1] == [
            "Title\nHe has left us.",
            "Title\nThank you. He has left us.",
            "Title\nThank you.",
        ]

    def test_a_list_of_names_is_read_name_by_name(self) -> None:
        script = Script({"Oslo": 5.0})
        verdict = choose("Where?", [passage("Oslo\n\nBergen\n\nParis, France")], script, 0.5)
        assert script.asked[0][1] == ["Title\nOslo", "Title\nBergen", "Title\nParis, France"]
        assert quoted(verdict) == ["Oslo"]

    def test_a_pair_never_reaches_over_the_end_of_a_paragraph(self) -> None:
        script = Script({"One is here.\n\nTwo is here.": 9.0, "One is here.": 3.0, "Two is here.": 1.5})
        verdict = choose("Who?", [passage("One is here.\n\nTwo is here.")], script, 0.5)
        assert script.asked[0][1] == ["Title\nOne is here.", "Title\nTwo is here."]
        assert quoted(verdict) == ["One is here."]

    def test_a_line_end_inside_a_paragraph_does_not_part_a_pair(self) -> None:
        script = Script({"Kim came home.\nHe slept well.": 9.0})
        assert quoted(choose("Who?", [passage("Kim came home.\nHe slept well.")], script, 0.5)) == [
            "Kim came home.\nHe slept well."
        ]


class TestWhichIsChosen:
    TEXT = "Kim met Noh. He flew home late. Snow fell that night."

    def test_the_best_sentence(self) -> None:
        script = Script({"Kim met Noh.": 1.0, "He flew home late.": 5.0, "Snow fell that night.": 2.5})
        verdict = choose("Who flew?", [passage(self.TEXT, logit=3.0)], script, 0.5)
        assert quoted(verdict) == ["He flew home late."]
        assert verdict.quotes[0].score == 5.0
        assert verdict.confidence == pytest.approx(1 / (1 + math.exp(-4)), abs=1e-12)  # (3 + 5) / 2
        assert verdict.reason is None

    @pytest.mark.parametrize(
        ("pair", "expected", "score"),
        [
            (5.9, "He flew home late.", 5.0),
            (6.0, "He flew home late.", 5.0),  # no better than one sentence, less what its length costs
            (6.1, "Kim met Noh. He flew home late.", 5.1),
        ],
    )
    def test_a_pair_only_where_it_answers_clearly_better(self, pair: float, expected: str, score: float) -> None:
        script = Script({"He flew home late.": 5.0, "Kim met Noh. He flew home late.": pair})
        verdict = choose("Who flew?", [passage(self.TEXT)], script, 0.5)
        assert quoted(verdict) == [expected]
        assert verdict.quotes[0].score == pytest.approx(score, abs=1e-12)

    def test_a_better_passage_lends_weight_to_its_sentences(self) -> None:
        passages = [passage("Kim met Noh here.", 6.0, "a"), passage("Snow fell that night.", 0.0, "b")]
        script = Script({"Kim met Noh here.": 2.0, "Snow fell that night.": 4.9})
        assert quoted(choose("Who?", passages, script, 0.5))[0] == "Kim met Noh here."  # 2 + 6 / 2 > 4.9 + 0 / 2
        script = Script({"Kim met Noh here.": 2.0, "Snow fell that night.": 5.1})
        assert quoted(choose("Who?", passages, script, 0.5))[0] == "Snow fell that night."

    def test_equal_scores_keep_the_order_of_the_passages(self) -> None:
        passages = [passage("Kim met Noh here.", 1.0, "b"), passage("Snow fell that night.", 1.0, "a")]
        script = Script({"Kim met Noh here.": 2.0, "Snow fell that night.": 2.0})
        assert quoted(choose("Who?", passages, script, 0.5)) == ["Kim met Noh here.", "Snow fell that night."]

    def test_up_to_three_quotes_best_first(self) -> None:
        text = "Kim met Noh. He flew home late. Snow fell that night. Trains stood still."
        scores = {
            "Kim met Noh.": 4.6,
            "He flew home late.": 5.0,
            "Snow fell that night.": 4.3,
            "Trains stood still.": 4.1,
        }
        assert quoted(choose("Who?", [passage(text)], Script(scores), 0.5)) == [
            "He flew home late.",
            "Kim met Noh.",
            "Snow fell that night.",
        ]

    def test_a_further_quote_may_trail_by_one_and_no_more(self) -> None:
        for score, expected in ((4.0, ["He flew home late.", "Kim met Noh."]), (3.99, ["He flew home late."])):
            script = Script({"He flew home late.": 5.0, "Kim met Noh.": score})
            assert quoted(choose("Who?", [passage(self.TEXT)], script, 0.5)) == expected

    def test_quotes_do_not_overlap(self) -> None:
        # The pair is best; both its sentences are near enough, and lie within it.
        script = Script(
            {
                "Kim met Noh. He flew home late.": 7.0,
                "He flew home late. Snow fell that night.": 6.9,
                "Kim met Noh.": 5.5,
                "He flew home late.": 5.5,
                "Snow fell that night.": 5.2,
            }
        )
        verdict = choose("Who?", [passage(self.TEXT)], script, 0.5)
        assert quoted(verdict) == ["Kim met Noh. He flew home late.", "Snow fell that night."]

    def test_the_same_offsets_in_another_article_are_no_overlap(self) -> None:
        passages = [passage("Kim met Noh here.", article="a"), passage("Snow fell at night.", article="b")]
        script = Script({"Kim met Noh here.": 5.0, "Snow fell at night.": 4.0})
        assert quoted(choose("Who?", passages, script, 0.5)) == ["Kim met Noh here.", "Snow fell at night."]

    @pytest.mark.parametrize(
        ("other", "repeats"),
        [
            ("Kim met Noh in Seoul!", True),
            ("“KIM met Noh,” in Seoul", True),
            # Three of five words are the same: 0.6 of the shorter. Two of five are not.
            ("Kim met Noh last week.", True),
            ("Kim met someone last week.", False),
            ("Today, it was reported that Kim met Noh in Seoul after all.", True),
        ],
    )
    def test_what_says_the_same_is_quoted_once(self, other: str, *, repeats: bool) -> None:
        script = Script({"Kim met Noh in Seoul.": 5.0, other: 4.0})
        verdict = choose(
            "Who?", [passage("Kim met Noh in Seoul.", article="a"), passage(other, article="b")], script, 0.5
        )
        assert quoted(verdict) == ["Kim met Noh in Seoul."] + ([] if repeats else [other])


class TestAbstaining:
    TEXT = "Kim met Noh. He flew home late."

    @pytest.mark.parametrize(
        ("passage_logit", "sentence_logit", "least", "answers"),
        [
            (2.0, -2.0, 0.5, True),  # the very limit answers
            (2.0, -2.01, 0.5, False),
            (-8.0, -9.0, 0.0, True),
            (9.0, 9.0, 1.0, False),
            (9.0, -9.0, 0.4, True),
        ],
    )
    def test_below_the_least_confidence(
        self, passage_logit: float, sentence_logit: float, least: float, *, answers: bool
    ) -> None:
        script = Script({"Kim met Noh.": sentence_logit, "He flew home late.": -20.0, self.TEXT: -20.0})
        verdict = choose("Who?", [passage(self.TEXT, logit=passage_logit)], script, least)
        sure = 1 / (1 + math.exp(-(passage_logit + sentence_logit) / 2))
        assert verdict.confidence == pytest.approx(sure, abs=1e-12)
        assert quoted(verdict) == (["Kim met Noh."] if answers else [])
        assert verdict.reason == (None if answers else NOT_SURE)

    def test_confidence_is_that_of_the_first_passage_and_of_the_best_sentence(self) -> None:
        passages = [passage("Kim met Noh here.", 2.0, "a"), passage("Snow fell that night.", 0.0, "b")]
        script = Script({"Kim met Noh here.": -3.0, "Snow fell that night.": 4.0})
        verdict = choose("Who?", passages, script, 0.5)
        assert quoted(verdict) == ["Snow fell that night."]
        assert verdict.confidence == pytest.approx(1 / (1 + math.exp(-3)), abs=1e-12)  # (2 + 4) / 2

    def test_no_passages(self) -> None:
        assert choose("Who?", [], Script({}), 0.0) == Verdict((), 0.0, NOTHING_SEARCHED)

    def test_extreme_logits(self) -> None:
        script = Script({"Kim met Noh here.": -1000.0})
        assert choose("Who?", [passage("Kim met Noh here.", -1000.0)], script, 0.5) == Verdict((), 0.0, NOT_SURE)
        script = Script({"Kim met Noh here.": 1000.0})
        assert choose("Who?", [passage("Kim met Noh here.", 1000.0)], script, 0.5).confidence == 1.0


_LOGITS = st.integers(-12, 12).map(float)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["Kim met Noh.", "So it was.", "Snow fell\n\n", "Thank you.", "x"]), min_size=1),
            _LOGITS,
        ),
        max_size=5,
    ),
    st.data(),
    st.floats(0, 1),
)
def test_what_holds_of_any_passages(parts: list[tuple[list[str], float]], data: st.DataObject, least: float) -> None:
    passages = [passage(" ".join(texts), logit, str(number)) for number, (texts, logit) in enumerate(parts)]

    def score(_: str, texts: Sequence[str]) -> list[float]:
        return data.draw(st.lists(_LOGITS, min_size=len(texts), max_size=len(texts)))

    verdict = choose("Who?", passages, score, least)
    assert (verdict.reason is None) == bool(verdict.quotes)
    assert len(verdict.quotes) <= 3
    for place, quote in enumerate(verdict.quotes):
        spans = quote.passage.chunk.sentences
        assert quote.passage in passages[:3]
        assert (quote.span.start, quote.span.end) in {
            *((span.start, span.end) for span in spans),
            *((first.start, second.end) for first, second in pairwise(spans)),
        }
        for other in verdict.quotes[:place]:
            assert (
                other.passage != quote.passage
                or other.span.end <= quote.span.start
                or quote.span.end <= other.span.start
            )
    if verdict.quotes:
        assert verdict.confidence >= least


class TestFurtherQuotes:
    def test_each_must_be_sure_enough_by_itself(self) -> None:
        passages = [
            passage("Kim met Noh here.", logit=2.0, article="a"),
            passage("Snow fell.", logit=-1.0, article="b"),
        ]
        script = Script({"Kim met Noh here.": 0.0, "Snow fell.": 0.9})
        # The second trails the first by little, and alone would be below the threshold: (-1 + 0.9) / 2 < 0.
        assert quoted(choose("Who?", passages, script, 0.5)) == ["Kim met Noh here."]

    def test_nothing_is_quoted_from_a_script_the_reranker_does_not_read(self) -> None:
        script = Script({"東京は日本の首都である。": 9.0})
        verdict = choose("What is the capital?", [passage("東京は日本の首都である。")], script, 0.5)
        assert (verdict.quotes, verdict.confidence) == ((), 0.0)
        assert verdict.reason is not None
        assert "reads English" in verdict.reason
