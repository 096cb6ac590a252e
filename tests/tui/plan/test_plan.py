"""Plan by keys and mouse."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.domain.plan.goals import Horizon, Metric
from planner.domain.workdays import month_of
from planner.services.calls import activity_log
from planner.services.context import AppContext
from planner.services.day import day
from planner.services.plan import calendar, goals, plan
from planner.tui.plan.modals.plan import PlanModal
from planner.tui.plan.plan import PlanScreen
from planner.tui.plan.widgets.month_calendar import MonthCalendar
from planner.tui.shared.widgets.frame import MessageLine
from tests.scenes import MONTH, context_at, move_clock, overfull, typical
from tests.tui.helpers import COMPACT, noted, press, resize, running, says, settled, shown, today_screen, wait_for


def screen(pilot: Pilot[None]) -> PlanScreen:
    found = pilot.app.screen
    assert isinstance(found, PlanScreen)
    return found


def weights(ctx: AppContext, month: date = date(2026, 11, 1)) -> dict[int, Fraction]:
    return {day.day: weight for day, weight, _ in calendar.show(ctx, month_of(month)).dates}


async def test_plan_shows_lines_revenue_and_targets(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3")
        text = shown(pilot)
        assert "November 2026" in text
        assert "9.5 of 19.5 working days left" in text
        assert "105,949 behind pace (1.5 days)" in text
        assert "82,947 needed per working day" in text
        assert "● plan 1.4M" in text and "┈ quota 700k" in text and "1M▕" in text
        assert "calls                887      1,950  ▼ 150" in text
        assert "won't fit" not in text, "of four deals in the month none is asked of a day that can't hold it"


async def test_days_are_set_off_half_and_worked(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "3", "right", "o")
        await wait_for(pilot, says(pilot, "17 Nov: off"))
        assert "8.5 of 18.5 working days left" in shown(pilot)
        await press(pilot, "right", "h", "right", "right", "right", "w")
        await wait_for(pilot, says(pilot, "21 Nov: full working day"))
        found = weights(ctx)
        assert [found[day] for day in (17, 18, 21)] == [Fraction(0), Fraction(1, 2), Fraction(1)]
        await press(pilot, "left", "left", "left", "r")
        await wait_for(pilot, says(pilot, "18 Nov: default day"))
        assert weights(ctx)[18] == 1
        for _ in range(4):
            await press(pilot, "u")
        await wait_for(pilot, says(pilot, "9.5 of 19.5"))


async def test_undo_right_after_a_change_reverts_it(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "3", "right")
        await pilot.press("o", "u", "h", "h", "u")
        await settled(pilot)
        await wait_for(pilot, says(pilot, "calendar: Tue 17 Nov half day"))
        assert weights(ctx)[17] in (1, Fraction(1, 2))
        assert today_screen(pilot).live.read().counts["dials"] == 37


async def test_change_completes_after_leaving_the_screen(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "3", "right")
        await pilot.press("o", "1")
        await settled(pilot)
        await wait_for(pilot, says(pilot, "8.5 of 18.5 days left"))
        assert pilot.app.screen is today_screen(pilot)
        assert not weights(ctx)[17]


async def test_double_key_opens_one_form(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3")
        await pilot.press("g", "g")
        await settled(pilot)
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        assert len(pilot.app.screen_stack) == 3


async def test_large_screen_has_the_figures_of_each_date_in_the_calendar(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (200, 50)) as pilot:
        await press(pilot, "3")
        text = shown(pilot)
        assert re.search(" 13 +612k ", text) and "116 calls" in text and "27½" in text
        assert next(line for line in text.splitlines() if "1,950" in line).count("━") > 12, "a bar, not only figures"
        dates = pilot.app.screen.query_one(MonthCalendar)
        row = next(y for y, line in enumerate(text.splitlines()) if " 23 " in line and " 24 " in line)
        column = text.splitlines()[row].index(" 24 ")
        await pilot.click(offset=(column + 6, row + 1))
        assert dates.cursor == date(2026, 11, 24)
        assert "Tue 24 Nov  full day" in shown(pilot)


async def test_plan_moves_to_the_next_day_after_midnight(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "3")
        move_clock(ctx, datetime(2026, 11, 17, 0, 1))
        await wait_for(pilot, lambda: "Tue 17 Nov" in shown(pilot) and "8.5 of 19.5 working days left" in shown(pilot))


async def test_mid_month_plan_counts_from_its_start(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    plan.set_plan(ctx, month_of(date(2026, 11, 1)), Decimal(700_000), "2x", starts=date(2026, 11, 16))
    async with running(ctx) as pilot:
        await press(pilot, "3")
        assert "682,051  plan" in shown(pilot)
        assert "█" not in "".join(line[:70] for line in shown(pilot).splitlines()[7:])
        await press(pilot, "s")
        row = next(line for line in shown(pilot).splitlines() if "November" in line)
        assert row.split()[:5] == ["▌", "November", "9.5", "0", "682,051"]


async def test_range_of_days_is_one_change(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "3", "down", "shift+right", "shift+right", "o")
        await wait_for(pilot, says(pilot, "Mon 23 Nov to Wed 25 Nov: off"))
        assert [day for day, weight in weights(ctx).items() if day in (23, 24, 25) and not weight] == [23, 24, 25]
        await press(pilot, "u")
        assert weights(ctx)[24] == 1


async def test_paging_by_month_quarter_and_year(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3", "right_square_bracket")
        assert "December 2026" in shown(pilot)
        assert "No plan for this month yet" in shown(pilot)
        await press(pilot, "t", "s")
        assert "Q4 2026  1 of 3 months planned" in shown(pilot)
        assert "▌  November" in shown(pilot)
        await press(pilot, "s")
        assert "January" in shown(pilot)
        await press(pilot, "left_square_bracket")
        assert " 2025" in shown(pilot)
        await press(pilot, "t", "up", "enter")
        assert "October 2026" in shown(pilot)
        await press(pilot, "t", *["down"] * 3)
        assert "December 2026" in shown(pilot)


async def test_days_can_only_be_taken_off_in_month_view(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    before = weights(ctx)
    async with running(ctx) as pilot:
        await press(pilot, "3", "s", "o")
        assert "Press ⏎ to open a month" in shown(pilot)
    assert weights(ctx) == before


async def test_plan_form_sets_the_month_on_display(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "3", "right_square_bracket", "g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Saved: plan 1,400,000, quota 700,000"))
    assert plan.show(ctx, month_of(date(2026, 12, 1))).plan is not None


async def test_mouse_selects_days_and_months(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3")
        dates = pilot.app.screen.query_one(MonthCalendar)
        row = next(y for y, line in enumerate(shown(pilot).splitlines()) if " 24 " in line and " 25 " in line)
        column = shown(pilot).splitlines()[row].index(" 24 ")
        await pilot.click(offset=(column + 2, row))
        assert dates.cursor == date(2026, 11, 24)
        await press(pilot, "s")
        row = next(y for y, line in enumerate(shown(pilot).splitlines()) if "December" in line)
        await pilot.click(offset=(6, row))
        await settled(pilot)
        assert screen(pilot).day.month == 12


async def test_outcome_digits_come_before_screen_digits(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "d", "4")
        assert "Call: refused" in shown(pilot)
        await press(pilot, "4")
        assert "Goals" in shown(pilot)
        await press(pilot, "3")
        assert "Targets" in shown(pilot)
        await press(pilot, "3", "1")
        assert pilot.app.screen is today_screen(pilot)
        assert len(pilot.app.screen_stack) == 1


@pytest.mark.parametrize("keys", [["3"], ["3", "s"], ["3", "s", "s"], ["4"]])
async def test_footer_is_on_the_last_line_and_nothing_overflows(tmp_path: Path, keys: list[str]) -> None:
    async with running(overfull(tmp_path), (60, 20)) as pilot:
        await press(pilot, *keys)
        for size in ((60, 20), (80, 24), (100, 30), (120, 36), (200, 50)):
            await resize(pilot, size)
            lines = shown(pilot).splitlines()
            assert "^q quit" in lines[size[1] - 1], size
            assert all(widget.region.right <= size[0] for widget in pilot.app.screen.query("*")), size


async def test_empty_plan_names_the_key_that_sets_one(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "3")
        assert "g     Set your quota" in shown(pilot) and "Funnel" not in shown(pilot)
        assert shown(pilot).splitlines()[-1].startswith(" g set plan  F2 tour")
        await press(pilot, "s", "s", "o", "escape")
        assert pilot.app.screen is today_screen(pilot)
    assert not ctx.database.exists()


def november(folder: Path, now: datetime) -> AppContext:
    """A rep who had a plan and a goal for November, at a later moment."""
    ctx = context_at(folder, datetime(2026, 11, 2, 9))
    plan.set_plan(ctx, MONTH, Decimal(700_000), "2x", calls_per_day=100)
    wish = goals.add(ctx, "The flat", Horizon.FIVE_YEARS, for_whom="Anna")
    goals.add(ctx, "Deals", Horizon.MONTH, metric=Metric.DEALS, target=Decimal(4), parent_id=wish.id)
    activity_log.log(ctx, "deal", amount=Decimal(600_000), moment=datetime(2026, 11, 2, 8, 30))
    move_clock(ctx, now)
    return ctx


def december(ctx: AppContext) -> tuple[Decimal | None, list[tuple[str, int | None]]]:
    """December's personal plan, and its goals with their parents."""
    view = plan.show(ctx, month_of(date(2026, 12, 1)))
    last = date(2026, 12, 31)
    found = [node.goal for node in goals.list_goals(ctx) if node.goal.period.last == last]
    personal = None if view.plan is None else view.plan.personal_plan
    return personal, [(goal.title, goal.parent_id) for goal in found]


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
async def test_new_month_starts_by_one_key(tmp_path: Path, size: tuple[int, int]) -> None:
    ctx = november(tmp_path, datetime(2026, 12, 1, 14))
    async with running(ctx, size) as pilot:
        assert "N start from November (quota 700,000, plan 1,400,000)" in shown(pilot)
        await press(pilot, "N")
        for part in ("New month: December 2026", "600,000 closed, 43% of plan, 86% of quota", "1 goal carried over"):
            assert part in shown(pilot)
        await press(pilot, "escape")
        assert december(ctx) == (None, [])
        await press(pilot, "N", "enter")
        await wait_for(pilot, says(pilot, "December 2026: plan 1,400,000, quota 700,000, 1 goal carried over"))
        await wait_for(pilot, says(pilot, "The flat · for Anna"))
        assert december(ctx) == (Decimal(1_400_000), [("Deals", 1)])
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "No plan for this month yet"))
        assert december(ctx) == (None, [])


async def test_offer_can_be_edited_and_still_carries_goals_over(tmp_path: Path) -> None:
    ctx = november(tmp_path, datetime(2026, 12, 1, 14))
    async with running(ctx) as pilot:
        await press(pilot, "N", "e")
        await wait_for(pilot, noted(pilot, "plan 1,400,000, quota 700,000 (2×), 1 goal carried"))
        await press(pilot, "tab", *"800000", "tab", *"2x", "tab", "tab", "tab", *"120", "enter")
        await wait_for(pilot, says(pilot, "Saved: plan 1,600,000, quota 800,000"))
    assert december(ctx) == (Decimal(1_600_000), [("Deals", 1)])
    found = plan.show(ctx, month_of(date(2026, 12, 1))).plan
    assert found is not None
    assert (found.calls_per_day, found.starts) == (120, None)


async def test_plan_screen_offers_the_month_on_display(tmp_path: Path) -> None:
    ctx = november(tmp_path, datetime(2026, 11, 20, 14))
    async with running(ctx) as pilot:
        await press(pilot, "3", "N")
        await wait_for(pilot, says(pilot, "This month already has a plan"))
        await press(pilot, "right_square_bracket")
        await wait_for(pilot, says(pilot, "Press N to start from November 2026 (quota 700,000, plan 1,400,000)"))
        await press(pilot, "N", "enter")
        await wait_for(pilot, says(pilot, "December 2026: plan 1,400,000"))
    assert december(ctx) == (Decimal(1_400_000), [("Deals", 1)])


async def test_day_close_of_the_last_working_day_offers_the_next_month(tmp_path: Path) -> None:
    ctx = november(tmp_path, datetime(2026, 11, 30, 8))
    day.open_day(ctx)
    move_clock(ctx, datetime(2026, 11, 30, 18, 45))
    async with running(ctx) as pilot:
        assert "December has no plan yet. N start one from November" in shown(pilot)
        await press(pilot, "b")
        await wait_for(pilot, says(pilot, "December 2026 starts   N plan it"))
        await press(pilot, "N", "enter")
        await wait_for(pilot, says(pilot, "December 2026: plan 1,400,000, quota 700,000"))
        assert "December 2026 starts" not in shown(pilot)
        await press(pilot, "escape")
        assert "December has no plan yet" not in shown(pilot), "it has one by now"
    assert december(ctx) == (Decimal(1_400_000), [("Deals", 1)])


async def test_plan_form_in_mid_month_asks_for_earlier_revenue_and_start(ctx: AppContext) -> None:
    async with running(ctx, COMPACT) as pilot:
        await press(pilot, "g")
        await wait_for(pilot, says(pilot, "Starts on"))
        assert isinstance(pilot.app.screen, PlanModal)
        assert pilot.app.screen.values()["starts"] == "Mon 16 Nov 2026"
        for name in ("currency", "calls", "meetings", "brought_in"):
            while pilot.app.focused is None or pilot.app.focused.id != f"field-{name}":
                await press(pilot, "tab")
            await press(pilot, "backspace", *({"brought_in": "200000"}.get(name, "")))
        await wait_for(pilot, noted(pilot, "starts Mon 16 Nov, 200,000 already won"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "✓ Saved: plan 1,400,000, quota 700,000"))
        assert "On pace" in shown(pilot), "nothing is behind at once"
        assert "200,000 closed" in shown(pilot)
        await press(pilot, "3")
        await wait_for(pilot, says(pilot, "200,000 closed"))
        await press(pilot, "1", "g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        assert pilot.app.screen.values()["brought_in"] == "200,000"
        await press(pilot, "enter")
    found = plan.show(ctx).plan
    assert found is not None
    assert found.brought_in == 200_000
    assert (found.starts, found.whole) == (date(2026, 11, 16), True)


async def test_quarterly_quota_form(tmp_path: Path) -> None:
    ctx = november(tmp_path, datetime(2026, 11, 16, 14))
    async with running(ctx) as pilot:
        await press(pilot, "3", "s", "g")
        await wait_for(pilot, says(pilot, "Quota for Q4 2026 (Oct–Dec 2026)"))
        await press(pilot, *"3000000", "tab", *"3100000", "enter")
        await wait_for(pilot, noted(pilot, "Press ⏎ again to keep it"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Saved: quota 3,000,000 for Q4 2026"))
        await wait_for(pilot, says(pilot, "2,300,000 of quota not planned yet"))
        row = next(line for line in shown(pilot).splitlines() if "December" in line)
        assert row.split()[:5] == ["December", "23", "–", "(1,175,556)", "–"]
        await press(pilot, "right", "enter")
        await wait_for(pilot, says(pilot, "Its share of your quarterly or yearly quota is 1,175,556"))
        await press(pilot, "u")
        await wait_for(pilot, lambda: "Its share" not in shown(pilot))


async def test_fiscal_quarter_shows_its_months(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[plan]\nyear_starts = 2\n")
    ctx = november(tmp_path, datetime(2026, 11, 16, 14))
    async with running(ctx) as pilot:
        await press(pilot, "3", "s")
        await wait_for(pilot, says(pilot, "Q4 2026 (Nov 2026–Jan 2027)"))
        await press(pilot, "right", "right")
        row = next(line for line in shown(pilot).splitlines() if "▌" in line and "January" in line)
        assert row.split()[1] == "January"


async def test_nothing_is_cut_without_a_mark_or_touches_the_edge_on_a_small_screen(tmp_path: Path) -> None:
    async with running(typical(tmp_path), size=(80, 24)) as pilot:
        await press(pilot, "3")
        await wait_for(pilot, says(pilot, "likely to hit plan"))
        assert "target: 116 calls, …" in shown(pilot)
        await pilot.resize_terminal(60, 20)
        await wait_for(pilot, says(pilot, "quota pace"))
        (odds,) = [line for line in shown(pilot).splitlines() if "likely to hit plan" in line]
        assert odds.strip() == "▼ 15% likely to hit plan by Mon 30 Nov"


async def test_odds_that_stay_out_of_reach_are_told_in_full(tmp_path: Path) -> None:
    async with running(typical(tmp_path), size=(120, 36)) as pilot:
        await press(pilot, "3", "tab", "right")
        await wait_for(pilot, says(pilot, "out of reach, still"))


async def test_a_message_keeps_off_the_edge(tmp_path: Path) -> None:
    async with running(typical(tmp_path), size=(120, 36)) as pilot:
        message = today_screen(pilot).query_one(MessageLine)
        message.say([("x" * 120, "")], [("y" * 119, "")])
        assert message.build(120, 1) == [[("y" * 119, "")]]
