"""From passages to a verdict, proved on hand-made articles with a scripted reranker and models that are set here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import pytest

from qa.answer import Signals, choice
from qa.answering import answered, judging
from qa.records import Article, Chunk, Note, NoteKind, Outcome, Passage, Span, Standing, Verdict
from qa.sentences import sentences


@dataclass(frozen=True)
class By:
    """A model by one signal alone."""

    signal: str

    def probability(self, signals: Mapping[str, float]) -> float:
        return logistic(signals[self.signal])


@dataclass(frozen=True)
class Set:
    """A quote answers from a logit of 0 on; the corpus is about the question where any passage has one of 0 or more."""

    answers: By = By("quote")
    about: By = By("best_passage")


@pytest.fixture(autouse=True)
def _models_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "models", Set)
    monkeypatch.setattr(choice, "TERMS", 0.0)  # but where that is what is tested
    monkeypatch.setattr(choice, "KIND", 0.0)


def passage(
    text: str, logit: float | None = 4.0, article: str = "a", source: str | None = None, day: str | None = None
) -> Passage:
    spans = tuple(sentences(text))
    whole = Article(article, f"About {article}", text, "test", source=source, published_at=day)
    chunk = Chunk(f"{article}:0", article, Span(spans[0].start, spans[-1].end), "Title", spans)
    return Passage(chunk, whole, Standing(1, 0.1), None, None, None if logit is None else Standing(1, logit))


class Script:
    """A reranker that knows what each text scores, whatever is asked; every other text scores -20."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self.scores = {f"Title\n{text}": score for text, score in scores.items()}

    def __call__(self, _: str, texts: Sequence[str]) -> list[float]:
        return [self.scores.get(text, -20.0) for text in texts]


def ask(
    question: str, passages: Sequence[Passage], scores: Mapping[str, float], least: float = 0.5,
    sources: Sequence[str] = (),
) -> Verdict:  # fmt: skip
    verdict = answered(question, passages, sources, {}, Script(scores), least)
    for quote in verdict.quotes:  # what holds of every quote
        text = quote.passage.article.text
        assert text[quote.span.start : quote.span.end] == quote.text
        assert all(quote.span.start <= mark.start < mark.end <= quote.span.end for mark in quote.highlights)
    return verdict


def texts(verdict: Verdict) -> list[str]:
    return [quote.text for quote in verdict.quotes]


def marked(verdict: Verdict) -> list[list[str]]:
    return [
        [quote.passage.article.text[mark.start : mark.end] for mark in quote.highlights] for quote in verdict.quotes
    ]


def logistic(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


HARBOUR = "Kim met Noh in the harbour. Ann Lee flew to Oslo that night. Snow fell on the roofs."


class TestOutcomes:
    def test_answered(self) -> None:
        verdict = ask("Who flew to Oslo?", [passage(HARBOUR)], {"Ann Lee flew to Oslo that night.": 3.0})
        assert (verdict.outcome, verdict.reason, verdict.notes) == (Outcome.ANSWERED, None, ())
        assert texts(verdict) == ["Ann Lee flew to Oslo that night."]
        assert verdict.confidence == pytest.approx(logistic(3.0), abs=1e-12)

    def test_not_stated(self) -> None:
        verdict = ask("Who flew to Oslo?", [passage(HARBOUR, 0.5)], {"Ann Lee flew to Oslo that night.": -1.0})
        assert (verdict.outcome, verdict.quotes, verdict.notes) == (Outcome.NOT_STATED, (), ())
        assert verdict.confidence == pytest.approx(logistic(-1.0), abs=1e-12)
        assert verdict.reason is not None
        assert "does not answer" in verdict.reason

    def test_not_covered(self) -> None:
        verdict = ask("Who flew to Oslo?", [passage(HARBOUR, -0.5)], {"Ann Lee flew to Oslo that night.": -1.0})
        assert (verdict.outcome, verdict.quotes, verdict.notes) == (Outcome.NOT_COVERED, (), ())
        assert verdict.confidence == pytest.approx(logistic(-1.0), abs=1e-12)
        assert verdict.reason is not None
        assert "something else" in verdict.reason

    def test_any_passage_may_show_that_the_corpus_is_about_this(self) -> None:
        passages = [passage(HARBOUR, -5.0), passage("Oslo is far away.", 1.0, "b")]
        assert ask("Who flew to Oslo?", passages, {}).outcome is Outcome.NOT_STATED

    @pytest.mark.parametrize(
        ("logit", "least", "outcome"),
        [
            (0.0, 0.5, Outcome.ANSWERED),  # the very limit answers
            (-0.01, 0.5, Outcome.NOT_STATED),
            (-9.0, 0.0, Outcome.ANSWERED),
            (9.0, 1.0, Outcome.NOT_STATED),
            (2.0, 0.9, Outcome.NOT_STATED),
        ],
    )
    def test_the_least_confidence(self, logit: float, least: float, outcome: Outcome) -> None:
        scores = {"Ann Lee flew to Oslo that night.": logit}
        assert ask("Who flew to Oslo?", [passage(HARBOUR)], scores, least).outcome is outcome

    @pytest.mark.parametrize("passages", [[], [passage(HARBOUR, None)]], ids=["none", "none was read"])
    def test_nothing_found(self, passages: list[Passage]) -> None:
        verdict = ask("Who flew to Oslo?", passages, {}, 0.0)
        assert (verdict.outcome, verdict.quotes, verdict.confidence) == (Outcome.NOT_COVERED, (), 0.0)
        assert verdict.reason is not None
        assert "No word of the question" in verdict.reason
        assert verdict.signals == {}

    @pytest.mark.parametrize(
        ("question", "text"),
        [
            ("東京の人口は何人ですか", HARBOUR),
            ("Кто прилетел в Осло?", HARBOUR),
            ("What is the capital?", "東京は日本の首都である。"),
        ],
    )
    def test_a_script_that_the_models_do_not_read(self, question: str, text: str) -> None:
        verdict = ask(question, [passage(text)], {text: 9.0}, 0.0)
        assert (verdict.outcome, verdict.quotes, verdict.confidence) == (Outcome.UNREADABLE, (), 0.0)
        assert verdict.reason is not None
        assert "read English" in verdict.reason

    def test_what_is_mostly_latin_is_read(self) -> None:
        text = "Ann Lee said 東京 that night."
        assert texts(ask("Who said 東京?", [passage(text)], {text: 9.0})) == [text]

    @pytest.mark.parametrize("logit", [3.0, -3.0])
    def test_the_signals_are_told(self, logit: float) -> None:
        verdict = ask("Who flew to Oslo?", [passage(HARBOUR)], {"Ann Lee flew to Oslo that night.": logit})
        assert set(verdict.signals) == {field.name for field in fields(Signals)}
        assert (verdict.signals["passage"], verdict.signals["quote"]) == (4.0, logit)


class TestTheKindAskedFor:
    @pytest.mark.parametrize(
        ("question", "has_kind"),
        [
            ("When did Ann Lee fly to Oslo?", -1.0),  # no date in the quote
            ("Who flew to Oslo?", 1.0),
            ("Why did Ann Lee fly to Oslo?", 0.0),
            ("Did Ann Lee fly to Oslo?", 0.0),
        ],
    )
    def test_whether_the_quote_has_one_to_give(self, question: str, has_kind: float) -> None:
        text = "Ann Lee flew to Oslo that night."
        assert ask(question, [passage(text)], {text: 3.0}).signals["has_kind"] == has_kind


class TestWhatSpeaksForAQuote:
    """Kim met Noh at 5; Ann Lee flew to Oslo that night."""

    SCORES = {"Kim met Noh in the harbour.": 5.0, "Ann Lee flew to Oslo that night.": 4.0}  # noqa: RUF012

    def best(self, question: str, rarity: Mapping[str, float]) -> tuple[str, float]:
        verdict = answered(question, [passage(HARBOUR)], (), {"en": rarity}, Script(self.SCORES), 0.5)
        return verdict.quotes[0].text, verdict.quotes[0].score

    def test_the_terms_of_the_question(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rarity = {"oslo": 3.0, "night": 1.0, "zebra": 4.0}
        assert self.best("What about Oslo?", rarity) == ("Kim met Noh in the harbour.", 5.0)
        monkeypatch.setattr(choice, "TERMS", 4.0)
        # Half of the question's weight is in the second sentence.
        assert self.best("What about Oslo?", rarity) == ("Ann Lee flew to Oslo that night.", 4 + 4 / 2)

    def test_the_kind_that_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        text = "It was cold in the harbour. The bakery was sold in 1987."
        scores = {"It was cold in the harbour.": 5.0, "The bakery was sold in 1987.": 4.0}
        monkeypatch.setattr(choice, "KIND", 1.5)
        assert texts(ask("When was it?", [passage(text)], scores))[0] == "The bakery was sold in 1987."
        assert texts(ask("Why was it?", [passage(text)], scores))[0] == "It was cold in the harbour."
        # Without a date a quote is not favoured, and no worse for it.
        assert ask("When was it?", [passage(HARBOUR)], self.SCORES).quotes[0].score == 5.0


class TestHighlights:
    def test_offsets_are_those_of_the_article(self) -> None:
        text = "Nobody was there.\n\nIt was late. Ann Lee sold the bakery in March 1987."
        verdict = ask(
            "When did Ann Lee sell the bakery?", [passage(text)], {"Ann Lee sold the bakery in March 1987.": 5.0}
        )
        (quote,) = verdict.quotes
        assert quote.highlights == (Span(text.index("March 1987"), text.index("March 1987") + 10),)
        assert marked(verdict) == [["March 1987"]]

    def test_none_where_the_question_asks_for_no_such_thing(self) -> None:
        text = "Ann Lee sold the bakery in March 1987."
        assert marked(ask("Why did Ann Lee sell the bakery?", [passage(text)], {text: 5.0})) == [[]]


class TestWhatEachQuoteNeeds:
    BAKERY = "Ann Lee founded the bakery in Oslo. She sold it in 1987."

    def test_a_pronoun_brings_the_sentence_before_along(self) -> None:
        verdict = ask("When was the bakery sold?", [passage(self.BAKERY)], {"She sold it in 1987.": 5.0})
        assert texts(verdict) == [self.BAKERY]
        assert marked(verdict) == [["1987"]]
        assert verdict.signals["quote"] == 5.0  # judged before it was made longer

    def test_a_sentence_that_stands_alone_stays_alone(self) -> None:
        text = "Ann Lee founded the bakery in Oslo. Bob Ray sold the bakery in 1987."
        verdict = ask("Who sold it?", [passage(text)], {"Bob Ray sold the bakery in 1987.": 5.0})
        assert texts(verdict) == ["Bob Ray sold the bakery in 1987."]

    def test_the_first_sentence_has_none_before_it(self) -> None:
        text = "She sold it in 1987. Nobody knows why."
        assert texts(ask("When?", [passage(text)], {"She sold it in 1987.": 5.0})) == ["She sold it in 1987."]

    def test_not_over_the_end_of_a_paragraph(self) -> None:
        text = "Ann Lee founded the bakery in Oslo.\n\nShe sold it in 1987."
        assert texts(ask("When?", [passage(text)], {"She sold it in 1987.": 5.0})) == ["She sold it in 1987."]

    def test_two_sentences_are_enough(self) -> None:
        text = f"Ann Lee was poor. {self.BAKERY}"
        verdict = ask("When?", [passage(text)], {self.BAKERY: 9.0})
        assert texts(verdict) == [self.BAKERY]


class TestSeveralQuotes:
    KIM, LEE = "Kim met Noh in the harbour.", "Ann Lee flew to Oslo that night."

    def test_one_that_adds_something_joins(self) -> None:
        verdict = ask("What happened?", [passage(HARBOUR)], {self.KIM: 5.0, self.LEE: 4.5})
        assert texts(verdict) == [self.KIM, self.LEE]
        assert verdict.confidence == pytest.approx(logistic(5.0), abs=1e-12)  # that of the best

    def test_each_must_be_an_answer_of_its_own(self) -> None:
        assert texts(ask("What happened?", [passage(HARBOUR)], {self.KIM: 0.5, self.LEE: 0.1})) == [self.KIM, self.LEE]
        assert texts(ask("What happened?", [passage(HARBOUR)], {self.KIM: 0.5, self.LEE: -0.1})) == [self.KIM]

    def test_none_overlaps_another_after_the_sentence_before_was_brought_along(self) -> None:
        text = "Ann Lee founded the bakery in Oslo. She sold it in 1987."
        scores = {"Ann Lee founded the bakery in Oslo.": 5.0, "She sold it in 1987.": 4.9}
        spans = [quote.span for quote in ask("What happened?", [passage(text)], scores).quotes]
        assert all(one.end <= other.start or other.end <= one.start for one in spans for other in spans if one != other)
        assert len(set(spans)) == len(spans)


class TestCopies:
    WIRE = "Ann Lee sold the old bakery in Oslo to Bob Ray."

    def test_a_copy_is_folded_and_named(self) -> None:
        passages = [passage(self.WIRE, 4.0, "a"), passage(f"{self.WIRE} It rained.", 4.0, "b")]
        verdict = ask("Who sold the bakery?", passages, {self.WIRE: 5.0})
        assert texts(verdict) == [self.WIRE]
        assert [article.id for article in verdict.quotes[0].also_in] == ["b"]

    def test_a_copy_that_was_not_read_is_named_too(self) -> None:
        passages = [passage(self.WIRE, 4.0, "a"), passage(f"{self.WIRE} It rained.", None, "b")]
        verdict = ask("Who sold the bakery?", passages, {self.WIRE: 5.0})
        assert [article.id for article in verdict.quotes[0].also_in] == ["b"]

    def test_an_article_that_says_something_else_is_none(self) -> None:
        passages = [passage(self.WIRE, 4.0, "a"), passage("Ann Lee kept the old bakery in Oslo.", 4.0, "b")]
        assert ask("Who sold the bakery?", passages, {self.WIRE: 5.0}).quotes[0].also_in == ()


class TestDisagreement:
    OLD = "More than 500 people were killed in the fire in Arden."
    NEW = "About 300 people were killed in the fire in Arden."

    def passages(self) -> list[Passage]:
        return [
            passage(self.OLD, 4.0, "a", "BBC", "2023-10-01"),
            passage(self.NEW, 4.0, "b", "The Verge", "2023-10-04"),
        ]

    def test_both_newest_first_and_it_is_said(self) -> None:
        verdict = ask("How many people were killed in the fire?", self.passages(), {self.OLD: 6.0, self.NEW: 3.0})
        assert texts(verdict) == [self.NEW, self.OLD]
        (note,) = verdict.notes
        assert note.kind is NoteKind.DISAGREEMENT
        assert "“About 300” (The Verge, 4 October 2023) and “More than 500” (BBC, 1 October 2023)" in note.text
        assert verdict.confidence == pytest.approx(logistic(6.0), abs=1e-12)

    def test_a_quote_that_is_no_answer_contradicts_nothing(self) -> None:
        verdict = ask("How many people were killed in the fire?", self.passages(), {self.OLD: 3.0, self.NEW: -0.5})
        assert (texts(verdict), verdict.notes) == ([self.OLD], ())

    def test_one_that_trails_far_is_not_looked_at(self) -> None:
        verdict = ask("How many people were killed in the fire?", self.passages(), {self.OLD: 9.0, self.NEW: 4.9})
        assert (texts(verdict), verdict.notes) == ([self.OLD], ())


class TestRecency:
    OLD, NEW = "Kim met Noh in the harbour.", "Ann Lee flew to Oslo that night."

    def verdict(self, old: float, new: float) -> Verdict:
        passages = [passage(self.OLD, 4.0, "a", None, "2023-10-01"), passage(self.NEW, 4.0, "b", None, "2023-10-04")]
        return ask("What happened?", passages, {self.OLD: old, self.NEW: new})

    def test_the_newest_of_near_ones_comes_first_and_it_is_said(self) -> None:
        verdict = self.verdict(5.0, 4.5)
        assert texts(verdict) == [self.NEW, self.OLD]
        (note,) = verdict.notes
        assert note.kind is NoteKind.NEWEST_FIRST
        assert "4 October 2023, then 1 October 2023" in note.text

    def test_a_better_one_stays_first(self) -> None:
        verdict = self.verdict(5.0, 4.4)
        assert (texts(verdict), verdict.notes) == ([self.OLD, self.NEW], ())


class TestQuestionsOfSeveralArticles:
    VERGE, WIRED = "Orix sold its tower in Oslo.", "Acme bought an old bridge in Arden."
    PARTS = (
        "Did The Verge report that Orix sold its tower in Oslo, while Wired said that Acme bought a bridge in Arden?"
    )

    def passages(self) -> list[Passage]:
        return [
            passage(f"{self.VERGE} Nobody knew why.", 4.0, "v", "The Verge"),
            passage("It rained all day there.", 3.0, "x", "Fortune"),
            passage("Nobody came to see it.", 3.0, "y", "Fortune"),
            passage(self.WIRED, 2.0, "w", "Wired"),
        ]

    def test_a_quote_for_each_part(self) -> None:
        passages = [self.passages()[0], self.passages()[3]]
        scores = {
            ("Orix sold its tower", self.VERGE): 6.0,
            ("Acme bought", self.WIRED): 4.0,
        }

        def score(question: str, texts: Sequence[str]) -> list[float]:
            """What answers a part scores by that part; the whole question goes to the first."""
            return [
                max(
                    (s for (part, words), s in scores.items() if part in question and text.endswith(words)),
                    default=-9.0,
                )
                for text in texts
            ]

        verdict = answered(self.PARTS, passages, (), {}, score, 0.5)
        assert verdict.outcome is Outcome.ANSWERED
        assert texts(verdict) == [self.VERGE, self.WIRED]
        assert verdict.notes == ()

    def test_a_quote_from_each_source(self) -> None:
        scores = {self.VERGE: 6.0, "It rained all day there.": 5.9, self.WIRED: 3.0}
        passages = [self.passages()[0], self.passages()[1], self.passages()[3]]
        verdict = ask("What was sold?", passages, scores, sources=("The Verge", "Wired"))
        assert texts(verdict) == [self.VERGE, self.WIRED]

    def test_one_that_trails_far_is_no_quote_of_its_source(self) -> None:
        scores = {self.VERGE: 6.0, self.WIRED: 2.9}
        passages = [self.passages()[0], self.passages()[1], self.passages()[3]]
        assert texts(ask("What was sold?", passages, scores, sources=("The Verge", "Wired"))) == [self.VERGE]

    def test_the_best_passage_of_each_article_is_read_first(self) -> None:
        first = self.passages()[0]
        more = [replace(first, chunk=replace(first.chunk, id=f"v:{number}")) for number in (1, 2, 3)]
        passages = [first, *more, self.passages()[3]]
        verdict = ask("What was sold?", passages, {self.VERGE: 6.0, self.WIRED: 4.0}, sources=("The Verge", "Wired"))
        assert texts(verdict) == [self.VERGE, self.WIRED]
        assert texts(ask("What was sold?", passages, {self.VERGE: 6.0, self.WIRED: 5.5})) == [self.VERGE]


class TestLanguages:
    def verdict(self, *languages: str | None) -> Verdict:
        passages = [passage(HARBOUR, article=name) for name, _ in zip("abc", languages, strict=False)]
        spoken = [
            replace(item, article=replace(item.article, language=language))
            for item, language in zip(passages, languages, strict=True)
        ]
        return ask("Who met Noh?", spoken, {"Kim met Noh in the harbour.": 6.0})

    @pytest.mark.parametrize("language", [None, "en"])
    def test_of_english_nothing_is_said(self, language: str | None) -> None:
        assert self.verdict(language).notes == ()

    def test_the_confidence_was_not_measured_on_other_languages(self) -> None:
        (note,) = self.verdict("de").notes
        assert note == Note(NoteKind.LANGUAGE, "The confidence was measured on English articles, not on German ones.")
