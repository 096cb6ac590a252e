"""A month's two figures: the official quota, and the rep's own plan above it (S3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.money import parse_amount, to_hundredths
from planner.domain.workdays import DAY, Period, month_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from planner.domain.day_counts import DayCounts

    class Figures(Protocol):
        """The quota and the personal plan of a month, a quarter or a year."""

        @property
        def quota(self) -> Decimal: ...
        @property
        def personal_plan(self) -> Decimal: ...


DEFAULT_MULTIPLE = Decimal(2)
MOST_CALLS = 5_000


class BelowDouble(InputError):
    """Raised for a personal plan between 1 × and 2 × the quota, which needs explicit consent."""


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """Quota and personal plan of one month, in the database's currency.

    `starts` is the first day that counts if the plan began mid-month. `whole` then keeps the full figures (else they
    are prorated by working days). `calls_per_day` is a full day's capacity for calls. `brought_in` is what was won in
    the month before `starts`: it counts towards both figures, which then aren't prorated.
    """

    month: Period
    quota: Decimal
    personal_plan: Decimal
    average_deal: Decimal | None = None
    expected_other: Decimal = Decimal(0)
    starts: date | None = None
    whole: bool = False
    calls_per_day: int | None = None
    brought_in: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if month_of(self.month.first) != self.month:
            raise InputError("A plan is for one calendar month.")
        amounts = (
            ("quota", self.quota),
            ("expected revenue", self.expected_other),
            ("revenue already won", self.brought_in),
        )
        for name, value in amounts:
            to_hundredths(value)
            if value < 0:
                raise InputError(f"The {name} can't be negative.")
        check_above(self.quota, self.personal_plan)
        if self.average_deal is not None:
            to_hundredths(self.average_deal)
            if self.average_deal <= 0:
                raise InputError("The average deal must be more than 0.")
        if self.calls_per_day is not None and not 1 <= self.calls_per_day <= MOST_CALLS:
            raise InputError(f"Calls a day must be from 1 to {MOST_CALLS:,}, not {self.calls_per_day:,}.")
        if self.starts is not None and self.starts not in self.month:
            raise InputError(
                f"The plan for {formats.month_text(self.month.first)} can't start on "
                f"{formats.dated_text(self.starts)}. Choose a day in that month."
            )
        if self.brought_in:
            if self.starts is None or self.starts == self.month.first:
                raise InputError(
                    "Revenue already won comes before the day the plan starts on. Choose a start date after the 1st."
                )
            if not self.whole:
                raise InputError(
                    "With revenue already won, the figures are for the whole month and can't be prorated as well."
                )

    @property
    def counting(self) -> Period:
        """The dates whose revenue counts, besides what was brought in."""
        return Period(self.starts or self.month.first, self.month.last)

    @property
    def below_double(self) -> bool:
        """Whether the plan is under twice the quota, which must be confirmed."""
        return self.personal_plan < self.quota * DEFAULT_MULTIPLE

    @property
    def multiple(self) -> Decimal | None:
        """The plan as a multiple of the quota, None for a quota of 0."""
        return self.personal_plan / self.quota if self.quota else None


def check_above(quota: Decimal, personal_plan: Decimal) -> None:
    """Raise InputError if a personal plan isn't above its quota."""
    to_hundredths(personal_plan)
    if personal_plan <= quota:
        raise InputError(
            f"A personal plan of {formats.amount(personal_plan)} isn't above your quota of {formats.amount(quota)}. "
            "Aim higher: the default is twice the quota."
        )


def month_text(month: Period) -> str:
    """Format a month as ``2026-11``."""
    return month.first.isoformat()[:7]


def personal_from(text: str, quota: Decimal) -> Decimal:
    """Parse a personal plan: an amount, or a multiple of the quota such as ``2x`` or ``2.5x``."""
    written = text.strip().lower().replace("×", "x")
    if not written.endswith("x"):
        return parse_amount(text, what="personal plan")
    try:
        multiple = Decimal(written[:-1].strip())
        if not multiple.is_finite() or not 0 <= multiple <= 1000:
            raise InvalidOperation
    except InvalidOperation as error:
        raise InputError(f"{text!r} is not a multiple of the quota. Enter it like 2x or 2.5x.") from error
    if not quota:
        raise InputError("With a quota of 0, a multiple doesn't work. Enter the personal plan as an amount.")
    return (quota * multiple).quantize(Decimal("0.01"))


def confirm_double(plan: Figures, below_double: bool, how: str = "Add --below-double to set it anyway.") -> None:
    """Raise BelowDouble for a plan under 2 × the quota unless the rep has confirmed it. `how` says how to confirm."""
    if plan.personal_plan < plan.quota * DEFAULT_MULTIPLE and not below_double:
        raise BelowDouble(
            f"A personal plan of {formats.amount(plan.personal_plan)} is less than twice your quota "
            f"({formats.amount(plan.quota * 2)}). {how}"
        )


def revenue_of(counts: DayCounts, month: Period, plan: MonthPlan | None, last: date | None = None) -> Decimal:
    """Return the revenue of a month up to and including a day (default its end): what was brought in, plus what was
    logged on the days that count. This is what is compared with quota and plan everywhere.
    """
    if plan is None:
        return _sum_logged(counts, month.up_to(last or month.last))
    return plan.brought_in + _sum_logged(counts, plan.counting.up_to(last or month.last))


def revenue_within(counts: DayCounts, plans: Iterable[MonthPlan], period: Period | None) -> Decimal:
    """Return the revenue of any period: what was logged in it, plus what was brought into months whose days before the
    plan's start all lie in it. Revenue logged on those days is part of what was brought in.
    """
    total = _sum_logged(counts, period)
    for plan in plans if period is not None else ():
        if not plan.brought_in or plan.starts is None:
            continue
        before = Period(plan.month.first, plan.starts - DAY)
        if before.first in period and before.last in period:  # type: ignore[operator]
            total += plan.brought_in - _sum_logged(counts, before)
    return total


def _sum_logged(counts: DayCounts, period: Period | None) -> Decimal:
    return Decimal(counts.total("revenue", period)) / 100
