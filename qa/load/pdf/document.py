"""A PDF as a whole: opened, its pages read and put together, and what it says of itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from qa.load.decode import Unusable
from qa.load.extracted import Extracted
from qa.load.isolated import Bounds
from qa.load.pdf.columns import columns
from qa.load.pdf.contents import without_contents
from qa.load.pdf.furniture import without_furniture
from qa.load.pdf.geometry import Layout, Sheet
from qa.load.pdf.headings import Bookmark, body_size, lines_named, mark_headings
from qa.load.pdf.hyphens import Hyphens
from qa.load.pdf.lines import pieces
from qa.load.pdf.paragraphs import paragraphs
from qa.load.pdf.sheet import sheet
from qa.load.pdf.tables import tables
from qa.records import Block

_MOST_PAGES = 20_000
_MOST_BOOKMARKS = 10_000
_MOST_UNKNOWN = 0.3
"""Of all characters: where the fonts do not name more of them, what is left is no text."""
_DATE = re.compile(r"(?:D:)?(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")


def extract(data: bytes, bounds: Bounds) -> list[Extracted]:
    """Return the text of a PDF as one article, with its pages. Raises Unusable."""
    with closing(_opened(data)) as document:
        if len(document) > _MOST_PAGES:
            raise Unusable(f"has {len(document):,} pages, more than {_MOST_PAGES:,}: save it in parts")
        sheets = list(_sheets(document, bounds))
        outline = _outline(document)
        stated = document.get_metadata_dict(skip_empty=True)
    blocks, missing = _blocks(sheets, outline)
    date = _DATE.match(stated.get("CreationDate", ""))
    program = " ".join(filter(None, [stated.get("Creator"), stated.get("Producer")]))
    article = Extracted(
        blocks,
        title=stated.get("Title"),
        author=stated.get("Author"),
        published_at=f"{date['year']}-{date['month']}-{date['day']}" if date else None,
        metadata={"program": program} if program else {},
        missing=missing,
    )
    return [article]


def _opened(data: bytes) -> Any:
    """Open a PDF. Raises Unusable."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == pdfium.FPDF_ERR_PASSWORD:
            raise Unusable("is encrypted: save it without a password") from None
        if code == pdfium.FPDF_ERR_SECURITY:
            raise Unusable("is encrypted in a way that cannot be read: save it without protection") from None
        raise Unusable("cannot be read as a PDF: it is damaged, or another kind of file") from None


def _sheets(document: Any, bounds: Bounds) -> Iterator[Sheet]:
    """Read the pages; one that cannot be read counts as one without text. Raises Unusable where there is too much."""
    import pypdfium2

    letters = 0
    for index in range(len(document)):
        label = document.get_page_label(index) or str(index + 1)
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            continue
        with closing(page):
            read = sheet(page, " ".join(label.split()) or str(index + 1))
        letters += sum(len(word.text) + 1 for word in read.words)
        if letters > bounds.text:
            raise Unusable(f"holds more than {bounds.text / 1e6:g} MB of text (the setting max_article_mb)")
        yield read


def _outline(document: Any) -> list[Bookmark]:
    """Return the outline; a damaged one is none."""
    import pypdfium2

    found = []
    try:
        for entry in document.get_toc(max_depth=6):
            target = entry.get_dest()
            title = " ".join((entry.get_title() or "").split())
            found.append(Bookmark(title, entry.level + 1, target.get_index() if target else None))
            if len(found) >= _MOST_BOOKMARKS:
                break
    except pypdfium2.PdfiumError:
        return []
    return [entry for entry in found if entry.title]


def _blocks(sheets: Sequence[Sheet], outline: Sequence[Bookmark]) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """Put the pages together; return the blocks, and what is to be said of pages that hold none. Raises Unusable."""
    _refuse_nameless(sheets)
    body = body_size(_sizes(sheets))
    bare = without_furniture(sheets, body)
    pictures = [number for number, it in enumerate(bare) if not it.words and it.pictures]
    if not any(it.words for it in bare):
        raise Unusable(_scanned(sheets) if pictures else "has no text")
    layouts = without_contents([_layout(it) for it in bare])
    hyphens = Hyphens(line.text for it in layouts for column in it.columns for line in column.lines)
    found = paragraphs(layouts, body, hyphens, lines_named(outline))
    mark_headings(found, body, outline)
    missing = (_without_text([sheets[number].label for number in pictures]),) if pictures else ()
    return tuple(Block(it.text, it.level, tuple(it.pages)) for it in found), missing


def _sizes(sheets: Sequence[Sheet]) -> Counter[float]:
    counted: Counter[float] = Counter()
    for word in (word for it in sheets for word in it.words):
        counted[word.size] += len(word.text)
    return counted


def _layout(it: Sheet) -> Layout:
    words, found = tables(it.words, it.rules)
    return Layout(it.label, tuple(columns([*pieces(words), *found])))


def _refuse_nameless(sheets: Sequence[Sheet]) -> None:
    unknown = sum(it.unknown for it in sheets)
    known = sum(len(word.text) for it in sheets for word in it.words)
    if unknown > _MOST_UNKNOWN * (known + unknown):
        raise Unusable(
            "has text that cannot be read: its fonts do not say which characters they draw; run it through OCR, for "
            "example with `ocrmypdf --force-ocr`"
        )


def _scanned(sheets: Sequence[Sheet]) -> str:
    pages = "its page is a picture" if len(sheets) == 1 else f"its {len(sheets):,} pages are pictures"
    return f"is a scan: {pages} without text; run it through OCR first, for example with `ocrmypdf`"


def _without_text(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:10]) + (f" and {len(labels) - 10:,} more" if len(labels) > 10 else "")  # noqa: PLR2004
    some = "page {} is a picture" if len(labels) == 1 else "pages {} are pictures"
    return f"is read but for what is scanned: {some.format(shown)} without text; run it through OCR first"
