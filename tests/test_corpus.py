"""The Python API, as its documents show it and where they do not go."""

from __future__ import annotations

import doctest
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest

import qa
from qa import Answer, Corpus, Message, QaError
from qa.build import Report
from qa.errors import (
    ArticleNotFoundError,
    BadFilterError,
    BadQuestionError,
    BadSettingError,
    ClosedError,
    NoArticlesError,
    NoIndexError,
)
from qa.records import Filters, Inquiry

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
ROWS = [
    {"_id": "ferry", "title": "Ferry", "source": "Northern Wire", "published_at": "2024-03-05",
     "text": "A ferry ran aground off Brennick harbour. Captain Ann Lee steered it."},
    {"_id": "owls", "title": "Owls", "source": "Mill Post", "published_at": "2023-10-31",
     "text": "Barn owls nest in the tower of the mill. Bob Ray counted them."},
    {"_id": "bread", "title": "Bread", "text": "The bread bakes for forty minutes in the oven of the mill."},
]  # fmt: skip


@pytest.fixture(scope="module")
def indexes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of indexes with one called news."""
    folder = tmp_path_factory.mktemp("api")
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    Corpus.build(folder / "corpus.jsonl", "news", indexes=folder / "indexes").close()
    return folder / "indexes"


@pytest.fixture(scope="module")
def corpus(indexes: Path) -> Iterator[Corpus]:
    with Corpus.open("news", indexes=indexes) as opened:
        yield opened


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the seeds as its articles."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QA_INDEXES", raising=False)
    shutil.copytree(SEEDS, tmp_path / "articles")
    return tmp_path


class TestTheDocuments:
    @pytest.mark.usefixtures("place")
    def test_the_examples_of_the_documentation_are_what_happens(self) -> None:
        done = doctest.testfile(
            str(ROOT / "docs" / "how-to" / "python.md"),
            module_relative=False,
            parser=_Markdown(),
            encoding="utf-8",
        )
        assert done.failed == 0
        assert done.attempted > 20

    @pytest.mark.usefixtures("place")
    def test_the_example_of_the_readme_runs(self, capsys: pytest.CaptureFixture[str]) -> None:
        section = (
            (ROOT / "README.md")
            .read_text(encoding="utf-8")
            .partition("**Python**, without a server")[2]
            .partition("\n## ")[0]
        )
        (block,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
        exec(compile(block, "README.md", "exec"), {})
        printed = capsys.readouterr().out.splitlines()
        assert printed[0].endswith("Japanese Prime Minister Fumio Kishida said Tuesday.")
        assert printed[1:3] == [
            "    North Korea launches missile amid US push to resume talks",
            "When did Japanese Prime Minister Fumio Kishida say it?",
        ]
        assert printed[3] == "True not_covered"
        assert [line.rsplit(" ", 1)[1] for line in printed[4:]] == ["0", "883"]


class _Markdown(doctest.DocTestParser):
    """Examples inside fences; a fence is no output."""

    def parse(self, string: str, name: str = "<string>") -> list[str | doctest.Example]:
        return super().parse(string.replace("```python\n", "\n").replace("```", ""), name)


class TestTheNames:
    def test_each_public_name_is_there(self) -> None:
        assert set(dir(qa)) == set(qa.__all__)
        for name in qa.__all__:
            assert getattr(qa, name) is not None
        with pytest.raises(AttributeError, match="module 'qa' has no attribute 'Korpus'"):
            _ = qa.Korpus

    def test_importing_a_name_of_a_record_loads_no_numpy(self) -> None:
        code = "import sys; from qa import Answer, Message, QaError, Corpus; print('numpy' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert done.stdout.strip() == "False"


class TestAsking:
    def test_it_answers_as_the_pipeline_does(self, corpus: Corpus) -> None:
        question = "Who steered the ferry?"
        answer, expected = corpus.ask(question), corpus.pipeline.answer(Inquiry(question))
        assert (answer.citations, answer.passages) == (expected.citations, expected.passages)
        assert answer.citations[0].cited_text == "Captain Ann Lee steered it."

    def test_filters_and_k(self, corpus: Corpus) -> None:
        question = "What is at the mill?"
        assert len(corpus.ask(question, k=1).passages) <= 2
        assert corpus.ask(question, sources="mill post").filters == Filters(("Mill Post",))
        assert corpus.ask(question, sources=["Mill Post", "Northern Wire"]).looked_at.articles == 2
        for since in ("2024", date(2024, 1, 1), datetime(2024, 1, 1, 12, 30)):  # noqa: DTZ001
            assert corpus.ask(question, since=since).filters == Filters(since="2024-01-01")
        assert corpus.search(question, until="2023-10").filters == Filters(until="2023-10-31")

    def test_a_conversation(self, corpus: Corpus) -> None:
        first = corpus.ask("Who counted the barn owls?")
        assert first.messages == (
            Message("user", "Who counted the barn owls?"),
            Message("assistant", first.answer, ("Owls",)),
        )
        said = corpus.ask("Who steered the ferry?").messages
        then = corpus.ask("What did she steer?", history=said)
        assert (then.question, then.asked) == ("What did Captain Ann Lee steer?", "What did she steer?")
        assert corpus.ask("What did she steer?", history=said, carry_over=False).question == "What did she steer?"

    def test_the_steps_end_with_the_answer(self, corpus: Corpus) -> None:
        steps = list(corpus.steps("Who steered the ferry?", k=2))
        assert [type(step).__name__ for step in steps] == ["Standalone", "Sources", "Answer"]
        assert isinstance(steps[-1], Answer)
        assert steps[-1].citations == corpus.ask("Who steered the ferry?", k=2).citations

    @pytest.mark.parametrize(
        ("options", "error", "sentence"),
        [
            ({"question": ""}, BadQuestionError, "The question is empty"),
            ({"question": "a" * 3000}, BadQuestionError, "has 3,000 characters; at most 2,000"),
            ({"k": 0}, BadSettingError, "k: 0 is not between 1 and 50"),
            ({"k": 51}, BadSettingError, "k: 51 is not between 1 and 50"),
            ({"since": "May"}, BadFilterError, "since: 'May' is not a day"),
            ({"since": "2024", "until": date(2023, 1, 1)}, BadFilterError, "is before the first"),
            ({"sources": "Mill Past"}, BadFilterError, "Similar: 'Mill Post'"),
            ({"history": [Message("user", "?")] * 101}, BadQuestionError, "101 messages"),
        ],
    )
    def test_what_cannot_be_used_is_refused(
        self, corpus: Corpus, options: dict[str, object], error: type[QaError], sentence: str
    ) -> None:
        for method in (corpus.ask, corpus.search):
            with pytest.raises(error, match=re.escape(sentence)):
                method(**{"question": "Who?", **options})  # type: ignore[arg-type]


class TestSearching:
    def test_it_is_the_order_from_which_an_answer_is_drawn(self, corpus: Corpus) -> None:
        found = corpus.search("Who counted the barn owls?", k=3)
        assert found.passages == corpus.ask("Who counted the barn owls?", k=3).passages
        assert found.passages[0].article.id == "owls"
        assert [passage.combined.rank for passage in found if passage.combined] == [1, 2, 3]
        assert (len(found), found.looked_at.articles, found.looked_at.read) == (3, 3, 3)

    def test_no_more_than_asked_for_though_more_were_read(self, corpus: Corpus) -> None:
        found = corpus.search("mill", k=1)
        assert len(found) == 1
        assert found.looked_at.read > 1

    def test_a_follow_up_is_searched_as_it_stands_alone(self, corpus: Corpus) -> None:
        said = corpus.ask("Who steered the ferry?").messages
        assert corpus.search("What did she steer?", history=said).question == "What did Captain Ann Lee steer?"

    def test_where_nothing_passes_nothing_is_found(self, corpus: Corpus) -> None:
        found = corpus.search("ferry", since="2030")
        assert (found.passages, found.looked_at.articles) == ((), 0)


class TestReading:
    def test_articles(self, corpus: Corpus) -> None:
        assert [article.id for article in corpus.articles()] == ["bread", "ferry", "owls"]
        assert corpus.article("owls").source == "Mill Post"
        with pytest.raises(ArticleNotFoundError, match="No article 'x'"):
            corpus.article("x")

    def test_the_list_is_paged_newest_first(self, corpus: Corpus) -> None:
        assert [entry.id for entry in corpus.find().entries] == ["ferry", "owls", "bread"]
        page = corpus.find(offset=1, limit=1)
        assert (page.total, [entry.id for entry in page.entries]) == (3, ["owls"])
        assert [entry.id for entry in corpus.find("OWL").entries] == ["owls"]
        assert corpus.find(sources="Northern Wire").total == 1
        assert corpus.find(offset=-5, limit=-1).entries == ()

    def test_passages_are_all_of_the_text(self, corpus: Corpus) -> None:
        found = [(chunk.id, article.text[chunk.span.start : chunk.span.end]) for chunk, article in corpus.passages()]
        assert found == [(f"{row['_id']}:0", row["text"]) for row in sorted(ROWS, key=lambda row: row["_id"])]

    def test_status(self, corpus: Corpus) -> None:
        status = corpus.status()
        assert (status.index, status.version, status.articles, status.passages) == ("news", corpus.version, 3, 3)
        assert (status.first_day, status.last_day, status.undated) == ("2023-10-31", "2024-03-05", 1)
        assert {(count.source, count.articles) for count in status.sources} == {
            ("Mill Post", 1), ("Northern Wire", 1), (None, 1),
        }  # fmt: skip
        assert (status.searches, status.building) == (("lexical", "dense"), None)


class TestOpeningAndClosing:
    def test_settings_come_from_keywords_before_variables(self, indexes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("QA_INDEXES", str(indexes))
        monkeypatch.setenv("QA_INDEX", "news")
        monkeypatch.setenv("QA_K", "1")
        with Corpus.open() as opened:
            assert (opened.index, opened.pipeline.settings.k) == ("news", 1)
        with Corpus.open(k=2) as opened:
            assert len(opened.search("mill")) == 2

    def test_what_is_no_setting_or_has_no_such_value(self, indexes: Path) -> None:
        with pytest.raises(TypeError, match=r"There is no setting 'indexs'; there is: .*indexes"):
            Corpus.open("news", indexs=indexes)
        with pytest.raises(BadSettingError, match=r"^max_question_chars: 5 is not between 10 and"):
            Corpus.open("news", indexes=indexes, max_question_chars=5)
        with pytest.raises(BadSettingError, match=r"^index: '../x' is not a name"):
            Corpus.open("../x", indexes=indexes)
        with pytest.raises(NoIndexError, match="There is no index 'olds'"):
            Corpus.open("olds", indexes=indexes)

    def test_a_closed_corpus_says_so(self, indexes: Path) -> None:
        opened = Corpus.open("news", indexes=indexes)
        opened.close()
        opened.close()
        asking = [partial(opened.ask, "Who?"), partial(opened.search, "Who?"), partial(opened.article, "owls")]
        for use in (*asking, opened.articles, opened.find, opened.passages, opened.status, opened.reopened):
            with pytest.raises(ClosedError, match=r"The corpus 'news' is closed; open it again with Corpus.open"):
                use()

    def test_a_build_tells_what_it_did_and_the_open_version_stays(self, tmp_path: Path) -> None:
        articles, stages = tmp_path / "articles", []

        class Told:
            def stage(self, name: str, _: int | None) -> None:
                stages.append(name)

            def advance(self, steps: int) -> None: ...

        articles.mkdir()
        with pytest.raises(NoArticlesError):
            Corpus.build(articles, indexes=tmp_path / "indexes")
        (articles / "bread.txt").write_text("Bread\n\nBake the bread for forty minutes.", encoding="utf-8")
        with Corpus.build([articles], indexes=str(tmp_path / "indexes"), progress=Told()) as first:
            assert (first.report and first.report.articles_read, first.is_current) == (1, True)
            assert stages[0] == "Reading files"
            (articles / "owls.txt").write_text("Owls\n\nBarn owls nest in the mill.", encoding="utf-8")
            (articles / "empty.txt").touch()
            with Corpus.build(str(articles), indexes=tmp_path / "indexes") as second:
                report = second.report
                assert isinstance(report, Report)
                assert (report.articles_read, [left.reason for left in report.left_out]) == (1, ["is empty"])
                assert second.status().articles == 2
            assert (first.status().articles, first.is_current) == (1, False)
            with first.reopened() as third:
                assert (third.status().articles, third.version, third.report) == (2, second_version(third), None)
                assert "forty minutes" in first.ask("How long should the bread bake?").answer

    def test_several_threads_get_the_same_answers(self, corpus: Corpus) -> None:
        questions = ["Who steered the ferry?", "Who counted the barn owls?", "How long does the bread bake?"] * 3
        alone = [corpus.ask(question).answer for question in questions]
        barrier = threading.Barrier(3)

        def ask(question: str) -> str:
            barrier.wait(300)
            return corpus.ask(question).answer

        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(ask, questions)) == alone


def second_version(corpus: Corpus) -> str:
    """The version that is served now."""
    assert corpus.is_current
    return corpus.version
