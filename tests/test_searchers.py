"""What every Searcher promises, put to each of them."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.dense import DenseIndex
from qa.lexical import LexicalIndex, Text, tokenize
from qa.seams import Searcher, Vectors

_WORDS = ["missile", "launch", "talks", "Korea", "Japan", "nuclear", "trade", "strike", "coast", "minister"]


def _texts() -> list[str]:
    """Sixty texts of few words, so that many are alike, and thirty that are one and the same."""
    draw = random.Random(7)
    texts = [" ".join(draw.choices(_WORDS, k=draw.randint(1, 5))) for _ in range(60)] + ["missile launch"] * 30
    draw.shuffle(texts)
    return texts


TEXTS = _texts()
QUERIES = ["missile", "missile launch", "Who met the minister of Japan?", "talks talks trade", "zebra", "coast"]
ODD = [
    "🎉", "👩\u200d👧 missile", '"missile"', "“missile’s” ‘launch’", "missile\x00launch", "\\", "%s %d {}", "*",
    "' OR 1=1 --", "missile AND NOT (launch", "\n\t", "ﬁ½ẞİ", "漢字", "\u202emissile", "\U0010ffff", "",
    "a" * 2000, "missile " * 250,
]  # fmt: skip


def _embed(text: str) -> Vectors:
    """Stand in for a model: each word adds one of sixteen directions."""
    vector = np.zeros(16, dtype=np.float32)
    for word in tokenize(text):
        vector[zlib.crc32(word.encode()) % 16] += 1
    length = np.linalg.norm(vector)
    return vector / length if length else np.eye(16, dtype=np.float32)[0]


def _write_lexical(folder: Path, texts: list[str]) -> None:
    LexicalIndex.write(folder, map(Text, texts))


def _write_dense(folder: Path, texts: list[str]) -> None:
    DenseIndex.write(folder, np.stack([_embed(text) for text in texts]))


def _open_dense(folder: Path) -> Searcher:
    return DenseIndex(folder, _embed)


Open = Callable[[], Searcher]


@pytest.fixture(
    scope="module",
    params=[(_write_lexical, LexicalIndex), (_write_dense, _open_dense)],
    ids=["LexicalIndex", "DenseIndex"],
)
def reopen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Open:
    write, open_folder = request.param
    folder = tmp_path_factory.mktemp("searcher")
    write(folder, TEXTS)
    return lambda: open_folder(folder)


@pytest.fixture(scope="module")
def searcher(reopen: Open) -> Searcher:
    return reopen()


@pytest.mark.parametrize("k", [1, 2, 7, 29, 30, 31, 90, 91, 5000])
@pytest.mark.parametrize("query", QUERIES)
def test_at_most_k_best_first_equal_scores_by_row(searcher: Searcher, query: str, k: int) -> None:
    hits = searcher.search(query, k)
    assert len(hits) <= k
    assert len({hit.row for hit in hits}) == len(hits)
    assert {hit.row for hit in hits} <= set(range(len(TEXTS)))
    for before, after in pairwise(hits):
        assert (-before.score, before.row) < (-after.score, after.row)


def test_what_is_alike_scores_alike(searcher: Searcher) -> None:
    alike = [row for row, text in enumerate(TEXTS) if text == "missile launch"]
    hits = searcher.search("missile launch", 90)
    assert [hit.row for hit in hits if hit.row in alike] == alike
    assert len({hit.score for hit in hits if hit.row in alike}) == 1
    # Nothing matches better than the question's own words; "launch missile" may match as well.
    assert {frozenset(TEXTS[hit.row].split()) for hit in searcher.search("missile launch", 30)} <= {
        frozenset(("missile", "launch"))
    }


@pytest.mark.parametrize("query", QUERIES)
def test_fewer_hits_are_the_first_of_more(searcher: Searcher, query: str) -> None:
    ten = searcher.search(query, 10)
    for k in range(11):
        assert searcher.search(query, k) == ten[:k]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.sampled_from(QUERIES), rows=st.sets(st.integers(0, len(TEXTS) - 1)), k=st.integers(0, 100))
def test_within_some_rows_the_hits_are_those_of_all_that_are_among_them(
    searcher: Searcher, query: str, rows: set[int], k: int
) -> None:
    within = np.array(sorted(rows), dtype=np.int32)
    of_all = [hit for hit in searcher.search(query, len(TEXTS)) if hit.row in rows]
    assert searcher.search(query, k, within) == of_all[:k]


@pytest.mark.parametrize("query", [*QUERIES, *ODD])
def test_within_no_row_and_within_all(searcher: Searcher, query: str) -> None:
    assert searcher.search(query, 10, np.zeros(0, dtype=np.int32)) == []
    assert searcher.search(query, 10, np.arange(len(TEXTS), dtype=np.int32)) == searcher.search(query, 10)


@pytest.mark.parametrize("query", QUERIES)
def test_the_same_question_has_the_same_hits(searcher: Searcher, reopen: Open, query: str) -> None:
    hits = searcher.search(query, 20)
    assert searcher.search(query, 20) == hits
    assert reopen().search(query, 20) == hits


def test_several_threads_at_once(searcher: Searcher) -> None:
    questions = QUERIES * 40
    odd = np.arange(1, len(TEXTS), 2, dtype=np.int32)
    alone = [(searcher.search(query, 20), searcher.search(query, 20, odd)) for query in QUERIES] * 40
    with ThreadPoolExecutor(8) as pool:
        both = pool.map(lambda query: (searcher.search(query, 20), searcher.search(query, 20, odd)), questions)
        assert list(both) == alone


@pytest.mark.parametrize("query", ODD, ids=lambda query: ascii(query[:20]))
def test_odd_questions(searcher: Searcher, query: str) -> None:
    hits = searcher.search(query, 5)
    assert hits == searcher.search(query, 90)[:5]
    if "missil" in tokenize(query):
        assert "missile" in TEXTS[hits[0].row]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text())
def test_any_question(searcher: Searcher, query: str) -> None:
    assert searcher.search(query, 3) == searcher.search(query, 10)[:3]


def test_hits_are_plain_numbers(searcher: Searcher) -> None:
    hits = [asdict(hit) for hit in searcher.search("missile", 5)]
    assert len(hits) == 5
    assert json.loads(json.dumps(hits)) == hits
