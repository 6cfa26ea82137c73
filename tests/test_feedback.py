"""Feedback: what is appended is there, whoever else appends and whatever crashes."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import BadFeedbackError, FeedbackWriteError
from qa.feedback import FILE, Fault, FeedbackEntry, JudgedCitation, append, entry_of, read_feedback
from qa.records import NO_FILTERS, Filters

CITED = JudgedCitation("a/1", "Ferry aground", 3, 17, "A ferry ran …")
ABOUT: dict[str, Any] = {
    "question": "Who ran the ferry aground?",
    "asked": "And who ran it aground?",
    "outcome": "answered",
    "answer": "“A ferry ran aground.”",
    "confidence": 0.9341,
    "citations": [
        {
            "article_id": "a/1",
            "document_title": "Ferry aground",
            "start_char_index": 3,
            "end_char_index": 17,
            "cited_text": "A ferry ran …",
        }
    ],
    "filters": {"sources": ["The Verge"], "since": "2023-10-01", "until": None},
    "index_version": "20240307T000000Z-00000000",
}
ENTRY = entry_of("up", "Just so.", **ABOUT)


def entry(**changed: Any) -> FeedbackEntry:
    return replace(ENTRY, **changed)


def lines_of(folder: Path) -> list[bytes]:
    return (folder / FILE).read_bytes().splitlines()


class TestAnEntry:
    def test_has_every_field_of_what_was_sent(self) -> None:
        assert entry(id="1", at="2") == FeedbackEntry(
            id="1",
            at="2",
            rating="up",
            note="Just so.",
            question="Who ran the ferry aground?",
            asked="And who ran it aground?",
            outcome="answered",
            answer="“A ferry ran aground.”",
            confidence=0.9341,
            citations=(CITED,),
            filters=Filters(("The Verge",), "2023-10-01", None),
            index_version="20240307T000000Z-00000000",
        )

    def test_is_of_now_and_no_other(self) -> None:
        one, other = (entry_of("down", None, **ABOUT) for _ in range(2))
        assert one.id != other.id
        at = datetime.fromisoformat(one.at)
        assert at.utcoffset() == UTC.utcoffset(None)
        assert abs((datetime.now(UTC) - at).total_seconds()) < 60

    @pytest.mark.parametrize(
        ("given", "kept"), [(None, None), ("", None), (" \n", None), (" So. ", "So."), ("x" * 2000,) * 2]
    )
    def test_its_note(self, given: str | None, kept: str | None) -> None:
        assert entry_of("up", given, **ABOUT).note == kept

    def test_a_note_that_is_too_long(self) -> None:
        with pytest.raises(BadFeedbackError, match="2,001 characters; at most 2,000"):
            entry_of("up", "x" * 2001, **ABOUT)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("outcome", "guessed"), ("outcome", None), ("confidence", float("nan")), ("confidence", "high"),
            ("confidence", True), ("citations", None), ("citations", [1]), ("citations", [{}]), ("filters", []),
            ("filters", {"sources": "The Verge"}), ("filters", {"sources": [1]}), ("question", None), ("answer", 1),
            ("index_version", 7),
        ],
    )  # fmt: skip
    def test_what_is_not_of_an_answer(self, field: str, value: object) -> None:
        with pytest.raises(BadFeedbackError, match=r"^The feedback has "):
            entry_of("up", None, **{**ABOUT, field: value})


class TestAppending:
    def test_what_goes_in_comes_out_in_turn(self, tmp_path: Path) -> None:
        entries = [entry(id=str(number), note=f"No. {number}\nof 3") for number in range(3)]
        for one in entries:
            append(tmp_path, one)
        assert read_feedback(tmp_path).entries == tuple(entries)
        assert read_feedback(tmp_path).faults == ()
        assert len(lines_of(tmp_path)) == 3

    ODD = (
        '{"rating": "down"}', "'; DROP TABLE articles; --", "```python\nprint('x')\n```", "</script><script>",
        "\\u0000\\n", "\x00\x1b[31m", "\u2028\u2029\x85", "🎉 漢字 é", '"', "\\", "%s {}", "\r\n",
    )  # fmt: skip

    @pytest.mark.parametrize("text", ODD, ids=ascii)
    def test_odd_text_is_data(self, tmp_path: Path, text: str) -> None:
        odd = entry(question=text, asked=text, answer=text, note=text, citations=(replace(CITED, cited_text=text),))
        append(tmp_path, odd)
        append(tmp_path, ENTRY)
        assert read_feedback(tmp_path).entries == (odd, ENTRY)
        assert (tmp_path / FILE).read_bytes().count(b"\n") == 2

    @given(text=st.text())
    def test_any_text(self, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
        folder = tmp_path_factory.mktemp("feedback")
        append(folder, entry(question=text))
        assert read_feedback(folder).entries == (entry(question=text),)

    def test_half_of_a_surrogate_pair_is_kept_as_a_question_mark(self, tmp_path: Path) -> None:
        append(tmp_path, entry_of("up", "a\ud800b", **ABOUT))
        assert read_feedback(tmp_path).entries[0].note == "a?b"

    def test_nobody_else_can_read_it(self, tmp_path: Path) -> None:
        append(tmp_path, ENTRY)
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600

    def test_several_processes_at_once(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from qa.feedback import *; from dataclasses import replace\n"
            "import qa.feedback.keeping; qa.feedback.keeping._PATIENCE_S = 300.0  # the disk may be busy\n"
            "one = read_feedback(Path(sys.argv[1]) / 'first').entries[0]\n"
            "for n in range(25): append(Path(sys.argv[1]), replace(one, id=f'{sys.argv[2]}-{n}', note='x' * 2000))"
        )
        (tmp_path / "first").mkdir()
        append(tmp_path / "first", ENTRY)
        running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(name)]) for name in range(4)]
        assert [process.wait(300) for process in running] == [0] * 4
        kept = read_feedback(tmp_path)
        assert kept.faults == ()
        assert sorted(one.id for one in kept.entries) == sorted(f"{a}-{b}" for a in range(4) for b in range(25))
        for name in range(4):  # each process's own in turn
            own = [one.id for one in kept.entries if one.id.startswith(f"{name}-")]
            assert own == [f"{name}-{number}" for number in range(25)]

    @pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
    def test_a_process_that_is_killed_holds_nobody_up_and_loses_no_other_line(self, tmp_path: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from qa.feedback import *\n"
            "one = read_feedback(Path(sys.argv[1])).entries[0]\n"
            "while True: append(Path(sys.argv[1]), one)"
        )
        append(tmp_path, ENTRY)
        size = (tmp_path / FILE).stat().st_size
        for _ in range(3):
            process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
            before = (tmp_path / FILE).stat().st_size
            end = time.monotonic() + 300
            while (tmp_path / FILE).stat().st_size < before + 2 * size:
                assert time.monotonic() < end
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.wait(60)
            append(tmp_path, entry(id="after"))
        kept = read_feedback(tmp_path)
        assert len(kept.faults) <= 3
        assert {one.id for one in kept.entries} == {ENTRY.id, "after"}
        assert [one.id for one in kept.entries].count("after") == 3


class TestWhatACrashLeaves:
    @pytest.mark.parametrize("cut", [1, 2, 17, 150])
    def test_the_next_line_starts_afresh(self, tmp_path: Path, cut: int) -> None:
        for name in ("one", "torn"):
            append(tmp_path, entry(id=name))
        with (tmp_path / FILE).open("r+b") as file:
            file.truncate((tmp_path / FILE).stat().st_size - cut)
        append(tmp_path, entry(id="next"))
        kept = read_feedback(tmp_path)
        whole = cut == 1  # only its line end was lost
        assert [one.id for one in kept.entries] == ["one", *(["torn"] if whole else []), "next"]
        assert kept.faults == (() if whole else (Fault(2, "is not whole: it is no JSON"),))

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"\xff\xfe", "is not whole: it is no JSON"),
            (b"\x00" * 50, "is not whole: it is no JSON"),
            (b"[]", "is JSON but not an object"),
            (b"{}", "has no filters that can be used"),
            (b"[" * 100_000, "is nested too deeply"),
            (
                json.dumps({**ABOUT, "id": "1", "at": "2", "rating": "sideways"}).encode(),
                "has no rating that can be used",
            ),
        ],
    )
    def test_a_damaged_line_is_named_and_the_others_are_read(self, tmp_path: Path, line: bytes, reason: str) -> None:
        append(tmp_path, ENTRY)
        with (tmp_path / FILE).open("ab") as file:
            file.write(b"\n  \n" + line + b"\n")
        append(tmp_path, entry(id="last"))
        kept = read_feedback(tmp_path)
        assert kept.entries == (ENTRY, entry(id="last"))
        assert kept.faults == (Fault(4, reason),)

    def test_a_full_disk_leaves_the_file_as_it_was(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        append(tmp_path, ENTRY)
        write = os.write

        def full(file: int, data: bytes) -> int:
            if len(data) < 40:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(file, data[:40])

        monkeypatch.setattr("os.write", full)
        with pytest.raises(FeedbackWriteError, match=rf"{FILE} \(No space left on device\)\. Make room"):
            append(tmp_path, entry(id="lost"))
        monkeypatch.undo()
        append(tmp_path, entry(id="next"))
        assert read_feedback(tmp_path).entries == (ENTRY, entry(id="next"))
        assert read_feedback(tmp_path).faults == ()

    def test_where_no_folder_can_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(FeedbackWriteError):
            append(tmp_path / "file" / "index", ENTRY)
        assert read_feedback(tmp_path / "none").entries == ()

    def test_another_process_that_does_not_let_go(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from filelock import FileLock

        monkeypatch.setattr("qa.feedback.keeping._PATIENCE_S", 0.05)
        with FileLock(tmp_path / "feedback.lock"), pytest.raises(FeedbackWriteError, match="another process holds it"):
            append(tmp_path, ENTRY)


def test_no_filters_come_back_as_none(tmp_path: Path) -> None:
    append(tmp_path, entry(filters=NO_FILTERS))
    (kept,) = read_feedback(tmp_path).entries
    assert not kept.filters
