"""Benchmark databases with one and ten years of data: the figures of `standards.md`, from a fixed seed.

Ten years are 400,000 activities, 50,000 contacts and 50,000 tasks, and one year is a tenth of that. Rows are written in
bulk, as an import writes them, and the schema's own triggers produce the day counts.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import uuid
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from dateutil.relativedelta import relativedelta

from planner.domain.day.day import CloseWords, Counter, DayRecord
from planner.domain.review.self_review import Kind
from planner.domain.workdays import month_of
from planner.services.context import AppContext
from planner.store.calls import session
from planner.store.day import day as days
from planner.store.mail import windows as window_store
from planner.store.review import self_review
from tests.scenes import NOW, typical

ACTIVITIES, CONTACTS, TASKS = 40_000, 5_000, 5_000
OUTCOMES = ("no-answer",) * 50 + ("voicemail",) * 20 + ("gatekeeper",) * 15 + ("refused",) * 9 + ("callback",) * 4
OPEN_TASKS = 40


def build(
    folder: Path, years: int, activities: int = ACTIVITIES, contacts: int = CONTACTS, tasks: int = TASKS
) -> AppContext:
    """Build the typical rep on Monday 16 November 2026, with `years` of history at so many log rows, contacts and tasks
    a year.
    """
    ctx = typical(folder)
    handle = sqlite3.connect(ctx.path)
    try:
        handle.execute("PRAGMA synchronous=OFF")
        with handle:
            _fill(handle, years, activities, contacts, tasks)
        handle.execute("DELETE FROM laid_day")
        handle.commit()
    finally:
        handle.close()
    return ctx


def with_days(ctx: AppContext, years: int) -> None:
    """Open and close every weekday of the last `years` years, with targets, mail windows and a weekly review."""
    today, windows = ctx.today(), []
    records, reviews = [], []
    for back in range(365 * years, 0, -1):
        day = today - timedelta(days=back)
        if day.weekday() < 5:
            begun = datetime.combine(day, time(8))
            targets = {name: Counter(name, count) for name, count in (("dials", 100), ("proposals", 1))}
            records.append(
                DayRecord(day, begun, begun + timedelta(hours=10), targets, words=CloseWords("well", "late"))
            )
            at = int(begun.timestamp())
            windows += [(day, opens, 30, at, at + 1800, 5) for opens in ("08:00", "13:00", "18:00")]
        elif day.weekday() == 6:
            lines = [(Kind.WRONG, "late list", "mail", "before six"), (Kind.AIM, "six meetings", "", "")]
            reviews.append((day - timedelta(days=6), datetime.combine(day, time(18)), {"dials": "100"}, lines))
    with closing(ctx.database.raw()) as handle:
        days.fill(handle, [record for record in records if record.day != today], [])
        window_store.fill(handle, windows, [])
        self_review.fill(handle, reviews)


def listed(ctx: AppContext, count: int) -> list[str]:
    """Put contacts with a number on today's calling list. Returns their names in calling order."""
    handle = ctx.database.raw()
    day = ctx.today().isoformat()
    rows = handle.execute(
        "SELECT contact.id, name FROM contact JOIN contact_way ON contact_id = contact.id WHERE contact_way.kind ="
        " 'phone' ORDER BY contact.id DESC LIMIT ?",
        (count,),
    ).fetchall()
    handle.execute("BEGIN IMMEDIATE")
    handle.executemany(
        "INSERT INTO list_entry (day, contact_id, position, built_on) VALUES (?, ?, ?, ?)",
        [(day, row[0], number, day) for number, row in enumerate(rows, start=1)],
    )
    handle.execute("COMMIT")
    names = dict(rows)
    order = session.still_to_call(handle, ctx.today(), NOW.hour)
    handle.close()
    return [names[key] for key in order]


def copied(ctx: AppContext, folder: Path) -> AppContext:
    """Copy the database to another folder, where it can be changed freely."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ctx.path, folder / "planner.db")
    return AppContext(str(folder / "planner.db"), ctx.clock, str(folder / "config.toml"))


def shortened(ctx: AppContext, folder: Path, months: int) -> AppContext:
    """Copy the database, keep only the last `months` months of its log, and add a plan to compare it with."""
    from planner.services.plan import plan

    found = copied(ctx, folder)
    first = (ctx.today() - relativedelta(months=months)).isoformat()
    handle = found.database.raw()
    handle.execute("BEGIN IMMEDIATE")
    handle.execute("DELETE FROM activity WHERE day < ?", (first,))
    handle.execute("COMMIT")
    handle.close()
    plan.set_plan(found, month_of(found.today()), Decimal(700_000), "2x", average_deal=Decimal(350_000))
    return found


def _fill(handle: sqlite3.Connection, years: int, activities: int, contacts: int, tasks_a_year: int) -> None:
    chance = random.Random(1912)
    people = [
        (str(uuid.UUID(int=chance.getrandbits(128))), f"Given{number % 997} Family{number}", 1_700_000_000)
        for number in range(contacts * years)
    ]
    handle.executemany("INSERT INTO contact (uid, name, created_at) VALUES (?, ?, ?)", people)
    first = handle.execute("SELECT max(id) FROM contact").fetchone()[0] - len(people) + 1
    handle.executemany(
        "INSERT INTO contact_way (contact_id, kind, value, key, label, position) VALUES (?, 'phone', ?, ?, '', 0)",
        [(first + number, f"+1 555 {number:07}", f"5{number:07}") for number in range(len(people))],
    )
    days = _workdays(NOW.date() - timedelta(days=365 * years), NOW.date())
    rows: list[tuple[object, ...]] = []
    for number in range(activities * years):
        day = days[number * len(days) // (activities * years)]
        hour = time(8 + number % 10, chance.randrange(60), chance.randrange(60))
        kind, amount = "dial", 0
        outcome: str | None = chance.choice(OUTCOMES)
        if not number % 400:
            kind, outcome, amount = "deal", None, chance.randrange(100_000, 600_000) * 100
        elif not number % 60:
            kind, outcome = "proposal", None
        at = int(datetime.combine(day, hour).timestamp())
        contact = first + chance.randrange(len(people))
        rows.append((at, str(day), hour.isoformat(), kind, outcome, contact, amount or None, "asked for more", at))
    handle.executemany(
        "INSERT INTO activity (at, day, local_time, kind, outcome, count, contact_id, amount, note, logged_at)"
        " VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)",
        rows,
    )
    rank = handle.execute("SELECT max(rank) FROM task").fetchone()[0]
    tasks: list[tuple[object, ...]] = []
    for number in range(tasks_a_year * years):
        since = days[number * len(days) // (tasks_a_year * years)].isoformat()
        state = "open" if number >= tasks_a_year * years - OPEN_TASKS else "dropped" if not number % 9 else "done"
        done_on = since if state == "done" else None
        tasks.append(
            (f"Task {number}", rank + number, state, done_on, day, first + number % len(people), 1_700_000_000)
        )
    handle.executemany(
        "INSERT INTO task (title, kind, rank, state, done_on, since, contact_id, reason, created_at)"
        " VALUES (?, 'own', ?, ?, ?, ?, ?, '', ?)",
        tasks,
    )


def _workdays(first: date, last: date) -> list[date]:
    found = (first + timedelta(days=offset) for offset in range((last - first).days))
    return [day for day in found if day.weekday() < 5]


def contacts_csv(path: Path, count: int) -> None:
    """Write a contacts file the way a CRM exports it."""
    lines = ["Id,First Name,Last Name,Company,Email,Phone,Mobile,City,Notes,Tags\n"]
    lines += [
        f"{number},Given{number},Family{number % 977},Company {number % 9000},p{number}@x{number % 50}.example,"
        f"+1 555 {number:07},+82 10 {number:08},서울,notes here,a;b\n"
        for number in range(count)
    ]
    path.write_text("".join(lines), encoding="utf-8")


def calls_csv(path: Path, count: int) -> None:
    """Write a call log the way a telephone system exports it."""
    chance = random.Random(1)
    lines = ["call id,call at,contact,company,disposition,duration minutes\n"]
    for number in range(count):
        day = date(2020, 1, 1) + timedelta(days=chance.randrange(2_000))
        words = chance.choice(("Voicemail", "No Answer", "Connected", "Not Interested", "Call Back"))
        who = f"Given{number % 20_000} Family{number % 20_000 % 977},Company {number % 20_000 % 9000}"
        lines.append(f"{number},{day} {8 + number % 11:02}:{number % 60:02},{who},{words},{number % 20}\n")
    path.write_text("".join(lines), encoding="utf-8")


def deals_csv(path: Path, count: int) -> None:
    """Write a deals file the way a CRM exports it."""
    chance = random.Random(2)
    lines = ["deal id,name,account,stage,amount,created,close date\n"]
    for number in range(count):
        closed = date(2024, 1, 1) + timedelta(days=chance.randrange(700))
        stage = chance.choice(("Won", "Lost", "Proposal"))
        lines.append(f"{number},Deal {number},Company {number % 9000},{stage},{number + 100},2023-01-05,{closed}\n")
    path.write_text("".join(lines), encoding="utf-8")
