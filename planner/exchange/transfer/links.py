"""Links the rows of a file to those of another by id: contacts to their companies, calls and deals to their contacts.

Exports of a CRM name a contact's company, or a call's contact, only by an id, whose name is in a file of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from planner.domain.text import plural
from planner.exchange.transfer import table_file
from planner.exchange.transfer.columns import ColumnMap, column, map_columns
from planner.exchange.transfer.contact_reader import ContactReader
from planner.exchange.transfer.csv_file import CsvFile, FileRefused, Row, TableFile
from planner.exchange.transfer.records import FIELDS, NAME_PARTS

PERSONAL = ("given", "family", "role", "company")  # columns that a file of companies hasn't
ADDED = ("Contact", "Company", "Phone", "Email")
_CHECKED = re.compile(r"([0-9A-Za-z]{15})[0-9A-Z]{3}")  # Salesforce writes an id with or without letters that check it


def link(file: CsvFile, name: str, path: str, shipped: Mapping[str, Any]) -> tuple[TableFile, list[str]]:
    """Return a file with what another file knows about the ids in a column, and notices.

    Raises FileRefused for a file without ids and names, InputError for a missing column.
    """
    index = column(file.header, name)
    other = table_file.read(path, "contacts")
    found = map_columns(other.header, shipped["contacts"], {}, FIELDS["contacts"], ContactReader.of, NAME_PARTS)
    if "id" not in found.columns or not {"name", "given", "family", "company"} & found.columns.keys():
        raise FileRefused(f"{other.name} has no column of ids, or none of names, so nothing can be linked to it.")
    known = {_key(row.cells[place]): row.cells for row in other.rows() for place in found.columns["id"]}
    people = not found.columns.keys().isdisjoint(PERSONAL)
    rows, missing = [], 0
    for row in file.rows():
        key = _key(row.cells[index])
        cells = known.get(key)
        missing += bool(key) and cells is None
        rows.append(Row(row.line, (*row.cells, *_added(found, cells, people)), row.short))
    header = (*file.header, *(added if added not in file.header else f"linked {added}" for added in ADDED))
    kind = file.kind if isinstance(file, TableFile) else ""
    linked = TableFile(
        file.path, "", file.encoding, file.delimiter, header, file.first, file.cut, file.doubtful, tuple(rows), kind
    )
    told = []
    if missing:
        rows_with = plural(missing, "row has", "rows have")
        told.append(f"{rows_with} an ID in {name} that isn't in {os.path.basename(path)}.")
    return replace(linked, kind=kind or f"CSV, linked to {other.name}"), told


def _key(cell: str) -> str:
    checked = _CHECKED.fullmatch(cell.strip())
    return checked[1] if checked else cell.strip()


def _added(found: ColumnMap, cells: Sequence[str] | None, people: bool) -> Iterator[str]:
    """Yield the cells of the added columns."""
    if cells is None:
        yield from [""] * len(ADDED)
        return
    parts = " ".join(text for part in NAME_PARTS if (text := found.text(part, cells)))
    name = found.text("name", cells) or parts
    yield name if people else ""
    yield found.text("company", cells) if people else name or found.text("company", cells)
    yield found.text("phone", cells)
    yield found.text("email", cells)
