"""Three weeks by keyboard: the first hour, ordinary days, weekends, a new month, a vacation, a missed day, a day
close after midnight. After each step, figures that several views share must be equal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from planner.domain.calls.activity_log import Activity
from planner.domain.workdays import Period
from planner.services.calls import activity_log, calling_list
from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.services.day import day, meetings, tasks
from planner.services.plan import calendar
from planner.tui.day.evening import EveningScreen
from planner.tui.day.morning import MorningScreen
from tests.drills import LONG, often
from tests.looks import collect_figures
from tests.scenes import context_at, move_clock
from tests.tui.helpers import press, running, says, settled, text, today_screen, wait_for

FIRST = date(2026, 11, 16)
PEOPLE = "\n".join(f"Client {number}, Firm {number}, 02-555-{1000 + number}" for number in range(40))


class Life:
    """A rep's days, done by keys and counted independently."""

    def __init__(self, ctx: AppContext, pilot: Pilot[None]) -> None:
        self.ctx, self.pilot = ctx, pilot
        self.dials = 0
        self.checks = 0

    async def at(self, day_: date, clock: str) -> None:
        """Advance the clock and let the screens notice."""
        hour, _, minute = clock.partition(":")
        move_clock(self.ctx, datetime.combine(day_, time(int(hour), int(minute))))
        today_screen(self.pilot)._tick()
        await settled(self.pilot)

    async def keys(self, *keys: str) -> None:
        await press(self.pilot, *keys)

    async def until(self, text_: str) -> None:
        await wait_for(self.pilot, says(self.pilot, text_))

    def check(self) -> None:
        """Check that no call was lost, and every fourth time that all views agree."""
        self.checks += 1
        assert sum(row.count for row in self._calls()) == self.dials
        if self.checks % 4 == 1 or LONG:
            assert not collect_figures(self.ctx).differing(), self.ctx.now()

    def _calls(self) -> list[Activity]:
        first = FIRST
        days = [first + timedelta(days=n) for n in range((self.ctx.now().date() - first).days + 1)]
        return [row for each in days for row in activity_log.on_day(self.ctx, each) if row.kind == "dial"]

    async def dial(self, *digits: str) -> None:
        """Make the calls of a session, each started by a key and ended by its outcome."""
        await self.keys("2")
        for digit in digits:
            await self.keys("space", digit)
            if digit in ("5", "7"):
                await self.keys(*text("tomorrow 10:00" if digit == "5" else "thu 11 their office"), "enter")
            elif digit == "4":
                await self.keys("1")
            self.dials += 1
        await self.keys("escape")

    async def count(self, number: int) -> None:
        await self.keys(*["d"] * number)
        self.dials += number

    async def morning(self, day_: date) -> None:
        await self.at(day_, "7:55")
        if not isinstance(self.pilot.app.screen, MorningScreen):
            await self.keys("b")
        await wait_for(self.pilot, lambda: isinstance(self.pilot.app.screen, MorningScreen))
        await self.keys("enter")
        await wait_for(self.pilot, lambda: today_screen(self.pilot).today.opened_at is not None)

    async def close(self, *, without_list: bool = False) -> None:
        """Close the day, with or without tomorrow's list."""
        await self.keys("b")
        await wait_for(self.pilot, lambda: isinstance(self.pilot.app.screen, EveningScreen))
        if not without_list:
            await self.keys("l", "b")
            await self.until("to the list")
            await self.keys("escape", "b")
            await wait_for(self.pilot, lambda: isinstance(self.pilot.app.screen, EveningScreen))
        await self.keys("w" if without_list else "enter")
        await self.keys(*text("fine"), "enter")
        await wait_for(self.pilot, lambda: not isinstance(self.pilot.app.screen, EveningScreen))


async def first_hour(life: Life) -> None:
    """Set up a mid-month plan, a wish and people to call, then make the first calls and book a meeting."""
    await life.keys("g")
    await life.until("Starts on")
    await life.keys("enter")
    await life.until("✓ Saved: plan 1,400,000, quota 700,000")
    await life.keys("b", "enter")
    await wait_for(life.pilot, lambda: today_screen(life.pilot).today.opened_at is not None)
    life.check()
    await life.keys("l", "n")
    life.pilot.app.post_message(events.Paste(PEOPLE))
    await life.until("40 contacts with a number")
    await life.keys("f2")
    await life.until("to the list")
    await life.keys("escape")
    await life.dial("1", "6", "7", "5", "4", "2")
    life.check()


async def plain_day(life: Life, day_: date) -> None:
    """Email in its window, a session, a proposal, a deal, a temptation, and the day close with a list."""
    await life.morning(day_)
    await life.at(day_, "8:05")
    await life.keys("5", "enter")
    await life.at(day_, "8:20")
    await life.keys("x", "1")
    await life.at(day_, "8:35")
    if len(calling_list.show(life.ctx, day_).entries) < 4:  # no list was built the evening before
        await life.keys("l", "b", "escape")
    await life.dial("1", "6", "2", "4")
    await life.count(6)
    await life.at(day_, "11:00")
    await life.keys("p", "w", *text("150k"), "enter")
    await life.until("Won:")
    await life.keys("s", "1")
    life.check()
    await life.at(day_, "18:40")
    await life.close()
    life.check()


async def meeting_day(life: Life, day_: date) -> None:
    """The booked meeting is held, another one is a no-show."""
    await life.morning(day_)
    await life.at(day_, "12:30")
    waiting = meetings.list_unmarked(life.ctx)
    assert waiting
    await life.keys("h", "x", "tab", "tab", "tab", "tab", *text("found"), "tab", *text("proposal fri 16:00"), "enter")
    await life.until("Meeting held")
    assert len(meetings.list_unmarked(life.ctx)) == len(waiting) - 1
    life.check()
    await life.at(day_, "18:45")
    await life.close(without_list=True)
    life.check()


async def late_close(life: Life, day_: date) -> None:
    """A day that goes on past midnight and is closed then, not the day that has begun."""
    await life.morning(day_)
    await life.at(day_, "9:00")
    await life.count(5)
    await life.at(day_ + timedelta(days=1), "0:20")
    await life.close(without_list=True)
    assert day.log(life.ctx, day_).record.closed
    assert not day.log(life.ctx, day_ + timedelta(days=1)).record.closed
    life.check()


async def missed_day(life: Life, day_: date) -> None:
    """Nothing is done, and nothing is lost."""
    await life.at(day_, "21:00")
    life.check()


async def days_off(life: Life, day_: date) -> None:
    """A two-day vacation without targets."""
    calendar.set_days(life.ctx, [Period(day_, day_ + timedelta(days=1))], Fraction(0))
    await life.at(day_, "10:00")
    assert today_screen(life.pilot).today.target("dials") is None
    life.check()


async def turn_of_the_month(life: Life, day_: date) -> None:
    """The new month is offered with the old one's figures, and accepted by one key."""
    await life.at(day_, "7:55")
    if isinstance(life.pilot.app.screen, MorningScreen):
        await life.keys("escape")
    await life.keys("N")
    await life.until("New month")
    await life.keys("enter")
    await life.until("plan 1,400,000")
    life.check()


Step = Callable[[Life, date], Awaitable[None]]


async def test_three_weeks_by_keyboard(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 9, 30))
    async with running(ctx) as pilot:
        life = Life(ctx, pilot)
        if isinstance(pilot.app.screen, MorningScreen):
            await press(pilot, "escape")
        await first_hour(life)
        await life.at(FIRST, "18:40")
        await life.close()
        life.check()
        steps: dict[date, Step] = {
            date(2026, 11, 17): plain_day,
            date(2026, 11, 18): missed_day,
            date(2026, 11, 19): meeting_day,
            date(2026, 11, 20): late_close,
            date(2026, 11, 21): missed_day,  # a weekend
            date(2026, 11, 23): plain_day,
            date(2026, 11, 24): plain_day,
            date(2026, 11, 26): days_off,
            date(2026, 11, 30): plain_day,
            date(2026, 12, 1): turn_of_the_month,
            date(2026, 12, 2): plain_day,
            date(2026, 12, 4): late_close,
        }
        for day_, step in steps.items():
            if often(0, 1) or step is not plain_day or day_ in (date(2026, 11, 17), date(2026, 12, 2)):
                await step(life, day_)
        assert sum(each.booked for each in deals.list_deals(ctx, closed=True)) >= 300_000
        assert people.list_contacts(ctx) and tasks.list_tasks(ctx)
