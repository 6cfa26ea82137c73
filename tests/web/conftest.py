"""A client of the server that answers from the seeds, servers in processes of their own, and patience."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from qa.config import Settings
from qa.interrupting import Stop
from qa.seams import Reranker
from tests import waiting

if TYPE_CHECKING:
    import openai


@pytest.fixture(scope="session")
def client(seed_server: Any) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=seed_server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def ai(seed_server: Any) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, on the server that answers from the seeds."""
    import openai

    with openai.OpenAI(base_url=f"{seed_server.url}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def hostile(hostile_server: Any) -> Iterator[httpx.Client]:
    """A client of the server whose articles are hostile."""
    with httpx.Client(base_url=hostile_server.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def until() -> Callable[..., float]:
    """Return `until(holds)`: wait until it does, five minutes at most; return how many seconds that took."""
    return waiting.until


class Server:
    """`qa serve` in a process of its own; `said` are the lines of its standard error, and of its build's."""

    def __init__(self, settings: Settings, *arguments: str) -> None:
        self.said: list[str] = []
        options = ("--indexes", str(settings.indexes), "--keep", str(settings.keep), "--port", "0")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qa", "serve", *options, *arguments], stderr=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(iter(self.process.stderr.readline, ""))

    @property
    def url(self) -> str:
        (url,) = (line.split()[1] for line in self.said if line.startswith("Serving "))
        return url

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=60)

    def ready(self) -> dict[str, Any]:
        """What /readyz says, ready or not."""
        return self.get("/readyz").json()

    def ask(self, question: str) -> dict[str, Any]:
        return httpx.post(f"{self.url}/ask", json={"question": question}, timeout=60).raise_for_status().json()

    def held(self, folder: Path) -> set[str]:
        """The versions of which the process still has files open or mapped, also of those that were removed."""
        process, prefix = Path("/proc") / str(self.process.pid), f"{folder.resolve() / 'versions'}/"
        files = []
        for file in (process / "fd").iterdir():
            with suppress(FileNotFoundError):  # it was closed meanwhile
                files.append(str(file.readlink()))
        maps = (process / "maps").read_text(encoding="utf-8").splitlines()
        return {line.partition(prefix)[2].split("/")[0] for line in files + maps if prefix in line}

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(120)
        self._reader.join()  # ends once the build has let go of it as well
        assert self.process.stderr is not None
        self.process.stderr.close()


@pytest.fixture(scope="session")
def serving(until: Callable[..., float]) -> Callable[..., AbstractContextManager[Server]]:
    """Return `serving(settings, *arguments)`, which runs `qa serve` until its block ends."""

    @contextmanager
    def started(settings: Settings, *arguments: str) -> Iterator[Server]:
        server = Server(settings, *arguments)
        try:
            until(lambda: any(line.startswith("Serving ") for line in server.said))
            yield server
        finally:
            server.stop()

    return started


@dataclass
class Watched:
    """A reranker that counts what it reads, waits before it does until it may go on, and breaks where it is told to."""

    reranker: Reranker
    breaks: BaseException | None = None
    read: int = 0
    began: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        return self.reranker.name

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        self.began.set()
        assert self.go_on.wait(120)
        if self.breaks is not None:
            raise self.breaks
        self.read += len(texts)
        return self.reranker.score(question, texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.reranker.count_tokens(texts)


@pytest.fixture(scope="module")
def watching_server(live_server: Callable[[Settings], Any], seed_settings: Settings) -> Iterator[Any]:
    from qa.loading import load_reranker

    watched = Watched(load_reranker(seed_settings))
    watched.go_on.set()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("qa.loading.load_reranker", lambda *_, **__: watched)
        server = live_server(seed_settings).until_ready()
    yield server, watched
    watched.go_on.set()
    server.stop()


@pytest.fixture
def watched_server(watching_server: Any) -> Any:
    """Return a server and the reranker that it reads with, which neither waits nor breaks yet."""
    server, watched = watching_server
    watched.breaks, watched.read = None, 0
    watched.began.clear()
    watched.go_on.set()
    return server, watched


@pytest.fixture
def stops(monkeypatch: pytest.MonkeyPatch) -> list[Stop]:
    """What ends the work on each question that is asked from then on, in this process."""
    made: list[Stop] = []

    class Kept(Stop):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr("web.work.Stop", Kept)
    return made


@pytest.fixture(scope="session")
def at_work() -> Callable[[str], tuple[float, float]]:
    """Return `at_work(url)`: how many questions a server works on, and how many wait for that."""

    def told(url: str) -> tuple[float, float]:
        figures = httpx.get(f"{url}/metrics", timeout=60).raise_for_status().text
        running, waiting = (
            float(re.findall(rf"^qa_questions_{state} (\S+)$", figures, re.MULTILINE)[0])
            for state in ("running", "waiting")
        )
        return running, waiting

    return told
