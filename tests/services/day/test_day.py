"""The day through its services: blocks, calendars, the calling list, opening and closing, days that turn late."""

from __future__ import annotations

import os
import time as clock_time
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from planner.domain.calls.activity_log import Activity
from planner.domain.calls.calling_list import Filters
from planner.domain.day.blocks import Block, DayBlock
from planner.domain.day.day import CloseWords
from planner.domain.day.tasks import Due, Priority
from planner.domain.errors import InputError, ProtectedTime, StateError, WouldDrop
from planner.domain.plan.goals import Horizon, Metric
from planner.domain.typed.recurrence import parse_repeat
from planner.domain.typed.task_line import parse_line
from planner.domain.workdays import Period
from planner.services import history
from planner.services.calls import activity_log, calling_list, custom_lists
from planner.services.calls.calling_list import Built
from planner.services.clients import deals, people
from planner.services.context import AppContext
from planner.services.day import blocks, day, evening, events, morning, snapshot, tasks, week
from planner.services.day.today_store import Today, TodayStore
from planner.services.plan import goals
from tests.scenes import CALENDAR, NOW, context_at, move_clock, typical

MONDAY = NOW.date()


def states(ctx: AppContext, on: date = MONDAY) -> dict[str, str | None]:
    """The states of a day's blocks by start and name."""
    return {f"{p.first // 60:02}:{p.first % 60:02} {p.title or p.kind}": state for p, state in day.log(ctx, on).pieces}


def read(ctx: AppContext) -> Today:
    """Today as the screen sees it."""
    live = TodayStore(ctx)
    try:
        return live.read()
    finally:
        live.close()


def block(ctx: AppContext, which: str, on: date = MONDAY) -> DayBlock:
    """A block of a day."""
    return blocks.find(blocks.read(ctx, on).blocks, which, ctx.now())


def person(ctx: AppContext, name: str, phone: str, **more: object) -> None:
    """A contact with a phone number."""
    people.add(ctx, name, {"phones": [phone], **more})


def log(ctx: AppContext, moment: datetime, kind: str, **more: object) -> None:
    """Log something at a moment."""
    move_clock(ctx, moment)
    activity_log.log(ctx, kind, **more)  # type: ignore[arg-type]


def test_blocks_changed_for_a_day_leave_the_week_alone(ctx: AppContext) -> None:
    tasks.add(ctx, "x")
    blocks.move(ctx, MONDAY, block(ctx, "calls"), 9 * 60, 12 * 60 + 30)
    assert str(block(ctx, "rest").block) == "Break 12:30–13:00"
    assert str(block(ctx, "calls").block) == "Calls 09:00–12:30"
    assert str(block(ctx, "calls", MONDAY + timedelta(days=1)).block) == "Calls 08:30–12:00"
    blocks.drop(ctx, MONDAY, block(ctx, "learning"))
    assert states(ctx)["19:15 learning"] == "dropped"
    assert history.undo(ctx) == "dropped block: Learning 19:15–20:00"
    assert states(ctx)["19:15 learning"] == "planned"
    blocks.restore(ctx, MONDAY)
    assert str(block(ctx, "rest").block) == "Break 12:00–13:00"


def test_block_may_be_split_or_moved_by_another(ctx: AppContext) -> None:
    blocks.add(ctx, MONDAY, Block(time(9), time(10), "own", "dentist"))
    plan = blocks.add(ctx, MONDAY, Block(time(13), time(13, 30), "own", "errand"))
    assert plan.gave_way == ("Email moved to 13:30", "Meetings shortened to 14:00–16:30")
    found = [(str(each.block), each.dropped) for each in blocks.read(ctx, MONDAY).blocks]
    assert found[:5] == [
        ("Email 08:00–08:30", False),
        ("Calls 08:30–09:00", False),
        ("dentist 09:00–10:00", False),
        ("Calls 10:00–12:00", False),
        ("Break 12:00–13:00", False),
    ]
    assert found[5:8] == [("errand 13:00–13:30", False), ("Email 13:30–14:00", False), ("Meetings 14:00–16:30", False)]
    history.undo(ctx)
    assert "Email 13:00–13:30" in [str(each.block) for each in blocks.read(ctx, MONDAY).blocks]


def test_block_without_room_is_dropped_only_on_request_and_restored(ctx: AppContext) -> None:
    tasks.add(ctx, "x")
    before = blocks.read(ctx, MONDAY).blocks
    with pytest.raises(WouldDrop):
        blocks.add(ctx, MONDAY, Block(time(8, 30), time(12), "own", "fair"))
    assert blocks.read(ctx, MONDAY).blocks == before
    plan = blocks.add(ctx, MONDAY, Block(time(8, 30), time(12), "own", "fair"), drop=True)
    assert plan.gave_way == ("Calls 08:30 dropped",)
    dropped = block(ctx, "calls")
    with pytest.raises(WouldDrop):
        blocks.take_back(ctx, MONDAY, dropped)
    assert blocks.take_back(ctx, MONDAY, dropped, drop=True).gave_way == ("fair 08:30 dropped",)


def test_block_cannot_move_into_family_time(ctx: AppContext) -> None:
    with pytest.raises(InputError, match="protected"):
        blocks.move(ctx, MONDAY, block(ctx, "learning"), 20 * 60 + 30, 21 * 60 + 15)
    assert str(block(ctx, "learning").block) == "Learning 19:15–20:00"


def test_tasks_in_protected_time_need_force(ctx: AppContext) -> None:
    evening = Due(MONDAY, time(21))
    with pytest.raises(ProtectedTime, match=r"falls in family time \(20:45–22:15\), which is protected"):
        tasks.add(ctx, "late", due=evening)
    with pytest.raises(ProtectedTime, match="sleep"):
        tasks.add(ctx, "early", due=Due(MONDAY + timedelta(days=1), time(5)))
    late = tasks.add(ctx, "late", due=evening, force=True)
    with pytest.raises(ProtectedTime):
        tasks.snooze(ctx, late.id, Due(MONDAY + timedelta(days=1), time(21)))
    assert tasks.snooze(ctx, late.id, Due(MONDAY + timedelta(days=1))).due == Due(MONDAY + timedelta(days=1))


def test_a_full_day(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 7, 55))
    goals.add(ctx, "Cold calls", Horizon.MONTH, metric=Metric.DIALS, target=Decimal(1100), starts=date(2026, 11, 1))
    opened = day.open_day(ctx)
    assert opened.targets is not None
    assert opened.targets["dials"].target == 69, "under the cap"
    log(ctx, datetime(2026, 11, 16, 8, 20), "email")
    for minute in range(0, 200, 2):
        log(ctx, datetime(2026, 11, 16, 8, 31) + timedelta(minutes=minute), "dial", outcome="no-answer")
    log(ctx, datetime(2026, 11, 16, 14, 10), "meeting-held", minutes=60)
    log(ctx, datetime(2026, 11, 16, 17), "dial")
    move_clock(ctx, datetime(2026, 11, 16, 18, 40))
    blocks.mark(ctx, MONDAY, block(ctx, "rest"), "kept")
    log(ctx, datetime(2026, 11, 16, 18, 45), "stop", reason="messengers")
    log(ctx, datetime(2026, 11, 16, 18, 46), "stop", outcome="given-in", reason="smoke break")
    calling_list.paste(ctx, MONDAY + timedelta(days=1), "Kim Minsu, Hanbit, 02-555-1234")
    move_clock(ctx, datetime(2026, 11, 16, 20, 5))
    assert states(ctx) == {
        "08:00 mail": "kept",
        "08:30 calls": "kept",
        "12:00 rest": "kept",
        "13:00 mail": "missed",
        "13:30 meetings": "kept",
        "16:30 proposals": "free",  # no proposal was due
        "18:00 mail": "missed",
        "18:30 list": "kept",
        "19:15 learning": None,
        "20:00 sport": "now",
        "20:45 family": "planned",
        "22:30 sleep": "planned",
    }
    day.close_day(ctx, said=CloseWords("calls", "mail at 13:00", "walk", "mail at noon"))
    assert states(ctx)["13:00 mail"] == states(ctx)["19:15 learning"] == "missed"
    found = day.log(ctx, MONDAY)
    assert [(outcome, kind) for _, outcome, kind in found.stops] == [
        ("refused", "messengers"),
        ("given-in", "smoke break"),
    ]
    move_clock(ctx, datetime(2026, 11, 17, 7, 55))
    shown = morning.read(ctx)
    assert shown.will_try == "mail at noon"
    assert read(ctx).will_try == "mail at noon"
    # a past day keeps its blocks, however the week is changed later
    week.put_block(ctx, week.find(ctx, None), [0], None, Block(time(8), time(12), "admin"), drop=True)
    assert states(ctx)["08:30 calls"] == "kept"


def test_closing_without_tomorrows_list_needs_consent(ctx: AppContext) -> None:
    tasks.add(ctx, "x")
    with pytest.raises(InputError, match="no calling list for Tue 17 Nov"):
        day.close_day(ctx)
    assert not day.log(ctx, MONDAY).record.closed
    assert day.close_day(ctx, without_list=True).note == "without list"


def test_list_on_a_friday_evening_is_for_monday(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 20, 19))
    built = calling_list.paste(ctx, calling_list.day_for(ctx), "Kim, 02-555-1234")
    assert built.calling.day == date(2026, 11, 23)
    assert day.close_day(ctx).closed


def test_top_three_count_when_done_before_noon(ctx: AppContext) -> None:
    for number in range(5):
        tasks.add(ctx, f"task {number}", priority=Priority.B)
    first = day.open_day(ctx).top_three
    assert len(first) == 3
    tasks.complete(ctx, first[0])
    move_clock(ctx, datetime(2026, 11, 16, 15))
    tasks.complete(ctx, first[1])
    assert day.log(ctx, MONDAY).top == (1, 3)


def test_missed_occurrences_fold_into_one_task_per_rule(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2026, 11, 2, 8))
    for text in ("Report every weekday at 9", "Plan every week", "Water every! 3 days"):
        tasks.quick(ctx, parse_line(text, ctx.now()))
    move_clock(ctx, datetime(2026, 11, 16, 8))
    lines = [line for line in read(ctx).tasks if line.kind == "own"]
    assert [(line.title, line.due, line.missed) for line in sorted(lines, key=lambda line: str(line.title))] == [
        ("Plan", "2026-11-16", 2),
        ("Report", "2026-11-16T09:00", 10),
        ("Water", "2026-11-02", 0),
    ]
    report = next(task for task in tasks.list_tasks(ctx) if task.title == "Report")
    _, following = tasks.complete(ctx, report.id)[0]
    assert following is not None
    assert (following.due, following.missed) == (Due(date(2026, 11, 17), time(9)), 0)
    water = next(task for task in tasks.list_tasks(ctx) if task.title == "Water")
    assert tasks.complete(ctx, water.id)[0][1].due == Due(date(2026, 11, 19))  # type: ignore[union-attr]


def test_month_end_recurs_at_month_end(tmp_path: Path) -> None:
    ctx = context_at(tmp_path, datetime(2027, 1, 31, 8))
    task = tasks.add(ctx, "Invoice", due=Due(date(2027, 1, 31)), every=parse_repeat("every month"))
    dues = []
    for _ in range(3):
        _, following = tasks.complete(ctx, task.id)[0]
        assert following is not None
        assert following.due is not None
        task = following
        dues.append(following.due.day)
        move_clock(ctx, datetime.combine(following.due.day, time(8)))
    assert dues == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]


def test_tasks_are_ranked_and_manual_order_is_kept(ctx: AppContext) -> None:
    goal = goals.add(ctx, "the flat", Horizon.FIVE_YEARS)
    person(ctx, "Kim", "02-555-1234")
    deals.add(ctx, "licence", contact="Kim", value=Decimal(350_000))
    tasks.add(ctx, "plain")
    tasks.add(ctx, "for the flat", goal_id=goal.id)
    tasks.add(ctx, "for Kim", contact="Kim")
    tasks.add(ctx, "due", due=Due(MONDAY, time(16)))
    assert [task.title for task in tasks.list_tasks(ctx)] == ["due", "for Kim", "for the flat", "plain"]
    why = tasks.reasons(ctx)
    assert [why[task.id] for task in tasks.list_tasks(ctx)] == [
        ("due today 16:00",), ("350,000 open",), ("serves the flat",), (),
    ]  # fmt: skip
    plain = tasks.list_tasks(ctx)[3]
    tasks.move(ctx, plain.id, "1")
    move_clock(ctx, NOW + timedelta(days=1))
    read(ctx)
    assert tasks.list_tasks(ctx)[0].title == "plain"
    tasks.rank_anew(ctx)
    assert [task.title for task in tasks.list_tasks(ctx)] == ["due", "for Kim", "for the flat", "plain"]


def test_reimported_calendar_updates_the_day(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    file = tmp_path / "a.ics"
    file.write_text(CALENDAR, encoding="utf-8")
    assert events.import_calendar(ctx, str(file), dry_run=True).made == 3
    assert "14:00 한빛무역 김민수 팀장" not in states(ctx)
    assert events.import_calendar(ctx, str(file)).made == 3
    assert states(ctx)["14:00 한빛무역 김민수 팀장"] == "planned"
    assert read(ctx).day_notes == "Trade show [/] week"
    assert events.import_calendar(ctx, str(file)).same == 3
    file.write_text(CALENDAR.replace("T140000", "T100000").replace("T150000", "T110000"), encoding="utf-8")
    again = events.import_calendar(ctx, str(file))
    assert (again.made, again.changed, again.same) == (0, 1, 2)
    assert "10:00 한빛무역 김민수 팀장" in states(ctx)
    assert "14:00 한빛무역 김민수 팀장" not in states(ctx)
    history.undo(ctx)
    assert "14:00 한빛무역 김민수 팀장" in states(ctx)
    history.undo(ctx)
    assert not any("한빛" in name for name in states(ctx))
    history.redo(ctx)
    assert "14:00 한빛무역 김민수 팀장" in states(ctx)


def test_endless_event_is_expanded_as_time_passes(ctx: AppContext, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    event = "UID:1\nSUMMARY:Jour fixe\nDTSTART:20261116T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    file.write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n")
    assert events.import_calendar(ctx, str(file)).endless == 1
    far = datetime(2029, 5, 7, 9)  # a Monday two and a half years later
    for moment in (datetime(2027, 11, 1, 9), datetime(2028, 10, 2, 9), far):
        move_clock(ctx, moment)
        read(ctx)
    assert "10:00 Jour fixe" in states(ctx, far.date())


def test_expanding_far_ahead_keeps_todays_events(ctx: AppContext, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    event = "UID:1\nSUMMARY:Jour fixe\nDTSTART:20261116T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    file.write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n")
    events.import_calendar(ctx, str(file))
    snapshot.fill_in_events(ctx, date(2030, 1, 7))
    assert "10:00 Jour fixe" in states(ctx)
    assert "10:00 Jour fixe" in states(ctx, date(2030, 1, 7))
    assert events.import_calendar(ctx, str(file)).made == 0


def test_cancelled_event_is_removed_on_reimport(ctx: AppContext, tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    file.write_text(CALENDAR, encoding="utf-8")
    events.import_calendar(ctx, str(file))
    file.write_text(CALENDAR.replace("UID:hanbit", "UID:hanbit\nSTATUS:CANCELLED\nSEQUENCE:1"), encoding="utf-8")
    again = events.import_calendar(ctx, str(file))
    assert (again.gone, again.made, again.same) == (1, 0, 2)
    assert not any("한빛" in name for name in states(ctx))
    history.undo(ctx)
    assert "14:00 한빛무역 김민수 팀장" in states(ctx)


def test_exported_recurring_event_is_not_duplicated(ctx: AppContext, tmp_path: Path) -> None:
    """Events from a calendar are exported under their own UIDs, so neither their origin nor we import them twice."""
    file, out = tmp_path / "a.ics", tmp_path / "out.ics"
    event = "UID:1@elsewhere\nSUMMARY:Jour fixe\nDTSTART:20261116T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5"
    file.write_text(f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n")
    events.import_calendar(ctx, str(file))
    before = states(ctx)
    sent = events.export_calendar(ctx, str(out), Period(MONDAY, MONDAY + timedelta(days=6)))
    assert len({each.uid for each in sent}) == len(sent)
    assert sum("Jour fixe" in each.title for each in sent) == 5
    events.import_calendar(ctx, str(out))
    assert states(ctx) == before


def test_closing_after_midnight_closes_the_evenings_day(tmp_path: Path) -> None:
    ctx = context_at(tmp_path)
    tasks.add(ctx, "x")
    move_clock(ctx, datetime(2026, 11, 17, 0, 20))
    assert evening.read(ctx, MONDAY).list_day == MONDAY + timedelta(days=1)
    calling_list.paste(ctx, MONDAY + timedelta(days=1), "Kim, 02-555-1234")
    assert day.close_day(ctx, day=MONDAY).closed
    assert day.log(ctx, MONDAY).record.closed
    assert not day.log(ctx, MONDAY + timedelta(days=1)).record.closed


def test_list_built_later_clears_the_without_list_note(ctx: AppContext) -> None:
    tasks.add(ctx, "x")
    assert day.close_day(ctx, without_list=True).note == "without list"
    day.open_day(ctx, anew=True)
    calling_list.paste(ctx, MONDAY + timedelta(days=1), "Kim, 02-555-1234")
    assert day.close_day(ctx).note == ""


def test_last_nights_sleep_is_protected_in_the_morning(ctx: AppContext) -> None:
    with pytest.raises(InputError, match="last night's Sleep"):
        blocks.add(ctx, MONDAY, Block(time(6), time(6, 30), "sport"))
    blocks.add(ctx, MONDAY, Block(time(6, 30), time(7), "sport"))


def test_two_edits_from_one_reading_of_a_week_are_both_kept(ctx: AppContext) -> None:
    read_once = week.find(ctx, None)
    week.put_block(ctx, read_once, [0], None, Block(time(6, 30), time(7), "sport"))
    week.put_block(ctx, read_once, [0], None, Block(time(7), time(7, 30), "learning"))
    assert "06:30 sport" in states(ctx)
    assert "07:00 learning" in states(ctx)


def instant(moment: datetime | date) -> int:
    """Seconds since 1970 UTC of a local time."""
    assert isinstance(moment, datetime)
    return round(moment.timestamp())


@pytest.mark.parametrize(
    ("zone", "monday"),
    [
        ("Europe/Berlin", date(2026, 10, 19)),
        ("Australia/Lord_Howe", date(2026, 9, 28)),
        ("Africa/Casablanca", date(2027, 2, 1)),
    ],
)
def test_export_into_another_planner_keeps_the_instants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, monday: date
) -> None:
    """Weeks with a clock change, exported here and imported in another zone."""
    monkeypatch.setenv("TZ", zone)
    clock_time.tzset()
    try:
        here = context_at(tmp_path, datetime.combine(monday, time(7)))
        tasks.quick(here, parse_line("Offer tomorrow 16:00 45m", here.now()))
        path = tmp_path / "week.ics"
        sent = events.export_calendar(here, str(path), Period(monday, monday + timedelta(days=13)))
        wanted = sorted((each.uid, instant(each.start), instant(each.end)) for each in sent)
        assert len(wanted) == len(sent) > 100
        assert events.import_calendar(here, str(path)).events == 0, "its own come back as nothing new"
        monkeypatch.setenv("TZ", "Asia/Seoul")
        clock_time.tzset()
        folder = tmp_path / "there"
        folder.mkdir()
        there = context_at(folder, datetime.combine(monday, time(7)))
        preview = events.import_calendar(there, str(path))
        assert (preview.made, preview.skipped) == (len(sent), {})
        with there.database.read() as session:
            from planner.store.day import events as store

            rows = store.times_between(session, monday - timedelta(days=2), monday + timedelta(days=16))
        assert sorted((uid, each.start, each.end) for uid, _, _, each in rows) == wanted
        again = events.import_calendar(there, str(path))
        assert (again.made, again.changed, again.same) == (0, 0, len(sent))
    finally:
        monkeypatch.undo()
        clock_time.tzset()


def test_foreign_calendar_file_is_not_overwritten_without_force(ctx: AppContext, tmp_path: Path) -> None:
    path = tmp_path / "mine.ics"
    path.write_text("BEGIN:VCALENDAR\nPRODID:other\nEND:VCALENDAR\n")
    with pytest.raises(StateError, match="wasn't written by planner"):
        events.export_calendar(ctx, str(path), Period(MONDAY, MONDAY))
    assert "other" in path.read_text()
    events.export_calendar(ctx, str(path), Period(MONDAY, MONDAY), force=True)
    events.export_calendar(ctx, str(path), Period(MONDAY, MONDAY))
    assert os.stat(path).st_mode & 0o777 == 0o600


def test_list_is_built_by_filters_and_compared_with_the_target(tmp_path: Path) -> None:
    ctx = typical(tmp_path)
    tomorrow = MONDAY + timedelta(days=1)
    for number in range(6):
        tags = ("fair",) if number % 2 else ()
        person(ctx, f"Person {number}", f"030-100000{number}", tags=tags, city="Berlin" if number < 3 else "Seoul")
    activity_log.log(ctx, "dial", contact="Person 0", moment=datetime(2026, 11, 3, 10))
    activity_log.log(ctx, "dial", contact="Person 1", outcome="wrong-number", moment=datetime(2026, 11, 3, 11))

    def names(built: Built) -> list[str]:
        return [entry.contact.name for entry in built.calling.entries]

    assert names(calling_list.build(ctx, tomorrow, Filters(city="berlin"))) == ["Person 2", "Person 0"]
    assert names(calling_list.build(ctx, tomorrow, Filters(tag="FAIR"), count=3)) == [
        "Person 2",
        "Person 0",
        "Person 3",
    ]
    built = calling_list.build(ctx, tomorrow, Filters(never_called=True))
    assert built.added == 2
    assert built.calling.target == read(ctx).target("dials")
    assert built.calling.short == (built.calling.target or 0) - 5
    history.undo(ctx)
    assert len(calling_list.show(ctx, tomorrow).entries) == 3
    with pytest.raises(InputError, match="is in the past"):
        calling_list.build(ctx, MONDAY - timedelta(days=1), Filters())


def test_pasted_lines_and_files_create_contacts_once(ctx: AppContext, tmp_path: Path) -> None:
    tomorrow = MONDAY + timedelta(days=1)
    text = "Kim Minsu, Hanbit, 02-555-1234\nАнна Соколова\t+7 495 123-45-67\nno number\n\n+49 30 1234567\n"
    built = calling_list.paste(ctx, tomorrow, text)
    assert (built.added, built.made, built.without) == (3, 3, [3])
    assert calling_list.paste(ctx, tomorrow, text).added == 0
    file = tmp_path / "people.csv"
    file.write_text("Name,Company,Phone\nKim Minsu,Hanbit,02-555-1234\nLee,Dongah,02-777-8888\nNobody,X,\n")
    from_file = calling_list.from_file(ctx, tomorrow, str(file))
    assert (from_file.added, from_file.made, from_file.without) == (1, 1, [4])
    plain = tmp_path / "plain.txt"
    plain.write_text("Choi, 02-999-0000\nPark, 02-999-1111\n")
    assert calling_list.from_file(ctx, tomorrow, str(plain)).added == 2
    history.undo(ctx)
    assert len(people.list_contacts(ctx)) == 4


def test_free_time_offers_the_next_best_contact(tmp_path: Path) -> None:
    from planner.domain.day.day_progress import slack

    ctx = context_at(tmp_path, datetime(2026, 11, 16, 8))
    person(ctx, "Kim", "02-555-1234")
    calling_list.paste(ctx, MONDAY, "Lee, 02-777-8888")
    blocks.drop(ctx, MONDAY, block(ctx, "calls"))
    move_clock(ctx, datetime(2026, 11, 16, 9))
    assert slack(read(ctx), ctx.now()) == (12 * 60, "list", "Lee 02-777-8888")
    tasks.quick(ctx, parse_line("callback Kim today 11:30", ctx.now()))
    assert slack(read(ctx), ctx.now()) == (12 * 60, "callback", "Kim")
    activity_log.log(ctx, "dial", contact="Lee")
    tasks.complete(ctx, tasks.list_tasks(ctx)[0].id)
    assert slack(read(ctx), ctx.now()) == (12 * 60, "", "")


def test_day_turns_at_the_configured_hour(tmp_path: Path) -> None:
    Path(tmp_path / "config.toml").write_text('[day]\nturns_at = "03:00"\n')
    ctx = context_at(tmp_path, datetime(2026, 11, 16, 23, 50))
    assert ctx.config["day.turns_at"] == "03:00"
    live = TodayStore(ctx)
    live.log(Activity(0, ctx.now(), "dial"))
    move_clock(ctx, datetime(2026, 11, 17, 1, 30))
    assert ctx.today() == MONDAY
    live.log(Activity(0, ctx.now(), "dial"))
    activity_log.log(ctx, "stop")
    today = live.read()
    assert (today.day, today.counts["dials"], today.counts["stops_refused"]) == (MONDAY, 2, 1)
    assert sorted(minute for minute, *_ in today.facts) == [23 * 60 + 50, 25 * 60 + 30, 25 * 60 + 30]
    rows = activity_log.on_day(ctx, MONDAY)
    assert [row.moment for row in rows if row.kind == "dial"] == [
        datetime(2026, 11, 17, 1, 30), datetime(2026, 11, 16, 23, 50),
    ]  # fmt: skip
    move_clock(ctx, datetime(2026, 11, 17, 3, 0))
    assert ctx.today() == MONDAY + timedelta(days=1)
    assert live.read().counts["dials"] == 0
    live.close()


def test_weeks_are_copied_used_and_reset(ctx: AppContext) -> None:
    first = week.find(ctx, None)
    week.put_block(ctx, first, [0, 1], None, Block(time(7), time(8), "sport"))
    assert week.find(ctx, None).name == first.name
    assert str(block(ctx, "07:00").block) == "Exercise 07:00–08:00"
    made = week.create(ctx, "Trade fair", week.find(ctx, None))
    week.put_days(ctx, made, {0: [Block(time(9), time(18), "meetings")]}, "fair")
    week.use(ctx, week.find(ctx, "trade"))
    assert [str(b.block) for b in blocks.read(ctx, MONDAY).blocks] == ["Meetings 09:00–18:00"]
    day.open_day(ctx)
    week.use(ctx, week.find(ctx, "Nine to six"))
    assert [str(b.block) for b in blocks.read(ctx, MONDAY).blocks] == ["Meetings 09:00–18:00"], "an open day stands"
    following = MONDAY + timedelta(days=7)
    assert str(block(ctx, "09:30", following).block) == "Calls 09:30–12:00"
    with pytest.raises(StateError, match="already have a week called 'trade fair'"):
        week.create(ctx, "trade fair", made)
    assert len(week.find(ctx, "Eight to eight").days[0]) == 13
    week.drop(ctx, week.find(ctx, "Eight to eight"))
    assert len(week.find(ctx, "Eight to eight").days[0]) == 12, "as shipped again"
    history.undo(ctx)
    assert len(week.find(ctx, "Eight to eight").days[0]) == 13


def test_custom_word_lists_are_saved_and_reset(ctx: AppContext) -> None:
    assert not custom_lists.get(ctx, "affirmations").own
    custom_lists.put(ctx, "affirmations", ["I call first.", "", "  [/] I ask.  "])
    assert custom_lists.get(ctx, "affirmations").lines == ("I call first.", "[/] I ask.")
    assert morning.read(ctx).affirmations == ("I call first.", "[/] I ask.")
    custom_lists.put(ctx, "affirmations", None)
    assert len(custom_lists.get(ctx, "affirmations").lines) == 4
    assert len(custom_lists.get(ctx, "distractions").lines) == 11
    with pytest.raises(InputError, match="There's no list 'poems'"):
        custom_lists.get(ctx, "poems")
