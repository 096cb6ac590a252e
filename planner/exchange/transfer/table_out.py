"""Tables out: CSV that no spreadsheet takes for formulas, workbooks of Excel, JSON.

Whatever a cell begins with, our own import reads back what was written (`csvfile.plain`).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from planner.exchange.transfer.csv_file import neutral

# A number that keeps its plus: no spreadsheet can make more of it than a number.
_PHONE = re.compile(r"\+\d[\d ()./-]*(?: ?(?:x|ext\.?) ?\d+)?")
LONGEST_CELL = 32_767  # of Excel
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what XML can't hold

Cell = str | int | float | None


def _cell(value: Cell) -> Cell:
    if isinstance(value, str) and not _PHONE.fullmatch(value):
        return neutral(value)
    return value


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark at its beginning, by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet; every text is a text to it, never a formula. What is longer than a cell is cut."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append([_sheet_cell(name, sheet) for name in header])
    for row in rows:
        sheet.append([_sheet_cell(value, sheet) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_cell(value: Cell, sheet: Any) -> Any:
    """A cell as it is appended: only what openpyxl would take for a formula is made one of its own, which is slow."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    value = ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", value)[:LONGEST_CELL]
    if value[0] not in "=+-@#":
        return value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=None)
    cell.value, cell.data_type, cell.quotePrefix = value, "s", True
    return cell


def as_json(rows: Iterable[object]) -> bytes:
    """A list of objects, one a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode()
