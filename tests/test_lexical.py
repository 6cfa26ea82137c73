"""BM25, proved against rank-bm25, against the formula written out by hand, and by worked examples."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.lexical import STOP_WORDS, Bm25, LexicalIndex, tokenize
from qa.records import Article, Hit, Markup, RawDocument

ROOT = Path(__file__).parents[1]
SEED = ROOT / "seeds/000_4cfc9b414cc2f2ae.txt"
NEWS = ROOT.parent / "shared/data/multihop-news"

WORDS = st.sampled_from(["missile", "talks", "Korea", "the", "U.S.", "1,000", "launch", "launches", "é", "漢字", "🎉"])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=8)


def index_of(folder: Path, texts: Sequence[str]) -> LexicalIndex:
    LexicalIndex.write(folder, texts)
    return LexicalIndex(folder)


def passages(name: str, content: str) -> list[str]:
    article = clean(RawDocument(name, content, Markup.PLAIN))
    assert isinstance(article, Article)
    return [searched_text(part, article) for part in chunk(article, 100)]


class TestTokenize:
    @pytest.mark.parametrize(
        ("text", "terms"),
        [
            ("The U.S. tests’ 1,000 missiles", ["us", "test", "1000", "missil"]),
            ("the US, the U.S. and the u.s.", ["us", "us", "us"]),
            ("J.R.R. Tolkien, e.g. at 5 p.m.", ["jrr", "tolkien", "eg", "5", "pm"]),
            ("U.S.-led talks in the U.S.A.", ["us", "led", "talk", "usa"]),
            # A possessive is the word itself, with either apostrophe.
            ("Korea’s Korea's KOREA", ["korea", "korea", "korea"]),
            ("O'Neill don't rock ’n’ roll", ["o'neil", "don't", "rock", "n", "roll"]),
            ("1,000,000.5 and 3.14, 2023-10-04", ["1000000.5", "3.14", "2023", "10", "04"]),
            # NFKC: full width, ligature, superscript, degree, no-break space.
            ("ＮＡＳＡ ﬁnal x² 5\u00a0℃", ["nasa", "final", "x2", "5", "c"]),
            # Case folding that changes length.
            ("STRASSE Straße ΣΊΣΥΦΟΣ σίσυφος", ["strass", "strass", "σίσυφοσ", "σίσυφοσ"]),
            # Ideographs and kana one by one, also where they touch a word; other letters by words.
            ("漢字カナ 使用Python编程", ["漢", "字", "カ", "ナ", "使", "用", "python", "编", "程"]),
            ("한국 미사일 Москва", ["한국", "미사일", "москва"]),
            ("snake_case and-dashes", ["snake", "case", "dash"]),
            ("the of and not", []),
            ("🎉 … — “” _ \x00", []),
            ("", []),
        ],
    )
    def test_worked_examples(self, text: str, terms: list[str]) -> None:
        assert tokenize(text) == terms

    def test_every_stop_word_of_lucene_is_one(self) -> None:
        assert len(STOP_WORDS) == 33
        assert tokenize(" ".join(sorted(STOP_WORDS))) == []

    @settings(deadline=None)
    @given(st.text(), st.text())
    def test_texts_on_two_lines_have_the_terms_of_both(self, first: str, second: str) -> None:
        assert tokenize(f"{first}\n{second}") == tokenize(first) + tokenize(second)

    def test_a_very_long_word_is_one_term(self) -> None:
        assert tokenize("q" * 200_000) == ["q" * 200_000]


class TestFormula:
    # missil talk | 3, 2 and 4 terms, 3 on average; k1 = 1.5, b = 0.75
    EXAMPLE = ("Missile, missile launch", "missile talks", "Talks, talks, talks: trade")

    def test_written_out_by_hand(self, tmp_path: Path) -> None:
        idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))  # both terms are in 2 of 3
        expected = [
            idf * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 3 / 3)),
            2 * idf * 1 * 2.5 / (1 + 1.5 * (0.25 + 0.75 * 2 / 3)),
            idf * 3 * 2.5 / (3 + 1.5 * (0.25 + 0.75 * 4 / 3)),
        ]
        index = index_of(tmp_path, self.EXAMPLE)
        assert index.scores("missile talks").tolist() == pytest.approx(expected, abs=1e-12)
        assert expected == pytest.approx([0.671434, 1.105891, 0.723083], abs=1e-6)
        assert [hit.row for hit in index.search("missile talks", 3)] == [1, 2, 0]

    def test_a_term_asked_twice_counts_twice(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, self.EXAMPLE)
        missile, talks = index.scores("missile"), index.scores("talks")
        np.testing.assert_allclose(index.scores("talks missile talk"), missile + 2 * talks, atol=1e-12)

    def test_the_trap_of_okapi_idf_and_that_ours_is_positive(self, tmp_path: Path) -> None:
        documents = [tokenize(text) for text in ("missile launch", "missile talks", "missile trade")]
        # In every passage: rank-bm25 gives the term a weight below zero, so matching it counts against a passage.
        assert math.log(0.5) - math.log(3.5) == pytest.approx(-1.945910, abs=1e-6)
        assert BM25Okapi(documents[:1]).idf["missil"] == pytest.approx(-0.25 * math.log(3), abs=1e-12)
        assert BM25Okapi(documents[:1]).get_scores(["missil"])[0] < 0
        # In one of two passages: the weight is zero, so a match cannot be told from a miss.
        assert BM25Okapi(documents[:2]).get_scores(["launch"]).tolist() == [0, 0]
        assert Bm25(documents).idf["missil"] == pytest.approx(math.log(1 + 0.5 / 3.5), abs=1e-12)
        assert Bm25(documents[:2]).get_scores(["launch"])[0] > 0
        index = index_of(tmp_path, ["missile launch", "missile talks", "missile trade"])
        assert [hit.row for hit in index.search("missile", 9)] == [0, 1, 2]

    @settings(deadline=None)
    @given(st.integers(1, 10**9).flatmap(lambda total: st.tuples(st.just(total), st.integers(1, total))))
    def test_idf_is_positive_for_any_count(self, counts: tuple[int, int]) -> None:
        total, within = counts
        bm25 = Bm25([["x"]])
        bm25.corpus_size = total
        bm25._calc_idf({"x": within})
        assert bm25.idf["x"] > 0

    @settings(deadline=None)
    @given(TEXTS, st.lists(WORDS, max_size=4).map(" ".join))
    def test_an_independent_implementation(
        self, tmp_path_factory: pytest.TempPathFactory, texts: list[str], query: str
    ) -> None:
        index = index_of(tmp_path_factory.mktemp("lexical"), texts)
        assert index.scores(query).tolist() == pytest.approx(by_hand(texts, query), abs=1e-9)


def by_hand(texts: Sequence[str], query: str) -> list[float]:
    """Robertson and Zaragoza 2009, formula 3.15, with Lucene's idf and the numerator (k1 + 1)."""
    documents = [Counter(tokenize(text)) for text in texts]
    average = sum(document.total() for document in documents) / max(len(documents), 1)
    scores = []
    for document in documents:
        score = 0.0
        for term in tokenize(query):
            if frequency := document[term]:
                within = sum(term in other for other in documents)
                idf = math.log(1 + (len(documents) - within + 0.5) / (within + 0.5))
                saturation = frequency + 1.5 * (1 - 0.75 + 0.75 * document.total() / average)
                score += idf * frequency * (1.5 + 1) / saturation
        scores.append(score)
    return scores


class TestAgainstRankBm25:
    @pytest.mark.parametrize(
        "query",
        [
            "Who condemned the launch of the missile?",
            "What did Fumio Kishida say?",
            "North Korea North Korea’s missiles",
            "U.S. talks in Seoul",
            "zebra",
            "the",
        ],
    )
    def test_the_seed_article(self, tmp_path: Path, query: str) -> None:
        texts = passages(SEED.name, SEED.read_text(encoding="utf-8"))
        reference = Bm25([tokenize(text) for text in texts]).get_scores(tokenize(query))
        np.testing.assert_allclose(index_of(tmp_path, texts).scores(query), reference, rtol=0, atol=1e-6)

    def test_sixty_news_articles(self, tmp_path: Path) -> None:
        if not (NEWS / "corpus.jsonl").is_file():
            pytest.skip(f"the development set multihop-news is not at {NEWS}")
        with (NEWS / "corpus.jsonl").open(encoding="utf-8") as file:
            articles = [json.loads(next(file)) for _ in range(60)]
        with (NEWS / "queries.jsonl").open(encoding="utf-8") as file:
            queries = [json.loads(next(file))["text"] for _ in range(12)]
        texts = [text for article in articles for text in passages(article["title"], article["text"])]
        assert len(texts) > 600
        index, reference = index_of(tmp_path, texts), Bm25([tokenize(text) for text in texts])
        for query in queries:
            scores = reference.get_scores(tokenize(query))
            np.testing.assert_allclose(index.scores(query), scores, rtol=0, atol=1e-6)
            best = np.lexsort((np.arange(len(scores)), -index.scores(query)))[:10]
            assert [hit.row for hit in index.search(query, 10)] == best.tolist()


class TestEdges:
    @pytest.mark.parametrize("texts", [[], [""], ["the", "🎉"]])
    def test_nothing_to_find(self, tmp_path: Path, texts: list[str]) -> None:
        index = index_of(tmp_path, texts)
        assert index.scores("missile").tolist() == [0.0] * len(texts)
        assert index.search("missile", 10) == []

    def test_one_document(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, ["missile launch"])
        assert index.search("missiles", 10) == [Hit(0, pytest.approx(math.log(1 + 0.5 / 1.5), abs=1e-12))]

    def test_a_document_without_any_term_among_others(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, ["the", "missile", "", "missile"])
        assert [hit.row for hit in index.search("missile", 10)] == [1, 3]

    @pytest.mark.parametrize("query", ["zebra", "the", "", "🎉", "missi", "\n"])
    def test_a_query_without_a_known_term_finds_nothing(self, tmp_path: Path, query: str) -> None:
        assert index_of(tmp_path, ["missile", "launch"]).search(query, 10) == []

    def test_a_tie_at_the_last_place_goes_to_the_earlier_rows(self, tmp_path: Path) -> None:
        texts = ["launch talks trade", *["launch"] * 20, "launch launch", *["launch"] * 20]
        found = [hit.row for hit in index_of(tmp_path, texts).search("launch", 7)]
        assert found == [21, 1, 2, 3, 4, 5, 6]

    @pytest.mark.parametrize(("k", "rows"), [(0, []), (1, [1]), (3, [1, 0, 2]), (4, [1, 0, 2]), (10**12, [1, 0, 2])])
    def test_any_k(self, tmp_path: Path, k: int, rows: list[int]) -> None:
        texts = ["launch here", "launch", "launch here", "zebra"]
        assert [hit.row for hit in index_of(tmp_path, texts).search("launch", k)] == rows


class TestFiles:
    def test_terms_are_sorted_by_their_bytes(self, tmp_path: Path) -> None:
        index_of(tmp_path, ["zebra 漢 éclair apple \U00020000 ﬀ Zoo 10 9"])
        terms = (tmp_path / "terms.txt").read_bytes().split(b"\n")
        expected = ["10", "9", "appl", "ff", "zebra", "zoo", "éclair", "漢", "\U00020000"]
        assert [term.decode() for term in terms] == expected

    def test_reopened_files_give_the_same_scores(self, tmp_path: Path) -> None:
        texts = passages(SEED.name, SEED.read_text(encoding="utf-8"))
        query = "Who condemned the launch of the missile?"
        first = index_of(tmp_path, texts).scores(query)
        assert LexicalIndex(tmp_path).scores(query).tolist() == first.tolist()
        assert first.any()

    def test_the_same_texts_give_the_same_bytes(self, tmp_path: Path) -> None:
        texts = passages(SEED.name, SEED.read_text(encoding="utf-8"))
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            LexicalIndex.write(tmp_path / name, iter(texts))
        files = sorted(path.name for path in (tmp_path / "one").iterdir())
        assert files == ["rows.npy", "shape.json", "starts.npy", "terms.txt", "weights.npy"]
        for name in files:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
