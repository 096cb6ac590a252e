"""Explanations of any figure of Today or Plan, back to its inputs and down to the log."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from planner.domain.day.activity import WORDS
from planner.domain.day.day import MAIL_MINUTES, MINUTES_EACH, Counter, DaySnapshot
from planner.domain.day.snapshot import COUNTER_ORDER, Aim, aim
from planner.domain.errors import InputError, StateError
from planner.domain.forecast.advice import (
    by_text,
    calls_text,
    deals_text,
    disagreement,
    late_calls,
    percent,
    stale_text,
    way_out,
)
from planner.domain.forecast.amounts import Forecast
from planner.domain.forecast.days_left import OTHER_COMES
from planner.domain.forecast.evidence import rate_words
from planner.domain.forecast.ledger import shifted
from planner.domain.forecast.outlook import Aimed, Outlook
from planner.domain.forecast.stages import STAGES, arrow
from planner.domain.money import format_amount, format_number
from planner.domain.plan.goals import Goal
from planner.domain.plan.pace import Course
from planner.domain.workdays import Period
from planner.services.context import AppContext
from planner.services.day.reading import reading
from planner.services.day.snapshot import plan_day
from planner.services.plan.plan import PlanView, show

STAGE_OF = {"conversations": "conversation", "meetings_booked": "meeting-booked", "proposals": "proposal"}
MINUTES_WORDS = {"dials": "calls", "conversations": "talks", "meetings_held": "meetings", "proposals": "proposals"}


SMALL = 100  # smaller amounts show hundredths


COUNTED_WORDS = tuple(metric.replace("_", " ") for metric in COUNTER_ORDER)
KEYS = (*COUNTER_ORDER, "fit", "line", "needed", "plan", "quota", "forecast", "noes", "average", "holds")


@dataclass(frozen=True, slots=True)
class Why:
    """An explained figure: name, value, and one sentence per line. `stage` has trials that can be opened."""

    key: str
    name: str
    value: str
    lines: tuple[str, ...]
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """The explained figures of a month, with their view."""

    view: PlanView
    figures: tuple[Why, ...]

    def find(self, text: str) -> tuple[Why, ...]:
        """Return the figures matching a word: a key, a stage or a name. Raises InputError if there is none, or
        StateError if the figure isn't available yet.
        """
        word = text.strip().lower().replace("_", " ").replace("-", " ")
        for wanted in (word, f"rate {word}"):
            found = tuple(figure for figure in self.figures if figure.key.replace("_", " ").replace("-", " ") == wanted)
            if found:
                return found
        plain = word.removesuffix("s")
        found = tuple(figure for figure in self.figures if plain and figure.name.lower().startswith(plain))
        if word in (key.replace("_", " ") for key in KEYS) and not any(each.key in KEYS for each in found):
            raise StateError(f"{text}: {self._untold(word)}")
        if found:
            return found
        raise InputError(f"{text!r} is no figure; there are: {', '.join(figure.key for figure in self.figures)}.")

    def _untold(self, word: str) -> str:
        known = self.view.outlook
        if self.view.plan is None and word not in COUNTED_WORDS:
            return "no plan is set for this month (planner plan set --quota … --personal 2x)."
        if word in COUNTED_WORDS:
            return "nothing asks for any today: a day off, or no plan and no goal that does."
        if word == "quota" and not (self.view.plan and self.view.plan.quota):
            return "the quota is 0, so there are no odds of it."
        if known.average is None:
            return "nobody knows yet what a deal brings (planner plan set --average-deal)."
        return "it can't be told for this month."


def read(ctx: AppContext, month: Period | None = None) -> Reasons:
    """Return all figures of a month, and those of today if it falls in that month."""
    view = show(ctx, month)
    found: list[Why] = []
    if ctx.today() in view.month and ctx.database.exists():
        found += _of_today(ctx, view)
    found += _of_month(view)
    return Reasons(view, tuple(found))


def _of_today(ctx: AppContext, view: PlanView) -> list[Why]:
    today = ctx.today()
    with reading(ctx) as facts:
        laid = plan_day(facts, today)
        record = facts.record(today)
        morning = facts.outlook(view.month, morning=True)
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
        lines += _calls_by_plan(known, laid) if metric == "dials" else _following(metric, laid, known)
    if goal is not None and by_plan is not None:
        who = "the plan's" if counter.source == "plan" else "your goal's"
        lines.append(f"The larger of the two counts: {counter.target:,}, {who}.")
    if metric == "dials" and laid.odds is not None and laid.odds.holds is not None and counter.target > laid.odds.holds:
        lines.append(f"That is more than the {laid.odds.holds:,} calls that the day holds.")
    if frozen:
        lines.append("The day was opened with this target, and it stands till the evening.")
    word = singular if counter.target == 1 else plural
    return Why(metric, word, f"{counter.target:,}", tuple(lines), STAGE_OF.get(metric, ""))


def _by_goal(goal: tuple[Goal, Aim], asked: int | None, laid: DaySnapshot) -> list[str]:
    node, held = goal
    pace, share = held.course.pace, held.course.share(laid.day)
    left = pace.short_by
    lines = [
        f"Your goal “{node.title}” asks for {_amount(pace.target)} from {held.stretch.first} to {held.stretch.last}; "
        f"done before today {_amount(pace.done)}, left {_amount(left)}."
    ]
    if pace.required is None:
        return [*lines, "No working day is left."]
    number = f"{asked:,}" if asked is not None else _amount(pace.required * laid.weight)
    days = _days(pace.days.left)
    part = "" if laid.weight == 1 else f", and today counts as {format_number(float(laid.weight), 2)} of a day"
    if pace.base < 1:
        due = laid.next_due.get(held.goal.metric.counted or "") if held.goal.metric is not None else None
        then = f" The next one is due by {due:%a} {due.day} {due:%b}." if due is not None else ""
        return [
            *lines,
            f"{_amount(pace.base)} a day is less than one: a whole one falls due when the line reaches it.{then}",
        ]
    if share is not None and share < pace.required * laid.weight:
        return [
            *lines,
            f"{_amount(left)} ÷ {days} would be {_amount(pace.required)} a day; the daily cap holds it at "
            f"{_amount(share)}{part}: {number}. {_amount(held.course.spread.shortfall)} find no room.",
        ]
    return [*lines, f"{number} = {_amount(left)} left ÷ {days}{part}, rounded up."]


def _calls_by_plan(known: Outlook, laid: DaySnapshot) -> list[str]:
    plan = known.plan
    if plan is None or not plan.deals:
        return []
    lines = [*_deals_missing(known, plan)]
    wanted = percent(known.facts.wanted)
    holds = f"a full day holds {format_number(known.per_day, 0)} ({holds_words(known)})"
    if plan.dials is None:
        why = "Too few calls are logged to say how many it takes"
        if not known.facts.too_few_calls:
            why = f"No number of calls reaches that {by_text(known)} with {wanted}"
        return [*lines, f"{why}; {holds}, so that is asked."]
    share = math.ceil(plan.dials * float(laid.weight) / known.left - 1e-9) if known.left else plan.dials
    lines.append(
        f"By your rates {plan.dials:,} more calls reach that {by_text(known)} with {wanted}: over {_days(known.left)} "
        f"about {share:,} today; {holds}. The smaller is what the plan asks."
    )
    return lines


def holds_words(known: Outlook) -> str:
    """Return the source of the calls a day holds."""
    facts = known.facts
    if known.supposed.calls_per_day is not None:
        return "supposed"
    if facts.calls_from == "set":
        return "as you set it"
    if facts.calls_from == "blocks":
        each = "your own" if facts.minutes_per_dial is not None else "reckoned"
        return f"the call blocks, at {each} {format_number(facts.minutes_per_dial or 1.5, 1)} minutes a call"
    return "until you say how many"


def _deals_missing(known: Outlook, aimed: Aimed) -> list[str]:
    facts = known.facts
    other = ""
    if facts.expected_left and known.left:
        other = f", {_money(facts.expected_left)} of it expected from elsewhere with {percent(OTHER_COMES)}"
    if facts.other_came:
        other += f" ({_money(facts.other_came)} of what was expected came)"
    what = f"{_money(aimed.missing)} is missing" if aimed.missing > 0 else "nothing is missing"
    if aimed.missing < 0:
        what = f"{_money(-aimed.missing)} more than asked"
    lines = [f"Of {_money(aimed.target)}, {_money(facts.booked)} is booked, so {what}{other}."]
    if known.average is not None and aimed.deals and known.left:
        rest = (
            f"the rest is about {deals_text(aimed.deals)}"
            if facts.expected_left
            else (f"that is about {deals_text(aimed.deals)}")
        )
        lines.append(
            f"At an average deal of {_money(known.average)} {rest}; the odds reckon with how much your deals differ."
        )
    return lines


def _following(metric: str, laid: DaySnapshot, known: Outlook) -> list[str]:
    stage = STAGE_OF.get(metric)
    calls = laid.counters.get("dials")
    if stage is None or calls is None:
        return []
    asked = calls.target if calls.source == "plan" else calls.other
    if asked is None:
        return []
    path = STAGES[: STAGES.index(stage) + 1]
    rates = " × ".join(percent(known.betas[name].mean, 1) for name in path)
    exact = known.follow(asked)[stage]
    named = ", ".join(arrow(name) for name in path)
    made = f"{calls_text(asked).removesuffix(' a day')} × {rates} ({named}) = {exact:.2f}"
    if exact >= float(laid.weight):
        return [f"{made}, rounded up."]
    due = laid.next_due.get(metric)
    then = f" The next one is due by {due:%a} {due.day} {due:%b}." if due is not None else ""
    return [f"{made}, less than one a day: a whole one falls due when the days so far add up to it.{then}"]


def _fit(laid: DaySnapshot) -> Why:
    assert laid.fit is not None
    parts = [
        f"{_counted(laid.counters[metric].target, MINUTES_WORDS[metric])} at {format_number(float(each), 1)}"
        for metric, each in MINUTES_EACH.items()
        if metric in laid.counters
    ]
    asked = format_number(float(laid.fit.asked), 0)
    lines = [
        f"Minutes asked: {', '.join(parts)}, and mail {MAIL_MINUTES} in all: {asked}.",
        f"The working blocks of the day hold {laid.fit.available:,} minutes.",
    ]
    if laid.fit.over:
        lines.append(f"{format_number(float(laid.fit.over), 0)} minutes too many: leave out what ranks lowest.")
    return Why("fit", "does the day fit?", "no" if laid.fit.over else "yes", tuple(lines))


def _of_month(view: PlanView) -> list[Why]:
    known = view.outlook
    found: list[Why] = []
    if view.plan is not None and view.plan_course is not None and view.quota_course is not None:
        found += [_line(view, view.plan_course), _needed(view.plan_course)]
        for key, name, aimed in (
            ("plan", f"plan likely {by_text(known)}", known.plan),
            ("quota", f"quota likely {by_text(known)}", known.quota),
        ):
            if aimed is not None and aimed.probability is not None:
                found.append(_likely(key, name, aimed, known))
    if known.forecast is not None:
        found.append(_forecast(view, known))
    noes = known.noes_to_meeting
    found.append(_noes(known, f"about {noes.mean:,.0f}"))
    if known.average is not None:
        found.append(_average(known))
    found.append(_holds(known))
    found += [_rate(known, stage) for stage in STAGES]
    return found


def _line(view: PlanView, own: Course) -> Why:
    pace = own.pace
    lines = [
        f"{_money(pace.line)} = {_money(pace.target)} × {_days(pace.days.elapsed)} gone ÷ {_days(pace.days.total)}.",
        f"{_money(view.booked)} is booked, {_money(abs(pace.delta))} {'ahead' if pace.delta >= 0 else 'behind'}.",
    ]
    if pace.delta_days is not None and pace.base:
        lines.append(
            f"In days: {_money(abs(pace.delta))} ÷ {_money(pace.base)} a day = "
            f"{format_number(abs(float(pace.delta_days)), 1)}."
        )
    lines.append("Booked are the deals of the log: planner log list, planner deal list --all.")
    return Why("line", "the plan's line", _money(pace.line), tuple(lines))


def _needed(own: Course) -> Why:
    pace = own.pace
    if pace.required is None:
        return Why("needed", "needed a working day", "–", (f"No working day is left; {_money(pace.short_by)} short.",))
    if not pace.short_by:
        return Why("needed", "needed a working day", "0", ("The plan is met.",))
    text = f"{_money(pace.required)} = {_money(pace.short_by)} left ÷ {_days(pace.days.left)}."
    return Why("needed", "needed a working day", _money(pace.required), (text,))


def _likely(key: str, name: str, aimed: Aimed, known: Outlook) -> Why:
    assert aimed.probability is not None
    value, by = percent(aimed.probability), by_text(known)
    if aimed.met or not known.left:
        over = () if aimed.met else ("No working day is left in the month.",)
        return Why(key, name, value, (*_deals_missing(known, aimed), *over))
    facts, work, pace = known.facts, known.by_work, known.by_pace
    waiting = [
        _counted(count, words)
        for stage, words in (("meeting-held", "meetings booked"), ("proposal", "meetings held"), ("deal", "proposals"))
        if (count := facts.open.get(stage, 0))
    ]
    late = late_calls(known)
    lines = [
        *_deals_missing(known, aimed),
        f"The days left hold {known.capacity:,} more calls: {_days(known.left)} of {format_number(known.per_day, 0)} "
        f"({holds_words(known)})" + (f", {facts.dials_today:,} of today done." if facts.dials_today else "."),
        f"Waiting already: {', '.join(waiting)}." if waiting else "Nothing is open.",
        f"Of the deals that a call of today brings in the end, {percent(known.funnel.in_time(known.left))} close {by}; "
        f"of one on the last day {percent(known.funnel.in_time(0.0))}." + (f" {late}" if late else ""),
    ]
    if work is not None and pace is not None:
        lines.append(
            f"Half of the forecast is your calls and deals ({_money(work.median)}), half your pace so far "
            f"({_money(pace.median)}); together, {value} of the ways the month can go reach "
            f"{_money(aimed.target)} {by}."
        )
    if facts.intercept:
        lines.append(
            f"Corrected by your own record (planner plan record); uncorrected it would be "
            f"{percent(shifted(aimed.probability, -facts.intercept))}."
        )
    if aimed.in_the_end is not None:
        lines.append(f"In the end, whenever those deals close, {percent(aimed.in_the_end)}.")
    if aimed.dials is not None:
        lines.append(f"For {percent(facts.wanted)} {by} it takes {aimed.dials:,} calls.")
    if aimed.probability < facts.wanted and key == "plan":
        way = way_out(known)
        lines.append(f"{way[0].upper()}{way[1:]}.")
    return Why(key, name, value, tuple(lines))


def _forecast(view: PlanView, known: Outlook) -> Why:
    found, work, pace, more = known.forecast, known.by_work, known.by_pace, known.deals_to_come
    assert found is not None and work is not None and pace is not None
    facts, open_work = known.facts, known.by_pipeline
    won, days = facts.recent
    rate = f"{won:,} in the {_days(days)} of three months" if days else "what your calls bring, for want of a history"
    by_age = ""
    if facts.by_age:
        share = "" if facts.by_age == 1 else f" (counted for {percent(facts.by_age)}, your calls for the rest)"
        by_age = f" Few calls are logged, so the odds go by the age of your deals{share}."
    lines = [
        f"Half of it by your calls and deals: {_spread(work)}.{by_age}",
        f"Of that, open work alone: {_counted(len(facts.open_deals), 'open deals')}, and the proposals and meetings "
        f"that still wait for an answer, less likely the longer they have waited: {_spread(open_work)}.",
        f"Half of it by pace: {facts.deals_done:,} won in {_days(facts.elapsed)}, before that {rate}; "
        f"expect {more.mean:.1f} more in the {_days(known.left)} left: {_spread(pace)}.",
        f"Both together {by_text(known)}: {_spread(found)}. The amount named is as likely to be passed as missed; four "
        "times in five it ends between the two others.",
        *(text for text in (disagreement(known), stale_text(known)) if text),
    ]
    return Why("forecast", "forecast", _money(found.median), tuple(lines))


def _spread(forecast: Forecast) -> str:
    return f"{_money(forecast.median)} ({_money(forecast.low)} to {_money(forecast.high)})"


def _noes(known: Outlook, value: str) -> Why:
    rate, deal, noes = known.betas["meeting-booked"], known.noes_to_deal, known.noes_to_meeting
    lines = (
        f"{percent(rate.mean, 1)} of talks end in a meeting, so {noes.mean:.1f} do not for each that does; "
        f"four times in five from {noes.low:,} to {noes.high:,}.",
        f"To the next deal about {deal.mean:,.0f} ({deal.low:,} to {deal.high:,}).",
        f"Since the last meeting you have heard {known.noes_heard:,}. Each no is a step: the next talk is as likely "
        "to be the one.",
    )
    return Why("noes", "no's to the next meeting", value, lines, "meeting-booked")


def _average(known: Outlook) -> Why:
    average = known.facts.average
    n, total = average.weighed
    assert known.average is not None
    seen = "no deal won yet"
    if n:
        seen = f"{deals_text(average.seen)} won, by age worth {n:.1f}, of {_money(total / n)} each"
    if average.estimate is None:
        return Why("average", "average deal", _money(known.average), (f"{seen}; you gave no estimate.",))
    text = f"Your estimate of {_money(average.estimate)}, counted {average.STRENGTH} times, and {seen}."
    return Why("average", "average deal", _money(known.average), (text,))


def _holds(known: Outlook) -> Why:
    per_day = format_number(known.per_day, 0)
    lines = (
        f"{per_day} calls: {holds_words(known)}. `planner plan set --calls-per-day N` says it for a month, "
        "`planner config set plan.calls_per_day N` for all.",
    )
    return Why("holds", "calls a day holds", per_day, lines)


def _rate(known: Outlook, stage: str) -> Why:
    rate = known.rates[stage]
    low, high = rate.posterior.interval()
    between = f"Nine times in ten it lies between {percent(low, 1)} and {percent(high, 1)}."
    if rate.low_confidence:
        between += " Low confidence: what was believed still outweighs what was seen."
    value = percent(rate.posterior.mean, 1)
    return Why(f"rate {stage}", arrow(stage), value, (*rate_words(rate), between), stage)


def _counted(count: int, words: str) -> str:
    """Return a count with its noun, ``1 meeting held``, ``2 open deals``. The noun is the word ending in s."""
    if count == 1:
        words = " ".join(word.removesuffix("s") for word in words.split())
    return f"{count:,} {words}"


def _money(value: float | Fraction | object) -> str:
    amount = float(value)  # type: ignore[arg-type]
    return format_amount(round(amount, 2 if abs(amount) < SMALL else None))


def _amount(value: Fraction) -> str:
    return format_number(float(value), 1 if abs(value) < 100 else 0)


def _days(value: Fraction | float) -> str:
    text = format_number(float(value), 2)
    return f"{text} working {'day' if text == '1' else 'days'}"
