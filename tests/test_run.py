"""A test run that executes nothing fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("test", "status"),
    [
        ("def test_it(): assert True", 0),
        ("import pytest\n@pytest.mark.skip(reason='no')\ndef test_it(): pass", 5),
        ("", 5),
        ("def test_it(): assert False", 1),
    ],
)
def test_exit_status(test: str, status: int, tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(test + "\n", encoding="utf-8")
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stdout
