"""Reads the objects of a JSON list one at a time, however long the list is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from planner.exchange.text_file import TextFile
from planner.exchange.transfer.csv_file import FileRefused
from planner.exchange.transfer.json_lists import plain, unwrapped

BLOCK = 256 * 1024
BLANK = " \t\r\n"


def objects(file: TextFile) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list. Raises FileRefused, with the line, for what isn't one."""
    window = _Window(file)
    if window.skip_blanks() != "[":
        found = unwrapped(window.entry())  # which is refused if it isn't even JSON
        if found is None or window.skip_blanks():
            raise _no_list(file)
        yield from found
        return
    window.at += 1
    separator = window.skip_blanks()
    while separator != "]":
        entry = window.entry()
        if not isinstance(entry, dict):
            raise _no_list(file)
        yield plain(entry)
        separator = window.skip_blanks()
        if separator == ",":
            window.at += 1
            window.skip_blanks()
        elif separator != "]":
            raise window.invalid(window.at)
    window.at += 1
    if window.skip_blanks():
        raise window.invalid(window.at)


def _no_list(file: TextFile) -> FileRefused:
    return FileRefused(
        f"{file.name} isn't a list of objects. planner imports CSV, Excel workbooks (.xlsx), vCards (.vcf) and lists "
        "of objects in JSON. For an `export all` file, use planner import all."
    )


class _Window:
    """The part of a file's text that is being read. `at` is the position in it, `lines` counts those before it."""

    def __init__(self, file: TextFile) -> None:
        self.file = file
        self.text, self.at, self.lines = "", 0, 0
        self._blocks = file.blocks(BLOCK)
        self._decode = json.JSONDecoder().raw_decode

    def skip_blanks(self) -> str:
        """Move to the next character that isn't blank. Returns it, or "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in BLANK:
                self.at += 1
            if self.at < len(self.text) or not self._more():
                return self.text[self.at : self.at + 1]

    def entry(self) -> Any:
        """Return the value at the position, and move behind it."""
        while True:
            start = self.at
            try:
                found, end = self._decode(self.text, start)
            except (ValueError, RecursionError) as error:
                if not isinstance(error, RecursionError) and self._more():  # its end may not have been read yet
                    continue
                position = error.pos - start if isinstance(error, json.JSONDecodeError) else None
                raise self.invalid(position) from error
            if end < len(self.text) or not self._more():  # a number may go on
                self.at += end - start
                return found

    def _more(self) -> bool:
        """Read on: as much as there is already, so that a long value isn't tried for every block."""
        self.lines += self.text.count("\n", 0, self.at)
        self.text, self.at = self.text[self.at :], 0
        wanted = len(self.text) + 1
        parts = [self.text]
        while wanted > 0 and (block := next(self._blocks, "")):
            parts.append(block)
            wanted -= len(block)
        self.text = "".join(parts)
        return len(parts) > 1

    def invalid(self, position: int | None) -> FileRefused:
        """Return the refusal of the file, with the line of a position in the window."""
        line = "" if position is None else f", line {self.lines + self.text.count(chr(10), 0, position) + 1}"
        return FileRefused(
            f"{self.file.name}{line}: this isn't valid JSON. The file may be cut off. Nothing was changed."
        )
