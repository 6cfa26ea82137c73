"""Which files a version was read from: written down whole, and compared with what is there now."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from qa.build.survey import Surveyed, changes, survey, unchanged_since
from qa.catalogue import FILE, Catalogue, Outcome, SourceFile, write_catalogue
from qa.errors import IndexDamagedError
from qa.models import sha256_of
from qa.records import LeftOut

ODD = Path(os.fsdecode(b"/corpus/bad\xff\nname \xc3\xa9.txt"))
FILES = [
    SourceFile(Path("/corpus/b.txt"), "corpus/b.txt", 5, 1_700_000_000_123_456_789, 12, 2**62, "a" * 64),
    SourceFile(ODD, "corpus/bad\ufffd\ufffdname é.txt", 0, 0, 0, 0, ""),
    SourceFile(Path("/corpus/a.jsonl"), "corpus/a.jsonl", 2**40, -1, -1, 3, "b" * 64),
]
OUTCOMES = [
    Outcome(("one",), (), whole=True),
    Outcome((), (LeftOut("corpus/bad", "is empty"),), whole=False),
    Outcome(("two", "three"), (LeftOut("a:2", "is not JSON: x"), LeftOut("a:9", "has no text")), whole=True),
]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    write_catalogue(tmp_path, [Path("/corpus"), ODD], list(zip(FILES, OUTCOMES, strict=True)))
    with Catalogue(tmp_path) as opened:
        yield opened


class TestRoundTrip:
    def test_every_file_in_its_order(self, catalogue: Catalogue) -> None:
        assert list(catalogue.files()) == FILES
        assert [catalogue.outcome(file.path) for file in FILES] == OUTCOMES
        assert catalogue.sources() == [Path("/corpus"), ODD]

    def test_nothing(self, tmp_path: Path) -> None:
        write_catalogue(tmp_path, [], [])
        with Catalogue(tmp_path) as opened:
            assert (list(opened.files()), opened.sources()) == ([], [])

    def test_it_is_one_file(self, tmp_path: Path) -> None:
        write_catalogue(tmp_path, [], list(zip(FILES, OUTCOMES, strict=True)))
        assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_harm_is_named_and_nothing_else_happens(tmp_path: Path) -> None:
    write_catalogue(tmp_path, [Path("/corpus")], list(zip(FILES, OUTCOMES, strict=True)))
    path, data = tmp_path / FILE, (tmp_path / FILE).read_bytes()
    drawn = random.Random(20240527)
    harmed = [b"", b"x" * 5000, data[:1000]]
    for _ in range(150):
        place = drawn.randrange(len(data))
        harmed.append(data[:place] + bytes([data[place] ^ 1 << drawn.randrange(8)]) + data[place + 1 :])
    for content in harmed:
        path.write_bytes(content)
        with suppress(IndexDamagedError), Catalogue(tmp_path) as opened:
            for file in opened.files():
                opened.outcome(file.path)
    path.write_bytes(harmed[1])
    with (
        Catalogue(tmp_path) as opened,
        pytest.raises(IndexDamagedError, match=r"files\.sqlite is damaged .*`qa build"),
    ):
        opened.sources()


class TestSurvey:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name in ("a.txt", "b.txt", "c.txt"):
            (tmp_path / name).write_text(f"Text of {name}.", encoding="utf-8")
        return tmp_path

    def looked(self, folder: Path, before: list[SourceFile]) -> list[Surveyed]:
        return survey(sorted(folder.glob("*.txt")), before)

    def test_a_file_as_it_is(self, folder: Path) -> None:
        status = (folder / "a.txt").stat()
        earliest = time.time_ns()
        file = self.looked(folder, [])[0].file
        assert file == SourceFile(
            folder / "a.txt",
            str(folder / "a.txt"),
            16 - 2,
            status.st_mtime_ns,
            status.st_ctime_ns,
            file.looked_ns,
            sha256_of(folder / "a.txt"),
        )
        assert earliest <= file.looked_ns <= time.time_ns()

    def test_what_is_new_changed_and_gone(self, folder: Path) -> None:
        before = [item.file for item in self.looked(folder, [])]
        (folder / "a.txt").write_text("Other text.", encoding="utf-8")
        (folder / "b.txt").unlink()
        (folder / "d.txt").write_text("Text of d.txt.", encoding="utf-8")
        (folder / "c.txt").touch()
        found = self.looked(folder, before)
        assert [item.same for item in found] == [False, True, False]
        told = changes(found, before)
        assert (told.added, told.changed, told.removed) == tuple(
            (str(folder / name),) for name in ("d.txt", "a.txt", "b.txt")
        )
        assert not changes(self.looked(folder, before)[1:2], before[2:])

    def test_a_file_that_settled_is_not_read_again(self, folder: Path) -> None:
        """Its hash is taken from before: a wrong one stays wrong."""
        now = self.looked(folder, [])[0].file
        settled = replace(now, sha256="0" * 64, looked_ns=now.changed_ns + 3_000_000_000)
        assert self.looked(folder, [settled])[0].file == settled
        for fresh in (
            replace(settled, looked_ns=now.changed_ns + 1_000_000_000),
            replace(settled, size=1),
            replace(settled, modified_ns=1),
            replace(settled, changed_ns=1),
            replace(settled, sha256=""),
        ):
            assert self.looked(folder, [fresh])[0].file.sha256 == now.sha256

    def test_a_file_under_another_name_has_to_be_told_from_another(self, folder: Path) -> None:
        now = self.looked(folder, [])[0].file
        (found,) = survey([folder / "a.txt"], [replace(now, origin="../a.txt")])
        assert (found.same_content, found.same) == (True, False)

    def test_a_file_that_cannot_be_read_is_the_same_until_something_happens_to_it(self, tmp_path: Path) -> None:
        unreadable = tmp_path / "a.txt"
        unreadable.mkdir()  # what stops even root
        (first,) = survey([unreadable], [])
        assert first.file.sha256 == ""
        assert not first.same
        (again,) = survey([unreadable], [first.file])
        assert again.same
        os.utime(unreadable, ns=(1, 1))
        assert not survey([unreadable], [first.file])[0].same

    def test_unchanged_since(self, folder: Path) -> None:
        path = folder / "a.txt"
        (file,) = (item.file for item in survey([path], []))
        assert unchanged_since(file)
        os.utime(path, ns=(1, 1))
        assert not unchanged_since(file)
        path.unlink()
        assert not unchanged_since(file)


def test_a_catalogue_is_not_written_to(tmp_path: Path) -> None:
    write_catalogue(tmp_path, [], list(zip(FILES, OUTCOMES, strict=True)))
    with Catalogue(tmp_path) as opened, closing(opened._db.cursor()) as cursor, pytest.raises(sqlite3.OperationalError):
        cursor.execute("DELETE FROM files")
