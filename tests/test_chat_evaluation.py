"""How follow-ups are measured: by hand, on the open set, and as the command is given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.chat import standalone
from qa.cli import cli
from qa.evaluate.followups import Followup, messages, read_followups, select
from qa.evaluate.rewriting import Measured, measure, ways

CANARD = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "canard"
needs_canard = pytest.mark.skipif(
    not (CANARD / "turns.jsonl").is_file(), reason="the set canard is not in ../shared/data; it is read from there"
)

TURNS = [
    {
        "_id": "a#1",
        "history": ["Ada Quill", "Career"],
        "question": "Where was she born?",
        "rewrite": "Where was Ada Quill born?",
    },
    {
        "_id": "a#2",
        "history": ["Ada Quill", "Career", "Where was she born?", "In Oberalp."],
        "question": "Did Ada Quill <b>write</b> there?",
        "rewrite": "Did Ada Quill <b>write</b> there?",
    },
    {
        "_id": "b#1",
        "history": ["Linnea (ferry)", "Service"],
        "question": "When was it launched in Gothenburg?",
        "rewrite": "When was the ferry Linnea launched in Gothenburg?",
    },
]


def _folder(folder: Path, *lines: object) -> Path:
    folder.mkdir()
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    (folder / "turns.jsonl").write_text(text, encoding="utf-8")
    return folder


def _by_name(measured: list[Measured]) -> dict[str, Measured]:
    return {one.name: one for one in measured}


def test_the_measures_are_those_that_one_counts_by_hand(tmp_path: Path) -> None:
    found = _by_name(measure(read_followups(_folder(tmp_path / "set", *TURNS)), ways(standalone)))
    # A person added ada, quill, ferry, linnea; the title with its parenthesis is added whole.
    title = found["the title at a pronoun"]
    assert [sorted(one.ours) for one in title.made] == [["ada", "quill"], [], ["ferri", "linnea"]]
    assert (title.recall[0], title.precision[0], title.untouched[0]) == (1.0, 1.0, 1.0)
    ours = found["ours"]
    assert [one.question for one in ours.made] == [
        "Where was Ada Quill born?",
        "Did Ada Quill <b>write</b> there?",
        "When was Linnea launched in Gothenburg?",
    ]
    assert (ours.recall[0], ours.precision[0], ours.untouched[0]) == (0.75, 1.0, 1.0)
    whole = found["the whole history"]
    assert [len(one.ours) for one in whole.made] == [3, 3, 3]  # career; career, born, oberalp; service
    assert (whole.recall[0], whole.precision[0], whole.untouched[0]) == (1.0, 4 / 9, 0.0)
    alone = found["the question alone"]
    assert (alone.recall[0], alone.precision[0], alone.untouched[0]) == (0.0, None, 1.0)


def test_turns_of_a_dialogue_stay_together() -> None:
    followups = [
        Followup(f"{name}#{turn}", tuple(messages(["A", "B"])), "Why?", "Why?")
        for name in range(40)
        for turn in range(5)
    ]
    even, odd = (select(followups, part) for part in ("even", "odd"))
    assert len(even) + len(odd) == 200
    assert not {one.dialogue for one in even} & {one.dialogue for one in odd}


@needs_canard
def test_the_ways_beside_which_we_are_read_are_worth_what_the_issue_says() -> None:
    baselines = {name: way for name, way in ways(standalone).items() if name != "ours"}
    found = _by_name(measure(read_followups(CANARD), baselines))
    assert found["the question alone"].recall[0] == 0
    assert found["the whole history"].recall[0] == pytest.approx(0.91, abs=0.01)
    assert found["the whole history"].precision[0] == pytest.approx(0.09, abs=0.01)
    assert found["the title at a pronoun"].recall[0] == pytest.approx(0.39, abs=0.015)
    assert found["the title at a pronoun"].precision[0] == pytest.approx(0.79, abs=0.015)
    assert found["the title at a pronoun"].untouched[0] == pytest.approx(0.94, abs=0.01)


@needs_canard
def test_ours_is_worth_what_the_documents_say() -> None:
    for part in ("even", "odd"):
        (ours,) = measure(select(read_followups(CANARD), part), {"ours": standalone})
        assert ours.recall[0] is not None
        assert ours.precision[0] is not None
        assert ours.untouched[0] is not None
        assert ours.recall[0] > 0.43
        assert ours.precision[0] > 0.73
        assert ours.untouched[0] > 0.94


def test_the_command_writes_a_table_and_a_report(tmp_path: Path) -> None:
    folder, out = _folder(tmp_path / "mine", *TURNS), tmp_path / "report"
    done = CliRunner().invoke(cli, ["eval", str(folder), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "mine: 3 follow-ups of 2 dialogues" in done.output
    rows = {line[:26].strip(): line[26:].split() for line in done.output.splitlines()}
    assert rows["ours"][0] == "0.750"
    assert rows["the whole history"][0] == "1.000"
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert [one["way"] for one in report["figures"]] == [*ways(standalone)]
    worst = report["followups"][0]
    assert (worst["id"], worst["missing"], worst["needless"]) == ("b#1", ["ferri"], [])
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Where was Ada Quill born?" in page
    assert "<b>write" not in page  # what people wrote is text
    again = CliRunner().invoke(cli, ["eval", str(folder), "--out", str(out)])
    assert again.exit_code == 0


def test_a_part_is_a_part_of_the_dialogues(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "mine", *TURNS)
    counted = []
    for part in ("even", "odd"):
        done = CliRunner().invoke(cli, ["eval", str(folder), "--part", part, "--out", str(tmp_path / part)])
        counted.append("follow-ups" in done.output)
    assert any(counted)
    done = CliRunner().invoke(cli, ["eval", str(folder), "--part", "half", "--out", str(tmp_path / "half")])
    assert done.exit_code != 0
    assert "neither even, odd" in done.output


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "turns.jsonl:2 is not JSON"),
        ("[1]", "turns.jsonl:2 is JSON but not an object; write a follow-up such as"),
        ({"history": [], "rewrite": "Why?"}, "turns.jsonl:2 has no 'question' with text"),
        ({"history": [], "question": "Why?"}, "turns.jsonl:2 has no 'rewrite' with text"),
        ({"question": "Why?", "rewrite": "Why?"}, "turns.jsonl:2 has no 'history' that is a list of texts"),
        ({"history": [1], "question": "Why?", "rewrite": "Why?"}, "has no 'history' that is a list of texts"),
        (TURNS[0], "turns.jsonl:2 has the _id 'a#1' of line 1"),
    ],
)
def test_a_fault_of_the_file_is_told_with_its_line(tmp_path: Path, line: object, told: str) -> None:
    done = CliRunner().invoke(cli, ["eval", str(_folder(tmp_path / "mine", TURNS[0], line))])
    assert done.exit_code != 0
    assert told in done.output
    assert "Traceback" not in done.output


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["eval", str(_folder(tmp_path / "mine"))])
    assert done.exit_code != 0
    assert "turns.jsonl holds no follow-up; write one on each line, such as" in done.output
