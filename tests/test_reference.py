"""The reference in docs/reference/ is what the code says today."""

from __future__ import annotations

from dataclasses import Field, fields
from typing import Any

import pytest

import qa
from qa.config import Settings, variable_of
from scripts.reference.pages import PAGES
from tests.documents import ROOT

FOLDER = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_makes_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for option in fields(Settings):
        monkeypatch.delenv(variable_of(option.name), raising=False)
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_no_page_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


@pytest.mark.parametrize("option", fields(Settings), ids=lambda option: option.name)
def test_every_setting_has_its_row(option: Field[Any]) -> None:
    text = (FOLDER / "settings.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if line.startswith(f"| `{variable_of(option.name)}` |")]
    assert option.metadata["help"] in row


def test_every_public_name_is_described() -> None:
    text = (FOLDER / "python.md").read_text(encoding="utf-8")
    described = {name for name in qa.__all__ if f"\n## `{name}`\n" in text}
    assert described == set(qa.__all__) - {"__version__"}
