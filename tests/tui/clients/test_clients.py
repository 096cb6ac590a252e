"""Clients, deals, promises, import and duplicates by keys."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from planner.domain.clients.complaints import Complaint, State
from planner.domain.clients.deals import Stage
from planner.domain.clients.people import TEXTS
from planner.domain.day.tasks import Due
from planner.domain.text import make_visible as visible
from planner.domain.typed import zones
from planner.services.clients import complaints, deals, duplicates, people, promises
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.progress import Progress
from planner.services.safety import encryption
from planner.services.transfer import exports, imports
from planner.tui import progress
from planner.tui.clients.care import CareScreen
from planner.tui.clients.clients import ClientsScreen
from planner.tui.clients.deals import DealsScreen
from planner.tui.clients.duplicates import DuplicatesScreen
from planner.tui.clients.modals.clients import ContactModal
from planner.tui.clients.widgets.board import BoardLines
from planner.tui.clients.widgets.care import CareLines
from planner.tui.clients.widgets.clients import ClientLines
from planner.tui.clients.widgets.duplicates import PairLines
from planner.tui.progress import Work
from planner.tui.shared.spans import fit
from planner.tui.shared.widgets.lines import measure
from planner.tui.transfer.imports import ImportScreen
from tests.drills import LONG
from tests.scenes import clients_overfull, clients_typical, context_at
from tests.tui.helpers import PATIENCE, held_back, noted, press, running, says, settled, shown, text, wait_for

KIM = "Kim Minsu 김민수"


@pytest.fixture
def ctx(tmp_path: Path) -> AppContext:
    return clients_typical(tmp_path)


def fill(pilot: Pilot[None], **values: str) -> None:
    """Fill fields of a form."""
    for name, value in values.items():
        pilot.app.screen.query_one(f"#field-{name}", Input).value = value


def line(pilot: Pilot[None], text: str) -> None:
    """Type into the search line."""
    pilot.app.screen.query_one("#pick-line", Input).value = text


def chosen(pilot: Pilot[None]) -> str:
    """The client under the cursor."""
    lines = pilot.app.screen.query_one(ClientLines)
    row = lines.rows.get(lines.chosen or 0)
    return "" if row is None else row.name


async def go_to(pilot: Pilot[None], name: str) -> None:
    """Open the client screen with the cursor on somebody, and wait for their dossier."""
    await press(pilot, "6")
    await wait_for(pilot, lambda: bool(chosen(pilot)))
    for _ in range(10):
        if chosen(pilot) == name:
            break
        await press(pilot, "down")
    await wait_for(pilot, lambda: dossier(pilot) == name, f"the dossier of {name}")


def dossier(pilot: Pilot[None]) -> str:
    """Whose dossier is shown."""
    screen = pilot.app.screen
    assert isinstance(screen, ClientsScreen)
    return "" if screen._dossier is None else screen._dossier.contact.name


async def test_company_of_a_client(ctx: AppContext) -> None:
    async with running(ctx, (140, 36)) as pilot:
        await go_to(pilot, KIM)
        await press(pilot, "C")
        await wait_for(pilot, says(pilot, "1,172,000 closed"))
        text = shown(pilot)
        assert "2 people" in text
        assert "Kim Minsu 김민수  decision-maker · buyer" in text
        assert "Hanbit Trading  Paper 2026, 560,000" in text
        await press(pilot, "down")
        await wait_for(pilot, says(pilot, "Seoul Print"))
        await wait_for(pilot, says(pilot, "1 person"))
        await press(pilot, "f")
        line(pilot, "tag:nosuch")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "No contacts match"))
        assert "Seoul Print" not in shown(pilot)
        await press(pilot, "escape")
        await wait_for(pilot, says(pilot, "Contacts   6"))
        await press(pilot, "C")
        await wait_for(pilot, lambda: "back to the contact" not in shown(pilot))


async def test_paste_keeps_the_cursor_after_the_inserted_text(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n")
        field = pilot.app.screen.query_one("#field-name", Input)
        field.value, field.cursor_position = "abcdef", 3
        field.insert_text_at_cursor("\x1b\x1b\x1bX")
        assert (field.value, field.cursor_position) == ("abcXdef", 4)


async def test_unknown_company_is_reported(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    people.add(ctx, "Alone", {})
    async with running(ctx, (80, 24)) as pilot:
        await press(pilot, "6", "C")
        await wait_for(pilot, says(pilot, "Alone has no company yet"))
        await press(pilot, "escape")
        await wait_for(pilot, says(pilot, "Contacts"))


async def test_dossier_shows_the_next_step(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to(pilot, KIM)
        text = shown(pilot)
        said = (
            "Price list, as promised",
            "Dongah until Sun 31 Jan 2027 (76 days)",
            "★ decision-maker",
            "4 days ago",
            "gloomy",
        )
        assert [part for part in said if part not in text] == []
        await press(pilot, "escape")
        assert "Priorities" in shown(pilot)


async def test_narrow_screen_shows_the_dossier_in_place_of_the_list(ctx: AppContext) -> None:
    async with running(ctx, (80, 24)) as pilot:
        await go_to(pilot, KIM)
        assert "Hans Müller" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "02-555-1234"))
        assert "Hans Müller" not in shown(pilot)
        await press(pilot, "down")
        await wait_for(pilot, says(pilot, "lee@print.example"))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ClientsScreen)
        assert "Hans Müller" in shown(pilot)


async def test_search_opens_anywhere_and_leads_to_the_dossier(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        for key in ("1", "3", "4", "5", "6"):
            await press(pilot, key, "slash")
            line(pilot, "quarterly")
            await wait_for(pilot, says(pilot, "needs quarterly delivery"))
            await press(pilot, "escape")
        await press(pilot, "slash")
        line(pilot, "petra")
        await settled(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ClientsScreen) and dossier(pilot) == "Petra Novák")
        await press(pilot, "slash")
        line(pilot, "stretch")
        await settled(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, DealsScreen))
        await wait_for(pilot, lambda: "▌ Stretch film" in shown(pilot))


async def test_filter_is_typed_saved_and_reused(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "f")
        line(pilot, "tag:fair -is:client")
        await settled(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "tag:fair -is:client"))
        assert "Hans Müller" not in shown(pilot)
        await press(pilot, "escape")
        await wait_for(pilot, says(pilot, "Hans Müller"))
        await press(pilot, "f")
        line(pilot, "tag:fair")
        await settled(pilot)
        await press(pilot, "enter", "F")
        fill(pilot, line="fair people")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Filter saved: fair people"))
        await press(pilot, "escape", "f")
        line(pilot, "fair pe")
        await settled(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Contacts   2"))
        await press(pilot, "f")
        line(pilot, "tier:Z")
        await settled(pilot)
        assert "A, B, C" in shown(pilot)


async def test_contact_is_created_edited_deleted_and_restored(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "n")
        fill(pilot, name="Aaron Zadok", company="Zadok Ltd", phones="030 111; 030 222", consent="maybe")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Enter yes or no"))
        fill(pilot, consent="yes", mailing="weekly")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Aaron Zadok"))
        await go_to(pilot, "Aaron Zadok")
        await press(pilot, "e")
        fill(pilot, city="Haifa", rhythm="10", zone="Mars")
        await press(pilot, "enter")
        assert "'Mars'" in shown(pilot)
        fill(pilot, zone="jerusalem")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Saved: Aaron Zadok"))
        found = people.show(ctx, "Aaron Zadok").contact
        assert (found.city, found.rhythm, found.consent, len(found.phones)) == ("Haifa", 10, True, 2)
        assert found.zone == "Asia/Jerusalem"
        await wait_for(pilot, says(pilot, f"Haifa · {zones.clock(ctx.now(), 'Asia/Jerusalem')}"))
        await press(pilot, "delete", "y")
        await wait_for(pilot, says(pilot, "Deleted: Aaron Zadok"))
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: deleted contact: Aaron Zadok"))
        assert people.show(ctx, "Aaron Zadok").contact.city == "Haifa"


async def test_form_shows_a_conflict_and_keeps_the_typed_text(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to(pilot, KIM)
        await press(pilot, "e")
        fill(pilot, notes="from the form")
        people.edit(ctx, KIM, {"notes": "from elsewhere"})
        await press(pilot, "enter")
        await wait_for(pilot, noted(pilot, "changed to 'from elsewhere' in the meantime"))
        assert isinstance(pilot.app.screen, ContactModal)
        assert pilot.app.screen.query_one("#field-notes", Input).value == "from the form"
        assert people.show(ctx, KIM).contact.notes == "from elsewhere"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, f"Saved: {KIM}"))
        assert people.show(ctx, KIM).contact.notes == "from the form"


async def test_adding_records_to_the_chosen_contact(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to(pilot, "Petra Novák")
        who = people.show(ctx, "Petra Novák").contact.id
        await press(pilot, "s")
        fill(pilot, line=f"@{who} call about sizes fri 10:00")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: any(task.contact_id == who for task in tasks.list_tasks(ctx)))
        await go_to(pilot, "Petra Novák")
        await wait_for(pilot, says(pilot, "→ call about sizes"))
        await press(pilot, "p")
        field = pilot.app.screen.query_one("#field-line", Input)
        assert field.value == f"promise @{who} "
        field.value += "samples tomorrow 10"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Just to confirm what I promised, Petra: samples"))
        assert [each.text for each in promises.list_promises(ctx) if each.contact_id == who] == ["samples"]
        await wait_for(pilot, lambda: dossier(pilot) == "Petra Novák")
        await press(pilot, "c")
        fill(pilot, text="wrong sizes", kind="quality")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Answer by tomorrow"))
        await press(pilot, "N")
        fill(pilot, title="Boxes", value="12,000")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Boxes"))
        assert next(deal for deal in deals.list_deals(ctx) if deal.title == "Boxes").contact_id == who
        await wait_for(pilot, lambda: dossier(pilot) == "Petra Novák")
        await press(pilot, "r")
        fill(pilot, name="Ludmila")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Ludmila"))
        assert people.show(ctx, "Ludmila").contact.referrer_id == who


async def test_exporting_a_vcard_and_a_list(ctx: AppContext, tmp_path: Path) -> None:
    async with running(ctx) as pilot:
        await go_to(pilot, KIM)
        await press(pilot, "x")
        fill(pilot, line=str(tmp_path))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Exported 1 row to"))
        assert (tmp_path / "kim-minsu-김민수.vcf").exists()
        await press(pilot, "X")
        fill(pilot, line=str(tmp_path / "people.doc"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "the name must end in .csv"))
        fill(pilot, line=str(tmp_path / "people.csv"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Exported 6 rows to"))
        assert [each.what for each in exports.log(ctx)] == ["contacts", "contact"]


async def test_external_change_is_shown(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to(pilot, KIM)
        people.edit(ctx, KIM, {"role": "director"})
        await wait_for(pilot, says(pilot, "director"))


# deals


def board(pilot: Pilot[None]) -> str:
    """The deal under the board's cursor."""
    deal = pilot.app.screen.query_one(BoardLines).chosen
    return "" if deal is None else deal.title


async def go_to_deal(pilot: Pilot[None], title: str) -> None:
    """Open the board with the cursor on a deal."""
    await press(pilot, "6", "tab")
    await wait_for(pilot, lambda: isinstance(pilot.app.screen, DealsScreen) and bool(board(pilot)))
    for key in ("left",) * 3 + ("right",) * 3:
        if board(pilot) == title:
            return
        await press(pilot, key)
    assert board(pilot) == title


async def test_deal_is_moved_and_won_with_follow_ups(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to_deal(pilot, "Cardboard")
        await press(pilot, "L")
        await wait_for(pilot, says(pilot, "Moved to proposal: Cardboard"))
        assert board(pilot) == "Cardboard"
        await press(pilot, "H")
        await wait_for(pilot, says(pilot, "Moved to meeting: Cardboard"))
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: moved to meeting: Cardboard"))
        await wait_for(pilot, lambda: board(pilot) == "Cardboard")
        await press(pilot, "w")
        fill(pilot, value="110,000", contract_end="31 Jan 2028")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Won: Cardboard"))
        deal = next(each for each in deals.list_deals(ctx, closed=True) if each.title == "Cardboard")
        assert (deal.stage, int(deal.booked), str(deal.contract_end)) == (Stage.WON, 110_000, "2028-01-31")
        assert {task.care for task in tasks.list_tasks(ctx) if task.deal_id == deal.id} == {
            "follow-up", "first-sign", "renewal",
        }  # fmt: skip


async def test_deal_is_lost_and_reopened(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to_deal(pilot, "Stretch film")
        await press(pilot, "x")
        fill(pilot, line="a competitor")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "lost deal: Stretch film, a competitor"))
        await press(pilot, "v")
        await wait_for(pilot, says(pilot, "All deals"))
        assert "a competitor" in shown(pilot)
        for _ in range(8):
            if "▌  ✗ Stretch film" in shown(pilot):
                break
            await press(pilot, "down")
        await press(pilot, "o")
        await wait_for(pilot, says(pilot, "Reopened at closing: Stretch film"))
        await press(pilot, "v", "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ClientsScreen))


async def test_impossible_deal_actions_are_explained(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to_deal(pilot, "Labels, small runs")
        await press(pilot, "H")
        assert "This is the first stage" in shown(pilot)
        await press(pilot, "o")
        assert "is still open, at conversation" in shown(pilot)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36), (200, 50)])
async def test_stage_totals_show_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(clients_overfull(tmp_path), size) as pilot:
        await press(pilot, "6", "tab")
        for stage in ("conversation 16", "meeting 16", "proposal 16", "closing 16"):
            await wait_for(pilot, says(pilot, stage))
        assert sum(map(shown(pilot).count, ("1.85B", "1,851,", "1,852,"))) >= 4, "a total for each stage"


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_long_stages_say_where_they_are_and_clicks_hit_their_cards(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(clients_overfull(tmp_path), size) as pilot:
        await press(pilot, "6", "tab")
        lines = pilot.app.screen.query_one(BoardLines)
        await wait_for(pilot, says(pilot, " of 16 ▾"))
        assert "1–" in shown(pilot)
        await press(pilot, "end")
        assert lines.row == 15
        assert "–16 of 16 ▴" in shown(pilot)
        drawn = shown(pilot).split("\n")
        for column, lane in enumerate(lines._lanes(lines.size.width)):
            left = lane.start
            card = next(deal for deal in lines.columns()[column][lines._first(column, lines.size.height) :])
            y = next(
                number
                for number, line in enumerate(drawn)
                if number > 4 and card.title[:4] in line[max(0, left - 30) : left + 30]
            )
            await pilot.click(offset=(left + 4, y))
            assert lines.column == column
            assert lines.chosen is not None
            assert lines.chosen.id == card.id


async def test_list_of_deals_says_where_it_is(tmp_path: Path) -> None:
    async with running(clients_overfull(tmp_path), (60, 20)) as pilot:
        await press(pilot, "6", "tab")
        await wait_for(pilot, says(pilot, " of 66 ▾"))
        await press(pilot, "end")
        await wait_for(pilot, says(pilot, "of 66 ▴"))


# Promises and complaints


async def test_promise_is_kept_and_complaint_advanced(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "shift+tab")
        await wait_for(pilot, says(pilot, "Promises and complaints   4"))
        assert isinstance(pilot.app.screen, CareScreen)
        assert "! Hans Müller" in shown(pilot)
        await press(pilot, "space")
        await wait_for(pilot, says(pilot, "promise kept, but late: a call about the sizes"))
        await wait_for(pilot, says(pilot, "1 of 2 kept on time, 1 late"))
        await press(pilot, "down", "e")
        fill(pilot, agreed="two new pallets", due="tomorrow 12:00")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "→ two new pallets"))
        (found,) = complaints.list_complaints(ctx).rows
        assert (found.state, found.agreed) == (State.AGREED, "two new pallets")
        while "▌  " not in next(row for row in shown(pilot).splitlines() if "complaint " in row):
            await press(pilot, "down")
        await press(pilot, "space")
        await wait_for(pilot, says(pilot, "Marked done. Next: Call"))
        await press(pilot, "v")
        await wait_for(pilot, says(pilot, "Closed"))
        assert "samples by post" in shown(pilot)


async def test_promise_in_one_line_from_today(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "a")
        fill(pilot, line="promise Kim price list tomorrow 10")
        await settled(pilot)
        assert "promise" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Just to confirm what I promised, Minsu: "))


# Import


async def open_file(pilot: Pilot[None], path: Path) -> None:
    """Open a file on the import screen."""
    await press(pilot, "6", "I")
    fill(pilot, line=str(path))
    await press(pilot, "enter")


async def test_file_is_previewed_mapped_imported_and_undone(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Wer,Wo,Womit\nAaron Zadok,Haifa,030 111111\nBela,Győr,030 222222\n", encoding="utf-8")
    async with running(ctx) as pilot:
        await open_file(pilot, path)
        await wait_for(pilot, says(pilot, "Can't import this file"))
        assert "Haifa · Győr" in shown(pilot)
        await press(pilot, "enter")
        line(pilot, "name")
        await settled(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Will import"))
        await press(pilot, "down", "down", "enter")
        line(pilot, "phone")
        await settled(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "→ phone"))
        await wait_for(pilot, says(pilot, "Bela  030 222222"))  # read again with the phone column
        assert len(people.list_contacts(ctx)) == 6
        await press(pilot, "w")
        await wait_for(pilot, says(pilot, "Imported odd.csv: 2 new"))
        assert people.show(ctx, "Bela").contact.phones[0].value == "030 222222"
        await wait_for(pilot, says(pilot, "2 already in planner"))
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "Undid: imported 2 contacts"))
        assert len(people.list_contacts(ctx)) == 6


async def test_encoding_can_be_changed(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "korean.csv"
    path.write_bytes("이름,전화\n김철수,02-111-2222\n".encode("cp949"))
    async with running(ctx) as pilot:
        await open_file(pilot, path)
        await settled(pilot)
        await press(pilot, "E")
        line(pilot, "cp949")
        await settled(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "김철수"))
        assert isinstance(pilot.app.screen, ImportScreen)


async def test_lookalike_is_merged_on_request(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text("Name,Email,City\nLee J.,lee@print.example,Busan\n", encoding="utf-8")
    async with running(ctx) as pilot:
        await open_file(pilot, path)
        await wait_for(pilot, says(pilot, "1 possible duplicate"))
        await press(pilot, "J")
        await wait_for(pilot, says(pilot, "0 new contacts"))
        await press(pilot, "w")
        await wait_for(pilot, lambda: people.show(ctx, "Lee Jihye 이지혜").contact.city == "Busan", "it is joined")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"PK\x03\x04broken", b"a,b\n1,2,3\n", b"%PDF-1.7"])
async def test_bad_file_is_refused_with_a_sentence(ctx: AppContext, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    async with running(ctx, (80, 24)) as pilot:
        await open_file(pilot, path)
        await wait_for(pilot, says(pilot, "Can't import this file"))
        await press(pilot, "w")
        assert "There's nothing to import" in shown(pilot)
        assert len(people.list_contacts(ctx)) == 6


# Duplicates


async def test_duplicates_are_merged_by_field_or_told_apart(ctx: AppContext) -> None:
    people.add(
        ctx,
        "Lee Ji-hye 이지혜",
        {"company": "Seoul Print", "emails": ["lee@print.example"], "city": "Busan"},
        force=True,
    )
    people.edit(ctx, "Lee Jihye 이지혜", {"city": "Seoul"})
    async with running(ctx) as pilot:
        await press(pilot, "6", "D")
        await wait_for(pilot, says(pilot, "the same email address"))
        assert isinstance(pilot.app.screen, DuplicatesScreen)
        assert ", merged" in shown(pilot)
        while "▌  city" not in shown(pilot):
            await press(pilot, "tab")
        await press(pilot, "space", "enter")
        await wait_for(pilot, says(pilot, "merged Lee Ji-hye 이지혜 into Lee Jihye 이지혜"))
        assert people.show(ctx, "Lee Jihye 이지혜").contact.city == "Busan"
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "the same email address"))
        await press(pilot, "x")
        await wait_for(pilot, says(pilot, "not duplicates:"))
        assert duplicates.find(ctx, sure=True) == []
        await press(pilot, "u")
        await wait_for(pilot, says(pilot, "the same email address"))


async def test_footer_offers_merging_only_with_a_pair(ctx: AppContext) -> None:
    people.add(ctx, "Lee Jihye 이지혜", {"company": "Seoul Print", "emails": ["lee@print.example"]}, force=True)
    async with running(ctx) as pilot:
        await press(pilot, "6", "D")
        await wait_for(pilot, says(pilot, "the same email address"))
        footer = shown(pilot).splitlines()[-1]
        assert "merge" in footer and "use other" not in footer, "their fields don't differ"
        await press(pilot, "x")
        await wait_for(pilot, says(pilot, "No duplicates found."))
        footer = shown(pilot).splitlines()[-1]
        assert "esc back" in footer and "merge" not in footer and "not the same" not in footer


async def test_merge_choices_survive_an_external_change(ctx: AppContext) -> None:
    people.add(
        ctx,
        "Lee Ji-hye 이지혜",
        {"company": "Seoul Print", "emails": ["lee@print.example"], "city": "Busan"},
        force=True,
    )
    people.edit(ctx, "Lee Jihye 이지혜", {"city": "Seoul"})
    async with running(ctx) as pilot:
        await press(pilot, "6", "D")
        await wait_for(pilot, says(pilot, "the same email address"))
        screen = pilot.app.screen
        assert isinstance(screen, DuplicatesScreen)
        while "▌  city" not in shown(pilot):
            await press(pilot, "tab")
        await press(pilot, "space")
        before = screen.query_one(PairLines).pairs
        people.add(ctx, "Somebody Else", {})
        screen.poll()
        await wait_for(pilot, lambda: screen.query_one(PairLines).pairs is not before)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "merged Lee Ji-hye 이지혜 into Lee Jihye 이지혜"))
        assert people.show(ctx, "Lee Jihye 이지혜").contact.city == "Busan"


async def test_external_change_does_not_stop_a_running_import(ctx: AppContext, tmp_path: Path) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "6", "I", "escape")
        screen = pilot.app.screen
        assert isinstance(screen, ImportScreen)
        work = Work(lambda work, text: None, "Stopped.")
        screen.path, screen._writing, screen._work = str(tmp_path / "x.csv"), True, work
        screen.reload()
        assert not work.stopped


async def test_long_export_shows_progress_and_can_be_stopped(
    ctx: AppContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LONG", -1.0)
    monkeypatch.setattr(progress, "EVERY", -1.0)
    path, go_on = tmp_path / "all.csv", Event()
    prepare = exports.prepare

    def slowly(*args: Any, tell: Progress, **kwargs: Any) -> exports.Ready:
        tell("reading", 1_000, 6_000)
        assert go_on.wait(PATIENCE)
        return prepare(*args, tell=tell, **kwargs)

    monkeypatch.setattr(exports, "prepare", slowly)
    async with running(ctx) as pilot:
        await press(pilot, "6", "X")
        fill(pilot, line=str(path))
        with held_back():
            await pilot.press("enter")
            await wait_for(pilot, says(pilot, "reading 1,000 of 6,000 …   esc to stop"))
            await pilot.press("escape")
            await wait_for(pilot, says(pilot, "Stopping …"))
            go_on.set()
        await wait_for(pilot, says(pilot, "Stopped. Nothing was written."))
        assert not path.exists()
        assert exports.log(ctx) == []
        await press(pilot, "X")
        fill(pilot, line=str(path))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Exported "))
        assert path.exists()


@pytest.mark.usefixtures("light_passphrase")
async def test_encrypted_export_asks_for_the_passphrase_twice(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "all.csv.age"
    async with running(ctx) as pilot:
        await press(pilot, "6", "X")
        fill(pilot, line=str(path))
        await press(pilot, "enter")
        assert "no one can open the file" in shown(pilot)
        fill(pilot, passphrase="four words for it", again="four words for ti")
        await press(pilot, "enter")
        assert "The two passphrases don't match." in shown(pilot)
        assert "Four unrelated words" not in shown(pilot)
        fill(pilot, again="four words for it")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Exported "))
    with encryption.decrypted_copy(str(path), "four words for it", str(path.parent)) as plain:
        assert Path(plain).read_text(encoding="utf-8-sig").startswith("Name,Company")


# Hostile text, sizes, keys


def every_line(check: Callable[[str], bool], text: str) -> bool:
    """Whether every line of the screen passes a check."""
    return all(check(row) for row in text.splitlines())


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)])
async def test_hostile_text_is_only_text_on_client_screens(tmp_path: Path, size: tuple[int, int]) -> None:
    ctx = context_at(tmp_path)
    for number, word in enumerate(HOSTILE):
        fields = dict.fromkeys(TEXTS, word[:190])
        people.add(
            ctx,
            f"{word[:150]} {number}",
            {**fields, "company": f"{word[:150]} GmbH", "tags": [f"x{word[:40]}"], "phones": [f"1{word[:60]}"]},
            force=True,
        )
        deals.add(ctx, f"{word[:300]} deal", contact=str(number + 1))
        complaints.add(ctx, f"{word[:900]} said", contact=str(number + 1), kind=f"k{word[:30]}")
        promises.add(ctx, f"{word[:300]} promised", _tomorrow(), contact=str(number + 1))
    duplicate = {"phones": ["030 1234567"], "emails": ["a@b.example"]}
    people.add(ctx, "[/] Twin", duplicate, force=True)
    people.add(ctx, "[/] Twin", duplicate, force=True)
    async with running(ctx, size) as pilot:
        await press(pilot, "6")
        for _ in range(len(HOSTILE)):
            await press(pilot, "down")
            assert "\x1b" not in shown(pilot)
        await press(pilot, "enter", "right_square_bracket", "escape")
        for key in ("tab", "v", "down", "tab", "down", "v"):
            await press(pilot, key)
        await press(pilot, "slash")
        line(pilot, "deal")
        await settled(pilot)
        await press(pilot, "escape", "6", "D")
        await wait_for(pilot, says(pilot, "Twin"))
        await press(pilot, "tab", "escape")
        text = shown(pilot)
        assert "\x1b" not in text
        # an emoji family contains an unprintable joiner
        assert every_line(str.isprintable, text.replace("\u200d", ""))
        assert pilot.app.is_running


def _tomorrow() -> Due:
    return Due(date(2026, 11, 17))


HOSTILE = (
    "[@click=app.quit]x[/]", "[/]", "[bold", ":smile:", "$primary", "\x1b]52;c;AAAA\x07", "\x1b]8;;http://x\x07y",
    "\x1b[2J", "\x9b2J", "\u202eabc\u202c", "\u2066abc", "a\x00b", "x" * 10_000, "a\rb", "a\tb", "\u200bhidden",
    "김민수 한빛무역", "שלום", "👩‍👩‍👧‍👦 family", "é" * 50, "\ud800", "{name} %s {0}",
)  # fmt: skip


# All words take six minutes, so only `make drills` does that. Otherwise every word is in some field of every large
# form, and every eleventh in the line of every small one, each starting at another word, so that every word is in some.
EVERY_WORD_IN_EVERY_FIELD = LONG
EACH = len(HOSTILE)  # each form starts with another word

CONTACT = " ".join(("name", "company", *TEXTS))
# how each form is opened, and which of its fields take any text (the rest accept only known values, and say so)
FORMS = {
    "6 n": CONTACT,
    "6 r": CONTACT,
    "6 e": "name company tags notes",
    "6 c": "text kind",
    "6 N": "title notes",
    "6 s": "line",
    "6 p": "line",
    "6 x": "line",
    "6 X": "line",
    "6 f": "",
    "6 F": "line",
    "6 slash": "",
    "6 a": "line",
    "6 M": "name subject",
    "6 tab n": "title notes",
    "6 tab e": "title notes",
    "6 tab w": "value",
    "6 tab x": "line",
    "6 shift+tab p": "line",
    "6 shift+tab e": "agreed compensation escalated",
    "6 I": "line",
}


def control_characters(text: str) -> set[str]:
    """Invisible characters on a screen that could affect a terminal, except the joiner of an emoji family."""
    return {hex(ord(letter)) for letter in text if not letter.isprintable() and letter not in "\n\u200d"}


async def fill_with_hostile_text(pilot: Pilot[None], key: str, turn: int, free: str) -> int:
    """Open a form, write words into all its fields, then only into those that take any text, and leave it. The first
    field gets the word at `turn`, each other one the next. Returns how many words were written."""
    under = pilot.app.screen
    await press(pilot, key)
    form = pilot.app.screen
    assert form is not under, f"{key} opens nothing: {shown(pilot)}"
    for wanted in (None, free.split()):
        if pilot.app.screen is not form:
            break
        fields = [
            field for field in form.query(Input) if wanted is None or str(field.id).removeprefix("field-") in wanted
        ]
        for field in form.query(Input):
            field.value = HOSTILE[(turn + fields.index(field)) % len(HOSTILE)] if field in fields else ""
        await settled(pilot)
        assert not control_characters(shown(pilot)), turn
        await press(pilot, "enter")
        assert not control_characters(shown(pilot)), turn
    while isinstance(pilot.app.screen, ModalScreen):
        await press(pilot, "escape")
    assert pilot.app.is_running
    assert "went wrong" not in shown(pilot)
    return len(free.split()) or 1


@pytest.mark.parametrize("way", FORMS)
async def test_hostile_text_in_every_field_of_client_forms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ctx = clients_typical(tmp_path)
    *before, key = way.split()
    async with running(ctx) as pilot:
        await go_to(pilot, KIM)
        await press(pilot, *before[1:])
        turn = 0 if EVERY_WORD_IN_EVERY_FIELD else list(FORMS).index(way) % EACH
        while turn < len(HOSTILE):
            if key == "F":
                await press(pilot, "f")
                line(pilot, "tag:fair")
                await press(pilot, "enter")
            if way == "6 shift+tab e":
                await press(pilot, "home")
                while not isinstance(pilot.app.screen.query_one(CareLines).chosen, Complaint):
                    await press(pilot, "down")
            words = await fill_with_hostile_text(pilot, key, turn, FORMS[way])
            turn += 1 if EVERY_WORD_IN_EVERY_FIELD else max(words, EACH)
            if way == "6 slash":
                await press(pilot, "6")
            if way == "6 I":
                key = "o"  # the first file is asked for automatically
            if way in ("6 tab w", "6 tab x"):
                await press(pilot, "u")


async def test_hostile_file_is_only_displayed(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    words = [word for word in HOSTILE if "\ud800" not in word and "\0" not in word]  # no text file contains these
    path = tmp_path / f"{words[0].replace('/', '')}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(["Name", "Company", "Phone", *words])
        sheet.writerows([word[:190], word[:190], word[:30], *(each[:190] for each in words)] for word in words)
    async with running(ctx, (120, 50)) as pilot:
        await press(pilot, "6", "I")
        fill(pilot, line=str(path))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Will import"))
        every_kind = ["t"] * len(imports.KINDS)
        for key in ("down", "down", "down", "enter", "escape", "pagedown", "E", "escape", *every_kind, "J"):
            await press(pilot, key)
            assert not control_characters(shown(pilot)), key
        await press(pilot, "w")
        await wait_for(pilot, says(pilot, "u undo"))
        assert not control_characters(shown(pilot))
        await press(pilot, "6", *["down"] * 20)
        assert not control_characters(shown(pilot))
    assert len(people.list_contacts(ctx)) > 10


def test_replacement_marks_have_their_width() -> None:
    for word in HOSTILE:
        assert measure(fit(word, 20)) == measure(visible(fit(word, 20))) <= 20


async def test_hostile_text_in_the_database_is_only_displayed(tmp_path: Path) -> None:
    """Text is cleaned on input, but forms and dialogs must withstand uncleaned text, too."""
    ctx = clients_typical(tmp_path)
    with closing(ctx.database.raw()) as raw:
        for table, column in (("contact", "name"), ("contact", "notes"), ("deal", "title"), ("complaint", "text")):
            raw.execute(f"UPDATE {table} SET {column} = {column} || ?", ("\x1b]52;c;AAAA\x07 \u202eevil",))
        raw.commit()
    async with running(ctx) as pilot:
        await press(pilot, "6")
        for key in ("e", "escape", "c", "escape", "delete", "escape", "tab", "e", "escape", "w", "escape", "x"):
            await press(pilot, key)
            assert not control_characters(shown(pilot)), key
        await press(pilot, "escape", "tab", "end", "e")
        assert not control_characters(shown(pilot))


async def test_keys_typed_ahead_are_applied_in_order(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await pilot.press(*"6", *["down"] * 3, "up", "tab", "right", "left", "tab", "down", "tab", "end", "home")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ClientsScreen)
        await wait_for(pilot, lambda: chosen(pilot) == "Hanbit Trading")


async def test_empty_screens_name_the_key_that_fills_them(tmp_path: Path) -> None:
    async with running(context_at(tmp_path, datetime(2026, 11, 16, 9))) as pilot:
        await press(pilot, "6")
        assert "n  add a contact" in shown(pilot)
        await press(pilot, "tab")
        assert "No open deals" in shown(pilot) and "n  add a deal" in shown(pilot)
        await press(pilot, "tab")
        assert "p  add a promise" in shown(pilot)
        await press(pilot, "6", "D")
        await wait_for(pilot, says(pilot, "No duplicates found"))


async def test_ambiguous_name_is_picked_and_new_one_announced(ctx: AppContext) -> None:
    people.add(ctx, "Kim Sora", {"company": "Daehan"})
    known = len(people.list_contacts(ctx))
    async with running(ctx) as pilot:
        await press(pilot, "6", "tab", "n")
        fill(pilot, title="Envelopes, large", contact="kim")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Who is kim?"))
        assert "Kim Sora, Daehan" in shown(pilot)
        await press(pilot, "escape")  # cancelling keeps what was typed
        await wait_for(pilot, says(pilot, "Several contacts match 'kim'"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Who is kim?"))
        await press(pilot, *text("sora"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Envelopes, large"))
        assert next(each for each in deals.list_deals(ctx) if each.title == "Envelopes, large").contact == "Kim Sora"
        await press(pilot, "n")
        fill(pilot, title="Boxes", contact="Kristine")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "new contact  Kristine"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Added: Boxes"))
    assert next(each for each in deals.list_deals(ctx) if each.title == "Boxes").contact == "Kristine"
    assert len(people.list_contacts(ctx)) == known + 1


async def test_ambiguous_name_in_a_task_line_is_picked(ctx: AppContext) -> None:
    sora = people.add(ctx, "Kim Sora", {})
    async with running(ctx) as pilot:
        await press(pilot, "a", *text("promise Kim a sample tomorrow 10"), "enter")
        await wait_for(pilot, says(pilot, "Who is Kim?"))
        await press(pilot, *text("sora"), "enter")
        await wait_for(pilot, says(pilot, "a sample"))
        promised = [each for each in promises.list_promises(ctx) if each.contact_id == sora.id]
    assert [each.text for each in promised] == ["a sample"]


async def test_taken_number_needs_confirmation(ctx: AppContext) -> None:
    known = len(people.list_contacts(ctx))
    async with running(ctx) as pilot:
        await press(pilot, "6", "n")
        fill(pilot, name="Mr Kim", phones="02 555 1234")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "02 555 1234 already belongs to Kim Minsu 김민수"))
        await press(pilot, "n")
        await wait_for(pilot, lambda: pilot.app.screen.query_one("#field-phones", Input).value == "02 555 1234")
        assert len(people.list_contacts(ctx)) == known
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Save anyway?"))
        await press(pilot, "y")
        await wait_for(pilot, says(pilot, "Added: Mr Kim"))
    assert len(people.list_contacts(ctx)) == known + 1


async def test_do_not_call_is_marked_and_needs_confirmation(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await go_to(pilot, "Kim Minsu 김민수")
        await press(pilot, "O")
        await wait_for(pilot, says(pilot, "Do not call: Kim Minsu"))
        await wait_for(pilot, lambda: shown(pilot).lower().count("do not call") >= 3)  # message, list and dossier
        for key in ("y", "d", "L"):
            await press(pilot, key)
            await wait_for(pilot, says(pilot, "Kim Minsu 김민수 asked not to be called."))
            await press(pilot, "n")
            await wait_for(pilot, lambda: isinstance(pilot.app.screen, ClientsScreen))
        assert pilot.app.clipboard == ""
        await press(pilot, "y")
        await wait_for(pilot, says(pilot, "Call anyway?"))
        await press(pilot, "y")
        await wait_for(pilot, says(pilot, "Copied: 02-555-1234"))
        await press(pilot, "u")
        await wait_for(pilot, lambda: "do not call" not in shown(pilot))
    assert not people.show(ctx, "Kim Minsu 김민수").contact.do_not_call


async def test_birthday_leads_to_the_contact(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    kim = people.add(ctx, "Kim Minsu", {"birthday": "1975-11-16"})
    promises.add(ctx, "price list", Due(date(2026, 11, 17)))
    async with running(ctx) as pilot:
        await wait_for(pilot, says(pilot, "Kim Minsu: birthday, turns 51"))
        await press(pilot, "t")
        await wait_for(pilot, says(pilot, "birthday, turns 51"))
        await press(pilot, "6", "shift+tab")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, CareScreen))
        await wait_for(pilot, says(pilot, "◆ Kim Minsu"))
        await wait_for(pilot, says(pilot, "birthday   birthday, turns 51"))
        assert "Promises and complaints   1" in shown(pilot)
        await press(pilot, "space")
        await wait_for(pilot, says(pilot, "A birthday or date can't be marked"))
        await press(pilot, "enter")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, ClientsScreen))
        await wait_for(pilot, lambda: pilot.app.screen.query_one(ClientLines).chosen == kim.id)


async def test_birthday_shows_on_a_narrow_screen(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    people.add(ctx, "Kim Minsu", {"birthday": "--11-16"})
    async with running(ctx, (80, 24)) as pilot:
        await wait_for(pilot, says(pilot, "◆ Kim Minsu: birthday"))


async def test_deal_under_the_cursor_is_shown_below_a_short_board(tmp_path: Path) -> None:
    for folder, size in (("wide", (120, 36)), ("narrow", (80, 24))):
        (tmp_path / folder).mkdir()
        async with running(clients_typical(tmp_path / folder), size) as pilot:
            await press(pilot, "6", "tab")
            await wait_for(pilot, says(pilot, "18,046 at odds of 23%"))
            await press(pilot, "right")
            await wait_for(pilot, says(pilot, "Müller Druck GmbH"))
            assert pilot.app.screen.query_one("#deal").region.y >= pilot.app.screen.query_one("#board").region.bottom


async def test_contact_under_the_cursor_is_shown_below_a_short_list(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path), (80, 24)) as pilot:
        await press(pilot, "6", "down")
        await wait_for(pilot, says(pilot, "Müller Druck GmbH · Berlin"))
        await press(pilot, "enter")
        assert not pilot.app.screen.query_one("#clients").display
        await press(pilot, "escape")
        await wait_for(pilot, says(pilot, "Petra Novák"))


async def test_large_screen_shows_below_short_lists_who_is_due_and_what_was_closed(tmp_path: Path) -> None:
    async with running(clients_typical(tmp_path), (200, 50)) as pilot:
        await press(pilot, "6")
        await wait_for(pilot, says(pilot, "Due for contact"))
        assert "45 days ago" in shown(pilot)
        await press(pilot, "tab")
        await wait_for(pilot, says(pilot, "Hans Müller, price"))
        await press(pilot, "tab")
        await wait_for(pilot, says(pilot, "samples by post"))
