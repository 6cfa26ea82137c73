"""The words of Rich Text Format that end a paragraph, a cell or a row, or say what a paragraph is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qa.load.rtf.flow import Flow


def _set_outline(flow: Flow, number: int | None) -> None:
    flow.outline = number if number is not None and 0 <= number < 9 else None  # noqa: PLR2004


def _set_depth(flow: Flow, number: int | None) -> None:
    flow.depth = max(number or 0, 0)


def _set_depth_of_table(flow: Flow, number: int | None) -> None:
    flow.in_table = bool(number)


def _set_in_table(flow: Flow, _: int | None) -> None:
    flow.in_table = True


WORDS: Mapping[str, Callable[[Flow, int | None], None]] = {
    "par": lambda flow, _: flow.end_paragraph(), "sect": lambda flow, _: flow.end_paragraph(),
    "page": lambda flow, _: flow.end_paragraph(), "pard": lambda flow, _: flow.plain(),
    "cell": lambda flow, _: flow.end_cell(), "nestcell": lambda flow, _: flow.add(" "),
    "row": lambda flow, _: flow.end_row(), "trowd": lambda flow, _: flow.begin_row(),
    "trhdr": lambda flow, _: flow.row_of_headers(), "intbl": _set_in_table,
    "itap": _set_depth_of_table, "outlinelevel": _set_outline, "ilvl": _set_depth,
}  # fmt: skip
