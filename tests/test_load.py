"""Loading, proved on real files: what is found, what is read, and what each unusable thing is told to be."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.errors import SourceError
from qa.load import SUFFIXES, Inventory, Limits, find, read
from qa.records import LeftOut, Markup, RawDocument

LIMITS = Limits.from_mb(file=8, article=1)
SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty folder the current one, so that origins are as a person would type them."""
    monkeypatch.chdir(tmp_path)
    return Path()


def test_importing_the_stage_loads_no_heavy_library() -> None:
    heavy = ["trafilatura", "lxml", "markdown_it", "yaml", "torch", "sentencex"]
    code = f"import sys, qa.load, qa.clean; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("control", ["\x1b", "\x9b", "\u2028", "\u202e", "\u2066"], ids=ascii)
def test_a_name_reads_as_it_is(tmp_path: Path, control: str) -> None:
    path = tmp_path / f"report{control}fdp.txt"
    path.write_text("A ship sank.")
    (document,) = read(path, Limits.from_mb(10, 1))
    assert document.origin == f"{tmp_path.as_posix()}/report\ufffdfdp.txt"


class TestFind:
    def test_a_folder_is_listed_in_the_order_of_names_whatever_the_kind(self, here: Path) -> None:
        for name in ("b/z.md", "b.txt", "a/y.htm", "a/x/w.csv", "c.jsonl", "d.JSONL.GZ", "e.markdown"):
            write(here / "notes" / name, "x")
        names = ["a/x/w.csv", "a/y.htm", "b/z.md", "b.txt", "c.jsonl", "d.JSONL.GZ", "e.markdown"]
        assert find([Path("notes")]) == Inventory(tuple(Path("notes") / name for name in names), {}, ())

    def test_what_begins_with_a_dot_is_passed_over_unless_it_is_named(self, here: Path) -> None:
        for name in (".hidden.txt", ".git/config.txt", "seen.txt"):
            write(here / "notes" / name, "x")
        assert find([Path("notes")]).files == (Path("notes/seen.txt"),)
        assert find([Path("notes/.hidden.txt")]).files == (Path("notes/.hidden.txt"),)

    def test_unknown_kinds_are_counted_by_suffix(self, here: Path) -> None:
        for name in ("a.png", "b.PNG", "c.tar.lz", "README", "x/d.xyz", "ok.txt", ".txt"):
            write(here / "notes" / name, "x")
        assert find([Path("notes")]) == Inventory((Path("notes/ok.txt"),), {"": 1, ".lz": 1, ".png": 2, ".xyz": 1}, ())

    def test_a_named_file_of_unknown_kind_is_left_out_with_the_kinds_there_are(self, here: Path) -> None:
        write(here / "a.xyz", "x")
        reason = f"is not of a kind that is read ({', '.join(SUFFIXES)})"
        assert reason.startswith("is not of a kind that is read (.txt, .md, ")
        assert find([Path("a.xyz")]) == Inventory((), {}, (LeftOut("a.xyz", reason),))

    @pytest.mark.usefixtures("here")
    def test_a_named_path_that_is_not_there_raises(self) -> None:
        with pytest.raises(SourceError, match=r"^nowhere does not exist; name a file or a folder that is there\.$"):
            find([Path("nowhere")])
        Path("link.txt").symlink_to("nowhere")
        with pytest.raises(SourceError, match=r"^link\.txt is a link to something that does not exist; name a"):
            find([Path("link.txt")])
        with pytest.raises(SourceError, match="cannot be read: embedded null byte"):
            find([Path("a\0b")])
        Path("self").symlink_to("self")
        with pytest.raises(SourceError, match=r"^self cannot be read: Too many levels of symbolic links"):
            find([Path("self")])

    def test_a_loop_of_links_ends_and_each_real_file_is_listed_once(self, here: Path) -> None:
        write(here / "notes/deep/a.txt", "x")
        Path("notes/deep/up").symlink_to("..", target_is_directory=True)
        Path("notes/other").symlink_to("deep", target_is_directory=True)
        Path("notes/z.txt").symlink_to("deep/a.txt")
        assert find([Path("notes"), Path("notes/deep"), Path("notes/deep/a.txt")]).files == (Path("notes/deep/a.txt"),)

    def test_a_linked_folder_is_followed(self, here: Path) -> None:
        write(here / "elsewhere/a.txt", "x")
        Path("notes").mkdir()
        Path("notes/link").symlink_to("../elsewhere", target_is_directory=True)
        assert find([Path("notes")]).files == (Path("notes/link/a.txt"),)

    def test_what_is_no_file_is_left_out_and_the_rest_goes_on(self, here: Path) -> None:
        write(here / "notes/z.txt", "x")
        write(here / "notes/folder.txt/inside.txt", "x")
        os.mkfifo("notes/pipe.txt")
        Path("notes/broken.txt").symlink_to("nowhere")
        Path("notes/self.txt").symlink_to("self.txt")
        assert find([Path("notes")]) == Inventory(
            (Path("notes/folder.txt/inside.txt"), Path("notes/z.txt")),
            {},
            (
                LeftOut("notes/broken.txt", "is a link to something that does not exist"),
                LeftOut("notes/pipe.txt", "is not a regular file"),
                LeftOut("notes/self.txt", "cannot be read: Too many levels of symbolic links"),
            ),
        )

    def test_a_device_is_not_opened(self) -> None:
        assert find([Path("/dev/zero")]).files == ()
        assert list(read(Path("/dev/stdin.txt"), LIMITS)) == [LeftOut("/dev/stdin.txt", "is no longer there")]

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_what_may_not_be_read_is_left_out(self, here: Path) -> None:
        write(here / "notes/a.txt", "x").chmod(0)
        write(here / "notes/shut/b.txt", "x")
        Path("notes/shut").chmod(0)
        try:
            inventory = find([Path("notes")])
            assert inventory.left_out == (LeftOut("notes/shut", "cannot be read: Permission denied"),)
            assert list(read(Path("notes/a.txt"), LIMITS)) == [
                LeftOut("notes/a.txt", "cannot be read: Permission denied")
            ]
        finally:
            Path("notes/shut").chmod(0o700)

    @pytest.mark.usefixtures("here")
    def test_folders_nested_deeper_than_python_recurses(self) -> None:
        start = Path.cwd()
        for _ in range(1500):
            os.mkdir("d")  # noqa: PTH102 - one level at a time, as Path would resolve them all each time
            os.chdir("d")
        os.chdir(start)
        assert find([Path()]) == Inventory((), {}, ())
        os.chdir("/".join("d" * 1500))
        for _ in range(1500):  # pytest could not remove them
            os.chdir("..")
            os.rmdir("d")  # noqa: PTH106

    def test_the_questions_beside_a_corpus_are_no_articles(self, here: Path) -> None:
        for name in ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv", "more/queries.jsonl"):
            write(here / "set" / name, "{}")
        assert find([Path("set")]) == Inventory((Path("set/corpus.jsonl"), Path("set/more/queries.jsonl")), {}, ())

    def test_names_that_are_no_text_give_origins_that_are(self, here: Path) -> None:
        name = os.fsdecode(b"caf\xe9\n.txt")
        write(here / name, "x y z")
        [path] = find([Path()]).files
        assert list(read(path, LIMITS)) == [RawDocument("caf\ufffd\ufffd.txt", "x y z", Markup.PLAIN)]


class TestOneArticleAFile:
    @pytest.mark.parametrize(
        ("name", "markup"),
        [
            ("a.txt", Markup.PLAIN),
            ("a.md", Markup.MARKDOWN),
            ("a.MARKDOWN", Markup.MARKDOWN),
            ("a.html", Markup.HTML),
            ("a.htm", Markup.HTML),
        ],
    )
    def test_the_suffix_decides_the_markup(self, here: Path, name: str, markup: Markup) -> None:
        write(here / "notes" / name, "Grüße\r\n")
        assert list(read(Path("notes") / name, LIMITS)) == [RawDocument(f"notes/{name}", "Grüße\r\n", markup)]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_unicode_with_or_without_a_mark(self, here: Path, encoding: str) -> None:
        [document] = read(write(here / "a.txt", "Grüße 🎉".encode(encoding)), LIMITS)
        assert document == RawDocument("a.txt", "Grüße 🎉", Markup.PLAIN)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "is empty"),
            (b"\xef\xbb\xbf", "is empty"),
            (b" \n\t\n", "is empty"),
            (b"Monsieur Andr\xe9 est l\xe0", "is not UTF-8 text: byte 0xe9 at offset 13; save it as UTF-8"),
            (b"\xef\xbb\xbfAndr\xe9", "is not UTF-8 text: byte 0xe9 at offset 7; save it as UTF-8"),
            (b"\xff\xfea\x00\x00\xd8", "begins as UTF-16 but is not, at offset 4; save it as UTF-8"),
            (b"a\x00b", "holds NUL characters: it is not text, or it is UTF-16 without its mark"),
            (b"\x89PNG\r\n", "is not UTF-8 text: byte 0x89 at offset 0; save it as UTF-8"),
        ],
    )
    def test_what_is_no_text_is_left_out(self, here: Path, data: bytes, reason: str) -> None:
        assert list(read(write(here / "a.txt", data), LIMITS)) == [LeftOut("a.txt", reason)]

    def test_the_limits(self, here: Path) -> None:
        path = write(here / "a.txt", "ten bytes!")
        assert list(read(path, Limits(file=10, article=10))) == [RawDocument("a.txt", "ten bytes!", Markup.PLAIN)]
        reason = "is larger than 9 bytes (the setting max_article_mb)"
        assert list(read(path, Limits(file=10, article=9))) == [LeftOut("a.txt", reason)]
        reason = "is larger than 9 bytes (the setting max_file_mb)"
        assert list(read(path, Limits(file=9, article=9))) == [LeftOut("a.txt", reason)]
        big = write(here / "big.txt", b"x" * 1_000_001)
        reason = "is larger than 1 MB (the setting max_article_mb)"
        assert list(read(big, LIMITS)) == [LeftOut("big.txt", reason)]

    def test_what_changed_since_it_was_listed(self, here: Path) -> None:
        write(here / "a.txt", "x")
        [path] = find([Path("a.txt")]).files
        path.unlink()
        assert list(read(path, LIMITS)) == [LeftOut("a.txt", "is no longer there")]
        os.mkfifo(path)
        assert list(read(path, LIMITS)) == [LeftOut("a.txt", "is not a regular file")]
        path.unlink()
        path.mkdir()
        assert list(read(path, LIMITS)) == [LeftOut("a.txt", "is not a regular file")]

    def test_an_unknown_kind(self) -> None:
        assert list(read(Path("a.xyz"), LIMITS)) == [LeftOut("a.xyz", "is not of a kind that is read")]

    def test_a_name_too_long_for_the_system(self) -> None:
        name = "x" * 300 + ".txt"
        assert list(read(Path(name), LIMITS)) == [LeftOut(name, "cannot be read: File name too long")]

    @pytest.mark.parametrize(
        ("data", "content"),
        [
            ('<meta charset="windows-1251"><p>Привет'.encode("cp1251"), '<meta charset="windows-1251"><p>Привет'),
            # What calls itself Latin-1 is read as Windows-1252, as in every browser.
            ("<META CHARSET=iso-8859-1>“é”".encode("cp1252"), "<META CHARSET=iso-8859-1>“é”"),
            (
                b'<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">\x93\xfa\x96{',
                '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">日本',
            ),
            ("<meta charset=utf-16>é".encode(), "<meta charset=utf-16>é"),
            ("<meta charset=unicode_escape>\\u00e9 é".encode(), "<meta charset=unicode_escape>\\u00e9 é"),
            ("<meta charset=hex>é".encode(), "<meta charset=hex>é"),
            ("<meta charset=no-such>é".encode(), "<meta charset=no-such>é"),
            ("<meta charset=latin-1>é".encode("utf-8-sig"), "<meta charset=latin-1>é"),
            ("<p>é" + " " * 2048 + "<meta charset=latin-1>", "<p>é" + " " * 2048 + "<meta charset=latin-1>"),
        ],
    )
    def test_a_page_is_read_in_the_encoding_it_declares(self, here: Path, data: bytes | str, content: str) -> None:
        assert list(read(write(here / "a.html", data), LIMITS)) == [RawDocument("a.html", content, Markup.HTML)]

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"<p>\xe9", "is not UTF-8 text: byte 0xe9 at offset 3; save it as UTF-8"),
            (b"<meta charset=cp1252>\x81", "is not cp1252 text, as it declares: offset 21; save it as UTF-8"),
        ],
    )
    def test_a_page_that_is_not_as_declared(self, here: Path, data: bytes, reason: str) -> None:
        assert list(read(write(here / "a.html", data), LIMITS)) == [LeftOut("a.html", reason)]


ROW = {"_id": "1", "title": "One", "text": "Text one."}
FIRST = RawDocument("a.jsonl:1", "Text one.", Markup.PLAIN, id="1", title="One")


def rows(*values: object) -> str:
    return "".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values)


class TestJsonLines:
    def test_fields_and_metadata(self, here: Path) -> None:
        row = {
            "_id": 7,
            "title": " A title ",
            "text": "<b>Not</b> read as HTML &amp; kept.\r\n",
            "url": "https://x.org",
            "author": ["Ann", "Bo"],
            "source": None,
            "category": "news",
            "tags": ["a", 1],
            "empty": "",
            "metadata": {"source": "The Sun", "url": "https://inner.org", "published_at": "2023-11-27", "n": 3},
        }
        assert list(read(write(here / "a.jsonl", rows(row)), LIMITS)) == [
            RawDocument(
                "a.jsonl:1",
                "<b>Not</b> read as HTML &amp; kept.\r\n",
                Markup.PLAIN,
                id="7",
                title="A title",
                url="https://x.org",
                source="The Sun",
                author="Ann, Bo",
                published_at="2023-11-27",
                metadata={"url": "https://inner.org", "n": "3", "category": "news", "tags": '["a", 1]'},
            )
        ]

    def test_a_row_without_a_title_says_so(self, here: Path) -> None:
        [document] = read(write(here / "a.jsonl", rows({"text": "x", "title": None})), LIMITS)
        assert document == RawDocument("a.jsonl:1", "x", Markup.PLAIN, title="")

    def test_metadata_that_is_no_object(self, here: Path) -> None:
        values = ('{"source": "S", "k": null}', "words", ["a", "b"], None, "[" * 100_000)
        path = write(here / "a.jsonl", rows(*({"text": "x", "metadata": value} for value in values)))
        found = [(d.source, d.metadata) for d in read(path, LIMITS) if isinstance(d, RawDocument)]
        assert found == [
            ("S", {}),
            (None, {"metadata": "words"}),
            (None, {"metadata": "a, b"}),
            (None, {}),
            (None, {"metadata": "[" * 100_000}),
        ]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ('{"text": "x"', "is not JSON: Expecting ',' delimiter, column 13"),
            ('{"text": "x", "n": %s}' % ("9" * 5000), "is not JSON: a number too long"),
            ('["x"]', "is JSON but not an object"),
            ("null", "is JSON but not an object"),
            ("[" * 100_000, "is nested too deeply"),
            ('{"title": "x"}', "has no text"),
            ('{"text": null}', "has no text"),
            ('{"text": ["x"]}', "has a text that is not a string"),
            ('{"text": " \\n"}', "has an empty text"),
            ('{"text": "x", "_id": 1.5}', "has an _id that is neither a string nor a whole number"),
            ('{"text": "x", "_id": true}', "has an _id that is neither a string nor a whole number"),
            ('{"text": "a \\ud800 b"}', "holds \\ud800, half of a surrogate pair, which is not a character"),
            ('{"text": "x", "\\udc00": 1}', "holds \\udc00, half of a surrogate pair, which is not a character"),
            ('{"text": "x", "_id": "\\udfff"}', "holds \\udfff, half of a surrogate pair, which is not a character"),
            (b'{"text": "Andr\xe9"}', "is not UTF-8 text: byte 0xe9 at offset 14; save it as UTF-8"),
            (b'{"text": "\x00"}', "holds NUL characters: it is not text, or it is UTF-16 without its mark"),
            ("x" * 1_000_001, "is larger than 1 MB (the setting max_article_mb)"),
        ],
    )
    def test_a_row_that_is_no_use_is_left_out_and_the_next_is_read(
        self, here: Path, line: str | bytes, reason: str
    ) -> None:
        bad = line.encode() if isinstance(line, str) else line
        path = write(here / "a.jsonl", rows(ROW).encode() + bad + b"\n\n" + rows(ROW).encode())
        last = RawDocument("a.jsonl:4", "Text one.", Markup.PLAIN, id="1", title="One")
        assert list(read(path, LIMITS)) == [FIRST, LeftOut("a.jsonl:2", reason), last]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_marks_line_ends_and_a_last_line_without_one(self, here: Path, encoding: str) -> None:
        text = rows(ROW).replace("\n", "\r\n") + '{"text": "a\u2028b ਊ"}'  # U+0A0A holds the byte of a line feed
        assert list(read(write(here / "a.jsonl", text.encode(encoding)), LIMITS)) == [
            FIRST,
            RawDocument("a.jsonl:2", "a\u2028b ਊ", Markup.PLAIN, title=""),
        ]

    def test_a_last_line_too_long_and_without_an_end(self, here: Path) -> None:
        path = write(here / "a.jsonl", rows(ROW) + "x" * 1_000_001)
        reason = "is larger than 1 MB (the setting max_article_mb)"
        assert list(read(path, LIMITS)) == [FIRST, LeftOut("a.jsonl:2", reason)]

    @pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
    def test_an_empty_file(self, here: Path, name: str) -> None:
        assert list(read(write(here / name, "\n\n"), LIMITS)) == [LeftOut(name, "is empty")]

    def test_a_file_over_the_limit_is_left_out_whole(self, here: Path) -> None:
        path = write(here / "a.jsonl", rows(ROW))
        reason = "is larger than 9 bytes (the setting max_file_mb)"
        assert list(read(path, Limits(file=9, article=9))) == [LeftOut("a.jsonl", reason)]


class TestGzip:
    def test_it_is_read_like_the_plain_file(self, here: Path) -> None:
        path = write(here / "a.jsonl.gz", gzip.compress(rows(ROW).encode("utf-8-sig")))
        assert list(read(path, LIMITS)) == [RawDocument("a.jsonl.gz:1", "Text one.", Markup.PLAIN, id="1", title="One")]

    def test_cut_short_the_rows_before_the_cut_are_read(self, here: Path) -> None:
        # Incompressible, so that the cut falls into the second row.
        second = {"text": os.urandom(200_000).hex()}
        packed = gzip.compress(rows(ROW, second).encode())
        found = list(read(write(here / "a.jsonl.gz", packed[: len(packed) * 3 // 4]), LIMITS))
        reason = "breaks off in the middle of its compressed data; what came after is left out"
        assert found == [
            RawDocument("a.jsonl.gz:1", "Text one.", Markup.PLAIN, id="1", title="One"),
            LeftOut("a.jsonl.gz", reason),
        ]

    def test_damage(self, here: Path) -> None:
        damaged = "has damaged compressed data; what came after is left out"
        assert list(read(write(here / "a.jsonl.gz", b"no gzip at all"), LIMITS)) == [LeftOut("a.jsonl.gz", damaged)]
        packed = bytearray(gzip.compress(rows(ROW).encode()))
        packed[12] ^= 0xFF
        assert list(read(write(here / "b.jsonl.gz", bytes(packed)), LIMITS))[-1] == LeftOut("b.jsonl.gz", damaged)

    def test_a_bomb_of_utf16_is_not_unpacked(self, here: Path) -> None:
        path = write(here / "a.jsonl.gz", gzip.compress(b"\xff\xfe" + b" \0" * 10_000_000))
        reason = "is larger than 8 MB (the setting max_file_mb)"
        assert list(read(path, LIMITS)) == [LeftOut("a.jsonl.gz", reason)]

    def test_a_bomb_is_stopped_at_the_limit(self, here: Path) -> None:
        packed = gzip.compress(rows(ROW).encode()) + gzip.compress(b" " * 50_000_000)
        path = write(here / "a.jsonl.gz", packed)
        assert path.stat().st_size < 60_000
        reason = "is larger than 8 MB (the setting max_file_mb); what came after is left out"
        assert list(read(path, LIMITS)) == [
            RawDocument("a.jsonl.gz:1", "Text one.", Markup.PLAIN, id="1", title="One"),
            LeftOut("a.jsonl.gz", reason),
        ]


class TestCsv:
    def test_fields_quoted_newlines_and_where_a_row_starts(self, here: Path) -> None:
        text = (
            '_id,title,text,url,metadata,topic\r\n007,"One, two","Line one\nline ""two""",https://x.org,"{""author"": '
            '""Ann"", ""n"": 1}",t\r\n\r\n,,Alone.,,plain words,\r\n'
        )
        assert list(read(write(here / "a.csv", text.encode("utf-8-sig")), LIMITS)) == [
            RawDocument(
                "a.csv:2",
                'Line one\nline "two"',
                Markup.PLAIN,
                id="007",
                title="One, two",
                url="https://x.org",
                author="Ann",
                metadata={"n": "1", "topic": "t"},
            ),
            RawDocument("a.csv:5", "Alone.", Markup.PLAIN, title="", metadata={"metadata": "plain words"}),
        ]

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("title,body\na,b\n", "has no column named text; its first line names title, body"),
            ("text;title\na;b\n", "has no column named text; its first line names text;title"),
            ("text,a,a\nx,y,z\n", "names the column 'a' more than once"),
            ("text,title\n", "has a header and no rows"),
            (
                b"text,\xe9\nx,y\n",
                "is not UTF-8 text: byte 0xe9 at offset 5; save it as UTF-8 (the rows after it are left out too)",
            ),
        ],
    )
    def test_a_file_that_is_no_use(self, here: Path, text: str | bytes, reason: str) -> None:
        assert list(read(write(here / "a.csv", text), LIMITS)) == [LeftOut("a.csv", reason)]

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("a,b,c", "has 3 columns where the header names 2"),
            ("a", "has 1 columns where the header names 2"),
            (",b", "has no text"),
            ('"a"b,c', "is not a sound row of CSV: ',' expected after '\"'"),
        ],
    )
    def test_a_row_that_is_no_use(self, here: Path, line: str, reason: str) -> None:
        assert list(read(write(here / "a.csv", f"text,title\n{line}\nx,y\n"), LIMITS)) == [
            LeftOut("a.csv:2", reason),
            RawDocument("a.csv:3", "x", Markup.PLAIN, title="y"),
        ]

    @pytest.mark.parametrize(
        ("rest", "reason"),
        [
            (b'"x,y\nx,y\n', "opens a quotation mark that is never closed"),
            (b"\xe9,y\nx,y\n", "is not UTF-8 text: byte 0xe9 at offset 0; save it as UTF-8"),
            (b"x" * 1_000_001 + b"\nx,y\n", "is larger than 1 MB (the setting max_article_mb)"),
            (
                b'"' + b"x\n" * 600_000 + b'"\nx,y\n',
                "has a cell that is larger than the setting max_article_mb",
            ),
        ],
    )
    def test_where_rows_can_no_longer_be_told_apart_the_rest_is_left_out(
        self, here: Path, rest: bytes, reason: str
    ) -> None:
        first, last = list(read(write(here / "a.csv", b"text,title\na,b\n" + rest), LIMITS))
        assert first == RawDocument("a.csv:2", "a", Markup.PLAIN, title="b")
        assert last == LeftOut("a.csv:3", f"{reason} (the rows after it are left out too)")

    def test_long_cells_are_read_and_the_limit_of_the_process_stays(self, here: Path) -> None:
        before = csv.field_size_limit()
        [document] = read(write(here / "a.csv", 'text\n"' + "word\n" * 100_000 + '"\n'), LIMITS)
        assert isinstance(document, RawDocument)
        assert document.content == "word\n" * 100_000
        assert csv.field_size_limit() == before

    def test_utf16_as_spreadsheets_write_it(self, here: Path) -> None:
        [document] = read(write(here / "a.csv", "text,title\r\nGrüße,ਊ\r\n".encode("utf-16")), LIMITS)
        assert document == RawDocument("a.csv:2", "Grüße", Markup.PLAIN, title="ਊ")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the open development sets are not on this machine")
class TestOpenSets:
    def test_multihop_news(self) -> None:
        found = list(read(SHARED / "multihop-news/corpus.jsonl", Limits.from_mb(512, 16)))
        assert len(found) == 609
        first = found[0]
        assert isinstance(first, RawDocument)
        assert (first.id, first.title) == ("mh0", "200+ of the best deals from Amazon's Cyber Monday sale")
        assert (first.source, first.author) == ("Mashable", None)
        assert first.url == "https://mashable.com/article/cyber-monday-deals-amazon-2023"
        assert first.published_at == "2023-11-27 08:45:59.000000000Z"
        assert first.metadata == {"category": "entertainment"}

    def test_all_sets_are_found_without_their_questions(self) -> None:
        names = {path.relative_to(SHARED).as_posix() for path in find([SHARED]).files if path.suffix == ".jsonl"}
        corpora = {f"{name}/corpus.jsonl" for name in ("multihop-news", "scifact", "squad-open")}
        assert corpora <= names
        assert not any(name.endswith("queries.jsonl") for name in names)
