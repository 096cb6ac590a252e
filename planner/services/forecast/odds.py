"""Computes the odds of a month, cached until an input changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from planner.domain.day.day import DayOdds
from planner.domain.forecast.advice import advice, advice_short
from planner.domain.forecast.funnel import Ages, DealFact
from planner.domain.forecast.inputs import Facts
from planner.domain.forecast.learned import Learned
from planner.domain.forecast.ledger import Kept, Record, Said, record
from planner.domain.forecast.outlook import Outlook, precompute
from planner.domain.forecast.supposition import NOTHING, Supposition
from planner.domain.plan.plan import MonthPlan
from planner.domain.plan.proration import plan_as_set
from planner.domain.workdays import DAY, Period, WorkCalendar, month_of, working_days
from planner.services.day.week import call_minutes
from planner.store.day import day as days
from planner.store.forecast import funnel

if TYPE_CHECKING:
    from planner.services.day.reading import Reading

# what a day shows of the odds; screens calculate the rest on demand
OF_DAY = ("plan", "quota", "levers", "forecast", "noes_to_meeting")
MINUTES_PER_DIAL = 1.5
DEFAULT_CALLS = 100
GAPS_FROM = 200  # gaps between calls needed to trust the rep's own pace
LONGEST_GAP = 600  # seconds; a longer gap is a pause
SHORTEST_MEAN = 30  # seconds; a shorter mean means that calls were typed in, not made
MONTHS_KEPT = 4
RECORD_MONTHS = 36  # past months in the track record
ABOUT = 0.1  # relative difference allowed between a renewal and the expected amount
RECENT_DAYS = 10  # working days of history needed to trust the rep's own rate of the last three months


@dataclass(frozen=True, slots=True)
class Holds:
    """A full day's capacity for calls, its source (`set`, `blocks`, `default`), and the rep's own minutes per call."""

    calls: float
    source: str
    minutes: float | None


def outlook(facts: Reading, month: Period, *, morning: bool = False) -> Outlook:
    """Return the odds of a month as of now, or with `morning` as of before today's activity.

    Cached on the context until an input, the day or the settings change. Repeated calls cost one short query.
    """
    ctx, today = facts.ctx, facts.today
    if facts.reads is None:
        return Outlook(_facts(facts, month, today))
    morning = morning and _anything_today(facts)  # otherwise the morning equals now
    last = today - DAY if morning else today
    state = facts.state
    with ctx.lock:  # one at a time, so that no two threads calculate the same odds
        kept = ctx.kept.get((month, morning, facts.closed))
        if kept is not None and kept[0] == state:
            found: Outlook = kept[1]
            return found
        found = precompute(Outlook(_facts(facts, month, last)), *(("plan",) if morning else OF_DAY))
        for key in [key for key, (at, _) in ctx.kept.items() if at != state]:
            del ctx.kept[key]
        while len(ctx.kept) >= MONTHS_KEPT:
            del ctx.kept[next(iter(ctx.kept))]
        ctx.kept[month, morning, facts.closed] = (state, found)
        return found


def _anything_today(facts: Reading) -> bool:
    """Return whether anything that affects the odds was done today."""
    assert facts.reads is not None
    return any(facts.counts.counts_on(facts.today).values()) or funnel.deal_on(facts.reads, facts.today)


def day_odds(known: Outlook, key: str = "") -> DayOdds:
    """Return what Today shows of a month's odds. `key` identifies the day's counts behind them."""
    plan, quota, forecast = known.plan, known.quota, known.forecast
    noes = known.noes_to_meeting
    enough = plan is not None and plan.probability is not None and plan.probability >= known.facts.wanted
    return DayOdds(
        p_plan=None if plan is None else plan.probability,
        p_quota=None if quota is None else quota.probability,
        p_plan_end=None if plan is None else plan.in_the_end,
        p_quota_end=None if quota is None else quota.in_the_end,
        forecast=None if forecast is None or plan is None else (forecast.median, forecast.low, forecast.high),
        noes=(round(noes.mean), noes.low, noes.high),
        holds=known.holds_today if known.facts.weight_today else None,
        advice="" if enough else "\n".join(text for text in (advice(known), advice_short(known)) if text),
        key=key,
    )


def odds_to_state(known: Outlook) -> Said | None:
    """Return the odds to state on a morning, or None without a plan or an average deal."""
    plan, quota, forecast = known.plan, known.quota, known.forecast
    if plan is None or plan.probability is None or forecast is None:
        return None
    return Said(
        known.facts.today, plan.target, known.facts.quota or 0.0, plan.probability,
        None if quota is None else quota.probability, forecast.median, forecast.low, forecast.high,
    )  # fmt: skip


def own_record(facts: Reading) -> Record:
    """Return the track record of stated odds over the past months."""
    this = month_of(facts.today)
    if facts.reads is None or facts.first_said is None or facts.first_said >= this.first:
        return record(())
    since = this.first - relativedelta(months=RECORD_MONTHS)
    said = days.stated_odds(facts.reads, Period(since, this.first - DAY))
    brought = {month: float(facts.revenue(month)) for month in {month_of(each.day) for each in said}}
    return record([Kept(each, brought[month_of(each.day)]) for each in said])


def suppose(known: Outlook, supposition: Supposition) -> Outlook:
    """Return the same facts under a supposition. Reads and writes nothing."""
    return known if supposition == NOTHING else Outlook(known.facts, supposition)


def own_average(facts: Reading) -> float | None:
    """Return the value of one of the rep's own deals as the odds use it, or None if none is won yet."""
    if facts.reads is None:
        return None
    known = _facts(facts, month_of(facts.today), facts.today).average
    return known.shrunk if known.seen else None


def _facts(facts: Reading, month: Period, last: date) -> Facts:
    """Return the inputs of a month's odds, up to and including the day `last`."""
    today, closed, calendar, counts = facts.today, facts.closed, facts.calendar, facts.counts
    log = facts.log if last == today else facts.log.as_of(last)
    three_months = month.first - relativedelta(months=3)
    first = facts.first_known
    ages = Ages(calendar, min(first or month.first, three_months, today), today, closed=closed)
    earlier = [plan for plan in reversed(facts.plans) if plan.month.first <= month.first]
    counting, plan = month, facts.plan(month)
    if plan is not None:
        counting, plan = plan_as_set(plan, calendar)
    held = working_days(calendar, counting, today, closed=closed)
    holds = calls_held(facts, earlier)
    until = counting.up_to(last)
    recent = Period(three_months, month.first - DAY).from_day(max(three_months, first or today))
    recent = None if recent is None else recent.up_to(min(recent.last, last))
    recent_days = float(calendar.total(recent))
    known = recent_days >= RECENT_DAYS
    return Facts(
        today=today,
        ages=ages,
        events=log.entries.events,
        deals=log.deals,
        total=float(held.total),
        elapsed=float(held.elapsed),
        left=float(held.left),
        weight_today=_weight(calendar, counting, today, closed),
        days_to_end=_to_end(month, today, closed),
        first_day=counting.first,
        quota=None if plan is None else float(plan.quota),
        plan=None if plan is None else float(plan.personal_plan),
        expected_other=0.0 if plan is None else float(plan.expected_other),
        other_came=_renewals_come(log.deals, month, plan),
        estimate=next((float(each.average_deal) for each in earlier if each.average_deal is not None), None),
        booked=float(facts.revenue(month, None if last == today else last)),  # as in every view
        brought_in=0.0 if plan is None else float(plan.brought_in),
        deals_done=counts.total("deals", until),
        dials_today=counts.counts_on(today).get("dials", 0) if last == today and today in counting else 0,
        dials_done=counts.total("dials", until),
        call_days=_call_days(facts, three_months, first),
        proposals_done=counts.total("proposals", until),
        recent_proposals=counts.total("proposals", recent) if known else 0,
        logged_values=log.entries.values,
        calls_per_day=holds.calls,
        calls_from=holds.source,
        minutes_per_dial=holds.minutes,
        recent=(counts.total("deals", recent), recent_days) if known else (0, 0.0),
        priors=facts.config.priors,
        wanted=facts.config["plan.probability"],
        intercept=own_record(facts).intercept,
        ends=counting.last,
        ahead=_days_ahead(calendar, counting, today, closed),
        learned=facts.ctx.memory.setdefault("learned", Learned()),
    )


def _days_ahead(calendar: WorkCalendar, counting: Period, today: date, closed: bool) -> tuple[tuple[date, float], ...]:
    """Return the days left with their weights."""
    first = max(counting.first, today + DAY if closed else today)
    if first > counting.last:
        return ()
    return tuple((day, float(weight)) for day, weight in calendar.weights(Period(first, counting.last)))


def _renewals_come(deals: Sequence[DealFact], month: Period, plan: MonthPlan | None) -> float:
    """Return what came this month of a plan's expected renewals and repeat orders: deals with earlier buyers, and deals
    of about the expected amount with anyone.
    """
    if plan is None or not plan.expected_other:
        return 0.0
    expected, came = float(plan.expected_other), 0.0
    first, last = month.first.isoformat(), month.last.isoformat()
    before = {deal.contact for deal in deals if deal.won and deal.contact and deal.closed and deal.closed < first}
    for deal in deals:
        if deal.won and deal.closed and first <= deal.closed <= last and deal.value:
            again = deal.contact in before
            came += deal.value if again or abs(deal.value - expected) <= ABOUT * expected else 0.0
    return came


def _call_days(facts: Reading, since: date, first: date | None) -> tuple[tuple[float, int], ...]:
    """Return working weight and calls of the past days, starting three months back."""
    if first is None or max(since, first) >= facts.today:
        return ()
    days = facts.calendar.weights(Period(max(since, first), facts.today - DAY))
    return tuple((float(weight), facts.counts.counts_on(day).get("dials", 0)) for day, weight in days if weight)


def _weight(calendar: WorkCalendar, counting: Period, today: date, closed: bool) -> float:
    return float(calendar.weight(today)) if today in counting and not closed else 0.0


def _to_end(month: Period, today: date, closed: bool) -> int:
    return max(0, (month.last - max(today, month.first - DAY)).days + (0 if closed else 1))


def calls_held(facts: Reading, plans: Sequence[MonthPlan] = ()) -> Holds:
    """Return how many calls a full day holds: as set (plan, then settings), else the call blocks at the rep's pace."""
    for plan in plans:
        if plan.calls_per_day is not None:
            return Holds(plan.calls_per_day, "set", None)
    config = facts.config
    if config["plan.calls_per_day"]:
        return Holds(config["plan.calls_per_day"], "set", None)
    in_blocks, minutes = call_minutes(facts.week), own_minutes(facts)
    if in_blocks:
        return Holds(int(in_blocks / (minutes or MINUTES_PER_DIAL)), "blocks", minutes)
    return Holds(DEFAULT_CALLS, "default", minutes)


def own_minutes(facts: Reading) -> float | None:
    """Return the rep's own minutes per call, conversations included, or None if there are too few calls."""
    if facts.reads is None:
        return None
    # today's calls must not change what today holds
    last = facts.today - DAY
    moments = funnel.call_moments(facts.reads, last - relativedelta(months=3), last)
    gaps = [
        later - sooner
        for (day, sooner), (other, later) in pairwise(moments)
        if day == other and 0 <= later - sooner <= LONGEST_GAP
    ]
    if len(gaps) < GAPS_FROM:
        return None
    mean = sum(gaps) / len(gaps)
    return mean / 60 if mean >= SHORTEST_MEAN else None
