"""What people type: dates, amounts, rules, months, plans; and text that is only text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.money import format_amount, from_hundredths, parse_amount, to_hundredths
from planner.domain.plan.plan import BelowDouble, MonthPlan, confirm_double, personal_from
from planner.domain.text import clean
from planner.domain.typed.recurrence import in_words, next_date, parse_every, parse_repeat
from planner.domain.typed.when import WrongDate, parse_when, read_days
from planner.domain.workdays import Period, WorkCalendar, parse_month

NOW = datetime(2026, 11, 16, 9, 42)  # a Monday
WEEK = WorkCalendar()
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
def test_dates_that_look_back(phrase: str, day: date) -> None:
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


def test_a_phrase_that_reads_two_ways_says_how_it_was_taken() -> None:
    assert "a week from now" in parse_when("monday", NOW).said
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
def test_ranges_of_hours(phrase: str, echo: str, minutes: int) -> None:
    found = parse_when(phrase, NOW, spans=True)
    assert (found.echo(), found.minutes) == (echo, minutes)
    with pytest.raises(WrongDate, match="is a range of hours"):
        parse_when(phrase, NOW)


def test_the_end_of_a_range_may_be_on_another_day() -> None:
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
        ("15:00-14:00", "ends before it begins"),
        ("10:00 to 10:00", "ends before it begins"),
        ("24 dec to 31 dec", "is a range of days"),
        ("mon..fri", "is a range of days"),
        ("10am IST", "IST may be India"),
        ("10am CST", "CST may be Chicago"),
        ("03/04/26", "two ways"),
    ],
)
def test_a_date_that_can_not_be_right_says_why(phrase: str, why: str) -> None:
    with pytest.raises(WrongDate, match=why):
        parse_when(phrase, NOW, spans=True)


def test_an_hour_in_the_night_is_said() -> None:
    assert "write 5pm" in parse_when("tomorrow at 5", NOW).said
    assert parse_when("tomorrow 5:00", NOW).said == ""


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = parse_when(text, NOW)
    except InputError:
        return
    assert isinstance(found.day, date)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_iso_dates_read_as_themselves(day: date) -> None:
    assert parse_when(day.isoformat(), NOW).day == day


def test_ranges_of_days() -> None:
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
def test_a_range_is_the_one_that_makes_sense_on_a_day(today: str, text: str, first: str, last: str) -> None:
    now = datetime.fromisoformat(f"{today}T09:00")
    assert read_days(text, now)[0] == Period(date.fromisoformat(first), date.fromisoformat(last))


def test_how_a_range_was_taken_is_said() -> None:
    assert read_days("next week", NOW)[1] == "the whole week, Mon 23 Nov 2026 to Sun 29 Nov 2026"
    assert "over already" in read_days("1 nov..5 nov", NOW)[1]
    assert "today is in" in read_days("fri..mon", NOW)[1]
    assert read_days("24 dec..31 dec", NOW)[1] == ""


@pytest.mark.parametrize(
    "text", ["2026-12-31..2026-12-24", "fri 24 dec..27 dec", "10:00..11:00", "a..b", "1970-01-01..today"]
)
def test_ranges_that_are_none(text: str) -> None:
    with pytest.raises(InputError):
        read_days(text, NOW)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dates(date(2024, 1, 1), date(2024, 12, 28)), st.integers(0, 90))
def test_a_range_without_years_is_never_backwards_and_never_far(today: date, first: date, length: int) -> None:
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


@pytest.mark.parametrize(
    ("text", "amount"),
    [("700000", "700000"), ("700,000", "700000"), ("700 000", "700000"), ("700\u00a0000", "700000"),
     ("1'400'000", "1400000"), ("1.4m", "1400000"), ("350k", "350000"), ("12.50", "12.50"), ("12,50", "12.50"),
     ("1.400.000,50", "1400000.50"), ("0", "0"), ("1,234.5", "1234.5")],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, amount: str) -> None:
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "abc", "-5", "350.000", "1,2,3", "12.345", "NaN", "Infinity", "1e5", "9" * 20, "٣", "--5", "$5"]
)
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(InputError):
        parse_amount(text)


@given(st.integers(-(10**15), 10**15))
def test_hundredths_are_exact(value: int) -> None:
    assert to_hundredths(from_hundredths(value)) == value


@given(st.integers(0, 10**15))
def test_a_shown_amount_reads_back(value: int) -> None:
    amount = from_hundredths(value)
    assert parse_amount(format_amount(amount)) == amount


@pytest.mark.parametrize(
    ("text", "rule"),
    [("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), ("monday", "FREQ=WEEKLY;BYDAY=MO"),
     ("every mon and thu", "FREQ=WEEKLY;BYDAY=MO,TH"), ("2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
     ("month end", "FREQ=MONTHLY;BYMONTHDAY=-1"), ("month", "FREQ=MONTHLY"), ("day", "FREQ=DAILY"),
     ("RRULE:FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=MONTHLY;BYMONTHDAY=15")],
)  # fmt: skip
def test_rules_in_words(text: str, rule: str) -> None:
    assert parse_every(text) == rule
    assert in_words(rule)


RULES = [
    ("every 5th of march", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", "5 Mar"),
    ("march 5th", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", "5 Mar"),
    ("2 years on 5 march", "FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=5", "2 years on 5 Mar"),
    ("29 feb", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "29 Feb"),
    ("year end", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", "31 Dec"),
    ("5th working day", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=5", "5th working day of the month"),
    (
        "second last working day",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "second last working day of the month",
    ),
    ("first monday of the quarter", "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYDAY=1MO", "first Mon of the quarter"),
    ("last friday of each quarter", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1FR", "last Fri of the quarter"),
    ("quarter on the last friday", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=-1FR", "last Fri of the quarter"),
    ("quarter end", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1", "last day of the quarter"),
    ("first monday of march", "FREQ=YEARLY;BYMONTH=3;BYDAY=1MO", "first Mon of Mar"),
    ("2 weeks on tue and thu", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "2 weeks on Tue, Thu"),
    ("other tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "2 weeks on Tue"),
    ("two weeks", "FREQ=WEEKLY;INTERVAL=2", "2 weeks"),
    ("third week", "FREQ=WEEKLY;INTERVAL=3", "3 weeks"),
    ("fortnight", "FREQ=WEEKLY;INTERVAL=2", "2 weeks"),
    ("second tuesday", "FREQ=MONTHLY;BYDAY=2TU", "second Tue of the month"),
    ("first and third monday", "FREQ=MONTHLY;BYDAY=1MO,3MO", "first and third Mon of the month"),
    ("1st, 10th and 20th", "FREQ=MONTHLY;BYMONTHDAY=1,10,20", "1st, 10th and 20th of the month"),
    ("15th and last day", "FREQ=MONTHLY;BYMONTHDAY=15,-1", "15th and last day of the month"),
    ("15th and 30th", "FREQ=MONTHLY;BYMONTHDAY=15,28,29,30;BYSETPOS=1,-1", "15th and 30th of the month"),
    ("31st", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "31st of the month"),
    ("3 months on the 15th", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "3 months on the 15th"),
    ("2 months on the last friday", "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "2 months on the last Fri"),
    ("mon to thu", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", "Mon, Tue, Wed, Thu"),
    ("day except sunday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA", "Mon, Tue, Wed, Thu, Fri, Sat"),
    ("monday 10 times", "FREQ=WEEKLY;BYDAY=MO;COUNT=10", "Mon 10 times"),
    ("friday until 18 dec", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218", "Fri until 2026-12-18"),
]


@pytest.mark.parametrize(("text", "rule", "words"), RULES, ids=[row[0] for row in RULES])
def test_a_rule_is_read_said_and_read_again(text: str, rule: str, words: str) -> None:
    every = parse_repeat(text, today=MON)
    assert (every.rule, str(every)) == (rule, f"every {words}")
    assert parse_repeat(str(every), today=MON) == every


@pytest.mark.parametrize(
    "text", ["0th day", "0th week", "every 0 days", "00 weeks", "0th monday", "every 0th quarter", "0th"]
)
def test_a_rule_of_no_days_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a rule I can read"):
        parse_repeat(text)


def test_a_rule_for_a_while_ends_after_its_first_day() -> None:
    every = parse_repeat("every day for 2 weeks")
    assert str(every) == "every day for 2 weeks"
    days = [TUE]
    while following := next_date(every.starting(TUE).rule, TUE, days[-1], WEEK):
        days.append(following)
    assert (len(days), days[-1]) == (14, date(2026, 11, 30))


def test_every_other_tuesday_begins_on_the_coming_one() -> None:
    wednesday = date(2026, 11, 18)
    every = parse_repeat("other tuesday")
    first = every.first(wednesday, WEEK)
    assert (first, next_date(every.rule, first, first, WEEK)) == (date(2026, 11, 24), date(2026, 12, 8))


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    rule = parse_every("15th and 30th")
    assert next_date(rule, MON, date(2027, 2, 15), WEEK) == date(2027, 2, 28)


@pytest.mark.parametrize(
    "text",
    ["", "sometimes", "0 days", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;INTERVAL=0", "31 feb", "99th",
     "first", "fifth monday of the quarter", "2 monday", "24th working day", "first of", "every"],
)  # fmt: skip
def test_rules_that_are_none(text: str) -> None:
    with pytest.raises(InputError):
        parse_every(text)


def test_a_month_end_stays_a_month_end() -> None:
    days = [date(2026, 1, 31)]
    for _ in range(3):
        found = next_date("FREQ=MONTHLY", date(2026, 1, 31), days[-1], WEEK)
        assert found is not None
        days.append(found)
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert next_date("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 16), date(2026, 11, 30), WEEK) == date(2026, 12, 31)
    assert next_date("FREQ=DAILY;COUNT=1", MON, MON, WEEK) is None


def test_the_29th_of_february_falls_on_the_28th_in_other_years() -> None:
    days = [date(2028, 2, 29)]
    for _ in range(4):
        found = next_date("FREQ=YEARLY", days[0], days[-1], WEEK)
        assert found is not None
        days.append(found)
    assert days == [date(2028, 2, 29), *(date(year, 2, 28) for year in (2029, 2030, 2031)), date(2032, 2, 29)]


def test_plans() -> None:
    month = parse_month("2026-11")
    plan = MonthPlan(month, Decimal(700_000), personal_from("2x", Decimal(700_000)))
    assert plan.personal_plan == 1_400_000
    assert not plan.below_double
    with pytest.raises(InputError, match="not above the quota"):
        MonthPlan(month, Decimal(700_000), Decimal(700_000))
    low = MonthPlan(month, Decimal(700_000), Decimal(900_000))
    with pytest.raises(BelowDouble):
        confirm_double(low, below_double=False)
    confirm_double(low, below_double=True)
    assert personal_from("2.5×", Decimal(100)) == 250
    for text in ("x", "nanx", "-1x", "2xx"):
        with pytest.raises(InputError):
            personal_from(text, Decimal(100))
    with pytest.raises(InputError, match="quota of 0"):
        personal_from("2x", Decimal(0))


@pytest.mark.parametrize("text", ["2026-13", "2026", "11-2026", "x", "2026-0", "26-11", "2026-11-1"])
def test_months_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match="not a month"):
        parse_month(text)


def test_due_times_read_back() -> None:
    for due in (Due(MON), Due(MON, time(16, 0))):
        assert Due.from_text(str(due)) == due


@given(st.text())
def test_cleaned_text_holds_nothing_a_terminal_obeys(text: str) -> None:
    cleaned = clean(text)
    assert all(ord(char) >= 32 and not 0x7F <= ord(char) < 0xA0 for char in cleaned)
    assert not any(0x202A <= ord(char) <= 0x202E or 0x2066 <= ord(char) <= 0x2069 for char in cleaned)
    assert clean(cleaned) == cleaned


def test_cleaning_keeps_what_people_are_called() -> None:
    for name in ("[Acme] GmbH", "김민수", "Анна Каренина", "東京商事", ":smile:", "Łódź", "👩‍💼"):
        assert clean(name) == name
    assert clean("a\x1b[2Jb\x00\u202ec\x9b") == "a[2Jbc"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Mu\u0308ller", "Müller"),
        ("Kim  Minsu", "Kim Minsu"),
        ("Kim\u00a0Minsu", "Kim Minsu"),
        ("\u2009Kim\u202fMinsu\u3000", "Kim Minsu"),
        ("\u1112\u1161\u11ab\u1107\u1175\u11be", "한빛"),
        ("a\tb\nc", "a b c"),
    ],
)
def test_a_line_is_stored_in_one_writing(typed: str, stored: str) -> None:
    assert clean(typed) == stored
    assert clean(stored) == stored


def test_the_spaces_of_several_lines_are_the_rep_s() -> None:
    assert clean("first\n  indented, Mu\u0308ller\n", lines=True) == "first\n  indented, Müller"


@pytest.mark.parametrize("text", ["20 nov to 18 nov", "dec 24 - dec 20", "5 may..1 may"])
def test_a_range_the_wrong_way_round_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="ends before it begins"):
        read_days(text, datetime(2026, 11, 16, 9))
