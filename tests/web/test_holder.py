"""The holder follows the index: none yet, one, the next one, one that cannot be used; and nobody waits for it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
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
from qa.index import StateProgress, building, index_folder, roll_back
from qa.index.publishing import point
from qa.pipeline import Pipeline
from qa.seams import Progress
from web.holder import LOOK_EVERY_S, FirstVersionError, PipelineHolder

Until = Callable[..., float]

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
def holding(settings: Settings, *, follow: bool = True) -> Iterator[PipelineHolder]:
    holder = PipelineHolder(settings)
    try:
        if follow:
            holder.start()
        yield holder
    finally:
        holder.close()


def test_a_lease_opens_an_index_that_the_follower_has_not_seen_yet(
    settings: Settings, rebuild: Callable[[str], str]
) -> None:
    with holding(settings, follow=False) as holder:
        with pytest.raises(NoIndexError, match="`qa build` makes it"), holder.lease():
            pass
        assert (holder.version, holder.searches, holder.building) == (None, (), None)
        version = rebuild(BREAD)
        with holder.lease() as opened:
            assert opened.version == holder.version == version
            assert "forty minutes" in opened.pipeline.ask(QUESTION).answer
        assert holder.searches == ("lexical", "dense")


def test_the_first_version_is_opened_without_being_asked_for(
    settings: Settings, rebuild: Callable[[str], str], until: Until
) -> None:
    with holding(settings) as holder:
        until(lambda: not holder.starting)
        version = rebuild(BREAD)
        until(lambda: holder.version == version)


def test_who_holds_a_version_keeps_it_and_it_is_closed_with_the_last_lease(
    settings: Settings, rebuild: Callable[[str], str], until: Until
) -> None:
    settings = replace(settings, keep=1)
    first = rebuild(BREAD)
    with holding(settings) as holder:
        with holder.lease() as old:
            second = rebuild(BREAD.replace("forty", "fifty"))
            until(lambda: holder.version == second)
            with holder.lease() as new:
                assert (old.version, new.version) == (first, second)
                assert new.pipeline.encoder is old.pipeline.encoder
                assert new.pipeline.reranker is old.pipeline.reranker
                assert "fifty minutes" in new.pipeline.ask(QUESTION).answer
            assert "forty minutes" in old.pipeline.ask(QUESTION).answer
        until(lambda: not old.leases)  # the background may look for suggestions still
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
            old.pipeline.index.store.articles()
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        new.pipeline.index.store.articles()


def test_no_lease_waits_for_the_next_version_to_open(
    settings: Settings, rebuild: Callable[[str], str], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, go_on = threading.Event(), threading.Event()
    reopened = Pipeline.reopened

    def slowly(pipeline: Pipeline) -> Pipeline:
        opening.set()
        assert go_on.wait(30)
        return reopened(pipeline)

    monkeypatch.setattr(Pipeline, "reopened", slowly)
    first = rebuild(BREAD)
    with holding(settings) as holder:
        until(lambda: holder.version == first)
        second = rebuild(BREAD.replace("forty", "fifty"))
        assert opening.wait(30)
        with holder.lease() as opened:
            assert opened.version == first
        go_on.set()
        until(lambda: holder.version == second)


def test_a_version_that_cannot_be_used_does_not_take_the_old_answers_away(
    settings: Settings, rebuild: Callable[[str], str], until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = rebuild(BREAD), rebuild(BREAD.replace("forty", "fifty"))
    folder = index_folder(settings.indexes, settings.index)
    roll_back(folder, first)
    (folder / "versions" / second / "store" / "articles.sqlite").write_bytes(b"")
    with holding(settings) as holder:
        until(lambda: holder.version == first)
        point(folder, second)
        until(lambda: caplog.records)
        for _ in range(3):
            time.sleep(LOOK_EVERY_S)
            with holder.lease() as opened:
                assert opened.version == first
                assert "forty minutes" in opened.pipeline.ask(QUESTION).answer
        (record,) = caplog.records
        assert record.getMessage().startswith("The version that is open stays in use: ")
        assert "articles.sqlite is missing or damaged; `qa rollback`" in record.getMessage()
        third = rebuild(BREAD.replace("forty", "sixty"))
        until(lambda: holder.version == third)


def test_damage_that_only_every_byte_shows_is_found_in_the_background(
    settings: Settings, rebuild: Callable[[str], str], until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = rebuild(BREAD), rebuild(BREAD.replace("forty", "fifty"))
    folder = index_folder(settings.indexes, settings.index)
    files = folder / "versions" / second / "sources" / "files.sqlite"  # which no question reads
    content = files.read_bytes()
    files.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    monkeypatch.setattr("qa.index.opening.VERIFIED_AT_OPENING", 0)

    def refuses(holder: PipelineHolder) -> bool:
        try:
            with holder.lease():
                return False
        except IndexDamagedError as error:
            return "files.sqlite is missing or damaged; `qa rollback` serves an older version" in str(error)

    with holding(settings) as holder:
        until(lambda: refuses(holder))
        assert holder.version == second
        roll_back(folder, first)
        until(lambda: holder.version == first)
        with holder.lease() as opened:
            assert "forty minutes" in opened.pipeline.ask(QUESTION).answer


def test_a_version_without_vectors_is_completed_and_gone_back_to(
    settings: Settings, rebuild: Callable[[str], str], build_words: Callable[..., str], tmp_path: Path, until: Until
) -> None:
    folder = index_folder(settings.indexes, settings.index)
    (tmp_path / "article.txt").write_text(BREAD, encoding="utf-8")
    words = build_words(settings, tmp_path / "article.txt")
    with holding(settings) as holder:
        until(lambda: holder.version == words)
        assert holder.searches == ("lexical",)
        with holder.lease() as old:
            assert old.pipeline.ask(QUESTION).searches == ("lexical",)
            complete = rebuild(BREAD)
            until(lambda: holder.version == complete)
            with holder.lease() as new:
                assert new.pipeline.ask(QUESTION).searches == ("lexical", "dense")
            assert "forty minutes" in old.pipeline.ask(QUESTION).answer
        assert not (folder / "versions" / words).exists()
        other = rebuild(BREAD.replace("forty", "fifty"))
        until(lambda: holder.version == other)
        roll_back(folder, complete)
        until(lambda: holder.version == complete)


def test_a_build_that_is_under_way_is_told_of(settings: Settings, silent: Progress, until: Until) -> None:
    folder = index_folder(settings.indexes, settings.index)
    with holding(settings) as holder, building(folder):
        progress = StateProgress(folder, silent)
        progress.stage("Reading files", 609)
        progress.advance(12)
        progress.stage("Reading files", 609)
        until(lambda: holder.building is not None)
        assert holder.building is not None
        assert (holder.building.stage, holder.building.total) == ("Reading files", 609)
        sentence = "The first version is being built: reading files, 0 of 609"
        with pytest.raises(FirstVersionError, match=sentence), holder.lease():
            pass


def test_files_of_the_encoder_that_have_changed_are_refused_until_the_index_is_built_again(
    settings: Settings, rebuild: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild(BREAD)
    monkeypatch.setattr("qa.embed.RECIPE", "another one")
    with (
        holding(settings) as holder,
        pytest.raises(IndexMismatchError, match=r"snowflake-arctic-embed-s.* have changed .*`qa build`"),
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
    with holding(settings, follow=False) as holder, ThreadPoolExecutor(8) as pool:

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

    def test_an_index_that_is_taken_away_is_not_answered_from(
        self, server: Any, rebuild: Callable[[str], str], settings: Settings
    ) -> None:
        rebuild(BREAD)
        assert httpx.post(f"{server.url}/ask", json={"question": QUESTION}, timeout=60).status_code == 200
        shutil.rmtree(settings.indexes)
        server.until(lambda: httpx.get(f"{server.url}/readyz", timeout=60).status_code == 503)
        assert httpx.post(f"{server.url}/ask", json={"question": QUESTION}, timeout=60).status_code == 503
        rebuild(BREAD.replace("forty", "fifty"))
        answer = httpx.post(f"{server.url}/ask", json={"question": QUESTION}, timeout=60).json()
        assert "fifty" in answer["answer"]
