"""The versions that are kept, going back to one of them, and what a damaged pointer costs: nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import qa.build.composer
from qa.build import build
from qa.config import Settings
from qa.embed import load_encoder
from qa.errors import IndexDamagedError, IndexWriteError, NoIndexError, VersionNotFoundError
from qa.index import current_version, index_folder, open_current, roll_back, version_folder, versions
from qa.index.opening import VERSION, close, no_question
from qa.manifest import Manifest, check_files, read_manifest
from qa.pipeline import Pipeline
from qa.seams import Encoder
from tests.progress import Silent


@dataclass(frozen=True)
class Shelf:
    """An index, and a corpus of one file whose every state can be told from the article."""

    settings: Settings
    encoder: Encoder
    corpus: Path

    @property
    def folder(self) -> Path:
        return index_folder(self.settings.indexes, self.settings.index)

    @property
    def kept(self) -> list[str]:
        return [version.id for version in versions(self.folder)]

    def publish(self, state: str, **changed: object) -> str:
        self.corpus.write_text(f"Bread\n\nIts state is {state}.", encoding="utf-8")
        report = build([self.corpus], replace(self.settings, **changed), lambda: self.encoder, Silent())
        assert report.published
        return report.manifest.version

    def state(self) -> str:
        opened = open_current(self.folder, no_question)
        (article,) = opened.store.articles()
        close(opened)
        return re.findall(r"Its state is (.*)\.", article.text)[0]


@pytest.fixture(scope="module")
def encoder(models_dir: Path) -> Encoder:
    return load_encoder("snowflake-arctic-embed-s", models_dir, threads=1)


@pytest.fixture
def shelf(tmp_path: Path, encoder: Encoder) -> Shelf:
    return Shelf(Settings.from_env(indexes=tmp_path / "indexes"), encoder, tmp_path / "bread.txt")


def manifest_of(shelf: Shelf, version: str) -> Manifest:
    return read_manifest(version_folder(shelf.folder, version))


class TestKeeping:
    def test_the_newest_are_kept_in_their_order(self, shelf: Shelf) -> None:
        made = [shelf.publish(str(number)) for number in range(5)]
        assert made == sorted(made)
        assert all(VERSION.fullmatch(version) for version in made)
        assert shelf.kept == [made[4], made[3], made[2]]
        assert [version.current for version in versions(shelf.folder)] == [True, False, False]
        assert shelf.state() == "4"

    def test_fewer_from_now_on(self, shelf: Shelf) -> None:
        for number in range(3):
            shelf.publish(str(number))
        last = shelf.publish("last", keep=1)
        assert shelf.kept == [last]

    def test_the_version_that_others_went_back_to_counts_like_any(self, shelf: Shelf) -> None:
        first, second = shelf.publish("first"), shelf.publish("second")
        roll_back(shelf.folder, first)
        third = shelf.publish("third", keep=2)
        assert shelf.kept == [third, second]

    def test_a_clock_set_back_makes_no_older_version(self, shelf: Shelf) -> None:
        """Nor does an index that came from a machine whose clock was ahead."""
        first = shelf.publish("first")
        ahead = "20930101T000000Z-00000000"
        shutil.copytree(version_folder(shelf.folder, first), version_folder(shelf.folder, ahead))
        second = shelf.publish("second", keep=1)
        assert second.startswith("20930101T000001Z-")
        assert shelf.kept == [second]
        assert shelf.state() == "second"

    @pytest.mark.parametrize("name", ["99999999T999999Z-00000000", "99991231T235959Z-00000000"])
    def test_a_name_that_is_no_time_is_no_matter(self, shelf: Shelf, name: str) -> None:
        shelf.publish("first")
        (shelf.folder / "versions" / name).mkdir()
        last = shelf.publish("last", keep=1)
        assert current_version(shelf.folder) == last
        assert shelf.state() == "last"

    def test_words_alone_go_once_they_are_completed(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(qa.build.composer, "WORDS_FIRST_FROM", 1)
        seen = []

        class Watching(Silent):
            def stage(self, name: str, _: int | None) -> None:
                if name == "Indexing vectors":
                    seen.extend(versions(shelf.folder))

        shelf.corpus.write_text("Bread\n\nIts state is whole.", encoding="utf-8")
        report = build([shelf.corpus], shelf.settings, lambda: shelf.encoder, Watching())
        (words,) = seen
        assert words.current
        assert words.manifest is not None
        assert words.manifest.recipe.encoder is None
        assert shelf.kept == [report.manifest.version]
        assert report.manifest.recipe.encoder is not None
        check_files(version_folder(shelf.folder, report.manifest.version), report.manifest, every_byte=True)

    def test_parts_in_common_are_one_file_and_stay_whole(self, shelf: Shelf) -> None:
        first = shelf.publish("same")
        second = build(
            [shelf.corpus], replace(shelf.settings, dense="ivf", keep=2), lambda: shelf.encoder, Silent()
        ).manifest
        lexical = sorted(name for name in second.files if name.startswith("lexical/"))
        for name in lexical:
            paths = [version_folder(shelf.folder, version) / name for version in (first, second.version)]
            assert paths[0].samefile(paths[1])
        third = shelf.publish("other", keep=2)
        assert shelf.kept == [third, second.version]
        check_files(version_folder(shelf.folder, second.version), second, every_byte=True)
        roll_back(shelf.folder, None)
        assert shelf.state() == "same"

    @pytest.mark.parametrize("harm", ["truncated", "removed", "a file"])
    def test_a_version_that_cannot_be_read_is_listed_with_its_fault(self, shelf: Shelf, harm: str) -> None:
        first = shelf.publish("first")
        shelf.publish("second")
        place = version_folder(shelf.folder, first)
        if harm == "truncated":
            (place / "manifest.json").write_bytes((place / "manifest.json").read_bytes()[:100])
        else:
            shutil.rmtree(place)
            if harm == "a file":
                place.write_text("", encoding="utf-8")
        found = [version for version in versions(shelf.folder) if version.id == first]
        if harm == "removed":
            assert found == []
        else:
            assert found[0].manifest is None
            assert "manifest.json is missing or damaged" in (found[0].fault or "")


class TestGoingBack:
    def test_to_the_one_before_and_on(self, shelf: Shelf) -> None:
        made = [shelf.publish(str(number)) for number in range(3)]
        assert roll_back(shelf.folder, None).version == made[1]
        assert shelf.state() == "1"
        assert roll_back(shelf.folder, None).version == made[0]
        assert shelf.state() == "0"
        with pytest.raises(VersionNotFoundError, match="No older version is kept; `qa versions`"):
            roll_back(shelf.folder, None)
        assert roll_back(shelf.folder, made[2]).version == made[2]
        assert roll_back(shelf.folder, made[2]).version == made[2]
        assert shelf.state() == "2"

    @pytest.mark.parametrize(
        "name", ["", ".", "..", "20200101T000000Z-00000000", ".building-x", "../versions", "x" * 5000, "a\0b", "\ud800"]
    )
    def test_to_what_is_not_kept(self, shelf: Shelf, name: str) -> None:
        shelf.publish("first")
        with pytest.raises(VersionNotFoundError, match="`qa versions`"):
            roll_back(shelf.folder, name)
        assert shelf.state() == "first"

    def test_where_there_is_no_index(self, tmp_path: Path) -> None:
        for target in (None, "20200101T000000Z-00000000"):
            with pytest.raises(NoIndexError, match="`qa build --index none` makes it"):
                roll_back(tmp_path / "none", target)
        with pytest.raises(NoIndexError):
            versions(tmp_path / "none")
        assert list(tmp_path.iterdir()) == []

    def test_where_only_the_pointer_is_left(self, shelf: Shelf) -> None:
        shelf.publish("first")
        shutil.rmtree(shelf.folder / "versions")
        assert versions(shelf.folder) == []
        with pytest.raises(VersionNotFoundError):
            roll_back(shelf.folder, None)

    def test_then_a_build_makes_the_new_state_again(self, shelf: Shelf) -> None:
        first = shelf.publish("first")
        second = shelf.publish("second")
        roll_back(shelf.folder, first)
        third = shelf.publish("second")
        assert third > second
        assert shelf.state() == "second"

    def test_without_permission(self, shelf: Shelf) -> None:
        first = shelf.publish("first")
        shelf.publish("second")
        lock = shelf.folder / "move.lock"
        lock.unlink()
        lock.mkdir()  # what stops even root
        with pytest.raises(IndexWriteError, match=r"could not be written \(.*`qa rollback` again\.$"):
            roll_back(shelf.folder, first)
        assert shelf.state() == "second"


POINTERS = {
    "empty": b"",
    "garbage": b"../../etc/passwd\n",
    "binary": b"\xff\xfe\0",
    "elsewhere": b"20200101T000000Z-00000000\n",
}


@pytest.mark.parametrize("harm", [*POINTERS, "missing", "a folder", "a full folder"])
@pytest.mark.parametrize("mended_by", ["going back", "a build"])
def test_a_damaged_pointer(shelf: Shelf, harm: str, mended_by: str) -> None:
    shelf.publish("first")
    shelf.publish("second")
    pointer = shelf.folder / "current"
    pointer.unlink()
    if "folder" in harm:
        pointer.mkdir()
        if harm == "a full folder":
            (pointer / "something").write_text("x", encoding="utf-8")
    elif harm != "missing":
        pointer.write_bytes(POINTERS[harm])
    with pytest.raises(NoIndexError if harm == "missing" else IndexDamagedError, match="`qa build`"):
        open_current(shelf.folder, no_question)
    if mended_by == "going back":
        roll_back(shelf.folder, None)
        assert shelf.state() == "second"
    else:
        shelf.publish("third")
        assert shelf.state() == "third"
    shelf.publish("last")
    assert shelf.state() == "last"
    assert not [path for path in (shelf.folder / "versions").iterdir() if path.name.startswith(".")]


MOVER = """
import sys
from pathlib import Path
from qa.errors import VersionNotFoundError
from qa.index import current_version, roll_back, version_folder, versions
from qa.manifest import check_files, read_manifest
folder, moved = Path(sys.argv[1]), 0
while not Path(sys.argv[2]).exists():
    for version in versions(folder):
        try:
            roll_back(folder, version.id)
            moved += 1
            Path(sys.argv[3]).touch()
        except VersionNotFoundError:
            pass
print(moved)
"""


def test_removing_and_going_back_at_once(shelf: Shelf, tmp_path: Path) -> None:
    """With one version kept, each build removes what another process is about to go back to."""
    shelf.publish("first")
    movers = [
        subprocess.Popen(
            [sys.executable, "-c", MOVER, str(shelf.folder), str(tmp_path / "stop"), str(tmp_path / name)],
            cwd=Path(__file__).resolve().parent.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "other")
    ]
    try:
        for number in range(600):  # until both have gone back while we removed, however busy the machine is
            if number >= 6 and (tmp_path / "one").exists() and (tmp_path / "other").exists():
                break
            shelf.publish(str(number), keep=1 + number % 2)
            assert version_folder(shelf.folder, current_version(shelf.folder)).is_dir()
            shelf.state()
    finally:
        (tmp_path / "stop").touch()
        told = [mover.communicate(timeout=300) for mover in movers]
    assert [err for _, err in told] == ["", ""]
    assert all(int(out) > 0 for out, _ in told)


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permissions there")
def test_a_version_may_be_read_by_whoever_may_read_the_index(shelf: Shelf) -> None:
    shelf.publish("first")
    place = version_folder(shelf.folder, current_version(shelf.folder))
    assert place.stat().st_mode == place.parent.stat().st_mode


def test_what_mends_a_named_index_names_it(tmp_path: Path, build_index: Any) -> None:
    """Or else the advice would send a person to another index."""
    (tmp_path / "a.txt").write_text("Bread\n\nBake the bread.", encoding="utf-8")
    settings = Settings.from_env(indexes=tmp_path / "versions", index="news")
    manifest = build_index(settings, tmp_path / "a.txt").manifest
    folder = index_folder(settings.indexes, "news")
    (folder / "versions" / manifest.version / "store" / "articles.sqlite").unlink()
    with pytest.raises(IndexDamagedError, match=r"`qa rollback --index news` .* `qa build --index news`"):
        Pipeline.open(settings)
    (folder / "current").write_bytes(b"")
    with pytest.raises(IndexDamagedError, match=r"`qa rollback --index news` .* `qa build --index news`"):
        Pipeline.open(settings)
