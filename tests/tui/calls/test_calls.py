"""The calling session by keys: a hundred calls with a crash in the middle, the playbook, the dialler, hostile names."""

from __future__ import annotations

import shlex
import sqlite3
import sys
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from textual.events import Key
from textual.pilot import Pilot
from textual.widgets import Input

from planner.config.writing import store_value
from planner.domain.day.activity import DIAL_OUTCOMES, SPOKEN
from planner.domain.typed import zones
from planner.services.calls import calling_list, playbook
from planner.services.calls.follow_up_time import read_when
from planner.services.calls.session import CallSession
from planner.services.clients import care, deals, people
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.today_store import TodayStore
from planner.services.plan import plan
from planner.tui.app import PlannerApp
from planner.tui.calls.calls import CallsScreen
from planner.tui.calls.playbook import PlaybookScreen
from planner.tui.calls.widgets.prospect import ProspectCard
from planner.tui.calls.widgets.session import CallKeys, SessionHeader, SessionLine
from planner.tui.calls.widgets.sheet import CallSheet
from planner.tui.day.today import TodayScreen
from planner.tui.shared.big import big
from planner.tui.shared.spans import TALL
from planner.tui.shared.widgets.lines import measure
from tests.scenes import MONTH, NAMES, calls_overfull, calls_typical, context_at, move_clock
from tests.tui.helpers import press, running, says, settled, shown, text, wait_for

MORNING = datetime(2026, 11, 16, 8, 30)


def context_with_list(folder: Path, count: int, names: tuple[str, ...] = ()) -> AppContext:
    """A rep on a Monday at half past eight, with people on the list and a hundred calls to make."""
    ctx = context_at(folder, MORNING)
    plan.set_plan(ctx, MONTH, Decimal(700_000), "2x", calls_per_day=100)
    lines = [f"Name {n:03}, Firm {n:03}, +49 30 1000{n:03}" for n in range(count)]
    if lines:
        calling_list.paste(ctx, ctx.today(), "\n".join(lines))
    for number, name in enumerate(names):
        people.add(ctx, name, {"phones": [f"+49 30 {2000111 + number}"]})
        calling_list.add(ctx, ctx.today(), name)
    set_config(ctx, "calls.prepare", False)
    return ctx


def set_config(ctx: AppContext, key: str, value: object) -> None:
    """Change a setting."""
    store_value(ctx.settings_path, key, value)
    ctx.reread_config()


def calls_screen(pilot: Pilot[None]) -> CallsScreen:
    """The session on the screen."""
    assert isinstance(pilot.app.screen, CallsScreen)
    return pilot.app.screen


def card_name(pilot: Pilot[None]) -> str:
    """The prospect on the screen."""
    card = calls_screen(pilot).calls.card
    return "" if card is None else card.name


def log(ctx: AppContext, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with closing(sqlite3.connect(ctx.path)) as handle:
        return handle.execute(query).fetchall()


def go(ctx: AppContext, seconds: int) -> None:
    """Let time pass."""
    move_clock(ctx, ctx.now() + timedelta(seconds=seconds))


OUTCOME_OF = ["1", "2", "1", "3", "4", "1", "6", "5", "1", "7", "8", "1", "1"]


async def test_a_hundred_calls_with_a_crash_in_the_middle(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 110)
    set_config(ctx, "calls.check", False)
    expected: list[tuple[str, int, int | None]] = []
    done = 0

    async def one_call(pilot: Pilot[None], number: int) -> None:
        talk, gap = 5 + number * 7 % 90, 3 + number % 11
        digit = OUTCOME_OF[number % len(OUTCOME_OF)]
        await pilot.press("space")
        go(ctx, talk)
        await pilot.press(digit)
        if digit == "4":
            await pilot.press("3")
        elif digit == "5":
            await pilot.press(*text("tomorrow 9:30"), "enter")
        elif digit == "7":
            await pilot.press(*text(f"{7 + number % 5} dec {9 + number % 8}:00 office"), "enter")
        expected.append((DIAL_OUTCOMES[int(digit) - 1], talk, None if number == 0 else 3 + (number - 1) % 11))
        await wait_for(pilot, lambda: card_name(pilot) == f"Name {number + 1:03}", f"after {digit}")
        go(ctx, gap)

    async with running(ctx, (120, 30)) as pilot:
        await press(pilot, "2")
        for number in range(47):
            await one_call(pilot, number)
            done += 1
        await pilot.press("space")
        go(ctx, 20)
        await pilot.press("n", *text("half way"))
        await wait_for(pilot, lambda: calls_screen(pilot).calls.state.note == "half way")
        calls_screen(pilot).on_unmount = lambda: None  # type: ignore[method-assign]  # as a kill leaves it
    async with running(ctx, (120, 30)) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "Call in progress: log its outcome"))
        assert card_name(pilot) == "Name 047" and "half way" in shown(pilot) and "call 00:20" in shown(pilot)
        go(ctx, 10)
        await pilot.press("1")
        expected.append(("no-answer", 30, 3 + 46 % 11))
        await wait_for(pilot, lambda: card_name(pilot) == "Name 048")
        go(ctx, 3 + 47 % 11)
        for number in range(48, 100):
            await one_call(pilot, number)
        screen = calls_screen(pilot)
        known = [gap for _, _, gap in expected if gap is not None]
        average = sum(known) / len(known)
        assert screen.calls.tally.average_gap == pytest.approx(average)
        screen._show_clocks()
        await wait_for(pilot, says(pilot, f", avg 00:{average:02.0f}"))
        assert "session 1 · 100 calls · 9 left on your list" in shown(pilot)
    rows = log(ctx, "SELECT outcome, seconds, gap FROM activity ORDER BY id")
    assert rows == expected and len(rows) == 100
    assert log(ctx, "SELECT avg(gap) FROM activity") == [(average,)]
    spoken = sum(outcome in SPOKEN for outcome, _, _ in expected)
    meetings = sum(outcome == "meeting" for outcome, _, _ in expected)
    assert log(ctx, "SELECT dials, conversations, meetings_booked FROM day_count") == [(100, spoken, meetings)]
    assert log(ctx, "SELECT count(*) FROM event")[0][0] == meetings
    assert len(tasks.list_tasks(ctx)) == sum(outcome == "callback" for outcome, _, _ in expected)
    assert log(ctx, "SELECT note FROM activity WHERE note IS NOT NULL") == [("half way",)]
    assert log(ctx, "SELECT DISTINCT session_id FROM activity") == [(1,)]
    assert log(ctx, "SELECT DISTINCT reason FROM activity WHERE outcome = 'refused'") == [("didn't understand",)]


async def test_prospect_shows_local_time(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 0, ("Kim Minsu", "Lee Jun"))
    people.edit(ctx, "Kim Minsu", {"zone": "Asia/Seoul"})
    people.edit(ctx, "Lee Jun", {"zone": "America/New_York"})
    async with running(ctx) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, zones.clock(ctx.now(), "Asia/Seoul")))
        await press(pilot, "space", "1")
        await wait_for(pilot, lambda: card_name(pilot) == "Lee Jun")
        await wait_for(pilot, says(pilot, zones.clock(ctx.now(), "America/New_York")))


async def test_call_clock_turns_amber_and_red(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 3)
    async with running(ctx, (120, 30)) as pilot:
        await press(pilot, "2", "space")
        for seconds, sign in ((149, "02:29"), (1, "02:30 !"), (30, "03:00 !!")):
            go(ctx, seconds)
            calls_screen(pilot)._show_clocks()
            await wait_for(pilot, says(pilot, f"call {sign}"))
        await press(pilot, "space")
        assert "ended 03:00" in shown(pilot)


async def test_unreadable_time_is_asked_again(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 3)
    async with running(ctx) as pilot:
        await press(pilot, "2", "space", "7", *text("tomorrow"), "enter")
        await wait_for(pilot, says(pilot, "At what time?"))
        await press(pilot, *text(" 23:30"), "enter")
        await wait_for(pilot, says(pilot, "Press ⏎ again to save it anyway"))
        await press(pilot, "escape")
        assert card_name(pilot) == "Name 000" and calls_screen(pilot).calls.standing.talking  # the call goes on
        assert log(ctx, "SELECT count(*) FROM activity") == [(0,)]
        await press(pilot, "7", *text("tomorrow 23:30"), "enter", "enter")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 001")
        assert log(ctx, "SELECT title FROM event") == [("Name 000",)]
        await press(pilot, "u")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 000")
        assert log(ctx, "SELECT count(*) FROM event") == [(0,)]


async def test_after_call_check(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 7)
    async with running(ctx) as pilot:
        await press(pilot, "2", "6")
        await wait_for(pilot, says(pilot, "Name 000: Did you meet their need?"))
        assert card_name(pilot) == "Name 001"  # the next prospect is already shown
        await press(pilot, "y", "n", "y", "y")
        await wait_for(pilot, says(pilot, "w add why"))
        await press(pilot, "w", *text("too fast"), "enter")
        assert log(ctx, "SELECT met, effective, content, listened, why FROM call_check") == [(1, 0, 1, 1, "too fast")]
        await press(pilot, "6")
        await wait_for(pilot, says(pilot, "Name 001: Did you meet their need?"))
        await press(pilot, "1")  # any outcome skips the check
        await wait_for(pilot, lambda: card_name(pilot) == "Name 003")
        await press(pilot, "6")
        await wait_for(pilot, says(pilot, "Did you meet their need?"))
        go(ctx, 600)
        calls_screen(pilot).poll()
        assert "Did you meet their need?" in shown(pilot)  # until it is answered or left
        await press(pilot, "y", "s")  # skips the next prospect, with a message that passes
        go(ctx, 6)
        calls_screen(pilot).poll()
        await wait_for(pilot, says(pilot, "Was it a productive call?"))
        await press(pilot, "escape")
        await wait_for(pilot, says(pilot, "A resume"))
        await press(pilot, "n", *text("no question is answered by this"), "enter")
        assert log(ctx, "SELECT count(*) FROM call_check") == [(2,)]
        await press(pilot, "A")
        await wait_for(pilot, says(pilot, "Was it a productive call?"))
        await press(pilot, "y", "y", "n")
        await press(pilot, "escape", "A")
        await wait_for(pilot, says(pilot, "There's no after-call check to resume"))
    assert log(ctx, "SELECT met, effective, content, listened FROM call_check WHERE id = 2") == [(1, 1, 1, 0)]


async def test_outcome_without_a_started_call_is_announced(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 5)
    async with running(ctx) as pilot:
        await press(pilot, "2")
        assert "CALLING" in shown(pilot)
        await press(pilot, "1")
        await wait_for(pilot, says(pilot, "No call was in progress. Logged no answer: Name 000   u undo"))
        go(ctx, 60)
        calls_screen(pilot).poll()
        assert "u undo" in shown(pilot)
        await press(pilot, "u")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 000")
        assert log(ctx, "SELECT count(*) FROM activity") == [(0,)]
        await press(pilot, "1", "6")
        await wait_for(pilot, says(pilot, "u undo (the call wasn't started)"))
        await press(pilot, "space", "1")
        await wait_for(pilot, says(pilot, "✓ Logged no answer: Name 002"))
        assert "No call was in progress" not in shown(pilot)


async def test_writing_from_a_person_addresses_them(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 2)
    deals.add(ctx, "Paper", contact="1")
    for place in ("calls", "clients", "deals", "list"):
        async with running(ctx) as pilot:
            app = pilot.app
            assert isinstance(app, PlannerApp)
            app.show(place)
            await settled(pilot)
            await press(pilot, "p")
            await wait_for(pilot, says(pilot, "New promise to Name 000"))
            assert app.screen.query_one("#field-line", Input).value == "promise @1 "
            await press(pilot, "escape", "a")
            await wait_for(pilot, says(pilot, "New task for Name 000"))
            await press(pilot, "escape", "M")
            assert app.screen.query_one("#field-name", Input).value == "1: Name 000"
            await press(pilot, "tab", *text(f"From {place}"), "enter")
            await wait_for(pilot, says(pilot, f"Email to write: Name 000, From {place}"))
    assert log(ctx, "SELECT DISTINCT contact_id FROM draft") == [(1,)]


async def test_satisfied_customer_is_asked_for_a_referral(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 4)
    query = "SELECT title, due, contact_id FROM task WHERE care = 'referral'"
    async with running(ctx) as pilot:
        await press(pilot, "2", "6", "y", "y", "y")
        assert "referral" not in shown(pilot)  # earlier questions come first
        await press(pilot, "y")
        await wait_for(pilot, says(pilot, "r ask Name 000 for a referral"))
        await press(pilot, "r")
        await wait_for(pilot, says(pilot, "Added: Ask Name 000 for a referral, tomorrow"))
        assert log(ctx, query) == [("Ask Name 000 for a referral: who else could you help?", "2026-11-17", 1)]
        await press(pilot, "6", "y", "y", "n", "y")
        await wait_for(pilot, says(pilot, "w add why"))
        assert "referral" not in shown(pilot)
        await press(pilot, "r")
        assert len(log(ctx, query)) == 1
        await press(pilot, "u", "u", "u")  # the check, the call, then the referral
        await wait_for(pilot, says(pilot, "Undid: referral to ask for"))
        assert log(ctx, query) == []
    task, new = care.ask_for_referral(ctx, 1)
    assert new
    assert care.ask_for_referral(ctx, 1) == (task, False)
    people.edit(ctx, "Name 000", {"name": "Park Jisoo"})
    assert log(ctx, query)[0][0] == "Ask Park Jisoo for a referral: who else could you help?"


async def test_objection_is_found_in_three_keys_and_logged_in_two(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 40)
    async with running(ctx) as pilot:
        await press(pilot, "2", "space", "slash", *text("exp"))
        await wait_for(pilot, says(pilot, "Over a year, it works out to"))
        await press(pilot, "enter", "3")
        await wait_for(pilot, says(pilot, "Logged objection: It's too expensive. (a question they answer themselves)"))
        assert calls_screen(pilot).calls.standing.talking  # the call went on meanwhile
        await press(pilot, "slash", *text("exp"), "enter", "p", "1")
        assert log(ctx, "SELECT sort, way FROM heard") == [("real", "question"), ("pretended", "figures")]
        await press(pilot, "slash", *text("we have a cousin"), "enter")
        await wait_for(pilot, says(pilot, "Added to the playbook"))
        assert log(ctx, "SELECT objection FROM heard WHERE id = 3") == [("we have a cousin",)]
        await press(pilot, "slash", *text("cousin"))
        await wait_for(pilot, says(pilot, "we have a cousin"))
        await press(pilot, "escape", "slash", *text("gloo"))
        await wait_for(pilot, says(pilot, "gloomy: unhappy with everything"))  # closings, listening and customers, too
        await press(pilot, "escape")


async def test_answers_are_reordered_by_success_after_thirty_uses(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 40)
    live = TodayStore(ctx)
    session = CallSession(ctx, live)
    session.open()
    expensive = playbook.read(live).find("expensive")[0].objection
    answers = {answer.way: answer for answer in expensive.answers}
    for number in range(30):
        assert session.card is not None
        way, outcome = (("question", "callback"), ("case", "refused"), ("figures", "no-answer"))[number % 3]
        playbook.log_objection(ctx, live, expensive.text, answers[way], contact_id=session.card.id)
        session.outcome(outcome, when=read_when(ctx, "tomorrow 10:00", hour=False) if number % 3 == 0 else None)
    live.close()
    async with running(ctx) as pilot:
        await press(pilot, "2", "slash", *text("exp"))
        await wait_for(pilot, says(pilot, "10 of 10 worked"))
        lines = shown(pilot).splitlines()
        first = next(line for line in lines if "· Expensive compared with what?" in line)
        assert lines.index(first) < min(n for n, line in enumerate(lines) if "Over a year" in line)


@pytest.mark.parametrize("name", [*NAMES, "--new-instance", "javascript:alert(1)", "[@click=app.quit]x[/]"])
async def test_hostile_name_or_number_is_only_displayed(tmp_path: Path, name: str) -> None:
    ctx = context_with_list(tmp_path, 0, (name,))
    people.edit(ctx, "1", {"phones": ["javascript:alert(12345)" if "[" in name else "--new-instance 12345"]})
    set_config(ctx, "calls.dial", shlex.join([sys.executable, str(tmp_path / "never.py"), "{number}"]))
    async with running(ctx) as pilot:
        await press(pilot, "2")
        assert name[:20] in shown(pilot)
        await press(pilot, "d")
        await wait_for(pilot, says(pilot, "can't be dialed"))
        await press(pilot, "y")
        assert not pilot.app.clipboard
        await press(pilot, "space", "1")
        await wait_for(pilot, says(pilot, "You've finished today's list"))
        assert name[:20] in shown(pilot)  # in the logged call
    assert log(ctx, "SELECT count(*) FROM activity") == [(1,)]


async def test_dialler_gets_only_digits(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 2)
    people.edit(ctx, "Name 000", {"phones": ["+1 808-988-6965x92622", "0049 30 7654321"]})
    said = tmp_path / "dialled"
    program = tmp_path / "dialler.py"
    program.write_text(f"import sys, pathlib\npathlib.Path({str(said)!r}).write_text(repr(sys.argv[1:]))\n")
    set_config(ctx, "calls.dial", shlex.join([sys.executable, str(program), "--to={number}", "-x"]))
    async with running(ctx) as pilot:
        await press(pilot, "2", "y")
        assert pilot.app.clipboard == "+18089886965"
        await press(pilot, "d")
        await wait_for(pilot, lambda: said.exists() and said.read_text().endswith("]"))
        assert said.read_text() == "['--to=+18089886965;ext=92622', '-x']"
        await wait_for(pilot, lambda: calls_screen(pilot).calls.standing.talking)
        await press(pilot, "g", "y")
        await wait_for(pilot, lambda: pilot.app.clipboard == "+49307654321")
    set_config(ctx, "calls.dial", "off")
    async with running(ctx, (120, 40)) as pilot:
        await press(pilot, "2")
        assert all(row in shown(pilot) for row in big("+18089886965"))


async def test_skip_pause_need_kind_and_panels(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 4)
    async with running(ctx) as pilot:
        await press(pilot, "2", "9")
        await wait_for(pilot, says(pilot, "Find their need before offering a proposal"))
        await press(pilot, "f", "K", "4")
        await wait_for(pilot, says(pilot, "be patient"))
        await press(pilot, "9", *text("tomorrow 16:00"), "enter")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 001")
        assert tasks.list_tasks(ctx)[0].title == "Proposal for Firm 000"
        await press(pilot, "s")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 002")
        await press(pilot, "P")
        await wait_for(pilot, says(pilot, "Paused"))
        await press(pilot, "tab")
        await wait_for(pilot, says(pilot, "Script: gatekeeper"))
        await press(pilot, "shift+tab", "right", "right", "enter")
        await wait_for(pilot, says(pilot, "✓ Hi Name, this is"))
        await press(pilot, *["tab"] * 7)
        await wait_for(pilot, says(pilot, "Trial (they're leaning toward no)"))
        await press(pilot, "S")
        await wait_for(pilot, says(pilot, "sprint 0 of 25"))
        await press(pilot, "i")
        await wait_for(pilot, says(pilot, "Best hours to call"))
        await press(pilot, "escape", "escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TodayScreen))
        assert "1 call this session" in shown(pilot)


async def test_identical_outcomes_are_questioned(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 9)
    async with running(ctx) as pilot:
        await press(pilot, "2", *["1"] * 5)
        await wait_for(pilot, says(pilot, "the same thing five times in ten seconds"))
        await press(pilot, "1")
        await wait_for(pilot, lambda: "five times in ten" not in shown(pilot))


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_footer_shows_the_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    ctx = context_with_list(tmp_path, 3)
    async with running(ctx, size) as pilot:
        await press(pilot, "2")
        lines = shown(pilot).splitlines()
        outcomes = " ".join(lines[-4 if size[1] >= TALL else -2 : -1])  # a row of keys where there is room
        assert all(f"{digit} " in outcomes for digit in range(1, 10))
        assert "space start/stop" in lines[-1] and "? help" in lines[-1]
        assert max(len(line) for line in lines) <= size[0]


async def test_empty_list_says_how_to_fill_it(tmp_path: Path) -> None:
    async with running(context_at(tmp_path, MORNING)) as pilot:
        await press(pilot, "2", "space")
        assert "There's no one left to call" in shown(pilot) and "Today's list is empty" in shown(pilot)
        await press(pilot, "l")
        await wait_for(pilot, says(pilot, "The list is empty"))


async def test_drill_by_keys(tmp_path: Path) -> None:
    async with running(context_at(tmp_path, MORNING)) as pilot:
        await press(pilot, "8")
        assert isinstance(pilot.app.screen, PlaybookScreen)
        await press(pilot, "slash", *text("bus"), "enter")
        assert "I only need two minutes" in shown(pilot)
        await press(pilot, "escape", "D")
        assert "Answer out loud" in shown(pilot)
        assert "“We don't need it.”" in shown(pilot)
        assert "space show answers" in shown(pilot)
        await press(pilot, "space")
        assert "show answers" not in shown(pilot)
        assert "out of ten companies your size" in shown(pilot)
        await press(pilot, "y")
        await wait_for(pilot, says(pilot, "Comes back tomorrow"))
        await press(pilot, *["n"] * 6)
        await wait_for(pilot, says(pilot, "Nothing more is due today"))
        assert "esc stop" in shown(pilot) and "got it" not in shown(pilot)
        await press(pilot, "escape", "tab")
        assert "Trial" in shown(pilot)
        await press(pilot, "escape")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, TodayScreen))


async def test_burst_of_keys_is_applied_in_order(tmp_path: Path) -> None:
    """A rep or a script types ahead: keys right after a line's ⏎ are not part of the line."""
    ctx = context_with_list(tmp_path, 9)
    async with running(ctx) as pilot:
        await press(pilot, "2")
        burst = ["space", "slash", *text("exp"), "enter", "3", "n", *text("wants a quote"), "enter", "1"]
        burst += ["slash", *text("bus"), "enter", "p", "2", "5", *text("thu 11"), "enter", "f", "9", "enter", "s", "1"]
        burst += ["K", "4", "n", *text("jklwrudpsygfe ask in July"), "enter", "1"]
        for key in burst:
            pilot.app.post_message(Key(key, key if len(key) == 1 else " " if key == "space" else None))
        await wait_for(pilot, lambda: len(log(ctx, "SELECT 1 FROM activity")) == 5)
    assert log(ctx, "SELECT outcome, contact_id, note FROM activity") == [
        ("no-answer", 1, "wants a quote"), ("callback", 2, None), ("conversation", 3, None), ("no-answer", 5, None),
        ("no-answer", 6, "jklwrudpsygfe ask in July"),
    ]  # fmt: skip
    assert log(ctx, "SELECT objection, way, sort FROM heard") == [
        ("It's too expensive.", "question", "real"), ("I'm busy. Call me later.", "case", "pretended"),
    ]  # fmt: skip
    assert log(ctx, "SELECT id, kind, need FROM contact WHERE kind <> '' OR need <> ''") == [
        (3, "", "found"), (6, "gloomy", ""),
    ]  # fmt: skip
    assert {task.title for task in tasks.list_tasks(ctx)} == {"Call back Name 001", "Proposal for Firm 002"}


async def test_predrawn_prospect_is_redrawn_when_changed(tmp_path: Path) -> None:
    """The next prospect is drawn during the call before, so later changes must redraw it."""
    ctx = context_with_list(tmp_path, 3)
    people.edit(ctx, "3", {"kind": "gloomy"})
    async with running(ctx) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 000")
        card = pilot.app.screen.query_one(ProspectCard)
        await wait_for(pilot, lambda: calls_screen(pilot).calls.upcoming is not None)
        await press(pilot, "1")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 001")
        assert card.build(*card.size) == card._lines(*card.size)
        assert "Name 001" in shown(pilot) and "Firm 001" in shown(pilot)
        # while the second is on the screen, the third, already drawn, gets a note from elsewhere
        await wait_for(pilot, lambda: calls_screen(pilot).calls.upcoming is not None)
        people.edit(ctx, "3", {"notes": "asks for Thursday"})
        calls_screen(pilot).reload()
        await press(pilot, "1")
        await wait_for(pilot, says(pilot, "asks for Thursday"))
        assert "gloomy" in shown(pilot)
        pilot.app.theme = "planner-light" if "light" not in pilot.app.theme else "planner-dark"
        await wait_for(pilot, says(pilot, "asks for Thursday"))


async def test_do_not_call_shows_the_next_prospect_and_is_undoable(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 3)
    async with running(ctx) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, lambda: card_name(pilot) == "Name 000")
        await press(pilot, "O")
        await wait_for(pilot, says(pilot, "Do not call: Name 000"))
        assert card_name(pilot) == "Name 001"
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: do not call: Name 000"))
        await press(pilot, "space", "O")
        await wait_for(pilot, says(pilot, "! do not call"))  # still on the line, so the call gets its outcome
        called = card_name(pilot)
        await press(pilot, "y")
        await wait_for(pilot, says(pilot, f"{called} asked not to be called."))
        await press(pilot, "n", "1")
        await wait_for(pilot, lambda: card_name(pilot) != called)
    assert log(ctx, "SELECT count(*) FROM contact WHERE do_not_call = 1") == [(1,)]
    assert log(ctx, "SELECT outcome FROM activity") == [("no-answer",)]


async def test_script_is_in_the_contacts_language_or_else_the_reps(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 0)
    for name, languages in (("Olga", "English"), ("Ольга Соколова", "русский, English"), ("김민수", "")):
        people.add(ctx, name, {"phones": [f"+49 30 {len(name)}000111"], "languages": languages})
        calling_list.add(ctx, ctx.today(), name)
    set_config(ctx, "me.language", "ko")
    async with running(ctx) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "Hi Olga, this is"))
        await press(pilot, "s")
        await wait_for(pilot, says(pilot, "Здравствуйте, Ольга Соколова"))
        await press(pilot, "s")
        await wait_for(pilot, says(pilot, "김민수 님"))


async def test_a_large_playbook_has_the_drill_and_what_was_heard_beside_the_answers(tmp_path: Path) -> None:
    ctx = context_with_list(tmp_path, 1)
    with closing(TodayStore(ctx)) as live:
        expensive = playbook.read(live).find("expensive")[0].objection
        playbook.log_objection(ctx, live, expensive.text, expensive.answers[0], contact_id=1, worked=True)
    async with running(ctx, (200, 50)) as pilot:
        await press(pilot, "8")
        await wait_for(pilot, says(pilot, "7 due today"))
        assert "heard 1 time" in shown(pilot)
        assert "✓ " in next(row for row in shown(pilot).splitlines() if "numbers" in row and "✓" in row)
        await press(pilot, "D", "y")
        await wait_for(pilot, says(pilot, "6 due today"))


async def test_keys_of_the_outcomes_give_way_to_the_reasons_of_a_refusal(tmp_path: Path) -> None:
    async with running(context_with_list(tmp_path, 2)) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "Script"))
        await press(pilot, "space", "4")
        await wait_for(pilot, says(pilot, "Why did they refuse?"))
        keys = pilot.app.screen.query_one("#footer", CallKeys)
        reasons = [word for word, _ in keys._keys(120)]
        assert "budget" in reasons and "voicemail" not in reasons
        await pilot.click(keys, offset=(1 + reasons.index("budget") * (keys._keys(120)[0][1] + 1) + 2, 0))
        await wait_for(pilot, says(pilot, "Logged refused (budget)"))
        assert [word for word, _ in keys._keys(120)][1] == "voicemail"


@pytest.mark.parametrize("width", [100, 117, 120, 160])
async def test_keys_of_the_outcomes_fill_the_row(tmp_path: Path, width: int) -> None:
    async with running(context_with_list(tmp_path, 2), (width, 36)) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "Script"))
        keys = pilot.app.screen.query_one(CallKeys)
        assert {sum(measure(text) for text, _ in row) for row in keys.build(width, 3)[:2]} == {width}


async def test_script_without_room_says_how_many_lines_it_has_more(tmp_path: Path) -> None:
    async with running(calls_overfull(tmp_path), (80, 24)) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "more lines ▾"))
    async with running(calls_overfull(tmp_path), (200, 50)) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "Objections you hear"))
        assert "more lines ▾" not in shown(pilot)


async def test_statistics_stand_in_columns(tmp_path: Path) -> None:
    async with running(calls_typical(tmp_path)) as pilot:
        await press(pilot, "2", "i")
        await wait_for(pilot, says(pilot, "Best hours to call"))
        rows = shown(pilot).splitlines()
        head = next(row for row in rows if "Tue  " in row and "Wed  " in row)
        row = next(row for row in rows if "08:00 " in row and " 18 " in row)
        assert head.index("Mon") + 3 == row.index(" 18 ") + 3, "figures end below the names of the days"


async def test_empty_list_has_neither_clocks_nor_keys_of_outcomes(tmp_path: Path) -> None:
    async with running(context_with_list(tmp_path, 0)) as pilot:
        await press(pilot, "2")
        await wait_for(pilot, says(pilot, "Today's list is empty"))
        screen = pilot.app.screen
        assert not screen.query_one(CallSheet).display
        styles = {
            style for line in screen.query_one(CallKeys).build(120, 4)[:2] for text, style in line if text.strip()
        }
        assert styles == {"dim on tab"}
        assert not any("gap" in span[0] for line in screen.query_one(SessionLine).build(120, 3) for span in line)
        header = screen.query_one(SessionHeader).build(120, 1)[0]
        assert {style for text, style in header if text.strip().isdigit()} <= {"dim", "dim on tab"}
