"""What is read of the passages, what is told of it, and which quotes stand, proved by hand with a scripted reranker."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from importlib.resources import files
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import (
    Confidence,
    Logistic,
    Signals,
    favoured,
    is_within,
    models,
    overlap,
    ranked,
    read_windows,
    share,
    signals,
    without_repetition,
)
from qa.answer.choice import FURTHER_QUOTE_WITHIN, KIND, MOST_QUOTES, PASSAGE_WEIGHT, SAME_WORDS, TERMS
from qa.answer.confidence import FILE
from qa.answer.windows import PAIR_COST, PAIRED, PASSAGES_READ
from qa.records import Article, Chunk, Passage, Quote, Span, Standing
from qa.sentences import sentences

NOBODY = Article("", "", "", "test")


def passage(
    text: str, logit: float | None = 4.0, article: str = "a", title: str = "Title", of: Article = NOBODY
) -> Passage:
    spans = tuple(sentences(text))
    chunk = Chunk(f"{article}:0", article, Span(spans[0].start, spans[-1].end), title, spans)
    rerank = None if logit is None else Standing(1, logit)
    return Passage(
        chunk, replace(of, id=article, title=title, text=text), Standing(1, 0.1), None, None, rerank, Standing(1, 0.0)
    )


def quote(of: Passage, words: str, score: float = 0.0) -> Quote:
    start = of.article.text.index(words)
    return Quote(of, Span(start, start + len(words)), words, score)


class Script:
    """A reranker that knows what each text scores; every other text scores -9. It keeps what it was asked."""

    def __init__(self, scores: Mapping[str, float], title: str = "Title") -> None:
        self.scores = {f"{title}\n{text}": score for text, score in scores.items()}
        self.asked: list[tuple[str, list[str]]] = []

    def __call__(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        return [self.scores.get(text, -9.0) for text in texts]


def found(quotes: Sequence[Quote]) -> list[tuple[str, float]]:
    return [(quote.text, quote.score) for quote in quotes]


def test_the_numbers_these_examples_are_made_for() -> None:
    assert (PASSAGES_READ, PAIRED, PAIR_COST) == (3, 3, 1.0)
    assert (PASSAGE_WEIGHT, MOST_QUOTES, FURTHER_QUOTE_WITHIN, SAME_WORDS) == (0.5, 3, 1.0, 0.6)
    assert (TERMS, KIND) == (2.0, 0.5)


class TestWindows:
    def test_sentences_of_the_first_three_passages_under_their_context_then_pairs(self) -> None:
        script = Script({})
        texts = ["One is here. Two is here. Three is here.", "Four is here.", "Five is here.", "Six is here."]
        passages = [passage(text, article=str(number), title=f"T{number}") for number, text in enumerate(texts)]
        read_windows("Who?", passages, script)
        assert script.asked == [
            (
                "Who?",
                [
                    "T0\nOne is here.",
                    "T0\nTwo is here.",
                    "T0\nThree is here.",
                    "T1\nFour is here.",
                    "T2\nFive is here.",
                ],
            ),
            ("Who?", ["T0\nOne is here. Two is here.", "T0\nTwo is here. Three is here."]),
        ]

    def test_pairs_only_beside_the_three_best_sentences(self) -> None:
        text = "One is here. Two is here. Three is here. Four is here. Five is here. Six is here. Seven is here."
        script = Script({"Five is here.": 5.0, "Two is here.": 4.0, "Six is here.": 3.0, "Four is here.": 2.0})
        read_windows("Who?", [passage(text)], script)
        assert script.asked[1][1] == [
            "Title\nOne is here. Two is here.",
            "Title\nTwo is here. Three is here.",
            "Title\nFour is here. Five is here.",
            "Title\nFive is here. Six is here.",
            "Title\nSix is here. Seven is here.",
        ]

    def test_the_best_sentences_are_those_of_all_passages(self) -> None:
        passages = [
            passage("One is here. Two is here.", article="a"),
            passage("Six is here. Ten is here.", article="b"),
        ]
        script = Script({"Six is here.": 5.0, "Ten is here.": 4.0, "One is here.": -8.0, "Two is here.": -8.5})
        read_windows("Who?", passages, script)
        assert script.asked[1][1] == ["Title\nOne is here. Two is here.", "Title\nSix is here. Ten is here."]
        text = "One is here. Two is here. Three is here. Four is here. Five is here."
        passages = [passage(text, article="a"), passage("Six is here. Ten is here. Cat is here.", article="b")]
        script = Script({"Six is here.": 5.0, "Ten is here.": 4.0, "Cat is here.": 3.0})
        read_windows("Who?", passages, script)
        assert script.asked[1][1] == ["Title\nSix is here. Ten is here.", "Title\nTen is here. Cat is here."]

    def test_a_pair_costs_one_logit(self) -> None:
        script = Script({"Kim met Noh.": 1.0, "He flew home late.": 5.0, "Kim met Noh. He flew home late.": 5.5})
        assert found(read_windows("Who flew?", [passage("Kim met Noh. He flew home late.")], script)) == [
            ("He flew home late.", 5.0),
            ("Kim met Noh. He flew home late.", 4.5),
            ("Kim met Noh.", 1.0),
        ]

    def test_equal_scores_keep_the_order_of_passages_and_text_and_the_shorter_goes_first(self) -> None:
        passages = [
            passage("Kim met Noh here. Snow fell that night.", article="b"),
            passage("Ice came too.", article="a"),
        ]
        same = {"Kim met Noh here.": 2.0, "Snow fell that night.": 2.0, "Ice came too.": 2.0}
        script = Script({**same, "Kim met Noh here. Snow fell that night.": 3.0})
        assert [text for text, _ in found(read_windows("Who?", passages, script))] == [
            "Kim met Noh here.",
            "Snow fell that night.",
            "Ice came too.",
            "Kim met Noh here. Snow fell that night.",
        ]

    def test_two_words_are_no_answer_of_their_own_unless_there_is_nothing_longer(self) -> None:
        script = Script({})
        read_windows("Who?", [passage("Thank you. He has left us."), passage("Thank you.", article="b")], script)
        assert [texts for _, texts in script.asked] == [
            ["Title\nHe has left us.", "Title\nThank you."],
            ["Title\nThank you. He has left us."],
        ]

    @pytest.mark.parametrize(
        "invitation",
        [
            "Sign up for our daily letter.",
            "Please read our Privacy Notice first.",
            "You may click here to read more.",
            "Subscribe to our channel now.",
        ],
    )
    def test_what_a_site_says_of_itself_is_not_read(self, invitation: str) -> None:
        script = Script({})
        read_windows("Who?", [passage(f"He has left us. {invitation} She came back.")], script)
        assert [texts for _, texts in script.asked] == [["Title\nHe has left us.", "Title\nShe came back."], []]
        read_windows("Who?", [passage(invitation)], script)
        assert script.asked[2][1] == [f"Title\n{invitation}"]  # nothing else is there

    def test_a_list_of_names_is_read_name_by_name(self) -> None:
        script = Script({"Oslo": 5.0})
        assert found(read_windows("Where?", [passage("Oslo\n\nBergen\n\nParis, France")], script))[0] == ("Oslo", 5.0)
        assert script.asked[0][1] == ["Title\nOslo", "Title\nBergen", "Title\nParis, France"]

    def test_a_pair_never_reaches_over_the_end_of_a_paragraph(self) -> None:
        script = Script({"One is here.\n\nTwo is here.": 9.0, "One is here.": 3.0})
        assert found(read_windows("Who?", [passage("One is here.\n\nTwo is here.")], script)) == [
            ("One is here.", 3.0),
            ("Two is here.", -9.0),
        ]

    def test_a_line_end_inside_a_paragraph_does_not_part_a_pair(self) -> None:
        script = Script({"Kim came home.\nHe slept well.": 9.0})
        assert found(read_windows("Who?", [passage("Kim came home.\nHe slept well.")], script))[0] == (
            "Kim came home.\nHe slept well.",
            8.0,
        )

    def test_no_passages(self) -> None:
        assert read_windows("Who?", [], Script({})) == []

    @given(
        st.lists(
            st.lists(st.sampled_from(["Kim met Noh.", "So it was.", "Snow fell\n\n", "Thank you.", "x"]), min_size=1),
            max_size=5,
        ),
        st.randoms(use_true_random=False),
    )
    def test_a_quote_is_one_sentence_or_two_that_follow_each_other(self, parts: list[list[str]], draw: object) -> None:
        passages = [passage(" ".join(texts), article=str(number)) for number, texts in enumerate(parts)]
        read = read_windows("Who?", passages, lambda _, texts: [float(draw.randint(-9, 9)) for _ in texts])  # type: ignore[attr-defined]
        assert [quote.score for quote in read] == sorted((quote.score for quote in read), reverse=True)
        for one in read:
            spans = one.passage.chunk.sentences
            pairs = {Span(first.start, second.end) for first, second in pairwise(spans)}
            assert one.passage in passages[:3]
            assert one.span in {*spans, *pairs}
            assert one.text == one.passage.article.text[one.span.start : one.span.end]


class TestFavoured:
    def test_worked_example(self) -> None:
        kim = quote(passage("Kim met Noh here."), "Kim met Noh here.", 2.0)
        assert favoured(kim, 0.0, 0.0) == kim
        assert favoured(kim, 0.25, 0.0) == replace(kim, score=2.0 + 2.0 * 0.25)
        assert favoured(kim, 1.0, 1.0) == replace(kim, score=2.0 + 2.0 + 0.5)

    @pytest.mark.parametrize(
        ("present", "expected"), [(set(), 0.0), ({"oslo"}, 0.75), ({"oslo", "night", "else"}, 1.0), ({"else"}, 0.0)]
    )
    def test_the_share_of_the_terms_by_rarity(self, present: set[str], expected: float) -> None:
        assert share({"oslo": 3.0, "night": 1.0}, present) == expected
        assert share({}, present) == 0.0


class TestRanked:
    def test_a_better_passage_lends_weight_to_its_sentences(self) -> None:
        good, other = passage("Kim met Noh here.", 6.0, "a"), passage("Snow fell that night.", 0.0, "b")
        kim = quote(good, "Kim met Noh here.", 2.0)  # 2 + 6 / 2
        assert ranked([quote(other, "Snow fell that night.", 4.9), kim])[0] is kim
        assert ranked([kim, quote(other, "Snow fell that night.", 5.1)])[1] is kim

    def test_a_passage_that_was_not_read_lends_none(self) -> None:
        unread, read = passage("Kim met Noh here.", None), passage("Snow fell that night.", -1.0, "b")
        kim, snow = quote(unread, "Kim met Noh here.", 2.0), quote(read, "Snow fell that night.", 2.4)
        assert ranked([snow, kim]) == [kim, snow]

    def test_equal_ones_keep_their_order(self) -> None:
        one, other = passage("Kim met Noh here.", 2.0, "b"), passage("Snow fell that night.", 4.0, "a")
        kim, snow = quote(one, "Kim met Noh here.", 2.0), quote(other, "Snow fell that night.", 1.0)
        assert ranked([kim, snow]) == [kim, snow]
        assert ranked([snow, kim]) == [snow, kim]
        assert ranked([]) == []


class TestOverlap:
    TEXT = "Kim met Noh. He flew home late. Snow fell that night."

    @pytest.mark.parametrize(
        ("one", "other", "overlaps"),
        [
            ("Kim met Noh.", "Kim met Noh.", True),
            ("Kim met Noh. He flew home late.", "He flew home late.", True),
            ("Kim met Noh. He", "He flew home late.", True),
            ("Kim met Noh. ", "He flew home late.", False),  # the end is exclusive
            ("Kim met Noh.", "Snow fell that night.", False),
        ],
    )
    def test_in_one_article(self, one: str, other: str, *, overlaps: bool) -> None:
        of = passage(self.TEXT)
        assert overlap(quote(of, one), quote(of, other)) == overlaps
        assert overlap(quote(of, other), quote(of, one)) == overlaps

    def test_the_same_offsets_in_another_article_are_none(self) -> None:
        one, other = passage(self.TEXT, article="a"), passage(self.TEXT, article="b")
        assert not overlap(quote(one, "Kim met Noh."), quote(other, "Kim met Noh."))


class TestWithoutRepetition:
    TEXT = "Kim met Noh. He flew home late. Snow fell that night. Trains stood still. Ice came too."

    def of(self, scores: Mapping[str, float], text: str = TEXT) -> list[str]:
        given_ = [quote(passage(text), words, score) for words, score in scores.items()]
        return [one.text for one in without_repetition(given_)]

    def test_at_most_three(self) -> None:
        scores = {"Kim met Noh.": 5.0, "He flew home late.": 4.6, "Snow fell that night.": 4.3, "Ice came too.": 4.1}
        assert self.of(scores) == ["Kim met Noh.", "He flew home late.", "Snow fell that night."]

    def test_one_may_trail_by_one_and_no_more(self) -> None:
        assert self.of({"Kim met Noh.": 5.0, "He flew home late.": 4.0}) == ["Kim met Noh.", "He flew home late."]
        assert self.of({"Kim met Noh.": 5.0, "He flew home late.": 3.99}) == ["Kim met Noh."]

    def test_how_far_one_trails_counts_its_passage(self) -> None:
        best = quote(passage("Kim met Noh here.", 4.0), "Kim met Noh here.", 5.0)
        other = passage("Snow fell that night.", 2.0, "b")
        near, far = quote(other, "Snow fell that night.", 5.0), quote(other, "Snow fell that night.", 4.9)
        assert is_within(near, best, 1.0)  # 5 + 4 / 2 against 5 + 2 / 2
        assert not is_within(far, best, 1.0)
        assert is_within(far, best, 1.5)
        assert without_repetition([best, near]) == (best, near)
        assert without_repetition([best, far]) == (best,)

    def test_none_overlaps_another(self) -> None:
        assert self.of(
            {
                "Kim met Noh. He flew home late.": 6.0,
                "He flew home late. Snow fell that night.": 5.9,
                "Kim met Noh.": 5.5,
                "Snow fell that night.": 5.2,
            }
        ) == ["Kim met Noh. He flew home late.", "Snow fell that night."]

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
        first = quote(passage("Kim met Noh in Seoul.", article="a"), "Kim met Noh in Seoul.", 5.0)
        second = quote(passage(other, article="b"), other, 4.5)
        assert without_repetition([first, second]) == ((first,) if repeats else (first, second))

    def test_nothing(self) -> None:
        assert without_repetition([]) == ()


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


class TestSignals:
    """One question and its passages, in which every signal has a value of its own."""

    QUESTION = "When did Ann Lee sell the 30 ships in Oslo on 4 March 2021?"
    RARITY = {"ann": 2.0, "sell": 1.0, "ships": 4.0, "oslo": 3.0, "2021": 6.0}  # noqa: RUF012
    FIRST = passage("Ann Lee had ships. They were sold to Bob Ray. It rained.", 3.0, "a", "Ships of March")
    SECOND = passage("Nobody saw it.", 5.0, "b")
    THIRD = passage("It was late.", -2.0, "c")
    QUOTE = quote(FIRST, "They were sold to Bob Ray.", 4.0)

    def told(
        self, *more: Quote, passages: Sequence[Passage] = (FIRST, SECOND, THIRD), first: Quote = QUOTE,
        question: str = QUESTION, rarity: Mapping[str, float] | None = None, kind: float = 0.0,
    ) -> Signals:  # fmt: skip
        return signals(question, passages, [first, *more], self.RARITY if rarity is None else rarity, words, kind)

    def test_the_logits(self) -> None:
        told = self.told()
        assert (told.passage, told.quote, told.best_passage, told.passage_gap) == (3.0, 4.0, 5.0, -2.0)
        alone = self.told(passages=[self.FIRST])
        assert (alone.best_passage, alone.passage_gap, alone.quote_gap) == (3.0, 0.0, 0.0)
        above = self.told(passages=[self.FIRST, self.THIRD])
        assert (above.best_passage, above.passage_gap) == (3.0, 5.0)

    def test_the_gap_to_the_next_quote_that_does_not_overlap(self) -> None:
        pair = quote(self.FIRST, "Ann Lee had ships. They were sold to Bob Ray.", 3.9)
        rain, other = quote(self.FIRST, "It rained.", 1.0), quote(self.SECOND, "Nobody saw it.", 1.5)
        assert self.told(pair, rain).quote_gap == 3.0
        assert self.told(pair, rain, other).quote_gap == 2.5
        assert self.told(pair).quote_gap == 0.0

    def test_a_logit_beyond_twelve_says_no_more(self) -> None:
        far = passage("Ann Lee had ships.", 40.0)
        told = self.told(passages=[far, self.THIRD], first=quote(far, "Ann Lee had ships.", -300.0))
        assert (told.passage, told.quote, told.best_passage, told.passage_gap) == (12.0, -12.0, 12.0, 12.0)

    def test_a_passage_that_was_not_read_has_no_logit(self) -> None:
        unread = passage("Ann Lee had ships.", None)
        assert self.told(passages=[unread], first=quote(unread, "Ann Lee had ships.", 1.0)).passage == 0.0

    @pytest.mark.parametrize(
        ("lexical", "dense", "agreement"),
        [(None, None, 0.0), (1, None, 1.0), (None, 4, 0.25), (1, 1, 2.0), (2, 5, 0.7)],
    )
    def test_the_agreement_of_the_searches(self, lexical: int | None, dense: int | None, agreement: float) -> None:
        standing = {
            "lexical": Standing(lexical, 9.0) if lexical else None,
            "dense": Standing(dense, 0.5) if dense else None,
        }
        of = replace(self.FIRST, **standing)
        assert self.told(first=replace(self.QUOTE, passage=of)).agreement == pytest.approx(agreement, abs=1e-12)

    def test_the_terms_of_the_question(self) -> None:
        told = self.told()
        # The passage has ann (2) and ships (4), also in its title; of 16 in all. The quote has only the title's.
        assert told.passage_terms == pytest.approx(6 / 16, abs=1e-12)
        assert told.quote_terms == pytest.approx(4 / 16, abs=1e-12)
        assert told.rarest_missing == pytest.approx(6 / 6, abs=1e-12)  # 2021, the rarest there is

    def test_who_published_the_article_and_when_is_around_the_passage(self) -> None:
        of = passage("Ships were sold.", of=replace(NOBODY, source="Oslo Times", published_at="2021-03-04"))
        told = self.told(first=quote(of, "Ships were sold."), passages=[of])
        assert told.passage_terms == pytest.approx((4 + 3 + 6) / 16, abs=1e-12)
        assert told.quote_terms == pytest.approx(4 / 16, abs=1e-12)
        assert told.rarest_missing == pytest.approx(2 / 6, abs=1e-12)  # ann

    def test_the_headings_are_around_the_passage(self) -> None:
        of = replace(self.FIRST, chunk=replace(self.FIRST.chunk, context="Ships of March › Oslo in 2021"))
        told = self.told(first=replace(self.QUOTE, passage=of))
        assert told.passage_terms == pytest.approx((2 + 4 + 3 + 6) / 16, abs=1e-12)
        assert told.rarest_missing == pytest.approx(1 / 6, abs=1e-12)  # sell

    def test_a_question_without_terms(self) -> None:
        told = self.told(rarity={})
        assert (told.passage_terms, told.quote_terms, told.rarest_missing, told.familiar) == (0.0, 0.0, 0.0, 1.0)

    @pytest.mark.parametrize(
        ("question", "missing"),
        [
            ("What did Ann Lee do?", 0.0),
            ("What did Lee do?", 0.0),
            ("What did Ann Smith do?", 0.0),  # a word of the name is there
            ("What did Carl Smith do?", 1.0),
            ("What did Ann Lee say to Carl Smith?", 0.5),
            ("What did it do?", 0.0),
        ],
    )
    def test_the_names_of_the_question(self, question: str, missing: float) -> None:
        assert self.told(question=question).names_missing == missing

    @pytest.mark.parametrize(
        "text", ["Oslo’s ships sank.", "“Oslo” has ships.", "Ships (in Oslo) sank.", "In OSLO ships sank."]
    )
    def test_a_name_is_found_between_any_marks(self, text: str) -> None:
        of = passage(text)
        assert self.told(question="What of Oslo?", first=quote(of, text), passages=[of]).names_missing == 0.0

    def test_a_name_is_found_in_the_source(self) -> None:
        of = passage("Ships sank.", of=replace(NOBODY, source="The Verge"))
        told = self.told(question="What did The Verge say?", first=quote(of, "Ships sank."), passages=[of])
        assert told.names_missing == 0.0

    @pytest.mark.parametrize(
        ("question", "text", "missing"),
        [
            ("Who sold 30 ships?", "Lee sold 30 ships.", 0.0),
            ("Who sold 30 ships?", "Lee sold thirty ships.", 0.0),
            ("Who sold 30 ships?", "Lee sold 300 ships.", 1.0),
            ("Who sold 30 ships in March 2021?", "Lee sold 30 ships on 4 March 2021.", 0.0),
            ("Who sold 30 ships in March 2021?", "Lee sold 30 ships in May 2021.", 0.5),
            ("Who sold ships in 2021?", "Lee sold ships in 2020.", 1.0),
            ("Who sold ships?", "Lee sold ships in 2020.", 0.0),
        ],
    )
    def test_the_numbers_and_dates_of_the_question(self, question: str, text: str, missing: float) -> None:
        of = passage(text)
        assert self.told(question=question, first=quote(of, text), passages=[of]).figures_missing == missing

    @pytest.mark.parametrize(
        ("question", "said", "beside", "missing"),
        [
            ("Who won the cup in 2022?", "Lee won the cup of 2023.", "In 2022 it rained.", 1.0),
            ("Who won the cup in 2022?", "Lee won the cup.", "In 2022 it rained.", 0.0),
            ("Who won the cup in 2022?", "After 2021 Lee won that of 2022.", "It rained.", 0.0),
            ("Who won the cup between 2020 and 2022?", "Lee won the cup of 2022.", "In 2020 it rained.", 0.0),
            ("Who won the cup after 2020?", "Lee won the cup of 2021.", "In 2020 it rained.", 0.0),
            ("Who won the cup by 2020?", "Lee won the cup of 2021.", "In 2020 it rained.", 1.0),
            ("Who won the cup before 2020?", "Lee won the cup of 2018.", "In 2020 it rained.", 0.0),
            ("Who was mayor in 2021?", "Lee was mayor from 2019 to 2023.", "In 2021 it rained.", 0.0),
            ("Who won the cup in 2022?", "Lee won the cup on Sunday, November 19.", "It rained.", 1.0),
            ("Who won on 4 October 2023?", "Lee won on 4 October.", "It rained.", 0.0),
            ("Who won on Sunday?", "Lee won the cup of 2023 on Sunday.", "It rained.", 0.0),
        ],
    )
    def test_a_quote_that_tells_of_other_years_is_beside_the_question(
        self, question: str, said: str, beside: str, missing: float
    ) -> None:
        of = passage(f"{said} {beside}")
        assert self.told(question=question, first=quote(of, said), passages=[of]).figures_missing == missing

    def test_a_year_above_a_quote_is_the_quotes(self) -> None:
        of = passage("In 2021 Lee trained. Kim won it.", title="The cup of 2022")
        told = self.told(question="Who won the cup in 2022?", first=quote(of, "In 2021 Lee trained."), passages=[of])
        assert told.figures_missing == 0.0

    def test_a_date_is_found_in_that_of_publication(self) -> None:
        of = passage("Lee sold ships.", of=replace(NOBODY, published_at="2021-03-04"))
        told = self.told(question="Who sold ships in March 2021?", first=quote(of, "Lee sold ships."), passages=[of])
        assert told.figures_missing == 0.0

    @pytest.mark.parametrize(
        ("question", "text", "missing"),
        [
            ("Who did not sail?", "Lee sailed.", 1.0),
            ("Who did not sail?", "Lee never sailed.", 0.0),
            ("Who didn’t sail?", "Lee sailed.", 1.0),
            ("Who didn't sail?", "Lee couldn’t.", 0.0),
            ("Who sailed without a map?", "Lee sailed.", 1.0),
            ("Who sailed?", "Lee never sailed.", 0.0),
            ("Who sailed north to the Nordic knot?", "Lee sailed.", 0.0),  # part of a word denies nothing
        ],
    )
    def test_what_the_question_denies(self, question: str, text: str, missing: float) -> None:
        of = passage(text)
        assert self.told(question=question, first=quote(of, text), passages=[of]).negation_missing == missing

    @pytest.mark.parametrize(("terms", "familiar"), [(1, 1.0), (10, 1.0), (20, 0.25)])
    def test_how_familiar_the_question_is(self, terms: int, familiar: float) -> None:
        rarity = {str(number): 1.0 for number in range(terms)}
        assert self.told(rarity=rarity).familiar == familiar

    @pytest.mark.parametrize("kind", [1.0, 0.0, -1.0])
    def test_the_kind_is_passed_on(self, kind: float) -> None:
        assert self.told(kind=kind).has_kind == kind


NOUGHT = {field.name: 0.0 for field in fields(Signals)}


class TestConfidence:
    def test_the_logit_is_a_weighted_sum(self) -> None:
        model = Logistic(-1.0, {"quote": 0.5, "names_missing": -2.0})
        told = {**NOUGHT, "quote": 6.0, "names_missing": 0.5, "passage": 99.0}
        assert model.logit(told) == -1 + 0.5 * 6 - 2 * 0.5
        assert model.logit(NOUGHT) == -1.0

    @pytest.mark.parametrize(
        ("familiar", "logit"), [(1.0, -1 + 2 * 3), (0.0, 4 - 1 * 3), (0.25, 0.25 * 5 + 0.75 * 1), (0.5, 3.0)]
    )
    def test_familiar_questions_and_others_are_mixed_by_their_logits(self, familiar: float, logit: float) -> None:
        model = Confidence(Logistic(-1.0, {"quote": 2.0}), Logistic(4.0, {"passage": -1.0}))
        told = {**NOUGHT, "quote": 3.0, "passage": 3.0, "familiar": familiar}
        assert model.probability(told) == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-12)

    @pytest.mark.parametrize(
        ("logit", "probability"),
        [(0.0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25), (1e6, 1.0), (-1e6, 0.0), (1e300, 1.0)],
    )
    def test_the_logistic_function(self, logit: float, probability: float) -> None:
        assert constant(logit).probability(NOUGHT) == pytest.approx(probability, abs=1e-12)

    @given(st.floats(-30, 30))
    def test_by_its_definition(self, logit: float) -> None:
        assert constant(logit).probability(NOUGHT) == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-12)

    def test_a_weight_of_no_signal_is_an_error(self) -> None:
        with pytest.raises(KeyError):
            Logistic(0.0, {"mood": 1.0}).logit(NOUGHT)


def constant(logit: float) -> Confidence:
    return Confidence(Logistic(logit, {}), Logistic(logit, {}))


class TestTheFile:
    READ = json.loads((files("qa.answer") / FILE).read_text(encoding="utf-8"))

    NAMES = ("answers", "about")

    def test_it_holds_two_models_for_two_kinds_of_question_and_where_they_are_from(self) -> None:
        assert set(self.READ) == {"answers", "about", "fitted_on"}
        assert "the even part" in self.READ["fitted_on"]
        for confidence in (self.READ[name] for name in self.NAMES):
            assert set(confidence) == {"familiar", "unfamiliar"}
            for model in confidence.values():
                assert set(model) == {"intercept", "weights"}
                assert model["weights"]
                assert set(model["weights"]) <= set(NOUGHT)
                assert all(math.isfinite(number) for number in (model["intercept"], *model["weights"].values()))

    def test_it_is_what_is_loaded_once(self) -> None:
        for name in self.NAMES:
            for kind, model in self.READ[name].items():
                loaded = getattr(getattr(models(), name), kind)
                assert (loaded.intercept, loaded.weights) == (model["intercept"], model["weights"])
        assert models() is models()
