"""How tasks are ranked, and the reasons given."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from planner.domain.day.ranking import ordered, suggest
from planner.domain.day.tasks import Due, Priority, Task
from planner.domain.typed.recurrence import parse_repeat
from planner.domain.typed.rule_dates import latest_due, next_date
from planner.domain.workdays import WorkCalendar

TODAY = date(2026, 11, 16)
WEEK = WorkCalendar()


def task(number: int, **more: object) -> Task:
    """A task by its number."""
    return Task(number, f"task {number}", **{"since": TODAY, **more})  # type: ignore[arg-type]


def test_ranking_reasons() -> None:
    found = suggest(
        task(1, due=Due(TODAY - timedelta(days=2)), priority=Priority.A, since=TODAY - timedelta(days=5), placed=True),
        TODAY,
        goal="the flat",
        value=Decimal(350_000),
        usual=Decimal(350_000),
    )
    assert found.reasons == ("placed by you", "A: must", "2 days overdue", "350,000 open", "serves the flat")
    waiting = suggest(task(2, since=TODAY - timedelta(days=1)), TODAY)
    assert waiting.reasons == ("1 day old",)


def test_priority_outweighs_everything_else() -> None:
    much = suggest(
        task(1, priority=Priority.B, due=Due(TODAY - timedelta(days=90)), since=TODAY - timedelta(days=200)),
        TODAY, goal="x", value=Decimal(10**9), usual=Decimal(1),
    )  # fmt: skip
    assert suggest(task(2, priority=Priority.A), TODAY).points > much.points


@given(
    st.integers(-5, 30), st.integers(0, 60), st.booleans(),
    st.one_of(st.none(), st.integers(1, 10**9).map(Decimal)),
)  # fmt: skip
def test_due_date_value_goal_and_age_only_raise_the_rank(
    late: int, age: int, goal: bool, value: Decimal | None
) -> None:
    plain = suggest(task(1), TODAY).points
    found = suggest(
        task(1, due=Due(TODAY - timedelta(days=late)), since=TODAY - timedelta(days=age)),
        TODAY, goal="x" if goal else "", value=value,
    )  # fmt: skip
    assert found.points >= plain


def test_manually_placed_tasks_keep_their_place() -> None:
    tasks = [
        task(1, priority=Priority.C),
        task(2, priority=Priority.C, placed=True),
        task(3, priority=Priority.A),
        task(4, priority=Priority.B),
    ]
    points = {each.id: suggest(each, TODAY) for each in tasks}
    assert ordered(tasks, points) == [3, 2, 4, 1]


@given(st.lists(st.tuples(st.sampled_from([*Priority, None]), st.booleans(), st.integers(-3, 3)), max_size=12))
def test_order_holds_every_task_once_and_keeps_placed_ones(
    rows: list[tuple[Priority | None, bool, int]],
) -> None:
    tasks = [
        task(n, priority=letter, placed=placed, due=Due(TODAY + timedelta(days=days), time(9)))
        for n, (letter, placed, days) in enumerate(rows)
    ]
    order = ordered(tasks, {each.id: suggest(each, TODAY) for each in tasks})
    assert sorted(order) == [each.id for each in tasks]
    assert all(order[n] == each.id for n, each in enumerate(tasks) if each.placed)


def test_missed_occurrences_fold_into_one_with_a_count() -> None:
    weekdays = parse_repeat("every weekday").rule
    assert latest_due(weekdays, date(2026, 11, 2), date(2026, 11, 2), TODAY, WEEK) == (TODAY, 10)
    assert latest_due("FREQ=MONTHLY", date(2026, 1, 31), date(2026, 1, 31), date(2026, 4, 1), WEEK) == (
        date(2026, 3, 31),
        2,
    )
    assert latest_due(weekdays, TODAY, TODAY, TODAY, WEEK) == (TODAY, 0)


def test_monthly_recurrence_returns_to_the_31st() -> None:
    dates = [date(2027, 1, 31)]
    for _ in range(3):
        found = next_date("FREQ=MONTHLY", dates[0], dates[-1], WEEK)
        assert found is not None
        dates.append(found)
    assert dates[1:] == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


def test_recurrence_from_completion() -> None:
    assert parse_repeat("2 weeks after done").from_done
    assert parse_repeat("every! 3 days").from_done
    assert not parse_repeat("every 3 days").from_done
    assert str(parse_repeat("every! 3 days")) == "every 3 days after it's done"
