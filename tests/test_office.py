"""Word, OpenDocument, RTF and e-books to articles: files of LibreOffice, and of a second producer where there is."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE

from qa.clean import clean
from qa.load import Limits, read
from qa.records import Article, LeftOut, RawDocument
from tests.test_pdf import COLUMNS

LIMITS = Limits.from_mb(file=64, article=4, seconds=60)
DOCUMENTS = Path(__file__).parent / "data" / "documents"


def outcomes(path: Path) -> list[Article | LeftOut]:
    return [clean(raw) if isinstance(raw, RawDocument) else raw for raw in read(path, LIMITS)]


def article(path: Path) -> Article:
    (found,) = outcomes(path)
    assert isinstance(found, Article)
    return found


def saved(document: docx.document.Document, folder: Path) -> Path:
    document.save(str(folder / "file.docx"))
    return folder / "file.docx"


def headings(found: Article) -> list[tuple[int, str]]:
    return [(heading.level, found.text[heading.start : heading.end]) for heading in found.headings]


def zipped(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return path


@pytest.mark.parametrize("suffix", ["docx", "odt", "rtf", "epub"])
class TestLibreOffice:
    """The same text, saved in each format."""

    def test_paragraphs_and_rows(self, suffix: str) -> None:
        paragraphs = article(DOCUMENTS / f"harbour.{suffix}").text.split("\n\n")
        place = paragraphs.index(COLUMNS.split("\n\n")[0])
        assert "\n\n".join(paragraphs[place : place + 4]) == COLUMNS
        row = "North pier | 1897 | 410 m" if suffix == "epub" else "Pier: North pier; Opened: 1897; Length: 410 m"
        assert row in paragraphs  # LibreOffice leaves the headers of a table out of an e-book
        (long,) = [paragraph for paragraph in paragraphs if paragraph.startswith("In year 1 the keeper")]
        assert long.count(" the keeper of the northern lighthouse ") == 120
        assert "The lamp was put out in 1968." in paragraphs

    def test_what_it_says_of_itself(self, suffix: str) -> None:
        found = article(DOCUMENTS / f"harbour.{suffix}")
        assert (found.title, found.author) == ("The harbour of Norrhaven", "Ada Quill")
        assert found.published_at == (None if suffix == "epub" else "2021-05-12")
        assert (found.language, found.pages) == ("en", ())

    def test_headings(self, suffix: str) -> None:
        found = [text for _, text in headings(article(DOCUMENTS / f"harbour.{suffix}"))]
        expected = ["The commission", "Buildings", "The piers", "The lighthouse"]
        # In its e-books a heading is marked by the table of contents alone, which has those of the first level.
        assert found == (["Section 1", *expected[:2], expected[3]] if suffix == "epub" else expected)

    def test_a_list(self, suffix: str) -> None:
        text = article(DOCUMENTS / f"harbour.{suffix}").text
        marked = suffix != "epub"
        assert ("- one in the north,\n- two in the south." in text) is marked
        assert "one in the north," in text


class TestWord:
    def test_a_worked_example(self, tmp_path: Path) -> None:
        document = docx.Document()
        document.core_properties.title = "A report on piers"
        document.core_properties.author = "Ada Quill"
        document.add_heading("A report on piers", 0)
        document.add_paragraph("It was written in a hurry.")
        document.add_heading("The north", 1)
        document.add_heading("Stone", 2)
        document.add_paragraph("first", style="List Bullet")
        document.add_paragraph("second", style="List Bullet")
        table = document.add_table(rows=0, cols=3)
        for row in (["Pier", "Opened", "Length"], ["North pier", "1897", "410 m"], ["South pier", "1911", ""]):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        paragraph = document.add_paragraph("A word in ")
        paragraph.add_run("bold").bold = True
        paragraph.add_run(", a <tag> & an end.")
        found = article(saved(document, tmp_path))
        assert found.title == "A report on piers"
        assert found.author == "Ada Quill"
        assert found.text.split("\n\n") == [
            "It was written in a hurry.",
            "The north",
            "Stone",
            "- first\n- second",
            "Pier: North pier; Opened: 1897; Length: 410 m",
            "Pier: South pier; Opened: 1911",
            "A word in bold, a <tag> & an end.",
        ]
        assert headings(found) == [(2, "The north"), (3, "Stone")]

    def test_a_cell_over_two_rows_and_a_table_in_a_cell(self, tmp_path: Path) -> None:
        document = docx.Document()
        table = document.add_table(rows=0, cols=3)
        for row in (["Region", "2022", "2023"], ["North", "10 t", "12 t"], ["", "11 t", "13 t"], ["South", "", "1 t"]):
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        table.rows[1].cells[0].merge(table.rows[2].cells[0])
        inner = table.rows[3].cells[1].add_table(1, 2)
        inner.rows[0].cells[0].text, inner.rows[0].cells[1].text = "rye", "7 t"
        assert article(saved(document, tmp_path)).text.split("\n\n") == [
            "Region: North; 2022: 10 t; 2023: 12 t",
            "Region: North; 2022: 11 t; 2023: 13 t",
            "Region: South; 2022: rye: 7 t; 2023: 1 t",
        ]

    def test_a_heading_style_of_the_authors_own(self, tmp_path: Path) -> None:
        document = docx.Document()
        own = document.styles.add_style("Kapitel 'eins'", WD_STYLE_TYPE.PARAGRAPH)
        own.base_style = document.styles["Heading 2"]
        document.add_paragraph("Der Hafen", style="Kapitel 'eins'")
        document.add_paragraph("Er liegt im Norden.")
        assert headings(article(saved(document, tmp_path))) == [(2, "Der Hafen")]

    def test_what_its_template_says_is_not_believed(self, tmp_path: Path) -> None:
        document = docx.Document()
        document.add_paragraph("Some text without a title.")
        found = article(saved(document, tmp_path))
        assert (found.title, found.author, found.published_at) == ("file", None, None)

    def test_the_day_of_the_template_is_not_that_of_what_was_made_from_it(self, tmp_path: Path) -> None:
        document = docx.Document()
        document.core_properties.author = "Ada Quill"
        document.add_paragraph("Some text by an author who is named.")
        found = article(saved(document, tmp_path))
        assert (found.author, found.published_at) == ("Ada Quill", None)

    def test_several_chapters_are_no_title(self, tmp_path: Path) -> None:
        document = docx.Document()
        for chapter in ("Introduction", "Method"):
            document.add_heading(chapter, 1)
            document.add_paragraph(f"This is what is said under {chapter}.")
        found = article(saved(document, tmp_path))
        assert found.title == "file"
        assert headings(found) == [(1, "Introduction"), (1, "Method")]


CHAPTER = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head>
<body>{}</body></html>"""
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A life in the north</dc:title>
<dc:creator>Ada Quill</dc:creator><dc:creator>Bo Strand</dc:creator><dc:date>1931</dc:date><dc:language>en</dc:language>
<dc:publisher>Norrhaven Press</dc:publisher></metadata><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="css" href="style.css" media-type="text/css"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="nav"/></spine></package>"""
BOOK = {
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
    "OPS/book.opf": PACKAGE,
    "OPS/nav.xhtml": CHAPTER.format(
        '<nav epub:type="toc"><ol><li><a href="text/one.xhtml">Childhood</a></li>'
        '<li><a href="text/two%20b.xhtml#x">At sea</a></li></ol></nav>'
    ),
    "OPS/text/one.xhtml": CHAPTER.format(
        '<span epub:type="pagebreak" title="1"/><h1>Childhood</h1><p>I was born in <i>Norrhaven</i>.</p>'
        '<p>My mother <span epub:type="pagebreak" role="doc-pagebreak" aria-label="2"></span>kept the light.<br/>It '
        "was green.</p>"
    ),
    "OPS/text/two b.xhtml": CHAPTER.format(
        '<span epub:type="pagebreak" title="3"/><p>Then I went away.</p><table><tr><th>Ship</th><th>Year</th></tr>'
        "<tr><td>Alma</td><td>1889</td></tr></table><script>alert(1)</script>"
    ),
}


class TestBook:
    def test_a_worked_example(self, tmp_path: Path) -> None:
        found = article(zipped(tmp_path / "book.epub", BOOK))
        assert (found.title, found.author, found.source) == (
            "A life in the north", "Ada Quill, Bo Strand", "Norrhaven Press",
        )  # fmt: skip
        assert (found.published_at, found.language) == ("1931", "en")
        assert found.text == (
            "Childhood\n\nI was born in Norrhaven.\n\nMy mother kept the light.\nIt was green.\n\n"
            "At sea\n\nThen I went away.\n\nShip: Alma; Year: 1889"
        )
        assert headings(found) == [(1, "Childhood"), (1, "At sea")]
        assert [(page.label, found.text[page.start :][:8]) for page in found.pages] == [
            ("1", "Childhoo"), ("2", "kept the"), ("3", "Then I w"),
        ]  # fmt: skip

    def test_a_mark_leads_to_a_note(self, tmp_path: Path) -> None:
        chapter = (
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
            '<p>I was born<a epub:type="noteref" href="#n1">1</a> in the north<sup><a href="#n2">*</a></sup>, '
            "5 m<sup>2</sup>.</p>"
            '<aside epub:type="footnote" id="n1"><p>In 1889. <a role="doc-backlink" href="#r1">Back</a></p></aside>'
            "</body></html>"
        )
        path = zipped(tmp_path / "book.epub", {**BOOK, "OPS/text/one.xhtml": chapter})
        assert "\n\nI was born[1] in the north[*], 5 m2.\n\nIn 1889.\n\n" in article(path).text

    def test_a_protected_one(self, tmp_path: Path) -> None:
        encryption = (
            '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
            'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:CipherData>'
            '<enc:CipherReference URI="OPS/text/one.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>'
        )
        path = zipped(tmp_path / "book.epub", {**BOOK, "META-INF/encryption.xml": encryption})
        assert outcomes(path) == [LeftOut(str(path), "is protected against copying (DRM): its text cannot be read")]


class TestRtf:
    @pytest.mark.parametrize(
        ("rtf", "text"),
        [
            (rb"{\rtf1\ansi Plain \b bold\b0  text.\par And \u8220?more\u8221?.}", "Plain bold text.\n\nAnd “more”."),
            (rb"{\rtf1\ansi\ansicpg1252 Caf\'e9 {\*\generator x;}{\pict 00ff}end.}", "Café end."),
            (
                rb"{\rtf1 \trowd A\cell B\cell C\cell\row \trowd 1\cell 2\cell 3\cell\row \pard Below.}",
                "A: 1; B: 2; C: 3\n\nBelow.",
            ),
        ],
    )
    def test_worked_examples(self, rtf: bytes, text: str, tmp_path: Path) -> None:
        (tmp_path / "a.rtf").write_bytes(rtf)
        assert article(tmp_path / "a.rtf").text == text


class TestLeftOut:
    @pytest.mark.parametrize("kind", [".docx", ".odt", ".epub"])
    def test_what_has_a_password(self, kind: str, tmp_path: Path) -> None:
        path = tmp_path / f"a{kind}"
        path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
        reason = f"is encrypted, or in an older format: save it as {kind} without a password"
        assert outcomes(path) == [LeftOut(str(path), reason)]

    def test_an_encrypted_odt(self, tmp_path: Path) -> None:
        manifest = '<manifest:manifest xmlns:manifest="x"><manifest:encryption-data/></manifest:manifest>'
        path = zipped(tmp_path / "a.odt", {"META-INF/manifest.xml": manifest, "content.xml": b"\x00\x01"})
        assert outcomes(path) == [LeftOut(str(path), "is encrypted: save it without a password")]

    @pytest.mark.parametrize("kind", ["docx", "odt", "epub", "rtf"])
    def test_what_is_something_else(self, kind: str, tmp_path: Path) -> None:
        path = tmp_path / f"a.{kind}"
        path.write_bytes(b"hello")
        name = "RTF" if kind == "rtf" else f".{kind}"
        assert outcomes(path) == [
            LeftOut(str(path), f"cannot be read as {name}: it is damaged, or another kind of file")
        ]

    @pytest.mark.parametrize("kind", ["docx", "odt", "epub", "rtf", "pdf"])
    def test_what_breaks_off_is_named_or_read(self, kind: str, tmp_path: Path) -> None:
        data = (DOCUMENTS / f"harbour.{kind}").read_bytes()
        for share in (0.1, 0.5, 0.9):
            path = tmp_path / f"a.{kind}"
            path.write_bytes(data[: int(share * len(data))])
            for found in outcomes(path):
                assert isinstance(found, Article) or found.reason.startswith(("cannot be read", "is ", "has "))

    def test_another_zip_and_another_office_file(self, tmp_path: Path) -> None:
        other = zipped(tmp_path / "a.docx", {"hello.txt": "x"})
        assert outcomes(other) == [LeftOut(str(other), "cannot be read as .docx: it holds no Word document")]
        sheet = zipped(tmp_path / "b.docx", {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"})
        assert outcomes(sheet) == [LeftOut(str(sheet), "cannot be read as .docx: it holds no Word document")]
        book = zipped(tmp_path / "a.epub", {"hello.txt": "x"})
        assert outcomes(book) == [LeftOut(str(book), "cannot be read as .epub: it has no part META-INF/container.xml")]


def test_bytes_that_are_not_those_of_the_archive_are_named(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("content.xml", "<a>" + "x" * 100 + "</a>")
    path = tmp_path / "a.odt"
    path.write_bytes(buffer.getvalue().replace(b"xxxxx", b"yyyyy", 1))
    assert outcomes(path) == [LeftOut(str(path), "cannot be read: its part content.xml is damaged")]
