"""The stages from a dial to a deal, and what is believed of each before the log says more (`maths.md` 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.domain.errors import InputError

STAGES = ("conversation", "meeting-booked", "meeting-held", "proposal", "deal")
# From what to what, in the words of the screens.
STAGE_WORDS: Mapping[str, tuple[str, str]] = {
    "conversation": ("dial", "talk"),
    "meeting-booked": ("talk", "meeting"),
    "meeting-held": ("booked", "held"),
    "proposal": ("held", "proposal"),
    "deal": ("proposal", "deal"),
}


LEAST_RATE = 1e-6  # nearer to 0 or 1 is no rate of a rep's, and no number of calls would do


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a stage before anything is known: its rate, and how many trials that belief is worth."""

    mean: float
    strength: float

    def __post_init__(self) -> None:
        if not LEAST_RATE <= self.mean <= 1 - LEAST_RATE or not 0 < self.strength <= 10_000:
            raise InputError("A prior is a rate between 0 and 1 and a number of trials from 1 to 10,000.")


PRIORS: Mapping[str, Prior] = {
    "conversation": Prior(0.07, 60),
    "meeting-booked": Prior(0.06, 30),
    "meeting-held": Prior(0.75, 12),
    "proposal": Prior(0.50, 8),
    "deal": Prior(0.40, 10),
}
# Working days until a trial of the stage has usually had its outcome. A booked meeting waits for its date: until that
# is known, a working week.
LAGS: Mapping[str, float] = {
    "conversation": 0,
    "meeting-booked": 0,
    "meeting-held": 5,
    "proposal": 10,
    "deal": 30,
}


def arrow(stage: str) -> str:
    """A stage as it is read: ``talk → meeting``."""
    return " → ".join(STAGE_WORDS[stage])
