"""Meetings: held or no-show, what follows from them, and being asked about once."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path

import pytest

from planner.domain.clients.people import Need
from planner.domain.day.events import Meeting
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError, NeedNotFound, ProtectedTime, StateError
from planner.domain.workdays import month_of
from planner.services import history
from planner.services.calls import activity_log, log_corrections
from planner.services.calls.follow_up_time import read_when
from planner.services.calls.session import CallSession
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import events, meetings, tasks
from planner.services.day.meetings import After, NextStep, read_step
from planner.services.day.reading import reading
from planner.services.day.today_store import TodayStore
from tests.scenes import NOW, context_at, move_clock

MONDAY = date(2026, 11, 16)
CALENDAR = """BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
UID:team@cal\r
SUMMARY:Orion, offer\r
DTSTART:20261116T083000\r
DTEND:20261116T090000\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    found = context_at(tmp_path, NOW)
    people.add(found, "Kim Minsu", {"phones": ["02-555-1234"], "company": "Hanbit"})
    return found


def meeting(ctx: AppContext, hour: int = 8, day: date = MONDAY, contact: str | None = "Kim Minsu") -> Meeting:
    return meetings.add(ctx, contact or "Fair", Due(day, time(hour)), contact=contact)


def count(ctx: AppContext, name: str, day: date = MONDAY) -> int:
    with closing(TodayStore(ctx)) as live:
        return live.read(day).counts[name]


def test_held_meeting_counts_on_its_day_and_is_in_the_dossier(ctx: AppContext) -> None:
    found = meetings.end(ctx, meeting(ctx).id, "held", note="wants figures")
    assert found.outcome == "held" and count(ctx, "meetings_held") == 1
    told = people.show(ctx, "Kim Minsu").history[0]
    assert (told.at, told.kind, told.text) == ("2026-11-16T08:00", "meeting-held", "wants figures")


def test_no_show_does_not_count_as_held(ctx: AppContext) -> None:
    meetings.end(ctx, meeting(ctx).id, "no-show")
    assert (count(ctx, "no_shows"), count(ctx, "meetings_held")) == (1, 0)


def test_outcome_check_and_next_step_are_one_change(ctx: AppContext) -> None:
    planned = meeting(ctx)
    step = read_step(ctx, "proposal fri 16:00")
    meetings.end(ctx, planned.id, "held", After(met=True, satisfied=False, why="late", need=Need.FOUND), step)
    assert [(task.title, str(task.due)) for task in tasks.list_tasks(ctx)] == [
        ("Proposal for Hanbit", "2026-11-20T16:00")
    ]
    with ctx.database.read() as reads:
        row = reads.execute("SELECT met, effective, content, why FROM call_check").fetchone()
    assert tuple(row) == (1, None, 0, "late")
    with closing(TodayStore(ctx)) as live:
        assert live.undo() == "meeting held: Kim Minsu"
    assert tasks.list_tasks(ctx) == [] and meetings.get(ctx, planned.id).outcome == ""
    assert people.show(ctx, "Kim Minsu").contact.need is None and count(ctx, "meetings_held") == 0


def test_proposal_needs_a_known_need(ctx: AppContext) -> None:
    planned = meeting(ctx)
    with pytest.raises(NeedNotFound, match="too early for a proposal"):
        meetings.end(ctx, planned.id, "held", step=NextStep("proposal"))
    assert meetings.get(ctx, planned.id).outcome == ""
    meetings.end(ctx, planned.id, "held", step=NextStep("proposal"), force=True)


def test_next_step_books_another_meeting(ctx: AppContext) -> None:
    meetings.end(ctx, meeting(ctx).id, "no-show", step=read_step(ctx, "meeting thu 11 at their office"))
    following = meetings.list_meetings(ctx)[-1]
    assert (following.contact, following.start, following.place) == (
        "Kim Minsu", datetime(2026, 11, 19, 11), "their office",
    )  # fmt: skip
    assert count(ctx, "meetings_booked") == 1


def test_next_step_schedules_a_callback(ctx: AppContext) -> None:
    meetings.end(ctx, meeting(ctx).id, "no-show", step=read_step(ctx, "call tomorrow 10"))
    assert [(task.kind, str(task.due)) for task in tasks.list_tasks(ctx)] == [("callback", "2026-11-17T10:00")]


@pytest.mark.parametrize("text", ["", "nothing", "none"])
def test_next_step_may_be_empty(ctx: AppContext, text: str) -> None:
    assert read_step(ctx, text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("lunch fri", "isn't a next step"), ("meeting", "Add a time"), ("call soonish", "'soonish' isn't a date")],
)
def test_unreadable_next_step_is_refused(ctx: AppContext, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_step(ctx, text)


def test_future_meeting_cannot_have_been_held(ctx: AppContext) -> None:
    planned = meeting(ctx, 14)
    with pytest.raises(StateError, match="starts today 14:00"):
        meetings.end(ctx, planned.id, "held")


def test_meeting_gets_its_outcome_once(ctx: AppContext) -> None:
    planned = meeting(ctx)
    meetings.end(ctx, planned.id, "held")
    with pytest.raises(StateError, match="already marked held"):
        meetings.end(ctx, planned.id, "no-show")
    with pytest.raises(StateError, match="already marked held"):
        meetings.move(ctx, planned.id, Due(MONDAY, time(15)))


def test_imported_meeting_has_an_outcome_but_cannot_be_moved(ctx: AppContext, tmp_path: Path) -> None:
    (tmp_path / "team.ics").write_text(CALENDAR, encoding="utf-8")
    events.import_calendar(ctx, str(tmp_path / "team.ics"))
    theirs = meetings.list_meetings(ctx)[0]
    assert not theirs.own
    with pytest.raises(StateError, match="comes from your calendar"):
        meetings.move(ctx, theirs.id, Due(MONDAY, time(15)))
    meetings.end(ctx, theirs.id, "held")
    with closing(TodayStore(ctx)) as live:
        assert [block.mark for block in live.read().blocks if block.meeting_id == theirs.id] == ["held"]
    # reimporting the calendar with another title recreates its times, and the outcome stays
    (tmp_path / "team.ics").write_text(CALENDAR.replace("Orion, offer", "Orion: offer"), encoding="utf-8")
    events.import_calendar(ctx, str(tmp_path / "team.ics"))
    assert [(each.title, each.outcome) for each in meetings.list_meetings(ctx)] == [("Orion: offer", "held")]


def test_unmarked_meeting_is_asked_about_once(ctx: AppContext) -> None:
    planned = meeting(ctx)
    assert [each.id for each in meetings.list_unmarked(ctx)] == [planned.id]
    with closing(TodayStore(ctx)) as live:
        assert [each[4] for each in live.read().unmarked] == [False]
        meetings.mark_asked(ctx, [planned.id])
        assert [each[4] for each in live.read().unmarked] == [True]
    assert [each.id for each in meetings.list_unmarked(ctx)] == [planned.id]  # the day close still names it
    meetings.end(ctx, planned.id, "held")
    assert meetings.list_unmarked(ctx) == []


def test_moved_meeting_is_asked_about_again(ctx: AppContext) -> None:
    planned = meeting(ctx)
    meetings.mark_asked(ctx, [planned.id])
    meetings.move(ctx, planned.id, Due(MONDAY, time(9)))
    move_clock(ctx, datetime(2026, 11, 16, 12))
    with closing(TodayStore(ctx)) as live:
        assert [each[4] for each in live.read().unmarked] == [False]


def test_logging_meeting_held_marks_the_planned_meeting(ctx: AppContext) -> None:
    planned = meeting(ctx)
    logged = activity_log.log(ctx, "meeting-held", contact="Kim Minsu")
    assert logged.meeting is not None and logged.meeting.id == planned.id
    assert logged.entry.moment == datetime(2026, 11, 16, 8)
    assert meetings.get(ctx, planned.id).outcome == "held" and count(ctx, "meetings_held") == 1


def test_logging_an_unplanned_meeting_only_counts(ctx: AppContext) -> None:
    later = meeting(ctx, 14)
    assert activity_log.log(ctx, "meeting-held", contact="Kim Minsu").meeting is None
    assert meetings.get(ctx, later.id).outcome == ""


def test_dropping_the_log_row_reopens_the_meeting(ctx: AppContext) -> None:
    planned = meeting(ctx)
    meetings.end(ctx, planned.id, "held")
    log_corrections.drop(ctx, activity_log.on_day(ctx, MONDAY)[0].id)
    assert meetings.get(ctx, planned.id).outcome == ""


@pytest.mark.parametrize(("day", "trials"), [(date(2026, 11, 19), 0), (date(2026, 11, 20), 1)])
def test_booked_meeting_is_a_trial_only_once_its_day_is_over(ctx: AppContext, day: date, trials: int) -> None:
    from planner.services.calls import calling_list

    calling_list.add(ctx, MONDAY, "Kim Minsu")
    with closing(TodayStore(ctx)) as live:
        session = CallSession(ctx, live)
        session.open()
        session.press()
        session.outcome("meeting", when=read_when(ctx, "thu 11 their office", hour=True))
    move_clock(ctx, datetime.combine(day, time(18)))
    with reading(ctx) as facts:
        known = facts.outlook(month_of(day))
        assert known.facts.rates["meeting-held"].trials == trials
        assert known.facts.open["meeting-held"] == 1 - trials


def test_any_logged_conversation_completes_the_callback(ctx: AppContext) -> None:
    tasks.add(ctx, "callback Kim", contact="Kim Minsu", kind="callback", due=Due(MONDAY, time(11)))
    activity_log.log(ctx, "dial", outcome="no-answer", contact="Kim Minsu")
    assert len(tasks.list_tasks(ctx)) == 1
    activity_log.log(ctx, "conversation", contact="Kim Minsu")
    assert tasks.list_tasks(ctx) == []
    with closing(TodayStore(ctx)) as live:
        live.undo()
    assert len(tasks.list_tasks(ctx)) == 1


def test_callback_of_another_day_stays(ctx: AppContext) -> None:
    tasks.add(ctx, "callback Kim", contact="Kim Minsu", kind="callback", due=Due(date(2026, 11, 18)))
    activity_log.log(ctx, "dial", outcome="conversation", contact="Kim Minsu")
    assert len(tasks.list_tasks(ctx)) == 1


def test_dossier_shows_callbacks_and_dropped_tasks(ctx: AppContext) -> None:
    tasks.add(ctx, "callback Kim: price", contact="Kim Minsu", kind="callback", due=Due(MONDAY, time(11)))
    activity_log.log(ctx, "dial", outcome="conversation", contact="Kim Minsu")
    send = tasks.add(ctx, "Send the samples", contact="Kim Minsu")
    tasks.drop(ctx, send.id, reason="they have them")
    told = [(event.kind, event.text) for event in people.show(ctx, "Kim Minsu").history]
    assert ("callback", "agreed for Mon 16 Nov 11:00: callback Kim: price") in told
    assert ("callback", "callback Kim: price") in told
    assert ("task", "dropped: Send the samples (they have them)") in told


def test_meeting_marked_late_keeps_later_callbacks(ctx: AppContext) -> None:
    planned = meeting(ctx)
    move_clock(ctx, datetime(2026, 11, 19, 8))
    tasks.add(ctx, "callback Kim", contact="Kim Minsu", kind="callback", due=Due(date(2026, 11, 19), time(10)))
    meetings.end(ctx, planned.id, "held")
    assert len(tasks.list_tasks(ctx)) == 1


def test_recurring_callback_is_not_completed_by_a_conversation(ctx: AppContext) -> None:
    tasks.add(ctx, "callback Kim", contact="Kim Minsu", kind="callback", due=Due(MONDAY), every="FREQ=WEEKLY;BYDAY=MO")
    activity_log.log(ctx, "conversation", contact="Kim Minsu")
    assert [task.every for task in tasks.list_tasks(ctx)] == ["FREQ=WEEKLY;BYDAY=MO"]


def test_correcting_the_log_row_corrects_the_meeting(ctx: AppContext) -> None:
    planned = meeting(ctx)
    meetings.end(ctx, planned.id, "held")
    (row,) = activity_log.on_day(ctx, MONDAY)
    log_corrections.edit(ctx, row.id, outcome="no-show")
    assert meetings.get(ctx, planned.id).outcome == "no-show"
    log_corrections.edit(ctx, row.id, kind="conversation", outcome="")
    assert meetings.get(ctx, planned.id).outcome == ""


def test_next_meeting_in_family_time_needs_force(ctx: AppContext) -> None:
    planned = meeting(ctx)
    with pytest.raises(ProtectedTime):
        meetings.end(ctx, planned.id, "held", step=read_step(ctx, "meeting thu 21:00"))
    meetings.end(ctx, planned.id, "held", step=read_step(ctx, "meeting thu 21:00"), force=True)


def test_overlapping_meeting_gives_a_notice(ctx: AppContext) -> None:
    meeting(ctx, 14)
    meetings.add(ctx, "Orion", Due(MONDAY, time(14, 30)))
    assert ctx.notices[-1] == "This overlaps with Kim Minsu, Mon 16 Nov 14:00–15:00."


def test_callback_time_is_logged_with_the_call(ctx: AppContext) -> None:
    activity_log.log(ctx, "dial", outcome="callback", contact="Kim Minsu", again=Due(date(2026, 11, 17), time(10)))
    assert [(task.kind, str(task.due)) for task in tasks.list_tasks(ctx)] == [("callback", "2026-11-17T10:00")]
    with closing(TodayStore(ctx)) as live:
        live.undo()
    assert tasks.list_tasks(ctx) == [] and activity_log.on_day(ctx, MONDAY) == []
    activity_log.log(ctx, "dial", outcome="callback", contact="Kim Minsu")
    assert "Set one with --when" in ctx.notices[-1]
    with pytest.raises(InputError, match="is in the past"):
        activity_log.log(ctx, "dial", outcome="callback", contact="Kim Minsu", again=Due(date(2026, 11, 13)))


def calendar_of(path: Path, *names: str, title: str = "Work", rule: str = "") -> str:
    """A calendar with a meeting of each name, on Thursday 19 November and later."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{name}@x\r\nSUMMARY:{name}\r\nDTSTART:202611{19 + n}T100000\r\n"
        f"DTEND:202611{19 + n}T110000\r\n{rule}END:VEVENT\r\n"
        for n, name in enumerate(names)
    )
    path.write_text(f"BEGIN:VCALENDAR\r\nX-WR-CALNAME:{title}\r\n{events}END:VCALENDAR\r\n", encoding="utf-8")
    return str(path)


def test_what_a_newer_file_of_a_calendar_lacks_is_asked_about(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "work.ics"
    events.import_calendar(ctx, calendar_of(path, "Keep", "Gone", "Gone too"))
    events.import_calendar(ctx, calendar_of(tmp_path / "home.ics", "Dinner", title="Home"))
    found = events.import_calendar(ctx, calendar_of(path, "Keep"))
    assert [title for title, *_ in found.missing] == ["Gone", "Gone too"]
    assert found.gone == 0
    meetings.drop(ctx, found.missing[0][1])
    found = events.import_calendar(ctx, calendar_of(path, "Keep"), drop_missing=True)
    assert found.gone == 1
    assert [each.title for each in meetings.list_meetings(ctx)] == ["Keep", "Dinner"]
    history.undo(ctx)
    assert [each.title for each in meetings.list_meetings(ctx)] == ["Keep", "Dinner", "Gone too"]


def test_an_unreadable_event_makes_no_other_missing(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "work.ics"
    events.import_calendar(ctx, calendar_of(path, "Keep", "Broken"))
    text = Path(calendar_of(path, "Keep", "Broken")).read_text(encoding="utf-8").replace("DTSTART:20261120T100000", "")
    path.write_text(text, encoding="utf-8")
    assert events.import_calendar(ctx, str(path)).missing == []


def test_one_time_of_a_repeating_meeting_can_be_dropped(ctx: AppContext, tmp_path: Path) -> None:
    path = calendar_of(tmp_path / "work.ics", "Standup", rule="RRULE:FREQ=WEEKLY;COUNT=3\r\n")
    events.import_calendar(ctx, path)
    first, *others = meetings.list_meetings(ctx)
    meetings.drop(ctx, first.id)
    assert meetings.list_meetings(ctx) == others


def test_tasks_of_a_calendar_come_in_with_its_meetings(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "tasks.ics"
    path.write_text("BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nSUMMARY:Call back\nEND:VTODO\nEND:VCALENDAR\n")
    found = events.import_calendar(ctx, str(path))
    assert found.tasks is not None and (found.tasks.made, found.notices) == (1, [])
    assert [task.title for task in tasks.list_tasks(ctx)] == ["Call back"]
    assert history.undo(ctx) == "imported 1 task from tasks.ics"
    assert tasks.list_tasks(ctx) == []


def test_a_folder_is_a_whole_calendar(ctx: AppContext, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    with pytest.raises(events.FileRefused, match="has no calendar files"):
        events.import_calendar(ctx, str(folder))
    for name in ("Keep", "Gone"):
        calendar_of(folder / f"{name}.ics", name)
    (folder / "displayname").write_text("Office", encoding="utf-8")
    found = events.import_calendar(ctx, str(folder))
    assert (found.made, found.calendar) == (2, "Office")
    (folder / "Gone.ics").write_text("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", encoding="utf-8")
    found = events.import_calendar(ctx, str(folder))  # what can't be read isn't gone
    assert (found.gone, len(found.notices)) == (0, 1)
    (folder / "Gone.ics").unlink()
    found = events.import_calendar(ctx, str(folder))
    assert (found.gone, found.missing) == (1, [])
    assert [each.title for each in meetings.list_meetings(ctx)] == ["Keep"]
