"""How panels share a column, and end with the column beside them."""

from __future__ import annotations

import pytest

from planner.tui.shared.panels import aired, aired_to_fit, panel, stack
from planner.tui.shared.spans import Line, width_of

LINES: list[Line] = [[(f"line {number}", "")] for number in range(5)]
SECTIONS = [("One", "", LINES), ("Two", "3 more", LINES)]


def text_of(rows: list[Line]) -> list[str]:
    return ["".join(text for text, _ in row).strip() for row in rows]


@pytest.mark.parametrize("grows", [0, -1])
@pytest.mark.parametrize("height", [8, 12, 17, 30])
def test_panels_fill_their_column(height: int, grows: int) -> None:
    rows = stack(SECTIONS, 30, height, grows=grows)
    assert len(rows) == height
    assert {width_of(row) for row in rows if row} == {30}


def test_the_panel_that_grows_takes_the_rows_left_over() -> None:
    texts = text_of(stack(SECTIONS, 30, 30, grows=0))
    assert texts[-8].startswith("Two") and texts[-2:] == ["line 4", ""]
    assert text_of(stack(SECTIONS, 30, 30))[9].startswith("Two")


def test_panels_can_end_where_their_lines_end() -> None:
    assert len(stack(SECTIONS, 30, 30, grows=None)) == 17


@pytest.mark.parametrize("height", [5, 7, 8, 12])
def test_a_panel_has_a_free_row_under_its_title_and_at_its_bottom(height: int) -> None:
    texts = text_of(panel("Title", "", LINES, 30, height))
    assert len(texts) == height and texts[0] == "Title" and texts[1] == texts[-1] == ""
    assert height >= 8 or "more" in texts[-2]


def test_air_between_lines_gives_way_before_the_lines_do() -> None:
    texts = text_of(panel("Title", "", aired(LINES), 30, 8))
    assert texts[2:] == ["line 0", "line 1", "line 2", "line 3", "line 4", ""]
    assert len(aired_to_fit(LINES, 9)) == 9 and len(aired_to_fit(LINES, 8)) == 5


def test_air_stands_before_a_line_that_does_not_go_on_with_the_one_above() -> None:
    lines: list[Line] = [[("one", "")], [("  ", ""), ("more", "")], [("two", "")]]
    assert text_of(aired(lines)) == ["one", "more", "", "two"]
