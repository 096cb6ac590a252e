"""The day by command: add, block, week, list, day, words, import and export calendar."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.scenes import CALENDAR

SHARED = Path(__file__).parents[4] / "shared" / "data"
EVENING = "2026-11-16T19:00"


def test_task_in_one_line(run: Run) -> None:
    said = run("add", "Proposal", "for", "Acme", "tomorrow", "16:00", "A", "#acme", "45m", "every", "month", "end").out
    assert said == "Task 1: Proposal for Acme  Tue 17 Nov 16:00  every month end  45 min  #acme\n"
    task = run("task", "list", "--json").json[0]
    assert {name: task[name] for name in ("title", "due", "priority", "every", "minutes", "tags")} == {
        "title": "Proposal for Acme",
        "due": "2026-11-17T16:00",
        "priority": "A",
        "every": "FREQ=MONTHLY;BYMONTHDAY=-1",
        "minutes": 45,
        "tags": ["acme"],
    }
    ambiguous = run("add", "Report mon", "--dry-run")
    assert ambiguous.out.startswith("Report  Mon 23 Nov 2026")
    assert "today is Monday, so a week from today" in ambiguous.err
    assert run("add", "Pay 03/04", code=2).err.count("day or month first") == 1
    assert len(run("task", "list", "--json").json) == 1


def test_planning_in_family_time_needs_anyway(run: Run) -> None:
    refused = run("task", "add", "late", "--due", "today 21:00", code=2)
    assert refused.err == (
        "planner: Mon 16 Nov 21:00 falls in family time (20:45–22:15), which is protected. Choose another time, or "
        "add --anyway to plan it anyway.\n"
    )
    run("task", "add", "late", "--due", "today 21:00", "--anyway")
    run("task", "snooze", "1", "tomorrow 22:45", code=2)


def test_recurrence_from_completion(run: Run) -> None:
    run("task", "add", "Water", "--every", "3 days after done", now="2026-11-02T08:00")
    done = run("task", "done", "1", now="2026-11-10T08:00").out
    assert done == "Done: Water\nNext: task 2, Fri 13 Nov\n"


def test_time_range_sets_start_and_duration(run: Run) -> None:
    run("task", "add", "Demo", "--due", "fri 10:00 to 11:30")
    run("add", "Pitch on 27 nov from 10:00 until 11:30")
    run("task", "add", "Prepare", "--due", "fri 10-11", "--minutes", "60")
    tasks = {task["title"]: (task["due"], task["minutes"]) for task in run("task", "list", "--json").json}
    assert tasks == {
        "Demo": ("2026-11-20T10:00", 90),
        "Pitch": ("2026-11-27T10:00", 90),
        "Prepare": ("2026-11-20T10:00", 60),
    }
    assert "is 1 h, not 45 min" in run("task", "add", "x", "--due", "fri 10-11", "--minutes", "45", code=2).err
    assert "is a time range" in run("task", "snooze", "1", "fri", "10:00", "to", "11:30", code=2).err
    assert "is a time range" in run("log", "dial", "--at", "yesterday 10:00 to 11:00", code=2).err
    run("task", "edit", "1", "--due", "thu 9:00 - 9:30")
    assert run("task", "list", "--json").json[0]["minutes"] == 30


def test_meetings_accept_a_time_range(run: Run) -> None:
    assert "Fri 20 Nov 10:00–11:30  Demo" in run("meeting", "add", "Demo", "--at", "fri 10:00 to 11:30").out
    assert "14:00–15:00  Talk" in run("meeting", "add", "Talk", "--at", "fri 14").out
    assert "Thu 19 Nov 10:00–12:00  Demo" in run("meeting", "move", "1", "--at", "thu 10 to 12").out
    assert "Thu 19 Nov 14:00–14:45  Demo" in run("meeting", "edit", "1", "--at", "thu 14:00-14:45").out
    assert "is 1 h, not 30 min" in run("meeting", "move", "1", "--at", "thu 10-11", "--minutes", "30", code=2).err


def test_promise_with_a_time_range_is_due_at_its_end(run: Run) -> None:
    answer = run("promise", "Kim", "price", "list", "tomorrow", "from", "10:00", "to", "11:00")
    assert answer.out == "Promise 1: Tue 17 Nov 11:00  Kim price list\n"
    assert "by Tuesday, 17 November at 11:00" in answer.err
    assert "promised by 11:00, the end of the range" in answer.err
    run("promise", "add", "samples", "--due", "fri 22:00-01:00")
    run("promise", "edit", "1", "--due", "wed 9 to 10")
    assert [row["due"] for row in run("promise", "list", "--json").json] == ["2026-11-18T10:00", "2026-11-21T01:00"]


@pytest.mark.parametrize(
    "words",
    [
        ("add", "Call Kim thursday 27 nov"),
        ("task", "add", "Call", "--due", "thursday 27 nov"),
        ("meeting", "add", "Call", "--at", "thursday 27 nov 10:00"),
        ("promise", "add", "list", "--due", "thursday 27 nov"),
        ("promise", "Kim", "list", "thursday", "27", "nov"),
        ("calendar", "off", "thursday 27 nov"),
        ("calendar", "off", "thursday", "27", "nov"),
        ("log", "dial", "--at", "thursday 13 nov 10:00"),
        ("deal", "add", "Paper", "--expected-close", "thursday 27 nov"),
    ],
)
def test_weekday_that_contradicts_its_date_is_refused_everywhere(run: Run, words: tuple[str, ...]) -> None:
    answer = run(*words, code=2)
    assert "is a Friday, not a Thursday" in answer.err
    assert not run("undo", code=None).out


def test_times_in_other_zones_are_converted_to_local(run: Run) -> None:
    answer = run("add", "Call Boston tomorrow 10am EST", "--dry-run", TZ="Europe/Berlin")
    assert answer.out == "Call Boston  Tue 17 Nov 2026 16:00\n"
    assert "'tomorrow 10am EST' is Tue 17 Nov 2026 16:00: 10:00 in New York" in answer.err
    run("meeting", "add", "Call", "--at", "fri 9:00 to 10:00 PST", TZ="Europe/Berlin")
    assert "Fri 20 Nov 18:00–19:00" in run("meeting", "list", TZ="Europe/Berlin").out
    assert "IST could be India" in run("task", "add", "Call", "--due", "fri 10am IST", code=2).err


def test_yearly_task_of_29_february_falls_back_to_the_28th(run: Run) -> None:
    run("add", "Toast every year 29 feb")
    done = run("task", "done", "1", now="2028-02-29T09:00").out
    assert done == "Done: Toast\nNext: task 2, Wed 28 Feb 2029\n"
    assert "Next: task 5, Sun 29 Feb 2032\n" in [
        run("task", "done", str(number), now=f"{2028 + number - 1}-02-28T09:00").out.partition("\n")[2]
        for number in (2, 3, 4)
    ]


def test_recurrence_rules_with_an_end(run: Run) -> None:
    run("task", "add", "Train", "--every", "day for 2 weeks", "--due", "tomorrow")
    run("task", "add", "Call", "--every", "friday until 18 dec")
    run("task", "add", "Walk", "--every", "other tuesday")
    assert {task["title"]: (task["due"], task["every"]) for task in run("task", "list", "--json").json} == {
        "Train": ("2026-11-17", "FREQ=DAILY;UNTIL=20261130"),
        "Call": ("2026-11-20", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218"),
        "Walk": ("2026-11-17", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
    }
    run("task", "edit", "2", "--every", "week for 3 weeks")
    found = next(task for task in run("task", "list", "--json").json if task["title"] == "Call")
    assert found["every"] == "FREQ=WEEKLY;UNTIL=20261210"


def test_calendar_off_understands_date_ranges(run: Run) -> None:
    off = run("calendar", "off", "24 dec..31 dec", now="2026-05-15T09:00").out
    assert off == "Calendar: Thu 24 Dec to Thu 31 Dec (8 days) off\n"
    assert "Sun 28 Jun to Thu 2 Jul" in run("calendar", "off", "28 jun..2 jul", now="2026-06-28T09:00").out
    assert "Mon 16 Nov to Fri 20 Nov" in run("calendar", "off", "mon", "to", "fri").out
    week = run("calendar", "off", "next", "week")
    assert week.out == "Calendar: Mon 23 Nov to Sun 29 Nov (7 days) off\n"
    assert "the whole week, Mon 23 Nov 2026 to Sun 29 Nov 2026" in week.err
    assert "read as the current dates" in run("calendar", "off", "fri..mon").err


def test_missed_occurrences_are_counted_after_two_weeks_away(run: Run) -> None:
    run("task", "add", "Report", "--every", "weekday", now="2026-11-02T08:00")
    run("today", now="2026-11-16T08:00")
    tasks = run("task", "list", "--json", now="2026-11-16T08:00").json
    assert [(task["due"], task["missed"]) for task in tasks] == [("2026-11-16", 10)]


def test_displaced_blocks_are_reported(run: Run) -> None:
    run("add", "x")
    assert run("block", "add", "08:30", "10:00", "meetings").out.endswith("\nCalls shortened to 10:00–12:00\n")
    assert run("block", "move", "learning", "18:30").out.endswith("\nTomorrow's list moved to 19:15\n")
    refused = run("block", "add", "10:00", "16:00", "own", "--title", "fair", code=2).err
    assert "fair 10:00–16:00 leaves no room for Calls 10:00–12:00" in refused
    assert refused.endswith("Choose another time, or add --drop to drop it.\n")
    assert "Calls 10:00 dropped" in run("block", "add", "10:00", "16:00", "own", "--title", "fair", "--drop").out
    run("undo")
    assert ("10:00", "calls") in {(b["start"], b["kind"]) for b in run("today", "--json").json["blocks"]}
    assert "protected" in run("block", "add", "20:30", "21:30", "own", "--drop", code=2).err


def test_displaced_blocks_of_a_week_are_reported(run: Run) -> None:
    said = run("week", "set", "mon,tue", "13:00", "13:30", "own").out
    assert said.startswith("Mon, Tue: Email moved to 13:30\nMon, Tue: Meetings shortened to 14:00–16:30\n")
    assert "add --drop to drop it" in run("week", "set", "wed", "08:00", "12:00", "own", code=2).err
    assert "Wed: Calls 08:30 dropped" in run("week", "set", "wed", "08:00", "12:00", "own", "--drop").out


def test_editing_the_blocks_of_a_day(run: Run) -> None:
    run("add", "x")
    assert "Break 12:30–13:00" in run("block", "until", "calls", "12:30").out
    assert run("block", "keep", "08:00").out == "Kept: Email 08:00–08:30, Mon 16 Nov\n"
    assert "hasn't started" in run("block", "keep", "learning", code=1).err
    assert "matches 3 blocks. Use a start time." in run("block", "miss", "mail", code=1).err
    assert "protected" in run("block", "move", "learning", "20:30", code=2).err
    assert run("block", "drop", "learning").out == "Dropped for Mon 16 Nov: Learning 19:15–20:00\n"
    run("block", "add", "06:30", "07:00", "sport", "--title", "run")
    states = {b["start"]: b["state"] for b in run("day", "show", "--json", now=EVENING).json["blocks"]}
    assert states["08:00"] == "kept"
    assert states["19:15"] == "dropped"
    assert states["06:30"] is None
    run("undo")
    assert "06:30" not in {b["start"] for b in run("today", "--json").json["blocks"]}
    run("block", "restore")
    assert run("today", "--json").json["blocks"][1] == {
        "start": "08:30", "end": "12:00", "kind": "calls", "state": "planned",
    }  # fmt: skip
    run("block", "move", "9", "26:00", code=2)
    run("block", "keep", "nap", code=1)


def test_week_templates(run: Run) -> None:
    assert run("week", "list").out == "▸ Eight to eight  (built in)\n  Nine to six  (built in)\n"
    shown = run("week", "set", "mon-fri", "07:00", "07:45", "sport").out
    assert "Mon  Exercise 07:00–07:45, Email 08:00–08:30" in shown
    run("week", "new", "Fair", "--like", "nine")
    run("week", "use", "fair")
    found = run("week", "show", "--json").json
    assert (found["name"], found["in_force"]) == ("Fair", True)
    assert found["days"]["monday"][0] == {"start": "09:00", "end": "09:30", "kind": "mail", "title": None}
    assert run("today", "--json").json["blocks"][0]["start"] == "09:00"
    run("week", "clear", "mon", "09:00", "09:30")
    assert run("today", "--json").json["blocks"][0]["start"] == "09:30"
    run("week", "rename", "Fair", "Trade fair")
    run("week", "drop", "Trade fair")
    assert run("week", "show", "--json").json["name"] == "Eight to eight"
    for words in ("use nothing", "drop nine", "clear mon 01:00 02:00"):
        run("week", *words.split(), code=1)
    for words in ("set someday 09:00 10:00 mail", "set mon 09:00 08:00 mail"):
        run("week", *words.split(), code=2)


def test_closing_the_day_in_the_evening(run: Run, tmp_path: Path) -> None:
    run("add", "x")
    run("log", "stop", "--outcome", "resisted", "--reason", "messengers")
    run("log", "stop", "--outcome", "given-in", "--reason", "smoke break")
    assert "--without-list" in run("day", "close", now=EVENING, code=2).err
    file = tmp_path / "names.csv"
    file.write_text("name;phone\nKim Minsu;02-555-1234\nАнна;+7 495 123-45-67\n", encoding="utf-8")
    built = run("list", "build", str(file), now=EVENING).out
    assert built == "Added 2 contacts (2 new). 2 for Tue 17 Nov\n"
    listed = run("list", "show", "--json", now=EVENING).json
    assert [(row["name"], row["phones"], row["for"]) for row in listed] == [
        ("Kim Minsu", ["02-555-1234"], "2026-11-17"), ("Анна", ["+7 495 123-45-67"], "2026-11-17"),
    ]  # fmt: skip
    run("day", "close", "--well", "calls", "--wrong", "mail", "--else", "walk", "--try", "[/] earlier", now=EVENING)
    found = run("day", "show", "--json", now=EVENING).json
    assert found["said"] == {"went_well": "calls", "went_wrong": "mail", "what_else": "walk", "will_try": "[/] earlier"}
    assert [(row["outcome"], row["kind"]) for row in found["stops"]] == [
        ("refused", "messengers"), ("given-in", "smoke break"),
    ]  # fmt: skip
    assert (found["closed_at"], found["without_list"], found["list"]) == (
        "2026-11-16T19:00", False, {"for": "2026-11-17", "count": 2},
    )  # fmt: skip
    morning = run("today", "--json", now="2026-11-17T07:55").json
    assert morning["will_try"] == "[/] earlier"
    assert "You wanted to try: [/] earlier" in run("today", now="2026-11-17T07:55").out
    days = run("day", "show", "--date", "2026-11-16", "--to", "2026-11-18", "--json", now="2026-11-17T07:55").json
    assert [row["date"] for row in days] == ["2026-11-16", "2026-11-17", "2026-11-18"]


def test_slack_and_fit_in_today_json(run: Run) -> None:
    run("goal", "add", "Calls", "--horizon", "month", "--metric", "dials", "--target", "1000")
    run("list", "build", "--for", "today", code=1)
    run("contact", "add", "Kim", "--phone", "02-555-1234")
    run("list", "build", "--for", "today")
    assert run("today", "--json").json["slack"] is None
    run("block", "drop", "calls")
    found = run("today", "--json", now="2026-11-16T09:00").json
    assert found["slack"] == {
        "until": "12:00", "minutes": 180, "offer": {"kind": "list", "contact": "Kim 02-555-1234"},
    }  # fmt: skip
    assert found["fits"]["available_minutes"] == 405
    assert found["fits"]["left_available_minutes"] == 375


def test_custom_word_lists(run: Run) -> None:
    assert len(run("words", "show", "distractions").out.splitlines()) == 11
    run("words", "set", "affirmations", "I call first.", "I ask.")
    assert run("words", "show", "affirmations", "--json").json["lines"] == ["I call first.", "I ask."]
    run("words", "reset", "affirmations")
    assert len(run("words", "show", "affirmations").out.splitlines()) == 4
    run("words", "show", "poems", code=2)


def test_calendar_import_and_export(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_text(CALENDAR, encoding="utf-8")
    dry = run("import", "calendar", str(file), "--dry-run").out
    assert "3 events, 3 occurrences, 3 upcoming" in dry
    assert "Mon 16 Nov     14:00–15:00  한빛무역 김민수 팀장" in dry
    assert not (tmp_path / "planner.db").exists()
    run("import", "calendar", str(file))
    found = run("today", "--json").json
    assert {"start": "14:00", "end": "15:00", "kind": "meetings", "state": "planned", "title": "한빛무역 김민수 팀장",
            "meeting": True} in found["blocks"]  # fmt: skip
    assert found["all_day"] == ["Trade show [/] week"]
    assert "! overlaps family" in run("today").out
    assert run("import", "calendar", str(file)).out.endswith("Nothing new in this file. Nothing was changed.\n")
    out = tmp_path / "out.ics"
    assert run("export", "calendar", str(out), "--span", "day").out == f"{out}: 16 entries, Mon 16 Nov\n"
    again = run("import", "calendar", str(out), "--json").json
    assert (again["made"], again["skipped"][0]["why"]) == (0, "exported by planner itself")
    other = str(tmp_path / "other.db")
    assert run("import", "calendar", str(out), db=other, now="2026-11-16T08:01").out.count("16 new events") == 1
    run("export", "calendar", str(tmp_path / "out.txt"), code=2)
    run("import", "calendar", str(tmp_path / "none.ics"), code=1)
    run("undo")
    assert not any("한빛" in (b.get("title") or "") for b in run("today", "--json").json["blocks"])


def test_closing_after_midnight_closes_the_open_day(run: Run) -> None:
    run("task", "add", "x")
    run("day", "open")
    night = run("day", "close", "--without-list", "--well", "calls", now="2026-11-17T00:40")
    assert night.out.splitlines() == ["Ended Mon 16 Nov.", "You haven't started Tue 17 Nov yet: planner day open"]
    days = run("day", "show", "--date", "2026-11-16", "--to", "2026-11-17", "--json", now="2026-11-17T08:00").json
    assert [row["closed_at"] for row in days] == ["2026-11-17T00:40", None]
    assert days[0]["said"]["went_well"] == "calls"
    run("day", "open", now="2026-11-17T08:00")
    assert "Ended Tue 17 Nov." in run("day", "close", "--without-list", now="2026-11-17T19:00").out


@pytest.mark.parametrize(
    ("opened", "now", "closes"),
    [
        ("2026-11-16T08:00", "2026-11-17T09:00", "Mon 16 Nov"),  # the next morning
        ("2026-11-16T08:00", "2026-11-17T18:00", "Tue 17 Nov"),  # in the evening nobody means yesterday
        ("2026-11-13T08:00", "2026-11-16T00:30", "Fri 13 Nov"),  # no working day in between
        ("2026-11-11T08:00", "2026-11-16T08:30", "Mon 16 Nov"),  # forgotten long ago
    ],
)
def test_day_close_without_a_date_picks_the_likely_day(run: Run, opened: str, now: str, closes: str) -> None:
    run("task", "add", "x", now=opened)
    run("day", "open", now=opened)
    assert f"Ended {closes}." in run("day", "close", "--without-list", now=now).out


def test_closing_a_day_by_date(run: Run) -> None:
    run("task", "add", "x", now="2026-11-11T08:00")
    run("day", "open", now="2026-11-11T08:00")
    run("day", "open", now="2026-11-16T08:00")
    said = run("day", "close", "--date", "wed", now="2026-11-16T08:05")
    assert said.out == "Ended Wed 11 Nov.\n", "its list would be for a day that is over"
    assert (
        "You already ended Wed 11 Nov at 08:05"
        in run("day", "close", "--date", "2026-11-11", now="2026-11-16T08:06", code=1).err
    )
    assert (
        "You never started Tue 10 Nov"
        in run("day", "close", "--date", "2026-11-10", now="2026-11-16T08:06", code=1).err
    )
    assert "is in the future" in run("day", "close", "--date", "tomorrow", now="2026-11-16T08:06", code=2).err
    run("undo", now="2026-11-16T08:07")
    assert run("day", "show", "--date", "2026-11-11", "--json", now="2026-11-16T08:08").json["closed_at"] is None


def test_skipping_one_occurrence_keeps_the_series(run: Run) -> None:
    run("add", "Report", "every", "friday")
    said = run("task", "skip", "1")
    assert said.out == "Skipped: Report, Fri 20 Nov\nNext: task 2, Fri 27 Nov\n"
    assert [task["due"] for task in run("task", "list", "--json").json] == ["2026-11-27"]
    run("undo")
    assert [task["due"] for task in run("task", "list", "--json").json] == ["2026-11-20"]


def test_dropping_a_recurring_task_needs_series(run: Run) -> None:
    run("add", "Report", "every", "friday")
    run("task", "add", "once")
    refused = run("task", "drop", "2", "1", code=2).err
    assert "Skip this one with `planner task skip 1`, or end the series with `planner task drop 1 --series`" in refused
    assert len(run("task", "list", "--json").json) == 2, "all or none"
    assert run("task", "drop", "1", "--series").out == "Dropped the whole series: Report\n"
    assert [task["title"] for task in run("task", "list", "--json").json] == ["once"]
    assert "doesn't repeat" in run("task", "skip", "2", code=1).err
    run("undo")
    assert len(run("task", "list", "--json").json) == 2


def test_skipping_the_last_occurrence_ends_the_series(run: Run) -> None:
    run("task", "add", "Course", "--every", "FREQ=WEEKLY;COUNT=2", "--due", "2026-11-16")
    run("task", "skip", "1")
    assert run("task", "skip", "2").out.endswith("That was the last one.\n")
    assert run("task", "list", "--json").json == []


def test_skipping_a_recurring_task_skips_missed_occurrences(run: Run) -> None:
    run("add", "Report", "every", "day", now="2026-11-11T08:00")
    assert run("task", "skip", "1").out == "Skipped: Report, Mon 16 Nov\nNext: task 2, Tue 17 Nov\n"


def test_day_turns_at_the_configured_hour(run: Run, tmp_path: Path) -> None:
    run("config", "set", "day.turns_at", "03:00")
    run("log", "dial", now="2026-11-16T22:00")
    assert "Today: 2 calls" in run("log", "dial", now="2026-11-17T01:30").out
    assert run("today", "--json", now="2026-11-17T02:59").json["date"] == "2026-11-16"
    assert run("status", now="2026-11-17T02:59").out.startswith("calls 2")
    assert run("today", "--json", now="2026-11-17T03:00").json["counters"]["dials"]["done"] == 0
    run("config", "set", "day.turns_at", "13:00", code=2)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real calendars lie beside the project, where they do at all")
def test_import_of_real_calendars(run: Run) -> None:
    for name in ("ical4j/google_aus_holidays.ics", "ical4j/invalid_OZMovies.ics", "icaljs/daily_recur.ics"):
        said = run("import", "calendar", str(SHARED / "ics" / name))
        assert said.out.endswith("Imported. Undo it with `planner undo`.\n"), said
    refused = run("import", "calendar", str(SHARED / "ics" / "icalendar" / "big_bad_calendar.ics"), code=1)
    assert "line 1" in refused.err


def test_calendar_export_to_a_missing_folder_fails(run: Run, tmp_path: Path) -> None:
    run("export", "calendar", os.path.join(str(tmp_path), "nowhere", "a.ics"), code=1)


# Working days follow the rep's calendar everywhere.


def test_every_working_day_skips_holidays_and_vacations(run: Run) -> None:
    run("config", "set", "calendar.country", "DE")
    run("add", "Report every working day", now="2026-12-24T09:00")
    assert run("task", "done", "1", now="2026-12-24T18:00").out.endswith("Next: task 2, Mon 28 Dec\n")
    said = run("calendar", "off", "2026-12-28..2027-01-03", now="2026-12-24T18:10").err
    assert said == "planner: Report is now due Mon 4 Jan 2027.\n"
    assert [task["due"] for task in run("task", "list", "--json", now="2026-12-24T18:20").json] == ["2027-01-04"]
    run("undo", now="2026-12-24T18:30")
    assert [task["due"] for task in run("task", "list", "--json", now="2026-12-24T18:20").json] == ["2026-12-28"]


def test_vacation_days_do_not_count_as_missed(run: Run) -> None:
    run("add", "Report every weekday", now="2026-12-14T07:00")
    run("calendar", "off", "2026-12-17..2027-01-03", now="2026-12-14T07:00")
    now = "2027-01-04T08:00"
    run("today", now=now)
    assert [(task["due"], task["missed"]) for task in run("task", "list", "--json", now=now).json] == [
        ("2027-01-04", 3)  # 14, 15, 16
    ]


def test_last_working_day_follows_calendar_changes(run: Run) -> None:
    now = "2026-12-07T09:00"
    run("add", "Figures every last working day", now=now)
    run("add", "Tidy every working day 22 dec", now=now)

    def due() -> list[str]:
        return sorted(task["due"] for task in run("task", "list", "--json", now=now).json)

    assert due() == ["2026-12-22", "2026-12-31"]
    run("calendar", "off", "2026-12-22..2026-12-31", now=now)
    assert due() == ["2026-12-21", "2027-01-01"]
    run("calendar", "clear", "2026-12-24..2026-12-31", now=now)
    assert due() == ["2026-12-31", "2027-01-01"]  # "Tidy" keeps the date it was given


def test_saturday_worked_in_exchange_is_a_working_day(run: Run) -> None:
    run("config", "set", "calendar.country", "HU")
    days = run("calendar", "show", "--month", "2026-08", "--json").json
    found = {day["date"]: (day["weight"], day["why"]) for day in days["days"]}
    assert found["2026-08-08"] == (1, "makeup workday")
    assert found["2026-08-21"][0] == 0
    assert days["working_days"]["total"] == 20
    run("add", "Report every working day", now="2026-08-07T09:00")
    assert "Next: task 2, Sat 8 Aug" in run("task", "done", "1", now="2026-08-07T18:00").out
    blocks = run("today", "--json", now="2026-08-08T07:00").json
    assert blocks["working_weight"] == 1
    assert "calls" in {block["kind"] for block in blocks["blocks"]}
    run("config", "set", "calendar.country", "RU")
    days = run("calendar", "show", "--month", "2027-02", "--json").json["days"]
    assert [day["weight"] for day in days if day["date"] in ("2027-02-20", "2027-02-22", "2027-02-27")] == [1, 0, 0]
    run("config", "set", "calendar.country", "HU")
    run("calendar", "off", "2026-08-08", now="2026-08-07T18:00")
    assert run("today", "--json", now="2026-08-08T07:00").json["working_weight"] == 0


def test_country_with_regional_holidays_asks_for_the_region(run: Run) -> None:
    sentence = "Public holidays in GB differ by region. Set calendar.region to yours: ENG, NIR, SCT, WLS."
    assert sentence in run("config", "set", "calendar.country", "gb").err
    assert sentence in run("calendar", "show").err
    run("config", "set", "calendar.region", "SCT")
    assert run("calendar", "show").err == ""
    for country, says in (("US", True), ("DE", True), ("ES", True), ("AT", False), ("HU", False)):
        assert ("differ by region" in run("config", "set", "calendar.country", country).err) is says


def test_complaint_deadline_counts_working_days(run: Run) -> None:
    run("calendar", "off", "2026-11-23")
    run("complaint", "add", "late again", "--contact", "new: Kim", "--kind", "delivery", now="2026-11-21T10:00")
    assert "due Tue 24 Nov" in run("complaint", "list", now="2026-11-21T10:00").out


# First use


def test_nothing_counts_as_missed_before_the_first_use(run: Run) -> None:
    def told(now: str) -> dict[str, str | None]:
        today = {b["start"]: b["state"] for b in run("today", "--json", now=now).json["blocks"]}
        assert {b["start"]: b["state"] for b in run("day", "show", "--json", now=now).json["blocks"]} == today
        return today

    assert not {"missed", "short"} & set(told("2026-11-16T22:00").values())  # nothing is there yet
    run("plan", "set", "--month", "2026-11", "--quota", "700000", "--personal", "2x", now="2026-11-16T10:30")
    run("day", "open", now="2026-11-16T10:31")
    found = told("2026-11-16T19:30")
    assert (found["08:00"], found["08:30"]) == (None, None)
    assert [found[at] for at in ("13:00", "13:30", "18:00", "18:30")] == ["missed", None, "missed", "missed"]
    windows = run("mail", "status", "--json", now="2026-11-16T12:00").json
    assert [window["state"] for window in windows["windows"]] == ["closed"] * 3
    assert windows["adherence"] is None
    assert "before you started using planner" in run("day", "show", now="2026-11-16T12:30").out
    assert told("2026-11-17T09:00")["08:00"] == "missed"
    assert set(told("2026-11-17T07:00").values()) == {"planned"}


def test_meeting_frees_the_rest_of_a_meeting_block(run: Run) -> None:
    run("add", "x")
    run("meeting", "add", "Kim", "--at", "today 14:00", "--minutes", "60")
    lines = run("today", now=EVENING).out.splitlines()
    assert " · 13:30  Meetings  free" in lines
    assert " · 15:00  Meetings  free" in lines
    states = {b["start"]: b["state"] for b in run("today", "--json", now=EVENING).json["blocks"]}
    assert (states["13:30"], states["15:00"]) == (None, None)


# Weeks off in imported calendars


def ics(*events: str) -> str:
    """A calendar of events, whose lines are separated by bars."""
    parts = [
        "BEGIN:VEVENT\nUID:" + str(number) + "\n" + event.replace("|", "\n") + "\nEND:VEVENT"
        for number, event in enumerate(events)
    ]
    return "\n".join(["BEGIN:VCALENDAR", *parts, "END:VCALENDAR", ""])


WEEK_OFF = "SUMMARY:Urlaub|DTSTART;VALUE=DATE:20261224|DTEND;VALUE=DATE:20270101"


def test_all_day_event_suggests_days_off_until_the_rep_decides(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_text(ics(WEEK_OFF), encoding="utf-8")
    sentence = (
        "Urlaub (Thu 24 Dec to Thu 31 Dec) is all day in your calendar but still counts as working time. If "
        "you're off: "
        "planner calendar off 2026-12-24..2026-12-31\n"
    )
    assert sentence not in run("import", "calendar", str(file), "--dry-run").out
    assert run("import", "calendar", str(file)).out.endswith(sentence)
    assert sentence not in run("import", "calendar", str(file)).out  # the same file again
    december = run("calendar", "show", "--month", "2026-12", "--json")
    assert december.json["working_days"]["total"] == 23  # never changed silently
    assert sentence in december.err
    assert run("calendar", "show", "--month", "2026-11").err == ""
    run("calendar", "off", "2026-12-24..2026-12-31")
    december = run("calendar", "show", "--month", "2026-12", "--json")
    assert (december.json["working_days"]["total"], december.err) == (17, "")
    run("undo")
    run("calendar", "work", "2026-12-24")  # the rep has decided
    assert run("calendar", "show", "--month", "2026-12").err == ""


@pytest.mark.parametrize(
    ("event", "offered"),
    [
        (WEEK_OFF, "2026-12-24..2026-12-31"),
        (f"{WEEK_OFF}|X-MICROSOFT-CDO-BUSYSTATUS:OOF|TRANSP:TRANSPARENT", "2026-12-24..2026-12-31"),
        (f"{WEEK_OFF}|TRANSP:TRANSPARENT", None),
        (f"{WEEK_OFF}|X-MICROSOFT-CDO-BUSYSTATUS:FREE", None),
        ("SUMMARY:Off|DTSTART;VALUE=DATE:20261207", "2026-12-07"),
        ("SUMMARY:Off|DTSTART:20261207T000000|DTEND:20261210T000000", "2026-12-07..2026-12-09"),
        ("SUMMARY:Off|DTSTART;VALUE=DATE:20261207|RRULE:FREQ=DAILY;COUNT=5", "2026-12-07..2026-12-11"),
        ("SUMMARY:Home office|DTSTART;VALUE=DATE:20261120|RRULE:FREQ=WEEKLY;COUNT=9", None),
        ("SUMMARY:Home office|DTSTART;VALUE=DATE:20261120|RRULE:FREQ=WEEKLY", None),
        (
            "SUMMARY:Off|DTSTART;VALUE=DATE:20261114|DTEND;VALUE=DATE:20261119",
            "2026-11-16..2026-11-18",
        ),  # partly in the past
        ("SUMMARY:Over|DTSTART;VALUE=DATE:20261109|DTEND;VALUE=DATE:20261114", None),
        ("SUMMARY:Weekend|DTSTART;VALUE=DATE:20261121|DTEND;VALUE=DATE:20261123", None),
        ("SUMMARY:Project|DTSTART;VALUE=DATE:20261201|DTEND;VALUE=DATE:20270601", None),
        ("SUMMARY:Meeting|DTSTART:20261207T090000|DTEND:20261207T180000", None),
    ],
)
def test_which_events_suggest_days_off(run: Run, tmp_path: Path, event: str, offered: str | None) -> None:
    file = tmp_path / "a.ics"
    file.write_text(ics(event), encoding="utf-8")
    out = run("import", "calendar", str(file)).out
    if offered is None:
        assert "calendar off" not in out
    else:
        assert out.endswith(f"planner calendar off {offered}\n")


def test_days_off_suggestion_in_json(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_text(ics(WEEK_OFF), encoding="utf-8")
    assert run("import", "calendar", str(file), "--json").json["may_be_off"] == [
        {"title": "Urlaub", "from": "2026-12-24", "to": "2026-12-31"}
    ]
