"""A process that is told to end does so, also where what it waits for never comes."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STUCK = """
import _imp, os, signal, sys
from concurrent.futures import ThreadPoolExecutor

from qa.ending import end_when_told


def load():
    print("loading", flush=True)
    import colorsys  # any module that is not loaded yet


end_when_told(int(sys.argv[1]), grace_s=float(sys.argv[2]))
_imp.acquire_lock()  # as an interrupt leaves it that comes before the `try` after this line of importlib
with ThreadPoolExecutor(1) as pool:
    pool.submit(load).result()
"""


def _started(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_left_the_lock_of_imports_taken_ends_the_process_after_its_grace(number: int) -> None:
    process = _started(STUCK, str(int(number)), "1")
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    process.send_signal(number)
    assert process.communicate(timeout=120) == ("", "")  # by itself it would end with a trace
    assert process.returncode == 130


def test_what_ends_by_itself_is_not_cut_short() -> None:
    script = (
        "import signal, sys, time\n"
        "from qa.ending import end_when_told\n"
        "end_when_told(signal.SIGINT, grace_s=60)\n"
        "try:\n    print('at work', flush=True); time.sleep(300)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.2); print('put in order'); sys.exit(5)\n"
    )
    process = _started(script)
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=50) == ("put in order\n", "")
    assert process.returncode == 5


def test_a_signal_that_the_process_was_started_to_ignore_is_ignored() -> None:
    script = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from qa.ending import end_when_told\n"
        "end_when_told(signal.SIGINT, grace_s=0)\n"
        "signal.raise_signal(signal.SIGINT)\n"
        "print('still here')\n"
    )
    assert _started(script).communicate(timeout=120) == ("still here\n", "")
