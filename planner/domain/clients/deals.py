"""Deals: the pipeline, and what a won one books (S3, S23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from planner.domain.errors import InputError
from planner.domain.money import to_hundredths

LONGEST_TITLE = 500
LONGEST_REASON = 2_000
LONGEST_TERM = 240


class Stage(StrEnum):
    """How far a deal has come."""

    TALK = "talk"
    MEETING = "meeting"
    PROPOSAL = "proposal"
    CLOSING = "closing"
    WON = "won"
    LOST = "lost"

    @property
    def open(self) -> bool:
        """Whether the deal can still be won."""
        return self not in (Stage.WON, Stage.LOST)


OPEN_STAGES = tuple(stage for stage in Stage if stage.open)


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal. `value` is what it brings in all, `booked` what its payments come to so far.

    What was sold runs until `contract_end`, and comes round again every `term_months`. `stage_since` is the day it came
    to its stage.

    `opened` is None where another program didn't say; `closed` is the day it was won or lost; `stage_before` where a
    reopened one goes back to.
    """

    id: int
    title: str
    stage: Stage
    opened: date | None
    contact: str | None = None
    contact_id: int | None = None
    company: str | None = None
    company_id: int | None = None
    value: Decimal | None = None
    closed: date | None = None
    expected_close: date | None = None
    stage_before: Stage | None = None
    reason: str = ""
    owner: str = ""
    notes: str = ""
    booked: Decimal = Decimal(0)
    contract_end: date | None = None
    term_months: int | None = None
    stage_since: date | None = None

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise InputError("A deal needs a title.")
        if len(self.title) > LONGEST_TITLE:
            raise InputError(f"A deal's title can have {LONGEST_TITLE} characters; this one has {len(self.title):,}.")
        if len(self.reason) > LONGEST_REASON:
            raise InputError(f"A reason can have {LONGEST_REASON:,} characters.")
        if self.value is not None:
            to_hundredths(self.value)
            if self.value < 0:
                raise InputError("A deal's value can't be negative; what was paid back is a refund.")
        if self.term_months is not None and not 1 <= self.term_months <= LONGEST_TERM:
            raise InputError(f"A term is from 1 to {LONGEST_TERM} months.")
        if self.stage.open != (self.closed is None):
            raise InputError("A deal that is won or lost has the day it was closed, and an open one has none.")
