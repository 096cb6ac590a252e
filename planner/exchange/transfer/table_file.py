"""Opens a table by what its file starts with: vCards, an Excel workbook, JSON, otherwise CSV."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from planner.exchange.text_file import open_text
from planner.exchange.transfer import csv_file, json_file, vcard, workbook
from planner.exchange.transfer.columns import join_cell
from planner.exchange.transfer.csv_file import FileRefused, Table, TableFile
from planner.exchange.transfer.spool import Spool

FIRST_BYTES = 4_096
DEEPEST = 4  # objects within objects


def read(
    path: str,
    kind: str,
    encoding: str | None = None,
    sheet: str | None = None,
    fits: Callable[[Sequence[str]], bool] = lambda header: True,
) -> Table:
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
    text = open_text(path, csv_file.LARGEST, "a JSON file", encoding)
    places: dict[str, int] = {}  # the columns of all objects, in the order in which they first come

    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, entry in enumerate(json_file.objects(text), start=1):
            cells = [""] * len(places)
            for column, cell in _cells(entry):
                place = places.setdefault(column, len(places))
                if place == len(cells):
                    cells.append("")
                cells[place] = cell
            yield number, cells

    table = Spool(rows())
    if not places:
        raise FileRefused(f"{text.name} is empty.")
    if len(places) > csv_file.MOST_COLUMNS:
        raise FileRefused(f"{text.name} has {len(places):,} columns. A file can have up to {csv_file.MOST_COLUMNS:,}.")
    return TableFile(path=path, encoding=text.encoding, delimiter="", header=tuple(places), table=table, kind="JSON")


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
