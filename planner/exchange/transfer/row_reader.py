"""Reads a file's rows as records: checked values, each with its line and its key. What makes up a row of each kind is
in `readers`.

A file is read twice, as a stream: to find out what only all of it tells (`scan`), and to read its rows (`records`).
An unreadable row is refused with its line and column (`FileRefused`). A row of no use to us is skipped with the reason.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice, pairwise
from typing import Any, Generic, TypeVar

from planner.domain.calls.activity_log import Activity
from planner.domain.clients import people
from planner.domain.clients.people import KINDS as CUSTOMER_KINDS
from planner.domain.clients.people import Contact, ContactMethod
from planner.domain.errors import InputError
from planner.domain.text import clean, plural
from planner.exchange.transfer.columns import ColumnMap, Words, column, map_columns, normal
from planner.exchange.transfer.csv_file import FileRefused, Row, Table, TableFile
from planner.exchange.transfer.dates import DateReader, OrderFinder
from planner.exchange.transfer.facts import facts
from planner.exchange.transfer.records import (
    FIELDS,
    LONGEST,
    NAME_PARTS,
    OURS,
    SAMPLE,
    Reading,
    Record,
    Value,
    Wanted,
    on_lines,
)
from planner.exchange.transfer.values import TRUE, AmountFinder, AmountReader, TwoWays, given_text, has_content
from planner.exchange.transfer.ways import in_cell, label_of_column

Read = TypeVar("Read")
FIRST_ROWS = 50

# A person's page on a network. It stays when they change jobs.
_PROFILE = re.compile(r"\b(linkedin|xing)\.com/(?:in|pub|profile|mwlite/in)/([^/?#\s]+)")
UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d+)?")


_ROUNDED = re.compile(r"\d[.,]\d+[eE]\+\d+")  # a number as a spreadsheet shows it in a narrow column


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
        self, file: Table, shipped: Mapping[str, Any], wanted: Wanted, now: datetime, tick: Callable[[int], None]
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
        self._rows = self._line = 0
        self._short: list[int] = []  # lines of rows with fewer cells than the header
        self._repeated: set[int] = set()  # hashes of rows that may be there more than once
        self._seen: dict[str, int] = {}  # how often those came so far, by their cells
        self._watched: list[tuple[int, Callable[[str], None]]] = []  # columns, and what looks at their cells
        self._cut: dict[str, dict[int, None]] = {}  # by field, the lines where its text is too long
        self._has_uid = any(name.casefold() == "uid" for name in self.reading.columns.get("id", ()))
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

    def scan(self) -> Reading[Value]:
        """Read the whole file to find out what its rows have in common. Raises FileRefused.

        What is returned is completed by `records`.
        """
        rows = self._matching()
        first = list(islice(rows, FIRST_ROWS))
        self.prepare([row.cells for row in first])
        hashes = array("q")
        for row in chain(first, rows):
            if self.reading.matching % 1000 == 0:
                self.tick(self.reading.matching)
            self.reading.matching += 1
            if row.short:
                self._short.append(row.line)
            hashes.append(hash(_as_text(row)))
            self.look(row.cells)
        self.reading.rows = self._rows
        self._repeated = _repeated(hashes)
        self.settle()
        return self.reading

    def records(self) -> Iterator[Record[Value]]:
        """Read the rows, after a `scan`. Raises FileRefused with the line of one that can't be read."""
        whose = [name for name in ("caller", "owner") if name in self.map.columns or name in self.wanted.defaults]
        for row in self._matching():
            self._line = row.line
            name = next((text for each in whose if (text := self.text(each, row.cells))), "")
            if name:
                self.reading.whose[name] = self.reading.whose.get(name, 0) + 1
            try:
                record = self._record(row)
            except (Broken, InputError) as problem:
                raise FileRefused(
                    f"{self.file.name}, line {row.line}: {str(problem).rstrip('.')}. Nothing was changed."
                ) from problem
            if record is not None:
                if len(self.reading.sample) < SAMPLE:
                    self.reading.sample.append(record)
                yield record
        self.report_findings()
        self._report_odd_rows()

    def _matching(self) -> Iterator[Row]:
        where = [(column(self.file.header, name), value.strip().casefold()) for name, value in self.wanted.where]
        self._rows = 0
        for row in self.file.rows():
            self._rows += 1
            if all(row.cells[index].strip().casefold() == value for index, value in where):
                yield row

    def _report_odd_rows(self) -> None:
        notice = self.reading.notices.append
        if self._short:
            told = plural(len(self._short), "row has", "rows have")
            notice(f"{told} fewer cells than the header, so the rest is empty ({on_lines(self._short)}).")
        for name, lines in self._cut.items():
            notice(
                f"Cut {name} to {LONGEST[name]:,} characters ({on_lines(list(lines))}). To leave it out: --map {name}=-"
            )
        if self.file.doubtful:
            words = ", ".join(f"“{word}”" for word in self.file.doubtful)
            told = f"The encoding ({self.file.encoding}) is a guess. It reads {words}."
            notice(f"{told} If that's wrong, set it with --encoding.")
        if self.file.cut:
            notice("The last line has no line break. If the file was cut off, its last cell may be incomplete.")

    def _record(self, row: Row) -> Record[Value] | None:
        """Return a row as a record, or None if it is skipped."""
        found = "deleted in the other program" if self.flag("deleted", row.cells) else self.value(row)
        if isinstance(found, str):
            self.reading.skip(found, row.line)
            return None
        value, who, company_only, moment = found
        # a call is identified by its time as written, whatever time is substituted where none is
        written = replace(value, moment=moment) if isinstance(value, Activity) and moment is not None else value
        ref, read = self._ref(row, moment), facts(written, who)
        return Record(row.line, ref, read, value, who, company_only, self.uid(row.cells))

    def uid(self, cells: Sequence[str]) -> str:
        """Return the uid that our own exports give a row, or ""."""
        if not self._has_uid:
            return ""
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
        cells, before = _as_text(row), 0
        if hash(cells) in self._repeated:
            key = row_hash(cells)
            before = self._seen.get(key, 0)
            self._seen[key] = before + 1
        return row_hash(f"row\x1f{cells}\x1f{before + 1}")

    # defined by the kinds

    def prepare(self, first: Sequence[Sequence[str]]) -> None:
        """Choose the columns by their names and the `first` rows, and `watch` those whose cells tell how they are
        written.
        """

    def look(self, cells: Sequence[str]) -> None:
        """Look at a row, before any row is read."""
        for index, add in self._watched:
            add(cells[index])

    def settle(self) -> None:
        """Conclude how the columns are written, when every row was looked at."""

    def report_findings(self) -> None:
        """Report what was found out over all rows."""

    def value(self, row: Row) -> str | tuple[Value, Contact | None, bool, datetime | None]:
        """Return a row as (value, contact, whether that is only a company, moment), or the reason to skip it."""
        raise NotImplementedError

    # helpers

    def text(self, name: str, cells: Sequence[str]) -> str:
        """Return a field's cleaned text, or "" for an empty cell."""
        places = self.map.columns.get(name)
        if places is None:
            return self.wanted.defaults.get(name, "")
        found = cells[places[0]] if len(places) == 1 else self.map.text(name, cells)
        if found:
            found = clean(found, lines=name in people.LINES)
        if name in LONGEST and len(found) > LONGEST[name]:
            self._cut.setdefault(name, {})[self._line] = None
            found = found[: LONGEST[name] - 1].rstrip() + "…"
        return found if found and given_text(found) else self.wanted.defaults.get(name, "")

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

    def watch(self, name: str, add: Callable[[str], None]) -> None:
        """Have every cell of a field's columns looked at in the scan."""
        self._watched += [(index, add) for index in self.map.columns.get(name, ())]

    def watch_dates(self, name: str, latest: datetime | None = None) -> OrderFinder:
        """Have a date column looked at."""
        finder = OrderFinder(latest, self.wanted.dates)
        self.watch(name, finder.add)
        return finder

    def dates_of(self, name: str, finder: OrderFinder) -> DateReader:
        """Return the reader of a date column that was looked at."""
        places = self.map.columns.get(name, ())
        utc = any({"utc", "gmt"} & set(normal(self.file.header[index]).split()) for index in places)
        try:
            order = finder.order()
        except TwoWays as error:
            raise FileRefused(
                f"{self.file.name}: dates such as {str(error)!r} ({self._column(name)}) can be read two ways. Choose "
                "one with --dates dmy, --dates mdy or --dates ymd."
            ) from error
        if places:
            self.reading.dates[name] = order
        return DateReader(order, utc)

    def watch_amounts(self, name: str) -> AmountFinder:
        """Have an amount column looked at."""
        finder = AmountFinder()
        self.watch(name, finder.add)
        return finder

    def amounts_of(self, name: str, finder: AmountFinder) -> AmountReader:
        """Return the reader of an amount column that was looked at."""
        try:
            return finder.reader()
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
            if not cells[index]:
                continue
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
        if name == "phone" and "+" in text[1:] and _ROUNDED.fullmatch(text):
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


def _as_text(row: Row) -> str:
    """Return the cells of a row as one text, by which rows are told apart."""
    return "\x1f".join([cell.strip() for cell in row.cells])


PARTS = 16


def _repeated(hashes: Sequence[int]) -> set[int]:
    """Return the hashes that occur more than once. They are sorted in parts, since as objects they take five times the
    memory.
    """
    found: set[int] = set()
    for part in range(PARTS):
        some = sorted([each for each in hashes if each % PARTS == part])
        found.update(one for one, other in pairwise(some) if one == other)
    return found


def row_hash(text: str) -> str:
    """Return a short reference for what identifies a row."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
