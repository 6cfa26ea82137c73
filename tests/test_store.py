"""Articles and chunks on disk: what goes in comes out, and what is not there is said to be missing."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chunk import chunk, searched_text
from qa.errors import ArticleNotFoundError, IndexDamagedError
from qa.records import Article, Chunk, Filters, Heading, Span
from qa.store import FILE, Published, Store, Stored, StoreWriter

TEXT = "Heading\n\nKim met Noh. 🎉 \U00010348 “é” \u200d said."
FULL = Article(
    id="news/2023: a?b#c%20d",
    title="Title “with” 🎉 and 'quotes'",
    text=TEXT,
    origin="corpus.jsonl:17",
    url="https://example.com/?a=b&c=d#e",
    source="The Paper",
    author="O'Neill; DROP TABLE articles",
    published_at="2023-10-04",
    headings=(Heading(2, 0, 7), Heading(3, 9, 12)),
    metadata={"section": "Wörld", "emoji": "👩\u200d👧", "": "empty name", "quote": '"'},
)
BARE = Article(id="b", title="", text="", origin="")
WHOLE = Chunk(f"{FULL.id}:0", FULL.id, Span(9, len(TEXT)), "Title › Heading 🎉", (Span(9, 21), Span(22, len(TEXT))))
PART = Chunk(f"{FULL.id}:1", FULL.id, Span(22, 23), "", (Span(22, 23),))


def write(folder: Path, articles: Iterable[Article], chunks: Iterable[Chunk], previous: Path | None = None) -> Stored:
    """Write a store of these articles, in the order in which they come, with the chunks that are theirs."""
    chunks = list(chunks)
    (folder / "work").mkdir()
    with StoreWriter(folder / "work", previous) as writer:
        for article in articles:
            own = [part for part in chunks if part.article_id == article.id]
            writer.add(article, raw_of(article), own, [searched_text(part, article) for part in own])
        stored = writer.finish(folder)
    shutil.rmtree(folder / "work")
    return stored


def raw_of(article: Article) -> bytes:
    return hashlib.sha256(article.id.encode()).digest()


@contextmanager
def stored(folder: Path, articles: list[Article], chunks: list[Chunk]) -> Iterator[Store]:
    write(folder, articles, chunks)
    store = Store(folder)
    yield store
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with stored(tmp_path, [BARE, FULL], [WHOLE, PART]) as opened:
        yield opened


class TestRoundTrip:
    def test_every_field(self, store: Store) -> None:
        assert store.article(FULL.id) == FULL
        assert store.article("b") == BARE
        assert store.articles() == [BARE, FULL]
        assert store.chunks([0, 1]) == [(WHOLE, FULL), (PART, FULL)]

    def test_offsets_count_code_points(self, store: Store) -> None:
        ((part, article),) = store.chunks([1])
        assert article.text[part.span.start : part.span.end] == "🎉"

    _TEXT = st.text(st.characters(exclude_categories=["Cs"]))
    _MAYBE = st.none() | _TEXT
    _ARTICLES = st.lists(
        st.builds(
            Article,
            id=_TEXT,
            title=_TEXT,
            text=_TEXT,
            origin=_TEXT,
            url=_MAYBE,
            source=_MAYBE,
            author=_MAYBE,
            published_at=_MAYBE,
            headings=st.lists(st.builds(Heading, st.integers(1, 6), st.integers(0), st.integers(0, 2**40))).map(tuple),
            metadata=st.dictionaries(_TEXT, _TEXT, max_size=3),
        ),
        unique_by=lambda article: article.id,
        max_size=4,
    )

    @settings(max_examples=40, deadline=None)
    @given(articles=_ARTICLES)
    def test_any_articles(self, tmp_path_factory: pytest.TempPathFactory, articles: list[Article]) -> None:
        with stored(tmp_path_factory.mktemp("store"), articles, []) as store:
            assert store.articles() == sorted(articles, key=lambda article: article.id.encode())
            assert [store.article(article.id) for article in articles] == articles

    def test_a_text_of_megabytes(self, tmp_path: Path) -> None:
        large = Article("large", "Large", "Kim met Noh. 🎉 " * 100_000, "test")
        parts = chunk(large, 100)
        with stored(tmp_path, [large], parts) as store:
            assert store.article("large") == large
            assert store.chunks([len(parts) - 1, 0]) == [(parts[-1], large), (parts[0], large)]


class TestOrder:
    def test_rows_are_in_the_order_of_ids_and_come_in_the_order_asked_for(self, tmp_path: Path) -> None:
        articles = [Article(name, name.upper(), f"Text of {name}.", "test") for name in ("z", "a", "m")]
        chunks = [part for article in articles for part in chunk(article, 100)]
        with stored(tmp_path, articles, chunks) as store:
            rows = [(chunks[1], articles[1]), (chunks[2], articles[2]), (chunks[0], articles[0])]
            asked = [2, 0, 1, 0, 2]
            assert store.chunks(asked) == [rows[row] for row in asked]
            assert store.chunks([]) == []
            assert list(store.every_chunk()) == rows
            assert [article.id for article in store.articles()] == ["a", "m", "z"]

    @pytest.mark.parametrize(("limit", "ids"), [(-1, "ab"), (0, ""), (1, "a"), (2, "ab"), (12, "ab")])
    def test_the_first_articles(self, tmp_path: Path, limit: int, ids: str) -> None:
        articles = [Article(name, "", "", "") for name in "ab"]
        with stored(tmp_path, articles, []) as store:
            assert [article.id for article in store.articles(limit)] == list(ids)


class TestPublished:
    """What lists and attributions need: who published which article when, and how each begins."""

    ARTICLES = (
        Article("a", "A", "One is here. Two is here.", "t", source="The Verge", published_at="2023-10-04T08:00:00Z"),
        Article("b", "B", "Three is here.", "t", source="Wired"),
        Article("c", "C", "", "t", source="The Verge", published_at="2024-01-02"),
        Article("d", "D", "Four is here.", "t", published_at="2023-10-04T09:30:00Z"),
        Article("e", "E", "Five is here.", "t", source="Wired", published_at="2024-01-02"),
    )

    @pytest.fixture
    def dated(self, tmp_path: Path) -> Iterator[Store]:
        chunks = [part for article in self.ARTICLES for part in chunk(article, 3)]
        assert [part.id for part in chunks] == ["a:0", "a:1", "b:0", "d:0", "e:0"]
        with stored(tmp_path, list(self.ARTICLES), chunks) as opened:
            yield opened

    @pytest.mark.parametrize(("limit", "ids"), [(0, ""), (1, "c"), (2, "ce"), (4, "ceda"), (9, "cedab")])
    def test_the_newest_come_first_and_the_undated_last(self, dated: Store, limit: int, ids: str) -> None:
        found = dated.newest(limit)
        assert found == [article for name in ids for article in self.ARTICLES if article.id == name]

    def test_the_newest_of_some_sources(self, dated: Store) -> None:
        assert [article.id for article in dated.newest(9, Filters(("Wired",)))] == ["e", "b"]
        assert [article.id for article in dated.newest(2, Filters(("Wired", "The Verge")))] == ["c", "e"]
        assert dated.newest(9, Filters(("' OR 1 = 1 --",))) == []

    def test_the_first_chunk(self, dated: Store) -> None:
        assert dated.first_chunk("a") == chunk(self.ARTICLES[0], 3)[0]
        assert dated.first_chunk("e") == chunk(self.ARTICLES[4], 3)[0]
        assert dated.first_chunk("c") is None
        with pytest.raises(ArticleNotFoundError):
            dated.first_chunk("nope")

    def test_each_source_once_in_order(self, dated: Store) -> None:
        assert dated.sources() == ("The Verge", "Wired")

    def test_no_source(self, tmp_path: Path) -> None:
        with stored(tmp_path, [BARE], []) as opened:
            assert opened.sources() == ()
            assert opened.newest(3) == [BARE]

    def test_who_published_a_chunk_and_when(self, dated: Store) -> None:
        assert dated.published([4, 0, 2, 3, 0]) == [
            Published("Wired", "2024-01-02"),
            Published("The Verge", "2023-10-04T08:00:00Z"),
            Published("Wired", None),
            Published(None, "2023-10-04T09:30:00Z"),
            Published("The Verge", "2023-10-04T08:00:00Z"),
        ]
        assert dated.published([]) == []

    @pytest.mark.parametrize("row", [5, -1, 2**80])
    def test_a_row_that_is_not_there_is_damage(self, dated: Store, row: int) -> None:
        with pytest.raises(IndexDamagedError, match="`qa build"):
            dated.published([0, row])

    def test_an_altered_first_chunk_is_not_read(self, tmp_path: Path) -> None:
        write(tmp_path, [FULL], [WHOLE])
        with closing(sqlite3.connect(tmp_path / FILE)) as db:
            db.executescript("UPDATE chunks SET start = start + 1")
        with closing(Store(tmp_path)) as opened, pytest.raises(IndexDamagedError, match="not what was written"):
            opened.first_chunk(FULL.id)


@pytest.mark.parametrize(
    "article_id",
    [
        "",
        "B",
        "b ",
        "b\x00",
        "nope",
        "../b",
        "/etc/passwd",
        "b/../b",
        "%62",
        "b' OR '1'='1",
        "b'; DROP TABLE articles; --",
        '"',
        "_",
        "%",
        "*",
        "0",
        "\ud800",
        "🎉",
        "x" * 100_000,
    ],
    ids=lambda article_id: ascii(article_id[:20]),
)
def test_an_unknown_id_is_not_found(store: Store, article_id: str) -> None:
    with pytest.raises(ArticleNotFoundError) as caught:
        store.article(article_id)
    assert caught.value.article_id == article_id
    assert len(str(caught.value)) < 200
    assert store.articles() == [BARE, FULL]


@pytest.mark.parametrize("row", [2, -1, 2**31, 2**80])
def test_a_row_that_a_search_cannot_have_found_is_damage(store: Store, row: int) -> None:
    with pytest.raises(IndexDamagedError, match=r"`qa build.*` makes a new index"):
        store.chunks([0, row])


def test_several_threads_at_once(tmp_path: Path) -> None:
    articles = [Article(f"{number:02}", f"T{number}", f"Text {number}. " * 50, "test") for number in range(30)]
    chunks = [part for article in articles for part in chunk(article, 20)]
    of = {article.id: article for article in articles}
    with stored(tmp_path, articles, chunks) as store, ThreadPoolExecutor(8) as pool:

        def ask(number: int) -> bool:
            rows = [(number * 7 + step * 13) % len(chunks) for step in range(5)]
            expected = [(chunks[row], of[chunks[row].article_id]) for row in rows]
            return store.chunks(rows) == expected and store.article(f"{number % 30:02}") == articles[number % 30]

        assert list(pool.map(ask, range(300))) == [True] * 300


@pytest.mark.parametrize(
    "name", ["with space", "what?mode=rwc", "a#b", "100%25", "%41", "é🎉", "a;b&c", "it's", "a+b", ":memory:"]
)
def test_any_name_of_a_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with stored(folder, [FULL], [WHOLE]) as store:
        assert store.chunks([0]) == [(WHOLE, FULL)]
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([name, "articles.sqlite"])


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with stored(Path(), [FULL], []) as store:
        monkeypatch.chdir("/")
        assert store.article(FULL.id) == FULL


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    write(tmp_path, [FULL], [WHOLE])
    file = tmp_path / "articles.sqlite"
    before = file.read_bytes()
    file.chmod(stat.S_IRUSR)
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        store = Store(tmp_path)
        assert store.chunks([0]) == [(WHOLE, FULL)]
        store.close()
        assert [path.name for path in tmp_path.iterdir()] == ["articles.sqlite"]
    finally:
        tmp_path.chmod(stat.S_IRWXU)
    assert file.read_bytes() == before


def test_a_written_store_is_one_file_that_depends_only_on_what_is_in_it(tmp_path: Path) -> None:
    for name, articles in {"one": [FULL, BARE], "two": [BARE, FULL]}.items():
        (tmp_path / name).mkdir()
        told = write(tmp_path / name, articles, [WHOLE, PART])
        assert (told.articles, told.chunks) == (2, 2)
        assert [path.name for path in (tmp_path / name).iterdir()] == [FILE]
    assert (tmp_path / "one" / FILE).read_bytes() == (tmp_path / "two" / FILE).read_bytes()


class TestCarrying:
    """Articles that come from the store of the version before."""

    @pytest.fixture
    def previous(self, tmp_path: Path) -> Path:
        (tmp_path / "previous").mkdir()
        write(tmp_path / "previous", [FULL, BARE], [WHOLE, PART])
        return tmp_path / "previous"

    def test_what_is_carried_is_what_was_written(self, tmp_path: Path, previous: Path) -> None:
        new = tmp_path / "new"
        new.mkdir()
        with StoreWriter(tmp_path, previous) as writer:
            assert writer.carry("b")
            assert not writer.carry("nope")
            assert writer.carry(FULL.id)
            assert writer.has_any(["nope", "b"])
            assert not writer.has_any(["nope"])
            assert writer.get(FULL.id) == FULL
            assert writer.get("nope") is None
            writer.finish(new)
        assert (new / FILE).read_bytes() == (previous / FILE).read_bytes()

    def test_it_can_lie_in_another_place_now(self, tmp_path: Path, previous: Path) -> None:
        new, fresh = tmp_path / "new", tmp_path / "fresh"
        moved = replace(FULL, origin="elsewhere.jsonl:3")
        for folder in (new, fresh):
            folder.mkdir()
        with StoreWriter(tmp_path, previous) as writer:
            assert writer.known(raw_of(FULL)) == FULL
            assert writer.known(b"nope") is None
            writer.carry(FULL.id, "elsewhere.jsonl:3")
            carried = writer.finish(new)
        assert carried == write(fresh, [moved], [WHOLE, PART])
        assert (new / FILE).read_bytes() == (fresh / FILE).read_bytes()

    def test_among_new_ones(self, tmp_path: Path, previous: Path) -> None:
        new, fresh = tmp_path / "new", tmp_path / "fresh"
        middle = Article("m", "M", "Text of m.", "test")
        parts = chunk(middle, 100)
        for folder in (new, fresh):
            folder.mkdir()
        with StoreWriter(tmp_path, previous) as writer:
            writer.add(middle, raw_of(middle), parts, [searched_text(part, middle) for part in parts])
            writer.carry(FULL.id)
            writer.carry("b")
            writer.finish(new)
        write(fresh, [FULL, middle, BARE], [WHOLE, PART, *parts])
        assert (new / FILE).read_bytes() == (fresh / FILE).read_bytes()


class TestHarm:
    """What the digest of each row is for: SQLite itself takes any text for what was written."""

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE articles SET text = replace(text, 'Kim', 'Tim')",
            "UPDATE articles SET title = title || ' '",
            "UPDATE articles SET id = id || 'x'",
            "UPDATE articles SET url = NULL",
            "UPDATE articles SET source = ''",
            "UPDATE articles SET headings = '[]'",
            "UPDATE articles SET metadata = '{'",
            "UPDATE articles SET text = CAST(x'ff4b' AS TEXT)",
            "UPDATE articles SET digest = x'00'",
            'UPDATE chunks SET "end" = "end" - 1',
            "UPDATE chunks SET start = start + 1",
            "UPDATE chunks SET context = context || 'x'",
            "UPDATE chunks SET sentences = '['",
            "UPDATE chunks SET article = 0",
            "UPDATE chunks SET article = 7",
            "DELETE FROM chunks",
            "DELETE FROM articles",
            "DROP TABLE chunks",
            "ALTER TABLE articles RENAME COLUMN text TO words",
        ],
    )
    def test_an_altered_row_is_not_read(self, tmp_path: Path, change: str) -> None:
        write(tmp_path, [BARE, FULL], [WHOLE, PART])
        with closing(sqlite3.connect(tmp_path / FILE)) as db:
            db.executescript(change)
        with closing(Store(tmp_path)) as store, pytest.raises(IndexDamagedError, match=r"is damaged .*`qa build"):
            store.chunks([0, 1])

    @pytest.mark.parametrize("part", range(3))
    def test_a_flipped_bit_changes_nothing_or_is_named(self, tmp_path: Path, part: int) -> None:
        articles = [Article(name, name.upper(), f"Text of {name}. " * 90, "test", url="u") for name in "abcdef"]
        chunks = [part for article in articles for part in chunk(article, 20)]
        write(tmp_path, articles, chunks)
        of = {article.id: article for article in articles}
        path, data = tmp_path / FILE, (tmp_path / FILE).read_bytes()
        drawn = random.Random(part)
        outcomes = Counter[str]()
        for _ in range(150):
            place, bit = drawn.randrange(len(data)), drawn.randrange(8)
            path.write_bytes(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
            try:
                with closing(Store(tmp_path)) as store:
                    found = store.chunks(range(len(chunks)))
                    assert all(text in chunks and of[article.id] == article for text, article in found), (place, bit)
                    assert store.articles() == articles
            except (IndexDamagedError, sqlite3.DatabaseError):
                outcomes["named"] += 1
            else:
                outcomes["same"] += 1
        assert outcomes["named"] > 20
        assert outcomes["same"] > 20


def test_the_order_of_metadata_does_not_matter(tmp_path: Path) -> None:
    with stored(tmp_path, [Article("a", "", "", "", metadata={"b": "1", "a": "2"})], []) as store:
        assert json.dumps(store.article("a").metadata) == '{"a": "2", "b": "1"}'
