"""A calling session: what each outcome writes, who comes next, and how it resumes after a crash."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.calls.playbook import Answer
from planner.domain.clients.people import Need
from planner.domain.day.activity import DIAL_OUTCOMES
from planner.domain.day.tasks import Due, TaskState
from planner.domain.errors import InputError, StateError
from planner.domain.workdays import Period
from planner.services.calls import activity_log, calling_list, insight, playbook
from planner.services.calls.follow_up_time import read_when
from planner.services.calls.session import CallSession
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import meetings, tasks
from planner.services.day.today_store import TodayStore
from planner.services.plan import calendar
from tests.drills import often
from tests.scenes import context_at, move_clock

MORNING = datetime(2026, 11, 16, 9)


@pytest.fixture
def rep(tmp_path: Path) -> AppContext:
    """Eight people on today's list, on a Monday at nine."""
    ctx = context_at(tmp_path, MORNING)
    calling_list.paste(ctx, ctx.today(), "\n".join(f"Name {n}, Firm {n}, 02-555-100{n}" for n in range(8)))
    return ctx


def opened(ctx: AppContext) -> CallSession:
    """A session as a freshly started program sees it."""
    found = CallSession(ctx, TodayStore(ctx))
    found.open()
    return found


def go(ctx: AppContext, seconds: float) -> None:
    """Let time pass."""
    move_clock(ctx, ctx.now() + timedelta(seconds=seconds))


def rows(ctx: AppContext, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with closing(sqlite3.connect(ctx.path)) as handle:
        return handle.execute(query).fetchall()


def name(found: CallSession) -> str:
    """Who is on the screen."""
    assert found.card is not None
    return found.card.name


def test_call_and_gap_seconds_are_logged(rep: AppContext) -> None:
    session = opened(rep)
    go(rep, 30)
    for talk, gap in ((40, 7), (0, 12), (95, 3)):
        session.press()
        go(rep, talk)
        session.outcome("no-answer")
        go(rep, gap)
    found = rows(rep, "SELECT seconds, gap, contact_id, session_id FROM activity ORDER BY id")
    assert found == [(40, None, 1, 1), (0, 7, 2, 1), (95, 12, 3, 1)]
    assert session.tally.average_gap == 9.5 and session.gap_seconds() == 3
    assert session.tally == opened(rep).tally
    assert activity_log.on_day(rep, rep.today())[0].seconds == 40


def test_crash_during_a_call_resumes_its_clock_and_note(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("no-answer")
    go(rep, 5)
    session.press()
    go(rep, 60)
    session.note("needs quarterly")
    again = opened(rep)
    assert (name(again), again.call_seconds(), again.state.note) == ("Name 1", 60, "needs quarterly")
    go(rep, 20)
    made = again.outcome("conversation")
    assert (made.seconds, made.gap) == (80, 5)
    assert rows(rep, "SELECT note FROM activity WHERE id = 2") == [("needs quarterly",)]
    assert name(again) == "Name 2" and again.state.note == ""


def test_crash_between_calls_resumes_at_the_same_prospect(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("no-answer")
    session.skip()
    go(rep, 20)
    again = opened(rep)
    assert name(again) == "Name 2" and again.state.skipped == (2,) and again.gap_seconds() == 20
    go(rep, 3_000)
    late = opened(rep)
    assert name(late) == "Name 2" and late.gap_seconds() == 0 and late.standing.paused_at is not None


def test_call_left_open_on_another_day_is_over(rep: AppContext) -> None:
    session = opened(rep)
    session.press()
    go(rep, 50)
    session.note("wants a quote")
    move_clock(rep, MORNING + timedelta(days=1))
    again = opened(rep)
    assert (name(again), again.call_seconds(), again.state.note) == ("Name 0", 50, "wants a quote")
    again.outcome("conversation")
    assert rows(rep, "SELECT day, seconds, note FROM activity") == [("2026-11-16", 50, "wants a quote")]


def test_forgetting_a_contact_erases_it_from_the_session(rep: AppContext) -> None:
    people.edit(rep, "Name 0", {"name": "Zebulon Quark"})
    live, session = TodayStore(rep), opened(rep)
    session.press()
    session.note("Zebulon Quark wants a quote")
    playbook.log_objection(rep, live, "Zebulon Quark says it is expensive", None, contact_id=1)
    made = session.outcome("meeting", when=read_when(rep, "thu 11", hour=True))
    session.add_to_check(session.check(made, "met", yes=True), why="Zebulon Quark was in a hurry")
    session.undo()  # undoes the check (the state still holds who comes next)
    session.add_to_check(session.check(made, "met", yes=True), why="Zebulon Quark was in a hurry")
    session.live.close()
    live.close()
    people.forget(rep, "Zebulon Quark", consent=True)
    assert b"Zebulon" not in Path(rep.path).read_bytes()
    assert rows(rep, "SELECT count(*) FROM activity") == [(1,)]


def test_pause_counts_neither_as_gap_nor_as_session_time(rep: AppContext) -> None:
    session = opened(rep)
    session.press()
    go(rep, 60)
    session.outcome("no-answer")
    go(rep, 10)
    assert session.pause()
    go(rep, 1_000)
    assert session.active_seconds() == 70 and session.gap_seconds() == 10
    session.press()
    made = session.outcome("no-answer")
    assert made.gap == 10 and session.pace() == pytest.approx(2 * 3600 / 70)
    with pytest.raises(StateError, match="can't pause during a call"):
        session.press()
        session.pause()


def test_hour_long_pause_starts_a_new_session(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("no-answer")
    session.leave()
    go(rep, 3_000)
    assert opened(rep).running
    go(rep, 700)
    later = opened(rep)
    assert not later.running and name(later) == "Name 1"
    later.outcome("no-answer")
    assert later.number == 2 and later.tally.calls == 1


def test_due_callback_comes_first_and_is_retried_or_completed(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("callback", when=read_when(rep, "today 11:00 price list", hour=False))
    task = tasks.list_tasks(rep)[0]
    assert (task.title, task.kind, str(task.due)) == ("Call back Name 0", "callback", "2026-11-16T11:00")
    assert name(session) == "Name 1"
    move_clock(rep, datetime(2026, 11, 16, 11, 1))
    session.outcome("no-answer")
    assert name(session) == "Name 0"  # before the list
    made = session.outcome("voicemail")
    assert str(tasks.list_tasks(rep)[0].due) == "2026-11-16T12:01" and made.card.callback == (1, "2026-11-16T11:00")
    move_clock(rep, datetime(2026, 11, 16, 12, 1))
    session.outcome("no-answer")
    assert name(session) == "Name 0"
    session.outcome("conversation")
    assert tasks.list_tasks(rep) == [] and tasks.list_tasks(rep, state=TaskState.DONE)[0].done_on == rep.today()


def test_due_callback_can_be_skipped(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("callback", when=read_when(rep, "today 9:30", hour=False))
    go(rep, 40 * 60)
    session.outcome("refused")
    assert name(session) == "Name 0"
    assert session.skip() == "Name 0: callback moved to today 10:10"
    assert [str(task.due) for task in tasks.list_tasks(rep) if task.kind == "callback"] == ["2026-11-16T10:10"]


def test_contact_with_a_later_callback_is_not_called_before(rep: AppContext) -> None:
    tasks.add(rep, "callback", contact="Name 0", kind="callback", due=Due(rep.today(), datetime(2026, 1, 1, 15).time()))
    assert name(opened(rep)) == "Name 1"


def test_unanswered_evening_callback_moves_to_the_next_working_day(rep: AppContext) -> None:
    friday = datetime(2026, 11, 20, 17, 30)
    move_clock(rep, friday)
    tasks.add(
        rep, "callback", contact="Name 0", kind="callback", due=Due(friday.date(), datetime(2026, 1, 1, 17, 30).time())
    )
    session = opened(rep)
    assert name(session) == "Name 0"
    calendar.set_days(rep, [Period(date(2026, 11, 23), date(2026, 11, 24))], Fraction(0))
    session.outcome("no-answer")
    assert str(tasks.list_tasks(rep)[0].due) == "2026-11-25T17:30"


def test_meeting_outcome_books_a_meeting(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("meeting", when=read_when(rep, "thu 11 their office", hour=True))
    found = meetings.list_meetings(rep)[0]
    assert (found.title, found.place, found.start, found.contact, found.own) == (
        "Name 0", "their office", datetime(2026, 11, 19, 11), "Name 0", True,
    )  # fmt: skip
    laid = TodayStore(rep).read(date(2026, 11, 19))
    assert ("Name 0", 660) in [(block.title, block.first) for block in laid.blocks]
    moved = meetings.move(rep, found.id, Due(date(2026, 11, 20), datetime(2026, 1, 1, 15).time()))
    assert (moved.start, moved.end) == (datetime(2026, 11, 20, 15), datetime(2026, 11, 20, 16))
    assert meetings.drop(rep, found.id).title == "Name 0" and meetings.list_meetings(rep) == []
    TodayStore(rep).undo()
    assert len(meetings.list_meetings(rep)) == 1


def test_wrong_number_keeps_the_other_numbers(rep: AppContext) -> None:
    people.edit(rep, "Name 0", {"phones": ["02-555-1000", "010-1234-5678"]})
    session = opened(rep)
    assert session.other_phone() is not None
    session.outcome("wrong-number")
    phones = people.show(rep, "Name 0").contact.phones
    assert [phone.wrong for phone in phones] == [False, True]
    assert calling_list.build(rep, date(2026, 11, 18), calling_list.Filters()).added == 8
    session.outcome("wrong-number")  # Name 1 has no other number
    assert {entry.contact.name for entry in calling_list.show(rep, rep.today()).entries if not entry.called} == {
        f"Name {n}" for n in range(2, 8)
    }
    assert calling_list.build(rep, date(2026, 11, 19), calling_list.Filters()).added == 7
    people.edit(rep, "Name 1", {"phones": ["02-555-9999"]})
    assert calling_list.build(rep, date(2026, 11, 20), calling_list.Filters()).added == 8


def test_proposal_needs_a_known_need(rep: AppContext) -> None:
    session = opened(rep)
    with pytest.raises(StateError, match="before offering a proposal"):
        session.outcome("conversation", promised=True)
    session.need(Need.FOUND)
    session.outcome("conversation", proposal=read_when(rep, "tomorrow 16:00", hour=False), promised=True)
    task = tasks.list_tasks(rep)[0]
    assert (task.title, str(task.due), task.priority) == ("Proposal for Firm 0", "2026-11-17T16:00", "A")
    with pytest.raises(StateError, match="need"):
        tasks.add(rep, "Proposal for Firm 1", contact="Name 1")
    assert tasks.add(rep, "Proposal for Firm 1", contact="Name 1", force=True).id
    people.edit(rep, "Name 2", {"need": Need.CHOSEN})
    assert tasks.add(rep, "Proposal for Firm 2", contact="Name 2").id


def test_undo_restores_prospect_note_and_clocks(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("no-answer")
    go(rep, 9)
    session.press()
    session.note("call in spring")
    go(rep, 30)
    session.outcome("callback", when=read_when(rep, "thu 11", hour=False))
    go(rep, 4)
    assert session.undo() == "call to Name 1 (callback)"
    assert (name(session), session.state.note, session.call_seconds(), session.gap_seconds()) == (
        "Name 1", "call in spring", 30, 9,
    )  # fmt: skip
    assert tasks.list_tasks(rep) == [] and session.tally.calls == 1
    assert rows(rep, "SELECT dials, conversations FROM day_count") == [(1, 0)]
    again = session.outcome("no-answer")
    assert (again.card.name, again.seconds, again.gap) == ("Name 1", 30, 9)
    go(rep, 61)
    session.undo()
    assert (name(session), session.call_seconds(), session.gap_seconds()) == ("Name 1", 0, 104)
    session.undo()
    assert name(session) == "Name 0"
    assert session.undo() is not None  # the list itself
    assert session.card is None


def test_parsing_the_time_of_an_outcome(rep: AppContext) -> None:
    found = read_when(rep, "thu 11", hour=True)
    assert (str(found.due), found.rest) == ("2026-11-19T11:00", "")
    assert str(read_when(rep, "tomorrow", hour=False).due) == "2026-11-17"
    for text, said in (
        ("", "When"),
        ("tomorrow", "At what time"),
        ("soon", "isn.t a date"),
        ("2026-11-01 10:00", "in the past"),
    ):
        with pytest.raises(InputError, match=said):
            read_when(rep, text, hour=True)
    with pytest.raises(InputError, match="When"):
        opened(rep).outcome("callback")
    with pytest.raises(InputError, match="a call outcome"):
        opened(rep).outcome("lunch")


def test_time_ranges_of_outcomes(rep: AppContext) -> None:
    """A meeting takes start and end, a promise the end, a callback the start."""
    meeting = read_when(rep, "thu 10:00 to 11:30 their office", hour=True)
    assert (str(meeting.due), meeting.minutes, meeting.rest) == ("2026-11-19T10:00", 90, "their office")
    promise = read_when(rep, "price list thu 10:00 to 11:30", hour=False, by_end=True)
    assert (str(promise.due), promise.rest) == ("2026-11-19T11:30", "price list")
    assert str(read_when(rep, "price list thu 10 45m", hour=False, by_end=True).due) == "2026-11-19T10:00"
    callback = read_when(rep, "thu between 10 and 11", hour=False)
    assert (str(callback.due), callback.said) == ("2026-11-19T10:00", "from 10:00")
    with pytest.raises(InputError, match="is a Friday, not a Thursday"):
        read_when(rep, "thursday 27 nov 10:00", hour=True)


def test_meeting_outcome_keeps_its_duration(rep: AppContext) -> None:
    session = opened(rep)
    session.press()
    session.outcome("meeting", when=read_when(rep, "thu 10:00 to 11:30", hour=True))
    assert [(each.start, each.minutes) for each in meetings.list_meetings(rep)] == [(datetime(2026, 11, 19, 10), 90)]


def test_empty_list(tmp_path: Path) -> None:
    session = opened(context_at(tmp_path))
    assert session.card is None and not (tmp_path / "planner.db").exists()
    with pytest.raises(StateError, match="no one left to call"):
        session.press()


def test_prospects_tried_at_this_hour_come_last(rep: AppContext) -> None:
    activity_log.log(rep, "dial", outcome="no-answer", contact="Name 0", moment=datetime(2026, 11, 13, 9, 30))
    activity_log.log(rep, "dial", outcome="no-answer", contact="Name 1", moment=datetime(2026, 11, 13, 15, 30))
    session = opened(rep)
    assert name(session) == "Name 1"
    move_clock(rep, datetime(2026, 11, 16, 15))
    tried = []
    later = opened(rep)
    for _ in range(8):
        tried.append(name(later))
        later.outcome("no-answer")
    assert tried[0] == "Name 0" and tried[-1] == "Name 1"


def test_a_sprint_counts_the_calls_after_its_start(rep: AppContext) -> None:
    session = opened(rep)
    session.outcome("no-answer")
    session.sprint()  # in the second of that call
    assert (session.sprint_calls, opened(rep).sprint_calls) == (0, 0)
    session.outcome("no-answer")
    assert (session.sprint_calls, opened(rep).sprint_calls) == (1, 1)


def test_sprints_and_their_record(rep: AppContext) -> None:
    calling_list.paste(rep, rep.today(), "\n".join(f"More {n}, 02-777-{n:04}" for n in range(60)))
    session = opened(rep)
    paces = []
    for gap in (20, 10):
        assert session.sprint()
        while session.state.sprint_id is not None:
            go(rep, gap)
            session.outcome("no-answer")
            done = session.finish_sprint()
            if done is not None:
                paces.append((done[0].calls, done[0].seconds, done[1]))
    assert paces == [(25, 500, True), (25, 250, True)]
    assert session.sprint() and not session.sprint()  # cancelled: no record
    found = insight.read(rep)
    assert found.best_sprint is not None and found.best_sprint.seconds == 250
    assert found.sessions[0].tally.calls == 50
    assert found.sessions[0].tally.average_gap == pytest.approx(14.9, abs=0.2)


def test_after_call_check_is_undoable(rep: AppContext) -> None:
    session = opened(rep)
    made = session.outcome("conversation")
    check = session.check(made, "met", yes=True)
    session.add_to_check(check, effective=0, content=1, listened=1)
    session.add_to_check(check, why="they had read the letter")
    assert rows(rep, "SELECT activity_id, met, effective, content, listened, why FROM call_check") == [
        (made.row_id, 1, 0, 1, 1, "they had read the letter")
    ]
    assert session.undo() == "after-call check: Name 0"
    assert rows(rep, "SELECT count(*) FROM call_check") == [(0,)]


def test_identical_outcomes_are_questioned_once(rep: AppContext) -> None:
    session = opened(rep)
    asked = []
    for _ in range(7):
        session.outcome("no-answer")
        asked.append(session.live.is_suspicious())
    assert asked == [False, False, False, False, True, False, False]


def test_answers_are_rated_by_call_outcomes(rep: AppContext) -> None:
    live, session = TodayStore(rep), opened(rep)
    book = playbook.read(live)
    expensive = book.find("expensive")[0].objection
    last = expensive.answers[-1]
    for outcome, answer in (("callback", last), ("refused", expensive.answers[0]), ("no-answer", None)):
        card = session.card
        assert card is not None
        playbook.log_objection(rep, live, expensive.text, answer, contact_id=card.id)
        session.outcome(outcome, when=read_when(rep, "thu 11", hour=False) if outcome == "callback" else None)
    found = playbook.read(live).find("expensive")[0]
    assert found.heard == 3 and found.rated[0].answer == last and found.rated[0].worked == 1
    assert rows(rep, "SELECT worked, activity_id FROM heard ORDER BY id") == [(1, 1), (0, 2), (0, 3)]
    assert session.undo() == "call to Name 2 (no answer)"
    assert rows(rep, "SELECT worked, activity_id FROM heard ORDER BY id") == [(1, 1), (0, 2), (None, None)]


def test_drills_that_are_due(rep: AppContext) -> None:
    live = TodayStore(rep)
    items = playbook.due_drills(rep, live)
    assert len(items) == 7
    assert playbook.drill(rep, live, items[0], fluent=True) == 1
    assert playbook.drill(rep, live, items[1], fluent=False) == 1
    assert len(playbook.due_drills(rep, live)) == 5
    move_clock(rep, MORNING + timedelta(days=1))
    due = playbook.due_drills(rep, live)
    assert [item.objection.text for item in due[:2]] == [items[1].objection.text, items[0].objection.text]
    assert playbook.drill(rep, live, due[1], fluent=True) == 3


def test_custom_scripts_and_objections_are_validated_and_reset(rep: AppContext) -> None:
    from planner.services.calls import custom_lists

    custom_lists.put(rep, "script-cold", ["Hello {name}", "  who: me -> end", "end = Bye"])
    live = TodayStore(rep)
    assert len(playbook.script(live, "cold").steps) == 2
    with pytest.raises(InputError, match="no step"):
        custom_lists.put(rep, "script-cold", ["Hello", "  who: me -> nowhere"])
    playbook.add(rep, "We have a cousin who does it.", Answer("case", "So had …"))
    assert playbook.read(live).find("cousin")[0].objection.answers[0].way == "case"
    custom_lists.put(rep, "script-cold", None)
    assert len(playbook.script(live, "cold").steps) == 10


Move = tuple[str, int]
moves = st.lists(
    st.tuples(st.sampled_from(["press", "pause", "skip", "note", "undo", "kill", *DIAL_OUTCOMES]), st.integers(0, 200)),
    max_size=25,
)


@settings(max_examples=often(10, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
def test_session_survives_a_crash_at_any_point(tmp_path_factory: pytest.TempPathFactory, pressed: list[Move]) -> None:
    """Restarted at any point, prospect, clocks and tally are the same, and so is the log's average gap."""
    ctx = context_at(tmp_path_factory.mktemp("session"), MORNING)
    calling_list.paste(ctx, ctx.today(), "\n".join(f"Name {n}, 02-555-1{n:03}" for n in range(12)))
    session = opened(ctx)
    for move, seconds in pressed:
        go(ctx, seconds)
        try:
            if move in DIAL_OUTCOMES:
                due = read_when(ctx, "thu 11", hour=True) if move in ("callback", "meeting") else None
                session.outcome(move, when=due)
            elif move == "note":
                session.note(f"at {ctx.now()}")
            elif move != "kill":
                getattr(session, move)()
        except StateError:
            pass  # refused with a sentence
        again = opened(ctx)
        assert again.tally == session.tally
        if move != "kill":
            running = session.running and again.running
            now, seen = int(ctx.clock.timestamp()), session.state.seen
            assert again.standing == (session.standing.come_back(now, seen) if running else session.standing)
            assert (again.card and again.card.id) == (session.card and session.card.id)
            assert again.state.note == session.state.note
        session = again
    found = rows(ctx, "SELECT avg(gap), count(*) FROM activity WHERE session_id IS NOT NULL")[0]
    assert session.tally.calls == found[1] and session.tally.average_gap == found[0]


def test_do_not_call_removes_the_prospect_at_once_and_is_undoable(rep: AppContext) -> None:
    found = opened(rep)
    left = found.left
    assert found.do_not_call() is True
    assert (name(found), found.left) == ("Name 1", left - 1)
    assert rows(rep, "SELECT count(*) FROM list_entry WHERE contact_id = 1") == [(0,)]
    assert found.undo() == "do not call: Name 0"
    assert found.left == left
    assert rows(rep, "SELECT do_not_call FROM contact WHERE id = 1") == [(0,)]


def test_do_not_call_during_a_call_still_needs_an_outcome(rep: AppContext) -> None:
    found = opened(rep)
    found.press()
    found.do_not_call()
    assert name(found) == "Name 0"
    assert found.card is not None
    assert found.card.do_not_call
    found.outcome("refused")
    assert (name(found), rows(rep, "SELECT outcome FROM activity")) == ("Name 1", [("refused",)])
    assert name(opened(rep)) == "Name 1"


def test_callback_of_a_do_not_call_contact_is_skipped(rep: AppContext) -> None:
    tasks.add(rep, "callback", contact="Name 3", kind="callback", due=Due(rep.today(), datetime(2026, 1, 1, 8).time()))
    assert name(opened(rep)) == "Name 3"
    people.edit(rep, "Name 3", {"do_not_call": True})
    assert name(opened(rep)) == "Name 0"
    assert [task.title for task in tasks.list_tasks(rep)] == ["callback"]  # it stays a task, to be settled another way
