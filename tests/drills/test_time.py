"""Days, streaks and promises across clock changes, a trip between two days, and a clock that is set back."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.conftest import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="TZ")


def count(run: Run, *words: str, now: str, **env: str) -> Any:
    return run("log", "dial", *words, now=now, **env)


@pytest.mark.parametrize(
    ("zone", "before", "day", "hours"),
    [
        ("Europe/Berlin", "2026-10-24", "2026-10-25", ("01:30", "02:30", "03:30")),  # an hour that occurs twice
        ("Europe/Berlin", "2027-03-27", "2027-03-28", ("01:30", "02:30", "03:30")),  # an hour that is skipped
        ("Australia/Lord_Howe", "2026-10-03", "2026-10-04", ("01:45", "02:15", "02:45")),  # a half-hour change
        ("America/New_York", "2026-10-31", "2026-11-01", ("00:30", "01:30", "23:30")),
    ],
)
def test_calls_count_on_the_local_day(run: Run, zone: str, before: str, day: str, hours: tuple[str, ...]) -> None:
    count(run, "--count", "2", now=f"{before}T23:59", TZ=zone)
    for hour in hours:
        count(run, now=f"{day}T{hour}", TZ=zone)
    logged = {
        each: run("log", "list", "--date", each, "--json", now=f"{day}T23:59", TZ=zone).json for each in (before, day)
    }
    assert sum(row["count"] for row in logged[before]) == 2
    assert sum(row["count"] for row in logged[day]) == 3
    assert "pages       intact" in run("doctor", now=f"{day}T23:59", TZ=zone).out


def test_travel_moves_neither_calls_nor_promises(run: Run) -> None:
    run("contact", "add", "Kim", now="2026-11-16T08:00", TZ="Asia/Seoul")
    run(
        "promise",
        "add",
        "price list",
        "--due",
        "tue 10:00",
        "--contact",
        "Kim",
        now="2026-11-16T08:00",
        TZ="Asia/Seoul",
    )
    count(run, "--count", "40", now="2026-11-16T20:00", TZ="Asia/Seoul")
    # fourteen hours back, where it is still Monday morning
    count(run, "--count", "3", now="2026-11-16T09:00", TZ="America/New_York")
    count(run, "--count", "30", now="2026-11-17T09:00", TZ="America/New_York")
    late = {"now": "2026-11-17T22:00", "TZ": "America/New_York"}
    assert sum(row["count"] for row in run("log", "list", "--date", "2026-11-16", "--json", **late).json) == 43
    assert sum(row["count"] for row in run("log", "list", "--date", "2026-11-17", "--json", **late).json) == 30
    assert run("promise", "list", "--json", **late).json[0]["due"] == "2026-11-17T10:00"
    kept = run("promise", "kept", "1", now="2026-11-17T09:30", TZ="America/New_York").out
    assert "late" not in kept
    assert "pages       intact" in run("doctor", **late).out


def test_setting_the_clock_back_loses_nothing(run: Run) -> None:
    for day in ("16", "17", "18"):
        run("day", "open", now=f"2026-11-{day}T08:00")
        count(run, "--count", "5", now=f"2026-11-{day}T10:00")
        run("day", "close", "--without-list", now=f"2026-11-{day}T19:00")
    count(run, now="2026-11-17T11:00")  # the clock fell back a day
    count(run, now="2026-11-18T20:00")  # and was put right
    found = [
        run("log", "list", "--date", f"2026-11-{day}", "--json", now="2026-11-18T21:00").json for day in (16, 17, 18)
    ]
    assert [sum(row["count"] for row in rows) for rows in found] == [5, 6, 6]
    days = run("day", "show", "--date", "2026-11-16", "--to", "2026-11-18", "--json", now="2026-11-18T21:00").json
    assert len(days) == 3 and all(each["opened_at"] for each in days)
    assert run("undo", now="2026-11-18T21:00").out.startswith("Undid")
    assert "pages       intact" in run("doctor", now="2026-11-18T21:00").out


def test_month_end_recurs_at_month_end(run: Run) -> None:
    run("add", "Report", "every", "month", "end", now="2027-01-29T08:00")
    seen = []
    for month, day in (("01", "31"), ("02", "28"), ("03", "31"), ("04", "30")):
        now = f"2027-{month}-{day}T10:00"
        row = next(each for each in run("task", "list", "--json", now=now).json if each["title"] == "Report")
        seen.append(row["due"])
        run("task", "done", str(row["id"]), now=now)
    assert seen == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]
