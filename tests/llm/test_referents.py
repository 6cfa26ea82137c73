"""Names that stand around a quotation, put in the place of the words that stand for them."""

from __future__ import annotations

import pytest

from qa.llm.referents import Around, spelt_out, surroundings
from qa.llm.verify import fault
from qa.records import Article, Chunk, Citation, Fault, Heading, Passage, Span, Standing

BRIDGE = Around(("Brennick Bridge",))
QUILL = Around(("Mayor resigns",), ("Ada Quill was elected in 2019.", "She lives in Brennick."))

STAND_FOR_A_NAME = [
    ("The bridge was opened in 1904.", BRIDGE, "Brennick Bridge was opened in 1904."),
    ("In 1904 the bridge's owner died.", BRIDGE, "In 1904 Brennick Bridge's owner died."),
    ("It was opened in 1904.", BRIDGE, "Brennick Bridge was opened in 1904."),
    ("Its arches are of iron.", BRIDGE, "Brennick Bridge’s arches are of iron."),
    ("She resigned in May.", QUILL, "Ada Quill resigned in May."),
    ("Quill resigned in May.", QUILL, "Ada Quill resigned in May."),
    ("Her deputy took over.", QUILL, "Ada Quill’s deputy took over."),
    (
        "The university has 29 halls.",
        Around(("University of Brennick",), ("Many live there.",)),
        "University of Brennick has 29 halls.",
    ),
    ("The city's area is 469 square miles.", Around(("New York City",)), "New York City's area is 469 square miles."),
]
LEAVE_IT_OPEN = [
    ("It was opened in 1904.", Around(("What we know",), ("Brennick Bridge is older than Holt Bridge.",))),
    ("The bridge was opened in 1904.", Around(("Bridges",), ("Holt Bridge is near Brennick Bridge.",))),
    ("The bridge of Holt was opened in 1904.", BRIDGE),
    ("The bridge in Holt was opened in 1904.", BRIDGE),
    ("Holt Bridge was closed when the bridge was flooded.", BRIDGE),
    ("He resigned in May.", QUILL),
    ("They resigned in May.", QUILL),
    ("Quill resigned in May.", Around(("Ada Quill and Tom Quill",))),
    ("Korea won.", Around(("North Korea",))),
    ("York won.", Around(("New York",))),
    ("Ines Holt said she would resign.", QUILL),
    ("She resigned.", Around(("A quarrel",), ("Ada Quill met Ines Holt in May.",))),
    ("It rained in May.", BRIDGE),
    ("It is known that nobody came.", BRIDGE),
    ("The people came in May.", BRIDGE),
    ("", BRIDGE),
]


@pytest.mark.parametrize(("quotation", "around", "spelt"), STAND_FOR_A_NAME)
def test_what_stands_for_one_name_is_replaced_by_it(quotation: str, around: Around, spelt: str) -> None:
    assert spelt_out(quotation, around) == spelt


@pytest.mark.parametrize(("quotation", "around"), LEAVE_IT_OPEN)
def test_what_has_two_readings_or_none_stays(quotation: str, around: Around) -> None:
    assert spelt_out(quotation, around) == quotation


def test_a_name_that_is_stood_for_is_no_fault_and_another_one_is() -> None:
    quotation = "The bridge was opened in 1904 by its owner."
    spelt = spelt_out(quotation, Around(("Brennick Bridge",), ("Holt paid for it.",)))
    assert fault("Brennick Bridge was opened in 1904.", quotation, spelt) is None
    assert fault("Brennick Bridge was opened in 1904.", quotation) is Fault.NAME
    assert fault("Holt Bridge was opened in 1904.", quotation, spelt) is Fault.NAME
    assert fault("Brennick Bridge was opened by Holt.", quotation, spelt) is Fault.NAME


@pytest.mark.parametrize("sentence", ["Brennick Bridge was opened in 1904.", "Brennick Bridge has 7 arches."])
def test_no_number_or_date_is_taken_from_around(sentence: str) -> None:
    quotation = "It was opened by the mayor, and has arches."
    spelt = spelt_out(quotation, Around(("Brennick Bridge",), ("Brennick Bridge of 1904 has 7 arches.",)))
    assert spelt.startswith("Brennick Bridge was opened")
    assert fault(sentence, quotation, spelt) in {Fault.DATE, Fault.NUMBER}


def test_the_surroundings_are_those_of_the_cited_passage() -> None:
    text = "Early years\n\nAda Quill was born in 1970. She ran in 2019. She won."
    article = Article("a", "A mayor", text, "a.txt", headings=(Heading(1, 0, 11),))
    starts = [text.index(part) for part in ("Ada", "She ran", "She won")]
    spans = tuple(Span(a, b) for a, b in zip(starts, [*(at - 1 for at in starts[1:]), len(text)], strict=True))
    chunk = Chunk("a:0", "a", Span(starts[0], len(text)), "A mayor", spans)
    passage = Passage(chunk, article, Standing(1, 1.0), None, None, None)
    citation = Citation(
        cited_text="She won.", document_index=0, document_title="A mayor", start_char_index=starts[2],
        end_char_index=len(text), article_id="a", chunk_id="a:0", url=None, section=("Early years",),
    )  # fmt: skip
    around = Around(("A mayor", "Early years"), ("Ada Quill was born in 1970.", "She ran in 2019."))
    assert surroundings(citation, [passage]) == around
    assert surroundings(citation, []) == Around(("A mayor", "Early years"))
    assert spelt_out("She won.", around) == "Ada Quill won."
