"""Opens a table by what its file starts with: vCards, an Excel workbook, JSON, otherwise CSV."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from planner.exchange.text_file import decode, read_bytes
from planner.exchange.transfer import csv_file, vcard, workbook
from planner.exchange.transfer.columns import join_cell
from planner.exchange.transfer.csv_file import CsvFile, FileRefused, Row, TableFile
from planner.exchange.transfer.json_lists import unwrapped

FIRST_BYTES = 4_096
DEEPEST = 4  # objects within objects


def read(
    path: str,
    kind: str,
    encoding: str | None = None,
    sheet: str | None = None,
    fits: Callable[[Sequence[str]], bool] = lambda header: True,
) -> CsvFile:
    """Read a file by what it starts with: vCards, an Excel workbook, JSON, otherwise CSV. Raises FileRefused.

    Of a workbook, the `sheet` of that name is read, or else the first whose header `fits`.
    """
    try:
        if not os.path.isfile(path):
            return csv_file.read(path, encoding)  # which explains the problem, and reading a pipe would block
        with open(path, "rb") as file:
            head = file.read(FIRST_BYTES)
    except OSError:
        return csv_file.read(path, encoding)  # which explains the problem
    if vcard.is_vcard(head):
        if kind != "contacts":
            raise FileRefused(f"{path} has vCards, which are contacts. Use planner import contacts {path}.")
        return vcard.read(path, encoding)
    if workbook.is_workbook(path, head):
        return workbook.read(path, fits, sheet)
    if sheet is not None:
        raise FileRefused(f"{os.path.basename(path)} isn't a workbook, so it has no sheets.")
    if _is_json(head):
        return _read_json(path, encoding)
    return csv_file.read(path, encoding)


def _is_json(head: bytes) -> bool:
    """Whether a file starts like a list of objects, in any encoding."""
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return plain.startswith((b"[", b"{")) and plain[1:].lstrip()[:1] in (b"{", b'"', b"]")


def _read_json(path: str, encoding: str | None) -> TableFile:
    """Read a list of objects, such as our own exports: each is a row, and an object within it has its own columns."""
    name = os.path.basename(path)
    text, codec = decode(read_bytes(path, csv_file.LARGEST, "a JSON file"), name, encoding)
    try:
        found = unwrapped(json.loads(text))
    except (ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise FileRefused(
            f"{name}{line}: this isn't valid JSON. The file may be cut off. Nothing was changed."
        ) from error
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise FileRefused(
            f"{name} isn't a list of objects. planner imports CSV, Excel workbooks (.xlsx), vCards (.vcf) and lists of "
            "objects in JSON. For an `export all` file, use planner import all."
        )
    rows = [dict(_cells(each)) for each in found]
    header = tuple(dict.fromkeys(column for row in rows for column in row))
    if not header:
        raise FileRefused(f"{name} is empty.")
    if len(header) > csv_file.MOST_COLUMNS:
        raise FileRefused(f"{name} has {len(header):,} columns. A file can have up to {csv_file.MOST_COLUMNS:,}.")
    table = tuple(Row(number, tuple(row.get(column, "") for column in header)) for number, row in enumerate(rows, 1))
    return TableFile(path, "", codec, "", header, 1, False, (), table, "JSON")


def _cells(entry: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the columns of an object with their text. Phone numbers and addresses with labels get columns like those of
    our other exports.
    """
    for key, value in entry.items():
        column, one = f"{prefix}{key}", f"{prefix}{key.removesuffix('s')}"
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _cells(value, f"{column} ", depth + 1)
        elif isinstance(value, list) and value and all(isinstance(each, dict) and "value" in each for each in value):
            for number, each in enumerate(value, start=1):
                yield f"{one} {number} - Type", _text(each.get("label"))
                yield f"{one} {number} - Value", _text(each["value"])
        elif isinstance(value, list):
            parts = (" ".join(map(_text, each.values())) if isinstance(each, dict) else _text(each) for each in value)
            yield column, join_cell(parts)
        else:
            yield column, _text(value)


def _text(value: object) -> str:
    """Return a JSON value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
