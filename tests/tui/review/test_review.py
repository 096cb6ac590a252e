"""The review by keys: step by step, paused and resumed, charts, learning, past reviews, hostile text."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from planner.domain.day.day import CloseWords
from planner.domain.review.learning import Kind as LearningKind
from planner.domain.review.self_review import Became, Kind
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.day import day, tasks
from planner.services.review import learning, review, self_review
from planner.tui.calls.calls import CallsScreen
from planner.tui.day.week import WeekScreen
from planner.tui.review.review import ReviewScreen
from planner.tui.review.widgets.page import PAGES, PageLines
from tests.scenes import FRIDAY, WEEK, calls_typical, context_at, demo_at, move_clock, review_typical
from tests.tui.clients.test_clients import EVERY_WORD_IN_EVERY_FIELD, HOSTILE, control_characters
from tests.tui.helpers import press, running, says, settled, shown, text, wait_for

LAST = WEEK - timedelta(days=7)


async def opened(pilot: Pilot[None]) -> ReviewScreen:
    """Open the review."""
    await press(pilot, "7")
    screen = pilot.app.screen
    assert isinstance(screen, ReviewScreen)
    return screen


async def page(pilot: Pilot[None], name: str) -> None:
    """Go to a page by its heading."""
    for _ in range(len(PAGES)):
        heading = pilot.app.screen.query_one(PageLines).heading
        if "".join(part for part, _ in heading).strip() == name:
            return
        await press(pilot, "tab")
    raise AssertionError(f"no page {name}: {shown(pilot)}")


async def choose(pilot: Pilot[None], word: str) -> None:
    """Put the cursor on the first line that contains a word."""
    await press(pilot, "home")
    lines = pilot.app.screen.query_one(PageLines)
    for _ in range(lines.count()):
        if word in "".join(part for part, _ in lines.rows[lines.cursor].line):
            return
        await press(pilot, "down")
    raise AssertionError(f"no line has {word}: {shown(pilot)}")


async def typed(pilot: Pilot[None], *lines: str) -> None:
    """Type lines into the fields of a form, and save it."""
    for number, line in enumerate(lines):
        await pilot.press(*(["tab"] if number else []), *text(line))
    await pilot.press("enter")
    await settled(pilot)


async def test_week_review_is_paused_and_resumed(tmp_path: Path) -> None:
    ctx = demo_at(tmp_path, FRIDAY)
    async with running(ctx) as pilot:
        await opened(pilot)
        assert "⏎ start the review" in shown(pilot)
        await press(pilot, "enter")
        assert "Started the review of 2026-W47." in shown(pilot)
        await press(pilot, "enter", "y")
        assert "2 of 8 steps done" in shown(pilot)
        await press(pilot, "enter", "plus")
        await typed(pilot, "four meetings")
        await press(pilot, "minus")
        await typed(pilot, "an hour lost", "mail stayed open", "close it by the timer")
        await press(pilot, "down", "t")
        assert "Task added: close it by the timer, Mon 23 Nov. You'll see it every morning until then." in shown(pilot)
        await press(pilot, "escape")
    async with running(ctx, (80, 24)) as pilot:
        await opened(pilot)
        assert "Resumed where you left off: Wins and misses" in shown(pilot)
        assert "close it by the timer   ▸ task, Mon 23 Nov" in shown(pilot)
        await press(pilot, "enter", "enter", "enter", "plus")
        await typed(pilot, "six meetings")
        await press(pilot, "enter")
        assert "A home with a room for each of the kids" in shown(pilot)
        await press(pilot, "enter")
        await typed(pilot, "one step nearer")
        assert "✓ Finished Fri 20 Nov 2026 17:30" in shown(pilot)
        await press(pilot, "u")
        assert "⏎ write one line and finish the review" in shown(pilot)
        await press(pilot, "U")
    found = self_review.read(ctx, WEEK).review
    assert found.finished
    assert [(line.kind, line.text) for line in found.lines][1:] == [
        (Kind.WELL, "four meetings"), (Kind.WRONG, "an hour lost"), (Kind.AIM, "six meetings"),
        (Kind.WISH, "one step nearer"),
    ]  # fmt: skip
    assert found.lines[0].done is True
    move_clock(ctx, datetime(2026, 11, 23, 8))
    async with running(ctx) as pilot:
        await wait_for(pilot, says(pilot, "From your review"))
        assert "▸ close it by the timer" in shown(pilot)
        assert "▸ six meetings" in shown(pilot)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_every_page_has_a_way_back_in_its_footer(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(review_typical(tmp_path), size) as pilot:
        await press(pilot, "7")
        for _ in PAGES:
            assert "esc back  ? help  ^q quit" in shown(pilot).splitlines()[-1]
            await press(pilot, "tab")


async def test_correction_becomes_a_change_of_the_week(tmp_path: Path) -> None:
    ctx = review_typical(tmp_path)
    async with running(ctx) as pilot:
        await opened(pilot)
        await press(pilot, "end", "w")
        await settled(pilot)
        assert isinstance(pilot.app.screen, WeekScreen)
        assert "Change your week: make it before six." in shown(pilot)
        await press(pilot, "7")
        assert "make it before six   ▸ week change" in shown(pilot)
    lines = self_review.read(ctx, WEEK).review.lines_of(Kind.WRONG)
    assert [line.became for line in lines] == [Became.TASK, Became.WEEK]


async def test_lines_are_edited_dropped_and_restored(tmp_path: Path) -> None:
    ctx = review_typical(tmp_path)
    async with running(ctx) as pilot:
        await opened(pilot)
        await press(pilot, "e", "end")
        await typed(pilot, "!")
        assert "+ three meetings booked before noon!" in shown(pilot)
        await press(pilot, "delete")
        assert "noon!" not in shown(pilot).replace("deleted from the review: three meetings booked before noon!", "")
        await press(pilot, "u")
        assert "+ three meetings booked before noon!" in shown(pilot)
        await choose(pilot, "went to email")
        await press(pilot, "t")
        assert "already a task" in shown(pilot)
        await press(pilot, "minus", "enter")
        assert "Enter what went wrong" in shown(pilot)
        await press(pilot, "escape")


async def test_spans_and_year_ago_and_weekly_pages(tmp_path: Path) -> None:
    ctx = demo_at(tmp_path, FRIDAY)
    async with running(ctx) as pilot:
        await opened(pilot)
        await press(pilot, "left_square_bracket")
        assert "Week 2026-W46" in shown(pilot)
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "That week hasn't started yet." in shown(pilot)
        await press(pilot, "Y")
        assert "Week 2025-W47" in shown(pilot)
        assert "Nothing was logged in this period." in shown(pilot)
        await press(pilot, "Y", "s")
        assert " November 2026" in shown(pilot)
        assert "Wins and misses" not in shown(pilot)
        await press(pilot, "s")
        assert " Fri 20 Nov 2026" in shown(pilot)
        await press(pilot, "s")
        assert "Week 2026-W47" in shown(pilot)


async def test_charts_learning_and_past_reviews(tmp_path: Path) -> None:
    ctx = review_typical(tmp_path)
    async with running(ctx, (120, 60)) as pilot:
        await opened(pilot)
        await page(pilot, "Charts")
        await wait_for(pilot, says(pilot, "Discipline over the year"))
        for said in ("Revenue and pace", "Calls by hour and weekday", "email discipline", "12 weeks"):
            assert said in shown(pilot)
        await press(pilot, "tab")
        assert "! not used yet" in shown(pilot)
        await press(pilot, "plus")
        await pilot.press(*text("SPIN Selling"), "enter")
        await settled(pilot)
        assert "Added book: SPIN Selling" in shown(pilot)
        assert "started today" in shown(pilot)
        await choose(pilot, "SPIN")
        await press(pilot, "x")
        assert pilot.app.screen.query_one("#field-done_on", Input).value == "today"
        pilot.app.screen.query_one("#field-taken", Input).value = "ask first"
        await press(pilot, "enter")
        assert "finished book: SPIN Selling" in shown(pilot)
        await choose(pilot, "SPIN")
        await press(pilot, "y")
        await pilot.press(*text("yearly"))
        await settled(pilot)
        await press(pilot, "enter")
        assert "logged use of book: SPIN Selling" in shown(pilot)
        await press(pilot, "tab")
        assert "week        calls  meetings  deals" in shown(pilot)
        await press(pilot, "down", "down", "enter")
        assert "✓ review finished" in shown(pilot)
        await press(pilot, "slash", *text("timer"), "enter")
        assert "Wins and misses" in shown(pilot)
        assert "timer" in shown(pilot)
    book = next(row for row in learning.read(ctx).rows if row.title == "SPIN Selling")
    assert (book.taken, len(book.uses)) == ("ask first", 1)


async def test_question_during_a_call_becomes_a_task(tmp_path: Path) -> None:
    ctx = calls_typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "2")
        assert isinstance(pilot.app.screen, CallsScreen)
        await press(pilot, "Q")
        await typed(pilot, "What of a third year?")
        assert "find out" in shown(pilot)
    row = learning.read(ctx).rows[0]
    assert (row.kind, row.title) == (LearningKind.QUESTION, "What of a third year?")
    task = next(task for task in tasks.list_tasks(ctx) if task.id == row.task_id)
    assert task.contact_id is not None


async def test_new_record_is_announced_on_today(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 2, 8))
    for number in range(12):
        move_clock(ctx, datetime(2026, 11, 2, 8) + timedelta(days=number + number // 5 * 2))
        day.open_day(ctx)
        activity_log.log(ctx, "dial", count=30)
    move_clock(ctx, datetime(2026, 11, 18, 13))
    activity_log.log(ctx, "dial", count=30)
    day.open_day(ctx)
    async with running(ctx, (160, 36)) as pilot:
        await press(pilot, "d")
        assert " ★ Most calls in a day: 31 " in shown(pilot)
        await press(pilot, "d")
        assert "★" not in shown(pilot)


async def test_empty_database_has_nothing_to_review(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    async with running(ctx, (60, 20)) as pilot:
        await opened(pilot)
        assert "Nothing to review yet" in shown(pilot)
        for key in ("enter", "tab", "s", "Y", "left_square_bracket", "down", "y", "x", "slash", "escape"):
            await press(pilot, key)
        assert pilot.app.is_running


@pytest.mark.parametrize("size", [(60, 20), (120, 36)])
async def test_hostile_text_is_only_text_on_every_page(tmp_path: Path, size: tuple[int, int]) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 8))
    for number in range(5):
        move_clock(ctx, datetime(2026, 11, 16 + number, 8))
        day.open_day(ctx)
        activity_log.log(ctx, "dial", outcome="refused", reason=HOSTILE[number][:90])
        said = CloseWords(*(HOSTILE[(number * 4 + place) % len(HOSTILE)][:400] for place in range(4)))
        day.close_day(ctx, without_list=True, said=said)
    for number, word in enumerate(HOSTILE):
        self_review.save_line(ctx, WEEK, Kind.WELL, f"{word[:300]} x")
        self_review.save_line(ctx, WEEK, Kind.WRONG, f"{word[:300]} x", cause=word[:400], correction=word[:400])
        learning.add(ctx, f"{word[:200]} {number}", author=word[:200], taken=word[:3000])
    self_review.finish(ctx, WEEK, HOSTILE[0][:300])
    async with running(ctx, size) as pilot:
        await opened(pilot)
        for _ in range(len(PAGES)):
            for key in ("down", "pagedown", "end", "home"):
                await press(pilot, key)
                assert not control_characters(shown(pilot))
            await press(pilot, "tab")
        await press(pilot, "slash", "x")
        assert not control_characters(shown(pilot))
        await press(pilot, "escape")
        assert "Miss:" not in shown(pilot).splitlines()[-2]
        assert pilot.app.is_running


@pytest.mark.parametrize(
    ("heading", "key", "fields"),
    [
        ("Wins and misses", "plus", ["line"]),
        ("Wins and misses", "minus", ["text", "cause", "correction"]),
        ("Next week", "plus", ["line"]),
        ("Your why", "enter", ["line"]),
        ("Learning", "plus", ["title", "author", "taken"]),
    ],
)
async def test_hostile_text_in_review_forms(tmp_path: Path, heading: str, key: str, fields: list[str]) -> None:
    ctx = context_at(tmp_path)
    activity_log.log(ctx, "dial")
    async with running(ctx) as pilot:
        await opened(pilot)
        await page(pilot, heading)
        each = len(fields) if EVERY_WORD_IN_EVERY_FIELD else 6
        for turn in range(len(heading) % each, len(HOSTILE), each):
            await press(pilot, key)
            for number, name in enumerate(fields):
                word = HOSTILE[(turn + number) % len(HOSTILE)][:450]
                pilot.app.screen.query_one(f"#field-{name}", Input).value = f"{word}."
            await settled(pilot)
            assert not control_characters(shown(pilot))
            for _ in range(len(fields)):
                if not isinstance(pilot.app.screen, ReviewScreen):
                    await press(pilot, "enter")
            for _ in range(3):
                if not isinstance(pilot.app.screen, ReviewScreen):
                    await press(pilot, "escape")  # three aims are the limit, or a title was too long
            assert not control_characters(shown(pilot))
        assert pilot.app.is_running


async def test_external_change_is_shown_and_early_keys_do_nothing(tmp_path: Path) -> None:
    ctx = demo_at(tmp_path, FRIDAY)
    async with running(ctx) as pilot:
        await pilot.press("7", "enter", "enter", "tab")
        await settled(pilot)
        other = AppContext(ctx.path, ctx.clock, ctx.settings_path)
        self_review.save_line(other, WEEK, Kind.WELL, "from another window")
        await page(pilot, "Wins and misses")
        await wait_for(pilot, says(pilot, "from another window"))


def test_weeks_are_named_by_iso_around_the_first_use(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 18, 9))
    activity_log.log(ctx, "dial")
    for on in (date(2026, 11, 18), LAST, date(2020, 12, 31)):
        assert self_review.read(ctx, on).report.period.first.weekday() == 0
    assert review.read(ctx, review.Span.WEEK, date(2021, 1, 1)).name == "2020-W53"


async def test_next_key_applies_to_the_new_line(tmp_path: Path) -> None:
    ctx = demo_at(tmp_path, FRIDAY)
    self_review.save_line(ctx, WEEK, Kind.WRONG, "first", correction="fix one")
    async with running(ctx) as pilot:
        await opened(pilot)
        await page(pilot, "Wins and misses")
        await press(pilot, "minus")
        await typed(pilot, "second", "", "fix two")
        await press(pilot, "t")
        assert "Task added: fix two" in shown(pilot)
    assert [line.became for line in self_review.read(ctx, WEEK).review.lines] == [None, Became.TASK]


async def test_page_scrolls_to_its_end_and_help_lists_all_keys(tmp_path: Path) -> None:
    ctx = demo_at(tmp_path, FRIDAY)
    self_review.save_line(ctx, WEEK, Kind.WRONG, "long " * 60, cause="why " * 80, correction="otherwise " * 40)
    async with running(ctx, (80, 24)) as pilot:
        await opened(pilot)
        await page(pilot, "Wins and misses")
        assert "a task" not in shown(pilot)
        for _ in range(12):
            await press(pilot, "down")
        assert " more ↓" not in shown(pilot)
        await press(pilot, "home")
        assert "Wins   + add one" in shown(pilot)
        await press(pilot, "right_square_bracket")
        assert "That week hasn't started yet." in shown(pilot)
        await press(pilot, "tab")
        assert "That week hasn't started yet." not in shown(pilot)
    async with running(ctx, (120, 60)) as pilot:
        await opened(pilot)
        await press(pilot, "question_mark")
        assert "Review" in shown(pilot)
        assert "Make the fix a task for next week" in shown(pilot) or "Show the same week a year ago" in shown(pilot)


async def test_overlong_question_is_asked_again_with_its_text(tmp_path: Path) -> None:
    ctx = calls_typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "2", "Q")
        pilot.app.screen.query_one("#field-line", Input).value = "why " * 90
        await press(pilot, "enter")
        assert "A title or an author can have up to 300 characters." in shown(pilot)
        assert pilot.app.screen.query_one("#field-line", Input).value.startswith("why why")
    assert learning.read(ctx).rows == ()


async def test_a_large_screen_has_charts_and_panels_beside_the_page(tmp_path: Path) -> None:
    async with running(review_typical(tmp_path), (200, 50)) as pilot:
        await opened(pilot)
        await page(pilot, "Figures")
        await wait_for(pilot, says(pilot, "Calls by hour and weekday"))
        top = next(row for row in shown(pilot).splitlines() if "Funnel: call to deal" in row)
        assert top.index("Figures", 30) < top.index("Funnel: call to deal")
        assert "Revenue and pace" in shown(pilot)
        await page(pilot, "Past reviews")
        assert "No reviews yet" not in shown(pilot)
        assert "Week 2026-W47" in shown(pilot)


async def test_a_large_screen_has_the_month_below_a_short_page(tmp_path: Path) -> None:
    async with running(review_typical(tmp_path), (200, 50)) as pilot:
        await opened(pilot)
        await wait_for(pilot, says(pilot, "Revenue and pace"))
        rows = shown(pilot).splitlines()
        names = ("Wins and misses", "Revenue and pace")
        tops = [next(number for number, row in enumerate(rows) if name in row[30:120]) for name in names]
        assert tops[0] < tops[1]


@pytest.mark.parametrize("size", [(120, 36), (200, 50)])
async def test_the_track_record_stands_on_the_screen_once(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(review_typical(tmp_path), size) as pilot:
        await opened(pilot)
        await page(pilot, "Data quality")
        await wait_for(pilot, says(pilot, "No track record yet"))
        assert shown(pilot).count("No track record yet") == 1


async def test_the_page_and_the_selected_row_have_the_same_mark(tmp_path: Path) -> None:
    async with running(review_typical(tmp_path), (120, 36)) as pilot:
        await opened(pilot)
        assert "▌    Wins and misses" in shown(pilot) and "▌  + three meetings" in shown(pilot)


async def test_figures_stand_below_a_short_page(tmp_path: Path) -> None:
    async with running(review_typical(tmp_path), (120, 36)) as pilot:
        await opened(pilot)
        assert "conversations    ▲  65 of 60" in shown(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_an_empty_review_says_in_its_middle_which_keys_fill_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(context_at(tmp_path), size) as pilot:
        await press(pilot, "7")
        await wait_for(pilot, says(pilot, "Nothing to review yet"))
        rows = shown(pilot).splitlines()
        place = next(number for number, row in enumerate(rows) if "Nothing to review yet" in row)
        assert size[1] // 4 < place < 3 * size[1] // 4
        assert "1 start your day on Today" in shown(pilot)
