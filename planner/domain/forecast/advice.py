"""The forecast in words: advice for Today, what would reach the plan, disagreements, and the data behind a rate."""

from __future__ import annotations

from datetime import date

from planner.domain import formats
from planner.domain.forecast.outlook import Outlook
from planner.domain.forecast.rates import Rate
from planner.domain.forecast.stages import rate_name
from planner.domain.text import plural

NEARLY_EVEN = 0.45
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
    return plural(count, "deal", "deals")


def by_text(outlook: Outlook) -> str:
    """Format the day the odds are for, as ``by Mon 30 Nov``."""
    ends = outlook.facts.ends
    return "by the end of the month" if ends is None else f"by {formats.when_text(ends)}"


def advice(outlook: Outlook) -> str:
    """Say how likely the plan is at the current capacity, and if that isn't enough, what would get there.

    Empty without a plan, or if it is met.
    """
    plan = outlook.plan
    if plan is None or plan.met:
        return ""
    if plan.deals is None:
        return "To see your odds, set your average deal: planner plan set --average-deal AMOUNT."
    if not outlook.left or plan.probability is None:
        missing = formats.amount(round(plan.missing))
        if outlook.supposed.days_off:
            return f"No working days would be left. You'd miss plan by {missing}."
        return f"No working days are left. You missed plan by {missing}."
    wanted = outlook.facts.wanted
    odds = formats.percent(plan.probability)
    if plan.probability < wanted and odds == formats.percent(wanted):
        odds = formats.percent(plan.probability, 1)  # don't let rounding show it as reached
    low = " (low confidence)" if outlook.low_confidence else ""
    said = f"At {calls_text(outlook.per_day)}, you're {odds} likely to hit plan {by_text(outlook)}"
    if plan.probability >= wanted:
        return f"{said}{low}."
    later = f", {formats.percent(plan.in_the_end)} with later closes" if plan.in_the_end is not None else ""
    return f"{said}{later}{low}. {way_out(outlook)}"


def advice_short(outlook: Outlook) -> str:
    """Return `advice` in about seventy characters."""
    plan = outlook.plan
    if plan is None or plan.met:
        return ""
    if plan.deals is None:
        return "Press g to set your average deal and see your odds."
    if not outlook.left or plan.probability is None:
        return "No working days left."
    said = f"{formats.percent(plan.probability)} likely to hit plan {by_text(outlook)}"
    if plan.probability >= outlook.facts.wanted:
        return said
    said += f", {formats.percent(plan.in_the_end)} with later closes" if plan.in_the_end is not None else ""
    lever, calls = outlook.lever, outlook.calls_needed
    if lever is not None and lever.needed is not None and _is_far(outlook):
        return f"{said} · about 50% with a {rate_name(lever.stage)} of {formats.percent(lever.needed, 1)}"
    if calls is not None and outlook.per_day < calls <= MOST_CALLS_OVER * outlook.per_day:
        return f"{said} · {calls_text(calls)} would do it"
    return f"{said} · no single change is enough"


def way_out(outlook: Outlook) -> str:
    """Say what would bring the plan within reach: calls, one rate, proposals, larger deals, or several together."""
    lever, calls = outlook.lever, outlook.calls_needed
    wanted = formats.percent(outlook.facts.wanted)
    ways = []
    if calls is not None and outlook.per_day < calls <= MOST_CALLS_OVER * outlook.per_day:
        ways.append(f"{calls_text(calls)} would give you {wanted} odds.")
    if lever is not None and lever.needed is not None and _is_far(outlook):
        ways.append(
            f"{'Or raise' if ways else 'Raise'} your {rate_name(lever.stage)} from {formats.percent(lever.rate, 1)} to "
            f"{formats.percent(lever.needed, 1)} for odds of about 50%."
        )
    if ways:
        return " ".join(ways)
    if outlook.facts.too_few_calls:
        return "Too few calls are logged to say how many it would take."
    more = outlook.more_proposals
    plan = outlook.plan
    reach = f"No number of calls will get you to {wanted} odds {by_text(outlook)}."
    if plan is not None and plan.dials is not None:
        reach = (
            f"Getting to {wanted} odds {by_text(outlook)} would take {plan.dials:,} calls, more than you can make "
            "in the days left."
        )
    if more:
        proposals = plural(more, "more proposal", "more proposals")
        return f"{reach} Sending {proposals} today would raise your odds to about 50%."
    larger = outlook.average_needed
    if larger is not None and outlook.average is not None and larger <= MOST_TIMES * outlook.average:
        amounts = f"{formats.amount(round(larger))} instead of {formats.amount(round(outlook.average))}"
        return f"{reach} An average deal of {amounts} would raise your odds to about 50%."
    return f"{reach} You'd need larger deals, more days and better rates together, or a lower plan."


def late_calls(outlook: Outlook) -> str:
    """Say after which day less than a tenth of a call's deals close in the month, empty if calls pay off to the end."""
    ahead = [day for day, weight in outlook.facts.ahead if weight]
    if not ahead or outlook.average is None:
        return ""
    last = outlook.last_that_pays
    if last is None:
        return f"Calls made now rarely turn into deals {by_text(outlook)}."
    return (
        "" if last == ahead[-1] else f"Calls after {formats.when_text(last)} rarely turn into deals {by_text(outlook)}."
    )


def _is_far(outlook: Outlook) -> bool:
    """Whether even odds are still far off, which is the most that a lever brings."""
    return outlook.plan is not None and (outlook.plan.probability or 0.0) < NEARLY_EVEN


def disagreement(outlook: Outlook) -> str:
    """Explain a disagreement between the two halves of the forecast, empty if there is none."""
    pace, work = outlook.by_pace, outlook.by_work
    if pace is None or work is None or not outlook.disagree:
        return ""
    if work.median < pace.median:
        return "The two forecasts differ: pace includes deals you haven't opened yet."
    return "The two forecasts differ: your calls and pipeline point to more than your pace so far."


def stale_text(outlook: Outlook, most: int = 3) -> str:
    """Name the open deals that are too old to count much in the forecast, empty without any."""
    stale = outlook.facts.stale
    if not stale:
        return ""
    named = ", ".join(deal.title for deal in stale[:most])
    more = f" and {len(stale) - most:,} more" if len(stale) > most else ""
    limit = outlook.facts.cycles.stale_after or 0
    return f"Barely counted, open over {limit:,} days (twice your longest sales cycle): {named}{more}."


def rate_words(rate: Rate) -> list[str]:
    """Explain a rate: what was observed, the starting estimate, and how open trials count."""
    n, s = rate.weighed
    lines = [
        f"Your log shows {rate.successes:,} of {rate.trials:,}. Weighted by age (half after 60 working days), that's "
        f"{s:,.1f} of {n:,.1f}.",
        f"The starting estimate is {formats.percent(rate.prior.mean, 1)}, worth "
        f"{formats.number(rate.prior.strength)} tries. Together: ({rate.prior.a:,.1f} + {s:,.1f}) ÷ "
        f"({rate.prior.strength:,.1f} + {n:,.1f}) = {formats.percent(rate.posterior.mean, 1)}.",
    ]
    if rate.lag:
        lines.append(
            f"Half are decided within {formats.number(rate.lag, 1)} working days. One that's still open counts as "
            f"partly lost: the longer it has waited, the more. Still open: {rate.waiting:,}."
        )
    return lines


def trials(rate: Rate) -> tuple[str, ...]:
    """List the log behind a rate: its trials by month and on the latest days, and the deals that are trials."""
    behind = rate.behind
    if not behind:
        return ("Nothing in your log counts yet.",)
    months: dict[str, list[int]] = {}
    days: dict[str, list[int]] = {}
    for trial in behind:
        for table, key in ((months, trial.day[:7]), (days, trial.day)):
            row = table.setdefault(key, [0, 0])
            row[0] += trial.count
            row[1] += trial.won
    lines = []
    for table, title, shown in ((months, "By month", MONTHS_SHOWN), (days, "Recent days", DAYS_SHOWN)):
        lines.append(f"{title}:")
        for key, (count, won) in sorted(table.items(), reverse=True)[:shown]:
            when = formats.dated_text(key) if table is days else formats.month_text(date.fromisoformat(f"{key}-01"))
            lines.append(f"  {when:<15}  {won:>6,} of {count:>7,}  {formats.percent(won / count, 1):>8}")
    lines.append("To see all entries for a day: planner log list --date DAY")
    named = sorted((trial for trial in behind if trial.deal is not None), key=lambda trial: trial.day, reverse=True)
    if named:
        lines.append("Latest closed deals:")
        lines += [
            f"  {formats.dated_text(t.day):<15}  {'won ' if t.won else 'lost'}  {t.deal}" for t in named[:DEALS_SHOWN]
        ]
        if len(named) > DEALS_SHOWN:
            lines.append(f"  … and {len(named) - DEALS_SHOWN:,} more: planner deal list --all")
    return tuple(lines)
