"""Dates, hours and ranges of days as people write them. The clock stands on Monday 16 November 2026, 09:42."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import InputError
from planner.domain.typed.moment import WrongDate
from planner.domain.typed.when import parse_when, read_days
from planner.domain.workdays import Period

NOW = datetime(2026, 11, 16, 9, 42)  # a Monday
MON, TUE, FRI = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 20)


@pytest.mark.parametrize(
    ("phrase", "day", "at"),
    [
        ("2026-11-27", date(2026, 11, 27), None),
        ("2026-11-27T14:30", date(2026, 11, 27), time(14, 30)),
        ("2026-11-27 9:05", date(2026, 11, 27), time(9, 5)),
        ("27 Nov", date(2026, 11, 27), None),
        ("27 november", date(2026, 11, 27), None),
        ("Nov 27", date(2026, 11, 27), None),
        ("27th of November 2027", date(2027, 11, 27), None),
        ("27.11.2026", date(2026, 11, 27), None),
        ("27.11.", date(2026, 11, 27), None),
        ("27/11", date(2026, 11, 27), None),
        ("1 Jan", date(2027, 1, 1), None),
        ("29 Feb", date(2028, 2, 29), None),
        ("today", MON, None),
        ("Tomorrow 9am", TUE, time(9)),
        ("tomorrow at 9", TUE, time(9)),
        ("9am tomorrow", TUE, time(9)),
        ("tomorrow noon", TUE, time(12)),
        ("day after tomorrow", date(2026, 11, 18), None),
        ("yesterday", date(2026, 11, 15), None),
        ("fri", FRI, None),
        ("fri 10", FRI, time(10)),
        ("Friday 14:30", FRI, time(14, 30)),
        ("next fri 14:30", date(2026, 11, 27), time(14, 30)),
        ("this fri", FRI, None),
        ("mon", date(2026, 11, 23), None),
        ("this mon", MON, None),
        ("+3d", date(2026, 11, 19), None),
        ("3 days", date(2026, 11, 19), None),
        ("in 2 weeks", date(2026, 11, 30), None),
        ("in two weeks", date(2026, 11, 30), None),
        ("+1 month", date(2026, 12, 16), None),
        ("in a year", date(2027, 11, 16), None),
        ("end of month", date(2026, 11, 30), None),
        ("end of next month", date(2026, 12, 31), None),
        ("end of week", date(2026, 11, 22), None),
        ("next week", date(2026, 11, 23), None),
        ("next month", date(2026, 12, 1), None),
        ("end of year", date(2026, 12, 31), None),
        ("14:30", MON, time(14, 30)),
        ("8:00", TUE, time(8)),
        ("in 2 hours", MON, time(11, 42)),
        ("+30min", MON, time(10, 12)),
        ("now", MON, time(9, 42)),
        ("the 20th", FRI, None),
        ("fri, 27 Nov", date(2026, 11, 27), None),
        ("27 nov (fri)", date(2026, 11, 27), None),
        ("27 nov 26", date(2026, 11, 27), None),
        ("5 dec 27", date(2027, 12, 5), None),
        ("dec 5 27", date(2027, 12, 5), None),
        ("27 nov '26", date(2026, 11, 27), None),
        ("27 nov 10", date(2026, 11, 27), time(10)),
        ("27.11.26", date(2026, 11, 27), None),
        ("27/11/26 14:30", date(2026, 11, 27), time(14, 30)),
        ("2026/11/27", date(2026, 11, 27), None),
        ("27-11-2026", date(2026, 11, 27), None),
        ("15. jan", date(2027, 1, 15), None),
        ("15.Jan. 10:00", date(2027, 1, 15), time(10)),
        ("fri 27", date(2026, 11, 27), None),
        ("fri the 27th", date(2026, 11, 27), None),
        ("17h", MON, time(17)),
        ("fri 9h", FRI, time(9)),
        ("tomorrow 9 o'clock", TUE, time(9)),
        ("tomorrow 9 a.m.", TUE, time(9)),
        ("tomorrow at 10.30", TUE, time(10, 30)),
        ("tomorrow at 7 in the evening", TUE, time(19)),
        ("tomorrow evening at 7", TUE, time(19)),
        ("this evening at 7", MON, time(19)),
        ("tonight at 8", MON, time(20)),
        ("in half an hour", MON, time(10, 12)),
        ("by friday", FRI, None),
        ("by fri 5pm", FRI, time(17)),
        ("after fri", date(2026, 11, 21), None),
        ("monday next week", date(2026, 11, 23), None),
        ("next week monday", date(2026, 11, 23), None),
        ("next week on friday 10:00", date(2026, 11, 27), time(10)),
        ("friday this week", FRI, None),
        ("mon in two weeks", date(2026, 11, 30), None),
        ("in two weeks on monday", date(2026, 11, 30), None),
        ("wed in 2 weeks", date(2026, 12, 2), None),
        ("a week from tomorrow", date(2026, 11, 24), None),
        ("2 weeks after 27 nov", date(2026, 12, 11), None),
        ("3 days before 27 nov", date(2026, 11, 24), None),
        ("the day before fri", date(2026, 11, 19), None),
        ("the 5th of next month", date(2026, 12, 5), None),
        ("end of november", date(2026, 11, 30), None),
        ("end of february", date(2027, 2, 28), None),
        ("start of next week", date(2026, 11, 23), None),
        ("end of quarter", date(2026, 12, 31), None),
    ],
)
def test_dates_as_people_write_them(phrase: str, day: date, at: time | None) -> None:
    found = parse_when(phrase, NOW)
    assert (found.day, found.at) == (day, at)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [("fri", date(2026, 11, 13)), ("mon", MON), ("13 nov", date(2026, 11, 13)), ("1 Dec", date(2026, 12, 1)),
     ("last fri", date(2026, 11, 13)), ("2 days ago", date(2026, 11, 14)), ("-1d", date(2026, 11, 15))],
)  # fmt: skip
def test_dates_in_the_past(phrase: str, day: date) -> None:
    assert parse_when(phrase, NOW, towards="past").day == day


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "blah",
        "2026-02-30",
        "31 Feb",
        "03/04/2026",
        "25:00",
        "tomorrow 13pm",
        "fri 99",
        "32nd",
        "in 900 years",
        "9",
        "and",
        "10:00 and",
        "fri fri",
        "tomorrow 10am Gotham time",
        "nov",
        "27 13 2026",
        "fri 10:00 11:00",
    ],
)
def test_what_can_t_be_read_is_said(phrase: str) -> None:
    with pytest.raises(InputError):
        parse_when(phrase, NOW)


def test_ambiguous_weekday_is_pointed_out() -> None:
    assert "a week from today" in parse_when("monday", NOW).said
    assert "next week" in parse_when("next fri", NOW).said
    assert parse_when("fri", NOW).said == ""


@pytest.mark.parametrize(
    ("phrase", "echo", "minutes"),
    [
        ("fri 10:00 to 11:30", "Fri 20 Nov 2026 10:00 to 11:30", 90),
        ("on 27 nov from 10:00 until 11:30", "Fri 27 Nov 2026 10:00 to 11:30", 90),
        ("tomorrow 10:00 - 11:00", "Tue 17 Nov 2026 10:00 to 11:00", 60),
        ("10:00–11:00 tomorrow", "Tue 17 Nov 2026 10:00 to 11:00", 60),
        ("2026-11-27 10:00-11:00", "Fri 27 Nov 2026 10:00 to 11:00", 60),
        ("10-11:30am", "Mon 16 Nov 2026 10:00 to 11:30", 90),
        ("10-2pm", "Mon 16 Nov 2026 10:00 to 14:00", 240),
        ("2-4pm", "Mon 16 Nov 2026 14:00 to 16:00", 120),
        ("fri 9am-5", "Fri 20 Nov 2026 09:00 to 17:00", 480),
        ("from 10 to 11", "Mon 16 Nov 2026 10:00 to 11:00", 60),
        ("tomorrow between 10 and 11", "Tue 17 Nov 2026 10:00 to 11:00", 60),
        ("fri 10 to 2", "Fri 20 Nov 2026 10:00 to 14:00", 240),
        ("tomorrow evening 7 to 9", "Tue 17 Nov 2026 19:00 to 21:00", 120),
        ("fri 22:00 to 01:00", "Fri 20 Nov 2026 22:00 to 01:00", 180),
        ("10:00 to midnight", "Mon 16 Nov 2026 10:00 to 00:00", 840),
    ],
)
def test_time_ranges(phrase: str, echo: str, minutes: int) -> None:
    found = parse_when(phrase, NOW, spans=True)
    assert (found.echo(), found.minutes) == (echo, minutes)
    with pytest.raises(WrongDate, match="is a time range"):
        parse_when(phrase, NOW)


def test_time_range_may_end_on_another_day() -> None:
    end = parse_when("fri 22:00 to 01:00", NOW, spans=True).at_end()
    assert (end.day, end.at) == (date(2026, 11, 21), time(1))
    alone = parse_when("fri 22:00", NOW)
    assert alone.at_end() is alone


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("thursday 27 nov", "27 Nov 2026 is a Friday, not a Thursday"),
        ("thu 2026-11-27 10:00", "27 Nov 2026 is a Friday, not a Thursday"),
        ("27.11.2026 (thu)", "27 Nov 2026 is a Friday, not a Thursday"),
        ("thu 20th", "20 Nov 2026 is a Friday, not a Thursday"),
        ("15:00-14:00", "ends before it starts"),
        ("10:00 to 10:00", "ends before it starts"),
        ("24 dec to 31 dec", "is a range of days"),
        ("mon..fri", "is a range of days"),
        ("10am IST", "IST could be India"),
        ("10am CST", "CST could be Chicago"),
        ("03/04/26", "day or month first"),
    ],
)
def test_impossible_date_is_refused_with_a_reason(phrase: str, why: str) -> None:
    with pytest.raises(WrongDate, match=why):
        parse_when(phrase, NOW, spans=True)


def test_time_at_night_is_pointed_out() -> None:
    assert "write 5pm" in parse_when("tomorrow at 5", NOW).said
    assert parse_when("tomorrow 5:00", NOW).said == ""


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        found = parse_when(text, NOW)
    except InputError:
        return
    assert isinstance(found.day, date)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_iso_dates_round_trip(day: date) -> None:
    assert parse_when(day.isoformat(), NOW).day == day


def test_date_ranges() -> None:
    assert read_days("2026-12-24..2026-12-31", NOW)[0] == Period(date(2026, 12, 24), date(2026, 12, 31))
    assert read_days("27 Nov", NOW)[0] == Period(date(2026, 11, 27), date(2026, 11, 27))
    with pytest.raises(InputError, match="ends before"):
        read_days("2026-12-31..2026-12-24", NOW)


@pytest.mark.parametrize(
    ("today", "text", "first", "last"),
    [
        ("2026-05-15", "24 dec..31 dec", "2026-12-24", "2026-12-31"),
        ("2026-05-15", "24-31 dec", "2026-12-24", "2026-12-31"),
        ("2026-05-15", "dec 24 to 31", "2026-12-24", "2026-12-31"),
        ("2026-05-15", "from 24 dec to 2 jan", "2026-12-24", "2027-01-02"),
        ("2026-05-15", "24.12. - 31.12.", "2026-12-24", "2026-12-31"),
        ("2026-05-15", "24.12...31.12.", "2026-12-24", "2026-12-31"),
        ("2026-05-15", "24 dec", "2026-12-24", "2026-12-24"),
        ("2026-05-15", "12 may", "2026-05-12", "2026-05-12"),
        ("2026-05-15", "1 may..10 may", "2026-05-01", "2026-05-10"),
        ("2026-12-28", "24 dec..31 dec", "2026-12-24", "2026-12-31"),
        ("2027-01-02", "24 dec..5 jan", "2026-12-24", "2027-01-05"),
        ("2027-01-02", "24 dec..31 dec", "2026-12-24", "2026-12-31"),
        ("2026-11-16", "24 dec..5 jan 2028", "2027-12-24", "2028-01-05"),
        ("2026-11-16", "24 dec 2025..2 jan", "2025-12-24", "2026-01-02"),
        ("2026-11-16", "thu 24 dec..sun 27 dec", "2026-12-24", "2026-12-27"),
        ("2026-06-28", "28 jun..2 jul", "2026-06-28", "2026-07-02"),
        ("2026-11-16", "mon..fri", "2026-11-16", "2026-11-20"),
        ("2026-11-18", "mon to fri", "2026-11-16", "2026-11-20"),
        ("2026-11-21", "mon-fri", "2026-11-23", "2026-11-27"),
        ("2026-11-18", "fri..mon", "2026-11-20", "2026-11-23"),
        ("2026-11-16", "fri..mon", "2026-11-13", "2026-11-16"),
        ("2026-11-16", "tomorrow..fri", "2026-11-17", "2026-11-20"),
        ("2026-11-16", "today..+3d", "2026-11-16", "2026-11-19"),
        ("2026-11-16", "20th to 25th", "2026-11-20", "2026-11-25"),
        ("2026-11-16", "next week", "2026-11-23", "2026-11-29"),
        ("2026-11-18", "this week", "2026-11-16", "2026-11-22"),
        ("2026-11-16", "next month", "2026-12-01", "2026-12-31"),
    ],
)
def test_date_range_without_years_is_the_sensible_one(today: str, text: str, first: str, last: str) -> None:
    now = datetime.fromisoformat(f"{today}T09:00")
    assert read_days(text, now)[0] == Period(date.fromisoformat(first), date.fromisoformat(last))


def test_interpretation_of_a_date_range_is_pointed_out() -> None:
    assert read_days("next week", NOW)[1] == "the whole week, Mon 23 Nov 2026 to Sun 29 Nov 2026"
    assert "just past" in read_days("1 nov..5 nov", NOW)[1]
    assert "read as the current dates" in read_days("fri..mon", NOW)[1]
    assert read_days("24 dec..31 dec", NOW)[1] == ""


@pytest.mark.parametrize(
    "text", ["2026-12-31..2026-12-24", "fri 24 dec..27 dec", "10:00..11:00", "a..b", "1970-01-01..today"]
)
def test_invalid_date_ranges_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_days(text, NOW)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dates(date(2024, 1, 1), date(2024, 12, 28)), st.integers(0, 90))
def test_date_range_without_years_is_in_order_and_near(today: date, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    text = f"{first.day} {first:%b}..{last.day} {last:%b}"
    if "29 Feb" in text:
        return
    found = read_days(text, datetime.combine(today, time(9)))[0]
    assert (found.first.day, found.first.month, found.last.day, found.last.month) == (
        first.day, first.month, last.day, last.month,
    )  # fmt: skip
    assert (found.last - found.first).days <= length + 1
    assert (found.last - today).days >= -31 and (found.first - today).days <= 366


@pytest.mark.parametrize("text", ["20 nov to 18 nov", "dec 24 - dec 20", "5 may..1 may"])
def test_reversed_date_range_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="ends before it starts"):
        read_days(text, datetime(2026, 11, 16, 9))
