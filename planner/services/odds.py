"""The odds of a month: what was read for it, kept until something changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from planner.domain.advice import advice, advice_short, closes_later
from planner.domain.day import Counter, DayOdds
from planner.domain.errors import DatabaseProblem, StateError
from planner.domain.facts import Facts
from planner.domain.funnel import Ages
from planner.domain.outlook import NOTHING, Outlook, Supposition, ready
from planner.domain.plan import MonthPlan
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of, working_days
from planner.services.calendar import work_calendar
from planner.services.desk import Desk
from planner.services.effective import effective_plan
from planner.services.week import call_minutes
from planner.store import hot

if TYPE_CHECKING:
    from planner.store.recorder import Reads

MINUTES_PER_DIAL = 1.5
DEFAULT_CALLS = 100
GAPS_FROM = 200  # gaps between calls from which the rep's own pace is believed
LONGEST_GAP = 600  # seconds: a longer one is a pause
SHORTEST_MEAN = 30  # seconds: quicker than that they were typed in, not made
MONTHS_KEPT = 4
RECENT_DAYS = 10  # working days of history from which the own rate of the last three months is believed


@dataclass(frozen=True, slots=True)
class Holds:
    """How many calls a full day holds, by what (`set`, `blocks`, `default`), and the own minutes a call behind it."""

    calls: float
    source: str
    minutes: float | None


def outlook(desk: Desk, reads: Reads | None, month: Period, *, morning: bool = False) -> Outlook:
    """The month as it stands now; with `morning`, as it stood before anything was done today.

    Kept on the desk until a change, another day or other settings: asking again costs one short query.
    """
    if reads is None:
        return Outlook(_facts(desk, None, month, desk.today()))
    from planner.store import day as days
    from planner.store import funnel

    today = desk.today()
    closed = days.get(reads, today).closed
    morning = morning and funnel.anything_on(reads, today)  # else now is as the morning was
    last = today - DAY if morning else today
    desk.current_config()
    state = (today, closed, desk.key(), funnel.signature(reads))
    with desk.lock:  # one at a time: what is handed out has nothing left to be worked out
        kept = desk.kept.get((month, morning))
        if kept is not None and kept[0] == state:
            found: Outlook = kept[1]
            return found
        found = Outlook(_facts(desk, reads, month, last, closed=closed))
        ready(found, *(("plan",) if morning else ()))
        for key in [key for key, (at, _) in desk.kept.items() if at != state]:
            del desk.kept[key]
        while len(desk.kept) >= MONTHS_KEPT:
            del desk.kept[next(iter(desk.kept))]
        desk.kept[month, morning] = (state, found)
        return found


def of_day(known: Outlook, key: str = "") -> DayOdds:
    """What Today shows of a month's odds; `key` is that of the day's counts they rest on."""
    plan, quota, pace = known.plan, known.quota, known.by_pace
    noes = known.noes_to_meeting
    enough = plan is not None and plan.probability is not None and plan.probability >= known.facts.wanted
    enough = enough and not closes_later(known)
    return DayOdds(
        p_plan=None if plan is None else plan.probability,
        p_quota=None if quota is None else quota.probability,
        forecast=None if pace is None or plan is None else (pace.mean, pace.low, pace.high),
        noes=(round(noes.mean), noes.low, noes.high),
        holds=known.holds_today if known.facts.weight_today else None,
        advice="" if enough else "\n".join(text for text in (advice(known), advice_short(known)) if text),
        key=key,
    )


def refresh(desk: Desk) -> DayOdds | None:
    """Work out today's odds anew, after something was done, and keep them with the laid day; None without a database.

    Takes a quarter of a second after a change, and is called from a worker.
    """
    from planner.store import day as days

    if not desk.database.exists():
        return None
    today = desk.today()
    with desk.database.read() as reads:
        found = of_day(outlook(desk, reads, month_of(today)), hot.odds_key(days.counts(reads, today)))
    try:
        with desk.database.derive() as reads:
            days.put_odds(reads, today, found)
    except DatabaseProblem:  # it can't be written just now: they are shown all the same
        pass
    return found


def derived(known: Outlook, day: date, weight: float) -> dict[str, Counter]:
    """What the plan asks of a day by the rates: calls, and what is expected to follow from them."""
    calls = known.dials_on(day, weight)
    if calls is None:
        return {}
    found = {"dials": Counter("dials", calls, source="plan")}
    follow = known.follow(calls)
    for metric, stage in (("conversations", "conversation"), ("meetings_booked", "meeting-booked"),
                          ("proposals", "proposal")):  # fmt: skip
        found[metric] = Counter(metric, max(1, math.ceil(follow[stage] - 1e-9)), source="plan")
    return found


def suppose(known: Outlook, supposition: Supposition) -> Outlook:
    """The same facts under a supposition; nothing is read or written."""
    return known if supposition == NOTHING else Outlook(known.facts, supposition)


def _facts(desk: Desk, reads: Reads | None, month: Period, last: date, *, closed: bool = False) -> Facts:
    """Read what the odds rest on, up to and with the day `last`."""
    today = desk.today()
    first = None
    if reads is not None:
        from planner.store import funnel

        first = funnel.first_day(reads)
    three_months = month.first - relativedelta(months=3)
    reach = Period(min(first or month.first, three_months, today), max(month.last, today))
    calendar = work_calendar(desk, reads, reach)
    ages = Ages(calendar, reach.first, today)
    counting = month
    if reads is None:
        holds = calls_held(desk, None, None)
        held = working_days(calendar, counting, today)
        return Facts(
            today=today, ages=ages, events=(), deals=(),
            total=float(held.total), elapsed=float(held.elapsed), left=float(held.left),
            weight_today=_weight(calendar, counting, today, closed), days_to_end=_to_end(month, today, closed),
            calls_per_day=holds.calls, calls_from=holds.source,
            priors=desk.config.priors, wanted=desk.config["plan.probability"],
        )  # fmt: skip
    from planner.store import calls, funnel
    from planner.store import plan as plans

    plan = plans.get(reads, month)
    earlier = plans.latest(reads, month)
    if plan is not None:
        try:
            counting, plan = effective_plan(plan, calendar)
        except StateError:  # no working day is left to it: the figures stand as they were set
            counting = Period(plan.starts or month.first, month.last)
    held = working_days(calendar, counting, today, closed=closed)
    holds = calls_held(desk, reads, earlier)
    until = counting.until(last)
    recent = Period(three_months, month.first - DAY).since(max(three_months, first or today))
    recent = None if recent is None else recent.until(min(recent.last, last))
    recent_days = float(calendar.total(recent))
    return Facts(
        today=today,
        ages=ages,
        events=funnel.events(reads, last),
        deals=funnel.deals(reads, last),
        total=float(held.total),
        elapsed=float(held.elapsed),
        left=float(held.left),
        weight_today=_weight(calendar, counting, today, closed),
        days_to_end=_to_end(month, today, closed),
        first_day=counting.first,
        quota=None if plan is None else float(plan.quota),
        plan=None if plan is None else float(plan.personal_plan),
        expected_other=0.0 if plan is None else float(plan.expected_other),
        estimate=next((float(each.average_deal) for each in earlier if each.average_deal is not None), None),
        booked=calls.counted(reads, "revenue", until) / 100,
        deals_done=calls.counted(reads, "deals", until),
        dials_today=calls.counted(reads, "dials", Period(today, today)) if last == today and today in counting else 0,
        dials_done=calls.counted(reads, "dials", until),
        call_days=_call_days(reads, calendar, three_months, first, today),
        proposals_done=calls.counted(reads, "proposals", until),
        recent_proposals=calls.counted(reads, "proposals", recent) if recent_days >= RECENT_DAYS else 0,
        logged_values=funnel.logged_values(reads, last),
        calls_per_day=holds.calls,
        calls_from=holds.source,
        minutes_per_dial=holds.minutes,
        recent=(calls.counted(reads, "deals", recent), recent_days) if recent_days >= RECENT_DAYS else (0, 0.0),
        priors=desk.config.priors,
        wanted=desk.config["plan.probability"],
    )


def _call_days(
    reads: Reads, calendar: WorkCalendar, since: date, first: date | None, today: date
) -> tuple[tuple[float, int], ...]:
    """Working weight and calls of the days that are over, from three months before on."""
    from planner.store import funnel

    if first is None or max(since, first) >= today:
        return ()
    counted = {day: dials for day, dials, _ in funnel.calls_by_day(reads, today - DAY)}
    days = calendar.weights(Period(max(since, first), today - DAY))
    return tuple((float(weight), counted.get(day.isoformat(), 0)) for day, weight in days if weight)


def _weight(calendar: WorkCalendar, counting: Period, today: date, closed: bool) -> float:
    return float(calendar.weight(today)) if today in counting and not closed else 0.0


def _to_end(month: Period, today: date, closed: bool) -> int:
    return max(0, (month.last - max(today, month.first - DAY)).days + (0 if closed else 1))


def calls_held(desk: Desk, reads: Reads | None, plans: list[MonthPlan] | None) -> Holds:
    """What a full day holds: the plan's figure, else the settings', else the call blocks by the rep's own pace."""
    for plan in plans or ():
        if plan.calls_per_day is not None:
            return Holds(plan.calls_per_day, "set", None)
    if desk.config["plan.calls_per_day"]:
        return Holds(desk.config["plan.calls_per_day"], "set", None)
    in_blocks = call_minutes(reads)
    minutes = None if reads is None else own_minutes(desk, reads)
    if in_blocks:
        return Holds(int(in_blocks / (minutes or MINUTES_PER_DIAL)), "blocks", minutes)
    return Holds(DEFAULT_CALLS, "default", minutes)


def own_minutes(desk: Desk, reads: Reads) -> float | None:
    """The rep's own minutes from one call to the next, talks included; None until enough calls tell it."""
    from planner.store import funnel

    # what is done today never moves what today holds
    last = desk.today() - DAY
    moments = funnel.call_moments(reads, last - relativedelta(months=3), last)
    gaps = [
        later - sooner
        for (day, sooner), (other, later) in pairwise(moments)
        if day == other and 0 <= later - sooner <= LONGEST_GAP
    ]
    if len(gaps) < GAPS_FROM:
        return None
    mean = sum(gaps) / len(gaps)
    return mean / 60 if mean >= SHORTEST_MEAN else None
