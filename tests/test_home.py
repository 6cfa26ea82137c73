"""A person's folders, and those of a user who has no home: a service's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.home import cache_folder, shortened

ROOT = Path(__file__).resolve().parent.parent
NOBODY = """
import pwd
def unknown(_): raise KeyError
pwd.getpwuid = unknown  # such is the user that systemd makes for a service, where nothing tells the system of it
from qa.cli import main
main()
"""


@pytest.mark.parametrize("arguments", [("--help",), ("serve", "--help"), ("eval", "--help"), ("versions", "--json")])
def test_a_user_without_a_home_runs_commands(arguments: tuple[str, ...], tmp_path: Path) -> None:
    kept = {
        name: value for name, value in os.environ.items() if name != "HOME" and not name.startswith(("QA_", "XDG_"))
    }
    done = subprocess.run(
        [sys.executable, "-c", NOBODY, *arguments],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={**kept, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    if "--help" in arguments:
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)  # there is no index, and it says so


def test_without_a_home_the_cache_is_in_the_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == Path("/home/ada/.cache/article-qa")
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    assert cache_folder() == Path(".cache/article-qa")


@pytest.mark.parametrize(
    ("home", "path", "shown"),
    [
        ("/home/ada", "/home/ada/.cache/models", "~/.cache/models"),
        ("/home/ada", "/home/adam/models", "/home/adam/models"),
        ("/home/ada", "indexes", "indexes"),
        ("/", "/.cache/models", "/.cache/models"),
    ],
)
def test_a_path_is_shown_alike_to_everybody(monkeypatch: pytest.MonkeyPatch, home: str, path: str, shown: str) -> None:
    monkeypatch.setenv("HOME", home)
    assert shortened(path) == shown
