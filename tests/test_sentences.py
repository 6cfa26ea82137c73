"""Sentences, proved by worked examples, by what must hold of any text whatever, and against the clock."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa.clean import clean
from qa.records import Article, Markup, RawDocument, Span
from qa.sentences import LONGEST, length_in_words, paragraphs, sentences

SEED = Path(__file__).parents[1] / "seeds/000_4cfc9b414cc2f2ae.txt"

# What decides about boundaries: stops, marks of quotation, brackets, bullets, enumerators, white space of all kinds.
AWKWARD = st.lists(
    st.sampled_from(
        [
            *"aBé1漢。.!?…“”„«»\"'‘’‚()[]-*• \t\n\r\x1f\u00a0\u2028\u3000🎉\u0301",
            "\n\n", "\n- ", "\n2. ", "Mr. ", "U.S. ", " said", ". “", "!” Mr. Kim said", " iPhone ",
        ]
    )
).map("".join)  # fmt: skip
TEXT = st.one_of(AWKWARD, st.text())


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def seed() -> str:
    article = clean(RawDocument(SEED.name, SEED.read_text(encoding="utf-8"), Markup.PLAIN))
    assert isinstance(article, Article)
    return article.text


@pytest.mark.parametrize(
    "expected",
    [
        ["The U.S. is big.", "It is here."],
        ["He lives in the U.S.", "She does not."],
        ["Mr. Kim met Dr. Noh.", "They spoke."],
        ["On Feb. 3 he left.", "On Feb. 4 he came back."],
        ["It rose 3.5 percent.", "It fell 2.1 percent."],
        ["They met at 5 p.m. Monday.", "It began at 7 p.m. ET.", "It is due at 9 a.m. Feb. 3."],
        ["It began at 5 p.m.", "The talks went on until 8 a.m.", "Nobody slept."],
        ["J. R. R. Tolkien wrote it.", "George W. Bush read it."],
        ["Apple Inc. sells phones.", "So do others, e.g. Samsung."],
        ["He won 3-1.", "5 men left!", "Did they?", "Yes."],
        ["Then Dr. No came.", "He met Prof. So and Lt. Will.", "Ft. Worth won.", "Mt. Fuji is high."],
        ["She lives on Elm Dr.", "It is near.", "We saw the Dr.", "The nurse left."],
        ["It weighs approx. 5 kg.", "Approx. 9 came.", "See vol. 3.", "The mill (est. 1990) closed."],
        ["Brown BF.B rose.", "Moog MOG.A fell."],
        ["He left the gym at most.", "5 men stayed."],
        ["U.S. Sen. Ann Marsh (D-Calif.) spoke.", "Is it No. 5?", "Acme Inc. said so.", "Rome vs. Paris began."],
        ["Go to example.com for more.", "Or write to a.b@example.com today."],
    ],
    ids=lambda expected: expected[0],
)
def test_a_point_that_ends_no_sentence(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        # What closes stays with the sentence that it ends; what opens goes with the one that it begins.
        ["“We go.", "We stay,” he said.", "They left."],
        ["He said, \"Go.", "Run.\"", "\"Stay,\" she said."],
        ["«Il part.»", "„Er geht.“", "Both left."],
        ["“A cat sat.”", "“A dog ran.”"],
        ["She wrote (“It is done.”) and left."],
        # Attribution belongs to what was said.
        ["“Stop!” Mr. Kim said.", "Then he left."],
        ["“Why?” he asked.", "Nobody knew."],
        ["“Never!” Sung Kim told reporters.", "Kim left."],
        ["“It is the end.”", "Mr. Kim left the room."],
        # Lower case goes on, but for a name that is written so.
        ["Wait... what?", "Yes."],
        ["But when?", "iPhone sales fell."],
        # Square brackets inside a quotation.
        ["“It is [in breach of] the law.", "We [all] agree,” Kim said."],
        # An apostrophe is no quotation mark, and single quotation marks are.
        ["It's ‘fine’.", "Don't worry.", "'Really?' he said."],
        ["The dogs' home is full.", "It was the '90s.", "It’s Kim’s."],
        ["'He spoke.", "She wept.'", "That was all."],
    ],
    ids=lambda expected: expected[0],
)  # fmt: skip
def test_quotations(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Items:\n- first one\n- second one. With more.\n• third", ["Items:", "- first one", "- second one.",
                                                                    "With more.", "• third"]),
        ("Steps:\n1. Open it.\n 2) Close it.", ["Steps:", "1. Open it.", "2) Close it."]),
        ("1. Open it. 2. Close it. IV. Rest now.", ["1. Open it.", "2. Close it.", "IV. Rest now."]),
        ("• Hill ran far. He ranks second. Goff did not.", ["• Hill ran far.", "He ranks second.", "Goff did not."]),
        ("★ Hill ran far.\n● He ranks second. Goff did not.", ["★ Hill ran far.", "● He ranks second.",
                                                             "Goff did not."]),
        ("A line\nthat was wrapped. And\nanother.", ["A line\nthat was wrapped.", "And\nanother."]),
        ("A headline\n\nA paragraph\n \n\t\nanother", ["A headline", "A paragraph", "another"]),
        ("Wait… There is more. Well … no.", ["Wait… There is more.", "Well … no."]),
        ("It ends. ***", ["It ends. ***"]),
        ("He left.She stayed.", ["He left.", "She stayed."]),
        ("*** — \n\n—", ["*** —", "—"]),
        ("He left. (She stayed.) Then (they) went.", ["He left.", "(She stayed.)", "Then (they) went."]),
        ("He left (it was late. Very late). Then it rained.", ["He left (it was late. Very late).", "Then it rained."]),
        ("(AP) He left. (It rained. It hailed.) [Laughs] Yes.", ["(AP) He left.", "(It rained. It hailed.)",
                                                                   "[Laughs] Yes."]),
        ("漢字。漢字。", ["漢字。", "漢字。"]),
        # sentencex itself panics on these.
        ("Mot\u00a0. Oui\u00a0! Non.", ["Mot\u00a0.", "Oui\u00a0!", "Non."]),
        ("Word\u3000. Next\u2028. Last", ["Word\u3000.", "Next\u2028.", "Last"]),
        ("Hot 🎉 day. “Cool 🎉 day.” End.", ["Hot 🎉 day.", "“Cool 🎉 day.”", "End."]),
        ("  \n \t ", []),
        ("", []),
    ],
)  # fmt: skip
def test_lists_lines_and_marks(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_speech_in_one_pair_of_quotation_marks_is_told_apart() -> None:
    spoken = [f"We will do thing number {number}." for number in range(1, 41)]
    expected = ["Kim: “" + spoken[0], *spoken[1:-1], spoken[-1] + "”"]
    assert cut(" ".join(expected)) == expected


def test_a_long_aside_is_told_apart_and_a_short_one_is_not() -> None:
    inside = [f"We saw bird number {number} there." for number in range(1, 21)]
    expected = ["He walked on (" + inside[0], *inside[1:-1], inside[-1][:-1] + ").", "Then it rained."]
    assert cut(" ".join(expected)) == expected
    assert cut("He walked on (we saw a bird there. It sang) to the sea. Then it rained.") == [
        "He walked on (we saw a bird there. It sang) to the sea.",
        "Then it rained.",
    ]


@pytest.mark.parametrize(
    ("words", "lengths"),
    [(100, [100]), (101, [50, 51]), (200, [100, 100]), (250, [83, 83, 84]), (301, [75, 75, 75, 76])],
)
def test_text_without_a_full_stop_is_cut_into_near_equal_pieces(words: int, lengths: list[int]) -> None:
    text = "  ".join(f"word{number}" for number in range(words))
    pieces = cut(text)
    assert [len(piece.split()) for piece in pieces] == lengths
    assert "  ".join(pieces) == text


def test_what_is_longer_than_a_window_is_segmented_as_if_there_were_none() -> None:
    expected = [
        f"Mr. Kim spoke {number} times, e.g. in the U.S. Senate, and wept." if number % 7 else "“Why?” he asked."
        for number in range(1000)
    ]
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize("room", range(1, 41, 3))
def test_what_stands_in_brackets_is_not_cut_where_a_window_ends(room: int) -> None:
    # sentencex is shown 4096 characters at first; here they end everywhere in the last but one.
    expected = ["It rained."] * 360 + ["So (Ann saw it. Bob did not.) it rained.", "It rained."]
    expected.insert(0, "x" * (4096 - 360 * len("It rained. ") - 2 - room) + ".")
    assert cut(" ".join(expected)) == expected


def test_one_sentence_longer_than_several_windows() -> None:
    long = "é" * 20_000
    assert cut(f"He came. It was {long} to her. She left. They stayed.") == [
        "He came.",
        f"It was {long} to her.",
        "She left.",
        "They stayed.",
    ]


def test_the_seed_article() -> None:
    found = cut(seed())
    assert len(found) == 31
    assert found[0] == (
        "In possibly the most significant demonstration of North Korea’s\u00a0military might since President Joe Biden "
        "took office, the North fired at least one ballistic missile Tuesday."
    )
    assert found[3] == "Officials in both Japan and China responded to the missile launch Tuesday."
    assert found[4] == (
        "“North Korea’s firing of the missiles is [in breach of] United Nations Security Council resolutions and I "
        "strongly condemn the action,” Japanese Prime Minister Fumio Kishida said Tuesday."
    )
    assert found[13] == "“The US continues to reach out to Pyongyang to restart dialog.”"
    assert found[-3] == "U.S. ROK Japan trilateral cooperation remains absolutely key to our approach towards the DPRK."
    assert found[-2] == (
        "I look forward to engaging further on these issues tomorrow during the trilateral meeting with director "
        "general Funakoshi (Takehiro Funakoshi, Japanese Director-General for Asian and Oceanian Affairs) and special "
        "representative Noh."
    )
    assert found[-1] == "Thank you.”"


@settings(deadline=None)
@given(TEXT)
@example("\x1f.\u2028“")
@example("a. “\n\n” b.")
@example('. " ." a')
@example("B\u3000. Next")
def test_spans_are_in_order_and_only_white_space_lies_between(text: str) -> None:
    edge = 0
    for span in [*sentences(text), Span(len(text), len(text))]:
        assert edge <= span.start
        assert not text[edge : span.start].strip()
        edge = span.end
    for found in cut(text):
        assert found
        assert found == found.strip()
        assert len(found.split()) <= LONGEST


@settings(deadline=None)
@given(TEXT)
def test_no_sentence_reaches_over_a_blank_line(text: str) -> None:
    parts = list(paragraphs(text))
    for before, after in pairwise(parts):
        assert text[before.end : after.start].isspace()
        assert text[before.end : after.start].count("\n") >= 2
    for span in sentences(text):
        assert any(part.start <= span.start and span.end <= part.end for part in parts)


@settings(deadline=None)
@given(st.lists(AWKWARD.filter(str.strip).map(str.strip), max_size=4))
def test_a_paragraph_is_cut_the_same_wherever_it_stands(parts: list[str]) -> None:
    assert cut("\n\n".join(parts)) == [sentence for part in parts for sentence in cut(part)]


@pytest.mark.parametrize(
    "unit", ['"', " ", " \n", "x", "a. ", "a? ", "1. ", "“é. ” ", "\n- ", "(", "漢字。"], ids=ascii
)
def test_a_megabyte_of_odd_text_takes_seconds(unit: str) -> None:
    text = unit * (1_000_000 // len(unit.encode()))
    began = time.thread_time()
    found = sentences(text)
    assert time.thread_time() - began < 20  # measured: under 3; what grows with the square takes minutes
    assert sum(span.end - span.start for span in found) <= len(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("The U.S. won.", 3), ("漢字漢字。", 3), ("東京は Tokyo です", 5), ("a\nb  c", 3)],
)
def test_words_are_counted_where_they_are_not_spaced_too(text: str, words: int) -> None:
    assert length_in_words(text) == words
