"""How the three pages of Clients use the room of the screen."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.tui.clients.widgets.clients import ClientLines
from planner.tui.clients.widgets.deals import DealLines
from planner.tui.shared.widgets.lines import measure
from tests.scenes import clients_overfull, clients_typical, context_at
from tests.tui.clients.test_clients import KIM, chosen, go_to, go_to_deal, line
from tests.tui.helpers import press, running, says, shown, wait_for


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    return clients_typical(tmp_path)


def starts(pilot: Pilot[None], *texts: str) -> set[int]:
    """The cells at which texts begin."""
    rows = [row for row in shown(pilot).splitlines() if any(text in row for text in texts)]
    return {measure(row[: row.index(text)]) for row in rows for text in texts if text in row}


@pytest.mark.parametrize("size", [(100, 30), (120, 30)])
async def test_contacts_stand_in_columns(ctx: AppContext, size: tuple[int, int]) -> None:
    async with running(ctx, size) as pilot:
        await press(pilot, "6", "f")
        line(pilot, "is:client")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Hans"))
        lines = pilot.app.screen.query_one(ClientLines)
        drawn = ["".join(text for text, _ in row) for row in lines._built[1:]]
        steps = {measure(row[: row.index(sign)]) for row in drawn for sign in ("→ ", "! ") if sign in row}
        assert len(steps) == 1
        assert all(measure(row) < lines.size.width for row in drawn), "nothing touches the last column"


async def test_contacts_have_two_lines_while_there_is_room(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6")
        await wait_for(pilot, says(pilot, "! a call about the sizes"))
        assert starts(pilot, "Müller Druck GmbH  ", "Seoul Print", "Novák a syn") == {38}
        rows = shown(pilot).splitlines()
        first = next(number for number, row in enumerate(rows) if "· Hans Müller" in row)
        assert "Fri 13 Nov 18:00" in rows[first + 1]
        await pilot.click(offset=(8, first + 1))
        await wait_for(pilot, lambda: chosen(pilot) == "Hans Müller")
        for number in range(20):
            people.add(ctx, f"Somebody {number}", {})
        await wait_for(pilot, says(pilot, "Contacts   26"))
        rows = shown(pilot).splitlines()
        assert "! a call" in next(row for row in rows if "· Hans Müller" in row)


async def test_long_names_that_look_alike_keep_their_ends(tmp_path: Path) -> None:
    async with running(clients_overfull(tmp_path)) as pilot:
        await press(pilot, "6")
        await wait_for(pilot, says(pilot, "[Acme] Gm"))
        for number in (18, 27, 36):
            assert re.search(rf"· \[Acme\] \S*…\S* KG {number}\b", shown(pilot))


async def test_large_screen_shows_what_is_open_and_the_history_on_panels_of_their_own(ctx: AppContext) -> None:
    async with running(ctx, (200, 50)) as pilot:
        await go_to(pilot, KIM)
        await wait_for(pilot, says(pilot, "History   7"))
        assert len(starts(pilot, "Open   3", "History   7")) == 1
        assert starts(pilot, "Open   3").isdisjoint(starts(pilot, "next step "))


async def test_large_screen_shows_what_to_find_out(ctx: AppContext) -> None:
    async with running(ctx, (200, 50)) as pilot:
        await go_to(pilot, "Hans Müller")
        await wait_for(pilot, says(pilot, "To find out"))
        assert "who supplies them now" in shown(pilot)
        await go_to(pilot, KIM)
        await wait_for(pilot, says(pilot, "History   7"))
        assert "To find out" not in shown(pilot), "all of it is known"


async def test_large_board_shows_what_each_month_brought(ctx: AppContext) -> None:
    async with running(ctx, (200, 50)) as pilot:
        await go_to_deal(pilot, "Cardboard")
        await wait_for(pilot, says(pilot, "Won by month"))
        rows = shown(pilot).splitlines()
        assert any(re.search(r"Nov 2026  ━+  560,000  1", row) for row in rows)
        assert any(re.search(r"Oct 2026 +–", row) for row in rows)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)])
async def test_table_of_deals_stands_in_columns(ctx: AppContext, size: tuple[int, int]) -> None:
    async with running(ctx, size) as pilot:
        await press(pilot, "6", "tab")
        await wait_for(pilot, says(pilot, "4 open"))
        if size != (60, 20):  # which has no room for the board
            await press(pilot, "v")
        await wait_for(pilot, says(pilot, "All deals"))
        await wait_for(pilot, says(pilot, "Stretch film"))
        lines = pilot.app.screen.query_one(DealLines)
        rows = [row for row in lines.build(lines.size.width, lines.size.height)[1:] if row]
        edges = {tuple(accumulate(measure(text) for text, _ in row)) for row in rows}
        assert len(edges) == 1 and max(edges)[-1] <= lines.size.width


async def test_board_marks_deals_without_a_next_step(ctx: AppContext) -> None:
    deals.add(ctx, "Pallets", contact="Petra Novák", value=Decimal(9_000))
    for size in ((80, 24), (120, 36), (200, 50)):
        async with running(ctx, size) as pilot:
            await press(pilot, "6", "tab")
            said = "! no step" if size == (80, 24) else "! no next step"
            await wait_for(pilot, says(pilot, said))
            assert shown(pilot).count(said) == 1


async def test_large_screen_shows_the_chosen_deal(ctx: AppContext) -> None:
    async with running(ctx, (200, 50)) as pilot:
        await go_to_deal(pilot, "Cardboard")
        await wait_for(pilot, says(pilot, "27,069 at odds of 23%"))
        await wait_for(pilot, says(pilot, "History   4"))
        assert "meeting  7 days" in shown(pilot) and "next step    ! a call about the sizes" in shown(pilot)
        await press(pilot, "right")
        await wait_for(pilot, says(pilot, "proposal  0 days"))
        await press(pilot, "v")
        await wait_for(pilot, says(pilot, "Stages"))
        assert "proposal 1" in shown(pilot)


async def test_promises_stand_beside_the_dossier(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "shift+tab")
        await wait_for(pilot, says(pilot, "Müller Druck GmbH · Berlin"))
        await press(pilot, "end", "up")  # the last is a name day of next week
        await wait_for(pilot, says(pilot, "lee@print.example"))
    async with running(ctx, (80, 24)) as pilot:
        await press(pilot, "6", "shift+tab")
        await wait_for(pilot, says(pilot, "! promise"))
        assert "Müller Druck GmbH" not in shown(pilot)


async def test_pages_without_entries_hide_the_keys_that_need_one(tmp_path: Path) -> None:
    async with running(context_at(tmp_path, datetime(2026, 11, 16, 9))) as pilot:
        for key, hidden in (("6", "complaint"), ("tab", "won"), ("tab", "broken")):
            await press(pilot, key)
            footer = shown(pilot).splitlines()[-1]
            assert hidden not in footer and "undo" in footer


async def test_the_wheel_takes_the_dossier_along(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path)) as pilot:
        await press(pilot, "6", "home")
        await wait_for(pilot, says(pilot, "colleagues"))
        rows = pilot.app.screen.query_one(ClientLines)
        await pilot._post_mouse_events([events.MouseScrollDown], rows, (5, 3), button=0)
        await wait_for(pilot, says(pilot, "Müller Druck GmbH · Berlin"))
        assert rows.cursor == 1
