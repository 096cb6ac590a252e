"""The forecast in words: its sentence for Today, the ways out, disagreements, and the evidence behind a rate."""

from __future__ import annotations

from planner.domain import formats
from planner.domain.forecast.outlook import Outlook
from planner.domain.forecast.rates import Rate
from planner.domain.forecast.stages import arrow
from planner.domain.text import many

NEARLY_EVEN = 0.45
MOST_PROPOSALS = 15  # nobody sends more in a day
MOST_TIMES = 3  # deals don't grow beyond this multiple of their size within a month
MOST_CALLS_OVER = 5  # nor calls beyond this multiple of what a day holds
MONTHS_SHOWN = 24
DAYS_SHOWN = 10
DEALS_SHOWN = 30


def calls_text(per_day: float) -> str:
    """Format as ``100 calls a day``."""
    number = formats.number(per_day, 0)
    return f"{number} {'call' if number == '1' else 'calls'} a day"


def deals_text(count: int) -> str:
    """Format as ``6 deals``."""
    return many(count, "deal", "deals")


def by_text(outlook: Outlook) -> str:
    """Format the day the odds are for, as ``by 30 Nov``."""
    ends = outlook.facts.ends
    return "by the end of the month" if ends is None else f"by {formats.when_text(ends)}"


def advice(outlook: Outlook) -> str:
    """Return one sentence on whether the plan can be made with the calls the days hold, and if not, what would do it.

    Empty without a plan, or if it is met.
    """
    plan = outlook.plan
    if plan is None or plan.met:
        return ""
    if plan.deals is None:
        return "Say what an average deal brings, and the odds can be told (planner plan set --average-deal)."
    if not outlook.left or plan.probability is None:
        return f"No working day is left; the plan is missed by {formats.amount(round(plan.missing))}."
    wanted = outlook.facts.wanted
    odds = formats.percent(plan.probability)
    if plan.probability < wanted and odds == formats.percent(wanted):
        odds = formats.percent(plan.probability, 1)  # don't let rounding show it as reached
    little = ", with little data yet" if outlook.low_confidence else ""
    calls = calls_text(outlook.per_day)
    if plan.probability >= wanted:
        return f"At {calls} the plan is {odds} likely {by_text(outlook)}{little}."
    later = f", {formats.percent(plan.in_the_end)} in the end" if plan.in_the_end is not None else ""
    said = f"At {calls} the plan is {odds} likely {by_text(outlook)}{later}{little}"
    return f"{said}; {way_out(outlook)}."


def advice_short(outlook: Outlook) -> str:
    """Return `advice` in about seventy characters."""
    plan = outlook.plan
    if plan is None or plan.met:
        return ""
    if plan.deals is None:
        return "g: say what a deal brings, and the odds can be told"
    if not outlook.left or plan.probability is None:
        return "no working day is left"
    said = f"plan {formats.percent(plan.probability)} {by_text(outlook)}"
    if plan.probability >= outlook.facts.wanted:
        return said
    said += f", {formats.percent(plan.in_the_end)} in the end" if plan.in_the_end is not None else ""
    lever, calls = outlook.lever, outlook.calls_needed
    if lever is not None and lever.needed is not None and _far(outlook):
        return f"{said}; {arrow(lever.stage)} at {formats.percent(lever.needed, 1)} makes it even"
    if calls is not None and outlook.per_day < calls <= MOST_CALLS_OVER * outlook.per_day:
        return f"{said}; {calls_text(calls)} would do"
    return f"{said}; it takes more than one thing"


def way_out(outlook: Outlook) -> str:
    """Return half a sentence on what would bring the plan within reach: calls, one rate, proposals, several things."""
    lever, calls = outlook.lever, outlook.calls_needed
    wanted = formats.percent(outlook.facts.wanted)
    ways = []
    if calls is not None and outlook.per_day < calls <= MOST_CALLS_OVER * outlook.per_day:
        ways.append(f"{calls_text(calls)} would make it {wanted}")
    if lever is not None and lever.needed is not None and _far(outlook):
        ways.append(
            f"{arrow(lever.stage)} at {formats.percent(lever.needed, 1)} instead of {formats.percent(lever.rate, 1)} "
            "would make it about even odds"
        )
    if ways:
        return ", or ".join(ways)
    if outlook.facts.too_few_calls:
        return "too few calls are logged to say how many would do it"
    more = outlook.more_proposals(MOST_PROPOSALS)
    plan = outlook.plan
    reach = f"no number of calls makes it {wanted} {by_text(outlook)}"
    if plan is not None and plan.dials is not None:
        reach = f"{plan.dials:,} calls would make it {wanted} {by_text(outlook)}, more than the days can hold"
    if more:
        return (
            f"{reach}: sending {many(more, 'more proposal', 'more proposals')} today would bring it to about even odds"
        )
    larger = outlook.average_needed
    if larger is not None and outlook.average is not None and larger <= MOST_TIMES * outlook.average:
        amounts = f"{formats.amount(round(larger))} instead of {formats.amount(round(outlook.average))}"
        return f"{reach}: an average deal of {amounts} would make it about even odds"
    return f"{reach}: it takes a larger deal, more days and better rates together, or a lower plan"


def late_calls(outlook: Outlook) -> str:
    """Say from when on less than a tenth of a call's deals close in the month, empty if that isn't so yet."""
    ahead = [day for day, weight in outlook.facts.ahead if weight]
    if not ahead or outlook.average is None:
        return ""
    last = outlook.last_that_pays
    if last is None:
        return "Calls made now rarely pay off this month."
    return "" if last == ahead[-1] else f"After {formats.when_text(last)}, calls rarely pay off this month."


def _far(outlook: Outlook) -> bool:
    """Whether even odds are still far off, which is the most that a lever brings."""
    return outlook.plan is not None and (outlook.plan.probability or 0.0) < NEARLY_EVEN


def disagreement(outlook: Outlook) -> str:
    """Explain a disagreement between the two halves of the forecast, empty if there is none."""
    pace, work = outlook.by_pace, outlook.by_work
    if pace is None or work is None or not outlook.disagree:
        return ""
    if work.median < pace.median:
        return "The two disagree: the pace so far counts on deals that your calls and pipeline don't show."
    return "The two disagree: your calls and pipeline promise more than your pace so far."


def stale_text(outlook: Outlook, most: int = 3) -> str:
    """Name the open deals that are too old to count much in the forecast, empty without any."""
    stale = outlook.facts.stale
    if not stale:
        return ""
    named = ", ".join(deal.title for deal in stale[:most])
    more = f" and {len(stale) - most:,} more" if len(stale) > most else ""
    limit = outlook.facts.cycles.stale_after or 0
    return f"Hardly counted, open for more than {limit:,} days (twice your longest): {named}{more}."


def rate_words(rate: Rate) -> list[str]:
    """Explain a rate: what was observed, what was believed before, and how waiting trials count."""
    n, s = rate.weighed
    lines = [
        f"{rate.successes:,} of {rate.trials:,} in the log; by age (half after 60 working days) {s:,.1f} of {n:,.1f}.",
        f"Believed before: {formats.percent(rate.prior.mean, 1)}, worth {formats.number(rate.prior.strength)} trials. "
        f"Together ({rate.prior.a:,.1f} + {s:,.1f}) ÷ ({rate.prior.strength:,.1f} + {n:,.1f}) = "
        f"{formats.percent(rate.posterior.mean, 1)}.",
    ]
    if rate.lag:
        lines.append(
            f"Half of the outcomes come within {formats.number(rate.lag, 1)} working days. What still waits counts as "
            f"failed only as far as its outcome would have come by now; {rate.waiting:,} may still come."
        )
    return lines


def trials(rate: Rate) -> tuple[str, ...]:
    """List the log behind a rate: its trials by month and on the latest days, and the deals that are trials."""
    behind = rate.behind
    if not behind:
        return ("Nothing in the log counts yet.",)
    months: dict[str, list[int]] = {}
    days: dict[str, list[int]] = {}
    for trial in behind:
        for table, key in ((months, trial.day[:7]), (days, trial.day)):
            row = table.setdefault(key, [0, 0])
            row[0] += trial.count
            row[1] += trial.won
    lines = []
    for table, title, shown in ((months, "by month", MONTHS_SHOWN), (days, "the latest days", DAYS_SHOWN)):
        lines.append(f"{title}:")
        for key, (count, won) in sorted(table.items(), reverse=True)[:shown]:
            lines.append(f"  {key:<10}  {won:>6,} of {count:>7,}  {formats.percent(won / count, 1):>8}")
    lines.append("each row of a day: planner log list --date DAY")
    named = sorted((trial for trial in behind if trial.deal is not None), key=lambda trial: trial.day, reverse=True)
    if named:
        lines.append("the latest deals that were closed:")
        lines += [f"  {t.day}  {'won ' if t.won else 'lost'}  {t.deal}" for t in named[:DEALS_SHOWN]]
        if len(named) > DEALS_SHOWN:
            lines.append(f"  … and {len(named) - DEALS_SHOWN:,} more: planner deal list --all")
    return tuple(lines)
