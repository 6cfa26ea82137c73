"""Inverted lists: what they find held against brute force, the rest against what every kind promises."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import faiss
import numpy as np
import pytest

from qa.dense import DenseIndex
from qa.dense.kinds import all_scored_at_most, candidates_for, lists_for, probes_for
from qa.records import Hit
from qa.seams import Rows, Vectors

ROWS, DIMENSION = 20_000, 48


def halved(vectors: np.ndarray) -> Vectors:
    lengths: np.ndarray = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / lengths).astype(np.float16).astype(np.float32)


def noise(seed: int, rows: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, DIMENSION), dtype=np.float32)


def clustered(seed: int, rows: int) -> Vectors:
    """Vectors about two hundred centres, and a few dimensions that outweigh the rest, as encoders make them."""
    weights = np.ones(DIMENSION, np.float32)
    weights[:3] = 6
    centres = noise(99, 200)
    return halved((centres[np.random.default_rng(seed).integers(200, size=rows)] + noise(seed, rows)) * weights)


VECTORS, QUERIES = clustered(1, ROWS), clustered(2, 100)


def open_index(folder: Path) -> DenseIndex:
    return DenseIndex(folder, lambda _: QUERIES[0])


def write(folder: Path, vectors: Vectors) -> DenseIndex:
    assert DenseIndex.write(folder, vectors, "ivf") == "ivf"
    return open_index(folder)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ivf")
    write(folder, VECTORS)
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> DenseIndex:
    return open_index(folder)


@pytest.mark.parametrize("k", [1, 10, 50, 200])
def test_it_finds_what_brute_force_finds(index: DenseIndex, k: int) -> None:
    scores = QUERIES @ VECTORS.T
    found = [
        len({hit.row for hit in index.search_vector(query, k)} & set(np.argsort(-row)[:k].tolist()))
        for query, row in zip(QUERIES, scores, strict=True)
    ]
    assert sum(found) / (k * len(QUERIES)) >= 0.97


def test_its_scores_are_exact_and_in_order(index: DenseIndex) -> None:
    for query in QUERIES:
        hits = index.search_vector(query, 30)
        assert len(hits) == 30
        assert [hit.score for hit in hits] == pytest.approx(
            [float(VECTORS[hit.row].astype(np.float64) @ query) for hit in hits], abs=1e-6
        )
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.row))


def test_fewer_hits_are_the_first_of_more(index: DenseIndex) -> None:
    assert candidates_for(1, ROWS) == candidates_for(32, ROWS)
    for query in QUERIES[:20]:
        most = index.search_vector(query, 32)
        assert all(index.search_vector(query, k) == most[:k] for k in range(32))


def test_more_hits_than_the_probed_lists_hold(index: DenseIndex) -> None:
    # As every list is then scanned and every vector scored, the search is exact.
    query = QUERIES[3]
    scores = VECTORS.astype(np.float64) @ query
    for k in (ROWS, ROWS + 1, 10**6):
        hits = index.search_vector(query, k)
        assert sorted(hit.row for hit in hits) == list(range(ROWS))
        assert [hit.score for hit in hits] == pytest.approx(np.sort(scores)[::-1].tolist(), abs=1e-6)


FEW, MANY = all_scored_at_most(ROWS), ROWS // 4


def some_rows(seed: int, size: int) -> Rows:
    rows = np.random.default_rng(seed).choice(ROWS, size, replace=False)
    return np.sort(rows).astype(np.int32)


@pytest.mark.parametrize("size", [1, 9, 10, 11, FEW])
def test_of_few_rows_every_one_is_scored(index: DenseIndex, size: int) -> None:
    for seed, query in enumerate(QUERIES[:20]):
        within = some_rows(seed, size)
        scores = VECTORS[within].astype(np.float64) @ query
        hits = index.search_vector(query, 10, within)
        assert [hit.row for hit in hits] == within[np.argsort(-scores, kind="stable")[:10]].tolist()
        assert [hit.score for hit in hits] == pytest.approx(np.sort(scores)[::-1][:10].tolist(), abs=1e-6)


@pytest.mark.parametrize("size", [FEW + 1, MANY, ROWS - 1])
@pytest.mark.parametrize("k", [1, 10, 100])
def test_of_many_rows_it_finds_what_brute_force_finds(index: DenseIndex, size: int, k: int) -> None:
    within, found = some_rows(size, size), 0
    for query in QUERIES:
        hits = index.search_vector(query, k, within)
        assert len(hits) == k
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.row))
        best = within[np.argsort(-(VECTORS[within] @ query), kind="stable")[:k]]
        found += len({hit.row for hit in hits} & set(best.tolist()))
    assert found / (k * len(QUERIES)) >= 0.97


def test_rows_that_lie_far_from_the_question_are_found_all_the_same(index: DenseIndex) -> None:
    for query in QUERIES[:20]:
        far = np.sort(np.argsort(VECTORS @ query)[:MANY]).astype(np.int32)  # none of them in the nearest lists
        hits = index.search_vector(query, 50, far)
        assert len(hits) == 50
        assert {hit.row for hit in hits} <= set(far.tolist())
        assert len(index.search_vector(query, MANY + 5, far)) == MANY


def test_a_score_does_not_depend_on_what_else_is_searched(index: DenseIndex) -> None:
    for query in QUERIES[:20]:
        alone = {hit.row: hit.score for hit in index.search_vector(query, 30)}
        for size in (FEW, MANY):
            within = np.union1d(some_rows(3, size), list(alone)).astype(np.int32)
            assert alone.items() <= {hit.row: hit.score for hit in index.search_vector(query, 60, within)}.items()


@pytest.mark.parametrize("rows", [[-1], [0, ROWS], [ROWS + 5]])
def test_within_rows_that_do_not_exist(index: DenseIndex, rows: list[int]) -> None:
    with pytest.raises(ValueError, match=f"has {ROWS} rows, and was asked for rows {rows[0]} to {rows[-1]}"):
        index.search_vector(QUERIES[0], 3, np.array(rows, dtype=np.int32))


@pytest.fixture
def threads() -> Iterator[None]:
    before = faiss.omp_get_max_threads()
    yield
    faiss.omp_set_num_threads(before)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_same_vectors_give_the_same_files(folder: Path, tmp_path: Path, count: int) -> None:
    faiss.omp_set_num_threads(count)
    np.save(tmp_path / "vectors.npy", VECTORS.astype(np.float16))
    again = tmp_path / "again"
    again.mkdir()
    DenseIndex.write(again, np.load(tmp_path / "vectors.npy", mmap_mode="r"), "ivf")
    assert digests(again) == digests(folder)
    assert faiss.omp_get_max_threads() == count


def test_several_threads_at_once(index: DenseIndex) -> None:
    alone = [index.search_vector(query, 20) for query in QUERIES]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: index.search_vector(query, 20), list(QUERIES) * 5)) == alone * 5


def test_thousands_of_copies_of_one_vector(tmp_path: Path) -> None:
    # More copies than are scored at all, on either side of other vectors: the first of them by row are found.
    vectors = np.concatenate([VECTORS[:1000], np.repeat(VECTORS[:1], 3000, axis=0), VECTORS[1000:3000]])
    index = write(tmp_path, vectors)
    hits = index.search_vector(VECTORS[0], 40)
    score = hits[0].score
    assert hits == [Hit(row, score) for row in [0, *range(1000, 1039)]]
    assert score == pytest.approx(float(VECTORS[0] @ VECTORS[0]), abs=1e-6)


def test_nothing_but_one_vector_repeated(tmp_path: Path) -> None:
    index = write(tmp_path, np.repeat(VECTORS[:1], 2500, axis=0))
    assert [hit.row for hit in index.search_vector(VECTORS[0], 20)] == list(range(20))
    assert [hit.row for hit in index.search_vector(VECTORS[0], 5000)] == list(range(2500))


@pytest.mark.parametrize("rows", [1, 2, 39, 81, 500])
def test_few_rows_are_searched_exactly(tmp_path: Path, rows: int) -> None:
    index = write(tmp_path, VECTORS[:rows])
    scores = VECTORS[:rows].astype(np.float64) @ QUERIES[0]
    assert [hit.row for hit in index.search("", 10)] == np.argsort(-scores, kind="stable")[:10].tolist()
    assert index.search("", 0) == []


def test_no_rows(tmp_path: Path) -> None:
    assert DenseIndex.write(tmp_path, np.empty((0, 4), np.float16), "ivf") == "flat"
    assert open_index(tmp_path).search_vector(np.ones(4, np.float32), 5) == []


def test_how_large_its_parts_are() -> None:
    assert [lists_for(rows) for rows in (1, 79, 80, 3000, 100_001, 10**6, 10**7)] == [1, 1, 2, 75, 1024, 2048, 8192]
    assert [probes_for(lists) for lists in (1, 32, 512, 2048, 8192)] == [1, 32, 64, 128, 512]
    assert [candidates_for(k, 10**6) for k in (1, 10, 32, 33, 50, 100, 1000)] == [128, 128, 128, 256, 256, 512, 4096]
    assert candidates_for(10, 90) == 90


def damage(folder: Path, into: Path, name: str, at: int, value: bytes) -> Path:
    """Copy the index with some bytes of one file replaced, `at` counting from the end where negative."""
    for path in folder.iterdir():
        (into / path.name).write_bytes(path.read_bytes())
    raw = bytearray((into / name).read_bytes())
    start = at % len(raw)
    raw[start : start + len(value)] = value
    (into / name).write_bytes(raw)
    return into


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("codes.faiss", 0, b"xxxx"),
        ("codes.faiss", 8, b"\xff"),  # its number of rows
        ("codes.faiss", 49, b"\xff\xff\xff\xff\xff\xff\xff\x0f"),  # the length of an array in it
        ("shape.json", 0, b"["),
        ("shape.json", 2, b"kinder"),
    ],
)
def test_a_damaged_file_is_not_opened(folder: Path, tmp_path: Path, name: str, at: int, value: bytes) -> None:
    with pytest.raises((ValueError, RuntimeError)):
        open_index(damage(folder, tmp_path, name, at, value))


@pytest.mark.parametrize("name", ["codes.faiss", "exact.f16", "rows.i32"])
def test_a_file_cut_short_or_missing_is_not_opened(folder: Path, tmp_path: Path, name: str) -> None:
    copy = damage(folder, tmp_path, name, 0, b"")
    (copy / name).write_bytes((copy / name).read_bytes()[:-2])
    with pytest.raises((ValueError, RuntimeError)):
        open_index(copy)
    (copy / name).unlink()
    with pytest.raises((OSError, RuntimeError)):
        open_index(copy)


@pytest.mark.parametrize("row", [-1, ROWS, 2**31 - 1, -(2**31)])
def test_a_row_beyond_the_last_is_named_as_damage(folder: Path, tmp_path: Path, row: int) -> None:
    wrong = np.full(ROWS, row, dtype="<i4").tobytes()
    with pytest.raises(ValueError, match=f"is damaged: it gives row {row} of 20000"):
        open_index(damage(folder, tmp_path, "rows.i32", 0, wrong)).search("", 3)


@pytest.mark.parametrize("size", [FEW, MANY])
@pytest.mark.parametrize("row", [-ROWS - 1, -1, ROWS, 2**31 - 1])
def test_a_row_beyond_the_last_is_named_as_damage_where_some_are_searched(
    folder: Path, tmp_path: Path, row: int, size: int
) -> None:
    wrong = np.full(ROWS, row, dtype="<i4").tobytes()
    with pytest.raises(ValueError, match="damaged"):
        open_index(damage(folder, tmp_path, "rows.i32", 0, wrong)).search(
            "", 3, np.arange(ROWS - size, ROWS, dtype=np.int32)
        )


@pytest.mark.parametrize("number", [-5, ROWS, 2**62])
def test_a_place_beyond_the_last_is_named_as_damage(folder: Path, tmp_path: Path, number: int) -> None:
    # FAISS's file ends with the numbers of the vectors in the last list; the last of them is asked for.
    query = VECTORS[np.fromfile(folder / "rows.i32", dtype="<i4")[-1]]
    copy = damage(folder, tmp_path, "codes.faiss", -8, np.int64(number).tobytes())
    with pytest.raises(ValueError, match="has 20000 vectors, and the codes beside it are damaged"):
        open_index(copy).search_vector(query, 3)


def test_vectors_that_are_no_numbers_are_named_as_damage(folder: Path, tmp_path: Path) -> None:
    wrong = np.full(ROWS * DIMENSION, np.nan, dtype="<f2").tobytes()
    broken = open_index(damage(folder, tmp_path, "exact.f16", 0, wrong))
    for within in (None, some_rows(0, FEW), some_rows(0, MANY)):
        with pytest.raises(ValueError, match="is damaged: a vector in it is no number"):
            broken.search("", 3, within)


def test_pages_handed_back_are_read_again(index: DenseIndex) -> None:
    alone = [index.search_vector(query, 20) for query in QUERIES]
    for _ in range(3):  # more searches than it keeps pages for
        assert [index.search_vector(query, 20) for query in QUERIES] == alone
