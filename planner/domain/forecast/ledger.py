"""Compares the odds stated each morning with how the month ended, to see whether they are calibrated (`maths.md`
5b.10).

Only past months count. From six on, the record corrects the odds by a logistic intercept, shrunk as if another twelve
months had needed none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from planner.domain import formats
from planner.domain.text import plural

MONTHS_FROM = 6  # months before the record corrects the odds
SHRINK = 12.0  # months without correction
BINS = ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))
PLOT = 30  # cells
EDGE = 1e-4  # logits clamp odds closer to 0 or 1 than this


@dataclass(frozen=True, slots=True)
class Said:
    """The odds stated for a month on one morning. Amounts in the currency. `target` is the personal plan."""

    day: date
    target: float
    quota: float
    p_plan: float
    p_quota: float | None
    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A morning in a past month: the odds stated, and what the month brought."""

    said: Said
    brought: float

    @property
    def month(self) -> tuple[int, int]:
        """Year and month."""
        return self.said.day.year, self.said.day.month

    @property
    def came(self) -> bool:
        """Whether the plan was reached."""
        return self.brought >= self.said.target

    @property
    def inside(self) -> bool:
        """Whether the month ended within the stated range."""
        return self.said.low <= self.brought <= self.said.high


@dataclass(frozen=True, slots=True)
class Bin:
    """A calibration bin: the mornings with odds from `low` to below `high`, with the mean stated (`said`) and the share
    that `came` true.
    """

    low: float
    high: float
    mornings: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Record:
    """The track record of the odds. `climatology` is the Brier score of always stating the share that made it.

    `intercept` is the correction of the odds in logits, 0 until enough months are over.
    """

    months: int
    mornings: int
    bins: tuple[Bin, ...]
    brier: float | None
    climatology: float | None
    coverage: float | None
    intercept: float

    def sentences(self) -> list[str]:
        """Return the result in words."""
        if not self.months:
            return [
                "No track record yet. Your odds are saved each morning when you start your day and compared with the "
                "result once the month is over."
            ]
        over = plural(self.months, "month", "months")
        lines = [
            f"On {plural(each.mornings, 'morning', 'mornings')} the odds were {_about(each.said)}. You "
            f"hit plan {formats.percent(each.came)} of the time."
            for each in self.bins
            if each.mornings
        ]
        lines.insert(0, f"Based on {over}:")
        if self.coverage is not None:
            lines.append(f"Your result landed within the 80% range {formats.percent(self.coverage)} of the time.")
        if self.brier is not None and self.climatology is not None:
            better = "better than" if self.brier < self.climatology else "no better than"
            lines.append(
                f"The Brier score is {self.brier:.3f} (0 is perfect), {better} always predicting your average "
                f"({self.climatology:.3f})."
            )
        if self.intercept:
            way = "up" if self.intercept > 0 else "down"
            even = correct_odds(0.5, self.intercept)
            lines.append(
                f"Because of this record, odds are adjusted {way}: a raw 50% is shown as {formats.percent(even)}."
            )
        elif self.months < MONTHS_FROM:
            lines.append(f"After {MONTHS_FROM} months, this record starts to correct your odds.")
        return lines

    def plot(self) -> list[str]:
        """Draw a line per bin of stated odds: a bar of what came true, and a mark where it should end."""
        lines = []
        for each in self.bins if self.months else ():
            told = f"odds {100 * each.low:>2.0f}–{100 * each.high:<3.0f}%  "
            if not each.mornings:
                lines.append(f"{told}{'·' * PLOT}")
                continue
            row = f"{'█' * round(PLOT * each.came):·<{PLOT}}"
            at = min(PLOT - 1, round(PLOT * each.said))
            lines.append(
                f"{told}{row[:at]}│{row[at + 1 :]}  {formats.percent(each.came)} of {each.mornings:,} came true"
            )
        return lines


def record(kept: Sequence[Kept]) -> Record:
    """Compute the record from mornings of past months. Each month has the same weight, however many mornings it had."""
    months: dict[tuple[int, int], list[Kept]] = {}
    for each in kept:
        months.setdefault(each.month, []).append(each)
    if not months:
        return Record(0, 0, (), None, None, None, 0.0)
    weighed = [(each, 1 / len(rows)) for rows in months.values() for each in rows]
    base = _mean(weighed, lambda each: float(each.came))
    bins = []
    for low, high in BINS:
        rows = [each for each in kept if low <= each.said.p_plan < high or (high == each.said.p_plan == 1.0)]
        count = len(rows)
        said = sum(each.said.p_plan for each in rows) / count if count else 0.0
        bins.append(Bin(low, high, count, said, sum(each.came for each in rows) / count if count else 0.0))
    return Record(
        months=len(months),
        mornings=len(kept),
        bins=tuple(bins),
        brier=_mean(weighed, lambda each: (each.said.p_plan - each.came) ** 2),
        climatology=_mean(weighed, lambda each: (base - each.came) ** 2),
        coverage=_mean(weighed, lambda each: float(each.inside)),
        intercept=_intercept(weighed) if len(months) >= MONTHS_FROM else 0.0,
    )


def correct_odds(odds: float, intercept: float) -> float:
    """Correct odds by the intercept of the record. Certainty stays certain."""
    if not intercept or odds in (0.0, 1.0):
        return odds
    return 1 / (1 + math.exp(-(_logit(odds) + intercept)))


def _logit(odds: float) -> float:
    near = min(1 - EDGE, max(EDGE, odds))
    return math.log(near / (1 - near))


def _mean(weighed: Iterable[tuple[Kept, float]], of: Callable[[Kept], float]) -> float:
    rows = [(of(each), weight) for each, weight in weighed]
    return sum(value * weight for value, weight in rows) / sum(weight for _, weight in rows)


def _intercept(weighed: Sequence[tuple[Kept, float]]) -> float:
    """Fit the shift c of the logits by Newton's method. It is shrunk by `SHRINK` months of no correction, which a shift
    of c costs as much as an even coin whose odds were stated as even.
    """
    found = 0.0
    for _ in range(50):
        # the months of no correction: even odds, half of which came true
        even = 1 / (1 + math.exp(-found))
        slope, bend = SHRINK * (0.5 - even), SHRINK * even * (1 - even)
        for each, weight in weighed:
            p = 1 / (1 + math.exp(-(_logit(each.said.p_plan) + found)))
            slope += weight * (each.came - p)
            bend += weight * p * (1 - p)
        step = slope / bend
        found += step
        if abs(step) < 1e-10:
            break
    return found


def _about(share: float) -> str:
    text = formats.percent(share)
    return text if text[0] in "<>" else f"about {text}"
