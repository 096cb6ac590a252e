"""Pasting lines of any kind, with and without a terminal that marks pastes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from planner.domain.text import pasted_lines
from planner.services.calls import calling_list
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.tui.app import PlannerApp
from planner.tui.calls.modals.listing import ListModal
from planner.tui.day.modals.quick import QuickAddModal
from planner.tui.day.today import TodayScreen
from planner.tui.key_queue import FAST, PAUSE, Pace
from tests.tui.calls.test_calls import calls_screen, context_with_list, log
from tests.tui.helpers import noted, press, running, says, settled, shown, text, today_screen, wait_for

ENDS = pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
HOW = pytest.mark.parametrize("bracketed", [True, False])


def key(letter: str) -> events.Key:
    name = {"\r": "enter", "\n": "ctrl+j", "\t": "tab", " ": "space"}.get(letter, letter)
    return events.Key(name, letter)


async def paste(pilot: Pilot[None], said: str, *, bracketed: bool = True) -> None:
    """Paste a text like a terminal: in one piece, or as keys that all come at once."""
    began = time.monotonic() + 1  # after a pause, whenever the previous key was pressed
    for number, letter in enumerate(said) if not bracketed else ():
        event = key(letter)
        event.time = began + number * FAST / 10
        pilot.app.post_message(event)
    if bracketed:
        pilot.app.post_message(events.Paste(said))
    await settled(pilot)


def field(pilot: Pilot[None], name: str = "line") -> str:
    return pilot.app.screen.query_one(f"#field-{name}", Input).value


def titles(ctx: AppContext) -> list[str]:
    return sorted(task.title for task in tasks.list_tasks(ctx))


def test_pasted_lines_accept_all_line_endings() -> None:
    for said in ("a\nb", "a\rb", "a\r\nb", "\n\r\na\nb\r\n\r\n"):
        assert pasted_lines(said) == ["a", "b"]
    assert pasted_lines("a\n\nb\r") == ["a", "", "b"]
    assert pasted_lines("\r\n") == pasted_lines("") == []


@ENDS
@HOW
async def test_pasted_lines_become_tasks_after_confirmation(ctx: AppContext, end: str, bracketed: bool) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        await paste(pilot, end.join(["Call Kim", "Call Lee", "Price list", ""]), bracketed=bracketed)
        await wait_for(pilot, noted(pilot, "3 lines: ⏎ add each as a task"))
        assert isinstance(pilot.app.screen, QuickAddModal)
        assert "· Call Lee" in shown(pilot)
        assert titles(ctx) == []
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "3 lines"))
        assert titles(ctx) == ["Call Kim", "Call Lee", "Price list"]
        await press(pilot, "u", "u", "u")
        assert titles(ctx) == []


async def test_pasted_lines_can_be_joined_or_discarded(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        await paste(pilot, "Call Kim\nabout paper")
        await press(pilot, "f3")
        assert field(pilot) == "Call Kim about paper"
        await press(pilot, "enter")
        await wait_for(pilot, lambda: titles(ctx) == ["Call Kim about paper"])
        await press(pilot, "a")
        await paste(pilot, "One\nTwo")
        await press(pilot, "escape")
        assert titles(ctx) == ["Call Kim about paper"]


async def test_refused_line_is_named_and_the_rest_kept(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        await paste(pilot, "Call Kim\nDinner tomorrow 23:30\nCall Lee")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: titles(ctx) == ["Call Kim"])
        await wait_for(pilot, noted(pilot, "2 lines"))
        assert field(pilot) == "Dinner tomorrow 23:30" and "· Call Lee" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: titles(ctx) == ["Call Kim", "Call Lee", "Dinner"])


async def test_paste_outside_a_field_presses_no_keys(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await paste(pilot, "ddd\rddd")
        await wait_for(pilot, noted(pilot, "2 lines: ⏎ add each as a task"))
        assert today_screen(pilot).today.counts["dials"] == 0
        await press(pilot, "escape", "l")
        await paste(pilot, "Kim Minsu, Hanbit, 02-555-1234\r\nLee, 02-555-9999\r\n")
        await wait_for(pilot, says(pilot, "2 contacts with a number"))
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "Added 2 contacts"))
    assert [entry.contact.name for entry in calling_list.show(ctx, calling_list.day_for(ctx)).entries] == [
        "Kim Minsu",
        "Lee",
    ]


@ENDS
@HOW
async def test_pasting_names_and_numbers_into_the_list(ctx: AppContext, end: str, bracketed: bool) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "l", "n")
        await paste(pilot, end.join(["Kim Minsu\tHanbit\t02-555-1234", "Lee, 02-555-9999"]), bracketed=bracketed)
        await wait_for(pilot, says(pilot, "2 contacts with a number"))
        assert len(pilot.app.screen.query_one(TextArea).text.splitlines()) == 2


@ENDS
@HOW
async def test_form_warns_before_dropping_pasted_lines(ctx: AppContext, end: str, bracketed: bool) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n")
        await paste(pilot, end.join(["Kim Minsu", "Hanbit", "Seoul"]), bracketed=bracketed)
        await wait_for(pilot, noted(pilot, "3 lines were pasted. This is the first; F3 adds the others."))
        assert field(pilot, "name") == "Kim Minsu"
        await press(pilot, "enter")
        await wait_for(pilot, noted(pilot, "Press ⏎ again to save without them"))
        assert people.list_contacts(ctx) == []
        await press(pilot, "f3")
        assert field(pilot, "name") == "Kim Minsu Hanbit Seoul"
        await press(pilot, "enter")
        await wait_for(
            pilot, lambda: [each.contact.name for each in people.list_contacts(ctx)] == ["Kim Minsu Hanbit Seoul"]
        )


async def test_notes_accept_all_lines(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n", *text("Kim"))
        pilot.app.screen.query_one("#field-notes", Input).focus()
        await paste(pilot, "likes tea\r\nno calls on Monday\r\n")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: bool(people.list_contacts(ctx)))
    assert people.show(ctx, "Kim").contact.notes == "likes tea\nno calls on Monday"


@HOW
async def test_call_note_accepts_all_lines_and_logs_no_outcome(tmp_path: Path, bracketed: bool) -> None:
    ctx = context_with_list(tmp_path, 3)
    async with running(ctx) as pilot:
        await press(pilot, "2", "space", "n")
        await paste(pilot, "wants 2 offers\rcall 1 Dec\r", bracketed=bracketed)
        await wait_for(pilot, lambda: calls_screen(pilot).calls.state.note == "wants 2 offers · call 1 Dec")
        await press(pilot, "enter")
        await paste(pilot, "1\r2\r3")
        await wait_for(pilot, lambda: calls_screen(pilot).calls.state.note.endswith("call 1 Dec · 1 · 2 · 3"))
        assert log(ctx, "SELECT count(*) FROM activity") == [(0,)]


async def test_passphrase_takes_only_the_first_line(ctx: AppContext) -> None:
    from planner.tui.shared.modals.passphrase import PassphraseModal

    async with running(ctx) as pilot:
        pilot.app.push_screen(PassphraseModal("backup.age"))
        await settled(pilot)
        await paste(pilot, "correct horse\nbattery staple\n")
        await wait_for(pilot, noted(pilot, "2 lines were pasted. Only the first was used."))
        assert field(pilot, "passphrase") == "correct horse"
        assert "battery" not in shown(pilot)


async def test_line_typed_fast_is_still_submitted(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        await paste(pilot, "Call Kim\r", bracketed=False)
        await wait_for(pilot, lambda: titles(ctx) == ["Call Kim"])
        assert isinstance(pilot.app.screen, TodayScreen)


def test_only_inhuman_speed_is_a_paste() -> None:
    def held(said: str, gap: float, *, into_field: bool = True) -> list[str]:
        pace, moment = Pace(), 100.0
        for letter in said:
            event = key(letter)
            event.time = moment = moment + gap
            pace.takes(event, lambda: into_field)
        return [each.key for each in pace.pasted]

    assert held("Call Kim\rd", FAST / 10) == ["enter", "d"]
    assert held("Call Kim\rd", 0.01) == []  # a hundred keys a second
    assert held("Call Kim\rd", PAUSE * 2) == []
    assert held("Call Kim\rd", FAST / 10, into_field=False) == []  # typed ahead of a form that isn't open yet
    assert held("\rabc", FAST / 10) == []


async def test_paste_in_two_pieces_is_one_paste(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        app = pilot.app
        assert isinstance(app, PlannerApp)
        await press(pilot, "l", "f")
        assert isinstance(app.screen, ListModal)
        app.screen.query_one("#field-tag", Input).focus()
        began = time.monotonic() + 1
        for number, letter in enumerate("fair\rseminar\r"):
            event = key(letter)
            event.time = began + number * FAST / 10 + (0.02 if number > 7 else 0)
            app.post_message(event)
        await settled(pilot)
        await wait_for(pilot, noted(pilot, "2 lines were pasted"))
        assert field(pilot, "tag") == "fair" and field(pilot, "source") == ""
