"""Which articles and passages pass a filter, held against a reading of every article, one by one."""

from __future__ import annotations

import shutil
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.chunk import chunk, searched_text
from qa.clean import clean
from qa.errors import BadFilterError, IndexDamagedError
from qa.load import Limits, read
from qa.published import day_of, moment_of
from qa.records import NO_FILTERS, Article, Chunk, Filters, RawDocument
from qa.store import FILE, Counts, Entry, Overview, SourceCount, Store, StoreWriter

NEWS = Path(__file__).resolve().parents[2] / "shared" / "data" / "multihop-news" / "corpus.jsonl"


def write(folder: Path, articles: Sequence[Article], words: int = 3) -> list[Chunk]:
    """Write a store of these articles; return its chunks by row."""
    chunks: list[Chunk] = []
    (folder / "work").mkdir()
    with StoreWriter(folder / "work") as writer:
        for article in sorted(articles, key=lambda article: article.id.encode()):
            own = chunk(article, words)
            chunks += own
            writer.add(article, article.id.encode(), own, [searched_text(part, article) for part in own])
        writer.finish(folder)
    shutil.rmtree(folder / "work")
    return chunks


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    with closing(Store(folder)) as store:
        yield store


def passes(article: Article, filters: Filters) -> bool:
    day = day_of(article)
    in_range = (filters.since is None or (day is not None and day >= date.fromisoformat(filters.since))) and (
        filters.until is None or (day is not None and day <= date.fromisoformat(filters.until))
    )
    return in_range and (not filters.sources or article.source in filters.sources)


def newest_first(articles: Sequence[Article]) -> list[Article]:
    by_id = sorted(articles, key=lambda article: article.id.encode())
    dated = [(moment, article) for article in by_id if (moment := moment_of(article.published_at))]
    undated = [article for article in by_id if moment_of(article.published_at) is None]
    return [article for _, article in sorted(dated, key=lambda pair: pair[0], reverse=True)] + undated


DATES = [
    None, "", "soon", "2023", "2023-10", "2023-10-04", "2023-10-04T08:00:00Z", "2023-10-04 23:30:00",
    "2023-10-04T23:30:00-05:00", "2023-10-05T00:30:00+09:00", "20231004", "2023-W40-3", "2023-10-04T08:00:00.123456Z",
    "0001-01-01", "0001-01-01T00:00:00+09:00", "9999-12-31", "9999-12-31T23:00:00-09:00", "1969-12-31T23:59:59.999Z",
    "2023-09-26 05:26:05.000000000Z",
]  # fmt: skip
SOURCES = [None, "The Verge", "Wired", "WIRED", "' OR 1=1 --", ""]
ARTICLES = st.lists(
    st.builds(
        Article,
        id=st.text(st.characters(codec="utf-8"), max_size=3),
        title=st.sampled_from(["Apple", "Äpfel im Preis", "a_b%c", ""]),
        text=st.sampled_from(["", "One is here.", "One is here. Two is here. Three is here.", "A b. " * 20]),
        origin=st.just("test"),
        source=st.sampled_from(SOURCES),
        published_at=st.sampled_from(DATES),
    ),
    unique_by=lambda article: article.id,
    max_size=12,
)
DAYS = st.none() | st.sampled_from(["0001-01-01", "1969-12-31", "2023-10-03", "2023-10-04", "2023-10-05", "9999-12-31"])
FILTERS = st.builds(
    Filters,
    st.lists(st.sampled_from([source for source in [*SOURCES, "None of them"] if source is not None]), max_size=3).map(
        tuple
    ),
    DAYS,
    DAYS,
)


def check(store: Store, articles: Sequence[Article], chunks: Sequence[Chunk], filters: Filters) -> None:
    """Hold everything that a store says of filters against the articles themselves."""
    passing = newest_first([article for article in articles if passes(article, filters)])
    ids = {article.id for article in passing}
    rows = [row for row, part in enumerate(chunks) if part.article_id in ids]
    found = store.rows_of(filters)
    assert found.tolist() == rows
    assert found.dtype == np.int32
    assert store.counts(filters) == Counts(len(passing), len(rows))
    assert store.newest(len(articles), filters) == passing
    assert store.newest(2, filters) == passing[:2]
    of = Counter(part.article_id for part in chunks)
    entries = store.find("", filters, 1, 5)
    assert entries.total == len(passing)
    assert entries.entries == tuple(Entry.of(article, of[article.id]) for article in passing[1:6])


@given(articles=ARTICLES, filters=st.lists(FILTERS, min_size=1, max_size=5))
def test_any_articles_and_filters(
    tmp_path_factory: pytest.TempPathFactory, articles: list[Article], filters: list[Filters]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    chunks = write(folder, articles)
    with opened(folder) as store:
        for each in (*filters, NO_FILTERS):
            check(store, articles, chunks, each)


@pytest.mark.parametrize(
    ("stated", "days"),
    [
        ("2023", ["2023-01-01"]),
        ("2023-10", ["2023-10-01"]),
        ("2023-10-04T23:30:00-05:00", ["2023-10-05"]),
        ("2023-10-05T00:30:00+09:00", ["2023-10-04"]),
        ("2023-10-04T00:00:00Z", ["2023-10-04"]),
        ("2023-10-04T23:59:59.999999Z", ["2023-10-04"]),
        ("20231004", ["2023-10-04"]),
        ("4 October 2023", []),
        (None, []),
    ],
)
def test_a_day_is_the_day_in_utc(tmp_path: Path, stated: str | None, days: list[str]) -> None:
    write(tmp_path, [Article("a", "A", "One is here.", "test", published_at=stated)])
    around = [
        "2022-12-31",
        "2023-01-01",
        "2023-01-02",
        "2023-09-30",
        "2023-10-01",
        "2023-10-03",
        "2023-10-04",
        "2023-10-05",
    ]
    with opened(tmp_path) as store:
        assert [day for day in around if len(store.rows_of(Filters((), day, day)))] == days


@pytest.mark.parametrize("day", ["", "2023", "2023-10", "soon", "2023-02-30", "\ud800", "x" * 9999])
def test_what_is_no_day_is_no_filter(tmp_path: Path, day: str) -> None:
    write(tmp_path, [Article("a", "A", "One is here.", "test")])
    with opened(tmp_path) as store:
        for filters in (Filters((), day), Filters((), None, day)):
            with pytest.raises(BadFilterError, match="is not a day") as refused:
                store.rows_of(filters)
            assert len(str(refused.value)) < 250


class TestOverview:
    def test_sources_by_count_then_name_and_the_days(self, tmp_path: Path) -> None:
        rows = [
            ("Wired", "2023-10-05T00:30:00+09:00"), ("The Verge", "2024-01-02"), ("Wired", None), (None, "soon"),
            (None, "2023-12"), ("Ars", "2023-11-11"), ("Zeit", "2023-11-12"),
        ]  # fmt: skip
        write(
            tmp_path,
            [
                Article(str(number), "T", "x", "test", source=source, published_at=stated)
                for number, (source, stated) in enumerate(rows)
            ],
        )
        counts = [("Wired", 2), (None, 2), ("Ars", 1), ("The Verge", 1), ("Zeit", 1)]
        with opened(tmp_path) as store:
            overview = store.overview()
            assert overview == Overview(
                tuple(SourceCount(source, articles) for source, articles in counts), "2023-10-04", "2024-01-02", 2
            )
            assert store.overview() is overview

    def test_of_nothing(self, tmp_path: Path) -> None:
        write(tmp_path, [])
        with opened(tmp_path) as store:
            assert store.overview() == Overview((), None, None, 0)
            assert store.rows_of(NO_FILTERS).tolist() == []
            assert store.counts(Filters(("a",), "2023-01-01")) == Counts(0, 0)
            assert store.find("a", NO_FILTERS, 0, 10).total == 0


TITLES = (
    "Why the Apple Watch is banned", "Äpfel und Birnen", "100% of a_b", "Élan vital", "ＦＵＬＬ width", "STRASSE",
    "It's 3 o'clock", "naïve café", "漢字 news", "İstanbul", "a\\b",
)  # fmt: skip


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], set[str]]]:
    folder = tmp_path_factory.mktemp("titles")
    write(folder, [Article(str(n), title, "x", "test") for n, title in enumerate(TITLES)])
    with opened(folder) as store:
        yield lambda words: {entry.title for entry in store.find(words, NO_FILTERS, 0, 50).entries}


class TestFind:
    @pytest.mark.parametrize(
        ("words", "titles"),
        [
            ("apple", {"Why the Apple Watch is banned"}), ("APPLE watch", {"Why the Apple Watch is banned"}),
            ("watch apple", {"Why the Apple Watch is banned"}), ("apple pear", set()), ("pple", {TITLES[0]}),
            ("apfel", {"Äpfel und Birnen"}), ("ÄPFEL", {"Äpfel und Birnen"}), ("A\u0308pfel", {"Äpfel und Birnen"}),
            ("elan", {"Élan vital"}), ("full", {"ＦＵＬＬ width"}), ("straße", {"STRASSE"}),
            ("cafe naive", {"naïve café"}), ("漢", {"漢字 news"}), ("istanbul", {"İstanbul"}),
            ("%", {"100% of a_b"}), ("_", {"100% of a_b"}), ("a_b", {"100% of a_b"}), ("a%b", set()), ("\\", {"a\\b"}),
            ("'", {"It's 3 o'clock"}), ("' OR 1=1 --", set()), ("*", set()), ("\x00", set()), ("\ud800", set()),
            ("x" * 100_000, set()), ("  \n ", set(TITLES)), ("", set(TITLES)),
        ],
        ids=lambda value: ascii(sorted(value) if isinstance(value, set) else value)[:30],
    )  # fmt: skip
    def test_every_word_is_somewhere_in_the_title(
        self, find: Callable[[str], set[str]], words: str, titles: set[str]
    ) -> None:
        assert find(words) == titles

    @given(start=st.integers(0, 200), length=st.integers(1, 20), number=st.integers(0, len(TITLES) - 1))
    def test_any_part_of_a_title_finds_it(
        self, find: Callable[[str], set[str]], start: int, length: int, number: int
    ) -> None:
        title = TITLES[number]
        part = title[start % len(title) :][:length]
        assert title in find(part)
        assert title in find(unicodedata.normalize("NFD", part).swapcase())

    @pytest.mark.parametrize(
        ("offset", "limit", "ids"), [(0, 2, "13"), (2, 2, "20"), (1, 99, "320"), (4, 5, ""), (99, 5, ""), (0, 0, "")]
    )
    def test_a_part_of_the_list(self, tmp_path: Path, offset: int, limit: int, ids: str) -> None:
        dates = ["2023", "2024-02-01", "2024-01-01T00:00:00Z", "2024-02-01", None]
        titles = ["News", "News", "news!", "The news", "Olds"]
        together = enumerate(zip(titles, dates, strict=True))
        write(tmp_path, [Article(str(n), title, "x", "o", published_at=day) for n, (title, day) in together])
        with opened(tmp_path) as store:
            found = store.find("news", NO_FILTERS, offset, limit)
        assert (found.total, "".join(entry.id for entry in found.entries)) == (4, ids)

    def test_an_entry(self, tmp_path: Path) -> None:
        article = Article("a", "T", "One is here. Two is here.", "notes/a.md", "https://a", "S", "Ann", "2023-10-04")
        write(tmp_path, [article])
        with opened(tmp_path) as store:
            found = store.find("t", Filters(("S",), "2023-10-04", "2023-10-04"), 0, 9)
        assert found.entries == (Entry("a", "T", "S", "Ann", "2023-10-04", "https://a", "notes/a.md", 2),)


class TestDamage:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        write(tmp_path, [Article(name, name, "One is here. Two is here.", "t", source="S") for name in "abc"])
        return tmp_path

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE articles SET first_chunk = 7 WHERE row = 1",
            "UPDATE articles SET chunks = 3 WHERE row = 2",
            "UPDATE articles SET chunks = -2 WHERE row = 2",
            "UPDATE articles SET chunks = 9000000000000000000, first_chunk = 4 WHERE row = 2",
            "DELETE FROM articles WHERE row = 1",
            "UPDATE articles SET row = 7 WHERE row = 2",
            "DELETE FROM chunks WHERE row = 5",
            "DROP TABLE articles",
        ],
    )
    def test_what_cannot_be_is_named(self, folder: Path, statement: str) -> None:
        with closing(sqlite3.connect(folder / FILE)) as db:
            db.executescript(statement)
        asked: list[Callable[[Store], object]] = [
            lambda store: store.rows_of(Filters(("S",))),
            lambda store: store.counts(Filters(("S",))),
            lambda store: store.overview(),
            lambda store: store.find("a", NO_FILTERS, 0, 5),
        ]
        for ask in asked:
            with opened(folder) as store, pytest.raises(IndexDamagedError, match=r"is damaged .*`qa build"):
                ask(store)

    def test_an_entry_that_was_altered_is_not_shown(self, folder: Path) -> None:
        with closing(sqlite3.connect(folder / FILE)) as db:
            db.executescript("UPDATE articles SET title = 'x' WHERE row = 1")
        with opened(folder) as store:
            assert store.counts(Filters(("S",))).articles == 3
            with pytest.raises(IndexDamagedError, match="a row is not what was written"):
                store.find("x", NO_FILTERS, 0, 5)

    def test_a_store_without_the_indexes_says_the_same(self, folder: Path) -> None:
        """An older version has others, and is read all the same."""
        with opened(folder) as store:
            before = store.overview(), store.rows_of(Filters(("S",))).tolist(), store.find("b", NO_FILTERS, 0, 5)
        with closing(sqlite3.connect(folder / FILE)) as db:
            db.executescript("DROP INDEX articles_in_brief; DROP INDEX articles_by_title")
        with opened(folder) as store:
            assert (
                store.overview(),
                store.rows_of(Filters(("S",))).tolist(),
                store.find("b", NO_FILTERS, 0, 5),
            ) == before


def test_what_is_read_of_all_articles_is_not_read_past_their_texts(tmp_path: Path) -> None:
    write(tmp_path, [])
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        for statement in (
            "SELECT row, source, published_at, first_chunk, chunks FROM articles",
            "SELECT row, title FROM articles",
        ):
            ((*_, plan),) = db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            assert "USING COVERING INDEX" in plan


@pytest.mark.skipif(not NEWS.is_file(), reason="the news articles are not here (../shared/data/multihop-news)")
class TestNews:
    """Six hundred real articles."""

    def test_every_filter_as_article_by_article(self, tmp_path: Path) -> None:
        cleaned = [clean(raw) for raw in read(NEWS, Limits.from_mb(512, 16)) if isinstance(raw, RawDocument)]
        articles = [article for article in cleaned if isinstance(article, Article)]
        chunks = write(tmp_path, articles, 180)
        with opened(tmp_path) as store:
            sources = store.sources()
            assert len(sources) > 40
            assert len(chunks) > 5000
            overview = store.overview()
            assert overview.first_day is not None
            for number, source in enumerate(sources):
                filters = Filters(
                    (source, sources[number - 1]), "2023-10-01", f"2023-{10 + number % 3}-{1 + number % 28:02}"
                )
                check(store, articles, chunks, filters)
            check(store, articles, chunks, Filters((), overview.first_day, overview.last_day))
            assert store.counts(NO_FILTERS) == Counts(len(articles), len(chunks))
