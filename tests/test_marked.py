"""An answer as one text: its quotations are where it says, and read back it says what the answer said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.marked import Said, marked, opening, unmarked
from qa.records import Answer, Citation, Fault, LookedAt, Outcome, Prose, ProseSentence

KINDS = ["answered", "copied", "disagreeing", "listed", "not_stated", "not_covered"]

REVISED, AGROUND = "http://here/articles/revised?cite=38-69", "http://here/articles/aground?cite=60-124"


def link(citation: Citation) -> str:
    return f"http://here/articles/{citation.article_id}?cite={citation.start_char_index}-{citation.end_char_index}"


def folded(text: str) -> str:
    return " ".join(text.split())


def test_quotations_each_with_its_mark_then_where_they_stand(answers: dict[str, Answer]) -> None:
    assert marked(answers["disagreeing"], link).text == (
        "It said 207 people were aboard. [1]\n\n"
        "Rescuers brought 212 people ashore by noon, the coastguard said. [2]\n\n"
        "Disagreement: The articles differ: 207 (7 March 2024) and 212 (5 March 2024).\n\n"
        "Two passages answer about equally well; the newest comes first.\n\n"
        "Sources:\n"
        f"- [1] [Ferry count revised]({REVISED}), Harbour Gazette, 7 March 2024\n"
        f"- [2] [Ferry runs aground with 212 aboard]({AGROUND}), Northern Wire, 5 March 2024"
    )


def test_a_source_names_the_section_and_the_page(answers: dict[str, Answer]) -> None:
    answer = answers["answered"]
    paged = replace(answer.citations[0], section=("Harbours", "In *fog*"), start_page="iv", end_page="5")
    text = marked(replace(answer, citations=(paged,)), link).text
    assert text.endswith(f"({AGROUND}) › Harbours › In \\*fog\\*, Northern Wire, 5 March 2024, pp. iv–5")
    assert unmarked(text).titles == (paged.document_title,)


def test_a_list_names_each_article_before_its_quotation(answers: dict[str, Answer]) -> None:
    assert marked(answers["listed"], link).text == (
        "Here are 2 articles, newest first.\n\n"
        f"- [Ferry count revised]({REVISED}), Harbour Gazette, 7 March 2024:\n"
        "  It said 207 people were aboard. [1]\n"
        f"- [Ferry runs aground with 212 aboard]({AGROUND}), Northern Wire, 5 March 2024:\n"
        "  Rescuers brought 212 people ashore by noon, the coastguard said. [2]"
    )


def test_an_abstention_says_that_and_why_and_what_was_searched(answers: dict[str, Answer]) -> None:
    assert marked(answers["not_stated"], link).text == (
        "Nothing. No passage answers. Searched 13,656 passages of 609 articles by words and by meaning; "
        "read the 10 closest."
    )


PROSE = Prose(
    "a_model",
    (ProseSentence("The coastguard counts 207.", (0,)), ProseSentence("It sank.", (1, 0), Fault.UNSUPPORTED)),
    removed=1,
    notice="One sentence was left out.",
)


def test_prose_comes_first_and_the_quotations_beneath(answers: dict[str, Answer]) -> None:
    quoted = answers["disagreeing"]
    text = marked(replace(quoted, prose=PROSE), link).text
    assert text.startswith(
        "The coastguard counts 207. [1] “It sank.” [2][1]\n\n"
        "Written by a\\_model from the quotations below; each sentence was checked against them.\n\n"
        "It said 207 people were aboard. [1]\n\n"
    )
    assert "\n\nOne sentence was left out.\n\nSources:\n" in text
    assert unmarked(text) == unmarked(marked(quoted, link).text)
    silent = replace(quoted, prose=replace(PROSE, sentences=(), notice="It did not answer in time."))
    assert unmarked(marked(silent, link).text) == unmarked(marked(quoted, link).text)
    spans = marked(replace(quoted, prose=PROSE), link).quoted
    assert [text[span.start : span.end] for span in spans] == [citation.cited_text for citation in quoted.citations]


def test_what_was_taken_over_is_said_first(answers: dict[str, Answer]) -> None:
    follow_up = replace(answers["answered"], question="How many came ashore?", asked="How many?", carried=("ashore",))
    said = marked(follow_up, link)
    assert said.text.startswith("Searched: How many came ashore?\n\nRescuers brought")
    assert said.pieces[: len(opening(follow_up))] == opening(follow_up)
    assert opening(answers["answered"]) == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("carried", [(), ("the ferry",)])
def test_every_quotation_is_where_it_says(answers: dict[str, Answer], kind: str, carried: tuple[str, ...]) -> None:
    answer = replace(answers[kind], carried=carried)
    said = marked(answer, link)
    assert [said.text[span.start : span.end] for span in said.quoted] == [
        citation.cited_text for citation in answer.citations
    ]
    for number, span in enumerate(said.quoted, start=1):
        assert said.text[span.end :].startswith(f" [{number}]")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("carried", [(), ("the ferry",)])
def test_read_back_it_says_what_the_answer_said(
    answers: dict[str, Answer], kind: str, carried: tuple[str, ...]
) -> None:
    answer = replace(answers[kind], carried=carried)
    if answer.abstained:
        answer = replace(answer, answer="The articles are about this, but do not say.")
    titles = tuple(dict.fromkeys(citation.document_title for citation in answer.citations))
    question = answer.question if carried else None
    text = marked(answer, link).text
    assert unmarked(text) == Said(question, folded(answer.answer), titles)
    assert unmarked(text.replace("\n", "\r\n") + "\n") == Said(question, folded(answer.answer), titles)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Paris. [1]",
        "See [1] and\n\nSources:\n- Wikipedia",
        "Sources:\n- [1] nothing",
        "Here are 2 articles.",
        "Searched: the web\n\nParis.",
        "\n\nSources:\n- [2] [b](http://b)",
    ],
)
def test_what_another_wrote_says_what_it_says(text: str) -> None:
    assert unmarked(text) == Said(None, folded(text), ())


HOSTILE = "![x](http://evil/p.png) <img src=x> [1]: http://evil *a* `b` _c_ | ~~d~~ ]( \\ \n\n# e"


def test_titles_and_sources_stay_text_in_markdown(answers: dict[str, Answer]) -> None:
    answer = answers["answered"]
    (citation,) = answer.citations
    for kind in (Outcome.ANSWERED, Outcome.LISTED):
        hostile = replace(citation, document_title=HOSTILE, source=HOSTILE)
        text = marked(replace(answer, citations=(hostile,), outcome=kind), link).text
        html = MarkdownIt("commonmark").render(text)
        assert html.count("<a ") == html.count(f'<a href="{link(citation)}"') == 1
        for made in ("<img", "<em>", "<code>", "<h1>", 'evil/p.png"'):
            assert made not in html
        assert "![x](http://evil/p.png) &lt;img src=x&gt; [1]: http://evil *a* `b` _c_ | ~~d~~ ]( \\ # e" in html
        assert unmarked(text).titles == (folded(HOSTILE),)


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_any_title_is_read_back(title: str, source: str) -> None:
    citation = Citation(
        cited_text="So it is.", document_index=0, document_title=title, start_char_index=0, end_char_index=9,
        article_id="a", chunk_id="a:0", url=None, source=source,
    )  # fmt: skip
    for kind in (Outcome.ANSWERED, Outcome.LISTED):
        text = marked(_answer(citation, kind), link).text
        assert unmarked(text) == Said(None, "So it is.", (folded(title),))


@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert unmarked(text) == Said(None, folded(text))


def _answer(citation: Citation, kind: Outcome) -> Answer:
    return Answer(
        question="Is it?", answer=citation.cited_text, outcome=kind, reason=None, notes=(),
        looked_at=LookedAt(1, 1, 1), confidence=0.9, signals={}, citations=(citation,), passages=(),
        index_version="v", searches=("lexical",), timings_ms={}, asked="Is it?",
    )  # fmt: skip
