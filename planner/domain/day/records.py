"""Records and streaks: the rep's best days, and how long they have kept it up (S5).

A day off leaves a streak unchanged and half a day counts half. A missed day halves a streak rather than ending it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

KEPT = 0.8  # what a day must be worth to extend a streak
LEFT = 0.5  # share of a streak that survives a missed full day
# Smallest counts that can be a record: the first proposal ever is not one.
FEWEST: Mapping[str, int] = {
    "dials": 20,
    "conversations": 5,
    "meetings_booked": 2,
    "meetings_held": 2,
    "proposals": 2,
    "deals": 2,
}
DAYS_BEFORE = 10  # days with a count before a day can be a record


@dataclass(frozen=True, slots=True)
class Best:
    """The highest count of a metric on one day (amounts in hundredths), and the number of days that had any."""

    metric: str
    most: int
    day: date
    days: int


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak of consecutive working days, with half days counting half: the current one and the longest in the time
    considered.
    """

    now: float = 0.0
    most: float = 0.0

    def after_day(self, weight: Fraction, worth: float | None) -> Streak:
        """Return the streak after a day of this weight (1 full, 0 off) and worth (None if nothing was due)."""
        if weight <= 0 or worth is None:
            return self
        now = self.now + float(weight) if worth >= KEPT else self.now * LEFT ** float(weight)
        return Streak(now, max(self.most, now))


def streak(days: Iterable[tuple[Fraction, float | None]]) -> Streak:
    """Return the streak after some days, in order."""
    found = Streak()
    for weight, worth in days:
        found = found.after_day(weight, worth)
    return found


def days_text(count: float) -> str:
    """Format a number of days to the nearest half: ``4½ days``."""
    whole, half = divmod(round(count * 2), 2)
    text = f"{whole or '' if half else whole}{'½' if half else ''}"
    return f"{text} {'day' if text in ('1', '½') else 'days'}"


def to_beat(bests: Iterable[Best]) -> dict[str, int]:
    """Return the count to beat for a record, by metric, without metrics that were hardly ever counted."""
    return {
        best.metric: max(best.most, FEWEST[best.metric] - 1)
        for best in bests
        if best.metric in FEWEST and best.days >= DAYS_BEFORE
    }


def broken_records(counts: Mapping[str, int], beat: Mapping[str, int]) -> list[str]:
    """Return the metrics in which a day beats every earlier one."""
    return [name for name, most in beat.items() if counts.get(name, 0) > most]
