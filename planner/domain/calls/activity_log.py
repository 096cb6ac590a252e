"""A row of the activity log as a value. What may be logged, and what it counts, is in `activity` (on the quick
path).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from planner.domain.calls.log_anomalies import backdated
from planner.domain.day import activity
from planner.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Activity:
    """A row of the activity log. `moment` is local time, `minutes` its duration, `logged_at` seconds since 1970 UTC.

    `deal_id` is the deal it books. The amount of a payment is below 0 for a refund. `day` is the rep's day it counts
    for, if that isn't the date of its moment. `seconds` and `gap` belong to a call in a session.
    """

    id: int
    moment: datetime
    kind: str
    outcome: str | None = None
    count: int = 1
    contact: str | None = None
    contact_id: int | None = None
    amount: Decimal | None = None
    minutes: int | None = None
    reason: str | None = None
    note: str | None = None
    logged_at: int = 0
    deal_id: int | None = None
    day: date | None = None
    seconds: int | None = None
    gap: int | None = None
    imported: bool = False

    def __post_init__(self) -> None:
        activity.check(self.kind, self.outcome, self.count)
        if self.amount is not None and self.kind not in AMOUNT_KINDS:
            raise InputError("Only a deal or a proposal can have an amount.")
        if self.minutes is not None and not 0 <= self.minutes <= 24 * 60:
            raise InputError(f"A duration must be from 0 to {24 * 60:,} minutes, not {self.minutes:,}.")

    @property
    def counts_for(self) -> date:
        """The rep's day that it counts for."""
        return self.day or self.moment.date()

    @property
    def backdated(self) -> bool:
        """Whether it was logged by hand from memory, long after the fact. Meetings may be marked later."""
        if self.imported or not self.logged_at or self.kind == "meeting-held":
            return False
        return backdated(self.logged_at, int(self.moment.timestamp()), (self.seconds or 0) + 60 * (self.minutes or 0))

    @property
    def label(self) -> str:
        """Its name in the history."""
        return activity.label(self.kind, self.outcome, self.count, self.contact)


AMOUNT_KINDS = ("deal", "proposal", activity.PAYMENT)
