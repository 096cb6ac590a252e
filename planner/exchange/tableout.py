"""Tables out: CSV that no spreadsheet takes for formulas, workbooks of Excel, JSON.

Whatever a cell begins with, our own import reads back what was written (`csvfile.plain`).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence

from planner.exchange.csvfile import neutral

# A number that keeps its plus: no spreadsheet can make more of it than a number.
_PHONE = re.compile(r"\+\d[\d ()./-]*(?: ?(?:x|ext\.?) ?\d+)?")
LONGEST_CELL = 32_767  # of Excel

Cell = str | int | float | None


def _cell(value: Cell) -> Cell:
    if isinstance(value, str) and not _PHONE.fullmatch(value):
        return neutral(value)
    return value


def as_csv(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark at its beginning, by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_workbook(title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A workbook with one sheet; every text is a text to it, never a formula. What is longer than a cell is cut."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=None)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)[:LONGEST_CELL]
                cell.data_type = "s"
                cell.quotePrefix = bool(value) and value[0] in "=+-@"
            else:
                cell.value = value
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(rows: Sequence[object]) -> bytes:
    """A list of objects, one a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode()
