"""Parses what the cells of a task list mean: due dates in any form, priorities, repeat rules, labels."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from planner.domain.day.tasks import LONGEST_TAG, MOST_TAGS, Due
from planner.domain.errors import InputError
from planner.domain.text import clean
from planner.domain.typed import recurrence, task_line
from planner.domain.typed.recurrence import Every
from planner.exchange.limits import TooSlow, time_limit
from planner.exchange.transfer.dates import DateReader

SECONDS_A_RULE = 1.5
NO_HOUR = {time(0, 0), time(23, 59)}  # how programs without whole days write one
# lists that every program begins with, which say nothing about a task
PLAIN_LISTS = frozenset((
    "inbox", "tasks", "my tasks", "to do", "todo", "reminders", "default", "list", "none", "no list", "not sectioned",
    "входящие", "задачи", "мои задачи", "작업", "할 일", "내 할 일", "タスク", "マイタスク", "aufgaben",
    "meine aufgaben", "posteingang", "tâches", "mes tâches", "tareas", "mis tareas", "attività", "zadania",
    "görevler", "收集箱", "任务",
))  # fmt: skip
Scheme = Literal["todoist", "ticktick", "icalendar", ""]


class Unread(ValueError):
    """Raised for a due date or rule that can't be read, which is no reason to lose the task."""


@dataclass(frozen=True, slots=True)
class Written:
    """A due date as read: the day and hour, the rule that it states, and whether it counts from today."""

    due: Due | None
    every: Every | None = None
    relative: bool = False


_MIDNIGHT_UTC = re.compile(r"(\d{4}-\d{2}-\d{2})T00:00(?::00(?:\.0+)?)?Z")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z?)")


def parse_due(
    text: str, hour: str, reader: DateReader, now: datetime, *, zone: str = "", whole: bool = False
) -> Written:
    """Return a due date: a date or time in any form, or words such as ``every monday at 9am``. `whole` says that only
    its day counts, in a `zone` if it has one. Raises Unread.
    """
    day = _MIDNIGHT_UTC.fullmatch(text)
    if day:  # a date in the form of a time, which no zone moves to the day before
        return Written(Due(date.fromisoformat(day[1])))
    compact = _COMPACT.fullmatch(text)
    if compact:
        text = f"{compact[1]}-{compact[2]}-{compact[3]}T{compact[4]}:{compact[5]}:{compact[6] or '00'}{compact[7]}"
    if whole and (there := _day_in_zone(text, zone)) is not None:
        return Written(Due(there))
    for written in (f"{text} {hour}", text) if hour else (text,):
        try:
            return Written(_due(reader.moment(written), whole=whole))
        except (ValueError, OverflowError, OSError):
            continue
    return _in_words(f"{text} {hour}".strip(), now)


def _day_in_zone(text: str, zone: str) -> date | None:
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone(ZoneInfo(zone) if zone else None).date()
    except (ValueError, OSError, KeyError):
        return None


def _due(moment: datetime, *, whole: bool = False) -> Due:
    at = moment.time().replace(second=0, microsecond=0)
    return Due(moment.date(), None if whole or at in NO_HOUR else at)


def _in_words(text: str, now: datetime) -> Written:
    """Return a due date in the words of a task line."""
    try:
        found = task_line.parse_line(f"task {text}", now)
    except InputError as problem:
        raise Unread(text) from problem
    if found.title != "task" or (found.due is None and found.every is None):
        raise Unread(text)
    return Written(found.due, found.every, relative=True)


_PERIOD = re.compile(r"p?(\d+) ?(d|w|wk|wks|m|mo|mth|mths|q|y|yr|yrs|days?|weeks?|months?|years?)", re.IGNORECASE)
_UNITS = {"d": "days", "w": "weeks", "m": "months", "q": "months", "y": "years"}
_RULE_WORDS = {
    "biweekly": "2 weeks", "bimonthly": "2 months", "annual": "yearly", "annually": "yearly", "semiannual": "6 months",
    "biannual": "2 years", "biyearly": "2 years", "every weekday": "weekday",
}  # fmt: skip
NEVER = frozenset({"", "none", "no", "never", "false", "0", "does not repeat", "not repeating", "once", "нет", "없음"})


def parse_rule(text: str) -> Every | None:
    """Return a repeat rule in words, as an RRULE, or as a period (``P1W``, ``2wks``), None for none. Raises Unread."""
    bare = " ".join(text.replace("\\,", ",").split())
    if bare.casefold() in NEVER:
        return None
    rule = re.search(r"FREQ=[^\s:]+", bare, re.IGNORECASE)
    period = _PERIOD.fullmatch(bare)
    if rule:
        bare = rule[0].upper().rstrip(";")
    elif period:
        times = int(period[1]) * (3 if period[2].lower().startswith("q") else 1)
        bare = f"{times} {_UNITS[period[2][0].lower()]}"
    try:
        with time_limit(SECONDS_A_RULE):
            return recurrence.parse_repeat(_RULE_WORDS.get(bare.casefold(), bare))
    except (InputError, TooSlow, ValueError, OverflowError) as problem:
        raise Unread(text) from problem


def scheme_of(columns: Collection[str]) -> Scheme:
    """Return whose numbers a file's priorities are, by its normalized headers."""
    if {"content", "indent"} <= {*columns}:
        return "todoist"
    if {"taskid", "is check list"} & {*columns}:
        return "ticktick"
    return "icalendar" if "x planner calendar" in columns else ""


_NUMBERS: dict[Scheme, dict[int, str]] = {
    "todoist": {1: "a", 2: "b", 3: "c", 4: "none"},
    "ticktick": {0: "none", 1: "c", 3: "b", 5: "a"},
    "icalendar": {0: "none", **dict.fromkeys(range(1, 5), "a"), 5: "b", **dict.fromkeys(range(6, 10), "c")},
    "": {0: "none", 1: "a", 2: "b", 3: "c", 4: "none"},
}


def priority_number(text: str, scheme: Scheme) -> str | None:
    """Return our word for a priority that is a number, or None."""
    bare = text.strip().removesuffix(".0")
    return _NUMBERS[scheme].get(int(bare)) if bare.isascii() and bare.isdigit() else None


def as_tag(text: str) -> str:
    """Return a label or list as a tag, which is one word."""
    return "-".join(clean(text).lstrip("#").split())[:LONGEST_TAG]


def as_tags(texts: Sequence[str]) -> tuple[str, ...]:
    """Return labels as tags, without duplicates."""
    return tuple(dict.fromkeys(tag for text in texts if (tag := as_tag(text))))[:MOST_TAGS]


_LABEL = re.compile(r"\s@([^\s@]+)$")


def take_labels(title: str) -> tuple[str, list[str]]:
    """Return a title without the labels at its end (``Call Kim @phone @urgent``), and those."""
    labels: list[str] = []
    while match := _LABEL.search(title):
        labels.insert(0, match[1])
        title = title[: match.start()].rstrip()
    return title, labels


def parse_minutes(text: str, unit: str) -> int | None:
    """Return how long a task takes in minutes, None for nothing that a task can take. Raises Unread."""
    bare = text.strip().lower()
    if not bare:
        return None
    iso = re.fullmatch(r"pt?(?:(\d+)h)?(?:(\d+)m)?(?:\d+s)?", bare)
    clock = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", bare)
    words = re.fullmatch(r"(?:(\d+) ?h[a-z]*)? ?(?:(\d+) ?m[a-z]*)?", bare)
    for match in (iso, clock, words):
        if match and any(match.groups()):
            found = int(match[1] or 0) * 60 + int(match[2] or 0)
            break
    else:
        number = re.fullmatch(r"\d{1,9}(?:[.,]\d+)?", bare)
        if number is None:
            raise Unread(text)
        found = round(float(bare.replace(",", ".")) * (60 if unit.startswith("h") else 1))
        if unit.startswith("d"):  # whole days say nothing of the time it takes
            return None
    return found if 1 <= found <= 24 * 60 else None


def parse_done(text: str, header: str, reader: DateReader) -> tuple[bool, datetime | None]:
    """Return whether a cell of a done column says so, and when: a day, a share (``100%``), yes or no."""
    bare = text.strip().casefold()
    share = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?) ?%?", bare)
    if share and ("%" in bare or "%" in header):
        return float(share[1].replace(",", ".")) >= 100, None
    if bare in ("", "0", "no", "false", "n", "f", "-", "none", "нет", "아니오", "いいえ", "nein", "non"):
        return False, None
    try:
        return True, parse_moment(text, reader)
    except (ValueError, OverflowError, OSError):
        return bare in (
            "1",
            "yes",
            "true",
            "y",
            "t",
            "x",
            "✓",
            "done",
            "completed",
            "да",
            "예",
            "はい",
            "ja",
            "oui",
            "sí",
        ), None


def parse_moment(text: str, reader: DateReader) -> datetime:
    """Return when something was done or created, in local time. Raises ValueError."""
    compact = _COMPACT.fullmatch(text.strip())
    if compact is None:
        return reader.moment(text.strip())
    parts = [int(part or 0) for part in compact.groups()[:6]]
    moment = datetime(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5])
    return moment.replace(tzinfo=UTC).astimezone().replace(tzinfo=None) if compact[7] else moment
