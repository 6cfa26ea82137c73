"""An evaluation from end to end: real models, a small corpus, the command as a person gives it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli import cli
from qa.evaluate import compare
from qa.evaluate.asking import ask_all
from qa.evaluate.corpus import for_ranking
from qa.evaluate.gold import Aligner
from qa.evaluate.reading import read_set
from qa.pipeline import Pipeline
from qa.records import Answer
from tests.progress import Silent

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = "<script>alert('eval')</script>"

ARTICLES = {
    "glacier.md": "# A village keeps its glacier under blankets\n\nEvery May the village of Oberalp covers its glacier "
    "with fleece blankets. The fleece reflects the sun and slows the melting by sixty percent.\n\nMarta Keller, who "
    "runs the ski school, had the idea in 2009. The blankets are paid for with a levy of two francs on each hotel "
    f"night. On the cover of the year's report stands {SCRIPT} for reasons that nobody remembers.",
    "bakery.txt": "The bakery on Mill Street\n\nThe bakery on Mill Street was founded by Jonas Brandt in 1874. Its rye "
    "bread is baked for fifty minutes in an oven that is fired with beech wood.\n\nIn 1998 the oven was rebuilt with "
    "bricks from a demolished chimney. The bakery sells four hundred loaves on a Saturday.",
    "notes/ferry.md": "# The ferry to Hestholm\n\nThe ferry Linnea crosses to the island of Hestholm in eighteen "
    "minutes. She was launched in Gothenburg in 1961 and carries twelve cars.\n\nFrom December to March the ferry does "
    "not run, and the mail comes by helicopter.",
}
BEIR = {
    "q1": "Who founded the bakery on Mill Street?",
    "q2": "How long is the rye bread baked?",
    "q3": "What is sold on a Sunday?",
}
MISSILE = "North Korea launches missile amid US push to resume talks"


def _known(number: int, text: str, kind: str = "known", **metadata: Any) -> dict[str, Any]:
    return {"_id": f"k{number}", "text": text, "metadata": {"kind": kind, **metadata}}


QUESTIONS = [
    _known(1, "Who had the idea to cover the glacier?", answers=["Marta Keller"], doc="glacier.md"),
    _known(2, "By how much does the fleece slow the melting?", answers=["sixty percent"], doc="glacier.md"),
    _known(3, "How is the cover of the glacier paid for?", answers=["a levy of two francs"], doc="glacier.md"),
    _known(4, "Who founded the bakery on Mill Street?", answers=["Jonas Brandt"]),
    _known(5, "How long is the rye bread baked?", answers=["fifty minutes"]),
    _known(6, "Is the oven fired with wood?", answer="Yes", doc="bakery.txt"),
    _known(7, "How many cars does the ferry Linnea carry?", evidence=[
        {"doc": "notes/ferry.md", "fact": "She was launched in Gothenburg in 1961 and carries twelve cars."},
    ]),
    _known(8, "How does the mail reach Hestholm in winter?", answers=["by helicopter"], doc="ferry.md"),
    _known(9, "Where was the missile launched from?", answers=["Sinpo"]),
    _known(10, "Who won the chess championship of 2016?", "absent", answerable=False),
    _known(11, "What is the boiling point of mercury?", "absent", answerable=False),
    _known(12, f"Why is {SCRIPT} on the bakery's <b>door</b>?", "near", answerable=False),
    _known(13, "Which opera did Jonas Brandt compose?", "near", answerable=False),
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to work in, with a set as a person would make one in `mine`."""
    place = tmp_path_factory.mktemp("evaluate")
    seed = next((ROOT / "seeds").iterdir())
    for name, text in {**ARTICLES, seed.name: seed.read_text(encoding="utf-8")}.items():
        path = place / "mine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    lines = "".join(json.dumps(question) + "\n" for question in QUESTIONS)
    (place / "mine" / "queries.jsonl").write_text(lines, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def qa(place: Path) -> Callable[..., Result]:
    """Run `qa eval` there, as a person does."""

    def run(*arguments: str, few: tuple[str, ...] = ("--rerank", "4")) -> Result:
        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(place)
            return CliRunner().invoke(cli, ["eval", *arguments, *few])

    return run


@pytest.fixture(scope="module")
def ran(place: Path, qa: Callable[..., Result]) -> Result:
    done = qa("mine", "--cache", "cache", "--out", "first")
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def report(ran: Result, place: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((place / "first" / "report.json").read_text(encoding="utf-8"))
    return document


def figure(report: dict[str, Any], measure: str, section: str | None = None, group: str = "") -> dict[str, Any]:
    (found,) = (
        one
        for one in report["figures"]
        if (one["measure"], one["group"]) == (measure, group) and section in (None, one["section"])
    )
    return dict(found)


def asked(report: dict[str, Any], question_id: str) -> dict[str, Any]:
    (found,) = (one for one in report["questions"] if one["id"] == question_id)
    return dict(found)


def test_questions_are_no_articles_and_file_names_name_their_article(report: dict[str, Any]) -> None:
    assert report["index"]["articles"] == 4
    assert report["index"]["missing"] == []
    assert report["settings"]["rerank"] == 4
    assert not report["settings"].keys() & {"indexes", "models", "host"}
    assert report["set"]["groups"] == {"absent": 2, "known": 9, "near": 2}
    # Five name an article by `doc`, of which one has no answer to place, and one by evidence; three have words alone.
    assert figure(report, "nDCG@10", "retrieval by article")["questions"] == 6
    assert figure(report, "nDCG@10", "retrieval by passage")["questions"] == 5
    assert figure(report, "nDCG@10", "retrieval by words of the answer")["questions"] == 3


def test_what_is_easy_to_find_is_found_and_answered(report: dict[str, Any]) -> None:
    for section in ("retrieval by article", "retrieval by passage", "retrieval by words of the answer"):
        assert figure(report, "R@100", section)["value"] == 1.0
    assert figure(report, "cited text holds a gold answer") | {"low": 0, "high": 0} == {
        "section": "answers", "measure": "cited text holds a gold answer", "group": "", "value": 1.0,
        "low": 0, "high": 0, "questions": 7, "unit": "",
    }  # fmt: skip
    assert asked(report, "k7")["rule"] == "the cited text and a gold fact lie in one another"
    assert asked(report, "k6")["rule"] == "a relevant article is cited"  # "Yes" stands nowhere
    assert "exact match" not in asked(report, "k6")["measures"]
    assert asked(report, "k9")["passages"][0]["title"] == MISSILE


def test_figures_are_means_of_what_the_questions_say(report: dict[str, Any]) -> None:
    for one in report["figures"]:
        prefix = {"retrieval by article": "article ", "retrieval by passage": "passage "}.get(one["section"], "")
        if one["section"] not in {"answers", "retrieval by article", "retrieval by passage"}:
            continue
        values = [
            question["measures"][prefix + one["measure"]]
            for question in report["questions"]
            if one["group"] in ("", question["group"]) and prefix + one["measure"] in question["measures"]
        ]
        assert one["value"] == pytest.approx(sum(values) / len(values)), one
        assert one["questions"] == 1 or one["low"] <= one["value"] <= one["high"]


def test_silence_is_told_for_each_group_of_unanswerable_questions(report: dict[str, Any]) -> None:
    from sklearn.metrics import roc_auc_score

    sure = {one["id"]: one["confidence"] if one["could_answer"] else 0.0 for one in report["questions"]}
    known = [f"k{number}" for number in range(1, 10)]
    groups = {"absent": ["k10", "k11"], "near": ["k12", "k13"]}
    for group, ids in {**groups, "": [*groups["absent"], *groups["near"]]}.items():
        labels = [True] * len(known) + [False] * len(ids)
        expected = roc_auc_score(labels, [sure[name] for name in [*known, *ids]])
        assert figure(report, "AUROC", group=group)["value"] == pytest.approx(expected)
        refused = [name for name in [*known, *ids] if not asked(report, name)["answered"]]
        share = sum(name in ids for name in refused) / len(ids)
        assert figure(report, "refusal recall", group=group)["value"] == share
    assert figure(report, "AUROC", group="absent")["value"] == 1.0


def test_trec_files_hold_what_the_report_says(report: dict[str, Any], place: Path) -> None:
    import ir_measures

    for level, prefix in {"article": "", "passage": "passages."}.items():
        qrels = list(ir_measures.read_trec_qrels(str(place / "first" / f"{prefix}qrels.trec")))
        run = list(ir_measures.read_trec_run(str(place / "first" / f"{prefix}run.trec")))
        for measure in ("nDCG@10", "R@5", "RR@10"):
            values = [
                value
                for question in report["questions"]
                for name, value in question["measures"].items()
                if name in {f"{level} {measure}", f"words {measure}" if level == "passage" else ""}
            ]
            again = ir_measures.calc_aggregate([ir_measures.parse_measure(measure)], qrels, run)
            assert list(again.values()) == [pytest.approx(sum(values) / len(values))]
    assert {line.split()[0] for line in (place / "first" / "run.trec").read_text().splitlines()} == {
        one["id"] for one in report["questions"]
    }


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.questions: list[str] = []
        self.text = ""
        self._summary = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag == "summary":
            self._summary = True

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._summary:
            self.questions.append(data.strip())
            self._summary = False


@pytest.fixture(scope="module")
def page(ran: Result, place: Path) -> _Page:
    parser = _Page()
    parser.feed((place / "first" / "report.html").read_text(encoding="utf-8"))
    return parser


def test_the_page_shows_text_as_text_and_fetches_nothing(page: _Page) -> None:
    assert not page.tags.keys() & {"script", "img", "link", "iframe", "b", "a"}
    assert not [value for name, value in page.attributes if name in {"src", "href", "srcset"} or name.startswith("on")]
    assert f"Why is {SCRIPT} on the bakery's <b>door</b>?" in page.questions
    assert page.tags["polyline"] == 1
    assert page.tags["details"] == len(QUESTIONS)


def test_the_worst_come_first_with_what_was_found_and_expected(page: _Page, report: dict[str, Any]) -> None:
    assert page.questions == [question["text"] for question in report["questions"]]
    order = [
        "answered wrongly", "answered, where nothing answers", "silent, with the right words at hand",
        "silent, and the right words were not found", "not judged", "answered rightly", "silent, rightly",
    ]  # fmt: skip
    places = [order.index(question["verdict"]) for question in report["questions"]]
    assert places == sorted(places)
    assert "Marta Keller" in page.text
    assert "No answer: the articles do not hold one." in page.text
    for question in report["questions"]:
        for citation in question["citations"]:
            assert citation["cited_text"] in page.text


def test_the_same_set_gives_the_same_report_but_for_times(
    qa: Callable[..., Result], report: dict[str, Any], place: Path
) -> None:
    done = qa("mine", "--cache", "cache", "--out", "second")
    assert "Reading files" not in done.stderr  # the index is there
    again = json.loads((place / "second" / "report.json").read_text(encoding="utf-8"))
    assert [one["measure"] for one in again.pop("times")] == [one["measure"] for one in report["times"]]
    assert again == {name: value for name, value in report.items() if name != "times"}
    for name in ("run.trec", "qrels.trec", "passages.run.trec", "passages.qrels.trec"):
        assert (place / "second" / name).read_bytes() == (place / "first" / name).read_bytes()


def test_the_table_says_what_the_report_says(ran: Result, report: dict[str, Any]) -> None:
    one = figure(report, "RR@10", "retrieval by article")
    row = rf"  RR@10 +{one['value']:.3f} +{one['low']:.3f} to {one['high']:.3f} +{one['questions']}"
    assert re.search(row, ran.stdout)
    assert re.search(r"^    near +\d\.\d{3}", ran.stdout, re.MULTILINE)
    assert re.search(r"^  total p95 +[\d.]+ ms", ran.stdout, re.MULTILINE)
    assert "Written: first/report.json, first/report.html, first/run.trec" in ran.stdout


def test_comparing_shows_each_difference_with_its_p(
    qa: Callable[..., Result], report: dict[str, Any], place: Path
) -> None:
    other = json.loads(json.dumps(report))
    for question in other["questions"]:
        if question["id"] in {"k1", "k2", "k3", "k4", "k5"}:
            question["measures"]["words cited"] += 2.0
        if not question["answerable"]:
            question["confidence"], question["could_answer"] = 1.0, True
    other["questions"] = [question for question in other["questions"] if question["id"] != "k9"]
    (place / "other.json").write_text(json.dumps(other), encoding="utf-8")
    compared = compare(place / "first", place / "other.json")
    assert (compared.questions, compared.common) == ((13, 12), 12)
    by_name = {(one.measure, one.group): one for one in compared.differences}
    longer = by_name["words cited", ""]
    assert longer.difference == pytest.approx(5 * 2.0 / 8)
    assert longer.p == pytest.approx(2 / 2**5)  # of all signs of five equal differences, two are as far out
    assert by_name["article nDCG@10", ""].p == 1.0
    assert by_name["AUROC", ""].second < by_name["AUROC", ""].first
    assert by_name["AUROC", "absent"].questions == 10
    shown = qa("--compare", "first", "other.json").stdout
    sections = [one.measure.partition(" ")[0] for one in compared.differences]
    assert [name for name, _ in groupby(sections)][:3] == ["article", "passage", "words"]
    row = r"^words cited +[\d.]+ +[\d.]+ +\+1\.250 +\+[\d.]+ to \+[\d.]+ +0\.0625 +8$"
    assert re.search(row, shown, re.MULTILINE)


def test_a_citation_that_is_not_exact_fails_the_command_and_is_named(
    qa: Callable[..., Result], place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a set in the layout of BEIR, with ids that a TREC file cannot hold as they are."""
    (place / "beir" / "qrels").mkdir(parents=True)
    row = {"_id": "mill street", "title": "The bakery", "text": ARTICLES["bakery.txt"]}
    (place / "beir" / "corpus.jsonl").write_text(json.dumps(row), encoding="utf-8")
    lines = [json.dumps({"_id": name, "text": text}) for name, text in BEIR.items()]
    (place / "beir" / "queries.jsonl").write_text("\n".join(lines), encoding="utf-8")
    judged = "query-id\tcorpus-id\tscore\nq1\tmill street\t1\nq2\tmill street\t2\nq2\tgone\t1\n"
    (place / "beir" / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")
    whole = Pipeline.ask

    def shifted(self: Pipeline, question: str, k: int | None = None) -> Answer:
        answer = whole(self, question, k)
        if "founded" not in question or not answer.citations:
            return answer
        first = answer.citations[0]
        return replace(answer, citations=(replace(first, cited_text="X" + first.cited_text[1:]), *answer.citations[1:]))

    monkeypatch.setattr(Pipeline, "ask", shifted)
    done = qa("beir", "--cache", "other-cache", "--out", "shifted")
    assert done.exit_code == 1
    assert "question q1: mill street, characters " in done.stderr
    assert "the article says 'The bakery on Mill Street was founded" in done.stderr
    written = json.loads((place / "shifted" / "report.json").read_text(encoding="utf-8"))
    exact = figure(written, "exact, character for character")
    assert exact["value"] == pytest.approx(1 - 1 / exact["questions"])
    assert (written["set"]["asked"], written["set"]["unjudged"], written["index"]["missing"]) == (
        2, 1, ["queries.jsonl:2: gone"],
    )  # fmt: skip
    assert figure(written, "R@1")["value"] == pytest.approx((1 + 1 / 2) / 2)
    assert "Not asked, because nothing is known of their answers: 1 question" in done.stdout
    assert (place / "shifted" / "run.trec").read_text().splitlines() == [
        "q1 Q0 mill%20street 1 1 qa", "q2 Q0 mill%20street 1 1 qa",
    ]  # fmt: skip


def test_rankings_go_deep_and_answers_are_made_at_any_confidence(
    place: Path, ran: Result, report: dict[str, Any]
) -> None:
    assert all(question["could_answer"] for question in report["questions"] if question["answerable"])
    chosen = read_set(place / "mine")
    (folder,) = (place / "cache" / "indexes").iterdir()
    from qa.config import Settings

    settings = Settings.from_env(indexes=place / "cache" / "indexes", index=folder.name, k=1, candidates=5)
    pipeline = Pipeline.open(for_ranking(settings))
    try:
        (one,) = ask_all(pipeline, chosen.questions[:1], Aligner(pipeline.index.store, {}), Silent())
    finally:
        pipeline.close()
    assert len(one.passages) == report["index"]["passages"] == len(set(one.passages))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none"], "Error: none is not a folder; name one that holds queries.jsonl and the articles."),
        (["mine", "--out", "mine"], "Error: mine lies among the articles; choose another folder with --out."),
        (["mine", "--part", "most"], "Error: --part: 'most' is neither even, odd, nor a fold such as 2/5."),
        (["mine", "--part", "1/9999"], "Error: --part: no question of mine is in part 1/9999; choose another."),
        (["mine", "--max-question-chars", "40"], "Error: queries.jsonl:2 cannot be asked: "),
        (["mine", "--questions", "0"], "Error: Invalid value for '--questions': 0 is not in the range x>=1."),
        ([], "Error: Name the folder of questions and articles, or two reports with --compare."),
        (["mine", "--compare", "a", "b"], "Error: --compare takes two reports and no folder."),
        (["--compare", "mine", "mine"], "mine/report.json cannot be read (No such file or directory); name a"),
        (["--compare", "mine/queries.jsonl", "mine"], "Error: mine/queries.jsonl is no report; name a report.json"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    qa: Callable[..., Result], arguments: list[str], sentence: str
) -> None:
    done = qa(*arguments)
    assert done.exit_code in {1, 2}
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_the_template_is_packaged() -> None:
    from hatchling.builders.wheel import WheelBuilder

    included = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert "qa/evaluate/report.html" in included
