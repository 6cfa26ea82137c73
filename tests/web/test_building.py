"""A server that builds: it answers by words first, goes on with what was left undone, and takes its build along."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qa.config import Settings
from qa.index import index_folder, under_way
from qa.records import UnderWay
from tests.waiting import lives
from web.builder import Builder, builder_for
from web.status import Status, status_of

QUESTION = "What did the keeper of lighthouse 7 paint?"
MANY = 420
"""Passages: more than the words of which are published before their vectors."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env(indexes=tmp_path / "indexes")


@pytest.fixture
def many(tmp_path: Path) -> Path:
    text = "The keeper of lighthouse {0} painted door {0}."
    rows = ({"_id": f"n{n}", "title": f"Lighthouse {n}", "text": text.format(n)} for n in range(MANY))
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path / "many.jsonl"


@pytest.fixture
def few(tmp_path: Path) -> Path:
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "bread.txt").write_text("Bread\n\nThe bread bakes for forty minutes.", encoding="utf-8")
    return tmp_path / "few"


def test_words_answer_first_and_an_interrupted_build_goes_on(
    serving: Callable[..., Any], until: Callable[..., float], settings: Settings, many: Path
) -> None:
    folder = index_folder(settings.indexes, settings.index)
    with serving(settings, str(many), "--threads", "1") as server:
        response = server.get("/")
        assert response.status_code == 503
        assert response.headers["retry-after"] == "3"
        assert "The first version is being built: " in response.text
        assert server.ready()["type"] == "urn:problem-type:article-qa:index-being-built"

        until(lambda: server.ready().get("searches") == ["lexical"])
        child = _process(folder)
        assert os.getpriority(os.PRIO_PROCESS, child) > os.getpriority(os.PRIO_PROCESS, server.process.pid)
        until(lambda: server.ready()["building"]["stage"] == "Embedding passages")
        os.kill(child, signal.SIGSTOP)  # it may be fast
        answer = server.ask(QUESTION)
        assert answer["answer"] == "The keeper of lighthouse 7 painted door 7."
        assert answer["searches"] == ["lexical"]
        assert (answer["building"]["stage"], answer["building"]["total"]) == ("Embedding passages", MANY)
        assert all(passage["dense"] is None for passage in answer["passages"])
        line = "Searching by words. Searching by meaning is being prepared: embedding passages, "
        assert line in server.get("/").text
        os.kill(child, signal.SIGCONT)
        until(lambda: server.ready()["building"]["done"] > 150)
    assert not lives(child)

    with serving(settings) as server:
        assert server.said[0] == f"The vectors of the index are not complete; going on with {many}\n"
        until(lambda: server.ready().get("searches") == ["lexical", "dense"])
        until(lambda: server.ready()["building"] is None)
        assert server.ask(QUESTION)["searches"] == ["lexical", "dense"]
        assert 'id="status">' in server.get("/").text  # empty
        left = next(int(line.split()[-1]) for line in server.said if line.startswith("Embedding passages:"))
        assert left <= MANY - 128


def test_changes_are_followed_until_the_server_is_gone_however_it_goes(
    serving: Callable[..., Any], until: Callable[..., float], settings: Settings, few: Path
) -> None:
    with serving(settings, str(few), "--watch") as server:
        until(lambda: server.ready().get("status") == "ready")
        assert "forty" in server.ask("How long does the bread bake?")["answer"]
        (child,) = _children(server.process.pid)
        until(lambda: any("Following" in line for line in server.said))
        (few / "bread.txt").write_text("Bread\n\nThe bread bakes for fifty minutes.", encoding="utf-8")
        until(lambda: "fifty" in server.ask("How long does the bread bake?")["answer"])
        server.process.send_signal(signal.SIGKILL)
        until(lambda: not lives(child))


def test_a_build_that_fails_leaves_the_server_as_it_was(
    serving: Callable[..., Any], until: Callable[..., float], settings: Settings, tmp_path: Path
) -> None:
    with serving(settings, str(tmp_path / "nowhere")) as server:
        until(lambda: any("nowhere" in line for line in server.said))
        until(lambda: "There is no index" in server.ready()["detail"])
        assert server.get("/healthz").status_code == 200


class TestBuilder:
    def test_nothing_is_built_where_nothing_is_left_undone(
        self, seed_settings: Settings, settings: Settings, few: Path, build_words: Callable[..., str]
    ) -> None:
        said: list[str] = []
        assert builder_for(seed_settings, (), said.append, watch=False) is None  # complete
        assert builder_for(settings, (), said.append, watch=False) is None  # none
        build_words(settings, few)
        assert builder_for(settings, (), said.append, watch=False) is not None
        (few / "bread.txt").unlink()
        few.rmdir()
        assert builder_for(settings, (), said.append, watch=False) is None  # the articles are gone
        assert said == [f"The vectors of the index are not complete; going on with {few}"]

    def test_the_build_has_the_settings_of_the_server(self, few: Path, tmp_path: Path) -> None:
        settings = Settings(indexes=tmp_path / "x", index="news", chunk_words=60, min_confidence=0.25)
        builder = Builder(settings, [few], watch=False)
        assert Settings.from_env(builder._environment) == settings
        assert builder._command[-2:] == ["--", str(few)]

    def test_it_is_under_way_until_it_tells_of_itself_or_ends(
        self, settings: Settings, tmp_path: Path, until: Callable[..., float]
    ) -> None:
        builder = Builder(settings, [tmp_path / "nowhere"], watch=False)
        assert builder.under_way(None) is None
        builder.start()
        try:
            first = builder.under_way(None)
            assert first is not None
            assert (first.stage, first.total) == ("Starting", None)
            until(lambda: builder.under_way(None) is None)
        finally:
            builder.stop()
        builder.stop()


@pytest.mark.parametrize(
    ("searches", "building", "line"),
    [
        ((), None, None),
        ((), ("Reading files", 3, 609), None),
        (("lexical", "dense"), None, None),
        (("lexical", "dense"), ("Reading files", 3, 609), "The articles are being read anew: reading files, 3 of 609."),
        (("lexical",), None, "Searching by words. `qa build` prepares searching by meaning."),
        (
            ("lexical",),
            ("Embedding passages", 3200, 13657),
            "Searching by words. Searching by meaning is being prepared: embedding passages, 3,200 of 13,657.",
        ),
        (
            ("lexical",),
            ("Indexing vectors", 0, None),
            "Searching by words. Searching by meaning is being prepared: indexing vectors.",
        ),
    ],
)
def test_what_the_page_says_of_the_index(
    searches: tuple[str, ...], building: tuple[str, int, int | None] | None, line: str | None
) -> None:
    told = building and UnderWay(1, "here", "2026-11-23T05:00:00+00:00", *building)
    assert status_of(searches, told) == Status(line, changing=told is not None)


def _process(folder: Path) -> int:
    building = under_way(folder)
    assert building is not None
    return building.process


def _children(process: int) -> list[int]:
    paths = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for path in paths for child in path.read_text(encoding="ascii").split()]
