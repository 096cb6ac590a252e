"""Charts in terminal cells: what is drawn where, and on which tint."""

from __future__ import annotations

from itertools import pairwise

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


def test_an_area_is_filled_up_to_its_line() -> None:
    lines = charts.plot((4, 2), 16.0, area=[0.0, 4.0, 8.0, 16.0])
    assert texts(lines) == ["  ⣀⠏", " ⡖⠁ "]
    assert [tint_at(lines[0], column) for column in range(4)] == ["", "", "fill", "fill on filled"]
    assert [tint_at(lines[1], column) for column in range(4)] == ["", "fill on filled", "fill on filled", " on filled"]


def test_a_small_amount_is_still_visible() -> None:
    assert texts(charts.plot((1, 3), 1_000.0, area=[1.0])) == [" ", " ", "⣀"]


def test_nothing_is_drawn_of_nothing() -> None:
    assert texts(charts.plot((2, 1), 8.0, area=[0.0, 0.0])) == ["  "]
    assert texts(charts.plot((2, 1), 8.0, bands=[charts.Band([None, (0.0, 0.0)], "wide")])) == ["  "]


def test_future_steps_have_no_area() -> None:
    (line,) = charts.plot((2, 1), 8.0, area=[8.0, None])
    assert texts([line])[0].endswith(" ")
    assert tint_at(line, 1) == ""


def test_a_curve_lies_over_the_area_without_a_hole() -> None:
    _, line = charts.plot((2, 2), 8.0, area=[8.0, 8.0], curves=[charts.Curve([2.0, 2.0], "bold", start=2.0)])
    assert line == [("⡗⠒", "bold on filled")]


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


def test_a_dotted_curve_has_a_dot_in_every_column_and_a_missing_value_none_at_all() -> None:
    assert texts(charts.plot((4, 1), 2.0, curves=[charts.Curve([1.0], "dim", start=1.0, dotted=True)])) == ["⠂⠂⠂⠂"]
    assert texts(charts.plot((4, 1), 2.0, curves=[charts.Curve([None], "dim")])) == ["    "]


def test_a_steep_curve_has_no_gaps() -> None:
    assert texts(charts.plot((1, 2), 8.0, curves=[charts.Curve([8.0], "dim")])) == ["⢰", "⠊"]


def test_an_edge_is_coarse_only_under_a_line() -> None:
    band = charts.Band([(0.0, 11.0)] * 4, "wide")
    upper, _ = charts.plot((8, 2), 16.0, bands=[band])
    assert upper == [("▃" * 8, "wide")]
    crossing = charts.Curve([*[None] * 3, 12.0, *[None] * 4], "dim", start=12.0)
    upper, _ = charts.plot((8, 2), 16.0, bands=[band], curves=[crossing])
    assert upper == [("▃▃▃", "wide"), ("⠒", "dim"), ("▃▃▃▃", "wide")]


def test_an_edge_that_rises_under_a_line_doesnt_fall_behind_it() -> None:
    rising = charts.Band([(0.0, 0.0), (0.0, 16.0)], "wide")
    crossing = charts.Curve([12.0], "dim", start=12.0)
    heights: list[int] = []
    upper, lower = charts.plot((16, 2), 16.0, bands=[rising], curves=[crossing])
    for column in range(16):
        cells = [(texts([line])[0][column], tint_at(line, column)) for line in (lower, upper)]
        heights.append(sum(8 if tint.endswith(" on wide") else charts.BLOCKS.find(text) if tint else 0
                           for text, tint in cells if tint != "dim"))  # fmt: skip
    assert heights == sorted(heights)


def test_a_level_edge_doesnt_sink_where_a_line_crosses_a_part_of_it() -> None:
    band = charts.Band([None, *[(15.0, 24.0)] * 7], "wide")
    crossing = charts.Curve([None, 12.0, 12.0, *[None] * 5], "dim", start=12.0)
    _, middle, _ = charts.plot((8, 3), 24.0, bands=[band], curves=[crossing])
    assert middle == [(" ", ""), ("⠒⠒", "dim"), ("▇▇▇▇▇", "ground on wide")]


def test_the_inner_band_never_stands_on_the_ground() -> None:
    bands = [charts.Band([(0.0, 4.0)], "wide"), charts.Band([(0.0, 1.0)], "band")]
    assert charts.plot((1, 1), 8.0, bands=bands) == [[("▄", "wide")]]
    bands = [charts.Band([(1.0, 8.0)], "wide"), charts.Band([(2.0, 8.0)], "band")]
    assert charts.plot((1, 1), 8.0, bands=bands) == [[("▂", "wide on band")]]


amounts = st.floats(-1e9, 1e9)
sizes = st.tuples(st.integers(1, 60), st.integers(1, 14))


@st.composite
def months(draw: st.DrawFn) -> tuple[list[float | None], list[charts.Band], list[charts.Curve]]:
    """A month up to a day, and from then on a forecast that opens out from what is closed."""
    count, known = draw(st.integers(1, 31)), draw(st.integers(1, 31))
    known = min(known, count)
    closed = sorted(draw(st.lists(st.floats(0, 1.2e6), min_size=known, max_size=known)))
    last = closed[-1]
    ranges = [sorted(last + draw(st.floats(0, 6e5)) for _ in range(5)) for _ in range(known, count)]
    before: list[None] = [None] * (known - 1)
    wide = charts.Band([*before, (last, last), *((each[0], each[4]) for each in ranges)], "wide")
    band = charts.Band([*before, (last, last), *((each[1], each[3]) for each in ranges)], "band")
    pace = draw(st.lists(st.floats(0, 2e6), min_size=count, max_size=count))
    likely = charts.Curve([*before, last, *(each[2] for each in ranges)], "accent")
    curves = [charts.Curve(sorted(pace), "dim", dotted=True), likely]
    return [*closed, *[None] * (count - known)], [wide, band], curves


@given(sizes, months(), st.floats(1.0, 3e6))
def test_a_forecast_has_no_hole_and_never_sinks_below_what_is_closed(
    size: tuple[int, int],
    month: tuple[list[float | None], list[charts.Band], list[charts.Curve]],
    top: float,
) -> None:
    area, bands, curves = month
    lines = charts.plot(size, top, area, bands, curves)
    width, height = size
    known = [value for value in area if value is not None]
    for column in range(width):
        step = min(len(area) - 1, int((column + 0.5) / width * len(area)))
        tints = [tint_at(line, column) for line in reversed(lines)]
        tinted = [row for row, tint in enumerate(tints) if "wide" in tint or "band" in tint]
        reach = charts._reach(bands[0].values, (column + 0.5) / width)
        if step < len(known):
            assert not tinted
        elif reach is not None and reach[0] < reach[1]:
            if not tinted:  # thinner than a cell under a line
                assert min(top, reach[1]) - min(top, reach[0]) < 2 * top / height
                continue
            assert tinted == list(range(tinted[0], tinted[-1] + 1))
            assert tinted[0] >= min(height - 1, int(known[-1] / top * height + 1e-9))


def reached(lines: list[Line], column: int) -> set[int]:
    """The rows from the bottom with dots in a column."""
    texts_up = list(reversed(texts(lines)))
    return {row for row, line in enumerate(texts_up) if 0x2800 < ord(line[column]) <= 0x28FF}


@given(sizes, st.lists(amounts, min_size=1, max_size=31), st.floats(1.0, 2e9))
def test_a_line_is_continuous(size: tuple[int, int], values: list[float], top: float) -> None:
    lines = charts.plot(size, top, curves=[charts.Curve(values, "bold")])
    rows = [reached(lines, column) for column in range(size[0])]
    assert all(rows)
    assert all(sorted(each) == list(range(min(each), max(each) + 1)) for each in rows)
    assert all(min(right) <= max(left) + 1 and min(left) <= max(right) + 1 for left, right in pairwise(rows))


@given(sizes, st.lists(amounts, min_size=1, max_size=31), st.floats(1.0, 2e9))
def test_a_dotted_line_goes_from_end_to_end(size: tuple[int, int], values: list[float], top: float) -> None:
    lines = charts.plot(size, top, curves=[charts.Curve(values, "dim", dotted=True)])
    assert all(reached(lines, column) for column in range(size[0]))


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
    named = [(9.9, "plan"), (9.8, "likely"), (0.0, "quota")]
    labels = [charts.Label(value, ("", ""), name, "dim") for value, name in named]
    assert {row: label.text for row, label in charts.end_labels(labels, 10.0, 4).items()} == {
        3: "plan", 2: "likely", 0: "quota",
    }  # fmt: skip
    assert len(charts.end_labels(labels, 10.0, 2)) == 2
    near = charts.Label(9.7, ("", ""), "80% range", "dim", drift=1)
    assert near not in charts.end_labels([*labels, near], 10.0, 4).values()
    assert near in charts.end_labels([labels[0], near], 10.0, 4).values()


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


def test_a_thin_band_gives_way_to_a_line() -> None:
    thin = [(8.0, 8.1)] * 8
    upper, _ = charts.plot((8, 2), 16.0, bands=[charts.Band(thin, "wide")])
    assert upper == [("▁" * 8, "wide")]
    crossing = charts.Curve([*[None] * 3, 12.0, *[None] * 4], "bold", start=12.0)
    upper, _ = charts.plot((8, 2), 16.0, bands=[charts.Band(thin, "wide")], curves=[crossing])
    assert upper == [("▁▁▁", "wide"), ("⠒", "bold"), ("▁▁▁▁", "wide")]
