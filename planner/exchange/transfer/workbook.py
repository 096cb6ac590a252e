"""Reads Excel workbooks (.xlsx) as table rows: one sheet, its cells as a rep sees them.

Read by openpyxl, cell by cell, and held as text in a temporary file, because reading a cell is slow. Formulas give
their last computed value. A file that would unpack to more than the limit is refused before unpacking.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain
from typing import Any

from planner.exchange.transfer.csv_file import FileRefused, TableFile, name_columns
from planner.exchange.transfer.spool import Spool

LARGEST_UNPACKED = 250 * 1024 * 1024  # openpyxl reads some 5 MB a second, and holds every different text
MOST_TIMES, LARGEST_TIGHT = 150, 16 * 1024 * 1024  # a table of real words shrinks to a tenth
MOST_ROWS = 1_000_000
MOST_COLUMNS = 500
MOST_BLANK = 10_000
BLOCK = 1024 * 1024
LONGEST_TAG = 1_024
VALUES = (b"<v>", b"<is>", b"<v ", b":v>")  # what a cell with content has


def is_workbook(path: str, head: bytes) -> bool:
    """Whether a file is a workbook, rather than another kind of archive."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return path.lower().endswith((".xlsx", ".xlsm"))


def read(path: str, fits: Callable[[Sequence[str]], bool] = bool, wanted: str | None = None) -> TableFile:
    """Read the `wanted` sheet of a workbook, or else the first whose header `fits`, or else the first with a table.

    Raises FileRefused with a sentence.
    """
    name = os.path.basename(path)
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
        size, packed = (sum(getattr(entry, name) for entry in entries) for name in ("file_size", "compress_size"))
        if size > MOST_TIMES * packed and size > LARGEST_TIGHT:
            raise FileRefused(f"{name} unpacks to {size // max(packed, 1):,} times its size, so it wasn't opened.")
        if size > LARGEST_UNPACKED:
            raise FileRefused(
                f"{name} unpacks to {size / 2**20:,.0f} MB. A workbook can have up to {LARGEST_UNPACKED // 2**20} MB. "
                "Save the sheet as CSV, or split it into smaller files."
            )
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            names = tuple(sheet.title for sheet in book.worksheets)
            sheets = [
                sheet for sheet in book.worksheets if wanted is None or sheet.title.casefold() == wanted.casefold()
            ]
            if not sheets:
                raise FileRefused(f"{name} has no sheet {wanted!r}. Its sheets are {', '.join(names)}.")
            first: TableFile | None = None
            for sheet in sheets:
                found = _table(sheet, name, _last_row(path, sheet))
                if found is None:
                    continue
                header, rows = found
                others = names if len(names) > 1 else ()
                file = TableFile(
                    path=path,
                    encoding="utf-8",
                    delimiter="",
                    header=header,
                    table=rows,
                    kind=f"sheet {sheet.title}",
                    sheets=others,
                )
                if fits(header):
                    return file
                first = first or file
            if first is not None:
                return first
        finally:
            book.close()
    except FileRefused:
        raise
    except Exception as error:  # a broken workbook makes the library raise anything
        raise FileRefused(
            f"{name} can't be read as a workbook ({type(error).__name__}). Nothing was changed."
        ) from error
    raise FileRefused(f"{name} has no sheet with a table.")


def _last_row(path: str, sheet: Any) -> int | None:
    """Return the last row with a non-empty cell, or None if unknown. Rows with formatting alone may go on for a
    million, and openpyxl creates the missing ones too.
    """
    found = current = None  # the last row with a value, and the row that the text before the window ends in
    window = b""
    try:
        with zipfile.ZipFile(path) as archive:
            part = archive.open(sheet._worksheet_path.lstrip("/"))  # has no public name (openpyxl 3.1)
            while block := part.read(BLOCK):
                window = window[-LONGEST_TAG:] + block
                last = max(map(window.rfind, VALUES))
                if last >= 0:
                    found = _number_of_row(window, last) or current
                current = _number_of_row(window, len(window)) or current
    except (AttributeError, KeyError):
        return None
    return found


def _number_of_row(window: bytes, end: int) -> int | None:
    """Return the number of the last row that begins before a position, or None if none does."""
    while (start := max(window.rfind(b"<row ", 0, end), window.rfind(b":row ", 0, end))) >= 0:
        if tag := re.compile(rb"[^>]*?\br=\"(\d+)\"").match(window, start, end):
            return int(tag[1])
        end = start
    return None


def _table(sheet: Any, name: str, last: int | None) -> tuple[tuple[str, ...], Spool] | None:
    """Return the header and the rows below it, or None for an empty sheet. A single cell above the header is a title
    and left out, but in a table of one column it is the header.
    """
    filled = _filled_rows(sheet, name, last)
    first, second = next(filled, None), next(filled, None)
    if first is None:
        return None
    if second is not None and len(first[1]) == 1 < len(second[1]):
        first, second = second, next(filled, None)
    header = name_columns(first[1])

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, cells in chain([second] if second else [], filled):
            if len(cells) > len(header):
                raise FileRefused(
                    f"{name}, row {number}: {len(cells)} cells, but the header has {len(header)}. Nothing was changed."
                )
            yield number, cells

    return header, Spool(rows(), len(header))


def _filled_rows(sheet: Any, name: str, last: int | None) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that aren't empty with their numbers, without empty cells at their end."""
    too_many = FileRefused(f"{name} has more than {MOST_ROWS:,} rows. Split it into smaller files.")
    if last is not None and last > MOST_ROWS:
        raise too_many
    blank = 0
    for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=last), start=1):
        if number > MOST_ROWS:
            raise too_many
        cells = [text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        blank += not cells  # in total, because single rows among thousands of empty ones cost as much
        if blank > MOST_BLANK:
            raise FileRefused(
                f"{name} has more than {MOST_BLANK:,} empty rows before {f'row {last}' if last else 'its last row'}. "
                "Delete the empty rows, or the stray cell below the table."
            )
        if cells:
            yield number, cells


def text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO, booleans as words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time(0) else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
