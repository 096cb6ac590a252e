"""After the sale: the tasks that a win creates, checking them off, and complaints from heard to checked."""

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
from planner.domain.day.day_progress import free_text, slack
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
    """The care tasks on the list: due date and kind."""
    found = [task for task in tasks.list_tasks(ctx, state=state) if task.care]
    return sorted((str(task.due), task.care) for task in found)


def step(ctx: AppContext, name: str) -> Task:
    """The open task of a kind."""
    return next(task for task in tasks.list_tasks(ctx) if task.care == name)


def won(ctx: AppContext, **more: object) -> int:
    """A deal won today."""
    deal = deals.add(ctx, "Paper", contact="1", value=Decimal(5000), stage=Stage.CLOSING, opened=date(2026, 11, 2))
    deals.won(ctx, deal.id, **more)  # type: ignore[arg-type]
    return deal.id


def test_win_schedules_follow_up_and_renewal(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    assert care(kim) == [("2026-11-23", "follow-up"), ("2027-04-01", "first-sign"), ("2027-05-31", "renewal")]
    assert {task.deal_id for task in tasks.list_tasks(kim)} == {deal}
    assert "30 Jun 2027" in step(kim, "renewal").title
    history.undo(kim)
    assert care(kim) == []
    history.redo(kim)
    assert len(care(kim)) == 3


def test_term_starts_at_the_win_and_lead_times_are_settings(kim: AppContext) -> None:
    for key, value in (("care.follow_up", 3), ("care.renewal", 14), ("care.first_sign", 60)):
        store_value(kim.settings_path, key, value)
    kim.reread_config()
    won(kim, term_months=12)
    # until 16 November 2027: sixty days before is a Friday, fourteen a Tuesday
    assert care(kim) == [("2026-11-19", "follow-up"), ("2027-09-17", "first-sign"), ("2027-11-02", "renewal")]


def test_renewal_call_avoids_days_off(kim: AppContext) -> None:
    calendar.set_days(kim, [Period(date(2027, 5, 24), date(2027, 5, 31))], Fraction(0), "vacation")
    won(kim, contract_end=date(2027, 6, 30))
    assert ("2027-05-21", "renewal") in care(kim)


def test_changing_the_contract_end_moves_or_removes_the_renewal(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    deals.edit(kim, deal, {"contract_end": date(2027, 8, 31)})
    assert [when for when, what in care(kim) if what == "renewal"] == ["2027-07-30"]
    assert "31 Aug 2027" in step(kim, "renewal").title
    deals.edit(kim, deal, {"contract_end": None})
    assert care(kim) == [("2026-11-23", "follow-up")]


def test_rescheduled_renewal_keeps_the_reps_date(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    tasks.snooze(kim, step(kim, "renewal").id, Due(date(2027, 6, 2)))
    deals.edit(kim, deal, {"title": "Paper and card"})
    assert ("2027-06-02", "renewal") in care(kim)


def test_reopening_a_deal_cancels_its_follow_ups(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    deals.reopen(kim, deal)
    assert care(kim) == []
    deals.won(kim, deal, contract_end=date(2027, 6, 30))
    assert len(care(kim)) == 3
    deals.drop(kim, deal)
    assert care(kim) == []


def test_contract_cannot_end_before_the_win(kim: AppContext) -> None:
    with pytest.raises(InputError, match="can't end on Sun 1 Nov 2026: the deal was won on Mon 16 Nov 2026"):
        won(kim, contract_end=date(2026, 11, 1))
    assert care(kim) == []


def test_renewal_call_is_followed_by_a_second_touch(kim: AppContext) -> None:
    won(kim, contract_end=date(2026, 12, 16))
    call = step(kim, "renewal")
    assert str(call.due) == "2026-11-16"
    ((_, following),) = tasks.complete(kim, call.id)
    assert following is not None
    assert (str(following.due), following.care) == ("2026-11-19", "second-touch")
    history.undo(kim)
    assert ("2026-11-16", "renewal") in care(kim)
    assert "second-touch" not in [what for _, what in care(kim)]
    ((_, following),) = tasks.complete(kim, call.id)
    assert following is not None
    ((_, nothing),) = tasks.complete(kim, following.id)
    assert nothing is None


def test_renewing_opens_a_deal_until_the_next_end(kim: AppContext) -> None:
    old = won(kim, contract_end=date(2027, 1, 31), term_months=1)
    new = deals.renew(kim, old)
    assert (new.stage, new.contract_end, new.value, new.contact) == (
        Stage.CLOSING, date(2027, 2, 28), Decimal(5000), "Kim",
    )  # fmt: skip
    # the renewal call became this deal and its second touch, the follow-up of the win stays
    assert care(kim) == [("2026-11-19", "second-touch"), ("2026-11-23", "follow-up")]
    with pytest.raises(StateError, match=f"already has a renewal: deal {new.id}"):
        deals.renew(kim, old)
    deals.won(kim, new.id)
    assert "renewal" in [what for _, what in care(kim)]
    third = deals.renew(kim, new.id)
    assert third.contract_end == date(2027, 3, 31)  # the end of a month stays the end of a month
    with pytest.raises(StateError, match="isn't won"):
        deals.renew(kim, third.id)


def test_term_of_an_old_win_ends_in_the_future(kim: AppContext) -> None:
    deal = deals.add(kim, "Paper", contact="Kim", value=Decimal(10), opened=date(2024, 2, 1))
    made, follows = deals.won(kim, deal.id, moment=datetime(2024, 2, 29, 9), term_months=12)
    assert made.contract_end == date(2027, 2, 28)
    assert [task.care for task in follows] == ["follow-up", "first-sign", "renewal"]


def test_finished_renewal_call_schedules_the_next_round(kim: AppContext) -> None:
    won(kim, contract_end=date(2026, 12, 16), term_months=12)
    tasks.complete(kim, step(kim, "renewal").id)
    assert [(when, what) for when, what in care(kim) if what != "follow-up"] == [
        ("2026-11-19", "second-touch"),
        ("2027-09-17", "first-sign"),
        ("2027-11-16", "renewal"),
    ]


def test_task_titles_follow_contact_and_deal_names(kim: AppContext) -> None:
    deal = won(kim, contract_end=date(2027, 6, 30))
    people.edit(kim, "1", {"supplier": "Dongah", "supplier_until": date(2027, 6, 30)})
    complaints.add(kim, "late", contact="Kim", kind="delivery")
    people.edit(kim, "1", {"name": "Kim Minsu", "supplier": "Rival"})
    deals.edit(kim, deal, {"title": "Card"})
    titles = {task.care: task.title for task in tasks.list_tasks(kim) if task.care}
    assert titles["renewal"] == "Renewal call with Kim Minsu: “Card” ends Wed 30 Jun 2027"
    assert titles["chance"] == "Call Kim Minsu: contract with Rival ends Wed 30 Jun 2027"
    assert titles["complaint"] == "Answer Kim Minsu's complaint: delivery"


def test_merge_keeps_the_tasks_of_the_remaining_contract(kim: AppContext) -> None:
    people.add(kim, "Kim Lee", {"supplier": "Rival", "supplier_until": date(2027, 3, 31)})
    people.edit(kim, "1", {"supplier": "Dongah", "supplier_until": date(2027, 6, 30)})
    duplicates.merge(kim, "1", "2")
    assert care(kim) == [("2027-04-01", "chance-sign"), ("2027-05-31", "chance")]
    assert "dropped that of Kim Lee (Rival, until Wed 31 Mar 2027)" in kim.notices[-1]


def test_completing_a_complaint_task_again_changes_nothing(kim: AppContext) -> None:
    complaints.add(kim, "late", contact="Kim", kind="delivery")
    first = step(kim, "complaint").id
    tasks.complete(kim, first)
    tasks.reopen(kim, first)
    tasks.complete(kim, first)
    assert complaints.list_complaints(kim).rows[0].state is State.AGREED
    assert "Do what you agreed" in step(kim, "complaint").title
    complaints.drop(kim, 1)
    tasks.reopen(kim, first)
    tasks.complete(kim, first)
    assert care(kim) == []


def test_dropping_the_task_of_a_complaint_gives_a_notice(kim: AppContext) -> None:
    complaints.add(kim, "late", contact="Kim", kind="delivery")
    tasks.drop(kim, step(kim, "complaint").id)
    assert "Complaint 1 is still open" in kim.notices[-1]


def test_end_of_a_competitors_contract_schedules_opportunity_calls(kim: AppContext) -> None:
    people.edit(kim, "1", {"supplier": "Dongah", "supplier_until": date(2027, 6, 30)})
    assert care(kim) == [("2027-04-01", "chance-sign"), ("2027-05-31", "chance")]
    assert "Dongah" in step(kim, "chance").title
    people.edit(kim, "1", {"city": "Seoul"})
    assert len(care(kim)) == 2
    people.edit(kim, "1", {"supplier_until": date(2027, 1, 31)})
    assert care(kim) == [("2027-01-01", "chance")]
    people.edit(kim, "1", {"supplier_until": None})
    assert care(kim) == []


def test_imported_contract_ends_schedule_calls_and_undo_removes_them(kim: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("Name,Phone,Supplier,Contract ends\nLee,02-111-2222,Dongah,2027-06-30\n")
    imports.run(kim, "contacts", str(path), Wanted())
    assert people.show(kim, "Lee").contact.supplier_until == date(2027, 6, 30)
    assert [what for _, what in care(kim)] == ["chance-sign", "chance"]
    history.undo(kim)
    assert care(kim) == []
    history.redo(kim)
    assert len(care(kim)) == 2


def test_due_renewal_is_called_first_with_its_script(kim: AppContext) -> None:
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


# Complaints


def test_complaint_progresses_with_its_tasks(kim: AppContext) -> None:
    made = complaints.add(kim, "two pallets came wet", contact="Kim", kind="Delivery")
    assert (made.kind, made.state, str(made.due)) == ("delivery", State.HEARD, "2026-11-17")
    assert care(kim) == [("2026-11-17", "complaint")]
    complaints.answer(kim, made.id, agreed="two new pallets", due=Due(date(2026, 11, 19), time(12)))
    assert care(kim) == [("2026-11-19T12:00", "complaint")]
    assert "two new pallets" in step(kim, "complaint").title
    move_clock(kim, datetime(2026, 11, 19, 11))
    tasks.complete(kim, step(kim, "complaint").id)
    assert complaints.list_complaints(kim).rows[0].state is State.DONE
    assert care(kim) == [("2026-11-26", "complaint")]  # the follow-up call
    assert "solved?" in step(kim, "complaint").title
    tasks.complete(kim, step(kim, "complaint").id)
    assert complaints.list_complaints(kim).rows == ()
    assert complaints.list_complaints(kim, checked=True).rows[0].state is State.CHECKED
    assert care(kim) == []
    history.undo(kim)
    assert complaints.list_complaints(kim).rows[0].state is State.DONE
    assert len(care(kim)) == 1


def test_complaint_on_a_friday_is_due_on_monday(kim: AppContext) -> None:
    move_clock(kim, datetime(2026, 11, 20, 16))
    assert str(complaints.add(kim, "late", contact="Kim", kind="delivery").due) == "2026-11-23"


def test_complaint_may_skip_states_but_not_go_back(kim: AppContext) -> None:
    made = complaints.add(kim, "late", contact="Kim", kind="delivery", apologised=True)
    assert made.state is State.APOLOGISED
    complaints.answer(kim, made.id, compensation="a box of paper", escalated="Mr Park")
    found = complaints.list_complaints(kim).rows[0]
    assert (found.state, found.compensation, found.escalated) == (State.APOLOGISED, "a box of paper", "Mr Park")
    complaints.answer(kim, made.id, state=State.DONE)
    with pytest.raises(InputError, match="already at “done”"):
        complaints.answer(kim, made.id, state=State.AGREED)
    complaints.answer(kim, made.id, state=State.CHECKED)
    with pytest.raises(StateError, match="already been followed up"):
        complaints.answer(kim, made.id, agreed="more")


def test_repeated_complaint_kind_is_flagged(kim: AppContext) -> None:
    for _ in range(3):
        complaints.add(kim, "late", contact="Kim", kind="delivery")
    assert complaints.list_complaints(kim).repeated == {"delivery": 3}
    complaints.drop(kim, 3)
    assert complaints.list_complaints(kim).repeated == {}
    assert len(care(kim)) == 2


def test_invalid_complaints_are_refused(kim: AppContext) -> None:
    for words, said in (
        ({"received": datetime(2026, 11, 16, 10)}, "in the future"),
        ({"due": Due(date(2026, 11, 1))}, "in the past"),
        ({"kind": ""}, "needs a kind"),
    ):
        with pytest.raises(InputError, match=said):
            complaints.add(kim, "late", **({"contact": "Kim", "kind": "x"} | words))
    assert complaints.list_complaints(kim, checked=True).rows == ()
    with pytest.raises(StateError, match="no complaint 7"):
        complaints.answer(kim, 7, state=State.DONE)


def test_complaint_of_a_forgotten_contact_keeps_only_its_kind(kim: AppContext) -> None:
    complaints.add(kim, "Kim says it was late", contact="Kim", kind="delivery")
    people.forget(kim, "Kim", consent=True)
    (left,) = complaints.list_complaints(kim, checked=True).rows
    assert (left.kind, left.text, left.contact) == ("delivery", "(forgotten)", None)


def test_slack_offers_a_due_renewal(kim: AppContext) -> None:
    move_clock(kim, datetime(2026, 11, 16, 9))
    won(kim, contract_end=date(2026, 12, 16))
    calls_block = next(each for each in blocks.read(kim, date(2026, 11, 16)).blocks if each.block.kind == "calls")
    blocks.drop(kim, date(2026, 11, 16), calls_block)
    with closing(TodayStore(kim)) as live:
        assert slack(live.read(), kim.now()) == (12 * 60, "renewal", "Kim")
        tasks.complete(kim, step(kim, "renewal").id)
        assert slack(live.read(), kim.now()) == (12 * 60, "", "")  # the second touch is due another day


def test_slack_offers_whose_day_it_is_until_they_were_in_touch(kim: AppContext) -> None:
    move_clock(kim, datetime(2026, 11, 16, 9))
    people.edit(kim, "Kim", {"birthday": "1975-11-16"})
    people.add(kim, "Lee", {"dates": ["16 Nov name day"]})
    people.add(kim, "Later", {"birthday": "--11-23"})  # shown a week ahead, not wished yet
    calls_block = next(each for each in blocks.read(kim, date(2026, 11, 16)).blocks if each.block.kind == "calls")
    blocks.drop(kim, date(2026, 11, 16), calls_block)
    with closing(TodayStore(kim)) as live:
        today = live.read()
        assert [each.contact for each in today.special] == ["Kim", "Lee", "Later"]
        assert slack(today, kim.now()) == (12 * 60, "birthday", "Kim")
        assert free_text(today, kim.now()) == ("Free until 12:00: wish a happy birthday to ", "Kim")
        activity_log.log(kim, "dial", contact="Kim")
        assert free_text(live.read(), kim.now()) == ("Free until 12:00: get in touch with ", "Lee: name day")
        people.edit(kim, "Lee", {"do_not_call": True})
        assert slack(live.read(), kim.now()) == (12 * 60, "", "")


def test_logging_a_dial_does_not_touch_the_search_index(kim: AppContext) -> None:
    activity_log.log(kim, "dial", contact="Kim")
    with closing(kim.database.raw()) as handle:
        kinds = {row[0] for row in handle.execute("SELECT kind FROM search_stale")}
    assert "activity" not in kinds
