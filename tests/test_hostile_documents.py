"""Files that were made to break their reader: each ends as a line of the report, bounded in time and memory."""

from __future__ import annotations

import os
import signal
import threading
import time
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from qa.load import Limits, isolated, read
from qa.load.decode import Unusable
from qa.load.isolated import Bounds, Helper
from qa.records import LeftOut, RawDocument
from tests.pdfs import page, pdf
from tests.test_office import BOOK, DOCUMENTS, zipped

LIMITS = Limits.from_mb(file=64, article=1, seconds=30)
BOUNDS = Bounds(seconds=30, memory=3 * 10**9, text=10**6, unpacked=64 * 10**6)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = "urn:oasis:names:tc:opendocument:xmlns"
BROKE = "cannot be read: it is damaged, or made to break its reader"


def outcome(path: Path, limits: Limits = LIMITS) -> RawDocument | LeftOut:
    """The one outcome of a file; that it took a while is what most of these tests are about."""
    started = time.monotonic()
    (found,) = read(path, limits)
    assert time.monotonic() - started < 60
    return found


def reason(path: Path, limits: Limits = LIMITS) -> str:
    found = outcome(path, limits)
    assert isinstance(found, LeftOut)
    assert found.origin == str(path)
    return found.reason


def word(path: Path, document: str) -> Path:
    """A Word file with another document in it."""
    with zipfile.ZipFile(DOCUMENTS / "harbour.docx") as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    return zipped(path, {**parts, "word/document.xml": document})


def word_body(body: str) -> str:
    return f"<w:document {WORDS}><w:body>{body}</w:body></w:document>"


def odt(path: Path, body: str, declared: str = "") -> Path:
    spaces = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "text", "table"))
    return zipped(path, {
        "content.xml": f"{declared}<office:document-content {spaces}><office:body><office:text>{body}</office:text>"
        "</office:body></office:document-content>",
    })  # fmt: skip


def book(path: Path, chapter: str, package: str | None = None) -> Path:
    return zipped(path, {**BOOK, "OPS/text/one.xhtml": chapter, **({"OPS/book.opf": package} if package else {})})


class TestEntities:
    @pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE])
    def test_none_is_expanded(self, declared: str, tmp_path: Path) -> None:
        refused = "declares entities in its part {}, as no office program does; save it anew"
        body = declared + word_body("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>")
        assert reason(word(tmp_path / "a.docx", body)) == refused.format("word/document.xml")
        assert reason(odt(tmp_path / "a.odt", "<text:p>&a;</text:p>", declared)) == refused.format("content.xml")
        package = BOOK["OPS/book.opf"].replace("<package", declared + "<package").replace("A life", "&a;")
        assert reason(book(tmp_path / "a.epub", BOOK["OPS/text/one.xhtml"], package)) == refused.format("OPS/book.opf")

    def test_a_chapter_that_declares_some_is_read_without_them(self, tmp_path: Path) -> None:
        chapter = f"{LAUGHS}<html><body><p>Before &c; after.</p></body></html>"
        found = outcome(book(tmp_path / "a.epub", chapter))
        assert isinstance(found, RawDocument)
        text = " ".join(block.text for block in found.blocks)
        assert "haha" not in text
        assert "after." in text


class TestBombs:
    @pytest.mark.parametrize("kind", ["docx", "odt", "epub"])
    def test_an_archive_that_would_fill_the_memory(self, kind: str, tmp_path: Path) -> None:
        path = tmp_path / f"a.{kind}"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("content.xml", "w") as part:
            for _ in range(80):
                part.write(b" " * 10**6)
        assert path.stat().st_size < 10**6
        assert reason(path) == "becomes larger than 64 MB when it is unpacked (the setting max_file_mb)"

    def test_a_stream_of_a_pdf(self, tmp_path: Path) -> None:
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(b" " * 10**7) for _ in range(25)) + packer.flush()
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed),
        ]
        path = tmp_path / "a.pdf"
        path.write_bytes(raw_pdf(objects))
        assert reason(path) == "has no text"

    def test_a_table_of_a_million_columns(self, tmp_path: Path) -> None:
        cell = "<table:table-cell table:number-columns-repeated='1000000000'><text:p>x</text:p></table:table-cell>"
        table = f"<table:table><table:table-row>{cell}</table:table-row></table:table>"
        found = outcome(odt(tmp_path / "a.odt", table))
        assert isinstance(found, RawDocument)
        assert sum(len(block.text) for block in found.blocks) < 1000


def raw_pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1."""
    data, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, table, len(objects) + 1, start)
    )


class TestShape:
    def test_a_pdf_of_a_million_pages(self, tmp_path: Path) -> None:
        objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
        for level in range(6):
            kids, parent = b" ".join([b"%d 0 R" % (level + 3)] * 10), b"/Parent %d 0 R" % (level + 1) if level else b""
            objects.append(b"<< /Type /Pages %b /Kids [%b] /Count %d >>" % (parent, kids, 10 ** (6 - level)))
        objects.append(b"<< /Type /Page /Parent 7 0 R /MediaBox [0 0 100 100] >>")
        path = tmp_path / "a.pdf"
        path.write_bytes(raw_pdf(objects))
        assert reason(path) == "has 1,000,000 pages, more than 20,000: save it in parts"

    def test_a_pdf_whose_pages_lead_in_a_circle(self, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(
            raw_pdf([
                b"<< /Type /Catalog /Pages 2 0 R /Outlines 2 0 R >>",
                b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R /First 2 0 R /Next 2 0 R /Title (a) >>",
            ])
        )  # fmt: skip
        assert reason(path) == "has no text"

    @pytest.mark.parametrize("depth", [300, 100_000])
    def test_what_nests_without_end(self, depth: int, tmp_path: Path) -> None:
        deep = [
            odt(tmp_path / "a.odt", f"{'<text:section>' * depth}<text:p>x</text:p>{'</text:section>' * depth}"),
            book(tmp_path / "a.epub", f"<html><body>{'<div>' * depth}x{'</div>' * depth}</body></html>"),
            book(tmp_path / "b.epub", f"<html><body>{'<ul><li>' * depth}x</body></html>"),
            book(tmp_path / "c.epub", f"<html><body>{'<table><tr><td>' * depth}x</body></html>"),
        ]
        assert {reason(path) for path in deep} == {"is nested too deeply"}
        frames = f"{'<w:sdt><w:sdtContent>' * depth}<w:p/>{'</w:sdtContent></w:sdt>' * depth}"
        assert reason(word(tmp_path / "a.docx", word_body(frames))) == "is nested too deeply"
        groups = tmp_path / "a.rtf"
        groups.write_bytes(b"{\\rtf1 " + b"{" * depth + b"x" + b"}" * depth + b"}")
        found = outcome(groups)
        assert isinstance(found, RawDocument)
        assert [block.text for block in found.blocks] == ["x"]

    def test_styles_that_are_based_on_one_another(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(DOCUMENTS / "harbour.docx") as whole:
            parts = {name: whole.read(name) for name in whole.namelist()}
        styles = "".join(
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/>'
            "</w:style>"
            for name, base in (("A", "B"), ("B", "A"))
        )
        path = zipped(tmp_path / "a.docx", {**parts, "word/styles.xml": f"<w:styles {WORDS}>{styles}</w:styles>"})
        assert isinstance(outcome(path), RawDocument)


class TestHelper:
    def test_one_that_takes_too_long_is_ended_and_the_next_file_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        path.write_bytes(
            pdf(*(page(*[f"A line {number} of a page, and not the only one."] * 50) for number in range(400)))
        )
        helper = Helper()
        limits = Limits(file=10**8, article=10**8, seconds=1, helper=helper)
        assert reason(path, limits) == "takes longer than 1 s to read (the setting max_read_seconds): save it in parts"
        path.write_bytes(pdf(page("A short one.")))
        assert isinstance(outcome(path, Limits(file=10**8, article=10**8, helper=helper)), RawDocument)

    def test_one_that_dies_is_replaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        helper, data = Helper(), pdf(page("A short one."))
        (before,) = helper.read(".pdf", data, BOUNDS)
        process = helper._process
        assert process is not None
        received = isolated._received

        def dies(*awaited: Any) -> bytes:
            process.kill()
            return received(*awaited)

        os.kill(process.pid, signal.SIGSTOP)
        monkeypatch.setattr(isolated, "_received", dies)  # by then it was sent the file
        with pytest.raises(Unusable, match=BROKE):
            helper.read(".pdf", data, BOUNDS)
        monkeypatch.undo()
        assert helper.read(".pdf", data, BOUNDS) == (before,)
        assert helper._process is not process

    def test_memory_is_bounded(self, tmp_path: Path) -> None:
        helper = Helper()
        few = Bounds(seconds=300, memory=400 * 10**6, text=10**9, unpacked=10**9)
        bulk = odt(tmp_path / "a.odt", "<text:p><text:span>x</text:span></text:p>" * 1_000_000).read_bytes()
        with pytest.raises(Unusable, match=r"^needs more than 0.4 GB of memory to read: save it in parts$"):
            helper.read(".odt", bulk, few)
        assert helper.read(".pdf", pdf(page("A short one.")), BOUNDS)

    def test_the_process_ends_with_its_helper(self) -> None:
        helper = Helper()
        helper.read(".pdf", pdf(page("A short one.")), BOUNDS)
        process = helper._process
        assert process is not None
        assert process.poll() is None
        del helper
        assert process.poll() is not None

    def test_many_threads_take_turns(self) -> None:
        helper, found = Helper(), []
        data = [pdf(page(f"The text of file {number}.")) for number in range(6)]

        def take(number: int) -> None:
            (article,) = helper.read(".pdf", data[number], BOUNDS)
            found.append((number, article.blocks[0].text))

        threads = [threading.Thread(target=take, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == [(number, f"The text of file {number}.") for number in range(6)]
