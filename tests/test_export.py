"""What is exported is what the index holds, and what a build makes of it is the same again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from qa import Corpus
from qa.beir import article_row
from qa.build import Report
from qa.clean import clean
from qa.cli import cli
from qa.config import Settings
from qa.errors import SourceError
from qa.index import index_folder, no_question, open_current
from qa.load import Limits, read
from qa.records import Article, Chunk, Heading, LeftOut, Markup, Page, RawDocument
from qa.store import Store

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    {"_id": "odd/../id #1?&%2F é", "title": "How <b>one</b> became \"two\"",
     "text": "A line.\n\n- an item\n- 🏔️ two\u2028three", "url": "javascript:alert(3)", "published_at": "spring 2024",
     "tags": ["a", "b"], "score": 1.5, "nested": {"x": [1]}},
    {"_id": "twice", "title": "Ferry", "text": "Ferry\n\nFerry\n\nA ferry ran aground.", "source": "Wire",
     "author": "Ada"},
    {"_id": "7", "title": "", "text": "No title is stated here. It has two sentences.", "metadata": {"source": "Post"}},
    {"_id": "own", "title": "Own", "text": "Text.", "pages": 12,
     "metadata": {"url": "https://e.org/?a=1&b=2", "metadata": "m", "text": "t", "a\nb": "two\n\nparagraphs"}},
]  # fmt: skip
FILES = {
    "corpus/rows.jsonl": "\n".join(map(json.dumps, ROWS)),
    "notes.md": "---\ntitle: Notes\nauthor: Ada\ndate: 2023-10-04\n---\n\n# Notes\n\nFirst.\n\n## Part two\n\n"
    "Second.\n\n"
    "| name | born |\n|---|---|\n| Ada | 1815 |\n",
    "page.html": "<html><head><title>Page</title><meta name='author' content='Bob'></head><body><h1>Page</h1>"
    "<p>The mill was built in 1820 by the brothers Ray, who had come from the coast.</p><h2>Owls</h2>"
    "<p>Barn owls nest in the tower of the mill, and Bob Ray counted them every spring.</p></body></html>",
    "title.txt": "Title Line\n\nTitle Line\n\nThe text goes on for a sentence.",
    "table.csv": "_id,title,text,price\nrow-1,Row,\"A cell\nof two lines\",12\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Path:
    """A folder with an index of articles of every kind, in indexes/."""
    folder = tmp_path_factory.mktemp("exported")
    for name, text in FILES.items():
        (folder / "articles" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "articles" / name).write_text(text, encoding="utf-8")
    build_index(Settings.from_env(indexes=folder / "indexes"), folder / "articles", ROOT / "seeds")
    return folder


@contextmanager
def opened(indexes: Path, name: str = "default") -> Iterator[Store]:
    with closing(open_current(index_folder(indexes, name), no_question).store) as store:
        yield store


def run(place: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["export", *map(str, arguments), "--indexes", str(place / "indexes")])


def without_origin(article: Article) -> Article:
    return replace(article, origin="")


def all_of(store: Store) -> tuple[list[Article], list[Chunk]]:
    """Everything in a store but where the articles came from."""
    return [without_origin(article) for article in store.every_article()], [chunk for chunk, _ in store.every_chunk()]


class TestTheRoundTrip:
    def test_a_build_makes_the_same_articles_of_an_export(
        self, place: Path, tmp_path: Path, build_index: Callable[..., Report]
    ) -> None:
        done = run(place, tmp_path / "out")
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout == f"Written: {tmp_path / 'out'}, 9 articles and 14 passages.\n"
        report = build_index(Settings.from_env(indexes=tmp_path / "indexes"), tmp_path / "out")
        assert (report.files, report.left_out, dict(report.unknown)) == (1, (), {})
        with opened(place / "indexes") as before, opened(tmp_path / "indexes") as after:
            assert all_of(after) == all_of(before)
            assert len(list(before.every_article())) == 9
        again = CliRunner().invoke(cli, ["export", "--indexes", str(tmp_path / "indexes")])
        assert again.stdout == (tmp_path / "out" / "corpus.jsonl").read_text(encoding="utf-8")

    def test_passages_are_where_they_say(self, place: Path, tmp_path: Path) -> None:
        run(place, tmp_path / "out")
        texts = {row["_id"]: row["text"] for row in rows(tmp_path / "out" / "corpus.jsonl")}
        passages = rows(tmp_path / "out" / "passages.jsonl")
        for row in passages:
            assert texts[row["article_id"]][row["start_char_index"] : row["end_char_index"]] == row["text"]
        with opened(place / "indexes") as store:
            assert [row["_id"] for row in passages] == [chunk.id for chunk, _ in store.every_chunk()]
            assert [row["context"] for row in passages] == [chunk.context for chunk, _ in store.every_chunk()]

    @given(
        text=st.text(min_size=1, max_size=200),
        title=st.text(max_size=40),
        metadata=st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3),
    )
    @settings(max_examples=150)
    def test_whatever_an_article_holds(
        self, tmp_path_factory: pytest.TempPathFactory, text: str, title: str, metadata: dict[str, str]
    ) -> None:
        article = clean(RawDocument("a:1", text, Markup.PLAIN, id="a", title=title, metadata=metadata))
        if isinstance(article, LeftOut):
            return
        path = tmp_path_factory.mktemp("rows") / "corpus.jsonl"
        path.write_text(json.dumps(article_row(article)), encoding="utf-8")
        (raw,) = read(path, Limits.from_mb(1, 1))
        assert isinstance(raw, RawDocument)
        again = clean(raw)
        assert isinstance(again, Article)
        assert without_origin(again) == without_origin(article)


class TestAnEditedExport:
    HEADED = Article(
        "a", "Mill", "Owls\n\nThey nest.\n\nBats\n\nThey fly.", "a.md",
        headings=(Heading(1, 0, 4), Heading(1, 18, 22)), pages=(Page("i", 0), Page("1", 18)),
    )  # fmt: skip

    def read(self, tmp_path: Path, **changed: object) -> Article:
        path = tmp_path / "corpus.jsonl"
        path.write_text(json.dumps({**article_row(self.HEADED), **changed}), encoding="utf-8")
        (raw,) = read(path, Limits.from_mb(1, 1))
        assert isinstance(raw, RawDocument)
        made = clean(raw)
        assert isinstance(made, Article)
        return made

    def test_headings_and_pages_come_back(self, tmp_path: Path) -> None:
        assert without_origin(self.read(tmp_path)) == without_origin(self.HEADED)

    @pytest.mark.parametrize(
        "changed",
        [
            {"text": "Owls and more\n\nThey nest.\n\nBats\n\nThey fly."},
            {"text": "Owls  \n\nThey nest.\n\nBats\n\nThey fly."},
            {"headings": [{"level": 1, "start": 6, "end": 10}]},
            {"headings": [{"level": 0, "start": 0, "end": 4}]},
            {"headings": [{"level": 1, "start": 0, "end": 400}]},
            {"headings": [{"level": 1, "start": 18, "end": 22}, {"level": 1, "start": 0, "end": 4}]},
            {"headings": [{"level": 1, "start": -4, "end": 4}]},
            {"pages": [{"label": "1", "start": 400}]},
            {"pages": [{"label": "1", "start": 5}, {"label": "2", "start": 2}]},
        ],
    )
    def test_an_outline_that_does_not_fit_any_more_is_passed_over(
        self, tmp_path: Path, changed: dict[str, object]
    ) -> None:
        made = self.read(tmp_path, **changed)
        assert (made.headings, made.pages, made.metadata) == ((), (), {})
        assert "They nest." in made.text

    def test_other_things_of_these_names_are_metadata(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, pages=12, headings=["a", "b"]).metadata == {"pages": "12", "headings": "a, b"}
        assert self.read(tmp_path, pages=[{"label": "1", "start": True}]).metadata["pages"].startswith("[{")


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


class TestTheCommand:
    def test_articles_and_passages_on_the_standard_output(self, place: Path, tmp_path: Path) -> None:
        run(place, tmp_path / "out")
        for arguments, name in (((), "corpus.jsonl"), (("--passages",), "passages.jsonl")):
            assert run(place, *arguments).stdout == (tmp_path / "out" / name).read_text(encoding="utf-8")

    def test_a_folder_that_holds_something_is_replaced_only_when_forced(self, place: Path, tmp_path: Path) -> None:
        target = tmp_path / "out"
        run(place, target)
        (target / "corpus.jsonl").write_text("older", encoding="utf-8")
        refused = run(place, target)
        assert (refused.exit_code, "is not empty; name another folder" in refused.stderr) == (1, True)
        assert (target / "corpus.jsonl").read_text(encoding="utf-8") == "older"
        assert run(place, target, "--force").exit_code == 0
        assert len(rows(target / "corpus.jsonl")) == 9
        (target / "letters.txt").touch()
        foreign = run(place, target, "--force")
        assert (foreign.exit_code, "holds letters.txt, which is of no export" in foreign.stderr) == (1, True)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]

    def test_what_is_wrong(self, place: Path, tmp_path: Path) -> None:
        both = run(place, tmp_path / "out", "--passages")
        assert (both.exit_code, "--passages is for the standard output" in both.stderr) == (2, True)
        none = CliRunner().invoke(cli, ["export", "--indexes", str(tmp_path)])
        assert (none.exit_code, "There is no index 'default'" in none.stderr) == (1, True)

    def test_it_needs_no_model_and_a_reader_may_leave(self, place: Path, tmp_path: Path) -> None:
        command = f'"{sys.executable}" -m qa export --indexes "{place / "indexes"}"'
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; QA_MODELS={tmp_path}/none {command} | head -n 1"],
            capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip
        assert json.loads(done.stdout)["_id"]
        assert done.stderr == ""

    def test_from_python(self, place: Path, tmp_path: Path) -> None:
        with Corpus.open(indexes=place / "indexes") as corpus:
            written = corpus.export(tmp_path / "out")
            assert (written.articles, written.passages) == (9, 14)
            with pytest.raises(SourceError, match="is not empty"):
                corpus.export(str(tmp_path / "out"))
