"""What a phone does: each act once, as an ordinary change, at the time at which it was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from planner.domain.errors import DatabaseProblem, InputError, PlannerError, ProtectedTime, StateError, WhichContact
from planner.services import history
from planner.services.calls import calling_list
from planner.services.calls.session import CallSession
from planner.services.clients import people, promises
from planner.services.context import AppContext
from planner.services.day import day, tasks
from planner.services.day.today_store import TodayStore
from planner.services.phone.acts import BadAct
from planner.services.phone.devices import PairingCodes
from planner.services.phone.serving import PhoneDesk
from planner.store.recorder import Recorder
from tests import recording
from tests.scenes import context_at, move_clock

MORNING = datetime(2026, 11, 16, 9)


class Phone:
    """A phone beside the server: it numbers its acts, and knows what the server last said."""

    def __init__(self, ctx: AppContext) -> None:
        self.ctx = ctx
        self.desk = PhoneDesk(ctx, PairingCodes(ctx))
        self.number = 0

    @property
    def state(self) -> dict[str, Any]:
        return self.desk.state(whole=True)

    def body(self, kind: str, **more: Any) -> dict[str, Any]:
        self.number += 1
        return {"uid": f"{self.number:032x}", "base": self.state["base"], "kind": kind, **more}

    def act(self, kind: str, **more: Any) -> str:
        said, notices = self.desk.carry_out(self.body(kind, **more))
        return " ".join([said, *notices])

    def undo(self, number: int) -> str:
        return self.desk.undo({"uid": f"{number:032x}", "base": self.state["base"]})

    def titles(self, kind: str) -> list[str]:
        return [f"{each['title']} {each['when']}" for each in self.state["owed"] if each["kind"] == kind]


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    """Eight people on today's list, on a Monday at nine."""
    ctx = context_at(tmp_path, MORNING)
    calling_list.paste(ctx, ctx.today(), "\n".join(f"Name {n}, Firm {n}, 02-555-100{n}" for n in range(1, 9)))
    with recording.checked():
        found = Phone(ctx)
        yield found
        found.desk.close()


def rows(ctx: AppContext, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(ctx.path)) as handle:
        return handle.execute(query).fetchall()


def calls(ctx: AppContext) -> int:
    found: int = rows(ctx, "SELECT count(*) FROM activity WHERE kind = 'dial'")[0][0]
    return found


def test_outcomes_move_the_next_prospect_up_and_count(phone: Phone) -> None:
    assert phone.state["order"] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert phone.act("call", contact=1, outcome="no-answer", seconds=20, note="try  later\x07") == "No answer: Name 1"
    assert phone.act("call", contact=2, outcome="callback", when="thu 10") == "Callback: Name 2, Thu 19 Nov 10:00"
    assert phone.act("call", contact=3, outcome="meeting", when="wed 14-15 at their office").startswith("Meeting:")
    assert phone.act("call", contact=4, outcome="refused", reason="budget") == "Refused: Name 4"
    assert phone.act("call", contact=5, outcome="wrong-number", number="02-555-1005") == "Wrong number: Name 5"
    state = phone.state
    assert state["order"] == [6, 7, 8]
    assert {each["metric"]: each["done"] for each in state["figures"]} == {
        "dials": 5, "conversations": 3, "meetings_booked": 1, "proposals": 0,
    }  # fmt: skip
    assert phone.titles("callback") == ["Name 2 Thu 19 Nov 10:00"]
    # on the desktop: the meeting on its day, the wrong number marked, the note clean, the call's seconds
    ctx = phone.ctx
    with closing(TodayStore(ctx)) as live:
        meeting = [each for each in live.read(ctx.today() + timedelta(days=2)).blocks if each.meeting_id]
    assert [(each.start, each.end) for each in meeting] == [("14:00", "15:00")]
    assert rows(ctx, "SELECT place FROM event") == [("their office",)]
    assert rows(ctx, "SELECT wrong FROM contact_way WHERE contact_id = 5") == [(1,)]
    assert rows(ctx, "SELECT note, seconds, local_time FROM activity WHERE id = 1") == [("try later", 20, "08:59:40")]
    assert [change.label for change in history.changes(ctx, 2)] == [
        "call to Name 5 (wrong number)",
        "call to Name 4 (refused)",
    ]


def test_later_answers_are_told_from_earlier_ones(phone: Phone) -> None:
    turns = [phone.state["turn"], phone.desk.state(whole=False)["turn"], Phone(phone.ctx).state["turn"]]
    assert turns[0][0] == turns[1][0] != turns[2][0] and turns[0][1] < turns[1][1]


def test_a_callback_that_nobody_answers_comes_again_in_an_hour(phone: Phone) -> None:
    phone.act("add", text="callback Name 8 today 9:00")
    assert phone.state["order"][0] == 8
    assert phone.state["cards"][0]["why"] == "Asked for a call today 09:00"
    phone.act("call", contact=8, outcome="voicemail")
    assert 8 not in phone.state["order"]
    assert phone.titles("callback") == ["Name 8 Mon 16 Nov 10:00"]
    move_clock(phone.ctx, MORNING + timedelta(hours=1))
    assert phone.state["order"][0] == 8
    phone.act("call", contact=8, outcome="conversation")
    assert phone.titles("callback") == []


def test_calls_leave_an_open_session_alone(phone: Phone) -> None:
    with closing(TodayStore(phone.ctx)) as live:
        session = CallSession(phone.ctx, live)
        session.open()
        assert session.card is not None and session.card.id == 1
        session.press()
        phone.act("call", contact=2, outcome="no-answer")
        session.reload()
        assert session.standing.in_call and session.card.id == 1
        session.outcome("no-answer")
        assert session.card is not None and session.card.id == 3
        assert session.tally.calls == 1  # the session's own


def test_an_act_is_done_once_also_after_a_crash_before_the_answer(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = phone.body("call", contact=1, outcome="refused")
    finish = Recorder.__exit__

    def killed(self: Recorder, *about: Any) -> None:
        finish(self, *about)
        raise KeyboardInterrupt  # after the commit, before the answer

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Recorder, "__exit__", killed)
        phone.desk.carry_out(body)
    for desk in (phone.desk, PhoneDesk(phone.ctx, PairingCodes(phone.ctx))):
        assert desk.carry_out(body) == ("", [])
        assert calls(phone.ctx) == 1


def test_what_fails_leaves_no_trace_and_can_be_sent_again(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    body = phone.body("call", contact=1, outcome="refused")

    def full(self: Recorder) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch, pytest.raises(DatabaseProblem, match="disk is full"):
        patch.setattr(Recorder, "finish", full)
        phone.desk.carry_out(body)
    assert calls(phone.ctx) == 0
    phone.desk.carry_out(body)
    assert calls(phone.ctx) == 1


def test_two_servers_count_an_act_once(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked before either has written, so only the check within the change tells them apart."""
    body = phone.body("call", contact=1, outcome="refused")
    phone.desk.carry_out(body)
    monkeypatch.setattr("planner.services.phone.acts.Acts._done", lambda self, uid: False)
    assert phone.desk.carry_out(body) == ("", [])
    assert calls(phone.ctx) == 1


def test_undo_takes_back_the_phone_s_own_last_act_only(phone: Phone) -> None:
    phone.act("call", contact=1, outcome="refused")
    phone.act("call", contact=2, outcome="callback", when="thu 10")
    assert phone.undo(2) == "call to Name 2 (callback)"
    assert phone.titles("callback") == [] and phone.state["order"][0] == 2
    assert phone.undo(2) == "call to Name 2 (callback)"  # sent again, as its answer got lost
    assert calls(phone.ctx) == 1
    tasks.add(phone.ctx, "Something else")
    assert phone.undo(2) == ""  # its change is gone by now, and it still isn't done
    with pytest.raises(StateError, match="Something else was changed since \\(new task: Something else\\)"):
        phone.undo(1)
    history.undo(phone.ctx)
    assert phone.undo(1) == "call to Name 1 (refused)"
    assert calls(phone.ctx) == 0
    with pytest.raises(StateError, match="wasn't saved yet"):
        phone.undo(9)


def test_what_was_undone_stays_undone_when_it_arrives_again(phone: Phone) -> None:
    body = phone.body("call", contact=1, outcome="refused")
    phone.desk.carry_out(body)
    assert history.undo(phone.ctx) == "call to Name 1 (refused)"
    assert phone.desk.carry_out(body) == ("", [])
    assert calls(phone.ctx) == 0
    history.redo(phone.ctx)
    assert calls(phone.ctx) == 1


def test_promises_tasks_and_distractions(phone: Phone) -> None:
    ctx = phone.ctx
    assert phone.act("add", text="promise Name 3 price list tomorrow 10") == "Promised: price list, Tue 17 Nov 10:00"
    assert phone.act("add", text="Write the report fri 16:00 A 45m").startswith("Added: Write the report, Fri 20 Nov")
    assert phone.act("add", text="Tidy the desk") == "Added: Tidy the desk"
    (promise,) = [each for each in phone.state["owed"] if each["kind"] == "promise"]
    assert (promise["title"], promise["about"], promise["group"]) == ("Name 3", "price list", "later")
    assert phone.act("promise", id=promise["id"], kept=True) == "Promise kept: price list"
    assert promises.list_promises(ctx) == []
    (desk,) = [each for each in phone.state["tasks"] if each["title"] == "Tidy the desk"]
    assert phone.act("done", id=desk["id"]) == "Done: Tidy the desk"
    with pytest.raises(StateError, match="already done"):
        phone.act("done", id=desk["id"])
    phone.act("stop", outcome="refused", reason="news")
    phone.act("stop", outcome="given-in")
    assert phone.state["stops"] == [1, 1]
    assert phone.act("call", outcome="no-answer") == "Logged a call: no answer"  # to nobody in the book


def test_a_late_act_counts_when_it_was_done(phone: Phone) -> None:
    ctx = phone.ctx
    body = phone.body("call", contact=1, outcome="callback", when="in 2 hours")
    move_clock(ctx, MORNING + timedelta(hours=5))
    said, _ = phone.desk.carry_out({**body, "age": 5 * 3600})
    assert said == "Callback: Name 1, Mon 16 Nov 11:00"  # overdue by now, and not refused for it
    assert rows(ctx, "SELECT local_time, logged_at - at FROM activity") == [("09:00:00", 0)]
    assert phone.state["order"][0] == 1
    yesterday = phone.body("call", contact=2, outcome="refused")
    move_clock(ctx, MORNING + timedelta(hours=23))
    phone.desk.carry_out({**yesterday, "age": 12 * 3600})
    assert rows(ctx, "SELECT day FROM activity WHERE contact_id = 2") == [("2026-11-16",)]
    assert rows(ctx, "SELECT day, dials FROM day_count") == [("2026-11-16", 2)]
    with pytest.raises(StateError, match="more than 60 days old"):
        phone.act("call", contact=3, outcome="refused", age=61 * 86400)
    phone.act("call", contact=3, outcome="refused", age=-9e9)  # a clock that was set back: now
    assert rows(ctx, "SELECT day FROM activity WHERE contact_id = 3") == [("2026-11-17",)]


def test_what_can_t_be_taken_says_why(phone: Phone, tmp_path: Path) -> None:
    people.drop(phone.ctx, "8")
    with pytest.raises(StateError, match="deleted in the meantime"):
        phone.act("call", contact=8, outcome="refused")
    with pytest.raises(InputError, match="At what time"):
        phone.act("call", contact=1, outcome="meeting", when="thu")
    with pytest.raises(InputError, match="'yesterday' is in the past"):
        phone.act("call", contact=1, outcome="callback", when="yesterday")
    with pytest.raises(InputError, match="When"):
        phone.act("call", contact=1, outcome="callback")
    with pytest.raises(ProtectedTime):
        phone.act("add", text="Tidy the desk today 23:30")
    phone.act("add", text="Tidy the desk today 23:30", force=True)
    with pytest.raises(WhichContact) as which:
        phone.act("add", text="callback Name today 11:00")
    assert len(which.value.candidates) > 1
    assert calls(phone.ctx) == 0
    foreign = phone.body("call", contact=1, outcome="refused")
    other = Phone(context_at(tmp_path / "other", MORNING))
    people.add(other.ctx, "Somebody else", {})
    with pytest.raises(StateError, match="another database"):
        other.desk.carry_out(foreign)


GARBAGE: tuple[dict[str, Any], ...] = (
    {}, {"uid": 7}, {"uid": "x" * 32}, {"uid": "a" * 32, "base": None}, {"uid": "a" * 32, "kind": "format"},
    {"uid": "a" * 32, "kind": "call", "contact": True, "outcome": "refused"},
    {"uid": "a" * 32, "kind": "call", "contact": 10**30, "outcome": "refused"},
    {"uid": "a" * 32, "kind": "call", "contact": 1, "outcome": ["refused"]},
    {"uid": "a" * 32, "kind": "call", "outcome": "callback", "when": "thu 10"},
    {"uid": "a" * 32, "kind": "call", "contact": 1, "outcome": "refused", "age": float("nan")},
    {"uid": "a" * 32, "kind": "call", "contact": 1, "outcome": "refused", "age": "1"},
    {"uid": "a" * 32, "kind": "done"}, {"uid": "a" * 32, "kind": "promise", "id": 1, "kept": "yes"},
)  # fmt: skip


def test_garbage_is_refused(phone: Phone) -> None:
    base, before = phone.state["base"], len(history.changes(phone.ctx))
    for garbage in GARBAGE:
        with pytest.raises(BadAct):
            phone.desk.carry_out({"base": base, **garbage})
    with pytest.raises(PlannerError, match="isn't a call outcome"):
        phone.desk.carry_out({"base": base, "uid": "b" * 32, "kind": "call", "contact": 1, "outcome": "hung-up"})
    with pytest.raises(InputError, match="too long"):
        phone.desk.carry_out({"base": base, "uid": "b" * 32, "kind": "add", "text": "x" * 501})
    assert len(history.changes(phone.ctx)) == before


def test_lines_are_read_back_as_on_the_screen(phone: Phone) -> None:
    def read(kind: str, text: str) -> dict[str, Any]:
        return phone.desk.read({"kind": kind, "text": text})

    assert read("add", "Proposal for Acme tomorrow 16:00 A #acme 45m") == {
        "text": "Proposal for Acme", "chips": ["Tue 17 Nov 2026 16:00", "A (must)", "45 min", "#acme"], "said": [],
    }  # fmt: skip
    assert read("add", "promise Name 3 price list tomorrow 10")["said"][0].startswith(
        "Just to confirm what I promised, Name: price list by Tuesday, 17 November at 10:00."
    )
    assert read("callback", "in 2 hours")["chips"] == ["Mon 16 Nov 11:00"]
    assert read("meeting", "thu 11-12 at their office") == {
        "text": "their office", "chips": ["Thu 19 Nov 11:00", "1 h"], "said": [],
    }  # fmt: skip
    for name, text in phone.state["workdays"]:
        assert read("callback", f"{text} 10:00")["chips"] == [f"{text} 10:00"], name
    with pytest.raises(InputError):
        read("meeting", "thu")
    with pytest.raises(BadAct):
        read("password", "x")


def test_the_page_says_what_helps_when_there_is_nobody_to_call(phone: Phone) -> None:
    for contact in range(1, 8):
        phone.act("call", contact=contact, outcome="refused")
    phone.act("call", contact=8, outcome="callback", when="15:00")
    state = phone.state
    assert state["order"] == []
    assert state["nobody"][:2] == ["You've finished today's list.", "Next callback: 15:00, Name 8."]
    assert state["month"] == {"note": "No plan for this month yet. Set your quota on your computer: press g on Today."}
    assert not state["started"]
    day.open_day(phone.ctx)
    day.close_day(phone.ctx, without_list=True)
    assert phone.state["notes"] == ["You ended the day at 09:00. What you log still counts."]
    move_clock(phone.ctx, datetime(2026, 11, 22, 23, 30))
    notes = phone.state["notes"]
    assert notes[0] == "Not a working day." and notes[1].startswith("Sleep")


def test_an_act_is_a_single_change(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(ctx: AppContext, *about: Any, **more: Any) -> None:
        for _ in range(2):
            tasks.add(ctx, "one")

    monkeypatch.setattr("planner.services.phone.acts.activity_log.log", twice)
    with pytest.raises(RuntimeError, match="single change"):
        phone.act("stop", outcome="refused")
