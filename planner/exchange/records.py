"""Rows of a file as contacts, calls and deals: checked values, each with its line and the key it is known by.

A row that can't be read is refused with its line and column (`FileRefused`); one that says nothing for us is left out,
with the reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Generic, TypeVar

from planner.domain.activity import DIAL_OUTCOMES
from planner.domain.calls import Activity
from planner.domain.deals import Deal, Stage
from planner.domain.errors import InputError
from planner.domain.people import KINDS as CUSTOMER_KINDS
from planner.domain.people import Contact, Way
from planner.domain.text import clean
from planner.exchange.columns import ColumnMap, Words, column, mapped, normal
from planner.exchange.csvfile import CsvFile, FileRefused, Row
from planner.exchange.values import (
    FALSE,
    TRUE,
    AmountReader,
    DateReader,
    DurationReader,
    Order,
    TwoWays,
    Unit,
    birthday,
    currency_of,
    given,
    given_text,
)

Value = TypeVar("Value")
Read = TypeVar("Read")
SKIP = "skip"

FIELDS = {
    "contacts": (
        "id", "name", "given", "middle", "family", "email", "phone", "company", "role", "birthday", "birth_year",
        "birth_month", "birth_day", "city", "source", "tags", "notes", "kind", "deleted",
    ),
    "calls": (
        "id", "at", "date", "time", "outcome", "direction", "missed", "from_number", "caller", "contact", "company",
        "phone", "email",
        "duration", "notes", "deleted",
    ),
    "deals": (
        "id", "title", "value", "currency", "stage", "closed", "expected", "opened", "company", "contact", "given",
        "family", "email", "owner", "reason", "notes", "deleted",
    ),
}  # fmt: skip
# The fields whose words have a meaning here, with our words.
OURS: dict[str, dict[str, tuple[str, ...]]] = {
    "contacts": {"kind": (*CUSTOMER_KINDS, "")},
    "calls": {
        "outcome": (*DIAL_OUTCOMES, "dial", "email", SKIP),
        "direction": ("incoming", "outgoing", "missed", "no-call"),
    },
    "deals": {"stage": (*Stage, SKIP)},
}


@dataclass(frozen=True)
class Wanted:
    """What was asked of an import, beside the file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    where: Sequence[tuple[str, str]] = ()
    dates: Order | None = None
    duration: Unit | None = None


@dataclass(frozen=True, slots=True)
class Record(Generic[Value]):
    """A row as a value. `ref` is what it is known by when it comes again, `read` what it said, to see what has changed.

    `company_only` says that the contact of it is known by its company alone.
    """

    line: int
    ref: str
    read: dict[str, object]
    value: Value
    who: Contact | None = None
    company_only: bool = False


@dataclass
class Reading(Generic[Value]):
    """A file read: its records, what was left out and why, and what was found out on the way."""

    file: CsvFile
    columns: dict[str, tuple[str, ...]]
    ignored: tuple[str, ...]
    rows: int = 0
    matching: int = 0
    records: list[Record[Value]] = field(default_factory=list)
    skipped: dict[str, list[int]] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    dates: dict[str, Order] = field(default_factory=dict)
    duration: Unit | None = None
    currency: str = ""
    notices: list[str] = field(default_factory=list)

    def skip(self, why: str, line: int) -> None:
        """Leave a row out."""
        self.skipped.setdefault(why, []).append(line)


class Broken(Exception):
    """A cell that can't be read; the line is added by who reads the row."""


class RowReader(Generic[Value]):
    """Reads the rows of one kind out of a file. Subclasses say what a row is."""

    kind = ""
    of: tuple[str, ...] = ()
    needs: tuple[tuple[tuple[str, ...], str], ...] = ()

    def __init__(
        self, file: CsvFile, shipped: Mapping[str, Any], wanted: Wanted, now: datetime, tick: Callable[[int], None]
    ) -> None:
        self.file, self.wanted, self.now, self.tick = file, wanted, now, tick
        synonyms, tables = shipped[self.kind], shipped["words"]
        self.roots: Mapping[str, Sequence[str]] = tables["direction_roots"]
        self.map = mapped(file.header, synonyms, wanted.columns, FIELDS[self.kind], self.of)
        used = {index for places in self.map.columns.values() for index in places}
        self.reading: Reading[Value] = Reading(
            file,
            {name: tuple(file.header[index] for index in places) for name, places in self.map.columns.items()},
            tuple(name for index, name in enumerate(file.header) if index not in used),
            words={name: Words(tables.get(name, {}), wanted.values.get(name, {})) for name in OURS[self.kind]},
        )
        self._seen: dict[str, int] = {}
        self._id_name = "+".join(normal(name) for name in self.reading.columns.get("id", ()))
        self._labels = [_label(file.header, index) for index in range(len(file.header))]
        for needed, said in self.needs:
            if not any(name in self.map.columns for name in needed):
                raise FileRefused(
                    f"{file.name}: {said} Name it with --map {needed[0]}=COLUMN. The file has: "
                    f"{', '.join(file.header[:12])}{' …' if len(file.header) > 12 else ''}."
                )

    def read(self) -> Reading[Value]:
        """Every row. Raises FileRefused with the line of one that can't be read."""
        rows = list(self._matching())
        self.prepare([row.cells for row in rows])
        for number, row in enumerate(rows):
            if number % 1000 == 0:
                self.tick(number)
            try:
                self._row(row)
            except (Broken, InputError) as problem:
                raise FileRefused(
                    f"{self.file.name}, line {row.line}: {str(problem).rstrip('.')}; nothing was changed."
                ) from problem
        if self.file.few_letters:
            told = f"The encoding ({self.file.encoding}) was told by few letters: look at the names above"
            self.reading.notices.append(f"{told}, and name another with --encoding.")
        if self.file.cut:
            self.reading.notices.append(
                "The last line has no end: if the file broke off there, its last cell may be cut short."
            )
        return self.reading

    def _matching(self) -> Iterator[Row]:
        where = [(column(self.file.header, name), value.strip().casefold()) for name, value in self.wanted.where]
        for row in self.file.rows():
            self.reading.rows += 1
            if all(row.cells[index].strip().casefold() == value for index, value in where):
                self.reading.matching += 1
                yield row

    def _row(self, row: Row) -> None:
        found = "deleted there" if self.flag("deleted", row.cells) else self.value(row)
        if isinstance(found, str):
            self.reading.skip(found, row.line)
            return
        value, who, company_only, moment = found
        # a call is known by its time as it is written, whatever hour stands in where none is
        written = replace(value, moment=moment) if isinstance(value, Activity) and moment is not None else value
        self.reading.records.append(
            Record(row.line, self._ref(row, moment), facts(written, who), value, who, company_only)
        )

    def _ref(self, row: Row, moment: datetime | None) -> str:
        """By its id, under the name of the id's column (and a call's time, because telephone systems begin at 1 again);
        else by its cells and how often they have come before.
        """
        given_id = self.text("id", row.cells)
        if given_id:
            return _hash(f"id\x1f{self._id_name}\x1f{given_id}\x1f{moment.isoformat() if moment else ''}")
        cells = "\x1f".join(cell.strip() for cell in row.cells)
        self._seen[cells] = self._seen.get(cells, 0) + 1
        return _hash(f"row\x1f{cells}\x1f{self._seen[cells]}")

    # what the kinds say

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        """Find out how the columns are written."""

    def value(self, row: Row) -> str | tuple[Value, Contact | None, bool, datetime | None]:
        """A row as (value, whom it concerns, whether that is only a company, its moment); or why it is left out."""
        raise NotImplementedError

    # helpers

    def text(self, name: str, cells: Sequence[str]) -> str:
        """The cleaned text of a field; "" where the cell says nothing."""
        if name not in self.map.columns:
            return ""
        found = clean(self.map.text(name, cells), lines=name == "notes")
        return found if given_text(found) else ""

    def flag(self, name: str, cells: Sequence[str]) -> bool:
        """Whether a yes-or-no field says yes."""
        return self.text(name, cells).casefold() in TRUE

    def full_name(self, cells: Sequence[str], name: str) -> str:
        """The name as written, else its parts."""
        parts = (self.text(part, cells) for part in ("given", "middle", "family"))
        return self.text(name, cells) or " ".join(part for part in parts if part)

    def dates_of(self, name: str, rows: Sequence[Sequence[str]], latest: datetime | None = None) -> DateReader:
        """The reader of a column of dates."""
        places = self.map.columns.get(name, ())
        try:
            utc = any({"utc", "gmt"} & set(normal(self.file.header[index]).split()) for index in places)
            cells = [row[index] for row in rows for index in places]
            reader = DateReader.of(cells, latest, self.wanted.dates, utc=utc)
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: dates such as {str(error)!r} ({self._column(name)}) can be read in two ways. Say "
                "which with --dates dmy, --dates mdy or --dates ymd."
            ) from error
        if places:
            self.reading.dates[name] = reader.order
        return reader

    def amounts_of(self, name: str, rows: Sequence[Sequence[str]]) -> AmountReader:
        """The reader of a column of amounts."""
        places = self.map.columns.get(name, ())
        try:
            return AmountReader.of(row[index] for row in rows for index in places)
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: amounts such as {str(error)!r} ({self._column(name)}) can be read with thousands "
                "or with decimals after the dot. Write them without thousands, or with both."
            ) from error

    def parsed(self, name: str, cells: Sequence[str], read: Callable[[str], Read]) -> Read | None:
        """A field read; None where the cell says nothing. Raises Broken with the column."""
        text = self.text(name, cells)
        if not text or not given(text):
            return None
        try:
            return read(text)
        except (ValueError, OverflowError, OSError) as error:
            raise Broken(f"{error} (column {self._column(name)})") from error

    def meant(self, name: str, text: str, cells_empty: str | None = None) -> str | None:
        """Our word for a cell, counted for the preview; None where it has no meaning here."""
        words = self.reading.words[name]
        ours = words.ours(text) if text else cells_empty
        if text:
            words.meet(text, ours)
        return ours

    def _column(self, name: str) -> str:
        return " + ".join(self.reading.columns.get(name, (name,)))

    def ways(self, name: str, cells: Sequence[str]) -> tuple[Way, ...]:
        """Phone numbers or mail addresses out of all columns of a field, each once."""
        found: dict[str, Way] = {}
        for index in self.map.columns.get(name, ()):
            label, typed = self._labels[index]
            if typed:
                label = clean(cells[index - 1]).lstrip("* ").lower()[:40]
            if "fax" in label or "pager" in label:
                continue
            for part in re.split(r"\s*(?:;|:::|\n|,\s*(?=[+\d(]\d|\S+@)|\s/\s)\s*", cells[index]):
                text = clean(part)
                if given_text(text):
                    found.setdefault(text.casefold(), Way(text, label))
                    self._look_at(name, text)
        return tuple(found.values())

    def _look_at(self, name: str, text: str) -> None:
        if name == "phone" and re.fullmatch(r"\d[.,]\d+[eE]\+\d+", text):
            told = f"Numbers such as {text} were mangled by a spreadsheet: the last digits are gone."
            if not any(known.startswith("Numbers such as") for known in self.reading.notices):
                self.reading.notices.append(told)

    def known_by(self, cells: Sequence[str], name: str, phone: str = "phone") -> tuple[Contact | None, bool]:
        """Whom a call or deal concerns: a person, else the company, else the mail address or number."""
        phones, emails = self.ways(phone, cells), self.ways("email", cells)
        person, company = self.full_name(cells, name), self.text("company", cells)
        called = person or company or next((way.value for way in (*emails, *phones)), "")
        if not called:
            return None, False
        return Contact(0, "", called, company or None, phones=phones, emails=emails), not person


READ = {
    Contact: (
        "name", "company", "role", "phones", "emails", "kind", "source", "city", "birthday", "tags", "notes",
    ),
    Activity: ("moment", "kind", "outcome", "minutes", "note"),
    Deal: ("title", "stage", "value", "opened", "closed", "expected_close", "reason", "owner", "notes"),
}  # fmt: skip


def facts(value: Any, who: Contact | None) -> dict[str, object]:
    """What a row says, as plain JSON: of a later file only what differs from it is news."""
    found: dict[str, object] = {}
    for name in READ[type(value)]:
        fact = getattr(value, name)
        if name in ("phones", "emails"):
            found[name] = [way.value for way in fact]
        else:
            found[name] = list(fact) if isinstance(fact, tuple) else fact if fact is None else str(fact)
    if who is not None:
        found["who"] = [who.name, who.company, *(way.value for way in (*who.phones, *who.emails))]
    return found


def _label(header: Sequence[str], index: int) -> tuple[str, bool]:
    """What sort of number a column holds; and whether the column before says it (Google's "Phone 1 - Type")."""
    name = normal(header[index])
    typed = index > 0 and "value" in name and normal(header[index - 1]) == name.replace("value", "type")
    words = name.split()
    for label in ("mobile", "cell", "work", "business", "home", "direct", "office"):
        if label in words:
            return {"cell": "mobile", "business": "work", "office": "work"}.get(label, label), typed
    return "", typed


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class ContactReader(RowReader[Contact]):
    """Contacts."""

    kind = "contacts"
    of = ("person", "contact", "lead")
    needs = (
        (
            ("name", "given", "family", "company", "email", "phone"),
            "no column holds a name, a company, a mail address or a phone number.",
        ),
    )

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        self._birthdays = self.dates_of("birthday", rows, self.now)

    def value(self, row: Row) -> str | tuple[Contact, Contact | None, bool, datetime | None]:
        cells = row.cells
        phones, emails = self.ways("phone", cells), self.ways("email", cells)
        person, company = self.full_name(cells, "name"), self.text("company", cells)
        name = person or company or next((way.value for way in (*emails, *phones)), "")
        if not name:
            return "nothing to call it by: no name, company, mail address or phone number"
        kind = self.meant("kind", self.text("kind", cells), "") or ""
        contact = Contact(
            0,
            "",
            name,
            company or None,
            role=self.text("role", cells),
            phones=phones,
            emails=emails,
            kind=kind,
            source=self.text("source", cells),
            city=self.text("city", cells),
            birthday=self._birthday(cells),
            tags=self._tags(cells),
            notes=self.text("notes", cells),
        )
        return contact, None, not person and bool(company), None

    def _birthday(self, cells: Sequence[str]) -> str | None:
        found = self.parsed("birthday", cells, lambda text: birthday(text, self._birthdays, self.now.date()))
        if found is not None:
            return found
        parts = [self.text(name, cells) for name in ("birth_year", "birth_month", "birth_day")]
        if all(part.isdecimal() for part in parts[1:]):
            year = f"{int(parts[0]):04}-" if parts[0].isdecimal() else "--"
            return f"{year}{int(parts[1]):02}-{int(parts[2]):02}"
        return None

    def _tags(self, cells: Sequence[str]) -> tuple[str, ...]:
        parts = (part for cell in self.map.cells("tags", cells) for part in re.split(r"[;,|]|:::", cell))
        found = (clean(part).lstrip("* ").strip() for part in parts)
        return tuple(dict.fromkeys(tag for tag in found if given_text(tag)))


class CallReader(RowReader[Activity]):
    """Calls: a dial each; an answered incoming one is a conversation."""

    kind = "calls"
    of = ("call", "activity")
    needs = ((("at", "date", "time"), "no column says when the calls were."),)

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        if "at" in self.map.columns and "date" in self.map.columns and self._times_only(rows):
            self._rename("at", "time")  # a column of bare times beside one of dates
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
            # only a day: noon stands for it, or now for today
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
        # who called us stands where the number that calls does
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
        """What the row counts as: kind and outcome, or why it counts nothing."""
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
    """Deals; a won one books its value on the day it was closed."""

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
            # leads: beside a first name "Title" is the person's
            self.map = ColumnMap({k: v for k, v in self.map.columns.items() if k != "title"}, self.map.joined)
            self.reading.ignored = (*self.reading.ignored, *self.reading.columns.pop("title"))
        self._amounts = self.amounts_of("value", rows)
        self._one_currency(rows)
        self._dates = self._one_order(rows)
        for name in ("opened", "closed", "expected"):
            if name in self.map.columns:
                self.reading.dates[name] = self._dates.order

    def _one_order(self, rows: Sequence[Sequence[str]]) -> DateReader:
        """The order of all dates of the file: what can be read only one way in one column tells that of the others.

        Deals were opened, and won or lost, before now; expected closes lie ahead.
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
        """Amounts are of one currency: what the file says of it, or a refusal where it says several."""
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
        """Our stage: of several columns (a stage and a status) the one that says won or lost."""
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
        stage = Stage(ours or Stage.TALK)  # what has no meaning here is shown in the preview
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
    """Refuse a field or a word of ours that there isn't. Raises InputError."""
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
    """What kind of file it most likely is, by how many of its columns are known."""
    telling = {"calls": ("outcome", "duration", "direction"), "deals": ("stage", "value", "closed")}
    best, most = "", 1
    for kind, names in telling.items():
        found = mapped(file.header, shipped[kind], {}, names).columns
        if len(found) > most:
            best, most = kind, len(found)
    return best
