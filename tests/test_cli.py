"""The command line as a person uses it: real processes, real terminals, real signals."""

from __future__ import annotations

import json
import os
import pty
import resource
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from qa.cli import cli
from qa.config import Settings
from qa.document import (
    SILENCE,
    answer_document,
    confidence_figure,
    confidence_in_words,
    confidence_meaning,
    looked_at_in_words,
)
from qa.pipeline import Pipeline
from qa.records import Outcome

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Where was the missile launched from?"


def qa(*arguments: str, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run `qa` in a process of its own; no run may ever show a stack trace."""
    done = subprocess.run(
        [sys.executable, "-m", "qa", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        timeout=600,
        check=False,
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


@pytest.fixture
def environ(seed_settings: Settings) -> dict[str, str]:
    return {"QA_INDEXES": str(seed_settings.indexes)}


def test_ask_prints_the_quote_and_its_place(environ: dict[str, str], seed_pipeline: Pipeline) -> None:
    done = qa("ask", QUESTION, **environ)
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert lines[0].startswith("│ South Korea’s Joint Chiefs of Staff said the missile\xa0was")
    assert "near the eastern port of Sinpo. [1]" in done.stdout
    place = lines.index("[1] North Korea launches missile amid US push to resume talks") + 1
    assert lines[place].strip() == f"{ROOT}/seeds/000_4cfc9b414cc2f2ae.txt, characters 174-304"
    answer = seed_pipeline.ask(QUESTION)
    sure = f"{confidence_in_words(answer.confidence)} ({confidence_figure(answer.confidence)})"
    assert lines[-3].startswith(f"Confidence: {sure} · ")
    assert lines[-2:] == [confidence_meaning(answer.confidence), looked_at_in_words(answer)]


def test_ask_says_when_there_is_no_answer(environ: dict[str, str], seed_pipeline: Pipeline) -> None:
    question = "Who won the 2022 World Cup?"
    answer = seed_pipeline.ask(question)
    assert answer.abstained
    done = qa("ask", question, **environ)
    assert done.returncode == 0
    assert " ".join(done.stdout.split()).startswith(
        f"{SILENCE[answer.outcome]} {answer.reason} {looked_at_in_words(answer)}"
    )
    assert ("Closest passages:" in done.stdout) is (answer.outcome is Outcome.NOT_STATED)
    assert "[1]" not in done.stdout


def test_json_is_the_document_of_the_api(environ: dict[str, str], seed_pipeline: Pipeline) -> None:
    done = qa("ask", "--json", QUESTION, **environ)
    printed = json.loads(done.stdout)
    expected = answer_document(seed_pipeline.ask(QUESTION))
    assert set(printed.pop("timings_ms")) == set(expected.pop("timings_ms"))
    assert printed == json.loads(json.dumps(expected))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["ask", ""], "The question is empty"),
        (["ask", "  \n "], "The question is empty"),
        (["ask", "x" * 100_000], "The question has 100,000 characters; at most 2,000"),
        (["ask", "bell\x07"], "holds U+0007, a control character"),
        (["ask", QUESTION, "--index", "nope"], "There is no index 'nope'"),
        (["ask", QUESTION, "--index", "../x"], "index: '../x' is not a name"),
        (["ask", QUESTION, "--encoder", "all-MiniLM-L6-v2"], "No such option '--encoder'"),  # the index names its own
        (["ask", QUESTION, "--k", "0"], "--k: 0 is not between 1 and 50."),
        (["ask", QUESTION, "--candidates", "many"], "--candidates: 'many' is not a whole number."),
        (["ask", QUESTION, "--models", "/nowhere"], "`qa models fetch"),
        (["status", "--index", "nope"], "There is no index 'nope'"),
        (["build", "no-such-folder"], "no-such-folder does not exist"),
        (["build", "--if-missing", "--index", "a b"], "index: 'a b' is not a name"),
        (["models", "fetch", "ms-marco-MiniLM-L-12-v2", "--models", "x"], "No such option"),
        (["serve", "--port", "99999"], "--port: 99999 is not between 0 and 65535."),
        (["serve", "--host", "256.1.1.1", "--port", "0"], "Cannot serve on 256.1.1.1"),
        (["frobnicate"], "No such command 'frobnicate'"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments: list[str], sentence: str, environ: dict[str, str]) -> None:
    done = qa(*arguments, **environ)
    assert done.returncode in {1, 2}
    assert sentence in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) <= 4  # a usage error adds click's own usage lines


def test_no_index_yet(tmp_path: Path) -> None:
    done = qa("ask", QUESTION, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        1,
        "Error: There is no index 'default' in indexes yet; `qa build` makes it.\n",
    )


def test_build_reports_and_exits_3_when_something_was_left_out(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "bread.txt").write_text("Bread\n\nBake the bread for forty minutes.", encoding="utf-8")
    done = qa("build", "articles", cwd=tmp_path)
    assert done.returncode == 0
    published, made = done.stdout.splitlines()
    assert published.endswith(": 1 article, 1 passage from 1 file.")
    assert made == "Read 1 article and embedded 1 passage."
    stages = ["Reading files: 1", "Indexing words: 1", "Embedding passages: 1", "Indexing vectors"]
    assert done.stderr.splitlines() == stages
    (articles / "empty.txt").touch()
    (articles / "photo.jpg").touch()
    done = qa("build", "articles", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout.splitlines()[1:] == [
        "Read no article and embedded no passage.",
        "Left out 1:",
        "  articles/empty.txt is empty",
        "Not read, of other types: 1 .jpg.",
    ]
    done = qa("build", "--if-missing", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("Index 'default' is there, version ")


def test_a_second_build_of_the_same_says_that_nothing_has_changed(tmp_path: Path) -> None:
    (tmp_path / "bread.txt").write_text("Bread\n\nBake the bread for forty minutes.", encoding="utf-8")
    (tmp_path / "tea.txt").write_text("Tea\n\nSteep the tea for two minutes.", encoding="utf-8")
    first = qa("build", "bread.txt", "tea.txt", cwd=tmp_path).stdout
    version = first.split()[2].rstrip(":")
    again = qa("build", "bread.txt", "tea.txt", cwd=tmp_path)
    assert again.stdout == f"Nothing has changed: version {version} stays (2 articles, 2 passages from 2 files).\n"
    (tmp_path / "tea.txt").write_text("Tea\n\nSteep the tea for nine minutes.", encoding="utf-8")
    changed = qa("build", "bread.txt", "tea.txt", cwd=tmp_path)
    assert changed.stdout.splitlines()[1] == "Read 1 of 2 articles and embedded 1 of 2 passages."


def test_build_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "indexes").write_text("a file in the way", encoding="utf-8")
    (tmp_path / "a.txt").write_text("Bread\n\nBake the bread.", encoding="utf-8")
    done = qa("build", "a.txt", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The index in indexes/default could not be written (Not a directory); what is served is as it was. "
        "Make room or mend the permissions, and run `qa build` again: what was embedded is kept.\n"
    )


def test_status_names_what_is_served(environ: dict[str, str], seed_pipeline: Pipeline) -> None:
    done = qa("status", "--verify", **environ)
    assert done.returncode == 0
    assert seed_pipeline.index.manifest.version in done.stdout
    assert f"1 in {seed_pipeline.index.manifest.recipe.chunks} passages; 0 left out" in done.stdout
    assert "every byte verified" in done.stdout
    assert "changes   none since" in done.stdout
    assert "by words and by vectors (flat) of snowflake-arctic-embed-s, 384 dimensions" in done.stdout
    assert "snowflake-arctic-embed-s model.onnx sha256 f93ff225320628d2" in done.stdout
    document = json.loads(qa("status", "--json", **environ).stdout)
    assert document["recipe"]["articles"] == 1
    assert document["changes"] == {"added": [], "changed": [], "removed": []}
    assert document["building"] is None


def test_models_are_listed_with_their_state(tmp_path: Path) -> None:
    here = qa("models").stdout.splitlines()
    assert [line.split()[:2] for line in here] == [
        ["snowflake-arctic-embed-s", "here"],
        ["ms-marco-MiniLM-L-12-v2", "here"],
        ["all-MiniLM-L6-v2", "here"],
        ["SmolLM2-135M-Instruct", "here"],
    ]
    assert [line.split()[1] for line in qa("models", "--models", str(tmp_path)).stdout.splitlines()] == ["missing"] * 4


def test_a_cold_process_has_little_to_do(environ: dict[str, str]) -> None:
    """1.5 s on two cores are 3 s of work, on a machine that counts to thirty million in one; others are slower.

    The wall time, which others on the machine change, is measured by `python -m benchmarks.cold_ask`.
    """

    def least_work(do: Callable[[], Any]) -> float:
        """The seconds of work that processes did for it, the least of three times."""
        took = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            assert do().returncode == 0
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(took)

    counting = [sys.executable, "-c", "for number in range(30_000_000): pass"]
    second = least_work(lambda: subprocess.run(counting, check=False))
    assert least_work(lambda: qa("ask", QUESTION, **environ)) < 3 * max(1, second)


def test_a_terminal_sees_bars(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Bread\n\nBake the bread.", encoding="utf-8")
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "build", "a.txt"],
        stdin=child, stdout=child, stderr=child, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )  # fmt: skip
    os.close(child)
    seen = b""
    while select.select([parent], [], [], 60)[0]:
        try:
            seen += os.read(parent, 4096)
        except OSError:
            break
    os.close(parent)
    assert process.wait() == 0
    assert "Embedding passages" in seen.decode()
    assert "1/1" in seen.decode()
    assert "Published version" in seen.decode()


def test_ctrl_c_during_a_build_ends_cleanly(tmp_path: Path) -> None:
    sentence = "The {} ship left the harbour of {} on a cold morning in March and came back in the evening. "
    for number in range(60):
        text = "".join(sentence.format(number, other) for other in range(120))
        (tmp_path / f"{number}.txt").write_text(f"Ship {number}\n\n{text}", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "build", str(tmp_path), "--indexes", str(tmp_path / "indexes")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Embedding"):
            break
    deadline = time.monotonic() + 300
    while not (tmp_path / "indexes" / "default" / "embeddings.sqlite").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert output == ""
    assert errors.strip().splitlines()[-1] == "Interrupted."
    assert "Traceback" not in errors
    indexes = {"QA_INDEXES": str(tmp_path / "indexes")}
    assert "by words alone" in qa("status", **indexes).stdout, "what was done by then is kept"
    assert "embeddings.sqlite" in {path.name for path in (tmp_path / "indexes" / "default").iterdir()}


def test_serve_says_where_and_ends_cleanly(environ: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "qa", "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **environ},
    )  # fmt: skip
    assert process.stderr is not None
    said = process.stderr.readline()
    assert said.startswith("Serving http://127.0.0.1:")
    address = said.split()[1]
    deadline = time.monotonic() + 300
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as response:
                assert response.status == 200
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors + output
    assert process.returncode in {0, 130}


def test_a_port_in_use_is_said_at_once(environ: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = qa("serve", "--port", str(port), **environ)
    assert done.returncode == 1
    assert f"Cannot serve on 127.0.0.1, port {port} (Address already in use)" in done.stderr


def test_an_ascii_terminal_gets_an_answer(environ: dict[str, str]) -> None:
    done = qa("ask", QUESTION, **environ, PYTHONIOENCODING="ascii", LC_ALL="C")
    assert done.returncode == 0
    assert "near the eastern port of Sinpo" in done.stdout


def test_help_shows_every_option_with_its_variable() -> None:
    from dataclasses import fields

    runner = CliRunner()
    shown = "".join(
        runner.invoke(cli, [command, "--help"], terminal_width=300).output for command in ("build", "ask", "serve")
    )
    for option in fields(Settings):
        if option.name == "llm_key":  # a command line is seen by all who list processes
            assert "llm-key" not in shown
            continue
        assert f"--{option.name.replace('_', '-')}" in shown
        assert f"QA_{option.name.upper()}" in shown
    for command in ("build", "ask", "serve"):
        assert "Examples:" in runner.invoke(cli, [command, "--help"]).output
    assert str(Path.home()) not in shown


def test_settings_of_the_fixture_are_the_defaults(seed_settings: Settings) -> None:
    """What the tests measure is what a person gets."""
    assert replace(seed_settings, indexes=Path("indexes")) == Settings.from_env({})
