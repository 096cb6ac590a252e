"""Days and weeks in review: ISO weeks, carried targets and the plan's share."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import InputError
from planner.domain.review.review import DayReview, carry_targets, in_proportion, mean_parts, plan_share
from planner.domain.review.spans import Span, parse_span, week_name, week_of
from planner.domain.workdays import WorkCalendar, month_of

WHOLE, HALF, OFF = Fraction(1), Fraction(1, 2), Fraction(0)
MONDAY = date(2026, 11, 16)


def after(days: int) -> date:
    return MONDAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 16), "2026-W47"),
        (date(2027, 1, 1), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_week_name(day: date, name: str) -> None:
    assert week_name(day) == name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-W46", (Span.WEEK, date(2026, 11, 9))),
        ("2026w1", (Span.WEEK, date(2025, 12, 29))),
        (" 2026-10 ", (Span.MONTH, date(2026, 10, 1))),
        ("last week", (Span.WEEK, date(2026, 11, 15))),
        ("Last  Month", (Span.MONTH, date(2026, 10, 31))),
        ("2026-11-03", None),
        ("yesterday", None),
    ],
)
def test_weeks_and_months_by_name(text: str, day: tuple[Span, date] | None) -> None:
    assert parse_span(text, date(2026, 11, 18)) == day


@pytest.mark.parametrize("text", ["2026-W54", "2026-13", "0000-01"])
def test_nonexistent_week_or_month_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="There's no"):
        parse_span(text, MONDAY)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_week_is_seven_days_of_one_name(day: date) -> None:
    week = week_of(day)
    assert day in week
    assert {week_name(each) for each in week} == {week_name(day)}
    assert week.first.weekday() == 0


def test_unopened_day_takes_the_last_days_targets() -> None:
    days = [
        (after(0), WHOLE, None),
        (after(1), WHOLE, {"dials": 100, "proposals": 1}),
        (after(2), HALF, None),
        (after(3), OFF, None),
        (after(4), OFF, {"dials": 10}),  # opened on a day off: it has targets, but they don't carry over
        (after(7), WHOLE, None),
        (after(90), WHOLE, None),
    ]
    found = carry_targets(days)
    assert found[after(0)] == {}
    assert found[after(2)] == {"dials": 50, "proposals": 1}
    assert found[after(3)] == {}
    assert found[after(4)] == {"dials": 10}
    assert found[after(7)] == {"dials": 100, "proposals": 1}
    assert found[after(90)] == {}


def test_half_days_targets_do_not_carry_over_to_whole_days() -> None:
    days = [
        (after(0), WHOLE, {"proposals": 1}),
        (after(1), HALF, {"proposals": 1}),  # half of one, rounded up
        (after(2), WHOLE, None),
    ]
    assert carry_targets(days)[after(2)] == {"proposals": 1}
    assert carry_targets(days[1:])[after(2)] == {"proposals": 2}


def test_prorated_targets_round_half_up() -> None:
    assert in_proportion({"dials": 85, "deals": 1}, HALF) == {"dials": 43, "deals": 1}


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 10**7))
def test_plan_shares_add_up_to_the_month(day: date, plan: int) -> None:
    month, calendar = month_of(day), WorkCalendar()
    weights = dict(calendar.weights(month))
    plans = {month.first: (Fraction(plan), Fraction(plan * 2), month.first)}
    assert plan_share(plans, weights, month) == (Fraction(plan), Fraction(plan * 2))
    later = {month.first: (Fraction(plan), Fraction(plan * 2), month.last)}  # starts on its last day
    expected = plan if weights[month.last] else 0
    assert plan_share(later, weights, month)[0] == expected
    assert plan_share({}, weights, month) == (Fraction(0), Fraction(0))


def test_held_meetings_are_compared_with_the_held_target_if_any() -> None:
    booked = DayReview(MONDAY, WHOLE, {"meetings_booked": 1}, {"meetings_booked": 2})
    assert booked.parts()["meetings"].kept == HALF
    held = DayReview(
        MONDAY, WHOLE, {"meetings_held": 2, "meetings_booked": 0}, {"meetings_held": 2, "meetings_booked": 4}
    )
    assert held.parts()["meetings"].kept == 1


def test_day_off_has_no_score() -> None:
    assert DayReview(MONDAY, OFF, {"dials": 3}, {"dials": 9}, own={"sport": (0, 3)}).worth() is None


def test_mean_parts_weight_days() -> None:
    days = [
        DayReview(MONDAY, WHOLE, {"dials": 10}, {"dials": 10}, closed=True),
        DayReview(after(1), HALF, {"dials": 0}, {"dials": 10}, closed=False),
        DayReview(after(2), OFF, {"dials": 0}, {"dials": 10}),
    ]
    assert mean_parts(days) == {"calls": pytest.approx(2 / 3), "close": pytest.approx(2 / 3)}
    assert mean_parts([]) == {}
