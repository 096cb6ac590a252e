"""Opens a table by what its file starts with: vCards, an Excel workbook, otherwise CSV."""

from __future__ import annotations

import os

from planner.exchange.transfer import csv_file, vcard, workbook
from planner.exchange.transfer.csv_file import CsvFile, FileRefused

FIRST_BYTES = 4_096


def read(path: str, kind: str, encoding: str | None = None) -> CsvFile:
    """Read a file by what it starts with: vCards, an Excel workbook, otherwise CSV. Raises FileRefused."""
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
        return workbook.read(path)
    return csv_file.read(path, encoding)
