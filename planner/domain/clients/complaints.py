"""Complaints: heard, apologised, agreed, done, checked (S26)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from planner.domain.day.tasks import Due
from planner.domain.errors import InputError

LONGEST = 2_000
LONGEST_KIND = 60
# What most of them are about; a rep may use a word of their own.
KINDS = ("delivery", "quality", "price", "invoice", "service", "promise")
REPEATS = 3
WITHIN = timedelta(days=90)


class State(StrEnum):
    """How far a complaint has come; a follow-up call after it is done makes it checked."""

    HEARD = "heard"
    APOLOGISED = "apologised"
    AGREED = "agreed"
    DONE = "done"
    CHECKED = "checked"

    @property
    def answered(self) -> bool:
        """Whether the customer has our answer."""
        return self not in (State.HEARD, State.APOLOGISED)


ORDER = tuple(State)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint. `due` is when the answer, later what was agreed, was promised for; `escalated` to whom it was
    handed up: ending a relationship is the boss's decision.
    """

    id: int
    kind: str
    text: str
    received: Due
    due: Due
    state: State = State.HEARD
    contact: str | None = None
    contact_id: int | None = None
    agreed: str = ""
    compensation: str = ""
    escalated: str = ""
    done_on: date | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InputError("A complaint needs what was said.")
        if not self.kind.strip() or len(self.kind) > LONGEST_KIND:
            raise InputError(
                f"A complaint is of a kind, a word such as {', '.join(KINDS)}, of at most {LONGEST_KIND} characters."
            )
        for name in ("text", "agreed", "compensation", "escalated"):
            if len(getattr(self, name)) > LONGEST:
                raise InputError(f"What is said of a complaint can have {LONGEST:,} characters ({name}).")

    @property
    def by(self) -> datetime:
        """The last moment at which it is in time."""
        return datetime.combine(self.due.day, (self.due.at or time(23, 59)).replace(second=59))

    def overdue(self, now: datetime) -> bool:
        """Whether what is promised next is late. What is done only waits to be checked."""
        return self.state not in (State.DONE, State.CHECKED) and now > self.by

    @property
    def about(self) -> str:
        """What its tasks carry, so that they are found; the state that they are in follows."""
        return f"complaint {self.id}"

    def what_next(self) -> str:
        """What is to be done next with it; empty when it is checked."""
        who = self.contact or "the customer"
        return {
            State.HEARD: f"Answer {who}'s complaint: {self.kind}",
            State.APOLOGISED: f"Answer {who}'s complaint: {self.kind}",
            State.AGREED: f"Do what was agreed with {who}: {self.agreed or self.kind}",
            State.DONE: f"Call {who}: is the complaint solved? ({self.kind})",
            State.CHECKED: "",
        }[self.state]


def read_state(text: str) -> State:
    """A state as typed. Raises InputError with those there are."""
    try:
        return State(text.strip().lower())
    except ValueError as error:
        raise InputError(f"{text!r} is not a state of a complaint; it can be {', '.join(State)}.") from error


def check_step(complaint: Complaint, to: State) -> None:
    """Refuse to go back: that is what undo is for."""
    if ORDER.index(to) <= ORDER.index(complaint.state):
        raise InputError(f"Complaint {complaint.id} is {complaint.state} already; it goes on to what comes after that.")


def repeated(complaints: Iterable[Complaint], today: date) -> dict[str, int]:
    """Kinds that came back within ninety days, and how often: a repeating kind needs another way."""
    counts: dict[str, int] = {}
    for complaint in complaints:
        if timedelta(0) <= today - complaint.received.day <= WITHIN:
            kind = complaint.kind.casefold()
            counts[kind] = counts.get(kind, 0) + 1
    return {kind: count for kind, count in sorted(counts.items(), key=lambda pair: -pair[1]) if count >= REPEATS}
