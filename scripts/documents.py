"""Make the documents under tests/data/documents with LibreOffice: one text, as every format that Writer saves.

    python scripts/documents.py

Needs `soffice` (Debian: libreoffice-writer), Chromium for Playwright, and fonts for Arabic and Hebrew (Debian:
fonts-noto-core). The text is a flat OpenDocument file, written below; what is made of it is LibreOffice's own work, so
that no reader is tested on what its own library wrote. Two texts that run from right to left are made into PDFs by
LibreOffice and by Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "documents"

TITLE = "The harbour of Norrhaven"
LONG = " ".join(
    f"In year {number} the keeper of the northern lighthouse wrote down {number * 7} ships and called the weather "
    f"{'fair' if number % 2 else 'foul'} without saying why."
    for number in range(1, 121)
)
"""A paragraph of more than two pages."""
COLUMNS = """
The administration of the harbour established an international commission to investigate the considerable
deterioration of its breakwaters, and the commission recommended extraordinary maintenance expenditure.

Responsibility for navigation was transferred to a well-known company of pilots from Dunmore. The company received
forty-one thousand crowns for its establishment and its instruments.

Unfortunately the reconstruction of the southern breakwater was interrupted by an extraordinarily destructive storm
in the autumn of 1911, which the meteorological observatory had not anticipated.

Communication between the commission and the municipality deteriorated, and correspondence was subsequently
conducted exclusively through representatives of the government.
""".strip().split("\n\n")
TABLE = [
    ["Pier", "Opened", "Length"],
    ["North pier", "1897", "410 m"],
    ["South pier", "1911", "275 m"],
    ["Fish quay", "1923", "96 m"],
]

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "style": "style", "text": "text", "table": "table", "meta": "meta",
        "fo": "xsl-fo-compatible",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip

STYLES = """
<office:styles>
 <style:default-style style:family="paragraph"><style:text-properties fo:font-size="11pt" fo:language="en"
  fo:country="US" style:font-name="Liberation Serif" fo:hyphenate="true" fo:hyphenation-remain-char-count="2"
  fo:hyphenation-push-char-count="2"/><style:paragraph-properties fo:text-align="justify"
  fo:margin-bottom="0.2cm"/></style:default-style>
 <style:style style:name="Standard" style:family="paragraph"/>
 <style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties
  fo:font-size="24pt" fo:font-weight="bold"/><style:paragraph-properties fo:text-align="center"/></style:style>
 <style:style style:name="Heading" style:family="paragraph" style:parent-style-name="Standard"/>
 <style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph"
  style:parent-style-name="Heading" style:default-outline-level="1"><style:text-properties fo:font-size="17pt"
  fo:font-weight="bold"/><style:paragraph-properties fo:text-align="left" fo:margin-top="0.4cm"/></style:style>
 <style:style style:name="Heading_20_2" style:display-name="Heading 2" style:family="paragraph"
  style:parent-style-name="Heading" style:default-outline-level="2"><style:text-properties fo:font-size="14pt"
  fo:font-weight="bold"/><style:paragraph-properties fo:text-align="left" fo:margin-top="0.3cm"/></style:style>
</office:styles>
<office:automatic-styles>
 <style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000"
  fo:padding="0.1cm"/></style:style>
 <style:style style:name="Two" style:family="section"><style:section-properties><style:columns fo:column-count="2"
  fo:column-gap="0.8cm"><style:column style:rel-width="1*" fo:end-indent="0.4cm"/><style:column style:rel-width="1*"
  fo:start-indent="0.4cm"/></style:columns></style:section-properties></style:style>
 <style:page-layout style:name="A5"><style:page-layout-properties fo:page-width="14.8cm" fo:page-height="21cm"
  fo:margin="1.6cm"/><style:header-style><style:header-footer-properties fo:min-height="0.6cm"
  fo:margin-bottom="0.4cm"/></style:header-style><style:footer-style><style:header-footer-properties
  fo:min-height="0.6cm" fo:margin-top="0.4cm"/></style:footer-style></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A5">
 <style:header><text:p>Annals of Norrhaven</text:p></style:header>
 <style:footer><text:p>Page <text:page-number text:select-page="current"/> of <text:page-count/></text:p></style:footer>
</style:master-page></office:master-styles>
"""


def body() -> str:
    """Return the text as OpenDocument XML."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell table:style-name="Cell" office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + "</table:table-row>"
        for row in TABLE[1:]
    )
    header = "".join(
        f'<table:table-cell table:style-name="Cell" office:value-type="string"><text:p>{cell}</text:p>'
        "</table:table-cell>"
        for cell in TABLE[0]
    )
    note = (
        '<text:note text:id="n1" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
        "<text:p>Letter of the harbour master, kept in the town hall.</text:p></text:note-body></text:note>"
    )
    columns = "".join(f"<text:p>{' '.join(paragraph.split())}</text:p>" for paragraph in COLUMNS)
    return f"""<office:body><office:text>
<text:p text:style-name="Title">{TITLE}</text:p>
<text:p>Ada Quill was the first harbour master of Norrhaven.{note} She held the office for 31 years.</text:p>
<text:h text:style-name="Heading_20_1" text:outline-level="1">The commission</text:h>
<text:section text:style-name="Two" text:name="Columns">{columns}</text:section>
<text:h text:style-name="Heading_20_1" text:outline-level="1">Buildings</text:h>
<text:p>Three piers stand today:</text:p>
<text:list><text:list-item><text:p>one in the north,</text:p></text:list-item>
<text:list-item><text:p>two in the south.</text:p></text:list-item></text:list>
<text:h text:style-name="Heading_20_2" text:outline-level="2">The piers</text:h>
<table:table table:name="Piers"><table:table-column table:number-columns-repeated="3"/>
<table:table-header-rows><table:table-row>{header}</table:table-row></table:table-header-rows>{cells}</table:table>
<text:h text:style-name="Heading_20_1" text:outline-level="1">The lighthouse</text:h>
<text:p>{LONG}</text:p>
<text:p>The lamp was put out in 1968.</text:p>
</office:text></office:body>"""


def flat() -> str:
    """Return the whole document as flat OpenDocument."""
    meta = (
        f"<office:meta><dc:title>{TITLE}</dc:title><meta:initial-creator>Ada Quill</meta:initial-creator>"
        "<dc:creator>Ada Quill</dc:creator><meta:creation-date>2021-05-12T10:00:00</meta:creation-date></office:meta>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMESPACES} office:version="1.3" '
        f'office:mimetype="application/vnd.oasis.opendocument.text">{meta}{STYLES}{body()}</office:document>'
    )


@dataclass(frozen=True)
class FromRight:
    """A text that runs from right to left, with its language and the font it is drawn in."""

    name: str
    language: str
    font: str
    paragraph: str
    table: list[list[str]]


FROM_RIGHT = [
    FromRight(
        "arabic", "ar", "Noto Naskh Arabic",
        "كانت آدا كويل أول رئيسة لميناء نورهافن في عام 1911، وشغلت المنصب لمدة 31 سنة. وقد كتبت إلى شركة Franco-German "
        "Pilots في دنمور (الجنوب) رسالة طويلة عن كاسر الأمواج الشمالي الذي انهار بعد العاصفة الكبيرة. بلغت التكلفة "
        "٤١٬٠٠٠ كرونة، أي 12.5% من الميزانية. قال المدير: «لن ننسى ذلك اليوم». كتبه مُحَمَّدٌ.",
        [["الرصيف", "افتتح", "الطول"], ["الرصيف الشمالي", "1897", "410 متر"], ["رصيف السمك", "1923", "96 متر"]],
    ),
    FromRight(
        "hebrew", "he", "Noto Sans Hebrew",
        "עדה קוויל הייתה מנהלת הנמל הראשונה של נורהאבן בשנת 1911, וכיהנה בתפקיד במשך 31 שנים. היא כתבה אל חברת "
        "Franco-German Pilots בדנמור (בדרום) מכתב ארוך על שובר הגלים הצפוני שקרס לאחר הסערה הגדולה. העלות הייתה 41,000 "
        'כתר, שהם 12.5% מהתקציב. "לא נשכח את היום הזה", אמר המנהל.',
        [["רציף", "נפתח", "אורך"], ["הרציף הצפוני", "1897", "410 מטר"], ["רציף הדגים", "1923", "96 מטר"]],
    ),
]  # fmt: skip


def flat_from_right(text: FromRight) -> str:
    """Return such a text as flat OpenDocument."""
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell table:style-name="Cell"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in text.table
    )
    body = (
        f"<office:body><office:text><text:p>{text.paragraph}</text:p>"
        f'<table:table table:name="T"><table:table-column table:number-columns-repeated="3"/>{rows}</table:table>'
        "</office:text></office:body>"
    )
    whole = flat()
    whole = whole[: whole.index("<office:body>")] + body + "</office:document>"
    whole = whole.replace('fo:text-align="justify"', 'fo:text-align="justify" style:writing-mode="rl-tb"')
    font = f'fo:font-family="{text.font}" style:font-family-complex="{text.font}" style:font-size-complex="11pt"'
    return whole.replace('style:font-name="Liberation Serif"', font)


def page_from_right(text: FromRight) -> str:
    """Return such a text as a web page."""
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in text.table)
    return (
        f'<!doctype html><html lang="{text.language}" dir="rtl"><meta charset="utf-8"><style>body {{font: 12pt '
        f"'{text.font}', sans-serif}} td {{border: 1px solid}}</style><p>{text.paragraph}</p><table>{rows}</table>"
    )


def print_page(page: str, to: Path) -> None:
    """Let Chromium print a web page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        shown = browser.new_page()
        shown.set_content(page)
        shown.pdf(path=to, format="A5")
        browser.close()


def convert(source: Path, to: str, folder: Path) -> None:
    """Let LibreOffice save a file in another format."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", to, "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip


PDF = "pdf:writer_pdf_Export:{}"
FORMATS = {
    "harbour.odt": "odt",
    "harbour.docx": "docx:Office Open XML Text",
    "harbour.rtf": "rtf",
    "harbour.epub": "epub",
    "harbour.pdf": PDF.format('{"ExportBookmarks":{"type":"boolean","value":"true"}}'),
    "encrypted.pdf": PDF.format(
        '{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"secret"}}'
    ),
}


def main() -> None:
    """Make them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        source = work / "harbour.fodt"
        source.write_text(flat(), encoding="utf-8")
        for name, to in FORMATS.items():
            convert(source, to, work)
            shutil.copyfile(work / f"harbour{Path(name).suffix}", FOLDER / name)
            print(FOLDER / name, (FOLDER / name).stat().st_size)
        for text in FROM_RIGHT:
            source = work / f"{text.name}.fodt"
            source.write_text(flat_from_right(text), encoding="utf-8")
            convert(source, "pdf", work)
            shutil.copyfile(work / f"{text.name}.pdf", FOLDER / f"{text.name}.pdf")
            print_page(page_from_right(text), FOLDER / f"{text.name}-printed.pdf")


if __name__ == "__main__":
    main()
