"""Complaints, from the first report to the check after the remedy (S26)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from planner.domain.day.tasks import Due
from planner.domain.errors import InputError

LONGEST = 2_000
LONGEST_KIND = 60
# The usual kinds, though a rep may use their own word.
KINDS = ("delivery", "quality", "price", "invoice", "service", "promise")
REPEATS = 3
WITHIN = timedelta(days=90)


class State(StrEnum):
    """How far a complaint has got. A follow-up call comes after it is done."""

    HEARD = "heard"
    APOLOGISED = "apologised"
    AGREED = "agreed"
    DONE = "done"
    CHECKED = "checked"

    @property
    def label(self) -> str:
        """The word shown and typed. JSON has the value."""
        shown = {State.HEARD: "received", State.APOLOGISED: "apologized", State.CHECKED: "followed up"}
        return shown.get(self, self.value)

    @property
    def answered(self) -> bool:
        """Whether the customer has our answer."""
        return self not in (State.HEARD, State.APOLOGISED)


ORDER = tuple(State)


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint. `due` is when the answer, and later the agreed remedy, was promised for. `escalated` is who it
    was passed up to, because ending a relationship is the boss's decision.
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
            raise InputError("Enter what the customer said.")
        if not self.kind.strip() or len(self.kind) > LONGEST_KIND:
            raise InputError(
                f"A complaint needs a kind of up to {LONGEST_KIND} characters, such as {', '.join(KINDS)}."
            )
        for name in ("text", "agreed", "compensation", "escalated"):
            if len(getattr(self, name)) > LONGEST:
                called = {"agreed": "agreement", "escalated": "escalation"}.get(name, name)
                raise InputError(f"A complaint's {called} can have up to {LONGEST:,} characters.")

    @property
    def by(self) -> datetime:
        """The last moment at which it is in time."""
        return datetime.combine(self.due.day, (self.due.at or time(23, 59)).replace(second=59))

    def overdue(self, now: datetime) -> bool:
        """Whether the next promised step is late. A done complaint only waits to be checked."""
        return self.state not in (State.DONE, State.CHECKED) and now > self.by

    @property
    def about(self) -> str:
        """The start of its tasks' `about`, by which they are found. The state follows it."""
        return f"complaint {self.id}"

    def what_next(self) -> str:
        """Return the next thing to do about it, empty once checked."""
        who = self.contact or "the customer"
        return {
            State.HEARD: f"Answer {who}'s complaint: {self.kind}",
            State.APOLOGISED: f"Answer {who}'s complaint: {self.kind}",
            State.AGREED: f"Do what you agreed with {who}: {self.agreed or self.kind}",
            State.DONE: f"Call {who}: is the {self.kind} complaint resolved?",
            State.CHECKED: "",
        }[self.state]


def read_state(text: str) -> State:
    """Parse a state. Raises InputError with the valid ones."""
    try:
        typed = " ".join(text.lower().split())
        return next((state for state in State if state.label == typed), None) or State(typed)
    except ValueError as error:
        raise InputError(
            f"{text!r} isn't a complaint state. Use {', '.join(state.label for state in State)}."
        ) from error


def check_step(complaint: Complaint, to: State) -> None:
    """Raise InputError for a step back, which is what undo is for."""
    if ORDER.index(to) <= ORDER.index(complaint.state):
        raise InputError(f"Complaint {complaint.id} is already at “{complaint.state.label}”. Choose a later state.")


def count_repeated(complaints: Iterable[Complaint], today: date) -> dict[str, int]:
    """Return the kinds that recurred within ninety days, with their counts. They need another approach."""
    counts: dict[str, int] = {}
    for complaint in complaints:
        if timedelta(0) <= today - complaint.received.day <= WITHIN:
            kind = complaint.kind.casefold()
            counts[kind] = counts.get(kind, 0) + 1
    return {kind: count for kind, count in sorted(counts.items(), key=lambda pair: -pair[1]) if count >= REPEATS}
