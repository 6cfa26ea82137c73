"""Archives, made by the common tools, and by hand where no tool makes such a thing."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import resource
import shutil
import struct
import subprocess
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from qa.load import Limits, read
from qa.records import RawDocument

LIMITS = Limits.from_mb(file=64, article=1, archive=100, members=500)
MB = 1_000_000
Members = Iterable[tuple[str, bytes]]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an empty folder the current one, so that origins are as a person would type them."""
    monkeypatch.chdir(tmp_path)


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return whole.getvalue()


def tarred(members: Iterable[tuple[str | tarfile.TarInfo, bytes]], mode: str = "") -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=f"w:{mode}") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name) if isinstance(name, str) else name
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return whole.getvalue()


def found_in(name: str, content: bytes | None = None, limits: Limits = LIMITS) -> list[tuple[str, str]]:
    """Return where each article lies, with its text, and each thing left out, with the reason."""
    if content is not None:
        Path(name).write_bytes(content)
    found = read(Path(name), limits)
    return [(item.origin, item.content if isinstance(item, RawDocument) else item.reason) for item in found]


@pytest.fixture
def papers() -> Path:
    """Make a folder of papers, with what else lies in folders."""
    folder = Path("papers")
    (folder / "deep").mkdir(parents=True)
    (folder / "one.txt").write_text("About otters.")
    (folder / "deep" / "zwei ü.md").write_text("About seals.")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / ".hidden.txt").write_text("hidden")
    Path("__MACOSX").mkdir()
    Path("__MACOSX/._one.txt").write_text("resource fork")
    return folder


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("papers.zip", ["zip", "-qr", "papers.zip", "papers", "__MACOSX"]),
        ("papers.tar", ["tar", "cf", "papers.tar", "papers", "__MACOSX"]),
        ("papers.tar.gz", ["tar", "czf", "papers.tar.gz", "papers", "__MACOSX"]),
        ("papers.tgz", ["tar", "czf", "papers.tgz", "--format=ustar", "papers"]),
        ("papers.tar.bz2", ["tar", "cjf", "papers.tar.bz2", "--format=pax", "papers"]),
        ("papers.tar.xz", ["tar", "cJf", "papers.tar.xz", "papers"]),
    ],
)
@pytest.mark.usefixtures("papers")
def test_what_the_common_tools_pack_is_read_as_a_folder_is(name: str, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"{command[0]} cannot do this here: {done.stderr.decode()}")
    *found, last = found_in(name)
    assert last == (name, "also holds files of types that are not read: 1 .png")
    assert sorted(found) == [
        (f"{name}/papers/deep/zwei ü.md", "About seals."),
        (f"{name}/papers/one.txt", "About otters."),
    ]


class TestMembers:
    def test_archives_in_archives_and_formats_of_many_articles(self) -> None:
        rows = "\n".join(json.dumps({"title": f"t{row}", "text": f"row {row}"}) for row in (1, 2)).encode()
        mail = b"From a@x Thu Jan  5 10:00:00 2023\nSubject: s\n\nHello.\n"
        inner = tarred([("rows.jsonl", rows), ("box.mbox", mail)], "gz")
        assert found_in("a.zip", zipped([("in/inner.tgz", inner), ("c.jsonl.gz", gzip.compress(rows))])) == [
            ("a.zip/in/inner.tgz/rows.jsonl:1", "row 1"),
            ("a.zip/in/inner.tgz/rows.jsonl:2", "row 2"),
            ("a.zip/in/inner.tgz/box.mbox:1", "Hello."),
            ("a.zip/c.jsonl.gz:1", "row 1"),
            ("a.zip/c.jsonl.gz:2", "row 2"),
        ]

    @pytest.mark.parametrize("name", ["set.zip", "set.tar"])
    def test_questions_beside_a_corpus_are_no_articles(self, name: str) -> None:
        row = json.dumps({"_id": "1", "title": "t", "text": "text"}).encode()
        members = [("set/queries.jsonl", row), ("set/qrels/test.csv", b"text\nx"), ("set/corpus.jsonl", row)]
        packed = zipped(members) if name == "set.zip" else tarred(members)
        assert found_in(name, packed) == [(f"{name}/set/corpus.jsonl:1", "text")]

    def test_what_is_wrong_with_one_member_is_named_and_the_others_are_read(self) -> None:
        members = [("a.txt", b"\xff\xfe\xfd"), ("b.txt", b"fine"), ("c.txt", b""), ("d.txt", b"x" * (MB + 1))]
        reasons = [
            ("/a.txt", "begins as UTF-16 but is not, at offset 2; save it as UTF-8"),
            ("/b.txt", "fine"),
            ("/c.txt", "is empty"),
            ("/d.txt", "is larger than 1 MB (the setting max_article_mb)"),
        ]
        assert found_in("a.zip", zipped(members, zipfile.ZIP_STORED)) == [
            ("a.zip" + name, why) for name, why in reasons
        ]
        assert found_in("a.tar", tarred(members)) == [("a.tar" + name, why) for name, why in reasons]

    def test_of_members_of_one_name_the_last_counts_as_when_they_are_unpacked(self) -> None:
        twice = [("a.txt", b"old"), ("b.txt", b"b"), ("a.txt", b"new")]
        told = "is in the archive more than once; the last of them is read"
        with pytest.warns(UserWarning, match="Duplicate name"):
            packed = zipped(twice)
        assert found_in("a.zip", packed) == [("a.zip/a.txt", told), ("a.zip/b.txt", "b"), ("a.zip/a.txt", "new")]
        assert found_in("a.tar", tarred(twice)) == [("a.tar/a.txt", told), ("a.tar/b.txt", "b"), ("a.tar/a.txt", "new")]

    @pytest.mark.parametrize("name", ["a.zip", "a.tar"])
    def test_xml_that_is_no_feed_is_passed_over_as_in_a_folder(self, name: str) -> None:
        feed = b"<rss><channel><title>T</title><item><title>t</title></item></channel></rss>"
        members = [("pom.xml", b"<project/>"), ("feed.xml", feed), ("x.png", b"")]
        assert found_in(name, zipped(members) if name == "a.zip" else tarred(members)) == [
            (f"{name}/feed.xml:1", "t"),
            (name, "also holds files of types that are not read: 1 .png, 1 .xml"),
        ]

    def test_names_that_are_not_utf_8(self) -> None:
        packed = zipped([("caf__.txt", b"one")]).replace(b"caf__.txt", "café.txt".encode())
        assert found_in("mac.zip", packed) == [("mac.zip/café.txt", "one")]
        packed = zipped([("caf_.txt", b"one")]).replace(b"caf_.txt", b"caf\x82.txt")  # as old programs for DOS wrote
        assert found_in("dos.zip", packed) == [("dos.zip/café.txt", "one")]
        member = tarfile.TarInfo("caf\udce9\n.txt")
        whole = io.BytesIO()
        with tarfile.open(fileobj=whole, mode="w", format=tarfile.USTAR_FORMAT, errors="surrogateescape") as archive:
            member.size = 3
            archive.addfile(member, io.BytesIO(b"one"))
        assert found_in("a.tar", whole.getvalue()) == [("a.tar/caf\ufffd\ufffd.txt", "one")]

    def test_a_name_that_says_it_is_utf_8_and_is_not(self) -> None:
        packed = zipped([("café.txt", b"one")]).replace("café.txt".encode(), b"caf\xff\xff.txt")
        ((where, reason),) = found_in("a.zip", packed)
        assert where == "a.zip"
        assert reason.endswith("(the name of a member is not UTF-8, as it says)")

    def test_encrypted_members_are_named(self) -> None:
        if shutil.which("zip") is None:
            pytest.skip("zip is not installed")
        Path("a.txt").write_text("secret")
        Path("b.txt").write_text("open")
        subprocess.run(["zip", "-q", "-P", "key", "a.zip", "a.txt"], check=True)
        subprocess.run(["zip", "-q", "a.zip", "b.txt"], check=True)
        assert found_in("a.zip") == [
            ("a.zip/a.txt", "is encrypted; put it there without a password"),
            ("a.zip/b.txt", "open"),
        ]

    def test_methods_that_are_unpacked_without_a_bound_are_not(self) -> None:
        assert found_in("a.zip", zipped([("a.txt", b"x" * 1000)], zipfile.ZIP_LZMA)) == [
            ("a.zip/a.txt", "is compressed by a method that is not read; deflate, the usual one, is")
        ]


class TestTricks:
    LEADS_OUT = "has a path that leads out of the archive"

    @pytest.mark.parametrize("name", ["/etc/a.txt", "../a.txt", "a/../../b.txt", "C:\\a.txt", "..\\a.txt"])
    def test_no_path_leads_out_of_an_archive(self, name: str) -> None:
        shown = name.replace("\\", "/")
        assert found_in("a.zip", zipped([(name, b"x"), ("ok.txt", b"ok")])) == [
            (f"a.zip/{shown}", self.LEADS_OUT),
            ("a.zip/ok.txt", "ok"),
        ]
        if "\\" not in name:
            assert found_in("a.tar", tarred([(name, b"x"), ("ok.txt", b"ok")])) == [
                (f"a.tar/{name}", self.LEADS_OUT),
                ("a.tar/ok.txt", "ok"),
            ]
        assert {path.name for path in Path().iterdir()} <= {"a.zip", "a.tar"}
        assert not (Path.cwd().parent / "a.txt").exists()

    def test_links_are_not_followed_and_devices_not_opened(self) -> None:
        Path("outside.txt").write_text("outside")
        kinds = {"sym.txt": tarfile.SYMTYPE, "hard.txt": tarfile.LNKTYPE, "pipe.txt": tarfile.FIFOTYPE}
        members = []
        for name, kind in {**kinds, "device.txt": tarfile.CHRTYPE}.items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "../outside.txt"
            members.append((member, b""))
        link = "is a link, which is not followed in an archive"
        assert found_in("a.tar", tarred([*members, ("ok.txt", b"ok")])) == [
            ("a.tar/sym.txt", link),
            ("a.tar/hard.txt", link),
            ("a.tar/pipe.txt", "is not a regular file"),
            ("a.tar/device.txt", "is not a regular file"),
            ("a.tar/ok.txt", "ok"),
        ]
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as archive:
            archive.writestr(info, "outside.txt")
        assert found_in("a.zip", whole.getvalue()) == [("a.zip/link.txt", link)]

    def test_a_thousand_folders_in_one_another(self) -> None:
        name = "a/" * 3000 + "x.txt"
        reason = "has a path of more than 1,000 characters"
        for packed in (found_in("a.zip", zipped([(name, b"x")])), found_in("a.tar", tarred([(name, b"x")]))):
            ((where, told),) = packed
            assert told == reason
            assert len(where) < 150


def bomb_of_overlaps(count: int) -> bytes:
    """Make a zip whose `count` members are all the same bytes, each of them 10 MB when unpacked."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(b"\0" * 10 * MB) + packed.flush()
    crc = zlib.crc32(b"\0" * 10 * MB)
    sizes = struct.pack("<LLL", crc, len(data), 10 * MB)
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 6, 0) + b"000.md" + data
    entries = b"".join(
        b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
        + struct.pack("<HHHHHLL", 6, 0, 0, 0, 0, 0, 0) + b"%03d.md" % number
        for number in range(count)
    )  # fmt: skip
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, count, count, len(entries), len(local), 0)
    return local + entries + end


def nested(depth: int) -> bytes:
    packed = zipped([("a.txt", b"deep")])
    for _ in range(depth):
        packed = zipped([("a.zip", packed)])
    return packed


def spread(width: int, depth: int) -> bytes:
    """Make a zip of `width` ** `depth` articles, out of a few kilobytes."""
    packed = zipped([("a.txt", b"word " * 100_000)])
    for _ in range(depth):
        packed = zipped([(f"{number}.zip", packed) for number in range(width)])
    return packed


GROWS = "grows to more than 200 times its packed size, as only a trap does"
ZEROS = b"\0" * 30 * MB
HOSTILE = {
    "a bomb.zip": (lambda: zipped([("a.txt", ZEROS)]), [("a.zip/a.txt", GROWS)]),
    "a bomb.tgz": (lambda: tarred([("a.txt", ZEROS)], "gz"), [("a.tgz", GROWS)]),
    "a bomb.tar.bz2": (lambda: tarred([("a.txt", ZEROS)], "bz2"), [("a.tar.bz2", GROWS)]),
    "a bomb.tar.xz": (lambda: tarred([("a.txt", ZEROS)], "xz"), [("a.tar.xz", GROWS)]),
    "a bomb behind an article.tgz": (
        lambda: tarred([("a.txt", b"first"), ("b.txt", ZEROS), ("c.txt", b"last")], "gz"),
        [("a.tgz/a.txt", "first"), ("a.tgz", GROWS)],
    ),
    "members that overlap.zip": (
        lambda: bomb_of_overlaps(400),
        [("a.zip", "has members that overlap one another, as only a trap does")],
    ),
    "too many members.zip": (
        lambda: zipped([(f"{number}.png", b"") for number in range(501)]),
        [
            ("a.zip", "also holds files of types that are not read: 501 .png"),
            ("a.zip", "holds more than 500 members (the setting max_archive_members); what came after is left out"),
        ],
    ),
    "far too many members.zip": (
        lambda: zipped([(f"{number}.txt", b"") for number in range(3000)]),
        [("a.zip", "has too long a list of members (the setting max_archive_members)")],
    ),
    "too many members.tgz": (
        lambda: tarred([("a.txt", b"first"), *((f"{number}.png", b"") for number in range(600))], "gz"),
        [
            ("a.tgz/a.txt", "first"),
            ("a.tgz", "also holds files of types that are not read: 499 .png"),
            ("a.tgz", "holds more than 500 members (the setting max_archive_members); what came after is left out"),
        ],
    ),
    "archives in one another without end.zip": (
        lambda: nested(20),
        [("a.zip" + "/a.zip" * 6, "lies in more than 5 archives or messages inside one another")],
    ),
    "a header of gigabytes.tar": (
        lambda: _long_name(4_000_000_000) + b"a" * 100_000,
        [("a.tar", "has a header of more than 16,384 bytes")],
    ),
    "a number without end.tar": (
        lambda: _pax(b"1" * 8000),
        [("a.tar", "has a header with a number of more than 64 digits")],
    ),
    "an attack on memory.tar.xz": (
        lambda: lzma.compress(
            tarred([("a.txt", b"x")]), filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30, "preset": 0}]
        ),
        [("a.tar.xz", "is compressed so that unpacking needs more memory than is given to it (128 MB)")],
    ),
    "damage.zip": (
        lambda: b"PK\3\4 nothing",
        [("a.zip", "is no zip archive, or breaks off before its list of members (File is not a zip file)")],
    ),
    "nothing.zip": (lambda: zipped([]), [("a.zip", "is an empty archive")]),
    "nothing.tar": (lambda: tarred([]), [("a.tar", "is an empty archive")]),
    "a lie.tgz": (lambda: b"no gzip", [("a.tgz", "is damaged or no such archive: Not a gzipped file (b'no')")]),
    "damage.tar.bz2": (
        lambda: bz2.compress(tarred([("a.txt", b"x" * 9000)]))[:60],
        [("a.tar.bz2", "breaks off before its end")],
    ),
}


def _header(name: bytes, size: int, kind: bytes) -> bytes:
    octal = b"%011o\0" % size if size < 8**11 else b"\x80" + size.to_bytes(11, "big")
    head = name.ljust(100, b"\0") + b"0000644\0" * 3 + octal + b"00000000000\0" + b" " * 8 + kind
    head = head.ljust(257, b"\0") + b"ustar\x0000"
    head = head.ljust(512, b"\0")
    return head[:148] + b"%06o\0 " % sum(head) + head[156:]


def _long_name(size: int) -> bytes:
    return _header(b"././@LongLink", size, b"L")


def _pax(content: bytes) -> bytes:
    return _header(b"pax", len(content), b"x") + content.ljust(-(-len(content) // 512) * 512, b"\0")


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_meant_to_do_harm_is_named_within_bounds(name: str) -> None:
    make, expected = HOSTILE[name]
    Path(file := "a" + name[name.index(".") :]).write_bytes(make())
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    assert found_in(file) == expected
    assert time.monotonic() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def test_a_few_kilobytes_that_spread_without_end_are_counted_at_every_depth() -> None:
    Path("a.zip").write_bytes(spread(10, 4))
    assert Path("a.zip").stat().st_size < 100_000
    start = time.monotonic()
    found = found_in("a.zip")
    assert found[-1] == (
        "a.zip",
        "unpacks to more than 100 MB (the setting max_archive_mb); what came after is left out",
    )
    assert 100 < len(found) < 202
    assert time.monotonic() - start < 30


def test_what_was_read_before_a_damage_stays() -> None:
    texts = [(f"{number}.txt", bytes([65 + number]) * 2000) for number in range(5)]
    packed = bytearray(zipped(texts, zipfile.ZIP_STORED))
    packed[packed.index(b"CCC")] = 0
    found = found_in("a.zip", bytes(packed))
    assert [where for where, _ in found] == [f"a.zip/{number}.txt" for number in range(5)]
    assert found[2][1] == "is damaged: Bad CRC-32 for file '2.txt'"
    whole = tarred([(name, text * 50) for name, text in texts], "gz")
    found = found_in("a.tgz", whole[: len(whole) // 2])
    assert found[-1] == ("a.tgz", "breaks off before its end; what came after is left out")
    assert found[0] == ("a.tgz/0.txt", "A" * 100_000)


def test_a_member_that_lies_about_its_size() -> None:
    packed = zipped([("a.txt", b"twelve bytes"), ("b.txt", b"b")])
    small = packed.replace(struct.pack("<L", 12), struct.pack("<L", 6))
    assert found_in("small.zip", small)[0] == ("small.zip/a.txt", "is damaged: Bad CRC-32 for file 'a.txt'")
    large = packed.replace(struct.pack("<L", 12), struct.pack("<L", 4_000_000_000))
    assert found_in("large.zip", large) == [("large.zip/a.txt", "twelve bytes"), ("large.zip/b.txt", "b")]


def test_places_that_cannot_be_used_are_counted_once_they_are_many() -> None:
    members = [(f"{number}.txt", b"") for number in range(1200)]
    found = found_in("a.tar", tarred(members), Limits.from_mb(file=64, article=1))
    assert found[0] == ("a.tar/0.txt", "is empty")
    assert found[1000:] == [("a.tar", "has 200 more places that cannot be used")]


def test_documents_that_take_all_their_time_are_no_more_than_a_few() -> None:
    members = [("first.txt", b"first"), *((f"{number}.txt", b"") for number in range(9))]
    rest = "what came after is left out"
    limits = Limits.from_mb(file=64, article=1, seconds=0)  # so that whatever gives nothing takes too long
    assert found_in("a.zip", zipped(members), limits) == [
        ("a.zip/first.txt", "first"),
        *((f"a.zip/{number}.txt", "is empty") for number in range(5)),
        ("a.zip", f"holds 5 documents that take longer than 0 s to read (the setting max_read_seconds); {rest}"),
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_a_full_disk_is_not_taken_for_damage(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    monkeypatch.setattr("qa.load.unpacking.SpooledTemporaryFile", lambda **_: full.open("wb", buffering=0))
    members = [("a.txt", b"words")]
    assert found_in(name, zipped(members) if name == "a.zip" else tarred(members)) == [
        (f"{name}/a.txt", "cannot be unpacked: No space left on device")
    ]


def test_a_member_larger_than_memory_should_hold_is_kept_in_a_file_without_a_name() -> None:
    row = json.dumps({"title": "t", "text": "0123456789abcdef " * 50}).encode() + b"\n"
    with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("c.jsonl", "w") as member:
        for number in range(60_000):
            member.write(row[:-3] + b' %d"}\n' % number if number % 7 else row)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(isinstance(item, RawDocument) for item in read(Path("a.zip"), LIMITS)) == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kB, of 54 MB
    assert [path.name for path in Path().iterdir()] == ["a.zip"]
