"""Tables that were read otherwise than out of lines of text, to be taken in as a CSV file is; and opening either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.exchange import csvfile
from planner.exchange.csvfile import CsvFile, FileRefused, Row

FIRST_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class TableFile(CsvFile):
    """A table out of such a file. `kind` is what the file holds: ``vCards``, ``sheet Contacts``."""

    table: tuple[Row, ...] = ()
    kind: str = ""

    def rows(self) -> Iterator[Row]:
        yield from self.table


def read(path: str, kind: str, encoding: str | None = None) -> CsvFile:
    """Read a file by what it begins with: vCards, a workbook of Excel, else CSV. Raises FileRefused with a sentence."""
    try:
        with open(path, "rb") as file:
            head = file.read(FIRST_BYTES)
    except OSError:
        return csvfile.read(path, encoding)  # which says what is in the way
    from planner.exchange import vcard, workbook

    if vcard.is_vcard(head):
        if kind != "contacts":
            raise FileRefused(f"{path} holds vCards; they are contacts: planner import contacts {path}.")
        return vcard.read(path, encoding)
    if workbook.is_workbook(path, head):
        return workbook.read(path)
    return csvfile.read(path, encoding)
