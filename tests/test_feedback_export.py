"""From thumbs to a question set that `qa eval` reads: on the seed article, with the real models."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.build import Report
from qa.cli import cli
from qa.config import Settings
from qa.document import answer_document
from qa.errors import ArticleNotFoundError, SourceError
from qa.evaluate import read_set
from qa.evaluate.records import Verdict
from qa.feedback import FILE, FeedbackEntry, JudgedCitation, append, check_target, entry_of, question_set, read_feedback
from qa.index import index_folder
from qa.pipeline import Pipeline
from qa.records import NO_FILTERS, Article, Filters

ROOT = Path(__file__).resolve().parent.parent
FERRY = Article("ferry", "Ferry", "A ferry ran aground. Ann Lee steered it.", "ferry.txt", source="Wire")
OWLS = Article("owls", "Owls", "Barn owls nest in the mill.", "owls.txt", metadata={"section": "Nature"})
ODD = (
    '{"rating": "down"}', "SELECT * FROM articles; --", "print('who?')\n```", "a\tb\tc", "<script>alert(1)</script>",
    "=1+1", "$(rm -rf /)", "\u2028 漢字 🎉",
)  # fmt: skip


def article_of(article_id: str) -> Article:
    for article in (FERRY, OWLS):
        if article.id == article_id:
            return article
    raise ArticleNotFoundError(article_id)


def cited(article: Article, words: str) -> JudgedCitation:
    start = article.text.index(words)
    return JudgedCitation(article.id, article.title, start, start + len(words), words)


def entry(number: int = 1, **changed: Any) -> FeedbackEntry:
    base = FeedbackEntry(
        id=f"f{number}",
        at=f"2024-03-07T10:00:{number:02}.000+00:00",
        rating="up",
        note=None,
        question="Who steered the ferry?",
        asked="And who steered it?",
        outcome="answered",
        answer="Ann Lee steered it.",
        confidence=0.9,
        citations=(cited(FERRY, "Ann Lee steered it."),),
        filters=NO_FILTERS,
        index_version="20240307T000000Z-00000000",
    )
    return replace(base, **changed)


def judged(*entries: FeedbackEntry) -> list[tuple[str, str, int]]:
    return [(line.query, line.article, line.grade) for line in question_set(entries, article_of).judgements]


class TestWhatIsKnown:
    def test_a_helpful_answer_tells_its_article_and_its_words(self) -> None:
        made = question_set([entry(note="Yes.")], article_of)
        (query,) = made.queries
        assert (query["_id"], query["text"]) == ("f1", "Who steered the ferry?")
        assert query["metadata"] == {
            "rating": "up",
            "note": "Yes.",
            "asked": "And who steered it?",
            "at": "2024-03-07T10:00:01.000+00:00",
            "outcome": "answered",
            "confidence": 0.9,
            "filters": {"sources": (), "since": None, "until": None},
            "index_version": "20240307T000000Z-00000000",
            "answers": [{"text": "Ann Lee steered it.", "start": 21}],
            "doc": "ferry",
        }
        assert judged(entry()) == [("f1", "ferry", 1)]
        assert (made.known, made.repeated, made.left_out) == (1, 0, ())

    def test_of_several_articles_each_is_relevant(self) -> None:
        both = entry(citations=(cited(FERRY, "Ann Lee"), cited(OWLS, "Barn owls"), cited(FERRY, "A ferry")))
        metadata = question_set([both], article_of).queries[0]["metadata"]
        assert [answer["text"] for answer in metadata["answers"]] == ["Ann Lee", "Barn owls", "A ferry"]
        assert "doc" not in metadata
        assert judged(both) == [("f1", "ferry", 1), ("f1", "owls", 1)]

    def test_a_list_tells_its_articles_and_no_words(self) -> None:
        listed = entry(outcome="listed")
        assert "answers" not in question_set([listed], article_of).queries[0]["metadata"]
        assert judged(listed) == [("f1", "ferry", 1)]

    @pytest.mark.parametrize("outcome", ["not_stated", "not_covered"])
    def test_a_right_silence_tells_that_there_is_no_answer(self, outcome: str) -> None:
        made = question_set([entry(outcome=outcome, citations=())], article_of)
        assert made.queries[0]["metadata"]["answerable"] is False
        assert (made.known, made.judgements) == (1, ())

    @pytest.mark.parametrize(
        "changed",
        [
            {"rating": "down"},
            {"rating": "down", "outcome": "not_stated", "citations": ()},
            {"outcome": "unreadable", "citations": ()},
            {"outcome": "not_covered", "citations": (), "filters": Filters(("Wire",))},
        ],
        ids=["wrong answer", "wrong silence", "unreadable", "silence on a part"],
    )
    def test_what_says_not_what_is_right(self, changed: dict[str, Any]) -> None:
        made = question_set([entry(**changed)], article_of)
        assert made.known == 0
        assert not {"answers", "answerable", "doc"} & set(made.queries[0]["metadata"])
        assert [line.grade for line in made.judgements] == [0] * len(changed.get("citations", [1]))

    def test_the_last_rating_of_a_question_counts(self) -> None:
        made = question_set(
            [
                entry(1),
                entry(2, question="who  steered the FERRY?", rating="down"),
                entry(3, question="Where do owls nest?", citations=(cited(OWLS, "in the mill"),)),
                entry(4, filters=Filters(("Wire",))),
            ],
            article_of,
        )
        assert [query["_id"] for query in made.queries] == ["f2", "f3", "f4"]
        assert made.repeated == 1
        assert [(line.query, line.grade) for line in made.judgements] == [("f2", 0), ("f3", 1), ("f4", 1)]

    def test_what_the_index_no_longer_has_is_named_and_says_nothing(self) -> None:
        gone = replace(cited(FERRY, "Ann Lee"), article_id="gone")
        changed = replace(cited(FERRY, "Ann Lee"), cited_text="Bob Ray")
        tab = replace(gone, article_id="a\tb")
        nothing = replace(cited(FERRY, "Ann Lee"), cited_text=" ")
        made = question_set([entry(citations=(gone, changed, tab, nothing))], article_of)
        assert [(left.article, left.reason) for left in made.left_out] == [
            ("gone", "is not in the index any more"),
            ("ferry", "does not say so any more"),
            ("a\tb", "has an id that a file of judgements cannot hold"),
            ("ferry", "is quoted with no words"),
        ]
        assert (made.known, made.judgements) == (0, ())
        assert judged(entry(citations=(gone, cited(FERRY, "Ann Lee")))) == [("f1", "ferry", 1)]


class TestTheTarget:
    def test_what_may_be_replaced(self, tmp_path: Path) -> None:
        check_target(tmp_path / "new", force=False)
        check_target(tmp_path, force=False)
        (tmp_path / "queries.jsonl").touch()
        with pytest.raises(SourceError, match=r"is not empty; name another folder, or .* --force"):
            check_target(tmp_path, force=False)
        check_target(tmp_path, force=True)
        (tmp_path / "letters").mkdir()
        with pytest.raises(SourceError, match="holds letters, which is of no question set"):
            check_target(tmp_path, force=True)
        with pytest.raises(SourceError, match="is a file"):
            check_target(tmp_path / "queries.jsonl", force=True)


def run(settings: Settings, *arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["feedback", *map(str, arguments), "--indexes", str(settings.indexes)])


@pytest.fixture
def settings(tmp_path: Path, seed_settings: Settings) -> Settings:
    """Settings with an index of the seeds that has no feedback yet: its versions are those of the other tests."""
    folder = index_folder(tmp_path / "indexes", "default")
    folder.mkdir(parents=True)
    shared = index_folder(seed_settings.indexes, "default")
    (folder / "versions").symlink_to(shared / "versions")
    (folder / "current").write_text((shared / "current").read_text(encoding="utf-8"), encoding="utf-8")
    return replace(seed_settings, indexes=tmp_path / "indexes")


def rate(settings: Settings, pipeline: Pipeline, question: str, rating: Any, note: str | None = None) -> FeedbackEntry:
    """Rate an answer as the page does: of the document of /ask."""
    document = answer_document(pipeline.ask(question))
    names = ("article_id", "document_title", "start_char_index", "end_char_index", "cited_text")
    about = {
        **{name: document[name] for name in ("question", "asked", "outcome", "answer", "confidence", "index_version")},
        "filters": document["filters"],
        "citations": [{name: citation[name] for name in names} for citation in document["citations"]],
    }
    made = entry_of(rating, note, **about)
    append(index_folder(settings.indexes, settings.index), made)
    return made


class TestTheCommand:
    def test_no_feedback_yet(self, settings: Settings, tmp_path: Path) -> None:
        for arguments in (["list"], ["list", "--json"], ["export", tmp_path / "set"]):
            done = run(settings, *arguments)
            assert (done.exit_code, done.stdout) == (1, "")
            assert done.stderr == (
                "Error: There is no feedback on the index 'default' yet; "
                "readers give it under an answer of `qa serve`.\n"
            )
        assert not (tmp_path / "set").exists()

    def test_a_list(self, settings: Settings, seed_pipeline: Pipeline) -> None:
        rate(settings, seed_pipeline, "Where was the missile launched from?", "up", "Just\x1b[31m\nso.")
        rate(settings, seed_pipeline, "What is the capital of Mongolia?", "down")
        done = run(settings, "list")
        assert (done.exit_code, done.stderr) == (0, "")
        head, first, second = done.stdout.splitlines()
        assert head.split() == ["when", "rating", "outcome", "question", "note"]
        assert re.search(r" up +answered +Where was the missile launched from\? +Just \[31m so\.$", first)
        assert re.search(r" down +\w+ +What is the capital of Mongolia\?$", second)
        printed = json.loads(run(settings, "list", "--json").stdout)
        assert [one["note"] for one in printed] == ["Just\x1b[31m\nso.", None]
        assert (
            printed[0]["citations"][0]["cited_text"]
            in seed_pipeline.article(printed[0]["citations"][0]["article_id"]).text
        )

    def test_a_damaged_line_is_named(self, settings: Settings, seed_pipeline: Pipeline, tmp_path: Path) -> None:
        with (index_folder(settings.indexes, settings.index) / FILE).open("w", encoding="utf-8") as file:
            file.write('{"torn')
        assert "Passed over: line 1" in run(settings, "list").stderr
        rate(settings, seed_pipeline, "Where was the missile launched from?", "up")
        for arguments in (["list"], ["export", tmp_path / "set"]):
            done = run(settings, *arguments)
            assert (done.exit_code, done.stderr) == (
                3, "Passed over: line 1 of feedback.jsonl is not whole: it is no JSON.\n",
            )  # fmt: skip

    def test_from_thumbs_to_measures_and_back(
        self, settings: Settings, seed_pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        helpful = rate(settings, seed_pipeline, "Where was the missile launched from?", "up", "Yes.")
        silent = rate(settings, seed_pipeline, "What is the capital of Mongolia?", "up")
        wrong = rate(settings, seed_pipeline, "Who condemned the missile launch?", "down")
        assert (helpful.outcome, silent.citations) == ("answered", ())
        assert silent.outcome in {"not_stated", "not_covered"}
        for number, text in enumerate(ODD):
            odd = replace(silent, id=f"odd{number}", question=text, asked=text, note=text)
            append(index_folder(settings.indexes, settings.index), odd)

        target = tmp_path / "set"
        done = run(settings, "export", target)
        assert done.exit_code == 0, done.output
        assert "11 questions" in done.stdout
        assert "Of 1 it is not known what is right" in done.stdout
        assert sorted(path.name for path in tmp_path.iterdir()) == ["indexes", "set"]
        assert sorted(path.name for path in target.rglob("*")) == ["corpus.jsonl", "qrels", "queries.jsonl", "test.tsv"]
        (article,) = map(json.loads, (target / "corpus.jsonl").read_text(encoding="utf-8").splitlines())
        assert article["text"] == seed_pipeline.article(article["_id"]).text
        assert (target / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines() == [
            "query-id\tcorpus-id\tscore",
            f"{helpful.id}\t{article['_id']}\t1",
            f"{wrong.id}\t{article['_id']}\t0",
        ]

        chosen = read_set(target)
        assert (len(chosen.questions), chosen.unjudged) == (10, 1)
        assert [question.text for question in chosen.questions[2:]] == list(ODD)
        assert [question.answerable for question in chosen.questions] == [True] + [False] * 9

        monkeypatch.chdir(tmp_path)
        measured = CliRunner().invoke(cli, ["eval", "set", "--cache", "cache"])
        assert measured.exit_code == 0, measured.output
        report = json.loads((tmp_path / "eval-set" / "report.json").read_text(encoding="utf-8"))
        verdicts = {one["id"]: one["verdict"] for one in report["questions"]}
        assert verdicts[helpful.id] == Verdict.RIGHT
        assert verdicts[silent.id] == Verdict.RIGHTLY_SILENT
        assert wrong.id not in verdicts

    def test_a_question_that_cannot_be_asked_is_left_out(
        self, settings: Settings, seed_pipeline: Pipeline, tmp_path: Path
    ) -> None:
        good = rate(settings, seed_pipeline, "Where was the missile launched from?", "up")
        for text in (" \n", "bell\x07", "x" * 3000):
            append(index_folder(settings.indexes, settings.index), replace(good, question=text))
        done = run(settings, "export", tmp_path / "set")
        assert done.exit_code == 3
        assert done.stderr == "Left out: 3 of the questions, which cannot be asked as they are.\n"
        assert [question.id for question in read_set(tmp_path / "set").questions] == [good.id]

    def test_it_is_replaced_only_by_force(self, settings: Settings, seed_pipeline: Pipeline, tmp_path: Path) -> None:
        target = tmp_path / "a set"
        rate(settings, seed_pipeline, "Where was the missile launched from?", "up")
        assert run(settings, "export", target).exit_code == 0
        before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
        rate(settings, seed_pipeline, "What is the capital of Mongolia?", "up")
        refused = run(settings, "export", target)
        assert (refused.exit_code, "--force" in refused.stderr) == (1, True)
        assert {path: path.read_bytes() for path in target.rglob("*") if path.is_file()} == before
        assert run(settings, "export", target, "--force").exit_code == 0
        assert len((target / "queries.jsonl").read_text(encoding="utf-8").splitlines()) == 2
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a set", "indexes"]

    def test_what_fails_leaves_the_set_as_it_was(
        self, settings: Settings, seed_pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = tmp_path / "set"
        rate(settings, seed_pipeline, "Where was the missile launched from?", "up")
        assert run(settings, "export", target).exit_code == 0
        before = (target / "queries.jsonl").read_bytes()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("qa.feedback.writing.write_rows", full)
        done = run(settings, "export", target, "--force")
        assert (done.exit_code, "No space left on device" in done.stderr) == (1, True)
        assert (target / "queries.jsonl").read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["indexes", "set"]

    def test_a_rebuild_and_the_removal_of_versions_leave_it(
        self, tmp_path: Path, build_index: Callable[..., Report]
    ) -> None:
        settings = replace(Settings.from_env(indexes=tmp_path / "indexes"), keep=1)
        folder = index_folder(settings.indexes, settings.index)
        for number in range(2):
            (tmp_path / "a.txt").write_text(f"A\n\nThe ferry has {number} funnels.", encoding="utf-8")
            build_index(settings, tmp_path / "a.txt")
            if number == 0:
                append(folder, entry())
        assert len(list((folder / "versions").iterdir())) == 1
        assert read_feedback(folder).entries == (entry(),)
        done = run(settings, "export", tmp_path / "set")
        assert done.exit_code == 3
        assert "Left out: the article 'ferry' is not in the index any more (Who steered the ferry?)." in done.stderr
        assert "Nothing can be measured on it" in done.stdout
