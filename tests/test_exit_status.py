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


def status(*arguments: str, settings: Settings | None = None, cwd: Path = ROOT) -> int:
    """The exit status of `qa` in a process of its own, with nothing but text in what it prints."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **({"QA_INDEXES": str(settings.indexes)} if settings else {})}
    done = subprocess.run(
        [sys.executable, "-m", "qa", *arguments], capture_output=True, text=True, cwd=cwd, env=environ, check=False
    )
    assert "Traceback" not in done.stderr
    return done.returncode


class TestStatuses:
    def test_done(self, seed_settings: Settings) -> None:
        assert status("versions", settings=seed_settings) == Exit.DONE == 0

    def test_an_abstention_is_an_answer_unless_the_status_is_asked_for(self, seed_settings: Settings) -> None:
        silent = ("ask", "Who won the 2022 World Cup?")
        assert status(*silent, settings=seed_settings) == 0
        assert status(*silent, "--exit-code", settings=seed_settings) == Exit.NO_ANSWER == 4
        assert status(*silent, "--exit-code", "--json", settings=seed_settings) == 4
        assert status("ask", "Who condemned the missile launch?", "--exit-code", settings=seed_settings) == 0

    def test_an_error(self, tmp_path: Path) -> None:
        assert status("ask", "Who?", cwd=tmp_path) == Exit.FAILED == 1

    @pytest.mark.parametrize(
        "arguments",
        [("frobnicate",), ("ask",), ("search", "x", "-k", "0"), ("completion", "tcsh"), ("ask", "x", "--x")],
    )
    def test_a_wrong_option_or_value(self, arguments: tuple[str, ...]) -> None:
        assert status(*arguments) == Exit.MISUSED == 2

    def test_something_left_out(self, tmp_path: Path) -> None:
        (tmp_path / "bread.txt").write_text("Bread\n\nBake it for forty minutes.", encoding="utf-8")
        (tmp_path / "empty.txt").touch()
        assert status("build", "bread.txt", "empty.txt", cwd=tmp_path) == Exit.LEFT_OUT == 3

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
        assert process.wait(30) == Exit.INTERRUPTED == 130
