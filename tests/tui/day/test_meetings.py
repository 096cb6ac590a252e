"""Meetings by keyboard: marked, moved and asked about, on every screen that shows them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from planner.domain.day.tasks import Due
from planner.services.calls import calling_list
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import day, meetings, tasks
from planner.tui.day.modals.meeting import MeetingEditModal, MeetingEndModal, MeetingModal
from planner.tui.day.widgets.day import DayTimeline
from tests.scenes import NOW, context_at, move_clock, typical
from tests.tui.helpers import press, running, says, settled, shown, text, today_screen, wait_for


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    found = context_at(tmp_path, NOW)
    people.add(found, "Kim Minsu", {"phones": ["02-555-1234"], "company": "Hanbit"})
    meetings.add(found, "Kim Minsu", Due(NOW.date(), time(8, 30)), contact="Kim Minsu", place="their office")
    return found


def outcomes(ctx: AppContext) -> list[str]:
    return [each.outcome for each in meetings.list_meetings(ctx)]


async def choose(pilot: Pilot[None]) -> None:
    """Put the cursor of the Day screen on the meeting."""
    timeline = pilot.app.screen.query_one(DayTimeline)
    await wait_for(pilot, lambda: any(each.meeting_id for each in timeline.today.blocks))
    timeline.move_to(next(n for n, each in enumerate(timeline.today.blocks) if each.meeting_id))


async def test_x_on_day_marks_a_meeting_held_with_its_next_step(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "t")
        await choose(pilot)
        await press(pilot, "x")
        assert isinstance(pilot.app.screen, MeetingEndModal)
        await press(pilot, *text("yes"), "tab", "tab", *text("yes"), "tab", "tab", "tab", *text("meeting thu 11"))
        assert "Next: meeting Thu 19 Nov 11:00" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Meeting held: Kim Minsu. Next: meeting Thu 19 Nov 11:00"))
        assert outcomes(ctx) == ["held", ""]
        await wait_for(pilot, says(pilot, "1 h ✓"))
        await press(pilot, "x")
        assert "is already marked held" in shown(pilot)
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: meeting held: Kim Minsu"))
        assert outcomes(ctx) == [""]


async def test_m_on_day_marks_a_no_show(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "t")
        await choose(pilot)
        await press(pilot, "m", "enter")
        await wait_for(pilot, says(pilot, "No-show: Kim Minsu"))
        assert outcomes(ctx) == ["no-show"]
        await wait_for(pilot, says(pilot, "no-show"))


async def test_meeting_is_moved_edited_and_dropped_on_day(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "t")
        await choose(pilot)
        await press(pilot, "J")
        await wait_for(pilot, says(pilot, "Moved: Kim Minsu, 08:45–09:45"))
        await choose(pilot)
        await press(pilot, "e")
        assert isinstance(pilot.app.screen, MeetingEditModal)
        await press(pilot, *text("today 15:00"), "tab", *text("45"), "enter")
        await wait_for(pilot, says(pilot, "Saved: Kim Minsu, Mon 16 Nov 15:00–15:45"))
        found = meetings.list_meetings(ctx)[0]
        assert (found.start.time(), found.minutes, found.place) == (time(15), 45, "their office")
        await choose(pilot)
        await press(pilot, "e", *text("today 16:00 to 17:30"))
        await wait_for(pilot, says(pilot, "Mon 16 Nov 2026 16:00 to 17:30"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Saved: Kim Minsu, Mon 16 Nov 16:00–17:30"))
        await choose(pilot)
        await press(pilot, "delete")
        await wait_for(pilot, says(pilot, "Dropped meeting: Kim Minsu"))
        assert meetings.list_meetings(ctx) == []


async def test_proposal_without_a_known_need_needs_confirmation(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "t")
        await choose(pilot)
        await press(pilot, "x", "tab", "tab", "tab", "tab", "tab", *text("proposal fri"), "enter")
        await wait_for(pilot, says(pilot, "You haven't found Kim Minsu's need yet"))
        assert outcomes(ctx) == [""] and "proposal fri" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: outcomes(ctx) == ["held"])
        assert [task.title for task in tasks.list_tasks(ctx)] == ["Proposal for Hanbit"]


async def test_today_asks_once_about_a_past_meeting(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        screen = today_screen(pilot)
        move_clock(ctx, NOW + timedelta(seconds=10))
        screen._tick()
        await settled(pilot)
        assert "How did it go? Kim Minsu, 08:30" in shown(pilot)
        screen.say([])
        move_clock(ctx, NOW + timedelta(seconds=30))
        screen._tick()
        await settled(pilot)
        assert "How did it go" not in shown(pilot)  # only once
        await press(pilot, "h")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, MeetingModal))
        await press(pilot, "x", "enter")
        await wait_for(pilot, lambda: outcomes(ctx) == ["held"])
        await press(pilot, "h")
        await wait_for(pilot, says(pilot, "No meetings to log"))


async def test_question_about_a_meeting_replaces_the_mid_month_check(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    meetings.add(ctx, "Kim", Due(NOW.date(), time(8, 30)))
    async with running(ctx) as pilot:
        assert "Mid-month" in shown(pilot)
        move_clock(ctx, NOW + timedelta(seconds=10))
        today_screen(pilot)._tick()
        await settled(pilot)
        assert "How did it go? Kim, 08:30" in shown(pilot)


async def test_day_close_lists_unmarked_meetings(ctx: AppContext) -> None:
    day.open_day(ctx)
    meetings.mark_asked(ctx, [meetings.list_meetings(ctx)[0].id])
    move_clock(ctx, datetime(2026, 11, 16, 19))
    async with running(ctx) as pilot:
        await press(pilot, "b")
        await wait_for(pilot, says(pilot, "How did it go?"))
        assert "Kim Minsu  Mon 16 Nov 08:30–09:30" in shown(pilot)
        await press(pilot, "h", "m", *text("ill"), "enter")
        await wait_for(pilot, lambda: outcomes(ctx) == ["no-show"])
        await wait_for(pilot, lambda: "How did it go?" not in shown(pilot))


async def test_h_in_the_dossier_opens_the_contacts_meeting(ctx: AppContext) -> None:
    people.add(ctx, "Lee", {})
    meetings.add(ctx, "Lee", Due(NOW.date(), time(8)), contact="Lee")
    async with running(ctx) as pilot:
        await press(pilot, "6")
        await wait_for(pilot, says(pilot, "How did it go?"))
        await press(pilot, "h")
        await wait_for(pilot, says(pilot, "Kim Minsu: how did it go?"))
        await press(pilot, "x", "enter")
        await wait_for(pilot, lambda: outcomes(ctx) == ["", "held"])


async def test_h_in_calls_opens_the_prospects_next_meeting(ctx: AppContext) -> None:
    meetings.end(ctx, meetings.list_meetings(ctx)[0].id, "held")
    meetings.add(ctx, "Kim Minsu", Due(date(2026, 11, 19), time(11)), contact="Kim Minsu")
    calling_list.add(ctx, NOW.date(), "Kim Minsu")
    tasks.add(ctx, "callback Kim", contact="Kim Minsu", kind="callback", due=Due(NOW.date(), time(9)))
    async with running(ctx) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "Thu 19 Nov 11:00"))
        await press(pilot, "h")
        await wait_for(pilot, says(pilot, "Next meeting: Kim Minsu"))
        assert "x held" not in shown(pilot)
        await press(pilot, "e", *text("fri 10"), "enter")
        await wait_for(pilot, says(pilot, "Saved: Kim Minsu, Fri 20 Nov 10:00–11:00"))
