"""The holder follows the index: none yet, one, the next one, one that cannot be used; and no request fails."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.build import Report
from qa.config import Settings
from qa.errors import IndexDamagedError, IndexMismatchError, ModelMissingError, NoIndexError
from qa.index import current_version, index_folder
from web.holder import PipelineHolder

BREAD = "Bread\n\nBake the bread for forty minutes at 230 degrees."
QUESTION = "How long does the bread bake?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env(indexes=tmp_path / "indexes")


@pytest.fixture
def rebuild(settings: Settings, tmp_path: Path, build_index: Callable[..., Report]) -> Callable[[str], str]:
    """Return a function that builds an index of one article and returns its version."""

    def built(text: str) -> str:
        (tmp_path / "article.txt").write_text(text, encoding="utf-8")
        return build_index(settings, tmp_path / "article.txt").manifest.version

    return built


@contextmanager
def holding(settings: Settings) -> Iterator[PipelineHolder]:
    holder = PipelineHolder(settings)
    try:
        yield holder
    finally:
        holder.close()


def test_it_opens_as_soon_as_there_is_an_index(settings: Settings, rebuild: Callable[[str], str]) -> None:
    with holding(settings) as holder:
        with pytest.raises(NoIndexError, match="`qa build` makes it"), holder.lease():
            pass
        assert holder.version is None
        version = rebuild(BREAD)
        with holder.lease() as opened:
            assert opened.version == holder.version == version
            assert "forty minutes" in opened.pipeline.ask(QUESTION).answer


def test_the_next_lease_is_of_the_new_version_and_the_old_one_ends_first(
    settings: Settings, rebuild: Callable[[str], str]
) -> None:
    settings = replace(settings, keep=1)
    with holding(settings) as holder:
        first = rebuild(BREAD)
        with holder.lease() as old:
            second = rebuild(BREAD.replace("forty", "fifty"))
            with holder.lease() as new:
                assert (old.version, new.version) == (first, second)
                assert new.pipeline.encoder is old.pipeline.encoder
                assert new.pipeline.reranker is old.pipeline.reranker
                assert "fifty minutes" in new.pipeline.ask(QUESTION).answer
            assert "forty minutes" in old.pipeline.ask(QUESTION).answer
    for opened in (old, new):
        with pytest.raises(IndexDamagedError, match="closed database"):
            opened.pipeline.index.store.articles()


def test_a_version_that_cannot_be_used_does_not_take_the_old_answers_away(
    settings: Settings, rebuild: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    with holding(settings) as holder:
        first = rebuild(BREAD)
        with holder.lease():
            pass
        second = rebuild(BREAD.replace("forty", "fifty"))
        folder = index_folder(settings.indexes, settings.index) / "versions" / second
        (folder / "store" / "articles.sqlite").write_bytes(b"")
        for _ in range(3):
            with holder.lease() as opened:
                assert opened.version == first
                assert "forty minutes" in opened.pipeline.ask(QUESTION).answer
        assert [record.getMessage().split(":")[0] for record in caplog.records] == [
            "The version that is open stays in use"
        ]
        third = rebuild(BREAD.replace("forty", "sixty"))
        with holder.lease() as opened:
            assert opened.version == third


def test_another_encoder_is_refused_until_the_index_is_built_again(
    settings: Settings, rebuild: Callable[[str], str]
) -> None:
    rebuild(BREAD)
    with (
        holding(replace(settings, encoder="all-MiniLM-L6-v2")) as holder,
        pytest.raises(IndexMismatchError, match="snowflake-arctic-embed-s"),
        holder.lease(),
    ):
        pass


def test_missing_models_are_named(settings: Settings, rebuild: Callable[[str], str], tmp_path: Path) -> None:
    rebuild(BREAD)
    with (
        holding(replace(settings, models=tmp_path / "none")) as holder,
        pytest.raises(ModelMissingError, match="qa models fetch"),
        holder.lease(),
    ):
        pass


def test_many_threads_open_it_once(settings: Settings, rebuild: Callable[[str], str]) -> None:
    rebuild(BREAD)
    with holding(settings) as holder, ThreadPoolExecutor(8) as pool:

        def pipeline(_: int) -> int:
            with holder.lease() as opened:
                return id(opened)

        assert len(set(pool.map(pipeline, range(32)))) == 1


def test_warming_up_finds_suggestions(settings: Settings, rebuild: Callable[[str], str], tmp_path: Path) -> None:
    rebuild("Bread\n\nBread is the oldest food that is baked. Marta Keller said bread needs forty minutes.")
    holder = PipelineHolder(settings)
    holder.start()
    assert holder.starting or holder.warm or holder.version
    with holder.lease() as opened:
        pass
    holder.close()
    assert holder.warm
    assert opened.suggestions is not None


class TestServer:
    """The same through HTTP."""

    @pytest.fixture
    def server(self, live_server: Callable[[Settings], Any], settings: Settings) -> Any:
        return live_server(settings)

    def test_no_index_is_said_in_every_form_and_then_there_is_one(
        self, server: Any, rebuild: Callable[[str], str], settings: Settings
    ) -> None:
        sentence = f"There is no index 'default' in {settings.indexes} yet; `qa build` makes it."
        with httpx.Client(base_url=server.url, timeout=60) as client:
            assert client.get("/healthz").status_code == 200
            server.until(lambda: client.get("/readyz").json()["detail"] == sentence)
            for response in (client.get("/readyz"), client.post("/ask", json={"question": QUESTION})):
                assert response.status_code == 503
                assert response.headers["content-type"] == "application/problem+json"
                assert response.json()["detail"] == sentence
                assert response.json()["type"] == "urn:problem-type:article-qa:index-unavailable"
            for response in (client.get("/"), client.post("/ask", data={"question": QUESTION})):
                assert response.status_code == 503
                assert "Nothing to ask yet" in response.text
                assert "<code>qa build</code> makes it." in response.text
            assert client.get("/articles/x", headers={"Accept": "text/html"}).status_code == 503

            version = rebuild(BREAD)
            answer = client.post("/ask", json={"question": QUESTION}).json()
            assert answer["index_version"] == version
            assert "forty minutes" in answer["answer"]
            assert version in client.get("/").text

    def test_no_request_fails_while_the_index_moves_on(
        self, server: Any, rebuild: Callable[[str], str], settings: Settings
    ) -> None:
        versions = [rebuild(BREAD)]
        seen: list[tuple[int, str]] = []
        done = threading.Event()

        def keep_asking() -> None:
            with httpx.Client(base_url=server.url, timeout=60) as client:
                while not done.is_set():
                    response = client.post("/ask", json={"question": QUESTION})
                    seen.append((response.status_code, response.json().get("index_version", response.text)))

        askers = [threading.Thread(target=keep_asking) for _ in range(3)]
        for asker in askers:
            asker.start()
        try:
            for minutes in ("fifty", "sixty", "seventy"):
                versions.append(rebuild(BREAD.replace("forty", minutes)))
                server.until(lambda: (200, versions[-1]) in list(seen))
        finally:
            done.set()
            for asker in askers:
                asker.join()
        assert {status for status, _ in seen} == {200}
        assert {version for _, version in seen} == set(versions)
        assert current_version(index_folder(settings.indexes, settings.index)) == versions[-1]

    def test_an_index_that_is_taken_away_is_not_answered_from(
        self, server: Any, rebuild: Callable[[str], str], settings: Settings
    ) -> None:
        rebuild(BREAD)
        assert httpx.post(f"{server.url}/ask", json={"question": QUESTION}, timeout=60).status_code == 200
        shutil.rmtree(settings.indexes)
        assert httpx.post(f"{server.url}/ask", json={"question": QUESTION}, timeout=60).status_code == 503
        rebuild(BREAD.replace("forty", "fifty"))
        answer = httpx.post(f"{server.url}/ask", json={"question": QUESTION}, timeout=60).json()
        assert "fifty" in answer["answer"]
