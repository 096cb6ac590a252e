"""The timeline of a day: heights in proportion, blocks side by side, the line at the current time, clicks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.store.today_queries import BlockLine, Today
from planner.tui.day.timeline import GUTTER, Timeline, day_timeline, lanes, shares
from planner.tui.shared.spans import Line, cells, width_of

DAY = date(2026, 11, 16)


def block(start: str, end: str, kind: str = "calls", title: str = "", *, meeting: bool = False) -> BlockLine:
    first, last = (int(text[:2]) * 60 + int(text[3:]) for text in (start, end))
    return BlockLine((first, last, kind, title, None if meeting else 1, 0, None, "", 7 if meeting else None, ""))


def day(*blocks: BlockLine) -> Today:
    today = Today(DAY)
    today.weight = 100
    today.blocks = list(blocks)
    return today


def at(time: str, on: date = DAY) -> datetime:
    return datetime.fromisoformat(f"{on}T{time}")


def texts(lines: list[Line]) -> list[str]:
    return ["".join(text for text, _ in line) for line in lines]


EVENING_BEFORE = at("20:00", date(2026, 11, 15))
WORKDAY = (
    block("08:00", "08:30", "mail"),
    block("08:30", "12:00"),
    block("12:00", "13:00", "rest"),
    block("14:00", "16:00", "meetings"),
)


@given(
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 1)), min_size=1, max_size=20).filter(
        lambda parts: any(length for length, _ in parts)
    ),
    st.integers(0, 60),
)
def test_shares_add_up_and_differ_from_their_proportion_by_less_than_a_row(
    parts: list[tuple[int, int]], more: int
) -> None:
    lengths, least = [length for length, _ in parts], [each for _, each in parts]
    height = sum(least) + more
    rows = shares(lengths, least, height)
    assert sum(rows) == height
    assert all(each >= fewest for each, fewest in zip(rows, least, strict=True))
    larger = [(length, each) for length, each, fewest in zip(lengths, rows, least, strict=True) if each > fewest]
    for length, each in larger:
        for other, its in larger:
            assert length <= other or each >= its - 1, "the longer is never drawn lower"


@given(st.lists(st.tuples(st.integers(0, 1400), st.integers(5, 300)), min_size=1, max_size=12), st.integers(20, 60))
def test_no_block_is_hidden_and_none_covers_another(times: list[tuple[int, int]], height: int) -> None:
    stretches = sorted((first, min(1440, first + length)) for first, length in times)
    today = day(*(BlockLine((first, last, "calls", "", 1, 0, None, "", None, "")) for first, last in stretches))
    drawing = Timeline(today, at("09:42"), 200, height)
    if not drawing.fits:
        return
    taken: set[tuple[int, int]] = set()
    for top, rows, left, width in drawing.places:
        assert rows >= 1
        area = {(row, cell) for row in range(top, top + rows) for cell in range(left, left + width)}
        assert width >= 10
        assert not area & taken
        taken |= area
    lines = drawing.lines()
    assert len(lines) == drawing.height <= height
    assert all(width_of(line) <= 200 for line in lines)


def test_blocks_are_as_high_as_they_are_long() -> None:
    drawing = Timeline(day(*WORKDAY), EVENING_BEFORE, 40, 32)
    assert [(top, rows) for top, rows, *_ in drawing.places] == [(0, 2), (2, 14), (16, 4), (24, 8)]
    lines = texts(drawing.lines())
    assert [row for row, line in enumerate(lines) if line[1:6].strip()] == [0, 2, 16, 20, 24]
    assert lines[20].split() == ["13:00", "free"], "from the end of the block before"


def test_a_short_day_is_not_drawn_larger_than_a_quarter_of_an_hour_a_row() -> None:
    assert len(day_timeline(day(block("10:00", "11:00")), EVENING_BEFORE, 40, 40)) == 4


def test_the_night_is_drawn_short() -> None:
    drawing = Timeline(day(block("08:00", "22:00"), block("22:00", "30:00", "sleep")), EVENING_BEFORE, 40, 30)
    assert [rows for _, rows, *_ in drawing.places] == [28, 2]
    assert "8 h" in texts(drawing.lines())[28]


@pytest.mark.parametrize(
    ("now", "row"),
    [("08:00", 0), ("08:30", 2), ("10:15", 9), ("13:30", 22), ("15:59", 31)],
)
def test_line_at_the_current_time(now: str, row: int) -> None:
    lines = texts(day_timeline(day(*WORKDAY), at(now), 40, 32))
    assert [number for number, line in enumerate(lines) if f" {now} " in line[:GUTTER] and "━━━" in line] == [row]
    assert sum("━" in line for line in lines) == 1


@pytest.mark.parametrize(("now", "row"), [("06:10", 0), ("19:00", 32)])
def test_line_before_and_after_the_blocks_has_a_row_of_its_own(now: str, row: int) -> None:
    lines = texts(day_timeline(day(*WORKDAY), at(now), 40, 33))
    assert len(lines) == 33
    assert lines[row].startswith(f" {now} ━━━")


def test_another_day_has_no_line() -> None:
    assert "━" not in "".join(texts(day_timeline(day(*WORKDAY), EVENING_BEFORE, 40, 32)))


def test_what_is_left_stands_below_the_line() -> None:
    today = day(*WORKDAY)
    today.targets["dials"] = (116, None)
    today.counts["dials"] = 37
    lines = texts(day_timeline(today, at("09:42"), 36, 32))
    row = next(number for number, line in enumerate(lines) if "━" in line)
    assert [line[GUTTER + 2 :].strip() for line in lines[row + 1 : row + 3]] == ["2 h 18 min left", "79 calls to go"]


def test_overlapping_blocks_stand_side_by_side() -> None:
    assert lanes([(0, 60), (30, 90), (60, 70), (90, 100)]) == [(0, 2), (1, 2), (0, 2), (0, 1)]
    today = day(block("20:00", "22:00", "family"), block("20:30", "21:00", "meetings", "김민수 팀장", meeting=True))
    lines = texts(day_timeline(today, EVENING_BEFORE, 48, 8))
    assert "Family" in lines[0]
    assert "김민수 팀장" in lines[2]
    assert len({cells(line) for line in lines[2:4]}) == 1, "both end in one column"


def test_long_names_take_the_rows_of_their_block_before_they_are_cut() -> None:
    name = "Анна Каренина, ООО «Северные Технологии»"
    high, low = (
        " ".join(line[GUTTER + 2 :].strip() for line in texts(day_timeline(day(each), EVENING_BEFORE, 34, 8)))
        for each in (block("08:00", "10:00", title=name), block("08:00", "08:15", title=name))
    )
    assert name in high.replace("  ", " ").replace(" 2 h", "")
    assert "…" in low


def test_clicks_hit_the_block_drawn_there() -> None:
    today = day(*WORKDAY, block("15:00", "17:00", "meetings", "Acme", meeting=True))
    drawing = Timeline(today, EVENING_BEFORE, 60, 36)
    for index, (top, rows, left, width) in enumerate(drawing.places):
        corners = [(x, y) for x in (left, left + width - 1) for y in (top, top + rows - 1)]
        assert {drawing.block_at(x, y) for x, y in corners} == {index}
    assert drawing.block_at(0, 5) == 1, "the hours belong to the block beside them"
    assert drawing.block_at(30, 22) is None, "free time"


def test_a_list_takes_its_place_where_there_is_no_room_and_tells_what_it_leaves_out() -> None:
    today = day(*(block(f"{hour:02}:00", f"{hour:02}:50") for hour in range(8, 20)))
    lines = texts(day_timeline(today, at("08:10"), 40, 6))
    assert len(lines) == 6
    assert lines[-1].strip() == "… 7 more"
    assert texts(day_timeline(day(), at("08:10"), 40, 6)) == ["   No blocks today"]
