"""Vectors that were computed are kept and reused; none that is damaged is ever used."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

import qa.embeddings
from qa.build import Report, build
from qa.config import Settings
from qa.embed import load_encoder
from qa.embeddings import FILE, EmbeddingCache
from qa.errors import IndexWriteError
from qa.index import index_folder
from qa.seams import Encoder
from qa.store import FILE as STORE
from tests.progress import Silent

SEED = 20240527


@dataclass(frozen=True)
class Kept:
    settings: Settings
    corpus: Path
    encoder: Encoder
    report: Report

    @property
    def cache(self) -> Path:
        return index_folder(self.settings.indexes, self.settings.index) / FILE

    @property
    def store(self) -> Path:
        return self.cache.parent / "versions" / self.report.manifest.version / "store" / STORE

    def copied(self, folder: Path) -> Kept:
        """Return an index with nothing in it but these vectors."""
        settings = replace(self.settings, indexes=folder)
        cache = index_folder(folder, settings.index) / FILE
        cache.parent.mkdir(parents=True)
        shutil.copyfile(self.cache, cache)
        return replace(self, settings=settings)

    def build(self) -> Report:
        return build([self.corpus], self.settings, lambda: self.encoder, Silent())

    def dense(self) -> dict[str, str]:
        return {name: file.sha256 for name, file in self.report.manifest.files.items() if name.startswith("dense/")}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Kept:
    home = tmp_path_factory.mktemp("kept")
    corpus = home / "corpus"
    corpus.mkdir()
    for number in range(12):
        (corpus / f"{number}.txt").write_text(f"Note {number}\n\nIt says {number * 7}.", encoding="utf-8")
    settings = Settings.from_env(indexes=home / "indexes")
    encoder = load_encoder(settings.encoder, models_dir, threads=1)
    report = build([corpus], settings, lambda: encoder, Silent())
    assert report.embedded == 12
    return Kept(settings, corpus, encoder, report)


@pytest.fixture
def copy(kept: Kept, tmp_path: Path) -> Kept:
    return kept.copied(tmp_path / "indexes")


def same_vectors(kept: Kept, report: Report) -> bool:
    return replace(kept, report=report).dense() == kept.dense()


def test_all_are_reused(kept: Kept, copy: Kept) -> None:
    report = copy.build()
    assert report.embedded == 0
    assert same_vectors(kept, report)


def test_one_text_in_two_passages_is_embedded_once(kept: Kept, tmp_path: Path) -> None:
    rows = "\n".join(f'{{"_id": "{number}", "title": "T", "text": "The same text."}}' for number in range(5))
    (tmp_path / "rows.jsonl").write_text(rows, encoding="utf-8")
    settings = replace(kept.settings, indexes=tmp_path / "indexes")
    report = build([tmp_path / "rows.jsonl"], settings, lambda: kept.encoder, Silent())
    assert (report.manifest.recipe.chunks, report.embedded) == (5, 1)


def test_a_vector_comes_back_rounded_and_not_otherwise(kept: Kept, tmp_path: Path) -> None:
    vectors = np.random.default_rng(SEED).normal(size=(12, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with EmbeddingCache(tmp_path, "some encoder", kept.store) as cache:
        assert cache.missing() == list(range(12))
        cache.add([3, 5], vectors[[3, 5]])
        assert cache.missing() == [row for row in range(12) if row not in (3, 5)]
    with EmbeddingCache(tmp_path, "some encoder", kept.store) as cache:  # another process, later
        rest = cache.missing()
        cache.add(rest, vectors[rest])
        matrix = cache.write(tmp_path / "vectors.npy", 12, 384)
        assert matrix is not None
        np.testing.assert_array_equal(matrix, vectors.astype(np.float16))
        np.testing.assert_array_equal(np.load(tmp_path / "vectors.npy"), matrix)
    with EmbeddingCache(tmp_path, "another encoder", kept.store) as cache:
        assert len(cache.missing()) == 12


def test_a_text_without_a_vector_is_never_a_row_of_zeros(kept: Kept, tmp_path: Path) -> None:
    with EmbeddingCache(tmp_path, "some encoder", kept.store) as cache:
        cache.add([3], np.ones((1, 384), dtype=np.float32))
        with pytest.raises(sqlite3.DatabaseError, match="not every text"):
            cache.write(tmp_path / "vectors.npy", 12, 384)


class TestHarm:
    @pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.3, 0.5, 0.9, 0.999])
    def test_a_file_cut_short(self, kept: Kept, copy: Kept, share: float) -> None:
        data = copy.cache.read_bytes()
        copy.cache.write_bytes(data[: int(len(data) * share)])
        assert same_vectors(kept, copy.build())

    @pytest.mark.parametrize("data", [b"garbage", b"\0" * 50_000, b"SQLite format 3\0" + b"\xff" * 8000])
    def test_garbage(self, kept: Kept, copy: Kept, data: bytes) -> None:
        copy.cache.write_bytes(data)
        report = copy.build()
        assert same_vectors(kept, report)

    def test_removed(self, kept: Kept, copy: Kept) -> None:
        copy.cache.unlink()
        report = copy.build()
        assert report.embedded == 12
        assert same_vectors(kept, report)

    def test_the_log_of_another_file(self, kept: Kept, copy: Kept) -> None:
        for suffix in ("-wal", "-shm"):
            copy.cache.with_name(FILE + suffix).write_bytes(random.Random(SEED).randbytes(40_000))
        assert same_vectors(kept, copy.build())

    @pytest.mark.parametrize("part", range(4))
    def test_flipped_bits(self, kept: Kept, tmp_path: Path, part: int) -> None:
        """One in each of many copies: in its head, in its tables, in the vectors."""
        drawn = random.Random(SEED + part)
        size = kept.cache.stat().st_size
        places = [drawn.randrange(120), *(drawn.randrange(100, 9000) for _ in range(8))]
        places += [drawn.randrange(size) for _ in range(12)]
        for number, place in enumerate(places):
            copy = kept.copied(tmp_path / str(number))
            data = bytearray(copy.cache.read_bytes())
            data[place] ^= 1 << drawn.randrange(8)
            copy.cache.write_bytes(data)
            assert same_vectors(kept, copy.build()), place
            assert same_vectors(kept, copy.build())

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE vectors SET vector = zeroblob(768) WHERE id = 3",
            "UPDATE vectors SET vector = zeroblob(767) WHERE id = 3",
            "UPDATE vectors SET vector = (SELECT vector FROM vectors WHERE id = 4) WHERE id = 3",
            "UPDATE vectors SET crc = crc + 1",
            "DELETE FROM vectors WHERE id % 2",
            "DROP TABLE vectors",
            "ALTER TABLE vectors RENAME COLUMN crc TO crd",
            "ALTER TABLE vectors DROP COLUMN crc",
            "DROP TABLE vectors; CREATE TABLE vectors (id INTEGER)",
            "DROP TABLE vectors; CREATE VIEW vectors AS SELECT 1 AS encoder, 2 AS key, 3 AS vector, 4 AS crc",
            "PRAGMA user_version = 99",
        ],
    )
    def test_another_content(self, kept: Kept, copy: Kept, change: str) -> None:
        with closing(sqlite3.connect(copy.cache)) as db:
            db.executescript(change)
        assert same_vectors(kept, copy.build())
        assert copy.build().published is False

    @pytest.mark.parametrize("blocked", ["folder", "lock"])
    def test_what_a_build_cannot_mend_is_said(self, kept: Kept, copy: Kept, blocked: str) -> None:
        if blocked == "folder":
            copy.cache.unlink()
            copy.cache.mkdir()
        with closing(sqlite3.connect(":memory:" if blocked == "folder" else copy.cache)) as other:
            if blocked == "lock":
                other.executescript("DELETE FROM vectors WHERE id = 3")
                other.execute("BEGIN EXCLUSIVE")
            with pytest.raises(IndexWriteError, match=r"could not be written \((unable to open|database is locked)"):
                copy.build()
        if blocked == "folder":
            copy.cache.rmdir()
        assert same_vectors(kept, copy.build())


class TestLettingGo:
    @pytest.fixture
    def few_to_spare(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], int]:
        monkeypatch.setattr(qa.embeddings, "_SPARE", 5)

        def held(cache: Path) -> int:
            with closing(sqlite3.connect(cache)) as db:
                return int(db.execute("SELECT count(*) FROM vectors").fetchone()[0])

        return held

    def test_what_nothing_uses_goes_once_it_is_the_greater_part(
        self, kept: Kept, copy: Kept, tmp_path: Path, few_to_spare: Callable[[Path], int]
    ) -> None:
        mine = replace(copy, corpus=tmp_path / "corpus")
        shutil.copytree(kept.corpus, mine.corpus)
        mine.build()
        for number in range(6):
            (mine.corpus / f"{number}.txt").unlink()
        mine.build()
        assert few_to_spare(mine.cache) == 12  # as many are used as not
        (mine.corpus / "6.txt").unlink()
        mine.build()
        assert few_to_spare(mine.cache) == 5
        shutil.copyfile(kept.corpus / "6.txt", mine.corpus / "6.txt")
        assert mine.build().embedded == 1

    def test_a_cache_that_cannot_be_made_smaller_costs_no_version(
        self, copy: Kept, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The version is served by then, and nobody must be told that it is not."""

        def full(_: EmbeddingCache) -> None:
            raise sqlite3.OperationalError("database or disk is full")

        monkeypatch.setattr(EmbeddingCache, "prune", full)
        assert copy.build().published
