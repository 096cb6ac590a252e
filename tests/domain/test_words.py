"""What people type: dates, amounts, rules, months, plans; and text that is only text."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import InputError
from planner.domain.money import format_amount, from_hundredths, parse_amount, to_hundredths
from planner.domain.plan import BelowDouble, MonthPlan, confirm_double, personal_from
from planner.domain.recurrence import in_words, next_date, parse_every
from planner.domain.tasks import Due
from planner.domain.text import clean
from planner.domain.when import parse_days, parse_when
from planner.domain.workdays import Period, parse_month

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
    ["", "blah", "2026-02-30", "31 Feb", "03/04/2026", "25:00", "tomorrow 13pm", "fri 99", "32nd", "in 900 years", "9"],
)
def test_what_can_t_be_read_is_said(phrase: str) -> None:
    with pytest.raises(InputError):
        parse_when(phrase, NOW)


def test_a_phrase_that_reads_two_ways_says_how_it_was_taken() -> None:
    assert "a week from now" in parse_when("monday", NOW).said
    assert "next week" in parse_when("next fri", NOW).said
    assert parse_when("fri", NOW).said == ""


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
    assert parse_days("2026-12-24..2026-12-31", NOW) == Period(date(2026, 12, 24), date(2026, 12, 31))
    assert parse_days("27 Nov", NOW) == Period(date(2026, 11, 27), date(2026, 11, 27))
    with pytest.raises(InputError, match="ends before"):
        parse_days("2026-12-31..2026-12-24", NOW)


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


@pytest.mark.parametrize(
    "text", ["", "sometimes", "0 days", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;INTERVAL=0"]
)
def test_rules_that_are_none(text: str) -> None:
    with pytest.raises(InputError):
        parse_every(text)


def test_a_month_end_stays_a_month_end() -> None:
    days = [date(2026, 1, 31)]
    for _ in range(3):
        found = next_date("FREQ=MONTHLY", date(2026, 1, 31), days[-1])
        assert found is not None
        days.append(found)
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert next_date("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 16), date(2026, 11, 30)) == date(2026, 12, 31)
    assert next_date("FREQ=DAILY;COUNT=1", MON, MON) is None
    assert next_date("FREQ=YEARLY", date(2024, 2, 29), date(2024, 2, 29)) == date(2028, 2, 29)


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
