"""Quarters and (fiscal) years, how their quotas are split into months, and revenue from before a plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.day_counts import DayCounts
from planner.domain.errors import InputError
from planner.domain.plan.pace import course
from planner.domain.plan.plan import MonthPlan, revenue_of, revenue_within
from planner.domain.plan.quotas import Figures, PeriodPlan, Quotas, parse_quarter, parse_year, quarter_of, year_of
from planner.domain.workdays import Period, WorkCalendar, month_of, parse_month

NOVEMBER = parse_month("2026-11")
EVEN = {date(2026, month, 1): Fraction(20) for month in range(1, 13)}


@pytest.mark.parametrize(
    ("text", "starts", "name", "months"),
    [
        ("2026-Q4", 1, "2026-Q4", "Oct–Dec 2026"),
        ("q4 2026", 1, "2026-Q4", "Oct–Dec 2026"),
        ("Q1-2026", 4, "2026-Q1", "Apr–Jun 2026"),
        ("2026 Q4", 4, "2026-Q4", "Jan–Mar 2027"),
        ("FY2026-Q2", 10, "2026-Q2", "Jan–Mar 2027"),
        ("2026-Q1", 12, "2026-Q1", "Dec 2026–Feb 2027"),
    ],
)
def test_quarter_names_and_months(text: str, starts: int, name: str, months: str) -> None:
    found = parse_quarter(text, starts)
    assert (found.name, found.span_text()) == (name, months)


@pytest.mark.parametrize("text", ["2026-Q5", "2026-Q0", "Q4", "2026", "26-Q4", "2026-Q4x", "1960-Q1", ""])
def test_invalid_quarter_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="Enter it like 2026-Q4"):
        parse_quarter(text)


def test_fiscal_year_is_named_after_the_year_it_starts_in() -> None:
    assert parse_year("FY 2026", 4).span_text() == "Apr 2026–Mar 2027"
    assert year_of(date(2027, 3, 31), 4).name == "2026"
    assert year_of(date(2027, 4, 1), 4).name == "2027"
    with pytest.raises(InputError, match="Enter it like 2026"):
        parse_year("26")


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 12))
def test_quarters_and_years_contain_their_days(day: date, starts: int) -> None:
    quarter, year = quarter_of(day, starts), year_of(day, starts)
    assert day in quarter.period
    assert day in year.period
    assert quarter.name.startswith(year.name)
    assert parse_quarter(quarter.name, starts) == quarter
    assert len(year.months) == 12
    assert len(quarter.months) == 3
    assert quarter.period.first.day == 1


def quotas(months: dict[str, tuple[int, int]], **longer: tuple[int, int | None]) -> Quotas:
    named = {name.replace("_", "-").removeprefix("of-"): figures for name, figures in longer.items()}
    return Quotas(
        {parse_month(name).first: Figures(Decimal(quota), Decimal(own)) for name, (quota, own) in months.items()},
        {
            name: PeriodPlan(name, Decimal(quota), None if own is None else Decimal(own))
            for name, (quota, own) in named.items()
        },
        Decimal(2),
    )


def share(found: Quotas, month: str) -> tuple[int, int, str] | None:
    figures = found.figures_of(parse_month(month), EVEN)
    return None if figures is None else (round(figures.quota), round(figures.personal_plan), figures.source)


def test_quarter_is_split_over_its_unplanned_months() -> None:
    found = quotas({"2026-11": (700, 1400)}, of_2026_Q4=(3000, None))
    assert share(found, "2026-10") == share(found, "2026-12") == (1150, 2300, "Q4 2026")
    assert share(found, "2026-11") == (700, 1400, "")
    assert share(found, "2026-09") is None


def test_year_is_split_after_its_quarters_and_months() -> None:
    found = quotas({"2026-02": (500, 1000)}, of_2026=(9500, 20_000), of_2026_Q4=(3000, None))
    assert share(found, "2026-12") == (1000, 2000, "Q4 2026")
    assert share(found, "2026-05") == (750, 1625, "2026"), "(9,500 - 3,000 - 500) over the other eight months"


def test_overplanned_quarter_leaves_nothing_to_share() -> None:
    found = quotas({"2026-10": (2000, 4000), "2026-11": (2000, 4000)}, of_2026_Q4=(3000, None))
    assert share(found, "2026-12") == (0, 0, "Q4 2026")


@given(st.integers(0, 10**8), st.lists(st.integers(0, 23), min_size=3, max_size=3))
def test_shares_add_up_to_the_quarter(quota: int, days: list[int]) -> None:
    found = quotas({}, of_2026_Q4=(quota, quota * 2 + 1))
    weights = {date(2026, 10 + at, 1): Fraction(each) for at, each in enumerate(days)}
    shares = [found.figures_of(month_of(first), weights) for first in weights]
    assert sum(each.quota for each in shares if each) == quota
    assert sum(each.personal_plan for each in shares if each) == quota * 2 + 1


def begun(starts: date, won: int) -> MonthPlan:
    return MonthPlan(NOVEMBER, Decimal(700), Decimal(1400), starts=starts, whole=True, brought_in=Decimal(won))


def booked(*days: tuple[int, int]) -> DayCounts:
    return DayCounts(("revenue",), [(date(2026, 11, day).isoformat(), amount * 100) for day, amount in days])


def test_earlier_revenue_counts_once() -> None:
    plan, counts = begun(date(2026, 11, 16), 200), booked((5, 50), (16, 30), (20, 40))
    assert revenue_of(counts, NOVEMBER, plan) == 270, "what is logged before is part of the 200"
    assert revenue_of(counts, NOVEMBER, plan, date(2026, 11, 16)) == 230
    assert revenue_of(counts, NOVEMBER, None) == 120
    assert revenue_within(counts, [plan], NOVEMBER) == 270
    assert revenue_within(counts, [plan], Period(date(2026, 1, 1), date(2026, 12, 31))) == 270
    assert revenue_within(counts, [plan], Period(date(2026, 11, 9), date(2026, 11, 20))) == 70, "no day of it says it"
    assert revenue_within(counts, [plan], Period(date(2026, 11, 2), date(2026, 11, 30))) == 120
    assert revenue_within(counts, [plan], None) == 0


def test_pace_line_starts_at_earlier_revenue() -> None:
    calendar, counting = WorkCalendar(), Period(date(2026, 11, 16), NOVEMBER.last)
    on_the_day = course(Fraction(1400), Fraction(200), calendar, counting, date(2026, 11, 16), start=Fraction(200))
    assert on_the_day.pace.line == 200
    assert on_the_day.pace.delta == 0
    assert on_the_day.pace.verdict == "on line"
    assert on_the_day.pace.required == Fraction(1200, 11)
    later = course(Fraction(1400), Fraction(200), calendar, counting, date(2026, 11, 20), start=Fraction(200))
    assert later.pace.line == 200 + 4 * Fraction(1200, 11)
    assert later.pace.run_rate == 0, "what came before isn't of these days"
    more = course(Fraction(1400), Fraction(2000), calendar, counting, date(2026, 11, 20), start=Fraction(2000))
    assert more.pace.verdict == "met"
    assert more.pace.line == 1400


@pytest.mark.parametrize(
    ("starts", "whole", "said"),
    [
        (None, True, "after the 1st"),
        (NOVEMBER.first, True, "after the 1st"),
        (date(2026, 11, 16), False, "can't be prorated"),
    ],
)
def test_earlier_revenue_needs_a_start_date_and_full_figures(starts: date | None, whole: bool, said: str) -> None:
    with pytest.raises(InputError, match=said):
        MonthPlan(NOVEMBER, Decimal(7), Decimal(14), starts=starts, whole=whole, brought_in=Decimal(1))
