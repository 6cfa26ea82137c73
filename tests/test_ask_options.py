"""`qa ask` of some articles, and within a conversation: the command line on a real index with the real models."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.build import Report
from qa.cli import cli
from qa.commands.history import history_from
from qa.config import Settings
from qa.errors import BadSettingError
from qa.records import Message

ARTICLES = (
    ("ferry", "Northern Wire", "2024-03-05", "A ferry ran aground off Brennick harbour. Captain Ann Lee steered it."),
    (
        "owls",
        "Mill Post",
        "2023-10-31T23:30:00-05:00",
        "Barn owls nest in the tower of the mill. Bob Ray counted them.",
    ),
    ("bread", None, None, "The bread bakes for forty minutes in the oven of the mill."),
)


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    rows = [
        {"_id": name, "title": name.title(), "source": source, "published_at": day, "text": text}
        for name, source, day, text in ARTICLES
    ]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    build_index(Settings.from_env(indexes=folder / "indexes"), folder / "corpus.jsonl")
    return folder / "indexes"


def run(indexes: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["ask", *arguments, "--indexes", str(indexes)], input=given)


def asked(indexes: Path, *arguments: str, given: str | None = None) -> dict[str, Any]:
    done = run(indexes, *arguments, "--json", given=given)
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


class TestFilters:
    @pytest.mark.parametrize(
        ("arguments", "articles", "filters"),
        [
            ((), 3, {"sources": [], "since": None, "until": None}),
            (("--source", "Mill Post"), 1, {"sources": ["Mill Post"], "since": None, "until": None}),
            (
                ("--source", "mill post", "--source", "Northern Wire"),
                2,
                {"sources": ["Mill Post", "Northern Wire"], "since": None, "until": None},
            ),
            (("--since", "2023"), 2, {"sources": [], "since": "2023-01-01", "until": None}),
            (("--until", "2023-10"), 0, {"sources": [], "since": None, "until": "2023-10-31"}),
            (
                ("--since", "2023-11", "--until", "2023"),
                1,
                {"sources": [], "since": "2023-11-01", "until": "2023-12-31"},
            ),
        ],
    )
    def test_only_what_passes_is_searched(
        self, indexes: Path, arguments: tuple[str, ...], articles: int, filters: dict[str, Any]
    ) -> None:
        document = asked(indexes, "Who counted the barn owls?", *arguments)
        assert document["looked_at"]["articles"] == articles
        assert document["filters"] == filters
        if articles == 0:
            assert document["outcome"] == "not_covered"

    def test_the_answer_is_of_what_passes(self, indexes: Path) -> None:
        document = asked(indexes, "What is in the mill?", "--source", "Mill Post")
        assert {passage["article_id"] for passage in document["passages"]} == {"owls"}

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (("--since", "soon"), "since: 'soon' is not a day; write it as 2023-10-04"),
            (("--since", "2024", "--until", "2023"), "The last day, 2023-12-31, is before the first, 2024-01-01"),
            (("--source", "Mill Pots"), "No article is from the source 'Mill Pots'. Similar: 'Mill Post'."),
            (("--source", "Mill Post") * 51, "At most 50 sources"),
        ],
    )
    def test_what_is_wrong_is_one_sentence(self, indexes: Path, arguments: tuple[str, ...], sentence: str) -> None:
        done = run(indexes, "Who?", *arguments)
        assert done.exit_code == 2
        assert sentence in done.stderr
        assert done.stdout == ""

    def test_a_bad_day_is_told_before_anything_is_opened(self, tmp_path: Path) -> None:
        assert "is not a day" in run(tmp_path / "none", "Who?", "--since", "soon").stderr


class TestHistory:
    SAID = (
        {"role": "user", "content": "Who was the captain of the ferry?"},
        {"role": "assistant", "content": "Captain Ann Lee steered it.", "titles": ["Ferry"]},
    )

    @pytest.mark.parametrize("form", ["array", "lines"])
    @pytest.mark.parametrize("place", ["file", "-"])
    def test_it_reaches_the_pipeline(self, indexes: Path, tmp_path: Path, form: str, place: str) -> None:
        text = json.dumps(self.SAID) if form == "array" else "\n".join(map(json.dumps, self.SAID)) + "\n\n"
        path = tmp_path / "said.json"
        path.write_text(text, encoding="utf-8")
        question = "Where did it run aground?"
        given = (str(path), None) if place == "file" else ("-", text)
        document = asked(indexes, question, "--history", given[0], given=given[1])
        assert document["asked"] == question
        alone = asked(indexes, question, "--history", given[0], "--no-carry-over", given=given[1])
        assert (alone["question"], alone["carried"]) == (question, [])

    def test_messages(self, tmp_path: Path) -> None:
        path = tmp_path / "said.jsonl"
        path.write_text("\ufeff" + "\r\n".join(map(json.dumps, self.SAID)), encoding="utf-8")
        assert history_from(path) == (
            Message("user", "Who was the captain of the ferry?"),
            Message("assistant", "Captain Ann Lee steered it.", ("Ferry",)),
        )
        path.write_text(" \n", encoding="utf-8")
        assert history_from(path) == ()
        path.write_text("[]", encoding="utf-8")
        assert history_from(path) == ()

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"\xff", "is not UTF-8"),
            (b"hello", "line 1 is not JSON (Expecting value, column 1); write messages such as"),
            (b'{"role": "user", "content": "a"}\n{"role"', "line 2 is not JSON"),
            (b"[1]", "message 1 is no message; write it as"),
            (b"7", "line 1 is no message"),
            (b'{"role": "system", "content": "a"}', 'line 1 must have the role "user" or "assistant"'),
            (b'[{"role": "user"}]', "message 1 is no message"),
            (b'[{"role": ["user"], "content": "a"}]', "must have the role"),
            (b'[{"role": "user", "content": "a", "text": "b"}]', "message 1 is no message"),
            (b'[{"role": "user", "content": "a", "titles": "b"}]', "message 1 has titles that are no list"),
            (b"[" * 100_000, "is not JSON"),
        ],
    )
    def test_what_is_no_conversation_is_named(self, tmp_path: Path, content: bytes, sentence: str) -> None:
        path = tmp_path / "said.jsonl"
        path.write_bytes(content)
        with pytest.raises(BadSettingError, match=r"^--history: ") as refused:
            history_from(path)
        assert sentence in str(refused.value)
        assert len(str(refused.value)) < 400

    def test_what_is_wrong_is_a_wrong_option(self, tmp_path: Path) -> None:
        assert run(tmp_path, "Who?", "--history", str(tmp_path / "none")).exit_code == 1
        (tmp_path / "said").write_text("x", encoding="utf-8")
        assert run(tmp_path, "Who?", "--history", str(tmp_path / "said")).exit_code == 2

    def test_too_long_a_conversation(self, tmp_path: Path) -> None:
        (tmp_path / "said").write_text(json.dumps(self.SAID * 60), encoding="utf-8")
        done = run(tmp_path, "Who?", "--history", str(tmp_path / "said"))
        assert (done.exit_code, "120 messages; at most 100" in done.stderr) == (2, True)
