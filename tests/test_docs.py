"""What the documents say is what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from qa.cli import cli
from qa.config import Settings
from qa.pins import PINNED, PinnedModel

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FROM_A_PROGRAM = (ROOT / "docs" / "how-to" / "ask-from-a-program.md").read_text(encoding="utf-8")


def row(first: str) -> list[str]:
    """The cells of the table row in the README that begins with `first`."""
    (line,) = [line for line in README.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("model", PINNED.values(), ids=lambda model: model.name)
def test_every_model_is_in_the_readme(model: PinnedModel) -> None:
    name, role, licence, origin = row(model.name)
    assert (name, role, licence, origin) == (model.name, model.role, model.licence, model.origin)


def test_every_command_is_in_the_readme_and_none_that_is_not_there() -> None:
    assert isinstance(cli, click.Group)
    commands = re.search(r"## Commands\n(.*?)\n## ", README, re.DOTALL)
    assert commands is not None
    assert set(re.findall(r"^\| `qa (\w+)", commands[1], re.MULTILINE)) == set(cli.commands)


def test_every_route_is_in_the_readme_and_none_that_is_not_there() -> None:
    from web.app import create_app

    served = {
        (method.upper(), path)
        for path, operations in create_app(Settings()).openapi()["paths"].items()
        for method in operations
    } | {("GET", "/openapi.json")}
    told = set(re.findall(r"^\| `(GET|POST) (/\S*)` \|", README, re.MULTILINE))
    assert told == served


def test_every_field_of_an_answer_is_told_to_who_asks_from_a_program() -> None:
    from web.app import create_app

    schemas = create_app(Settings()).openapi()["components"]["schemas"]
    told = re.search(r"\| field \| what it is \|(.*?)\n\n", FROM_A_PROGRAM, re.DOTALL)
    assert told is not None
    for name in [*schemas["AnswerDocument"]["properties"], *schemas["CitationDocument"]["properties"]]:
        assert f"`{name}`" in told[1], name


def test_the_terminal_answer_in_the_readme_is_what_the_terminal_shows(seed_settings: Settings) -> None:
    shown = re.search(r'```text\n\$ .venv/bin/qa ask "(?P<question>.*?)"\n(?P<answer>.*?)```', README, re.DOTALL)
    assert shown is not None
    done = subprocess.run(
        [sys.executable, "-m", "qa", "ask", shown["question"], "--indexes", str(seed_settings.indexes)],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    without_time = re.compile(r" · \d+ ms")
    assert without_time.sub("", shown["answer"]) == without_time.sub("", done.stdout.replace(f"{ROOT}/", ""))


@pytest.mark.parametrize("document", [ROOT / "CONTRIBUTING.md", ROOT / "README.md"], ids=lambda path: path.name)
def test_files_and_make_targets_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", text.replace("make that", ""))) - {"serve", "test"} <= targets | {
        "nothing"
    }
    for name in re.findall(r"`((?:qa|web|tests|docs|scripts|benchmarks)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name
    for module in re.findall(r"-m (benchmarks\.\w+)", text):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module


def test_the_lock_file_pins_what_pyproject_asks_for_and_names_no_index() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[<>=!~ \[]", line)[0].lower().replace("_", "-") for line in asked}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]
    pinned = {line.partition("==")[0].replace("_", "-") for line in lines}
    assert names <= pinned
    assert all(re.fullmatch(r"[\w.-]+==[\w.!]+", line) for line in lines)


def test_the_seed_article_is_unchanged() -> None:
    from qa.models import sha256_of

    assert sha256_of(ROOT / "seeds" / "000_4cfc9b414cc2f2ae.txt") == (
        "79bb563e0a809ef8f1ebf2e528c2ee2369f2235566d50d37a299a4217cd0c4b4"
    )
