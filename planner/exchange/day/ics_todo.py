"""Reads the to-dos (VTODO) of an iCalendar file as the rows of a table, to come in like those of any task list.

One broken property doesn't lose the task: it is left out and said.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from icalendar import Todo as IcsTodo
from icalendar.prop import vBroken

from planner.domain.text import clean
from planner.exchange.day.ics_event import (
    LONGEST_TEXT,
    Refused,
    Zones,
    dated_value,
    error_text,
    every_value,
    first_value,
    midnight,
    rule_texts,
)
from planner.exchange.day.ics_parts import Part

# The columns, as a task list would call them. The last says which calendar, if that says what is still on it.
COLUMNS = (
    "UID", "Title", "Due date", "Start date", "Priority", "Status", "Done", "Completed at", "Created", "Notes",
    "Repeat", "Tags", "Parent", "X-Planner-Calendar",
)  # fmt: skip
TIMES = ("DUE", "DTSTART", "COMPLETED", "CREATED")
KEPT = frozenset([*TIMES, "SUMMARY", "STATUS", "PRIORITY", "RRULE", "DESCRIPTION", "CATEGORIES", "DURATION"])
LONGEST_NOTES = 10_000


@dataclass(frozen=True, slots=True)
class TodoRow:
    """A to-do: the line it starts on, and its cells in the order of `COLUMNS`."""

    line: int
    cells: tuple[str, ...]


def read_todos(
    parts: Sequence[Part], zones: Zones, skip: Callable[[str, int], None], calendar: str = ""
) -> list[TodoRow]:
    """Return the to-dos among a file's parts. `skip` is told why one was left out, and its line. `calendar` is the name
    of one that has every to-do that is still on it.
    """
    newest: dict[str, tuple[int, Part, Any]] = {}
    for part in parts:
        if part.kind != "VTODO":
            continue
        try:
            todo = _parse(part, zones)
        except Refused as why:
            skip(str(why), part.line)
            continue
        uid, order = _uid(todo), _number(first_value(todo, "SEQUENCE"))
        if uid not in newest or newest[uid][0] <= order:
            newest[uid] = order, part, todo
    found = []
    titles = {uid: _text(first_value(todo, "SUMMARY")) for uid, (_, _, todo) in newest.items()}
    for uid, (_, part, todo) in newest.items():
        series, times, _ = uid.partition("\x1f")
        if times and series in newest:
            skip("a single time of a repeating task", part.line)
            continue
        found.append(TodoRow(part.line, _cells(todo, uid, part, zones, titles, calendar)))
    return found


def _parse(part: Part, zones: Zones) -> Any:
    todo = _lenient(part, zones)
    for name in {name for name, _ in todo.errors if name}:
        todo[name] = [value for value in every_value(todo, name) if not isinstance(value, vBroken)]
        if name in KEPT:
            zones.notice(f"line {part.line}: {name} of this task can't be read and is left out.")
    return todo


def _lenient(part: Part, zones: Zones) -> Any:
    """Parse a to-do, if need be without the properties that can't be read: the library refuses a broken date with all
    that is around it.
    """
    try:
        return _strict(part)
    except BROKEN as error:
        broken = [line for line in part.lines if not _is_readable(replace(part, lines=(line,)))]
        names = {re.split(r"[;:]", line, maxsplit=1)[0].upper() for line in broken}
        for name in sorted(names & KEPT):
            zones.notice(f"line {part.line}: {name} of this task can't be read and is left out.")
        try:
            return _strict(replace(part, lines=tuple(line for line in part.lines if line not in broken)))
        except BROKEN:
            raise Refused(f"it can't be read ({error_text(error)})") from error


BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError)


def _strict(part: Part) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        todo: Any = IcsTodo.from_ical(part.text())
        for name in TIMES:  # read now, since a broken one raises then
            getattr(first_value(todo, name), "dt", None)
    return todo


def _is_readable(part: Part) -> bool:
    try:
        _strict(part)
    except BROKEN:
        return False
    return True


def _uid(todo: Any) -> str:
    """Return what a to-do is known by. One without a UID is known by its title and day."""
    uid = clean(str(first_value(todo, "UID") or ""))[:LONGEST_TEXT]
    if not uid:
        day = first_value(todo, "DUE") or first_value(todo, "DTSTART")
        text = f"{_text(first_value(todo, 'SUMMARY'))}|{getattr(day, 'dt', '')}"
        uid = "none-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
    replaces = first_value(todo, "RECURRENCE-ID")
    return uid if replaces is None else f"{uid}\x1f{getattr(replaces, 'dt', '')}"


def _cells(todo: Any, uid: str, part: Part, zones: Zones, titles: dict[str, str], calendar: str) -> tuple[str, ...]:
    times = {name: _time(todo, name, part, zones) for name in TIMES}
    start, length = times["DTSTART"], getattr(first_value(todo, "DURATION"), "dt", None)
    if times["DUE"] is None and start is not None and isinstance(length, timedelta) and length > timedelta(0):
        times["DUE"] = start + length if isinstance(start, datetime) else midnight(start) + length - timedelta(days=1)
    percent = _number(first_value(todo, "PERCENT-COMPLETE"))
    parent = next(
        (
            title
            for each in every_value(todo, "RELATED-TO")
            if _is_parent(each) and (title := titles.get(str(each), ""))
        ),
        "",
    )
    return (
        uid,
        _text(first_value(todo, "SUMMARY")) or "(no title)",
        _written(times["DUE"]),
        _written(start),
        str(_number(first_value(todo, "PRIORITY")) or ""),
        _text(first_value(todo, "STATUS")),
        "yes" if percent >= 100 else "",
        _written(times["COMPLETED"]),
        _written(times["CREATED"]),
        clean(str(first_value(todo, "DESCRIPTION") or ""), lines=True)[:LONGEST_NOTES],
        next(iter(rule_texts(todo, "RRULE")), ""),
        ";".join(_categories(todo)),
        parent,
        calendar,
    )


def _time(todo: Any, name: str, part: Part, zones: Zones) -> date | datetime | None:
    """Return a day, or a time in local time. One that can't be is left out."""
    try:
        value = dated_value(todo, name, zones)
        if isinstance(value, datetime) and value.time() == time(0) and name in ("DUE", "DTSTART"):
            return value.date()  # a whole day, which no zone moves to another
    except (Refused, ValueError, TypeError, AttributeError, OverflowError) as why:
        zones.notice(f"line {part.line}: {name} of this task is left out, since {why}.")
        return None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone().replace(tzinfo=None)
    return value if isinstance(value, date) else None


def _written(moment: date | datetime | None) -> str:
    if isinstance(moment, datetime):
        return moment.replace(microsecond=0).isoformat()
    return "" if moment is None else moment.isoformat()


def _text(value: object) -> str:
    return clean(str(value or ""))[:LONGEST_TEXT]


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _is_parent(related: Any) -> bool:
    return str(getattr(related, "params", {}).get("RELTYPE", "PARENT")).upper() == "PARENT"


def _categories(todo: Any) -> Iterable[str]:
    """Yield the labels, without what would separate them in a cell."""
    for each in every_value(todo, "CATEGORIES"):
        for name in getattr(each, "cats", [each]):
            text = clean(str(name)).translate(str.maketrans(";,|\\", "    "))
            if text.strip():
                yield text.strip()
