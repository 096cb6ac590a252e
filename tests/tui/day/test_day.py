"""The day by keyboard and mouse: morning, blocks, week, calling list, STOP, triage, evening, next morning."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.domain.day.blocks import Block
from planner.domain.day.tasks import Due, TaskState
from planner.domain.plan.goals import Horizon, Metric
from planner.domain.typed.task_line import parse_line
from planner.services import history
from planner.services.calls import activity_log, calling_list
from planner.services.context import AppContext
from planner.services.day import blocks, day, events, tasks, week
from planner.services.plan import goals
from planner.tui.calls.calling_list import CallingListScreen
from planner.tui.day.day import DayScreen
from planner.tui.day.evening import EveningScreen
from planner.tui.day.modals.quick import QuickAddModal
from planner.tui.day.modals.temptation import StopModal
from planner.tui.day.modals.triage import TriageModal
from planner.tui.day.morning import MorningScreen
from planner.tui.day.week import WeekScreen
from planner.tui.day.widgets.day import DayTimeline
from planner.tui.day.widgets.week import WeekGrid
from planner.tui.shared.modals.confirm import ConfirmModal
from planner.tui.shared.modals.text_area import TextModal
from tests.scenes import NOW, context_at, day_overfull, day_typical, move_clock, typical
from tests.tui.helpers import press, running, says, settled, shown, text, today_screen, wait_for

MONDAY = NOW.date()
MORNING = datetime(2026, 11, 16, 7, 55)


def planned(folder: Path, now: datetime = MORNING) -> AppContext:
    """A rep with a goal on a morning before the day is opened."""
    ctx = context_at(folder, datetime(2026, 11, 13, 9))
    wish = goals.add(ctx, "the flat", Horizon.FIVE_YEARS, for_whom="Anna and the kids", picture="Keys in hand")
    goals.add(ctx, "Calls", Horizon.MONTH, metric=Metric.DIALS, target=Decimal(440), parent_id=wish.id)
    tasks.add(ctx, "Old promise", due=Due(date(2026, 11, 13)))
    move_clock(ctx, now)
    return ctx


async def advance_to(pilot: Pilot[None], ctx: AppContext, moment: datetime) -> None:
    """Advance the clock and let the screens notice."""
    move_clock(ctx, moment)
    today_screen(pilot)._tick()
    await settled(pilot)


def states(ctx: AppContext, on: date = MONDAY) -> dict[str, str | None]:
    """The states of a day's blocks."""
    return {f"{p.first // 60:02}:{p.first % 60:02} {p.title or p.kind}": state for p, state in day.log(ctx, on).pieces}


async def test_full_day_by_keyboard(tmp_path: Path) -> None:
    ctx = planned(tmp_path)
    async with running(ctx) as pilot:
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, MorningScreen), "the morning comes by itself")
        for part in (
            "Nothing and no one can stop me.",
            "the flat · for Anna and the kids",
            "Keys in hand",
            "1 overdue task",
        ):
            await wait_for(pilot, says(pilot, part))
        await press(pilot, "enter")
        await wait_for(pilot, lambda: today_screen(pilot).today.opened_at is not None)
        assert day.log(ctx, MONDAY).record.opened_at == MORNING
        await advance_to(pilot, ctx, datetime(2026, 11, 16, 8, 10))
        await press(pilot, "a", *text("Offer for Acme today 16:00 A 45m"), "enter")
        await wait_for(pilot, says(pilot, "Offer for Acme"))
        for minute in range(40):
            move_clock(ctx, datetime(2026, 11, 16, 8, 31) + timedelta(minutes=5 * minute))
            await pilot.press("d")
        await advance_to(pilot, ctx, datetime(2026, 11, 16, 12, 5))
        await press(pilot, "s", "6")
        assert "1 distraction resisted today: messaging apps" in shown(pilot)
        await press(pilot, "S", "3")
        assert "Gave in to 1 distraction today: smoke break" in shown(pilot)
        await advance_to(pilot, ctx, datetime(2026, 11, 16, 18, 35))
        await press(pilot, "b")
        assert isinstance(pilot.app.screen, EveningScreen)
        await press(pilot, "enter")
        assert "No calling list for Tue 17 Nov yet" in shown(pilot)
        await press(pilot, "l")
        assert isinstance(pilot.app.screen, CallingListScreen)
        assert "Calling list for Tue 17 Nov" in shown(pilot)
        await press(pilot, "n", *text("Kim Minsu, Hanbit, 02-555-1234"), "f2")
        await wait_for(pilot, says(pilot, "Kim Minsu, Hanbit"))
        await press(pilot, "escape", "b", "enter")
        await press(pilot, *text("good list"), "tab", *text("late start"), "tab", "tab", *text("mail at noon"), "enter")
        await wait_for(pilot, lambda: today_screen(pilot).today.closed_at is not None)
    assert states(ctx) == {
        "08:00 mail": "missed",
        "08:30 calls": "kept",
        "12:00 rest": "missed",
        "13:00 mail": "missed",
        "13:30 meetings": "free",
        "16:30 proposals": "free",
        "18:00 mail": "missed",
        "18:30 list": "kept",
        "19:15 learning": "planned",
        "20:00 sport": "planned",
        "20:45 family": "planned",
        "22:30 sleep": "planned",
    }
    log = day.log(ctx, MONDAY)
    assert (log.record.words.went_well, log.record.words.will_try) == ("good list", "mail at noon")
    assert [(outcome, kind) for _, outcome, kind in log.stops] == [
        ("refused", "messaging apps"),
        ("given-in", "smoke break"),
    ]
    move_clock(ctx, datetime(2026, 11, 17, 7, 55))
    async with running(ctx) as pilot:
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, MorningScreen))
        await wait_for(pilot, says(pilot, "You wanted to try today"))
        assert "mail at noon" in shown(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is today_screen(pilot)
        assert today_screen(pilot).today.opened_at is None, "skipped by one key"


@pytest.mark.parametrize(
    ("now", "set_off"), [(datetime(2026, 11, 16, 15), False), (datetime(2026, 11, 15, 8), False), (MORNING, True)]
)
async def test_morning_screen_shows_only_on_working_mornings(tmp_path: Path, now: datetime, set_off: bool) -> None:
    if set_off:
        (tmp_path / "config.toml").write_text("[day]\nmorning = false\n")
    async with running(planned(tmp_path, now)) as pilot:
        await settled(pilot)
        assert pilot.app.screen is today_screen(pilot)


async def test_screen_left_open_overnight_moves_to_the_next_day(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await advance_to(pilot, ctx, datetime(2026, 11, 16, 23, 59, 59))
        assert today_screen(pilot).today.day == MONDAY
        await advance_to(pilot, ctx, datetime(2026, 11, 17, 0, 0, 1))
        await wait_for(pilot, lambda: today_screen(pilot).today.day == date(2026, 11, 17))
        await wait_for(pilot, says(pilot, "Tue 17 Nov 00:00"))
        assert today_screen(pilot).today.opened_at is None
        await press(pilot, "d")
        assert today_screen(pilot).today.counts["dials"] == 1


async def test_task_line_is_parsed_while_typing(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a", *text("Offer tomorrow 16:00 A #acme 45m"))
        for chip in ("Tue 17 Nov 2026 16:00", "A (must)", "45 min", "#acme"):
            assert chip in shown(pilot)
        await press(pilot, "home", *text("mon "))
        assert "today is Monday" not in shown(pilot), "the date is said already"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: mon Offer"))
    added = tasks.list_tasks(ctx)[0]
    assert (added.title, added.due, added.tags, added.minutes) == (
        "mon Offer", Due(date(2026, 11, 17), time(16)), ("acme",), 45,
    )  # fmt: skip


async def test_task_in_family_time_needs_confirmation(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a", *text("Call mum today 21:00"), "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, QuickAddModal))
        assert "which is protected. " in shown(pilot)
        assert tasks.list_tasks(ctx) == []
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Call mum"))


@pytest.mark.parametrize("screen", ["1", "3", "4", "t", "l", "W"])
async def test_task_can_be_added_on_every_screen(tmp_path: Path, screen: str) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, screen, "a", *text("Buy stamps"), "enter")
        await wait_for(pilot, lambda: any(task.title == "Buy stamps" for task in tasks.list_tasks(ctx)))


async def test_kept_mark_toggles(tmp_path: Path) -> None:
    ctx = day_typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "t", *["up"] * 9, "down", "down")
        timeline = pilot.app.screen.query_one(DayTimeline)
        assert timeline.chosen is not None and timeline.chosen.kind == "rest"
        assert timeline.chosen.mark == "missed"
        await press(pilot, "x")
        await wait_for(pilot, lambda: timeline.chosen is not None and timeline.chosen.mark == "kept")
        await press(pilot, "x")
        await wait_for(pilot, lambda: timeline.chosen is not None and timeline.chosen.mark is None)
        await press(pilot, "u", "u")
        await wait_for(pilot, lambda: timeline.chosen is not None and timeline.chosen.mark == "missed")


async def test_blocks_are_moved_extended_dropped_and_added(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "t", "down", "J")
        await wait_for(pilot, says(pilot, "12:15–13:15"))
        await press(pilot, "plus")
        await wait_for(pilot, says(pilot, "12:15–13:30"))
        await press(pilot, "delete")
        await wait_for(pilot, says(pilot, "Dropped for the day: Break"))
        await press(
            pilot, "n", *text("1900"), "tab", *text("1930"), "tab", *text("own"), "tab", *text("dentist"), "enter"
        )
        await wait_for(pilot, says(pilot, "19:00 ▎ dentist"))
        await press(pilot, "r")
        await wait_for(pilot, says(pilot, "12:00–13:00"))
        await press(pilot, "right")
        await wait_for(pilot, says(pilot, "Tue 17 Nov  tomorrow"))
    assert history.changes(ctx, 1)[0].label == "reset day to the week template"


async def test_dropping_a_block_needs_confirmation(tmp_path: Path) -> None:
    ctx = typical(tmp_path)

    def calls_dropped() -> bool:
        return any(each.dropped for each in blocks.read(ctx, MONDAY).blocks if each.block.kind == "calls")

    fair = (*text("08:30"), "tab", *text("12:00"), "tab", *text("own"), "tab", *text("fair"), "enter")
    async with running(ctx) as pilot:
        await press(pilot, "t", "n", *fair)
        await wait_for(pilot, says(pilot, "fair 08:30–12:00 leaves no room for Calls 08:30–12:00"))
        assert isinstance(pilot.app.screen, ConfirmModal)
        await press(pilot, "escape")
        assert not calls_dropped()
        await press(pilot, "n", *fair)
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        await press(pilot, "y")
        await wait_for(pilot, says(pilot, "Added for this day: fair 08:30–12:00. Calls 08:30 dropped."))
        assert calls_dropped()
        await press(pilot, "u")
        await wait_for(pilot, lambda: not calls_dropped())


async def test_days_off_from_the_calendar_are_taken_by_key(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    file = tmp_path / "a.ics"
    times = "DTSTART;VALUE=DATE:20261117\nDTEND;VALUE=DATE:20261120"
    file.write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Urlaub\n{times}\nEND:VEVENT\nEND:VCALENDAR\n")
    events.import_calendar(ctx, str(file))
    async with running(ctx) as pilot:
        await press(pilot, "t", "o")
        await wait_for(pilot, says(pilot, "Your calendar has no all-day events here"))
        await press(pilot, "right")
        await wait_for(pilot, says(pilot, "o take Tue 17 Nov to Thu 19 Nov off"))
        await press(pilot, "o")
        await wait_for(pilot, says(pilot, "Marked as off: Tue 17 Nov to Thu 19 Nov, Urlaub"))
        await wait_for(pilot, says(pilot, "tomorrow, day off"))
        assert "o take off" not in shown(pilot)
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "o take Tue 17 Nov to Thu 19 Nov off"))


async def test_displaced_block_is_named(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "t", "down", "J")
        await wait_for(pilot, says(pilot, "Moved for this day: Break 12:15–13:15. Email shortened to 13:15–13:30."))


async def test_displaced_blocks_are_named_in_full_on_a_narrow_screen(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (80, 24)) as pilot:
        fair = (*text("11:30"), "tab", *text("14:00"), "tab", *text("own"), "tab", *text("fair"), "enter")
        await press(pilot, "t", "n", *fair)
        await wait_for(pilot, lambda: len(pilot.app._notifications) == 1)
        (told,) = (each.message for each in pilot.app._notifications)
    assert told == (
        "Added for this day: fair 11:30–14:00. Calls shortened to 08:30–10:30, Break moved to 10:30, Email moved to "
        "14:00, Meetings shortened to 14:30–16:30."
    )


async def test_imported_meeting_cannot_be_moved_but_dropped(tmp_path: Path) -> None:
    ctx = day_typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "t")
        timeline = pilot.app.screen.query_one(DayTimeline)
        index = next(n for n, each in enumerate(timeline.today.blocks) if each.position is None)
        timeline.move_to(index)
        await press(pilot, "J")
        assert "comes from your calendar" in shown(pilot)
        await press(pilot, "delete")
        await wait_for(pilot, says(pilot, "Dropped meeting"))


async def test_blocks_by_mouse(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "t")
        timeline = pilot.app.screen.query_one(DayTimeline)
        drawing = timeline._drawing(*timeline.size)
        assert drawing is not None
        for index, (top, rows, left, _) in enumerate(drawing.places):
            await pilot.click(DayTimeline, offset=(left + 3, top + rows))  # its last row, below the title
            assert timeline.cursor == index
        await pilot.click("#footer", offset=(2, 0))
        await settled(pilot)
        await wait_for(pilot, says(pilot, "hasn't started"))
        await press(pilot, "W")
        grid = pilot.app.screen.query_one(WeekGrid)
        drawn = shown(pilot).split("\n")
        wednesday = next(line.index("Wednesday") for line in drawn if "Wednesday" in line)
        calls = next(number for number, line in enumerate(drawn) if line[wednesday:].startswith(" Calls"))
        await pilot.click(offset=(wednesday, calls + 3))
        assert (grid.weekday, grid.row) == (2, 1)
        await pilot.click(offset=(wednesday, calls + 3), times=2)
        await wait_for(pilot, says(pilot, "Calls 08:30–12:00"))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)])
async def test_every_block_of_the_day_and_the_week_can_be_seen_and_chosen(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with running(day_overfull(tmp_path), size) as pilot:
        await press(pilot, "t", "home")
        timeline = pilot.app.screen.query_one(DayTimeline)
        for index, block in enumerate(timeline.today.blocks):
            assert timeline.cursor == index
            assert f"{block.start}–{block.end}" in shown(pilot), "the hours of the selected block"
            await press(pilot, "down")
        await press(pilot, "W", "home")
        grid = pilot.app.screen.query_one(WeekGrid)
        for place, each in enumerate(grid.blocks):
            assert grid.row == place
            assert f"{each.start:%H:%M}–{each.end:%H:%M}" in shown(pilot)
            await press(pilot, "down")


async def test_week_is_drawn_to_one_scale_and_marks_today(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (200, 50)) as pilot:
        await press(pilot, "W")
        grid = pilot.app.screen.query_one(WeekGrid)
        assert "Monday  ● today" in shown(pilot)
        assert "10 h 15 min of work" in shown(pilot)
        for weekday in range(7):
            assert grid.week is not None
            scale = grid._scale(grid.size.height)
            assert scale is not None
            rows = [row for row in range(50) if grid._rows_at(weekday, row, scale)[0] >= 0]
            hit = {grid._rows_at(weekday, row, scale)[0] for row in rows}
            assert hit == set(range(len(grid.week.days[weekday])))


async def test_week_totals_say_what_they_leave_out(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (60, 20)) as pilot:
        await press(pilot, "W")
        assert "Per week: Family 19 h 30 min · 8 more" in shown(pilot)


async def test_week_is_edited_by_keys(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "W", "n", *text("0700"), "tab", *text("0730"), "tab", *text("spo"), "tab", "tab")
        await press(pilot, *["backspace"] * 3, *text("mon-fri"), "enter")
        await wait_for(pilot, says(pilot, "Saved in Eight to eight: Exercise 07:00–07:30"))
        assert [str(blocks[0]) for blocks in week.find(ctx, None).days[:5]] == ["Exercise 07:00–07:30"] * 5
        grid = pilot.app.screen.query_one(WeekGrid)
        assert grid.chosen == week.find(ctx, None).days[0][0]
        await press(pilot, "plus", "J")
        await wait_for(pilot, lambda: str(grid.chosen) == "Exercise 07:15–08:00")
        await press(pilot, "right", "delete")
        await wait_for(pilot, lambda: str(week.find(ctx, None).days[1][0]) == "Email 08:00–08:30")
        await press(pilot, "c", *["backspace"] * 7, *text("sat"), "enter")
        await wait_for(pilot, lambda: len(week.find(ctx, None).days[5]) == len(week.find(ctx, None).days[1]))
        await press(pilot, "N", *text("Fair"), "enter")
        await wait_for(pilot, lambda: any(each.name == "Fair" for each in week.templates(ctx)))
        await press(pilot, "f")
        await wait_for(pilot, lambda: week.find(ctx, None).name == "Fair")
        await press(pilot, "R", *["backspace"] * 4, *text("Trade fair"), "enter")
        await wait_for(pilot, lambda: week.find(ctx, None).name == "Trade fair")
        await press(pilot, "D")
        await wait_for(pilot, lambda: week.find(ctx, None).name == "Eight to eight")
        await press(pilot, "escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DayScreen))


async def test_week_block_moves_to_another_weekday(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    week.put_block(
        ctx, week.find(ctx, None), [0], None, Block(datetime(1, 1, 1, 7).time(), datetime(1, 1, 1, 8).time(), "own")
    )
    async with running(ctx) as pilot:
        await press(pilot, "W", "up", *["up"] * 12, "e", *["tab"] * 4, *["backspace"] * 3, *text("sun"), "enter")
        await wait_for(pilot, lambda: week.find(ctx, None).days[6][0].kind == "own")
        assert week.find(ctx, None).days[0][0].kind == "mail"


async def test_triage_settles_overdue_tasks_by_one_key_each(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 12, 9))
    for title in ("one", "two", "three", "four", "five"):
        tasks.add(ctx, title, due=Due(date(2026, 11, 12)))
    move_clock(ctx, NOW)
    async with running(ctx) as pilot:
        await press(pilot, "T")
        assert isinstance(pilot.app.screen, TriageModal)
        await press(pilot, "t", "m", "w", "delete", *text("no longer needed"), "enter", "x")
        assert "Nothing is overdue" in shown(pilot)
        await press(pilot, "u")
        assert "five" in shown(pilot)
        await press(pilot, "x", "escape")
        await wait_for(pilot, lambda: pilot.app.screen is today_screen(pilot))
    found = {task.title: task for task in tasks.list_tasks(ctx, state=None)}
    assert {title: task.due.day for title, task in found.items() if task.due} == {
        "one": MONDAY, "two": date(2026, 11, 17), "three": date(2026, 11, 23), "four": date(2026, 11, 12),
        "five": date(2026, 11, 12),
    }  # fmt: skip
    assert (found["four"].state, found["four"].reason) == (TaskState.DROPPED, "no longer needed")
    assert found["five"].state is TaskState.DONE


async def test_temptation_kinds_are_customizable(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await pilot.press("s", "e")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TextModal))
        area = pilot.app.screen.query_one("#text-area")
        area.text = "[/] biscuits\nnews"  # type: ignore[attr-defined]
        await press(pilot, "f2", "s")
        assert isinstance(pilot.app.screen, StopModal)
        assert "1  [/] biscuits" in shown(pilot)
        await press(pilot, "1", "S", "enter", "s", "escape")
    assert [(row.outcome, row.reason) for row in activity_log.on_day(ctx, MONDAY)] == [
        ("refused", "[/] biscuits"),
        ("given-in", None),
    ]


async def test_extra_keys_log_no_second_temptation(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await pilot.press("s", "6", "6", "2")
        await settled(pilot)
    assert [row.reason for row in activity_log.on_day(ctx, MONDAY) if row.kind == "stop"] == ["messaging apps"]


async def test_evening_asks_about_unmarked_blocks(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    move_clock(ctx, datetime(2026, 11, 16, 20, 30))
    calling_list.paste(ctx, date(2026, 11, 17), "Kim, 02-555-1234")
    async with running(ctx) as pilot:
        await press(pilot, "b")
        assert "1 Break" in shown(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, EveningScreen)
        names = [name for _, name in screen.evening.unsaid]
        assert names == ["rest", "learning"]  # email blocks are known from their windows
        await press(pilot, "1")
        assert states(ctx)["12:00 rest"] == "kept"
        await press(pilot, "s", *text("calls went well"), "enter")
        await wait_for(pilot, says(pilot, "calls went well"))
        assert not day.log(ctx, MONDAY).record.closed
        await press(pilot, "enter", *["enter"] * 4)
        await wait_for(pilot, lambda: day.log(ctx, MONDAY).record.closed)


async def test_free_time_shows_at_every_width(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    blocks.drop(ctx, MONDAY, blocks.find(blocks.read(ctx, MONDAY).blocks, "calls"))
    tasks.quick(ctx, parse_line("callback Kim Minsu 김민수 today 11:45", ctx.now()))
    for size in ((120, 36), (80, 24), (60, 20)):
        async with running(ctx, size) as pilot:
            assert "Free until 12:00: call back" in shown(pilot)


async def test_overfull_day_shows_at_every_width(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    goals.add(ctx, "Meetings", Horizon.MONTH, metric=Metric.MEETINGS, target=Decimal(400))
    for size in ((120, 36), (80, 24), (60, 20)):
        async with running(ctx, size) as pilot:
            assert "more work than time" in shown(pilot) or "too much" in shown(pilot)


async def test_hostile_names_are_only_displayed(tmp_path: Path) -> None:
    ctx = day_overfull(tmp_path)
    async with running(ctx, (200, 50)) as pilot:
        for key in ("t", "W", "escape", "l", "escape", "T", "escape", "b", "escape"):
            await press(pilot, key)
            assert pilot.app.is_running
        await press(pilot, "t")
        assert "[@click=app.quit]quit[/]" in shown(pilot)
        assert "[/] :smile: $primary" in shown(pilot)


async def test_calling_list_is_built_filtered_and_shortened(tmp_path: Path) -> None:
    ctx = day_overfull(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "l", "right")
        await wait_for(pilot, says(pilot, "Calling list for Tue 17 Nov   130"))
        await press(pilot, "delete")
        await wait_for(pilot, says(pilot, "   129"))
        await press(pilot, "f", *["tab"] * 7, *text("135"), "enter")
        await wait_for(pilot, says(pilot, "   130"))
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "   129"))


async def test_palette_and_help_cover_the_day(tmp_path: Path) -> None:
    from planner.tui.palette import entries

    async with running(typical(tmp_path)) as pilot:
        found = {entry.title for entry in entries(pilot.app, pilot.app.screen)}  # type: ignore[arg-type]
        assert {
            "distraction: resisted",
            "day: start or end day",
            "screen: day",
            "screen: calling list",
            "task: triage",
        } <= found
        assert not any("up" in title.split(": ")[1].split() for title in found if title.startswith("list"))
        await press(pilot, "t")
        found = {entry.title for entry in entries(pilot.app, pilot.app.screen)}  # type: ignore[arg-type]
        assert {"block: kept", "block: later", "block: longer", "screen: week"} <= found
        await press(pilot, "question_mark")
        assert "Move it 15 minutes later" in shown(pilot)


async def test_week_screen_fits_every_size(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    for size in ((60, 20), (80, 24), (120, 36), (200, 50)):
        async with running(ctx, size) as pilot:
            await press(pilot, "W", *["right"] * 6)
            assert isinstance(pilot.app.screen, WeekScreen)
            assert "Sun" in shown(pilot)
            assert max(len(line) for line in shown(pilot).splitlines()) <= size[0]


async def test_closing_after_midnight_closes_the_open_day(tmp_path: Path) -> None:
    ctx = planned(tmp_path)
    day.open_day(ctx)
    move_clock(ctx, datetime(2026, 11, 17, 0, 30))
    async with running(ctx) as pilot:
        await press(pilot, "b")
        assert isinstance(pilot.app.screen, EveningScreen)
        assert "End of day, Mon 16 Nov" in shown(pilot)
        await press(pilot, "w", "enter")
        await wait_for(pilot, says(pilot, "Ended Mon 16 Nov"))
    assert day.log(ctx, MONDAY).record.closed
    assert not day.log(ctx, date(2026, 11, 17)).record.closed


async def test_morning_offers_to_close_the_previous_day(tmp_path: Path) -> None:
    ctx = planned(tmp_path)
    day.open_day(ctx)
    move_clock(ctx, datetime(2026, 11, 17, 7, 55))
    async with running(ctx) as pilot:
        await wait_for(pilot, says(pilot, "You haven't ended Mon 16 Nov"))
        await press(pilot, "c", "w", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, MorningScreen), "the morning goes on")
        assert "You haven't ended" not in shown(pilot)
        await press(pilot, "c")
        assert isinstance(pilot.app.screen, MorningScreen), "there is nothing left to close"
        await press(pilot, "enter")
        await wait_for(pilot, lambda: today_screen(pilot).today.opened_at is not None)
    assert day.log(ctx, MONDAY).record.closed


async def test_dropping_a_recurring_task_asks_skip_or_series(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    tasks.quick(ctx, parse_line("Report every day", ctx.now(), today=ctx.today()))
    async with running(ctx) as pilot:
        await press(pilot, "delete")
        assert "It repeats every day" in shown(pilot)
        await press(pilot, "escape")
        assert [task.due for task in tasks.list_tasks(ctx)] == [Due(MONDAY)]
        await press(pilot, "delete", "s")
        await wait_for(pilot, says(pilot, "Skipped: Report. Next: Tue 17 Nov"))
        assert [task.due for task in tasks.list_tasks(ctx)] == [Due(MONDAY + timedelta(days=1))]
        await press(pilot, "u", "delete", "w")
        await wait_for(pilot, says(pilot, "Dropped the whole series: Report"))
        assert tasks.list_tasks(ctx) == []
        await press(pilot, "u")
        assert [task.due for task in tasks.list_tasks(ctx)] == [Due(MONDAY)]


async def test_triage_can_skip_a_recurring_task(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 12, 9))
    tasks.quick(ctx, parse_line("Report every thursday", ctx.now(), today=ctx.today()))
    move_clock(ctx, NOW)
    async with running(ctx) as pilot:
        await press(pilot, "T", "delete", "s")
        await wait_for(pilot, says(pilot, "Skipped: Report. Next: Thu 19 Nov"))
    assert [task.due for task in tasks.list_tasks(ctx)] == [Due(date(2026, 11, 19))]
