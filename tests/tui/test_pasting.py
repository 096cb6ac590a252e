"""What is pasted: lines of any kind, with and without a terminal that says that it is a paste."""

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
from tests.tui.calls.test_calls import calls_screen, desk_with, log
from tests.tui.helpers import noted, press, running, says, settled, shown, text, today_screen, wait_for

ENDS = pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
HOW = pytest.mark.parametrize("bracketed", [True, False])


def key(letter: str) -> events.Key:
    name = {"\r": "enter", "\n": "ctrl+j", "\t": "tab", " ": "space"}.get(letter, letter)
    return events.Key(name, letter)


async def paste(pilot: Pilot[None], said: str, *, bracketed: bool = True) -> None:
    """Paste a text as a terminal does: in one piece, or as keys that all come at once."""
    began = time.monotonic() + 1  # behind a pause, whenever the key before was pressed
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
    return sorted(task.title for task in tasks.listed(ctx))


def test_lines_end_as_they_do_everywhere() -> None:
    for said in ("a\nb", "a\rb", "a\r\nb", "\n\r\na\nb\r\n\r\n"):
        assert pasted_lines(said) == ["a", "b"]
    assert pasted_lines("a\n\nb\r") == ["a", "", "b"]
    assert pasted_lines("\r\n") == pasted_lines("") == []


@ENDS
@HOW
async def test_each_line_becomes_a_task_once_the_rep_says_so(ctx: AppContext, end: str, bracketed: bool) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        await paste(pilot, end.join(["Call Kim", "Call Lee", "Price list", ""]), bracketed=bracketed)
        await wait_for(pilot, noted(pilot, "3 lines: ⏎ adds each of them."))
        assert isinstance(pilot.app.screen, QuickAddModal)
        assert "· Call Lee" in shown(pilot)
        assert titles(ctx) == []
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "3 lines added"))
        assert titles(ctx) == ["Call Kim", "Call Lee", "Price list"]
        await press(pilot, "u", "u", "u")
        assert titles(ctx) == []


async def test_lines_are_made_one_by_a_key_or_not_added_at_all(ctx: AppContext) -> None:
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


async def test_a_line_that_can_t_be_added_is_named_and_none_is_lost(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        await paste(pilot, "Call Kim\nDinner tomorrow 23:30\nCall Lee")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: titles(ctx) == ["Call Kim"])
        await wait_for(pilot, noted(pilot, "2 lines"))
        assert field(pilot) == "Dinner tomorrow 23:30" and "· Call Lee" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: titles(ctx) == ["Call Kim", "Call Lee", "Dinner"])


async def test_what_is_pasted_where_no_field_is_open_is_no_key(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await paste(pilot, "ddd\rddd")
        await wait_for(pilot, noted(pilot, "2 lines: ⏎ adds each of them."))
        assert today_screen(pilot).today.counts["dials"] == 0
        await press(pilot, "escape", "l")
        await paste(pilot, "Kim Minsu, Hanbit, 02-555-1234\r\nLee, 02-555-9999\r\n")
        await wait_for(pilot, says(pilot, "2 people with a number"))
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "2 put on the list"))
    assert [entry.contact.name for entry in calling_list.show(ctx, calling_list.day_for(ctx)).entries] == [
        "Kim Minsu",
        "Lee",
    ]


@ENDS
@HOW
async def test_names_and_numbers_in_their_field(ctx: AppContext, end: str, bracketed: bool) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "l", "n")
        await paste(pilot, end.join(["Kim Minsu\tHanbit\t02-555-1234", "Lee, 02-555-9999"]), bracketed=bracketed)
        await wait_for(pilot, says(pilot, "2 people with a number"))
        assert len(pilot.app.screen.query_one(TextArea).text.splitlines()) == 2


@ENDS
@HOW
async def test_a_form_says_where_the_other_lines_are_and_asks_before_it_leaves_them_out(
    ctx: AppContext, end: str, bracketed: bool
) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n")
        await paste(pilot, end.join(["Kim Minsu", "Hanbit", "Seoul"]), bracketed=bracketed)
        await wait_for(pilot, noted(pilot, "3 lines were pasted: the first is here. F3 adds the others to it."))
        assert field(pilot, "name") == "Kim Minsu"
        await press(pilot, "enter")
        await wait_for(pilot, noted(pilot, "⏎ again leaves them out"))
        assert people.listed(ctx) == []
        await press(pilot, "f3")
        assert field(pilot, "name") == "Kim Minsu Hanbit Seoul"
        await press(pilot, "enter")
        await wait_for(pilot, lambda: [each.contact.name for each in people.listed(ctx)] == ["Kim Minsu Hanbit Seoul"])


async def test_notes_take_all_lines(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n", *text("Kim"))
        pilot.app.screen.query_one("#field-notes", Input).focus()
        await paste(pilot, "likes tea\r\nno calls on Monday\r\n")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: bool(people.listed(ctx)))
    assert people.show(ctx, "Kim").contact.notes == "likes tea\nno calls on Monday"


@HOW
async def test_a_note_of_a_call_takes_all_lines_and_none_is_an_outcome(tmp_path: Path, bracketed: bool) -> None:
    ctx = desk_with(tmp_path, 3)
    async with running(ctx) as pilot:
        await press(pilot, "2", "space", "n")
        await paste(pilot, "wants 2 offers\rcall 1 Dec\r", bracketed=bracketed)
        await wait_for(pilot, lambda: calls_screen(pilot).calls.state.note == "wants 2 offers · call 1 Dec")
        await press(pilot, "enter")
        await paste(pilot, "1\r2\r3")
        await wait_for(pilot, lambda: calls_screen(pilot).calls.state.note.endswith("call 1 Dec · 1 · 2 · 3"))
        assert log(ctx, "SELECT count(*) FROM activity") == [(0,)]


async def test_a_password_takes_the_first_line_and_says_so(ctx: AppContext) -> None:
    from planner.tui.shared.passphrase import PassphraseModal

    async with running(ctx) as pilot:
        pilot.app.push_screen(PassphraseModal("backup.age"))
        await settled(pilot)
        await paste(pilot, "correct horse\nbattery staple\n")
        await wait_for(pilot, noted(pilot, "2 lines were pasted: the first is here, without the others."))
        assert field(pilot, "passphrase") == "correct horse"
        assert "battery" not in shown(pilot)


async def test_a_line_typed_fast_is_still_sent_by_its_return(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        await paste(pilot, "Call Kim\r", bracketed=False)
        await wait_for(pilot, lambda: titles(ctx) == ["Call Kim"])
        assert isinstance(pilot.app.screen, TodayScreen)


def test_only_what_nobody_types_is_a_paste() -> None:
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
    assert held("Call Kim\rd", FAST / 10, into_field=False) == []  # typed ahead of a form that isn't there yet
    assert held("\rabc", FAST / 10) == []


async def test_a_paste_that_comes_in_two_pieces_is_one(ctx: AppContext) -> None:
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
