"""Explains today's targets, and whether the day has room for them."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction

from planner.domain import formats
from planner.domain.day.activity import WORDS
from planner.domain.day.day import MAIL_MINUTES, MINUTES_EACH, Counter, DaySnapshot
from planner.domain.day.snapshot import COUNTER_ORDER, Aim, aim
from planner.domain.errors import StateError
from planner.domain.forecast.advice import by_text, calls_text
from planner.domain.forecast.outlook import Outlook
from planner.domain.forecast.stages import STAGES, arrow
from planner.domain.plan.goals import Goal
from planner.domain.workdays import Period
from planner.services.context import AppContext
from planner.services.day.reading import reading
from planner.services.day.snapshot import plan_day
from planner.services.forecast.why import Why, count_noun, deals_missing, holds_words, working_days

STAGE_OF = {"conversations": "conversation", "meetings_booked": "meeting-booked", "proposals": "proposal"}
MINUTES_WORDS = {
    "dials": "calls",
    "conversations": "conversations",
    "meetings_held": "meetings",
    "proposals": "proposals",
}


def of_today(ctx: AppContext, month: Period) -> list[Why]:
    """Return the figures of today, which falls in the month."""
    today = ctx.today()
    with reading(ctx) as facts:
        laid = plan_day(facts, today)
        record = facts.record(today)
        morning = facts.outlook(month, morning=True)
        aims: dict[str, tuple[Goal, Aim]] = {}
        for metric, counter in laid.counters.items():
            goal, held = facts.goals.get(counter.goal_id or 0), None
            if goal is not None:
                with suppress(StateError):
                    held = aim(facts, goal, today)
            if goal is not None and held is not None:
                aims[metric] = goal, held
    found = [
        _counter(laid.counters[metric], aims.get(metric), laid, morning, metric in (record.targets or {}))
        for metric in COUNTER_ORDER
        if metric in laid.counters
    ]
    if laid.fit is not None:
        found.append(_fit(laid))
    return found


def _counter(counter: Counter, goal: tuple[Goal, Aim] | None, laid: DaySnapshot, known: Outlook, frozen: bool) -> Why:
    metric = counter.metric
    singular, plural = WORDS[metric]
    lines = []
    by_plan = counter.target if counter.source == "plan" else counter.other
    if goal is not None:
        lines += _by_goal(goal, counter.target if counter.source == "goal" else counter.other, laid)
    if by_plan is not None:
        lines += _calls_by_plan(known, laid) if metric == "dials" else _explain_following(metric, laid, known)
    if goal is not None and by_plan is not None:
        who = "your plan" if counter.source == "plan" else "your goal"
        if not counter.target:
            lines.append("Neither adds up to a whole one today, so today's target is 0.")
        elif counter.other == counter.target:
            lines.append(f"Both come to {counter.target:,}.")
        else:
            lines.append(f"The larger of the two applies: {counter.target:,}, from {who}.")
    if metric == "dials" and laid.odds is not None and laid.odds.holds is not None and counter.target > laid.odds.holds:
        lines.append(f"That's over your capacity of {laid.odds.holds:,} calls a day.")
    if frozen:
        lines.append("You started the day with this target, so it stays until you end the day.")
    word = singular if counter.target == 1 else plural
    return Why(metric, word, f"{counter.target:,}", tuple(lines), STAGE_OF.get(metric, ""))


def _by_goal(goal: tuple[Goal, Aim], asked: int | None, laid: DaySnapshot) -> list[str]:
    node, held = goal
    pace, share = held.course.pace, held.course.share(laid.day)
    left = pace.short_by
    lines = [
        f"Your goal “{node.title}” needs {_amount(pace.target)} from "
        f"{formats.when_text(held.stretch.first, laid.day)} to {formats.when_text(held.stretch.last, laid.day)}. "
        f"Before today you'd done {_amount(pace.done)}, which leaves {_amount(left)}."
    ]
    if pace.required is None:
        return [*lines, "No working days are left."]
    number = f"{asked:,}" if asked is not None else _amount(pace.required * laid.weight)
    days = working_days(pace.days.left)
    part = "" if laid.weight == 1 else f" × {formats.number(float(laid.weight), 2)} of a day today"
    if pace.base < 1:
        due = laid.next_due.get(held.goal.metric.counted or "") if held.goal.metric is not None else None
        then = f" The next one is due by {formats.when_text(due)}." if due is not None else ""
        return [
            *lines,
            f"At {_amount(pace.base)} a day, it takes more than a day to add up to one.{then}",
        ]
    if share is not None and share < pace.required * laid.weight:
        return [
            *lines,
            f"{_amount(left)} ÷ {days} would be {_amount(pace.required)} a day, but the daily cap allows "
            f"{_amount(share)}, so today's target is {number}. The other {_amount(held.course.spread.shortfall)} won't "
            "fit in the days left.",
        ]
    return [*lines, f"{number} = {_amount(left)} left ÷ {days}{part}, rounded up."]


def _calls_by_plan(known: Outlook, laid: DaySnapshot) -> list[str]:
    plan = known.plan
    if plan is None or not plan.deals:
        return []
    lines = [*deals_missing(known, plan)]
    wanted = formats.percent(known.facts.wanted)
    capacity = f"your daily capacity of {formats.number(known.per_day, 0)} ({holds_words(known)})"
    if plan.dials is None:
        why = "Too few calls are logged to say how many it takes"
        if not known.facts.too_few_calls:
            why = f"No number of calls makes that {wanted} likely {by_text(known)}"
        return [*lines, f"{why}, so your plan uses {capacity}."]
    share = math.ceil(plan.dials * float(laid.weight) / known.left - 1e-9) if known.left else plan.dials
    lines.append(
        f"At your rates, {plan.dials:,} more calls make that {wanted} likely {by_text(known)}. Over "
        f"{working_days(known.left)}, that's about {share:,} today. Your plan uses the smaller of that and {capacity}."
    )
    return lines


def _explain_following(metric: str, laid: DaySnapshot, known: Outlook) -> list[str]:
    stage = STAGE_OF.get(metric)
    calls = laid.counters.get("dials")
    if stage is None or calls is None:
        return []
    asked = calls.target if calls.source == "plan" else calls.other
    if asked is None:
        return []
    path = STAGES[: STAGES.index(stage) + 1]
    rates = " × ".join(formats.percent(known.betas[name].mean, 1) for name in path)
    exact = known.follow(asked)[stage]
    named = ", ".join(arrow(name) for name in path)
    made = f"{calls_text(asked).removesuffix(' a day')} × {rates} ({named}, as of this morning) = {exact:.2f}"
    if exact >= float(laid.weight):
        return [f"{made}, rounded up."]
    due = laid.next_due.get(metric)
    then = f" The next one is due by {formats.when_text(due)}." if due is not None else ""
    return [f"{made}. It takes more than a day to add up to one.{then}"]


def _fit(laid: DaySnapshot) -> Why:
    assert laid.fit is not None
    parts = [
        f"{count_noun(laid.counters[metric].target, MINUTES_WORDS[metric])} at {formats.number(float(each), 1)}"
        for metric, each in MINUTES_EACH.items()
        if metric in laid.counters
    ]
    asked = formats.number(float(laid.fit.asked), 0)
    lines = [
        f"You need {asked} minutes: {', '.join(parts)}, and {MAIL_MINUTES} for email.",
        f"Your working blocks have {laid.fit.available:,} minutes.",
    ]
    if laid.fit.over:
        lines.append(f"{formats.number(float(laid.fit.over), 0)} minutes too many. Drop your lowest priorities.")
    return Why("fit", "does it fit your hours?", "no" if laid.fit.over else "yes", tuple(lines))


def _amount(value: Fraction) -> str:
    return formats.number(float(value), 1 if abs(value) < 100 else 0)
