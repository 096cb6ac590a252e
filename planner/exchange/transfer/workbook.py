"""Reads Excel workbooks (.xlsx) as table rows: one sheet, its cells as a rep sees them.

Read by openpyxl, cell by cell. Formulas give their last computed value. A file that would unpack to more than the limit
is refused before unpacking.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from planner.exchange.transfer.csv_file import FileRefused, Row, TableFile, name_columns

LARGEST_UNPACKED = 500 * 1024 * 1024
MOST_TIMES, LARGEST_TIGHT = 150, 16 * 1024 * 1024  # a table of real words shrinks to a tenth
MOST_ROWS = 1_000_000
MOST_COLUMNS = 500
MOST_BLANK = 10_000
LONGEST_ROW = 4 * 1024 * 1024


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
                f"{name} unpacks to {size / 2**20:,.0f} MB. A workbook can have up to {LARGEST_UNPACKED // 2**20} MB."
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
                file = TableFile(path, "", "utf-8", "", header, 1, False, (), rows, f"sheet {sheet.title}", others)
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
    try:
        with zipfile.ZipFile(path) as archive:
            raw = archive.read(sheet._worksheet_path.lstrip("/"))  # has no public name (openpyxl 3.1)
    except (AttributeError, KeyError):
        return None
    last = max(raw.rfind(b"<v>"), raw.rfind(b"<is>"), raw.rfind(b"<v "), raw.rfind(b":v>"))
    rows = re.findall(rb"<(?:\w+:)?row [^>]*?r=\"(\d+)\"", raw[max(0, last - LONGEST_ROW) : max(0, last)])
    return int(rows[-1]) if rows else None


def _table(sheet: Any, name: str, last: int | None) -> tuple[tuple[str, ...], tuple[Row, ...]] | None:
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
    rows = []
    for number, cells in [*([second] if second else []), *filled]:
        if len(cells) > len(header):
            raise FileRefused(
                f"{name}, row {number}: {len(cells)} cells, but the header has {len(header)}. Nothing was changed."
            )
        rows.append(Row(number, tuple(cells + [""] * (len(header) - len(cells)))))
    return header, tuple(rows)


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
