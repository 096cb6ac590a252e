"""The row readers by kind: contacts, calls, deals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from planner.domain.calls.activity_log import Activity
from planner.domain.clients import people
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import MAILINGS, TIERS, Contact, Need, check_birthday
from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.typed import zones
from planner.exchange.transfer.columns import ColumnMap, mapped, normal, split_cell
from planner.exchange.transfer.csv_file import CsvFile, FileRefused, Row
from planner.exchange.transfer.records import FIELDS, OURS, SELDOM, SKIP, Broken, RowReader, Wanted
from planner.exchange.transfer.values import (
    FALSE,
    TRUE,
    DateReader,
    DurationReader,
    TwoWays,
    birthday,
    currency_of,
    given,
    given_text,
)

_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ContactReader(RowReader[Contact]):
    """Reads contacts."""

    kind = "contacts"
    of = ("person", "contact", "lead")
    needs = (
        (
            ("name", "given", "family", "company", "email", "phone"),
            "no column holds a name, a company, a mail address or a phone number.",
        ),
    )

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        self._unread: list[str] = []
        self._more = not self.map.columns.keys().isdisjoint(SELDOM)
        self._names = [normal(name) for name in self.file.header]
        self._birthdays = self.dates_of("birthday", rows, self.now)
        self._untils = self.dates_of("supplier_until", rows)

    def done(self) -> None:
        if self._unread:
            count = len(self._unread)
            many = "1 day of a year is" if count == 1 else f"{count:,} days of a year are"
            self.reading.notices.append(f"{many} left out, which can't be read: {self._unread[0]}.")

    def _days_of(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Return other days, each with what it is, skipping unreadable ones."""
        found = []
        for part in (part for cell in self.map.cells("dates", cells) for part in split_cell(cell)):
            day, _, what = clean(part).partition(" ")
            if not what.strip():
                continue
            try:
                check_birthday(day, what)
            except InputError as problem:
                self._unread.append(str(problem).rstrip("."))
            else:
                found.append((day, what.strip()))
        return tuple(found)

    def _one_of(self, name: str, cells: Sequence[str], words: Sequence[str]) -> str:
        """Return a field limited to a few words, or "" for any other."""
        text = self.text(name, cells).casefold()
        return next((word for word in words if word.casefold() == text), "")

    def value(self, row: Row) -> str | tuple[Contact, Contact | None, bool, datetime | None]:
        cells = row.cells
        phones, emails = self.ways("phone", cells), self.ways("email", cells)
        person, company = self.full_name(cells, "name"), self.text("company", cells)
        name = person or company or next((way.value for way in (*emails, *phones)), "")
        if not name:
            return "nothing to call it by: no name, company, mail address or phone number"
        kind = self.meant("kind", self.text("kind", cells), "") or ""
        given_id = self.text("id", cells)
        contact = Contact(
            0,
            given_id.lower() if _UID.fullmatch(given_id) else "",
            name,
            company or None,
            role=self.text("role", cells),
            phones=phones,
            emails=emails,
            kind=kind,
            source=self.text("source", cells),
            city=self._city(cells),
            birthday=self._birthday(cells),
            tags=self._tags(cells),
            notes=self.text("notes", cells),
        )
        return (self._whole(contact, cells) if self._more else contact), None, not person and bool(company), None

    def _whole(self, contact: Contact, cells: Sequence[str]) -> Contact:
        """Return a contact with the fields that few files have."""
        texts: dict[str, Any] = {name: self.text(name, cells) for name in people.TEXTS if name in SELDOM}
        said = self.text("consent", cells).casefold()
        consent = True if said in TRUE else False if said and said in FALSE else None
        return replace(
            contact,
            **texts,
            supplier_until=self.parsed("supplier_until", cells, lambda text: self._untils.moment(text).date()),
            tier=self._one_of("tier", cells, TIERS),
            decides=self.flag("decides", cells),
            need=Need(need) if (need := self._one_of("need", cells, tuple(Need))) else None,
            consent=consent,
            mailing=self._one_of("mailing", cells, MAILINGS) if consent else "",
            rhythm=self.parsed("rhythm", cells, _days),
            dates=self._days_of(cells),
            zone=self.parsed("zone", cells, _zone) or "",
            # one column that says so is enough, since a CRM has several
            do_not_call=any(clean(cell).casefold() in TRUE for cell in self.map.cells("do_not_call", cells)),
        )

    def _city(self, cells: Sequence[str]) -> str:
        """Return the city of the work address, if one is marked (Google's "Address 2 - Type"), or else the first."""
        places = self.map.columns.get("city", ())
        if len(places) < 2:
            return self.text("city", cells)
        names = self._names
        for index in places:
            kind = names[index].removesuffix(" city") + " type"
            if cells[index].strip() and kind in names and "work" in cells[names.index(kind)].casefold():
                return clean(cells[index])
        return self.text("city", cells)

    def _birthday(self, cells: Sequence[str]) -> str | None:
        try:
            found = self.parsed("birthday", cells, lambda text: birthday(text, self._birthdays, self.now.date()))
        except Broken as problem:  # no reason to refuse a file of clients
            self._unread.append(str(problem))
            return None
        if found is not None:
            return found
        parts = [self.text(name, cells) for name in ("birth_year", "birth_month", "birth_day")]
        if all(part.isdecimal() for part in parts[1:]):
            year = f"{int(parts[0]):04}-" if parts[0].isdecimal() else "--"
            day = f"{year}{int(parts[1]):02}-{int(parts[2]):02}"
            try:
                check_birthday(day)
            except InputError as problem:
                self._unread.append(str(problem).rstrip("."))
                return None
            return day
        return None

    def _tags(self, cells: Sequence[str]) -> tuple[str, ...]:
        parts = (part for cell in self.map.cells("tags", cells) for part in split_cell(cell))
        found = (clean(part).lstrip("* ").strip() for part in parts)
        return tuple(dict.fromkeys(tag for tag in found if given_text(tag)))


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{text!r} is not a number of days")
    return int(text)


def _zone(text: str) -> str:
    try:
        return zones.parse_zone(text)
    except InputError as problem:
        raise ValueError(str(problem).rstrip(".")) from problem


class CallReader(RowReader[Activity]):
    """Reads calls: each is a dial, and an answered incoming one is a conversation."""

    kind = "calls"
    of = ("call", "activity")
    needs = ((("at", "date", "time"), "no column says when the calls were."),)

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        if "at" in self.map.columns and "date" in self.map.columns and self._times_only(rows):
            self._rename("at", "time")  # bare times beside a column of dates
        if "at" not in self.map.columns and "date" not in self.map.columns:
            self._rename("time", "at")  # "Time" alone holds both
        self._split = "at" not in self.map.columns
        if not {"outcome", "duration", "direction", "missed"} & self.map.columns.keys():
            self.reading.notices.append("Nothing says that these rows are calls: no outcome, duration or direction.")
        self._dates = self.dates_of("date" if self._split else "at", rows, self.now)
        if "duration" in self.map.columns:
            cells = [row[index] for row in rows for index in self.map.columns["duration"][:1]]
            header, asked = normal(self.reading.columns["duration"][0]), self.wanted.duration
            machine = bool({"direction", "missed", "from_number"} & self.map.columns.keys())
            self._durations = DurationReader(asked) if asked else DurationReader.of(header, cells, machine=machine)
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
            return "still to come"
        found = self._kind(cells)
        if isinstance(found, str):
            return found
        kind, outcome = found
        minutes = None
        if "duration" in self.map.columns:
            minutes = self.parsed("duration", cells, self._durations.minutes) or None
        # for incoming calls the caller is the contact
        incoming = self._direction(cells, count=False) in ("incoming", "missed") and "from_number" in self.map.columns
        who, company_only = self.known_by(cells, "contact", "from_number" if incoming else "phone")
        entry = Activity(0, moment, kind, outcome, minutes=minutes, note=self._note(cells))
        return entry, who, company_only, written

    def _moment(self, cells: Sequence[str]) -> datetime | None:
        if not self._split:
            return self.parsed("at", cells, self._dates.moment)
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
        outcome = self.meant("outcome", text)
        missed = self.flag("missed", cells)
        if direction == "no-call":
            return "no call, but something else"
        if outcome == SKIP:
            return "left out by --value"
        if outcome == "email":
            return "email", None
        answered = not missed and outcome not in ("no-answer", "voicemail")
        if direction == "missed":
            direction, answered = "incoming", False
        if direction == "incoming":
            return ("conversation", None) if answered else "incoming and not answered"
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
        return self.meant("direction", text)

    def _note(self, cells: Sequence[str]) -> str | None:
        note = clean(self.map.text("notes", cells))
        if len(note) > 10_000:
            raise Broken(f"a note of {len(note):,} characters (column {self._column('notes')}); 10,000 can be kept")
        return note or None


class DealReader(RowReader[Deal]):
    """Reads deals. A won one books its value on the day it was closed."""

    kind = "deals"
    of = ("deal", "opportunity")
    needs = (
        (("stage",), "no column says at which stage the deals are."),
        (
            ("title", "company", "contact", "given", "family", "email", "id"),
            "no column says what the deals are called, or with whom they are.",
        ),
    )

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        titles = [normal(name) for name in self.reading.columns.get("title", ())]
        if titles == ["title"] and "given" in self.map.columns and "title" not in self.wanted.columns:
            # in a leads file, "Title" beside a first name is the person's
            self.map = ColumnMap({k: v for k, v in self.map.columns.items() if k != "title"}, self.map.joined)
            self.reading.ignored = (*self.reading.ignored, *self.reading.columns.pop("title"))
        self._amounts = self.amounts_of("value", rows)
        self._one_currency(rows)
        self._dates = self._one_order(rows)
        for name in ("opened", "closed", "expected"):
            if name in self.map.columns:
                self.reading.dates[name] = self._dates.order

    def _one_order(self, rows: Sequence[Sequence[str]]) -> DateReader:
        """Return the date order of the whole file, since a column readable in only one way settles it for the others.

        Deals were opened, and won or lost, before now. Expected closes lie ahead.
        """
        cells, past = [], set()
        for row in rows:
            done = self._stage(row) in (Stage.WON, Stage.LOST)
            for name in ("opened", "closed", "expected"):
                for index in self.map.columns.get(name, ()):
                    cells.append(row[index])
                    if name == "opened" or (name == "closed" and done):
                        past.add(row[index].strip())
        try:
            return DateReader.of(cells, self.now, self.wanted.dates, past=past)
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: dates such as {str(error)!r} can be read in two ways. Say which with --dates dmy, "
                "--dates mdy or --dates ymd."
            ) from error

    def _one_currency(self, rows: Sequence[Sequence[str]]) -> None:
        """Set the currency of all amounts from the file, or refuse a file that names several."""
        found = {text.upper() for row in rows if (text := self.text("currency", row))}
        if not found:
            found = {text for row in rows if (text := currency_of(self.map.text("value", row)))}
        if len(found) > 1:
            raise FileRefused(
                f"{self.file.name}: amounts in several currencies ({', '.join(sorted(found))}); planner keeps one. "
                "Take in one of them with --where."
            )
        self.reading.currency = next(iter(found), "")

    def _stage(self, cells: Sequence[str]) -> str | None:
        """Return our stage. Of several columns (stage and status), the one that says won or lost decides."""
        texts = [clean(cell) for cell in self.map.cells("stage", cells) if given(cell)]
        ours = [self.reading.words["stage"].ours(text) for text in texts]
        return next((stage for stage in ours if stage in (Stage.WON, Stage.LOST)), ours[0] if ours else Stage.TALK)

    def value(self, row: Row) -> str | tuple[Deal, Contact | None, bool, datetime | None]:
        cells = row.cells
        theirs = " / ".join(clean(cell) for cell in self.map.cells("stage", cells) if given(cell))
        ours = self._stage(cells)
        if theirs:
            self.reading.words["stage"].meet(theirs, ours)
        if ours == SKIP:
            return "left out by --value"
        stage = Stage(ours or Stage.TALK)  # words without a meaning here show in the preview
        opened, closed = self._day("opened", cells), self._day("closed", cells)
        if not stage.open and closed is None:
            return f"{stage} without the day it was closed"
        if not stage.open and closed is not None and closed > self.now.date():
            return f"{stage} on a day still to come"
        who, company_only = self.known_by(cells, "contact")
        value: Decimal | None = self.parsed("value", cells, self._amounts.amount)
        if value is not None and value < 0:
            return "a value below 0: book it as a refund of the deal that it belongs to"
        if stage is Stage.WON and value is None:
            return "won without a value"
        deal = Deal(
            0,
            self._title(cells, who),
            stage,
            opened,
            value=value,
            closed=None if stage.open else closed,
            expected_close=(self._day("expected", cells) or closed) if stage.open else None,
            reason=self.text("reason", cells),
            owner=self.text("owner", cells),
            notes=self.text("notes", cells),
            booked=self.parsed("booked", cells, self._amounts.amount) or Decimal(0),
            contract_end=self._day("contract_end", cells),
            term_months=self.parsed("term", cells, _days),
        )
        return deal, who, company_only, None

    def _day(self, name: str, cells: Sequence[str]) -> date | None:
        found = self.parsed(name, cells, self._dates.moment)
        return None if found is None else found.date()

    def _title(self, cells: Sequence[str], who: Contact | None) -> str:
        title = self.text("title", cells)
        if title:
            return title
        named = self.text("id", cells)
        return who.name if who is not None else named or "a deal"


READERS: dict[str, type[RowReader[Any]]] = {reader.kind: reader for reader in (ContactReader, CallReader, DealReader)}


def check_wanted(kind: str, wanted: Wanted) -> None:
    """Refuse unknown fields or words. Raises InputError."""
    for name in wanted.columns:
        if name not in FIELDS[kind]:
            raise InputError(f"{name!r} is not a field of {kind}; there are: {', '.join(FIELDS[kind])}.")
    for name, words in wanted.values.items():
        if name not in OURS[kind]:
            raise InputError(f"--value can't map {name!r}; of {kind} it maps {', '.join(OURS[kind])}.")
        for ours in words.values():
            if ours not in OURS[kind][name]:
                allowed = ", ".join(word for word in OURS[kind][name] if word)
                raise InputError(f"{ours!r} is not a word of ours for {name}; it can be {allowed}.")


def looks_like(file: CsvFile, shipped: Mapping[str, Any]) -> str:
    """Return the most likely kind of a file, by the number of columns recognized."""
    telling = {"calls": ("outcome", "duration", "direction"), "deals": ("stage", "value", "closed")}
    best, most = "", 1
    for kind, names in telling.items():
        found = mapped(file.header, shipped[kind], {}, names).columns
        if len(found) > most:
            best, most = kind, len(found)
    return best
