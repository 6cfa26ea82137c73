"""Articles and chunks on disk: what goes in comes out, and what is not there is said to be missing."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chunk import chunk
from qa.errors import ArticleNotFoundError
from qa.records import Article, Chunk, Heading, Span
from qa.store import Store

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


@contextmanager
def stored(folder: Path, articles: list[Article], chunks: list[Chunk]) -> Iterator[Store]:
    Store.write(folder, articles, chunks)
    store = Store(folder)
    yield store
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with stored(tmp_path, [FULL, BARE], [WHOLE, PART]) as opened:
        yield opened


class TestRoundTrip:
    def test_every_field(self, store: Store) -> None:
        assert store.article(FULL.id) == FULL
        assert store.article("b") == BARE
        assert store.articles() == [FULL, BARE]
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
            assert store.articles() == articles
            assert [store.article(article.id) for article in articles] == articles

    def test_a_text_of_megabytes(self, tmp_path: Path) -> None:
        large = Article("large", "Large", "Kim met Noh. 🎉 " * 100_000, "test")
        parts = chunk(large, 100)
        with stored(tmp_path, [large], parts) as store:
            assert store.article("large") == large
            assert store.chunks([len(parts) - 1, 0]) == [(parts[-1], large), (parts[0], large)]


class TestOrder:
    def test_the_order_asked_for_is_kept(self, tmp_path: Path) -> None:
        articles = [Article(name, name.upper(), f"Text of {name}.", "test") for name in ("z", "a", "m")]
        chunks = [part for article in articles for part in chunk(article, 100)]
        with stored(tmp_path, articles, chunks) as store:
            asked = [2, 0, 1, 0, 2]
            assert store.chunks(asked) == [(chunks[row], articles[row]) for row in asked]
            assert store.chunks([]) == []
            assert [article.id for article in store.articles()] == ["z", "a", "m"]

    @pytest.mark.parametrize(("limit", "ids"), [(-1, "ab"), (0, ""), (1, "a"), (2, "ab"), (12, "ab")])
    def test_the_first_articles(self, tmp_path: Path, limit: int, ids: str) -> None:
        articles = [Article(name, "", "", "") for name in "ab"]
        with stored(tmp_path, articles, []) as store:
            assert [article.id for article in store.articles(limit)] == list(ids)


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
    assert store.articles() == [FULL, BARE]


def test_an_unknown_row_is_an_error(store: Store) -> None:
    with pytest.raises(IndexError):
        store.chunks([0, 2])


def test_several_threads_at_once(tmp_path: Path) -> None:
    articles = [Article(str(number), f"T{number}", f"Text {number}. " * 50, "test") for number in range(30)]
    chunks = [part for article in articles for part in chunk(article, 20)]
    of = {article.id: article for article in articles}
    with stored(tmp_path, articles, chunks) as store, ThreadPoolExecutor(8) as pool:

        def ask(number: int) -> bool:
            rows = [(number * 7 + step * 13) % len(chunks) for step in range(5)]
            expected = [(chunks[row], of[chunks[row].article_id]) for row in rows]
            return store.chunks(rows) == expected and store.article(str(number % 30)) == articles[number % 30]

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
    Store.write(tmp_path, [FULL], [WHOLE])
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
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        Store.write(tmp_path / name, [FULL, BARE], iter([WHOLE, PART]))
        assert [path.name for path in (tmp_path / name).iterdir()] == ["articles.sqlite"]
    assert (tmp_path / "one/articles.sqlite").read_bytes() == (tmp_path / "two/articles.sqlite").read_bytes()


def test_the_order_of_metadata_does_not_matter(tmp_path: Path) -> None:
    with stored(tmp_path, [Article("a", "", "", "", metadata={"b": "1", "a": "2"})], []) as store:
        assert json.dumps(store.article("a").metadata) == '{"a": "2", "b": "1"}'
