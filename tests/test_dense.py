"""The exact dense index, proved against brute force by numpy; tests/test_dense_ivf.py has the other kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.config import DEFAULT_ENCODER, Settings
from qa.dense import KINDS, DenseIndex
from qa.dense.kinds import FLAT_AT_MOST, choose
from qa.embed import load_encoder
from qa.records import Article, Hit, Markup, RawDocument
from qa.seams import Encoder, Vectors

SEED = Path(__file__).parents[1] / "seeds/000_4cfc9b414cc2f2ae.txt"


def unit(vectors: np.ndarray) -> Vectors:
    lengths: np.ndarray = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return halved(vectors / lengths)


def halved(vectors: np.ndarray) -> Vectors:
    """Round to half precision, in which the index keeps its vectors: the build hands them over so."""
    return vectors.astype(np.float16).astype(np.float32)


def random_units(seed: int, rows: int, dimension: int) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(rows, dimension)))


def index_of(folder: Path, vectors: Vectors, encode_query: Callable[[str], Vectors]) -> DenseIndex:
    assert DenseIndex.write(folder, vectors) == "flat"
    return DenseIndex(folder, encode_query)


def brute_force(vectors: Vectors, query: Vectors, k: int) -> list[Hit]:
    """Every score in double precision, rounded to what float32 can tell apart, best first, then by row."""
    scores = (vectors.astype(np.float64) @ query.astype(np.float64)).tolist()
    return [Hit(row, scores[row]) for row in sorted(range(len(scores)), key=lambda row: (-round(scores[row], 6), row))][
        :k
    ]


def rows(hits: list[Hit]) -> list[int]:
    return [hit.row for hit in hits]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder(DEFAULT_ENCODER, Settings.from_env().models)


@pytest.fixture(scope="session")
def seed_vectors(encoder: Encoder) -> Vectors:
    """The seed's chunks, small ones, so that there are more than a few."""
    article = clean(RawDocument(SEED.name, SEED.read_text(encoding="utf-8"), Markup.PLAIN))
    assert isinstance(article, Article)
    return halved(encoder.encode_passages([searched_text(part, article) for part in chunk(article, 20)]))


@pytest.mark.parametrize("k", [1, 3, 10, 1000])
@pytest.mark.parametrize("question", ["Who condemned the launch?", "Where is Sinpo?", "What is the weather in Paris?"])
def test_real_embeddings(tmp_path: Path, encoder: Encoder, seed_vectors: Vectors, question: str, k: int) -> None:
    assert len(seed_vectors) == 29
    found = index_of(tmp_path, seed_vectors, encoder.encode_query).search(question, k)
    expected = brute_force(seed_vectors, encoder.encode_query(question), k)
    assert rows(found) == rows(expected)
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-6)


@pytest.mark.parametrize(("total", "dimension"), [(1, 3), (2, 8), (17, 5), (1000, 32), (3000, 384)])
@pytest.mark.parametrize("k", [1, 7, 100])
def test_random_vectors(tmp_path: Path, total: int, dimension: int, k: int) -> None:
    vectors, query = random_units(1, total, dimension), random_units(2, 1, dimension)[0]
    found = index_of(tmp_path, vectors, lambda _: query).search("", k)
    expected = brute_force(vectors, query, k)
    assert rows(found) == rows(expected)
    assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-6)


@pytest.mark.parametrize("dimension", [3, 8, 33, 384])
@pytest.mark.parametrize("copies", [5, 16, 17, 40, 200])
@pytest.mark.parametrize("k", [1, 4, 30])
def test_exact_duplicates_are_ordered_by_row(tmp_path: Path, dimension: int, copies: int, k: int) -> None:
    # The nearest vector once, then a tie of more rows than k and all that is fetched to spare, scattered
    # among worse ones.
    query = random_units(3, 1, dimension)[0]
    worse = -query
    near = unit(query + 0.5 * random_units(4, 1, dimension)[0])
    order = np.random.default_rng(5).permutation(["near"] * copies + ["worse"] * 100 + ["best"])
    vectors = np.stack([{"near": near, "worse": worse, "best": query}[str(kind)] for kind in order])
    expected = [row for kind in ("best", "near", "worse") for row in np.flatnonzero(order == kind).tolist()][:k]
    found = index_of(tmp_path, vectors, lambda _: query).search("", k)
    assert rows(found) == expected
    assert [hit.score for hit in found] == pytest.approx([float(vectors[row] @ query) for row in expected], abs=1e-6)


def test_an_index_of_nothing_but_one_vector_repeated(tmp_path: Path) -> None:
    query = random_units(6, 1, 16)[0]
    index = index_of(tmp_path, np.repeat(query[np.newaxis], 500, axis=0), lambda _: query)
    assert rows(index.search("", 20)) == list(range(20))


@settings(deadline=None)
@given(data=st.data(), k=st.integers(1, 40))
def test_few_distinct_directions(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, k: int) -> None:
    # Whole numbers in few dimensions are exact in float32, so every tie is a tie.
    whole = st.integers(-2, 2)
    table = data.draw(st.lists(st.tuples(whole, whole, whole), min_size=1, max_size=120))
    query = np.array(data.draw(st.tuples(whole, whole, whole)), dtype=np.float32)
    vectors = np.array(table, dtype=np.float32)
    found = index_of(tmp_path_factory.mktemp("dense"), vectors, lambda _: query).search("", k)
    assert found == brute_force(vectors, query, k)


def test_one_row(tmp_path: Path) -> None:
    vectors = random_units(7, 1, 384)
    index = index_of(tmp_path, vectors, lambda _: vectors[0])
    assert index.search("anything", 50) == [Hit(0, pytest.approx(float(vectors[0] @ vectors[0]), abs=1e-6))]


def test_no_rows_and_no_hits_wanted(tmp_path: Path) -> None:
    query = random_units(8, 1, 4)[0]
    assert index_of(tmp_path, np.empty((0, 4), dtype=np.float32), lambda _: query).search("", 5) == []
    assert index_of(tmp_path, random_units(9, 3, 4), lambda _: query).search("", 0) == []


def test_vectors_that_are_not_contiguous(tmp_path: Path) -> None:
    vectors, query = random_units(10, 8, 50).T.copy().T, random_units(11, 1, 50)[0]
    assert not vectors.flags.c_contiguous
    found = index_of(tmp_path, vectors, lambda _: query).search("", 8)
    assert rows(found) == rows(brute_force(vectors, query, 8))


def test_a_search_by_vector_is_the_search_by_its_question(tmp_path: Path) -> None:
    vectors = random_units(12, 40, 8)
    index = index_of(tmp_path, vectors, lambda _: vectors[3])
    assert index.search_vector(vectors[3], 6) == index.search("", 6)


def test_what_is_in_half_precision_is_kept_as_it_is(tmp_path: Path) -> None:
    # A mapped file of more than one block; whole numbers make the scores exact.
    vectors = np.random.default_rng(13).integers(-3, 4, size=(40_000, 6))
    np.save(tmp_path / "vectors.npy", vectors.astype(np.float16))
    query = np.array([3, -1, 2, 0, 1, -2], dtype=np.float32)
    folder = tmp_path / "index"
    folder.mkdir()
    assert DenseIndex.write(folder, np.load(tmp_path / "vectors.npy", mmap_mode="r")) == "flat"
    found = DenseIndex(folder, lambda _: query).search("", 500)
    assert found == brute_force(vectors.astype(np.float32), query, 500)


def test_the_kind_follows_from_the_number_of_rows() -> None:
    assert [choose("auto", rows) for rows in (0, 1, FLAT_AT_MOST, FLAT_AT_MOST + 1)] == ["flat", "flat", "flat", "ivf"]
    assert [choose("ivf", rows) for rows in (0, 1, 10**7)] == ["flat", "ivf", "ivf"]
    assert choose("flat", 10**7) == "flat"
    assert {"auto", "flat", "ivf"} == set(KINDS)
    with pytest.raises(ValueError, match="'hnsw' is no kind of dense index; there are auto, flat, ivf"):
        choose("hnsw", 5)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    index_of(tmp_path, random_units(14, 50, 8), lambda _: np.zeros(8, np.float32))
    path = tmp_path / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises((RuntimeError, ValueError)):
        DenseIndex(tmp_path, lambda _: np.zeros(8, np.float32))


@pytest.mark.parametrize(
    ("field", "value"),
    [("rows", 51), ("dimension", 9), ("kind", "ivf"), ("kind", "hnsw"), ("rows", "many"), ("faiss_bytes", 7)],
)
def test_a_shape_that_is_not_the_files_is_refused(tmp_path: Path, field: str, value: object) -> None:
    index_of(tmp_path, random_units(15, 50, 8), lambda _: np.zeros(8, np.float32))
    shape = json.loads((tmp_path / "shape.json").read_text())
    (tmp_path / "shape.json").write_text(json.dumps(shape | {field: value}))
    with pytest.raises((ValueError, OSError)):
        DenseIndex(tmp_path, lambda _: np.zeros(8, np.float32))


def test_a_vector_that_is_no_number_is_refused(tmp_path: Path) -> None:
    query = np.ones(8, np.float32)
    index_of(tmp_path, random_units(16, 50, 8), lambda _: query)
    path = tmp_path / "vectors.faiss"
    raw = bytearray(path.read_bytes())
    raw[-2:] = np.float16(np.nan).tobytes()
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="is damaged"):
        DenseIndex(tmp_path, lambda _: query).search("", 50)
