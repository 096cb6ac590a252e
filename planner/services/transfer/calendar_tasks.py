"""Reads the tasks of a calendar (VTODO) as a table, so that they are imported like any task list."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

from planner.domain.workdays import Period
from planner.exchange.day import ics
from planner.exchange.day.ics_todo import COLUMNS, TodoRow
from planner.exchange.transfer.csv_file import Row, TableFile

FIRST_BYTES = 1_000
CALENDAR_TASKS = "calendar tasks"


def is_calendar(path: str) -> bool:
    """Whether a path is a folder that another program keeps, or a file that starts like a calendar in any encoding."""
    if os.path.isdir(path):
        return True
    if not os.path.isfile(path):  # a pipe would block
        return False
    try:
        with open(path, "rb") as file:
            return b"BEGIN:VCALENDAR" in file.read(FIRST_BYTES).replace(b"\0", b"").upper()
    except OSError:
        return False  # whoever reads it as a table explains the problem


def read(path: str, encoding: str | None, today: date, told: list[str]) -> tuple[TableFile, str]:
    """Return the tasks of a calendar, and its name if it has every task that is still on it. Notices are added to
    `told`. Raises FileRefused.
    """
    calendar = ics.read_tasks(path, Period(today, today), encoding=encoding)
    told += [*calendar.notices, *say_skipped(calendar.skipped_tasks)]
    return as_table(path, calendar.todos), whole_name(calendar)


def say_skipped(skipped: dict[str, list[int]]) -> list[str]:
    """Return a sentence for each reason why tasks were left out."""
    return [f"Left out {len(lines):,} of its tasks: {why}." for why, lines in skipped.items()]


def whole_name(calendar: ics.Calendar) -> str:
    """Return the name of a calendar where a task that it hasn't any more was deleted, else ""."""
    return calendar.title if calendar.whole and not calendar.skipped_tasks else ""


def as_table(path: str, todos: Sequence[TodoRow]) -> TableFile:
    """Return to-dos as a table."""
    rows = tuple(Row(todo.line, todo.cells) for todo in todos)
    return TableFile(path=path, encoding="utf-8", delimiter="", header=COLUMNS, table=rows, kind=CALENDAR_TASKS)
