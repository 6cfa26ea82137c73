"""Sentences that need the one before them, and sentences that stand alone, proved by natural examples."""

from __future__ import annotations

import time

import pytest

from qa.antecedent import leans_on_previous

BEFORE = "Maria Lindqvist founded the bakery in 1987 with the money of an uncle."

LEANS = [
    "She sold it ten years later.",
    "He never saw the coast again.",
    "It closed in March.",
    "They were surprised by the queue on the first morning.",
    "Her husband kept the books.",
    "Its windows face the harbour.",
    "Their bread won a prize.",
    "This made the street famous.",
    "This decision was not popular.",
    "These were the best years.",
    "That changed in 1999.",
    "That's why nobody came.",
    "Those loaves cost two crowns.",
    "However, she never baked again.",
    "But it was too small for two ovens.",
    "And then they left.",
    "Eventually, he gave in.",
    "The former was a fisherman.",
    "The latter paid for the oven.",
    "Such shops were rare.",
    "Both died in 2004.",
    "Neither spoke of the fire.",
    "The pair moved to Oslo.",
    "In 1990, she opened a second shop.",
    "In Bergen, he met a baker from Lyon.",
    "After the war, they moved north.",
    "By then, it had four branches.",
    "Despite this, sales rose.",
    "For that reason, the shop was sold.",
    "“I never liked mornings,” she said.",
    "The flour came from Denmark, he said.",
    "When he died, she took over.",
    "It has four rooms and a cellar.",
    "Others left within a year.",
    "Hopefully, they will be back.",
    "It was sent to the museum.",
    "It was too dear to keep.",
    "Each of them wept.",
]
STANDS_ALONE = [
    "Maria Lindqvist sold the bakery ten years later.",
    "The bakery closed in March because it made a loss.",
    "It is clear that small shops cannot pay such rents.",
    "It was not until 1999 that the street was paved.",
    "It rained for three weeks.",
    "It takes two hours to bake a loaf.",
    "It seems that nobody read the contract.",
    "It was Ivo Kalin who paid for the oven.",
    "It is unclear whether the roof will hold.",
    "In his speech, Ivo Kalin thanked the firemen.",
    "When he died, Ivo Kalin owned four bakeries.",
    "After Ivo Kalin left, he opened a cafe.",
    "If a loaf is too dark, it is thrown away.",
    "This year, rents rose by a tenth.",
    "This article was first published in May.",
    "Those who rise early get the best bread.",
    "Both Denmark and Norway export fish.",
    "Neither Denmark nor Norway exports wine.",
    "There is a bakery in every street.",
    "However, the council refused.",
    "“I never liked mornings,” Ivo Kalin said.",
    "Ivo Kalin said he would not sell.",
    "That he would win surprised nobody.",
    "Rents rose, but they fell again in winter.",
    "I tried the bread myself.",
    "Each year the town holds a fair.",
    "Each loaf costs two crowns.",
    "The driver stopped at the bridge, but he saw nobody.",
    "It is hard to say what happened.",
    "It never fails to please us that the oven still works.",
]


@pytest.mark.parametrize("sentence", LEANS)
def test_a_sentence_that_needs_the_one_before(sentence: str) -> None:
    assert leans_on_previous(sentence, BEFORE)
    assert not leans_on_previous(sentence, None)


@pytest.mark.parametrize("sentence", STANDS_ALONE)
def test_a_sentence_that_stands_alone(sentence: str) -> None:
    assert not leans_on_previous(sentence, BEFORE)


@pytest.mark.parametrize(
    ("previous", "sentence", "expected"),
    [
        # Only what names someone helps "he"; anything that names a thing helps "it".
        ("He was seen again.", "He left.", False),
        ("The driver was seen again.", "He left.", True),
        ("The roof was mended.", "It held.", True),
        ("Yes.", "This is why.", False),
        # Speech needs its speaker.
        ("Ivo Kalin told reporters that he was tired.", "“I want to go home.”", True),
        ("“It is late.", "“I want to go home.”", False),
        ("Ivo Kalin told reporters that he was tired.", "“I want to go home,” Ann Marsh replied.", False),
    ],
)
def test_the_sentence_before_must_help(previous: str, sentence: str, expected: bool) -> None:
    assert leans_on_previous(sentence, previous) is expected


@pytest.mark.parametrize("unit", ["It is a ", "but ", "“", "In a, ", "both a ", ", he", "he said ", "“a” ", "x"])
def test_odd_text_takes_time_in_proportion_to_its_length(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.thread_time()
    leans_on_previous(text, text)
    assert time.thread_time() - began < 8  # measured: under 1; what grows with the square takes minutes
