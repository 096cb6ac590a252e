"""Odds on Today and Plan, what-if, and explanations of figures, by keys."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input

from planner.domain.calls.activity_log import Activity
from planner.domain.plan.goals import Horizon, Metric
from planner.services.context import AppContext
from planner.services.day.today_store import TodayStore
from planner.services.plan import goals, plan
from planner.tui.forecast.modals.explain import Derivation, FigureList, WhyModal
from planner.tui.plan.modals.plan import PlanModal
from planner.tui.plan.plan import PlanScreen
from planner.tui.plan.widgets.odds import WhatIf
from tests.drills import often
from tests.scenes import MONTH, NOW, move_clock, overfull, typical
from tests.tui.helpers import press, running, says, settled, shown, today_screen, wait_for


def panel(pilot: Pilot[None]) -> WhatIf:
    assert isinstance(pilot.app.screen, PlanScreen)
    return pilot.app.screen.query_one(WhatIf)


async def test_today_shows_odds_and_advice(tmp_path: Path) -> None:
    async with running(typical(tmp_path), (130, 30)) as pilot:
        text = shown(pilot)
        assert "15% likely to hit plan · 67% with later closes · quota odds 51%" in text
        assert "Low confidence. No number of calls will get you to 80% odds" in text
        assert "116 calls is over your capacity of 100" in text
        assert "about 13 no's before your next meeting" in text
        assert "goal" in text


async def test_odds_update_once_the_rep_is_idle(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        other = TodayStore(ctx)
        other.log(Activity(0, ctx.now(), "deal", amount=Decimal(500_000)))
        other.close()
        before = today_screen(pilot).today.p_plan
        move_clock(ctx, NOW + timedelta(seconds=2))
        await wait_for(pilot, lambda: today_screen(pilot).today.booked == 111_200_000)
        assert today_screen(pilot).today.p_plan == before, "not while keys may still come"
        move_clock(ctx, NOW + timedelta(seconds=10))
        await wait_for(pilot, lambda: (today_screen(pilot).today.p_plan or 0) > (before or 0) + 1_000)
        assert TodayStore(ctx).read().p_plan == today_screen(pilot).today.p_plan, "kept for the next program"


async def test_plan_shows_fan_funnel_and_both_forecasts(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3")
        text = shown(pilot)
        assert "Funnel" in text and "call → conversation" in text and "90 of 887" in text
        assert "best days to call" in text
        assert "15% likely to hit plan by Mon 30 Nov · 67% with later closes" in text and "forecast 763k" in text
        assert "⠒ likely 763k" in text
        await press(pilot, "s")
        assert "Funnel" in shown(pilot) and "at your pace" in shown(pilot)


async def test_sliders_change_the_figures_and_save_nothing(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    before = [change.id for change in TodayStore(ctx).changes(1_000)]
    async with running(ctx) as pilot:
        await press(pilot, "3", "tab")
        await wait_for(pilot, says(pilot, "What if?"))
        assert "plan by Mon 30 Nov         15%" in shown(pilot)
        await press(pilot, "right", "shift+right", "down", "left")
        values = panel(pilot).values
        assert round(values["conversation"] / panel(pilot).known.betas["conversation"].mean, 2) == 1.3  # type: ignore[union-attr]
        assert values["meeting-booked"] < panel(pilot).known.betas["meeting-booked"].mean  # type: ignore[union-attr]
        await wait_for(pilot, lambda: panel(pilot).supposed is not None)
        assert "15% → " in shown(pilot)
        await press(pilot, "backspace", "up", "backspace")
        assert not panel(pilot).values
        await press(pilot, *(["down"] * 5), "2", "0", "0", "enter")
        assert panel(pilot).values == {"calls": 200}
        await wait_for(pilot, says(pilot, "15% → 16%"))
        await press(pilot, "escape")
        assert "What if?" not in shown(pilot) and isinstance(pilot.app.screen, PlanScreen)
    assert [change.id for change in TodayStore(ctx).changes(1_000)] == before


async def test_digits_are_input_not_screen_keys(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3", "tab", "1", "2", ".", "5")
        assert isinstance(pilot.app.screen, PlanScreen)
        assert "12.5▏" in shown(pilot)
        await press(pilot, "enter")
        assert panel(pilot).values == {"conversation": 0.125}
        await press(pilot, "9", "escape")
        assert "What if?" in shown(pilot), "the first Esc lets what was typed go"
        await press(pilot, "escape", "4")
        assert not isinstance(pilot.app.screen, PlanScreen)


async def test_what_if_can_be_saved(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    async with running(ctx) as pilot:
        await press(pilot, "3", "tab", "enter")
        await wait_for(pilot, says(pilot, "Only calls a day and the average deal can be saved"))
        await press(pilot, *(["down"] * 5), "shift+right", "enter")
        await wait_for(pilot, says(pilot, "Saved to your plan: 125 calls a day"))
        await settled(pilot)
        assert plan.show(ctx, MONTH).outlook.per_day == 125
        await press(pilot, "escape", "u")
        await wait_for(pilot, says(pilot, "plan for November 2026: 125 calls a day"))
        assert plan.show(ctx, MONTH).outlook.per_day == 100


async def test_what_if_needs_a_month(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3", "s", "tab")
        assert "works on one month" in shown(pilot)


async def test_y_explains_figures_on_today_and_plan(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await pilot.press("y")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, WhyModal))
        await wait_for(pilot, says(pilot, "116 = 1,100 left ÷ 9.5 working days, rounded up."))
        await press(pilot, "down")
        await wait_for(pilot, says(pilot, "the log behind it"))
        await press(pilot, "enter")
        assert "90 of     887" in shown(pilot), "the trials, month by month"
        await press(pilot, "escape", "3")
        await pilot.press("y")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, WhyModal))
        await wait_for(pilot, says(pilot, "The forecast is half your calls and deals"))
        await press(pilot, "y")
        assert isinstance(pilot.app.screen, PlanScreen)


async def test_long_explanation_scrolls_to_its_end(tmp_path: Path) -> None:
    async with running(overfull(tmp_path), (60, 20)) as pilot:
        await pilot.press("y")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, WhyModal))
        await wait_for(pilot, lambda: pilot.app.screen.query_one(Derivation).figure is not None)
        for _ in range(40):
            await press(pilot, "down")
        figures = pilot.app.screen.query_one(FigureList)
        await wait_for(pilot, lambda: figures.cursor == figures.count() - 1)
        await wait_for(pilot, says(pilot, "proposal → deal"))
        await press(pilot, "enter", "pagedown", "pagedown", "pageup")
        assert isinstance(pilot.app.screen, WhyModal)


async def test_what_if_and_explanations_of_an_empty_log(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "3", "tab", "right")
        assert "What if?" in shown(pilot)
        await press(pilot, "escape")
        await pilot.press("y")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, WhyModal))
        await wait_for(pilot, says(pilot, "no's before your next meeting"))


async def test_slider_stops_at_the_limits(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    plan.set_plan(ctx, MONTH, Decimal(700_000), "2x", calls_per_day=2_000)
    async with running(ctx) as pilot:
        await press(pilot, "3", "tab", *(["down"] * 5), "6", "0", "0", "0", "enter")
        assert panel(pilot).values == {"calls": 5_000}
        await press(pilot, "down", *(["shift+right"] * often(12, 60)), "up", "up", "1", "0", "0", "enter", "0", "enter")
        assert isinstance(pilot.app.screen, PlanScreen)


async def test_no_what_if_for_a_quarter(tmp_path: Path) -> None:
    async with running(typical(tmp_path)) as pilot:
        await press(pilot, "3", "tab", "s")
        assert "Q4 2026" in shown(pilot) and "what if" in shown(pilot), "the footer is that of the view"
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, PlanScreen)


async def test_settings_are_reread(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    assert plan.show(ctx, MONTH).outlook.facts.wanted == 0.8
    Path(ctx.settings_path).write_text("[plan]\nprobability = 0.5\n", encoding="utf-8")
    assert plan.show(ctx, MONTH).outlook.facts.wanted == 0.5


async def test_plan_form_proposes_the_goals_revenue_if_larger(ctx: AppContext) -> None:
    goals.add(ctx, "Income", Horizon.YEAR, metric=Metric.REVENUE, target=Decimal(60_000_000))
    async with running(ctx) as pilot:
        await pilot.press("g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        asked = pilot.app.screen.query_one("#field-personal", Input).value
        assert Decimal(asked.replace(",", "")) > 2 * 700_000
