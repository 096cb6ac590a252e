"""The worked examples of the arithmetic, and properties."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import StateError
from planner.domain.plan.pace import Course, course, pace, prorated, safe_days, spread
from planner.domain.typed.rule_dates import latest_due, next_date
from planner.domain.typed.rule_words import parse_every
from planner.domain.workdays import CalendarException, Period, WorkCalendar, nearest_worked, worked_ahead, working_days

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
CALENDAR = WorkCalendar(
    exceptions={
        date(2026, 11, 26): CalendarException(Fraction(0)),
        date(2026, 11, 27): CalendarException(Fraction(1, 2)),
    }
)
MORNING = date(2026, 11, 16)
LEFT = CALENDAR.weights(NOVEMBER.from_day(MORNING))


def at(done: int, **options: object) -> Course:
    return course(Fraction(1950), Fraction(done), CALENDAR, NOVEMBER, MORNING, **options)  # type: ignore[arg-type]


def test_example_p_days() -> None:
    assert CALENDAR.total(NOVEMBER) == Fraction(39, 2)
    days = working_days(CALENDAR, NOVEMBER, MORNING)
    assert (days.total, days.elapsed, days.left) == (Fraction(39, 2), Fraction(10), Fraction(19, 2))
    closed = working_days(CALENDAR, NOVEMBER, MORNING, closed=True)
    assert (closed.elapsed, closed.left) == (Fraction(11), Fraction(17, 2))


def test_example_p_behind() -> None:
    held = at(850)
    assert held.pace.line == 1000
    assert held.pace.delta == -150
    assert held.pace.delta_days == Fraction(-3, 2)
    assert held.pace.required is not None
    assert round(float(held.pace.required), 3) == 115.789
    assert held.target_of(MORNING) == 116
    assert held.pace.verdict == "behind"


def test_example_p_ahead() -> None:
    held = at(1250)
    assert held.pace.required is not None
    assert round(float(held.pace.required), 3) == 73.684
    assert held.target_of(MORNING) == 74
    safe = safe_days(Fraction(1950), Fraction(1250), CALENDAR, NOVEMBER, MORNING)
    assert (safe.days, safe.due, safe.by) == (2, 50, date(2026, 11, 18))


def test_example_p_met() -> None:
    held = at(1950)
    assert held.pace.required == 0
    assert held.pace.verdict == "met"
    assert held.target_of(MORNING) == 0


def test_example_p_started_on_the_16th() -> None:
    started = Period(MORNING, NOVEMBER.last)
    target = prorated(Fraction(1950), CALENDAR, NOVEMBER, started)
    assert target == 950
    assert course(target, Fraction(0), CALENDAR, started, MORNING).target_of(MORNING) == 100


@pytest.mark.parametrize(
    ("done", "cap", "window", "whole", "shortfall"),
    [
        (850, Fraction(13, 10), 5, [130] * 5 + [100] * 3 + [50, 100], 0),
        (850, Fraction(12, 10), 5, [120] * 7 + [110, 50, 100], 0),
        (850, None, None, [116, 116, 116, 116, 115, 116, 116, 116, 58, 115], 0),
        (500, Fraction(13, 10), None, [130] * 8 + [65, 130], 215),
        (500, Fraction(13, 10), 5, [130] * 8 + [65, 130], 215),
    ],
)
def test_example_c(done: int, cap: Fraction | None, window: int | None, whole: list[int], shortfall: int) -> None:
    held = spread(Fraction(1950), Fraction(done), Fraction(100), LEFT, cap=cap, window=window)
    assert list(held.whole) == whole
    assert sum(held.whole) + held.shortfall == 1950 - done
    assert held.shortfall == shortfall


def test_example_c_today_is_capped() -> None:
    assert at(500).target_of(MORNING) == 130


def test_ahead_option_keeps_the_base_rate() -> None:
    assert at(1250, ahead="base").target_of(MORNING) == 100
    assert at(1950, ahead="base").target_of(MORNING) == 100  # the optional minimum once the target is met


def test_no_run_rate_before_the_first_day() -> None:
    held = course(Fraction(1950), Fraction(0), CALENDAR, NOVEMBER, NOVEMBER.first)
    assert held.pace.run_rate is None
    assert held.pace.required == 100


def test_missed_target_after_the_last_day_is_finite() -> None:
    held = course(Fraction(1950), Fraction(1900), CALENDAR, NOVEMBER, NOVEMBER.last, closed=True)
    assert held.pace.required is None
    assert held.pace.verdict == "missed"
    assert held.pace.short_by == 50
    assert held.spread.shortfall == 50


def test_day_off_has_no_target() -> None:
    assert (
        course(Fraction(1950), Fraction(0), CALENDAR, NOVEMBER, date(2026, 11, 26)).target_of(date(2026, 11, 26))
        is None
    )


def test_calendar_without_working_days_is_an_error() -> None:
    nothing = WorkCalendar(week=(Fraction(0),) * 7)
    with pytest.raises(StateError, match="no working day"):
        course(Fraction(10), Fraction(0), nothing, NOVEMBER, MORNING)
    assert course(Fraction(0), Fraction(0), nothing, NOVEMBER, MORNING).pace.verdict == "met"


weights = st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 10)])
weeks = st.lists(weights, min_size=7, max_size=7).map(tuple)
counts = st.integers(0, 5000)


@given(weeks, counts, counts, st.integers(0, 40), st.integers(1, 40), st.integers(10, 30))
def test_spread_adds_up_within_the_cap(
    week: tuple[Fraction, ...], target: int, done: int, day: int, window: int, cap: int
) -> None:
    calendar = WorkCalendar(week=week)
    today = NOVEMBER.first + timedelta(days=min(day, 29))
    total = calendar.total(NOVEMBER)
    if not total:
        return
    base = Fraction(target) / total
    left = calendar.weights(NOVEMBER.from_day(today))
    held = spread(Fraction(target), Fraction(done), base, left, cap=Fraction(cap, 10), window=window)
    remaining = max(0, target - done)
    assert sum(held.exact) + held.shortfall == remaining
    assert math.ceil(sum(held.exact)) == sum(held.whole)
    assert held.shortfall >= 0
    limits = {when: base * weight * max(Fraction(cap, 10), Fraction(0)) for when, weight in left}
    behind = remaining > base * sum((weight for _, weight in left), Fraction(0))
    for when, amount in zip(held.days, held.exact, strict=True):
        assert amount >= 0
        if behind:
            assert amount <= limits[when]


@given(counts, st.integers(0, 4999))
def test_more_done_means_less_required(target: int, done: int) -> None:
    days = working_days(CALENDAR, NOVEMBER, MORNING)
    less, more = pace(Fraction(target), Fraction(done), days), pace(Fraction(target), Fraction(done + 1), days)
    assert less.required is not None
    assert more.required is not None
    assert less.required >= more.required
    assert less.delta < more.delta


@given(counts, counts)
def test_pace_line_reaches_the_target_on_the_last_evening(target: int, done: int) -> None:
    days = working_days(CALENDAR, NOVEMBER, NOVEMBER.last, closed=True)
    assert pace(Fraction(target), Fraction(done), days).line == target


@given(counts, counts)
def test_safe_days_are_safe(target: int, done: int) -> None:
    safe = safe_days(Fraction(target), Fraction(done), CALENDAR, NOVEMBER, MORNING)
    total = CALENDAR.total(NOVEMBER)
    if safe.by is None:
        assert done >= target
    else:
        line = Fraction(target) * CALENDAR.total(NOVEMBER.up_to(safe.by)) / total
        assert done < line <= done + safe.due


# Working days

CHRISTMAS = WorkCalendar(
    holidays={date(2026, 12, 25): "Christmas Day", date(2027, 1, 1): "New Year's Day"},
    exceptions={date(2026, 12, day): CalendarException(Fraction(0)) for day in (28, 29, 30, 31)}
    | {date(2026, 12, 24): CalendarException(Fraction(1, 2))},
    made_up={date(2026, 12, 19)},
)


def dates(rule: str, calendar: WorkCalendar, start: date, count: int) -> list[str]:
    """The first dates of a rule from a day on, as ``12-24``."""
    found: list[date] = []
    while len(found) < count:
        following = next_date(rule, start, found[-1] if found else start - timedelta(days=1), calendar)
        assert following is not None
        found.append(following)
    return [f"{day:%m-%d}" for day in found]


@pytest.mark.parametrize(
    ("rule", "start", "expected"),
    [
        ("working day", date(2026, 12, 18), "12-18 12-19 12-21 12-22 12-23 12-24 01-04"),
        ("weekday", date(2026, 12, 24), "12-24 01-04 01-05"),
        ("last working day", date(2026, 11, 2), "11-30 12-24 01-29"),
        ("first working day", date(2026, 12, 2), "01-04 02-01"),
        ("third working day", date(2027, 1, 20), "02-03 03-03"),
        # rules as calendar programs write them, and some that only look alike
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", date(2026, 12, 17), "12-17 12-18 12-19 01-11"),
        ("FREQ=DAILY;BYDAY=FR,TH,WE,TU,MO", date(2026, 12, 23), "12-23 12-24 01-04"),
        ("FREQ=WEEKLY;COUNT=4;BYDAY=MO,TU,WE,TH,FR", date(2026, 12, 22), "12-22 12-23 12-24 01-04"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270104", date(2026, 12, 24), "12-24 01-04"),
        ("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", date(2026, 5, 1), "01-04 01-03"),
        ("FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", date(2026, 12, 1), "12-24 03-31"),
        ("day", date(2026, 12, 24), "12-24 12-25 12-26"),
        ("friday", date(2026, 12, 18), "12-18 12-25 01-01"),
    ],
)
def test_working_day_rules_follow_the_calendar(rule: str, start: date, expected: str) -> None:
    assert dates(parse_every(rule), CHRISTMAS, start, len(expected.split())) == expected.split()


def test_working_day_rules_end_at_count_and_until() -> None:
    counted, until = ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;" + end for end in ("COUNT=4", "UNTIL=20270104"))
    assert next_date(counted, date(2026, 12, 22), date(2027, 1, 4), CHRISTMAS) is None
    assert next_date(until, date(2026, 12, 22), date(2027, 1, 4), CHRISTMAS) is None


def test_calendar_without_working_days_never_loops() -> None:
    nothing = WorkCalendar(week=(Fraction(0),) * 7)
    assert next_date(parse_every("weekday"), MORNING, MORNING, nothing) is None
    assert nearest_worked(MORNING, nothing.is_working_day) == MORNING
    assert worked_ahead(MORNING, nothing.is_working_day, 3) == MORNING + timedelta(days=3)


def test_vacations_and_holidays_are_not_missed() -> None:
    weekday, friday, daily = (parse_every(rule) for rule in ("weekday", "friday", "day"))
    back = date(2027, 1, 5)
    # the 23rd, the 24th and the 4th were missed
    assert latest_due(weekday, date(2026, 12, 23), date(2026, 12, 23), back, CHRISTMAS) == (back, 3)
    # of the Fridays, only the 18th
    assert latest_due(friday, date(2026, 12, 18), date(2026, 12, 18), back, CHRISTMAS) == (date(2027, 1, 1), 1)
    # a daily task counts weekends: 23, 24, 26, 27, 2, 3, 4
    assert latest_due(daily, date(2026, 12, 23), date(2026, 12, 23), back, CHRISTMAS) == (back, 7)
    # an occurrence on a day taken off later wasn't missed either
    assert latest_due(weekday, date(2026, 12, 28), date(2026, 12, 28), date(2027, 1, 4), CHRISTMAS) == (
        date(2027, 1, 4),
        0,
    )


@given(st.dates(date(2026, 1, 1), date(2027, 12, 1)), st.integers(0, 30))
def test_worked_ahead_counts_the_calendars_working_days(day: date, count: int) -> None:
    found = worked_ahead(day, CHRISTMAS.is_working_day, count)
    assert CHRISTMAS.is_working_day(found)
    passed = sum(CHRISTMAS.is_working_day(each) for each in Period(day, found)) - (
        CHRISTMAS.is_working_day(day) if count else 0
    )
    assert passed == max(count, 1)


def test_day_worked_in_exchange_weighs_like_the_working_day_before() -> None:
    week = (Fraction(1),) * 4 + (Fraction(1, 2), Fraction(0), Fraction(0))
    saturday, sunday = date(2026, 8, 8), date(2026, 8, 9)
    calendar = WorkCalendar(week=week, made_up={saturday, sunday})
    assert calendar.weight(saturday) == calendar.weight(sunday) == Fraction(1, 2)
    own = WorkCalendar(exceptions={saturday: CalendarException(Fraction(0))}, made_up={saturday})
    assert own.weight(saturday) == 0
    assert own.taken_off(saturday)
