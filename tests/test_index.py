"""Versions on disk: published in one step, refused when damaged, never lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.build import Report
from qa.config import Settings
from qa.errors import (
    BadSettingError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    NoIndexError,
)
from qa.index import building, check_encoder, current_version, index_folder, open_current, open_version
from qa.manifest import check_files, read_manifest
from qa.pipeline import Pipeline
from qa.seams import Vectors

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Where was the missile launched from?"


@pytest.fixture
def settings(seed_settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a copy of the seed index that a test may do anything to."""
    shutil.copytree(seed_settings.indexes, tmp_path / "indexes")
    return replace(seed_settings, indexes=tmp_path / "indexes")


def no_query(_: str) -> Vectors:
    return np.zeros(384, dtype=np.float32)


def version_folder(settings: Settings) -> Path:
    folder = index_folder(settings.indexes, settings.index)
    return folder / "versions" / current_version(folder)


def test_the_layout_is_the_one_that_is_documented(settings: Settings) -> None:
    folder = version_folder(settings)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == [
        "dense/vectors.faiss",
        "lexical/rows.npy",
        "lexical/shape.json",
        "lexical/starts.npy",
        "lexical/terms.txt",
        "lexical/weights.npy",
        "manifest.json",
        "store/articles.sqlite",
    ]
    manifest = read_manifest(folder)
    assert manifest.version == folder.name
    assert set(manifest.files) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {"manifest.json"}
    check_files(folder, manifest, every_byte=True)


def test_the_manifest_records_what_made_the_version(settings: Settings) -> None:
    recipe = read_manifest(version_folder(settings)).recipe
    assert recipe.articles == 1
    assert recipe.chunks == 8
    assert recipe.left_out == 0
    assert recipe.chunk_words == settings.chunk_words
    assert recipe.encoder.name == "snowflake-arctic-embed-s"
    assert recipe.encoder.dimension == 384
    assert recipe.models["snowflake-arctic-embed-s"]["model.onnx"].startswith("f93ff225320628d2")
    assert recipe.models["ms-marco-MiniLM-L-12-v2"]["tokenizer.json"].startswith("cb374d6bc042c224")


def test_no_index_yet_names_the_command_and_the_indexes_there_are(settings: Settings) -> None:
    with pytest.raises(NoIndexError, match=r"no index 'news' .*`qa build --index news`.* are: default\."):
        open_current(index_folder(settings.indexes, "news"), no_query)
    with pytest.raises(NoIndexError, match=r"`qa build` makes it\.$"):
        current_version(settings.indexes / "empty" / "default")


@pytest.mark.parametrize("name", ["", ".", "..", "../default", "a/b", "a\\b", "a b", "a\0b", "x" * 65, "-x", ".hidden"])
def test_a_name_is_never_a_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettingError, match="is not a name"):
        index_folder(tmp_path, name)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"../../etc", b"\xff\xfe\x00", b"20990101T000000Z-zzzzzzzz", b"a" * 5000]
)
def test_a_garbled_pointer_is_named(settings: Settings, content: bytes) -> None:
    pointer = settings.indexes / "default" / "current"
    pointer.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"default/current is missing or damaged; `qa build` makes a new"):
        Pipeline.open(settings)


def test_a_pointer_to_a_version_that_is_gone_is_named(settings: Settings) -> None:
    (settings.indexes / "default" / "current").write_text("20200101T000000Z-00000000\n", encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"20200101T000000Z-00000000/manifest\.json is missing or damaged"):
        Pipeline.open(settings)


FILES = [
    "store/articles.sqlite",
    "lexical/terms.txt",
    "lexical/starts.npy",
    "lexical/rows.npy",
    "lexical/weights.npy",
    "lexical/shape.json",
    "dense/vectors.faiss",
]


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
@pytest.mark.parametrize("damage", ["truncated", "emptied", "removed"])
def test_a_file_that_lost_bytes_is_refused_at_once(settings: Settings, name: str, damage: str) -> None:
    path = version_folder(settings) / name
    if damage == "removed":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: -1 if damage == "truncated" else 0])
    if name == "manifest.json" and damage == "truncated":
        path.write_bytes(path.read_bytes()[:-1])  # a missing last line end alone is no damage
    with pytest.raises(IndexDamagedError, match=r"`qa build` makes a new index"):
        Pipeline.open(settings)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_found_by_verifying(settings: Settings, name: str) -> None:
    folder = version_folder(settings)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(IndexDamagedError, match=name.replace(".", r"\.")):
        check_files(folder, read_manifest(folder), every_byte=True)


@pytest.mark.parametrize(
    "manifest",
    ["", "{", "[]", "null", "{}", '{"format": 1}', '{"format": 1, "recipe": [], "files": {}}', '"text"', "[" * 3000],
)
def test_a_garbled_manifest_is_refused(settings: Settings, manifest: str) -> None:
    (version_folder(settings) / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"manifest\.json is missing or damaged"):
        read_manifest(version_folder(settings))


def test_another_format_is_refused(settings: Settings) -> None:
    path = version_folder(settings) / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**raw, "format": 99}), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=r"format 99, and this program reads format 1; `qa build`"):
        Pipeline.open(settings)


def test_another_encoder_is_refused_before_any_model_is_loaded(settings: Settings) -> None:
    other = replace(settings, encoder="all-MiniLM-L6-v2", models=settings.indexes / "no-models-here")
    with pytest.raises(IndexMismatchError, match=r"'snowflake-arctic-embed-s', not 'all-MiniLM-L6-v2'.*`qa build`"):
        Pipeline.open(other)


def test_changed_files_of_the_same_encoder_are_refused(settings: Settings) -> None:
    manifest = read_manifest(version_folder(settings))
    check_encoder(manifest, manifest.recipe.encoder.name, manifest.recipe.encoder.fingerprint)
    with pytest.raises(IndexMismatchError, match="have changed since the index was built"):
        check_encoder(manifest, manifest.recipe.encoder.name, "0" * 64)


def test_an_index_with_another_dimension_cannot_open_as_this_one(settings: Settings, tmp_path: Path) -> None:
    """Files swapped with another version's have other sizes or hashes than the manifest says."""
    folder = version_folder(settings)
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (other / "dense" / "vectors.faiss").write_bytes((folder / "lexical" / "weights.npy").read_bytes())
    with pytest.raises(IndexDamagedError, match=r"dense/vectors\.faiss"):
        open_version(other, no_query)


def test_one_build_at_a_time_and_leavings_go(tmp_path: Path) -> None:
    folder = tmp_path / "default"
    abandoned = folder / "versions" / ".building-dead"
    abandoned.mkdir(parents=True)
    with building(folder) as staging:
        assert not abandoned.exists()
        assert list(staging.iterdir()) == []
        with pytest.raises(IndexBusyError, match=r"Another build of .*default is running"), building(folder):
            pass
        assert staging.exists()
    assert not staging.exists()
    with building(folder):
        pass


def test_a_rebuild_moves_the_pointer_and_keeps_the_newest(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    few = replace(settings, keep=2)
    folder = index_folder(few.indexes, few.index)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    published = [current_version(folder)]
    for number in range(3):
        (corpus / f"{number}.txt").write_text(
            f"Note {number}\n\nThe number of this note is {number}.", encoding="utf-8"
        )
        report = build_index(few, corpus)
        assert current_version(folder) == report.manifest.version
        assert report.manifest.recipe.articles == number + 1
        published.append(report.manifest.version)
    left = sorted(path.name for path in (folder / "versions").iterdir())
    assert len(left) == 2
    assert published[-1] in left


def test_an_open_version_answers_the_same_while_another_is_published_over_it(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    pipeline = Pipeline.open(replace(settings, keep=1))
    before = pipeline.ask(QUESTION)
    (tmp_path / "a.txt").write_text("Bread\n\nBake the bread for forty minutes.", encoding="utf-8")
    build_index(replace(settings, keep=1), tmp_path / "a.txt")
    after = pipeline.ask(QUESTION)
    assert replace(after, timings_ms={}) == replace(before, timings_ms={})
    renewed = pipeline.reopened()
    assert renewed.ask("How long should the bread bake?").answer == "Bake the bread for forty minutes."
    pipeline.close()
    renewed.close()


def test_a_build_that_fails_leaves_everything_as_it_was(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    def listing() -> list[str]:
        return sorted(path.relative_to(settings.indexes).as_posix() for path in settings.indexes.rglob("*"))

    before = [name for name in listing() if not name.endswith("build.lock")]
    (tmp_path / "empty").mkdir()
    with pytest.raises(Exception, match="holds no articles"):
        build_index(settings, tmp_path / "empty")
    assert [name for name in listing() if not name.endswith("build.lock")] == before


@pytest.mark.parametrize("moment_s", [0.3, 0.6, 0.8, 1.0, 1.2, 1.5])
def test_kill_9_leaves_the_served_version_answering(settings: Settings, tmp_path: Path, moment_s: float) -> None:
    version = current_version(settings.indexes / "default")
    (tmp_path / "b.txt").write_text("Bread\n\nBake the bread for forty minutes. " * 40, encoding="utf-8")
    command = [sys.executable, "-m", "qa", "build", str(tmp_path / "b.txt"), "--indexes", str(settings.indexes)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(moment_s)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    folder = settings.indexes / "default"
    opened = open_current(folder, no_query)
    check_files(folder / "versions" / opened.manifest.version, opened.manifest, every_byte=True)
    assert opened.manifest.recipe.articles == 1
    opened.store.close()
    if opened.manifest.version == version:  # killed before it was published
        pipeline = Pipeline.open(settings)
        assert "Sinpo" in pipeline.ask(QUESTION).answer
        pipeline.close()
    with building(folder):  # a dead builder holds no lock
        pass


def test_the_version_just_published_stays_whatever_the_others_are_called(
    settings: Settings, tmp_path: Path, build_index: Callable[..., Report]
) -> None:
    """A clock set back, or an index copied from a machine that was ahead, must not cost the new version."""
    folder = index_folder(settings.indexes, settings.index)
    for year in range(2090, 2095):
        shutil.copytree(version_folder(settings), folder / "versions" / f"{year}0101T000000Z-00000000")
    (tmp_path / "a.txt").write_text("Bread\n\nBake the bread for forty minutes.", encoding="utf-8")
    report = build_index(settings, tmp_path / "a.txt")
    assert sorted(path.name for path in (folder / "versions").iterdir()) == [
        report.manifest.version,
        "20930101T000000Z-00000000",
        "20940101T000000Z-00000000",
    ]
    check_files(version_folder(settings), read_manifest(version_folder(settings)), every_byte=True)


def test_a_version_may_be_read_by_whoever_may_read_the_index(settings: Settings) -> None:
    versions = settings.indexes / "default" / "versions"
    assert version_folder(settings).stat().st_mode == versions.stat().st_mode


def test_the_same_content_published_twice_at_once_is_one_version(
    settings: Settings, build_index: Callable[..., Report]
) -> None:
    published = {build_index(settings, ROOT / "seeds").manifest.version for _ in range(2)}
    assert current_version(settings.indexes / "default") == max(published)
    assert len(list((settings.indexes / "default" / "versions").iterdir())) in {2, 3}
