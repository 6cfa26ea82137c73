"""What tests share: models, an index of the seeds with a pipeline on it, and servers on free ports."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
import uvicorn

from qa.build import Report, build
from qa.cite import cite
from qa.config import Settings
from qa.embed import load_encoder
from qa.index import current_version, index_folder
from qa.pipeline import Pipeline
from qa.records import (
    Answer,
    Article,
    Chunk,
    LookedAt,
    Note,
    NoteKind,
    Outcome,
    Passage,
    Quote,
    Span,
    Standing,
)
from qa.seams import Progress
from tests.progress import Silent
from web.app import create_app

# Some tests load ONNX Runtime themselves, and what they do is nobody else's business either.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

# A busy machine is no failure of a property.
hypothesis.settings.register_profile("ours", deadline=None)
hypothesis.settings.load_profile("ours")

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run in which everything was skipped: it proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    ran = reporter is None or any(reporter.stats.get(outcome) for outcome in ("passed", "failed", "error"))
    if exitstatus == pytest.ExitCode.OK and not ran and not session.config.option.collectonly:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Return the folder of the real models."""
    return Settings.from_env().models


@pytest.fixture(scope="session")
def silent() -> Progress:
    return Silent()


@pytest.fixture(scope="session")
def build_index(silent: Progress) -> Callable[..., Report]:
    """Return `build_index(settings, *paths)`, which builds with the encoder that the settings name."""

    def built(settings: Settings, *paths: Path) -> Report:
        return build(
            paths,
            settings,
            lambda: load_encoder(settings.encoder, settings.models, settings.device, settings.threads),
            silent,
        )

    return built


class EndedError(Exception):
    """A build was ended before its vectors were there."""


@dataclass(frozen=True)
class Unwilling:
    """An encoder that ends the build that asks it for vectors."""

    name: str = "snowflake-arctic-embed-s"
    fingerprint: str = "none"
    dimension: int = 384

    def encode_passages(self, *_: object) -> Any:
        raise EndedError

    encode_query = encode_passages


@pytest.fixture(scope="session")
def build_words(silent: Progress) -> Callable[..., str]:
    """Return `build_words(settings, *paths)`: a build that ends once its words are published, as that version."""

    def built(settings: Settings, *paths: Path) -> str:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("qa.build.composer.WORDS_FIRST_FROM", 1)
            with pytest.raises(EndedError):
                build(paths, settings, Unwilling, silent)
        return current_version(index_folder(settings.indexes, settings.index))

    return built


@pytest.fixture(scope="session")
def seed_settings(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Settings:
    """Settings with an index of the seeds, built once; tests must not change it."""
    settings = Settings.from_env(indexes=tmp_path_factory.mktemp("indexes"))
    build_index(settings, SEEDS)
    return settings


@pytest.fixture(scope="session")
def words_settings(tmp_path_factory: pytest.TempPathFactory, build_words: Callable[..., str]) -> Settings:
    """Settings with an index of the seeds without vectors, built once; tests must not change it."""
    settings = Settings.from_env(indexes=tmp_path_factory.mktemp("words"))
    build_words(settings, SEEDS)
    return settings


@pytest.fixture(scope="session")
def seed_pipeline(seed_settings: Settings) -> Iterator[Pipeline]:
    pipeline = Pipeline.open(seed_settings)
    yield pipeline
    pipeline.close()


HOSTILE = [
    {
        "_id": "odd/../id #1?&%2F é",
        "title": "How <script>alert(1)</script> became a famous <b>test</b>",
        "text": "The string <script>alert(1)</script> is the best known test for cross-site scripting.\n\n"
        "A variant, <img src=x onerror=alert(2)>, was named the onerror trick by Ada Quill & friends.",
        "source": "<i>Web</i> Weekly",
        "author": "Ada <Quill>",
        "published_at": "2024-05-11T08:00:00Z",
        "url": "javascript:alert(3)",
    },
    {
        "_id": "glacier",
        "title": "A village keeps its glacier under blankets",
        "text": "The fleece 🏔️ reflects the sun and slows the melting\nby sixty percent, says Marta Keller.\n\n"
        "The village pays for the blankets with a levy of two francs on each hotel night.",
        "source": "Alpine Courier",
        "published_at": "spring 2024",
        "url": "https://example.org/glacier?a=1&b=2",
    },
]


@pytest.fixture(scope="session")
def hostile_settings(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Settings:
    """Settings with an index of articles whose text, title, id and address try to be more than data."""
    folder = tmp_path_factory.mktemp("hostile")
    lines = (json.dumps(article, ensure_ascii=False) for article in HOSTILE)
    (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    settings = Settings.from_env(indexes=folder / "indexes")
    build_index(settings, folder / "corpus.jsonl")
    return settings


class LiveServer:
    """uvicorn with the application, in a thread; `url` ends without a slash."""

    def __init__(self, settings: Settings) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.app = create_app(settings)
        self._server = uvicorn.Server(
            uvicorn.Config(self.app, log_config=None, access_log=False, timeout_graceful_shutdown=5)
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), name="live server")
        self._thread.start()
        self.until(lambda: self._server.started)

    def until_ready(self) -> LiveServer:
        """Wait until questions are answered at once."""
        self.until(lambda: httpx.get(f"{self.url}/readyz", timeout=60).status_code == 200)
        return self

    def until_told(self, of_the_build: str) -> None:
        """Wait until the page says this of a build that is under way."""
        self.until(lambda: of_the_build in httpx.get(self.url, timeout=60).text)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 300
        while not holds():
            assert time.monotonic() < end
            self._thread.join(0.02)
            assert self._thread.is_alive(), "the server ended"


@pytest.fixture(scope="session")
def live_server() -> Iterator[Callable[[Settings], LiveServer]]:
    """Return a function that starts a server; what it started is stopped at the end of the session."""
    with ExitStack() as running:

        def start(settings: Settings) -> LiveServer:
            server = LiveServer(settings)
            running.callback(server.stop)
            return server

        yield start


@pytest.fixture(scope="session")
def seed_server(live_server: Callable[[Settings], LiveServer], seed_settings: Settings) -> LiveServer:
    return live_server(seed_settings).until_ready()


@pytest.fixture(scope="session")
def words_server(live_server: Callable[[Settings], LiveServer], words_settings: Settings) -> LiveServer:
    return live_server(words_settings).until_ready()


@pytest.fixture(scope="session")
def hostile_server(live_server: Callable[[Settings], LiveServer], hostile_settings: Settings) -> LiveServer:
    return live_server(hostile_settings).until_ready()


DOCUMENTS = Path(__file__).resolve().parent / "data" / "documents"


@pytest.fixture(scope="session")
def documents_settings(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Settings:
    """Settings with an index of a PDF of seven pages, and of one that cannot be read."""
    settings = Settings.from_env(indexes=tmp_path_factory.mktemp("documents"))
    build_index(settings, DOCUMENTS / "harbour.pdf", DOCUMENTS / "encrypted.pdf")
    return settings


@pytest.fixture(scope="session")
def documents_server(live_server: Callable[[Settings], LiveServer], documents_settings: Settings) -> LiveServer:
    return live_server(documents_settings).until_ready()


BREAD = "Bread\n\nBake the bread for forty minutes at 230 degrees, says Marta Keller."
FERRY = "Ferry\n\nA ferry ran aground off Brennick in fog. Rescuers brought 212 people ashore by noon, said Ines Holt."


@pytest.fixture(scope="session")
def corpora_settings(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Settings:
    """Settings of a server of two corpora, of an article each, and of one that nobody has built."""
    folder = tmp_path_factory.mktemp("corpora")
    settings = Settings.from_env(indexes=folder / "indexes")
    for name, text in {"kitchen": BREAD, "harbour": FERRY}.items():
        article = folder / f"{name}.txt"
        article.write_text(text, encoding="utf-8")
        build_index(replace(settings, index=name), article)
    return replace(settings, index="kitchen,harbour,missing")


@pytest.fixture(scope="session")
def corpora_server(live_server: Callable[[Settings], LiveServer], corpora_settings: Settings) -> LiveServer:
    server = live_server(corpora_settings).until_ready()
    server.until(lambda: httpx.get(f"{server.url}/c/harbour/readyz", timeout=60).status_code == 200)
    return server


class Proxy(ThreadingHTTPServer):
    """A small reverse proxy that has a server at a part of its site, and tells it for whom it asks.

    It passes the path on, or without its `prefix` where it `strips` that.
    """

    daemon_threads = True

    def __init__(self, upstream: str, prefix: str, *, strips: bool) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not self.path.startswith((f"{prefix}/", f"{prefix}?")) and self.path != prefix:
                    self.send_error(404, "Not the server's part of the site")
                    return
                path = (self.path[len(prefix) :] or "/") if strips else self.path
                headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                before = self.headers.get("X-Forwarded-For")
                client = self.client_address[0]
                headers |= {"X-Forwarded-For": f"{before}, {client}" if before else client}
                headers |= {"X-Forwarded-Proto": "https"}
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with httpx.stream(self.command, upstream + path, headers=headers, content=body, timeout=60) as response:
                    self.send_response(response.status_code)
                    for name, value in response.headers.items():
                        if name not in {"transfer-encoding", "date"}:
                            self.send_header(name, value)
                    self.end_headers()
                    for part in response.iter_raw():
                        self.wfile.write(part)

            do_POST = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}{prefix}"


@pytest.fixture(scope="session")
def proxied() -> Iterator[Callable[..., str]]:
    """Return `proxied(upstream, prefix, strips=...)`, which starts a proxy and returns its address."""
    with ExitStack() as running:

        def start(upstream: str, prefix: str, *, strips: bool) -> str:
            proxy = running.enter_context(Proxy(upstream, prefix, strips=strips))
            thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), name="proxy")
            thread.start()
            running.callback(thread.join)
            running.callback(proxy.shutdown)
            return proxy.url

        yield start


AGROUND = Article(
    "aground",
    "Ferry runs aground with 212 aboard",
    "A ferry ran aground off Brennick harbour in fog on Tuesday.\nRescuers brought 212 people ashore by noon, the "
    "coastguard said. The Sundal Line has run the crossing since 1974.",
    "news/aground.txt",
    url="https://example.org/aground",
    source="Northern Wire",
    published_at="2024-03-05T11:20:00+00:00",
)
REVISED = Article(
    "revised",
    "Ferry count revised",
    "The coastguard has revised its count. It said 207 people were aboard. Five names were listed twice.",
    "news/revised.txt",
    source="Harbour Gazette",
    published_at="2024-03-07",
)
COPIES = tuple(
    Article(f"copy-{number}", title, AGROUND.text, f"news/copy-{number}.txt", source=source, published_at=day)
    for number, (title, source, day) in enumerate(
        [
            ("Fog <b>strands</b> ferry", "Morning Ledger", "2024-03"),
            ("212 brought ashore", "Coast Radio", None),
            ("Ferry aground", None, None),
            ("Off Brennick", None, "2024-03-06"),
            ("Fog at sea", "Isle Courier", None),
            ("Sundal ferry stuck", "Fjord Times", None),
        ]
    )
)


def _quote(article: Article, words: str, *answering: str, also_in: tuple[Article, ...] = ()) -> Quote:
    """A quotation of these words, in which those that are `answering` are highlighted."""
    whole = Chunk(f"{article.id}:0", article.id, Span(0, len(article.text)), article.title, sentences=())
    start = article.text.index(words)
    marks = (start + words.index(mark) for mark in answering)
    return Quote(
        Passage(whole, article, *[Standing(1, 0.5)] * 4),
        Span(start, start + len(words)),
        words,
        score=5.0,
        highlights=tuple(Span(at, at + len(mark)) for at, mark in zip(marks, answering, strict=True)),
        also_in=also_in,
    )


def _answer(question: str, outcome: Outcome, *quotes: Quote, confidence: float, **more: Any) -> Answer:
    citations = cite(quotes)
    passages = tuple(_quote(article, article.text).passage for article in (AGROUND, REVISED))
    return Answer(
        **{
            "question": question,
            "asked": question,
            "answer": " ".join(citation.cited_text for citation in citations) or "Nothing.",
            "outcome": outcome,
            "reason": None if quotes else "No passage answers.",
            "notes": (),
            "looked_at": LookedAt(articles=609, passages=13_656, read=10),
            "confidence": confidence,
            "signals": {"passage": 6.83, "quote": 6.41, "names_missing": 0.0} if quotes else {},
            "citations": citations,
            "passages": passages,
            "index_version": "20240307T000000Z-00000000",
            "searches": ("lexical", "dense"),
            "timings_ms": {"total": 41.2},
            **more,
        }
    )


@pytest.fixture(scope="session")
def answers() -> dict[str, Answer]:
    """Answers made by hand, one of each kind that a reader can get."""
    rescued = "Rescuers brought 212 people ashore by noon, the coastguard said."
    counted = "It said 207 people were aboard."
    disagreement = Note(NoteKind.DISAGREEMENT, "The articles differ: 207 (7 March 2024) and 212 (5 March 2024).")
    order = Note(NoteKind.NEWEST_FIRST, "Two passages answer about equally well; the newest comes first.")
    return {
        "answered": _answer(
            "How many came ashore?", Outcome.ANSWERED,
            _quote(AGROUND, rescued, "212", also_in=COPIES[:2]), confidence=0.9341,
        ),
        "copied": _answer(
            "Who came ashore?", Outcome.ANSWERED,
            _quote(AGROUND, f"in fog on Tuesday.\n{rescued}", "212 people", also_in=COPIES), confidence=0.75,
        ),
        "disagreeing": _answer(
            "How many were aboard?", Outcome.ANSWERED,
            _quote(REVISED, counted, "207"), _quote(AGROUND, rescued, "212"),
            confidence=0.52, notes=(disagreement, order),
        ),
        "listed": _answer(
            "What articles do you have about the ferry?", Outcome.LISTED,
            _quote(REVISED, counted), _quote(AGROUND, rescued, "Rescuers", also_in=COPIES[:1]), confidence=1.0,
        ),
        "not_stated": _answer("Who was the captain?", Outcome.NOT_STATED, confidence=0.2),
        "not_covered": _answer("What is the capital of Mongolia?", Outcome.NOT_COVERED, confidence=0.0),
    }  # fmt: skip


class _Scripted(BaseHTTPRequestHandler):
    """A request to a scripted server."""

    server: Any

    def do_POST(self) -> None:
        llm = self.server.llm
        llm.headers.append(dict(self.headers))
        llm.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        try:
            llm.does(self)
        except OSError:
            llm.gone.set()

    def do_GET(self) -> None:
        self.server.llm.headers.append(dict(self.headers))
        self.server.llm.lists(self)

    def answers(self, status: int, kind: str | None, body: bytes, **headers: str) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def begins(self) -> None:
        self.answers(200, "text/event-stream; charset=utf-8", b"")

    def piece(self, text: str | None, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
        self.line(json.dumps({"object": "chat.completion.chunk", "choices": [choice]}))

    def line(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def sends(self, *pieces: str) -> None:
        self.begins()
        for text in pieces:
            self.piece(text)
        self.piece(None, "stop")
        self.line("[DONE]")

    def log_message(self, *_: object) -> None: ...


class ScriptedLLM:
    """A chat server on loopback that does what a test tells it; `asked` are the bodies of the requests it got.

    `does` is called with the handler of a request, which has `sends(*pieces)` for a stream that is in order, and the
    raw connection for one that is not. `gone` is set once a client has left in the middle.
    """

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.gone = threading.Event()
        self.does: Callable[[Any], None] = lambda handler: handler.sends("Nothing is set.")
        self.lists: Callable[[Any], None] = lambda handler: handler.answers(
            200, "application/json", b'{"data": [{"id": "scripted"}]}'
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Scripted)
        self._server.daemon_threads = True
        self._server.llm = self  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def says(self, *pieces: str) -> ScriptedLLM:
        """Answer every request with these pieces of text."""
        self.does = lambda handler: handler.sends(*pieces)
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    scripted = ScriptedLLM()
    yield scripted
    scripted.close()


@pytest.fixture(scope="session")
def llm_class() -> type[ScriptedLLM]:
    """The scripted server, for those who need one longer than a test."""
    return ScriptedLLM
