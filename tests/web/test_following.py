"""Servers in processes of their own follow an index through ten rebuilds and a rollback, while they are asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.build import build
from qa.config import Settings
from qa.embed import load_encoder
from qa.index import index_folder, roll_back
from qa.seams import Progress

QUESTION = "How long does the bread bake?"
ASKERS = 4
RELEASES = 10
MOVED_WITHIN_S = 30.0
"""Generous, as this machine may be busy: two seconds are promised for one that has nothing else to do."""


@dataclass
class Corpus:
    """Two articles that carry the number of their release, and the version that was made of each release."""

    settings: Settings
    folder: Path
    progress: Progress
    encoder: Any
    releases: dict[str, int] = field(default_factory=dict)

    def publish(self, release: int) -> str:
        (self.folder / "bread.txt").write_text(self.article(release), encoding="utf-8")
        (self.folder / "same.txt").write_text("Tea\n\nThe tea brews for three minutes.", encoding="utf-8")
        version = build([self.folder], self.settings, lambda: self.encoder, self.progress).manifest.version
        self.releases[version] = release
        return version

    @staticmethod
    def article(release: int) -> str:
        return f"Bread {release}\n\nIn release {release} the bread bakes for {release + 40} minutes at 230 degrees."


@pytest.fixture
def corpus(tmp_path: Path, silent: Progress) -> Corpus:
    settings = Settings.from_env(indexes=tmp_path / "indexes", keep=2)
    (tmp_path / "articles").mkdir()
    encoder = load_encoder(settings.encoder, settings.models, settings.device, settings.threads)
    return Corpus(settings, tmp_path / "articles", silent, encoder)


@contextmanager
def asking(url: str) -> Iterator[list[httpx.Response | Exception]]:
    """Ask from several threads without pause; what comes back is in the list, a request that failed as its error."""
    seen: list[httpx.Response | Exception] = []
    done = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=url, timeout=60) as client:
            while not done.is_set():
                try:
                    seen.append(client.post("/ask", json={"question": QUESTION}))
                except httpx.HTTPError as error:
                    seen.append(error)

    askers = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for asker in askers:
        asker.start()
    try:
        yield seen
    finally:
        done.set()
        for asker in askers:
            asker.join()


def test_ten_rebuilds_and_a_rollback_under_load(
    corpus: Corpus,
    until: Callable[..., float],
    serving: Callable[..., Any],
) -> None:
    folder = index_folder(corpus.settings.indexes, corpus.settings.index)
    first = corpus.publish(0)
    with serving(corpus.settings) as asked, serving(corpus.settings) as other:
        until(lambda: _open(asked) == _open(other) == first)
        took = []
        with asking(asked.url) as seen:
            for release in range(1, RELEASES + 1):
                version = corpus.publish(release)
                took.append(_until_moved(folder, version, asked, other))
                until(lambda version=version: _answered_last(seen) == version)
            back = roll_back(folder, None).version
            took.append(_until_moved(folder, back, asked, other))
            until(lambda: _answered_last(seen) == back)
        _each_is_of_one_version(seen, corpus)
        assert {_version(response) for response in seen} == corpus.releases.keys()
        until(lambda: asked.held(folder) == other.held(folder) == {back})
    assert max(took) < MOVED_WITHIN_S, sorted(took)


def _until_moved(folder: Path, version: str, *servers: Any) -> float:
    """Wait until all servers answer from `version`; return the seconds since it was published."""
    published = (folder / "current").stat().st_mtime
    deadline = time.monotonic() + 300
    while any(_open(server) != version for server in servers):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return time.time() - published


def _each_is_of_one_version(seen: list[httpx.Response | Exception], corpus: Corpus) -> None:
    for response in seen:
        assert isinstance(response, httpx.Response), response
        assert response.status_code == 200, response.text
        answer = response.json()
        text = corpus.article(corpus.releases[answer["index_version"]])
        assert answer["citations"]
        for citation in answer["citations"]:
            assert citation["cited_text"] in text
        assert {passage["text"] for passage in answer["passages"]} <= {
            text.partition("\n\n")[2], "The tea brews for three minutes.",
        }  # fmt: skip


def _answered_last(seen: list[httpx.Response | Exception]) -> str:
    return _version(seen[-1]) if seen else ""


def _version(response: httpx.Response | Exception) -> str:
    assert isinstance(response, httpx.Response), response
    return str(response.json()["index_version"])


def _open(server: Any) -> str:
    return str(server.ready().get("index_version", ""))
