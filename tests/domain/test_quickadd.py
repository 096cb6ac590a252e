"""A task in one line: what is read out of it, phrase by phrase. The clock stands on Monday 16 November 2026, 09:42."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.errors import InputError
from planner.domain.quickadd import parse_line
from planner.domain.tasks import Due

NOW = datetime(2026, 11, 16, 9, 42)
# the line, its title, when it is due, what else is read, and whether an ambiguous word is said aloud
PHRASES = [
    ("Call Kim", "Call Kim", "", "", False),
    ("Call Kim today", "Call Kim", "2026-11-16", "", False),
    ("Call Kim today 16:00", "Call Kim", "2026-11-16T16:00", "", False),
    ("Call Kim today at 16", "Call Kim", "2026-11-16T16:00", "", False),
    ("Call Kim tomorrow", "Call Kim", "2026-11-17", "", False),
    ("Call Kim tomorrow 9am", "Call Kim", "2026-11-17T09:00", "", False),
    ("Call Kim tomorrow at 9:30", "Call Kim", "2026-11-17T09:30", "", False),
    ("Call Kim at 9 tomorrow", "Call Kim", "2026-11-17T09:00", "", False),
    ("Call Kim 9am tomorrow", "Call Kim", "2026-11-17T09:00", "", False),
    ("Call Kim tonight", "Call Kim", "2026-11-16", "", False),
    ("Call Kim tonight 19:30", "Call Kim", "2026-11-16T19:30", "", False),
    ("Call Kim day after tomorrow", "Call Kim", "2026-11-18", "", False),
    ("Call Kim tue", "Call Kim", "2026-11-17", "", False),
    ("Call Kim tuesday", "Call Kim", "2026-11-17", "", False),
    ("Call Kim on tuesday", "Call Kim", "2026-11-17", "", False),
    ("Call Kim by tuesday", "Call Kim", "2026-11-17", "", False),
    ("Call Kim until tuesday", "Call Kim", "2026-11-17", "", False),
    ("Call Kim next tue", "Call Kim", "2026-11-24", "", True),
    ("Call Kim this fri", "Call Kim", "2026-11-20", "", False),
    ("Call Kim fri", "Call Kim", "2026-11-20", "", False),
    ("Call Kim mon", "Call Kim", "2026-11-23", "", True),
    ("Call Kim monday 10:00", "Call Kim", "2026-11-23T10:00", "", True),
    ("Call Kim this monday", "Call Kim", "2026-11-16", "", False),
    ("Call Kim next monday", "Call Kim", "2026-11-23", "", True),
    ("Call Kim thu 11", "Call Kim", "2026-11-19T11:00", "", False),
    ("Call Kim thu at 11", "Call Kim", "2026-11-19T11:00", "", False),
    ("Call Kim thu 11am", "Call Kim", "2026-11-19T11:00", "", False),
    ("Call Kim 27 Nov", "Call Kim", "2026-11-27", "", False),
    ("Call Kim 27 nov 14:30", "Call Kim", "2026-11-27T14:30", "", False),
    ("Call Kim Nov 27", "Call Kim", "2026-11-27", "", False),
    ("Call Kim November 27 2026", "Call Kim", "2026-11-27", "", False),
    ("Call Kim 27th of November", "Call Kim", "2026-11-27", "", False),
    ("Call Kim on the 27th", "Call Kim", "2026-11-27", "", False),
    ("Call Kim 1 Feb", "Call Kim", "2027-02-01", "", True),
    ("Call Kim 31 Jan 2027", "Call Kim", "2027-01-31", "", False),
    ("Call Kim 29 Feb", "Call Kim", "2028-02-29", "", True),
    ("Call Kim 2026-11-27", "Call Kim", "2026-11-27", "", False),
    ("Call Kim 2026-11-27 14:30", "Call Kim", "2026-11-27T14:30", "", False),
    ("Call Kim 2026-11-27T14:30", "Call Kim", "2026-11-27T14:30", "", False),
    ("Call Kim 27.11.", "Call Kim", "2026-11-27", "", False),
    ("Call Kim 27.11.2026", "Call Kim", "2026-11-27", "", False),
    ("Call Kim 27/11", "Call Kim", "2026-11-27", "", False),
    ("Call Kim 27/11/2026", "Call Kim", "2026-11-27", "", False),
    ("Call Kim +3d", "Call Kim", "2026-11-19", "", False),
    ("Call Kim +2w", "Call Kim", "2026-11-30", "", False),
    ("Call Kim in 3 days", "Call Kim", "2026-11-19", "", False),
    ("Call Kim in two weeks", "Call Kim", "2026-11-30", "", False),
    ("Call Kim in a week", "Call Kim", "2026-11-23", "", False),
    ("Call Kim in 2 months", "Call Kim", "2027-01-16", "", False),
    ("Call Kim in 45 min", "Call Kim", "2026-11-16T10:27", "", False),
    ("Call Kim in 2 hours", "Call Kim", "2026-11-16T11:42", "", False),
    ("Call Kim in an hour", "Call Kim", "2026-11-16T10:42", "", False),
    ("Call Kim next week", "Call Kim", "2026-11-23", "", True),
    ("Call Kim next month", "Call Kim", "2026-12-01", "", False),
    ("Call Kim end of week", "Call Kim", "2026-11-22", "", False),
    ("Call Kim end of month", "Call Kim", "2026-11-30", "", False),
    ("Call Kim end of the year", "Call Kim", "2026-12-31", "", False),
    ("Call Kim eom", "Call Kim", "2026-11-30", "", False),
    ("Call Kim noon", "Call Kim", "2026-11-16T12:00", "", False),
    ("Call Kim at noon", "Call Kim", "2026-11-16T12:00", "", False),
    ("Call Kim tomorrow noon", "Call Kim", "2026-11-17T12:00", "", False),
    ("Call Kim 16:00", "Call Kim", "2026-11-16T16:00", "", False),
    ("Call Kim 8:00", "Call Kim", "2026-11-17T08:00", "", True),
    ("Call Kim at 5pm", "Call Kim", "2026-11-16T17:00", "", False),
    ("Call Kim 17h30", "Call Kim", "2026-11-16T17:30", "", False),
    ("Tomorrow call Kim", "call Kim", "2026-11-17", "", False),
    ("Tomorrow 9:00 call Kim", "call Kim", "2026-11-17T09:00", "", False),
    ("fri: call Kim", "call Kim", "2026-11-20", "", False),
    ("Call Kim tomorrow about the price list", "Call Kim about the price list", "2026-11-17", "", False),
    ("Call Kim fri 14:00 about the price list", "Call Kim about the price list", "2026-11-20T14:00", "", False),
    ("Call Kim next week about the price", "Call Kim about the price", "2026-11-23", "", True),
    ("Call Kim on monday about the price", "Call Kim about the price", "2026-11-23", "", True),
    ("Call Kim in 2 days with the figures", "Call Kim with the figures", "2026-11-18", "", False),
    ("Call Kim at 14:30 with the figures", "Call Kim with the figures", "2026-11-16T14:30", "", False),
    ("Meet Anna 27 Nov 15:00 in Berlin", "Meet Anna in Berlin", "2026-11-27T15:00", "", False),
    ("Read Monday report", "Read Monday report", "", "", False),
    ("Read the Monday report tomorrow", "Read the Monday report", "2026-11-17", "", False),
    ('Read "Monday report" today', "Read Monday report", "2026-11-16", "", False),
    ('"Tomorrow Never Dies" with Anna fri', "Tomorrow Never Dies with Anna", "2026-11-20", "", False),
    ("Offer A", "Offer", "", "A must", False),
    ("Offer for Acme A", "Offer for Acme", "", "A must", False),
    ("Offer for Acme B tomorrow", "Offer for Acme", "2026-11-17", "B should", False),
    ("Offer for Acme tomorrow B", "Offer for Acme", "2026-11-17", "B should", False),
    ("Send plan B to Acme", "Send plan B to Acme", "", "", False),
    ("A proposal for Acme", "A proposal for Acme", "", "", False),
    ("Plan C", "Plan", "", "C could", False),
    ("!A Offer for Acme", "Offer for Acme", "", "A must", False),
    ("Offer !b for Acme", "Offer for Acme", "", "B should", False),
    ("Offer for Acme !1", "Offer for Acme", "", "A must", False),
    ("Offer for Acme priority A", "Offer for Acme", "", "A must", False),
    ("Vitamin C for the team", "Vitamin C for the team", "", "", False),
    ("Offer 45m", "Offer", "", "45 min", False),
    ("Offer 45 min", "Offer", "", "45 min", False),
    ("Offer 45min tomorrow", "Offer", "2026-11-17", "45 min", False),
    ("Offer 1h", "Offer", "", "60 min", False),
    ("Offer 1h30", "Offer", "", "90 min", False),
    ("Offer 1h 30m", "Offer", "", "90 min", False),
    ("Offer 1.5h", "Offer", "", "90 min", False),
    ("Offer 2 hours", "Offer", "", "120 min", False),
    ("Offer for 45m", "Offer", "", "45 min", False),
    ("Offer 90 minutes A", "Offer", "", "A must | 90 min", False),
    ("Offer in 45 min 30m", "Offer", "2026-11-16T10:27", "30 min", False),
    ("Meeting 14:00-15:30", "Meeting", "2026-11-16T14:00", "90 min", False),
    ("Meeting tomorrow 14:00-15:30", "Meeting", "2026-11-17T14:00", "90 min", False),
    ("Meeting 14:00–15:00 tomorrow", "Meeting", "2026-11-17T14:00", "60 min", False),
    ("Meeting 9-10", "Meeting 9-10", "", "", False),
    ("Offer #acme", "Offer", "", "#acme", False),
    ("Offer #acme #big tomorrow", "Offer", "2026-11-17", "#acme | #big", False),
    ("#acme offer", "offer", "", "#acme", False),
    ("Offer #12", "Offer #12", "", "", False),
    ("Offer #1a", "Offer", "", "#1a", False),
    ("Offer, #acme, tomorrow", "Offer", "2026-11-17", "#acme", False),
    ("Offer @Kim", "Offer", "", "@Kim", False),
    ('Offer @"Kim Minsu" tomorrow', "Offer", "2026-11-17", "@Kim Minsu", False),
    ("Mail a@b.com today", "Mail a@b.com", "2026-11-16", "", False),
    ("Offer @김민수 내일 tomorrow", "Offer 내일", "2026-11-17", "@김민수", False),
    ("callback Kim", "callback Kim", "", "callback", False),
    ("Callback Kim thu 11", "Callback Kim", "2026-11-19T11:00", "callback", False),
    ("Call back Kim, price list tomorrow 10:00", "Call back Kim, price list", "2026-11-17T10:00", "callback", False),
    ("call back in 2 hours @Kim", "call back", "2026-11-16T11:42", "callback | @Kim", False),
    ("Callbacks to plan", "Callbacks to plan", "", "", False),
    ("Report every day", "Report", "2026-11-16", "every day", False),
    ("Report every weekday", "Report", "2026-11-16", "every weekday", False),
    ("Report every weekday at 9", "Report", "2026-11-17T09:00", "every weekday", False),
    ("Report every weekday 9:15 15m", "Report", "2026-11-17T09:15", "15 min | every weekday", False),
    ("Report every monday", "Report", "2026-11-16", "every Mon", False),
    ("Report every mon, wed and fri", "Report", "2026-11-16", "every Mon, Wed, Fri", False),
    ("Report every mon and thu 18:00", "Report", "2026-11-16T18:00", "every Mon, Thu", False),
    ("Report every 2 weeks", "Report", "2026-11-16", "every 2 weeks", False),
    ("Report every other week", "Report", "2026-11-16", "every 2 weeks", False),
    ("Report every month", "Report", "2026-11-16", "every month", False),
    ("Report every month end", "Report", "2026-11-30", "every month end", False),
    ("Report every 15th", "Report", "2026-12-15", "every 15th of the month", False),
    ("Report every 31st", "Report", "2026-11-30", "every 31st of the month", False),
    ("Report every first monday", "Report", "2026-12-07", "every first Mon of the month", False),
    ("Report every last friday of the month 16:00", "Report", "2026-11-27T16:00", "every last Fri of the month", False),
    ("Report every quarter", "Report", "2026-11-16", "every 3 months", False),
    ("Report every year", "Report", "2026-11-16", "every year", False),
    ("Report every 3 days after done", "Report", "2026-11-16", "every 3 days after it is done", False),
    ("Report every! 3 days", "Report", "2026-11-16", "every 3 days after it is done", False),
    ("Report every! week 10:00", "Report", "2026-11-16T10:00", "every week after it is done", False),
    ("Report daily", "Report", "2026-11-16", "every day", False),
    ("Report weekly A", "Report", "2026-11-16", "A must | every week", False),
    ("Report monthly", "Report", "2026-11-16", "every month", False),
    ("Report tomorrow every week", "Report", "2026-11-17", "every week", False),
    ("Report 31 Jan every month", "Report", "2027-01-31", "every month", True),
    ("Report every week until friday", "Report", "2026-11-16", "every week until 2026-11-20", False),
    ("Check every lead", "Check every lead", "", "", True),
    ("Every customer matters", "Every customer matters", "", "", True),
    (
        "Proposal for Acme tomorrow 16:00 A #acme 45m every month end",
        "Proposal for Acme",
        "2026-11-17T16:00",
        "A must | 45 min | every month end | #acme",
        False,
    ),
    ("Proposal for Acme, tomorrow, 16:00, A, 45m", "Proposal for Acme", "2026-11-17T16:00", "A must | 45 min", False),
    ("Order 12 chairs", "Order 12 chairs", "", "", False),
    ("Order 12 chairs in 3 days", "Order 12 chairs", "2026-11-19", "", False),
    ("Read SPIN chapter 3", "Read SPIN chapter 3", "", "", False),
    ("Read SPIN, chapter 3 20m C", "Read SPIN, chapter 3", "", "C could | 20 min", False),
    ("Support 24/7 contract", "Support 24/7 contract", "", "", False),
    ("Pay 500 tomorrow", "Pay 500", "2026-11-17", "", False),
    ("Do it now", "Do it now", "", "", False),
    ("May report", "May report", "", "", False),
    ("March to the office", "March to the office", "", "", False),
    ("Second meeting", "Second meeting", "", "", False),
    ("Train for two weeks", "Train for two weeks", "", "", False),
    ("Three days in Berlin", "Three days in Berlin", "", "", False),
    ("Room 101 tomorrow", "Room 101", "2026-11-17", "", False),
    ("Version 2.0 today", "Version 2.0", "2026-11-16", "", False),
    ("Звонок Анне fri 10:00", "Звонок Анне", "2026-11-20T10:00", "", False),
    ("Звонок Анне завтра", "Звонок Анне завтра", "", "", False),
    ("김민수 전화 tomorrow 11:00 B", "김민수 전화", "2026-11-17T11:00", "B should", False),
    ("東京商事 提案書 27 Nov A", "東京商事 提案書", "2026-11-27", "A must", False),
    ("Café [Acme] :smile: tomorrow", "Café [Acme] :smile:", "2026-11-17", "", False),
    ("Ring [@click=app.quit]x[/] fri", "Ring [@click=app.quit]x[/]", "2026-11-20", "", False),
    ("  Call   Kim    tomorrow  ", "Call Kim", "2026-11-17", "", False),
    ("call kim TOMORROW 9AM a", "call kim a", "2026-11-17T09:00", "", False),
]


def test_the_table_is_long_enough_to_tell_something() -> None:
    assert len(PHRASES) >= 150
    assert len({line for line, *_ in PHRASES}) == len(PHRASES)


@pytest.mark.parametrize(("line", "title", "due", "rest", "said"), PHRASES, ids=[row[0] for row in PHRASES])
def test_a_line_is_read_as_it_is_meant(line: str, title: str, due: str, rest: str, said: bool) -> None:
    read = parse_line(line, NOW)
    assert read.title == title
    assert ("" if read.due is None else str(read.due)) == due
    assert " | ".join(text for kind, text in read.chips() if kind != "due") == rest
    assert bool(read.said) is said


def test_a_friday_said_on_a_friday_is_said_aloud() -> None:
    read = parse_line("Report fri", datetime(2026, 11, 20, 8))
    assert read.due == Due(date(2026, 11, 27))
    assert read.said == ("'fri' is Fri 27 Nov 2026: today is a Friday, so the one a week from now",)


@pytest.mark.parametrize("line", ["Pay rent 03/04", "Pay rent 03/04/2027"])
def test_a_date_that_can_be_read_two_ways_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="two ways"):
        parse_line(line, NOW)


@pytest.mark.parametrize("line", ["", "   ", "tomorrow", "fri 14:00", "#acme", "every week"])
def test_a_line_without_a_title_is_asked_for_one(line: str) -> None:
    with pytest.raises(InputError, match="what is to be done"):
        parse_line(line, NOW)


def test_the_reps_day_counts_not_the_date() -> None:
    late = datetime(2026, 11, 17, 1, 30)
    assert parse_line("Report tomorrow", late, today=date(2026, 11, 16)).due == Due(date(2026, 11, 17))


def test_control_characters_never_come_in() -> None:
    assert parse_line("Call \x1b[31mKim\x07 \u202etomorrow", NOW).title == "Call [31mKim"


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        read = parse_line(text, NOW)
    except InputError as problem:
        assert str(problem).endswith((".", "?", "!"))
    else:
        assert read.title
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in read.title)


titles = st.sampled_from(["Offer", "Call Kim", "Предложение Анне", "김민수 전화", "Send plan B to Acme", "[/] :x:"])
days = st.sampled_from([("tomorrow", "2026-11-17"), ("27 Nov", "2026-11-27"), ("in 3 days", "2026-11-19"), ("", "")])
hours = st.sampled_from(["", "14:30", "at 16", "9am"])
letters = st.sampled_from(["", "A", "B", "C"])
lengths = st.sampled_from([("", None), ("45m", 45), ("1h30", 90), ("2h", 120)])
tags = st.sampled_from(["", "#acme", "#점심"])


@given(titles, days, hours, letters, lengths, tags, st.permutations([0, 1, 2, 3]))
def test_the_parts_may_stand_in_any_order(
    title: str,
    day: tuple[str, str],
    hour: str,
    letter: str,
    length: tuple[str, int | None],
    tag: str,
    order: list[int],
) -> None:
    when = f"{day[0]} {hour}" if day[0] else ""
    parts = [when, letter, length[0], tag]
    line = " ".join([title, *(parts[place] for place in order if parts[place])])
    read = parse_line(line, NOW)
    assert read.title == title, line
    assert ("" if read.due is None else read.due.day.isoformat()) == day[1], line
    assert (read.due.at if read.due else None) == (
        {"": None, "14:30": time(14, 30), "at 16": time(16), "9am": time(9)}[hour] if day[0] else None
    ), line
    assert (read.priority.value if read.priority else "") == letter, line
    assert read.minutes == length[1], line
    assert read.tags == ((tag[1:],) if tag else ()), line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Pay 31 feb 14:00", "'31 feb' names a day that doesn't exist: it is read as text"),
        ("Pay feb 30", "'feb 30' names a day that doesn't exist: it is read as text"),
        ("Pay 31st apr.", "'31st apr.' names a day that doesn't exist: it is read as text"),
    ],
)
def test_a_day_that_does_not_exist_is_said(line: str, said: str) -> None:
    assert said in parse_line(line, NOW).said


@pytest.mark.parametrize("line", ["Sort 40 decisions", "Read 31 maybe things", 'Pay "31 feb"', "Pay 28 feb"])
def test_what_is_no_day_is_not_taken_for_one(line: str) -> None:
    assert not any("doesn't exist" in said for said in parse_line(line, NOW).said)
