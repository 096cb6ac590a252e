"""Reads calls from the rows of a file, such as a telephone system's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time

from planner.domain.calls.activity_log import Activity
from planner.domain.clients.people import Contact
from planner.domain.text import clean
from planner.exchange.transfer.columns import ColumnMap, normal
from planner.exchange.transfer.csv_file import Row
from planner.exchange.transfer.records import SKIP, Broken, RowReader
from planner.exchange.transfer.values import FALSE, TRUE, DurationReader


class CallReader(RowReader[Activity]):
    """Reads calls: each is a dial, and an answered incoming one is a conversation."""

    kind = "calls"
    of = ("call", "activity")
    needs = ((("at", "date", "time"), "no column has the time of the calls."),)

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        if "at" in self.map.columns and "date" in self.map.columns and self._times_only(rows):
            self._rename("at", "time")  # bare times beside a column of dates
        if "at" not in self.map.columns and "date" not in self.map.columns:
            self._rename("time", "at")  # "Time" alone holds both
        self._split = "at" not in self.map.columns
        if not {"outcome", "duration", "direction", "missed"} & self.map.columns.keys():
            self.reading.notices.append("These rows may not be calls. They have no outcome, duration or direction.")
        self._dates = self.dates_of("date" if self._split else "at", rows, self.now)
        if "duration" in self.map.columns:
            cells = [row[index] for row in rows for index in self.map.columns["duration"][:1]]
            header, asked = normal(self.reading.columns["duration"][0]), self.wanted.duration
            machine = bool({"direction", "missed", "from_number"} & self.map.columns.keys())
            self._durations = (
                DurationReader(asked) if asked else DurationReader.for_column(header, cells, machine=machine)
            )
            self.reading.duration = self._durations.unit

    def _rename(self, old: str, new: str) -> None:
        self.map = ColumnMap(
            {new if name == old else name: places for name, places in self.map.columns.items() if name != new},
            self.map.joined,
        )
        self.reading.columns = {new if name == old else name: names for name, names in self.reading.columns.items()}

    def _times_only(self, rows: Sequence[Sequence[str]]) -> bool:
        found = [text for row in rows[:50] if (text := self.map.text("at", row))]
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
        if moment > self.now:
            return "in the future"
        found = self._kind(cells)
        if isinstance(found, str):
            return found
        kind, outcome = found
        minutes = None
        if "duration" in self.map.columns:
            minutes = self.parse_cell("duration", cells, self._durations.parse_minutes) or None
        # for incoming calls the caller is the contact
        incoming = self._direction(cells, count=False) in ("incoming", "missed") and "from_number" in self.map.columns
        who, company_only = self.known_by(cells, "contact", "from_number" if incoming else "phone")
        entry = Activity(0, moment, kind, outcome, minutes=minutes, note=self._note(cells))
        return entry, who, company_only, written

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

    def _kind(self, cells: Sequence[str]) -> tuple[str, str | None] | str:
        """Return what the row counts as (kind and outcome), or why it doesn't count."""
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
        answered = not missed and outcome not in ("no-answer", "voicemail")
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
        return self.translate_cell("direction", text)

    def _note(self, cells: Sequence[str]) -> str | None:
        note = clean(self.map.text("notes", cells))
        if len(note) > 10_000:
            raise Broken(
                f"the note has {len(note):,} characters and can have up to 10,000 (column {self._column('notes')})"
            )
        return note or None
