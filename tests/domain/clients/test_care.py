"""After the sale: lead times before a contract ends, second touches, renewing terms, complaints, and contact rhythm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.clients import care, complaints
from planner.domain.clients.care import OURS, THEIRS, Care, contract_steps, follow_up, next_end, second_touch
from planner.domain.clients.complaints import Complaint, State, check_step, count_repeated
from planner.domain.clients.contact_cadence import Zone, read_rhythms, rhythm_of, touch_of
from planner.domain.clients.promises import KeptRate, Promise, kept_rate
from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.workdays import nearest_worked

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def is_weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def weekdays_except(*off: date) -> Callable[[date], bool]:
    """Monday to Friday, except some days."""
    return lambda day: is_weekday(day) and day not in off


def steps(
    end: date, today: date, is_working_day: Callable[[date], bool] = is_weekday, days: tuple[int, int] = (90, 30)
) -> list[tuple[str, date]]:
    """The steps before the end of a contract, as pairs."""
    found = contract_steps(end, today, is_working_day, days=days, cares=OURS, titles=("sign", "call"))
    assert all(step.about == end.isoformat() for step in found)
    return [(step.care.value, step.day) for step in found]


@pytest.mark.parametrize(
    ("end", "sign", "call"),
    [
        # 1 January 2027 is a Friday, and a working day without a holiday calendar
        (date(2027, 1, 31), date(2026, 11, 2), date(2027, 1, 1)),
        # thirty days before 31 March 2028 is 1 March, ninety is Saturday 1 January
        (date(2028, 3, 31), date(2027, 12, 31), date(2028, 3, 1)),
        (date(2027, 3, 31), date(2026, 12, 31), date(2027, 3, 1)),
        # thirty days before 28 February 2028 is Saturday 29 January: the Friday before
        (date(2028, 2, 28), date(2027, 11, 30), date(2028, 1, 28)),
        # thirty days before Tuesday 29 February 2028 is Sunday 30 January: two days earlier
        (date(2028, 2, 29), date(2027, 12, 1), date(2028, 1, 28)),
    ],
)
def test_first_sign_is_90_and_renewal_call_30_days_before_the_end(end: date, sign: date, call: date) -> None:
    assert steps(end, date(2026, 11, 1)) == [("first-sign", sign), ("renewal", call)]


def test_contract_steps_avoid_holidays() -> None:
    is_working_day = weekdays_except(date(2027, 1, 1))
    assert steps(date(2027, 1, 31), date(2026, 11, 16), is_working_day) == [("renewal", date(2026, 12, 31))]


def test_past_first_sign_is_skipped_and_late_renewal_call_is_due_today() -> None:
    assert steps(date(2026, 12, 31), date(2026, 11, 16)) == [("renewal", date(2026, 12, 1))]
    assert steps(date(2026, 11, 30), date(2026, 11, 16)) == [("renewal", date(2026, 11, 16))]
    assert steps(date(2026, 11, 16), date(2026, 11, 16)) == [("renewal", date(2026, 11, 16))]
    assert steps(date(2026, 11, 15), date(2026, 11, 16)) == []


def test_equal_lead_times_give_one_call() -> None:
    assert steps(date(2027, 6, 30), date(2026, 11, 16), days=(30, 30)) == [("renewal", date(2027, 5, 31))]


def test_end_of_a_competitors_contract_is_an_opportunity() -> None:
    found = contract_steps(
        date(2027, 6, 30), date(2026, 11, 16), is_weekday, days=(90, 30), cares=THEIRS, titles=("a", "b")
    )
    assert [step.care for step in found] == [Care.CHANCE_SIGN, Care.CHANCE]


@given(DAYS, st.integers(0, 400), st.integers(1, 200), st.integers(1, 200))
def test_contract_steps_fall_between_today_and_the_end_in_order(end: date, ahead: int, one: int, other: int) -> None:
    today = end - timedelta(days=ahead)
    found = steps(end, today, days=(max(one, other), min(one, other)))
    assert found
    assert all(today <= day <= end for _, day in found)
    assert [day for _, day in found] == sorted({day for _, day in found})
    # only a late call falls on a day off
    assert all(is_weekday(day) or day == today for _, day in found)


@given(DAYS, st.booleans())
def test_nearest_working_day(day: date, back: bool) -> None:
    found = nearest_worked(day, is_weekday, back=back)
    assert is_weekday(found)
    assert 0 <= ((day - found) if back else (found - day)).days <= 2
    assert nearest_worked(day, lambda _: False, back=back) == day


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 16), date(2026, 11, 19)),  # Monday: Thursday
        (date(2026, 11, 19), date(2026, 11, 20)),  # Thursday: three days on is a Sunday, so Friday
        (date(2026, 11, 20), date(2026, 11, 23)),  # Friday: Monday
        (date(2026, 11, 21), date(2026, 11, 24)),  # Saturday: Tuesday
    ],
)
def test_second_touch_comes_within_three_days(today: date, day: date) -> None:
    assert second_touch(today, is_weekday) == day


@given(DAYS)
def test_second_touch_is_never_today(today: date) -> None:
    found = second_touch(today, is_weekday)
    assert today < found <= today + timedelta(days=4)
    off = weekdays_except(*(today + timedelta(days=n) for n in range(12)))
    assert second_touch(today, off) > today + timedelta(days=11)


def test_follow_up_falls_on_a_working_day() -> None:
    assert follow_up(date(2026, 11, 6), date(2026, 11, 6), 7, is_weekday) == date(2026, 11, 13)
    assert follow_up(date(2026, 11, 8), date(2026, 11, 8), 6, is_weekday) == date(2026, 11, 16)  # a Saturday
    assert follow_up(date(2026, 9, 1), date(2026, 11, 16), 7, is_weekday) == date(2026, 11, 16)  # booked late


@pytest.mark.parametrize(
    ("end", "months", "after", "found"),
    [
        (date(2027, 1, 31), 1, date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28), date(2027, 3, 31)),
        (date(2028, 1, 31), 1, date(2028, 2, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2028, 2, 29), date(2029, 2, 28)),
        (date(2028, 2, 29), 12, date(2031, 3, 1), date(2032, 2, 29)),
        (date(2027, 1, 31), 12, date(2026, 1, 1), date(2027, 1, 31)),
    ],
)
def test_terms_renew_at_the_end_of_the_month(end: date, months: int, after: date, found: date) -> None:
    assert next_end(end, months, after) == found


@given(DAYS, st.integers(1, 36), st.integers(0, 5_000))
def test_next_end_is_the_first_after_the_given_day(end: date, months: int, later: int) -> None:
    after = end + timedelta(days=later)
    found = next_end(end, months, after)
    assert found > after
    assert (found - after).days <= 31 * months + 1


def test_term_is_at_least_a_month() -> None:
    with pytest.raises(InputError, match="at least 1 month"):
        next_end(date(2027, 1, 31), 0, date(2027, 2, 1))


def test_promise_is_not_overdue_early_when_clocks_change() -> None:
    # in Europe the clocks went back in the night after Saturday 24 October 2026
    promise = Promise(1, "call", Due(date(2026, 10, 24), time(23, 30)))
    assert not promise.overdue(datetime(2026, 10, 24, 23, 30, 59))
    assert promise.overdue(datetime(2026, 10, 24, 23, 31))
    assert promise.overdue(datetime(2026, 10, 25, 2, 30, fold=1))


# Complaints


def complaint(number: int, kind: str = "delivery", day: date = date(2026, 11, 10), **more: object) -> Complaint:
    return Complaint(number, kind, "late", Due(day, time(10)), Due(day + timedelta(days=1)), **more)  # type: ignore[arg-type]


def test_complaint_is_overdue_until_done() -> None:
    late = datetime(2026, 11, 12)
    for state in (State.HEARD, State.APOLOGISED, State.AGREED):
        assert complaint(1, state=state).overdue(late)
        assert not complaint(1, state=state).overdue(datetime(2026, 11, 11, 23, 59, 59))
    for state in (State.DONE, State.CHECKED):
        assert not complaint(1, state=state).overdue(late)


def test_complaint_never_goes_back_a_state() -> None:
    found = complaint(1, state=State.AGREED)
    for state in (State.HEARD, State.APOLOGISED, State.AGREED):
        with pytest.raises(InputError, match="already at “agreed”"):
            check_step(found, state)
    check_step(found, State.DONE)
    check_step(found, State.CHECKED)


def test_next_step_of_a_complaint_in_each_state() -> None:
    said = [complaint(1, state=state, contact="Kim", agreed="a new driver").what_next() for state in State]
    assert said == [
        "Answer Kim's complaint: delivery",
        "Answer Kim's complaint: delivery",
        "Do what you agreed with Kim: a new driver",
        "Call Kim: is the delivery complaint resolved?",
        "",
    ]


def test_complaint_kind_repeated_three_times_in_ninety_days_is_flagged() -> None:
    today = date(2026, 11, 16)
    rows = [complaint(n, "Delivery" if n else "delivery", today - timedelta(days=45 * n)) for n in range(3)]
    assert count_repeated(rows, today) == {"delivery": 3}
    assert count_repeated(rows, today + timedelta(days=1)) == {}
    assert count_repeated([*rows[:2], complaint(9, "price", today)], today) == {}


def test_invalid_complaints_are_refused() -> None:
    for wrong, said in (
        ({"text": " "}, "what the customer said"),
        ({"kind": ""}, "needs a kind"),
        ({"text": "x" * 2_001}, "2,000"),
    ):
        with pytest.raises(InputError, match=said):
            Complaint(**({"id": 1, "kind": "price", "text": "x", "received": Due(date(2026, 1, 1)),
                          "due": Due(date(2026, 1, 1))} | wrong))  # type: ignore[arg-type]  # fmt: skip
    with pytest.raises(InputError, match=r"received, apologized, agreed, done, followed up"):
        complaints.read_state("solved")


# Kept promises


def test_kept_rate_counts_settled_promises() -> None:
    due = Due(date(2026, 11, 16), time(10))
    made = [
        Promise(1, "a", due, kept=True, settled=datetime(2026, 11, 16, 9)),
        Promise(2, "b", due, kept=True, settled=datetime(2026, 11, 16, 11)),
        Promise(3, "c", due, kept=False, settled=datetime(2026, 11, 16, 11)),
        Promise(4, "d", due),
    ]
    assert kept_rate(made) == KeptRate(1, 1, 1)
    assert kept_rate(made[3:]) is None
    rate = kept_rate(made[:2])
    assert rate is not None
    assert rate.rate == 0.5
    assert rate.words() == "1 of 2 kept on time, 1 late"


# Contact rhythm


def test_contact_turns_yellow_at_its_rhythm_and_red_at_one_and_a_half() -> None:
    today, first = date(2026, 11, 16), date(2026, 1, 1)
    zones = [touch_of(30, today - timedelta(days=days), first, today) for days in (29, 30, 44, 45)]
    assert [touch and touch.zone for touch in zones] == [Zone.GREEN, Zone.YELLOW, Zone.YELLOW, Zone.RED]
    assert touch_of(None, today, first, today) is None


def test_rhythm_of_a_new_contact_starts_when_it_was_added() -> None:
    today = date(2026, 11, 16)
    new, old = (touch_of(30, None, today - timedelta(days=days), today) for days in (3, 50))
    assert new is not None
    assert old is not None
    assert (new.zone, new.days(today), new.due) == (Zone.GREEN, None, date(2026, 12, 13))
    assert old.zone is Zone.RED


def test_own_rhythm_wins_over_the_shortest_of_tier_and_tags() -> None:
    rhythms = read_rhythms(["A=14", "fair = 30", "VIP=7"])
    assert rhythms == {"a": 14, "fair": 30, "vip": 7}
    assert rhythm_of(90, "A", ["vip"], rhythms) == 90
    assert rhythm_of(None, "A", ["Fair", "vip"], rhythms) == 7
    assert rhythm_of(None, "", ["Fair"], rhythms) == 30
    assert rhythm_of(None, "B", ["other"], rhythms) is None
    for wrong in ("A", "A=", "=3", "A=0", "A=9999", "A=x"):
        with pytest.raises(InputError):
            read_rhythms([wrong])


def test_only_renewals_and_opportunities_get_a_second_touch() -> None:
    assert set(care.CALLS) == {Care.RENEWAL, Care.CHANCE}
