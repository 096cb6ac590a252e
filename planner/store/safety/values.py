"""Checks the values of columns in rows that come from elsewhere and can't be trusted.

A value that no view can show is refused on import, not where it is encountered. Columns without their own rule hold
text or a whole number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from planner.domain.calls import playbook
from planner.domain.clients import care, complaints, deals, people, promises
from planner.domain.day import activity, blocks, tasks
from planner.domain.errors import InputError
from planner.domain.plan import goals
from planner.domain.review import learning, self_review
from planner.domain.text import strip_controls
from planner.domain.typed import rule_words

Rule = Callable[[Any], bool]
LONGEST_TEXT = 1_000_000
LARGEST = 10**15  # hundredths: ten thousand billion
LAST_MOMENT = 253_402_300_799  # the end of the year 9999, in seconds since 1970 UTC


def _day(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and _reads(date.fromisoformat, value)


def _moment(value: Any) -> bool:
    return isinstance(value, str) and len(value) in (16, 19) and value[10] == "T" and _reads(_datetime, value)


def _due(value: Any) -> bool:
    return _day(value) or (_moment(value) and len(value) == 16)


def _datetime(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _reads(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except (ValueError, InputError):
        return False
    return True


def _rule(value: Any) -> bool:
    """Whether it is a recurrence rule as stored."""
    return isinstance(value, str) and "FREQ=" in value and _reads(rule_words.parse_every, value)


def _like(pattern: str) -> Rule:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _one_of(*words: str) -> Rule:
    return lambda value: isinstance(value, str) and value in words


def _whole(low: int, high: int) -> Rule:
    return lambda value: isinstance(value, int) and low <= value <= high


def _as_json(check: Callable[[Any], bool]) -> Rule:
    def rule(value: Any) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return check(json.loads(value))
        except (ValueError, RecursionError):
            return False

    return rule


def _list_of(check: Callable[[Any], bool]) -> Rule:
    return _as_json(lambda found: isinstance(found, list) and all(check(each) for each in found))


def _text(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return False
    plain = value.replace("\r", "").replace("\t", "")  # as in other programs' calendars
    return strip_controls(plain, lines=True) == plain


def _dated(value: Any) -> bool:
    """Whether it is a pair of a day (of one year or every year) and what it is."""
    return isinstance(value, list) and len(value) == 2 and _birthday(value[0]) and _text(value[1])


_CLOCK = _like(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_SECOND = _like(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d")
_MONTH = _like(r"[1-9]\d{3}-(?:0[1-9]|1[0-2])")
_UID = _like(r"[0-9A-Za-z._:@{}-]{1,500}")
_YES = _whole(0, 1)
_INSTANT = _whole(-LAST_MOMENT, LAST_MOMENT)
_AMOUNT = _whole(-LARGEST, LARGEST)
_NOT_BELOW = _whole(0, LARGEST)


def _birthday(value: Any) -> bool:
    if isinstance(value, str) and value.startswith("--"):
        return len(value) == 7 and _day(f"2000-{value[2:]}")
    return _day(value)


_METRICS = {*activity.COUNTS, "revenue", *goals.Metric, *(each.replace("-", "_") for each in goals.Metric)}

# By column name, in any table.
RULES: dict[str, Rule] = {
    "id": _whole(1, 2**62),
    "uid": _UID,
    "day": _day,
    "first_day": _day,
    "last_day": _day,
    "built_on": _day,
    "since": _day,
    "series_start": _day,
    "done_on": _day,
    "opened": _day,
    "closed": _day,
    "expected_close": _day,
    "contract_end": _day,
    "stage_since": _day,
    "supplier_until": _day,
    "started": _day,
    "starts": _day,
    "week": _day,
    "birthday": _birthday,
    "due": _due,
    "settled_at": _moment,
    "local_time": _SECOND,
    "start": _CLOCK,
    "end": _CLOCK,
    "opens": _CLOCK,
    "month": _MONTH,
    "period": _like(r"[1-9]\d{3}(?:-Q[1-4])?"),
    "count": _whole(0, activity.LARGEST_COUNT),
    "weekday": _whole(0, 6),
    "weight": _whole(0, 100),
    "minutes": _whole(0, 24 * 60 * 31),
    "seconds": _whole(0, 24 * 3600 * 31),
    "position": _whole(-(2**53), 2**53),
    "rank": _whole(-(2**62), 2**62),
    "metric": _one_of(*_METRICS),
    "horizon": _one_of(*goals.Horizon),
    "stage": _one_of(*deals.Stage),
    "stage_before": _one_of(*deals.Stage),
    "priority": _one_of(*tasks.Priority),
    "need": _one_of("", *people.Need),
    "tags": _list_of(_text),
    "dates": _list_of(_dated),
    "lines": _list_of(_text),
    "top_three": _list_of(lambda each: isinstance(each, int)),
    "figures": _as_json(lambda found: isinstance(found, dict) and all(map(_figure, found.values()))),
    "read": _as_json(lambda found: isinstance(found, dict)),
    **dict.fromkeys(("decides", "do_not_call", "wrong", "dropped", "used", "whole", "bulk", "proposal"), _YES),
    **dict.fromkeys(("floating", "all_day", "busy", "from_done", "met", "effective", "content", "listened"), _YES),
    **dict.fromkeys(("worked", "done"), _YES),
    **dict.fromkeys(("at", "created_at", "logged_at", "start_at", "end_at", "sent_at", "decided_at"), _INSTANT),
    **dict.fromkeys(("asked_at", "ended_at", "closed_at", "opened_at", "started_at"), _INSTANT),
    **dict.fromkeys(("amount", "start_figure", "tally", "low", "high", "median"), _AMOUNT),
    **dict.fromkeys(("quota", "personal_plan", "average_deal", "expected_other", "brought_in", "target"), _NOT_BELOW),
    **dict.fromkeys(
        ("other", "calls_per_day", "letters", "paused", "calls", "gap", "rhythm", "term_months"), _NOT_BELOW
    ),
    **dict.fromkeys(("step", "times", "fluent", "missed", "placed"), _NOT_BELOW),
}


def _figure(value: Any) -> bool:
    return isinstance(value, str | int) and re.fullmatch(r"-?\d{1,18}(?:\.\d{1,6})?|", str(value)) is not None


_BLOCK = _one_of(*blocks.BLOCK_KINDS)
# Where a name means something else in one table.
OWN_RULES: dict[tuple[str, str], Rule] = {
    ("activity", "kind"): _one_of(*activity.KINDS, activity.PAYMENT),
    ("activity", "outcome"): _one_of(*{word for words in activity.OUTCOMES.values() for word in words}),
    ("day", "opened_at"): _moment,
    ("day", "closed_at"): _moment,
    ("review", "started_at"): _moment,
    ("review", "finished_at"): _moment,
    ("review", "step"): _whole(0, 7),
    ("review_line", "kind"): _one_of(*self_review.Kind),
    ("review_line", "became"): _one_of("", *self_review.Became),
    ("complaint", "received"): _due,
    ("complaint", "state"): _one_of(*complaints.State),
    ("day_block", "kind"): _BLOCK,
    ("day_block", "mark"): _one_of(*blocks.MARKS),
    ("day_block", "planned"): lambda value: value == "" or _planned(value),
    ("week_block", "kind"): _BLOCK,
    ("goal", "state"): _one_of(*goals.GoalState),
    ("goal", "position"): _whole(0, 2**53),
    ("promise", "state"): _one_of(*promises.PromiseState),
    ("task", "state"): _one_of(*tasks.TaskState),
    ("task", "every"): _rule,
    ("task", "tags"): _text,
    ("task", "care"): _one_of("", *care.Care),
    ("task", "done_time"): _like(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"),
    ("learning", "kind"): _one_of(*learning.Kind),
    ("contact_way", "kind"): _one_of("phone", "email"),
    ("heard", "way"): _one_of("", *playbook.WAYS),
    ("heard", "sort"): _one_of(*playbook.SORTS),
    ("day_target", "source"): _one_of("", "goal", "plan"),
    ("deal", "value"): _AMOUNT,
    ("event", "uid"): _text,  # whatever the calendar has
    ("mail_window", "planned"): _whole(0, 24 * 60),
}


def _planned(value: Any) -> bool:
    found = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d) (\S+)(?: .*)?", value, re.DOTALL) if isinstance(value, str) else None
    return found is not None and _CLOCK(found[1]) and _CLOCK(found[2]) and _BLOCK(found[3]) and _text(value)


@cache
def rule(table: str, column: str, declared: str) -> Rule:
    """Return a column's rule, by its name or else by its declared type. NULL is left to the schema."""
    found = OWN_RULES.get((table, column)) or RULES.get(column)
    if found is not None:
        return found
    return _whole(-(2**62), 2**62) if "INT" in declared.upper() else _text


def first_invalid(table: str, columns: list[tuple[str, str]], row: list[Any]) -> str:
    """Return the first column (name, declared type) of a row that holds an invalid value, or ""."""
    for (name, declared), value in zip(columns, row, strict=True):
        if value is not None and (isinstance(value, bool) or not rule(table, name, declared)(value)):
            return name
    return ""
