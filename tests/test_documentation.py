"""Links lead somewhere, and what the documents say to type works."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest
from starlette.routing import Match

from qa.cli import cli
from qa.config import Settings
from tests.documents import DOCUMENTS, ROOT, Code, anchors, codes, links, steps

by_name = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


@by_name
def test_links_lead_somewhere(document: Path) -> None:
    for target in links(document):
        if urlsplit(target).scheme:
            assert re.match(r"https://|http://localhost\b", target), target
            continue
        path, _, anchor = target.partition("#")
        place = (document.parent / unquote(path)).resolve() if path else document
        assert place.exists(), target
        if anchor:
            assert anchor in anchors(place), target


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached or document.suffix != ".md":
            continue
        reached.add(document)
        waiting += [
            (document.parent / t.partition("#")[0]).resolve() for t in links(document) if not urlsplit(t).scheme
        ]
    assert {d for d in DOCUMENTS if (ROOT / "docs") in d.parents} <= reached


def _commands(block: Code) -> list[list[str]]:
    """The commands of a block, one a line, without comments."""
    joined = block.text.replace("\\\n", " ")
    if block.kind == "console":
        joined = "\n".join(step.command for step in steps(block.text) if "<<" not in step.command)
    found = []
    for line in joined.splitlines():
        words = shlex.split(line, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words = words[1:]
        found.append(words)
    return [words for words in found if words]


def _with(kind: str) -> list[tuple[Path, list[str]]]:
    return [
        (document, words)
        for document in DOCUMENTS
        for block in codes(document, "sh", "console")
        for words in _commands(block)
        if Path(words[0]).name == kind
    ]


@pytest.mark.parametrize("words", [words for _, words in _with("qa")], ids=" ".join)
def test_every_command_that_is_shown_is_one(words: list[str]) -> None:
    words = words[1 : next((at for at, word in enumerate(words) if word in {"|", ">", "&", "&&", "<"}), len(words))]
    command: click.Command = cli
    context = click.Context(cli, info_name="qa", **cli.context_settings)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        inner = command.get_command(context, name)
        assert inner is not None, name
        command = inner
        context = click.Context(command, parent=context, info_name=name)
    if words not in (["--help"], ["--version"]) and not isinstance(command, click.Group):
        command.parse_args(context, words)  # raises for an option that is not there


@pytest.mark.parametrize("words", [words for _, words in _with("curl")], ids=" ".join)
def test_every_address_that_is_shown_is_served(words: list[str]) -> None:
    from web.app import create_app

    (address,) = [word for word in words if word.startswith("http")]
    sends = any(word in {"-d", "--data", "--json"} for word in words)
    scope = {"type": "http", "method": "POST" if sends else "GET", "path": urlsplit(address).path, "headers": []}
    routes = create_app(Settings()).routes
    assert any(route.matches(scope)[0] is Match.FULL for route in routes), address


@by_name
def test_json_is_json(document: Path) -> None:
    for block in codes(document, "json"):
        whole = block.text.strip()
        try:
            json.loads(whole)
        except ValueError:  # JSON lines
            for line in whole.splitlines():
                json.loads(line)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> dict[str, str]:
    """An environment in which `qa` and `python` are this project's."""
    binaries = tmp_path_factory.mktemp("bin")
    for name, module in (("qa", "-m qa "), ("python", "")):
        (binaries / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {module}"$@"\n', encoding="utf-8")
        (binaries / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QA_")}
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "QA_MODELS": str(models_dir)}


def _as_pattern(expected: str) -> str:
    """What a console block says is printed, with `...` for what differs each time."""
    return ".*?".join(re.escape(part) for part in expected.split("..."))


RUN = [document for document in DOCUMENTS if codes(document, "console")]
RUN_ELSEWHERE = {
    "README.md",  # tests/test_corpus.py, tests/web/test_openai.py
    "docs/how-to/openai.md",  # tests/web/test_openai.py, which has a server
    "docs/how-to/python.md",  # tests/test_corpus.py: examples with what they print
    "docs/reference/python.md",  # signatures
}


def test_every_program_is_run_somewhere() -> None:
    with_programs = {document.relative_to(ROOT).as_posix() for document in DOCUMENTS if codes(document, "python")}
    assert with_programs - {document.relative_to(ROOT).as_posix() for document in RUN} == RUN_ELSEWHERE


@pytest.mark.parametrize("document", RUN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_shown_happens(document: Path, tmp_path: Path, shell: dict[str, str]) -> None:
    """Commands and programs of a page are run in turn, in one folder that has the seeds."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    programs: list[str] = []
    for block in codes(document, "console", "python"):
        if block.kind == "python":
            programs.append(block.text)
            _run([sys.executable, "-c", "\n".join(programs)], tmp_path, shell, block)
            continue
        for step in steps(block.text):
            printed = _run(["bash", "-c", step.command], tmp_path, shell, block)
            assert re.fullmatch(_as_pattern(step.printed), printed.strip("\n"), re.DOTALL), f"{step.command}\n{printed}"


def _run(command: list[str], folder: Path, environment: dict[str, str], block: Code) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"line {block.line}: {done.stderr[-2000:]}"
    return done.stdout
