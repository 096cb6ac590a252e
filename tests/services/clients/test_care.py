"""After the sale, as changes: what a win brings, what is ticked off, complaints from heard to checked."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from planner.config.writing import store_value
from planner.domain.clients.complaints import State
from planner.domain.clients.deals import Stage
from planner.domain.day.day_progress import slack
from planner.domain.day.tasks import Due, Task, TaskState
from planner.domain.errors import InputError, StateError
from planner.domain.workdays import Period
from planner.services import history
from planner.services.calls import activity_log, calling_list, playbook
from planner.services.clients import complaints, deals, duplicates, people
from planner.services.context import AppContext
from planner.services.day import blocks, tasks
from planner.services.day.today_store import TodayStore
from planner.services.plan import calendar
from planner.services.transfer import imports
from planner.services.transfer.imports import Wanted
from planner.store.calls import card as cards
from tests.scenes import move_clock


@pytest.fixture
def kim(ctx: AppContext) -> AppContext:
    people.add(ctx, "Kim", {"phones": ["02-555-1234"]})
    return ctx


def care(ctx: AppContext, *, state: TaskState | None = TaskState.OPEN) -> list[tuple[str, str]]:
    """The steps on the list: what and when."""
    found = [task for task in tasks.listed(ctx, state=state) if task.care]
    return sorted((str(task.due), task.care) for task in found)


def step(ctx: AppContext, name: str) -> Task:
    """The open step of a kind."""
    return next(task for task in tasks.listed(ctx) if task.care == name)


def won(ctx: AppContext, **more: object) -> int:
    """A deal that is won today."""
    deal = deals.add(ctx, "Paper", contact="1", value=Decimal(5000), stage=Stage.CLOSING, opened=date(2026, 11, 2))
    deals.won(ctx, deal.id, **more)  # type: ignore[arg-type]
    return deal.id


def test_a_win_brings_a_follow_up_and_the_renewal_of_what_runs_out(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    assert care(kim) == [("2026-11-23", "follow-up"), ("2027-04-01", "first-sign"), ("2027-05-31", "renewal")]
    assert {task.deal_id for task in tasks.listed(kim)} == {deal}
    assert "30 Jun 2027" in step(kim, "renewal").title
    history.undo(kim)
    assert care(kim) == []
    history.redo(kim)
    assert len(care(kim)) == 3


def test_a_term_counts_from_the_win_and_leads_are_settings(kim: AppContext) -> None:
    for key, value in (("care.follow_up", 3), ("care.renewal", 14), ("care.first_sign", 60)):
        store_value(kim.settings_path, key, value)
    kim.reread_config()
    won(kim, term_months=12)
    # until 16 November 2027; sixty days before is a Friday, fourteen a Tuesday
    assert care(kim) == [("2026-11-19", "follow-up"), ("2027-09-17", "first-sign"), ("2027-11-02", "renewal")]


def test_the_rep_s_own_days_off_are_not_called_on(kim: AppContext) -> None:
    calendar.set_days(kim, [Period(date(2027, 5, 24), date(2027, 5, 31))], Fraction(0), "vacation")
    won(kim, contract_end=date(2027, 6, 30))
    assert ("2027-05-21", "renewal") in care(kim)


def test_another_end_moves_the_renewal_and_none_takes_it_away(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    deals.edit(kim, deal, {"contract_end": date(2027, 8, 31)})
    assert [when for when, what in care(kim) if what == "renewal"] == ["2027-07-30"]
    assert "31 Aug 2027" in step(kim, "renewal").title
    deals.edit(kim, deal, {"contract_end": None})
    assert care(kim) == [("2026-11-23", "follow-up")]


def test_a_date_the_rep_gave_a_step_stays_theirs(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    tasks.snooze(kim, step(kim, "renewal").id, Due(date(2027, 6, 2)))
    deals.edit(kim, deal, {"title": "Paper and card"})
    assert ("2027-06-02", "renewal") in care(kim)


def test_what_isn_t_won_after_all_asks_for_nothing(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    deals.reopen(kim, deal)
    assert care(kim) == []
    deals.won(kim, deal, contract_end=date(2027, 6, 30))
    assert len(care(kim)) == 3
    deals.drop(kim, deal)
    assert care(kim) == []


def test_a_contract_ends_after_it_was_won(kim: AppContext) -> None:
    with pytest.raises(InputError, match="a contract ends later"):
        won(kim, contract_end=date(2026, 11, 1))
    assert care(kim) == []


def test_a_renewal_s_call_is_followed_by_a_second_touch_within_three_days(kim: AppContext) -> None:
    won(kim, contract_end=date(2026, 12, 16))
    call = step(kim, "renewal")
    assert str(call.due) == "2026-11-16"
    ((_, following),) = tasks.done(kim, call.id)
    assert following is not None
    assert (str(following.due), following.care) == ("2026-11-19", "second-touch")
    history.undo(kim)
    assert ("2026-11-16", "renewal") in care(kim)
    assert "second-touch" not in [what for _, what in care(kim)]
    ((_, following),) = tasks.done(kim, call.id)
    assert following is not None
    ((_, nothing),) = tasks.done(kim, following.id)
    assert nothing is None


def test_renewing_opens_a_deal_until_the_next_end(kim: AppContext) -> None:
    old = won(kim, contract_end=date(2027, 1, 31), term_months=1)
    new = deals.renew(kim, old)
    assert (new.stage, new.contract_end, new.value, new.contact) == (
        Stage.CLOSING, date(2027, 2, 28), Decimal(5000), "Kim",
    )  # fmt: skip
    # what was called for is this deal now; it has a dated next step, and the follow-up of the win stays
    assert care(kim) == [("2026-11-19", "second-touch"), ("2026-11-23", "follow-up")]
    with pytest.raises(StateError, match=f"renewed already, by deal {new.id}"):
        deals.renew(kim, old)
    deals.won(kim, new.id)
    assert "renewal" in [what for _, what in care(kim)]
    third = deals.renew(kim, new.id)
    assert third.contract_end == date(2027, 3, 31)  # a month's end stays one
    with pytest.raises(StateError, match="not won"):
        deals.renew(kim, third.id)


def test_what_was_won_long_ago_has_come_round_since(kim: AppContext) -> None:
    deal = deals.add(kim, "Paper", contact="Kim", value=Decimal(10), opened=date(2024, 2, 1))
    made, follows = deals.won(kim, deal.id, moment=datetime(2024, 2, 29, 9), term_months=12)
    assert made.contract_end == date(2027, 2, 28)
    assert [task.care for task in follows] == ["follow-up", "first-sign", "renewal"]


def test_a_call_that_is_done_puts_the_next_round_on_the_list(kim: AppContext) -> None:
    won(kim, contract_end=date(2026, 12, 16), term_months=12)
    tasks.done(kim, step(kim, "renewal").id)
    assert [(when, what) for when, what in care(kim) if what != "follow-up"] == [
        ("2026-11-19", "second-touch"),
        ("2027-09-17", "first-sign"),
        ("2027-11-16", "renewal"),
    ]


def test_steps_are_called_after_who_and_what_they_are_now(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    people.edit(kim, "1", {"supplier": "Dongah", "supplier_until": date(2027, 6, 30)})
    complaints.add(kim, "late", contact="Kim", kind="delivery")
    people.edit(kim, "1", {"name": "Kim Minsu", "supplier": "Rival"})
    deals.edit(kim, deal, {"title": "Card"})
    titles = {task.care: task.title for task in tasks.listed(kim) if task.care}
    assert titles["renewal"] == "Renewal call Kim Minsu: Card ends 30 Jun 2027"
    assert titles["chance"] == "Call Kim Minsu: the contract with Rival ends 30 Jun 2027"
    assert titles["complaint"] == "Answer Kim Minsu's complaint: delivery"


def test_a_merge_keeps_the_steps_of_the_contract_that_stays(kim: AppContext) -> None:
    people.add(kim, "Kim Lee", {"supplier": "Rival", "supplier_until": date(2027, 3, 31)})
    people.edit(kim, "1", {"supplier": "Dongah", "supplier_until": date(2027, 6, 30)})
    duplicates.merge(kim, "1", "2")
    assert care(kim) == [("2027-04-01", "chance-sign"), ("2027-05-31", "chance")]
    assert "Kim Lee's supplier (Rival, until 2027-03-31) went" in kim.notices[-1]


def test_a_step_of_a_complaint_that_is_ticked_off_again_moves_nothing(kim: AppContext) -> None:
    complaints.add(kim, "late", contact="Kim", kind="delivery")
    first = step(kim, "complaint").id
    tasks.done(kim, first)
    tasks.reopen(kim, first)
    tasks.done(kim, first)
    assert complaints.listed(kim).rows[0].state is State.AGREED
    assert "Do what was agreed" in step(kim, "complaint").title
    complaints.drop(kim, 1)
    tasks.reopen(kim, first)
    tasks.done(kim, first)
    assert care(kim) == []


def test_a_complaint_whose_step_is_dropped_is_told_of(kim: AppContext) -> None:
    complaints.add(kim, "late", contact="Kim", kind="delivery")
    tasks.drop(kim, step(kim, "complaint").id)
    assert "Complaint 1 stays as it is" in kim.notices[-1]


def test_a_competitor_s_end_is_a_chance_that_follows_its_date(kim: AppContext) -> None:
    people.edit(kim, "1", {"supplier": "Dongah", "supplier_until": date(2027, 6, 30)})
    assert care(kim) == [("2027-04-01", "chance-sign"), ("2027-05-31", "chance")]
    assert "Dongah" in step(kim, "chance").title
    people.edit(kim, "1", {"city": "Seoul"})
    assert len(care(kim)) == 2
    people.edit(kim, "1", {"supplier_until": date(2027, 1, 31)})
    assert care(kim) == [("2027-01-01", "chance")]
    people.edit(kim, "1", {"supplier_until": None})
    assert care(kim) == []


def test_ends_come_in_with_a_file_and_go_with_its_undo(kim: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Phone,Supplier,Contract ends\nLee,02-111-2222,Dongah,2027-06-30\n")
    imports.run(kim, "contacts", str(path), Wanted())
    assert people.show(kim, "Lee").contact.supplier_until == date(2027, 6, 30)
    assert [what for _, what in care(kim)] == ["chance-sign", "chance"]
    history.undo(kim)
    assert care(kim) == []
    history.redo(kim)
    assert len(care(kim)) == 2


def test_what_is_due_is_called_first_with_its_script(kim: AppContext) -> None:
    people.add(kim, "Lee", {"phones": ["02-111-2222"]})
    people.add(kim, "Park", {"phones": ["02-111-3333"]})
    deal = deals.add(kim, "Paper", contact="Park", value=Decimal(1), stage=Stage.CLOSING)
    deals.won(kim, deal.id, contract_end=date(2026, 12, 16))
    built = calling_list.build(kim, date(2026, 11, 16), calling_list.Filters())
    first = built.calling.entries[0]
    assert (first.contact.name, first.reason()) == ("Park", "renewal")
    with closing(TodayStore(kim)) as live, live.reading() as handle:
        assert handle is not None
        card = cards.card(handle, 3)
        assert card is not None
        assert playbook.kind_of(kim, card) == "renewal"


# complaints


def test_a_complaint_goes_from_heard_to_checked_by_its_tasks(kim: AppContext) -> None:
    made = complaints.add(kim, "two pallets came wet", contact="Kim", kind="Delivery")
    assert (made.kind, made.state, str(made.due)) == ("delivery", State.HEARD, "2026-11-17")
    assert care(kim) == [("2026-11-17", "complaint")]
    complaints.answer(kim, made.id, agreed="two new pallets", due=Due(date(2026, 11, 19), time(12)))
    assert care(kim) == [("2026-11-19T12:00", "complaint")]
    assert "two new pallets" in step(kim, "complaint").title
    move_clock(kim, datetime(2026, 11, 19, 11))
    tasks.done(kim, step(kim, "complaint").id)
    assert complaints.listed(kim).rows[0].state is State.DONE
    assert care(kim) == [("2026-11-26", "complaint")]  # the follow-up call
    assert "solved?" in step(kim, "complaint").title
    tasks.done(kim, step(kim, "complaint").id)
    assert complaints.listed(kim).rows == ()
    assert complaints.listed(kim, checked=True).rows[0].state is State.CHECKED
    assert care(kim) == []
    history.undo(kim)
    assert complaints.listed(kim).rows[0].state is State.DONE
    assert len(care(kim)) == 1


def test_a_complaint_heard_on_a_friday_is_answered_on_monday(kim: AppContext) -> None:
    move_clock(kim, datetime(2026, 11, 20, 16))
    assert str(complaints.add(kim, "late", contact="Kim", kind="delivery").due) == "2026-11-23"


def test_a_step_may_be_left_out_but_never_taken_back(kim: AppContext) -> None:
    made = complaints.add(kim, "late", contact="Kim", kind="delivery", apologised=True)
    assert made.state is State.APOLOGISED
    complaints.answer(kim, made.id, compensation="a box of paper", escalated="Mr Park")
    found = complaints.listed(kim).rows[0]
    assert (found.state, found.compensation, found.escalated) == (State.APOLOGISED, "a box of paper", "Mr Park")
    complaints.answer(kim, made.id, state=State.DONE)
    with pytest.raises(InputError, match="done already"):
        complaints.answer(kim, made.id, state=State.AGREED)
    complaints.answer(kim, made.id, state=State.CHECKED)
    with pytest.raises(StateError, match="checked already"):
        complaints.answer(kim, made.id, agreed="more")


def test_a_repeating_kind_is_flagged(kim: AppContext) -> None:
    for _ in range(3):
        complaints.add(kim, "late", contact="Kim", kind="delivery")
    assert complaints.listed(kim).repeated == {"delivery": 3}
    complaints.drop(kim, 3)
    assert complaints.listed(kim).repeated == {}
    assert len(care(kim)) == 2


def test_what_a_complaint_can_t_be(kim: AppContext) -> None:
    for words, said in (
        ({"received": datetime(2026, 11, 16, 10)}, "still to come"),
        ({"due": Due(date(2026, 11, 1))}, "is over already"),
        ({"kind": ""}, "of a kind"),
    ):
        with pytest.raises(InputError, match=said):
            complaints.add(kim, "late", **({"contact": "Kim", "kind": "x"} | words))
    assert complaints.listed(kim, checked=True).rows == ()
    with pytest.raises(StateError, match="no complaint 7"):
        complaints.answer(kim, 7, state=State.DONE)


def test_a_forgotten_person_s_complaint_counts_without_a_word_of_theirs(kim: AppContext) -> None:
    complaints.add(kim, "Kim says it was late", contact="Kim", kind="delivery")
    people.forget(kim, "Kim", consent=True)
    (left,) = complaints.listed(kim, checked=True).rows
    assert (left.kind, left.text, left.contact) == ("delivery", "(forgotten)", None)


def test_a_gap_of_the_day_is_given_to_what_is_due_with_customers(kim: AppContext) -> None:
    move_clock(kim, datetime(2026, 11, 16, 9))
    won(kim, contract_end=date(2026, 12, 16))
    calls_block = next(each for each in blocks.read(kim, date(2026, 11, 16)).blocks if each.block.kind == "calls")
    blocks.drop(kim, date(2026, 11, 16), calls_block)
    with closing(TodayStore(kim)) as live:
        assert slack(live.read(), kim.now()) == (12 * 60, "renewal", "Kim")
        tasks.done(kim, step(kim, "renewal").id)
        assert slack(live.read(), kim.now()) == (12 * 60, "", "")  # the second touch is for another day


def test_logging_a_dial_still_costs_no_search(kim: AppContext) -> None:
    activity_log.log(kim, "dial", contact="Kim")
    with closing(kim.database.raw()) as handle:
        kinds = {row[0] for row in handle.execute("SELECT kind FROM search_stale")}
    assert "activity" not in kinds
