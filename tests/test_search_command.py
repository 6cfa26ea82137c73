"""`qa search`, `qa completion`, and `--json` where commands have it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from qa.build import Report
from qa.cli import cli
from qa.config import Settings
from qa.document import findings_document
from qa.index import current_version, index_folder
from qa.pipeline import Pipeline
from qa.records import Inquiry

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    {"_id": "a", "title": "Ferry", "source": "Northern Wire", "text": "A ferry ran aground.", "published_at": "2024"},
    {"_id": "b", "title": "Owls", "source": "Reuters, London", "text": "Barn owls nest in the mill."},
    {"_id": "c", "title": "Trap", "source": "$(touch pwned)", "text": "A trap was set."},
    {"_id": "d", "title": "Star", "source": "A* & friends (east)", "text": "A star is seen."},
    {"_id": "e", "title": "Tick", "source": "`id`", "text": "A clock ticks."},
]  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, build_index: Callable[..., Report]) -> Path:
    """A folder with an index called news in indexes/."""
    folder = tmp_path_factory.mktemp("searched")
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    build_index(Settings.from_env(indexes=folder / "indexes", index="news"), folder / "corpus.jsonl")
    return folder


def run(place: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--indexes", str(place / "indexes"), "--index", "news"])


class TestSearch:
    def test_passages_with_their_places(self, seed_settings: Settings) -> None:
        done = CliRunner().invoke(cli, ["search", "missile launch", "-k", "2", "--indexes", str(seed_settings.indexes)])
        assert (done.exit_code, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        assert [line for line in lines if line.startswith("[")] == [
            f"[{number}] North Korea launches missile amid US push to resume talks" for number in (1, 2)
        ]
        places = [line.strip() for line in lines if line.lstrip().startswith("->")]
        assert [place.partition(", ")[2] for place in places] == ["characters 0-881", "characters 883-1593"]
        assert lines[-1] == "Searched 5 passages of 1 article by words and by meaning; read all of them."
        assert max(map(len, lines[:-1])) <= 104

    def test_json_is_the_document_of_the_findings(self, seed_settings: Settings, seed_pipeline: Pipeline) -> None:
        done = CliRunner().invoke(
            cli, ["search", "Sinpo", "--json", "-k", "3", "--indexes", str(seed_settings.indexes)]
        )
        printed = json.loads(done.stdout)
        expected = findings_document(seed_pipeline.search(Inquiry("Sinpo", k=3)))
        assert set(printed.pop("timings_ms")) == set(expected.pop("timings_ms"))
        assert printed == json.loads(json.dumps(expected))
        assert len(printed["passages"]) == 3

    def test_filters(self, place: Path) -> None:
        found = json.loads(run(place, "search", "mill", "--source", "northern wire", "--json").stdout)
        assert [passage["article_id"] for passage in found["passages"]] == ["a"]
        assert run(place, "search", "mill", "--since", "2030").stdout.splitlines()[0] == "Nothing was found."
        wrong = run(place, "search", "mill", "--source", "Northern Wine")
        assert (wrong.exit_code, "Similar: 'Northern Wire'" in wrong.stderr) == (2, True)

    def test_words_alone_say_so(self, words_settings: Settings) -> None:
        done = CliRunner().invoke(cli, ["search", "missile", "--indexes", str(words_settings.indexes)])
        assert done.stdout.splitlines()[-1] == "`qa build` makes the vectors to search by meaning."

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [(["search", ""], "The question is empty"), (["search", "x", "--since", "May"], "since: 'May' is not a day")],
    )
    def test_what_is_wrong_is_said_before_anything_is_loaded(self, arguments: list[str], sentence: str) -> None:
        done = CliRunner().invoke(cli, [*arguments, "--indexes", "nowhere"])
        assert (done.exit_code, sentence in done.stderr) == (2, True)


class TestJson:
    def test_a_build(self, tmp_path: Path) -> None:
        articles = tmp_path / "articles"
        articles.mkdir()
        (articles / "bread.txt").write_text("Bread\n\nBake it for forty minutes.", encoding="utf-8")
        (articles / "empty.txt").touch()
        (articles / "photo.jpg").touch()
        settings = ("--indexes", str(tmp_path / "indexes"), "--json")
        done = CliRunner().invoke(cli, ["build", str(articles), *settings])
        printed = json.loads(done.stdout)
        assert done.exit_code == 3
        assert printed == {
            "version": current_version(index_folder(tmp_path / "indexes", "default")),
            "published": True,
            "files": 2,
            "articles": 1,
            "passages": 1,
            "articles_read": 1,
            "embedded": 1,
            "left_out": [{"origin": f"{articles}/empty.txt", "reason": "is empty"}],
            "unknown": {".jpg": 1},
        }
        again = json.loads(CliRunner().invoke(cli, ["build", *settings]).stdout)
        assert (again["published"], again["version"]) == (False, printed["version"])
        (articles / "owls.txt").write_text("Owls\n\nOwls nest in the mill.", encoding="utf-8")
        CliRunner().invoke(cli, ["build", *settings])
        back = json.loads(CliRunner().invoke(cli, ["rollback", *settings]).stdout)
        listed = json.loads(CliRunner().invoke(cli, ["versions", *settings]).stdout)
        assert back == next(version for version in listed if version["version"] == printed["version"])
        assert back["current"] is True

    def test_models(self, models_dir: Path) -> None:
        listed = json.loads(CliRunner().invoke(cli, ["models", "--json", "--models", str(models_dir)]).stdout)
        assert [set(model) for model in listed] == [{"name", "state", "role", "licence", "origin"}] * len(listed)
        assert listed[0]["name"] == "snowflake-arctic-embed-s"

    def test_every_command_that_has_it_is_in_the_readme_and_none_that_has_not(self) -> None:
        paragraph = (ROOT / "README.md").read_text(encoding="utf-8").partition("With `--json` these print")[2]
        told = paragraph.partition("; `qa eval`")[0]
        assert isinstance(cli, click.Group)
        having = {name for name, command in cli.commands.items() if _has_json(command)}
        assert set(re.findall(r"`([a-z ]+)`", told)) == having | {"feedback list"}


def _has_json(command: Any) -> bool:
    return any("--json" in parameter.opts for parameter in command.params)


class TestCompletion:
    def complete(self, place: Path, line: str) -> list[str]:
        """What bash offers for a line that ends where the cursor is, by the script that `qa completion` prints."""
        script = CliRunner().invoke(cli, ["completion", "bash"]).output
        (place / "qa").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qa "$@"\n', encoding="utf-8")
        (place / "qa").chmod(0o755)
        words = line.split(" ")
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        asked = (
            f"COMP_WORDS=({quoted})\nCOMP_CWORD={len(words) - 1}\n_qa_completion {place}/qa\n"
            'printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        done = subprocess.run(
            [str(shutil.which("bash")), "--norc", "-c", f"{script}\n{asked}"],
            capture_output=True, text=True, check=True, cwd=place, timeout=300,
            env={**os.environ, "PYTHONPATH": str(ROOT), "QA_INDEX": "news"},
        )  # fmt: skip
        assert done.stderr == ""
        return done.stdout.splitlines()

    def test_commands_and_options(self, place: Path) -> None:
        assert self.complete(place, "qa se") == ["search", "serve"]
        assert self.complete(place, "qa search --so") == ["--source"]

    def test_names_of_indexes_and_versions(self, place: Path) -> None:
        assert self.complete(place, "qa ask --index n") == ["news"]
        assert self.complete(place, "qa rollback 2") == [current_version(place / "indexes" / "news")]
        assert self.complete(place, "qa ask --indexes nowhere --index ") == [""]

    def test_a_source_is_one_word_and_never_code(self, place: Path) -> None:
        offered = self.complete(place, "qa ask --source ")
        assert offered == [r"A\*\ \&\ friends\ \(east\)", r"Northern\ Wire", r"Reuters,\ London"]
        assert self.complete(place, r"qa ask --source reuters,") == [r"Reuters,\ London"]
        assert self.complete(place, "qa ask --source $(") == [""]
        echoed = subprocess.run(
            ["bash", "-c", f"printf '%s\\n' {' '.join(offered)}"], capture_output=True, text=True, check=True, cwd=place
        )
        assert echoed.stdout.splitlines() == ["A* & friends (east)", "Northern Wire", "Reuters, London"]
        assert not (place / "pwned").exists()

    def test_models_and_kinds(self, place: Path) -> None:
        assert self.complete(place, "qa build --dense f") == ["flat"]
        assert self.complete(place, "qa ask --reranker ms") == ["ms-marco-MiniLM-L-12-v2"]
        assert self.complete(place, "qa completion ") == ["bash", "zsh", "fish"]

    def test_a_damaged_index_offers_nothing(self, tmp_path: Path) -> None:
        broken = tmp_path / "indexes" / "news"
        broken.mkdir(parents=True)
        (broken / "current").write_text("nonsense", encoding="utf-8")
        assert self.complete(tmp_path, "qa ask --source ") == [""]
        assert self.complete(tmp_path, "qa rollback ") == [""]

    @pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
    def test_fish_keeps_a_name_whole(self, place: Path) -> None:
        self.complete(place, "qa se")  # puts a `qa` there
        script = CliRunner().invoke(cli, ["completion", "fish"]).output
        done = subprocess.run(
            ["fish", "-c", f"{script}\ncomplete -C 'qa ask --source Reut'"],
            capture_output=True, text=True, check=True, cwd=place, timeout=300,
            env={
                **os.environ, "PYTHONPATH": str(ROOT), "QA_INDEX": "news", "HOME": str(place),
                "PATH": f"{place}{os.pathsep}{os.environ['PATH']}",
            },
        )  # fmt: skip
        assert done.stdout.splitlines() == ["Reuters, London"]

    @pytest.mark.parametrize(("shell", "sign"), [("zsh", "#compdef qa"), ("fish", "complete --no-files --command qa")])
    def test_other_shells_have_clicks_own_script(self, shell: str, sign: str) -> None:
        done = CliRunner().invoke(cli, ["completion", shell])
        assert done.exit_code == 0
        assert sign in done.stdout
        assert f"_QA_COMPLETE={shell}_complete" in done.stdout
        assert ('split ","' in done.stdout) is False
