"""What is said where articles differ on a number or a date, and what must not be taken for a difference."""

from __future__ import annotations

import pytest

from qa.disagreement import disagreement
from qa.records import Article, Chunk, NoteKind, Passage, Quote, Span, Standing
from qa.statements import Amount, Day, content, statement

FIRE = "How many people were killed in the fire?"


def quote(text: str, article: str = "a", published_at: str | None = None, source: str | None = None) -> Quote:
    whole = Article(article, f"Title {article}", text, "test", source=source, published_at=published_at)
    chunk = Chunk(f"{article}:0", article, Span(0, len(text)), "Title", (Span(0, len(text)),))
    return Quote(Passage(chunk, whole, Standing(1, 0.1), None, None, None), Span(0, len(text)), text, 5.0)


def differ(question: str, *texts: str) -> bool:
    return disagreement(question, [quote(text, str(place)) for place, text in enumerate(texts)]) is not None


class TestWhatIsSaid:
    def test_both_newest_first_with_their_sources_and_dates(self) -> None:
        old = quote("More than 500 people were killed in the fire, police said.", "a", "2023-10-01", "BBC")
        new = quote("About 300 people were killed in the fire in Arden.", "b", "2023-10-04", "The Verge")
        found = disagreement(FIRE, [old, new])
        assert found is not None
        assert found.quotes == (new, old)
        assert found.note.kind is NoteKind.DISAGREEMENT
        assert found.note.text == (
            "The articles differ: “About 300” (The Verge, 4 October 2023) and “More than 500” (BBC, 1 October 2023)."
        )

    def test_three_values_and_what_is_not_known_of_the_articles(self) -> None:
        quotes = [
            quote("The tower is 324 metres tall.", "a", "2020"),
            quote("The tower is 324 metres tall, they say.", "b", "2023"),  # says what the first one says
            quote("The tower is 330 metres tall.", "c"),
            quote("The tower is 312 metres tall.", "d", "2022-05", "Wired"),
        ]
        found = disagreement("How tall is the tower?", quotes)
        assert found is not None
        assert found.note.text == (
            "The articles differ: “312” (Wired, May 2022), “324” (Title a, 2020) and “330” (Title c)."
        )

    def test_dates(self) -> None:
        quotes = [
            quote("The museum opened on 4 October 2023.", "a", "2023-10-05", "A"),
            quote("The museum opened on October 6.", "b", "2023-10-07", "B"),
        ]
        found = disagreement("When did the museum open?", quotes)
        assert found is not None
        assert found.note.text == (
            "The articles differ: “October 6” (B, 7 October 2023) and “4 October 2023” (A, 5 October 2023)."
        )

    def test_only_what_contradicts_the_best_is_shown(self) -> None:
        quotes = [
            quote("Snow fell in Oslo.", "a"),
            quote("12 people were killed in the fire.", "b"),
            quote("15 people were killed in the fire.", "c"),
        ]
        assert disagreement(FIRE, quotes) is None
        assert disagreement(FIRE, quotes[1:]) is not None

    def test_nothing(self) -> None:
        assert disagreement(FIRE, []) is None


class TestWhatDiffers:
    @pytest.mark.parametrize(
        ("question", "one", "other"),
        [
            (FIRE, "12 people were killed in the fire.", "The fire in Arden killed 15 people."),
            (FIRE, "At least 12 were killed in the fire.", "At least 15 people were killed in the fire."),
            (FIRE, "12 people were killed and 30 people were hurt in the fire.", "15 people were killed in the fire."),
            (FIRE, "Twelve people were killed in the fire.", "Fifteen people were killed in the fire."),
            ("How much did Orix pay Arden?", "Orix paid Arden $18 billion.", "Orix paid Arden $20 billion a year."),
            (
                "What is the population of Oslo?",
                "The population of Oslo is 700,000.",
                "Oslo has a population of 709,000.",
            ),
            ("How old was Ann Lee when she won?", "Ann Lee was 32 when she won.", "Ann Lee was 34 when she won."),
            ("In which year was the bridge built?", "The bridge was built in 1911.", "The bridge was built in 1913."),
        ],
    )
    def test_values_that_cannot_both_be(self, question: str, one: str, other: str) -> None:
        assert differ(question, one, other)
        assert differ(question, other, one)

    @pytest.mark.parametrize(
        ("question", "one", "other"),
        [
            # The same, said otherwise.
            (FIRE, "12 people were killed in the fire.", "Twelve people were killed in the fire."),
            (FIRE, "About 300 people were killed in the fire.", "312 people were killed in the fire."),
            (FIRE, "More than 300 people were killed in the fire.", "350 people were killed in the fire."),
            (FIRE, "Up to 300 people were killed in the fire.", "At least 200 people were killed in the fire."),
            ("How much did Orix pay?", "Orix paid $18 billion.", "Orix paid $18.2 billion."),
            ("What share of voters agreed?", "The share of voters is 5%.", "The share of voters is 4.7%."),
            ("When did it open?", "The museum did open on 4 October 2023.", "The museum did open in October 2023."),
            # Another thing is counted, or another event.
            (FIRE, "12 people were killed in the fire.", "15 houses were lost in the fire."),
            (FIRE, "12 people were killed in the fire.", "15 people were killed in the flood."),
            (
                "How many points did Smith score?",
                "Smith scored 23 points against Arden.",
                "Smith scored 30 points against Barden.",
            ),
            (
                "How many points did Smith score?",
                "Smith scored 23 points in Week 14.",
                "Smith scored 30 points in Week 15.",
            ),
            (
                "How much did Orix pay Arden?",
                "Orix paid Arden $18 billion in 2021.",
                "Orix paid Arden $20 billion in 2022.",
            ),
            ("How tall is the tower?", "The tower is 324 metres tall.", "The tower is 1,063 feet tall."),
            (
                "When was the Royal School of Arden founded?",
                "The Royal School of Barden was founded in 1816.",
                "The Royal College of Arden was founded in 1838.",
            ),
            # More than one number could be it, or it is there too.
            (
                FIRE,
                "12 people were killed in the fire and 3 people were killed in the flood.",
                "15 people were killed in the fire.",
            ),
            (
                "How many counts is he charged with?",
                "He is charged with seven counts.",
                "He is charged with seven counts: two counts of fraud and five counts of theft.",
            ),
            # No number or date is asked for.
            ("Who was killed in the fire?", "12 people were killed in the fire.", "15 people were killed in the fire."),
        ],
    )
    def test_what_is_no_difference(self, question: str, one: str, other: str) -> None:
        assert not differ(question, one, other)
        assert not differ(question, other, one)

    def test_an_article_does_not_differ_from_itself(self) -> None:
        quotes = [quote("12 people were killed in the fire."), quote("15 people were killed in the fire.")]
        assert disagreement(FIRE, quotes) is None

    def test_a_date_that_is_not_of_the_other_articles_year_is_another_event(self) -> None:
        quotes = [
            quote("In 2019, 12 people were killed in the fire.", "a", "2023-10-01"),
            quote("15 people were killed in the fire.", "b", "2023-10-04"),
        ]
        assert disagreement(FIRE, quotes) is None


class TestStatement:
    @pytest.mark.parametrize(
        ("question", "text", "expected"),
        [
            (FIRE, "About 300 people were killed.", ("About 300", 300.0, "peopl", 50.0, 0)),
            (FIRE, "At least 1,250 people died.", ("At least 1,250", 1250.0, "peopl", 0.0, 1)),
            (
                FIRE,
                "No more than 3.1 million people were killed.",
                ("No more than 3.1 million", 3.1e6, "peopl", 5e4, -1),
            ),
            ("How much is it?", "It is $4.5 billion.", ("$4.5 billion", 4.5e9, "USD", 5e7, 0)),
            ("What is the rate?", "The rate is 4.7%.", ("4.7%", 4.7, "%", 0.05, 0)),
        ],
    )
    def test_amounts(self, question: str, text: str, expected: tuple[str, float, str, float, int]) -> None:
        found = statement(question, quote(text))
        assert isinstance(found, Amount)
        assert (found.written, found.value, found.counts) == expected[:3]
        assert (found.slack, found.bound) == (pytest.approx(expected[3]), expected[4])

    def test_a_highlighted_value_is_the_one(self) -> None:
        text = "It opened in 1911 and closed in 1950."
        whole = quote(text)
        assert statement("When did it open?", whole) is None
        marked = Quote(
            whole.passage, whole.span, text, 5.0, highlights=(Span(text.index("1911"), text.index("1911") + 4),)
        )
        assert statement("When did it open?", marked) == Day("1911", "1911")

    def test_words_that_carry_meaning(self) -> None:
        assert content("The 12 people’s houses were burning, and 3 burned.") == {"peopl", "hous", "burn"}


@pytest.mark.parametrize("text", ["1 " * 20_000, "at least " * 5_000, "A" * 50_000, "in 2019 " * 5_000])
def test_long_text_takes_no_time(text: str) -> None:
    assert differ(FIRE, text, text + "x") is False


def test_a_number_of_the_question_tells_which_thing_is_meant() -> None:
    asked = "How many hours does the bread of note 3 bake?"
    third, second = "The bread of note 3 bakes for 13 hours.", "The bread of note 2 bakes for 12 hours."
    assert not differ(asked, third, second)
    assert differ(asked, third, "The bread of note 3 bakes for 12 hours.")
