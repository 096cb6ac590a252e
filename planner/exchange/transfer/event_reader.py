"""Reads meetings and other events from the rows of a file, such as a calendar that Outlook exported as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from planner.domain.clients.people import Contact
from planner.domain.day.events import EPOCH, Event, EventTime
from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.workdays import DAY
from planner.exchange.transfer.columns import normal
from planner.exchange.transfer.csv_file import FileRefused, Row
from planner.exchange.transfer.dates import DateReader, OrderFinder
from planner.exchange.transfer.records import SKIP
from planner.exchange.transfer.row_reader import Broken, RowReader, row_hash
from planner.exchange.transfer.values import DurationReader, TwoWays

LONGEST_TITLE = 500
LONGEST_EVENT = timedelta(days=3660)
# How Outlook numbers "Show time as": 1 tentative, 2 busy, 3 free, 4 out of office.
FREE = frozenset(
    {"3", "free", "transparent", "available", "frei", "свободен", "한가함", "空き時間", "libre", "disponible"}
)
TENTATIVE = frozenset(
    {"1", "tentative", "mit vorbehalt", "под вопросом", "미정", "仮の予定", "provisional", "provisoire"}
)
UID = "csv-"  # an event of a table, which has no UID of its own


class EventReader(RowReader[Event]):
    """Reads events at local time, one for each row. Repeating ones come as a row for each time."""

    kind = "events"
    of = ("event", "meeting")
    all_of = frozenset[str]()
    needs = (
        (("title",), "no column has the title of the events."),
        (("start",), "no column has the day they start."),
    )

    def prepare(self, first: Sequence[Sequence[str]]) -> None:
        if "start" not in self.map.columns and "start_time" in self.map.columns:
            self.assign({**self.map.columns, "start": self.map.columns["start_time"], "start_time": ()})
        self._order = OrderFinder(None, self.wanted.dates)
        for name in ("start", "end"):
            self.watch(name, self._order.add)
        header = normal(self._column("duration")) if "duration" in self.map.columns else ""
        self._durations = DurationReader("minutes") if "sec" not in header else DurationReader("seconds")

    def settle(self) -> None:
        try:
            self._dates = DateReader(self._order.order())
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: dates such as {str(error)!r} can be read two ways. Choose one with --dates dmy, "
                "--dates mdy or --dates ymd."
            ) from error
        for name in ("start", "end"):
            if name in self.map.columns:
                self.reading.dates[name] = self._dates.order

    def value(self, row: Row) -> str | tuple[Event, Contact | None, bool, datetime | None]:
        cells = row.cells
        ours = self.translate_cell("status", self.text("status", cells))
        if ours in (SKIP, "dropped"):
            return "skipped by --value" if ours == SKIP else "it's canceled"
        title = self.text("title", cells)[:LONGEST_TITLE] or "(no title)"
        start = self._moment("start", "start_time", cells)
        if start is None:
            return "no start"
        whole = self.flag("all_day", cells) or (not self._has_hour(start, "start", "start_time", cells))
        end = self._end(start, whole, cells)
        if end - start > LONGEST_EVENT:
            raise Broken("the event lasts more than ten years")
        shown = self.text("shown_as", cells).casefold()
        if shown in TENTATIVE:
            title += " (tentative)"
        begin, over = (round((each - EPOCH).total_seconds()) for each in (start, end))
        moment = EventTime(begin, over, floating=True, all_day=whole, busy=shown not in FREE)
        place = self.text("place", cells)[:LONGEST_TITLE]
        uid = UID + self._key(cells, title, start)
        event = Event(uid, title, (moment,), _source(uid, title, place, moment), place)
        who, company_only = self.known_by(cells, "contact")
        return event, who, company_only, None

    def _moment(self, day: str, hour: str, cells: Sequence[str]) -> datetime | None:
        date, at = self.text(day, cells), self.text(hour, cells)
        if not date:
            return None
        try:
            found = self._dates.moment(f"{date} {at}".strip()) if not at or ":" not in date else None
        except (ValueError, OverflowError, OSError) as error:
            raise Broken(f"{error} (column {self._column(day)})") from error
        return found if found is not None else self._dates.moment(date)

    def _has_hour(self, moment: datetime, day: str, hour: str, cells: Sequence[str]) -> bool:
        return moment.time() != time() or bool(self.text(hour, cells)) or ":" in self.text(day, cells)

    def _end(self, start: datetime, whole: bool, cells: Sequence[str]) -> datetime:
        """Return the end. Of whole days it is the midnight after the last one: with an hour, files write that midnight
        (Outlook), and without one the last day (Google).
        """
        end = self._moment("end", "end_time", cells)
        at = self.text("end_time", cells)
        if end is None and at and not whole:
            end = self._dates.moment(f"{start:%Y-%m-%d} {at}")
            end += DAY if end < start else timedelta(0)  # past midnight
        if end is None:
            seconds = self.parse_cell("duration", cells, self._durations.parse_seconds) or Decimal(0)
            end = start + (DAY if whole else timedelta(seconds=int(seconds)))
        elif whole and not self._has_hour(end, "end", "end_time", cells):
            end += DAY
        if end < start:
            raise InputError(f"it ends before it starts ({start:%Y-%m-%d %H:%M})")
        if not whole:
            return end
        first = datetime.combine(start.date(), time())
        last = datetime.combine(end.date(), time()) + (DAY if end.time() != time() else timedelta(0))
        return max(last, first + DAY)

    def _key(self, cells: Sequence[str], title: str, start: datetime) -> str:
        """Return what an event is known by: its id, or else its title and start."""
        if given := self.text("id", cells):
            return row_hash(f"id\x1f{given}\x1f{self._again(given)}")
        name = f"{title.removesuffix(' (tentative)')}\x1f{start.isoformat()}"
        return row_hash(f"{name}\x1f{self._again(name)}")

    def _again(self, name: str) -> int:
        self._seen[name] = self._seen.get(name, 0) + 1
        return self._seen[name]

    def _ref(self, row: Row, moment: datetime | None) -> str:
        return str(row.line)  # its UID says which event it is


def _source(uid: str, title: str, place: str, moment: EventTime) -> str:
    """Return an event as the iCalendar text that imported events have."""
    form = "%Y%m%d" if moment.all_day else "%Y%m%dT%H%M%S"
    kind = ";VALUE=DATE" if moment.all_day else ""
    start, end = moment.local()
    lines = [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{_escaped(title)}",
        f"DTSTART{kind}:{start.strftime(form)}", f"DTEND{kind}:{end.strftime(form)}",
        *([f"LOCATION:{_escaped(place)}"] if place else []),
        f"TRANSP:{'OPAQUE' if moment.busy else 'TRANSPARENT'}", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "".join(f"{line}\r\n" for line in lines)


def _escaped(text: str) -> str:
    plain = clean(text)
    for char in ("\\", ";", ","):
        plain = plain.replace(char, f"\\{char}")
    return plain
