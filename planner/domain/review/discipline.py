"""Scores discipline: how well a day met its targets, and the strength of the habit (`maths.md` 7).

A day off leaves the strength unchanged and half a day counts half. The weight of a day is its working time, 1 if full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.domain.errors import InputError

# The parts of a day and their weights. Parts that weren't due are left out.
WEIGHTS: Mapping[str, int] = {
    "calls": 40,
    "proposals": 15,
    "meetings": 15,
    "promises": 15,
    "mail": 10,
    "close": 5,
    "blocks": 10,
}
HEAVIEST = 1_000
HALF_LIFE = 10  # working days
LOW_CONFIDENCE = 0.5  # of a habit observed for less than a half-life


def read_weights(lines: Sequence[str]) -> dict[str, int]:
    """Parse ``["calls=40", "mail=0"]``, keeping the default weight of parts not named. Raises InputError."""
    found = dict(WEIGHTS)
    for line in lines:
        name, equals, weight = line.partition("=")
        name = name.strip().casefold()
        if not equals or name not in WEIGHTS:
            raise InputError(
                f"{line!r} isn't a weight. Write a part ({', '.join(WEIGHTS)}) and a number, like calls=40."
            )
        if not (weight.strip().isascii() and weight.strip().isdigit()) or int(weight) > HEAVIEST:
            raise InputError(f"A weight is a whole number from 0 to {HEAVIEST}, not {weight.strip()!r}.")
        found[name] = int(weight)
    if not any(found.values()):
        raise InputError("At least one part needs a weight above 0.")
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """The share done of what was due. A `target` of 0 means nothing was due."""

    done: Fraction
    target: Fraction

    @property
    def kept(self) -> Fraction | None:
        """The share done, at most 1, or None if nothing was due."""
        return None if self.target <= 0 else min(Fraction(1), max(Fraction(0), self.done) / self.target)


def quality(parts: Mapping[str, Share], weights: Mapping[str, int] = WEIGHTS) -> float | None:
    """Return what a day was worth, 0 to 1: the weighted mean of its parts, or None if nothing was due."""
    due = [(weights.get(name, 0), kept) for name, share in parts.items() if (kept := share.kept) is not None]
    total = sum(weight for weight, _ in due)
    return float(sum((weight * kept for weight, kept in due), Fraction(0)) / total) if total > 0 else None


@dataclass(frozen=True, slots=True)
class Strength:
    """The strength of the habit. `seen` is how much of it was observed, from 0 towards 1 with each day."""

    sum: float = 0.0
    seen: float = 0.0

    @property
    def value(self) -> float | None:
        """The strength, 0 to 1, or None before the first day."""
        return self.sum / self.seen if self.seen > 0 else None

    @property
    def low_confidence(self) -> bool:
        """Whether too few days were observed to say much."""
        return self.seen < LOW_CONFIDENCE

    def after_day(self, weight: Fraction, worth: float | None) -> Strength:
        """Return the strength after a day of this weight (1 full, 0 off) and worth (None if nothing was due)."""
        if weight <= 0 or worth is None:
            return self
        kept = 0.5 ** (float(weight) / HALF_LIFE)
        return Strength(self.sum * kept + (1 - kept) * worth, self.seen * kept + (1 - kept))


def strength_after(days: Iterable[tuple[Fraction, float | None]], start: Strength = Strength()) -> Strength:
    """Return the strength after some days, in order."""
    found = start
    for weight, worth in days:
        found = found.after_day(weight, worth)
    return found
