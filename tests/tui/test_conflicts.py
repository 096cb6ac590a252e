"""What another program changed while a form was open is not overwritten: it is said, both texts are kept, and saved
again it is the rep's word.
"""

from __future__ import annotations

from decimal import Decimal

from textual.widgets import Input, TextArea

from planner.domain.goals import Horizon
from planner.domain.workdays import parse_month
from planner.services import goals, plan, words
from planner.services.desk import Desk
from planner.tui.modals.goal import GoalModal
from planner.tui.modals.plan import PlanModal
from tests.tui.helpers import press, running, says, shown, wait_for

MONTH = parse_month("2026-11")


def figures(desk: Desk) -> tuple[int, int]:
    found = plan.show(desk, MONTH).plan
    assert found is not None
    return int(found.quota), int(found.personal_plan)


def field(pilot: object, name: str) -> Input:
    return pilot.app.screen.query_one(f"#field-{name}", Input)  # type: ignore[attr-defined, no-any-return]


async def test_a_goal(desk: Desk) -> None:
    goals.add(desk, "The flat", Horizon.FIVE_YEARS, why="room")
    async with running(desk) as pilot:
        await press(pilot, "4", "enter")
        field(pilot, "why").value = "from the form"
        goals.edit(desk, 1, {"why": "from elsewhere", "for_whom": "Anna"})
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "was changed meanwhile, to 'from elsewhere'"))
        assert isinstance(pilot.app.screen, GoalModal)
        assert field(pilot, "why").value == "from the form"
        assert field(pilot, "for_whom").value == "Anna"  # what the rep didn't touch is as it is by now
        assert goals.show(desk, 1).goal.why == "from elsewhere"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "changed: The flat"))
    found = goals.show(desk, 1).goal
    assert (found.why, found.for_whom) == ("from the form", "Anna")


async def test_the_plan_of_a_month(desk: Desk) -> None:
    plan.set_plan(desk, MONTH, Decimal(700_000), "2x")
    async with running(desk) as pilot:
        await press(pilot, "g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        field(pilot, "personal").value = "1,500,000"
        plan.set_plan(desk, MONTH, Decimal(800_000), "2x")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "changed meanwhile, to 1,600,000"))
        assert field(pilot, "personal").value == "1,500,000"
        assert field(pilot, "quota").value == "800,000"
        assert figures(desk) == (800_000, 1_600_000)
        field(pilot, "quota").value = "700,000"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "plan 1,500,000 over 700,000"))
    assert figures(desk) == (700_000, 1_500_000)


async def test_a_list_of_words_and_what_is_refused_of_it_is_kept(desk: Desk) -> None:
    async with running(desk) as pilot:
        pilot.app.screen.edit_words("affirmations")  # type: ignore[attr-defined]
        await wait_for(pilot, says(pilot, "Keep F2"))
        area = pilot.app.screen.query_one("#text-area", TextArea)
        area.text = "from the form"
        words.put(desk, "affirmations", ["from elsewhere"])
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "changed meanwhile"))
        assert "from elsewhere" in shown(pilot)
        area = pilot.app.screen.query_one("#text-area", TextArea)
        assert area.text == "from the form"
        area.text = "x" * 2_000
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "A line can have"))
        area = pilot.app.screen.query_one("#text-area", TextArea)
        assert area.text == "x" * 2_000
        area.text = "from the form"
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "kept"))
    assert words.get(desk, "affirmations").lines == ("from the form",)
