"""Reading calendars: kinds of times, recurrence against libical's table, broken files, hostile files."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.day.events import Event, EventTime, Timed, busy_on
from planner.domain.workdays import Period
from planner.exchange.day import ics, ics_out
from planner.exchange.day.ics import Calendar
from planner.exchange.day.ics_parts import LONGEST_LINE
from planner.exchange.day.ics_times import MOST_TIMES
from planner.exchange.limits import TooSlow, time_limit
from planner.exchange.text_file import FileRefused
from tests.drills import ROOM

REACH = Period(date(2026, 9, 1), date(2027, 12, 31))
SHARED = Path(__file__).parents[4] / "shared" / "data"


def calendar(tmp_path: Path, *events: str, head: str = "", ending: str = "\r\n") -> Calendar:
    """Read a calendar made of these events."""
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{body}END:VCALENDAR\n"
    path = tmp_path / "a.ics"
    path.write_bytes(text.replace("\n", ending).encode())
    return ics.read(str(path), REACH)


def one(tmp_path: Path, event: str, **more: str) -> Event:
    """The only event of a calendar."""
    found = calendar(tmp_path, event, **more)
    assert len(found.events) == 1, (found.skipped, found.notices)
    return found.events[0]


def instants(event: Event, zone: str = "UTC") -> list[str]:
    """The starts of an event in a zone."""
    return [datetime.fromtimestamp(t.start, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M") for t in event.times]


@pytest.mark.parametrize(
    ("line", "utc"),
    [
        ("DTSTART:20261116T090000Z", "2026-11-16T09:00"),
        ("DTSTART;TZID=Europe/Berlin:20261116T090000", "2026-11-16T08:00"),
        ("DTSTART;TZID=W. Europe Standard Time:20261116T090000", "2026-11-16T08:00"),
        ("DTSTART;TZID=Russian Standard Time:20261116T090000", "2026-11-16T06:00"),
        ("DTSTART;TZID=Korea Standard Time:20261116T090000", "2026-11-16T00:00"),
        ('DTSTART;TZID="Asia/Seoul":20261116T090000', "2026-11-16T00:00"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20261116T090000", "2026-11-16T08:00"),
        ("DTSTART;TZID=Australia/Lord_Howe:20261116T090000", "2026-11-15T22:00"),
    ],
)
def test_time_in_a_zone_is_converted(tmp_path: Path, line: str, utc: str) -> None:
    event = one(tmp_path, f"UID:1\nSUMMARY:x\n{line}\nDURATION:PT30M")
    assert instants(event) == [utc]
    assert event.times[0].end - event.times[0].start == 1800
    assert not event.times[0].floating


def test_floating_and_all_day_times(tmp_path: Path) -> None:
    floating = one(tmp_path, "UID:1\nDTSTART:20261116T090000\nDTEND:20261116T100000").times[0]
    assert (floating.floating, floating.all_day) == (True, False)
    assert floating.local() == (datetime(2026, 11, 16, 9), datetime(2026, 11, 16, 10))
    whole = one(tmp_path, "UID:1\nDTSTART;VALUE=DATE:20261116").times[0]
    assert (whole.floating, whole.all_day) == (True, True)
    assert whole.local() == (datetime(2026, 11, 16), datetime(2026, 11, 17))


CUSTOM = """BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:20201025T030000
TZOFFSETFROM:+0300
TZOFFSETTO:+0230
END:STANDARD
END:VTIMEZONE
"""


def test_zone_defined_in_the_file(tmp_path: Path) -> None:
    event = one(tmp_path, "UID:1\nDTSTART;TZID=Office:20261116T090000\nDURATION:PT1H", head=CUSTOM)
    assert instants(event) == ["2026-11-16T06:30"]
    assert ics.times_of(event.source, REACH) == event.times


def test_unknown_zone_is_taken_as_local_with_a_notice(tmp_path: Path) -> None:
    found = calendar(tmp_path, "UID:1\nDTSTART;TZID=Moon/Base:20261116T090000")
    assert found.events[0].times[0].floating
    assert found.notices == ["The time zone 'Moon/Base' is unknown, so its times are read as local."]


@pytest.mark.parametrize(
    ("zone", "first", "walls"),
    [
        # each across a clock change: local time stays, UTC moves
        ("Europe/Berlin", "20261020T090000", ["2026-10-20T07:00", "2026-10-27T08:00"]),
        ("Australia/Lord_Howe", "20260928T090000", ["2026-09-27T22:30", "2026-10-04T22:00"]),
        # in the zone data, its winter time is the exception (Morocco is avoided: its government moves its clocks)
        ("Europe/Dublin", "20261020T090000", ["2026-10-20T08:00", "2026-10-27T09:00"]),
    ],
)
def test_weekly_event_keeps_its_local_time_across_clock_changes(
    tmp_path: Path, zone: str, first: str, walls: list[str]
) -> None:
    event = one(tmp_path, f"UID:1\nDTSTART;TZID={zone}:{first}\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2")
    assert instants(event) == walls
    assert [time[11:] for time in instants(event, zone)] == ["09:00", "09:00"]


def test_nonexistent_local_time_moves_after_the_gap(tmp_path: Path) -> None:
    event = one(tmp_path, "UID:1\nDTSTART;TZID=Europe/Berlin:20270328T023000\nDURATION:PT1H")
    assert instants(event) == ["2027-03-28T01:30"]  # 03:30 in Berlin


def test_exdates_rdates_and_moved_occurrences(tmp_path: Path) -> None:
    found = calendar(
        tmp_path,
        "UID:1\nSUMMARY:weekly\nDTSTART;TZID=Europe/Berlin:20261102T100000\nDTEND;TZID=Europe/Berlin:20261102T110000\n"
        "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20261109T100000\n"
        "RDATE;TZID=Europe/Berlin:20261112T150000",
        "UID:1\nSUMMARY:moved\nRECURRENCE-ID;TZID=Europe/Berlin:20261116T100000\n"
        "DTSTART;TZID=Europe/Berlin:20261117T120000\nDURATION:PT2H",
        "UID:1\nSTATUS:CANCELLED\nRECURRENCE-ID;TZID=Europe/Berlin:20261123T100000\n"
        "DTSTART;TZID=Europe/Berlin:20261123T100000",
    )
    event = found.events[0]
    assert instants(event, "Europe/Berlin") == ["2026-11-02T10:00", "2026-11-12T15:00", "2026-11-17T12:00"]
    assert [each.title for each in event.times] == ["", "", "moved"]


def test_this_and_future_occurrences_are_moved(tmp_path: Path) -> None:
    event = calendar(
        tmp_path,
        "UID:1\nSUMMARY:daily\nDTSTART:20261116T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4",
        "UID:1\nSUMMARY:later\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261118T090000Z\nDTSTART:20261118T110000Z\nDURATION:PT2H",
    ).events[0]
    assert instants(event) == ["2026-11-16T09:00", "2026-11-17T09:00", "2026-11-18T11:00", "2026-11-19T11:00"]
    assert [each.end - each.start for each in event.times] == [3600, 3600, 7200, 7200]


@pytest.mark.parametrize(
    ("until", "count"),
    [("20261118T080000Z", 3), ("20261118T075959Z", 2), ("20261118", 3), ("20261118T090000", 3)],
)
def test_until_is_compared_in_the_events_zone(tmp_path: Path, until: str, count: int) -> None:
    event = one(tmp_path, f"UID:1\nDTSTART;TZID=Europe/Berlin:20261116T090000\nRRULE:FREQ=DAILY;UNTIL={until}")
    assert len(event.times) == count


def test_endless_recurrence_is_expanded_on_demand(tmp_path: Path) -> None:
    event = one(tmp_path, "UID:1\nDTSTART:20200106T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY")
    assert event.until == REACH.last
    assert instants(event)[0] == "2026-09-07T09:00"
    assert instants(event)[-1] == "2027-12-27T09:00"
    later = ics.times_of(event.source, Period(date(2028, 1, 1), date(2028, 1, 31)))
    assert len(later) == 5


def test_highest_sequence_of_an_event_wins(tmp_path: Path) -> None:
    found = calendar(
        tmp_path,
        "UID:1\nSEQUENCE:2\nSUMMARY:new\nDTSTART:20261116T100000Z",
        "UID:1\nSEQUENCE:1\nSUMMARY:old\nDTSTART:20261116T090000Z",
    )
    assert [event.title for event in found.events] == ["new"]


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("UID:1\nSUMMARY:x", "it has no start (DTSTART)"),
        ("UID:1\nDTSTART:2026-11-16", "it can't be read"),
        ("UID:1\nDTSTART:20261116T100000Z\nSTATUS:CANCELLED", "it's canceled"),
        ("UID:1\nDTSTART:20261116T100000Z\nRRULE:FREQ=DAILY;UNTIL=20261101T000000Z", "it never occurs"),
        ("UID:1\nDTSTART:17000101T100000Z", "it's in the year 1700"),
    ],
)
def test_unreadable_event_is_skipped_with_its_line(tmp_path: Path, event: str, why: str) -> None:
    found = calendar(tmp_path, "UID:0\nDTSTART:20261116T090000Z", event)
    assert len(found.events) == 1
    assert [(reason, lines) for reason, lines in found.skipped.items() if reason.startswith(why)], found.skipped
    assert list(found.skipped.values()) == [[7]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n", "ends in the middle of the VEVENT that starts on line 2"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n",
            "line 3: END:VCALENDAR doesn't match the VEVENT that starts on line 2",
        ),
        ("name,phone\nKim,1\n", "isn't a calendar"),
        ("END:VEVENT\n", "line 1: END without a BEGIN"),
    ],
)
def test_broken_structure_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.ics"
    path.write_text(text)
    with pytest.raises(FileRefused, match=said):
        ics.read(str(path), REACH)


def test_encodings_line_endings_and_folded_lines(tmp_path: Path) -> None:
    for ending in ("\r\n", "\n", "\r"):
        assert one(tmp_path, "UID:1\nSUMMARY:한빛\n 무역\nDTSTART:20261116T090000Z", ending=ending).title == "한빛무역"
    path = tmp_path / "b.ics"
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Встреча на Северном Складе с Анной\nDTSTART:20261116T090000Z\n"
    )
    path.write_bytes((text + "END:VEVENT\nEND:VCALENDAR\n").encode("cp1251"))
    assert ics.read(str(path), REACH, encoding="cp1251").events[0].title == "Встреча на Северном Складе с Анной"


def test_control_characters_are_stripped(tmp_path: Path) -> None:
    title = one(tmp_path, "UID:1\nSUMMARY:[@click=app.quit]x[/] \x1b[31m\u202eevil\nDTSTART:20261116T090000Z").title
    assert title == "[@click=app.quit]x[/] [31mevil"


HOSTILE = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
    "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
    "FREQ=MINUTELY;COUNT=999999999",
    "FREQ=DAILY;COUNT=999999999999",
    "FREQ=HOURLY;BYDAY=MO;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=YEARLY;BYYEARDAY=366;BYDAY=MO;INTERVAL=1000",
    "FREQ=WEEKLY;BYSETPOS=400;BYDAY=MO",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
]


@pytest.mark.parametrize("rule", HOSTILE)
def test_hostile_rule_is_cut_off_in_time(tmp_path: Path, rule: str) -> None:
    begun = time.monotonic()
    found = calendar(tmp_path, f"UID:1\nDTSTART:20261116T090000Z\nRRULE:{rule}", "UID:2\nDTSTART:20261116T090000Z")
    assert time.monotonic() - begun < 5 * ROOM
    assert found.events[-1].uid == "2"
    assert all(len(event.times) <= MOST_TIMES for event in found.events)


def test_time_limit_interrupts_only_its_block() -> None:
    with pytest.raises(TooSlow), time_limit(0.05):
        while True:
            pass
    with time_limit(0.2):
        pass
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:  # the timer must be off after leaving the block
        pass


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path: Path, junk: bytes, at: int) -> None:
    good = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261116T090000Z\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
    good += b"EXDATE:20261117T090000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    path = tmp_path / "junk.ics"
    path.write_bytes(good[: at % len(good)] + junk + good[at % len(good) :])
    try:
        ics.read(str(path), REACH)
    except FileRefused as problem:
        assert str(problem).endswith(".")


def test_oversized_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.ics"
    with path.open("wb") as file:
        file.truncate(ics.LARGEST + 1)
    with pytest.raises(FileRefused, match="200 MB"):
        ics.read(str(path), REACH)
    path.write_bytes(b"BEGIN:VCALENDAR\n" + b"X:" + b"y" * (LONGEST_LINE + 1) + b"\nEND:VCALENDAR\n")
    with pytest.raises(FileRefused, match="line 2"):
        ics.read(str(path), REACH)


def test_busy_minutes_of_a_day() -> None:
    zone_free = [
        ("a", one_time("2026-11-16T09:10", "2026-11-16T09:50")),
        ("over midnight", one_time("2026-11-15T23:00", "2026-11-16T01:00")),
        ("whole", one_time("2026-11-16T00:00", "2026-11-18T00:00", all_day=True)),
        ("tomorrow", one_time("2026-11-17T09:00", "2026-11-17T10:00")),
    ]
    found = busy_on(date(2026, 11, 16), [Timed(0, title, each) for title, each in zone_free])
    assert [(b.title, b.first, b.last, b.all_day) for b in found] == [
        ("whole", 0, 0, True),
        ("over midnight", 0, 60, False),
        ("a", 550, 590, False),
    ]


def one_time(start: str, end: str, *, all_day: bool = False) -> EventTime:
    """A floating time."""
    begin, stop = (round((datetime.fromisoformat(t) - datetime(1970, 1, 1)).total_seconds()) for t in (start, end))
    return EventTime(begin, stop, floating=True, all_day=all_day)


def test_exported_times_read_back(tmp_path: Path) -> None:
    start = datetime(2026, 11, 16, 9, 0)
    entries = [
        ics_out.Entry("a@x", "Cold calls; a, b", start, start + timedelta(hours=1), alarm=0),
        ics_out.Entry("b@x", "김민수\nstand", start, start + timedelta(minutes=20), place="Berlin", alarm=10),
        ics_out.Entry("c@x", "Fair", date(2026, 11, 16), date(2026, 11, 18), busy=False),
    ]
    path = tmp_path / "out.ics"
    path.write_bytes(ics_out.write(entries, start, "planner"))
    text = path.read_text()
    assert text.count("BEGIN:VALARM") == 2
    assert "TRIGGER:-PT10M" in text
    found = {event.uid: event for event in ics.read(str(path), REACH).events}
    assert found["a@x"].times[0].start == start.timestamp()
    assert found["a@x"].times[0].end == start.timestamp() + 3600
    assert (found["b@x"].title, found["b@x"].place) == ("김민수 stand", "Berlin")
    assert found["c@x"].times[0].local() == (datetime(2026, 11, 16), datetime(2026, 11, 18))
    assert not found["c@x"].times[0].busy


# libical's table of rules and their instances, where the machine has it (we may not ship it). dateutil, which expands
# our rules, differs in these:
KNOWN_DIFFERENCES = {
    # a week number without a weekday: libical takes the weekday of the start, dateutil the whole week
    "FREQ=YEARLY;BYWEEKNO=1,2;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=1,2;WKST=FR;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=1,2;WKST=TU;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=1,2;WKST=WE;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=1,2;WKST=TH;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=1,2;WKST=TU;UNTIL=20180101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=1,2;WKST=SU;UNTIL=20180101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=-1,-2;COUNT=2",
    "FREQ=YEARLY;BYWEEKNO=-1,-2;COUNT=5",
    "FREQ=YEARLY;BYWEEKNO=53;COUNT=1",
    # a week that spans two years, with an interval of years
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TU,SA;INTERVAL=6;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TU,SA;INTERVAL=5;UNTIL=20170101T000000Z",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,TU;INTERVAL=3;UNTIL=20320101",
    # a day of the month in a yearly rule: libical takes the month of the start, dateutil every month
    "FREQ=YEARLY;BYMONTHDAY=29;COUNT=3",
    "FREQ=YEARLY;BYMONTHDAY=-29,-1;COUNT=4",
    # positions in the first week: libical counts days before the start, dateutil doesn't
    "FREQ=WEEKLY;BYDAY=MO,TU,SU,SA,TH;BYSETPOS=3,2;COUNT=4",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,3;COUNT=3",
    # minutes of an all-day event, and a combination that libical refuses
    "FREQ=DAILY;BYMINUTE=1,2,3,4;INTERVAL=2;COUNT=3",
    "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30;BYWEEKNO=1;UNTIL=20320101",
}


def table() -> list[dict[str, str]]:
    """The cases of libical's table, if it is there."""
    path = SHARED / "recurrence" / "icalrecur_test.txt"
    if not path.is_file():
        return []
    cases: list[dict[str, str]] = [{}]
    for line in path.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            cases.append({})
        else:
            name, _, value = line.partition(":")
            cases[-1][name] = value
    return [case for case in cases if "RRULE" in case]


@pytest.mark.parametrize("case", table(), ids=lambda case: f"{case['RRULE']}-{case['DTSTART']}")
def test_recurrence_matches_libical(tmp_path: Path, case: dict[str, str]) -> None:
    start = case["DTSTART"]
    wanted = [text.strip().rstrip("Z") for text in case["INSTANCES"].split(",") if text.strip()]
    if wanted and start.rstrip("Z") not in wanted:
        # libical expands the rule alone, while an event's first time is one of it (RFC 5545, 3.8.5.3)
        wanted = [start.rstrip("Z"), *wanted[: -1 if "COUNT" in case["RRULE"] else None]]
    value = "" if "T" in start else ";VALUE=DATE"
    lines = f"UID:1\nDTSTART{value}:{start}\nRRULE:{case['RRULE']}"
    path = tmp_path / "a.ics"
    path.write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
    first = date.fromisoformat(start[:8])
    found = ics.read(str(path), Period(first, date(first.year + 60, 12, 31)))
    form = "%Y%m%dT%H%M%S" if "T" in start else "%Y%m%d"
    times = found.events[0].times if found.events else ()
    got = [datetime.fromtimestamp(each.start, UTC).strftime(form) for each in times]
    assert got == wanted or case["RRULE"] in KNOWN_DIFFERENCES


@pytest.mark.parametrize("path", sorted((SHARED / "ics").glob("*/*.ics")), ids=lambda path: path.name)
def test_every_real_calendar_is_read_or_refused_in_time(path: Path) -> None:
    begun = time.monotonic()
    try:
        found = ics.read(str(path), REACH)
    except FileRefused as problem:
        assert os.path.basename(path) in str(problem)
    else:
        assert all(lines and min(lines) > 0 for lines in found.skipped.values())
    assert time.monotonic() - begun < 2 * ROOM


def times(found: ics.Calendar) -> list[str]:
    """The local start of each of the only event's times."""
    (event,) = found.events
    return [f"{each.local()[0]:%d %b %H:%M}" for each in event.times]


@pytest.mark.parametrize(
    ("lines", "starts"),
    [
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,FR;COUNT=3", ["18 Nov 10:00", "20 Nov 10:00", "23 Nov 10:00"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2", ["18 Nov 10:00", "25 Nov 10:00"]),
        ("RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=2", ["18 Nov 10:00", "01 Dec 10:00"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20261124", ["18 Nov 10:00", "23 Nov 10:00"]),
        ("RRULE:", ["18 Nov 10:00"]),
        ("RRULE:FREQ=WEEKLY;COUNT=2\nEXDATE:", ["18 Nov 10:00", "25 Nov 10:00"]),
    ],
)
def test_the_first_time_is_one_of_a_rule(tmp_path: Path, lines: str, starts: list[str]) -> None:
    found = calendar(tmp_path, f"UID:1\nDTSTART:20261118T100000\n{lines}")
    assert (times(found), found.notices) == (starts, [])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("RRULE:FREQ=NEVER", "line 3: RRULE of this event can't be read and is left out."),
        ("RRULE:FREQ=WEEKLY;INTERVAL=x", "line 3: RRULE of this event can't be read and is left out."),
        ("RRULE:FREQ=SECONDLY", "line 3: it repeats every minute or second without an end. Only its first time is"),
        ("RRULE:FREQ=DAILY;RSCALE=HEBREW", "line 3: its repeat rule is for another calendar (RSCALE). Only its first"),
        ("EXDATE:zzz", "line 3: EXDATE of this event can't be read and is left out."),
        ("DURATION:long", "line 3: DURATION of this event can't be read and is left out."),
        ("DTEND:later", "line 3: DTEND of this event can't be read and is left out."),
        ("DTEND:20261118T090000", "line 3: it ends before it starts, so its end is left out."),
        ("DURATION:P9999D", "line 3: it lasts more than ten years, so its end is left out."),
    ],
)
def test_one_broken_property_does_not_lose_an_event(tmp_path: Path, lines: str, said: str) -> None:
    found = calendar(tmp_path, f"UID:1\nDTSTART:20261118T100000\nDTSTAMP:soon\nSEQUENCE:first\n{lines}")
    assert times(found) == ["18 Nov 10:00"]
    assert [notice[: len(said)] for notice in found.notices] == [said]


@pytest.mark.parametrize(
    ("exception", "left"),
    [
        ("EXDATE;TZID=Europe/Berlin:20261119T000000", ["17", "18", "20"]),
        ("EXDATE:20261119T000000", ["17", "18", "20"]),
        ("EXDATE;VALUE=DATE:20261119,20261120", ["17", "18"]),
        ("EXDATE;TZID=America/New_York:20261118T000000", ["17", "19", "20"]),
    ],
)
def test_exceptions_with_a_time_are_days_of_a_series_of_whole_days(
    tmp_path: Path, exception: str, left: list[str]
) -> None:
    lines = f"UID:1\nDTSTART;VALUE=DATE:20261117\nRRULE:FREQ=DAILY;COUNT=4\n{exception}"
    assert [text[:2] for text in times(calendar(tmp_path, lines))] == left


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("(UTC+07:00) Bangkok, Hanoi, Jakarta", 7),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", 1),
        ("(GMT-05.00) Nowhere", -5),
        ("Somewhere Standard Time", None),
        ("(UTC-05:00) Nowhere", -5),
        ("/example.org/20260101_1/Europe/Helsinki", 2),
        ("Eastern Time (US & Canada)", -5),
        ("GMT+0300", 3),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", 0),
    ],
)
def test_zones_named_for_people_are_understood(tmp_path: Path, name: str, hours: int | None) -> None:
    found = calendar(tmp_path, f'UID:1\nDTSTART;TZID="{name}":20261118T120000')
    (event,) = found.events
    if hours is None:
        assert event.times[0].floating and "is unknown" in found.notices[0]
    else:
        start = datetime.fromtimestamp(event.times[0].start, UTC)
        assert (start.hour, found.notices) == (12 - hours, [])


def test_a_zone_of_the_file_is_known_by_its_escaped_name(tmp_path: Path) -> None:
    zone = "TZID:(UTC+06:30) Yangon\\, Rangoon\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0630\n"
    zone = f"BEGIN:VTIMEZONE\n{zone}TZOFFSETTO:+0630\nEND:STANDARD\nEND:VTIMEZONE\n"
    event = 'BEGIN:VEVENT\nUID:1\nDTSTART;TZID="(UTC+06:30) Yangon, Rangoon":20261118T120000\nEND:VEVENT\n'
    path = tmp_path / "a.ics"
    path.write_text(f"BEGIN:VCALENDAR\n{zone}{event}END:VCALENDAR\n")
    found = ics.read(str(path), REACH)
    assert datetime.fromtimestamp(found.events[0].times[0].start, UTC).strftime("%H:%M") == "05:30"


def test_a_calendar_of_ten_years_is_read_without_what_is_over(tmp_path: Path) -> None:
    old = "".join(
        f"BEGIN:VEVENT\nUID:old{n}\nDTSTART:20200101T100000Z\nDTEND:20200101T110000Z\n"
        f"DESCRIPTION:{'x' * 900}\nEND:VEVENT\n"
        for n in range(6_000)
    )
    kept = (
        "BEGIN:VEVENT\nUID:series\nDTSTART:20200106T100000Z\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:ended\nDTSTART:20200106T100000Z\nRRULE:FREQ=WEEKLY;UNTIL=20210101T000000Z\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:next\nDTSTART:20261118T100000Z\nDTEND:20261118T110000Z\nEND:VEVENT\n"
    )
    path = tmp_path / "mailbox.ics"
    path.write_text(f"BEGIN:VCALENDAR\n{old}{kept}END:VCALENDAR\n")
    found = ics.read(str(path), REACH)
    assert [event.uid for event in found.events] == ["series", "next"]
    assert found.notices == ["6,001 events that ended before Tue 1 Sep 2026 passed over, since the file is so large."]


@pytest.mark.parametrize(
    ("lines", "title", "busy"),
    [
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:Rep@x.example", "Sync", False),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:rep@x.example", "Sync (tentative)", True),
        ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:rep@x.example\nTRANSP:OPAQUE", "Sync", True),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:boss@x.example", "Sync", True),
        ("STATUS:TENTATIVE", "Sync (tentative)", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "Sync (tentative)", True),
        ("TRANSP:OPAQUE\nATTENDEE;PARTSTAT=DECLINED:mailto:rep@x.example", "Sync", False),
    ],
)
def test_declined_invitations_take_no_time_and_tentative_ones_say_so(
    tmp_path: Path, lines: str, title: str, busy: bool
) -> None:
    event = f"UID:1\nSUMMARY:Sync\nDTSTART:20261118T100000\nRRULE:FREQ=WEEKLY\n{lines}"
    (found,) = calendar(tmp_path, event, head="X-WR-CALNAME:rep@x.example\n").events
    assert (found.title, found.times[0].busy) == (title, busy)
    later = ics.times_of(found.source, REACH)  # the answer is kept where the guests aren't
    assert later[0].busy == busy and "boss" not in found.source
