"""Versions on disk: published in one step, refused when damaged, never lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qa.build import Report
from qa.build.provenance import fingerprint_of_reading
from qa.config import Settings
from qa.errors import (
    BadSettingError,
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    NoIndexError,
)
from qa.index import building, check_encoder, current_version, index_folder, open_current
from qa.lexical import TOKENIZER
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
    assert sorted(path.name for path in folder.iterdir()) == ["dense", "lexical", "manifest.json", "sources", "store"]
    assert [path.name for path in (folder / "store").iterdir()] == ["articles.sqlite"]
    assert [path.name for path in (folder / "sources").iterdir()] == ["files.sqlite"]
    manifest = read_manifest(folder)
    assert manifest.version == folder.name
    assert set(manifest.files) == {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    } - {"manifest.json"}
    check_files(folder, manifest, every_byte=True)


def test_the_manifest_records_what_made_the_version(settings: Settings) -> None:
    recipe = read_manifest(version_folder(settings)).recipe
    assert recipe.articles == 1
    assert recipe.chunks == 5
    assert recipe.left_out == 0
    assert recipe.reading == fingerprint_of_reading(settings)
    assert recipe.tokenizer == TOKENIZER
    assert recipe.dense == "flat"
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
    with pytest.raises(IndexDamagedError, match=r"default/current is missing or damaged; .*`qa build` makes a new"):
        Pipeline.open(settings)


def test_a_pointer_to_a_version_that_is_gone_is_named(settings: Settings) -> None:
    (settings.indexes / "default" / "current").write_text("20200101T000000Z-00000000\n", encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"20200101T000000Z-00000000/manifest\.json is missing or damaged"):
        Pipeline.open(settings)


@pytest.mark.parametrize(
    "manifest",
    ["", "{", "[]", "null", "{}", '{"format": 3}', '{"format": 3, "recipe": [], "files": {}}', '"text"', "[" * 3000],
)
def test_a_garbled_manifest_is_refused(settings: Settings, manifest: str) -> None:
    (version_folder(settings) / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(IndexDamagedError, match=r"manifest\.json is missing or damaged"):
        read_manifest(version_folder(settings))


def test_another_format_is_refused(settings: Settings) -> None:
    path = version_folder(settings) / "manifest.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**raw, "format": 99}), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=r"format 99, and this program reads format 3; `qa build`"):
        Pipeline.open(settings)


def test_a_version_is_asked_with_the_encoder_that_it_was_built_with(settings: Settings) -> None:
    pipeline = Pipeline.open(replace(settings, encoder="all-MiniLM-L6-v2"))
    try:
        assert pipeline.encoder is not None
        assert pipeline.encoder.name == "snowflake-arctic-embed-s"
        assert not pipeline.ask("Who condemned the missile launch?").abstained
    finally:
        pipeline.close()


def test_changed_files_of_the_same_encoder_are_refused(settings: Settings) -> None:
    manifest = read_manifest(version_folder(settings))
    check_encoder(manifest, manifest.recipe.encoder.fingerprint)
    with pytest.raises(IndexMismatchError, match="have changed since the index was built"):
        check_encoder(manifest, "0" * 64)


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


def test_the_same_content_is_published_once(settings: Settings, build_index: Callable[..., Report]) -> None:
    """The copy of an index is of the same files, so only what has changed in them is a reason to build."""
    published = [build_index(settings, ROOT / "seeds") for _ in range(2)]
    assert [report.published for report in published] == [False, False]
    assert {report.manifest.version for report in published} == {current_version(settings.indexes / "default")}
