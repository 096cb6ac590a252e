"""The month's two figures: the official quota, and the rep's own plan above it (S3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from planner.domain.errors import InputError
from planner.domain.money import format_amount, parse_amount, to_hundredths
from planner.domain.workdays import Period, month_of

DEFAULT_MULTIPLE = Decimal(2)
MOST_CALLS = 5_000


class BelowDouble(InputError):
    """A personal plan between 1 × and 2 × the quota: allowed, but only knowingly."""


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """Quota and personal plan of one month, in the database's currency.

    `starts` is the first day that counts when the plan was taken up mid-month; `whole` keeps the full figures then
    (else they are taken in proportion to the working days). `calls_per_day` is how many calls a full day holds.
    """

    month: Period
    quota: Decimal
    personal_plan: Decimal
    average_deal: Decimal | None = None
    expected_other: Decimal = Decimal(0)
    starts: date | None = None
    whole: bool = False
    calls_per_day: int | None = None

    def __post_init__(self) -> None:
        if month_of(self.month.first) != self.month:
            raise InputError("A plan is for one calendar month.")
        for name, value in (("quota", self.quota), ("expected", self.expected_other)):
            to_hundredths(value)
            if value < 0:
                raise InputError(f"The {name} can't be negative.")
        to_hundredths(self.personal_plan)
        if self.personal_plan <= self.quota:
            raise InputError(
                f"A personal plan of {format_amount(self.personal_plan)} is not above the quota of "
                f"{format_amount(self.quota)}; your own plan is the summit, at least twice the quota is the default."
            )
        if self.average_deal is not None:
            to_hundredths(self.average_deal)
            if self.average_deal <= 0:
                raise InputError("The average deal must be more than 0.")
        if self.calls_per_day is not None and not 1 <= self.calls_per_day <= MOST_CALLS:
            raise InputError(f"Calls a day can be from 1 to {MOST_CALLS:,}, not {self.calls_per_day:,}.")
        if self.starts is not None and self.starts not in self.month:
            raise InputError(f"{self.starts} is not in {month_text(self.month)}, so the plan can't start there.")

    @property
    def below_double(self) -> bool:
        """True when the plan is under twice the quota, which must be confirmed."""
        return self.personal_plan < self.quota * DEFAULT_MULTIPLE

    @property
    def multiple(self) -> Decimal | None:
        """The plan as a multiple of the quota; None for a quota of 0."""
        return self.personal_plan / self.quota if self.quota else None


def month_text(month: Period) -> str:
    """``2026-11``."""
    return month.first.isoformat()[:7]


def personal_from(text: str, quota: Decimal) -> Decimal:
    """Read a personal plan: an amount, or a multiple of the quota such as ``2x`` or ``2.5x``."""
    written = text.strip().lower().replace("×", "x")
    if not written.endswith("x"):
        return parse_amount(text, what="personal plan")
    try:
        multiple = Decimal(written[:-1].strip())
        if not multiple.is_finite() or not 0 <= multiple <= 1000:
            raise InvalidOperation
    except InvalidOperation as error:
        raise InputError(f"{text!r} is not a multiple of the quota; write it like 2x or 2.5x.") from error
    if not quota:
        raise InputError("With a quota of 0 a multiple says nothing: give the personal plan as an amount.")
    return (quota * multiple).quantize(Decimal("0.01"))


def confirm_double(plan: MonthPlan, below_double: bool, how: str = "--below-double") -> None:
    """Hold a plan under 2 × the quota back until the rep says so knowingly. Raises BelowDouble."""
    if plan.below_double and not below_double:
        raise BelowDouble(
            f"A personal plan of {format_amount(plan.personal_plan)} is less than twice the quota "
            f"({format_amount(plan.quota * 2)}). If you mean it, say so with {how}."
        )
