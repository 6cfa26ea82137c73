"""status, versions, rollback, doctor and build --watch, each as a person runs it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from qa.config import Settings
from qa.errors import ArticleIndexError
from qa.index import building, current_version, index_folder, under_way, version_folder
from qa.manifest import read_manifest
from tests.waiting import lives, until

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "How long does the bread bake?"


@pytest.fixture
def qa(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs `qa` in the test's folder; no run may ever show a stack trace."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "qa", *arguments],
            capture_output=True, text=True, cwd=tmp_path, check=False, timeout=600,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        )  # fmt: skip
        assert "Traceback" not in done.stderr + done.stdout
        return done

    return run


def note(path: Path, text: str) -> None:
    path.write_text(f"{path.stem.title()}\n\n{text}", encoding="utf-8")


Qa = Callable[..., "subprocess.CompletedProcess[str]"]


def test_status_says_what_has_changed_since(qa: Qa, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    for name in ("bread", "tea", "salt"):
        note(notes / f"{name}.txt", f"A note on {name}.")
    qa("build", "notes")
    assert "changes   none since" in qa("status").stdout
    note(notes / "bread.txt", "Another note.")
    (notes / "tea.txt").unlink()
    (notes / "salt.txt").touch()
    note(notes / "oil.txt", "A note on oil.")
    lines = qa("status").stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("changes"))
    assert [line[10:] for line in lines[place : place + 4]] == [
        "1 file added, 1 changed, 1 removed since; `qa build` takes that in",
        f"added {notes}/oil.txt",
        f"changed {notes}/bread.txt",
        "removed notes/tea.txt",
    ]
    elsewhere = subprocess.run(
        [sys.executable, "-m", "qa", "status", "--json", "--indexes", str(tmp_path / "indexes")],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    assert len(json.loads(elsewhere.stdout)["changes"]["added"]) == 1
    shutil.rmtree(notes)
    gone = qa("status")
    assert gone.returncode == 0
    assert f"changes   not known: {notes} does not exist" in gone.stdout


def test_versions_and_going_back(qa: Qa, tmp_path: Path) -> None:
    for minutes in ("forty", "fifty"):
        note(tmp_path / "bread.txt", f"Bake the bread for {minutes} minutes.")
        qa("build", "bread.txt")
    listed = [line.split() for line in qa("versions").stdout.splitlines()[1:]]
    (mark, newer, articles, passages, *_), (older, *_) = listed
    assert (mark, articles, passages) == ("*", "1", "1")
    assert listed[0][-1] == listed[1][-1] == "snowflake-arctic-embed-s"
    assert "fifty" in qa("ask", QUESTION).stdout
    assert qa("rollback").stdout == f"Serving version {older}: 1 article in 1 passage.\n"
    assert "forty" in qa("ask", QUESTION).stdout
    assert [found["current"] for found in json.loads(qa("versions", "--json").stdout)] == [False, True]
    assert qa("rollback").stderr == "Error: No older version is kept; `qa versions` lists those that are.\n"
    assert qa("rollback", newer).returncode == 0
    assert "fifty" in qa("ask", QUESTION).stdout
    for nothing in ("20200101T000000Z-00000000", "../../..", ""):
        done = qa("rollback", nothing)
        assert (done.returncode, f"No version {nothing!r} is kept" in done.stderr) == (1, True)
    assert "fifty" in qa("ask", QUESTION).stdout


def test_a_lost_pointer_is_mended_by_a_rollback(qa: Qa, tmp_path: Path) -> None:
    note(tmp_path / "bread.txt", "Bake the bread for forty minutes.")
    qa("build", "bread.txt")
    (tmp_path / "indexes" / "default" / "current").write_bytes(b"")
    assert "`qa rollback`" in qa("ask", QUESTION).stderr
    assert "qa rollback" in qa("doctor").stdout
    assert qa("rollback").returncode == 0
    assert "forty" in qa("ask", QUESTION).stdout


def test_the_doctor_finds_nothing_wrong(qa: Qa, seed_settings: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = str(probe.getsockname()[1])
    done = qa("doctor", "--port", free, "--indexes", str(seed_settings.indexes))
    assert done.returncode == 0, done.stdout
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"ok"}
    assert (
        "every byte as written: 1 article in 5 passages, words and vectors of snowflake-arctic-embed-s" in done.stdout
    )


def test_the_doctor_names_each_thing_that_is_wrong(qa: Qa, seed_settings: Settings, tmp_path: Path) -> None:
    indexes = tmp_path / "indexes"
    shutil.copytree(seed_settings.indexes, indexes)
    (store,) = indexes.glob("default/versions/*/store/articles.sqlite")
    data = bytearray(store.read_bytes())
    data[5000] ^= 1
    store.write_bytes(data)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = qa("doctor", "--json", "--models", str(tmp_path / "none"), "--port", port)
    assert done.returncode == 1
    failed = {finding["check"]: finding for finding in json.loads(done.stdout) if finding["state"] == "fail"}
    assert set(failed) == {"model", "index", "port"}
    assert failed["model"]["mend"] == "qa models fetch ms-marco-MiniLM-L-12-v2"
    assert failed["index"]["mend"] == f"qa build {ROOT / 'seeds'}"
    assert "articles.sqlite is missing or damaged" in failed["index"]["detail"]
    assert failed["port"]["mend"] == "qa serve --port 0"
    assert "address already in use" in failed["port"]["detail"].lower()
    assert qa("build", str(ROOT / "seeds")).returncode == 0
    assert qa("doctor", "--port", "0").returncode == 0


def test_the_doctor_goes_on_where_nothing_of_the_index_can_be_read(
    qa: Qa, seed_settings: Settings, tmp_path: Path
) -> None:
    place = tmp_path / "indexes" / "default"

    def checks() -> dict[str, dict[str, str]]:
        done = qa("doctor", "--json", "--port", "0")
        assert done.returncode == 1
        return {finding["check"]: finding for finding in json.loads(done.stdout)}

    shutil.copytree(seed_settings.indexes, tmp_path / "indexes")
    (catalogue,) = place.glob("versions/*/sources/files.sqlite")
    catalogue.unlink()
    assert "files.sqlite is missing" in checks()["index"]["detail"]
    shutil.rmtree(place / "versions")
    assert checks()["index"]["mend"] == "qa build FOLDER"
    (place / "current").write_text("garbage", encoding="utf-8")
    assert "current is missing or damaged" in checks()["index"]["detail"]
    shutil.rmtree(tmp_path / "indexes")
    (tmp_path / "indexes").touch()
    assert {"index", "disk", "port"} <= set(checks())


def test_the_doctor_names_the_models_that_cannot_be_used(qa: Qa) -> None:
    done = qa("doctor", "--port", "0", "--encoder", "no-such/model", "--reranker", "all-MiniLM-L6-v2")
    assert "-> qa models fetch no-such/model" in done.stdout
    assert "'all-MiniLM-L6-v2' is no reranker" in done.stdout
    assert "-> --reranker ms-marco-MiniLM-L-12-v2" in done.stdout


def test_what_the_doctor_tells_to_run_is_about_the_same_index(qa: Qa, tmp_path: Path) -> None:
    for number in range(2):
        note(tmp_path / "bread.txt", f"A note on bread, {number}.")
        qa("build", "bread.txt", "--index", "news")
    note(tmp_path / "bread.txt", "Another note.")
    assert f"-> qa build {tmp_path}/bread.txt --index news" in qa("doctor", "--index", "news").stdout
    other = qa("doctor", "--index", "news", "--encoder", "all-MiniLM-L6-v2").stdout
    assert "the encoder of the index, snowflake-arctic-embed-s; the next build takes all-MiniLM-L6-v2" in other
    assert "qa rollback" not in other, "nothing is wrong with it"
    place = index_folder(tmp_path / "indexes", "news")
    (version_folder(place, current_version(place)) / "store" / "articles.sqlite").unlink()
    assert "-> qa rollback --index news" in qa("doctor", "--index", "news").stdout


def test_the_doctor_knows_the_service_on_its_port(qa: Qa, seed_settings: Settings, tmp_path: Path) -> None:
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "qa", "serve", "--port", "0", "--indexes", str(seed_settings.indexes)],
            stderr=log, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    try:
        until(lambda: "Serving" in told(tmp_path))
        port = told(tmp_path).partition("127.0.0.1:")[2].split()[0]
        until(lambda: "the service runs there" in qa("doctor", "--port", port).stdout)
    finally:
        server.terminate()
        server.wait(timeout=120)


def test_a_build_of_nothing_named_is_of_what_the_index_was_made_of(qa: Qa, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    note(notes / "bread.txt", "Bake the bread for forty minutes.")
    assert "There is no index yet; name the files and folders of your articles" in qa("build").stderr
    qa("build", "notes")
    assert "Nothing has changed" in qa("build").stdout, "they are called what they were called"
    note(notes / "tea.txt", "Steep the tea for two minutes.")
    assert "Read 1 of 2 articles" in qa("build").stdout
    (tmp_path / "indexes" / "default" / "current").write_bytes(b"")
    assert "2 articles" in qa("build").stdout
    shutil.rmtree(tmp_path / "indexes" / "default" / "versions")
    lost = qa("build")
    assert (lost.returncode, "name the files and folders" in lost.stderr) == (2, True)


def test_the_doctor_before_the_first_build(qa: Qa) -> None:
    done = qa("doctor", "--port", "0", "--index", "news")
    assert done.returncode == 1
    assert "-> qa build FOLDER --index news" in done.stdout


@contextmanager
def following(folder: Path, *paths: str) -> Iterator[subprocess.Popen[str]]:
    """`qa build --watch` over `paths`, ended by Ctrl-C."""
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "qa", "build", *paths, "--watch"],
            stdout=log, stderr=subprocess.STDOUT, text=True, cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        try:
            until(lambda: "Following the articles" in told(folder))
            yield process
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=120) == 130
        finally:
            process.kill()
            process.wait()
    assert "Traceback" not in told(folder)


def told(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8")


def articles(folder: Path) -> int:
    place = index_folder(folder / "indexes", "default")
    try:
        return read_manifest(version_folder(place, current_version(place))).recipe.articles
    except ArticleIndexError:  # removed by a newer one between the two
        return -1


def test_watching_takes_in_what_changes_and_survives_an_editors_save(tmp_path: Path) -> None:
    notes, place = tmp_path / "notes", index_folder(tmp_path / "indexes", "default")
    notes.mkdir()
    note(notes / "bread.txt", "Bake the bread for forty minutes.")
    with following(tmp_path, "notes"):
        note(notes / "tea.txt", "Steep the tea for two minutes.")
        until(lambda: articles(tmp_path) == 2)
        # The dance of an editor: a backup, a new file beside, the new one in the old one's place, the backup away.
        (notes / "bread.txt").rename(notes / "bread.txt~")
        note(notes / ".bread.txt.swp", "Half of it")
        time.sleep(0.1)
        note(notes / "4913", "")
        (notes / "4913").unlink()
        note(notes / "bread.new", "Bake the bread for fifty minutes.")
        (notes / "bread.new").rename(notes / "bread.txt")
        (notes / "bread.txt~").unlink()
        (notes / ".bread.txt.swp").unlink()
        (notes / "deep").mkdir()
        note(notes / "deep" / "salt.txt", "Salt the water.")
        until(lambda: articles(tmp_path) == 3)
        (notes / "tea.txt").unlink()
        until(lambda: articles(tmp_path) == 2 and current_version(place) in told(tmp_path))
        published = told(tmp_path).count("Published version")
        (notes / "bread.txt").touch()
        time.sleep(2)
    assert told(tmp_path).count("Published version") == published, "an unchanged folder publishes nothing"
    assert "Nothing has changed" not in told(tmp_path)


def test_watching_goes_on_when_nothing_is_left_or_the_folder_is_gone(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    note(notes / "bread.txt", "Bake the bread for forty minutes.")
    with following(tmp_path, "notes"):
        (notes / "bread.txt").unlink()
        until(lambda: "holds no articles" in told(tmp_path))
        assert articles(tmp_path) == 1, "what is served stays"
        notes.rmdir()
        until(lambda: "does not exist" in told(tmp_path))
        notes.mkdir()
        note(notes / "tea.txt", "Steep the tea for two minutes.")
        note(notes / "salt.txt", "Salt the water.")
        until(lambda: articles(tmp_path) == 2)


def test_watching_begins_before_the_first_article_and_beside_another_build(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    with following(tmp_path, "notes"):
        assert told(tmp_path).count("holds no articles") == 1
        note(notes / "bread.txt", "Bake the bread for forty minutes.")
        until(lambda: articles(tmp_path) == 1)
    note(notes / "tea.txt", "Steep the tea for two minutes.")
    with ExitStack() as end:
        with building(index_folder(tmp_path / "indexes", "default")):
            end.enter_context(following(tmp_path, "notes"))
            until(lambda: "This one waits" in told(tmp_path))
            time.sleep(3)
            assert told(tmp_path).count("This one waits") == 1, "that is told once"
        until(lambda: articles(tmp_path) == 2)


def test_watching_one_file_sees_it_replaced(tmp_path: Path) -> None:
    note(tmp_path / "bread.txt", "Bake the bread for forty minutes.")
    with following(tmp_path, "bread.txt"):
        for minutes in ("fifty", "sixty"):
            published = told(tmp_path).count("Published version")
            note(tmp_path / "new", f"Bake the bread for {minutes} minutes.")
            (tmp_path / "new").rename(tmp_path / "bread.txt")
            until(lambda published=published: told(tmp_path).count("Published version") > published)


def test_watching_ends_with_its_parent(tmp_path: Path) -> None:
    note(tmp_path / "bread.txt", "Bake the bread for forty minutes.")
    with child_of_a_child(tmp_path, "bread.txt", "--watch") as (parent, child):
        until((tmp_path / "indexes" / "default" / "current").exists)
        parent.kill()
        parent.wait()
        until(lambda: not lives(child))


def test_a_build_ends_with_its_parent_in_the_middle_of_its_work(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(
        "text\n" + "".join(f"Row {number} of some two thousand rows.\n" for number in range(2000)), encoding="utf-8"
    )
    place = index_folder(tmp_path / "indexes", "default")
    with child_of_a_child(tmp_path, "rows.csv") as (parent, child):
        until(lambda: (state := under_way(place)) is not None and state.stage == "Embedding passages")
        parent.kill()
        parent.wait()
        until(lambda: not lives(child))
    assert read_manifest(version_folder(place, current_version(place))).recipe.encoder is None, "its work was not done"
    assert under_way(place) is None


@contextmanager
def child_of_a_child(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that does nothing, and the id of its `qa build`, which is to end with it."""
    script = (
        "import os, subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'qa', 'build', *sys.argv[1:], '--while-parent', str(os.getpid())]\n"
        "print(subprocess.Popen(command).pid, flush=True)\n"
        "time.sleep(300)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert parent.stdout is not None
    with parent, parent.stdout:
        child = int(parent.stdout.readline())
        try:
            yield parent, child
        finally:
            parent.kill()
            if lives(child):
                os.kill(child, signal.SIGKILL)
