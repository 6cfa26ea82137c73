"""How commands end: each status where the table says so, and the table in one place."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.cli import cli
from qa.config import Settings
from qa.options import Exit

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_and_the_help_have_the_same_table() -> None:
    table = re.search(r"\| exit status \| meaning \|\n\|---\|---\|\n((?:\|.*\n)+)", README)
    assert table is not None
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table[1].splitlines()]
    assert rows == [(str(status.value), status.meaning) for status in Exit]
    shown = CliRunner().invoke(cli, ["--help"]).output.partition("Exit status:\n")[2]
    assert [tuple(line.strip().split(maxsplit=1)) for line in shown.splitlines()] == rows


def status(*arguments: str, indexes: Path) -> int:
    """The exit status of a command."""
    return CliRunner().invoke(cli, [*arguments], env={"QA_INDEXES": str(indexes)}).exit_code


class TestStatuses:
    def test_done(self, seed_settings: Settings) -> None:
        assert status("versions", indexes=seed_settings.indexes) == Exit.DONE == 0

    def test_an_abstention_is_an_answer_unless_the_status_is_asked_for(self, seed_settings: Settings) -> None:
        silent = ("ask", "Who won the 2022 World Cup?")
        assert status(*silent, indexes=seed_settings.indexes) == 0
        assert status(*silent, "--exit-code", indexes=seed_settings.indexes) == Exit.NO_ANSWER == 4
        assert status(*silent, "--exit-code", "--json", indexes=seed_settings.indexes) == 4
        assert status("ask", "Who condemned the missile launch?", "--exit-code", indexes=seed_settings.indexes) == 0

    def test_an_error(self, tmp_path: Path) -> None:
        assert status("ask", "Who?", indexes=tmp_path) == Exit.FAILED == 1

    @pytest.mark.parametrize(
        "arguments",
        [("frobnicate",), ("ask",), ("search", "x", "-k", "0"), ("completion", "tcsh"), ("ask", "x", "--x")],
    )
    def test_a_wrong_option_or_value(self, arguments: tuple[str, ...], tmp_path: Path) -> None:
        assert status(*arguments, indexes=tmp_path) == Exit.MISUSED == 2

    def test_something_left_out(self, tmp_path: Path) -> None:
        (tmp_path / "bread.txt").write_text("Bread\n\nBake it for forty minutes.", encoding="utf-8")
        (tmp_path / "empty.txt").touch()
        named = [str(tmp_path / name) for name in ("bread.txt", "empty.txt")]
        assert status("build", *named, indexes=tmp_path / "indexes") == Exit.LEFT_OUT == 3

    def test_interrupted(self, tmp_path: Path) -> None:
        (tmp_path / "bread.txt").write_text("Bread\n\nBake it for forty minutes.", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "qa", "build", "bread.txt", "--watch"],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                if line.startswith("Following"):
                    process.send_signal(signal.SIGINT)
        assert process.wait(120) == Exit.INTERRUPTED == 130
