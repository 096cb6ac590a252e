"""Splits the quotas of quarters and years, including fiscal ones, over their months (S3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from planner.domain import formats
from planner.domain.errors import InputError
from planner.domain.money import from_fraction, to_hundredths
from planner.domain.plan.plan import check_above
from planner.domain.workdays import DAY, Period, month_of

JANUARY = 1
YEARS = range(1970, 2201)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A named quarter or year (``2026-Q4``, ``2026``) with its dates. A fiscal year is named after the calendar year it
    begins in.
    """

    name: str
    period: Period

    @property
    def is_year(self) -> bool:
        """Whether it is a year rather than a quarter."""
        return "Q" not in self.name

    @property
    def months(self) -> list[Period]:
        """Its months, in order."""
        return months_of(self.period)

    @property
    def title(self) -> str:
        """``Q4 2026``, ``2026``."""
        year, _, quarter = self.name.partition("-")
        return f"{quarter} {year}" if quarter else year

    def span_text(self) -> str:
        """Format its months: ``Oct–Dec 2026``, ``Jan–Mar 2027``, ``Apr 2026–Mar 2027``."""
        first, last = self.period.first, self.period.last
        year = f" {first.year}" if first.year != last.year else ""
        return f"{formats.MONTHS[first.month - 1]}{year}–{formats.MONTHS[last.month - 1]} {last.year}"


def months_of(period: Period) -> list[Period]:
    """Return the calendar months that a period touches."""
    found, month = [], month_of(period.first)
    while month.first <= period.last:
        found.append(month)
        month = month_of(month.last + DAY)
    return found


def _months_on(first: date, months: int) -> date:
    """Return the first of the month that many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def year_named(year: int, year_starts: int = JANUARY) -> Stretch:
    """Return the year with this name. `year_starts` is the month it begins with."""
    first = date(year, year_starts, 1)
    return Stretch(str(year), Period(first, _months_on(first, 12) - DAY))


def quarter_named(year: int, quarter: int, year_starts: int = JANUARY) -> Stretch:
    """Return a quarter (1 to 4) of the year with this name."""
    first = _months_on(date(year, year_starts, 1), 3 * (quarter - 1))
    return Stretch(f"{year}-Q{quarter}", Period(first, _months_on(first, 3) - DAY))


def year_of(day: date, year_starts: int = JANUARY) -> Stretch:
    """Return the year that contains a day."""
    return year_named(day.year - (day.month < year_starts), year_starts)


def quarter_of(day: date, year_starts: int = JANUARY) -> Stretch:
    """Return the quarter that contains a day."""
    year = year_of(day, year_starts)
    return quarter_named(int(year.name), (day.month - year_starts) % 12 // 3 + 1, year_starts)


def parse_quarter(text: str, year_starts: int = JANUARY) -> Stretch:
    """Parse ``2026-Q4`` or ``Q4 2026``. Raises InputError for anything else."""
    written = re.sub(r"[\s/-]+", "", text).upper().removeprefix("FY")
    found = re.fullmatch(r"(?P<year>[0-9]{4})Q(?P<quarter>[1-4])", written) or re.fullmatch(
        r"Q(?P<quarter>[1-4])(?:FY)?(?P<year>[0-9]{4})", written
    )
    if found is None or int(found["year"]) not in YEARS:
        raise InputError(f"{text!r} is not a quarter. Enter it like 2026-Q4.")
    return quarter_named(int(found["year"]), int(found["quarter"]), year_starts)


def parse_year(text: str, year_starts: int = JANUARY) -> Stretch:
    """Parse ``2026``. Raises InputError for anything else."""
    written = text.strip().upper().removeprefix("FY").strip()
    if not re.fullmatch(r"[0-9]{4}", written) or int(written) not in YEARS:
        raise InputError(f"{text!r} is not a year. Enter it like 2026.")
    return year_named(int(written), year_starts)


@dataclass(frozen=True, slots=True)
class PeriodPlan:
    """The quota of a quarter or a year, identified by its name, and the rep's own plan for it (None: the default
    multiple of the quota). Amounts are in the database's currency.
    """

    period: str
    quota: Decimal
    personal_plan: Decimal | None = None

    def __post_init__(self) -> None:
        to_hundredths(self.quota)
        if self.quota < 0:
            raise InputError("The quota can't be negative.")
        if self.personal_plan is not None:
            check_above(self.quota, self.personal_plan)

    def personal(self, multiple: Decimal) -> Decimal:
        """Return the rep's own personal plan, or `multiple` times the quota."""
        return self.personal_plan if self.personal_plan is not None else self.quota * multiple


@dataclass(frozen=True, slots=True)
class Figures:
    """Quota and personal plan of a month. They are `own` if the rep set them for it, else its share of the longer quota
    named by `source`.
    """

    quota: Decimal
    personal_plan: Decimal
    own: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Quotas:
    """The figures set for months, quarters and years. Longer ones are split over the months without a plan by season ×
    working days (`weights`, by first of the month), after subtracting what is planned (`maths.md` 8).
    """

    months: Mapping[date, Figures]
    longer: Mapping[str, PeriodPlan]
    multiple: Decimal
    year_starts: int = JANUARY

    def figures_of(self, month: Period, weights: Mapping[date, Fraction]) -> Figures | None:
        """Return a month's own figures, else its share of the quarter's or the year's, or None if nothing is set."""
        own = self.months.get(month.first)
        if own is not None:
            return own
        for stretch in (quarter_of(month.first, self.year_starts), year_of(month.first, self.year_starts)):
            if stretch.name in self.longer:
                return self._share(stretch, month, weights)
        return None

    def _share(self, stretch: Stretch, month: Period, weights: Mapping[date, Fraction]) -> Figures | None:
        plan = self.longer[stretch.name]
        quota, personal = Fraction(plan.quota), Fraction(plan.personal(self.multiple))
        free: list[date] = []
        for part in self._parts(stretch):
            if isinstance(part, Figures):
                quota, personal = quota - Fraction(part.quota), personal - Fraction(part.personal_plan)
            else:
                free.append(part)
        shares = [
            _split(max(Fraction(0), left), [weights.get(first, Fraction(0)) for first in free])
            for left in (quota, personal)
        ]
        at = free.index(month.first)
        return Figures(shares[0][at], shares[1][at], own=False, source=stretch.title)

    def _parts(self, stretch: Stretch) -> list[Figures | date]:
        """Return the parts of a stretch: figures that are set, and the first days of unset months."""
        parts: list[Figures | date] = []
        if stretch.is_year:
            quarters = [quarter_named(int(stretch.name), number, self.year_starts) for number in (1, 2, 3, 4)]
            for quarter in quarters:
                parts += [self._quarter_figures(quarter)] if quarter.name in self.longer else self._parts(quarter)
            return parts
        for month in stretch.months:
            own = self.months.get(month.first)
            parts.append(month.first if own is None else own)
        return parts

    def _quarter_figures(self, quarter: Stretch) -> Figures:
        """Return what a quarter with its own quota takes of its year: that, or the sum of its months if larger."""
        plan = self.longer[quarter.name]
        own = [part for part in self._parts(quarter) if isinstance(part, Figures)]
        return Figures(
            max(plan.quota, sum((part.quota for part in own), Decimal(0))),
            max(plan.personal(self.multiple), sum((part.personal_plan for part in own), Decimal(0))),
        )


def _split(total: Fraction, weights: Sequence[Fraction]) -> list[Decimal]:
    """Split a total over months by weight, to the hundredth, so that the parts add up. It is split evenly if no month
    has a working day.
    """
    if not any(weights):
        weights = [Fraction(1)] * len(weights)
    whole, run, told = sum(weights, Fraction(0)), Fraction(0), Decimal(0)
    found = []
    for weight in weights:
        run += weight
        upto = from_fraction(total * run / whole)
        found.append(upto - told)
        told = upto
    return found
