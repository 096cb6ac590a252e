"""Goals: periods, parents, growth over years."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import InputError, StateError
from planner.domain.plan.goal_tree import growth, month_shares, yearly_figures
from planner.domain.plan.goals import Goal, Horizon, Metric, chain_up, check_children, check_parent, period_of
from planner.domain.workdays import Period

TODAY = date(2026, 11, 16)


def goal(number: int, horizon: str = "month", parent: int | None = None, **fields: Any) -> Goal:
    kind = Horizon(horizon)
    return Goal(number, f"goal {number}", kind, period_of(kind, TODAY), parent_id=parent, **fields)


def test_growth_of_the_five_year_example() -> None:
    rate = growth(Decimal(300_000), Decimal(1_200_000))
    assert rate is not None
    assert round(rate, 6) == Decimal("0.319508")
    figures = ["395852.37", "522330.34", "689219.01", "909429.94", "1200000"]
    assert yearly_figures(Decimal(300_000), Decimal(1_200_000)) == [Decimal(figure) for figure in figures]


def test_growth_from_zero_is_linear() -> None:
    assert growth(Decimal(0), Decimal(100)) is None
    assert yearly_figures(Decimal(0), Decimal(100)) == [
        Decimal(20),
        Decimal(40),
        Decimal(60),
        Decimal(80),
        Decimal(100),
    ]


def test_year_is_split_by_weight() -> None:
    assert month_shares(Fraction(1200), [Fraction(20), Fraction(40)]) == [400, 800]
    assert month_shares(Fraction(1200), [Fraction(0), Fraction(0)]) == [0, 0]


@given(st.integers(0, 10**9), st.lists(st.integers(0, 23), min_size=12, max_size=12))
def test_month_shares_add_up_to_the_year(total: int, days: list[int]) -> None:
    shares = month_shares(Fraction(total), [Fraction(day) for day in days])
    assert sum(shares) == (total if any(days) else 0)


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 5))
def test_last_year_of_a_growth_path_is_its_target(start: int, end: int, years: int) -> None:
    figures = yearly_figures(Decimal(start), Decimal(end), years)
    assert len(figures) == years
    assert figures[-1] == end
    assert figures == sorted(figures, reverse=end < start)


@pytest.mark.parametrize(
    ("horizon", "due", "first", "last"),
    [
        ("week", None, date(2026, 11, 16), date(2026, 11, 22)),
        ("month", None, date(2026, 11, 1), date(2026, 11, 30)),
        ("month", date(2026, 12, 10), date(2026, 12, 1), date(2026, 12, 10)),
        ("1y", None, date(2026, 1, 1), date(2026, 12, 31)),
        ("3y", None, date(2026, 1, 1), date(2028, 12, 31)),
        ("5y", None, date(2026, 1, 1), date(2030, 12, 31)),
        ("1y", date(2027, 6, 30), date(2026, 7, 1), date(2027, 6, 30)),
        ("1y", date(2028, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
    ],
)
def test_periods(horizon: str, due: date | None, first: date, last: date) -> None:
    assert period_of(Horizon(horizon), TODAY, due) == Period(first, last)


def test_growth_path_uses_the_figure_of_its_current_year() -> None:
    path = goal(1, "5y", metric=Metric.REVENUE, target=Decimal(1_200_000), start_figure=Decimal(300_000))
    assert path.stretch(TODAY) == (Period(date(2026, 1, 1), date(2026, 12, 31)), Decimal("395852.37"))
    assert path.stretch(date(2030, 3, 1)) == (Period(date(2030, 1, 1), date(2030, 12, 31)), Decimal(1_200_000))


def test_goal_parents_have_no_cycle_and_go_from_long_to_short() -> None:
    wish, year, month = goal(1, "5y"), goal(2, "1y", 1), goal(3, "month", 2)
    parents = {1: None, 2: 1, 3: 2}
    with pytest.raises(StateError, match="is under goal 1 itself"):
        check_parent(1, Horizon.FIVE_YEARS, month, parents)
    with pytest.raises(StateError, match="can't be its own parent"):
        goal(1, "5y", 1)
    with pytest.raises(StateError, match="the same or a longer horizon"):
        check_parent(None, Horizon.FIVE_YEARS, year, parents)
    with pytest.raises(StateError, match="Move it first"):
        check_children(1, Horizon.MONTH, [wish, year, month])
    check_parent(None, Horizon.WEEK, month, parents)


def test_chain_up_to_the_wish() -> None:
    goals = {1: goal(1, "5y"), 2: goal(2, "1y", 1), 3: goal(3, "month", 2)}
    assert [node.id for node in chain_up(goals[3], goals)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"target": Decimal(5)}, "needs a metric"),
        ({"metric": Metric.DIALS, "target": Decimal("2.5")}, "whole number"),
        ({"metric": Metric.DIALS, "target": Decimal(0)}, "more than 0"),
        ({"metric": Metric.REVENUE, "target": Decimal("1.001")}, "two decimals"),
        ({"start_figure": Decimal(1), "metric": Metric.DEALS, "target": Decimal(2)}, "3-year and 5-year goals"),
        ({"starts": date(2027, 1, 1)}, "before it starts"),
    ],
)
def test_invalid_goals_are_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        goal(1, **fields)


@pytest.mark.parametrize(
    ("horizon", "metric", "whom", "wished"),
    [
        (Horizon.FIVE_YEARS, None, "", True),
        (Horizon.YEAR, Metric.DEALS, "", True),
        (Horizon.MONTH, Metric.REVENUE, "", True),
        (Horizon.MONTH, Metric.DIALS, "", False),
        (Horizon.MONTH, Metric.DIALS, "Anna", True),
    ],
)
def test_calls_of_a_month_are_no_wish_unless_for_somebody(
    horizon: Horizon, metric: Metric | None, whom: str, wished: bool
) -> None:
    goal = Goal(1, "something", horizon, period_of(horizon, date(2026, 11, 16)), metric=metric, for_whom=whom)
    assert goal.is_wish is wished
