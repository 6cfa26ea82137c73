"""Several processes on one socket: one that dies is replaced, all follow the index, and none outlives the rest."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.config import Settings

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes in /proc")

Serving = Callable[..., AbstractContextManager[Any]]
Until = Callable[..., float]
QUESTION = "How long does the bread bake?"
BREAD = "Bread\n\nBake the bread for forty minutes at 230 degrees, says Marta Keller."


@pytest.fixture
def article(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "bread.txt").write_text(BREAD, encoding="utf-8")
    return tmp_path / "articles" / "bread.txt"


def below(process: int) -> Iterator[tuple[int, str]]:
    """The processes that a process has started, with their command lines."""
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in map(int, _read(task / "children").split()):
            yield child, _read(Path(f"/proc/{child}/cmdline")).replace("\0", " ")


def _read(file: Path) -> str:
    """What stands there; nothing of a thread or a process that has ended meanwhile."""
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def workers(server: Any) -> set[int]:
    return {process for process, command in below(server.process.pid) if "spawn_main" in command}


def builds(server: Any) -> set[int]:
    return {process for process, command in below(server.process.pid) if " qa build " in command}


def runs(process: int) -> bool:
    state = _read(Path(f"/proc/{process}/stat")).rpartition(")")[2].split()[:1]
    return state not in ([], ["Z"])


def serves(process: int) -> bool:
    """Whether a worker is so far that it takes signals as a server does."""
    status = _read(Path(f"/proc/{process}/status"))
    caught = int("".join(re.findall(r"^SigCgt:\s*(\w+)$", status, re.MULTILINE)) or "0", 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def answers(server: Any, times: int = 20) -> set[str]:
    """What is answered to as many connections, which go to whichever worker is free."""
    return {server.ask(QUESTION)["answer"] for _ in range(times)}


def test_a_worker_that_is_killed_is_missed_by_nobody(
    serving: Serving, tmp_path: Path, article: Path, until: Until
) -> None:
    settings = Settings.from_env(indexes=tmp_path / "indexes")
    index = ("--index", "kitchen,harbour")
    with serving(settings, str(article.parent), "--watch", "--workers", "2", *index) as server:
        until(lambda: all(server.get("/readyz").status_code == 200 for _ in range(8)))
        first = workers(server)
        assert len(first) == 2
        building = builds(server)
        assert len(building) == 1  # it is built once, not by each
        assert server.get("/c/kitchen/readyz").status_code == 200
        assert server.get("/c/harbour/readyz").status_code == 503  # what is built is the first corpus
        assert not (settings.indexes / "harbour").exists()
        killed = min(first)
        os.kill(killed, signal.SIGKILL)
        assert answers(server) == {"Bake the bread for forty minutes at 230 degrees, says Marta Keller."}
        until(lambda: len(workers(server)) == 2)
        assert workers(server) > first - {killed}
        until(lambda: all(server.get("/readyz").status_code == 200 for _ in range(8)))

        article.write_text(BREAD.replace("forty", "fifty"), encoding="utf-8")
        until(lambda: answers(server, 8) == {"Bake the bread for fifty minutes at 230 degrees, says Marta Keller."})
        assert builds(server) == building
        counted = {
            re.findall(r"^qa_answers_total\S+ \S+$", server.get("/metrics").text, re.MULTILINE)[0] for _ in range(8)
        }
        assert len(counted) == 1  # whichever is asked tells of all

        everyone = workers(server) | builds(server)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(120) == 0
        assert not any(map(runs, everyone))
        with pytest.raises(httpx.ConnectError):
            server.get("/healthz")
    assert [line for line in server.said if "Traceback" in line] == []


def test_workers_and_build_end_with_a_supervisor_that_was_killed(
    serving: Serving, tmp_path: Path, article: Path, until: Until
) -> None:
    settings = Settings.from_env(indexes=tmp_path / "indexes")
    with serving(settings, str(article.parent), "--watch", "--workers", "2") as server:
        until(lambda: len(workers(server)) == 2 and server.get("/healthz").status_code == 200)
        everyone = workers(server) | builds(server)
        server.process.kill()
        until(lambda: not any(map(runs, everyone)))


def test_ctrl_c_ends_all_of_them_without_a_word_more(serving: Serving, tmp_path: Path, until: Until) -> None:
    with serving(Settings(indexes=tmp_path), "--workers", "2") as server:
        until(lambda: len(workers(server)) == 2 and all(map(serves, workers(server))))
        everyone = workers(server)
        for process in (*everyone, server.process.pid):  # as a terminal does
            os.kill(process, signal.SIGINT)
        assert server.process.wait(120) == 130
        assert not any(map(runs, everyone))
    assert [line.strip() for line in server.said if line.strip()][-1] == "Interrupted."
    assert not [line for line in server.said if "Traceback" in line]


def test_what_cannot_be_used_is_said_before_anything_is_started(serving: Serving, tmp_path: Path) -> None:
    import subprocess
    import sys

    for option, value, said in [
        ("--workers", "0", "0 is not between 1 and 64"),
        ("--index", "a,b,a", "names an index twice"),
        ("--index", "a,../b", "is not a name"),
        ("--root-path", "/articles", "is an address of the server itself"),
        ("--forwarded-allow-ips", "proxy", "is no address and no network"),
    ]:
        done = subprocess.run(
            [sys.executable, "-m", "qa", "serve", "--port", "0", "--workers", "2", option, value],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert said in done.stderr
        assert "Serving" not in done.stderr
