"""Reads CSV files as other programs write them, with encoding, delimiter and header detected and reported.

The rows are streamed: a file of 200 MB is read several times rather than held. An unreadable one is refused with the
offending line. Nothing is guessed around a broken row.
"""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile

from planner.domain.text import plural
from planner.exchange.text_file import SAMPLED_BYTES, TextFile, open_text, telling_words
from planner.exchange.text_file import FileRefused as FileRefused

LARGEST = 200 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", "^": "caret", "`": "backquote"}
SAMPLED_ROWS = 200
SAMPLED_BLANK = 1_000
MOST_COLUMNS = 2_000
MOST_PREAMBLE = 20

# File signatures that aren't text, and what the rep can do about them.
_NOT_CSV = (
    (b"PK\x05\x06", "is an empty zip archive, not CSV"),
    (b"PK\x03\x04", "is a zip archive, not CSV. Unpack it first"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook, not CSV. Save it as CSV or .xlsx first"),
    (b"%PDF", "is a PDF, not CSV"),
    (b"\x1f\x8b", "is compressed (gzip), not CSV. Unpack it first"),
    (b"SQLite format 3\x00", "is a database, not CSV"),
    (b"\x89PNG", "is an image, not CSV"),
    (b"\xff\xd8\xff", "is an image, not CSV"),
)
LONGEST_SIGNATURE = 16


@dataclass(frozen=True, slots=True)
class Row:
    """A data row of a file: the line it starts on (from 1), and its cells, as many as in the header. `short` means that
    it had fewer, since a spreadsheet may leave out the empty ones at the end.
    """

    line: int
    cells: tuple[str, ...]
    short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose format has been detected. `encoding` is Python's codec name.

    `cut` means that its last line has no end, so it may be truncated. `doubtful` are words that
    show whether a guessed encoding is right.
    """

    path: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    cut: bool = False
    doubtful: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return os.path.basename(self.path)

    def rows(self) -> Iterator[Row]:
        """Yield every row that isn't blank, from the first each time. Raises FileRefused for an unreadable one."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile(Table):
    """A CSV file. `first` is the line after the header."""

    text: TextFile
    first: int

    def rows(self) -> Iterator[Row]:
        width = len(self.header)
        blank, footer = False, 0
        last = self.text.line_breaks + 1 if self.cut else None
        for line, cells in _records(self.text.lines(LONGEST_LINE), self.delimiter, self.name):
            if line < self.first:
                continue
            if not (cells and cells[0].strip()) and not any(cell.strip() for cell in cells):
                blank = True
                continue
            if (
                width > 1
                and (blank or footer)
                and sum(bool(cell.strip()) for cell in cells) == 1
                and len(cells) < width
            ):
                footer = footer or line  # a report's totals and copyright, set apart by a blank line
                continue
            if footer:
                raise FileRefused(f"{self.name}, line {footer}: this row has only 1 cell. Nothing was changed.")
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                cells = cells[:width]  # surplus delimiters at the end
            short = len(cells) < width and line != last  # there the file ends within the row
            if short:
                cells = cells + [""] * (width - len(cells))
            if len(cells) != width:
                raise FileRefused(
                    f"{self.name}, line {line}: {plural(len(cells), 'cell', 'cells')}, but the header has {width}. "
                    "Nothing was changed."
                )
            if not GUARDS.isdisjoint([cell[:1] for cell in cells]):
                cells = [strip_apostrophe(cell) for cell in cells]
            yield Row(line, tuple(cells), short)


# What a spreadsheet would take for a formula, or for the end of a cell. Our exports prefix it with an apostrophe.
_GUARDED = re.compile(r'="((?:[^"]|"")*)"')  # a text as a formula, how others keep a number whole
GUARDS = frozenset("'=")
# Spreadsheets ignore leading blanks and invisible characters, and some treat the East Asian and mathematical forms of
# the signs as plain ones.
FORMULA = re.compile(
    r"'*(?:[\t\r]|[\s\x00-\x1f\u00ad\u180e\u200b-\u200f\u2060\ufeff]*"
    r"[=+\-@\u207a-\u207c\u208a-\u208c\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20])"
)


def strip_apostrophe(cell: str) -> str:
    """Strip the apostrophe that keeps a spreadsheet from taking a cell for a formula."""
    guarded = _GUARDED.fullmatch(cell)
    if guarded:
        return guarded[1].replace('""', '"')
    return cell[1:] if FORMULA.match(cell) and cell.startswith("'") else cell


def neutralize(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, the inverse of `strip_apostrophe`."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def read(path: str, encoding: str | None = None) -> CsvFile:
    """Detect the format of a file. Raises FileRefused with a sentence."""
    name = os.path.basename(path)
    _refuse_other_kinds(path, name)
    text = open_text(path, LARGEST, "a CSV file", encoding)
    first = 1
    delimiter = None
    head = next(text.lines(LONGEST_LINE)).rstrip("\n")
    if head.lower().startswith("sep=") and len(head.strip("\r")) == 5:  # Excel's own hint
        delimiter, first = head[4], 2
    delimiter = delimiter or _delimiter(text)
    header, first = _header(text, delimiter, name, first)
    if len(header) > MOST_COLUMNS:
        raise FileRefused(f"{name} has {len(header):,} columns. A CSV file can have up to {MOST_COLUMNS:,}.")
    sure = encoding is not None or text.encoding.startswith("utf")
    doubtful = () if sure else telling_words(text.head(SAMPLED_BYTES))
    return CsvFile(
        path=path,
        encoding=text.encoding,
        delimiter=delimiter,
        header=header,
        cut=not text.complete,
        doubtful=doubtful,
        text=text,
        first=first,
    )


def _refuse_other_kinds(path: str, name: str) -> None:
    """Refuse a file that isn't text. What can't be read at all is explained by `open_text`."""
    if not os.path.isfile(path):
        return
    try:
        with open(path, "rb") as file:
            head = file.read(LONGEST_SIGNATURE)
    except OSError:
        return
    for magic, meaning in _NOT_CSV:
        if head.startswith(magic):
            raise FileRefused(f"{name} {meaning}.")


def _records(
    lines: Iterable[str], delimiter: str, name: str, *, strict: bool = True
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with the line they start on."""
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    begun = 1
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(f"{name}, line {begun}: {_meaning(str(error))}. Nothing was changed.") from error
        yield begun, cells


def _meaning(problem: str) -> str:
    if "unexpected end of data" in problem:
        return "a quote opened here is never closed, so the file is cut off or a quote is missing"
    if "field larger" in problem:
        return f"a cell has more than {LONGEST_LINE:,} characters, probably because a quote is never closed"
    if "expected after" in problem:
        return "a quote is closed in the middle of a cell"
    return f"the row can't be read ({problem})"


def _sample(text: TextFile, delimiter: str) -> list[list[str]]:
    """Return the first rows of a file, without the blank lines above them."""
    found: list[list[str]] = []
    blank = 0
    lines = dropwhile(lambda line: not line.strip("\r\n"), text.lines(LONGEST_LINE))
    try:
        for _, cells in _records(lines, delimiter, "", strict=False):
            if any(cell.strip() for cell in cells):
                found.append(cells)
            else:
                blank += 1
            if len(found) >= SAMPLED_ROWS or blank >= SAMPLED_BLANK:
                break
    except FileRefused:
        pass  # just a look: errors are reported, with their line, when the rows are read
    return found


def _delimiter(text: TextFile) -> str:
    """Return the delimiter that splits most rows into the same number of cells (more than one), or else a comma."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in _sample(text, delimiter))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
        score = (count / widths.total(), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _header(text: TextFile, delimiter: str, name: str, first: int) -> tuple[tuple[str, ...], int]:
    """Return the header and the line after it, skipping single-cell lines above (LinkedIn's notes)."""
    widths = Counter(len(row) for row in _sample(text, delimiter))
    width = max(widths, key=lambda size: (widths[size], size), default=1)
    passed = 0
    records = _records(text.lines(LONGEST_LINE), delimiter, name)
    for line, cells in records:
        if line < first or not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width and sum(bool(cell.strip()) for cell in cells) == 1 and passed < MOST_PREAMBLE:
            passed += 1
            continue
        following = next(records, None)
        return name_columns(cells), text.line_breaks + 2 if following is None else following[0]
    raise FileRefused(f"{name} has no header line.")


def name_columns(cells: list[str]) -> tuple[str, ...]:
    """Make column names unique: empty ones get their number, duplicates a numeric suffix."""
    found: dict[str, int] = {}  # the suffix of each name's next duplicate
    for number, cell in enumerate(cells, start=1):
        base = " ".join(cell.split()) or f"column {number}"
        name = base
        while name in found:
            name, found[base] = f"{base} ({found[base]})", found[base] + 1
        found[name] = 2
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile(Table):
    """A table from a source other than lines of text, imported like a CSV file.

    `table` yields its rows each time it is iterated. `kind` is the file's content: ``vCards``, ``sheet Contacts``.
    `sheets` are the names of a workbook's sheets, if it has several.
    """

    table: Iterable[Row]
    kind: str
    sheets: tuple[str, ...] = ()

    def rows(self) -> Iterator[Row]:
        yield from self.table
