"""An answer in the terminal: every outcome in lines, bold where a terminal shows it and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest

from qa.records import Answer, Highlight, UnderWay
from qa.terminal import answer_lines

SEARCHED = "Searched 13,656 passages of 609 articles by words and by meaning; read the 10 closest."


def plain(answer: Answer) -> list[str]:
    return [click.unstyle(line) for line in answer_lines(answer)]


def test_an_answer(answers: dict[str, Answer]) -> None:
    assert plain(answers["answered"]) == [
        "│ Rescuers brought 212 people ashore by noon, the coastguard said. [1]",
        "",
        "[1] Ferry runs aground with 212 aboard (Northern Wire, 5 March 2024)",
        "    news/aground.txt, characters 60-124, https://example.org/aground",
        "    The same words in: Fog <b>strands</b> ferry (Morning Ledger, March 2024), 212 brought ashore",
        "    (Coast Radio)",
        "",
        "Confidence: high (0.93) · 41 ms",
        "Of 10 such quotations at least 9 answer the question.",
        SEARCHED,
    ]


def test_many_copies_are_counted(answers: dict[str, Answer]) -> None:
    shown = " ".join(line.strip() for line in plain(answers["copied"]))
    assert "Off Brennick (6 March 2024), Fog at sea (Isle Courier), and 1 more" in shown


def test_quotes_that_disagree_say_where_and_when(answers: dict[str, Answer]) -> None:
    assert plain(answers["disagreeing"])[:9] == [
        "│ It said 207 people were aboard. [1]",
        "│ — Ferry count revised (Harbour Gazette, 7 March 2024)",
        "│ Rescuers brought 212 people ashore by noon, the coastguard said. [2]",
        "│ — Ferry runs aground with 212 aboard (Northern Wire, 5 March 2024)",
        "",
        "Disagreement: The articles differ: 207 (7 March 2024) and 212 (5 March 2024).",
        "",
        "Two passages answer about equally well; the newest comes first.",
        "",
    ]


def test_a_list(answers: dict[str, Answer]) -> None:
    assert plain(answers["listed"]) == [
        "Here are 2 articles, newest first.",
        "",
        "[1] Ferry count revised (Harbour Gazette, 7 March 2024)",
        "    │ It said 207 people were aboard.",
        "    news/revised.txt, characters 38-69",
        "",
        "[2] Ferry runs aground with 212 aboard (Northern Wire, 5 March 2024)",
        "    │ Rescuers brought 212 people ashore by noon, the coastguard said.",
        "    news/aground.txt, characters 60-124, https://example.org/aground",
        "    The same words in: Fog <b>strands</b> ferry (Morning Ledger, March 2024)",
        "",
        SEARCHED,
    ]


def test_the_two_kinds_of_silence(answers: dict[str, Answer]) -> None:
    not_stated, not_covered = plain(answers["not_stated"]), plain(answers["not_covered"])
    assert not_stated[:3] == [
        "The articles are about this, but do not say. No passage answers.",
        SEARCHED,
        "\nClosest passages:",
    ]
    assert [line.split(":")[0] for line in not_stated[3:] if line.startswith("  · ")] == [
        "  · Ferry runs aground with 212 aboard",
        "  · Ferry count revised",
    ]
    assert not_covered == ["The articles are not about this. No passage answers.", SEARCHED]


def test_without_vectors_it_says_what_brings_them(answers: dict[str, Answer]) -> None:
    words = replace(answers["not_covered"], searches=("lexical",))
    building = UnderWay(1, "here", "2024-03-07T00:00:00+00:00", "Embedding passages", 3200, 13_657)
    searched = SEARCHED.replace("words and by", "words, not by")
    assert plain(words)[1:] == [searched, "`qa build` makes the vectors to search by meaning."]
    assert list(answer_lines(words, building))[2] == (
        "The vectors to search by meaning are being made: embedding passages, 3,200 of 13,657."
    )


def test_the_words_that_answer_are_bold(answers: dict[str, Answer]) -> None:
    first = next(answer_lines(answers["answered"]))
    assert (
        first == f"│ Rescuers brought {click.style('212', bold=True)} people ashore by noon, the coastguard said. [1]"
    )


@pytest.mark.parametrize("word", ["😀", "x" * 150, "a\u00a0b", "a-b"])
def test_bold_stays_on_its_words_however_lines_are_wrapped(answers: dict[str, Answer], word: str) -> None:
    text = f"A tab\tand a\nline end, and  {'many words ' * 12}before {word} at last."
    start = text.index(word)
    (citation,) = answers["answered"].citations
    citation = replace(
        citation,
        cited_text=text,
        start_char_index=1000,
        end_char_index=1000 + len(text),
        highlights=(Highlight(1000 + start, 1000 + start + len(word)),),
        also_in=(),
    )
    lines = list(answer_lines(replace(answers["answered"], citations=(citation,))))
    quoted = lines[: lines.index("")]
    assert all(len(click.unstyle(line)) <= 100 for line in quoted)
    runs = [run.split("\x1b[0m")[0] for line in quoted for run in line.split("\x1b[1m")[1:]]
    assert "".join(runs) == "".join(word.split())
    words = " ".join(click.unstyle(line).removeprefix("│ ") for line in quoted)
    assert words.replace(" ", "") == "".join(f"{text} [1]".replace("\u00a0", "¤").split()).replace("¤", "\u00a0")


def test_a_pipe_gets_no_codes(answers: dict[str, Answer], capsys: pytest.CaptureFixture[str]) -> None:
    for answer in answers.values():
        click.echo("\n".join(answer_lines(answer)))
    assert "\x1b" not in capsys.readouterr().out
