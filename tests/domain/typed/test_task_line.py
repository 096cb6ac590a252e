"""Tasks in one line, phrase by phrase. It is Monday 16 November 2026, 09:42."""

from __future__ import annotations

import os
import re
import time as clock
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.day.tasks import Due
from planner.domain.errors import InputError
from planner.domain.typed.moment import When
from planner.domain.typed.task_line import parse_line

NOW = datetime(2026, 11, 16, 9, 42)


@pytest.fixture
def in_berlin() -> Iterator[None]:
    """Sets the computer's time zone to Berlin."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    clock.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    clock.tzset()


# the line, its title, its due date, what else is recognized, and whether an ambiguity is pointed out
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
    ("Offer A", "Offer", "", "A (must)", False),
    ("Offer for Acme A", "Offer for Acme", "", "A (must)", False),
    ("Offer for Acme B tomorrow", "Offer for Acme", "2026-11-17", "B (should)", False),
    ("Offer for Acme tomorrow B", "Offer for Acme", "2026-11-17", "B (should)", False),
    ("Send plan B to Acme", "Send plan B to Acme", "", "", False),
    ("A proposal for Acme", "A proposal for Acme", "", "", False),
    ("Plan C", "Plan", "", "C (could)", False),
    ("!A Offer for Acme", "Offer for Acme", "", "A (must)", False),
    ("Offer !b for Acme", "Offer for Acme", "", "B (should)", False),
    ("Offer for Acme !1", "Offer for Acme", "", "A (must)", False),
    ("Offer for Acme priority A", "Offer for Acme", "", "A (must)", False),
    ("Vitamin C for the team", "Vitamin C for the team", "", "", False),
    ("Offer 45m", "Offer", "", "45 min", False),
    ("Offer 45 min", "Offer", "", "45 min", False),
    ("Offer 45min tomorrow", "Offer", "2026-11-17", "45 min", False),
    ("Offer 1h", "Offer", "", "1 h", False),
    ("Offer 1h30", "Offer", "", "1 h 30 min", False),
    ("Offer 1h 30m", "Offer", "", "1 h 30 min", False),
    ("Offer 1.5h", "Offer", "", "1 h 30 min", False),
    ("Offer 2 hours", "Offer", "", "2 h", False),
    ("Offer for 45m", "Offer", "", "45 min", False),
    ("Offer 90 minutes A", "Offer", "", "A (must) | 1 h 30 min", False),
    ("Offer in 45 min 30m", "Offer", "2026-11-16T10:27", "30 min", False),
    ("Meeting 14:00-15:30", "Meeting", "2026-11-16T14:00", "1 h 30 min", False),
    ("Meeting tomorrow 14:00-15:30", "Meeting", "2026-11-17T14:00", "1 h 30 min", False),
    ("Meeting 14:00–15:00 tomorrow", "Meeting", "2026-11-17T14:00", "1 h", False),
    ("Meeting 9-10", "Meeting 9-10", "", "", False),
    ("Offer #acme", "Offer", "", "#acme", False),
    ("Offer #acme #big tomorrow", "Offer", "2026-11-17", "#acme | #big", False),
    ("#acme offer", "offer", "", "#acme", False),
    ("Offer #12", "Offer #12", "", "", False),
    ("Offer #1a", "Offer", "", "#1a", False),
    ("Offer, #acme, tomorrow", "Offer", "2026-11-17", "#acme", False),
    ("Offer @Kim", "Offer", "", "@Kim", False),
    ("Offer @kim@hanbit.kr tomorrow", "Offer", "2026-11-17", "@kim@hanbit.kr", False),
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
    ("Report every 3 days after done", "Report", "2026-11-16", "every 3 days after it's done", False),
    ("Report every! 3 days", "Report", "2026-11-16", "every 3 days after it's done", False),
    ("Report every! week 10:00", "Report", "2026-11-16T10:00", "every week after it's done", False),
    ("Report daily", "Report", "2026-11-16", "every day", False),
    ("Report weekly A", "Report", "2026-11-16", "A (must) | every week", False),
    ("Report monthly", "Report", "2026-11-16", "every month", False),
    ("Report tomorrow every week", "Report", "2026-11-17", "every week", False),
    ("Report 31 Jan every month", "Report", "2027-01-31", "every month", True),
    ("Report every week until friday", "Report", "2026-11-16", "every week until Fri 20 Nov 2026", False),
    ("Check every lead", "Check every lead", "", "", True),
    ("Every customer matters", "Every customer matters", "", "", True),
    (
        "Proposal for Acme tomorrow 16:00 A #acme 45m every month end",
        "Proposal for Acme",
        "2026-11-17T16:00",
        "A (must) | 45 min | every month end | #acme",
        False,
    ),
    ("Proposal for Acme, tomorrow, 16:00, A, 45m", "Proposal for Acme", "2026-11-17T16:00", "A (must) | 45 min", False),
    ("Order 12 chairs", "Order 12 chairs", "", "", False),
    ("Order 12 chairs in 3 days", "Order 12 chairs", "2026-11-19", "", False),
    ("Read SPIN chapter 3", "Read SPIN chapter 3", "", "", False),
    ("Read SPIN, chapter 3 20m C", "Read SPIN, chapter 3", "", "C (could) | 20 min", False),
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
    ("김민수 전화 tomorrow 11:00 B", "김민수 전화", "2026-11-17T11:00", "B (should)", False),
    ("東京商事 提案書 27 Nov A", "東京商事 提案書", "2026-11-27", "A (must)", False),
    ("Café [Acme] :smile: tomorrow", "Café [Acme] :smile:", "2026-11-17", "", False),
    ("Ring [@click=app.quit]x[/] fri", "Ring [@click=app.quit]x[/]", "2026-11-20", "", False),
    ("  Call   Kim    tomorrow  ", "Call Kim", "2026-11-17", "", False),
    ("call kim TOMORROW 9AM a", "call kim a", "2026-11-17T09:00", "", False),
    # time ranges: a start and a duration
    ("Demo with Kim fri 10:00 to 11:30", "Demo with Kim", "2026-11-20T10:00", "1 h 30 min", False),
    ("Demo on 27 nov from 10:00 until 11:30", "Demo", "2026-11-27T10:00", "1 h 30 min", False),
    ("Demo tomorrow 10:00 - 11:00", "Demo", "2026-11-17T10:00", "1 h", False),
    ("Demo 10:00 – 11:00 tomorrow", "Demo", "2026-11-17T10:00", "1 h", False),
    ("Demo tomorrow 10-11:30am", "Demo", "2026-11-17T10:00", "1 h 30 min", False),
    ("Demo tomorrow 11am-1pm", "Demo", "2026-11-17T11:00", "2 h", False),
    ("Demo tomorrow 2-4pm", "Demo", "2026-11-17T14:00", "2 h", False),
    ("Demo fri 10 to 11", "Demo", "2026-11-20T10:00", "1 h", False),
    ("Demo from 10 to 11", "Demo", "2026-11-16T10:00", "1 h", True),
    ("Demo between 10:00 and 11:00", "Demo", "2026-11-16T10:00", "1 h", False),
    ("Demo fri 9 to 5", "Demo", "2026-11-20T09:00", "8 h", True),
    ("Demo fri 10:00 to 11:30 A #acme", "Demo", "2026-11-20T10:00", "A (must) | 1 h 30 min | #acme", False),
    ("Demo 10:00 to 11:30 with Kim", "Demo with Kim", "2026-11-16T10:00", "1 h 30 min", False),
    ("Night shift fri 22:00-01:00", "Night shift", "2026-11-20T22:00", "3 h", False),
    ("Standup every weekday 10:00 to 10:15", "Standup", "2026-11-16T10:00", "15 min | every weekday", False),
    ("promise Kim offer fri 10:00 to 11:30", "Kim offer", "2026-11-20T11:30", "promise", True),
    ("Callback Kim fri between 10 and 11", "Callback Kim", "2026-11-20T10:00", "callback | 1 h", False),
    ("Demo fri at Acme 10:00", "Demo at Acme", "2026-11-20T10:00", "", False),
    ("Demo fri, 10:00 to 11:30, with Kim", "Demo with Kim", "2026-11-20T10:00", "1 h 30 min", False),
    ("Demo from 10:00 to 11:30 on fri", "Demo", "2026-11-20T10:00", "1 h 30 min", False),
    ("Demo fri 10.00-11.30", "Demo", "2026-11-20T10:00", "1 h 30 min", False),
    ("Demo fri 10h-11h30", "Demo", "2026-11-20T10:00", "1 h 30 min", False),
    ("Demo at 14:30 with Kim tomorrow", "Demo with Kim", "2026-11-17T14:30", "", False),
    ("Chapter 3 to 5 tomorrow", "Chapter 3 to 5", "2026-11-17", "", True),
    # two-digit years, days with a dot, numbers that are a time
    ("Pay 27 nov 26", "Pay", "2026-11-27", "", False),
    ("Contract ends 5 dec 27", "Contract ends", "2027-12-05", "", False),
    ("Contract ends Dec 5, '27", "Contract ends", "2027-12-05", "", False),
    ("Pay 27.11.26", "Pay", "2026-11-27", "", False),
    ("Call Kim 15. jan", "Call Kim", "2027-01-15", "", True),
    ("Call Kim 27 nov 10", "Call Kim", "2026-11-27T10:00", "", True),
    ("Call Kim fri 27", "Call Kim", "2026-11-27", "", False),
    ("Call Kim fri 20", "Call Kim", "2026-11-20T20:00", "", True),
    ("Call Kim tomorrow 10.30", "Call Kim", "2026-11-17T10:30", "", False),
    ("Call Kim tomorrow at 5", "Call Kim", "2026-11-17T05:00", "", True),
    ("Call Kim 17h", "Call Kim", "2026-11-16T17:00", "", True),
    ("Call Kim tomorrow 17h", "Call Kim", "2026-11-17T17:00", "", True),
    ("Offer 2h", "Offer", "", "2 h", False),
    ("Offer for 17h", "Offer", "", "17 h", False),
    ("Offer 17 hours", "Offer", "", "17 h", False),
    ("Offer tomorrow 9h", "Offer", "2026-11-17", "9 h", True),
    # days relative to another one
    ("Call Kim monday next week", "Call Kim", "2026-11-23", "", False),
    ("Call Kim next week monday 10:00", "Call Kim", "2026-11-23T10:00", "", False),
    ("Call Kim wed in two weeks", "Call Kim", "2026-12-02", "", True),
    ("Call Kim in two weeks on wednesday at 9", "Call Kim", "2026-12-02T09:00", "", True),
    ("Call Kim 3 days before 27 nov", "Call Kim", "2026-11-24", "", False),
    ("Call Kim a week from tomorrow", "Call Kim", "2026-11-24", "", False),
    ("Call Kim tomorrow evening at 7", "Call Kim", "2026-11-17T19:00", "", False),
    ("Call Kim tomorrow morning", "Call Kim", "2026-11-17", "", True),
    ("Call Kim after fri", "Call Kim", "2026-11-21", "", True),
    ("Submit by end of january", "Submit", "2027-01-31", "", False),
    # recurrence
    ("Report every 5th of march", "Report", "2027-03-05", "every 5 Mar", False),
    ("Report every 5th working day", "Report", "2026-12-07", "every 5th working day of the month", False),
    ("Report every first monday of the quarter", "Report", "2027-01-04", "every first Mon of the quarter", False),
    ("Report every 2 weeks on tue and thu", "Report", "2026-11-17", "every 2 weeks on Tue, Thu", False),
    ("Report every 1st, 10th and 20th", "Report", "2026-11-20", "every 1st, 10th and 20th of the month", False),
    ("Report every 15th and last day", "Report", "2026-11-30", "every 15th and last day of the month", False),
    ("Report every day for 2 weeks", "Report", "2026-11-16", "every day until Sun 29 Nov 2026", False),
    ("Report tomorrow every day for 2 weeks", "Report", "2026-11-17", "every day until Mon 30 Nov 2026", False),
    ("Report every monday 10 times", "Report", "2026-11-16", "every Mon 10 times", False),
    ("Report every two weeks", "Report", "2026-11-16", "every 2 weeks", False),
    ("Report every other tuesday", "Report", "2026-11-17", "every 2 weeks on Tue", False),
    ("Report every year 29 feb", "Report", "2028-02-29", "every year", True),
    ("Report every monday at 10 until 18 dec", "Report", "2026-11-16T10:00", "every Mon until Fri 18 Dec 2026", False),
    ("Report every monday from 1 dec until 18 dec", "Report", "2026-12-07", "every Mon until Fri 18 Dec 2026", False),
    ("Report weekly until friday", "Report", "2026-11-16", "every week until Fri 20 Nov 2026", False),
    ("Pay rent on the 1st of every month", "Pay rent", "2026-12-01", "every 1st of the month", False),
    ("Report every monday and every thursday", "Report", "2026-11-16", "every Mon, Thu", False),
    ("Report every 6 months starting 1 dec", "Report", "2026-12-01", "every 6 months", False),
    ("Report every monday morning", "Report morning", "2026-11-16", "every Mon", True),
    # names keep words that look like dates or priorities
    ("Plan A for Plan B", "Plan A for Plan B", "", "", False),
    ("Compare plan A and B", "Compare plan A and B", "", "", False),
    ("Visit Hall B tomorrow", "Visit Hall B", "2026-11-17", "", False),
    ("vitamin C", "vitamin C", "", "", False),
    ("Visit Hall B tomorrow A", "Visit Hall B", "2026-11-17", "A (must)", False),
    ("Prepare Black Friday", "Prepare Black Friday", "", "", False),
    ("Prepare Good Friday fri", "Prepare Good Friday", "2026-11-20", "", False),
    ("Prepare Black Friday 27 nov", "Prepare Black Friday", "2026-11-27", "", False),
    ("Prepare Cyber Monday", "Prepare Cyber Monday", "", "", False),
    ("Letters for Ash Wednesday", "Letters for Ash Wednesday", "", "", False),
    ("Giving Tuesday", "Giving Tuesday", "", "", False),
    ("Ads for Super Sunday", "Ads for Super Sunday", "", "", False),
    ("Call June Park tomorrow", "Call June Park", "2026-11-17", "", False),
    ("Call May Park", "Call May Park", "", "", False),
    ("Call Friday Inc tomorrow", "Call Friday Inc", "2026-11-17", "", False),
    ("Friday Inc wants an offer", "Friday Inc wants an offer", "", "", False),
]


def test_phrases_are_plenty_and_unique() -> None:
    assert len(PHRASES) >= 150
    assert len({line for line, *_ in PHRASES}) == len(PHRASES)


@pytest.mark.parametrize(("line", "title", "due", "rest", "said"), PHRASES, ids=[row[0] for row in PHRASES])
def test_line_is_parsed_as_meant(line: str, title: str, due: str, rest: str, said: bool) -> None:
    read = parse_line(line, NOW)
    assert read.title == title
    assert ("" if read.due is None else str(read.due)) == due
    assert " | ".join(text for kind, text in read.chips() if kind != "due") == rest
    assert bool(read.said) is said


def test_friday_on_a_friday_is_pointed_out() -> None:
    read = parse_line("Report fri", datetime(2026, 11, 20, 8))
    assert read.due == Due(date(2026, 11, 27))
    assert read.said == ("'fri' is Fri 27 Nov 2026: today is Friday, so a week from today",)


@pytest.mark.parametrize("line", ["Pay rent 03/04", "Pay rent 03/04/2027"])
def test_ambiguous_date_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="day or month first"):
        parse_line(line, NOW)


@pytest.mark.parametrize("line", ["", "   ", "tomorrow", "fri 14:00", "#acme", "every week"])
def test_line_without_a_title_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="Say what to do"):
        parse_line(line, NOW)


def test_dates_are_relative_to_the_reps_day() -> None:
    late = datetime(2026, 11, 17, 1, 30)
    assert parse_line("Report tomorrow", late, today=date(2026, 11, 16)).due == Due(date(2026, 11, 17))


def test_control_characters_are_stripped() -> None:
    assert parse_line("Call \x1b[31mKim\x07 \u202etomorrow", NOW).title == "Call [31mKim"


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused_with_a_sentence(text: str) -> None:
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
def test_parts_may_come_in_any_order(
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
        ("Pay 31 feb 14:00", "'31 feb' isn't a day in the calendar, so it's read as text"),
        ("Pay feb 30", "'feb 30' isn't a day in the calendar, so it's read as text"),
        ("Pay 31st apr.", "'31st apr.' isn't a day in the calendar, so it's read as text"),
    ],
)
def test_nonexistent_day_is_pointed_out(line: str, said: str) -> None:
    assert said in parse_line(line, NOW).said


@pytest.mark.parametrize("line", ["Sort 40 decisions", "Read 31 maybe things", 'Pay "31 feb"', "Pay 28 feb"])
def test_text_that_only_resembles_a_date_is_not_pointed_out(line: str) -> None:
    assert not any("isn't a day in the calendar" in said for said in parse_line(line, NOW).said)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Order 12 27 nov", "'12' is read as text"),
        ("Call Kim tomorrow fri", "'tomorrow' is read as text"),
        ("Call Kim fri or sat", "'fri or' is read as text"),
        ("Call Kim tomorrow after lunch", "'after' is read as text"),
        ("Call Kim tomorrow 13pm", "'13pm' is read as text"),
        ("Move the demo to fri", "'to' is read as text"),
        ("Read the report of 27 nov", "'27 nov' is read as text"),
        ("Read Monday report 10:00", "'Monday' is read as text"),
        ("Follow up on the offer of tuesday", "'tuesday' is read as text"),
        ("Call Kim tomorrow 10am CET/CEST", "'CET/CEST' is read as text"),
        ("Sat with Kim", "'Sat' is read as Sat 21 Nov 2026"),
        ("Report every hour", "'every hour' is read as text"),
        (
            "Report every friday the 13th",
            "starts Sun 13 Dec 2026, then repeats every Fri",
        ),
        ("Call Kim tomorrow 10am Gotham time", "'Gotham time' is read as text"),
        ("Call Kim 10:00 tomorrow EST", "'EST' is read as text"),
        ("Meet 9-10 tomorrow", "'9-10' is read as text"),
        ("Call April 27 nov", "'April' is read as text"),
        ("Demo fri 10:00-11:30 45m", "'fri 10:00-11:30' is 1 h 30 min, not 45 min"),
        ("Call Kim 17h", "'17h' is read as 17:00 (for a duration, write 17 hours)"),
        ("promise Kim offer fri 10:00 to 11:30", "promised by 11:30, the end of the range"),
        (
            "promise Kim offer fri 10 A #acme",
            "a promise can only have text, a date and a name. Not saved: A (must), #acme",
        ),
    ],
)
def test_leftover_words_are_pointed_out(line: str, said: str) -> None:
    assert said in parse_line(line, NOW).said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Call Kim thursday 27 nov", "27 Nov 2026 is a Friday, not a Thursday"),
        ("Thursday 27 nov call Kim", "27 Nov 2026 is a Friday, not a Thursday"),
        ("Call Kim 27.11.2026 (thu) 10:00", "27 Nov 2026 is a Friday, not a Thursday"),
        ("Call Kim thu 20th", "20 Nov 2026 is a Friday, not a Thursday"),
        ("Demo 15:00-14:00", "ends before it starts"),
        ("Demo fri 10:00 to 10:00", "ends before it starts"),
        ("Fair 24 dec to 31 dec", "is a range of days"),
        ("Fair mon to wed", "is a range of days"),
        ("Call Kim friday after next", "could be Fri 27 Nov 2026 or Fri 4 Dec 2026"),
        ("Call Delhi tomorrow 10am IST", "IST could be India"),
        ("Call Chicago 10am CST tomorrow", "CST could be Chicago"),
    ],
)
def test_impossible_or_ambiguous_date_is_refused_unless_quoted(line: str, why: str) -> None:
    with pytest.raises(InputError, match=re.escape(why)):
        parse_line(line, NOW)
    assert parse_line(f'"{line}"', NOW).title == line


def test_fraction_is_not_a_date() -> None:
    assert parse_line("Read 1/2 of the book tomorrow", NOW).title == "Read 1/2 of the book"


@pytest.mark.parametrize(
    ("line", "title", "due"),
    [
        ("Call Boston tomorrow 10am EST", "Call Boston", "2026-11-17T16:00"),
        ("Call Boston 10am EST tomorrow", "Call Boston", "2026-11-17T16:00"),
        ("Call Boston tomorrow 10am Boston time", "Call Boston", "2026-11-17T16:00"),
        ("Call Boston tomorrow at 10 America/New_York", "Call Boston", "2026-11-17T16:00"),
        ("Call LA tue 24th 6pm PST", "Call LA", "2026-11-25T03:00"),
        ("Call Kim tomorrow 10:00 UTC+9", "Call Kim", "2026-11-17T02:00"),
        ("Call London tomorrow 10:00 GMT", "Call London", "2026-11-17T11:00"),
        ("Standup every day 10am GMT", "Standup", "2026-11-16T11:00"),
    ],
)
def test_time_in_another_zone_is_converted_and_pointed_out(line: str, title: str, due: str, in_berlin: None) -> None:
    read = parse_line(line, NOW)
    assert (read.title, str(read.due)) == (title, due)
    assert any(When(read.due.day, read.due.at).echo() in said for said in read.said if read.due)


def test_recurrence_on_another_local_day_is_refused(in_berlin: None) -> None:
    with pytest.raises(InputError, match="on another day here"):
        parse_line("Standup every friday 9pm PST", NOW)


# as written, due, and the minutes
meant = st.sampled_from(
    [
        ("tomorrow", "2026-11-17", None),
        ("on 27 nov", "2026-11-27", None),
        ("27 nov 26", "2026-11-27", None),
        ("fri 27 november 2026", "2026-11-27", None),
        ("monday next week", "2026-11-23", None),
        ("in two weeks", "2026-11-30", None),
        ("fri 14:30", "2026-11-20T14:30", None),
        ("27.11.2026 at 9am", "2026-11-27T09:00", None),
        ("fri 10:00 to 11:30", "2026-11-20T10:00", 90),
        ("27 nov from 10:00 until 11:30", "2026-11-27T10:00", 90),
        ("tomorrow 10:00 - 11:00", "2026-11-17T10:00", 60),
        ("10-11:30am tomorrow", "2026-11-17T10:00", 90),
        ("2026-11-27 10:00–11:00", "2026-11-27T10:00", 60),
    ]
)
plain_titles = st.sampled_from(
    [
        "Offer",
        "Call Kim",
        "Visit Hall B",
        "Prepare Black Friday",
        "Call June Park",
        "Buy vitamin C",
        "Plan A for Plan B",
    ]
)


@given(plain_titles, meant, st.sampled_from(["behind", "before"]), st.sampled_from(["", "#acme", "@Kim"]))
def test_title_and_date_are_separated(title: str, date_: tuple[str, str, int | None], place: str, tag: str) -> None:
    written, due, minutes = date_
    parts = [title, written] if place == "behind" else [f"{written}:", title]
    read = parse_line(" ".join([*parts, tag]), NOW)
    assert (read.title, str(read.due), read.minutes) == (title, due, minutes)


dated_words = st.sampled_from(
    ["12", "27", "2027", "15.", "nov", "may", "fri", "tuesday", "next", "week", "tomorrow", "today", "10:00", "9am",
     "17h", "10-11", "2h", "EST", "to", "until", "from", "of", "before", "after", "at", "in", "the", "and", "A", "Kim"]
)  # fmt: skip


@given(st.lists(dated_words, min_size=1, max_size=7, unique=True))
def test_no_date_word_vanishes(words: list[str]) -> None:
    """Parsing only the words taken out of the line gives the same result, so every word is in the title or
    understood."""
    line = f"Offer {' '.join(words)}"
    try:
        read = parse_line(line, NOW)
    except InputError:
        return  # refused with a sentence
    left = read.title.split()
    taken = [word for word in words if word not in left]
    again = parse_line(" ".join(["Offer", *taken]), NOW)
    assert (again.title, again.due, again.minutes) == ("Offer", read.due, read.minutes), (line, taken)
    assert again.priority == read.priority, (line, taken)


@pytest.mark.parametrize(
    ("line", "title", "due"),
    [
        ("Call Kim Thu 19 10:00", "Call Kim", "2026-11-19T10:00"),
        ("Call Kim wed 18 at 3pm", "Call Kim", "2026-11-18T15:00"),
        ("Meet Mr. B friday", "Meet Mr. B", "2026-11-20"),
        ("Ask Dr C tomorrow", "Ask Dr C", "2026-11-17"),
        ("report every 5th working day", "report", "2026-12-07"),
    ],
)
def test_day_before_a_time_and_initials_in_names(line: str, title: str, due: str) -> None:
    found = parse_line(line, datetime(2026, 11, 16, 9))
    assert (found.title, str(found.due), found.priority) == (title, due, None)


@pytest.mark.parametrize(
    "line", ["X 5 working days before 31 dec", "Call in 3 business days", "Y a working day after fri"]
)
def test_counting_working_days_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="counts working days"):
        parse_line(line, datetime(2026, 11, 16, 9))


@pytest.mark.parametrize(
    ("line", "title", "due", "rule"),
    [
        ("Every monday at 9 call Kim", "call Kim", "2026-11-16T09:00", "every Mon"),
        ("Every weekday from 9:00 to 9:30 read mail", "read mail", "2026-11-16T09:00", "every weekday"),
        (
            "Call Kim every monday 10:00 and bring 12 samples",
            "Call Kim and bring 12 samples",
            "2026-11-16T10:00",
            "every Mon",
        ),
        ("Report every monday and send it to Kim", "Report and send it to Kim", "2026-11-16", "every Mon"),
        ("Every day 9 calls to Busan", "9 calls to Busan", "2026-11-16", "every day"),
        ('Pay every 1 jan "and 1 jul"', "Pay and 1 jul", "2027-01-01", "every 1 Jan"),
    ],
)
def test_time_after_a_rule_belongs_to_it_and_later_text_to_the_title(
    line: str, title: str, due: str, rule: str
) -> None:
    found = parse_line(line, datetime(2026, 11, 16, 8))
    assert (found.title, str(found.due), str(found.every)) == (title, due, rule)


@pytest.mark.parametrize(
    "line",
    [
        "Pay rent every 1 jan and 1 jul",
        "Call Kim every mon 10:00 and thu 14:00",
        "Call Kim every mon 9-10 and thu 14-15",
        "Check stock every day or every monday",
        "Report every quarter & every year",
    ],
)
def test_second_rule_in_a_line_is_refused(line: str) -> None:
    with pytest.raises(InputError, match="A task can have only one rule"):
        parse_line(line, datetime(2026, 11, 16, 8))


@pytest.mark.parametrize(
    ("line", "title", "due"),
    [
        ("Call Kim half past 9", "Call Kim", "2026-11-16T09:30"),
        ("Call Kim tomorrow at quarter to 10", "Call Kim", "2026-11-17T09:45"),
        ("Call Kim a quarter past 11 tomorrow", "Call Kim", "2026-11-17T11:15"),
        ("Call Kim fri half past 2 pm", "Call Kim", "2026-11-20T14:30"),
        ("Call Kim quarter to 1", "Call Kim", "2026-11-16T12:45"),
        ("Plan half past work", "Plan half past work", "None"),
        ("Call Kim quarter to 0", "Call Kim quarter to 0", "None"),
    ],
)
def test_spoken_half_and_quarter_hours(line: str, title: str, due: str) -> None:
    found = parse_line(line, datetime(2026, 11, 16, 8))
    assert (found.title, str(found.due)) == (title, due)


@pytest.mark.parametrize(
    ("line", "title", "due"),
    [
        ("Call Kim tuesday week", "Call Kim", date(2026, 11, 24)),
        ("Call Kim a week on friday", "Call Kim", date(2026, 11, 27)),
        ("friday week call Kim", "call Kim", date(2026, 11, 27)),
    ],
)
def test_weekday_week_is_a_week_after_the_coming_one(line: str, title: str, due: date) -> None:
    found = parse_line(line, datetime(2026, 11, 16, 9))
    assert (found.title, found.due.day if found.due else None) == (title, due)
    assert "a week after this coming" in found.said[0]


@pytest.mark.parametrize(
    ("line", "word"),
    [("Report biweekly", "biweekly"), ("Bi-monthly report tomorrow", "Bi-monthly"), ("Call Kim tomorrow 1000", "1000")],
)
def test_biweekly_and_times_without_a_colon_are_left_as_text(line: str, word: str) -> None:
    found = parse_line(line, datetime(2026, 11, 16, 9))
    assert word in found.title
    assert found.said == (f"{word!r} is read as text",)
