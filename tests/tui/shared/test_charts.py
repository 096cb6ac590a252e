"""Charts in terminal cells: what is drawn where, and on which tint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.tui.shared import charts
from planner.tui.shared.spans import Line, width_of


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


def tint_at(line: Line, column: int) -> str:
    """The style of the cell in a column."""
    for text, style in line:
        if column < len(text):
            return style
        column -= len(text)
    raise AssertionError("the line is shorter")


def test_area_fills_cells_from_the_bottom_in_eighths() -> None:
    lines = charts.plot((4, 2), 16.0, area=[0.0, 4.0, 8.0, 12.0])
    assert texts(lines) == ["   ▄", " ▄  "]
    assert [tint_at(lines[1], column) for column in range(4)] == ["", "area", " on area", " on area"]


def test_a_small_amount_is_still_visible() -> None:
    assert texts(charts.plot((1, 3), 1_000.0, area=[1.0])) == [" ", " ", "▁"]


def test_future_steps_have_no_area() -> None:
    assert texts(charts.plot((2, 1), 8.0, area=[8.0, None]))[0] == "  "
    assert tint_at(charts.plot((2, 1), 8.0, area=[8.0, None])[0], 1) == ""


def test_a_curve_lies_over_the_area_without_a_hole() -> None:
    (line,) = charts.plot((2, 1), 8.0, area=[8.0, 8.0], curves=[charts.Curve([4.0, 4.0], "bold", start=4.0)])
    assert line == [("⠒⠒", "bold on area")]


def test_curves_in_one_cell_are_all_drawn() -> None:
    curves = [charts.Curve([value, value], style, start=value) for value, style in ((1.0, "dim"), (7.0, "accent"))]
    (line,) = charts.plot((2, 1), 8.0, curves=curves)
    assert line == [("⣉⣉", "accent")]


def test_the_inner_band_covers_the_outer_one() -> None:
    bands = [charts.Band([(0.0, 8.0)], "wide"), charts.Band([(0.0, 4.0)], "band")]
    (line,) = charts.plot((1, 1), 8.0, bands=bands)
    assert line == [("▄", "band on wide")]


def test_a_band_opens_out_evenly_and_its_lower_edge_is_as_fine_as_its_upper() -> None:
    upper, lower = charts.plot((8, 2), 8.0, bands=[charts.Band([(4.0, 4.0), (0.0, 8.0)], "wide")])
    assert (upper, lower) == ([("    ", ""), ("▁▃▅▇", "wide")], [("    ", ""), ("▇▅▃▁", "ground on wide")])


def test_a_dashed_curve_has_gaps_and_a_missing_value_none_at_all() -> None:
    solid, dashed = (charts.Curve([1.0], "dim", start=1.0, dashed=dashed) for dashed in (False, True))
    blank = "\N{BRAILLE PATTERN BLANK}"
    assert " " not in texts(charts.plot((10, 1), 2.0, curves=[solid]))[0]
    assert " " in texts(charts.plot((10, 1), 2.0, curves=[dashed]))[0].replace(blank, " ")
    assert texts(charts.plot((4, 1), 2.0, curves=[charts.Curve([None], "dim")])) == ["    "]


@given(
    st.integers(1, 40), st.integers(1, 12),
    st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=31),
    st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=31),
)  # fmt: skip
def test_every_row_is_as_wide_as_asked(
    width: int, height: int, area: list[float | None], curve: list[float | None]
) -> None:
    lines = charts.plot((width, height), 1e6, area, curves=[charts.Curve(curve, "bold")])
    assert len(lines) == height
    assert all(width_of(line) == width for line in lines)


@pytest.mark.parametrize(
    ("top", "most", "steps"),
    [
        (1_900_000, 8, [0, 500_000, 1_000_000, 1_500_000]),
        (10, 3, [0, 5, 10]),
        (7, 8, [0, 1, 2, 3, 4, 5, 6, 7]),
        (0, 5, [0]),
    ],
)
def test_axes_have_round_numbers(top: float, most: int, steps: list[float]) -> None:
    assert charts.round_steps(top, most) == steps


@given(st.floats(0.01, 1e12), st.integers(2, 30))
def test_axes_have_at_most_as_many_numbers_as_there_is_room_for(top: float, most: int) -> None:
    steps = charts.round_steps(top, most)
    assert 1 <= len(steps) <= most
    assert steps[-1] <= top * (1 + 1e-9)


def test_labels_at_the_end_give_way_to_each_other() -> None:
    labels = [charts.Label(9.9, "plan", "bold"), charts.Label(9.8, "likely", "accent"), charts.Label(0, "quota", "dim")]
    assert {row: label.text for row, label in charts.end_labels(labels, 10.0, 4).items()} == {
        3: "plan", 2: "likely", 0: "quota",
    }  # fmt: skip
    assert len(charts.end_labels(labels, 10.0, 2)) == 2


def test_ticks_give_way_to_the_first_of_them() -> None:
    line = charts.ticks([(0.5, "16", "accent"), (0.52, "17", "dim"), (0.0, "1", "dim"), (1.0, "30", "dim")], 20)
    assert texts([line]) == ["1        16       30"]


def test_sparks_never_touch_the_row_above() -> None:
    assert charts.spark([0, 1, 4, 7, None]) == "▁▂▄▇·"


def test_sparks_show_changes_far_from_zero() -> None:
    assert charts.spark([400, 430, 460]) == "▁▄▇"
    assert charts.spark([0.5, 0.5]) == "▄▄"
    assert charts.spark([0, 0]) == "▁▁"


def test_sparks_share_a_width() -> None:
    assert texts([charts.spark_line([1, 2, 3], 11)]) == ["▁▁▁ ▄▄▄ ▇▇▇"]
    assert texts([charts.spark_line([1, 2, 3], 6)]) == ["▁▁▄▄▇▇"]
    assert charts.spark_line([], 6) == []


@pytest.mark.parametrize(("value", "tint"), [(1.0, 1), (2.0, 2), (5.0, 4)])
def test_heat_tints_by_where_a_value_lies(value: float, tint: int) -> None:
    assert charts.heat("12", value, 1.0, 5.0) == ("12", f" on heat{tint}")
