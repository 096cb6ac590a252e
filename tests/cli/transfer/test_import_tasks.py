"""`planner import tasks` and `import events`, with small files in the real formats of other programs."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.domain.clients.people import Contact
from planner.domain.day.tasks import Due, Priority, Task, TaskState
from planner.domain.errors import InputError, PlannerError
from planner.domain.plan.goals import Horizon
from planner.domain.text import clean
from planner.domain.typed.recurrence import parse_repeat
from planner.domain.workdays import parse_month
from planner.exchange.transfer.records import Wanted
from planner.services import history
from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.plan import goals
from planner.services.transfer import exports, imports
from planner.services.transfer.import_preview import Preview
from planner.store.day import events as event_store
from tests.conftest import Run
from tests.scenes import context_at

FILES = Path(__file__).parent / "files"
TODOIST = (FILES / "todoist.csv").read_text(encoding="utf-8")
OUTLOOK = (FILES / "outlook-tasks.csv").read_text(encoding="utf-8")
TICKTICK = (FILES / "ticktick.csv").read_text(encoding="utf-8")
TASKWARRIOR: list[dict[str, Any]] = [
    {"id": 1, "description": "Call client", "due": "20261118T150000Z", "entry": "20261101T100000Z", "priority": "H",
     "project": "Sales.North", "status": "pending", "tags": ["phone"], "uuid": "f2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f",
     "urgency": 9, "annotations": [{"entry": "20261102T100000Z", "description": "wants a demo"}]},
    {"id": 0, "description": "Old one", "end": "20261105T100000Z", "entry": "20261001T100000Z", "status": "completed",
     "uuid": "a2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f"},
    {"id": 2, "description": "Report", "due": "20261102T080000Z", "recur": "weekly", "status": "recurring",
     "uuid": "b2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f"},
    {"id": 3, "description": "Report", "due": "20261102T080000Z", "recur": "weekly", "status": "pending",
     "parent": "b2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f", "uuid": "c2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f"},
    {"id": 4, "description": "Report", "due": "20261123T080000Z", "recur": "weekly", "status": "pending",
     "parent": "b2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f", "uuid": "d2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f"},
    {"id": 0, "description": "Gone", "status": "deleted", "uuid": "e2ef5bf8-0f4a-4b3c-8d39-8fd09d0f3f3f"},
]  # fmt: skip
GOOGLE: dict[str, Any] = {
    "kind": "tasks#taskLists",
    "items": [
        {"kind": "tasks#tasks", "id": "L1", "title": "Key accounts", "items": [
            {"id": "T1", "title": "Ring Ann Lee", "notes": "about renewal", "status": "needsAction",
             "created": "2026-11-01T10:00:00Z", "due": "2026-11-20T00:00:00Z", "task_type": "PERSONAL_TASK"},
            {"id": "T2", "title": "Done one", "status": "completed", "completed": "2026-11-10T09:00:00.000Z"},
            {"id": "T3", "title": "Scheduled", "status": "needsAction", "parent": "T1",
             "scheduled_time": [{"current": True, "start": "2026-11-21T00:00:00Z"}]},
        ]},
        {"kind": "tasks#tasks", "id": "L2", "title": "My Tasks", "items": [{"id": "T4", "title": "Plain"}]},
    ],
}  # fmt: skip
OUTLOOK_CALENDAR = (FILES / "outlook-calendar.csv").read_text(encoding="utf-8")
GOOGLE_CALENDAR = (FILES / "google-calendar.csv").read_text(encoding="utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Any:
    """Write a file: `file(text)` or `file(objects)`."""

    def write(found: Any, name: str = "") -> str:
        path = tmp_path / (name or ("theirs.csv" if isinstance(found, str) else "theirs.json"))
        path.write_text(found if isinstance(found, str) else json.dumps(found), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def rep(ctx: AppContext) -> AppContext:
    """A rep who knows Ann Lee, and a deal with her."""
    people.add(ctx, "Ann Lee", {"company": "Acme"})
    return ctx


def take(ctx: AppContext, path: str, kind: str = "tasks", **more: Any) -> Preview:
    asked = {each.name: more.pop(each.name) for each in fields(Wanted) if each.name in more}
    return imports.run(ctx, kind, path, Wanted(**asked), **more)


def listed(ctx: AppContext) -> dict[str, Task]:
    return {task.title: task for task in tasks.list_tasks(ctx, state=None)}


def ann(ctx: AppContext) -> Contact:
    return people.show(ctx, "Ann Lee").contact


def test_a_todoist_project(rep: AppContext, file: Any) -> None:
    found = take(rep, file(TODOIST))
    assert found.made == 5 and found.looks_like == "tasks"
    by_title = listed(rep)
    call = by_title["Call Ann Lee about the contract – Ask about seats, and price"]
    assert (call.due, call.priority, call.minutes) == (Due(date(2026, 11, 17), time(10)), Priority.A, 30)
    assert call.tags == ("phone", "urgent", "Renewals") and call.contact_id == ann(rep).id
    quote = by_title["Prepare quote – Use the new price list – part of “Call Ann Lee about the contract”"]
    assert (quote.due, quote.priority) == (None, None)
    report = by_title["Weekly report"]
    assert (report.every, report.due) == ("FREQ=WEEKLY;BYDAY=FR", Due(date(2026, 11, 20), time(16)))
    assert by_title["Something"].due is None and by_title["Ring back"].due == Due(date(2026, 11, 17))
    said = " ".join(found.reading.notices)
    assert "line 8: 'каждый день'" in said and "1 due date is in words such as “tomorrow”" in said


def test_outlook_tasks(rep: AppContext, file: Any) -> None:
    found = take(rep, file(OUTLOOK))
    assert (found.made, found.counts) == (3, {"open": 2, "done": 1})
    by_title = listed(rep)
    offer = by_title["Send offer – Two options and a discount"]
    assert (offer.due, offer.priority, offer.tags) == (Due(date(2026, 11, 20)), Priority.A, ("Sales", "Q4"))
    assert offer.contact_id == ann(rep).id
    paid = by_title["Pay invoice"]
    assert (paid.state, paid.done_on, paid.priority) == (TaskState.DONE, date(2026, 11, 9), None)
    assert by_title["Ask Bob – Bob Unknown, Nobody Ltd"].contact_id is None  # named, and nobody is created
    assert [each.contact.name for each in people.list_contacts(rep)] == ["Ann Lee"]
    assert any("Bob Unknown (line 5)" in said for said in found.reading.notices)


def test_ticktick_tasks_are_due_on_their_own_day(ctx: AppContext, file: Any) -> None:
    found = take(ctx, file(TICKTICK))
    assert (found.made, list(found.skipped.values())) == (2, [[10]])
    visit, sub = tasks.list_tasks(ctx, state=None)
    assert visit.title == "Visit Dongah – Bring samples"
    assert visit.due == Due(date(2026, 11, 18))  # midnight in Seoul
    assert (visit.every, visit.priority) == ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", Priority.A)
    assert visit.tags == ("Clients", "visit", "big")
    assert (sub.title, sub.state, sub.done_on) == ("Sub – part of “Visit Dongah”", TaskState.DONE, date(2026, 11, 2))


def test_a_taskwarrior_export(ctx: AppContext, file: Any) -> None:
    found = take(ctx, file(TASKWARRIOR))
    assert found.made == 4
    assert list(found.skipped.values()) == [[3], [6]]  # the template, and the deleted one
    call = listed(ctx)["Call client – wants a demo"]
    moment = datetime.fromisoformat("2026-11-18T15:00+00:00").astimezone()
    assert call.due == Due(moment.date(), moment.time()) and call.priority is Priority.A
    assert set(call.tags) == {"Sales.North", "phone"}
    reports = [task for task in tasks.list_tasks(ctx) if task.title == "Report"]
    assert [task.every for task in sorted(reports, key=lambda task: str(task.due))] == [None, "FREQ=WEEKLY"]


def test_google_tasks(rep: AppContext, file: Any) -> None:
    assert take(rep, file(GOOGLE)).made == 4
    by_title = listed(rep)
    ring = by_title["Ring Ann Lee – about renewal"]
    assert (ring.due, ring.tags, ring.contact_id) == (Due(date(2026, 11, 20)), ("Key-accounts",), ann(rep).id)
    assert by_title["Scheduled – part of “Ring Ann Lee”"].due == Due(date(2026, 11, 21))
    assert by_title["Done one"].state is TaskState.DONE and by_title["Plain"].tags == ()


@pytest.mark.parametrize("found", [TODOIST, OUTLOOK, TICKTICK, TASKWARRIOR, GOOGLE])
def test_a_second_import_adds_nothing_and_one_undo_takes_all_back(rep: AppContext, file: Any, found: Any) -> None:
    path = file(found)
    dry = take(rep, path, dry_run=True)
    assert listed(rep) == {}
    first = take(rep, path)
    assert (dry.made, dry.changed, dry.skipped) == (first.made, first.changed, first.skipped) and first.made
    before = history.changes(rep)
    again = take(rep, path)
    assert (again.made, again.changed, again.same) == (0, 0, first.made)
    assert history.changes(rep) == before
    history.undo(rep)
    assert listed(rep) == {}
    history.redo(rep)
    assert len(tasks.list_tasks(rep, state=None)) == first.made


def test_a_dry_run_needs_no_database(tmp_path: Path, file: Any) -> None:
    ctx = context_at(tmp_path / "new")
    assert take(ctx, file(TODOIST), dry_run=True).made == 5
    assert not ctx.database.exists()


def test_a_later_file_changes_what_is_new_in_it(ctx: AppContext, file: Any) -> None:
    head = "Task ID,Title,Due date,Priority,Status,Completed at\n"
    take(ctx, file(head + "1,Send offer,2026-11-20,High,Open,\n2,Call Kim,2026-11-18,Low,Open,\n3,Old,,,Open,\n"))
    offer, kim = (listed(ctx)[title] for title in ("Send offer", "Call Kim"))
    tasks.edit(ctx, offer.id, {"title": "Send the offer", "priority": Priority.B})
    found = take(
        ctx,
        file(
            head + "1,Send offer,2026-11-23,High,Open,\n2,Call Kim,2026-11-18,Low,Completed,2026-11-15\n"
            "3,Old,,,Canceled,\n"
        ),
    )
    assert (found.made, found.changed) == (0, 3)
    by_id = {task.id: task for task in tasks.list_tasks(ctx, state=None)}
    assert (by_id[offer.id].title, by_id[offer.id].priority) == ("Send the offer", Priority.B)  # the rep's own stay
    assert by_id[offer.id].due == Due(date(2026, 11, 23))
    assert (by_id[kim.id].state, by_id[kim.id].done_on) == (TaskState.DONE, date(2026, 11, 15))
    assert listed(ctx)["Old"].state is TaskState.DROPPED
    history.undo(ctx)
    assert {task.state for task in tasks.list_tasks(ctx, state=None)} == {TaskState.OPEN}


def test_without_an_id_a_completed_or_moved_task_is_still_the_same(ctx: AppContext, file: Any) -> None:
    head = "Title,Due date,Done,List\n"
    take(ctx, file(head + "Send offer,2026-11-20,no,Sales\nCall Kim,2026-11-18,no,Sales\n"))
    found = take(ctx, file(head + "Send offer,2026-11-27,no,Sales\nCall Kim,2026-11-18,yes,Sales\n"))
    assert (found.made, found.changed) == (0, 2)
    by_title = listed(ctx)
    assert by_title["Send offer"].due == Due(date(2026, 11, 27))
    assert by_title["Call Kim"].state is TaskState.DONE
    assert len(by_title) == 2


def test_a_task_that_is_here_already_is_not_doubled(ctx: AppContext, file: Any) -> None:
    tasks.add(ctx, "Send offer", due=Due(date(2026, 11, 20)))
    found = take(ctx, file("Title,Due date\nsend  offer,2026-11-20\nSend offer,2026-11-21\n"))
    assert (found.made, found.same) == (1, 1)


def test_a_list_named_like_a_goal_serves_it(ctx: AppContext, file: Any) -> None:
    goal = goals.add(ctx, "Key accounts", Horizon.MONTH)
    take(ctx, file("Title,List,Tags\nOne,key accounts,big\nTwo,Key people,\n"))
    assert (listed(ctx)["One"].goal_id, listed(ctx)["One"].tags) == (goal.id, ("big",))
    assert (listed(ctx)["Two"].goal_id, listed(ctx)["Two"].tags) == (None, ("Key-people",))


def test_a_deal_named_once_brings_its_contact(rep: AppContext, run: Run, file: Any) -> None:
    run("deal", "add", "Press", "--contact", "Ann Lee", "--value", "100")
    take(rep, file("Subject,Due date,Associated deal,Contact\nSend contract,2026-11-20,Press,\nAsk,,Nothing,\n"))
    sent = listed(rep)["Send contract"]
    assert (sent.deal_id, sent.contact_id) == (deals.list_deals(rep)[0].id, ann(rep).id)
    assert (listed(rep)["Ask"].deal_id, listed(rep)["Ask"].contact_id) == (None, None)


def test_a_name_that_several_have_links_nobody(rep: AppContext, file: Any) -> None:
    people.add(rep, "Ann Lee", {"company": "Other"}, force=True)
    found = take(rep, file("Subject,Contact\nCall back,Ann Lee\nWrite to Ann Lee,\n"))
    assert {task.contact_id for task in tasks.list_tasks(rep)} == {None}
    assert found.new_contacts == 0
    assert "merge" not in " ".join(found.reading.notices).lower()  # nobody was imported twice


def test_options_map_columns_words_and_defaults(ctx: AppContext, file: Any) -> None:
    path = file("What,Bis,Stufe,Extra\nOne,20.11.2026,sofort,x\nTwo,21.11.2026,,y\n")
    with pytest.raises(PlannerError, match="no column has the title of the tasks"):
        take(ctx, path)
    found = take(
        ctx, path, columns={"title": "What", "due": "Bis", "priority": "Stufe"},
        values={"priority": {"sofort": "a"}}, defaults={"tags": "later"}, where=[("Extra", "x")],
    )  # fmt: skip
    assert found.made == 1
    (task,) = tasks.list_tasks(ctx)
    assert (task.title, task.due, task.priority, task.tags) == ("One", Due(date(2026, 11, 20)), Priority.A, ("later",))
    with pytest.raises(InputError, match="Use one of: A, B, C, no priority"):
        take(ctx, path, values={"priority": {"sofort": "z"}})


def test_ambiguous_dates_are_asked_for(ctx: AppContext, file: Any) -> None:
    path = file("Title,Due date\nOne,03/04/2027\nTwo,05/06/2027\n")
    with pytest.raises(PlannerError, match="can be read two ways"):
        take(ctx, path)
    take(ctx, path, dates="dmy")
    assert listed(ctx)["One"].due == Due(date(2027, 4, 3))


def test_notes_of_any_length_fit_and_what_is_cut_is_said(ctx: AppContext, file: Any) -> None:
    found = take(ctx, file(f"Title,Notes\nOne,{'word ' * 500}\n"))
    (task,) = tasks.list_tasks(ctx)
    assert len(task.title) == 500 and task.title.endswith("…")
    assert any("Cut 1 task's text to 500 characters (line 2)" in said for said in found.reading.notices)
    history.undo(ctx)
    take(ctx, file(f"Title,Notes\nOne,{'word ' * 500}\n"), columns={"notes": ""})
    assert [task.title for task in tasks.list_tasks(ctx)] == ["One"]


def test_a_done_task_without_a_day_is_none_of_todays_work(ctx: AppContext, file: Any) -> None:
    take(ctx, file("Title,Done,Due date\nOne,yes,\nTwo,yes,2026-11-02\nThree,yes,2026-12-24\n"))
    assert {task.title: task.done_on for task in tasks.list_tasks(ctx, state=TaskState.DONE)} == {
        "One": date(2026, 11, 15), "Two": date(2026, 11, 2), "Three": date(2026, 11, 15),
    }  # fmt: skip


def test_a_workbook_and_a_list_of_tasks_as_json(ctx: AppContext, run: Run, file: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Task", "Due date", "Priority"])
    sheet.append(["Send offer", datetime(2026, 11, 20), "High"])
    book.save(tmp_path / "tasks.xlsx")
    assert take(ctx, str(tmp_path / "tasks.xlsx")).made == 1
    (task,) = tasks.list_tasks(ctx)
    assert (task.due, task.priority) == (Due(date(2026, 11, 20)), Priority.A)
    again = take(ctx, file(run("task", "list", "--all", "--json").json, "ours.json"))
    assert (again.made, again.changed, again.same) == (0, 0, 1)


@pytest.mark.parametrize("ending", exports.ENDINGS["tasks"])
def test_an_export_of_tasks_comes_into_another_database(rep: AppContext, tmp_path: Path, ending: str) -> None:
    tasks.add(rep, "=Send offer", due=Due(date(2026, 11, 20), time(15)), priority=Priority.A, minutes=30, contact="1",
              tags=["fair", "a,b"])  # fmt: skip
    tasks.add(rep, "Check stock", every="FREQ=WEEKLY;BYDAY=FR")
    done = tasks.add(rep, "Done")
    tasks.complete(rep, done.id)
    ready = exports.prepare(rep, "tasks", str(tmp_path / f"ours{ending}"))
    exports.write(rep, ready)
    other = context_at(tmp_path / "other")
    people.add(other, "Ann Lee", {"company": "Acme"})
    assert take(other, ready.path).made == 3
    ours, theirs = listed(rep), listed(other)
    for title, task in ours.items():
        same = ("due", "priority", "state", "done_on", "minutes", "tags", "every", "contact_id", "series_start")
        assert [getattr(theirs[title], name) for name in same] == [getattr(task, name) for name in same]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(lambda text: bool(clean(text))),
            st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
            st.sampled_from([None, *Priority]),
            st.sampled_from([None, "weekday", "2 weeks after done", "FREQ=MONTHLY;BYMONTHDAY=-1;INTERVAL=1"]),
        ),
        min_size=1, max_size=4,
    ),
    st.sampled_from(exports.ENDINGS["tasks"]),
)  # fmt: skip
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_task_is_its_export_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[Any], ending: str
) -> None:
    folder = tmp_path_factory.mktemp("base")
    ctx = context_at(folder)
    for title, day, priority, every in wanted:
        repeat = None if every is None else parse_repeat(every)
        tasks.add(ctx, title, due=None if day is None else Due(day), priority=priority, every=repeat)
    path = folder / f"ours{ending}"
    exports.write(ctx, exports.prepare(ctx, "tasks", str(path)))
    found = take(ctx, str(path))
    assert (found.made, found.changed, found.skipped, found.same) == (0, 0, {}, len(wanted))


def test_an_edited_export_changes_what_was_edited(rep: AppContext, tmp_path: Path) -> None:
    tasks.add(rep, "Send offer", due=Due(date(2026, 11, 20)))
    tasks.add(rep, "Call")
    path = tmp_path / "ours.csv"
    exports.write(rep, exports.prepare(rep, "tasks", str(path)))
    path.write_text(path.read_text(encoding="utf-8-sig").replace("2026-11-20", "2026-11-24"), encoding="utf-8")
    found = take(rep, str(path))
    assert (found.made, found.changed, found.same) == (0, 1, 1)
    assert listed(rep)["Send offer"].due == Due(date(2026, 11, 24))


def test_the_command_says_what_comes_in(run: Run, file: Any) -> None:
    out = run("import", "tasks", file(TODOIST), "--dry-run").out
    assert "imports        5 new tasks\n" in out and "tasks          5 open, 1 repeating\n" in out
    assert "  line 4         Call Ann Lee about the contract – Ask about seats, and price  Tue 17 Nov 10:00  A  " in out
    assert "This was a dry run" in out
    found = run("import", "tasks", file(OUTLOOK), "--json").json
    assert (found["made"], found["counts"], found["new_contacts"]) == (3, {"open": 2, "done": 1}, 0)
    assert "Nothing new in this file" in run("import", "tasks", file(OUTLOOK)).out
    assert run("undo").out == "Undid: imported 3 tasks from theirs.csv\n"
    assert run("import", "tasks", file("a\n1\n"), code=1).err
    assert "No calendar" not in run("import", "tasks", "/nowhere.csv", code=1).err


# events


def meetings_of(ctx: AppContext) -> dict[str, tuple[str, str, bool, bool, str]]:
    period = parse_month("2026-11"), parse_month("2026-12")
    with ctx.database.read() as reads:
        rows = event_store.times_between(reads, period[0].first, period[1].last)
    return {
        title: (f"{t.local()[0]:%d %H:%M}", f"{t.local()[1]:%d %H:%M}", t.all_day, t.busy, place)
        for _, title, place, t in rows
    }


def test_events_of_outlook_and_google(ctx: AppContext, file: Any) -> None:
    found = take(ctx, file(OUTLOOK_CALENDAR), "events")
    assert (found.made, found.looks_like) == (3, "events")
    assert meetings_of(ctx) == {
        "Demo Acme": ("17 14:00", "17 15:30", False, True, "Berlin, room 5"),
        "Fair": ("23 00:00", "25 00:00", True, False, ""),
        "Maybe (tentative)": ("18 09:00", "18 10:00", False, True, ""),
    }
    history.undo(ctx)
    assert meetings_of(ctx) == {}
    take(ctx, file(GOOGLE_CALENDAR), "events")
    assert meetings_of(ctx) == {
        "Final talk": ("27 10:00", "27 13:00", False, True, "Room 5"),
        "Trip": ("30 00:00", "02 00:00", True, True, ""),  # its last day is written, not the midnight after
    }


@pytest.mark.parametrize("found", [OUTLOOK_CALENDAR, GOOGLE_CALENDAR])
def test_events_come_in_once(ctx: AppContext, file: Any, found: str) -> None:
    path = file(found)
    dry = take(ctx, path, "events", dry_run=True)
    first = take(ctx, path, "events")
    assert first.made == dry.made > 0
    again = take(ctx, path, "events")
    assert (again.made, again.changed, again.same) == (0, 0, first.made)
    later = take(ctx, file(found.replace("Demo", "DEMO").replace("Room 5", "Room 6")), "events")
    assert later.made + later.changed == 1 or found is OUTLOOK_CALENDAR


def test_an_event_of_another_calendar_is_not_doubled(ctx: AppContext, run: Run, file: Any) -> None:
    ics = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Demo Acme\nDTSTART:20261117T140000\nDTEND:20261117T153000\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    run("import", "calendar", file(ics, "one.ics"))
    found = take(ctx, file(OUTLOOK_CALENDAR), "events")
    assert (found.made, found.same) == (2, 1)


def test_an_event_with_a_contact_is_a_meeting_with_them(rep: AppContext, file: Any) -> None:
    take(rep, file("Title,Start,End,Contact\nDemo,2026-11-17 14:00,2026-11-17 15:00,Ann Lee\n"), "events")
    with rep.database.read() as reads:
        (row,) = reads.execute("SELECT contact_id FROM event").fetchall()
    assert row == (ann(rep).id,)


@pytest.mark.parametrize(
    ("row", "end"),
    [
        ("2026-11-17,14:00,2026-11-17,15:00", "17 15:00"),
        ("2026-11-17,22:00,,01:00", "18 01:00"),  # past midnight
        ("2026-11-17 14:00,,2026-11-17 15:00,", "17 15:00"),
        ("2026-11-17,,,", "18 00:00"),  # a whole day
        ("2026-11-17,14:00,,", "17 14:00"),
    ],
)
def test_ends_as_files_write_them(ctx: AppContext, file: Any, row: str, end: str) -> None:
    take(ctx, file(f"Title,Start Date,Start Time,End Date,End Time\nDemo,{row}\n"), "events")
    assert meetings_of(ctx)["Demo"][1] == end


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-11-17,14:00,2026-11-16,15:00", "line 2: it ends before it starts"),
        ("2026-13-17,14:00,,", "line 2: '2026-13-17 14:00' isn't a valid date"),
        ("2026-11-17,25:00,,", "line 2"),
    ],
)
def test_a_broken_event_is_named_by_its_line(ctx: AppContext, file: Any, row: str, said: str) -> None:
    with pytest.raises(PlannerError, match=said):
        take(ctx, file(f"Title,Start Date,Start Time,End Date,End Time\nDemo,{row}\n"), "events")
