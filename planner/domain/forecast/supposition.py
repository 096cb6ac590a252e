"""What a what-if changes about a month: rates, calls per day, average deal or days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.domain.errors import InputError
from planner.domain.forecast.stages import LEAST_RATE, STAGES
from planner.domain.plan.plan import MOST_CALLS

MOST_AMOUNT = 1e12


@dataclass(frozen=True, slots=True)
class Supposition:
    """The changes a what-if tries out. None and 0 change nothing."""

    rates: Mapping[str, float] = field(default_factory=dict)
    calls_per_day: float | None = None
    average_deal: float | None = None
    days_off: float = 0

    def __post_init__(self) -> None:
        for stage, rate in self.rates.items():
            if stage not in STAGES:
                raise InputError(f"{stage!r} is not a stage. Choose from {', '.join(STAGES)}.")
            if not LEAST_RATE <= rate <= 1 - LEAST_RATE:
                raise InputError(f"The rate of {stage} must be between 0 and 1 (0% and 100%), not {rate:g}.")
        if self.calls_per_day is not None and not 0 <= self.calls_per_day <= MOST_CALLS:
            raise InputError(f"Calls a day must be from 0 to {MOST_CALLS:,}, not {self.calls_per_day:g}.")
        if self.average_deal is not None and not 0 < self.average_deal <= MOST_AMOUNT:
            raise InputError("The average deal must be more than 0.")
        if not 0 <= self.days_off <= 366:
            raise InputError(f"Days off must be from 0 to 366, not {self.days_off:g}.")

    def __bool__(self) -> bool:
        return bool(self.rates or self.calls_per_day is not None or self.average_deal is not None or self.days_off)


NOTHING = Supposition()
