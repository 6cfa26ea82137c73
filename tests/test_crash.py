"""A build that is killed, starved of space or raced leaves an index that answers as before, and the next one works.

Every build here that comes to harm is a process of its own, running the command line. A hook of Python's counts
what it does to files of the index, so that it can be killed before each single one of these steps; other kills
come at random times, and so also inside SQLite, FAISS and ONNX Runtime.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from qa.build import Report, build
from qa.config import Settings
from qa.embed import load_encoder
from qa.errors import IndexBusyError, NoIndexError
from qa.index import building, current_version, index_folder, under_way, version_folder
from qa.manifest import check_files, read_manifest
from qa.pipeline import Pipeline
from qa.records import Answer
from qa.seams import Encoder, Progress
from tests.progress import Silent
from tests.waiting import until

ROOT = Path(__file__).resolve().parent.parent
SEED = 20240527

DRIVER = """
import json, os, resource, runpy, signal, sys
from pathlib import Path
how = json.loads(sys.argv[1])
steps = 0

def step(event, args):
    global steps
    if any(isinstance(arg, (str, bytes, os.PathLike)) and os.fsdecode(arg).startswith(how["indexes"]) for arg in args):
        steps += 1
        if steps == how.get("kill_at_step"):
            os.kill(os.getpid(), signal.SIGKILL)

import qa.build.composer
from qa.index import StateProgress
qa.build.composer.WORDS_FIRST_FROM = how.get("words_first_from", qa.build.composer.WORDS_FIRST_FROM)
stage, advance, done = StateProgress.stage, StateProgress.advance, 0

def begin(self, name, total):
    global done
    done = 0
    stage(self, name, total)
    if name == how.get("limit_from"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (how["limit"], how["limit"]))
    if name == how.get("kill_in") and not how.get("kill_after"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name == how.get("wait_in"):
        Path(how["waiting"]).touch()
        while not Path(how["go_on"]).exists():
            signal.sigtimedwait([], 0.01)

def count(self, number):
    global done
    done += number
    advance(self, number)
    if self._state.stage == how.get("kill_in") and done >= how["kill_after"]:
        os.kill(os.getpid(), signal.SIGKILL)

StateProgress.stage, StateProgress.advance = begin, count
sys.addaudithook(step)
sys.argv = ["qa", *how["command"], "--indexes", how["indexes"]]
try:
    runpy.run_module("qa", run_name="__main__")
finally:
    if "steps" in how:
        Path(how["steps"]).write_text(str(steps))
"""


# What measures coverage writes files too, and must not be what finds no room.
UNCOVERED = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


def spawn(settings: Settings, *command: str, **how: Any) -> subprocess.Popen[str]:
    """Start `qa` with the driver around it; see DRIVER for what `how` can say."""
    how = {"command": command, "indexes": str(settings.indexes), **how}
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, json.dumps(how)],
        cwd=ROOT,
        env={**UNCOVERED, "QA_MODELS": str(settings.models), "QA_KEEP": str(settings.keep), "QA_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(settings: Settings, *command: str, **how: Any) -> subprocess.CompletedProcess[str]:
    process = spawn(settings, *command, **how)
    out, err = process.communicate(timeout=600)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


QUESTIONS = ("How many hours does the bread of note 3 bake?", "What does Marta Keller say of the glacier?")


def note(number: int, hours: int) -> str:
    return (
        f"Note {number}\n\nThe bread of note {number} bakes for {hours} hours.\n\n"
        f"It is eaten by the people of house {number}, who are {hours + 2} in all, with salt from the valley."
    )


@dataclass(frozen=True)
class World:
    """A corpus in its second state, an index of its first, and what a build nobody disturbs makes of each."""

    corpus: Path
    old: Settings
    encoder: Encoder
    pipeline: Pipeline
    answers: Mapping[str, tuple[Answer, ...]]
    """Of the versions "old", "new", and "words" (the new corpus without vectors)."""
    files: Mapping[str, Mapping[str, str]]
    """The SHA-256 of the files of "new" and of "words"."""

    def copied(self, folder: Path, *, empty: bool = False) -> Settings:
        """Return settings of an index in `folder` that may come to harm."""
        if not empty:
            shutil.copytree(self.old.indexes, folder)
        return replace(self.old, indexes=folder)

    def asked(self, settings: Settings) -> tuple[Answer, ...]:
        pipeline = replace(self.pipeline, settings=settings).reopened()
        try:
            return answered(pipeline)
        finally:
            pipeline.close()

    def build(self, settings: Settings, progress: Progress | None = None) -> Report:
        return build([self.corpus], settings, lambda: self.encoder, progress or Silent())

    def fault(self, settings: Settings, *allowed: str) -> str | None:
        """Return what is wrong with an index after harm: it must answer as one of the `allowed` states do."""
        folder = index_folder(settings.indexes, settings.index)
        try:
            version = version_folder(folder, current_version(folder))
        except NoIndexError:
            return None if "none" in allowed else "no version is served"
        manifest = read_manifest(version)
        check_files(version, manifest, every_byte=True)
        answers = self.asked(settings)
        fitting = [state for state in allowed if state != "none" and self.answers[state] == answers]
        return None if fitting else f"{version.name} answers otherwise"

    def fault_of_next(self, settings: Settings) -> str | None:
        """Return what is wrong with the build after harm."""
        manifest = self.build(settings).manifest
        folder = index_folder(settings.indexes, settings.index)
        left = [path.name for path in (folder / "versions").iterdir() if path.name.startswith(".")]
        if left or (folder / "building.json").exists():
            return f"leavings: {left}"
        if content(folder) != self.files["new"]:
            return "the next build made something else"
        if manifest.version != current_version(folder) or self.asked(settings) != self.answers["new"]:
            return "the next build answers otherwise"
        return None


def answered(pipeline: Pipeline) -> tuple[Answer, ...]:
    """Return the answers but for what differs from run to run."""
    return tuple(replace(pipeline.ask(question), timings_ms={}, index_version="") for question in QUESTIONS)


def content(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of what a version answers from; its sources record times."""
    manifest = read_manifest(version_folder(folder, current_version(folder)))
    return {name: record.sha256 for name, record in manifest.files.items() if not name.startswith("sources/")}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("world")
    corpus = home / "corpus"
    corpus.mkdir()
    for number in range(1, 6):
        (corpus / f"{number}.txt").write_text(note(number, number + 10), encoding="utf-8")
    (corpus / "leaves.md").write_text("# Leaving\n\nThis article leaves.", encoding="utf-8")
    old = Settings.from_env(indexes=home / "old", threads=1)
    encoder = load_encoder(old.encoder, old.models, old.device, old.threads)
    build([corpus], old, lambda: encoder, Silent())
    shutil.rmtree(old.indexes / "default" / "build.lock", ignore_errors=True)
    pipeline = Pipeline.open(old)
    answers = {"old": answered(pipeline)}
    assert answers["old"][0].answer == "The bread of note 3 bakes for 13 hours."
    (corpus / "leaves.md").unlink()
    (corpus / "3.txt").write_text(note(3, 4), encoding="utf-8")
    rows = [{"_id": "glacier", "title": "Glacier", "text": "The fleece slows the melting, says Marta Keller."}]
    (corpus / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    incomplete = World(corpus, old, encoder, pipeline, answers, {})

    files = {}
    words = incomplete.copied(home / "words", empty=True)
    run(words, "build", str(corpus), words_first_from=1, kill_in="Embedding passages")
    answers["words"] = incomplete.asked(words)
    files["words"] = content(words.indexes / "default")
    assert not any(name.startswith("dense/") for name in files["words"])
    assert answers["words"][0].searches == ("lexical",)
    new = incomplete.copied(home / "new", empty=True)
    assert incomplete.build(new).published
    answers["new"] = incomplete.asked(new)
    files["new"] = content(new.indexes / "default")
    assert answers["new"][0].answer == "The bread of note 3 bakes for 4 hours."
    assert answers["new"][1].answer == "The fleece slows the melting, says Marta Keller."
    yield replace(incomplete, files=files)
    pipeline.close()


@dataclass(frozen=True)
class Scene:
    """A build to be killed: over which version, whether words come first, and what may be served after."""

    name: str
    empty: bool
    words_first_from: int
    allowed: tuple[str, ...]


SCENES = [
    Scene("over an older version", False, 256, ("old", "new")),
    Scene("for the first time", True, 256, ("none", "new")),
    Scene("for the first time, words first", True, 1, ("none", "words", "new")),
]


class TestKill9:
    @pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
    def test_before_any_step_or_at_any_time(self, world: World, tmp_path: Path, scene: Scene) -> None:
        """What is served is what was, or what was to be; the next build ends as if nothing had happened."""
        command = ("build", str(world.corpus))
        whole = world.copied(tmp_path / "whole", empty=scene.empty)
        how = {"words_first_from": scene.words_first_from}
        undisturbed = run(whole, *command, **how, steps=str(tmp_path / "steps"))
        assert undisturbed.returncode == 0, undisturbed.stderr
        assert content(whole.indexes / "default") == world.files["new"]
        steps = int((tmp_path / "steps").read_text())
        drawn = random.Random(SEED)
        # The last half of the steps is publishing.
        first, second = range(1, steps // 2), range(steps // 2, steps + 1)
        moments: list[int | float] = [*drawn.sample(first, 5), *drawn.sample(second, 10)]
        moments += [drawn.uniform(0, 0.7) for _ in range(6)]

        def harmed(moment: float) -> tuple[int | float, str, str | None]:
            settings = world.copied(tmp_path / f"at-{moment}", empty=scene.empty)
            if isinstance(moment, int):
                # How often progress is told goes by the clock, so the last of the steps may not be there.
                assert run(settings, *command, **how, kill_at_step=moment).returncode in {-signal.SIGKILL, 0}
            else:
                _killed_after(moment, settings, *command, **how)
            state = "none" if not (settings.indexes / "default" / "current").exists() else "something"
            fault = world.fault(settings, *scene.allowed) or world.fault_of_next(settings)
            shutil.rmtree(settings.indexes)
            return moment, state, fault

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(harmed, moments))
        assert [result for result in results if result[2]] == []

    def test_what_was_embedded_is_kept(self, world: World, tmp_path: Path) -> None:
        settings = world.copied(tmp_path / "indexes", empty=True)
        rows = [{"_id": str(number), "text": f"House {number}."} for number in range(200)]
        corpus = tmp_path / "corpus.jsonl"
        corpus.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        killed = run(settings, "build", str(corpus), kill_in="Embedding passages", kill_after=150)
        assert killed.returncode == -signal.SIGKILL
        report = build([corpus], settings, lambda: world.encoder, Silent())
        assert (report.manifest.recipe.chunks, report.embedded) == (200, 200 - 128)
        fresh = world.copied(tmp_path / "fresh", empty=True)
        build([corpus], fresh, lambda: world.encoder, Silent())
        assert content(settings.indexes / "default") == content(fresh.indexes / "default")


def _killed_after(seconds: float, settings: Settings, *command: str, **how: Any) -> None:
    """Kill a build so long after it has begun."""
    begun = settings.indexes / "default" / "building.json"
    process = spawn(settings, *command, **how)
    while not begun.exists() and process.poll() is None:
        time.sleep(0.005)
    time.sleep(seconds)
    process.kill()
    process.communicate()


def clean_refusal(done: subprocess.CompletedProcess[str], *words: str) -> str | None:
    """Return what is wrong with how a command failed: it must say one sentence, and name what mends it."""
    told = done.stderr.strip().splitlines()
    fine = (
        done.returncode == 1
        and "Traceback" not in done.stderr
        and told
        and told[-1].startswith("Error: ")
        and sum(line.startswith("Error") for line in told) == 1
        and all(word in told[-1] for word in words)
    )
    return None if fine else f"{done.returncode}: {done.stderr}"


STAGES = ("Reading files", "Indexing words", "Embedding passages", "Indexing vectors")


LARGE_PARTS = {
    "lexical": """
import sys
from pathlib import Path
from qa.lexical import LexicalIndex, Text
try:
    LexicalIndex.write(Path(sys.argv[1]), (Text(" ".join(str(n * m) for m in range(20))) for n in range(20_000)))
except OSError:
    print("refused")
""",
    "dense": """
import sys
from pathlib import Path
import numpy as np
from qa.dense import DenseIndex
vectors = np.random.default_rng(0).normal(size=(3000, 384)).astype(np.float32)
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
try:
    DenseIndex.write(Path(sys.argv[1]), vectors.astype(np.float16), "ivf")
except (OSError, RuntimeError):
    print("refused")
""",
}


class TestNoSpace:
    @pytest.mark.parametrize("stage", STAGES)
    def test_a_file_that_cannot_grow(self, world: World, tmp_path: Path, stage: str) -> None:
        """From some stage on no file can be larger than so many bytes: one of each kind fails to be written."""

        def starved(limit: int) -> tuple[int, str, str | None]:
            settings = world.copied(tmp_path / str(limit))
            done = run(settings, "build", str(world.corpus), limit_from=stage, limit=limit)
            if done.returncode == 0:  # everything was smaller
                return limit, "built", world.fault(settings, "new")
            fault = clean_refusal(done, "default could not be written (", "`qa build`")
            return limit, "refused", fault or world.fault(settings, "old") or world.fault_of_next(settings)

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(starved, [0, 40, 1000, 3000, 5000, 9000]))
        assert [result for result in results if result[2]] == []
        assert sum(result[1] == "refused" for result in results) >= 3, results

    def test_a_full_disk(self, world: World, tmp_path: Path) -> None:
        refused = []
        for kilobytes in (0, 12, 40, 70, 100, 130, 160, 200):
            with mounted(tmp_path / f"{kilobytes}k", "size=2m") as disk:
                settings = world.copied(disk / "indexes")
                filler = disk / "filler"
                free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
                filler.write_bytes(b"x" * (free - kilobytes * 1024))
                done = run(settings, "build", str(world.corpus))
                if done.returncode == 0:
                    assert world.fault(settings, "new") is None
                    continue
                refused.append(kilobytes)
                assert clean_refusal(done, "default could not be written (", "`qa build`") is None, kilobytes
                assert world.fault(settings, "old") is None
                filler.unlink()
                assert world.fault_of_next(settings) is None
        assert len(refused) >= 3, refused

    @pytest.mark.parametrize(("part", "size"), [("lexical", "11500k"), ("dense", "600k")])
    def test_a_part_larger_than_the_disk(self, tmp_path: Path, part: str, size: str) -> None:
        """Mapping a file reserves no room: writing to its pages then is no error but the end of the process."""
        with mounted(tmp_path / "disk", f"size={size}") as disk:
            done = subprocess.run(
                [sys.executable, "-c", LARGE_PARTS[part], disk], cwd=ROOT, capture_output=True, text=True, check=False
            )
        assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr[-500:]

    def test_a_folder_that_may_only_be_read(self, world: World, tmp_path: Path) -> None:
        if os.geteuid() == 0:  # whom permissions do not stop
            with mounted(tmp_path / "disk", "size=4m") as disk:
                settings = world.copied(disk / "indexes")
                subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
                self._only_read(world, settings)
        else:
            settings = world.copied(tmp_path / "indexes")
            folders = [settings.indexes, *(path for path in settings.indexes.rglob("*") if path.is_dir())]
            for folder in folders:
                folder.chmod(0o555)
            try:
                self._only_read(world, settings)
            finally:
                for folder in folders:
                    folder.chmod(0o755)

    def _only_read(self, world: World, settings: Settings) -> None:
        before = {path: path.stat().st_mtime_ns for path in settings.indexes.rglob("*")}
        asked = run(settings, "ask", "--json", QUESTIONS[0])
        assert asked.returncode == 0, asked.stderr
        assert json.loads(asked.stdout)["answer"] == world.answers["old"][0].answer
        status = run(settings, "status")
        assert status.returncode == 0, status.stderr
        assert clean_refusal(run(settings, "build", str(world.corpus)), "could not be written", "`qa build`") is None
        assert world.fault(settings, "old") is None
        assert {path: path.stat().st_mtime_ns for path in settings.indexes.rglob("*")} == before


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a file system in memory; skips the test where that is not allowed."""
    folder.mkdir()
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no `mount` here: no disk to fill")
    if done.returncode:
        pytest.skip("this user may not mount a file system: no disk to fill")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


class TestTwoAtOnce:
    def test_the_second_build_says_who_is_at_it(self, world: World, tmp_path: Path) -> None:
        settings = world.copied(tmp_path / "indexes")
        folder = index_folder(settings.indexes, settings.index)
        assert under_way(folder) is None
        waiting, go_on = tmp_path / "waiting", tmp_path / "go-on"
        how = {"wait_in": "Indexing words", "waiting": str(waiting), "go_on": str(go_on)}
        first = spawn(settings, "build", str(world.corpus), **how)
        try:
            until(waiting.exists)
            told = under_way(folder)
            assert told is not None
            assert (told.process, told.stage) == (first.pid, "Indexing words")
            with pytest.raises(
                IndexBusyError, match=rf"is running: process {first.pid}, .* \(indexing words, 0 of \d+\)"
            ):
                world.build(settings)
            second = run(settings, "build", str(world.corpus))
            assert clean_refusal(second, f"process {first.pid}") is None
            assert world.fault(settings, "old") is None
        finally:
            go_on.touch()
            _, err = first.communicate(timeout=300)
        assert first.returncode == 0, err
        assert under_way(folder) is None
        assert world.fault(settings, "new") is None
        assert content(folder) == world.files["new"]

    def test_a_dead_builder_holds_nothing_and_is_not_named(self, world: World, tmp_path: Path) -> None:
        settings = world.copied(tmp_path / "indexes")
        folder = index_folder(settings.indexes, settings.index)
        killed = run(settings, "build", str(world.corpus), kill_in="Indexing words")
        assert killed.returncode == -signal.SIGKILL
        assert (folder / "building.json").exists()
        assert under_way(folder) is None
        with building(folder):
            with pytest.raises(IndexBusyError) as caught:
                world.build(settings)
            assert "process" not in str(caught.value)
        assert world.fault_of_next(settings) is None

    def test_whoever_asks_who_builds_does_not_keep_it_from_building(
        self, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("qa.index.locks._PATIENCE_S", 60.0)  # who asks may be stopped in the middle by others
        settings = world.copied(tmp_path / "indexes")
        folder = index_folder(settings.indexes, settings.index)
        (folder / "building.json").write_text("{}", encoding="utf-8")
        curious = [
            subprocess.Popen(
                [sys.executable, "-c", CURIOUS, str(folder), str(tmp_path / "stop")], cwd=ROOT, stderr=subprocess.PIPE
            )
            for _ in range(2)
        ]
        try:
            for number in range(5):
                settings_again = replace(settings, chunk_words=50 + number)
                build([world.corpus], settings_again, lambda: world.encoder, Silent())
                (folder / "building.json").write_text("{}", encoding="utf-8")
        finally:
            (tmp_path / "stop").touch()
            told = [process.communicate(timeout=300)[1].decode() for process in curious]
        assert told == ["", ""]

    def test_a_reader_never_meets_an_error(self, world: World, tmp_path: Path) -> None:
        """Versions are published and the ones before removed, while others open what is served, over and over."""
        settings = replace(world.copied(tmp_path / "indexes"), keep=1)
        folder = index_folder(settings.indexes, settings.index)
        readers = [
            subprocess.Popen(
                [sys.executable, "-c", READER, str(folder), str(tmp_path / "stop"), str(tmp_path / name)],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "other")
        ]
        try:
            for number in range(600):  # until both have read while we published, however busy the machine is
                if number >= 12 and (tmp_path / "one").exists() and (tmp_path / "other").exists():
                    break
                again = replace(settings, chunk_words=40 + number % 50)
                build([world.corpus], again, lambda: world.encoder, Silent())
                assert len(list((folder / "versions").iterdir())) == 1
        finally:
            (tmp_path / "stop").touch()
            told = [process.communicate(timeout=300) for process in readers]
        assert [err for _, err in told] == ["", ""]
        assert all(int(out) > 1 for out, _ in told)

    def test_going_back_while_building(self, world: World, tmp_path: Path) -> None:
        """Whatever is served exists and opens, whichever of the two came first."""
        settings = replace(world.copied(tmp_path / "indexes"), keep=2)
        folder = index_folder(settings.indexes, settings.index)
        back = subprocess.Popen(
            [sys.executable, "-c", BACK_AND_FORTH, str(folder), str(tmp_path / "stop"), str(tmp_path / "moved")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            for number in range(600):
                if number >= 12 and (tmp_path / "moved").exists():
                    break
                again = replace(settings, chunk_words=40 + number % 50)
                report = build([world.corpus], again, lambda: world.encoder, Silent())
                assert report.published
                version = version_folder(folder, current_version(folder))
                assert len(world.asked(settings)) == 2, version
        finally:
            (tmp_path / "stop").touch()
            out, err = back.communicate(timeout=300)
        assert err == ""
        assert int(out) > 1


CURIOUS = """
import sys
from pathlib import Path
from qa.index import under_way
while not Path(sys.argv[2]).exists():
    under_way(Path(sys.argv[1]))
"""

READER = """
import sys
from pathlib import Path
from qa.index import current_manifest, open_current
opened = 0
while not Path(sys.argv[2]).exists():
    current_manifest(Path(sys.argv[1]))
    index = open_current(Path(sys.argv[1]), lambda text: None)
    index.store.articles()
    index.store.close()
    opened += 1
    if opened == 2:
        Path(sys.argv[3]).touch()
print(opened)
"""

BACK_AND_FORTH = """
import sys
from pathlib import Path
from qa.errors import VersionNotFoundError
from qa.index import open_current, roll_back, versions
folder, moved = Path(sys.argv[1]), 0
while not Path(sys.argv[2]).exists():
    for target in (None, *(version.id for version in versions(folder))):
        try:
            roll_back(folder, target)
            moved += 1
            if moved == 2:
                Path(sys.argv[3]).touch()
        except VersionNotFoundError:
            pass  # removed meanwhile, or there is no older one
        index = open_current(folder, lambda text: None)
        index.store.articles()
        index.store.close()
print(moved)
"""
