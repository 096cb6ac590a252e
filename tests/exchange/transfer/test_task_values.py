"""The cells of task lists: due dates, rules, priorities, durations."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.day.tasks import Due
from planner.domain.typed import recurrence
from planner.exchange.transfer.dates import DateReader, Order
from planner.exchange.transfer.task_values import (
    NO_HOUR,
    Scheme,
    Unread,
    as_tags,
    parse_done,
    parse_due,
    parse_minutes,
    parse_rule,
    priority_number,
    scheme_of,
    take_labels,
)

NOW = datetime(2026, 11, 16, 9)  # a Monday
DAYS = st.dates(date(1970, 1, 1), date(2100, 12, 31))
HOURS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
FORMS: dict[Order, str] = {"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y"}


@given(DAYS, st.none() | HOURS, st.sampled_from(list(FORMS)))
def test_a_due_date_is_read_as_it_was_written(day: date, at: time | None, order: Order) -> None:
    text, hour = day.strftime(FORMS[order]), "" if at is None else f"{at:%H:%M}"
    due = Due(day, None if at in NO_HOUR else at)
    assert parse_due(text, hour, DateReader(order), NOW).due == due
    assert parse_due(f"{text} {hour}".strip(), "", DateReader(order), NOW).due == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-11-20T00:00:00Z", Due(date(2026, 11, 20))),  # of Google: a day, whatever the zone
        ("2026-11-20T00:00:00.000Z", Due(date(2026, 11, 20))),
        ("20261120T153000", Due(date(2026, 11, 20), time(15, 30))),
        ("tomorrow", Due(date(2026, 11, 17))),
        ("next fri 14:30", Due(date(2026, 11, 27), time(14, 30))),
        ("every monday at 9am", Due(date(2026, 11, 16), time(9))),
        ("20 Nov 2026", Due(date(2026, 11, 20))),
    ],
)
def test_due_dates_of_other_programs(text: str, due: Due) -> None:
    assert parse_due(text, "", DateReader("ymd"), NOW).due == due


@pytest.mark.parametrize(
    "text", ["soon", "2026-13-45", "каждый день", "31 Feb 2026", "x" * 600, "1\N{ROMAN NUMERAL TWO}"]
)
def test_what_is_no_due_date_is_said(text: str) -> None:
    with pytest.raises(Unread):
        parse_due(text, "", DateReader("ymd"), NOW)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("freq=daily", "FREQ=DAILY"),
        ("every week", "FREQ=WEEKLY"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("P2W", "FREQ=WEEKLY;INTERVAL=2"),
        ("3 wks", "FREQ=WEEKLY;INTERVAL=3"),
        ("1q", "FREQ=MONTHLY;INTERVAL=3"),
        ("biweekly", "FREQ=WEEKLY;INTERVAL=2"),
        ("annual", "FREQ=YEARLY"),
        ("Never", None),
        ("", None),
    ],
)
def test_repeat_rules(text: str, rule: str | None) -> None:
    found = parse_rule(text)
    assert (found and found.rule) == rule


@pytest.mark.parametrize(
    "text", ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9", "RRULE:", "full moon", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]
)
def test_rules_planner_has_not(text: str) -> None:
    with pytest.raises(Unread):
        parse_rule(text)


@given(st.text(max_size=80) | st.text("FREQ=;,ABDINTERVLYWKMO0123456789- ", max_size=60).map("FREQ={}".format))
def test_any_text_is_a_rule_or_said_not_to_be_one(text: str) -> None:
    try:
        found = parse_rule(text)
    except Unread:
        return
    assert found is None or isinstance(found, recurrence.Every)


@pytest.mark.parametrize(
    ("columns", "numbers"),
    [
        ({"content", "indent"}, {"1": "a", "2": "b", "3": "c", "4": "none", "5": None}),
        ({"taskid", "is check list"}, {"0": "none", "1": "c", "3": "b", "5": "a", "2": None}),
        ({"x planner calendar"}, {"0": "none", "1": "a", "4": "a", "5": "b", "9": "c", "10": None}),
        ({"title"}, {"1": "a", "2": "b", "3": "c", "High": None, "1.0": "a", "": None}),
    ],
)
def test_priorities_as_numbers(columns: set[str], numbers: dict[str, str | None]) -> None:
    scheme: Scheme = scheme_of(columns)
    assert {text: priority_number(text, scheme) for text in numbers} == numbers


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [
        ("30", "", 30), ("1.5", "hour", 90), ("1:30", "", 90), ("2h 15m", "", 135), ("45 min", "minute", 45),
        ("PT1H30M", "", 90), ("0", "", None), ("5000", "", None), ("1", "day", None), ("", "", None),
    ],
)  # fmt: skip
def test_durations(text: str, unit: str, minutes: int | None) -> None:
    assert parse_minutes(text, unit) == minutes


def test_a_duration_in_words_is_said() -> None:
    with pytest.raises(Unread):
        parse_minutes("a while", "")


@pytest.mark.parametrize(
    ("text", "header", "done"),
    [
        ("100", "% Complete", True), ("50%", "Progress", False), ("1", "Done", True), ("0", "Done", False),
        ("yes", "Done", True), ("✓", "Done", True), ("no", "Done", False), ("2026-11-10", "Completed", True),
        ("whatever", "Done", False), ("", "Done", False),
    ],
)  # fmt: skip
def test_what_is_done(text: str, header: str, done: bool) -> None:
    assert parse_done(text, header, DateReader("ymd"))[0] is done


def test_labels() -> None:
    assert take_labels("Call Kim @phone @urgent") == ("Call Kim", ["phone", "urgent"])
    assert take_labels("Write to kim@x.example") == ("Write to kim@x.example", [])
    assert as_tags(["Key account", "#big", "", "big", "x" * 90]) == ("Key-account", "big", "x" * 60)
