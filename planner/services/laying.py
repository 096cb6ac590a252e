"""Laying a day: everything that the quick reads need, worked out once and written down.

The slow path: it runs when a day is first looked at, or after something that it rests on has changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from planner.domain import records
from planner.domain.blocks import WORKING_KINDS
from planner.domain.day import Counter, Fit, Laid, fit, larger, odds_columns, with_derived
from planner.domain.errors import DatabaseProblem, PlannerError, StateError
from planner.domain.goals import Goal, GoalState, Horizon, Metric, chain_up
from planner.domain.money import to_hundredths
from planner.domain.pace import Course, course
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of, working_days
from planner.services import blocks, odds
from planner.services.calendar import work_calendar
from planner.services.desk import Desk
from planner.services.effective import effective_plan, in_proportion
from planner.store import connection, hot
from planner.store.hot import Today

if TYPE_CHECKING:
    from planner.domain.blocks import Piece
    from planner.domain.outlook import Outlook
    from planner.store.recorder import Reads


# Counters in the order of the method; revenue and the rep's own tallies have no counter of a day.
COUNTER_ORDER = ("dials", "conversations", "meetings_booked", "meetings_held", "proposals", "deals")


@dataclass(frozen=True, slots=True)
class Aim:
    """A numeric goal on one day: the stretch it is held to, the target in force and its course. Target in units."""

    goal: Goal
    stretch: Period
    target: Fraction
    course: Course


def aim(desk: Desk, reads: Reads, goal: Goal, calendar: WorkCalendar, day: date, *, closed: bool) -> Aim | None:
    """A goal held against its calendar on the morning of a day (after it, when closed); None without a figure.

    Raises StateError when the calendar leaves it no working day.
    """
    from planner.store import calls  # SQLModel, on the slow path only

    found = goal.stretch(day)
    if found is None or goal.metric is None:
        return None
    stretch, figure = found
    target = Fraction(figure)
    if goal.prorated:
        target = in_proportion(goal, target, calendar, stretch)
    column = goal.metric.counted
    if column is None:
        done = Fraction(progress(reads, goal))
    else:
        done = Fraction(calls.counted(reads, column, stretch.until(day if closed else day - DAY)))
        if goal.metric is Metric.REVENUE:
            done /= 100
    held = course(
        target,
        done,
        calendar,
        stretch,
        day,
        closed=closed,
        cap=desk.config.cap,
        window=desk.config.catch_up_days,
        ahead=desk.config["plan.ahead"],
    )
    return Aim(goal, stretch, target, held)


def progress(reads: Reads, goal: Goal) -> Decimal:
    """A rep's own tally: what was counted by hand, and the tasks done under the goal."""
    from planner.store import tasks

    return goal.tally + tasks.done_under(reads, [goal.id])


def horizon_calendar(desk: Desk, reads: Reads | None, goals: dict[int, Goal], day: date) -> WorkCalendar:
    """A calendar that reaches over the month of `day` and every open numeric goal's stretch on it."""
    month = month_of(day)
    first, last = month.first, month.last
    for goal in goals.values():
        if goal.state is GoalState.OPEN and goal.metric is not None and day in goal.period:
            first, last = min(first, goal.period.first), max(last, goal.period.last)
    return work_calendar(desk, reads, Period(first, last))


def counters(desk: Desk, reads: Reads, goals: dict[int, Goal], day: date) -> dict[str, Counter]:
    """What each metric asks of a day: of several goals on one metric, the one that asks most.

    A day to come is reckoned from what the days between are to carry. A goal without any working day asks nothing.
    """
    from planner.store import day as days

    calendar = horizon_calendar(desk, reads, goals, day)
    today = desk.today()
    over = days.get(reads, today).closed
    found: list[Counter] = []
    for goal in goals.values():
        if goal.state is not GoalState.OPEN or goal.metric is None or day not in goal.counting:
            continue
        metric = goal.metric.counted
        if metric not in COUNTER_ORDER:
            continue
        seen = max(today, goal.counting.first) if day > today else day
        try:
            held = aim(desk, reads, goal, calendar, seen, closed=over and seen == today < day)
        except StateError:
            continue  # said where the goal is set and shown; the day simply has nothing of it
        target = held.course.target_of(day) if held else None
        if held is not None and target is not None:
            found.append(Counter(metric, target, goal.id, held.course.spread.shortfall))
    return larger(found)


def windows_of(desk: Desk, day: date) -> tuple[tuple[time, time], ...]:
    """The mail windows of a day."""
    minutes = desk.config["mail.minutes"]
    found = []
    for text in desk.config.mail_windows(day.weekday()):
        opens = time.fromisoformat(text)
        end = min(opens.hour * 60 + opens.minute + minutes, 24 * 60 - 1)
        found.append((opens, time(end // 60, end % 60)))
    return tuple(found)


def compute(desk: Desk, reads: Reads | None, day: date) -> Laid:
    """A day out of plans, goals, calendar and log. Without a database: the day of a rep who has nothing yet."""
    goals: dict[int, Goal] = {}
    plan, currency, closed, key, will_try = None, None, False, "", ""
    wanted: dict[str, Counter] = {}
    midway: tuple[str, ...] = ()
    bests: dict[str, int] = {}
    month = month_of(day)
    today = desk.today()
    if reads is None:
        calendar = work_calendar(desk, None, month)
    else:
        from planner.store import day as days
        from planner.store import goals as goal_store
        from planner.store import plan as plans

        goals = goal_store.every(reads)
        calendar = work_calendar(desk, reads, month)
        record = days.get(reads, day)
        closed = record.closed
        if day < today or closed:
            wanted = counters(desk, reads, goals, day)
        else:
            wanted = asked(desk, reads, goals, day, frozen=record.targets is not None)
        if record.targets is not None:
            wanted |= record.targets
        plan, currency = plans.get(reads, month), plans.currency(reads)
        key = hot.odds_key(days.counts(reads, day))
        before = days.last_worked(reads, day)
        will_try = "" if before is None else before.words.will_try
        if day == today and not closed:
            from planner.services import midway as checks
            from planner.store import review

            midway = checks.sentences(desk, reads, goals, day, wanted)
            bests = records.to_beat(review.bests(reads, day))
    known = odds.outlook(desk, reads, month) if day == today else None
    counting = month
    if plan is not None:
        try:
            counting, plan = effective_plan(plan, calendar)
        except PlannerError:  # said where the plan is set and shown; today is shown with the figures as they are
            counting = Period(plan.starts or month.first, month.last)
    weight = calendar.weight(day)
    plan_of_day = blocks.of_day(reads, day, weight)
    pieces = plan_of_day.pieces
    available = round(_minutes(pieces) * weight)
    serves = _serves(wanted, goals, day)
    chain = chain_up(serves, goals) if serves else []
    return Laid(
        day=day,
        key=desk.key(),
        weight=weight,
        plan_period=counting,
        plan_days=working_days(calendar, counting, day, closed=closed),
        plan=plan,
        currency=currency,
        counters=wanted,
        blocks=pieces,
        windows=windows_of(desk, day),
        mail_minutes=desk.config["mail.minutes"],
        mail_next=next_mail(desk, reads, day),
        wish=chain[-1].title if len(chain) > 1 or (chain and (chain[0].for_whom or chain[0].picture)) else "",
        for_whom=next((goal.for_whom for goal in chain if goal.for_whom), ""),
        picture=next((goal.picture for goal in reversed(chain) if goal.picture), ""),
        serves=chain[0].title if chain else "",
        fit=_fit(wanted, available, known),
        available_minutes=available,
        odds=None if known is None else odds.of_day(known, key),
        list_day=next_list_day(desk, reads, day),
        will_try=will_try,
        day_notes=plan_of_day.notes,
        midway=midway,
        bests=bests,
    )


def _minutes(pieces: tuple[Piece, ...]) -> int:
    """Working minutes; a meeting in protected time takes none of the others."""
    return sum(piece.last - piece.first for piece in pieces if piece.kind in WORKING_KINDS and not piece.dropped)


def next_mail(desk: Desk, reads: Reads | None, day: date) -> str:
    """When mail opens first on a later working day, as ``2026-11-17T08:00``; empty where that is nowhere near."""
    reach = Period(day + DAY, day + 30 * DAY)
    calendar = work_calendar(desk, reads, reach)
    for each, weight in calendar.weights(reach):
        windows = desk.config.mail_windows(each.weekday())
        if weight and windows:
            return f"{each.isoformat()}T{windows[0]}"
    return ""


def next_list_day(desk: Desk, reads: Reads | None, day: date) -> date:
    """The day that the calling list made on a day is for: the next working one (the next day, where none is near)."""
    reach = Period(day + DAY, day + 30 * DAY)
    calendar = work_calendar(desk, reads, reach)
    return next((each for each, weight in calendar.weights(reach) if weight), reach.first)


def asked(desk: Desk, reads: Reads, goals: dict[int, Goal], day: date, *, frozen: bool = False) -> dict[str, Counter]:
    """What a day to come, or today, asks: the goals, and the plan by the rates, the larger of each."""
    wanted = counters(desk, reads, goals, day)
    if frozen:  # its targets stand: nothing is to be reckoned for it
        return wanted
    return asked_of(desk, reads, goals, [day])[day]


def asked_of(desk: Desk, reads: Reads, goals: dict[int, Goal], days: Iterable[date]) -> dict[date, dict[str, Counter]]:
    """What each of some days to come asks; what is to be expected of a month is reckoned once."""
    months: dict[Period, tuple[Outlook, WorkCalendar]] = {}
    found = {}
    for day in days:
        month = month_of(day)
        if month not in months:
            outlook = odds.outlook(desk, reads, month, morning=True)
            months[month] = (outlook, work_calendar(desk, reads, month))
        known, calendar = months[month]
        derived = odds.derived(known, day, float(calendar.weight(day)))
        found[day] = with_derived(counters(desk, reads, goals, day), derived)
    return found


def _fit(wanted: dict[str, Counter], available: int, known: Outlook | None) -> Fit | None:
    """Whether the day fits: the talks as the rates expect them, not rounded up."""
    if not wanted:
        return None
    counts: dict[str, Fraction | int] = {name: counter.target for name, counter in wanted.items()}
    talks, calls = wanted.get("conversations"), wanted.get("dials")
    if known is not None and talks is not None and calls is not None and talks.source == "plan":
        counts["conversations"] = Fraction(known.follow(calls.target)["conversation"])
    return fit(counts, available)


def _serves(wanted: dict[str, Counter], goals: dict[int, Goal], day: date) -> Goal | None:
    """The goal that today stands for: behind the first counter with one, else the longest wish."""
    for name in COUNTER_ORDER:
        counter = wanted.get(name)
        if counter is not None and counter.goal_id in goals:
            return goals[counter.goal_id]
    open_goals = [goal for goal in goals.values() if goal.state is GoalState.OPEN and day in goal.period]
    wishes = [goal for goal in open_goals if goal.horizon is not Horizon.WEEK]
    return min(wishes, key=lambda goal: (goal.horizon.rung, goal.position), default=None)


def lay(desk: Desk, day: date) -> Today:
    """Lay a day and read it. A database that can't be written is still shown; a missing one is an empty day."""
    if not connection.exists(desk.path):
        return _unwritten(compute(desk, None, day))
    from planner.services import events  # icalendar behind it, only where a calendar must be filled in further
    from planner.store import day as days
    from planner.store import tasks

    database = desk.database
    with suppress(DatabaseProblem):  # it can't be written: the day is laid with what there is
        events.refill(desk, day)
    with database.read() as reads:  # the odds take their time: nobody's write waits for them
        for morning in (True, False):
            odds.outlook(desk, reads, month_of(day), morning=morning)
    try:
        with database.derive() as reads:
            laid = compute(desk, reads, day)
            asked = [name for name in COUNTER_ORDER if name in laid.counters]
            tasks.ensure_counters(reads, asked, desk.today(), int(desk.clock.timestamp()))
            if day == desk.today():
                tasks.fold(reads, day)
                tasks.rank_anew(reads, day)
            if day == desk.today():
                # another day is only looked at: what it asks will have changed by the time it comes
                days.lay(reads, laid)
    except DatabaseProblem:  # it can't be written: it can still be read, or says so itself
        with database.read() as reads:
            laid = compute(desk, reads, day)
    today = _unwritten(laid)
    handle = database.raw()
    try:
        hot.fill(handle, today)
    finally:
        handle.close()
    return today


def _unwritten(laid: Laid) -> Today:
    """A laid day as the quick reads would see it, without a database behind it."""
    today = Today(laid.day)
    today.weight = round(laid.weight * 100)
    today.month_first, today.month_last = laid.plan_period.first.isoformat(), laid.plan_period.last.isoformat()
    today.days_total = round(laid.plan_days.total * 100)
    today.days_elapsed = round(laid.plan_days.elapsed * 100)
    today.days_left = round(laid.plan_days.left * 100)
    if laid.plan is not None:
        today.quota, today.personal_plan = to_hundredths(laid.plan.quota), to_hundredths(laid.plan.personal_plan)
    today.currency = laid.currency
    today.wish, today.for_whom = laid.wish or None, laid.for_whom or None
    today.picture, today.serves = laid.picture or None, laid.serves or None
    today.mail_minutes, today.mail_next = laid.mail_minutes, laid.mail_next
    today.asked_minutes = None if laid.fit is None else round(laid.fit.asked * 100)
    today.available_minutes = laid.available_minutes
    today.targets = {name: (counter.target, counter.goal_id) for name, counter in laid.counters.items()}
    today.sources = {name: (counter.source, counter.other) for name, counter in laid.counters.items()}
    if laid.odds is not None:
        for column, value in odds_columns(laid.odds).items():
            setattr(today, column, value)
    today.list_day = laid.list_day.isoformat() if laid.list_day else ""
    today.will_try, today.day_notes = laid.will_try, "\n".join(laid.day_notes)
    today.midway, today.bests = "\n".join(laid.midway), laid.bests_text
    today.blocks = [
        hot.BlockLine((p.first, p.last, p.kind, p.title, p.position, p.dropped, p.mark, p.clash)) for p in laid.blocks
    ]
    today.windows = [(f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in laid.windows]
    return today
