"""Rules in words: how they are read, said, and when they fall due."""

from __future__ import annotations

from datetime import date

import pytest

from planner.domain.errors import InputError
from planner.domain.typed import rule_words
from planner.domain.typed.recurrence import parse_repeat
from planner.domain.typed.rule_dates import next_date
from planner.domain.typed.rule_words import in_words, parse_every
from planner.domain.workdays import WorkCalendar

WEEK = WorkCalendar()
MON, TUE = date(2026, 11, 16), date(2026, 11, 17)


@pytest.mark.parametrize(
    ("text", "rule"),
    [("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), ("monday", "FREQ=WEEKLY;BYDAY=MO"),
     ("every mon and thu", "FREQ=WEEKLY;BYDAY=MO,TH"), ("2 weeks", "FREQ=WEEKLY;INTERVAL=2"),
     ("month end", "FREQ=MONTHLY;BYMONTHDAY=-1"), ("month", "FREQ=MONTHLY"), ("day", "FREQ=DAILY"),
     ("RRULE:FREQ=MONTHLY;BYMONTHDAY=15", "FREQ=MONTHLY;BYMONTHDAY=15")],
)  # fmt: skip
def test_recurrence_rules_in_words(text: str, rule: str) -> None:
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
    ("friday until 18 dec", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218", "Fri until Fri 18 Dec 2026"),
]


@pytest.mark.parametrize(("text", "rule", "words"), RULES, ids=[row[0] for row in RULES])
def test_recurrence_rule_round_trips_through_words(text: str, rule: str, words: str) -> None:
    every = parse_repeat(text, today=MON)
    assert (every.rule, str(every)) == (rule, f"every {words}")
    assert parse_repeat(str(every), today=MON) == every


@pytest.mark.parametrize(
    "text", ["0th day", "0th week", "every 0 days", "00 weeks", "0th monday", "every 0th quarter", "0th"]
)
def test_rule_of_no_days_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="isn't a way to repeat"):
        parse_repeat(text)


def test_rule_for_a_while_counts_from_its_first_day() -> None:
    every = parse_repeat("every day for 2 weeks")
    assert str(every) == "every day for 2 weeks"
    days = [TUE]
    while following := next_date(every.with_start(TUE).rule, TUE, days[-1], WEEK):
        days.append(following)
    assert (len(days), days[-1]) == (14, date(2026, 11, 30))


def test_every_other_tuesday_starts_on_the_coming_one() -> None:
    wednesday = date(2026, 11, 18)
    every = parse_repeat("other tuesday")
    first = every.first(wednesday, WEEK)
    assert (first, next_date(every.rule, first, first, WEEK)) == (date(2026, 11, 24), date(2026, 12, 8))


def test_day_beyond_the_end_of_a_month_is_its_last() -> None:
    rule = parse_every("15th and 30th")
    assert next_date(rule, MON, date(2027, 2, 15), WEEK) == date(2027, 2, 28)


@pytest.mark.parametrize(
    "text",
    ["", "sometimes", "0 days", "FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;INTERVAL=0", "31 feb", "99th",
     "first", "fifth monday of the quarter", "2 monday", "24th working day", "first of", "every", "1st and ²"],
)  # fmt: skip
def test_invalid_rules_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_every(text)


def test_month_end_stays_month_end() -> None:
    days = [date(2026, 1, 31)]
    for _ in range(3):
        found = next_date("FREQ=MONTHLY", date(2026, 1, 31), days[-1], WEEK)
        assert found is not None
        days.append(found)
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert next_date("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 11, 16), date(2026, 11, 30), WEEK) == date(2026, 12, 31)
    assert next_date("FREQ=DAILY;COUNT=1", MON, MON, WEEK) is None


def test_29_february_falls_on_the_28th_in_common_years() -> None:
    days = [date(2028, 2, 29)]
    for _ in range(4):
        found = next_date("FREQ=YEARLY", days[0], days[-1], WEEK)
        assert found is not None
        days.append(found)
    assert days == [date(2028, 2, 29), *(date(year, 2, 28) for year in (2029, 2030, 2031)), date(2032, 2, 29)]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=DAILY;BYMONTH=4,6;BYMONTHDAY=31,32", "never happens"),
        ("FREQ=YEARLY;BYMONTH=1;BYYEARDAY=32", "never happens"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-30", "never happens"),
        ("FREQ=DAILY;BYMONTH=x", r"isn't a valid rule\.$"),
    ],
)
def test_a_rule_without_any_day_is_refused_without_a_search(
    rule: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_words, "occurrences", None)  # it would take seconds
    with pytest.raises(InputError, match=said):
        parse_every(rule)


@pytest.mark.parametrize(
    "days", ["BYMONTH=2;BYMONTHDAY=29", "BYMONTH=2;BYMONTHDAY=-1", "BYYEARDAY=366", "BYYEARDAY=-366"]
)
def test_a_rule_of_a_rare_day_is_kept(days: str) -> None:
    assert parse_every(f"FREQ=YEARLY;{days}") == f"FREQ=YEARLY;{days}"
