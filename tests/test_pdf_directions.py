"""PDFs whose text runs from right to left, of LibreOffice and of Chromium (`scripts/documents.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.clean import clean
from qa.load import Limits, read
from qa.load.pdf.bidi import brackets_to_mirror, letters, reads_from_right, runs_to_left
from qa.load.pdf.bidi import read as read_cells
from qa.records import Article, RawDocument

LIMITS = Limits.from_mb(file=64, article=4, seconds=60)
DOCUMENTS = Path(__file__).parent / "data" / "documents"


def in_order(seen: str, *, mostly: bool = True) -> str:
    """Return a line as it is read, which looks like this."""
    cells = list(seen)
    from_right = reads_from_right(seen, mostly=mostly)
    turned = runs_to_left(cells, from_right=from_right)
    order = read_cells(cells, from_right=from_right)
    mirrors = brackets_to_mirror([[cells[place] for place in order if turned[place]]])
    return "".join(letters(cells[place], mirrors if turned[place] else frozenset()) for place in order)


@pytest.mark.parametrize(
    ("seen", "is_read"),
    [
        # What is seen is written from left to right here, letter by letter.
        ("".join(reversed("שלום עולם")), "שלום עולם"),
        (",1911 " + "".join(reversed("בשנת")), "בשנת 1911,"),
        ("1897 410 " + "".join(reversed("מטר")), "מטר 410 1897"),
        ("".join(reversed("סוף")) + " Franco-German Co " + "".join(reversed("חברת")), "חברת Franco-German Co סוף"),
        ("Franco- " + "".join(reversed("חברת")), "חברת Franco-"),
        ("Boeing 747 " + "".join(reversed("מטוס")), "מטוס Boeing 747"),
        (".12.5% " + "".join(reversed("הם")), "הם 12.5%."),
        (".%12.5 " + "".join(reversed("أي")), "أي 12.5%."),
        ("(" + "".join(reversed("בדרום")) + ")", "(בדרום)"),
        ("Foo (bar) " + "".join(reversed("של")), "של Foo (bar)"),
        ("A line of English with " + "".join(reversed("ים")) + " in it.", "A line of English with ים in it."),
        ("Page 2 of 7", "Page 2 of 7"),
        ("\ufe8e\ufee7\ufe8e\ufedb", "كانا"),
        ("".join(reversed("سـلام")), "سلام"),
    ],
)  # fmt: skip
def test_what_stands_on_a_line_and_how_it_is_read(seen: str, is_read: str) -> None:
    assert in_order(seen) == is_read


def test_brackets_that_are_named_by_what_they_do_stay() -> None:
    assert brackets_to_mirror([["ש", "(", "ל", ")"]]).isdisjoint("()")
    assert brackets_to_mirror([["ש", ")", "ל", "("]]) >= {"(", ")"}


def test_a_line_of_english_within_hebrew_and_the_other_way_round() -> None:
    hebrew = "".join(reversed("הוא עבד בחברה"))
    assert in_order("International Business Machines " + hebrew).startswith("הוא עבד בחברה International")
    assert in_order("the word " + "".join(reversed("שלום")), mostly=False) == "the word שלום"


ARABIC = (
    "وقد كتبت إلى شركة Franco-German Pilots في دنمور (الجنوب) رسالة طويلة عن كاسر الأمواج الشمالي الذي انهار بعد "
    "العاصفة الكبيرة. بلغت التكلفة ٤١٬٠٠٠ كرونة، أي 12.5% من الميزانية. قال المدير: «لن ننسى ذلك اليوم». كتبه مُحَمَّدٌ."
)
HEBREW = (
    "היא כתבה אל חברת Franco-German Pilots בדנמור (בדרום) מכתב ארוך על שובר הגלים הצפוני שקרס לאחר הסערה הגדולה. העלות "
    'הייתה 41,000 כתר, שהם 12.5% מהתקציב. "לא נשכח את היום הזה", אמר המנהל.'
)


@pytest.mark.parametrize(("name", "language", "says"), [("arabic", "ar", ARABIC), ("hebrew", "he", HEBREW)])
@pytest.mark.parametrize("printed", [False, True])
def test_documents(name: str, language: str, says: str, *, printed: bool) -> None:
    (raw,) = read(DOCUMENTS / f"{name}{'-printed' if printed else ''}.pdf", LIMITS)
    assert isinstance(raw, RawDocument)
    found = clean(raw)
    assert isinstance(found, Article)
    assert found.language == language
    assert says in found.text
    row = {"ar": "الرصيف: رصيف السمك; افتتح: 1923; الطول: 96 متر", "he": "רציף: רציף הדגים; נפתח: 1923; אורך: 96 מטר"}
    assert row[language] in found.text.split("\n\n")
