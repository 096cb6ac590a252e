"""Reads a file's rows as records: checked values, each with its line and its key. What makes up a row of each kind is
in `readers`.

An unreadable row is refused with its line and column (`FileRefused`). A row of no use to us is skipped with the reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from planner.domain.calls.activity_log import Activity
from planner.domain.clients import deals, people
from planner.domain.clients.deals import Stage
from planner.domain.clients.people import KINDS as CUSTOMER_KINDS
from planner.domain.clients.people import Contact, ContactMethod
from planner.domain.day.activity import DIAL_OUTCOMES
from planner.domain.day.tasks import TaskState
from planner.domain.errors import InputError
from planner.domain.text import clean, plural
from planner.exchange.transfer.columns import ColumnMap, Words, column, map_columns, normal
from planner.exchange.transfer.csv_file import CsvFile, FileRefused, Row, TableFile
from planner.exchange.transfer.dates import DateReader, Order
from planner.exchange.transfer.facts import facts
from planner.exchange.transfer.values import TRUE, AmountReader, TwoWays, Unit, given_text, has_content
from planner.exchange.transfer.ways import in_cell, label_of_column

Value = TypeVar("Value")
Read = TypeVar("Read")
SKIP = "skip"
LINES_NAMED = 5
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
    """The result of reading a file: its records, what was skipped and why, and what was detected."""

    file: CsvFile
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    joined: frozenset[str] = frozenset()  # fields that take all their columns, not the first with anything in it
    rows: int = 0
    matching: int = 0
    records: list[Record[Value]] = field(default_factory=list)
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


# A person's page on a network. It stays when they change jobs.
_PROFILE = re.compile(r"\b(linkedin|xing)\.com/(?:in|pub|profile|mwlite/in)/([^/?#\s]+)")
UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d+)?")


class Broken(Exception):
    """Raised for a cell that can't be read. The caller adds the line."""


class RowReader(Generic[Value]):
    """Base of the readers, each of which reads the rows of one kind from a file. Subclasses define what makes up a
    row.
    """

    kind = ""
    section = ""  # of the shipped words, if it isn't named like the kind
    of: tuple[str, ...] = ()
    all_of: frozenset[str] = frozenset()
    needs: tuple[tuple[tuple[str, ...], str], ...] = ()

    def __init__(
        self, file: CsvFile, shipped: Mapping[str, Any], wanted: Wanted, now: datetime, tick: Callable[[int], None]
    ) -> None:
        self.file, self.wanted, self.now, self.tick = file, wanted, now, tick
        synonyms, tables = (
            shipped[self.section or self.kind],
            {"kind": dict.fromkeys(CUSTOMER_KINDS, ()), **shipped["words"]},
        )
        self.roots: Mapping[str, Sequence[str]] = tables["direction_roots"]
        # of a name, every part is kept: Spanish and Russian files have two columns for one of them
        self.map = map_columns(file.header, synonyms, wanted.columns, FIELDS[self.kind], self.of, NAME_PARTS)
        self.reading: Reading[Value] = Reading(
            file,
            joined=self.map.joined | self.all_of,
            words={name: Words(tables.get(name, {}), wanted.values.get(name, {})) for name in OURS[self.kind]},
        )
        self.assign(self.map.columns)
        self._seen: dict[str, int] = {}
        self._line = 0
        self._cut: dict[str, dict[int, None]] = {}  # by field, the lines where its text is too long
        self._id_name = "+".join(normal(name) for name in self.reading.columns.get("id", ()))
        self._labels = [label_of_column(file.header, index) for index in range(len(file.header))]
        for needed, said in self.needs:
            if self.map.columns.keys().isdisjoint(needed) and wanted.defaults.keys().isdisjoint(needed):
                sheets = file.sheets if isinstance(file, TableFile) else ()
                others = f" The workbook has the sheets {', '.join(sheets)}: choose one with --sheet." if sheets else ""
                raise FileRefused(
                    f"{file.name}: {said} Choose it with --map {needed[0]}=COLUMN. The columns are "
                    f"{', '.join(file.header[:12])}{' …' if len(file.header) > 12 else ''}.{others}"
                )

    @classmethod
    def fits(cls, header: Sequence[str], shipped: Mapping[str, Any], wanted: Wanted) -> bool:
        """Whether a table with a header has the columns that are needed."""
        try:
            found = map_columns(
                header, shipped[cls.section or cls.kind], wanted.columns, FIELDS[cls.kind], cls.of
            ).columns
        except InputError:  # a column named with --map is in another sheet
            return False
        named = {*found, *wanted.defaults}
        return not any(named.isdisjoint(needed) for needed, _ in cls.needs)

    def assign(self, columns: Mapping[str, tuple[int, ...]]) -> None:
        """Set which columns each field has, as indices into the header."""
        self.map = ColumnMap(columns, self.map.joined)
        header, used = self.file.header, {index for places in columns.values() for index in places}
        self.reading.columns = {name: tuple(header[index] for index in places) for name, places in columns.items()}
        self.reading.ignored = tuple(name for index, name in enumerate(header) if index not in used)

    def read(self) -> Reading[Value]:
        """Read every row. Raises FileRefused with the line of one that can't be read."""
        rows = list(self._matching())
        self.prepare([row.cells for row in rows])
        for number, row in enumerate(rows):
            if number % 1000 == 0:
                self.tick(number)
            self._line = row.line
            name = self.text("caller", row.cells) or self.text("owner", row.cells)
            if name:
                self.reading.whose[name] = self.reading.whose.get(name, 0) + 1
            try:
                self._row(row)
            except (Broken, InputError) as problem:
                raise FileRefused(
                    f"{self.file.name}, line {row.line}: {str(problem).rstrip('.')}. Nothing was changed."
                ) from problem
        self.report_findings()
        self._report_odd_rows(rows)
        if self.file.doubtful:
            words = ", ".join(f"“{word}”" for word in self.file.doubtful)
            told = f"The encoding ({self.file.encoding}) is a guess. It reads {words}."
            self.reading.notices.append(f"{told} If that's wrong, set it with --encoding.")
        if self.file.cut:
            self.reading.notices.append(
                "The last line has no line break. If the file was cut off, its last cell may be incomplete."
            )
        return self.reading

    def _matching(self) -> Iterator[Row]:
        where = [(column(self.file.header, name), value.strip().casefold()) for name, value in self.wanted.where]
        for row in self.file.rows():
            self.reading.rows += 1
            if all(row.cells[index].strip().casefold() == value for index, value in where):
                self.reading.matching += 1
                yield row

    def _report_odd_rows(self, rows: Sequence[Row]) -> None:
        short = [row.line for row in rows if row.short]
        if short:
            told = plural(len(short), "row has", "rows have")
            self.reading.notices.append(
                f"{told} fewer cells than the header, so the rest is empty ({on_lines(short)})."
            )
        for name, lines in self._cut.items():
            self.reading.notices.append(
                f"Cut {name} to {LONGEST[name]:,} characters ({on_lines(list(lines))}). To leave it out: --map {name}=-"
            )

    def _row(self, row: Row) -> None:
        found = "deleted in the other program" if self.flag("deleted", row.cells) else self.value(row)
        if isinstance(found, str):
            self.reading.skip(found, row.line)
            return
        value, who, company_only, moment = found
        # a call is identified by its time as written, whatever time is substituted where none is
        written = replace(value, moment=moment) if isinstance(value, Activity) and moment is not None else value
        self.reading.records.append(
            Record(row.line, self._ref(row, moment), facts(written, who), value, who, company_only, self.uid(row.cells))
        )

    def uid(self, cells: Sequence[str]) -> str:
        """Return the uid that our own exports give a row, or ""."""
        columns = zip(self.reading.columns.get("id", ()), self.map.cells("id", cells), strict=True)
        found = next((cell.strip().lower() for name, cell in columns if name.casefold() == "uid"), "")
        return found if UID.fullmatch(found) else ""

    def _ref(self, row: Row, moment: datetime | None) -> str:
        """Return a row's reference: its id with the id column's name (plus a call's time, since telephone systems
        restart at 1), or else its cells and how often they occurred before.
        """
        given_id = self.text("id", row.cells)
        if given_id:
            return row_hash(f"id\x1f{self._id_name}\x1f{given_id}\x1f{moment.isoformat() if moment else ''}")
        profile = _PROFILE.search(self.text("profile", row.cells).casefold())
        if profile:
            return row_hash(f"profile\x1f{profile[1]}/{profile[2]}")
        cells = "\x1f".join(cell.strip() for cell in row.cells)
        self._seen[cells] = self._seen.get(cells, 0) + 1
        return row_hash(f"row\x1f{cells}\x1f{self._seen[cells]}")

    # defined by the kinds

    def prepare(self, rows: Sequence[Sequence[str]]) -> None:
        """Detect how the columns are written."""

    def report_findings(self) -> None:
        """Report what was found out over all rows."""

    def value(self, row: Row) -> str | tuple[Value, Contact | None, bool, datetime | None]:
        """Return a row as (value, contact, whether that is only a company, moment), or the reason to skip it."""
        raise NotImplementedError

    # helpers

    def text(self, name: str, cells: Sequence[str]) -> str:
        """Return a field's cleaned text, or "" for an empty cell."""
        default = self.wanted.defaults.get(name, "")
        if name not in self.map.columns:
            return default
        found = clean(self.map.text(name, cells), lines=name in people.LINES)
        if len(found) > (longest := LONGEST.get(name, len(found))):
            self._cut.setdefault(name, {})[self._line] = None
            found = found[: longest - 1].rstrip() + "…"
        return found if given_text(found) else default

    def texts(self, name: str, cells: Sequence[str]) -> list[str]:
        """Return the cleaned texts of all of a field's columns that have any, or its default."""
        found = [clean(cell) for cell in self.map.cells(name, cells) if has_content(cell)]
        return found or [text for text in (self.wanted.defaults.get(name, ""),) if text]

    def flag(self, name: str, cells: Sequence[str]) -> bool:
        """Whether a yes-or-no field says yes."""
        return self.text(name, cells).casefold() in TRUE

    def full_name(self, cells: Sequence[str], name: str) -> str:
        """Return the name as written, or else its parts."""
        parts = (self.text(part, cells) for part in NAME_PARTS)
        return self.text(name, cells) or " ".join(part for part in parts if part)

    def dates_of(self, name: str, rows: Sequence[Sequence[str]], latest: datetime | None = None) -> DateReader:
        """Return the reader of a date column."""
        places = self.map.columns.get(name, ())
        try:
            utc = any({"utc", "gmt"} & set(normal(self.file.header[index]).split()) for index in places)
            cells = [row[index] for row in rows for index in places]
            reader = DateReader.for_column(cells, latest, self.wanted.dates, utc=utc)
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: dates such as {str(error)!r} ({self._column(name)}) can be read two ways. Choose "
                "one with --dates dmy, --dates mdy or --dates ymd."
            ) from error
        if places:
            self.reading.dates[name] = reader.order
        return reader

    def amounts_of(self, name: str, rows: Sequence[Sequence[str]]) -> AmountReader:
        """Return the reader of an amount column."""
        places = self.map.columns.get(name, ())
        try:
            return AmountReader.for_column(row[index] for row in rows for index in places)
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: amounts such as {str(error)!r} ({self._column(name)}) may have a thousands "
                "separator or decimals. Write them without thousands separators, or with both separators and decimals."
            ) from error

    def parse_cell(self, name: str, cells: Sequence[str], read: Callable[[str], Read]) -> Read | None:
        """Return a parsed field, or None for an empty cell. Raises Broken with the column."""
        text = self.text(name, cells)
        if not text or not has_content(text):
            return None
        try:
            return read(text)
        except (ValueError, OverflowError, OSError) as error:
            raise Broken(f"{error} (column {self._column(name)})") from error

    def translate_cell(self, name: str, text: str, cells_empty: str | None = None, *, count: bool = True) -> str | None:
        """Return our word for a cell, or None if it has no meaning here. The preview shows those that `count`."""
        words = self.reading.words[name]
        ours = words.translate(text) if text else cells_empty
        if text and count:
            words.meet(text, ours)
        return ours

    def _column(self, name: str) -> str:
        return " + ".join(self.reading.columns.get(name, (name,)))

    def ways(self, name: str, cells: Sequence[str]) -> tuple[ContactMethod, ...]:
        """Return phone numbers or email addresses from all columns of a field, without duplicates."""
        found: dict[str, ContactMethod] = {}
        for index in self.map.columns.get(name, ()):
            label, typed = self._labels[index]
            if typed:
                label = clean(cells[index - 1]).lstrip("* ").lower()[:40]
            if "fax" in label or "pager" in label:
                continue
            for text, said in in_cell(cells[index], "email" if name == "email" else "phone"):
                found.setdefault(text.casefold(), ContactMethod(text, said or label))
                self._look_at(name, text)
        return tuple(found.values())

    def _look_at(self, name: str, text: str) -> None:
        if name == "phone" and re.fullmatch(r"\d[.,]\d+[eE]\+\d+", text):
            told = f"Numbers such as {text} were changed by a spreadsheet and have lost their last digits."
            if not any(known.startswith("Numbers such as") for known in self.reading.notices):
                self.reading.notices.append(told)

    def known_by(self, cells: Sequence[str], name: str, phone: str = "phone") -> tuple[Contact | None, bool]:
        """Return the contact of a call or deal: a person, else the company, else the email address or number."""
        phones, emails = self.ways(phone, cells), self.ways("email", cells)
        person, company = self.full_name(cells, name), self.text("company", cells)
        called = person or company or next((way.value for way in (*emails, *phones)), "")
        if not called:
            return None, False
        return Contact(0, "", called, company or None, phones=phones, emails=emails), not person


def on_lines(lines: Sequence[int]) -> str:
    """Name the first of some lines: ``line 3``, ``lines 3, 4, 9 and 12 more``."""
    more = f" and {len(lines) - LINES_NAMED:,} more" if len(lines) > LINES_NAMED else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {', '.join(map(str, lines[:LINES_NAMED]))}{more}"


def row_hash(text: str) -> str:
    """Return a short reference for what identifies a row."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
