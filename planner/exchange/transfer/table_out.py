"""Exports tables as CSV that no spreadsheet takes for formulas, Excel workbooks or JSON.

Our own import reads every cell back as it was, whatever it starts with (`csv_file.strip_apostrophe`).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from planner.exchange.transfer.csv_file import neutralize

# A number that keeps its plus, because a spreadsheet can only read it as a number.
_PHONE = re.compile(r"\+\d[\d ()./-]*(?: ?(?:x|ext\.?) ?\d+)?")
LONGEST_CELL = 32_767  # of Excel
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # invalid in XML

Cell = str | int | float | None


def _cell(value: Cell) -> Cell:
    if isinstance(value, str) and not _PHONE.fullmatch(value):
        return neutralize(value)
    return value


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return UTF-8 with a BOM, by which spreadsheets recognize it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_workbook(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook with one sheet, in which text is never a formula. Text longer than a cell is cut."""
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
    """Return a cell to append. Only what openpyxl would take for a formula becomes a cell object, which is slow."""
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
    """Return a list of objects, one per line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode()
