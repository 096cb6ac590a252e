"""Creates a realistic rep in a throw-away database: months of calls, meetings and deals up to now, from
`data/demo.toml`.

Uses a fixed seed relative to the clock, so that the same moment always shows the same screen.
"""

from __future__ import annotations

import random
import sqlite3
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dateutil.relativedelta import relativedelta

from planner import content
from planner.domain.calls.activity_log import Activity
from planner.domain.clients.deals import Deal, Stage
from planner.domain.clients.people import Contact, ContactMethod
from planner.domain.clients.promises import Promise
from planner.domain.day.activity import counts_of
from planner.domain.day.blocks import DayBlock
from planner.domain.day.day import CloseWords, Counter, DayRecord
from planner.domain.day.tasks import Due, Priority
from planner.domain.errors import InputError
from planner.domain.mail.letters import Letter
from planner.domain.plan.goals import Horizon, Metric
from planner.domain.review.discipline import Strength
from planner.domain.review.learning import Kind as Learnt
from planner.domain.review.learning import Learning, Use
from planner.domain.review.review import FIGURES, OWN_BLOCKS
from planner.domain.review.self_review import Kind
from planner.domain.review.spans import week_of
from planner.domain.typed.rule_words import parse_every
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of
from planner.services.context import AppContext
from planner.services.day import tasks
from planner.services.day.day import open_day
from planner.services.day.reading import reading
from planner.services.day.today_store import append
from planner.services.day.week import in_force
from planner.services.demo_history import SEED, history
from planner.services.plan import goals, plan
from planner.services.review.review import Days
from planner.store.calls import calling_list
from planner.store.clients import deals, people, promises
from planner.store.day import day as days
from planner.store.mail import drafts as draft_store
from planner.store.mail import letters as letter_store
from planner.store.mail import windows as window_store
from planner.store.recorder import Recorder
from planner.store.review import learning, self_review

MOST_MONTHS = 120


def build(ctx: AppContext, months: int = 3) -> int:
    """Fill the new database with `months` of work up to now. Returns the number of rows logged.

    Raises InputError unless `months` is between 1 and 120.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise InputError(f"The demo can have 1 to {MOST_MONTHS} months, not {months}.")
    shipped, norms = content.load("demo"), content.load("norms")
    today = ctx.today()
    contacts = _people(ctx, shipped)
    _plans(ctx, shipped, norms, months)
    _ladder(ctx, shipped, norms)
    first = month_of(today - relativedelta(months=months - 1)).first
    entries = history(ctx, shipped, norms, contacts, first)
    handle = ctx.database.raw()
    try:
        handle.execute("PRAGMA synchronous=OFF")  # safe, because the file is thrown away
        for entry in entries:
            append(handle, entry, entry.moment)
        _mail(ctx, handle, shipped, contacts, first)
        _days(ctx, handle, shipped, norms, first)
        _reviews(ctx, handle, shipped, entries, first, today)
        _learning(ctx, handle, shipped, contacts, today)
    finally:
        handle.close()
    _pipeline(ctx, shipped, contacts)
    _tasks(ctx, shipped, contacts)
    open_day(ctx)
    with ctx.database.write("demo calling list") as change:
        # the contacts logged longest ago, as an evening's list would have
        calling_list.add(change, ctx.today(), [key for key, _ in reversed(contacts)], ctx.today())
    return len(entries)


def _people(ctx: AppContext, shipped: dict[str, Any]) -> list[tuple[int, str]]:
    with ctx.database.write("demo contacts") as change:
        now = int(ctx.clock.timestamp())
        made = [
            people.add(
                change,
                Contact(
                    0,
                    "",
                    row["name"],
                    row["company"],
                    role=row["role"],
                    phones=(ContactMethod(row["phone"]),),
                    emails=(ContactMethod(row["email"]),) if "email" in row else (),
                    kind=row["kind"],
                ),
                now,
            )
            for row in shipped["person"]
        ]
    return [(contact.id, contact.name) for contact in made]


def _pipeline(ctx: AppContext, shipped: dict[str, Any], contacts: list[tuple[int, str]]) -> None:
    """Add open deals and promises, one of them overdue, in their current state."""
    today, now = ctx.today(), int(ctx.clock.timestamp())
    with ctx.database.write("demo deals and promises") as change:
        for row in shipped["deal"]:
            deal = Deal(
                0, row["title"], Stage(row["stage"]), today - timedelta(days=row["days"]),
                contact_id=contacts[row["contact"]][0], value=Decimal(row["value"]),
            )  # fmt: skip
            deals.add(change, deal, now)
        for row in shipped["promise"]:
            due = Due(today + timedelta(days=row["days"]), time.fromisoformat(row["at"]))
            promises.add(change, Promise(0, row["text"], due, contact_id=contacts[row["contact"]][0]), now)


def _plans(ctx: AppContext, shipped: dict[str, Any], norms: dict[str, Any], months: int) -> None:
    today = ctx.today()
    for back in range(months):
        plan.set_plan(
            ctx,
            month_of(today.replace(day=1) - relativedelta(months=back)),
            Decimal(norms["quota"]),
            norms["multiple"],
            currency=shipped["currency"] if not back else None,
            average_deal=Decimal(norms["average_deal"]),
            calls_per_day=norms["calls_a_day"],
        )


def _ladder(ctx: AppContext, shipped: dict[str, Any], norms: dict[str, Any]) -> None:
    words = shipped["ladder"]
    wish = goals.add(ctx, words["wish"], Horizon.FIVE_YEARS, for_whom=words["for_whom"], picture=words["picture"])
    year = goals.add(ctx, words["year"], Horizon.YEAR, parent_id=wish.id, why=words["why"])
    month = month_of(ctx.today())
    working = WorkCalendar().total(month)
    deals = goals.add(
        ctx,
        words["month"],
        Horizon.MONTH,
        parent_id=year.id,
        metric=Metric.DEALS,
        target=Decimal(4),
        starts=month.first,
    )
    for title, metric, target in (
        ("Calls", Metric.DIALS, round(norms["calls_a_day"] * working)),
        ("Conversations", Metric.CONVERSATIONS, round(norms["calls_a_day"] * working * Fraction(12, 100))),
        ("Meetings with new clients", Metric.MEETINGS_BOOKED, norms["meetings_a_month"] + 4),
        ("Proposals", Metric.PROPOSALS, norms["meetings_a_month"]),
    ):
        goals.add(
            ctx,
            title,
            Horizon.MONTH,
            parent_id=deals.id,
            metric=metric,
            target=Decimal(target),
            starts=month.first,
        )


def _mail(
    ctx: AppContext, handle: sqlite3.Connection, shipped: dict[str, Any], contacts: list[tuple[int, str]], first: date
) -> None:
    """Add the mail windows of every working day up to now, mostly kept, with waiting emails and some to write."""
    chance, now, calendar = random.Random(SEED), ctx.now(), WorkCalendar()
    wanted, windows, looks = shipped["mail"], [], []
    day = first
    while day <= ctx.today():
        for opens in ("08:00", "13:00", "18:00") if calendar.weight(day) else ():
            kept, longer = chance.randrange(100) < wanted["kept"], chance.randrange(100) < wanted["longer"]
            minutes, letters = 29 + chance.randint(2, 14) if longer else chance.randint(18, 30), chance.randint(4, 16)
            begin = datetime.combine(day, time.fromisoformat(opens)) + timedelta(minutes=chance.randint(0, 4))
            end = begin + timedelta(minutes=minutes)
            if (kept or day == ctx.today()) and end <= now:  # the day on show starts without a miss
                windows.append((day, opens, 30, int(begin.timestamp()), int(end.timestamp()), letters))
        at = datetime.combine(day, time(15)) + timedelta(minutes=chance.randint(0, 120))
        if calendar.weight(day) and chance.randrange(100) < wanted["looks"] and at <= now:
            looks.append((day, int(at.timestamp()), chance.choice(wanted["reasons"])))
        day += DAY
    window_store.fill(handle, windows, looks)
    found = []
    for number, row in enumerate(shipped["letter"]):
        person = shipped["person"][row["contact"]] if "contact" in row else row
        address = person["email"] if "contact" in row else row["address"]
        sent = int((now - timedelta(minutes=37 * (number + 1))).timestamp())
        name, key = str(person["name"]), f"<{number}@demo.example>"
        found.append(
            Letter(f"demo:{number}", "", key, key, (), name, address, row["subject"], sent, preview=row["text"])
        )
    letter_store.take(handle, found)
    for row in shipped["draft"]:
        contact_id, name = contacts[row["contact"]]
        seconds = int(now.timestamp())
        with Recorder(handle, seconds, f"email to write: {name}") as change:
            draft_store.add_draft(change, name, contact_id, row["subject"], row["proposal"], seconds)


def _days(
    ctx: AppContext, handle: sqlite3.Connection, shipped: dict[str, Any], norms: dict[str, Any], first: date
) -> None:
    """Add the days before today, mostly opened and closed, with frozen targets and their own blocks kept or not."""
    chance, wanted, calendar = random.Random(SEED + 1), shipped["days"], WorkCalendar()
    calls = int(norms["calls_a_day"])
    asked = {"dials": calls, "conversations": round(calls * Fraction(12, 100)), "proposals": 1, "meetings_held": 1}
    template, records, blocks = in_force(None), [], []
    day = first
    while day < ctx.today():
        if calendar.weight(day) and chance.randrange(100) < wanted["opened"]:
            closed = chance.randrange(100) < wanted["closed"]
            said = chance.choice(shipped["close"]) if closed and chance.randrange(100) < wanted["said"] else {}
            records.append(
                DayRecord(
                    day,
                    datetime.combine(day, time(8, chance.randint(0, 20))),
                    datetime.combine(day, time(18, chance.randint(30, 59))) if closed else None,
                    {name: Counter(name, target) for name, target in asked.items()},
                    words=CloseWords(**said),
                )
            )
            for number, block in enumerate(template.blocks_on(day, worked=True), start=1):
                kept = block.kind in OWN_BLOCKS and chance.randrange(100) < wanted["kept"]
                blocks.append((day, DayBlock(0, number, block, block, mark="kept" if kept else None)))
        day += DAY
    days.fill(handle, records, blocks)


def _habit(ctx: AppContext, first: date, last: date) -> dict[date, str]:
    """Return the habit strength at the end of each week, by its Monday."""
    found, habit = {}, Strength()
    with reading(ctx) as facts:
        for each in Days(facts, Period(first, last)).days_in(Period(first, last)):
            habit = habit.after_day(each.weight, each.worth() if each.over else None)
            if habit.value is not None:
                found[week_of(each.day).first] = f"{habit.value:.4f}"
    return found


def _reviews(
    ctx: AppContext,
    handle: sqlite3.Connection,
    shipped: dict[str, Any],
    entries: list[Activity],
    first: date,
    today: date,
) -> None:
    """Add the self-reviews of the weeks before the last, mostly finished."""
    chance, found, habit = random.Random(SEED + 2), [], _habit(ctx, first, today)
    counted: dict[date, dict[str, int]] = {}
    for entry in entries:
        week = counted.setdefault(week_of(entry.moment.date()).first, {})
        for name in counts_of(entry.kind, entry.outcome):
            week[name] = week.get(name, 0) + entry.count
    monday = week_of(first).first
    while monday < week_of(today).first - DAY * 7:
        if monday >= first and chance.randrange(100) < shipped["reviews"]["gone_through"]:
            wrong = chance.choice(shipped["lesson"])
            lines = [
                (Kind.WELL, chance.choice(shipped["reviews"]["well"]), "", ""),
                (Kind.WRONG, wrong["text"], wrong["cause"], wrong["correction"]),
                (Kind.AIM, chance.choice(shipped["reviews"]["aims"]), "", ""),
                (Kind.WISH, chance.choice(shipped["reviews"]["wishes"]), "", ""),
            ]
            counts = {name: str(counted.get(monday, {}).get(name, 0)) for name in FIGURES}
            if monday in habit:
                counts["strength"] = habit[monday]
            at = datetime.combine(monday + DAY * 4, time(18, chance.randint(5, 40)))
            found.append((monday, at, counts, lines))
        monday += DAY * 7
    self_review.fill(handle, found)


def _learning(
    ctx: AppContext, handle: sqlite3.Connection, shipped: dict[str, Any], contacts: list[tuple[int, str]], today: date
) -> None:
    """Add books and trainings, the newest still in progress."""
    rows, now = [], int(ctx.clock.timestamp())
    for row in shipped["learning"]:
        done = today - DAY * row["done"] if "done" in row else None
        used = row.get("used", "")
        uses = (Use(0, today - DAY * row["used_days"], used, None, contacts[row["contact"]][0]),) if used else ()
        begun = today - DAY * row["begun"]
        rows.append(
            (
                Learning(
                    0, Learnt(row["kind"]), row["title"], begun, row.get("author", ""), done, row.get("taken", ""),
                    None, uses,
                ),
                now,
            )
        )  # fmt: skip
    learning.fill(handle, rows)


def _tasks(ctx: AppContext, shipped: dict[str, Any], contacts: list[tuple[int, str]]) -> None:
    today = ctx.today()
    for row in shipped["task"]:
        every = parse_every(row["every"]) if "every" in row else None
        due = Due(today, time.fromisoformat(row["due"])) if "due" in row else None
        task = tasks.add(
            ctx,
            row["text"],
            due=due,
            priority=Priority(row["priority"]),
            every=every,
            contact=str(contacts[row["contact"]][0]) if "contact" in row else None,
            minutes=row.get("minutes"),
            kind=row.get("kind", "own"),
            force=True,
        )
        if "age" in row:
            tasks.backdate(ctx, task.id, today - timedelta(days=row["age"]))
