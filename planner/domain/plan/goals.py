"""The values of the goal tree: wishes built on results, results on daily actions (S1, S2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from planner.domain import formats
from planner.domain.errors import InputError, StateError
from planner.domain.money import to_hundredths
from planner.domain.plan.goal_tree import yearly_figures
from planner.domain.workdays import DAY, Period, month_of, week_of


class Horizon(StrEnum):
    """The five horizons, longest first."""

    FIVE_YEARS = "5y"
    THREE_YEARS = "3y"
    YEAR = "1y"
    MONTH = "month"
    WEEK = "week"

    @property
    def years(self) -> int:
        """Whole years, 0 for a month or a week."""
        return {"5y": 5, "3y": 3, "1y": 1}.get(self.value, 0)

    @property
    def kind(self) -> str:
        """What a goal of it is called: ``5-year``, ``monthly``."""
        return {"month": "monthly", "week": "weekly"}.get(self.value, f"{self.years}-year")

    @property
    def level(self) -> int:
        """Position among the horizons, 0 for the longest."""
        return list(Horizon).index(self)


class Metric(StrEnum):
    """The metrics that a numeric goal can count. `count` is the rep's own tally plus the tasks done under the goal."""

    REVENUE = "revenue"
    DEALS = "deals"
    PROPOSALS = "proposals"
    MEETINGS = "meetings"
    MEETINGS_BOOKED = "meetings-booked"
    CONVERSATIONS = "conversations"
    DIALS = "dials"
    COUNT = "count"

    @property
    def words(self) -> str:
        """What is counted, as displayed."""
        special = {"dials": "calls", "meetings": "meetings held", "meetings-booked": "meetings booked"}
        return special.get(self.value, self.value)

    @property
    def typed(self) -> str:
        """The metric as typed: its words, hyphenated."""
        return self.words.replace(" ", "-")

    @property
    def counted(self) -> str | None:
        """The column of the day's counts behind the metric, None for the rep's own tally."""
        special = {"meetings": "meetings_held", "meetings-booked": "meetings_booked", "count": None}
        return special.get(self.value, self.value)


class GoalState(StrEnum):
    """A goal is open until it is reached or deliberately dropped."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


def parse_horizon(text: str) -> Horizon:
    """Parse a horizon: ``5y``, ``year``, ``month``. Raises InputError."""
    written = text.strip().lower()
    words = {"year": "1y", "5": "5y", "3": "3y", "1": "1y", "5 years": "5y", "3 years": "3y", "1 year": "1y"}
    try:
        return Horizon(words.get(written, written))
    except ValueError as error:
        raise InputError(f"{text!r} is not a horizon. Choose from {', '.join(Horizon)}.") from error


def parse_metric(text: str) -> Metric:
    """Parse a metric: ``calls``, ``meetings booked``, or its stored name. Raises InputError."""
    written = text.strip().lower().replace(" ", "-").replace("_", "-")
    for metric in Metric:
        if written in (metric.value, metric.typed):
            return metric
    raise InputError(f"{text!r} is not a metric. Choose from {', '.join(each.typed for each in Metric)}.")


@dataclass(frozen=True, slots=True)
class Goal:
    """One node of the goal tree. `period` runs from the day its figures count to the day it is due.

    `target` is the amount to reach within the period. With `start_figure` (3y and 5y) it is the figure of the last
    *year*, reached by even growth from the figure of the year before. `starts` is the first day that counts if it isn't
    the period's first. `whole` keeps the full target then, unless the rep has it prorated.
    """

    id: int
    title: str
    horizon: Horizon
    period: Period
    parent_id: int | None = None
    metric: Metric | None = None
    target: Decimal | None = None
    start_figure: Decimal | None = None
    starts: date | None = None
    whole: bool = False
    why: str = ""
    for_whom: str = ""
    picture: str = ""
    state: GoalState = GoalState.OPEN
    tally: Decimal = Decimal(0)
    position: int = 0

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("Enter a title for the goal.")
        if self.parent_id is not None and self.parent_id == self.id:
            raise StateError("A goal can't be its own parent.")
        if self.metric is None and self.target is not None:
            raise InputError("A target needs a metric. Choose what to count with --metric.")
        if self.target is not None:
            to_hundredths(self.target)
            if self.target <= 0:
                raise InputError("A goal's target must be more than 0.")
            if self.metric not in (None, Metric.REVENUE, Metric.COUNT) and self.target != int(self.target):
                raise InputError(f"A target for {self.metric.words} must be a whole number, not {self.target}.")
        if self.start_figure is not None:
            if self.horizon.years < 3:
                raise InputError("Only 3-year and 5-year goals can have a start figure.")
            if self.target is None:
                raise InputError("A start figure needs a target: the figure for the last year.")
            if self.start_figure < 0:
                raise InputError("The start figure can't be negative.")
            to_hundredths(self.start_figure)
        if self.starts is not None and self.starts not in self.period:
            raise InputError(
                f"The goal is due on {formats.dated_text(self.period.last)}, before it starts on "
                f"{formats.dated_text(self.starts)}. Change one of the dates."
            )

    @property
    def is_wish(self) -> bool:
        """Whether it is something to want, rather than a month's or a week's number of calls or meetings to make."""
        activity = self.metric not in (None, Metric.REVENUE, Metric.COUNT) and not self.horizon.years
        return not activity or bool(self.why or self.for_whom or self.picture)

    @property
    def prorated(self) -> bool:
        """Whether the target is prorated by working days because it started late."""
        return self.starts is not None and not self.whole and self.start_figure is None

    @property
    def counting(self) -> Period:
        """The dates whose work counts, from `starts` if set."""
        return Period(self.starts or self.period.first, self.period.last)

    def stretch(self, today: date) -> tuple[Period, Decimal] | None:
        """Return the period and target that apply today: the goal's own, or the current year of a growth path.

        None for a goal without a figure.
        """
        if self.target is None:
            return None
        if self.start_figure is None:
            return self.counting, self.target
        years = self.horizon.years
        figures = yearly_figures(self.start_figure, self.target, years)
        first = self.period.first
        for step, figure in enumerate(figures):
            year = Period(_years_on(first, step), _years_on(first, step + 1) - DAY)
            if today <= year.last or step == years - 1:
                return year, figure
        raise AssertionError("a growth path has at least one year")


def counts_from(period: Period, today: date) -> date | None:
    """Return the first day that counts for a goal made today: today, so that it isn't behind from the start. None if
    its period is entirely in the future or the past.
    """
    return today if period.first < today <= period.last else None


def _years_on(day: date, years: int) -> date:
    """Return the same date some years later (earlier if below 0), 28 February if that year has no 29th."""
    from dateutil.relativedelta import relativedelta  # 3 ms, and a list of goals doesn't need it

    return day + relativedelta(years=years)


def period_of(horizon: Horizon, today: date, due: date | None = None) -> Period:
    """Return the period of a horizon: calendar years from this one, the month or the week, or one ending on `due`."""
    if horizon is Horizon.WEEK:
        week = week_of(due or today)
        return Period(week.first, due or week.last)
    if horizon is Horizon.MONTH:
        month = month_of(due or today)
        return Period(month.first, due or month.last)
    years = horizon.years
    if due is None:
        return Period(date(today.year, 1, 1), date(today.year + years - 1, 12, 31))
    return Period(_years_on(due, -years) + DAY, due)


def check_parent(goal_id: int | None, horizon: Horizon, parent: Goal, parents: Mapping[int, int | None]) -> None:
    """Raise StateError if a parent is a descendant of the goal, or has a shorter horizon.

    `parents` maps every goal's id to its parent's.
    """
    seen: int | None = parent.id
    while seen is not None:
        if seen == goal_id:
            raise StateError(
                f"Goal {parent.id} ({parent.title}) is under goal {goal_id} itself. Choose another parent."
            )
        seen = parents.get(seen)
    if parent.horizon.level > horizon.level:
        raise StateError(
            f"A {horizon.kind} goal can't go under goal {parent.id}, which is only a {parent.horizon.kind} goal. "
            "Choose a parent with the same or a longer horizon."
        )


def check_children(goal_id: int, horizon: Horizon, children: Iterable[Goal]) -> None:
    """Raise StateError if the horizon is shorter than that of a goal below this one."""
    for child in children:
        if child.parent_id == goal_id and child.horizon.level < horizon.level:
            raise StateError(
                f"Goal {child.id} ({child.title}) is a {child.horizon.kind} goal under this one. Move it first."
            )


def chain_up(goal: Goal, goals: Mapping[int, Goal]) -> list[Goal]:
    """Return the goals from this one up to the wish at the top."""
    chain = [goal]
    while chain[-1].parent_id is not None and chain[-1].parent_id in goals:
        parent = goals[chain[-1].parent_id]
        if parent in chain:
            break
        chain.append(parent)
    return chain
