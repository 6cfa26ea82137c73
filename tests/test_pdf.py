"""PDF to articles: files of three producers (ReportLab here, LibreOffice in tests/data, Chromium in tests/browser)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from qa.clean import clean
from qa.load import Limits, read
from qa.load.pdf.hyphens import Hyphens
from qa.records import Article, LeftOut, RawDocument
from tests.pdfs import HEIGHT, WIDTH, lines, page, pdf

LIMITS = Limits.from_mb(file=64, article=4, seconds=60)
HARBOUR = Path(__file__).parent / "data" / "documents" / "harbour.pdf"

COLUMNS = """The administration of the harbour established an international commission to investigate the considerable \
deterioration of its breakwaters, and the commission recommended extraordinary maintenance expenditure.

Responsibility for navigation was transferred to a well-known company of pilots from Dunmore. The company received \
forty-one thousand crowns for its establishment and its instruments.

Unfortunately the reconstruction of the southern breakwater was interrupted by an extraordinarily destructive storm \
in the autumn of 1911, which the meteorological observatory had not anticipated.

Communication between the commission and the municipality deteriorated, and correspondence was subsequently conducted \
exclusively through representatives of the government."""
"""What stands in two columns, with words cut at line ends, in harbour.pdf."""

LEFT = [
    "The commission of the harbour met for",
    "the first time in the spring of 1911 and",
    "resolved to investigate the deterio-",
    "ration of the northern breakwater.",
    "Its members were well-known engi-",
    "neers from Dunmore and from Norr-",
    "haven, and a captain of the navy who",
]
RIGHT = [
    "had been at sea for thirty years. They",
    "wrote to the Franco-",
    "German company of pilots, which was",
    "well-",
    "known in the whole of the north, and",
    "asked for its charts, its instruments",
    "and its advice.",
]


def outcomes(data: bytes, path: Path, limits: Limits = LIMITS) -> list[Article | LeftOut]:
    path.write_bytes(data)
    return [clean(raw) if isinstance(raw, RawDocument) else raw for raw in read(path, limits)]


def article(data: bytes, folder: Path) -> Article:
    (found,) = outcomes(data, folder / "file.pdf")
    assert isinstance(found, Article)
    return found


def headings(found: Article) -> list[tuple[int, str]]:
    return [(heading.level, found.text[heading.start : heading.end]) for heading in found.headings]


def pages(found: Article, length: int = 20) -> list[tuple[str, str]]:
    return [(page.label, found.text[page.start : page.start + length]) for page in found.pages]


def two_columns(canvas: Canvas) -> None:
    lines(canvas, LEFT, x=72)
    lines(canvas, RIGHT, x=320)


class TestColumns:
    def test_one_is_read_after_the_other_and_cut_words_are_put_together(self, tmp_path: Path) -> None:
        found = article(pdf(two_columns), tmp_path)
        assert found.text == (
            "The commission of the harbour met for the first time in the spring of 1911 and resolved to investigate "
            "the deterioration of the northern breakwater. Its members were well-known engineers from Dunmore and from "
            "Norrhaven, and a captain of the navy who had been at sea for thirty years. They wrote to the "
            "Franco-German company of pilots, which was well-known in the whole of the north, and asked for its "
            "charts, its instruments and its advice."
        )

    def test_the_order_in_which_they_were_drawn_is_no_matter(self, tmp_path: Path) -> None:
        def across(canvas: Canvas) -> None:
            for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
                lines(canvas, [right], x=320, y=760 - 13.2 * number)
                lines(canvas, [left], x=72, y=760 - 13.2 * number)

        assert article(pdf(across), tmp_path).text == article(pdf(two_columns), tmp_path).text

    def test_a_title_over_both_comes_first_and_a_line_below_both_last(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            two_columns(canvas)
            lines(canvas, ["The breakwater, and what became of it in the end"], x=120, y=800, size=20)
            lines(
                canvas,
                ["A note below both columns, as long as the page is wide, which is read at the very end."],
                y=640,
            )

        found = article(pdf(drawn), tmp_path)
        assert found.title == "The breakwater, and what became of it in the end"
        assert found.text.startswith("The commission of the harbour")
        assert found.text.split("\n\n")[-1].startswith("A note below both columns")

    def test_a_list_of_names_and_values_is_read_row_by_row(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            lines(canvas, ["Name", "Born", "Office", "Died"], x=72)
            lines(canvas, ["Ada Quill", "1871", "Harbour master", "1943"], x=200)

        found = article(pdf(drawn), tmp_path)
        assert found.text == "Name: Ada Quill\n\nBorn: 1871\n\nOffice: Harbour master\n\nDied: 1943"


def running(number: int, text: list[str], label: str | None = None) -> object:
    def drawn(canvas: Canvas) -> None:
        lines(canvas, ["ANNALS OF NORRHAVEN" if number % 2 else f"{number}  The harbour"], y=HEIGHT - 40, size=9)
        lines(canvas, text, y=HEIGHT - 90)
        lines(canvas, [label or f"Page {number} of 6"], x=WIDTH / 2, y=30, size=9)

    return drawn


class TestRunningHeads:
    def test_they_go_and_the_paragraph_goes_on(self, tmp_path: Path) -> None:
        sentences = [
            f"In the year {1900 + year} the harbour saw {year * 3} ships of many kinds and sizes, and"
            for year in range(240)
        ]
        sheets = [running(number + 1, sentences[number * 40 : number * 40 + 40]) for number in range(6)]
        found = article(pdf(*sheets), tmp_path)  # type: ignore[arg-type]
        assert found.text == " ".join(sentences)
        assert pages(found) == [(str(number + 1), sentences[number * 40][:20]) for number in range(6)]

    def test_those_of_chapters_with_a_page_number(self, tmp_path: Path) -> None:
        def sheet(number: int) -> object:
            chapter = f"Chapter {1 + number // 2}: {('Ships', 'Piers', 'Lamps')[number // 2]}"

            def drawn(canvas: Canvas) -> None:
                lines(canvas, [f"{chapter} {40 + number}"], y=HEIGHT - 60)
                lines(canvas, [f"Sheet {number} has its own text, and nothing else."], y=HEIGHT - 120)

            return drawn

        found = article(pdf(*map(sheet, range(6))), tmp_path)  # type: ignore[arg-type]
        assert found.text == "\n\n".join(f"Sheet {number} has its own text, and nothing else." for number in range(6))

    def test_roman_numerals_and_numbers_alone(self, tmp_path: Path) -> None:
        numerals = ["i", "ii", "iii", "iv"]
        sheets = [
            running(1, [f"Preface number {number} is about something else."], label)
            for number, label in enumerate(numerals)
        ]
        found = article(pdf(*sheets), tmp_path)  # type: ignore[arg-type]
        assert found.text == "\n\n".join(f"Preface number {number} is about something else." for number in range(4))

    def test_a_heading_that_every_page_begins_with_is_no_running_head(self, tmp_path: Path) -> None:
        def chapter(number: int) -> object:
            def drawn(canvas: Canvas) -> None:
                lines(canvas, [f"Chapter {number + 1}"], y=HEIGHT - 60, size=18)
                lines(canvas, [f"What happened in part {number} of this story is told here."], y=HEIGHT - 100)

            return drawn

        found = article(pdf(*[chapter(number) for number in range(4)], title="A story"), tmp_path)  # type: ignore[arg-type]
        assert headings(found) == [(1, f"Chapter {number + 1}") for number in range(4)]
        assert found.text.count("of this story is told here.") == 4


class TestPages:
    def test_a_paragraph_over_three_pages(self, tmp_path: Path) -> None:
        rows = [
            f"line {number} of a long paragraph that fills the whole of three pages and does not end"
            for number in range(150)
        ]
        found = article(pdf(*(page(*rows[start : start + 50]) for start in (0, 50, 100))), tmp_path)
        assert found.text == " ".join(rows)
        assert [(it.label, it.start) for it in found.pages] == [
            ("1", 0), ("2", found.text.index("line 50 ")), ("3", found.text.index("line 100 ")),
        ]  # fmt: skip

    def test_a_word_that_the_page_cuts(self, tmp_path: Path) -> None:
        found = article(pdf(page("They began to investi-"), page("gate the harbour.")), tmp_path)
        assert found.text == "They began to investigate the harbour."
        assert pages(found, 5) == [("1", "They "), ("2", "gate ")]

    @pytest.mark.parametrize(
        ("rows", "says"),
        [
            (["A robot is no human, but the human-", "robot team met."], "the human-robot team"),
            (["They said it on-the-", "record at noon."], "on-the-record at"),
            (["It returns ASN1_", "ARRAY_ERROR then."], "returns ASN1_ARRAY_ERROR then"),
            (["Name ____", "and day ____"], "Name ____ and day"),
            (["Whatever a market is, a place is not. The market-", "place is a marketplace."], "The marketplace is"),
            ([*["No line is cut here."] * 60, "It was a cross-", "check of all."], "a cross-check of"),
            ([*["The night is long."] * 60, "The inspec-", "tion was an inspection."], "The inspection was"),
            (["They inves-", "tigated a well-", "kept har-", "bour."], "investigated a well-kept harbour"),
            (
                ["A high-speed train is no inter-", "city of high-", "ranking people, of impor-", "tance."],
                "high-ranking",
            ),
            (
                ["It was a Brooklyn-", "based com-", "pany, found-", "ed in Brooklyn."],
                "Brooklyn-based company, founded in",
            ),
            (["CONCLU-", "SIONS of the inves-", "tigation are drawn."], "CONCLUSIONS of the investigation"),
            (["Ask Chat-", "GPT. It is ChatGPT, not another."], "Ask ChatGPT. It"),
            (
                ["He read of COVID-", "19 and wrote to the Franco-", "German company."],
                "of COVID-19 and wrote to the Franco-German",
            ),
        ],
    )
    def test_a_hyphen_at_a_line_end_that_belongs_to_the_word(self, rows: list[str], says: str) -> None:
        hyphens, text = Hyphens(rows), rows[0]
        for row in rows[1:]:
            text = "".join((*hyphens.glue(text, row), row))
        assert says in text

    def test_a_page_without_text_between_two(self, tmp_path: Path) -> None:
        found = article(pdf(page("The first page ends here."), page(), page("The third begins.")), tmp_path)
        assert pages(found, 9) == [("1", "The first"), ("2", "The third"), ("3", "The third")]

    def test_a_note_below_the_text_does_not_part_a_paragraph(self, tmp_path: Path) -> None:
        def first(canvas: Canvas) -> None:
            lines(canvas, ["The keeper of the lighthouse wrote down all", "ships that he saw, and when the"])
            lines(canvas, ["1 Kept in the town hall of Norrhaven."], y=80, size=8)

        found = article(pdf(first, page("weather was foul he wrote down that, too.")), tmp_path)
        note, text = found.text.split("\n\n")
        assert note == "1 Kept in the town hall of Norrhaven."
        assert text.startswith(
            "The keeper of the lighthouse wrote down all ships that he saw, and when the weather was foul"
        )
        assert pages(found, 7) == [("1", "1 Kept "), ("2", "weather")]

    def test_labels_are_those_of_the_document(self) -> None:
        found = next(iter(read(HARBOUR, LIMITS)))
        assert isinstance(found, RawDocument)
        assert [page.label for block in found.blocks for page in block.pages] == [str(number) for number in range(1, 8)]

    def test_numerals_and_prefixes_are_labels(self, tmp_path: Path) -> None:
        def numbered(canvas: Canvas) -> None:
            canvas.addPageLabel(0, style="ROMAN_LOWER", start=3)
            canvas.addPageLabel(1, style="ARABIC", start=1, prefix="A-")
            lines(canvas, ["A preface."])

        found = article(pdf(numbered, page("A chapter."), page("Another.")), tmp_path)
        assert [it.label for it in found.pages] == ["iii", "A-1", "A-2"]


class TestContents:
    def test_entries_that_lead_to_a_page_are_no_text(self, tmp_path: Path) -> None:
        entries = [f"Chapter {number} {'. ' * 30}{number}" for number in range(1, 6)]
        texts = [page(f"What is said in chapter {number} of all.") for number in range(2, 6)]
        found = article(pdf(page("Contents", *entries), *texts), tmp_path)
        assert found.text.split("\n\n") == ["Contents", *(f"What is said in chapter {n} of all." for n in range(2, 6))]

    def test_prices_are(self, tmp_path: Path) -> None:
        dishes = [f"Soup of the day {'. ' * 30}{price}" for price in (11, 12, 13, 14, 15)]
        assert article(pdf(page(*dishes)), tmp_path).text.count("Soup of the day") == 5


class TestTables:
    def test_rows_keep_their_headers_over_a_page_break(self, tmp_path: Path) -> None:
        cells = [
            ["Pier", "Opened", "Length"],
            *([f"Pier {number}", str(1800 + number), f"{number} m"] for number in range(1, 71)),
        ]
        buffer = BytesIO()
        style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
        SimpleDocTemplate(buffer).build([
            Paragraph("The piers of the harbour are all in this table.", getSampleStyleSheet()["BodyText"]),
            Table(cells, style=style, repeatRows=1),
        ])  # fmt: skip
        found = article(buffer.getvalue(), tmp_path)
        first, *rows = found.text.split("\n\n")
        assert first == "The piers of the harbour are all in this table."
        assert rows == [f"Pier: {pier}; Opened: {opened}; Length: {length}" for pier, opened, length in cells[1:]]
        assert len(found.pages) == 2

    def test_rows_without_lines_around_them(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            lines(canvas, ["The countries of the north and their capitals, as they were known to the commission."])
            for x, cells in (
                (72, ["Country", "Norway", "Sweden", "Denmark"]),
                (200, ["Capital", "Oslo", "Stockholm", "Copenhagen"]),
                (330, ["People", "2.4 million", "5.5 million", "2.8 million"]),
            ):
                lines(canvas, cells, x=x, y=730)
            lines(canvas, ["Here the text goes on after the table, in a line that is as wide as the page is."], y=660)

        assert article(pdf(drawn), tmp_path).text.split("\n\n")[1:4] == [
            "Country: Norway; Capital: Oslo; People: 2.4 million",
            "Country: Sweden; Capital: Stockholm; People: 5.5 million",
            "Country: Denmark; Capital: Copenhagen; People: 2.8 million",
        ]

    def test_a_cell_of_two_lines(self, tmp_path: Path) -> None:
        rows = [
            ("1911–1923", "Harbour master of Norrhaven, with thirty people"), ("", "under her and a boat of her own"),
            ("1923–1930", "Member of the commission"), ("1930", "Retired"),
        ]  # fmt: skip

        def drawn(canvas: Canvas) -> None:
            for number, (years, what) in enumerate(rows):
                lines(canvas, [years], x=72, y=700 - 13 * number)
                lines(canvas, [what], x=180, y=700 - 13 * number)

        assert article(pdf(drawn), tmp_path).text.split("\n\n") == [
            "1911–1923: Harbour master of Norrhaven, with thirty people under her and a boat of her own",
            "1923–1930: Member of the commission",
            "1930: Retired",
        ]

    def test_a_frame_around_a_page_is_no_table(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            canvas.rect(50, 50, WIDTH - 100, HEIGHT - 100)
            lines(canvas, ["A paragraph in a frame.", "", "And another."])

        assert article(pdf(drawn), tmp_path).text == "A paragraph in a frame.\n\nAnd another."


class TestHeadings:
    def test_larger_print_and_heavier_print(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            y = lines(canvas, ["A history of piers"], size=22)
            for chapter in ("The north", "The south"):
                y = lines(canvas, [chapter], y=y - 20, size=16)
                y = lines(canvas, ["Its builders"], y=y - 10, size=11, font="Times-Bold")
                y = lines(
                    canvas,
                    [f"{chapter} has a pier of wood, which was built by", "people whose names nobody knows."],
                    y=y,
                )

        found = article(pdf(drawn), tmp_path)
        assert found.title == "A history of piers"
        assert headings(found) == [(2, "The north"), (3, "Its builders"), (2, "The south"), (3, "Its builders")]

    def test_the_outline_goes_before_print(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            y = lines(canvas, ["Introduction", "This is the beginning of the report."], pitch=20)
            y = lines(canvas, ["LARGE BUT NO HEADING"], y=y - 20, size=20)
            lines(canvas, ["Method", "This is how it was done."], y=y - 20, pitch=20)
            for place, (title, level) in enumerate([("Introduction", 0), ("Method", 1)]):
                canvas.bookmarkPage(f"b{place}")
                canvas.addOutlineEntry(title, f"b{place}", level)

        found = article(pdf(drawn, title="A stated title"), tmp_path)
        assert found.title == "A stated title"
        assert headings(found) == [(1, "Introduction"), (2, "Method")]

    def test_the_title_need_not_be_in_the_outline(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            y = lines(canvas, ["A report on piers"], size=22)
            y = lines(canvas, ["Introduction"], y=y - 20, size=14)
            lines(canvas, ["This is the beginning of the report, in print", "of the usual size."], y=y - 10)
            canvas.bookmarkPage("b")
            canvas.addOutlineEntry("Introduction", "b", 0)

        found = article(pdf(drawn), tmp_path)
        assert found.title == "A report on piers"
        assert headings(found) == [(2, "Introduction")]

    def test_where_all_is_large_nothing_is_a_heading(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            y = lines(canvas, ["Small print that is most of it by a hair, in letters."] * 3, size=10)
            for _ in range(4):
                y = lines(canvas, ["A line in large print, and not short."], y=y - 40, size=14)

        assert article(pdf(drawn), tmp_path).headings == ()


class TestStated:
    @pytest.mark.parametrize(
        ("title", "author", "expected"),
        [
            ("The harbour", "Ada Quill", ("The harbour", "Ada Quill")),
            ("Microsoft Word - draft.docx", "Microsoft Office User", ("file", None)),
            ("untitled", "anonymous", ("file", None)),
            ("report_final_v3.indd", "Administrator", ("file", None)),
            ("Document1", "user", ("file", None)),
            ("LibreOffice 7.4", "(anonymous)", ("file", None)),
            ("Scanned Document", "Ada Quill", ("file", "Ada Quill")),
        ],
    )
    def test_what_a_program_wrote_is_no_title_and_no_author(
        self, title: str, author: str, expected: tuple[str, str | None], tmp_path: Path
    ) -> None:
        found = article(pdf(page("Some text of the document."), title=title, author=author), tmp_path)
        assert (found.title, found.author) == expected

    def test_a_day_on_which_it_was_made_and_none_of_what_was_printed(self, tmp_path: Path) -> None:
        assert article(pdf(page("Text."), creator="Writer"), tmp_path).published_at == "2000-01-01"
        assert article(pdf(page("Text."), creator="HeadlessChrome"), tmp_path).published_at is None


class TestLibreOffice:
    def test_the_whole_text(self) -> None:
        (raw,) = read(HARBOUR, LIMITS)
        assert isinstance(raw, RawDocument)
        found = clean(raw)
        assert isinstance(found, Article)
        assert (found.title, found.author) == ("The harbour of Norrhaven", "Ada Quill")
        assert headings(found) == [(2, "The commission"), (2, "Buildings"), (3, "The piers"), (2, "The lighthouse")]
        paragraphs = found.text.split("\n\n")
        assert paragraphs[1] == "The commission"
        assert "\n\n".join(paragraphs[2:6]) == COLUMNS
        assert "Pier: South pier; Opened: 1911; Length: 275 m" in paragraphs
        assert paragraphs[-2].startswith("In year 1 the keeper of the northern lighthouse wrote down 7 ships")
        assert paragraphs[-2].count(" the keeper of the northern lighthouse ") == 120
        assert paragraphs[-1] == "The lamp was put out in 1968."
        assert "Annals of Norrhaven" not in found.text
        assert "Page " not in found.text
        assert [page.label for page in found.pages] == ["1", "2", "3", "4", "5", "6", "7"]


def scan(canvas: Canvas) -> None:
    picture = Image.new("L", (200, 280), 200)
    canvas.drawImage(ImageReader(picture), 50, 50, WIDTH - 100, HEIGHT - 100)


class TestLeftOut:
    def test_a_scan_is_named_as_one(self, tmp_path: Path) -> None:
        reason = "is a scan: its {} without text; run it through OCR first, for example with `ocrmypdf`"
        one, three = tmp_path / "a.pdf", tmp_path / "b.pdf"
        assert outcomes(pdf(scan), one) == [LeftOut(str(one), reason.format("page is a picture"))]
        assert outcomes(pdf(scan, scan, scan), three) == [LeftOut(str(three), reason.format("3 pages are pictures"))]

    def test_scanned_pages_among_others_are_named(self, tmp_path: Path) -> None:
        place = tmp_path / "a.pdf"
        found, left_out = outcomes(pdf(page("A cover with text."), scan, scan, page("And an end.")), place)
        assert isinstance(found, Article)
        assert found.text == "A cover with text.\n\nAnd an end."
        assert left_out == LeftOut(
            str(place),
            "is read but for what is scanned: pages 2, 3 are pictures without text; run it through OCR first",
        )

    def test_an_encrypted_one(self, tmp_path: Path) -> None:
        place = tmp_path / "a.pdf"
        reason = "is encrypted: save it without a password"
        assert outcomes(pdf(page("Secret."), password="secret"), place) == [LeftOut(str(place), reason)]
        encrypted = HARBOUR.with_name("encrypted.pdf")
        assert list(read(encrypted, LIMITS)) == [LeftOut(encrypted.as_posix(), reason)]

    def test_one_without_anything(self, tmp_path: Path) -> None:
        place = tmp_path / "a.pdf"
        assert outcomes(pdf(page()), place) == [LeftOut(str(place), "has no text")]
        assert outcomes(b"", place) == [LeftOut(str(place), "is empty")]

    @pytest.mark.parametrize("data", [b"%PDF-1.7\n%%EOF", b"hello", b"PK\x03\x04", b"\x00" * 5000])
    def test_what_is_no_pdf(self, data: bytes, tmp_path: Path) -> None:
        place = tmp_path / "a.pdf"
        reason = "cannot be read as a PDF: it is damaged, or another kind of file"
        assert outcomes(data, place) == [LeftOut(str(place), reason)]

    def test_one_that_breaks_off_is_read_or_named(self, tmp_path: Path) -> None:
        data = pdf(*(page(f"This is page {number}.") for number in range(5)))
        for share in (0.2, 0.5, 0.9):
            (found,) = outcomes(data[: int(len(data) * share)], tmp_path / "a.pdf")
            assert isinstance(found, Article | LeftOut)

    def test_more_text_than_an_article_may_have(self, tmp_path: Path) -> None:
        place = tmp_path / "a.pdf"
        limits = Limits(file=10**6, article=100)
        reason = "holds more than 0.0001 MB of text (the setting max_article_mb)"
        assert outcomes(pdf(page(*["A line of text."] * 20)), place, limits) == [LeftOut(str(place), reason)]


class TestCharacters:
    def test_the_mark_of_a_note_is_no_part_of_its_word(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            text = canvas.beginText(72, 700)
            pieces = (("He came home.", "1"), (" It was late", "23"), (", and 40 m", "2"), (" were dark.", ""))
            for piece, mark in pieces:
                text.setFont("Times-Roman", 11)
                text.setRise(0)
                text.textOut(piece)
                text.setFont("Times-Roman", 7)
                text.setRise(4)
                text.textOut(mark)
            canvas.drawText(text)

        assert article(pdf(drawn), tmp_path).text == "He came home.[1] It was late[23], and 40 m2 were dark."

    @pytest.mark.parametrize("turn", [90, 180, 270])
    def test_a_page_that_lies_on_its_side(self, turn: int, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            canvas.translate(WIDTH / 2, HEIGHT / 2)
            canvas.rotate(turn)
            lines(canvas, ["A table or a long line that was turned", "so that it has room on the page."], x=-200, y=100)

        assert article(pdf(drawn), tmp_path).text == (
            "A table or a long line that was turned so that it has room on the page."
        )

    def test_a_stamp_at_the_side_is_left_out(self, tmp_path: Path) -> None:
        def drawn(canvas: Canvas) -> None:
            lines(canvas, ["The text of the page, which has more words than the stamp that was put at its side."] * 3)
            canvas.rotate(90)
            lines(canvas, ["arXiv:1234.5678v1"], x=300, y=-40, size=20)

        assert "arXiv" not in article(pdf(drawn), tmp_path).text
