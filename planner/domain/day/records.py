"""Records and streaks: what was the best so far, and how long the days have held (S5).

A day off leaves a streak as it was, half a day counts half; a miss takes half of it, it doesn't break it to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

KEPT = 0.8  # what a day must be worth to belong to a streak
LEFT = 0.5  # of a streak after a whole working day that was missed
# From how many on something is a record: the first proposal ever is none.
FEWEST: Mapping[str, int] = {
    "dials": 20,
    "conversations": 5,
    "meetings_booked": 2,
    "meetings_held": 2,
    "proposals": 2,
    "deals": 2,
}
DAYS_BEFORE = 10  # on which something was counted, before a day can be a record


@dataclass(frozen=True, slots=True)
class Best:
    """The most that was counted of a metric on one day (amounts in hundredths), and on how many days it was counted."""

    metric: str
    most: int
    day: date
    days: int


@dataclass(frozen=True, slots=True)
class Streak:
    """How many working days in a row were kept, halves counting half: now, and at most in the time looked at."""

    now: float = 0.0
    most: float = 0.0

    def after(self, weight: Fraction, worth: float | None) -> Streak:
        """The streak after a day of a weight (1 a whole one, 0 a day off) and of a worth (None: nothing was due)."""
        if weight <= 0 or worth is None:
            return self
        now = self.now + float(weight) if worth >= KEPT else self.now * LEFT ** float(weight)
        return Streak(now, max(self.most, now))


def streak(days: Iterable[tuple[Fraction, float | None]]) -> Streak:
    """The streak after some days, in their order."""
    found = Streak()
    for weight, worth in days:
        found = found.after(weight, worth)
    return found


def days_text(count: float) -> str:
    """A number of days to the half: ``4.5 days``."""
    halves = round(count * 2) / 2
    return f"{halves:g} {'day' if halves == 1 else 'days'}"


def to_beat(bests: Iterable[Best]) -> dict[str, int]:
    """What a day would have to beat to be a record, by metric; nothing of what was hardly ever counted."""
    return {
        best.metric: max(best.most, FEWEST[best.metric] - 1)
        for best in bests
        if best.metric in FEWEST and best.days >= DAYS_BEFORE
    }


def broken(counts: Mapping[str, int], beat: Mapping[str, int]) -> list[str]:
    """The metrics of which a day has more than any before."""
    return [name for name, most in beat.items() if counts.get(name, 0) > most]
