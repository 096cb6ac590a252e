"""Explains any figure of Today or Plan by tracing it back to its inputs and down to the log."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain import formats
from planner.domain.day.snapshot import COUNTER_ORDER
from planner.domain.errors import InputError, StateError
from planner.domain.forecast.advice import (
    by_text,
    deals_text,
    disagreement,
    late_calls,
    rate_words,
    stale_text,
    way_out,
)
from planner.domain.forecast.amounts import Forecast
from planner.domain.forecast.ledger import shifted
from planner.domain.forecast.outlook import Aimed, Outlook
from planner.domain.forecast.stages import STAGES, arrow
from planner.domain.plan.pace import Course
from planner.domain.workdays import Period
from planner.services.context import AppContext
from planner.services.forecast.explain_targets import of_today
from planner.services.forecast.why import Why, counted, deals_missing, holds_words, money, working_days
from planner.services.plan.plan import PlanView, show

COUNTED_WORDS = tuple(metric.replace("_", " ") for metric in COUNTER_ORDER)
KEYS = (*COUNTER_ORDER, "fit", "line", "needed", "plan", "quota", "forecast", "noes", "average", "holds")


@dataclass(frozen=True, slots=True)
class Reasons:
    """Explains the figures of a month's view."""

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
        found += of_today(ctx, view.month)
    found += _of_month(view)
    return Reasons(view, tuple(found))


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
        f"{money(pace.line)} = {money(pace.target)} × {working_days(pace.days.elapsed)} gone ÷ "
        f"{working_days(pace.days.total)}.",
        f"{money(view.booked)} is booked, {money(abs(pace.delta))} {'ahead' if pace.delta >= 0 else 'behind'}.",
    ]
    if pace.delta_days is not None and pace.base:
        lines.append(
            f"In days: {money(abs(pace.delta))} ÷ {money(pace.base)} a day = "
            f"{formats.number(abs(float(pace.delta_days)), 1)}."
        )
    lines.append("Booked are the deals of the log: planner log list, planner deal list --all.")
    return Why("line", "the plan's line", money(pace.line), tuple(lines))


def _needed(own: Course) -> Why:
    pace = own.pace
    if pace.required is None:
        return Why("needed", "needed a working day", "–", (f"No working day is left; {money(pace.short_by)} short.",))
    if not pace.short_by:
        return Why("needed", "needed a working day", "0", ("The plan is met.",))
    text = f"{money(pace.required)} = {money(pace.short_by)} left ÷ {working_days(pace.days.left)}."
    return Why("needed", "needed a working day", money(pace.required), (text,))


def _likely(key: str, name: str, aimed: Aimed, known: Outlook) -> Why:
    assert aimed.probability is not None
    value, by = formats.percent(aimed.probability), by_text(known)
    if aimed.met or not known.left:
        over = () if aimed.met else ("No working day is left in the month.",)
        return Why(key, name, value, (*deals_missing(known, aimed), *over))
    facts, work, pace = known.facts, known.by_work, known.by_pace
    waiting = [
        counted(count, words)
        for stage, words in (("meeting-held", "meetings booked"), ("proposal", "meetings held"), ("deal", "proposals"))
        if (count := facts.open.get(stage, 0))
    ]
    late = late_calls(known)
    lines = [
        *deals_missing(known, aimed),
        f"The days left hold {known.capacity:,} more calls: {working_days(known.left)} of "
        f"{formats.number(known.per_day, 0)} ({holds_words(known)})"
        + (f", {facts.dials_today:,} of today done." if facts.dials_today else "."),
        f"Waiting already: {', '.join(waiting)}." if waiting else "Nothing is open.",
        f"Of the deals that a call of today brings in the end, {formats.percent(known.funnel.in_time(known.left))} "
        f"close {by}; of one on the last day {formats.percent(known.funnel.in_time(0.0))}."
        + (f" {late}" if late else ""),
    ]
    if work is not None and pace is not None:
        lines.append(
            f"Half of the forecast is your calls and deals ({money(work.median)}), half your pace so far "
            f"({money(pace.median)}); together, {value} of the ways the month can go reach "
            f"{money(aimed.target)} {by}."
        )
    if facts.intercept:
        lines.append(
            f"Corrected by your own record (planner plan record); uncorrected it would be "
            f"{formats.percent(shifted(aimed.probability, -facts.intercept))}."
        )
    if aimed.in_the_end is not None:
        lines.append(f"In the end, whenever those deals close, {formats.percent(aimed.in_the_end)}.")
    if aimed.dials is not None:
        lines.append(f"For {formats.percent(facts.wanted)} {by} it takes {aimed.dials:,} calls.")
    if aimed.probability < facts.wanted and key == "plan":
        way = way_out(known)
        lines.append(f"{way[0].upper()}{way[1:]}.")
    return Why(key, name, value, tuple(lines))


def _forecast(view: PlanView, known: Outlook) -> Why:
    found, work, pace, more = known.forecast, known.by_work, known.by_pace, known.deals_to_come
    assert found is not None and work is not None and pace is not None
    facts, open_work = known.facts, known.by_pipeline
    won, days = facts.recent
    rate = "what your calls bring, for want of a history"
    if days:
        rate = f"{won:,} in the {working_days(days)} of three months"
    by_age = ""
    if facts.by_age:
        share = "" if facts.by_age == 1 else f" (counted for {formats.percent(facts.by_age)}, your calls for the rest)"
        by_age = f" Few calls are logged, so the odds go by the age of your deals{share}."
    lines = [
        f"Half of it by your calls and deals: {_spread(work)}.{by_age}",
        f"Of that, open work alone: {counted(len(facts.open_deals), 'open deals')}, and the proposals and meetings "
        f"that still wait for an answer, less likely the longer they have waited: {_spread(open_work)}.",
        f"Half of it by pace: {facts.deals_done:,} won in {working_days(facts.elapsed)}, before that {rate}; "
        f"expect {more.mean:.1f} more in the {working_days(known.left)} left: {_spread(pace)}.",
        f"Both together {by_text(known)}: {_spread(found)}. The amount named is as likely to be passed as missed; four "
        "times in five it ends between the two others.",
        *(text for text in (disagreement(known), stale_text(known)) if text),
    ]
    return Why("forecast", "forecast", money(found.median), tuple(lines))


def _spread(forecast: Forecast) -> str:
    return f"{money(forecast.median)} ({money(forecast.low)} to {money(forecast.high)})"


def _noes(known: Outlook, value: str) -> Why:
    rate, deal, noes = known.betas["meeting-booked"], known.noes_to_deal, known.noes_to_meeting
    lines = (
        f"{formats.percent(rate.mean, 1)} of talks end in a meeting, so {noes.mean:.1f} do not for each that does; "
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
        seen = f"{deals_text(average.seen)} won, by age worth {n:.1f}, of {money(total / n)} each"
    if average.estimate is None:
        return Why("average", "average deal", money(known.average), (f"{seen}; you gave no estimate.",))
    text = f"Your estimate of {money(average.estimate)}, counted {average.STRENGTH} times, and {seen}."
    return Why("average", "average deal", money(known.average), (text,))


def _holds(known: Outlook) -> Why:
    per_day = formats.number(known.per_day, 0)
    lines = (
        f"{per_day} calls: {holds_words(known)}. `planner plan set --calls-per-day N` says it for a month, "
        "`planner config set plan.calls_per_day N` for all.",
    )
    return Why("holds", "calls a day holds", per_day, lines)


def _rate(known: Outlook, stage: str) -> Why:
    rate = known.rates[stage]
    low, high = rate.posterior.interval()
    between = f"Nine times in ten it lies between {formats.percent(low, 1)} and {formats.percent(high, 1)}."
    if rate.low_confidence:
        between += " Low confidence: what was believed still outweighs what was seen."
    value = formats.percent(rate.posterior.mean, 1)
    return Why(f"rate {stage}", arrow(stage), value, (*rate_words(rate), between), stage)
