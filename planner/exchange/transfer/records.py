"""What comes of a file's rows: the fields of each kind, the options of an import, and its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from planner.domain.clients import deals, people
from planner.domain.clients.deals import Stage
from planner.domain.clients.people import KINDS as CUSTOMER_KINDS
from planner.domain.clients.people import Contact
from planner.domain.day.activity import DIAL_OUTCOMES
from planner.domain.day.tasks import TaskState
from planner.exchange.transfer.columns import Words
from planner.exchange.transfer.csv_file import Table
from planner.exchange.transfer.dates import Order
from planner.exchange.transfer.values import Unit

Value = TypeVar("Value")
SKIP = "skip"
LINES_NAMED = 5
SAMPLE = 5
NAME_PARTS = ("given", "middle", "family")

FIELDS = {
    "contacts": (
        "id", "name", "given", "middle", "family", "email", "phone",
        *(field.name for field in people.FIELDS if field.name not in ("name", "phones", "emails")),
        "birth_year", "birth_month", "birth_day", "anniversary", "opt_out", "profile", "deleted",
    ),
    "calls": (
        "id", "at", "date", "time", "outcome", "direction", "missed", "from_number", "caller", "contact", "company",
        "phone", "email", "duration", "notes", "kind", "deleted",
    ),
    "deals": (
        "id", "title", "value", "currency", "stage", "closed", "expected", "opened", "company", "contact", "given",
        "family", "email", "owner", "reason", "notes", "booked", "contract_end", "term", "deleted",
    ),
}  # fmt: skip
FIELDS["activities"] = (*FIELDS["calls"], "count", "amount", "reason")
FIELDS["tasks"] = (
    "id", "title", "due", "due_time", "start", "priority", "status", "done", "completed", "created", "list", "parent",
    "tags", "repeat", "from_done", "minutes", "minutes_unit", "contact", "company", "deal", "email", "phone", "goal",
    "owner", "notes", "type", "indent", "all_day", "zone", "calendar", "deleted",
)  # fmt: skip
FIELDS["events"] = (
    "id", "title", "start", "start_time", "end", "end_time", "all_day", "duration", "place", "shown_as", "status",
    "contact", "company", "email", "phone", "deleted",
)  # fmt: skip
# Fields whose words have a meaning here, with our words.
OURS: dict[str, dict[str, tuple[str, ...]]] = {
    "contacts": {"kind": (*CUSTOMER_KINDS, "")},
    "calls": {
        "outcome": (*DIAL_OUTCOMES, "dial", "email", SKIP),
        "direction": ("incoming", "outgoing", "missed", "no-call"),
    },
    "deals": {"stage": (*Stage, SKIP)},
}
OURS["activities"] = OURS["calls"]
OURS["tasks"] = {"priority": ("a", "b", "c", "none"), "status": (*TaskState, SKIP)}
OURS["events"] = {"status": OURS["tasks"]["status"]}
# Our words that are shown by another name, by field.
_SHOWN = {
    "stage": {Stage.TALK.value: "conversation"},
    "priority": {"a": "A", "b": "B", "c": "C", "none": "no priority"},
}


# The longest text of a field. What is longer is cut, since one long note is no reason to refuse a file.
LONGEST = {
    **{field.name: field.longest for field in people.FIELDS if field.longest},
    **dict.fromkeys(("name", "company", "contact"), people.LONGEST_NAME),
    "title": deals.LONGEST_TITLE,
    "reason": deals.LONGEST_REASON,
}


def word_shown(name: str, word: str) -> str:
    """Return our word for a field as it is shown."""
    return _SHOWN.get(name, {}).get(word, word)


def word_typed(name: str, text: str) -> str:
    """Return our word for a field that was typed as it is shown, or as it is stored."""
    return next((word for word, shown in _SHOWN.get(name, {}).items() if shown == text), text)


@dataclass(frozen=True)
class Wanted:
    """The options of an import, apart from the file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    where: Sequence[tuple[str, str]] = ()
    links: Mapping[str, str] = field(default_factory=dict)  # a column of ids, and the file that they are of
    dates: Order | None = None
    duration: Unit | None = None


@dataclass(frozen=True, slots=True)
class Record(Generic[Value]):
    """A row of a file as a value. `ref` identifies it when it is imported again, `read` are its values, to detect
    changes.

    `company_only` means that its contact is known only by company. `uid` is the row's in one of our own exports.
    """

    line: int
    ref: str
    read: dict[str, object]
    value: Value
    who: Contact | None = None
    company_only: bool = False
    uid: str = ""


@dataclass
class Reading(Generic[Value]):
    """What was found out about a file. `rows`, `matching`, the columns and how they are written are known before its
    records are read, and the rest when all of them are: what was skipped and why, the words met, notices.

    `sample` are the first records.
    """

    file: Table
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    joined: frozenset[str] = frozenset()  # fields that take all their columns, not the first with anything in it
    rows: int = 0
    matching: int = 0
    sample: list[Record[Value]] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    dates: dict[str, Order] = field(default_factory=dict)
    duration: Unit | None = None
    currency: str = ""
    whose: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def skip(self, why: str, line: int) -> None:
        """Skip a row."""
        self.skipped.setdefault(why, []).append(line)

    def notice(self, text: str) -> None:
        """Add a notice, once."""
        if text not in self.notices:
            self.notices.append(text)


def on_lines(lines: Sequence[int]) -> str:
    """Name the first of some lines: ``line 3``, ``lines 3, 4, 9 and 12 more``."""
    more = f" and {len(lines) - LINES_NAMED:,} more" if len(lines) > LINES_NAMED else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {', '.join(map(str, lines[:LINES_NAMED]))}{more}"
