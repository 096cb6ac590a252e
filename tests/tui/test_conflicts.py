"""Changes by another program while a form is open are never overwritten unseen: the conflict is shown with both
texts, and saving again applies the rep's."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.widgets import Input, TextArea

from planner import platform
from planner.config import writing
from planner.domain.day.blocks import Block
from planner.domain.day.day import CloseWords
from planner.domain.plan.goals import Horizon
from planner.domain.review.learning import Kind as LearningKind
from planner.domain.review.self_review import STEPS, Kind
from planner.domain.workdays import parse_month
from planner.services.calls import calling_list, custom_lists
from planner.services.clients import complaints, deals, people
from planner.services.context import AppContext
from planner.services.day import blocks, day, week
from planner.services.plan import goals, plan
from planner.services.review import learning, self_review
from planner.tui.clients.modals.clients import AnswerModal
from planner.tui.day import changes
from planner.tui.day.modals.block import BlockModal
from planner.tui.plan.modals.goal import GoalModal
from planner.tui.plan.modals.plan import PlanModal
from planner.tui.shared import asking
from tests.scenes import WEEK, move_clock, review_typical, typical
from tests.tui.helpers import PATIENCE, held_back, noted, press, running, says, shown, today_screen, wait_for
from tests.tui.review.test_review import choose, opened, page

MONTH = parse_month("2026-11")


def figures(ctx: AppContext) -> tuple[int, int]:
    found = plan.show(ctx, MONTH).plan
    assert found is not None
    return int(found.quota), int(found.personal_plan)


def field(pilot: object, name: str) -> Input:
    return pilot.app.screen.query_one(f"#field-{name}", Input)  # type: ignore[attr-defined, no-any-return]


async def test_conflict_in_a_goal(ctx: AppContext) -> None:
    goals.add(ctx, "The flat", Horizon.FIVE_YEARS, why="room")
    async with running(ctx) as pilot:
        await press(pilot, "4", "enter")
        field(pilot, "why").value = "from the form"
        goals.edit(ctx, 1, {"why": "from elsewhere", "for_whom": "Anna"})
        await press(pilot, "enter")
        await wait_for(pilot, noted(pilot, "changed to 'from elsewhere' in the meantime"))
        assert isinstance(pilot.app.screen, GoalModal)
        assert field(pilot, "why").value == "from the form"
        assert field(pilot, "for_whom").value == "Anna"  # untouched fields show the current value
        assert goals.show(ctx, 1).goal.why == "from elsewhere"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Saved: The flat"))
    found = goals.show(ctx, 1).goal
    assert (found.why, found.for_whom) == ("from the form", "Anna")


async def test_conflict_in_a_months_plan(ctx: AppContext) -> None:
    plan.set_plan(ctx, MONTH, Decimal(700_000), "2x")
    async with running(ctx) as pilot:
        await press(pilot, "g")
        await wait_for(pilot, lambda: isinstance(pilot.app.screen, PlanModal))
        field(pilot, "personal").value = "1,500,000"
        plan.set_plan(ctx, MONTH, Decimal(800_000), "2x")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "1,600,000"))
        assert field(pilot, "personal").value == "1,500,000"
        assert field(pilot, "quota").value == "800,000"
        assert figures(ctx) == (800_000, 1_600_000)
        field(pilot, "quota").value = "700,000"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "plan 1,500,000, quota 700,000"))
    assert figures(ctx) == (700_000, 1_500_000)


async def test_conflict_and_refusal_in_a_word_list(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        asking.edit_words(today_screen(pilot), "affirmations")
        await wait_for(pilot, says(pilot, "Save F2"))
        area = pilot.app.screen.query_one("#text-area", TextArea)
        area.text = "from the form"
        custom_lists.put(ctx, "affirmations", ["from elsewhere"])
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "changed elsewhere"))
        area = pilot.app.screen.query_one("#text-area", TextArea)
        assert area.text == "from the form"
        area.text = "x" * 2_000
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "A line can have up to"))
        area = pilot.app.screen.query_one("#text-area", TextArea)
        assert area.text == "x" * 2_000
        area.text = "from the form"
        await press(pilot, "f2")
        await wait_for(pilot, says(pilot, "Saved: "))
    assert custom_lists.get(ctx, "affirmations").lines == ("from the form",)


MONDAY = date(2026, 11, 16)


async def test_conflict_in_a_block_of_a_day(tmp_path: Path) -> None:
    ctx = typical(tmp_path)

    def rest() -> str:
        return str(blocks.find(blocks.read(ctx, MONDAY).blocks, "rest").block)

    async with running(ctx) as pilot:
        await press(pilot, "t", "down", "e")
        field(pilot, "start").value = "12:30"
        blocks.move(ctx, MONDAY, blocks.find(blocks.read(ctx, MONDAY).blocks, "rest"), 12 * 60 + 15, 13 * 60 + 15)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "changed to 'Break 12:15–13:15' in the meantime"))
        assert (field(pilot, "start").value, rest()) == ("12:30", "Break 12:15–13:15")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Break 12:30–13:00"))
    assert rest() == "Break 12:30–13:00"


async def test_conflict_in_a_block_of_the_week(ctx: AppContext) -> None:
    first = week.find(ctx, None).days[0][0]
    shorter = Block(first.start, time(8, 15), first.kind)
    async with running(ctx) as pilot:
        await press(pilot, "W", "home", *["up"] * 12, "e")
        field(pilot, "end").value = "08:20"
        week.put_block(ctx, week.find(ctx, None), [0], first, shorter)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "in the meantime"))
        assert field(pilot, "end").value == "08:20"
        assert week.find(ctx, None).days[0][0] == shorter
        await press(pilot, "enter")
        await wait_for(pilot, lambda: week.find(ctx, None).days[0][0].end == time(8, 20))


async def test_conflict_in_a_complaint_agreement(ctx: AppContext) -> None:
    people.add(ctx, "Kim", {})
    made = complaints.add(ctx, "came late", contact="1", kind="delivery")
    async with running(ctx) as pilot:
        await press(pilot, "6", "shift+tab", "e")
        field(pilot, "agreed").value = "two new pallets"
        complaints.answer(ctx, made.id, agreed="the money back")
        await press(pilot, "enter")
        await wait_for(pilot, noted(pilot, "agreement was changed to 'the money back' in the meantime"))
        assert field(pilot, "agreed").value == "two new pallets"
        assert complaints.list_complaints(ctx).rows[0].agreed == "the money back"
        await press(pilot, "enter")
        await wait_for(pilot, lambda: complaints.list_complaints(ctx).rows[0].agreed == "two new pallets")


async def test_conflict_in_a_won_deal(ctx: AppContext) -> None:
    made = deals.add(ctx, "Paper", value=Decimal(1_000))
    async with running(ctx) as pilot:
        await press(pilot, "6", "tab", "w")
        field(pilot, "contract_end").value = "31 Jan 2028"
        deals.edit(ctx, made.id, {"value": Decimal(2_000)})
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "value was changed to"))
        assert field(pilot, "contract_end").value == "31 Jan 2028"
        assert field(pilot, "value").value == "2,000"  # untouched fields show the current value
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Won: Paper"))
    found, _ = deals.show(ctx, made.id)
    assert (found.booked, found.contract_end) == (Decimal(2_000), date(2028, 1, 31))


async def test_conflict_in_the_evening_answers(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    move_clock(ctx, datetime(2026, 11, 16, 20, 30))
    calling_list.paste(ctx, date(2026, 11, 17), "Kim, 02-555-1234")

    def said() -> CloseWords:
        return day.log(ctx, MONDAY).record.words

    async with running(ctx) as pilot:
        await press(pilot, "b", "s")
        field(pilot, "went_well").value = "calls went well"
        day.save_notes(ctx, MONDAY, CloseWords(went_well="I closed one", will_try="call earlier"))
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "changed to 'I closed one' in the meantime"))
        assert field(pilot, "went_well").value == "calls went well"
        assert field(pilot, "will_try").value == "call earlier"
        assert said().went_well == "I closed one"
        await press(pilot, "enter")
        await wait_for(pilot, lambda: said() == CloseWords(went_well="calls went well", will_try="call earlier"))
        # an untouched line never overwrites
        await press(pilot, "enter")
        day.save_notes(ctx, MONDAY, replace(said(), what_else="from elsewhere"))
        await press(pilot, "enter")
        await wait_for(pilot, lambda: day.log(ctx, MONDAY).record.closed)
    assert said().what_else == "from elsewhere"


async def test_answers_are_kept_when_the_day_was_closed_elsewhere(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    move_clock(ctx, datetime(2026, 11, 16, 20, 30))
    async with running(ctx) as pilot:
        await press(pilot, "b", "w")
        field(pilot, "went_well").value = "calls went well"
        day.close_day(ctx, without_list=True)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "You already ended today at 20:30"))
        assert "calls went well" in shown(pilot)
    assert day.log(ctx, MONDAY).record.words.went_well == "calls went well"


async def test_conflict_in_a_setting(ctx: AppContext) -> None:
    async with running(ctx) as pilot:
        await press(pilot, "comma", "f")
        pilot.app.screen.query_one(Input).value = "mail.minutes"
        await press(pilot, "enter", "enter")
        pilot.app.screen.query_one(Input).value = "25"
        writing.store_value(ctx.settings_path, "mail.minutes", 20)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "mail.minutes was changed to '20' in the meantime"))
        assert pilot.app.screen.query_one(Input).value == "25"
        assert ctx.reread_config()["mail.minutes"] == 20
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Saved: mail.minutes = 25"))
    assert ctx.reread_config()["mail.minutes"] == 25


async def test_conflict_in_review_lines(tmp_path: Path) -> None:
    ctx = review_typical(tmp_path)

    def lines(kind: Kind) -> tuple[str, ...]:
        return tuple(f"{line.text}|{line.cause}" for line in self_review.week_review(ctx, WEEK).lines_of(kind))

    wrong = self_review.read(ctx, WEEK).review.lines_of(Kind.WRONG)[0]
    async with running(ctx) as pilot:
        await opened(pilot)
        await choose(pilot, wrong.text)
        await press(pilot, "e")
        field(pilot, "text").value = "said by the form"
        self_review.save_line(ctx, WEEK, Kind.WRONG, wrong.text, cause="elsewhere", correction=wrong.correction,
                       line_id=wrong.id)  # fmt: skip
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "line was changed to"))
        assert field(pilot, "text").value == "said by the form"
        assert field(pilot, "cause").value == "elsewhere"
        await press(pilot, "enter")
        await wait_for(pilot, lambda: lines(Kind.WRONG)[0] == "said by the form|elsewhere")
        well = self_review.read(ctx, WEEK).review.lines_of(Kind.WELL)[0]
        await choose(pilot, well.text)
        await press(pilot, "e")
        pilot.app.screen.query_one(Input).value = "well by the form"
        self_review.save_line(ctx, WEEK, Kind.WELL, "well elsewhere", line_id=well.id)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "line was changed to 'well elsewhere' in the meantime"))
        assert pilot.app.screen.query_one(Input).value == "well by the form"
        await press(pilot, "enter")
        await wait_for(pilot, lambda: lines(Kind.WELL)[0] == "well by the form|")


async def test_conflict_in_the_wish_line(tmp_path: Path) -> None:
    ctx = review_typical(tmp_path)
    self_review.go_to(ctx, WEEK, len(STEPS) - 1)
    async with running(ctx) as pilot:
        await opened(pilot)
        await press(pilot, "enter")
        pilot.app.screen.query_one(Input).value = "by the form"
        self_review.save_line(ctx, WEEK, Kind.WISH, "from elsewhere")
        await press(pilot, "enter")
        await wait_for(pilot, noted(pilot, "changed to 'from elsewhere' in the meantime"))
        assert pilot.app.screen.query_one(Input).value == "by the form"
        assert self_review.week_review(ctx, WEEK).wish == "from elsewhere"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "✓ Finished"))
    assert self_review.week_review(ctx, WEEK).wish == "by the form"


async def test_conflict_in_learning(tmp_path: Path) -> None:
    ctx = review_typical(tmp_path)
    row = learning.add(ctx, "Another book", LearningKind.BOOK, author="A")
    async with running(ctx) as pilot:
        await opened(pilot)
        await page(pilot, "Learning")
        await choose(pilot, "Another book")
        await press(pilot, "e")
        field(pilot, "author").value = "by the form"
        learning.edit(ctx, row.id, author="by another", taken="much")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "author was changed to"))
        assert field(pilot, "author").value == "by the form"
        assert field(pilot, "taken").value == "much"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "edited book: Another book"))
    found = next(each for each in learning.read(ctx).rows if each.id == row.id)
    assert (found.author, found.taken) == ("by the form", "much")


async def test_conflict_keeps_a_finished_book_finished(tmp_path: Path) -> None:
    ctx = review_typical(tmp_path)
    row = learning.add(ctx, "Another book", LearningKind.BOOK)
    async with running(ctx) as pilot:
        await opened(pilot)
        await page(pilot, "Learning")
        await choose(pilot, "Another book")
        await press(pilot, "x")
        field(pilot, "taken").value = "by the form"
        learning.edit(ctx, row.id, taken="elsewhere")
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "takeaways were changed"))
        assert field(pilot, "done_on").value == "today"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "finished book: Another book"))
        # an untouched date isn't written back by the form
        await press(pilot, "e")
        field(pilot, "author").value = "A"
        learning.edit(ctx, row.id, done_on=None)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "edited book: Another book"))
    found = next(each for each in learning.read(ctx).rows if each.id == row.id)
    assert (found.author, found.done_on) == ("A", None)


async def test_refused_form_reopens_over_the_current_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = typical(tmp_path)
    held, place = Event(), changes.place_block

    def slow(*args: Any, **more: Any) -> str:
        held.wait(PATIENCE)
        return place(*args, **more)

    monkeypatch.setattr(changes, "place_block", slow)
    async with running(ctx) as pilot:
        await press(pilot, "t", "down", "e")
        field(pilot, "start").value = "22:00"
        field(pilot, "end").value = "23:00"
        with held_back():
            await pilot.press("enter", "right", "1")
            await wait_for(pilot, lambda: pilot.app.screen is pilot.app.screen_stack[0])
            held.set()
        await wait_for(pilot, says(pilot, "protected"))
        assert isinstance(pilot.app.screen, BlockModal)
        assert field(pilot, "start").value == "22:00"
        field(pilot, "start").value = "12:30"
        field(pilot, "end").value = "13:00"
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "Break 12:30–13:00"))
    assert str(blocks.find(blocks.read(ctx, MONDAY).blocks, "rest").block) == "Break 12:30–13:00"
    assert str(blocks.find(blocks.read(ctx, date(2026, 11, 17)).blocks, "rest").block) == "Break 12:00–13:00"


async def test_form_reopens_while_the_database_is_locked(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "BUSY_SECONDS", 0.05)
    people.add(ctx, "Kim", {})
    made = complaints.add(ctx, "came late", contact="1", kind="delivery")
    async with running(ctx) as pilot:
        await press(pilot, "6", "shift+tab", "e")
        field(pilot, "agreed").value = "two new pallets"
        with closing(ctx.database.raw()) as other:
            other.execute("BEGIN EXCLUSIVE")
            await press(pilot, "enter")
            await wait_for(pilot, noted(pilot, "Nothing was changed. Try again"))
            assert isinstance(pilot.app.screen, AnswerModal)
            assert field(pilot, "agreed").value == "two new pallets"
            other.execute("ROLLBACK")
        await press(pilot, "enter")
        await wait_for(pilot, lambda: complaints.list_complaints(ctx).rows[0].agreed == "two new pallets")
    assert made.agreed == ""


async def test_every_conflicting_field_is_named(ctx: AppContext) -> None:
    people.add(ctx, "Kim", {})
    async with running(ctx) as pilot:
        await press(pilot, "6", "e")
        field(pilot, "role").value = "chief"
        field(pilot, "city").value = "Daegu"
        people.edit(ctx, "1", {"role": "boss", "city": "Busan"})
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "to 'boss'"))
        assert "'Busan'" in shown(pilot)
        await press(pilot, "enter")
        await wait_for(pilot, lambda: people.show(ctx, "1").contact.city == "Daegu")


async def test_conflict_with_a_deal_won_meanwhile(ctx: AppContext) -> None:
    made = deals.add(ctx, "Paper", value=Decimal(1_000))
    async with running(ctx) as pilot:
        await press(pilot, "6", "tab", "e")
        field(pilot, "value").value = "4,444"
        deals.won(ctx, made.id)
        await press(pilot, "enter")
        await wait_for(pilot, says(pilot, "stage was changed to 'won' in the meantime"))
        assert field(pilot, "value").value == "4,444"
    assert deals.show(ctx, made.id)[0].value == Decimal(1_000)
