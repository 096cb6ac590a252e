"""Explains any figure of Today or Plan by tracing it back to its inputs and down to the log."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from planner.domain import formats
from planner.domain.day.activity import WORDS
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
from planner.domain.forecast.ledger import correct_odds
from planner.domain.forecast.outlook import Aimed, Outlook
from planner.domain.forecast.stages import STAGES, arrow
from planner.domain.plan.pace import Course
from planner.domain.workdays import Period
from planner.services.context import AppContext
from planner.services.forecast.explain_targets import of_today
from planner.services.forecast.why import Why, count_noun, deals_missing, holds_words, money, working_days
from planner.services.plan.plan import PlanView, show

NEEDED = "needed per working day"
COUNTED_WORDS = tuple(metric.replace("_", " ") for metric in COUNTER_ORDER)
# What figures were called before, so that these words still find them.
FORMER = {
    "dials": "cold calls",
    "needed": "needed a working day",
    "plan": "plan likely",
    "quota": "quota likely",
    "holds": "calls a day holds",
    "rate conversation": "dial",
    "rate meeting-booked": "talk",
}
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
        found = tuple(
            figure
            for figure in self.figures
            if plain and (figure.name.lower().startswith(plain) or FORMER.get(figure.key, "").startswith(plain))
        )
        if word in (key.replace("_", " ") for key in KEYS) and not any(each.key in KEYS for each in found):
            raise StateError(self._untold(word))
        if found:
            return found
        raise InputError(f"{text!r} is not a figure. Choose from {', '.join(figure.key for figure in self.figures)}.")

    def _untold(self, word: str) -> str:
        known = self.view.outlook
        if self.view.plan is None and word not in COUNTED_WORDS:
            return "There's no plan for this month yet. Set one: planner plan set --quota AMOUNT --personal 2x."
        if word in COUNTED_WORDS:
            return f"There's no target for {WORDS[word.replace(' ', '_')][1]} today, from your plan or your goals."
        if word == "quota" and not (self.view.plan and self.view.plan.quota):
            return "Your quota is 0, so there are no odds of hitting it."
        if known.average is None:
            return "To see this, set your average deal: planner plan set --average-deal AMOUNT."
        return f"There's no {word} for this month."


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
        found += [_line(view, view.plan_course), _explain_needed(view.plan_course)]
        for key, name, aimed in (
            ("plan", "likely to hit plan", known.plan),
            ("quota", "likely to hit quota", known.quota),
        ):
            if aimed is not None and aimed.probability is not None:
                found.append(_explain_odds(key, name, aimed, known))
    if known.forecast is not None:
        found.append(_forecast(view, known))
    noes = known.noes_to_meeting
    found.append(_noes(known, f"about {noes.mean:,.0f}"))
    if known.average is not None:
        found.append(_average(known))
    found.append(_explain_capacity(known))
    found += [_rate(known, stage) for stage in STAGES]
    return found


def _line(view: PlanView, own: Course) -> Why:
    pace = own.pace
    won = Fraction(view.plan.brought_in) if view.plan is not None else Fraction(0)
    before = f"{money(won)} already won + " if won else ""
    lines = [
        f"{money(pace.line)} = {before}{money(pace.target - won)} × {working_days(pace.days.elapsed)} gone ÷ "
        f"{working_days(pace.days.total)} in total.",
        f"You've closed {money(view.booked)}. That's {money(abs(pace.delta))} "
        f"{'ahead of' if pace.delta >= 0 else 'behind'} pace.",
    ]
    if pace.delta_days is not None and pace.base:
        lines.append(
            f"In days: {money(abs(pace.delta))} ÷ {money(pace.base)} a day = "
            f"{formats.number(abs(float(pace.delta_days)), 1)}."
        )
    lines.append("Revenue comes from the deals in your log: planner log list, planner deal list --all.")
    return Why("line", "pace today", money(pace.line), tuple(lines))


def _explain_needed(own: Course) -> Why:
    pace = own.pace
    if pace.required is None:
        return Why("needed", NEEDED, "–", (f"No working days are left. You're {money(pace.short_by)} short of plan.",))
    if not pace.short_by:
        return Why("needed", NEEDED, "0", ("You've hit plan.",))
    text = f"{money(pace.required)} = {money(pace.short_by)} left ÷ {working_days(pace.days.left)}."
    return Why("needed", NEEDED, money(pace.required), (text,))


def _explain_odds(key: str, name: str, aimed: Aimed, known: Outlook) -> Why:
    assert aimed.probability is not None
    value, by = formats.percent(aimed.probability), by_text(known)
    if aimed.met or not known.left:
        over = () if aimed.met else ("No working days are left this month.",)
        return Why(key, name, value, (*deals_missing(known, aimed), *over))
    facts, work, pace = known.facts, known.by_work, known.by_pace
    waiting = [
        count_noun(count, words)
        for stage, words in (("meeting-held", "meetings booked"), ("proposal", "meetings held"), ("deal", "proposals"))
        if (count := facts.open.get(stage, 0))
    ]
    late = late_calls(known)
    lines = [
        *deals_missing(known, aimed),
        f"You have room for {known.capacity:,} more calls: {working_days(known.left)} at "
        f"{formats.number(known.per_day, 0)} a day ({holds_words(known)})"
        + (f", minus {facts.dials_today:,} already made today." if facts.dials_today else "."),
        f"Already in your pipeline: {', '.join(waiting)}." if waiting else "Your pipeline is empty.",
        f"If a call made today leads to a deal, the odds are {formats.percent(known.funnel.in_time(known.left))} that "
        f"it closes {by}. For a call on the last day, they're {formats.percent(known.funnel.in_time(0.0))}."
        + (f" {late}" if late else ""),
    ]
    if work is not None and pace is not None:
        lines.append(
            f"The forecast is half your calls and deals ({money(work.median)}) and half your pace so far "
            f"({money(pace.median)}). Together, {value} of the possible outcomes reach {money(aimed.target)} {by}."
        )
    if facts.intercept:
        lines.append(
            f"The odds are adjusted by your track record (planner plan record). Without it, they'd be "
            f"{formats.percent(correct_odds(aimed.probability, -facts.intercept))}."
        )
    if aimed.in_the_end is not None:
        lines.append(f"Counting this month's deals that close later, they're {formats.percent(aimed.in_the_end)}.")
    if aimed.dials is not None:
        lines.append(f"To make it {formats.percent(facts.wanted)} {by}, you'd need {aimed.dials:,} calls.")
    if aimed.probability < facts.wanted and key == "plan":
        lines.append(way_out(known))
    return Why(key, name, value, tuple(lines))


def _forecast(view: PlanView, known: Outlook) -> Why:
    found, work, pace, more = known.forecast, known.by_work, known.by_pace, known.deals_to_come
    assert found is not None and work is not None and pace is not None
    facts, open_work = known.facts, known.by_pipeline
    won, days = facts.recent
    rate = "There's no history before that, so your calls stand in for it."
    if days:
        rate = f"In the three months before, you won {won:,} in {working_days(days)}."
    by_age = ""
    if facts.by_age:
        share = "" if facts.by_age == 1 else f" ({formats.percent(facts.by_age)} of the weight, your calls the rest)"
        by_age = f" Few calls are logged, so the odds go by the age of your deals{share}."
    lines = [
        f"Two estimates count equally. From your calls and deals: {_spread(work)}.{by_age}",
        f"With no new calls, you'd end at {_spread(open_work)}. That's what you've closed, plus "
        f"{count_noun(len(facts.open_deals), 'open deals')} and the proposals and meetings still waiting for an "
        "answer. The longer they wait, the less likely they are to close.",
        f"From your pace: {_spread(pace)}. You've won {deals_text(facts.deals_done)} in "
        f"{working_days(facts.elapsed)}. {rate} Expect {more.mean:.1f} more in the {working_days(known.left)} left.",
        f"Both together {by_text(known)}: {_spread(found)}. You're as likely to pass the first amount as to miss it. "
        "Four times out of five, you end up between the other two.",
        *(text for text in (disagreement(known), stale_text(known)) if text),
    ]
    return Why("forecast", "forecast", money(found.median), tuple(lines))


def _spread(forecast: Forecast) -> str:
    return f"{money(forecast.median)} ({money(forecast.low)} to {money(forecast.high)})"


def _noes(known: Outlook, value: str) -> Why:
    rate, deal, noes = known.betas["meeting-booked"], known.noes_to_deal, known.noes_to_meeting
    lines = (
        f"{formats.percent(rate.mean, 1)} of your conversations lead to a meeting, so expect {noes.mean:.1f} no's for "
        f"each yes. Four times out of five, it takes {noes.low:,} to {noes.high:,}.",
        f"To your next deal, it's about {deal.mean:,.0f} ({deal.low:,} to {deal.high:,}).",
        f"You've heard {known.noes_heard:,} since your last meeting. Every no is a step: your next conversation is "
        "just as likely to be the one.",
    )
    return Why("noes", "no's before your next meeting", value, lines, "meeting-booked")


def _average(known: Outlook) -> Why:
    average = known.facts.average
    n, total = average.weighed
    assert known.average is not None
    seen = "You haven't won a deal yet."
    if n:
        seen = f"You've won {deals_text(average.seen)} ({n:.1f} weighted by age), averaging {money(total / n)} each."
    if average.estimate is None:
        return Why("average", "average deal", money(known.average), (f"{seen} You haven't set an estimate.",))
    text = f"Your estimate of {money(average.estimate)} counts as {average.STRENGTH} deals. {seen}"
    return Why("average", "average deal", money(known.average), (text,))


def _explain_capacity(known: Outlook) -> Why:
    per_day = formats.number(known.per_day, 0)
    lines = (
        f"{per_day} calls a day: {holds_words(known)}.",
        "To change it for a month, use `planner plan set --calls-per-day N`. For every month, use "
        "`planner config set plan.calls_per_day N`.",
    )
    return Why("holds", "daily call capacity", per_day, lines)


def _rate(known: Outlook, stage: str) -> Why:
    rate = known.rates[stage]
    low, high = rate.posterior.interval()
    between = f"Nine times out of ten, it's between {formats.percent(low, 1)} and {formats.percent(high, 1)}."
    if rate.low_confidence:
        between += " Low confidence: the starting estimate still outweighs your own data."
    value = formats.percent(rate.posterior.mean, 1)
    return Why(f"rate {stage}", arrow(stage), value, (*rate_words(rate), between), stage)
