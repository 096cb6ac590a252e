"""Reads calls from the rows of a file, such as a telephone system's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from planner.domain.calls.activity_log import Activity
from planner.domain.clients.people import Contact
from planner.domain.day.activity import KINDS, OUTCOMES, PAYMENT
from planner.domain.text import clean
from planner.exchange.transfer.columns import normal
from planner.exchange.transfer.csv_file import Row
from planner.exchange.transfer.records import SKIP
from planner.exchange.transfer.row_reader import Broken, RowReader
from planner.exchange.transfer.values import FALSE, TRUE, DurationFinder, DurationReader, days, round_minutes

SKEW = timedelta(minutes=1)  # of another machine's clock


class CallReader(RowReader[Activity]):
    """Reads calls: each is a dial, and an answered incoming one is a conversation."""

    kind = "calls"
    of = ("call", "activity")
    all_of = frozenset({"phone", "email"})
    needs = ((("at", "date", "time"), "no column has the time of the calls."),)

    def prepare(self, first: Sequence[Sequence[str]]) -> None:
        if "at" in self.map.columns and "date" in self.map.columns and self._times_only(first):
            self._rename("at", "time")  # bare times beside a column of dates
        if "at" not in self.map.columns and "date" not in self.map.columns:
            self._rename("time", "at")  # "Time" alone holds both
        self._split = "at" not in self.map.columns
        if not {"outcome", "duration", "direction", "missed"} & self.map.columns.keys():
            self.reading.notices.append("These rows may not be calls. They have no outcome, duration or direction.")
        self._order = self.watch_dates(self._day_field, self.now)
        if "duration" in self.map.columns and self.wanted.duration is None:
            header = normal(self.reading.columns["duration"][0])
            machine = bool({"direction", "missed", "from_number"} & self.map.columns.keys())
            self._unit = DurationFinder(header, machine=machine)
            self._watched.append((self.map.columns["duration"][0], self._unit.add))

    @property
    def _day_field(self) -> str:
        return "date" if self._split else "at"

    def settle(self) -> None:
        self._dates = self.dates_of(self._day_field, self._order)
        if "duration" in self.map.columns:
            asked = self.wanted.duration
            self._durations = DurationReader(asked) if asked else self._unit.reader()
            self.reading.duration = self._durations.unit

    def _rename(self, old: str, new: str) -> None:
        columns = self.map.columns
        self.assign({new if name == old else name: places for name, places in columns.items() if name != new})

    def _times_only(self, first: Sequence[Sequence[str]]) -> bool:
        found = [text for row in first if (text := self.map.text("at", row))]
        return bool(found) and all(re.fullmatch(r"\d{1,2}:\d{2}.{0,9}", text) for text in found)

    def value(self, row: Row) -> str | tuple[Activity, Contact | None, bool, datetime | None]:
        cells = row.cells
        moment = self._moment(cells)
        if moment is None:
            return "no date"
        written = moment
        if moment.time() == time(0) and ":" not in self.text("time" if self._split else "at", cells):
            # a day without a time: noon stands in, or now if that is earlier today
            moment = min(moment.replace(hour=12), max(moment, self.now.replace(microsecond=0)))
        if moment > self.now + SKEW:
            return "in the future"
        seconds = None
        if "duration" in self.map.columns:
            seconds = self.parse_cell("duration", cells, self._durations.parse_seconds)
        ours = self.text("kind", cells).casefold()
        found = self._own(ours) if ours in (*KINDS, PAYMENT) else self._kind(cells, unanswered=seconds == 0)
        if ours == "dial":  # with an outcome like any other call
            found = self._kind(cells, unanswered=False)
        if isinstance(found, str):
            return found
        kind, outcome = found
        minutes = (round_minutes(seconds) if seconds else 0) or None
        # for incoming calls the caller is the contact
        incoming = self._direction(cells, count=False) in ("incoming", "missed") and "from_number" in self.map.columns
        who, company_only = self.known_by(cells, "contact", "from_number" if incoming else "phone")
        entry = Activity(0, moment, kind, outcome, minutes=minutes, note=self._note(cells))
        return entry, who, company_only, written

    def _own(self, kind: str) -> tuple[str, str | None] | str:
        """Return what a row of our own log counts as, or why it doesn't count."""
        return (kind, None) if kind == "conversation" else "not a call"

    def _moment(self, cells: Sequence[str]) -> datetime | None:
        if not self._split:
            return self.parse_cell("at", cells, self._dates.moment)
        day, hour = self.text("date", cells), self.text("time", cells)
        if not day:
            return None
        try:
            return self._dates.moment(f"{day} {hour}".strip())
        except ValueError as error:
            raise Broken(f"{error} (columns {self._column('date')} and {self._column('time')})") from error

    def _kind(self, cells: Sequence[str], *, unanswered: bool) -> tuple[str, str | None] | str:
        """Return what the row counts as (kind and outcome), or why it doesn't count. `unanswered` means that the call
        took no time.
        """
        direction = self._direction(cells)
        text = self.text("outcome", cells)
        outcome = self.translate_cell("outcome", text)
        missed = self.flag("missed", cells)
        if direction == "no-call":
            return "not a call"
        if outcome == SKIP:
            return "skipped by --value"
        if outcome == "email":
            return "email", None
        answered = not missed and not unanswered and outcome not in ("no-answer", "voicemail")
        if direction == "missed":
            direction, answered = "incoming", False
        if direction == "incoming":
            return ("conversation", None) if answered else "missed incoming call"
        if missed and outcome is None:
            return "dial", "no-answer"
        return "dial", None if outcome in (None, "dial") else outcome

    def _direction(self, cells: Sequence[str], *, count: bool = True) -> str | None:
        text = self.text("direction", cells)
        header = normal(self._column("direction")) if "direction" in self.map.columns else ""
        if (text.casefold() in (TRUE | FALSE) - {""} and "incoming" in header) or "inbound" in header.split():
            if text.casefold() in TRUE:
                return "incoming"
            if text.casefold() in FALSE:
                return "outgoing"
        return self.translate_cell("direction", text, count=count)

    def _note(self, cells: Sequence[str]) -> str | None:
        return clean(self.text("notes", cells)) or None


class ActivityReader(CallReader):
    """Reads a log that planner exported: all it counts but revenue, which comes in with its deal."""

    kind, section = "activities", "calls"

    def prepare(self, first: Sequence[Sequence[str]]) -> None:
        super().prepare(first)
        self._found = self.watch_amounts("amount")

    def settle(self) -> None:
        super().settle()
        self._amounts = self.amounts_of("amount", self._found)

    def _own(self, kind: str) -> tuple[str, str | None] | str:
        return "revenue, which comes with its deal" if kind in ("deal", PAYMENT) else (kind, None)

    def value(self, row: Row) -> str | tuple[Activity, Contact | None, bool, datetime | None]:
        found = super().value(row)
        if isinstance(found, str):
            return found
        entry, who, company_only, written = found
        outcome = self.text("outcome", row.cells).casefold()
        entry = replace(
            entry,
            outcome=outcome if outcome in OUTCOMES.get(entry.kind, ()) else entry.outcome,
            count=self.parse_cell("count", row.cells, days) or 1,
            amount=self.parse_cell("amount", row.cells, self._amounts.amount),
            reason=self.text("reason", row.cells) or None,
        )
        return entry, who, company_only, written
