"""The stages from a dial to a deal, and the prior belief about each until the log says more (`maths.md` 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.domain.errors import InputError

STAGES = ("conversation", "meeting-booked", "meeting-held", "proposal", "deal")
# From what to what, as displayed in a column.
STAGE_WORDS: Mapping[str, tuple[str, str]] = {
    "conversation": ("call", "conversation"),
    "meeting-booked": ("conversation", "booked"),
    "meeting-held": ("booked", "held"),
    "proposal": ("held", "proposal"),
    "deal": ("proposal", "deal"),
}
RATE_NAMES: Mapping[str, str] = {
    "conversation": "call-to-conversation rate",
    "meeting-booked": "conversation-to-meeting rate",
    "meeting-held": "meeting show rate",
    "proposal": "meeting-to-proposal rate",
    "deal": "proposal-to-deal rate",
}


LEAST_RATE = 1e-6  # no rep's rate is closer to 0 or 1, and no number of calls would do


@dataclass(frozen=True, slots=True)
class Prior:
    """The prior belief about a stage: its rate, and how many trials that is worth."""

    mean: float
    strength: float

    def __post_init__(self) -> None:
        if not LEAST_RATE <= self.mean <= 1 - LEAST_RATE or not 0 < self.strength <= 10_000:
            raise InputError("A starting estimate needs a rate from 0 to 1 and a number of tries from 1 to 10,000.")


PRIORS: Mapping[str, Prior] = {
    "conversation": Prior(0.07, 60),
    "meeting-booked": Prior(0.06, 30),
    "meeting-held": Prior(0.75, 12),
    "proposal": Prior(0.50, 8),
    "deal": Prior(0.40, 10),
}
# Working days until a trial usually has its outcome. A booked meeting waits for its date, or a working week if that is
# unknown.
LAGS: Mapping[str, float] = {
    "conversation": 0,
    "meeting-booked": 0,
    "meeting-held": 5,
    "proposal": 10,
    "deal": 30,
}


def arrow(stage: str) -> str:
    """Format a stage for a column, as ``conversation → booked``."""
    return " → ".join(STAGE_WORDS[stage])


def rate_name(stage: str) -> str:
    """Return the name of a stage's rate in a sentence: ``conversation-to-meeting rate``."""
    return RATE_NAMES[stage]
