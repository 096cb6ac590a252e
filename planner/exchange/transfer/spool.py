"""Holds rows that are slow to read a second time: a few in memory, many in a temporary file."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice

from planner.exchange.transfer.csv_file import Row

HELD = 16 * 1024 * 1024  # bytes in memory
AT_ONCE = 500


class Spool:
    """Rows in their order, iterated as often as needed. Cells missing at the end of a row are empty.

    The file has no name where the system allows that, and nobody else can read it.
    """

    def __init__(self, rows: Iterable[tuple[int, list[str]]], width: int | None = None) -> None:
        """Take in rows, each with its number and cells. They are as wide as the widest unless `width` is given.

        Raises whatever the rows raise.
        """
        self._file = tempfile.SpooledTemporaryFile(HELD)  # noqa: SIM115 (closed with the rows)
        self._width = width or 0
        found = iter(rows)
        while chunk := list(islice(found, AT_ONCE)):
            if width is None:
                self._width = max(self._width, *(len(cells) for _, cells in chunk))
            marshal.dump(chunk, self._file)
        self._end = self._file.tell()

    def __iter__(self) -> Iterator[Row]:
        position = 0
        while position < self._end:
            self._file.seek(position)  # two iterations may take turns
            chunk = marshal.load(self._file)
            position = self._file.tell()
            for number, cells in chunk:
                yield Row(number, (*cells, *("",) * (self._width - len(cells))))
