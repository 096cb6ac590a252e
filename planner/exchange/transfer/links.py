"""Links the rows of a file to those of another by id: contacts to their companies, calls and deals to their contacts.

Exports of a CRM name a contact's company, or a call's contact, only by an id, whose name is in a file of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.domain.text import plural
from planner.exchange.transfer import table_file
from planner.exchange.transfer.columns import ColumnMap, column, map_columns
from planner.exchange.transfer.contact_reader import ContactReader
from planner.exchange.transfer.csv_file import FileRefused, Row, Table, TableFile
from planner.exchange.transfer.records import FIELDS, NAME_PARTS

PERSONAL = ("given", "family", "role", "company")  # columns that a file of companies hasn't
ADDED = ("Contact", "Company", "Phone", "Email")
NOTHING_ADDED = ("",) * len(ADDED)
_CHECKED = re.compile(r"([0-9A-Za-z]{15})[0-9A-Z]{3}")  # Salesforce writes an id with or without letters that check it


def link(file: Table, name: str, path: str, shipped: Mapping[str, Any]) -> tuple[TableFile, list[str]]:
    """Return a file with what another file knows about the ids in a column, and notices.

    Raises FileRefused for a file without ids and names, InputError for a missing column.
    """
    index = column(file.header, name)
    other = table_file.read(path, "contacts")
    found = map_columns(other.header, shipped["contacts"], {}, FIELDS["contacts"], ContactReader.of, NAME_PARTS)
    if "id" not in found.columns or not {"name", "given", "family", "company"} & found.columns.keys():
        raise FileRefused(f"{other.name} has no column of ids, or none of names, so nothing can be linked to it.")
    people = not found.columns.keys().isdisjoint(PERSONAL)
    known = {
        _key(row.cells[place]): tuple(_added(found, row.cells, people))
        for row in other.rows()
        for place in found.columns["id"]
    }
    keys = (_key(row.cells[index]) for row in file.rows())
    missing = sum(bool(key) and key not in known for key in keys)
    linked = TableFile(
        path=file.path,
        encoding=file.encoding,
        delimiter=file.delimiter,
        header=(*file.header, *(added if added not in file.header else f"linked {added}" for added in ADDED)),
        cut=file.cut,
        doubtful=file.doubtful,
        table=_Linked(file, index, known),
        kind=(file.kind if isinstance(file, TableFile) else "") or f"CSV, linked to {other.name}",
    )
    told = []
    if missing:
        rows_with = plural(missing, "row has", "rows have")
        told.append(f"{rows_with} an ID in {name} that isn't in {os.path.basename(path)}.")
    return linked, told


@dataclass(frozen=True, slots=True)
class _Linked:
    """The rows of a file, each with the cells that are known of the id in a column."""

    file: Table
    index: int
    known: Mapping[str, tuple[str, ...]]

    def __iter__(self) -> Iterator[Row]:
        for row in self.file.rows():
            added = self.known.get(_key(row.cells[self.index]), NOTHING_ADDED)
            yield Row(row.line, (*row.cells, *added), row.short)


def _key(cell: str) -> str:
    checked = _CHECKED.fullmatch(cell.strip())
    return checked[1] if checked else cell.strip()


def _added(found: ColumnMap, cells: Sequence[str], people: bool) -> Iterator[str]:
    """Yield the cells of the added columns."""
    parts = " ".join(text for part in NAME_PARTS if (text := found.text(part, cells)))
    name = found.text("name", cells) or parts
    yield name if people else ""
    yield found.text("company", cells) if people else name or found.text("company", cells)
    yield found.text("phone", cells)
    yield found.text("email", cells)
