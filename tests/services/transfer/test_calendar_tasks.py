"""The tasks of a calendar (VTODO): what they say, as they change, and what is broken in them."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.day.tasks import Due, Priority, Task, TaskState
from planner.domain.workdays import Period
from planner.exchange.day import ics
from planner.services import history
from planner.services.clients import people
from planner.services.context import AppContext
from planner.services.day import events, tasks
from planner.services.transfer import imports
from planner.services.transfer.imports import Wanted
from tests.conftest import Run
from tests.scenes import context_at

REACH = Period(date(2026, 11, 1), date(2026, 12, 31))
FULL = """UID:t-1
SUMMARY:Send the renewal to Ann Lee
DESCRIPTION:Two lines\\nof text
DUE;VALUE=DATE:20261120
PRIORITY:1
STATUS:NEEDS-ACTION
CATEGORIES:Sales,Key account
RRULE:FREQ=MONTHLY;BYMONTHDAY=20"""


def calendar(*todos: str, more: str = "") -> str:
    parts = "".join(f"BEGIN:VTODO\n{todo}\nEND:VTODO\n" for todo in todos)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{parts}{more}END:VCALENDAR\n"


def take(ctx: AppContext, tmp_path: Path, text: str, name: str = "todos.ics") -> events.Preview:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return events.import_calendar(ctx, str(path))


def listed(ctx: AppContext) -> list[Task]:
    return tasks.list_tasks(ctx, state=None)


def test_a_todo_with_everything(ctx: AppContext, tmp_path: Path) -> None:
    ann = people.add(ctx, "Ann Lee", {})
    take(ctx, tmp_path, calendar(FULL, "UID:t-2\nSUMMARY:Ask Kim\nRELATED-TO:t-1\nPRIORITY:7\nDURATION:PT30M"))
    ask, send = sorted(listed(ctx), key=lambda task: task.title)
    assert send.title == "Send the renewal to Ann Lee – Two lines of text"
    assert (send.due, send.priority, send.contact_id) == (Due(date(2026, 11, 20)), Priority.A, ann.id)
    assert (send.tags, send.every) == (("Sales", "Key-account"), "FREQ=MONTHLY;BYMONTHDAY=20")
    assert ask.title == "Ask Kim – part of “Send the renewal to Ann Lee”"
    assert (ask.priority, ask.due) == (Priority.C, None)


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("DUE:20261120T150000", Due(date(2026, 11, 20), time(15))),  # no zone: local
        ("DUE;VALUE=DATE:20261120", Due(date(2026, 11, 20))),
        ("DUE:20261120", Due(date(2026, 11, 20))),  # a date that doesn't say that it is one
        ("DUE;TZID=Asia/Seoul:20261120T000000", Due(date(2026, 11, 20))),  # a whole day, there as here
        ("DUE;TZID=Nowhere/City:20261120T150000", Due(date(2026, 11, 20), time(15))),
        ("DUE;VALUE=DATE-TIME:20261120T235900", Due(date(2026, 11, 20))),
        ("DTSTART;VALUE=DATE:20261118", Due(date(2026, 11, 18))),  # without a DUE, the start
        ("DTSTART:20261118T100000\nDURATION:PT2H", Due(date(2026, 11, 18), time(12))),
        ("DTSTART;VALUE=DATE:20261118\nDURATION:P2D", Due(date(2026, 11, 19))),
        ("DUE:someday", None),
        ("DUE:20261399", None),
        ("DUE:", None),
        ("DUE:someday\nDTSTART:20261118\nCOMPLETED:never", Due(date(2026, 11, 18))),
        ("DUE:99990101T000000", None),
        ("DUE:20261120T150000\nDUE:20261121T150000", Due(date(2026, 11, 20), time(15))),
    ],
)
def test_a_due_date_in_any_form(ctx: AppContext, tmp_path: Path, line: str, due: Due | None) -> None:
    take(ctx, tmp_path, calendar(f"UID:1\nSUMMARY:Call\n{line}"))
    (task,) = listed(ctx)
    assert (task.title, task.due) == ("Call", due)


def test_a_zone_is_converted_to_local_time(ctx: AppContext, tmp_path: Path) -> None:
    take(ctx, tmp_path, calendar("UID:1\nSUMMARY:Call\nDUE;TZID=America/New_York:20261120T090000"))
    local = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("America/New_York")).astimezone()
    assert listed(ctx)[0].due == Due(local.date(), local.time())


@pytest.mark.parametrize(
    ("lines", "state", "done_on"),
    [
        ("STATUS:COMPLETED\nCOMPLETED:20261110T120000Z", TaskState.DONE, date(2026, 11, 10)),
        ("COMPLETED:20261110T120000Z", TaskState.DONE, date(2026, 11, 10)),
        ("PERCENT-COMPLETE:100", TaskState.DONE, date(2026, 11, 15)),
        ("PERCENT-COMPLETE:50\nSTATUS:IN-PROCESS", TaskState.OPEN, None),
        ("STATUS:WHATEVER", TaskState.OPEN, None),
    ],
)
def test_what_is_done(ctx: AppContext, tmp_path: Path, lines: str, state: TaskState, done_on: date | None) -> None:
    take(ctx, tmp_path, calendar(f"UID:1\nSUMMARY:Call\n{lines}"))
    (task,) = listed(ctx)
    assert (task.state, task.done_on) == (state, done_on)


def test_it_is_followed_by_its_uid(ctx: AppContext, tmp_path: Path) -> None:
    take(ctx, tmp_path, calendar(FULL))
    again = take(ctx, tmp_path, calendar(FULL))
    assert again.tasks is not None and (again.tasks.made, again.tasks.same, again.news) == (0, 1, False)
    take(ctx, tmp_path, calendar(FULL.replace("20261120", "20261125").replace("PRIORITY:1", "PRIORITY:5")))
    (task,) = listed(ctx)
    assert (task.due, task.priority) == (Due(date(2026, 11, 25)), Priority.B)
    take(ctx, tmp_path, calendar(FULL.replace("NEEDS-ACTION", "COMPLETED\nCOMPLETED:20261115T120000Z")))
    (task,) = listed(ctx)
    assert (task.state, task.done_on) == (TaskState.DONE, date(2026, 11, 15))
    history.undo(ctx)
    assert listed(ctx)[0].state is TaskState.OPEN
    take(ctx, tmp_path, calendar(FULL.replace("NEEDS-ACTION", "CANCELLED")))
    assert listed(ctx)[0].state is TaskState.DROPPED


def test_what_the_rep_did_here_stays(ctx: AppContext, tmp_path: Path) -> None:
    take(ctx, tmp_path, calendar("UID:1\nSUMMARY:Call\nDUE;VALUE=DATE:20261120"))
    tasks.complete(ctx, listed(ctx)[0].id)
    take(ctx, tmp_path, calendar("UID:1\nSUMMARY:Call them\nDUE;VALUE=DATE:20261120"))
    (task,) = listed(ctx)
    assert (task.title, task.state) == ("Call them", TaskState.DONE)


def test_of_a_folder_what_is_gone_is_dropped(ctx: AppContext, tmp_path: Path) -> None:
    folder = tmp_path / "vdir"
    folder.mkdir()
    (folder / "displayname").write_text("Mine")
    for number in (1, 2):
        (folder / f"{number}.ics").write_text(calendar(f"UID:{number}\nSUMMARY:Task {number}"))
    events.import_calendar(ctx, str(folder))
    (folder / "2.ics").write_text("BEGIN:VCALENDAR\n")  # half written: nothing is known to be gone
    events.import_calendar(ctx, str(folder))
    assert {task.state for task in listed(ctx)} == {TaskState.OPEN}
    (folder / "2.ics").unlink()
    preview = events.import_calendar(ctx, str(folder))
    assert preview.tasks is not None and preview.tasks.counts == {"dropped": 1}
    assert {task.title: task.state for task in listed(ctx)} == {"Task 1": TaskState.OPEN, "Task 2": TaskState.DROPPED}
    (folder / "1.ics").write_text(calendar())
    events.import_calendar(ctx, str(folder))
    assert {task.state for task in listed(ctx)} == {TaskState.DROPPED}
    history.undo(ctx)
    assert {task.title: task.state for task in listed(ctx)} == {"Task 1": TaskState.OPEN, "Task 2": TaskState.DROPPED}


def test_of_a_single_file_what_is_missing_stays(ctx: AppContext, tmp_path: Path) -> None:
    take(ctx, tmp_path, calendar("UID:1\nSUMMARY:One", "UID:2\nSUMMARY:Two"))
    take(ctx, tmp_path, calendar("UID:1\nSUMMARY:One"))
    assert {task.state for task in listed(ctx)} == {TaskState.OPEN}


def test_a_rule_planner_has_not_is_said_and_the_task_comes_once(ctx: AppContext, tmp_path: Path) -> None:
    found = take(ctx, tmp_path, calendar("UID:1\nSUMMARY:Call\nDUE;VALUE=DATE:20261120\nRRULE:FREQ=HOURLY"))
    assert listed(ctx)[0].every is None
    assert any("1 repeat rule that planner can't read or use" in said for said in found.notices)


def test_without_a_uid_it_is_known_by_title_and_day(ctx: AppContext, tmp_path: Path) -> None:
    text = calendar("SUMMARY:Call\nDUE;VALUE=DATE:20261120", "SUMMARY:Call\nDUE;VALUE=DATE:20261121")
    take(ctx, tmp_path, text)
    take(ctx, tmp_path, text)
    assert len(listed(ctx)) == 2


def test_of_several_editions_the_newest_counts_and_of_a_series_its_rule(ctx: AppContext, tmp_path: Path) -> None:
    take(
        ctx,
        tmp_path,
        calendar(
            "UID:1\nSUMMARY:New\nSEQUENCE:2", "UID:1\nSUMMARY:Old\nSEQUENCE:1",
            "UID:2\nSUMMARY:Weekly\nDTSTART:20261116T090000\nRRULE:FREQ=WEEKLY",
            "UID:2\nSUMMARY:Weekly\nRECURRENCE-ID:20261116T090000\nSTATUS:COMPLETED",
        ),
    )  # fmt: skip
    assert sorted(task.title for task in listed(ctx)) == ["New", "Weekly"]


def test_tasks_alone_come_from_a_calendar_too(ctx: AppContext, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "both.ics"
    path.write_text(calendar(FULL, more="BEGIN:VEVENT\nUID:e\nSUMMARY:Demo\nDTSTART:20261117T090000\nEND:VEVENT\n"))
    out = run("import", "tasks", str(path)).out
    assert "1 new task" in out and "columns" not in out
    assert "1 already in planner" in run("import", "calendar", str(path)).out
    assert imports.run(ctx, "tasks", str(path), Wanted()).same == 1
    found = run("import", "calendar", str(path), "--json").json
    assert (found["same"], found["tasks"]) == (1, {"made": 0, "changed": 0, "same": 1})


LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)
NAMES = st.sampled_from(
    ["UID", "SUMMARY", "DUE", "DTSTART", "DURATION", "COMPLETED", "PRIORITY", "STATUS", "PERCENT-COMPLETE", "RRULE",
     "CATEGORIES", "RELATED-TO", "DESCRIPTION", "RECURRENCE-ID", "SEQUENCE", "DUE;VALUE=DATE", "DUE;TZID=x", "X-Y"]
)  # fmt: skip


@given(st.lists(st.tuples(NAMES, LINE), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_line_loses_the_others(tmp_path: Path, lines: list[tuple[str, str]]) -> None:
    """Whatever a to-do says, the one beside it comes in."""
    path = tmp_path / "hostile.ics"
    hostile = "\n".join(f"{name}:{text}" for name, text in lines)
    path.write_text(calendar(hostile, "UID:the-other\nSUMMARY:Call"), encoding="utf-8")
    found = ics.read_tasks(str(path), REACH)
    assert "the-other" in [todo.cells[0] for todo in found.todos]


def test_real_calendars_keep_their_tasks(tmp_path: Path) -> None:
    """A calendar of 2003 with tasks between its events, and RFC 5545's own example."""
    ctx = context_at(tmp_path / "base")
    take(
        ctx,
        tmp_path,
        calendar(
            "DTSTART;TZID=Australia/Sydney:20031018T000000\nSTATUS:COMPLETED\nSUMMARY:$35 Metro: tickets $35\n"
            "UID:1E2C09FC-FBA7-11D7-B98C-000A958D1EFE\nSEQUENCE:2\nDTSTAMP:20031018T164749Z\n"
            "COMPLETED:20031018T140000Z",
            "DTSTAMP:19980130T134500Z\nSEQUENCE:2\nUID:uid4@example.com\nORGANIZER:mailto:unclesam@example.com\n"
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:jqpublic@example.com\nDUE:19980415T000000\nSTATUS:NEEDS-ACTION\n"
            "SUMMARY:Submit Income Taxes\nBEGIN:VALARM\nACTION:AUDIO\nTRIGGER;VALUE=DATE-TIME:19980403T120000Z\n"
            "REPEAT:4\nDURATION:PT1H\nEND:VALARM",
        ),
    )
    assert {task.title: (task.due, task.state) for task in listed(ctx)} == {
        "$35 Metro: tickets $35": (Due(date(2003, 10, 18)), TaskState.DONE),
        "Submit Income Taxes": (Due(date(1998, 4, 15)), TaskState.OPEN),
    }
