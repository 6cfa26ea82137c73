"""Rows of cells to lines, by example."""

from __future__ import annotations

import pytest

from qa.tables import looks_headed, placed, table_lines

PIERS = [["Pier", "Opened", "Length"], ["North pier", "1897", "410 m"], ["South pier", "", "275 m"]]


@pytest.mark.parametrize("headed", [True, None])
def test_each_cell_has_its_header(headed: bool | None) -> None:
    assert table_lines(PIERS, headed=headed) == [
        "Pier: North pier; Opened: 1897; Length: 410 m", "Pier: South pier; Length: 275 m",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([], []),
        ([["", " "], ["", ""]], []),
        ([["alone"]], ["alone"]),
        ([["Founded", "1912"], ["Seat", "Oslo"]], ["Founded: 1912", "Seat: Oslo"]),
        ([["Founded:", "1912"], ["Seat:", "Oslo"]], ["Founded: 1912", "Seat: Oslo"]),
        ([["Country", "People"], ["Norway", "5.4 million"]], ["Country: Norway; People: 5.4 million"]),
        ([["1", "2", "3"], ["4", "5", "6"]], ["1 | 2 | 3", "4 | 5 | 6"]),
        ([["", "2021", "2022"], ["Ships", "7", "9"]], ["Ships; 2021: 7; 2022: 9"]),
        (
            [["Item", "2023/24", "FY 2025", "Change"], ["Books", "41,200", "43,900", "more"]],
            ["Item: Books; 2023/24: 41,200; FY 2025: 43,900; Change: more"],
        ),
        ([["North", "1897", "wood"], ["South", "1901", "stone"]], ["North | 1897 | wood", "South | 1901 | stone"]),
        ([["Founded", "2019"], ["Staff", "212"]], ["Founded: 2019", "Staff: 212"]),
        ([["The piers"], *PIERS], ["The piers", *table_lines(PIERS)]),
        ([["A\n  cell", "of  two"], ["x", "7"]], ["A cell: x; of two: 7"]),
        ([["A", "B", "C"], ["1", "2", "3", "4"]], ["A | B | C", "1 | 2 | 3 | 4"]),
    ],
)
def test_what_it_looks_like_decides(rows: list[list[str]], lines: list[str]) -> None:
    assert table_lines(rows) == lines


def test_stated_headers_may_be_figures() -> None:
    rows = [["", "21", "22"], ["Ships", "7", "9"]]
    assert table_lines(rows) == ["21 | 22", "Ships | 7 | 9"]
    assert table_lines(rows, headed=True) == ["Ships; 21: 7; 22: 9"]
    assert table_lines(PIERS, headed=False)[0] == "Pier | Opened | Length"


def test_a_sentence_is_no_name_of_what_stands_beside_it() -> None:
    assert table_lines([["It rained.", "All day."], ["It snowed.", "All night."]]) == [
        "It rained. | All day.", "It snowed. | All night.",
    ]  # fmt: skip


def test_two_headers_alike_are_none() -> None:
    assert not looks_headed([["Name", "Name", "Age"], ["a", "b", "7"]])


class _Cell(dict[str, str]):
    """A cell of a table as `placed` asks it, with a name."""

    def __init__(self, name: str, **spans: str) -> None:
        super().__init__(spans)
        self.name = name


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[_Cell("a", rowspan="2"), _Cell("b")], [_Cell("c")]], [["a", "b"], ["a", "c"]]),
        ([[_Cell("a"), _Cell("b", rowspan="3")], [_Cell("c")], []], [["a", "b"], ["c", "b"], ["b"]]),
        ([[_Cell("a", colspan="2", rowspan="2"), _Cell("b")], [_Cell("c")]], [["a", "", "b"], ["a", "", "c"]]),
        ([[_Cell("a", rowspan="0"), _Cell("b", colspan="x")], [_Cell("c", rowspan="9999")]], [["a", "b"], ["c"]]),
    ],
)
def test_cells_that_span_rows_stand_in_each(rows: list[list[_Cell]], expected: list[list[str]]) -> None:
    found = [[name for it in row for name in (it.cell.name, *[""] * (it.across - 1))] for row in placed(rows)]
    assert found == expected


def test_cells_that_span_rows_without_end_are_bounded() -> None:
    rows = [[_Cell("x", rowspan="1000") for _ in range(1000)], *[[] for _ in range(1000)]]
    assert sum(map(len, placed(rows))) < 10_000


def test_a_long_header_stands_once_and_not_in_every_row() -> None:
    long = "word " * 100
    lines = table_lines([["Pier", long], *[["North", "7"]] * 1000], headed=True)
    assert lines[:2] == [f"Pier | {long.strip()}", "Pier: North; 7"]
    assert sum(map(len, lines)) < 20_000


def test_many_headers_above_many_short_rows() -> None:
    rows = [[str(number) for number in range(50_000)], *[["a", "b"]] * 50_000]
    assert table_lines(rows, headed=True) == ["0: a; 1: b"] * 50_000


def test_columns_that_cells_are_said_to_span_are_bounded() -> None:
    rows = [[_Cell("x", colspan="100") for _ in range(10_000)]]
    assert sum(item.across for row in placed(rows) for item in row) < 250_000


def test_a_row_of_many_cells_that_span_the_next_is_placed_in_one_go() -> None:
    found = placed([[_Cell("x", rowspan="2") for _ in range(100_000)], []])
    assert len(found[0]) == 100_000
    assert 0 < len(found[1]) <= 2_000
