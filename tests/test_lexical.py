"""BM25, proved against rank-bm25, against the formula written out by hand, and by worked examples."""

from __future__ import annotations

import json
import math
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.lexical import STOP_WORDS, Bm25, LexicalIndex, Text, counting, files, search, tokenize
from qa.records import Article, Hit, Markup, RawDocument

ROOT = Path(__file__).parents[1]
SEED = ROOT / "seeds/000_4cfc9b414cc2f2ae.txt"
NEWS = ROOT.parent / "shared/data/multihop-news"

WORDS = st.sampled_from(["missile", "talks", "Korea", "the", "U.S.", "1,000", "launch", "launches", "é", "漢字", "🎉"])
TEXTS = st.lists(st.lists(WORDS, max_size=8).map(" ".join), max_size=8)


def index_of(folder: Path, texts: Iterable[str]) -> LexicalIndex:
    LexicalIndex.write(folder, map(Text, texts))
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


class TestContributions:
    def test_written_out_by_hand(self, tmp_path: Path) -> None:
        # The example of TestFormula: missil | talk, both in 2 of 3 passages.
        idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
        index = index_of(tmp_path, TestFormula.EXAMPLE)
        found = index.contributions("talks, missile talks", (2, 1, 0))
        talk = [2 * idf * 3 * 2.5 / (3 + 1.5 * (0.25 + 0.75 * 4 / 3)), 2 * idf * 2.5 / (1 + 1.5 * 0.75), 0.0]
        missile = [0.0, idf * 2.5 / (1 + 1.5 * 0.75), idf * 2 * 2.5 / (2 + 1.5)]
        np.testing.assert_allclose(found, [talk, missile], atol=1e-12)

    @settings(deadline=None)
    @given(TEXTS, st.lists(WORDS, max_size=5).map(" ".join), st.randoms(use_true_random=False))
    def test_they_add_up_to_the_scores(
        self, tmp_path_factory: pytest.TempPathFactory, texts: list[str], query: str, draw: random.Random
    ) -> None:
        index = index_of(tmp_path_factory.mktemp("lexical"), texts)
        rows = [draw.randrange(len(texts)) for _ in range(6)] if texts else []
        found = index.contributions(query, rows)
        known = {term for text in texts for term in tokenize(text)}
        assert found.shape == (len(dict.fromkeys(term for term in tokenize(query) if term in known)), len(rows))
        np.testing.assert_allclose(found.sum(axis=0), index.scores(query)[rows], atol=1e-9)

    def test_they_add_up_where_terms_are_frequent(self, index: LexicalIndex) -> None:
        rows = range(0, len(MANY), 7)
        for query in ("w0 w1 w2", "w7 w900 w1 w7", "w5 w5 w5", "nothing w12 here"):
            np.testing.assert_allclose(
                index.contributions(query, rows).sum(axis=0), index.scores(query)[rows], atol=1e-9
            )

    def test_unknown_terms_are_left_out(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, ["missile launch", "launch"])
        assert index.contributions("zebra launch the giraffe", (0, 1)).shape == (1, 2)
        assert index.contributions("zebra", (0, 1)).shape == (0, 2)
        assert index.contributions("", ()).shape == (0, 0)
        assert index.contributions("launch", ()).shape == (1, 0)

    def test_damage_is_said(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, ["missile launch", "launch", "launch pad"])
        codes = np.load(tmp_path / "codes.npy", mmap_mode="r+")
        kept = codes.copy()
        codes[:] = np.iinfo(codes.dtype).max
        with pytest.raises(ValueError, match="damaged"):
            index.contributions("launch", (0, 1, 2))
        codes[:] = kept
        rows = np.load(tmp_path / "rows.npy", mmap_mode="r+")
        rows[:] = -1
        with pytest.raises(ValueError, match="damaged"):
            index.contributions("launch", (0, 1, 2))


class TestRarity:
    def test_the_formula(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, ["missile launch", "missile talks", "missile trade", ""])
        assert index.rarity("Missiles, talks and the zebra") == pytest.approx(
            {
                "missil": math.log(1 + (4 - 3 + 0.5) / (3 + 0.5)),
                "talk": math.log(1 + (4 - 1 + 0.5) / (1 + 0.5)),
                "zebra": math.log(1 + (4 - 0 + 0.5) / (0 + 0.5)),  # in none: the rarest
            },
            abs=1e-12,
        )

    def test_as_the_reference_has_it(self, index: LexicalIndex) -> None:
        reference = Bm25([tokenize(text) for text in MANY])
        found = index.rarity("w0 w1 w39 w200 w1")
        assert found == {term: reference.idf[term] for term in ("w0", "w1", "w39", "w200")}

    def test_of_no_term(self, tmp_path: Path) -> None:
        assert index_of(tmp_path, ["missile"]).rarity("the of") == {}

    def test_damage_is_said(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, ["missile launch", "launch"])
        starts = np.load(tmp_path / "starts.npy", mmap_mode="r+")
        starts[:] = starts[-1] + 9
        with pytest.raises(ValueError, match="damaged"):
            index.rarity("launch")


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
        assert index_of(tmp_path, texts).scores(query).tolist() == reference.tolist()

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
            assert index.scores(query).tolist() == scores.tolist()
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
    FILES = (
        "codes.npy", "ends.npy", "frequent.npy", "hashes.npy", "maxima.npy", "rows.npy", "saturations.npy",
        "shape.json", "starts.npy", "terms.txt",
    )  # fmt: skip

    def test_terms_are_in_the_order_of_their_checksums(self, tmp_path: Path) -> None:
        index_of(tmp_path, ["zebra 漢 éclair apple \U00020000 ﬀ Zoo 10 9"])
        terms = (tmp_path / "terms.txt").read_bytes().splitlines()
        expected = ["10", "9", "appl", "ff", "zebra", "zoo", "éclair", "漢", "\U00020000"]
        assert terms == sorted((term.encode() for term in expected), key=zlib.crc32)
        assert np.load(tmp_path / "hashes.npy").tolist() == [zlib.crc32(term) for term in terms]

    def test_terms_of_one_checksum_are_told_apart(self, tmp_path: Path) -> None:
        assert zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")
        index = index_of(tmp_path, ["buckeroo", "plumless", "other words"])
        assert tokenize("plumless buckeroo") == ["plumless", "buckeroo"]
        assert [hit.row for hit in index.search("plumless", 9)] == [1]
        assert [hit.row for hit in index.search("buckeroo", 9)] == [0]

    def test_reopened_files_give_the_same_scores(self, tmp_path: Path) -> None:
        texts = passages(SEED.name, SEED.read_text(encoding="utf-8"))
        query = "Who condemned the launch of the missile?"
        first = index_of(tmp_path, texts).scores(query)
        assert LexicalIndex(tmp_path).scores(query).tolist() == first.tolist()
        assert first.any()

    def test_the_same_texts_give_the_same_bytes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        texts = [*passages(SEED.name, SEED.read_text(encoding="utf-8")), *many(2_000)]
        for name, block in (("one", counting.BLOCK), ("two", 10_000)):
            monkeypatch.setattr(counting, "BLOCK", block)
            (tmp_path / name).mkdir()
            LexicalIndex.write(tmp_path / name, map(Text, texts))
        assert tuple(sorted(path.name for path in (tmp_path / "one").iterdir())) == self.FILES
        for name in self.FILES:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()

    @pytest.mark.parametrize("name", FILES)
    @pytest.mark.parametrize("damage", ["missing", "empty", "short", "long", "noise"])
    def test_a_file_of_the_wrong_size_is_refused(self, tmp_path: Path, name: str, damage: str) -> None:
        LexicalIndex.write(tmp_path, map(Text, many(2_000)))
        whole = (tmp_path / name).read_bytes()
        wrong = {"empty": b"", "short": whole[:-3], "long": whole + b"xyz", "noise": b"\x93NUMPY\x01\x00 noise"}
        if damage == "missing":
            (tmp_path / name).unlink()
        else:
            (tmp_path / name).write_bytes(wrong[damage])
        if damage == "long" and name.endswith(".npy"):
            assert LexicalIndex(tmp_path).search("w1", 3)  # what follows an array is not read
        else:
            with pytest.raises((OSError, ValueError, KeyError)):
                LexicalIndex(tmp_path)

    @pytest.mark.parametrize(
        "content",
        ["[]", "{}", "null", '{"rows": -1, "terms": 0, "postings": 0, "saturations": 0, "frequent": 0}',
         '{"rows": true, "terms": 1.5, "postings": "1", "saturations": null, "frequent": []}'],
    )  # fmt: skip
    def test_a_shape_that_is_none_is_refused(self, tmp_path: Path, content: str) -> None:
        LexicalIndex.write(tmp_path, [Text("missile")])
        (tmp_path / "shape.json").write_text(content)
        with pytest.raises((ValueError, KeyError)):
            LexicalIndex(tmp_path)

    @pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".npy")])
    def test_any_flipped_bit_is_an_error_in_words_or_a_result(self, tmp_path: Path, name: str) -> None:
        LexicalIndex.write(tmp_path, map(Text, many(600)))
        whole = (tmp_path / name).read_bytes()
        draw = random.Random(name)
        for _ in range(40):
            changed = bytearray(whole)
            changed[draw.randrange(128, len(whole))] ^= 1 << draw.randrange(8)
            (tmp_path / name).write_bytes(changed)
            try:
                index = LexicalIndex(tmp_path)
                for query in ("w1 w2 w40", "w0", "w3 w3 w300"):
                    assert all(0 <= hit.row < 600 for hit in index.search(query, 5))
                    index.scores(query)
            except ValueError as error:
                assert str(error)  # noqa: PT017  # any of several sentences


def many(count: int, seed: int = 5) -> list[str]:
    """Return texts in which words are as unequally common as in language, alike ones near each other."""
    draw = random.Random(seed)
    topics = [[f"w{min(int(draw.paretovariate(0.4)), 900)}" for _ in range(12)] for _ in range(max(count // 40, 1))]
    common = [f"w{number}" for number in range(40)]
    return [
        " ".join(draw.choices(topics[row * len(topics) // count], k=draw.randint(0, 12)) + draw.choices(common, k=4))
        for row in range(count)
    ]


def naive(index: LexicalIndex, query: str, k: int) -> list[Hit]:
    scores = index.scores(query)
    order = np.lexsort((np.arange(len(scores)), -scores))[:k]
    return [Hit(int(row), float(scores[row])) for row in order if scores[row] > 0]


MANY = many(12_000)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    index = index_of(tmp_path_factory.mktemp("many"), MANY)
    assert index._files.shape.frequent > 10
    return index


class TestPruning:
    """What is left out could not have been of the result: ids, scores and ties are those of the whole."""

    def test_the_scores_are_those_of_rank_bm25_to_the_last_bit(self, index: LexicalIndex) -> None:
        reference = Bm25([tokenize(text) for text in MANY])
        for query in ("w0 w1 w2", "w7 w900 w1 w7", "w50", "w12 w13 nothing w14 w15 w2 w3", "w5 w5 w5"):
            assert index.scores(query).tolist() == reference.get_scores(tokenize(query)).tolist()

    @settings(max_examples=150)
    @given(st.lists(st.integers(0, 900), max_size=12), st.sampled_from([1, 2, 10, 100, 700, 20_000]))
    def test_as_without(self, index: LexicalIndex, words: list[int], k: int) -> None:
        query = " ".join(f"w{word}" for word in words)
        assert index.search(query, k) == naive(index, query, k)

    @settings(max_examples=100)
    @given(st.lists(st.integers(0, 9), min_size=1, max_size=70), st.sampled_from([1, 10, 100, 3_000]))
    def test_as_without_where_all_terms_are_frequent(self, index: LexicalIndex, words: list[int], k: int) -> None:
        query = " ".join(f"w{word}" for word in words)
        assert index.search(query, k) == naive(index, query, k)

    @pytest.mark.parametrize("share", [0.0, 1.0])
    def test_as_without_however_many_blocks_are_too_many(
        self, index: LexicalIndex, monkeypatch: pytest.MonkeyPatch, share: float
    ) -> None:
        monkeypatch.setattr(search, "_TOO_MANY", share)
        for seed in range(60):
            draw = random.Random(seed)
            query = " ".join(f"w{int(draw.paretovariate(0.5)) % 900}" for _ in range(draw.randint(1, 9)))
            assert index.search(query, 10) == naive(index, query, 10)

    def test_more_frequent_terms_than_are_bounded(self, tmp_path: Path) -> None:
        draw = random.Random(3)
        texts = [" ".join(f"w{draw.randrange(150)}" for _ in range(30)) for _ in range(3_000)]
        index = index_of(tmp_path, texts)
        query = " ".join(f"w{number}" for number in range(150))
        assert index._files.shape.frequent == 150
        assert index.search(query, 50) == naive(index, query, 50)

    def test_ties_in_every_block(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, ["launch talks", "launch", "talks", "trade"] * 2_000)
        for query in ("launch", "talks launch", "trade talks", "launch launch trade"):
            for k in (1, 3, 100, 1_999, 2_000, 2_001, 9_000):
                assert index.search(query, k) == naive(index, query, k)

    def test_maxima_are_those_of_the_postings_rounded_up(self, index: LexicalIndex) -> None:
        mapped = index._files
        step = mapped.saturations[0] / files.STEPS
        for line, term in enumerate(mapped.frequent.tolist()):
            part = slice(int(mapped.starts[term]), int(mapped.starts[term + 1]))
            largest = np.zeros(mapped.shape.blocks)
            np.maximum.at(largest, mapped.rows[part] // files.BLOCK, mapped.saturations[mapped.codes[part]])
            over = mapped.maxima[line] * step - largest
            assert over.min() > -1e-12
            assert over.max() < step

    def test_no_row_has_more_than_its_bound(self, index: LexicalIndex) -> None:
        question = index._question("w0 w1 w1 w2 w3 w5 w8 w13")
        assert question is not None
        pruning = search._Pruning(index._files, question, 10, search.Scratch(len(MANY)))
        rows = np.arange(len(MANY), dtype=np.int32)
        units = np.sum([pruning._units_at(term, rows).astype(float) for term in pruning._bounded], axis=0)
        bounds = pruning._bounds(pruning._bounded)
        assert len(pruning._bounded) > 4
        assert (bounds.repeat(files.BLOCK)[: len(rows)] - units).min() > -0.01
        assert bounds.max() <= search._UNITS

    def test_from_several_threads(self, index: LexicalIndex) -> None:
        queries = [f"w{number} w{number % 7} w{number * 3 % 200}" for number in range(100)]
        alone = [index.search(query, 20) for query in queries]
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(lambda query: index.search(query, 20), queries * 5)) == alone * 5

    def test_after_an_error_the_next_answer_is_right(self, tmp_path: Path) -> None:
        index = index_of(tmp_path, MANY)
        before = index.search("w0 w40 w41", 20)
        rows = np.load(tmp_path / "rows.npy", mmap_mode="r+")
        start = int(index._question("w40").parts[0].start)  # type: ignore[union-attr]
        kept, rows[start + 1] = int(rows[start + 1]), 2**31 - 1
        with pytest.raises(ValueError, match="damaged"):
            index.search("w0 w40 w41", 20)
        with pytest.raises(ValueError, match="damaged"):
            index.scores("w40")
        rows[start + 1] = kept
        assert index.search("w0 w40 w41", 20) == before


class TestWithin:
    """Only some rows are searched: each scores what it does in the whole."""

    @pytest.mark.parametrize("costs", [0, 5, 10**9], ids=["looked up", "as chosen", "all read"])
    def test_as_all_scores_without_the_other_rows(
        self, index: LexicalIndex, monkeypatch: pytest.MonkeyPatch, costs: int
    ) -> None:
        monkeypatch.setattr("qa.lexical.index._LOOKED_UP_COSTS", costs)
        draw = random.Random(3)
        rows = range(index._files.shape.rows)
        for size in (0, 1, 9, 300, len(rows) - 1, len(rows)):
            within = np.array(sorted(draw.sample(rows, size)), dtype=np.int32)
            for query in ("w1 w1 w2", "w3 w170", "w1 w2 w3 w4 w5 w6", "zebra"):
                scores = index.scores(query)
                order = sorted(within.tolist(), key=lambda row: (-scores[row], row))
                expected = [Hit(row, float(scores[row])) for row in order if scores[row] > 0]
                for k in (0, 1, 10, 10**6):
                    assert index.search(query, k, within) == expected[:k]

    def test_damage_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        index_of(tmp_path, ["missile", "missile launch", "coast"])
        codes = np.load(tmp_path / "codes.npy")
        np.save(tmp_path / "codes.npy", np.full_like(codes, 9))
        for costs in (0, 10**9):
            monkeypatch.setattr("qa.lexical.index._LOOKED_UP_COSTS", costs)
            with pytest.raises(ValueError, match="the lexical index is damaged"):
                LexicalIndex(tmp_path).search("missile", 1, np.array([1], dtype=np.int32))


class TestWriting:
    @settings(max_examples=60)
    @given(st.lists(st.text(), max_size=12))
    def test_any_texts_streamed(self, tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
        index = index_of(tmp_path_factory.mktemp("lexical"), iter(texts))
        documents = [tokenize(text) for text in texts]
        assert index.scores("nothing here").shape == (len(texts),)
        if any(documents):
            query = " ".join(term for document in documents for term in document[:2])
            reference = Bm25(documents)
            assert index.scores(query).tolist() == reference.get_scores(tokenize(query)).tolist()

    @settings(max_examples=300)
    @given(st.text() | st.text(alphabet="aZ09.,'_- \n\x00’ßÉ漢´½ﬁ\u0301\u0338", max_size=40))
    def test_forms_have_the_terms_of_their_text(self, text: str) -> None:
        vocabulary = counting.Vocabulary()
        (block,) = counting.count([Text(text)], vocabulary)
        names = list(vocabulary.numbers)
        counted: Counter[str] = Counter()
        assert block.sizes.tolist() == [1] * len(block.terms)
        for number, times in zip(block.terms.tolist(), block.counts.tolist(), strict=True):
            counted[names[number]] = times
        assert counted == Counter(tokenize(text))
        assert [term for form in counting.forms(text) for term in tokenize(form)] == tokenize(text)

    def test_forms_of_real_text(self) -> None:
        for text in passages(SEED.name, SEED.read_text(encoding="utf-8")):
            assert [term for form in counting.forms(text) for term in tokenize(form)] == tokenize(text)

    def test_a_word_seventy_thousand_times(self, tmp_path: Path) -> None:
        texts = ["missile launch", "missile " * 70_000, "talks " * 66_000 + "missile", "trade talks"]
        index, reference = index_of(tmp_path, texts), Bm25([tokenize(text) for text in texts])
        for query in ("missile", "talks missile", "trade launch"):
            assert index.scores(query).tolist() == reference.get_scores(tokenize(query)).tolist()
            assert index.search(query, 3) == naive(index, query, 3)

    def test_more_pairs_of_count_and_length_than_short_codes_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "_SHORT_CODES", 8)
        texts = many(300)
        index, reference = index_of(tmp_path, texts), Bm25([tokenize(text) for text in texts])
        assert index._files.codes.dtype == np.uint32
        for query in ("w1", "w3 w17 w40", "w300"):
            assert index.scores(query).tolist() == reference.get_scores(tokenize(query)).tolist()
            assert index.search(query, 7) == naive(index, query, 7)

    def test_a_vocabulary_that_is_forgotten_now_and_then(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        texts = [f"{text} U.S.-led.{row}" for row, text in enumerate(many(400))]
        reference = Bm25([tokenize(text) for text in texts])
        monkeypatch.setattr(counting, "_FORMS", 8)
        monkeypatch.setattr(counting, "BLOCK", 500)
        index = index_of(tmp_path, texts)
        for query in ("w1 w2", "U.S. led 17", "w40 w41 399"):
            assert index.scores(query).tolist() == reference.get_scores(tokenize(query)).tolist()

    def test_a_writer_that_fails_says_so(self, tmp_path: Path) -> None:
        def texts() -> Iterator[str]:
            yield "missile"
            raise OSError("the disk went away")

        with pytest.raises(OSError, match="went away"):
            LexicalIndex.write(tmp_path, map(Text, texts()))
        assert list(tmp_path.iterdir()) == []
